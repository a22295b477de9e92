#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "generators over fixed tables, and tests that fail by panicking"
)]
//! The symbolic engine against brute force: on generated policies over a small universe, what it proves no request
//! of the universe contradicts (its refutations are replayed by the engine itself), and laws that answers obey.

use std::borrow::Cow;

use bailiwick::engine::concrete::{self, CompiledPolicy, Decision};
use bailiwick::engine::question::{
    Effective, Finding, Reason, StatementQuestion, Subject, disjoint, implies, implies_both,
    implies_within, statement,
};
use bailiwick::engine::region::{self, Difference};
use bailiwick::engine::{Attached, Principal, Semantics, Values};
use bailiwick::iam::{Effect, PolicyKind};
use bailiwick::ir::{Condition, Match, Origin, Policy, Statement};
use proptest::prelude::*;

#[path = "agree/universe.rs"]
mod universe;

use universe::{Dice, asking, attached, callers, condition, policy, request, semantics};

/// What a run has come to.
#[derive(Default, Debug)]
struct Tally {
    proved: usize,
    refuted: usize,
    unknown: usize,
}

impl Tally {
    fn count(&mut self, finding: &Finding, seed: u64) {
        match finding {
            Finding::Proved => self.proved += 1,
            Finding::Refuted(_) => self.refuted += 1,
            Finding::Unknown(Reason::Disagreement(request)) => {
                panic!("seed {seed}: the evaluators disagree on {request:#?}")
            }
            Finding::Unknown(_) => self.unknown += 1,
        }
    }
}

/// How many cases to generate; `AGREE=100` makes it a hundred times as many.
#[expect(
    clippy::disallowed_methods,
    reason = "a longer run is asked for by hand"
)]
fn cases(few: u64) -> u64 {
    let factor = std::env::var("AGREE")
        .ok()
        .and_then(|f| f.parse::<u64>().ok());
    few * factor.unwrap_or(1)
}

fn documents_agree(kind: PolicyKind, seeds: std::ops::Range<u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let semantics = semantics(&mut dice);
        let (one, two) = (policy(&mut dice, kind), policy(&mut dice, kind));
        let asking = asking(semantics);
        let finding = implies(&Subject::document(&one), &Subject::document(&two), &asking);
        tally.count(&finding, seed);
        if !finding.is_proved() {
            continue;
        }
        let (a, b) = (
            CompiledPolicy::new(&one, &semantics),
            CompiledPolicy::new(&two, &semantics),
        );
        for _ in 0..600 {
            let caller = callers()[dice.roll(5)].clone();
            let request = request(&mut dice, &caller);
            let outside = concrete::allows_alone(&a, &request, &semantics)
                && !concrete::allows_alone(&b, &request, &semantics);
            assert!(
                !outside,
                "seed {seed}: proved, but {request:#?}\n{one:#?}\n{two:#?}"
            );
        }
    }
    tally
}

#[test]
fn documents_without_principals() {
    let tally = documents_agree(PolicyKind::ManagedPolicy, 1..1 + cases(600));
    println!("{tally:?}");
    assert!(tally.proved > 20 && tally.refuted > 200, "{tally:?}");
    assert!(tally.unknown * 40 < tally.refuted, "{tally:?}");
}

#[test]
fn documents_with_principals() {
    let tally = documents_agree(PolicyKind::ResourcePolicy, 5001..5001 + cases(250));
    println!("{tally:?}");
    assert!(tally.proved > 5 && tally.refuted > 60, "{tally:?}");
    assert!(tally.unknown * 20 < tally.refuted, "{tally:?}");
}

