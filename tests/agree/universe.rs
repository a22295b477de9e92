//! Generated policies and requests over a small universe.

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::question::Asking;
use bailiwick::engine::{Attached, Context, Principal, Request, Semantics, Values};
use bailiwick::iam::condition::{BaseOperator, Family};
use bailiwick::iam::document::{self, PrincipalKind, Principals};
use bailiwick::iam::{Effect, Operator, PolicyKind, Qualifier};
use bailiwick::ir::{Condition, Match, Origin, Policy, PrincipalMatch, Statement, Test};

/// A small generator, the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    pub(crate) fn pick<'t, T>(&mut self, table: &'t [T]) -> &'t T {
        let i = self.roll(table.len());
        &table[i]
    }

    pub(crate) fn some(&mut self, table: &[&str], most: usize) -> Vec<String> {
        let count = 1 + self.roll(most);
        (0..count).map(|_| (*self.pick(table)).to_owned()).collect()
    }
}

pub(crate) const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "s3:PutObject",
    "s3:GetBucketAcl",
    "sqs:SendMessage",
];
/// What some of the patterns read besides, of a service that AWS does not have.
const STRANGER: &str = "x3:GetObject";
pub(crate) const ACTION_PATTERNS: &[&str] = &[
    "*",
    "s3:*",
    "s3:Get*",
    "s3:GetObject",
    "s3:*Object",
    "s3:?etObject",
    "sqs:*",
    "s3:PutObject",
    "?3:GetObject",
    "*3:Get*",
];
pub(crate) const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/alice/k",
    "arn:aws:s3:::ab",
    "arn:aws:sqs:eu-west-1:111122223333:q",
    "arn:aws:sqs:eu-west-1:444455556666:a:b",
];
pub(crate) const RESOURCE_PATTERNS: &[&str] = &[
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
#[derive(Clone, Copy)]
pub(crate) struct KeySpec {
    pub(crate) name: &'static str,
    pub(crate) multi: bool,
    pub(crate) requests: &'static [&'static str],
    pub(crate) policies: &'static [&'static str],
    pub(crate) families: &'static [Family],
}

pub(crate) const KEYS: &[KeySpec] = &[
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
        policies: &["true", "false", "True", "${x:b}"],
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

pub(crate) fn test(dice: &mut Dice) -> Condition {
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

pub(crate) fn condition(dice: &mut Dice) -> Condition {
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

pub(crate) fn named(dice: &mut Dice) -> PrincipalMatch {
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

pub(crate) fn policy(dice: &mut Dice, kind: PolicyKind) -> Policy {
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

pub(crate) fn request(dice: &mut Dice, principal: &Principal) -> Request {
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
        action: match dice.roll(6) {
            0 => STRANGER.to_owned(),
            _ => (*dice.pick(ACTIONS)).to_owned(),
        },
        resource: (*dice.pick(RESOURCES)).to_owned(),
        resource_account: Some("111122223333".to_owned()),
        context,
    }
}

pub(crate) fn callers() -> Vec<Principal> {
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

pub(crate) fn semantics(dice: &mut Dice) -> Semantics {
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

pub(crate) fn asking(semantics: Semantics) -> Asking<'static> {
    Asking {
        semantics,
        steps: 400_000,
        ..Asking::new(Catalogue::embedded())
    }
}

pub(crate) fn attached(dice: &mut Dice) -> Attached<Policy> {
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
