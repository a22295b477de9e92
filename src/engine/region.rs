//! Differences as regions: which actions, on which resources, under which conditions one side allows more.
//!
//! Where a witness is a point, regions cover the whole difference, exactly: a request is allowed by the left and
//! not by the right if and only if it lies in one of them. Each is cut out of one Allow statement of the left.

use super::question::{Asked, Asking, Finding, Reason, Subject};
use super::request::Request;
use super::semantics::UnresolvedNotResource;
use super::symbolic::search::Build;
use super::witness;
use crate::engine::hashed::IndexMap;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement};

/// Requests of some actions, on resources that match all of some lists, under a condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Region {
    /// Which principals; empty where the documents name none.
    pub principals: Vec<PrincipalMatch>,
    /// Which actions: all of the lists have to match.
    pub actions: Vec<Match>,
    /// Which resources: all of the lists have to match; empty means any.
    pub resources: Vec<Match>,
    /// Under which condition.
    pub condition: Condition,
}

/// A difference, or why it could not be described.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// These regions, which cover it exactly; none if there is no difference.
    Regions(Vec<Region>),
    /// It takes too many regions, or some part of it is not settled.
    Unknown(Reason),
}

/// More regions than this are no description.
const MOST: usize = 400;

/// What the left documents allow and the right ones do not.
pub fn difference(left: &[&Policy], right: &[&Policy], asking: &Asking<'_>) -> Difference {
    if let Some(why) = undescribable(left.iter().chain(right).copied(), asking) {
        return Difference::Unknown(Reason::Fragment(why));
    }
    let allows = |policies: &[&Policy], effect: Effect| -> Vec<(PolicyKind, Statement)> {
        let all = policies.iter().flat_map(|p| {
            let own = p.statements.iter().filter(|s| s.effect == effect);
            own.map(|s| (p.kind, s.clone()))
        });
        all.collect()
    };
    let mut cutter = Cutter {
        asking,
        kind: left
            .first()
            .or(right.first())
            .map_or(PolicyKind::ManagedPolicy, |p| p.kind),
        memo: IndexMap::default(),
        unknown: None,
    };
    let granted: Vec<Region> = allows(left, Effect::Allow)
        .iter()
        .map(|(_, s)| Region::of(s))
        .collect();
    let removed: Vec<Region> = allows(left, Effect::Deny)
        .iter()
        .chain(&allows(right, Effect::Allow))
        .map(|(_, s)| Region::of(s))
        .collect();
    let mut regions = cutter.subtract(granted.clone(), &removed);
    // What the right denies it does not allow, whatever its Allow statements say.
    let kept: Vec<Region> = allows(left, Effect::Deny)
        .iter()
        .map(|(_, s)| Region::of(s))
        .collect();
    for (_, deny) in allows(right, Effect::Deny) {
        let deny = Region::of(&deny);
        let met: Vec<Region> = granted.iter().map(|g| g.meet(&deny)).collect();
        regions.extend(cutter.subtract(met, &kept));
        if regions.len() > MOST {
            return Difference::Unknown(Reason::Budget);
        }
    }
    match cutter.unknown {
        Some(reason) => Difference::Unknown(reason),
        None => Difference::Regions(cutter.tidy(regions)),
    }
}

/// A policy that allows everything, to everybody where its kind names principals.
pub fn everything(kind: PolicyKind) -> Policy {
    Policy {
        kind,
        name: String::new(),
        statements: vec![witness::allow_everything(kind)],
        details: Details::default(),
        origin: Origin::default(),
    }
}

/// How hard a request in a region is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Search {
    /// Any will do.
    Any,
    /// One that AWS knows today, where there is one.
    Presentable,
}

