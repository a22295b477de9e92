//! What every lint looks at: the documents of a project, each once, and its identities, alike ones once.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::Mutex;

use indexmap::IndexMap;

use crate::access::reach::Reach;
use crate::access::{AccountView, Estate, Identity, IdentityKind, Shared};
use crate::catalogue::Catalogue;
use crate::check::Idle;
use crate::diagnostic::Code;
use crate::iam::PolicyKind;
use crate::ir::{Node, Origin, Policy, ResourcePolicy};
use crate::source::{SourceId, Span};

/// What is handed over to the lints.
#[derive(Clone, Copy)]
pub struct Project<'a> {
    /// The accounts, who is in them, what bears on each, and who can become whom.
    pub reach: &'a Reach<'a, 'a>,
    /// AWS's facts.
    pub catalogue: &'a Catalogue,
    /// The declarations that nothing refers to.
    pub idle: &'a [Idle],
    /// Whether a text is the standard library's, where nobody can mend anything.
    pub library: &'a (dyn Fn(SourceId) -> bool + Sync),
    /// Today as `2026-11-23`, if anybody knows.
    pub today: Option<&'a str>,
}

/// A project as one lint looks at it.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    prepared: &'a Prepared<'a>,
    /// Whose questions they are.
    code: Code,
}

impl<'a> Deref for Context<'a> {
    type Target = Prepared<'a>;

    fn deref(&self) -> &Prepared<'a> {
        self.prepared
    }
}

impl Context<'_> {
    /// Remembers that a question was not settled, for the note at the end.
    pub(super) fn leave_open(&self, reason: &str) {
        if let Ok(mut undecided) = self.undecided.lock() {
            let question = (self.code, reason.to_owned());
            *undecided.entry(question).or_default() += 1;
        }
    }
}

/// Questions that were not settled, counted by the lint that asked and the reason.
pub type Undecided = BTreeMap<(Code, String), usize>;

/// A project, prepared for being asked.
pub struct Prepared<'a> {
    /// What was handed over.
    pub(super) project: Project<'a>,
    /// Every document of the project, alike ones once.
    pub(super) documents: Vec<Document<'a>>,
    /// Every identity, alike ones once.
    pub(super) kin: Vec<Kin<'a>>,
    /// The accounts that have what was written at a place.
    spread: IndexMap<Span, Vec<usize>>,
    undecided: Mutex<Undecided>,
}

/// A document, with the accounts in which it says the same.
#[derive(Clone, Debug)]
pub(super) struct Document<'a> {
    pub(super) policy: &'a Policy,
    /// The resource it is on, for a resource policy.
    pub(super) resource: Option<&'a ResourcePolicy>,
    /// Where it says so; the first stands for all.
    pub(super) accounts: Vec<usize>,
}

/// Identities that differ in nothing but the account's own number.
#[derive(Clone, Debug)]
pub(super) struct Kin<'a> {
    pub(super) identity: &'a Identity<'a>,
    pub(super) accounts: Vec<usize>,
}

impl<'a> Prepared<'a> {
    /// Lists documents and identities.
    pub fn new(project: Project<'a>) -> Self {
        let estate = project.reach.estate();
        let mut context = Prepared {
            project,
            documents: Vec::new(),
            kin: Vec::new(),
            spread: IndexMap::new(),
            undecided: Mutex::default(),
        };
        let standing = standing(estate);
        for (policy, _, accounts) in &standing {
            for span in origins(policy) {
                let known = context.spread.entry(span).or_default();
                known.extend(
                    accounts
                        .iter()
                        .filter(|a| !known.contains(a))
                        .copied()
                        .collect::<Vec<_>>(),
                );
            }
        }
        context.documents = documents(estate, &standing);
        context.kin = kin(estate);
        for identity in estate.identities() {
            for span in identity.declared.spans.iter().take(1) {
                let known = context.spread.entry(*span).or_default();
                if !known.contains(&identity.account) {
                    known.push(identity.account);
                }
            }
        }
        context
    }

