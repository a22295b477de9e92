//! `taken-away`, `beyond-boundary`, `adds-nothing`: grants that never come to anything.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;

use rayon::prelude::*;

use super::context::{Document, Kin};
use super::finding::Finding;
use super::glance::{Glance, glance};
use super::{Context, Lint, ask, who, words};
use crate::access::Shared;
use crate::engine::Attached;
use crate::engine::question::{Effective, StatementQuestion, Subject};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement};

/// Asks about each Allow that the project itself wrote for an identity.
fn grants(
    cx: &Context<'_>,
    look: impl Fn(&Kin<'_>, &Statement) -> Option<Finding> + Sync,
) -> Vec<Finding> {
    let of_kin = |kin: &Kin<'_>| -> Vec<Finding> {
        let own = kin.identity.policies.iter().filter(|p| !p.is_aws());
        let granted = own.flat_map(|p| &p.statements).filter(|s| {
            let is_allow = s.effect == Effect::Allow && cx.is_own(&s.origin);
            is_allow && s.condition != Condition::False
        });
        let found = granted.filter_map(|statement| look(kin, statement));
        found.map(|f| f.accounts(&kin.accounts)).collect()
    };
    let found: Vec<Vec<Finding>> = cx.kin.par_iter().map(of_kin).collect();
    found.into_iter().flatten().collect()
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
        if identity.boundary.is_none() && view.scps.iter().all(|l| lets_through(l, statement)) {
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

/// Whether a level of SCPs plainly takes nothing away from a statement: it allows all, and denies nothing of the kind.
fn lets_through(level: &[Shared<'_>], statement: &Statement) -> bool {
    let mut denies = level.iter().flat_map(|p| &p.statements);
    let mut allows = denies.clone();
    allows.any(is_all) && !denies.any(|s| s.effect == Effect::Deny && who::overlap(s, statement))
}

/// Whether it is the one statement of `FullAWSAccess`.
fn is_all(statement: &Statement) -> bool {
    let everything = |m: &Match| !m.negated && m.patterns.iter().any(|p| p == "*");
    statement.effect == Effect::Allow
        && statement.condition == Condition::True
        && everything(&statement.action)
        && statement.resource.as_ref().is_none_or(everything)
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
    // Roles that are written alike put the same question again and again.
    let answers: Mutex<BTreeMap<String, bool>> = Mutex::default();
    let is_idle = |about: &Policy| {
        match glance(about) {
            Glance::Adds => return false,
            Glance::Idle => return true,
            Glance::Unclear => {}
        }
        let wording = wording(about);
        let known = answers.lock();
        if let Some(known) = known.ok().and_then(|a| a.get(&wording).copied()) {
            return known;
        }
        let answer = is_said_by_others(cx, about);
        if let Ok(mut answers) = answers.lock() {
            answers.insert(wording, answer);
        }
        answer
    };
    let of_document = |document: &Document<'_>| {
        let mut found = Vec::new();
        let mut policy = document.policy.clone();
        // From the last to the first: of two that say the same, the later one goes.
        for index in (0..policy.statements.len()).rev() {
            let Some(statement) = policy.statements.get(index) else {
                continue;
            };
            let candidate = cx.is_own(&statement.origin) && statement.condition != Condition::False;
            let Some(about) = company(&policy, index).filter(|_| candidate) else {
                continue;
            };
            if is_idle(&about) {
                let statement = policy.statements.remove(index);
                let finding = idle(lint, &statement);
                found.extend(finding.map(|f| f.accounts(&document.accounts)));
            }
        }
        found
    };
    let found: Vec<Vec<Finding>> = cx.documents.par_iter().map(of_document).collect();
    found.into_iter().flatten().collect()
}

/// The finding about a statement that adds nothing.
fn idle(lint: &Lint, statement: &Statement) -> Option<Finding> {
    let (others, own) = match statement.effect {
        Effect::Allow => ("grant", "grants"),
        Effect::Deny => ("deny", "denies"),
    };
    let message = format!("the statement adds nothing: the others {others} all that it {own}");
    let finding = Finding::at(lint.code, &statement.origin, message)?
        .because("proved: without it the document means the same, for every request");
    Some(finding.help("remove it"))
}

/// What the statements of a policy mean, and not where they are from: equal texts, equal answers.
fn wording(policy: &Policy) -> String {
    let mut text = format!("{:?}", policy.kind);
    for s in &policy.statements {
        let said = (s.effect, &s.principal, &s.action, &s.resource, &s.condition);
        let _ = write!(text, "{said:?}");
    }
    text
}

/// Whether the first statement of a policy can go because the others say all that it says. What matches nothing, what is
/// denied as a whole, and what denies only what nobody allows has findings of its own.
fn is_said_by_others(cx: &Context<'_>, about: &Policy) -> bool {
    if !cx.holds(StatementQuestion::Redundant, about, 0, &[]) {
        return false;
    }
    let mut rest = about.clone();
    let statement = rest.statements.remove(0);
    let is_felt = statement.effect == Effect::Deny || !is_shadowed(&rest, &statement, cx);
    is_felt && says_more(cx, &rest, &statement)
}

/// A statement, as the first, and those that may match what it matches: about its requests the document says no more
/// than they do. `None` if none of them has its effect, so that none may say the same.
fn company(policy: &Policy, index: usize) -> Option<Policy> {
    let own = policy.statements.get(index)?;
    let others = policy.statements.iter().enumerate();
    let others = others.filter(|(at, other)| *at != index && who::overlap(own, other));
    let others: Vec<&Statement> = others.map(|(_, other)| other).collect();
    let matched = others.iter().any(|other| other.effect == own.effect);
    let statements = std::iter::once(own).chain(others).cloned().collect();
    matched.then(|| ask::document(policy.kind, statements))
}

/// Whether an Allow is redundant because all of it is denied.
fn is_shadowed(rest: &Policy, statement: &Statement, cx: &Context<'_>) -> bool {
    let mut whole = rest.clone();
    whole.statements.push(statement.clone());
    let last = whole.statements.len().saturating_sub(1);
    cx.holds(StatementQuestion::Shadowed, &whole, last, &[])
}

/// Whether the others of the same effect cover it, rather than that it matches nothing at all.
fn says_more(cx: &Context<'_>, rest: &Policy, statement: &Statement) -> bool {
    use crate::engine::question::World;
    let kind = rest.kind;
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
