//! Whom an identity can become now and could not before: the closure of `access::reach` on both sides.
//!
//! Chains are followed; a guardrail or a boundary that no longer closes a way, a trust that opens one and a role that is
//! new count as much as a grant. A question without an answer is told, never taken for closed. One way is finer than
//! the table: `ssm:SendCommand` with a document that runs any command, where other documents were allowed before.

use std::collections::BTreeSet;

use crate::access::reach::{Edge, Node, On, Reach};
use crate::access::region::{self, plain};
use crate::access::{AccountView, Estate, Identity, IdentityKind};
use crate::engine::question::{Finding, Subject, disjoint, implies};
use crate::engine::region::{Region, everything};
use crate::engine::request::Request;
use crate::engine::witness;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, Statement};

use super::compare::Outcome;
use super::group::Found;
use super::identity::{Standing, View};
use super::model::{Arrival, Direction, Part, Risk, Subject as Named, Topic, Undecided};

/// The method that is no more than assuming a role, which differences of permissions and trusts tell already.
const ASSUME: &str = "sts-001";

/// An identity on either side.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Key {
    Own(String, IdentityKind, String),
    Any(String, IdentityKind, String),
    New(String),
}

/// The accounts whose guardrails changed, or where somebody is new or is trusted otherwise.
pub(super) fn shaken(old: &Estate<'_>, new: &Estate<'_>) -> BTreeSet<String> {
    let mut shaken = BTreeSet::new();
    for view in new.accounts() {
        let id = &view.account.id;
        let before = old.account_by_id(id).and_then(|place| old.account(place));
        if before.is_none_or(|before| limits(before) != limits(view)) {
            shaken.insert(id.clone());
        }
    }
    for identity in new.identities() {
        let Some(view) = new.account(identity.account) else {
            continue;
        };
        let id = view.account.id.as_str();
        let same = |other: &&Identity<'_>| {
            let account = old.account(other.account).map(|a| a.account.id.as_str());
            other.kind == identity.kind && other.name == identity.name && account == Some(id)
        };
        let before = old.identities().iter().find(same);
        let is_same = before.is_some_and(|before| {
            let trusts = [before.trust, identity.trust].map(|t| t.into_iter().collect::<Vec<_>>());
            plain::same(&trusts[0], &trusts[1])
        });
        if !is_same {
            shaken.insert(id.to_owned());
        }
    }
    shaken
}

/// What the guardrails of an account say, level by level.
fn limits(view: &AccountView<'_>) -> Vec<Vec<Statement>> {
    let levels = view.scps.iter().chain(&view.rcps);
    let level = levels.map(|level| {
        let statements = level.iter().flat_map(|p| &p.statements);
        statements.map(plain::statement).collect()
    });
    level.collect()
}

/// Adds whom an identity can become now and could not before.
pub(super) fn find(view: &View<'_, '_>, outcome: &mut Outcome) {
    let Some(new) = view.person.new else {
        return;
    };
    if view.seen.direction != Direction::Gain {
        return;
    }
    let gains = outcome.found.iter().any(|f| f.topic == Topic::Permissions);
    if gains {
        outcome.found.extend(any_command(view));
    }
    let is_shaken = view.pair.shaken.contains(&view.one.account.1);
    if !gains && !is_shaken && !has_another_boundary(view) {
        return;
    }
    let (old_reach, new_reach) = view.pair.reach;
    let (now, open) = new_reach.closure(new);
    let (before, open_before) = match view.person.old {
        Some(old) => old_reach.closure(old),
        None => (Vec::new(), None),
    };
    let known: BTreeSet<Key> = ends(&before)
        .filter_map(|n| key(n, old_reach, view.seen.other))
        .collect();
    // Whoever could be anybody in the account before has gained nothing there.
    let was_free = ends(&before).any(|n| is_unbounded(n, old_reach) && is_here(n, view, old_reach));
    let mut told: Vec<Node> = Vec::new();
    for chain in &now {
        let Some(last) = chain.last() else {
            continue;
        };
        let is_known = key(last.to, new_reach, view.seen.estate).is_none_or(|k| known.contains(&k));
        let only_assumes = chain.iter().all(|e| e.method.id == ASSUME);
        let is_told = chain.iter().any(|e| told.contains(&e.from));
        if is_known || only_assumes || is_told && !is_unbounded(last.to, new_reach) {
            continue;
        }
        if was_free && is_here(last.to, view, new_reach) {
            continue;
        }
        let is_enough = |n: &Node| match n {
            Node::Own(place) => !widens(Node::Any(*place), view, new_reach),
            node => is_unbounded(*node, new_reach),
        };
        if is_told && told.iter().any(is_enough) {
            continue;
        }
        if is_worth_it(last.to, view, new_reach) {
            told.push(last.to);
            outcome.found.extend(tell(chain, view, new_reach));
        }
    }
    if let Some(reason) = open.filter(|reason| Some(reason) != open_before.as_ref()) {
        let (kind, name) = view.person.subject();
        outcome.undecided.push(Undecided {
            subject: Named {
                kind,
                name,
                accounts: vec![view.one.account.0.clone()],
            },
            direction: Direction::Gain,
            reason: format!("whom it can become: {reason}"),
        });
    }
}

