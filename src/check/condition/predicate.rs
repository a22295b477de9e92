//! Comparisons: the operator suits the key, and the operand has its type and shape.

use crate::catalogue::KeyType;
use crate::iam::arn::is_arn_pattern;
use crate::iam::condition::Family;
use crate::iam::pattern::Wildcards;
use crate::iam::{BaseOperator, Operator, Pattern, Qualifier};
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::{self, Comparator, Quantifier};
use crate::types::{self, Comparison, Type};

use super::subject::{KeyInfo, aged};
use crate::check::context::Checker;
use crate::check::hir::{Condition, ConditionKind, KeyTest, Reading, Value, ValueKind};
use crate::check::messages;

impl Checker<'_> {
    pub(super) fn predicate(&mut self, predicate: &ast::Predicate, span: Span) -> ConditionKind {
        let unreadable = ConditionKind::Constant(true);
        let Some(key) = self.subject(&aged(predicate)) else {
            if let Some(value) = predicate.comparison.as_ref().and_then(|c| c.value.as_ref()) {
                self.value(value);
            }
            return unreadable;
        };
        let qualifier = self.qualifier(&key, predicate, span);
        match &predicate.comparison {
            None if key.key_type == KeyType::Bool => {
                let values = Value {
                    kind: ValueKind::Bool(true),
                    span,
                };
                test(key, qualifier, BaseOperator::Bool, values, Reading::Exact)
            }
            None => {
                self.report(messages::comparison_missing(
                    &key.name,
                    key.key_type,
                    predicate.subject.span,
                ));
                unreadable
            }
            Some(comparison) => self
                .comparison(key, qualifier, comparison)
                .unwrap_or(unreadable),
        }
    }

    /// `any` and `every` belong to keys with several values, and those need one of the two.
    fn qualifier(
        &mut self,
        key: &KeyInfo,
        predicate: &ast::Predicate,
        span: Span,
    ) -> Option<Qualifier> {
        let presence = predicate.comparison.as_ref().map(|c| c.operator.value);
        let only_presence = matches!(presence, Some(Comparator::Present | Comparator::Absent));
        match &predicate.quantifier {
            Some(quantifier) if !key.multi_valued => {
                self.report(messages::quantifier_on_single_value(
                    &key.name,
                    quantifier.span,
                ));
                None
            }
            Some(quantifier) if only_presence => {
                self.report(messages::quantifier_on_presence(quantifier.span));
                None
            }
            Some(quantifier) => Some(match quantifier.value {
                Quantifier::Any => Qualifier::ForAnyValue,
                Quantifier::Every => Qualifier::ForAllValues,
            }),
            None => {
                if key.multi_valued && !only_presence {
                    self.report(messages::quantifier_missing(&key.name, span));
                }
                None
            }
        }
    }

    fn comparison(
        &mut self,
        key: KeyInfo,
        qualifier: Option<Qualifier>,
        comparison: &ast::Comparison,
    ) -> Option<ConditionKind> {
        let operator = &comparison.operator;
        if matches!(operator.value, Comparator::Present | Comparator::Absent) {
            let absent = operator.value == Comparator::Absent;
            let values = Value {
                kind: ValueKind::Bool(absent),
                span: operator.span,
            };
            return Some(test(key, None, BaseOperator::Null, values, Reading::Exact));
        }
        let (kind, negated) = comparison_of(operator.value, comparison.ignoring_case.is_some());
        let value = comparison.value.as_ref()?;
        let Ok(base) = types::operator_for(kind, key.key_type) else {
            let folds = comparison
                .ignoring_case
                .filter(|_| kind == Comparison::EqualIgnoringCase);
            self.report(match folds {
                Some(span) => messages::case_is_not_ignored(&key.name, key.key_type, span),
                None => messages::operator_mismatch(&key.name, key.key_type, operator),
            });
            self.value(value);
            return None;
        };
        let reading = if kind == Comparison::Like {
            Reading::Pattern
        } else {
            Reading::Exact
        };
        let values = self.operand(&key, base, value, reading);
        if !negated {
            return Some(test(key, qualifier, base, values, reading));
        }
        Some(self.negated(key, qualifier, base, values, reading))
    }

    /// `k != v`: present and not equal. `any k != v` is the complement of `every k == v`, and the reverse.
    fn negated(
        &self,
        key: KeyInfo,
        qualifier: Option<Qualifier>,
        base: BaseOperator,
        values: Value,
        reading: Reading,
    ) -> ConditionKind {
        let span = values.span;
        let not = |kind| ConditionKind::Not(Box::new(Condition { kind, span }));
        match qualifier {
            Some(Qualifier::ForAnyValue) => not(test(
                key,
                Some(Qualifier::ForAllValues),
                base,
                values,
                reading,
            )),
            Some(Qualifier::ForAllValues) => not(test(
                key,
                Some(Qualifier::ForAnyValue),
                base,
                values,
                reading,
            )),
            None => match values.kind {
                ValueKind::Bool(value) if base == BaseOperator::Bool => {
                    let flipped = Value {
                        kind: ValueKind::Bool(!value),
                        span,
                    };
                    test(key, None, base, flipped, reading)
                }
                _ => {
                    let same_key = KeyInfo {
                        name: key.name.clone(),
                        ..key
                    };
                    let absent = Value {
                        kind: ValueKind::Bool(false),
                        span,
                    };
                    let present = test(same_key, None, BaseOperator::Null, absent, Reading::Exact);
                    let differs = not(test(key, None, base, values, reading));
                    ConditionKind::And(Box::from([
                        Condition {
                            kind: present,
                            span,
                        },
                        Condition {
                            kind: differs,
                            span,
                        },
                    ]))
                }
            },
        }
    }

    /// The value of a comparison, which has to suit the key.
    fn operand(
        &mut self,
        key: &KeyInfo,
        base: BaseOperator,
        value: &ast::Expr,
        reading: Reading,
    ) -> Value {
        let expected = match base.family() {
            Family::Numeric => Type::Number,
            Family::Date => Type::Instant,
            Family::Bool | Family::Null => Type::Bool,
            Family::Ip => Type::Cidr,
            Family::Arn => Type::Arn,
            Family::String | Family::Binary => Type::Text,
        };
        // A pattern on an ARN key may leave fields open, `arn:aws:iam::*:role/x`, or be text like `*`.
        let expected = if base.family() == Family::Arn && reading == Reading::Pattern {
            Type::Text
        } else {
            expected
        };
        let value = self.value_as(value, &expected);
        self.check_operand(key, base, &value, reading);
        value
    }

    fn check_operand(
        &mut self,
        key: &KeyInfo,
        base: BaseOperator,
        value: &Value,
        reading: Reading,
    ) {
        match &value.kind {
            ValueKind::List(members) => {
                if members.is_empty() && reading != Reading::Raw {
                    self.report(messages::empty_list(value.span));
                }
                members
                    .iter()
                    .for_each(|m| self.check_operand(key, base, m, reading));
            }
            ValueKind::Text(pattern) => {
                self.check_text_operand(key, base, pattern, value.span, reading)
            }
            ValueKind::Let(id) if base.family() == Family::Arn && reading == Reading::Pattern => {
                self.check_arn_patterns_of_let(key, *id, value.span);
            }
            _ => {}
        }
    }

    /// A `let` of text may hold anything; its declaration did not know that it would be an ARN's pattern.
    fn check_arn_patterns_of_let(&mut self, key: &KeyInfo, id: DefId, span: Span) {
        let mut texts = Vec::new();
        if let Some((value, Type::Text)) = self.cx.lets.get(&id) {
            literal_texts(value, &mut texts);
        }
        for text in texts.iter().filter(|t| !is_arn_pattern(t)) {
            self.report(messages::short_arn_pattern(&key.name, text, span));
        }
    }

    fn check_text_operand(
        &mut self,
        key: &KeyInfo,
        base: BaseOperator,
        pattern: &Pattern,
        span: Span,
        reading: Reading,
    ) {
        if base.family() == Family::Arn && reading == Reading::Pattern {
            let text = pattern.to_iam(Wildcards::Active);
            if !is_arn_pattern(&text) {
                self.report(messages::short_arn_pattern(&key.name, &text, span));
                return;
            }
        }
        if matches!(base.family(), Family::String | Family::Arn) {
            self.check_variables(pattern, span);
        } else if pattern.variables().next().is_some() {
            self.report(messages::variable_under_operator(base, span));
        }
        let Some(text) = pattern.as_literal() else {
            let wild = pattern
                .parts()
                .iter()
                .any(|p| matches!(p, crate::iam::Part::Star | crate::iam::Part::Question));
            if wild && reading == Reading::Exact {
                self.report(messages::wildcard_without_like(&key.name, base, span));
            }
            return;
        };
        if reading == Reading::Exact
            && let Some(shape) = misshapen(&key.name, text)
        {
            self.report(messages::misshapen_value(&key.name, text, shape, span));
        }
    }
}

