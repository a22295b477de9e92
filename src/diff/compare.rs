//! The whole comparison: who stands for whom on the other side, then identities, limits, resources, documents.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::access::reach::Reach;
use crate::access::{AccountView, Estate, Identity, IdentityKind};
use crate::engine::question::Asking;

use super::group::{self, Found};
use super::lines::Texts;
use super::model::{Compared, Diff, Direction, SubjectKind, Undecided};
use super::{Side, document, escalation, identity, limit, resource};

/// Compares two sides. Silent about everything that has the same meaning on both.
pub fn diff(old: Side<'_>, new: Side<'_>, asking: &Asking<'_>) -> Diff {
    let (before, after) = (
        Estate::new(old.set, asking.catalogue),
        Estate::new(new.set, asking.catalogue),
    );
    let reach = (Reach::new(&before, asking), Reach::new(&after, asking));
    let pair = Pair {
        old: &before,
        new: &after,
        reach: (&reach.0, &reach.1),
        shaken: escalation::shaken(&before, &after),
        sources: (old, new),
        people: people(&before, &after),
        asking: *asking,
    };
    let jobs = pair.jobs();
    let results: Vec<Outcome> = jobs.par_iter().map(|job| job.run(&pair)).collect();
    let mut outcome = Outcome::default();
    for result in results {
        outcome.found.extend(result.found);
        outcome.undecided.extend(result.undecided);
    }
    outcome.undecided.sort();
    outcome.undecided.dedup();
    let named = accounts(&before, &after).into_iter();
    let named = named
        .filter_map(|(old, new)| new.or(old))
        .map(|v| v.account);
    let accounts: Vec<_> = named.map(|a| (a.id.clone(), a.name.clone())).collect();
    Diff {
        changes: group::group(outcome.found),
        undecided: outcome.undecided,
        compared: Compared {
            identities: pair.people.len(),
            accounts: accounts.len(),
            documents: jobs
                .iter()
                .filter(|j| matches!(j, Job::Document(_)))
                .count(),
        },
        accounts,
    }
}

/// What a part of the comparison found.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) found: Vec<Found>,
    pub(super) undecided: Vec<Undecided>,
}

/// Both sides, matched.
pub(super) struct Pair<'a> {
    pub(super) old: &'a Estate<'a>,
    pub(super) new: &'a Estate<'a>,
    /// Who can become whom, before and after.
    pub(super) reach: (&'a Reach<'a, 'a>, &'a Reach<'a, 'a>),
    /// Ids of the accounts in which somebody may have come to be another without a change of their own policies.
    pub(super) shaken: BTreeSet<String>,
    sources: (Side<'a>, Side<'a>),
    /// Everybody of either side.
    pub(super) people: Vec<Person<'a>>,
    pub(super) asking: Asking<'a>,
}

/// An identity on both sides, or on one.
#[derive(Clone, Copy)]
pub(super) struct Person<'a> {
    pub(super) old: Option<&'a Identity<'a>>,
    pub(super) new: Option<&'a Identity<'a>>,
}

/// One side of the pair, as seen from the direction of a change: what allows more comes first.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) direction: Direction,
    /// The side that allows what the other does not.
    pub(super) estate: &'a Estate<'a>,
    /// The other side.
    pub(super) other: &'a Estate<'a>,
}

impl<'a> Pair<'a> {
    /// Both directions: what the new side allows beyond the old one, and the other way round.
    pub(super) fn directions(&self) -> [Seen<'a>; 2] {
        [
            Seen {
                direction: Direction::Gain,
                estate: self.new,
                other: self.old,
            },
            Seen {
                direction: Direction::Loss,
                estate: self.old,
                other: self.new,
            },
        ]
    }

    /// The texts of both sides; made by each job for itself, since it remembers what it has compared.
    pub(super) fn texts(&self) -> Texts<'a> {
        Texts::new(self.sources.0.sources, self.sources.1.sources)
    }

    fn jobs(&self) -> Vec<Job<'a>> {
        let people = self.people.iter().map(|p| Job::Person(*p));
        let limits = limit::all(self)
            .into_iter()
            .map(|l| Job::Limit(Box::new(l)));
        let resources = resource::all(self).into_iter().map(Job::Resource);
        let documents = document::all(self).into_iter().map(Job::Document);
        people
            .chain(limits)
            .chain(resources)
            .chain(documents)
            .collect()
    }
}

impl<'a> Person<'a> {
    /// The identity of a direction's two sides: who allows more first.
    pub(super) fn seen(
        &self,
        direction: Direction,
    ) -> (Option<&'a Identity<'a>>, Option<&'a Identity<'a>>) {
        match direction {
            Direction::Gain => (self.new, self.old),
            Direction::Loss => (self.old, self.new),
        }
    }

    /// Kind and name, as reports say them.
    pub(super) fn subject(&self) -> (SubjectKind, String) {
        let identity = self.new.or(self.old);
        let kind = identity.map_or(SubjectKind::Role, |i| subject_kind(i.kind));
        (kind, identity.map_or("", |i| i.name).to_owned())
    }
}

fn subject_kind(kind: IdentityKind) -> SubjectKind {
    match kind {
        IdentityKind::Role => SubjectKind::Role,
        IdentityKind::User => SubjectKind::User,
        IdentityKind::PermissionSet => SubjectKind::PermissionSet,
    }
}

/// A piece of work that needs no other.
enum Job<'a> {
    Person(Person<'a>),
    Limit(Box<limit::Limit<'a>>),
    Resource(resource::Matched<'a>),
    Document(document::Matched<'a>),
}

impl Job<'_> {
    fn run(&self, pair: &Pair<'_>) -> Outcome {
        match self {
            Job::Person(person) => identity::compare(pair, person),
            Job::Limit(limit) => limit::compare(pair, limit),
            Job::Resource(matched) => resource::compare(pair, matched),
            Job::Document(matched) => document::compare(pair, matched),
        }
    }
}

/// Everybody of either side, those of the new side first; matched by account, kind and name.
fn people<'a>(old: &'a Estate<'a>, new: &'a Estate<'a>) -> Vec<Person<'a>> {
    let key = |estate: &'a Estate<'a>, identity: &'a Identity<'a>| {
        let account = estate.account(identity.account);
        let id = account.map_or("", |a| a.account.id.as_str());
        (id, identity.kind, identity.name)
    };
    let mut by_key: indexmap::IndexMap<_, Person<'a>> = indexmap::IndexMap::new();
    for identity in new.identities() {
        by_key.insert(
            key(new, identity),
            Person {
                old: None,
                new: Some(identity),
            },
        );
    }
    for identity in old.identities() {
        let person = by_key.entry(key(old, identity)).or_insert(Person {
            old: None,
            new: None,
        });
        person.old = Some(identity);
    }
    by_key.into_values().collect()
}

/// The accounts of either side, by id, those of the new side first.
pub(super) fn accounts<'a>(
    old: &'a Estate<'a>,
    new: &'a Estate<'a>,
) -> Vec<(Option<&'a AccountView<'a>>, Option<&'a AccountView<'a>>)> {
    let mut by_id: indexmap::IndexMap<&str, (Option<&AccountView<'a>>, Option<&AccountView<'a>>)> =
        indexmap::IndexMap::new();
    for view in new.accounts() {
        by_id.insert(&view.account.id, (None, Some(view)));
    }
    for view in old.accounts() {
        by_id.entry(&view.account.id).or_default().0 = Some(view);
    }
    by_id.into_values().collect()
}
