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
    Asking, Effective, Finding, Reason, StatementQuestion, Subject, World, disjoint, implies,
    implies_both, implies_within, statement, what_can, who_can,
};
use bailiwick::engine::region::{self, Difference};
use bailiwick::engine::{Attached, Principal, Semantics};
use bailiwick::iam::{Effect, PolicyKind};
use bailiwick::ir::{Condition, Match, Origin, Policy, Statement};
use proptest::prelude::*;

#[path = "agree/catalogue.rs"]
mod catalogue;
#[path = "agree/operators.rs"]
mod operators;
#[path = "agree/universe.rs"]
mod universe;

use catalogue::{as_asked, known_request};
use universe::{ACTIONS, Dice, asking, attached, callers, condition, policy, request, semantics};

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

/// The table of docs/engine.md: `cargo test --release --test agree every_operator -- --nocapture`, with `AGREE=20` for its counts.
#[test]
fn every_operator_under_every_qualifier() {
    let table = operators::table(cases(4));
    println!(
        "| operator | pairs | proved | refuted | shown by the universe too | unknown | requests tried |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, row) in &table {
        println!(
            "| `{name}` | {} | {} | {} | {} | {} | {} |",
            row.pairs, row.proved, row.refuted, row.shown, row.unknown, row.requests
        );
    }
    let unknown: usize = table.values().map(|r| r.unknown).sum();
    let pairs: usize = table.values().map(|r| r.pairs).sum();
    let shown: usize = table.values().map(|r| r.shown).sum();
    let proved: usize = table.values().map(|r| r.proved).sum();
    assert!(unknown * 40 < pairs, "{unknown} of {pairs} unknown");
    assert!(
        proved * 10 > pairs && shown * 3 > pairs,
        "{proved} and {shown} of {pairs}"
    );
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
            let request = as_asked(request(&mut dice, &caller), &caller);
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

fn effective<'a>(caller: &'a Principal, attached: &Attached<Policy>) -> Subject<'a> {
    Subject::Effective(Box::new(Effective {
        principal: caller,
        attached: attached.map(|p| Cow::Owned(p.clone())),
        resource_account: Some("111122223333"),
    }))
}

/// A scope of Allows.
fn scope(dice: &mut Dice) -> Policy {
    let mut scope = policy(dice, PolicyKind::ManagedPolicy);
    scope.statements.retain(|s| s.effect == Effect::Allow);
    scope
}

/// Of several principals, each with policies in all places, those are left out who can do nothing of a scope.
#[test]
fn who_can_leaves_out_only_those_who_cannot() {
    let (mut out, mut named, mut unknown, mut missed) = (0, 0, 0, 0);
    for seed in 40_001..40_001 + cases(30) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let semantics = semantics(&mut dice);
        let scope = scope(&mut dice);
        let callers = callers();
        let estates: Vec<Attached<Policy>> = callers.iter().map(|_| attached(&mut dice)).collect();
        let subjects: Vec<Subject<'_>> = callers
            .iter()
            .zip(&estates)
            .map(|(c, a)| effective(c, a))
            .collect();
        let able = who_can(&subjects, &scope, &asking(semantics));
        let asked = CompiledPolicy::new(&scope, &semantics);
        for (i, (caller, estate)) in callers.iter().zip(&estates).enumerate() {
            let can = (0..300).any(|_| {
                let request = as_asked(request(&mut dice, caller), caller);
                concrete::allows_alone(&asked, &request, &semantics)
                    && concrete::evaluate_once(estate, &request, &semantics).is_allowed()
            });
            match able
                .iter()
                .find(|(who, _)| *who == i)
                .map(|(_, finding)| finding)
            {
                None => {
                    assert!(!can, "seed {seed}: {caller} can\n{scope:#?}\n{estate:#?}");
                    out += 1;
                }
                Some(Finding::Unknown(Reason::Disagreement(request))) => {
                    panic!("seed {seed}: the evaluators disagree on {request:#?}")
                }
                Some(Finding::Unknown(_)) => unknown += 1,
                Some(_) => {
                    named += 1;
                    missed += usize::from(!can);
                }
            }
        }
    }
    println!(
        "{out} cannot, {named} can ({missed} by requests outside the universe), {unknown} unknown"
    );
    assert!(
        out > 30 && named > 15 && unknown * 20 < named,
        "{out} {named} {unknown}"
    );
}

