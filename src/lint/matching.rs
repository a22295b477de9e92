//! `never-matches`: a statement that no request of AWS's can match, and the parts that make it so.

use std::collections::BTreeSet;

use super::ask::{conjuncts, needed};
use super::context::Document;
use super::finding::Finding;
use super::likeness::likeness;
use super::{Context, Lint, facts, words};
use crate::engine::question::World;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Statement, Test};

/// Finds statements that no request matches.
pub(super) fn never_matches(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut alive = BTreeSet::new();
    for document in &cx.documents {
        for statement in &document.policy.statements {
            if statement.condition == Condition::False || speaks_of_the_unknown(cx, statement) {
                continue;
            }
            let shape = likeness(document.policy.kind, statement);
            if alive.contains(&shape) {
                continue;
            }
            match explain(cx, lint, document, statement) {
                Some(finding) => found.push(finding.accounts(&document.accounts)),
                None => {
                    alive.insert(shape);
                }
            }
        }
    }
    found
}

/// Whether some action is of a name that the catalogue does not know. It was written as `raw`, by somebody who knows of an
/// action that is newer: that no request of today's matches is no news to them.
fn speaks_of_the_unknown(cx: &Context<'_>, statement: &Statement) -> bool {
    let is_unknown = |pattern: &String| {
        let (prefix, name) = pattern.split_once(':').unwrap_or((pattern, "*"));
        let is_open = prefix.contains(['*', '?']);
        let service = cx.project.catalogue.service(prefix);
        !is_open && service.is_none_or(|s| s.actions_matching(name).next().is_none())
    };
    statement.action.patterns.iter().any(is_unknown)
}

/// The statement apart: facts about AWS's requests, the tests joined by `and`, and the resource.
struct Parts<'s> {
    cx: &'s Context<'s>,
    kind: PolicyKind,
    statement: &'s Statement,
    facts: Vec<(Fact, Condition)>,
    conjuncts: Vec<&'s Condition>,
}

/// What is known of every request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fact {
    /// `aws:SourceIp` is public.
    PublicAddress,
    /// It is today or later.
    Today,
}

impl Parts<'_> {
    fn count(&self) -> usize {
        self.facts.len() + self.conjuncts.len() + 1
    }

    /// Whether the statement is dead with only the parts that are kept; the last one is the resource.
    fn is_dead(&self, kept: &[bool]) -> bool {
        let keeps = |at: usize| kept.get(at).copied().unwrap_or_default();
        let facts = self.facts.iter().enumerate();
        let facts = facts
            .filter(|(at, _)| keeps(*at))
            .map(|(_, (_, c))| c.clone());
        let first = self.facts.len();
        let own = self.conjuncts.iter().enumerate();
        let own = own
            .filter(|(at, _)| keeps(first + at))
            .map(|(_, c)| (*c).clone());
        let resource = match keeps(self.count() - 1) {
            true => self.statement.resource.clone(),
            false => self
                .statement
                .resource
                .as_ref()
                .map(|_| Match::everything()),
        };
        let statement = Statement {
            condition: Condition::all(facts.chain(own)),
            resource,
            ..self.statement.clone()
        };
        self.cx.is_dead(self.kind, statement, World::Catalogue)
    }

    /// The names of the statement's actions where none of them takes a resource; empty where some action does.
    fn takes_no_resource(&self) -> Vec<String> {
        let action = &self.statement.action;
        let catalogue = self.cx.project.catalogue;
        let mut names = Vec::new();
        for pattern in &action.patterns {
            let Some((prefix, name)) = pattern.split_once(':').filter(|_| !action.negated) else {
                return Vec::new();
            };
            let service = catalogue.service(prefix);
            for (service, found) in service
                .iter()
                .flat_map(|s| s.actions_matching(name).map(move |a| (s, a)))
            {
                if !found.resources.is_empty() {
                    return Vec::new();
                }
                names.push(service.qualified(found));
            }
        }
        names
    }

    /// Whether the conditions by themselves contradict one another, whatever the action.
    fn contradict(&self, parts: &[&Condition]) -> bool {
        let statement = Statement {
            action: Match::everything(),
            resource: self
                .statement
                .resource
                .as_ref()
                .map(|_| Match::everything()),
            condition: Condition::all(parts.iter().map(|c| (*c).clone())),
            ..self.statement.clone()
        };
        self.cx.is_dead(self.kind, statement, World::Sketch)
    }
}

