//! `bool-absent`, `if-exists`, `for-all-values`, `wildcard-value`: conditions that do not say what they seem to.
//!
//! All of them are about a request that does not carry the key. What a statement does with such a request is asked of the
//! engine; the operator only says what its author had in mind.

use super::ask::{self, tests};
use super::context::Document;
use super::finding::Finding;
use super::{Context, Lint};
use crate::catalogue::Presence;
use crate::engine::question::World;
use crate::iam::{BaseOperator, Effect, Operator, Qualifier};
use crate::ir::{Condition, Statement, Test};

/// Asks about each test of each statement.
fn each_test(
    cx: &Context<'_>,
    mut look: impl FnMut(&Document<'_>, &Statement, &Test, bool) -> Option<Finding>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in &cx.documents {
        for statement in &document.policy.statements {
            for (test, negated) in tests(&statement.condition) {
                let finding = look(document, statement, test, negated);
                found.extend(
                    finding.map(|f| f.also(test.span, "here").accounts(&document.accounts)),
                );
            }
        }
    }
    found
}

/// Whether a statement can match a request of which more is known.
fn can_match(cx: &Context<'_>, document: &Document<'_>, own: &Statement, known: Condition) -> bool {
    let narrow = ask::narrowed(own, known);
    cx.matched(document.policy.kind, narrow, World::Sketch)
        .is_some()
}

/// Whether a statement provably matches no request of which more is known.
fn cannot_match(
    cx: &Context<'_>,
    document: &Document<'_>,
    own: &Statement,
    known: Condition,
) -> bool {
    let narrow = ask::narrowed(own, known);
    cx.is_dead(document.policy.kind, narrow, World::Sketch)
}

fn without(test: &Test) -> Condition {
    match test.multi_valued {
        true => ask::absent_list(&test.key),
        false => ask::absent(&test.key),
    }
}

/// Whether AWS sends the key with every request.
fn is_always_there(cx: &Context<'_>, key: &str) -> bool {
    let found = cx.project.catalogue.key(key);
    found.is_some_and(|found| found.key.presence == Presence::Always)
}

/// Finds Denies that stop `false` and let the absent key through.
pub(super) fn bool_absent(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    each_test(cx, |document, statement, test, _| {
        let candidate = statement.effect == Effect::Deny
            && test.operator == Operator::plain(BaseOperator::Bool)
            && !is_always_there(cx, &test.key);
        let is = |value: &str| ask::test(BaseOperator::Bool, &test.key, &[value]);
        let slips = candidate
            && can_match(cx, document, statement, is("false"))
            && cannot_match(cx, document, statement, without(test))
            && cannot_match(cx, document, statement, is("true"));
        if !slips {
            return None;
        }
        let key = &test.key;
        let message = format!(
            "the Deny stops requests with `{key}` = false and lets those without the key through"
        );
        let finding = Finding::at(lint.code, &statement.origin, message)?;
        let finding = match key.eq_ignore_ascii_case("aws:MultiFactorAuthPresent") {
            true => finding.because(
                "a request that is signed with a long-lived access key does not carry it at all",
            ),
            false => finding,
        };
        Some(finding.help("write `unless …`: it also stops requests without the key"))
    })
}

/// Finds `IfExists` that lets requests without the key into an Allow, or past a Deny.
///
/// Keys of services are left alone: an action that acts on several resources carries them for some only, and `IfExists` is
/// how AWS wants that written.
pub(super) fn if_exists(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    each_test(cx, |document, statement, test, negated| {
        let global = test.key.to_ascii_lowercase().starts_with("aws:")
            || test.key.eq_ignore_ascii_case("sts:ExternalId");
        let positive = !test.operator.base.is_negated();
        if !test.operator.if_exists || !global || !positive || is_always_there(cx, &test.key) {
            return None;
        }
        let key = &test.key;
        let (message, help) = match (statement.effect, negated) {
            (Effect::Allow, false) if can_match(cx, document, statement, without(test)) => (
                format!("the Allow also grants to requests without `{key}`"),
                "leave `IfExists` out, unless requests without the key are meant to pass",
            ),
            (Effect::Deny, true) if cannot_match(cx, document, statement, without(test)) => (
                format!("the Deny lets requests without `{key}` through"),
                "leave `IfExists` out: `unless` then stops requests without the key, too",
            ),
            _ => return None,
        };
        Some(Finding::at(lint.code, &statement.origin, message)?.help(help))
    })
}

/// Finds `every …` in an Allow that is true of requests without a single value.
pub(super) fn for_all_values(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    each_test(cx, |document, statement, test, negated| {
        let candidate = statement.effect == Effect::Allow
            && !negated
            && test.operator.qualifier == Some(Qualifier::ForAllValues);
        if !candidate {
            return None;
        }
        let known = Condition::all([without(test), tags_follow(statement, test)]);
        if !can_match(cx, document, statement, known) {
            return None;
        }
        let key = &test.key;
        let message = format!("the Allow also grants to requests that carry no `{key}` at all");
        let finding = Finding::at(lint.code, &statement.origin, message)?
            .because("`every` is true of no values, as `ForAllValues` is in IAM");
        Some(finding.help(format!(
            "add `{key} present and …`, unless requests without it are meant to pass"
        )))
    })
}

/// A request that passes a tag carries its key among `aws:TagKeys`, so without the one there is not the other.
fn tags_follow(statement: &Statement, test: &Test) -> Condition {
    if !test.key.eq_ignore_ascii_case("aws:TagKeys") {
        return Condition::True;
    }
    let all = tests(&statement.condition);
    let keys = all.iter().map(|(test, _)| test.key.as_str());
    let tags = keys.filter(|key| key.to_ascii_lowercase().starts_with("aws:requesttag/"));
    Condition::all(tags.map(ask::absent))
}

/// Finds patterns in an Allow that every value matches.
pub(super) fn wildcard_value(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    each_test(cx, |document, statement, test, negated| {
        let is_pattern = matches!(
            test.operator.base,
            BaseOperator::StringLike | BaseOperator::ArnLike | BaseOperator::ArnEquals
        );
        let candidate = statement.effect == Effect::Allow && !negated && is_pattern;
        if !candidate || !test.values.iter().any(|v| v.starts_with(['*', '?'])) {
            return None;
        }
        let other = Condition::Test(test.clone()).negate();
        let alone = Statement {
            condition: Condition::all([without(test).negate(), other]),
            ..statement.clone()
        };
        if !cx.is_dead(document.policy.kind, alone, World::Sketch) {
            return None;
        }
        let key = &test.key;
        let message =
            format!("every value of `{key}` passes: the pattern only asks that there is one");
        let finding = Finding::at(lint.code, &statement.origin, message)?;
        Some(finding.help("name the values, or write `present` if that is what is meant"))
    })
}