    /// What a lint looks at.
    pub(super) fn for_lint(&'a self, code: Code) -> Context<'a> {
        Context {
            prepared: self,
            code,
        }
    }

    /// The questions that were not settled.
    pub fn undecided(&self) -> Undecided {
        let undecided = self.undecided.lock();
        undecided.map(|u| u.clone()).unwrap_or_default()
    }

    /// The estate.
    pub(super) fn estate(&self) -> &'a Estate<'a> {
        self.project.reach.estate()
    }

    /// Documents of some kinds.
    pub(super) fn documents_of<'s>(
        &'s self,
        kinds: &'s [PolicyKind],
    ) -> impl Iterator<Item = &'s Document<'a>> {
        self.documents
            .iter()
            .filter(|d| kinds.contains(&d.policy.kind))
    }

    /// The accounts that have what was written at a place.
    pub(super) fn accounts_of(&self, place: Span) -> Vec<usize> {
        self.spread.get(&place).cloned().unwrap_or_default()
    }

    /// The name of an account in the source.
    pub(super) fn account_name(&self, place: usize) -> &'a str {
        let view = self.estate().account(place);
        view.map_or("", |view| view.account.name.as_str())
    }

    /// Whether it was written by the project itself, so that its author can change it.
    pub(super) fn is_own(&self, origin: &Origin) -> bool {
        origin
            .spans
            .first()
            .is_some_and(|span| !(self.project.library)(span.source))
    }
}

/// The places of a policy's statements.
fn origins(policy: &Policy) -> impl Iterator<Item = Span> {
    let own = policy.origin.spans.first();
    let statements = policy
        .statements
        .iter()
        .filter_map(|s| s.origin.spans.first());
    own.into_iter().chain(statements).copied()
}

/// A policy where it stands: the resource it is on, if any, and the accounts it is said in.
type Standing<'a> = (&'a Policy, Option<&'a ResourcePolicy>, Vec<usize>);

/// Every policy of an estate, in each account that has it.
fn standing<'a>(estate: &'a Estate<'a>) -> Vec<Standing<'a>> {
    let mut found: Vec<Standing<'a>> = Vec::new();
    let mut nodes: IndexMap<*const Node, (&'a Node, Vec<usize>)> = IndexMap::new();
    for (at, view) in estate.accounts().iter().enumerate() {
        for node in &view.nodes {
            let entry = nodes
                .entry(std::ptr::from_ref(*node))
                .or_insert((node, Vec::new()));
            if !view.account.management {
                entry.1.push(at);
            }
        }
    }
    for (node, accounts) in nodes.into_values() {
        let own = node.scps.iter().chain(&node.rcps);
        found.extend(own.map(|policy| (policy, None, accounts.clone())));
    }
    for (at, view) in estate.accounts().iter().enumerate() {
        let account = view.account;
        let roles = account.roles.values();
        let inline = roles.flat_map(|r| std::iter::once(&r.trust).chain(&r.inline));
        let groups = account.groups.values().filter_map(|g| g.inline.as_ref());
        let users = account.users.values().filter_map(|u| u.inline.as_ref());
        let sessions = account.session_policies.values();
        let managed = account.managed_policies.values();
        let all = inline
            .chain(groups)
            .chain(users)
            .chain(sessions)
            .chain(managed);
        found.extend(all.map(|policy| (policy, None, vec![at])));
        let resources = account.resource_policies.values();
        found.extend(resources.map(|r| (&r.policy, Some(r), vec![at])));
    }
    for identity in estate.identities() {
        if identity.kind == IdentityKind::PermissionSet {
            for policy in &identity.policies {
                if let Shared::Project(policy) = policy
                    && policy.kind == PolicyKind::PermissionSet
                {
                    found.push((policy, None, vec![identity.account]));
                }
            }
        }
    }
    found
}

/// The documents, alike ones once.
fn documents<'a>(estate: &'a Estate<'a>, standing: &[Standing<'a>]) -> Vec<Document<'a>> {
    let place = |(policy, ..): &Standing<'_>| (policy.kind, policy.origin.spans.first().copied());
    let likeness = |(policy, _, accounts): &Standing<'_>| {
        let account = accounts.first().and_then(|at| estate.account(*at));
        fingerprint(policy, account.map_or("", |view| view.account.id.as_str()))
    };
    let alike = alike(standing, place, likeness).into_iter();
    let document = |group: Vec<&Standing<'a>>| {
        let (policy, resource, _) = *group.first().copied()?;
        let accounts = group.iter().flat_map(|(.., a)| a).copied().collect();
        Some(Document {
            policy,
            resource,
            accounts,
        })
    };
    alike.filter_map(document).collect()
}