fn ends(chains: &[Vec<Edge>]) -> impl Iterator<Item = Node> {
    chains.iter().filter_map(|chain| chain.last().map(|e| e.to))
}

/// A boundary that is another, or says something else, may open a way without a grant.
fn has_another_boundary(view: &View<'_, '_>) -> bool {
    let of = |standing: &Standing<'_>| {
        let boundary = standing.boundary.into_iter();
        let statements = boundary.flat_map(|b| &b.statements);
        statements.map(plain::statement).collect::<Vec<_>>()
    };
    match &view.other {
        None => true,
        Some(other) => {
            other.boundary.is_some() != view.one.boundary.is_some() || of(other) != of(&view.one)
        }
    }
}

fn key(node: Node, reach: &Reach<'_, '_>, estate: &Estate<'_>) -> Option<Key> {
    let id = |place: usize| estate.account(place).map(|a| a.account.id.clone());
    match node {
        Node::New(place) => Some(Key::New(id(place)?)),
        Node::Own(place) | Node::Any(place) => {
            let identity = reach.identity(place)?;
            let (id, name) = (id(identity.account)?, identity.name.to_owned());
            Some(match node {
                Node::Own(_) => Key::Own(id, identity.kind, name),
                _ => Key::Any(id, identity.kind, name),
            })
        }
    }
}

fn is_unbounded(node: Node, reach: &Reach<'_, '_>) -> bool {
    match node {
        Node::New(_) => true,
        Node::Any(place) => reach.identity(place).is_some_and(|i| i.boundary.is_none()),
        Node::Own(_) => false,
    }
}

/// Whether somebody is of the identity's own account.
fn is_here(node: Node, view: &View<'_, '_>, reach: &Reach<'_, '_>) -> bool {
    let estate = match std::ptr::eq(reach, view.pair.reach.1) {
        true => view.seen.estate,
        false => view.seen.other,
    };
    let place = match node {
        Node::New(place) => Some(place),
        Node::Own(place) | Node::Any(place) => reach.identity(place).map(|i| i.account),
    };
    let account = place.and_then(|place| estate.account(place));
    account.is_some_and(|a| a.account.id == view.one.account.1)
}

/// Whether any policy is more than somebody has already.
fn widens(node: Node, view: &View<'_, '_>, reach: &Reach<'_, '_>) -> bool {
    let Node::Any(place) = node else {
        return true;
    };
    let Some(identity) = reach.identity(place) else {
        return true;
    };
    let everything = everything(PolicyKind::ManagedPolicy);
    let own = Subject::Documents(identity.policies.iter().map(|p| &**p).collect());
    !implies(&Subject::document(&everything), &own, &view.pair.asking).is_proved()
}

/// Only somebody who may do what this identity may not is worth becoming.
fn is_worth_it(node: Node, view: &View<'_, '_>, reach: &Reach<'_, '_>) -> bool {
    let Node::Own(place) = node else {
        return true;
    };
    let Some(other) = reach.identity(place) else {
        return true;
    };
    let other = Standing::of(view.seen.estate, other);
    !implies(&other.effective, &view.one.effective, &view.pair.asking).is_proved()
}

/// A chain as a change: the request that is new, and the lines that allow it.
fn tell(chain: &[Edge], view: &View<'_, '_>, reach: &Reach<'_, '_>) -> Option<Found> {
    let first = chain.first()?;
    let semantics = &view.pair.asking.semantics;
    let was_denied = |request: &&Request| {
        let before = view.other.as_ref();
        before.is_none_or(|o| !witness::allows(&o.effective, request, semantics))
    };
    let mut requests = first.requests.iter();
    let request = requests.find(was_denied).or(first.requests.first())?;
    let id = &view.one.account.1;
    let mut path: Vec<String> = chain
        .iter()
        .map(|edge| step(edge, view, reach).replace(id, region::OWN_ACCOUNT))
        .collect();
    let end = chain.last().map(|e| e.to)?;
    path.push(name(end, view, reach));
    Some(found(request.clone(), path, view))
}

/// `` `iam:PassRole` on `…`, then `lambda:CreateFunction`: becomes role `Admin` (lambda-001) ``
fn step(edge: &Edge, view: &View<'_, '_>, reach: &Reach<'_, '_>) -> String {
    let asked = edge.requests.iter().zip(edge.method.requests);
    let asked = asked.map(|(request, (_, on))| match on {
        On::Anything => format!("`{}`", request.action),
        _ => format!("`{}` on `{}`", request.action, request.resource),
    });
    let asked: Vec<String> = asked.collect();
    let assumes = match edge.method.assumes {
        "" => String::new(),
        what => format!(", if {what}"),
    };
    format!(
        "{}: becomes {} ({}{assumes})",
        asked.join(", then "),
        name(edge.to, view, reach),
        edge.method.id
    )
}

