//! What an identity gains or loses by its own policies, or by another boundary.

use std::borrow::Cow;

use crate::access::{Estate, Identity};
use crate::catalogue::AccessLevel;
use crate::engine::question::{Effective, Finding, Subject};
use crate::engine::region::{Difference, Region, Search, occupant};
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{BaseOperator, Effect, Operator, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement, Test};

use super::compare::{Outcome, Pair, Person, Seen};
use super::escalation;
use super::group::Found;
use super::lines::{Texts, cause};
use super::model::{
    Arrival, Direction, LineSide, Part, Subject as Named, Through, Topic, Undecided,
};
use crate::access::region::reduce::reduced;
use crate::access::region::{self, plain};

/// Actions and patterns are asked one by one up to this many.
const ASKED: usize = 48;

/// Compares one identity.
pub(super) fn compare(pair: &Pair<'_>, person: &Person<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let texts = pair.texts();
    for seen in pair.directions() {
        let (one, other) = person.seen(seen.direction);
        let Some(one) = one else {
            continue;
        };
        let view = View {
            pair,
            seen,
            one: Standing::of(seen.estate, one),
            other: other.map(|o| Standing::of(seen.other, o)),
            person,
            texts: &texts,
        };
        view.own_policies(&mut outcome);
        view.other_boundary(&mut outcome);
        escalation::find(&view, &mut outcome);
    }
    outcome
}

/// An identity and what its policies are, ready for questions.
pub(super) struct Standing<'a> {
    pub(super) policies: Vec<&'a Policy>,
    pub(super) boundary: Option<&'a Policy>,
    /// Name and id of its account.
    pub(super) account: (String, String),
    pub(super) effective: Subject<'a>,
    /// What is known of its requests beyond what follows from who it is.
    facts: Condition,
}

impl<'a> Standing<'a> {
    pub(super) fn of(estate: &'a Estate<'a>, identity: &'a Identity<'a>) -> Standing<'a> {
        let account = estate.account(identity.account).map(|a| a.account);
        Standing {
            policies: identity.policies.iter().map(|p| &**p).collect(),
            boundary: identity.boundary.as_deref(),
            account: account
                .map(|a| (a.name.clone(), a.id.clone()))
                .unwrap_or_default(),
            effective: Subject::Effective(Box::new(consented(estate, identity))),
            facts: facts(estate, identity),
        }
    }

    /// Everything that has a say.
    pub(super) fn everything(&self) -> Vec<&Policy> {
        match &self.effective {
            Subject::Effective(effective) => {
                let attached = &effective.attached;
                let levels = attached.scps.iter().chain(&attached.rcps).flatten();
                let all = attached
                    .identity
                    .iter()
                    .chain(&attached.boundary)
                    .chain(levels);
                all.map(AsRef::as_ref).collect()
            }
            Subject::Documents(policies) => policies.clone(),
        }
    }
}

/// The organisation of an account is no choice of those in it.
fn facts(estate: &Estate<'_>, identity: &Identity<'_>) -> Condition {
    let view = estate.account(identity.account);
    let organization = view.and_then(|v| v.organization);
    match organization.filter(|o| !o.id.is_empty()) {
        Some(organization) => Condition::Test(Test {
            operator: Operator::plain(BaseOperator::StringEquals),
            key: "aws:PrincipalOrgID".to_owned(),
            multi_valued: false,
            values: vec![organization.id.clone()],
            span: None,
        }),
        None => Condition::True,
    }
}

/// What an identity may do where the resource leaves the decision to its account, as most do. Keys and roles say so
/// in their own policies, which are compared for themselves.
pub(super) fn consented<'a>(estate: &'a Estate<'a>, identity: &'a Identity<'a>) -> Effective<'a> {
    let mut effective = estate.effective(identity);
    let account = identity.principal.account().unwrap_or_default();
    effective.attached.resource = Some(Cow::Owned(delegation(account)));
    effective
}

