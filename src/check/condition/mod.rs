//! Conditions: every key exists, every comparison suits its key, every value has the key's type.

mod predicate;
mod subject;

pub(super) use predicate::shown;
pub(super) use subject::KeyInfo;

use crate::iam::Operator;
use crate::resolve::{Binding, DefId, DefKind};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Cond, CondKind, NodeKind, Subject, SubjectKind};
use crate::types::Type;

use super::context::{Checker, text_of};
use super::hir::{Condition, ConditionKind, Guard, KeyTest, Member, Reading, Value, ValueKind};
use super::messages;

impl Checker<'_> {
    /// `when C unless D` as one condition.
    pub(super) fn guard(&mut self, guard: &ast::Guard) -> Guard {
        let when = guard.when.as_ref().map(|c| self.condition(c));
        let unless = guard.unless.as_ref().map(|c| {
            let inner = self.condition(c);
            Condition {
                span: inner.span,
                kind: ConditionKind::Not(Box::new(inner)),
            }
        });
        match (when, unless) {
            (Some(a), Some(b)) => Some(Condition {
                span: a.span.to(b.span),
                kind: ConditionKind::And(Box::from([a, b])),
            }),
            (one, other) => one.or(other),
        }
    }

    /// A condition; what could not be read stands as `true`, since the finding stops the build anyway.
    pub(super) fn condition(&mut self, cond: &Cond) -> Condition {
        let kind = match &cond.kind {
            CondKind::Or(parts) => {
                ConditionKind::Or(parts.iter().map(|p| self.condition(p)).collect())
            }
            CondKind::And(parts) => {
                ConditionKind::And(parts.iter().map(|p| self.condition(p)).collect())
            }
            CondKind::Not(inner) => ConditionKind::Not(Box::new(self.condition(inner))),
            CondKind::Group(inner) => return self.condition(inner),
            CondKind::Constant(value) => ConditionKind::Constant(*value),
            CondKind::Call(call) => self.call_or_phrase(call),
            CondKind::Predicate(predicate) => self.predicate(predicate, cond.span),
            CondKind::Membership { who, place } => self.membership(who, place),
            CondKind::Raw {
                operator,
                key,
                values,
            } => self.raw(operator, key, values),
        };
        Condition {
            kind,
            span: cond.span,
        }
    }

    fn call_or_phrase(&mut self, call: &ast::Call) -> ConditionKind {
        let unreadable = ConditionKind::Constant(true);
        match self.cx.resolved.binding(&call.path) {
            Binding::Unresolved => unreadable,
            Binding::Phrase => {
                let words = text_of(&call.path);
                let subject = Subject {
                    kind: SubjectKind::Phrase { words, tail: None },
                    span: call.span,
                };
                self.predicate(
                    &ast::Predicate {
                        quantifier: None,
                        subject,
                        comparison: None,
                    },
                    call.span,
                )
            }
            Binding::Definition { id, rest: 0 } if self.cx.kind_of(id) == DefKind::Condition => {
                let arguments = self.arguments(id, &call.args, call.span);
                ConditionKind::Call {
                    condition: id,
                    arguments,
                }
            }
            Binding::Definition { id, .. } => {
                self.report_wrong_kind(&call.path, id, "a condition");
                unreadable
            }
            Binding::Parameter { index, .. } => {
                let ty = self
                    .parameters
                    .get(index)
                    .map_or(Type::Unknown, |p| p.ty.clone());
                self.report(messages::parameter_is_no_condition(
                    &text_of(&call.path),
                    &ty,
                    call.span,
                ));
                unreadable
            }
        }
    }

    /// The arguments of a call, one for every parameter: given by position or by name, or the default.
    pub(super) fn arguments(&mut self, callee: DefId, args: &[ast::Arg], span: Span) -> Vec<Value> {
        let parameters = self.cx.signatures.get(&callee).cloned().unwrap_or_default();
        let Some(definition) = self.cx.resolved.definition(callee) else {
            return Vec::new();
        };
        let (name, declared) = (definition.name.value.clone(), definition.name.span);
        let mut slots: Vec<Option<Value>> = parameters.iter().map(|_| None).collect();
        for (position, arg) in args.iter().enumerate() {
            let index = match &arg.name {
                None => Some(position).filter(|i| *i < parameters.len()),
                Some(given) => parameters.iter().position(|p| p.name == given.value),
            };
            let Some((parameter, slot)) =
                index.and_then(|i| parameters.get(i).zip(slots.get_mut(i)))
            else {
                self.report(messages::unexpected_argument(
                    &name,
                    arg,
                    &parameters,
                    declared,
                ));
                self.value(&arg.value);
                continue;
            };
            if slot.is_some() {
                self.report(messages::argument_twice(&parameter.name, arg.span));
            }
            *slot = Some(self.value_as(&arg.value, &parameter.ty));
        }
        let missing: Vec<&str> = parameters
            .iter()
            .zip(&slots)
            .filter(|(p, slot)| slot.is_none() && p.default.is_none())
            .map(|(p, _)| p.name.as_str())
            .collect();
        if !missing.is_empty() {
            self.report(messages::missing_arguments(&name, &missing, span, declared));
        }
        let empty = || Value {
            kind: ValueKind::Unknown,
            span,
        };
        let pairs = slots.into_iter().zip(parameters);
        pairs
            .map(|(slot, p)| slot.or(p.default).unwrap_or_else(empty))
            .collect()
    }

    fn membership(&mut self, who: &ast::Ident, place: &ast::Path) -> ConditionKind {
        let who = match who.value.as_str() {
            "resource" => Member::Resource,
            "source" => Member::Source,
            _ => Member::Principal,
        };
        let kinds = [NodeKind::Org, NodeKind::Ou, NodeKind::Account];
        match self.node_of_kind(place, &kinds, "an organisation, a unit or an account") {
            Some(node) => {
                if let Some(parsed) = self.cx.resolved.node(node)
                    && parsed.kind == NodeKind::Ou
                    && parsed.id.is_none()
                {
                    self.report(messages::unit_without_id(
                        &parsed.name.value,
                        place.span,
                        parsed.name.span,
                    ));
                }
                ConditionKind::Membership { who, node }
            }
            None => ConditionKind::Constant(true),
        }
    }

    fn raw(
        &mut self,
        operator: &ast::Ident,
        key: &Spanned<String>,
        values: &ast::Expr,
    ) -> ConditionKind {
        let parsed: Option<Operator> = operator.value.parse().ok();
        if parsed.is_none() {
            self.report(messages::unknown_operator(operator));
        }
        let multi_valued = self
            .cx
            .catalogue
            .key(&key.value)
            .is_some_and(|k| k.key.multi_valued);
        let values = self.raw_values(values);
        let Some(operator) = parsed else {
            return ConditionKind::Constant(true);
        };
        let key = self.plain_text(key);
        ConditionKind::Test(KeyTest {
            operator,
            key,
            multi_valued,
            values,
            reading: Reading::Raw,
        })
    }

    fn raw_values(&mut self, values: &ast::Expr) -> Value {
        match &values.kind {
            ast::ExprKind::List(members) => {
                let members = members.iter().map(|m| self.raw_values(m)).collect();
                Value {
                    kind: ValueKind::List(members),
                    span: values.span,
                }
            }
            _ => self.value(values).value,
        }
    }
}
