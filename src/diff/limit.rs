//! What many identities gain or lose at once: a boundary, the SCPs or RCPs of a node, an account's place.
//!
//! Described once where it changes, with those whom it touches in effect.

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::access::AccountView;
use crate::engine::question::{Finding, Subject};
use crate::engine::region::{Difference, Region, Search, everything, occupant};
use crate::engine::witness::Witness;
use crate::iam::PolicyKind;
use crate::ir::{Node, Policy};

use super::compare::{Outcome, Pair, Person, Seen, accounts};
use super::group::Found;
use super::identity::{Standing, View, sides};
use super::lines::cause;
use super::model::{
    Arrival, Direction, Part, Subject as Named, SubjectKind, Through, Topic, Undecided,
};
use crate::access::region::reduce::reduced;
use crate::access::region::{self, plain};

/// A limit that is not the same on both sides.
pub(super) struct Limit<'a> {
    through: Through,
    old: Vec<&'a Policy>,
    new: Vec<&'a Policy>,
    /// Policies that allow what the limit does not speak of, beside its own.
    backdrop: Vec<Policy>,
    people: Vec<Person<'a>>,
}

/// Every limit that says something else on the new side.
pub(super) fn all<'a>(pair: &Pair<'a>) -> Vec<Limit<'a>> {
    let mut limits = boundaries(pair);
    limits.extend(guardrails(pair));
    limits
}

/// Boundaries of one name that changed, by account.
fn boundaries<'a>(pair: &Pair<'a>) -> Vec<Limit<'a>> {
    let mut found: IndexMap<(usize, &str), Limit<'a>> = IndexMap::new();
    for person in &pair.people {
        let (Some(old), Some(new)) = (person.old, person.new) else {
            continue;
        };
        let (Some(before), Some(after)) = (old.boundary.as_deref(), new.boundary.as_deref()) else {
            continue;
        };
        if before.name != after.name || plain::same(&[before], &[after]) {
            continue;
        }
        let limit = found
            .entry((new.account, &after.name))
            .or_insert_with(|| Limit {
                through: Through::Boundary(after.name.clone()),
                old: vec![before],
                new: vec![after],
                backdrop: Vec::new(),
                people: Vec::new(),
            });
        limit.people.push(*person);
    }
    found.into_values().collect()
}

/// Nodes whose SCPs or RCPs changed, and accounts that stand elsewhere.
fn guardrails<'a>(pair: &Pair<'a>) -> Vec<Limit<'a>> {
    let mut nodes: IndexMap<String, Limited<'a>> = IndexMap::new();
    let mut moved = Vec::new();
    for (old, new) in accounts(pair.old, pair.new) {
        let (Some(old), Some(new)) = (old, new) else {
            continue;
        };
        if old.account.management && new.account.management {
            continue;
        }
        if path(old) != path(new) || old.account.management != new.account.management {
            moved.push((old, new));
            continue;
        }
        for (at, (before, after)) in old.nodes.iter().zip(&new.nodes).enumerate() {
            let path = path_to(new, at);
            let limited = nodes.entry(path).or_insert_with(|| Limited {
                before,
                after,
                accounts: Vec::new(),
            });
            limited.accounts.push(&new.account.id);
        }
    }
    let mut limits: Vec<Limit<'a>> = Vec::new();
    for (path, limited) in nodes {
        limits.extend(limited.limits(pair, &path));
    }
    for (old, new) in moved {
        limits.extend(place(pair, old, new));
    }
    limits
}

/// A node on both sides, and the accounts below it.
struct Limited<'a> {
    before: &'a Node,
    after: &'a Node,
    accounts: Vec<&'a str>,
}

impl<'a> Limited<'a> {
    fn limits(&self, pair: &Pair<'a>, path: &str) -> Vec<Limit<'a>> {
        let (before, after) = (self.before, self.after);
        let policies = |list: &'a [Policy]| -> Vec<&'a Policy> { list.iter().collect() };
        let mut limits = Vec::new();
        let (old, new) = (policies(&before.scps), policies(&after.scps));
        if before.full_aws_access != after.full_aws_access || !plain::same(&old, &new) {
            limits.extend(self.limit(pair, Through::Scp(path.to_owned()), old, new));
        }
        let (old, new) = (policies(&before.rcps), policies(&after.rcps));
        if !plain::same(&old, &new) {
            limits.extend(self.limit(pair, Through::Rcp(path.to_owned()), old, new));
        }
        limits
    }

    fn limit(
        &self,
        pair: &Pair<'a>,
        through: Through,
        old: Vec<&'a Policy>,
        new: Vec<&'a Policy>,
    ) -> Option<Limit<'a>> {
        let is_scp = matches!(through, Through::Scp(_));
        let has_everything = self.before.full_aws_access && self.after.full_aws_access;
        // Without `FullAWSAccess` on one of the sides the difference is about what its own SCPs allow.
        let backdrop = match (is_scp, has_everything) {
            (true, true) => vec![everything(PolicyKind::Scp)],
            (true, false) => Vec::new(),
            (false, _) => vec![everything(PolicyKind::Rcp)],
        };
        Some(Limit {
            through,
            old,
            new,
            backdrop,
            people: of_accounts(pair, &self.accounts),
        })
    }
}

