//! Values, types and parameters.

use super::{Builder, Node, Rule, unquote};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};
use crate::syntax::MAX_NESTING;
use crate::syntax::ast::{
    Arg, Call, Expr, ExprKind, Param, Path, ResourceTypeRef, ShortForm, SuffixForm, TypeRef,
    TypeRefKind,
};
use crate::syntax::literal::{Numeric, classify};

impl<'i> Builder<'i> {
    /// `settled/"2025/*"`
    pub(super) fn expr(&mut self, node: Node<'i>) -> Option<Expr> {
        let mut inner = node.into_inner();
        let mut value = self.atom(inner.next()?)?;
        for (index, join) in inner.enumerate() {
            if index == MAX_NESTING {
                self.too_many_joins(&join);
                break;
            }
            self.check_joint(value.span, &join);
            let (suffix, form) = self.suffix(join)?;
            let span = value.span.to(suffix.span);
            let base = Box::new(value);
            let kind = ExprKind::Join { base, suffix, form };
            value = Expr { kind, span };
        }
        Some(value)
    }

    /// Values nest by their suffixes too, and what nests must not nest deeply.
    fn too_many_joins(&mut self, join: &Node<'i>) {
        let span = self.span(join);
        let message = format!("more than {MAX_NESTING} suffixes follow one another");
        let problem = Diagnostic::error(Code::NestingTooDeep, message, span, "one too many");
        self.diagnostics
            .push(problem.with_help("write one suffix in quotes: `settled/\"a/b\"`"));
    }

    /// A slash stands right behind its value; what else starts with one was meant as a comment.
    fn check_joint(&mut self, value: Span, join: &Node<'i>) {
        let span = self.span(join);
        if span.start == value.end {
            return;
        }
        let between = self.text.get(value.end as usize..span.start as usize);
        let problem = match between.is_some_and(|b| b.contains('\n')) {
            true => Diagnostic::error(Code::SyntaxError, "a comment starts with `//`", span, "")
                .with_help("write `//` before each line of the comment"),
            false => Diagnostic::error(Code::SyntaxError, "no blanks stand before `/`", span, ""),
        };
        self.diagnostics.push(problem);
    }

    fn suffix(&self, join: Node<'i>) -> Option<(Spanned<String>, SuffixForm)> {
        let part = join.into_inner().last()?;
        let form = match part.as_rule() {
            Rule::star => SuffixForm::Star,
            _ => SuffixForm::Text,
        };
        Some((self.ident(&part), form))
    }

    fn atom(&mut self, node: Node<'i>) -> Option<Expr> {
        let span = self.span(&node);
        let kind = match node.as_rule() {
            Rule::string => ExprKind::Text(unquote(node.as_str()).to_owned()),
            Rule::list => ExprKind::List(self.exprs(node)?),
            Rule::star => ExprKind::Everything,
            Rule::numeric => self.numeric(node.as_str(), span),
            Rule::ipv6 => ExprKind::Address(node.as_str().to_owned()),
            Rule::resource => self.resource(node)?,
            Rule::action_value | Rule::level_value => {
                ExprKind::Action(Box::new(self.action(node)?))
            }
            Rule::principal_value => ExprKind::Principal(Box::new(self.principal(node)?)),
            Rule::bool => ExprKind::Bool(node.as_str().starts_with('t')),
            Rule::arn_text => ExprKind::Arn(self.ident_of(node, Rule::string)?),
            Rule::raw_text => ExprKind::Raw(self.ident_of(node, Rule::string)?),
            Rule::name_in => {
                let (path, place) = self.name_in(node)?;
                ExprKind::Name { path, place }
            }
            _ => return None,
        };
        Some(Expr { kind, span })
    }

    /// All values among the children.
    pub(super) fn exprs(&mut self, node: Node<'i>) -> Option<Box<[Expr]>> {
        node.into_inner()
            .filter(|p| p.as_rule() == Rule::expr)
            .map(|p| self.expr(p))
            .collect()
    }

