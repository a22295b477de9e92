//! Documents by themselves: what they allow, whoever has them. Also how policies that name principals are judged.

use indexmap::IndexMap;

use crate::engine::question::{Finding, Subject};
use crate::engine::region::{Difference, Region, Search, occupant};
use crate::iam::PolicyKind;
use crate::ir::{Account, AttachedPolicy, Policy};

use super::compare::{Outcome, Pair, Seen, accounts};
use super::group::Found;
use super::identity::sides;
use super::lines::cause;
use super::model::{
    Arrival, Direction, Part, Risk, Subject as Named, SubjectKind, Topic, Undecided,
};
use crate::access::AccountView;
use crate::access::region::reduce::reduced;
use crate::access::region::{self, plain};

/// A document on both sides, or on one.
pub(super) struct Matched<'a> {
    pub(super) kind: SubjectKind,
    pub(super) name: String,
    /// Name and id; empty for documents that are in no account.
    pub(super) account: (String, String),
    pub(super) old: Option<&'a Policy>,
    pub(super) new: Option<&'a Policy>,
}

/// The policy before and after.
type Sides<'p> = (Option<&'p Policy>, Option<&'p Policy>);

/// Managed policies that nobody has, session policies, groups without members, documents by themselves.
pub(super) fn all<'a>(pair: &Pair<'a>) -> Vec<Matched<'a>> {
    let mut found = Vec::new();
    for (old, new) in accounts(pair.old, pair.new) {
        let Some(view) = new.or(old) else {
            continue;
        };
        let account = (view.account.name.clone(), view.account.id.clone());
        let mut matched: IndexMap<(SubjectKind, String), Sides<'_>> = IndexMap::new();
        for (key, policy) in new.iter().flat_map(|v| alone(v.account)) {
            matched.entry(key).or_default().1 = Some(policy);
        }
        for (key, policy) in old.iter().flat_map(|v| alone(v.account)) {
            matched.entry(key).or_default().0 = Some(policy);
        }
        for ((kind, name), (before, after)) in matched {
            // Who loses the last holder is neither new nor gone.
            let held = |side: Option<&AccountView<'a>>| declared(side?.account, kind, &name);
            found.push(Matched {
                old: before.or_else(|| held(old)),
                new: after.or_else(|| held(new)),
                kind,
                name,
                account: account.clone(),
            });
        }
    }
    found
}

/// The document of an account, whether somebody has it or not.
fn declared<'a>(account: &'a Account, kind: SubjectKind, name: &str) -> Option<&'a Policy> {
    match kind {
        SubjectKind::ManagedPolicy => account.managed_policies.get(name),
        SubjectKind::Group => account.groups.get(name)?.inline.as_ref(),
        _ => None,
    }
}

/// The documents of an account that no identity has.
fn alone(account: &Account) -> Vec<((SubjectKind, String), &Policy)> {
    let is_used = |name: &String| {
        let is_it = |p: &AttachedPolicy| *p == AttachedPolicy::Customer(name.clone());
        let roles = account.roles.values();
        let mut roles = roles.map(|r| (&r.attached, &r.boundary));
        let users = account.users.values();
        let mut users = users.map(|u| (&u.attached, &u.boundary));
        let has = |(attached, boundary): (&Vec<AttachedPolicy>, &Option<AttachedPolicy>)| {
            attached.iter().chain(boundary).any(is_it)
        };
        let mut groups = account.groups.values();
        roles.any(has) || users.any(has) || groups.any(|g| g.attached.iter().any(is_it))
    };
    let managed = account
        .managed_policies
        .iter()
        .filter(|(name, _)| !is_used(name));
    let managed = managed.map(|(name, p)| ((SubjectKind::ManagedPolicy, name.clone()), p));
    let sessions = account.session_policies.iter().map(|(name, p)| {
        let kind = match p.kind {
            PolicyKind::Session => SubjectKind::SessionPolicy,
            _ => SubjectKind::Document,
        };
        ((kind, name.clone()), p)
    });
    let has_members = |name: &String| account.users.values().any(|u| u.groups.contains(name));
    let groups = account.groups.iter().filter(|(name, _)| !has_members(name));
    let groups = groups.filter_map(|(name, g)| {
        let policy = g.inline.as_ref()?;
        Some(((SubjectKind::Group, name.clone()), policy))
    });
    managed.chain(sessions).chain(groups).collect()
}