fn of_accounts<'a>(pair: &Pair<'a>, ids: &[&str]) -> Vec<Person<'a>> {
    let is_in = |person: &&Person<'a>| {
        let account = person.new.and_then(|i| pair.new.account(i.account));
        person.old.is_some() && account.is_some_and(|a| ids.contains(&a.account.id.as_str()))
    };
    pair.people.iter().filter(is_in).copied().collect()
}

/// An account under other nodes: everything that any of the levels says is at stake, for those in the account and for
/// whoever uses what is in it.
fn place<'a>(
    pair: &Pair<'a>,
    old: &'a AccountView<'a>,
    new: &'a AccountView<'a>,
) -> Vec<Limit<'a>> {
    let levels = |view: &'a AccountView<'a>| {
        let binding = view.nodes.iter().filter(|_| !view.account.management);
        binding.map(|node| -> &'a Node { node })
    };
    let scps = |view| levels(view).flat_map(|node| &node.scps).collect();
    let rcps = |view| levels(view).flat_map(|node| &node.rcps).collect();
    let moved = &new.account;
    let limit = |kind, old: Vec<&'a Policy>, new: Vec<&'a Policy>| Limit {
        through: Through::Place(moved.name.clone()),
        old,
        new,
        backdrop: vec![everything(kind)],
        people: of_accounts(pair, &[&moved.id]),
    };
    vec![
        limit(PolicyKind::Scp, scps(old), scps(new)),
        limit(PolicyKind::Rcp, rcps(old), rcps(new)),
    ]
}

/// The names of the nodes above an account and its own.
fn path(view: &AccountView<'_>) -> String {
    path_to(view, view.nodes.len())
}

fn path_to(view: &AccountView<'_>, last: usize) -> String {
    let names: Vec<&str> = view
        .nodes
        .iter()
        .take(last.saturating_add(1))
        .map(|n| n.name.as_str())
        .collect();
    names.join("/")
}

/// Describes what a limit lets through now, or no longer, and whom that touches.
pub(super) fn compare(pair: &Pair<'_>, limit: &Limit<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for seen in pair.directions() {
        let (left, right) = match seen.direction {
            Direction::Gain => (&limit.new, &limit.old),
            Direction::Loss => (&limit.old, &limit.new),
        };
        let with_backdrop = |own: &[&'_ Policy]| -> Vec<Policy> {
            let own = own.iter().map(|p| (*p).clone());
            limit.backdrop.iter().cloned().chain(own).collect()
        };
        let (left, right) = (with_backdrop(left), with_backdrop(right));
        let (left, right): (Vec<&Policy>, Vec<&Policy>) =
            (left.iter().collect(), right.iter().collect());
        match reduced(&left, &right, &pair.asking) {
            Difference::Unknown(reason) => outcome.undecided.push(Undecided {
                subject: limit.named(),
                direction: seen.direction,
                reason: reason.to_string(),
            }),
            Difference::Regions(regions) => {
                for region in &regions {
                    judge(pair, limit, seen, region, (&left, &right), &mut outcome);
                }
            }
        }
    }
    outcome
}

impl Limit<'_> {
    /// A guardrail that touches nobody of the project still means something, and so does what lets others into an account;
    /// a boundary does not.
    fn anybody(&self, region: &Region, pair: &Pair<'_>) -> Option<Box<Witness>> {
        let binds_others = self.backdrop.iter().any(|p| p.kind == PolicyKind::Rcp);
        if !matches!(self.through, Through::Scp(_) | Through::Rcp(_)) && !binds_others {
            return None;
        }
        match occupant(region, &[], &[], Search::Presentable, &pair.asking) {
            Finding::Refuted(witness) => Some(witness),
            _ => None,
        }
    }

    fn named(&self) -> Named {
        let (Through::Boundary(name)
        | Through::Scp(name)
        | Through::Rcp(name)
        | Through::Place(name)) = &self.through
        else {
            return Named {
                kind: SubjectKind::Document,
                name: String::new(),
                accounts: Vec::new(),
            };
        };
        Named {
            kind: SubjectKind::Document,
            name: name.clone(),
            accounts: Vec::new(),
        }
    }
}

