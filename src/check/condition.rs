//! Conditions: every key exists, every comparison suits its key, every value has the key's type.

use crate::catalogue::{Key, KeyType, suggest};
use crate::iam::arn::is_arn_pattern;
use crate::iam::condition::Family;
use crate::iam::pattern::Wildcards;
use crate::iam::{BaseOperator, Operator, Pattern, Qualifier};
use crate::resolve::{Binding, DefId, DefKind};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{
    self, Comparator, Cond, CondKind, NodeKind, Quantifier, Subject, SubjectKind,
};
use crate::types::{self, Comparison, PhraseKey, Type};

use super::context::{Checker, ClaimSource, text_of};
use super::hir::{Condition, ConditionKind, Guard, KeyTest, Member, Reading, Value, ValueKind};
use super::messages;

/// A key as the catalogue knows it, or as `raw` and claims make it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct KeyInfo {
    pub name: String,
    pub key_type: KeyType,
    pub multi_valued: bool,
}

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

    fn predicate(&mut self, predicate: &ast::Predicate, span: Span) -> ConditionKind {
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

    /// The key a subject stands for; an unknown one is reported.
    pub(super) fn subject(&mut self, subject: &Subject) -> Option<KeyInfo> {
        match &subject.kind {
            SubjectKind::Key(name) => {
                let name = self.unescaped(name, subject.span);
                self.key(&name, subject.span)
            }
            SubjectKind::Phrase { words, tail } => {
                let Some(phrase) = types::find_phrase(words) else {
                    self.report(messages::unknown_phrase(words, subject.span));
                    return None;
                };
                match (phrase.key, tail) {
                    (PhraseKey::Key(key), None) => self.key(key, subject.span),
                    (PhraseKey::Tagged(prefix), Some(tag)) => {
                        let tag = self.unescaped(&tag.value, tag.span);
                        self.key(&format!("{prefix}{tag}"), subject.span)
                    }
                    (PhraseKey::Claim, Some(claim)) => self.claim(claim, subject.span),
                    (PhraseKey::Tagged(_) | PhraseKey::Claim, None) => {
                        self.report(messages::phrase_needs_name(words, subject.span));
                        None
                    }
                    (PhraseKey::Key(_), Some(tail)) => {
                        self.report(messages::phrase_takes_no_name(words, tail));
                        None
                    }
                }
            }
        }
    }

    fn claim(&mut self, claim: &ast::Ident, span: Span) -> Option<KeyInfo> {
        let name = match &self.claim_source {
            ClaimSource::Oidc(host) => format!("{host}:{}", claim.value),
            ClaimSource::Saml => format!("SAML:{}", claim.value),
            ClaimSource::None | ClaimSource::Several => {
                let several = self.claim_source == ClaimSource::Several;
                self.report(if several {
                    messages::claim_of_several(span)
                } else {
                    messages::claim_outside_trust(span)
                });
                return None;
            }
        };
        // Claims of a provider that the catalogue does not know (an EKS cluster, a company's own) are text.
        let known = self.cx.catalogue.key(&name);
        let (key_type, multi_valued) = known.map_or((KeyType::String, claim.value == "amr"), |k| {
            (k.key.key_type, k.key.multi_valued)
        });
        Some(KeyInfo {
            name,
            key_type,
            multi_valued,
        })
    }

    /// A key by name; an unknown one is reported with the nearest, each time it is used.
    pub(super) fn key(&mut self, name: &str, span: Span) -> Option<KeyInfo> {
        if let Some(known) = self.keys.get(name) {
            return Some(known.clone());
        }
        let Some(found) = self.cx.catalogue.key(name) else {
            let near = suggest::key(self.cx.catalogue, name);
            let stem = name.trim_end_matches('/');
            self.report(match near {
                Some(template) if template.split("/${").next() == Some(stem) => {
                    messages::key_needs_tag(&template, span)
                }
                Some(template) if template == name => messages::key_needs_tag(name, span),
                near => messages::unknown_key(name, span, near),
            });
            return None;
        };
        if found.key.is_template() && found.canonical.contains("${") {
            self.report(messages::key_needs_tag(&found.canonical, span));
            return None;
        }
        self.facts.key(found.key);
        let info = info(found.key, found.canonical);
        self.keys.insert(name.to_owned(), info.clone());
        Some(info)
    }
}

fn info(key: &Key, canonical: String) -> KeyInfo {
    KeyInfo {
        name: canonical,
        key_type: key.key_type,
        multi_valued: key.multi_valued,
    }
}

fn test(
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

/// What a predicate looks at: `mfa within 1h` speaks of the second factor's age.
fn aged(predicate: &ast::Predicate) -> Subject {
    let within = predicate
        .comparison
        .as_ref()
        .is_some_and(|c| c.operator.value == Comparator::Within);
    match &predicate.subject.kind {
        SubjectKind::Phrase { words, tail: None } if within && words == "mfa" => Subject {
            kind: SubjectKind::Phrase {
                words: "mfa age".to_owned(),
                tail: None,
            },
            span: predicate.subject.span,
        },
        _ => predicate.subject.clone(),
    }
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
fn literal_texts(value: &Value, out: &mut Vec<String>) {
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
pub(super) fn shown(pattern: &Pattern) -> String {
    pattern.to_iam(Wildcards::Literal)
}
