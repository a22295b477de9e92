//! Every operator under every qualifier, by itself: pairs of small policies about one key, and all requests over it.

use std::collections::BTreeMap;

use bailiwick::engine::concrete::{self, CompiledPolicy};
use bailiwick::engine::question::{Finding, Reason, Subject, implies};
use bailiwick::engine::{Context, Principal, Request, Semantics, Values};
use bailiwick::iam::condition::{BaseOperator, Family};
use bailiwick::iam::{Effect, Operator, PolicyKind, Qualifier};
use bailiwick::ir::{Condition, Details, Match, Origin, Policy, Statement, Test};

use crate::universe::{Dice, KEYS, KeySpec, asking};

/// What pairs with one operator have come to.
#[derive(Default, Debug)]
pub(crate) struct Row {
    pub(crate) pairs: usize,
    pub(crate) proved: usize,
    pub(crate) refuted: usize,
    /// Of those refuted: some request of the universe shows it too.
    pub(crate) shown: usize,
    pub(crate) unknown: usize,
    pub(crate) requests: usize,
}

/// An operator as a policy spells it, qualifier and `IfExists` included, with its row.
pub(crate) type Table = BTreeMap<String, Row>;

/// All operators that a key can be tested with.
fn operators() -> Vec<Operator> {
    let qualifiers = [
        None,
        Some(Qualifier::ForAllValues),
        Some(Qualifier::ForAnyValue),
    ];
    let mut all = Vec::new();
    for base in BaseOperator::ALL {
        for qualifier in qualifiers {
            let plain = Operator::plain(*base);
            let operator = qualifier.map_or(plain, |q| plain.qualified(q));
            all.push(operator);
            if base.family() != Family::Null {
                all.push(operator.if_exists());
            }
        }
    }
    all
}

/// So many pairs for each operator and each key that it suits; every key also as one that carries lists.
pub(crate) fn table(pairs: u64) -> Table {
    let lists = KEYS.iter().filter(|spec| !spec.multi).map(|spec| KeySpec {
        name: "x:list",
        multi: true,
        ..*spec
    });
    let keys: Vec<KeySpec> = KEYS.iter().copied().chain(lists).collect();
    let mut table = Table::new();
    for (i, operator) in operators().into_iter().enumerate() {
        let row = table.entry(operator.to_string()).or_default();
        let family = operator.base.family();
        let suits = |spec: &&KeySpec| family == Family::Null || spec.families.contains(&family);
        for (j, spec) in keys.iter().filter(suits).enumerate() {
            for n in 0..pairs {
                let seed = (i as u64 * 1_000 + j as u64) * 1_000_003 + n;
                let dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
                judge(operator, spec, dice, row);
            }
        }
    }
    table
}

/// Asks about one pair and holds the answer against every request of the universe.
fn judge(operator: Operator, spec: &KeySpec, mut dice: Dice, row: &mut Row) {
    let semantics = Semantics::default();
    let one = policy(operator, spec, &mut dice);
    let two = policy(operator, spec, &mut dice);
    let found = implies(
        &Subject::document(&one),
        &Subject::document(&two),
        &asking(semantics),
    );
    let (a, b) = (
        CompiledPolicy::new(&one, &semantics),
        CompiledPolicy::new(&two, &semantics),
    );
    let requests = requests(spec);
    let differs = |request: &&Request| {
        concrete::allows_alone(&a, request, &semantics)
            && !concrete::allows_alone(&b, request, &semantics)
    };
    let shown = requests.iter().find(differs);
    row.pairs += 1;
    row.requests += requests.len();
    match found {
        Finding::Proved => {
            assert!(
                shown.is_none(),
                "proved, but {shown:#?}\n{one:#?}\n{two:#?}"
            );
            row.proved += 1;
        }
        Finding::Refuted(_) => {
            row.refuted += 1;
            row.shown += usize::from(shown.is_some());
        }
        Finding::Unknown(Reason::Disagreement(request)) => {
            panic!("the evaluators disagree on {request:#?}\n{one:#?}\n{two:#?}")
        }
        Finding::Unknown(_) => row.unknown += 1,
    }
}

/// An Allow under one or two tests of the key with the operator, perhaps a second one, perhaps a Deny.
fn policy(operator: Operator, spec: &KeySpec, dice: &mut Dice) -> Policy {
    let mut statements = vec![statement(Effect::Allow, condition(operator, spec, dice))];
    match dice.roll(4) {
        0 => statements.push(statement(Effect::Allow, condition(operator, spec, dice))),
        1 => statements.push(statement(Effect::Deny, condition(operator, spec, dice))),
        _ => {}
    }
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: "generated".to_owned(),
        statements,
        details: Details::default(),
        origin: Origin::default(),
    }
}

fn statement(effect: Effect, condition: Condition) -> Statement {
    Statement {
        sid: None,
        effect,
        principal: None,
        action: Match::any(vec!["s3:GetObject".to_owned()]),
        resource: Some(Match::everything()),
        condition,
        origin: Origin::default(),
    }
}

fn condition(operator: Operator, spec: &KeySpec, dice: &mut Dice) -> Condition {
    let mut test = || {
        let values = match operator.base.family() {
            Family::Null => dice.some(&["true", "false"], 1),
            _ => dice.some(spec.policies, 2),
        };
        let test = Condition::Test(Test {
            operator,
            key: spec.name.to_owned(),
            multi_valued: spec.multi,
            values,
            span: None,
        });
        match dice.roll(4) {
            0 => test.negate(),
            _ => test,
        }
    };
    let (one, two) = (test(), test());
    match dice.roll(3) {
        0 => Condition::all(vec![one, two]),
        1 => Condition::any(vec![one, two]),
        _ => one,
    }
}

/// The key absent, with each value, with each list of up to two; a user's name absent and with each value, for
/// variables.
fn requests(spec: &KeySpec) -> Vec<Request> {
    let text = |v: &&str| (*v).to_owned();
    let mut held: Vec<Option<Values>> = vec![None];
    if spec.multi {
        held.push(Some(Values::Many(Vec::new())));
        for one in spec.requests {
            held.push(Some(Values::Many(vec![text(one)])));
            let others = spec.requests.iter().filter(|v| *v > one);
            held.extend(others.map(|two| Some(Values::Many(vec![text(one), text(two)]))));
        }
    } else {
        let values = spec.requests.iter().map(text);
        held.extend(values.map(|v| Some(Values::One(v))));
    }
    let names = match spec.name {
        "aws:username" => vec![None],
        _ => vec![
            None,
            Some("alice"),
            Some("b"),
            Some("a"),
            Some("ab"),
            Some(""),
        ],
    };
    let mut all = Vec::new();
    for values in &held {
        for name in &names {
            let mut context = Context::default();
            if let Some(values) = values {
                context.set(spec.name, values.clone());
            }
            if let Some(name) = name {
                context.set("aws:username", Values::One((*name).to_owned()));
            }
            all.push(Request {
                principal: Principal::Anonymous,
                action: "s3:GetObject".to_owned(),
                resource: "arn:aws:s3:::b/k".to_owned(),
                resource_account: None,
                context,
            });
        }
    }
    all
}
