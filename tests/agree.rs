#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "generators over fixed tables, and tests that fail by panicking"
)]
//! The symbolic engine against brute force: on generated policies over a small universe, what it proves no request
//! of the universe contradicts (its refutations are replayed by the engine itself), and laws that answers obey.

use std::borrow::Cow;

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::concrete::{self, CompiledPolicy, Decision};
use bailiwick::engine::question::{
    Asking, Effective, Finding, Reason, StatementQuestion, Subject, disjoint, implies,
    implies_both, statement,
};
use bailiwick::engine::{Attached, Context, Principal, Request, Semantics, Values};
use bailiwick::iam::condition::{BaseOperator, Family};
use bailiwick::iam::document::{self, PrincipalKind, Principals};
use bailiwick::iam::{Effect, Operator, PolicyKind, Qualifier};
use bailiwick::ir::{Condition, Match, Origin, Policy, PrincipalMatch, Statement, Test};
use proptest::prelude::*;

/// A small generator, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn pick<'t, T>(&mut self, table: &'t [T]) -> &'t T {
        let i = self.roll(table.len());
        &table[i]
    }

    fn some(&mut self, table: &[&str], most: usize) -> Vec<String> {
        let count = 1 + self.roll(most);
        (0..count).map(|_| (*self.pick(table)).to_owned()).collect()
    }
}

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:GetBucketAcl",
    "sqs:SendMessage",
];
const ACTION_PATTERNS: &[&str] = &[
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "s3:*Object",
    "s3:?etObject",
    "sqs:*",
    "s3:PutObject",
];
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/alice/k",
    "arn:aws:s3:::ab",
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "arn:aws:sqs:eu-west-1:444455556666:a:b",
];
const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::?b",
    "arn:*:sqs:*:111122223333:q",
    "arn:aws:sqs:*:q",
    "arn:aws:sqs:eu-*-1:*:a*b",
    "arn:aws:s3:::b/${aws:username}/*",
];

/// Keys with the values that requests can have; the family says which operators suit.
struct KeySpec {
    name: &'static str,
    multi: bool,
    requests: &'static [&'static str],
    policies: &'static [&'static str],
    families: &'static [Family],
}

const KEYS: &[KeySpec] = &[
    KeySpec {
        name: "x:s",
        multi: false,
        requests: &["", "a", "A", "ab", "b", "alice", "cab"],
        policies: &[
            "a",
            "A",
            "a*",
            "*b",
            "a*b",
            "?",
            "",
            "*",
            "${aws:username}",
            "a?",
            "c${aws:username}",
        ],
        families: &[Family::String],
    },
    KeySpec {
        name: "aws:username",
        multi: false,
        requests: &["alice", "b", "a", "ab"],
        policies: &["alice", "a*", "b", "*"],
        families: &[Family::String],
    },
    KeySpec {
        name: "aws:PrincipalArn",
        multi: false,
        requests: &[
            "arn:aws:iam::111122223333:role/a",
            "arn:aws:iam::444455556666:role/p:b",
            "x",
        ],
        policies: &[
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::111122223333:*",
            "arn:*:role/*",
            "x",
            "*",
            "arn:aws:iam::*:role/${aws:username}",
        ],
        families: &[Family::Arn, Family::String],
    },
    KeySpec {
        name: "s3:max-keys",
        multi: false,
        requests: &["1", "3", "3.5", "4", "5", "100"],
        policies: &["3", "4", "3.0", "x", "5"],
        families: &[Family::Numeric],
    },
    KeySpec {
        name: "x:n",
        multi: false,
        requests: &["1", "3", "3.5", "4", "x", "3.0"],
        policies: &["3", "4", "3.0", "x"],
        families: &[Family::Numeric, Family::String],
    },
    KeySpec {
        name: "aws:CurrentTime",
        multi: false,
        requests: &[
            "2026-01-01T00:00:00Z",
            "1767225600",
            "2025-06-01",
            "2027-01-01T00:00:00Z",
        ],
        policies: &["2026-01-01", "2026-01-01T00:00:01Z", "2026-06-01T00:00:00Z"],
        families: &[Family::Date],
    },
    KeySpec {
        name: "aws:SourceIp",
        multi: false,
        requests: &[
            "203.0.113.7",
            "10.0.0.1",
            "10.200.0.1",
            "2001:db8::1",
            "::1",
        ],
        policies: &[
            "10.0.0.0/8",
            "10.0.0.0/9",
            "10.128.0.0/9",
            "0.0.0.0/0",
            "::/0",
            "2001:db8::/32",
            "x",
        ],
        families: &[Family::Ip],
    },
    KeySpec {
        name: "aws:SecureTransport",
        multi: false,
        requests: &["true", "false"],
        policies: &["true", "false", "True"],
        families: &[Family::Bool],
    },
    KeySpec {
        name: "x:bin",
        multi: false,
        requests: &["YQ==", "Yg==", "YR==", "x"],
        policies: &["YQ==", "Yg==", "!"],
        families: &[Family::Binary],
    },
    KeySpec {
        name: "aws:TagKeys",
        multi: true,
        requests: &["a", "b", "ab", "c"],
        policies: &["a", "b", "a*", "*b", "*", "${aws:username}"],
        families: &[Family::String],
    },
];