/// A request in a region that every one of `within` allows and none of `outside` does, replayed; `Proved` if there
/// is none.
pub fn occupant(
    region: &Region,
    within: &[&Subject<'_>],
    outside: &[&Subject<'_>],
    search: Search,
    asking: &Asking<'_>,
) -> Finding {
    let kind = match region.principals.is_empty() {
        true => PolicyKind::ManagedPolicy,
        false => PolicyKind::ResourcePolicy,
    };
    let documents = region.documents(kind);
    let own: Vec<Subject<'_>> = documents.iter().map(Subject::document).collect();
    let subjects: Vec<&Subject<'_>> = within
        .iter()
        .copied()
        .chain(outside.iter().copied())
        .chain(&own)
        .collect();
    let (first, after, count) = (within.len(), within.len() + outside.len(), subjects.len());
    let mut asked = Asked::new(&subjects, asking);
    let wanted = |i: usize| !(first..after).contains(&i);
    let build: &mut Build<'_> = &mut |view| {
        let all: Vec<_> = (0..count)
            .map(|i| match (view.allows(i), wanted(i)) {
                (allowed, true) => allowed,
                (allowed, false) => view.compiler.tables.formulas.not(allowed),
            })
            .collect();
        view.compiler.tables.formulas.and(all)
    };
    let replay = |allows: &dyn Fn(usize, &Request) -> bool, request: &Request| {
        (0..count).all(|i| allows(i, request) == wanted(i))
    };
    match search {
        Search::Any => asked.settle_quickly(build, &replay),
        Search::Presentable => asked.settle(build, &replay),
    }
}

/// What has no complement that a region could name.
fn undescribable<'p>(
    mut policies: impl Iterator<Item = &'p Policy>,
    asking: &Asking<'_>,
) -> Option<&'static str> {
    let inert = asking.semantics.unresolved_not_resource == UnresolvedNotResource::Inert;
    policies.find_map(|policy| {
        policy.statements.iter().find_map(|s| {
            let not_principal = s.principal.as_ref().is_some_and(|p| p.negated);
            if s.effect == Effect::Deny && not_principal {
                return Some("a region beside `NotPrincipal` of a Deny");
            }
            let mut patterns = s.resource.iter().flat_map(|r| &r.patterns);
            (inert && patterns.any(|p| p.contains("${")))
                .then_some("a region beside variables in an inert `NotResource`")
        })
    })
}

impl Region {
    /// What a statement matches.
    pub fn of(statement: &Statement) -> Region {
        Region {
            principals: statement.principal.iter().cloned().collect(),
            actions: vec![statement.action.clone()],
            resources: statement.resource.iter().cloned().collect(),
            condition: statement.condition.clone(),
        }
    }

    /// What lies in both.
    pub fn meet(&self, other: &Region) -> Region {
        let both = |a: &[Match], b: &[Match]| {
            let mut all = a.to_vec();
            all.extend(b.iter().cloned());
            let everything = Match::everything();
            all.retain(|m| *m != everything);
            all.sort();
            all.dedup();
            if all.is_empty() {
                all.push(everything);
            }
            all
        };
        let mut principals = self.principals.clone();
        principals.extend(other.principals.iter().cloned());
        principals.sort();
        principals.dedup();
        Region {
            principals,
            actions: both(&self.actions, &other.actions),
            resources: both(&self.resources, &other.resources),
            condition: Condition::all([self.condition.clone(), other.condition.clone()]),
        }
    }

    /// The parts of this region outside another: one for each dimension in which a request can be outside.
    fn outside(&self, other: &Region) -> Vec<Region> {
        let mut parts = Vec::new();
        let mut rest = self.clone();
        for matched in &other.principals {
            let mut part = rest.clone();
            part.principals.push(PrincipalMatch {
                negated: !matched.negated,
                ..matched.clone()
            });
            parts.push(part);
            rest.principals.push(matched.clone());
        }
        for (lists, own) in [(&other.actions, 0), (&other.resources, 1)] {
            for list in lists {
                let opposite = Match {
                    negated: !list.negated,
                    patterns: list.patterns.clone(),
                };
                let mut part = rest.clone();
                let (out, within) = if own == 0 {
                    (&mut part.actions, &mut rest.actions)
                } else {
                    (&mut part.resources, &mut rest.resources)
                };
                out.push(opposite);
                within.push(list.clone());
                parts.push(part);
            }
        }
        if other.condition != Condition::True {
            let mut part = rest;
            part.condition = Condition::all([part.condition, other.condition.clone().negate()]);
            parts.push(part);
        }
        parts.iter().map(|p| p.meet(p)).collect()
    }

