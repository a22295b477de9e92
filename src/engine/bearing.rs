//! Which settings bear on policies: those whose construct occurs in them.
//!
//! A setting that is not named here leaves every answer about the policies as it is, so that an answer needs to be
//! asked again only under the choices of those that are.

use super::semantics::SETTINGS;
use crate::iam::condition::Family;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement, Test};

/// The settings that bear on what documents allow by themselves, in the order of [`SETTINGS`].
pub fn settings(policies: &[&Policy]) -> Vec<&'static str> {
    let mut found = Found::default();
    for policy in policies {
        for statement in &policy.statements {
            found.look_at(policy.kind, statement);
        }
    }
    let names = SETTINGS.iter().map(|s| s.name);
    names.filter(|name| found.names.contains(name)).collect()
}

#[derive(Default)]
struct Found {
    names: Vec<&'static str>,
}

impl Found {
    fn add(&mut self, name: &'static str) {
        if !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    fn look_at(&mut self, kind: PolicyKind, statement: &Statement) {
        if let Some(resource) = &statement.resource {
            self.look_at_resource(kind, resource);
        }
        let not_principal = statement.principal.as_ref().is_some_and(|p| p.negated);
        if not_principal && statement.effect == Effect::Deny {
            self.add("not-principal");
        }
        self.look_at_condition(&statement.condition);
    }

    fn look_at_resource(&mut self, kind: PolicyKind, resource: &Match) {
        for pattern in resource.patterns.iter().filter(|p| *p != "*") {
            if has_variable(pattern) {
                self.add("wildcards-in-variable-values");
                if resource.negated {
                    self.add("unresolved-variable-in-not-resource");
                }
            }
            let (head, last) = split(pattern);
            if head.contains(['*', '?']) {
                self.add("resource-wildcards");
            }
            if head.contains(|c: char| c.is_ascii_uppercase()) {
                self.add("resource-case");
            }
            match last {
                None if kind != PolicyKind::Rcp => self.add("short-arns"),
                None => {}
                Some(last) => {
                    let resource_type = last.split(['/', ':']).next().unwrap_or_default();
                    if last != "*" && resource_type.contains(['*', '?']) {
                        self.add("resource-type-wildcards");
                    }
                }
            }
        }
    }

    fn look_at_condition(&mut self, condition: &Condition) {
        match condition {
            Condition::True | Condition::False => {}
            Condition::Test(test) => self.look_at_test(test),
            Condition::Not(inner) => self.look_at_condition(inner),
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    self.look_at_condition(part);
                }
            }
        }
    }

    fn look_at_test(&mut self, test: &Test) {
        let (base, qualifier) = (test.operator.base, test.operator.qualifier);
        if test.multi_valued && qualifier.is_none() && base.family() != Family::Null {
            self.add("plain-operator-on-multivalued");
        }
        if !test.values.iter().any(|v| has_variable(v)) {
            return;
        }
        match base.family() {
            Family::Bool => self.add("variables-in-bool"),
            Family::String | Family::Arn => {
                self.add("wildcards-in-variable-values");
                if base.is_negated() {
                    self.add("unresolved-variable-in-negated-operator");
                }
            }
            _ => {}
        }
    }
}

/// Whether a text has a variable: `${*}`, `${?}` and `${$}` are escapes.
fn has_variable(text: &str) -> bool {
    text.match_indices("${").any(|(at, _)| {
        let rest = text.get(at + 2..).unwrap_or_default();
        !["*}", "?}", "$}"].iter().any(|e| rest.starts_with(e))
    })
}

/// The first five fields of a pattern, and the last one if it has as many. Escapes of wildcards count as wildcards:
/// a setting asked in vain does no harm.
fn split(pattern: &str) -> (&str, Option<&str>) {
    match pattern.match_indices(':').nth(4) {
        Some((at, _)) => {
            let (head, last) = pattern.split_at(at);
            (head, last.get(1..))
        }
        None => (pattern, None),
    }
}
