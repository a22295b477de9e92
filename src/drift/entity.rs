//! The identities and policies of one account, on both sides.

use std::collections::BTreeSet;

use super::documents::{self, allows_everything};
use super::model::{Aspect, Coverage, Item, Kind, Part, State, Tags};
use super::side::{Settings, Side, settings};
use crate::access::{Identity, IdentityKind};
use crate::engine::question::Asking;
use crate::iam::PolicyKind;
use crate::ir::{AttachedPolicy, Group, Origin, Policy};
use crate::source::Span;

/// An account on both sides.
pub(super) struct Pair<'e, 'a, 'q> {
    pub(super) name: &'e str,
    pub(super) coverage: &'e Coverage,
    pub(super) sources: Side<'e, 'a>,
    pub(super) deployed: Side<'e, 'a>,
    pub(super) tags: Tags,
    pub(super) asking: &'q Asking<'q>,
}

impl Pair<'_, '_, '_> {
    /// What differs, and how many things are the same.
    pub(super) fn compare(&self) -> (Vec<Item>, usize) {
        let mut items = Vec::new();
        let mut equal = 0;
        let mut add = |item: Option<Item>| match item {
            Some(item) => items.push(item),
            None => equal += 1,
        };
        let (left, right) = (self.sources.account(), self.deployed.account());
        for name in names(left.managed_policies.keys(), right.managed_policies.keys()) {
            if !self.is_unread(Kind::Policy, name) {
                let pair = (
                    left.managed_policies.get(name),
                    right.managed_policies.get(name),
                );
                add(self.policy(name, pair));
            }
        }
        for name in names(left.groups.keys(), right.groups.keys()) {
            if !self.is_unread(Kind::Group, name) {
                add(self.group(name, (left.groups.get(name), right.groups.get(name))));
            }
        }
        for kind in [IdentityKind::Role, IdentityKind::User] {
            let (left, right) = (
                self.names_of(&self.sources, kind),
                self.names_of(&self.deployed, kind),
            );
            for name in names(left.iter(), right.iter()) {
                if !self.is_unread(word(kind), name) {
                    add(self.identity(kind, name));
                }
            }
        }
        (items, equal)
    }

    fn names_of(&self, side: &Side<'_, '_>, kind: IdentityKind) -> Vec<String> {
        let all = side.identities.iter().filter(|i| i.kind == kind);
        all.map(|i| i.name.to_owned()).collect()
    }

    fn is_unread(&self, kind: Kind, name: &str) -> bool {
        let mut unread = self.coverage.unread.iter();
        unread.any(|(k, n)| *k == kind && n == name)
    }

    fn item(&self, kind: Kind, name: &str, sides: (Option<&Origin>, Option<&Origin>)) -> Item {
        let span = |origin: Option<&Origin>| -> Option<Span> {
            origin.and_then(|o| o.spans.first().copied())
        };
        Item {
            account: self.coverage.account.clone(),
            account_name: self.name.to_owned(),
            kind,
            name: name.to_owned(),
            state: match sides {
                (Some(_), None) => State::Missing,
                (None, Some(_)) => State::Extra,
                _ => State::Changed,
            },
            aspects: Vec::new(),
            held_by: Vec::new(),
            declared: span(sides.0),
            deployed: span(sides.1),
        }
    }

    /// The item of these aspects, if there are any.
    fn settled(&self, mut item: Item, aspects: Vec<Aspect>) -> Option<Item> {
        item.state = aspects.iter().map(|a| a.state).max()?;
        item.aspects = aspects;
        Some(item)
    }

    fn policy(&self, name: &str, pair: (Option<&Policy>, Option<&Policy>)) -> Option<Item> {
        let origins = (pair.0.map(|p| &p.origin), pair.1.map(|p| &p.origin));
        let mut item = self.item(Kind::Policy, name, origins);
        let holders = self.deployed.holders(name);
        item.held_by = holders
            .union(&self.sources.holders(name))
            .cloned()
            .collect();
        let (Some(left), Some(right)) = pair else {
            return Some(item);
        };
        let mut aspects = Vec::new();
        aspects.extend(documents::compare(
            Part::Permissions,
            &[left],
            &[right],
            self.asking,
        ));
        let path = |p: &Policy| p.details.path.clone().unwrap_or_else(|| "/".to_owned());
        aspects.extend(differing(
            Part::Path,
            State::Changed,
            path(left),
            path(right),
        ));
        self.settled(item, aspects)
    }

    fn group(&self, name: &str, pair: (Option<&Group>, Option<&Group>)) -> Option<Item> {
        let origins = (pair.0.map(|g| &g.origin), pair.1.map(|g| &g.origin));
        let mut item = self.item(Kind::Group, name, origins);
        let members = self.deployed.members(name);
        item.held_by = members
            .union(&self.sources.members(name))
            .cloned()
            .collect();
        let (Some(left), Some(right)) = pair else {
            return Some(item);
        };
        let inline = |g: &'_ Group| -> Vec<Policy> { g.inline.iter().cloned().collect() };
        let (own, other) = (inline(left), inline(right));
        let (own, other): (Vec<&Policy>, Vec<&Policy>) =
            (own.iter().collect(), other.iter().collect());
        let mut aspects = Vec::new();
        aspects.extend(documents::compare(
            Part::Permissions,
            &own,
            &other,
            self.asking,
        ));
        let attached = |g: &Group| attached_text(g.attached.iter());
        let (sources, deployed) = (attached(left), attached(right));
        aspects.extend(differing(
            Part::Attachments,
            State::Changed,
            sources,
            deployed,
        ));
        let (sources, deployed) = (left.path.clone(), right.path.clone());
        aspects.extend(differing(Part::Path, State::Changed, sources, deployed));
        self.settled(item, aspects)
    }

    fn identity(&self, kind: IdentityKind, name: &str) -> Option<Item> {
        let pair = (
            self.sources.identity(kind, name),
            self.deployed.identity(kind, name),
        );
        let origins = (pair.0.map(|i| i.declared), pair.1.map(|i| i.declared));
        let item = self.item(word(kind), name, origins);
        let (Some(left), Some(right)) = pair else {
            return Some(item);
        };
        let own = settings(self.sources.account(), kind, name);
        let other = settings(self.deployed.account(), kind, name);
        let (Some(own), Some(other)) = (own, other) else {
            return Some(item);
        };
        let mut aspects = self.permissions((left, &own), (right, &other));
        aspects.extend(self.boundary((left, &own), (right, &other)));
        if let (Some(sources), Some(deployed)) = (left.trust, right.trust) {
            let trust = documents::compare(Part::Trust, &[sources], &[deployed], self.asking);
            aspects.extend(trust);
        }
        aspects.extend(self.plain(&own, &other));
        self.settled(item, aspects)
    }

    fn plain(&self, own: &Settings<'_>, other: &Settings<'_>) -> Vec<Aspect> {
        let mut aspects = Vec::new();
        let path = (own.path.to_owned(), other.path.to_owned());
        aspects.extend(differing(Part::Path, State::Changed, path.0, path.1));
        // An export says nothing about sessions unless somebody added it.
        if let Some(deployed) = other.max_session {
            let seconds = |n: u32| format!("{n} s");
            let sources = own.max_session.unwrap_or(3600);
            let (sources, deployed) = (seconds(sources), seconds(deployed));
            aspects.extend(differing(
                Part::MaxSession,
                State::Changed,
                sources,
                deployed,
            ));
        }
        if self.tags == Tags::Compared {
            let (sources, deployed) = (own.tags.join(", "), other.tags.join(", "));
            aspects.extend(differing(Part::Tags, State::Changed, sources, deployed));
        }
        aspects
    }

    /// What the identity's own policies allow. Where inline policies, attachments and groups are the same, only a
    /// managed policy or a group can differ, and that is an item of its own.
    fn permissions(
        &self,
        (left, own): (&Identity<'_>, &Settings<'_>),
        (right, other): (&Identity<'_>, &Settings<'_>),
    ) -> Vec<Aspect> {
        let inline = |s: &Settings<'_>| -> Vec<Policy> { s.inline.into_iter().cloned().collect() };
        let (own_inline, other_inline) = (inline(own), inline(other));
        let (own_inline, other_inline): (Vec<&Policy>, Vec<&Policy>) =
            (own_inline.iter().collect(), other_inline.iter().collect());
        let arranged = own.attached == other.attached && own.groups == other.groups;
        if arranged {
            let found =
                documents::compare(Part::Permissions, &own_inline, &other_inline, self.asking);
            return found.into_iter().collect();
        }
        let all = |identity: &Identity<'_>| -> Vec<Policy> {
            identity.policies.iter().map(|p| (**p).clone()).collect()
        };
        let (sources, deployed) = (all(left), all(right));
        let (sources, deployed): (Vec<&Policy>, Vec<&Policy>) =
            (sources.iter().collect(), deployed.iter().collect());
        let mut aspects = Vec::new();
        let found = documents::compare(Part::Permissions, &sources, &deployed, self.asking);
        let state = match &found {
            Some(aspect) => aspect.state,
            None => State::Rewritten,
        };
        aspects.extend(found);
        let (one, two) = (own.attached.iter().copied(), other.attached.iter().copied());
        let (one, two) = (attached_text(one), attached_text(two));
        aspects.extend(differing(Part::Attachments, state, one, two));
        let groups = |s: &Settings<'_>| s.groups.iter().copied().collect::<Vec<_>>().join(", ");
        aspects.extend(differing(Part::Groups, state, groups(own), groups(other)));
        aspects.extend(unresolved(left, right));
        aspects
    }

    fn boundary(
        &self,
        (left, own): (&Identity<'_>, &Settings<'_>),
        (right, other): (&Identity<'_>, &Settings<'_>),
    ) -> Vec<Aspect> {
        if own.boundary == other.boundary {
            return Vec::new();
        }
        let open = allows_everything(PolicyKind::Boundary);
        let sources = left.boundary.as_deref().unwrap_or(&open);
        let deployed = right.boundary.as_deref().unwrap_or(&open);
        let found = documents::compare(Part::Boundary, &[sources], &[deployed], self.asking);
        let mut aspect = found.unwrap_or_else(|| Aspect::new(Part::Boundary, State::Rewritten));
        let name = |b: Option<&AttachedPolicy>| attached_text(b.into_iter());
        aspect.sources = Some(name(own.boundary));
        aspect.deployed = Some(name(other.boundary));
        // A boundary that is named and not known limits in a way that nobody can tell.
        let lost = |named: Option<&AttachedPolicy>, known: bool| named.is_some() && !known;
        if lost(own.boundary, left.boundary.is_some())
            || lost(other.boundary, right.boundary.is_some())
        {
            aspect = Aspect {
                state: State::Undecided,
                reason: Some("the document of a boundary is not known".to_owned()),
                sources_only: None,
                deployed_only: None,
                ..aspect
            };
        }
        vec![aspect]
    }
}

