//! `access`: all that an identity may do in effect, grant by grant.
//!
//! A grant is an Allow statement of the identity's policies, cut down to what its boundary lets through, or one of a
//! resource's policy that needs no other. What is taken away altogether is left out, action by action where they are
//! few; what is taken away in part is told by the statements that do so.

use std::borrow::Cow;

use indexmap::IndexMap;

use crate::access::reach::Reach;
use crate::access::region::{self, glob};
use crate::access::{Estate, Identity, IdentityKind};
use crate::catalogue::AccessLevel;
use crate::engine::concrete::Layer;
use crate::engine::question::{Asking, Effective, Finding, Subject, implies};
use crate::engine::region::{Region, Search, occupant};
use crate::iam::Effect;
use crate::ir::{AttachedPolicy, Condition, Match, Policy, Statement};
use crate::prove::Responsible;
use crate::prove::governed::Governed;
use crate::prove::scope::everything;
use crate::prove::view::Ground;

use super::account_of;

/// Actions of one grant are asked one by one up to this many.
const ASKED: usize = 64;

/// All that an identity may do in one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// What it was declared as.
    pub kind: IdentityKind,
    /// Its name in AWS.
    pub name: String,
    /// Name and id of its account.
    pub account: (String, String),
    /// What it may do.
    pub rows: Vec<Row>,
    /// Grants of which nothing is left.
    pub idle: Vec<Responsible>,
    /// The statements that take something away, as the rows number them.
    pub limits: Vec<Responsible>,
    /// What could not be settled, and policies that are not known here.
    pub unsettled: Vec<String>,
}

/// What one grant allows of one service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The service's prefix; `*` for all of them.
    pub service: String,
    /// The levels of the actions that there are today.
    pub levels: Vec<AccessLevel>,
    /// Actions, resources, condition.
    pub region: Region,
    /// The grant.
    pub grant: Responsible,
    /// The places among [`Access::limits`] of what takes a part away.
    pub limits: Vec<usize>,
}

/// Tells what an identity may do.
pub fn access(identity: &Identity<'_>, estate: &Estate<'_>, asking: &Asking<'_>) -> Access {
    let reach = Reach::new(estate, asking);
    let ground = Ground::new(&reach);
    let anybody = Effective {
        attached: crate::engine::Attached::of_identity(vec![Cow::Owned(everything())]),
        ..estate.effective(identity)
    };
    let mut teller = Teller {
        asking,
        facts: ground.known(identity, Some(identity.account)),
        anything: Subject::Effective(Box::new(anybody)),
        access: Access {
            kind: identity.kind,
            name: identity.name.to_owned(),
            account: account_of(identity, &ground),
            rows: Vec::new(),
            idle: Vec::new(),
            limits: Vec::new(),
            unsettled: Vec::new(),
        },
    };
    let unknown = identity.unknown.iter().map(|policy| {
        let (AttachedPolicy::Aws(name) | AttachedPolicy::Customer(name)) = policy;
        format!("the policy `{name}` is attached, and not known here")
    });
    teller.access.unsettled.extend(unknown);
    let effective = ground.undeclared(identity, None);
    let own = Subject::Effective(Box::new(effective.clone()));
    let limits = limits(&effective, &ground, identity);
    for policy in &identity.policies {
        for statement in allows(policy) {
            let of = responsible(Layer::Identity, policy, statement);
            let regions = teller.within_boundary(statement, identity.boundary.as_deref());
            teller.tell(regions, &of, &own, &limits);
        }
    }
    for governed in ground
        .governed
        .iter()
        .filter(|g| g.owner == identity.account)
    {
        for statement in allows(governed.policy) {
            // By itself: another statement of the policy may be the one that names the identity.
            let mut only = governed.policy.clone();
            only.statements
                .retain(|s| s.effect == Effect::Deny || s == statement);
            let mut alone = estate.effective_toward(identity, None, governed.owner);
            alone.attached.identity.clear();
            alone.attached.resource = Some(Cow::Owned(only));
            let alone = Subject::Effective(Box::new(alone));
            let of = responsible(Layer::Resource, governed.policy, statement);
            let region = Region {
                principals: Vec::new(),
                resources: match &statement.resource {
                    Some(list) if *list != Match::everything() => vec![list.clone()],
                    _ => vec![Match::any(resources_of(governed))],
                },
                ..Region::of(statement)
            };
            teller.tell_what_is_granted(region, &of, &alone, &limits);
        }
    }
    let rows = &mut teller.access.rows;
    rows.sort_by(|a, b| (&a.service, &a.levels).cmp(&(&b.service, &b.levels)));
    teller.access.number_limits();
    teller.access
}

/// The resource, and what lies in it where its policy speaks of that.
fn resources_of(governed: &Governed<'_>) -> Vec<String> {
    let count = if governed.service == "s3" { 2 } else { 1 };
    governed.patterns.iter().take(count).cloned().collect()
}