/// A resource policy that leaves everything to an account.
fn delegation(account: &str) -> Policy {
    Policy {
        kind: PolicyKind::ResourcePolicy,
        name: String::new(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: Some(PrincipalMatch {
                negated: false,
                principals: Principals::Named(vec![Principal {
                    kind: PrincipalKind::Aws,
                    value: account.to_owned(),
                }]),
            }),
            action: Match::everything(),
            resource: Some(Match::everything()),
            condition: Condition::True,
            origin: Origin::default(),
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}

/// One identity in one direction.
pub(super) struct View<'v, 'a> {
    pub(super) pair: &'v Pair<'a>,
    pub(super) seen: Seen<'a>,
    /// On the side that allows more.
    pub(super) one: Standing<'v>,
    /// On the other side, if it is there.
    pub(super) other: Option<Standing<'v>>,
    pub(super) person: &'v Person<'a>,
    pub(super) texts: &'v Texts<'a>,
}

impl View<'_, '_> {
    fn arrival(&self) -> Arrival {
        match (&self.other, self.seen.direction) {
            (Some(_), _) => Arrival::Stays,
            (None, Direction::Gain) => Arrival::Added,
            (None, Direction::Loss) => Arrival::Removed,
        }
    }

    fn own_policies(&self, outcome: &mut Outcome) {
        let before: &[&Policy] = self.other.as_ref().map_or(&[], |o| &o.policies);
        if plain::same(&self.one.policies, before) {
            return;
        }
        self.judge(&self.one.policies, before, &[], None, outcome);
    }

    /// A boundary that comes, goes, or is exchanged for one of another name. One that changes itself is a limit.
    fn other_boundary(&self, outcome: &mut Outcome) {
        let Some(other) = &self.other else {
            return;
        };
        let Some(limit) = other.boundary else {
            return;
        };
        if self.one.boundary.is_some_and(|own| own.name == limit.name) {
            return;
        }
        let granted = Subject::Documents(other.policies.clone());
        let through = Some(Through::OtherBoundary);
        self.judge(&self.one.policies, &[limit], &[&granted], through, outcome);
    }

    /// What some policies allow beyond others, as far as it is newly allowed in effect.
    fn judge(
        &self,
        left: &[&Policy],
        right: &[&Policy],
        granted: &[&Subject<'_>],
        through: Option<Through>,
        outcome: &mut Outcome,
    ) {
        match reduced(left, right, &self.pair.asking) {
            Difference::Unknown(reason) => self.undecided(reason.to_string(), outcome),
            Difference::Regions(regions) => {
                for region in &regions {
                    self.judge_region(region, granted, through.clone(), outcome);
                }
            }
        }
    }

    fn judge_region(
        &self,
        region: &Region,
        granted: &[&Subject<'_>],
        through: Option<Through>,
        outcome: &mut Outcome,
    ) {
        match self.newly_allowed(region, granted, Search::Presentable) {
            Finding::Proved => {}
            Finding::Unknown(reason) => self.undecided(reason.to_string(), outcome),
            Finding::Refuted(witness) => {
                let region = region::simplify(region);
                let limited_by = self.limits(&region);
                let (region, actions) = self.narrow(region, granted);
                let lines = self.lines(&witness.request);
                outcome.found.push(Found {
                    direction: self.seen.direction,
                    topic: Topic::Permissions,
                    through,
                    arrival: self.arrival(),
                    subject: Some(self.person.subject()),
                    account: Some(self.one.account.clone()),
                    part: Part {
                        region,
                        actions,
                        limited_by,
                        example: witness.request,
                        in_catalogue: witness.in_catalogue,
                    },
                    risks: Vec::new(),
                    path: Vec::new(),
                    lines,
                });
            }
        }
    }

    /// A request of the region that is allowed in effect on this side only.
    pub(super) fn newly_allowed(
        &self,
        region: &Region,
        granted: &[&Subject<'_>],
        search: Search,
    ) -> Finding {
        let mut within = vec![&self.one.effective];
        within.extend(granted);
        let outside: Vec<&Subject<'_>> = self.other.iter().map(|o| &o.effective).collect();
        let mut own = region.clone();
        own.condition = Condition::all([own.condition, self.one.facts.clone()]);
        occupant(&own, &within, &outside, search, &self.pair.asking)
    }

    /// The boundary, if it takes something of a region away. Guardrails nearly always take some region or some
    /// unencrypted channel away; to say so of every change would say nothing.
    fn limits(&self, region: &Region) -> Vec<String> {
        let Some(boundary) = self.one.boundary else {
            return Vec::new();
        };
        let limit = Subject::document(boundary);
        let asking = &self.pair.asking;
        match occupant(region, &[], &[&limit], Search::Any, asking) {
            Finding::Proved => Vec::new(),
            _ => vec![format!("boundary `{}`", boundary.name)],
        }
    }

    /// Leaves out actions that a limit takes away altogether; looks the others up.
    fn narrow(
        &self,
        mut region: Region,
        granted: &[&Subject<'_>],
    ) -> (Region, Vec<(String, AccessLevel)>) {
        let is_possible = |action: &str, region: &Region| {
            let mut narrow = region.clone();
            narrow.actions.push(Match::any(vec![action.to_owned()]));
            !self
                .newly_allowed(&narrow, granted, Search::Any)
                .is_proved()
        };
        if let [list] = region.actions.as_slice()
            && !list.negated
            && list.patterns.len() > 1
            && list.patterns.len() <= ASKED
        {
            let mut list = list.clone();
            list.patterns.retain(|p| is_possible(p, &region));
            region.actions = vec![list];
        }
        let mut actions = region::actions(&region, self.pair.asking.catalogue);
        if actions.len() <= ASKED {
            actions.retain(|(name, _)| is_possible(name, &region));
        }
        (region, actions)
    }

    pub(super) fn lines(&self, request: &crate::engine::Request) -> Vec<super::model::Line> {
        let nothing = Vec::new;
        let other = self
            .other
            .as_ref()
            .map_or_else(nothing, Standing::everything);
        let allowing = self.one.everything();
        let cause = cause(request, &allowing, &other, &self.pair.asking.semantics);
        let (one, opposite) = sides(self.seen.direction);
        let mut lines = self.texts.lines(&cause.allows, one);
        lines.extend(self.texts.lines(&cause.denies, opposite));
        lines
    }

    fn undecided(&self, reason: String, outcome: &mut Outcome) {
        let (kind, name) = self.person.subject();
        outcome.undecided.push(Undecided {
            subject: Named {
                kind,
                name,
                accounts: vec![self.one.account.0.clone()],
            },
            direction: self.seen.direction,
            reason,
        });
    }
}

/// The side that allows, and the other.
pub(super) fn sides(direction: Direction) -> (LineSide, LineSide) {
    match direction {
        Direction::Gain => (LineSide::New, LineSide::Old),
        Direction::Loss => (LineSide::Old, LineSide::New),
    }
}