/// What is attached by name, and whose document nobody has.
fn unresolved(left: &Identity<'_>, right: &Identity<'_>) -> Option<Aspect> {
    let unknown: BTreeSet<&AttachedPolicy> =
        left.unknown.iter().chain(&right.unknown).copied().collect();
    (!unknown.is_empty()).then(|| {
        let names = attached_text(unknown.into_iter());
        let mut aspect = Aspect::new(Part::Attachments, State::Undecided);
        aspect.reason = Some(format!("the document of {names} is not known"));
        aspect
    })
}

fn word(kind: IdentityKind) -> Kind {
    match kind {
        IdentityKind::User => Kind::User,
        IdentityKind::Role | IdentityKind::PermissionSet => Kind::Role,
    }
}

/// The names of both sides, the sources' first, in their order.
fn names<'n>(
    left: impl Iterator<Item = &'n String>,
    right: impl Iterator<Item = &'n String>,
) -> indexmap::IndexSet<&'n str> {
    left.chain(right).map(String::as_str).collect()
}

fn attached_text<'p>(list: impl Iterator<Item = &'p AttachedPolicy>) -> String {
    let mut names: Vec<String> = list
        .map(|policy| match policy {
            AttachedPolicy::Aws(name) => format!("aws {name}"),
            AttachedPolicy::Customer(name) => name.clone(),
        })
        .collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

fn differing(part: Part, state: State, sources: String, deployed: String) -> Option<Aspect> {
    (sources != deployed).then(|| Aspect::words(part, state, sources, deployed))
}