fn composed_agree(
    seeds: std::ops::Range<u64>,
    choose: impl Fn(&mut Dice) -> (Semantics, Principal),
) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (semantics, caller) = choose(&mut dice);
        let (one, two) = (attached(&mut dice), attached(&mut dice));
        let subject = |attached: &Attached<Policy>| {
            Subject::Effective(Box::new(Effective {
                principal: &caller,
                attached: attached.map(|p| Cow::Owned(p.clone())),
                resource_account: Some("111122223333"),
            }))
        };
        let finding = implies(&subject(&one), &subject(&two), &asking(semantics));
        tally.count(&finding, seed);
        if !finding.is_proved() {
            continue;
        }
        for _ in 0..300 {
            let mut request = request(&mut dice, &caller);
            // The question is about requests whose keys follow from the caller.
            for (key, value) in request.implied_keys() {
                request.context.set(key, Values::One(value));
            }
            if !matches!(caller, Principal::User(_)) {
                request.context.remove("aws:username");
            }
            let allowed = |a: &Attached<Policy>| {
                concrete::evaluate_once(a, &request, &semantics).decision == Decision::Allowed
            };
            assert!(
                !allowed(&one) || allowed(&two),
                "seed {seed}: proved, but {request:#?}\n{one:#?}\n{two:#?}"
            );
        }
    }
    tally
}

#[test]
fn effective_permission() {
    let tally = composed_agree(9001..9001 + cases(200), |dice| {
        (semantics(dice), callers()[dice.roll(5)].clone())
    });
    println!("{tally:?}");
    assert!(
        tally.proved > 20 && tally.refuted > 20 && tally.unknown < 20,
        "{tally:?}"
    );
}

/// A scope with few actions and the same scope in words that keep the engine from cutting policies down to it, and
/// from remembering what their lists of resources came to.
#[test]
fn what_is_cut_down_to_a_few_actions_means_the_same() {
    let mut tally = Tally::default();
    for seed in 30_001..30_001 + cases(150) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (semantics, caller) = (semantics(&mut dice), callers()[dice.roll(5)].clone());
        let (own, limit) = (attached(&mut dice), attached(&mut dice));
        let mut scope = policy(&mut dice, PolicyKind::ManagedPolicy);
        scope.statements.retain(|s| s.effect == Effect::Allow);
        scope.statements.truncate(2);
        for statement in &mut scope.statements {
            let name = request(&mut dice, &caller).action;
            statement.action = Match::any(vec![name]);
        }
        // `*` under a condition that never holds, and the resources in an order and number of their own.
        let mut wide = scope.clone();
        wide.statements.push(Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::everything(),
            resource: Some(Match::everything()),
            condition: Condition::False,
            origin: Origin::default(),
        });
        let longer = |policy: &Policy| {
            let mut policy = policy.clone();
            for matched in policy
                .statements
                .iter_mut()
                .filter_map(|s| s.resource.as_mut())
            {
                let again = matched.patterns.iter().rev().cloned();
                matched.patterns = again.chain(matched.patterns.iter().cloned()).collect();
            }
            policy
        };
        let subject = |attached: &Attached<Policy>, change: &dyn Fn(&Policy) -> Policy| {
            Subject::Effective(Box::new(Effective {
                principal: &caller,
                attached: attached.map(|p| Cow::Owned(change(p))),
                resource_account: Some("111122223333"),
            }))
        };
        let asking = asking(semantics);
        let (few, all) = (Subject::document(&scope), Subject::document(&wide));
        let (narrow, whole) = (subject(&own, &Policy::clone), subject(&own, &longer));
        let (small, big) = (subject(&limit, &Policy::clone), subject(&limit, &longer));
        let pairs = [
            (
                disjoint(&narrow, &few, &asking),
                disjoint(&whole, &all, &asking),
            ),
            (
                implies(&few, &narrow, &asking),
                implies(&all, &whole, &asking),
            ),
            (
                implies_within(&narrow, &small, &scope, &asking),
                implies_within(&whole, &big, &wide, &asking),
            ),
        ];
        for (one, other) in &pairs {
            tally.count(one, seed);
            let settled = |f: &Finding| !matches!(f, Finding::Unknown(_));
            assert!(
                one.is_proved() == other.is_proved() || !settled(one) || !settled(other),
                "seed {seed}: {one:?} and {other:?}\n{scope:#?}\n{own:#?}"
            );
        }
    }
    println!("{tally:?}");
    assert!(tally.proved > 200 && tally.refuted > 70, "{tally:?}");
}

