//! `taken-away`, `beyond-boundary`, `adds-nothing`: grants that never come to anything.

use std::borrow::Cow;

use super::context::Kin;
use super::finding::Finding;
use super::{Context, Lint, ask, who, words};
use crate::engine::Attached;
use crate::engine::question::{Effective, StatementQuestion, Subject};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement};

/// Asks about each Allow that the project itself wrote for an identity.
fn grants(
    cx: &Context<'_>,
    mut look: impl FnMut(&Kin<'_>, &Statement) -> Option<Finding>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for kin in &cx.kin {
        let own = kin.identity.policies.iter().filter(|p| !p.is_aws());
        for statement in own.flat_map(|p| &p.statements) {
            let granted = statement.effect == Effect::Allow && cx.is_own(&statement.origin);
            if granted && statement.condition != Condition::False {
                found.extend(look(kin, statement).map(|f| f.accounts(&kin.accounts)));
            }
        }
    }
    found
}

/// Everything but the one call that nothing can deny.
fn real_requests() -> Policy {
    ask::scope(
        Match::except(vec!["sts:GetCallerIdentity".to_owned()]),
        Match::everything(),
        Condition::True,
    )
}

/// Finds Allows of which boundary and SCPs leave nothing.
pub(super) fn taken_away(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let everything = real_requests();
    grants(cx, |kin, statement| {
        let identity = kin.identity;
        let view = cx.estate().account(identity.account)?;
        if identity.boundary.is_none() && view.scps.is_empty() {
            return None;
        }
        if leaves_some(cx, kin, statement) {
            return None;
        }
        let alone = ask::document(PolicyKind::InlinePolicy, vec![statement.clone()]);
        let about = &statement.action;
        let boundary = identity.boundary.as_ref();
        let boundary = boundary.map(|b| Cow::Owned(who::part(b, about)));
        let left = |boundary: Option<Cow<'_, Policy>>, scps: Vec<Vec<Cow<'_, Policy>>>| {
            let asked = Effective {
                principal: &identity.principal,
                attached: Attached {
                    identity: vec![Cow::Borrowed(&alone)],
                    boundary,
                    scps,
                    ..Attached::default()
                },
                resource_account: None,
            };
            !cx.is_out_of_reach(&ask::subject(asked), &everything)
        };
        if left(boundary.clone(), who::levels(&view.scps, about)) || !left(None, Vec::new()) {
            return None;
        }
        let bounded = boundary.is_some() && !left(boundary.clone(), Vec::new());
        let name = identity.name;
        let (by, place) = match (bounded, &identity.boundary) {
            (true, Some(limit)) => (
                format!("boundary `{}`", limit.name),
                limit.origin.spans.first(),
            ),
            _ => {
                let guilty = guilty(view, |scps| !left(None, scps));
                let by = match &guilty {
                    Some(policy) => format!("SCP `{}`", policy.name),
                    None => "the SCPs above the account".to_owned(),
                };
                (by, guilty.and_then(|p| p.origin.spans.first()))
            }
        };
        let message =
            format!("the statement grants nothing to `{name}`: {by} takes all of it away");
        let finding = Finding::at(lint.code, &statement.origin, message)?;
        let finding = finding.also(place.copied(), "this takes it away");
        Some(finding.help("remove the statement, or let the limit allow it if it should"))
    })
}

/// Whether one action of a statement is plainly left by boundary and SCPs: a small question that settles most.
fn leaves_some(cx: &Context<'_>, kin: &Kin<'_>, statement: &Statement) -> bool {
    let Some(pattern) = statement.action.patterns.first() else {
        return false;
    };
    if statement.action.negated {
        return false;
    }
    let narrow = Statement {
        action: Match::any(vec![pattern.clone()]),
        ..statement.clone()
    };
    let narrow = ask::document(PolicyKind::InlinePolicy, vec![narrow]);
    let asked = Effective {
        attached: Attached {
            identity: vec![Cow::Borrowed(&narrow)],
            ..cx.estate().effective(kin.identity).attached
        },
        ..cx.estate().effective(kin.identity)
    };
    // Nobody can be kept from asking who they are, so that this would prove nothing.
    let asked_about = pattern.as_str() != "*" && !pattern.to_ascii_lowercase().starts_with("sts:");
    asked_about && cx.allowed(&ask::subject(asked), &narrow).is_some()
}

/// The one SCP that takes everything away by itself, if there is one.
fn guilty<'v>(
    view: &'v crate::access::AccountView<'_>,
    takes: impl Fn(Vec<Vec<Cow<'_, Policy>>>) -> bool,
) -> Option<&'v Policy> {
    let full = ask::full_access();
    let all = view.scps.iter().flatten().map(|p| &**p);
    let mut denying = all.filter(|p| p.statements.iter().any(|s| s.effect == Effect::Deny));
    denying.find(|policy| takes(vec![vec![Cow::Borrowed(&full), Cow::Borrowed(*policy)]]))
}