fn allows(policy: &Policy) -> impl Iterator<Item = &Statement> {
    policy
        .statements
        .iter()
        .filter(|s| s.effect == Effect::Allow)
}

fn responsible(layer: Layer, policy: &Policy, statement: &Statement) -> Responsible {
    Responsible {
        layer,
        effect: statement.effect,
        policy: policy.name.clone(),
        sid: statement.sid.clone(),
        origin: statement.origin.clone(),
    }
}

/// Everything that can take a part of a grant away, with what it matches.
fn limits<'l>(
    effective: &'l Effective<'_>,
    ground: &'l Ground<'_, '_>,
    identity: &Identity<'_>,
) -> Vec<(Responsible, Region)> {
    let attached = &effective.attached;
    let own = attached
        .identity
        .iter()
        .map(|p| (Layer::Identity, p.as_ref()));
    let boundary = attached
        .boundary
        .iter()
        .map(|p| (Layer::Boundary, p.as_ref()));
    let scps = attached
        .scps
        .iter()
        .flatten()
        .map(|p| (Layer::Scp, p.as_ref()));
    let rcps = attached
        .rcps
        .iter()
        .flatten()
        .map(|p| (Layer::Rcp, p.as_ref()));
    let governed = ground
        .governed
        .iter()
        .filter(|g| g.owner == identity.account);
    let resources = governed.map(|g| (Layer::Resource, g.policy));
    let mut found: Vec<(Responsible, Region)> = Vec::new();
    for (layer, policy) in own.chain(boundary).chain(scps).chain(rcps).chain(resources) {
        let denies = policy
            .statements
            .iter()
            .filter(|s| s.effect == Effect::Deny);
        for statement in denies {
            let region = Region {
                principals: Vec::new(),
                ..Region::of(statement)
            };
            let of = responsible(layer, policy, statement);
            if !found.iter().any(|(known, _)| *known == of) {
                found.push((of, region));
            }
        }
    }
    found
}

struct Teller<'t> {
    asking: &'t Asking<'t>,
    /// What holds of the keys of all its requests.
    facts: Vec<Condition>,
    /// The identity if nothing limited it.
    anything: Subject<'t>,
    access: Access,
}