/// X8 to X10 matter to few policies: variables as values of `Bool`, wildcards in values of variables, federated users.
#[test]
fn effective_permission_under_rare_settings() {
    let settings = [
        "variables-in-bool=substituted",
        "wildcards-in-variable-values=active",
        "federated-user-without-session-policy=like-user",
        "federated-user-without-session-policy=denied",
    ];
    let user = "arn:aws:sts::111122223333:federated-user/bob";
    let tally = composed_agree(20_001..20_001 + cases(120), |dice| {
        let semantics = Semantics::parse([*dice.pick(&settings)]).unwrap();
        (semantics, Principal::parse(user).unwrap())
    });
    println!("{tally:?}");
    assert!(tally.proved > 15 && tally.refuted > 5, "{tally:?}");
}

/// A request lies in some region if and only if the left allows it and the right does not.
#[test]
fn regions_cover_a_difference_exactly() {
    let (mut described, mut inside, mut unknown) = (0, 0, 0);
    for seed in 30_001..30_001 + cases(150) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let semantics = semantics(&mut dice);
        let kind = match dice.roll(3) {
            0 => PolicyKind::ResourcePolicy,
            _ => PolicyKind::ManagedPolicy,
        };
        let (one, two) = (policy(&mut dice, kind), policy(&mut dice, kind));
        let regions = match region::difference(&[&one], &[&two], &asking(semantics)) {
            Difference::Regions(regions) => regions,
            Difference::Unknown(Reason::Disagreement(request)) => {
                panic!("seed {seed}: the evaluators disagree on {request:#?}")
            }
            Difference::Unknown(_) => {
                unknown += 1;
                continue;
            }
        };
        described += 1;
        let allows = |policy: &Policy, request: &_| {
            let compiled = CompiledPolicy::new(policy, &semantics);
            concrete::allows_alone(&compiled, request, &semantics)
        };
        let documents: Vec<Vec<Policy>> = regions.iter().map(|r| r.documents(kind)).collect();
        for _ in 0..200 {
            let caller = callers()[dice.roll(5)].clone();
            let request = request(&mut dice, &caller);
            let differs = allows(&one, &request) && !allows(&two, &request);
            let covered = documents
                .iter()
                .any(|region| region.iter().all(|d| allows(d, &request)));
            inside += usize::from(covered);
            assert_eq!(
                differs, covered,
                "seed {seed}: {request:#?}\n{one:#?}\n{two:#?}\n{regions:#?}"
            );
        }
    }
    println!("{described} described, {inside} requests inside, {unknown} unknown");
    assert!(
        described > 100 && inside > 1000,
        "{described} {inside} {unknown}"
    );
}

fn pair(seed: u64) -> (Policy, Policy) {
    let mut dice = Dice(seed | 1);
    let kind = PolicyKind::ManagedPolicy;
    (policy(&mut dice, kind), policy(&mut dice, kind))
}