pub(super) fn test(
    key: KeyInfo,
    qualifier: Option<Qualifier>,
    base: BaseOperator,
    values: Value,
    reading: Reading,
) -> ConditionKind {
    let operator = Operator {
        qualifier,
        base,
        if_exists: false,
    };
    ConditionKind::Test(KeyTest {
        operator,
        key: key.name,
        multi_valued: key.multi_valued,
        values,
        reading,
    })
}

fn comparison_of(comparator: Comparator, ignoring_case: bool) -> (Comparison, bool) {
    let equal = if ignoring_case {
        Comparison::EqualIgnoringCase
    } else {
        Comparison::Equal
    };
    match comparator {
        Comparator::Equal | Comparator::In | Comparator::Present | Comparator::Absent => {
            (equal, false)
        }
        Comparator::NotEqual | Comparator::NotIn => (equal, true),
        Comparator::Like => (Comparison::Like, false),
        Comparator::NotLike => (Comparison::Like, true),
        Comparator::Less | Comparator::Before => (Comparison::Less, false),
        Comparator::LessEqual | Comparator::Within => (Comparison::LessEqual, false),
        Comparator::Greater | Comparator::After => (Comparison::Greater, false),
        Comparator::GreaterEqual => (Comparison::GreaterEqual, false),
    }
}