    /// The region as documents: a request lies in it if and only if each of them, by itself, allows it.
    pub fn documents(&self, kind: PolicyKind) -> Vec<Policy> {
        let count = [
            self.principals.len(),
            self.actions.len(),
            self.resources.len(),
            1,
        ];
        let most = count.into_iter().max().unwrap_or(1);
        (0..most)
            .map(|i| Policy {
                kind,
                name: String::new(),
                statements: vec![Statement {
                    sid: None,
                    effect: Effect::Allow,
                    principal: self.principals.get(i).or(self.principals.last()).cloned(),
                    action: self
                        .actions
                        .get(i)
                        .cloned()
                        .unwrap_or_else(Match::everything),
                    resource: self.resources.get(i).cloned(),
                    condition: match i {
                        0 => self.condition.clone(),
                        _ => Condition::True,
                    },
                    origin: Origin::default(),
                }],
                details: Details::default(),
                origin: Origin::default(),
            })
            .collect()
    }
}

/// Cuts regions out of one another and drops the empty ones.
struct Cutter<'q, 'a> {
    asking: &'q Asking<'a>,
    kind: PolicyKind,
    memo: IndexMap<String, bool>,
    unknown: Option<Reason>,
}

impl Cutter<'_, '_> {
    fn subtract(&mut self, mut regions: Vec<Region>, removed: &[Region]) -> Vec<Region> {
        regions.retain(|r| !self.is_empty(r));
        for other in removed {
            let mut next = Vec::new();
            for region in regions {
                if self.is_empty(&region.meet(other)) {
                    next.push(region);
                    continue;
                }
                let parts = region.outside(other);
                next.extend(parts.into_iter().filter(|p| !self.is_empty(p)));
            }
            regions = next;
            if regions.len() > MOST {
                self.unknown = Some(Reason::Budget);
                return Vec::new();
            }
        }
        regions
    }

    /// Whether no request lies in a region.
    fn is_empty(&mut self, region: &Region) -> bool {
        let key = format!("{region:?}");
        if let Some(known) = self.memo.get(&key) {
            return *known;
        }
        let empty = match self.occupant(region) {
            Finding::Proved => true,
            Finding::Refuted(_) => false,
            Finding::Unknown(reason) => {
                self.unknown = Some(reason);
                false
            }
        };
        self.memo.insert(key, empty);
        empty
    }

    /// A request in a region, replayed; `Proved` if there is none.
    fn occupant(&self, region: &Region) -> Finding {
        let documents = region.documents(self.kind);
        let subjects: Vec<Subject<'_>> = documents.iter().map(Subject::document).collect();
        let subjects: Vec<&Subject<'_>> = subjects.iter().collect();
        let count = subjects.len();
        let mut asked = Asked::new(&subjects, self.asking);
        let semantics = self.asking.semantics;
        let documents = &documents;
        asked.settle_quickly(
            &mut |view| {
                let all: Vec<_> = (0..count).map(|i| view.allows(i)).collect();
                view.compiler.tables.formulas.and(all)
            },
            &|_, request| {
                let mut all = documents.iter();
                all.all(|d| witness::allows(&Subject::document(d), request, &semantics))
            },
        )
    }

    /// Joins regions that differ in their actions only.
    fn tidy(&self, regions: Vec<Region>) -> Vec<Region> {
        let mut joined: IndexMap<String, Region> = IndexMap::default();
        for region in regions {
            let rest = Region {
                actions: Vec::new(),
                ..region.clone()
            };
            let plain = |r: &Region| match r.actions.as_slice() {
                [one] if !one.negated => Some(one.patterns.clone()),
                _ => None,
            };
            let key = match plain(&region) {
                Some(_) => format!("{rest:?}"),
                None => format!("{region:?}"),
            };
            match joined.get_mut(&key) {
                Some(known) => {
                    if let (Some(more), Some(list)) = (plain(&region), known.actions.first_mut()) {
                        list.patterns.extend(more);
                        list.patterns.sort();
                        list.patterns.dedup();
                    }
                }
                None => {
                    joined.insert(key, region);
                }
            }
        }
        joined.into_values().collect()
    }
}
