//! Policies made to be hard: whatever they are, an answer comes within the budget, without exhausting memory.

#![expect(clippy::panic, reason = "a test that fails does so by panicking")]

use std::time::{Duration, Instant};

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::Semantics;
use bailiwick::engine::question::{
    Asking, Finding, Reason, StatementQuestion, Subject, implies_both, statement,
};
use bailiwick::engine::region::{self, Difference};
use bailiwick::iam::{BaseOperator, Effect, Operator, PolicyKind};
use bailiwick::ir::{Condition, Details, Match, Origin, Policy, Statement, Test};

/// Far more than any of these takes on a busy machine in a debug build; a hang takes longer.
const PATIENCE: Duration = Duration::from_secs(120);

fn of(effect: Effect, action: &str, resource: String, condition: Condition) -> Statement {
    Statement {
        sid: None,
        effect,
        principal: None,
        action: Match::any(vec![action.to_owned()]),
        resource: Some(Match::any(vec![resource])),
        condition,
        origin: Origin::default(),
    }
}

fn policy(statements: Vec<Statement>) -> Policy {
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: String::new(),
        statements,
        details: Details::default(),
        origin: Origin::default(),
    }
}

fn like(key: &str, value: String) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(BaseOperator::StringLike),
        key: key.to_owned(),
        multi_valued: false,
        values: vec![value],
        span: None,
    })
}

fn asking() -> Asking<'static> {
    Asking {
        steps: 200_000,
        ..Asking::new(Catalogue::embedded())
    }
}

/// Decided, or out of steps; nothing else, and in time.
fn ends(one: &Policy, two: &Policy) -> [Finding; 2] {
    let start = Instant::now();
    let (a, b) = implies_both(&Subject::document(one), &Subject::document(two), &asking());
    for finding in [&a, &b] {
        match finding {
            Finding::Proved | Finding::Refuted(_) | Finding::Unknown(Reason::Budget) => {}
            Finding::Unknown(reason) => panic!("{reason}"),
        }
    }
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    [a, b]
}

#[test]
fn thousands_of_statements() {
    let many = |count: usize, effect: Effect| {
        let statements = (0..count).map(|i| {
            of(
                effect,
                "s3:GetObject",
                format!("arn:aws:s3:::b{i}/*"),
                Condition::True,
            )
        });
        statements.collect::<Vec<_>>()
    };
    let (one, two) = (many(3000, Effect::Allow), many(2999, Effect::Allow));
    let [narrows, widens] = ends(&policy(one.clone()), &policy(two.clone()));
    assert!(narrows.witness().is_some() && widens.is_proved());
    let mut denied = one.clone();
    denied.extend(many(1500, Effect::Deny));
    let [narrows, widens] = ends(&policy(one), &policy(denied));
    assert!(narrows.witness().is_some() && widens.is_proved());
}

#[test]
fn globs_that_overlap_deeply() {
    let words = |stars: usize, letters: &str| -> String {
        let cycle = letters.chars().cycle();
        cycle.take(stars).map(|c| format!("*{c}")).collect()
    };
    let resource = |stars: usize, letters: &str| format!("arn:aws:s3:::{}*", words(stars, letters));
    let all = |letters: &[&str]| {
        let statements = letters.iter().enumerate().map(|(i, l)| {
            of(
                Effect::Allow,
                "s3:GetObject",
                resource(12 + i, l),
                Condition::True,
            )
        });
        policy(statements.collect())
    };
    ends(
        &all(&["ab", "ba", "aab", "bba"]),
        &all(&["abc", "cab", "bca", "a?b"]),
    );
    let question_marks = |count: usize| {
        let statements = (0..count).map(|i| {
            let marks = "?".repeat(i);
            of(
                Effect::Allow,
                "s3:GetObject",
                format!("arn:aws:s3:::*a{marks}"),
                Condition::True,
            )
        });
        policy(statements.collect())
    };
    ends(&question_marks(24), &question_marks(23));
}

/// A name of a hundred thousand letters was read with a call for each, and positions in it counted modulo 65,536: one
/// pattern filled the stack, another was proved to be within one that lacks a member of it.
#[test]
fn patterns_as_long_as_a_book() {
    let long = "x".repeat(100_000);
    let on = |resource: String| {
        policy(vec![of(
            Effect::Allow,
            "s3:Get*",
            resource,
            Condition::True,
        )])
    };
    let to = |action: String| {
        policy(vec![of(
            Effect::Allow,
            &action,
            "*".to_owned(),
            Condition::True,
        )])
    };
    let when = |value: String| {
        let condition = like("aws:PrincipalTag/t", value);
        policy(vec![of(Effect::Allow, "s3:*", "*".to_owned(), condition)])
    };
    let pairs = [
        (
            on(format!("arn:aws:s3:{long}*::b")),
            on(format!("arn:aws:s3:{long}?::b")),
        ),
        (
            on(format!("arn:aws:s3:::{long}*")),
            on(format!("arn:aws:s3:::{long}?")),
        ),
        (
            on(format!("arn:aws:s3:::{long}${{aws:username}}")),
            on(format!("arn:aws:s3:::{long}")),
        ),
        (to(format!("s3:{long}*")), to(format!("s3:?{long}"))),
        (when(format!("{long}*")), when(format!("?{long}?"))),
        (when("*x".repeat(50_000)), when("*xx".repeat(30_000))),
    ];
    for (one, two) in &pairs {
        for finding in ends(one, two) {
            assert_eq!(finding, Finding::Unknown(Reason::Budget));
        }
    }
}