fn test(dice: &mut Dice) -> Condition {
    let spec = dice.pick(KEYS);
    let family = *dice.pick(spec.families);
    let null = dice.roll(7) == 0;
    let bases: Vec<BaseOperator> = BaseOperator::ALL
        .iter()
        .copied()
        .filter(|b| {
            if null {
                b.family() == Family::Null
            } else {
                b.family() == family
            }
        })
        .collect();
    let mut operator = Operator::plain(*dice.pick(&bases));
    if dice.roll(if spec.multi { 8 } else { 3 }) > if spec.multi { 0 } else { 1 } {
        let qualifier = [Qualifier::ForAllValues, Qualifier::ForAnyValue];
        operator = operator.qualified(*dice.pick(&qualifier));
    }
    if !null && dice.roll(4) == 0 {
        operator = operator.if_exists();
    }
    let values = if null {
        dice.some(&["true", "false"], 1)
    } else {
        dice.some(spec.policies, 2)
    };
    let test = Condition::Test(Test {
        operator,
        key: spec.name.to_owned(),
        multi_valued: spec.multi,
        values,
        span: None,
    });
    match dice.roll(6) {
        0 => test.negate(),
        _ => test,
    }
}

fn condition(dice: &mut Dice) -> Condition {
    match dice.roll(6) {
        0 => Condition::True,
        1 | 2 => test(dice),
        3 | 4 => {
            let parts = vec![test(dice), test(dice)];
            Condition::all(parts)
        }
        _ => {
            let parts = vec![test(dice), test(dice)];
            Condition::any(parts)
        }
    }
}

fn named(dice: &mut Dice) -> PrincipalMatch {
    let table = [
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:role/a",
        "arn:aws:sts::111122223333:assumed-role/a/s",
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:iam::444455556666:root",
    ];
    let principals = match dice.roll(5) {
        0 => Principals::Everyone,
        _ => Principals::Named(
            dice.some(&table, 2)
                .into_iter()
                .map(|value| document::Principal {
                    kind: PrincipalKind::Aws,
                    value,
                })
                .collect(),
        ),
    };
    PrincipalMatch {
        negated: dice.roll(6) == 0,
        principals,
    }
}

