//! Whether two sets of documents that are attached together mean the same, whatever they are attached with.

use super::describe::Area;
use super::model::{Aspect, Excess, Part, State};
use crate::access::region::reduce::reduced;
use crate::engine::question::{Asking, Finding, Subject, implies_both};
use crate::engine::region::{Difference, Region, Search, occupant};
use crate::iam::document::Principals;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement};

/// Compares documents of the sources with deployed ones; `None` if they are the same even in their text.
///
/// What documents allow by themselves is half of what they mean: a Deny also takes away what others allow. Where there
/// is a Deny they are compared once more beside a document that allows everything.
pub(super) fn compare(
    part: Part,
    sources: &[&Policy],
    deployed: &[&Policy],
    asking: &Asking<'_>,
) -> Option<Aspect> {
    if texts(sources) == texts(deployed) {
        return None;
    }
    let alone = difference(part, sources, deployed, asking);
    if alone.state != State::Rewritten {
        return Some(alone);
    }
    let mut all = sources.iter().chain(deployed);
    let has_deny = all.any(|p| p.statements.iter().any(|s| s.effect == Effect::Deny));
    let kind = sources.iter().chain(deployed).next().map(|p| p.kind);
    let (true, Some(kind)) = (has_deny, kind) else {
        return Some(alone);
    };
    let open = allows_everything(kind);
    let beside = |policies: &[&'_ Policy]| -> Vec<Policy> {
        let all = policies.iter().map(|p| (*p).clone());
        all.chain([open.clone()]).collect()
    };
    let (sources, deployed) = (beside(sources), beside(deployed));
    let (sources, deployed): (Vec<&Policy>, Vec<&Policy>) =
        (sources.iter().collect(), deployed.iter().collect());
    let mut aspect = difference(part, &sources, &deployed, asking);
    if aspect.state == State::Changed {
        aspect.reason = Some("they deny otherwise, beside a policy that allows it".to_owned());
    }
    Some(aspect)
}

/// What only one side allows, by itself.
fn difference(
    part: Part,
    sources: &[&Policy],
    deployed: &[&Policy],
    asking: &Asking<'_>,
) -> Aspect {
    let subject = |policies: &[&'_ Policy]| -> Vec<Policy> {
        policies.iter().map(|p| (*p).clone()).collect()
    };
    let (left, right) = (subject(sources), subject(deployed));
    let left = Subject::Documents(left.iter().collect());
    let right = Subject::Documents(right.iter().collect());
    let (narrows, widens) = implies_both(&left, &right, asking);
    let unknown = [&narrows, &widens].into_iter().find_map(|f| match f {
        Finding::Unknown(reason) => Some(reason.to_string()),
        _ => None,
    });
    let mut aspect = Aspect::new(part, State::Rewritten);
    aspect.sources_only = excess(narrows, sources, deployed, asking);
    aspect.deployed_only = excess(widens, deployed, sources, asking);
    if aspect.sources_only.is_some() || aspect.deployed_only.is_some() {
        aspect.state = State::Changed;
    } else if unknown.is_some() {
        aspect.state = State::Undecided;
    }
    aspect.reason = unknown;
    aspect
}

fn excess(
    finding: Finding,
    more: &[&Policy],
    less: &[&Policy],
    asking: &Asking<'_>,
) -> Option<Excess> {
    let Finding::Refuted(witness) = finding else {
        return None;
    };
    let (within, outside) = (
        Subject::Documents(more.to_vec()),
        Subject::Documents(less.to_vec()),
    );
    // What is the same on both sides may lie between a region and every request in it.
    let is_real = |region: &Region| {
        let found = occupant(region, &[&within], &[&outside], Search::Any, asking);
        found != Finding::Proved
    };
    let (regions, regions_unknown) = match reduced(more, less, asking) {
        Difference::Regions(regions) => {
            let real = regions.iter().filter(|r| is_real(r));
            (real.map(Area::of).collect(), None)
        }
        Difference::Unknown(reason) => (Vec::new(), Some(reason.to_string())),
    };
    Some(Excess {
        regions,
        regions_unknown,
        witness: *witness,
    })
}

/// A document that allows everybody everything.
pub(super) fn allows_everything(kind: PolicyKind) -> Policy {
    Policy {
        kind,
        name: String::new(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: kind.has_principal().then_some(PrincipalMatch {
                negated: false,
                principals: Principals::Everyone,
            }),
            action: Match::everything(),
            resource: (kind != PolicyKind::Trust).then(Match::everything),
            condition: Condition::True,
            origin: Origin::default(),
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}

/// The statements as texts in which names, places and orders do not count.
fn texts(policies: &[&Policy]) -> Vec<String> {
    let all = policies.iter().flat_map(|p| &p.statements);
    let mut texts: Vec<String> = all.map(text).collect();
    texts.sort();
    texts
}

fn text(statement: &Statement) -> String {
    let sorted = |matched: &Match| {
        let mut patterns = matched.patterns.clone();
        patterns.sort();
        patterns.dedup();
        (matched.negated, patterns)
    };
    let principal = statement.principal.as_ref().map(|matched| {
        let mut all = match &matched.principals {
            Principals::Everyone => Vec::new(),
            Principals::Named(named) => named.clone(),
        };
        all.sort();
        let everyone = matched.principals == Principals::Everyone;
        (matched.negated, everyone, all)
    });
    format!(
        "{:?} {principal:?} {:?} {:?} {}",
        statement.effect,
        sorted(&statement.action),
        statement.resource.as_ref().map(sorted),
        condition_text(&statement.condition),
    )
}

fn condition_text(condition: &Condition) -> String {
    let parts = |parts: &[Condition]| {
        let mut texts: Vec<String> = parts.iter().map(condition_text).collect();
        texts.sort();
        texts.join("; ")
    };
    match condition {
        Condition::True => String::new(),
        Condition::False => "never".to_owned(),
        Condition::Test(test) => {
            let mut values = test.values.clone();
            values.sort();
            format!("{} {:?} {values:?}", test.key.to_lowercase(), test.operator)
        }
        Condition::Not(inner) => format!("not ({})", condition_text(inner)),
        Condition::All(all) => format!("all ({})", parts(all)),
        Condition::Any(any) => format!("any ({})", parts(any)),
    }
}