fn is_not_refuted(finding: &Finding) -> bool {
    !matches!(
        finding,
        Finding::Refuted(_) | Finding::Unknown(Reason::Disagreement(_))
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_policy_equals_itself_rearranged(seed in 1_u64..) {
        let (policy, _) = pair(seed);
        let mut other = policy.clone();
        other.statements.reverse();
        for statement in &mut other.statements {
            statement.action.patterns.reverse();
            let doubled = statement.action.patterns.clone();
            statement.action.patterns.extend(doubled);
            statement.condition = statement.condition.clone().negate().negate();
        }
        let again = other.statements.clone();
        other.statements.extend(again);
        let (a, b) = implies_both(
            &Subject::document(&policy), &Subject::document(&other), &asking(Semantics::default()));
        prop_assert!(a.is_proved() && b.is_proved(), "{:?} {:?}", a, b);
    }

    #[test]
    fn splitting_values_into_statements_changes_nothing(seed in 1_u64..) {
        let (mut policy, _) = pair(seed);
        for statement in &mut policy.statements {
            statement.action.negated = false;
        }
        let mut split = policy.clone();
        split.statements = policy.statements.iter().flat_map(|s| {
            s.action.patterns.iter().map(|p| Statement {
                action: Match::any(vec![p.clone()]),
                ..s.clone()
            })
        }).collect();
        let (a, b) = implies_both(
            &Subject::document(&policy), &Subject::document(&split), &asking(Semantics::default()));
        prop_assert!(a.is_proved() && b.is_proved(), "{:?} {:?}", a, b);
    }

    #[test]
    fn a_deny_narrows_and_an_allow_widens(seed in 1_u64..) {
        let (policy, other) = pair(seed);
        let asking = asking(Semantics::default());
        let mut denied = policy.clone();
        denied.statements.extend(other.statements.iter().map(|s| Statement {
            effect: Effect::Deny, ..s.clone()
        }));
        let mut wider = policy.clone();
        wider.statements.extend(other.statements.iter().map(|s| Statement {
            effect: Effect::Allow, ..s.clone()
        }));
        let narrow = implies(&Subject::document(&denied), &Subject::document(&policy), &asking);
        let wide = implies(&Subject::document(&policy), &Subject::document(&wider), &asking);
        prop_assert!(is_not_refuted(&narrow) && is_not_refuted(&wide), "{:?} {:?}", narrow, wide);
    }

    #[test]
    fn implication_is_transitive_and_meets_disjointness(seed in 1_u64..) {
        let (a, b) = pair(seed);
        let (c, _) = pair(seed.rotate_left(17));
        let asking = asking(Semantics::default());
        let [a, b, c] = [&a, &b, &c].map(Subject::document);
        if implies(&a, &b, &asking).is_proved() && implies(&b, &c, &asking).is_proved() {
            prop_assert!(is_not_refuted(&implies(&a, &c, &asking)));
        }
        if disjoint(&a, &b, &asking).is_proved() && implies(&c, &b, &asking).is_proved() {
            prop_assert!(is_not_refuted(&disjoint(&a, &c, &asking)));
        }
    }

    #[test]
    fn a_condition_and_its_complement_are_everything(seed in 1_u64..) {
        let mut dice = Dice(seed);
        let own = condition(&mut dice);
        let plain = |condition: Condition| Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::everything(),
            resource: Some(Match::everything()),
            condition,
            origin: Origin::default(),
        };
        let with = |statements: Vec<Statement>| Policy {
            kind: PolicyKind::ManagedPolicy,
            name: String::new(),
            statements,
            details: bailiwick::ir::Details::default(),
            origin: Origin::default(),
        };
        let all = with(vec![plain(Condition::True)]);
        let both = with(vec![plain(own.clone()), plain(own.negate())]);
        let found = implies(
            &Subject::document(&all), &Subject::document(&both), &asking(Semantics::default()));
        prop_assert!(found.is_proved(), "{:?}", found);
    }

    #[test]
    fn redundant_statements_can_go(seed in 1_u64..) {
        let (policy, _) = pair(seed);
        let asking = asking(Semantics::default());
        for index in 0..policy.statements.len() {
            let redundant = statement(StatementQuestion::Redundant, &policy, index, &[], &asking);
            let dead = statement(StatementQuestion::Dead, &policy, index, &[], &asking);
            let shadowed = statement(StatementQuestion::Shadowed, &policy, index, &[], &asking);
            let fewer = Policy {
                statements: policy.statements.iter().enumerate()
                    .filter(|(i, _)| *i != index).map(|(_, s)| s.clone()).collect(),
                ..policy.clone()
            };
            let (a, b) = implies_both(
                &Subject::document(&policy), &Subject::document(&fewer), &asking);
            prop_assert_eq!(redundant.is_proved(), a.is_proved() && b.is_proved());
            if dead.is_proved() {
                prop_assert!(is_not_refuted(&redundant) && is_not_refuted(&shadowed));
            }
            for finding in [&redundant, &dead, &shadowed] {
                prop_assert!(!matches!(finding, Finding::Unknown(Reason::Disagreement(_))), "{:?}", finding);
            }
        }
    }
}