/// The texts of a value that are written out in it.
pub(super) fn literal_texts(value: &Value, out: &mut Vec<String>) {
    match &value.kind {
        ValueKind::Text(pattern) => out.push(pattern.to_iam(Wildcards::Active)),
        ValueKind::List(members) => members.iter().for_each(|m| literal_texts(m, out)),
        _ => {}
    }
}

/// What a value of a key has to look like, if it does not.
fn misshapen(key: &str, text: &str) -> Option<&'static str> {
    let key = key.to_ascii_lowercase();
    let (ok, shape) = match key.as_str() {
        "aws:sourcevpc" | "aws:ec2instancesourcevpc" => (
            types::is_vpc_id(text),
            "`vpc-` and 8 or 17 hexadecimal digits",
        ),
        "aws:sourcevpce" => (
            types::is_vpce_id(text),
            "`vpce-` and 8 or 17 hexadecimal digits",
        ),
        "aws:principalaccount"
        | "aws:resourceaccount"
        | "aws:sourceaccount"
        | "aws:vpceaccount"
        | "kms:calleraccount" => (
            crate::iam::arn::is_account_id(text),
            "an account id of twelve digits",
        ),
        "aws:principalorgid" | "aws:resourceorgid" | "aws:sourceorgid" | "aws:vpceorgid" => (
            types::is_org_id(text),
            "an organisation's id like `o-a1b2c3d4e5`",
        ),
        "aws:requestedregion" => (types::is_region(text), "a region like `eu-west-1`"),
        "aws:tagkeys" => (
            !text.is_empty() && text.chars().count() <= 128,
            "a tag key of 1 to 128 characters",
        ),
        _ => return None,
    };
    (!ok).then_some(shape)
}

/// The text of a pattern as it was written, for messages.
pub(in crate::check) fn shown(pattern: &Pattern) -> String {
    pattern.to_iam(Wildcards::Literal)
}