/// Puts alike things together, in the order of the first of each. Only things of one place are held against each
/// other: writing down all that a thing says costs far more than looking where it was declared.
fn alike<T, P: Hash + Eq>(
    things: &[T],
    place: impl Fn(&T) -> P,
    likeness: impl Fn(&T) -> String,
) -> Vec<Vec<&T>> {
    let mut at_place: IndexMap<P, usize> = IndexMap::new();
    for thing in things {
        *at_place.entry(place(thing)).or_default() += 1;
    }
    let mut known: IndexMap<(P, String), usize> = IndexMap::new();
    let mut groups: Vec<Vec<&T>> = Vec::new();
    for thing in things {
        let here = place(thing);
        let group = match at_place.get(&here) {
            Some(1) => groups.len(),
            _ => *known.entry((here, likeness(thing))).or_insert(groups.len()),
        };
        match groups.get_mut(group) {
            Some(others) => others.push(thing),
            None => groups.push(vec![thing]),
        }
    }
    groups
}

/// All that a policy says, with the account's own number left out: equal texts mean the same up to that number.
fn fingerprint(policy: &Policy, account: &str) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "{:?}{:?}{:?}",
        policy.kind, policy.origin, policy.statements
    );
    match account.is_empty() {
        true => text,
        false => text.replace(account, "SELF"),
    }
}

/// Puts identities together that differ in nothing but the account's own number.
fn kin<'a>(estate: &'a Estate<'a>) -> Vec<Kin<'a>> {
    let levels: Vec<String> = estate.accounts().iter().map(levels).collect();
    let place = |identity: &Identity<'_>| (identity.kind, identity.declared.spans.first().copied());
    let likeness = |identity: &Identity<'_>| {
        let mut key = likeness(estate, identity);
        key.extend(levels.get(identity.account).map(String::as_str));
        key
    };
    let alike = alike(estate.identities(), place, likeness).into_iter();
    let kin = |group: Vec<&'a Identity<'a>>| {
        Some(Kin {
            identity: *group.first()?,
            accounts: group.iter().map(|identity| identity.account).collect(),
        })
    };
    alike.filter_map(kin).collect()
}

fn likeness(estate: &Estate<'_>, identity: &Identity<'_>) -> String {
    let mut text = String::new();
    let view = estate.account(identity.account);
    let id = view.map_or("", |v| v.account.id.as_str());
    let _ = write!(
        text,
        "{:?}{:?}{:?}{:?}",
        identity.declared, identity.kind, identity.principal, identity.audience
    );
    for policy in identity.policies.iter().chain(&identity.boundary) {
        match policy {
            Shared::Aws(policy) => text.push_str(&policy.name),
            Shared::Project(policy) => text.push_str(&fingerprint(policy, "")),
        }
        text.push(';');
    }
    if let Some(trust) = identity.trust {
        text.push_str(&fingerprint(trust, ""));
    }
    text.replace(id, "SELF")
}

/// The SCPs and RCPs that bear on an account: the very same ones, unless one speaks of the account by its number.
fn levels(view: &AccountView<'_>) -> String {
    let mut text = String::new();
    for level in view.scps.iter().chain(&view.rcps) {
        for policy in level {
            let _ = write!(text, "{:p}", std::ptr::from_ref::<Policy>(policy));
            if format!("{:?}", policy.statements).contains(&view.account.id) {
                text.push_str(&view.account.id);
            }
        }
        text.push('/');
    }
    text
}