impl Teller<'_> {
    /// A grant, cut down to each statement of the boundary that lets a part of it through.
    fn within_boundary(&self, statement: &Statement, boundary: Option<&Policy>) -> Vec<Region> {
        let whole = Region {
            principals: Vec::new(),
            ..Region::of(statement)
        };
        let Some(boundary) = boundary else {
            return vec![whole];
        };
        let mut lets_through = boundary.clone();
        lets_through
            .statements
            .retain(|s| s.effect == Effect::Allow);
        let granted = Policy {
            statements: vec![statement.clone()],
            ..boundary.clone()
        };
        let (granted, limit) = (
            Subject::document(&granted),
            Subject::document(&lets_through),
        );
        match implies(&granted, &limit, self.asking).is_proved() {
            true => vec![whole],
            false => allows(boundary)
                .map(|s| whole.meet(&Region::of(s)))
                .collect(),
        }
    }

    fn tell(
        &mut self,
        regions: Vec<Region>,
        of: &Responsible,
        effective: &Subject<'_>,
        limits: &[(Responsible, Region)],
    ) {
        let before = self.access.rows.len();
        for region in regions {
            self.tell_what_is_granted(region, of, effective, limits);
        }
        if self.access.rows.len() == before {
            self.access.idle.push(of.clone());
        }
    }

    fn tell_what_is_granted(
        &mut self,
        region: Region,
        of: &Responsible,
        effective: &Subject<'_>,
        limits: &[(Responsible, Region)],
    ) {
        for (service, part) in by_service(&region::simplify(&region)) {
            let Some(part) = self.possible(part, effective) else {
                continue;
            };
            let limits = limits.iter().enumerate();
            let limits = limits.filter(|(_, (_, taken))| self.meets(&part, taken));
            let limits: Vec<Responsible> = limits.map(|(_, (of, _))| of.clone()).collect();
            let limits: Vec<usize> = limits.into_iter().map(|of| self.access.limit(of)).collect();
            for (levels, region) in self.by_level(&part) {
                let row = Row {
                    service: service.clone(),
                    levels,
                    region,
                    grant: of.clone(),
                    limits: limits.clone(),
                };
                if !self.access.rows.contains(&row) {
                    self.access.rows.push(row);
                }
            }
        }
    }

    /// A region apart by the access levels of its actions.
    fn by_level(&self, region: &Region) -> Vec<(Vec<AccessLevel>, Region)> {
        let levels = |region: &Region| {
            let actions = region::actions(region, self.asking.catalogue).into_iter();
            let mut levels: Vec<AccessLevel> = actions.map(|(_, l)| l).collect();
            levels.sort_unstable();
            levels.dedup();
            levels
        };
        let [list] = region.actions.as_slice() else {
            return vec![(levels(region), region.clone())];
        };
        if list.negated {
            return vec![(levels(region), region.clone())];
        }
        let mut parts: IndexMap<Vec<AccessLevel>, Vec<String>> = IndexMap::new();
        for pattern in &list.patterns {
            let actions = vec![Match::any(vec![pattern.clone()])];
            let one = Region {
                actions,
                ..region.clone()
            };
            parts.entry(levels(&one)).or_default().push(pattern.clone());
        }
        let parts = parts.into_iter().map(|(levels, patterns)| {
            let actions = vec![Match::any(patterns)];
            let region = Region {
                actions,
                ..region.clone()
            };
            (levels, region)
        });
        parts.collect()
    }

    /// The requests of a region that can be, as far as the project knows.
    fn known(&self, region: &Region) -> Region {
        let facts = self.facts.iter().cloned();
        Region {
            condition: Condition::all(std::iter::once(region.condition.clone()).chain(facts)),
            ..region.clone()
        }
    }

    /// What of a region is allowed in effect: nothing, or it without the actions that are not.
    fn possible(&mut self, mut region: Region, effective: &Subject<'_>) -> Option<Region> {
        let asking = self.asking;
        let mut unsettled = None;
        let find = |region: &Region| {
            let region = self.known(region);
            occupant(&region, &[effective], &[], Search::Any, asking)
        };
        match find(&region) {
            Finding::Proved => return None,
            Finding::Refuted(_) => {}
            Finding::Unknown(reason) => {
                unsettled = Some(reason.to_string());
            }
        }
        if let [list] = region.actions.as_slice()
            && !list.negated
            && (2..=ASKED).contains(&list.patterns.len())
        {
            let kept = list.patterns.iter().filter(|pattern| {
                let mut one = region.clone();
                one.actions = vec![Match::any(vec![(*pattern).clone()])];
                !find(&one).is_proved()
            });
            region.actions = vec![Match::any(kept.cloned().collect())];
        }
        let known = &mut self.access.unsettled;
        known.extend(unsettled.filter(|reason| !known.contains(reason)));
        Some(region)
    }

    /// Whether some request lies in both.
    fn meets(&self, region: &Region, taken: &Region) -> bool {
        let plain = |lists: &[Match]| -> Option<Vec<String>> {
            match lists {
                [one] if !one.negated => Some(
                    one.patterns
                        .iter()
                        .map(|p| p.to_ascii_lowercase())
                        .collect(),
                ),
                _ => None,
            }
        };
        // Most Denies are about something else altogether, which their names tell.
        for (one, other) in [
            (&region.actions, &taken.actions),
            (&region.resources, &taken.resources),
        ] {
            if let (Some(one), Some(other)) = (plain(one), plain(other)) {
                let apart = |a: &String| other.iter().all(|b| glob::apart(a, b));
                if !other.is_empty() && one.iter().all(apart) {
                    return false;
                }
            }
        }
        let both = self.known(&region.meet(taken));
        !occupant(&both, &[&self.anything], &[], Search::Any, self.asking).is_proved()
    }
}

impl Access {
    /// The place of a limit, which is new if it is not known yet.
    fn limit(&mut self, of: Responsible) -> usize {
        match self.limits.iter().position(|known| *known == of) {
            Some(place) => place,
            None => {
                self.limits.push(of);
                self.limits.len() - 1
            }
        }
    }

    /// Numbers the limits in the order in which the rows name them.
    fn number_limits(&mut self) {
        let mut order: Vec<usize> = Vec::new();
        for limit in self.rows.iter().flat_map(|r| &r.limits) {
            if !order.contains(limit) {
                order.push(*limit);
            }
        }
        for row in &mut self.rows {
            let places = row.limits.iter();
            let places = places.filter_map(|l| order.iter().position(|o| o == l));
            row.limits = places.collect();
        }
        let limits = order.iter().filter_map(|place| self.limits.get(*place));
        self.limits = limits.cloned().collect();
    }
}

/// A region service by service, as far as its actions name one.
fn by_service(region: &Region) -> Vec<(String, Region)> {
    let split = match region.actions.as_slice() {
        [list] if !list.negated => Some(list),
        _ => None,
    };
    let Some(list) = split else {
        return vec![("*".to_owned(), region.clone())];
    };
    let mut parts: Vec<(String, Vec<String>)> = Vec::new();
    for pattern in &list.patterns {
        let service = pattern.split_once(':').map_or("*", |(service, _)| service);
        match parts.iter_mut().find(|(known, _)| known == service) {
            Some((_, patterns)) => patterns.push(pattern.clone()),
            None => parts.push((service.to_owned(), vec![pattern.clone()])),
        }
    }
    let parts = parts.into_iter().map(|(service, patterns)| {
        let region = Region {
            actions: vec![Match::any(patterns)],
            ..region.clone()
        };
        (service, region)
    });
    parts.collect()
}