/// Compares one document.
pub(super) fn compare(pair: &Pair<'_>, matched: &Matched<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for seen in pair.directions() {
        let (one, other) = match seen.direction {
            Direction::Gain => (matched.new, matched.old),
            Direction::Loss => (matched.old, matched.new),
        };
        let Some(one) = one else {
            continue;
        };
        let judged = Judged {
            pair,
            seen,
            topic: Topic::Document,
            subject: (matched.kind, matched.name.clone()),
            account: Some(matched.account.clone()),
            one,
            other,
            guards: (Vec::new(), Vec::new()),
            risks: &|_| Vec::new(),
        };
        judged.judge(&mut outcome);
    }
    outcome
}

/// A document in one direction, with what denies beside it.
pub(super) struct Judged<'j, 'a> {
    pub(super) pair: &'j Pair<'a>,
    pub(super) seen: Seen<'a>,
    pub(super) topic: Topic,
    pub(super) subject: (SubjectKind, String),
    pub(super) account: Option<(String, String)>,
    /// On the side that allows more.
    pub(super) one: &'j Policy,
    pub(super) other: Option<&'j Policy>,
    /// RCPs on that side and on the other.
    pub(super) guards: (Vec<&'j Policy>, Vec<&'j Policy>),
    /// What is risky about a region beyond the levels of its actions.
    pub(super) risks: &'j dyn Fn(&Region) -> Vec<Risk>,
}

impl Judged<'_, '_> {
    /// Finds what the one document allows beyond the other, as far as nothing beside them denies it.
    pub(super) fn judge(&self, outcome: &mut Outcome) {
        let before: Vec<&Policy> = self.other.into_iter().collect();
        if plain::same(&[self.one], &before) {
            return;
        }
        match reduced(&[self.one], &before, &self.pair.asking) {
            Difference::Unknown(reason) => self.undecided(reason.to_string(), outcome),
            Difference::Regions(regions) => {
                for region in &regions {
                    self.region(region, outcome);
                }
            }
        }
    }

    fn region(&self, region: &Region, outcome: &mut Outcome) {
        let asking = &self.pair.asking;
        let mut allowing = vec![self.one];
        allowing.extend(&self.guards.0);
        let mut other: Vec<&Policy> = self.other.into_iter().collect();
        other.extend(&self.guards.1);
        let (within, outside) = (
            Subject::Documents(allowing.clone()),
            Subject::Documents(other.clone()),
        );
        let finding = occupant(region, &[&within], &[&outside], Search::Presentable, asking);
        let witness = match finding {
            Finding::Proved => return,
            Finding::Unknown(reason) => return self.undecided(reason.to_string(), outcome),
            Finding::Refuted(witness) => witness,
        };
        let why = cause(&witness.request, &allowing, &other, &asking.semantics);
        let texts = self.pair.texts();
        let (side, opposite) = sides(self.seen.direction);
        let mut lines = texts.lines(&why.allows, side);
        lines.extend(texts.lines(&why.denies, opposite));
        let simple = region::simplify(region);
        outcome.found.push(Found {
            direction: self.seen.direction,
            topic: self.topic,
            through: None,
            arrival: match (self.other, self.seen.direction) {
                (Some(_), _) => Arrival::Stays,
                (None, Direction::Gain) => Arrival::Added,
                (None, Direction::Loss) => Arrival::Removed,
            },
            subject: Some(self.subject.clone()),
            account: self.account.clone(),
            part: Part {
                actions: region::actions(&simple, asking.catalogue),
                region: simple,
                limited_by: Vec::new(),
                example: witness.request,
                in_catalogue: witness.in_catalogue,
            },
            risks: (self.risks)(region),
            path: Vec::new(),
            lines,
        });
    }

    fn undecided(&self, reason: String, outcome: &mut Outcome) {
        let accounts = self.account.iter().map(|(name, _)| name.clone());
        outcome.undecided.push(Undecided {
            subject: Named {
                kind: self.subject.0,
                name: self.subject.1.clone(),
                accounts: accounts.collect(),
            },
            direction: self.seen.direction,
            reason,
        });
    }
}