/// Finds actions of an Allow that the boundary never lets through.
pub(super) fn beyond_boundary(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    grants(cx, |kin, statement| {
        let boundary = kin.identity.boundary.as_ref()?;
        if statement.action.negated || statement.action.patterns.len() < 2 {
            return None;
        }
        let limit = Subject::Documents(vec![&**boundary]);
        let in_vain = |pattern: &&String| {
            let one = Statement {
                action: Match::any(vec![(*pattern).clone()]),
                ..statement.clone()
            };
            let one = ask::document(PolicyKind::InlinePolicy, vec![one]);
            cx.is_out_of_reach(&limit, &one)
        };
        let vain: Vec<&String> = statement.action.patterns.iter().filter(in_vain).collect();
        // If it is all of them, the whole statement is told to grant nothing.
        if vain.is_empty() || vain.len() == statement.action.patterns.len() {
            return None;
        }
        let (actions, name) = (words::list(&vain), &boundary.name);
        let message = format!("boundary `{name}` never lets {actions} through");
        let finding = Finding::at(lint.code, &statement.origin, message)?
            .because(format!(
                "so `{}` cannot do it, whatever the statement says",
                kin.identity.name
            ))
            .also(boundary.origin.spans.first().copied(), "the boundary");
        Some(finding.help("remove them here, or let the boundary allow them if it should"))
    })
}

/// Finds statements without which a document would mean the same.
pub(super) fn adds_nothing(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in &cx.documents {
        let mut policy = document.policy.clone();
        // From the last to the first: of two that say the same, the later one goes.
        for index in (0..policy.statements.len()).rev() {
            let Some(statement) = policy.statements.get(index) else {
                continue;
            };
            let candidate = cx.is_own(&statement.origin)
                && statement.condition != Condition::False
                && has_company(&policy, index);
            if !candidate || !cx.holds(StatementQuestion::Redundant, &policy, index, &[]) {
                continue;
            }
            let statement = policy.statements.remove(index);
            // What matches nothing, or denies what nobody allows, has findings of its own.
            let has_effect = match statement.effect {
                Effect::Allow => !is_shadowed(&policy, &statement, cx),
                Effect::Deny => true,
            };
            if !has_effect || !says_more(cx, document.policy.kind, &policy, &statement) {
                continue;
            }
            let word = match statement.effect {
                Effect::Allow => "grants",
                Effect::Deny => "denies",
            };
            let message = format!(
                "the statement adds nothing: the others {} all that it {word}",
                word.trim_end_matches('s')
            );
            let finding = Finding::at(lint.code, &statement.origin, message);
            let finding = finding.map(|f| {
                f.because("proved: without it the document means the same, for every request")
                    .help("remove it")
                    .accounts(&document.accounts)
            });
            found.extend(finding);
        }
    }
    found
}

/// Whether another statement of the same effect speaks of the same services, so that it may say the same.
fn has_company(policy: &Policy, index: usize) -> bool {
    let Some(own) = policy.statements.get(index) else {
        return false;
    };
    let mut others = policy.statements.iter().enumerate();
    others.any(|(at, other)| {
        at != index && other.effect == own.effect && who::meet(&own.action, &other.action)
    })
}

/// Whether an Allow is redundant because all of it is denied.
fn is_shadowed(rest: &Policy, statement: &Statement, cx: &Context<'_>) -> bool {
    let mut whole = rest.clone();
    whole.statements.push(statement.clone());
    let last = whole.statements.len().saturating_sub(1);
    cx.holds(StatementQuestion::Shadowed, &whole, last, &[])
}

/// Whether the others of the same effect cover it, rather than that it matches nothing at all.
fn says_more(cx: &Context<'_>, kind: PolicyKind, rest: &Policy, statement: &Statement) -> bool {
    use crate::engine::question::World;
    if cx.matched(kind, statement.clone(), World::Sketch).is_none() {
        return false;
    }
    if statement.effect == Effect::Allow {
        return true;
    }
    let flipped = |s: &Statement| Statement {
        effect: Effect::Allow,
        ..s.clone()
    };
    let denies = rest.statements.iter().filter(|s| s.effect == Effect::Deny);
    let covers = ask::document(kind, denies.map(flipped).collect());
    let own = ask::document(kind, vec![flipped(statement)]);
    cx.is_within(
        &Subject::Documents(vec![&own]),
        &Subject::Documents(vec![&covers]),
    )
}