fn policy(dice: &mut Dice, kind: PolicyKind) -> Policy {
    let count = 1 + dice.roll(3);
    let statements = (0..count)
        .map(|_| Statement {
            sid: None,
            effect: if dice.roll(3) == 0 {
                Effect::Deny
            } else {
                Effect::Allow
            },
            principal: kind.has_principal().then(|| named(dice)),
            action: Match {
                negated: dice.roll(8) == 0,
                patterns: dice.some(ACTION_PATTERNS, 2),
            },
            resource: Some(Match {
                negated: dice.roll(8) == 0,
                patterns: dice.some(RESOURCE_PATTERNS, 2),
            }),
            condition: condition(dice),
            origin: Origin::default(),
        })
        .collect();
    Policy {
        kind,
        name: "generated".to_owned(),
        statements,
        details: bailiwick::ir::Details::default(),
        origin: Origin::default(),
    }
}

fn request(dice: &mut Dice, principal: &Principal) -> Request {
    let mut context = Context::default();
    for spec in KEYS {
        let held = match (dice.roll(3), spec.multi) {
            (0, _) => continue,
            (_, false) => Values::One((*dice.pick(spec.requests)).to_owned()),
            (_, true) => Values::Many(match dice.roll(5) {
                0 => Vec::new(),
                n => (0..n.min(3))
                    .map(|_| (*dice.pick(spec.requests)).to_owned())
                    .collect(),
            }),
        };
        context.set(spec.name, held);
    }
    Request {
        principal: principal.clone(),
        action: (*dice.pick(ACTIONS)).to_owned(),
        resource: (*dice.pick(RESOURCES)).to_owned(),
        resource_account: Some("111122223333".to_owned()),
        context,
    }
}

fn callers() -> Vec<Principal> {
    [
        "arn:aws:iam::111122223333:user/alice",
        "arn:aws:sts::111122223333:assumed-role/a/s",
        "arn:aws:iam::444455556666:user/bob",
        "arn:aws:iam::111122223333:root",
    ]
    .iter()
    .map(|t| Principal::parse(t).unwrap())
    .chain([Principal::Anonymous])
    .collect()
}

fn semantics(dice: &mut Dice) -> Semantics {
    let settings = [
        "resource-wildcards=segment",
        "resource-wildcards=whole-string",
        "plain-operator-on-multivalued=any",
        "unresolved-variable-in-negated-operator=fails",
        "unresolved-variable-in-not-resource=inert",
        "short-arns=literal",
        "resource-case=exact",
        "resource-case=head",
        "not-principal=any-identity",
        "resource-type-wildcards=literal",
        "session-grant=needs-session-policy",
    ];
    match dice.roll(2) {
        0 => Semantics::default(),
        _ => Semantics::parse([*dice.pick(&settings)]).unwrap(),
    }
}

fn asking(semantics: Semantics) -> Asking<'static> {
    Asking {
        semantics,
        steps: 400_000,
        ..Asking::new(Catalogue::embedded())
    }
}

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

fn attached(dice: &mut Dice) -> Attached<Policy> {
    let list = |dice: &mut Dice, kind: PolicyKind, most: usize| -> Vec<Policy> {
        (0..dice.roll(most + 1))
            .map(|_| policy(dice, kind))
            .collect()
    };
    Attached {
        identity: list(dice, PolicyKind::InlinePolicy, 2),
        boundary: list(dice, PolicyKind::Boundary, 1).pop(),
        session: list(dice, PolicyKind::Session, 1),
        resource: list(dice, PolicyKind::ResourcePolicy, 1).pop(),
        endpoint: list(dice, PolicyKind::ResourcePolicy, 1),
        scps: (0..dice.roll(3))
            .map(|_| list(dice, PolicyKind::Scp, 2))
            .collect(),
        rcps: (0..dice.roll(2))
            .map(|_| list(dice, PolicyKind::Rcp, 1))
            .collect(),
        management_account: None,
    }
}

#[test]
fn effective_permission() {
    let mut tally = Tally::default();
    for seed in 9001..9001 + cases(200) {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let semantics = semantics(&mut dice);
        let caller = callers()[dice.roll(5)].clone();
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
    println!("{tally:?}");
    assert!(
        tally.proved > 20 && tally.refuted > 20 && tally.unknown < 20,
        "{tally:?}"
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