/// Whom a region of a limit touches.
fn judge(
    pair: &Pair<'_>,
    limit: &Limit<'_>,
    seen: Seen<'_>,
    region: &Region,
    (left, right): (&[&Policy], &[&Policy]),
    outcome: &mut Outcome,
) {
    let touched = Touched::by(pair, limit, seen, region, outcome);
    let example = touched.example.or_else(|| limit.anybody(region, pair));
    let Some(example) = example else {
        return;
    };
    let texts = pair.texts();
    let why = cause(&example.request, left, right, &pair.asking.semantics);
    let (one, opposite) = sides(seen.direction);
    let mut lines = texts.lines(&why.allows, one);
    lines.extend(texts.lines(&why.denies, opposite));
    let region = region::simplify(region);
    let found = Found {
        direction: seen.direction,
        topic: Topic::Permissions,
        through: Some(limit.through.clone()),
        arrival: Arrival::Stays,
        subject: None,
        account: None,
        part: Part {
            actions: region::actions(&region, pair.asking.catalogue),
            region,
            limited_by: Vec::new(),
            example: example.request,
            in_catalogue: example.in_catalogue,
        },
        risks: Vec::new(),
        path: Vec::new(),
        lines,
    };
    if touched.people.is_empty() {
        outcome.found.push(found);
        return;
    }
    outcome
        .found
        .extend(touched.people.iter().map(|person| Found {
            subject: Some(person.subject()),
            account: account_of(pair, person),
            ..found.clone()
        }));
}

/// Those who gain or lose something of a region, and a request that shows it.
struct Touched<'l, 'a> {
    people: Vec<&'l Person<'a>>,
    example: Option<Box<Witness>>,
}

impl<'l, 'a> Touched<'l, 'a> {
    /// Asks about everybody under a limit; what is not settled is noted.
    fn by(
        pair: &Pair<'_>,
        limit: &'l Limit<'a>,
        seen: Seen<'_>,
        region: &Region,
        outcome: &mut Outcome,
    ) -> Self {
        let ask = |person: &'l Person<'a>| {
            let finding = touches(pair, seen, person, region, Search::Any)?;
            (!finding.is_proved()).then_some((person, finding))
        };
        let asked: Vec<(&Person<'a>, Finding)> = limit.people.par_iter().filter_map(ask).collect();
        let mut touched = Touched {
            people: Vec::new(),
            example: None,
        };
        for (person, finding) in asked {
            match finding {
                Finding::Proved => {}
                Finding::Refuted(witness) => {
                    touched.people.push(person);
                    // One example has to be worth showing; the others only have to be there.
                    if touched.example.is_none() {
                        let better = touches(pair, seen, person, region, Search::Presentable);
                        touched.example = Some(match better {
                            Some(Finding::Refuted(better)) => better,
                            _ => witness,
                        });
                    }
                }
                Finding::Unknown(reason) => {
                    let (kind, name) = person.subject();
                    let account = account_of(pair, person).map(|(name, _)| name);
                    outcome.undecided.push(Undecided {
                        subject: Named {
                            kind,
                            name,
                            accounts: account.into_iter().collect(),
                        },
                        direction: seen.direction,
                        reason: reason.to_string(),
                    });
                }
            }
        }
        touched
    }
}

fn account_of(pair: &Pair<'_>, person: &Person<'_>) -> Option<(String, String)> {
    let account = pair.new.account(person.new?.account)?.account;
    Some((account.name.clone(), account.id.clone()))
}

/// Whether somebody gains something of a region that only the limit kept from them.
fn touches(
    pair: &Pair<'_>,
    seen: Seen<'_>,
    person: &Person<'_>,
    region: &Region,
    search: Search,
) -> Option<Finding> {
    let (one, other) = person.seen(seen.direction);
    let (one, other) = (
        Standing::of(seen.estate, one?),
        Standing::of(seen.other, other?),
    );
    let granted = Subject::Documents(other.policies.clone());
    let texts = pair.texts();
    let view = View {
        pair,
        seen,
        one,
        other: Some(other),
        person,
        texts: &texts,
    };
    Some(view.newly_allowed(region, &[&granted], search))
}