fn name(node: Node, view: &View<'_, '_>, reach: &Reach<'_, '_>) -> String {
    let named = |place: usize| {
        let Some(identity) = reach.identity(place) else {
            return String::new();
        };
        let kind = match identity.kind {
            IdentityKind::Role => "role",
            IdentityKind::User => "user",
            IdentityKind::PermissionSet => "permission set",
        };
        let account = view.seen.estate.account(identity.account);
        let elsewhere = account.filter(|a| a.account.id != view.one.account.1);
        let elsewhere = elsewhere.map(|a| format!(" in {}", a.account.name));
        format!(
            "{kind} `{}`{}",
            identity.name,
            elsewhere.unwrap_or_default()
        )
    };
    let is_itself = |place: usize| {
        let found = reach.identity(place);
        found
            .zip(view.person.new)
            .is_some_and(|(a, b)| a.arn() == b.arn())
    };
    match node {
        Node::Own(place) => named(place),
        Node::Any(place) if is_itself(place) => "itself with any policy".to_owned(),
        Node::Any(place) => format!("{} with any policy", named(place)),
        Node::New(_) => "a new identity with any policy and no boundary".to_owned(),
    }
}

fn found(request: Request, path: Vec<String>, view: &View<'_, '_>) -> Found {
    let gained = Region {
        principals: Vec::new(),
        actions: vec![Match::any(vec![request.action.clone()])],
        resources: vec![Match::any(vec![request.resource.clone()])],
        condition: Condition::True,
    };
    Found {
        direction: Direction::Gain,
        topic: Topic::Escalation,
        through: None,
        arrival: Arrival::Stays,
        subject: Some(view.person.subject()),
        account: Some(view.one.account.clone()),
        lines: view.lines(&request),
        part: Part {
            actions: region::actions(&gained, view.pair.asking.catalogue),
            region: gained,
            limited_by: Vec::new(),
            example: request,
            in_catalogue: true,
        },
        risks: vec![Risk::Escalation],
        path,
    }
}

/// The ways over a document that runs any command. The table takes every document for one, so that a list of documents
/// that grows opens nothing new there.
fn any_command(view: &View<'_, '_>) -> Vec<Found> {
    let send = "ssm:SendCommand";
    let document = "arn:aws:ssm:*::document/AWS-RunShellScript";
    let Some(shell) = newly(send, document, view) else {
        return Vec::new();
    };
    let machines = format!("arn:aws:ec2:*:{}:instance/*", view.one.account.1);
    if allowed(send, &machines, &view.one.effective, view).is_none() {
        return Vec::new();
    }
    let here = view.person.new.map(|i| i.account);
    let neighbours = view.seen.estate.identities().iter();
    let roles = neighbours
        .filter(|o| Some(o.account) == here && o.kind == IdentityKind::Role && runs_on_machines(o));
    let stronger = roles.filter(|role| {
        let other = Standing::of(view.seen.estate, role);
        !implies(&other.effective, &view.one.effective, &view.pair.asking).is_proved()
    });
    stronger
        .map(|role| {
            let path = vec![
                format!("`{send}` with `AWS-RunShellScript` runs any command"),
                format!("on instances, which may have role `{}`", role.name),
                format!("role `{}`", role.name),
            ];
            let mut found = found(shell.clone(), path, view);
            found.part.region.resources = vec![Match::any(vec![document.to_owned()])];
            found
        })
        .collect()
}

/// Whether a role's trust names EC2.
fn runs_on_machines(role: &Identity<'_>) -> bool {
    let principals = role.trust.into_iter().flat_map(|t| &t.statements);
    let mut named = principals.filter_map(|s| s.principal.as_ref());
    named.any(|p| match &p.principals {
        crate::iam::document::Principals::Everyone => true,
        crate::iam::document::Principals::Named(list) => {
            list.iter().any(|one| one.value == "ec2.amazonaws.com")
        }
    })
}

/// A request that is allowed now and was not before.
fn newly(action: &str, resource: &str, view: &View<'_, '_>) -> Option<Request> {
    let now = allowed(action, resource, &view.one.effective, view)?;
    let before = view.other.as_ref();
    let was = before.and_then(|o| allowed(action, resource, &o.effective, view));
    was.is_none().then_some(now)
}

fn allowed(
    action: &str,
    resource: &str,
    subject: &Subject<'_>,
    view: &View<'_, '_>,
) -> Option<Request> {
    let scope = Policy {
        kind: PolicyKind::ManagedPolicy,
        name: String::new(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::any(vec![action.to_owned()]),
            resource: Some(Match::any(vec![resource.to_owned()])),
            condition: Condition::True,
            origin: Origin::default(),
        }],
        details: Details::default(),
        origin: Origin::default(),
    };
    match disjoint(subject, &Subject::document(&scope), &view.pair.asking) {
        Finding::Refuted(witness) => Some(witness.request),
        _ => None,
    }
}