fn explain(
    cx: &Context<'_>,
    lint: &Lint,
    document: &Document<'_>,
    statement: &Statement,
) -> Option<Finding> {
    let conjuncts = conjuncts(&statement.condition);
    let all: Vec<&Test> = super::ask::tests(&statement.condition)
        .into_iter()
        .map(|(test, _)| test)
        .collect();
    let parts = Parts {
        cx,
        kind: document.policy.kind,
        statement,
        facts: facts_about(cx, &all),
        conjuncts,
    };
    let everything = vec![true; parts.count()];
    if !parts.is_dead(&everything) {
        return None;
    }
    let kept = needed(parts.count(), |kept| parts.is_dead(kept));
    let keeps = |at: usize| kept.get(at).copied().unwrap_or_default();
    let facts: Vec<Fact> = parts
        .facts
        .iter()
        .enumerate()
        .filter(|(at, _)| keeps(*at))
        .map(|(_, (fact, _))| *fact)
        .collect();
    let first = parts.facts.len();
    let guilty: Vec<&Condition> = parts
        .conjuncts
        .iter()
        .enumerate()
        .filter(|(at, _)| keeps(first + at))
        .map(|(_, c)| *c)
        .collect();
    let effect = match statement.effect {
        Effect::Allow => "grants nothing",
        Effect::Deny => "denies nothing",
    };
    let message = format!("the statement {effect}: no request can match it");
    let mut finding = Finding::at(lint.code, &statement.origin, message)?
        .because(reason(&parts, &facts, &guilty));
    for part in &guilty {
        finding = finding.also(words::place(part), "this can never be met here");
    }
    Some(match help(&parts, &facts, &guilty) {
        Some(help) => finding.help(help),
        None => finding,
    })
}

fn facts_about(cx: &Context<'_>, tests: &[&Test]) -> Vec<(Fact, Condition)> {
    let speaks_of = |key: &str| tests.iter().any(|t| t.key.eq_ignore_ascii_case(key));
    let mut facts = Vec::new();
    if speaks_of("aws:SourceIp") {
        facts.push((Fact::PublicAddress, facts::public_address()));
    }
    if let Some(today) = cx.project.today.filter(|_| speaks_of("aws:CurrentTime")) {
        let start = format!("{today}T00:00:00Z");
        let operator = crate::iam::BaseOperator::DateGreaterThanEquals;
        facts.push((
            Fact::Today,
            super::ask::test(operator, "aws:CurrentTime", &[&start]),
        ));
    }
    facts
}

fn reason(parts: &Parts<'_>, facts: &[Fact], guilty: &[&Condition]) -> String {
    let tests = guilty.iter().flat_map(|c| super::ask::tests(c));
    let tests: Vec<&Test> = tests.map(|(test, _)| test).collect();
    let keys = words::list(&words::keys(tests.iter().copied()));
    if facts.contains(&Fact::PublicAddress) {
        let ranges: Vec<&str> = tests
            .iter()
            .filter(|t| t.key.eq_ignore_ascii_case("aws:SourceIp"))
            .flat_map(|t| t.values.iter().map(String::as_str))
            .collect();
        let ranges = words::list(&ranges);
        return format!(
            "`aws:SourceIp` holds the public address of the caller, and {ranges} is private; through a VPC endpoint the key is absent"
        );
    }
    if facts.contains(&Fact::Today) {
        return "the time that it speaks of is over".to_owned();
    }
    if guilty.is_empty() {
        return match parts.takes_no_resource().as_slice() {
            [] => "none of its actions acts on these resources".to_owned(),
            [one] => format!("`{one}` takes no resource, so AWS compares it with `*` only"),
            many => {
                let names = words::list(many);
                format!("{names} take no resource, so AWS compares them with `*` only")
            }
        };
    }
    if parts.contradict(guilty) {
        return match guilty.len() {
            1 => format!("the condition on {keys} contradicts itself"),
            _ => format!("the conditions on {keys} contradict one another"),
        };
    }
    format!("no request of these actions on these resources carries {keys} as it asks")
}

fn help(parts: &Parts<'_>, facts: &[Fact], guilty: &[&Condition]) -> Option<&'static str> {
    match facts {
        [] if guilty.is_empty() && !parts.takes_no_resource().is_empty() => Some("write `on *`"),
        [] if guilty.is_empty() => Some(
            "name what they act on; `bailiwick catalogue show ACTION` lists the resource types of an action",
        ),
        [] => None,
        facts if facts.contains(&Fact::PublicAddress) => {
            Some("name the public addresses, or the VPCs with `source vpc in [\"vpc-…\"]`")
        }
        _ => Some("remove the statement, or set another time"),
    }
}