    /// `Reader in Prod`
    pub(super) fn name_in(&self, node: Node<'i>) -> Option<(Path, Option<Path>)> {
        let mut paths = self.paths(node.into_inner()).into_iter();
        Some((paths.next()?, paths.next()))
    }

    fn numeric(&mut self, word: &str, span: Span) -> ExprKind {
        let text = word.to_owned();
        match classify(word) {
            Numeric::Number => ExprKind::Number(text),
            Numeric::Duration => ExprKind::Duration(text),
            Numeric::Instant => ExprKind::Instant(text),
            Numeric::Address => ExprKind::Address(text),
            Numeric::Unknown => {
                let message = format!("`{word}` is no number, duration, instant or address");
                self.diagnostics.push(
                    Diagnostic::error(Code::SyntaxError, message, span, "").with_help(
                        "write `42`, `1h30m`, `2025-01-01T00:00:00Z`, `203.0.113.0/24`, or text in quotes",
                    ),
                );
                ExprKind::Number(text)
            }
        }
    }

    fn resource(&mut self, node: Node<'i>) -> Option<ExprKind> {
        let mut inner = node.into_inner();
        let ty = self.resource_type(inner.next()?)?;
        let last = inner.next()?;
        let (args, short) = if last.as_rule() == Rule::string {
            let span = self.span(&last);
            let kind = ExprKind::Text(unquote(last.as_str()).to_owned());
            let value = Expr { kind, span };
            let arg = Arg {
                name: None,
                value,
                span,
            };
            (Box::from([arg]), ShortForm::Short)
        } else {
            (self.args(last)?, ShortForm::Parenthesised)
        };
        Some(ExprKind::Resource { ty, args, short })
    }

    fn resource_type(&self, node: Node<'i>) -> Option<ResourceTypeRef> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let service = self.ident(&inner.next()?);
        let name = self.ident(&inner.last()?);
        Some(ResourceTypeRef {
            service,
            name,
            span,
        })
    }

    /// `(bucket: settled, office)`
    pub(super) fn args(&mut self, node: Node<'i>) -> Option<Box<[Arg]>> {
        node.into_inner()
            .filter(|p| p.as_rule() == Rule::arg)
            .map(|p| self.arg(p))
            .collect()
    }

    fn arg(&mut self, node: Node<'i>) -> Option<Arg> {
        let (mut name, mut value) = (None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.ident(&part)),
                Rule::arg_name => name = self.ident_of(part, Rule::ident),
                Rule::expr => value = Some(self.expr(part)?),
                _ => {}
            }
        }
        let value = value?;
        let span = name.as_ref().map_or(value.span, |n| n.span.to(value.span));
        Some(Arg { name, value, span })
    }

    /// `network.from(office)`
    pub(super) fn call(&mut self, node: Node<'i>) -> Option<Call> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let path = self.path(inner.next()?);
        let args = match inner.next() {
            Some(args) => self.args(args)?,
            None => Box::default(),
        };
        Some(Call { path, args, span })
    }

    /// `s3:bucket`, `cidr`
    pub(super) fn type_ref(&self, node: Node<'i>) -> Option<TypeRef> {
        let span = self.span(&node);
        let inner = node.into_inner().next()?;
        let kind = match inner.as_rule() {
            Rule::resource_type => TypeRefKind::Resource(self.resource_type(inner)?),
            _ => TypeRefKind::Name(inner.as_str().to_owned()),
        };
        Some(TypeRef { kind, span })
    }

    /// `(bucket: s3:bucket, from: cidr = office)`
    pub(super) fn params(&mut self, node: Node<'i>) -> Option<Box<[Param]>> {
        node.into_inner()
            .filter(|p| p.as_rule() == Rule::param)
            .map(|p| self.param(p))
            .collect()
    }

    fn param(&mut self, node: Node<'i>) -> Option<Param> {
        let (mut name, mut ty, mut default) = (None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.new_name(&part)),
                Rule::type_ref => ty = Some(self.type_ref(part)?),
                Rule::expr => default = Some(self.expr(part)?),
                _ => {}
            }
        }
        Some(Param {
            name: name?,
            ty: ty?,
            default,
        })
    }
}
