//! Conditions: the algebra and its predicates.

use pest::iterators::Pairs;

use super::{Builder, Node, Rule, unquote};
use crate::source::Spanned;
use crate::syntax::ast::{
    Comparator, Comparison, Cond, CondKind, Guard, Predicate, Quantifier, Subject, SubjectKind,
};

impl<'i> Builder<'i> {
    /// `when C` and `unless D` among the children.
    pub(super) fn guard(&mut self, nodes: Pairs<'i, Rule>) -> Option<Guard> {
        let mut guard = Guard::default();
        for part in nodes {
            match part.as_rule() {
                Rule::when_clause => {
                    guard.when = Some(Box::new(self.cond(part.into_inner().last()?)?))
                }
                Rule::unless_clause => {
                    guard.unless = Some(Box::new(self.cond(part.into_inner().last()?)?))
                }
                _ => {}
            }
        }
        Some(guard)
    }

    /// `a and b or not c`
    pub(super) fn cond(&mut self, node: Node<'i>) -> Option<Cond> {
        let operands = node.into_inner().filter(|p| p.as_rule() == Rule::all_of);
        let operands = operands.map(|p| self.all_of(p)).collect::<Option<_>>()?;
        join(operands, CondKind::Or)
    }

    fn all_of(&mut self, node: Node<'i>) -> Option<Cond> {
        let operands = node.into_inner().filter(|p| p.as_rule() == Rule::unary);
        let operands = operands.map(|p| self.unary(p)).collect::<Option<_>>()?;
        join(operands, CondKind::And)
    }

    fn unary(&mut self, node: Node<'i>) -> Option<Cond> {
        let mut inner = node.into_inner();
        let primary = inner.next_back()?;
        let mut cond = self.primary(primary)?;
        for not in inner.rev() {
            let span = self.span(&not).to(cond.span);
            let kind = CondKind::Not(Box::new(cond));
            cond = Cond { kind, span };
        }
        Some(cond)
    }

    fn primary(&mut self, node: Node<'i>) -> Option<Cond> {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::group => {
                let inner = node.into_inner().find(|p| p.as_rule() == Rule::cond)?;
                CondKind::Group(Box::new(self.cond(inner)?))
            }
            Rule::predicate | Rule::quantified => {
                CondKind::Predicate(Box::new(self.predicate(node)?))
            }
            Rule::membership => {
                let mut inner = node.into_inner();
                let who = self.ident(&inner.next()?);
                let place = self.path(inner.last()?);
                CondKind::Membership { who, place }
            }
            Rule::raw_condition => self.raw_condition(node)?,
            Rule::bool => CondKind::Constant(node.as_str().starts_with('t')),
            Rule::call => CondKind::Call(self.call(node)?),
            _ => return None,
        };
        Some(Cond { kind, span })
    }

    fn raw_condition(&mut self, node: Node<'i>) -> Option<CondKind> {
        let (mut operator, mut key, mut values) = (None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::operator => operator = Some(self.ident(&part)),
                Rule::string => key = Some(self.ident(&part)),
                Rule::expr => values = Some(self.expr(part)?),
                _ => {}
            }
        }
        Some(CondKind::Raw {
            operator: operator?,
            key: key?,
            values: values?,
        })
    }

    fn predicate(&mut self, node: Node<'i>) -> Option<Predicate> {
        let (mut quantifier, mut subject, mut comparison) = (None, None, None);
        for part in node.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::quantifier => {
                    let which = match part.as_str() {
                        "any" => Quantifier::Any,
                        _ => Quantifier::Every,
                    };
                    quantifier = Some(Spanned::new(which, span));
                }
                Rule::subject => subject = self.subject(part.into_inner().next()?),
                Rule::comparison => comparison = Some(self.comparison(part)?),
                _ => subject = self.subject(part),
            }
        }
        Some(Predicate {
            quantifier,
            subject: subject?,
            comparison,
        })
    }

    /// A key or a phrase.
    pub(super) fn subject(&self, node: Node<'i>) -> Option<Subject> {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::key => SubjectKind::Key(whole_key(node.as_str())),
            Rule::phrase | Rule::word => SubjectKind::Phrase {
                words: words(node.as_str()),
                tail: None,
            },
            Rule::tagged => {
                let mut inner = node.into_inner();
                let words = words(inner.next()?.as_str());
                let tail = Some(self.ident(&inner.next()?));
                SubjectKind::Phrase { words, tail }
            }
            _ => return None,
        };
        Some(Subject { kind, span })
    }

    fn comparison(&mut self, node: Node<'i>) -> Option<Comparison> {
        let (mut operator, mut value, mut ignoring_case) = (None, None, None);
        for part in node.into_inner() {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::comparator | Rule::presence => {
                    operator = comparator(part.as_str()).map(|c| Spanned::new(c, span));
                }
                Rule::kw_ignoring => ignoring_case = Some(span),
                Rule::expr => value = Some(self.expr(part)?),
                _ => {}
            }
        }
        Some(Comparison {
            operator: operator?,
            value,
            ignoring_case,
        })
    }
}

fn comparator(written: &str) -> Option<Comparator> {
    Some(match written {
        "==" => Comparator::Equal,
        "!=" => Comparator::NotEqual,
        "in" => Comparator::In,
        "like" => Comparator::Like,
        "<" => Comparator::Less,
        "<=" => Comparator::LessEqual,
        ">" => Comparator::Greater,
        ">=" => Comparator::GreaterEqual,
        "after" => Comparator::After,
        "before" => Comparator::Before,
        "within" => Comparator::Within,
        "present" => Comparator::Present,
        "absent" => Comparator::Absent,
        // Any blanks may stand after `not`.
        _ if written.ends_with("in") => Comparator::NotIn,
        _ if written.ends_with("like") => Comparator::NotLike,
        _ => return None,
    })
}

/// One operand stays as it is; several become one node.
fn join(mut operands: Vec<Cond>, kind: fn(Box<[Cond]>) -> CondKind) -> Option<Cond> {
    if operands.len() == 1 {
        return operands.pop();
    }
    let span = operands.first()?.span.to(operands.last()?.span);
    let kind = kind(operands.into());
    Some(Cond { kind, span })
}

/// The words of a phrase joined by one space.
fn words(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    for word in written.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// `aws:PrincipalTag/"cost centre"` without the quotes.
fn whole_key(written: &str) -> String {
    match written.split_once('"') {
        Some((start, rest)) => format!("{start}{}", unquote(rest)),
        None => written.to_owned(),
    }
}