/// Under this reading every wildcard may lie across every colon: the ways multiply.
#[test]
fn wildcards_that_lie_across_colons_in_too_many_ways() {
    let on = |resource: String| {
        policy(vec![of(
            Effect::Allow,
            "s3:Get*",
            resource,
            Condition::True,
        )])
    };
    let whole = Asking {
        semantics: Semantics::parse(["resource-wildcards=whole-string"]).unwrap(),
        ..asking()
    };
    for pattern in ["*a".repeat(40), "?".repeat(60), "*?".repeat(30)] {
        let start = Instant::now();
        let (one, two) = (on(format!("arn:{pattern}*")), on(format!("arn:{pattern}")));
        let (one, two) = (Subject::document(&one), Subject::document(&two));
        let found = implies_both(&one, &two, &whole);
        let spent = Finding::Unknown(Reason::Budget);
        assert_eq!(found, (spent.clone(), spent));
        assert!(start.elapsed() < PATIENCE);
    }
}

/// Lists that were held against each other member by member, hundreds of millions of times.
#[test]
fn lists_of_thousands() {
    let start = Instant::now();
    let listed = |patterns: Vec<String>| {
        let mut one = of(
            Effect::Allow,
            "s3:GetObject",
            String::new(),
            Condition::True,
        );
        one.resource = Some(Match::any(patterns));
        policy(vec![one])
    };
    let named =
        |extra: &'static str| (0..20_000).map(move |i| format!("arn:aws:s3:::*b{i}*{extra}"));
    let (one, less) = (
        listed(named("").collect()),
        listed(named("").skip(1).collect()),
    );
    let more = listed(named("").chain(named("x*")).collect());
    let plenty = Asking::new(Catalogue::embedded());
    let ask = |a: &Policy, b: &Policy| {
        implies_both(&Subject::document(a), &Subject::document(b), &plenty)
    };
    let (narrows, widens) = ask(&one, &more);
    assert!(
        narrows.is_proved() && widens.is_proved(),
        "{narrows:?} {widens:?}"
    );
    let (narrows, widens) = ask(&one, &less);
    assert!(
        narrows.witness().is_some() && widens.is_proved(),
        "{narrows:?} {widens:?}"
    );
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
}

#[test]
fn conditions_that_multiply() {
    let clause = |i: usize| {
        let literals = (0..3).map(|j| {
            let key = format!("x:k{}", (i * 7 + j * 5) % 17);
            let test = like(&key, format!("{}*", ["a", "b", "ab"][(i + j) % 3]));
            if (i + j).is_multiple_of(2) {
                test.negate()
            } else {
                test
            }
        });
        Condition::any(literals)
    };
    let hard = |count: usize| {
        let condition = Condition::all((0..count).map(clause));
        policy(vec![of(Effect::Allow, "*", "*".to_owned(), condition)])
    };
    ends(&hard(90), &hard(91));
}

/// Denials under three conditions each, near where such puzzles are hardest. The work of the Boolean solver did not count,
/// and the steps lasted for minutes.
#[test]
fn a_boolean_puzzle_is_given_up_in_time() {
    let deny = |i: usize| {
        // Numbers that look like chance and are the same everywhere.
        let mut state = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let tests = (0..3).map(|_| {
            state = (state ^ (state >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let test = like(&format!("x:k{}", (state >> 33) % 259), "v*".to_owned());
            if state & 1 == 0 { test } else { test.negate() }
        });
        let condition = Condition::all(tests.collect::<Vec<_>>());
        of(Effect::Deny, "s3:*", "*".to_owned(), condition)
    };
    let puzzle = |count: usize| {
        let all = of(Effect::Allow, "s3:*", "*".to_owned(), Condition::True);
        policy(std::iter::once(all).chain((0..count).map(deny)).collect())
    };
    ends(&puzzle(1024), &puzzle(1023));
}

#[test]
fn variables_that_tie_everything() {
    let tied = |count: usize| {
        let statements = (0..count).map(|i| {
            let condition = like(
                &format!("x:k{i}"),
                format!("a${{x:k{}}}b*", (i + 1) % count),
            );
            of(
                Effect::Allow,
                "s3:*",
                "arn:aws:s3:::${x:k0}/*".to_owned(),
                condition,
            )
        });
        policy(statements.collect())
    };
    let start = Instant::now();
    let (one, two) = (tied(12), tied(11));
    // Either answer and either reason will do: this is beyond the fragment.
    let found = implies_both(
        &Subject::document(&one),
        &Subject::document(&two),
        &asking(),
    );
    assert!(!matches!(
        found.0,
        Finding::Unknown(Reason::Disagreement(_))
    ));
    assert!(start.elapsed() < PATIENCE);
}

#[test]
fn regions_and_statements_end_too() {
    let overlapping = |count: usize, effect: Effect| {
        (0..count)
            .map(|i| {
                let (a, b) = (i % 5, i / 5);
                let resource = format!("arn:aws:s3:::{a}*/{b}*");
                of(
                    effect,
                    "s3:GetObject",
                    resource,
                    like(&format!("x:{a}"), format!("*{b}")),
                )
            })
            .collect::<Vec<_>>()
    };
    let start = Instant::now();
    let left = policy(vec![of(
        Effect::Allow,
        "s3:*",
        "*".to_owned(),
        Condition::True,
    )]);
    let right = policy(overlapping(40, Effect::Allow));
    match region::difference(&[&left], &[&right], &asking()) {
        Difference::Regions(_) | Difference::Unknown(Reason::Budget) => {}
        Difference::Unknown(reason) => panic!("{reason}"),
    }
    let mut statements = overlapping(60, Effect::Deny);
    statements.extend(overlapping(60, Effect::Allow));
    let whole = policy(statements);
    let found = statement(StatementQuestion::Redundant, &whole, 3, &[], &asking());
    assert!(!matches!(found, Finding::Unknown(Reason::Disagreement(_))));
    assert!(start.elapsed() < PATIENCE);
}