/// Of the actions of the universe, what a principal can do of a scope in the catalogue's world.
#[test]
fn what_can_names_every_action_that_the_catalogue_lets_through() {
    let (mut out, mut named, mut unknown) = (0, 0, 0);
    for seed in 50_001..50_001 + cases(60) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (semantics, caller) = (semantics(&mut dice), callers()[dice.roll(5)].clone());
        let mut scope = scope(&mut dice);
        for statement in &mut scope.statements {
            statement.action = Match::any(ACTIONS.iter().map(|a| (*a).to_owned()).collect());
        }
        let mut estate = attached(&mut dice);
        if dice.roll(3) > 0 {
            // Fewer places leave more to be done.
            estate.session.clear();
            estate.endpoint.clear();
            estate.rcps.clear();
            estate.scps.truncate(1);
        }
        let able = what_can(&effective(&caller, &estate), &scope, &asking(semantics));
        let asked = CompiledPolicy::new(&scope, &semantics);
        for action in ACTIONS {
            let found = able.iter().find(|c| c.action == *action);
            let can = (0..300).find_map(|_| {
                let request = known_request(&mut dice, &caller, action);
                let allowed = concrete::allows_alone(&asked, &request, &semantics)
                    && concrete::evaluate_once(&estate, &request, &semantics).is_allowed();
                allowed.then_some(request)
            });
            match found.map(|c| &c.finding) {
                None => {
                    assert!(
                        can.is_none(),
                        "seed {seed}: {can:#?}\n{scope:#?}\n{estate:#?}"
                    );
                    out += 1;
                }
                Some(Finding::Unknown(Reason::Disagreement(request))) => {
                    panic!("seed {seed}: the evaluators disagree on {request:#?}")
                }
                Some(Finding::Unknown(_)) => unknown += 1,
                Some(Finding::Refuted(witness)) => {
                    assert!(witness.in_catalogue, "seed {seed}: {witness:?}");
                    named += 1;
                }
                Some(Finding::Proved) => panic!("seed {seed}: {action} is named and impossible"),
            }
        }
    }
    println!("{out} cannot be done, {named} can, {unknown} unknown");
    assert!(
        out > 100 && named > 8 && unknown * 20 < named,
        "{out} {named} {unknown}"
    );
}

/// Effective permission against effective permission in the catalogue's world.
#[test]
fn effective_permission_in_the_catalogue_world() {
    let mut tally = Tally::default();
    for seed in 60_001..60_001 + cases(40) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let (semantics, caller) = (semantics(&mut dice), callers()[dice.roll(5)].clone());
        let (one, two) = (attached(&mut dice), attached(&mut dice));
        let asking = Asking {
            world: World::Catalogue,
            ..asking(semantics)
        };
        let finding = implies(
            &effective(&caller, &one),
            &effective(&caller, &two),
            &asking,
        );
        tally.count(&finding, seed);
        if !finding.is_proved() {
            continue;
        }
        for action in ACTIONS {
            for _ in 0..100 {
                let request = known_request(&mut dice, &caller, action);
                let allowed = |a: &Attached<Policy>| {
                    concrete::evaluate_once(a, &request, &semantics).is_allowed()
                };
                assert!(
                    !allowed(&one) || allowed(&two),
                    "seed {seed}: proved, but {request:#?}\n{one:#?}\n{two:#?}"
                );
            }
        }
    }
    println!("{tally:?}");
    assert!(
        tally.proved > 20 && tally.refuted > 2 && tally.unknown < 10,
        "{tally:?}"
    );
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
