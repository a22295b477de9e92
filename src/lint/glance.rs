//! What is plain about a statement among others, told before the engine is asked: nearly all statements of a large project
//! add something, and one likely request shows it; of those that add nothing, nearly all stand beside one that says more.
//!
//! Each answer is certain. A request is tried by the reference evaluator; a statement covers another only where every
//! part of it plainly does, however AWS reads `*`.

use crate::engine::concrete::{CompiledPolicy, allows_alone};
use crate::engine::request::{Context, Identity, Principal, Request, Values};
use crate::engine::semantics::Semantics;
use crate::iam::condition::Family;
use crate::iam::{BaseOperator, Effect, Qualifier};
use crate::ir::{Condition, Match, Policy, Statement, Test};

use super::ask::{conjuncts, document};

/// What is plain about the first statement of a document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Glance {
    /// Some request is answered differently without it.
    Adds,
    /// It matches some request, and another statement says all that it says.
    Idle,
    /// Neither is plain.
    Unclear,
}

/// How many patterns of a list are tried.
const FEW: usize = 4;

/// Looks at the first statement of a document.
pub(super) fn glance(about: &Policy) -> Glance {
    let Some((own, others)) = about.statements.split_first() else {
        return Glance::Unclear;
    };
    let semantics = Semantics::default();
    let compile = |statements: Vec<Statement>| {
        CompiledPolicy::new(&document(about.kind, statements), &semantics)
    };
    let allowed =
        |policy: &CompiledPolicy, request: &Request| allows_alone(policy, request, &semantics);
    let granting = Statement {
        effect: Effect::Allow,
        ..own.clone()
    };
    let alone = compile(vec![granting]);
    let mut matched = samples(own);
    matched.retain(|request| allowed(&alone, request));
    if matched.is_empty() {
        return Glance::Unclear;
    }
    let is_alike = |other: &&Statement| other.effect == own.effect;
    let is_denied = own.effect == Effect::Allow && !others.iter().all(|o| is_alike(&o));
    if !is_denied && others.iter().filter(is_alike).any(|o| covers(o, own)) {
        return Glance::Idle;
    }
    // What it allows is its own doing where no other statement has a say; what it denies, where the others allow.
    let mut rest = others.to_vec();
    if own.effect == Effect::Allow {
        rest.iter_mut().for_each(|s| s.effect = Effect::Allow);
    }
    let rest = compile(rest);
    let is_felt = |request: &Request| allowed(&rest, request) == (own.effect == Effect::Deny);
    match matched.iter().any(is_felt) {
        true => Glance::Adds,
        false => Glance::Unclear,
    }
}

/// Whether one statement plainly matches whatever another matches.
fn covers(one: &Statement, other: &Statement) -> bool {
    let resources = match (&one.resource, &other.resource) {
        (None, None) => true,
        (Some(wide), Some(narrow)) => holds_all(wide, narrow, covers_resource),
        _ => false,
    };
    let wanted = conjuncts(&other.condition);
    let is_implied = |asked: &&Condition| wanted.iter().any(|w| follows(asked, w));
    resources
        && one.principal == other.principal
        && holds_all(&one.action, &other.action, covers_action)
        && conjuncts(&one.condition).iter().all(is_implied)
}

/// Whether the first condition plainly holds wherever the second does: both are the same, but for one test of fewer
/// values.
fn follows(one: &Condition, other: &Condition) -> bool {
    use Condition::{All, Any, Not, Test};
    match (one, other) {
        (Test(wide), Test(narrow)) => test_follows(wide, narrow),
        (Not(wide), Not(narrow)) => follows(narrow, wide),
        (All(wide), All(narrow)) | (Any(wide), Any(narrow)) => {
            wide.len() == narrow.len() && wide.iter().zip(narrow).all(|(w, n)| follows(w, n))
        }
        _ => one == other,
    }
}

fn test_follows(wide: &Test, narrow: &Test) -> bool {
    let (fewer, more) = match wide.operator.base.is_negated() {
        true => (&wide.values, &narrow.values),
        false => (&narrow.values, &wide.values),
    };
    wide.operator == narrow.operator
        && wide.multi_valued == narrow.multi_valued
        && wide.key.eq_ignore_ascii_case(&narrow.key)
        && fewer.iter().all(|value| more.contains(value))
}

fn holds_all(wide: &Match, narrow: &Match, covers: fn(&str, &str) -> bool) -> bool {
    let is_covered = |pattern: &String| wide.patterns.iter().any(|w| covers(w, pattern));
    wide == narrow || !wide.negated && !narrow.negated && narrow.patterns.iter().all(is_covered)
}

fn covers_action(wide: &str, narrow: &str) -> bool {
    let start = wide.strip_suffix('*').filter(|s| is_literal(s));
    let narrow_start = start.and_then(|s| narrow.get(..s.len()));
    wide.eq_ignore_ascii_case(narrow)
        || narrow_start.is_some_and(|n| start.is_some_and(|s| s.eq_ignore_ascii_case(n)))
}

/// A star at the end of an ARN's last field reads all that has no colon, in every reading.
fn covers_resource(wide: &str, narrow: &str) -> bool {
    let start = wide.strip_suffix('*').filter(|s| is_literal(s));
    let rest = start
        .filter(|s| s.split(':').count() >= 6)
        .and_then(|s| narrow.strip_prefix(s));
    wide == narrow || wide == "*" || rest.is_some_and(|r| !r.contains([':', '$']))
}

fn is_literal(text: &str) -> bool {
    !text.contains(['*', '?', '$'])
}

/// Requests that the statement most likely matches, one for each of its first actions and resources.
fn samples(statement: &Statement) -> Vec<Request> {
    let anything = Match::everything();
    let resources = statement.resource.as_ref().unwrap_or(&anything);
    let action = &statement.action;
    if statement.principal.is_some() || action.negated || resources.negated {
        return Vec::new();
    }
    let mut context = Context::default();
    fill(&statement.condition, &mut context);
    let mut requests = Vec::new();
    for action in action.patterns.iter().take(FEW) {
        for resource in resources.patterns.iter().take(FEW) {
            let request = Request {
                principal: somebody(),
                action: filled(action),
                resource: match resource.as_str() {
                    "*" => "arn:aws:example:eu-west-1:111122223333:example".to_owned(),
                    pattern => filled(pattern),
                },
                resource_account: None,
                context: context.clone(),
            };
            requests.push(request.with_implied_keys());
        }
    }
    requests
}

fn somebody() -> Principal {
    Principal::User(Identity {
        partition: "aws".to_owned(),
        account: "111122223333".to_owned(),
        name: "example".to_owned(),
    })
}

fn filled(pattern: &str) -> String {
    pattern.replace('*', "example").replace('?', "e")
}

/// Gives keys values under which a condition most likely holds; what has to be absent stays so.
fn fill(condition: &Condition, context: &mut Context) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|p| fill(p, context)),
        Condition::Any(parts) => parts.iter().take(1).for_each(|p| fill(p, context)),
        Condition::Test(test) => fill_test(test, context),
        Condition::Not(inner) => {
            if let Condition::Test(test) = inner.as_ref()
                && test.operator.base == BaseOperator::Bool
            {
                let is_true = test.values.iter().any(|v| v == "true");
                context.set(test.key.clone(), Values::One((!is_true).to_string()));
            }
        }
        Condition::True | Condition::False => {}
    }
}

fn fill_test(test: &Test, context: &mut Context) {
    let Some(value) = test.values.first() else {
        return;
    };
    let value = match test.operator.base.family() {
        _ if test.operator.base.is_negated() => return,
        Family::Null if value == "true" => return,
        Family::Null => "example".to_owned(),
        Family::Ip => value.split('/').next().unwrap_or_default().to_owned(),
        Family::String | Family::Arn => filled(value),
        Family::Numeric if is_below(test.operator.base) => "0".to_owned(),
        Family::Numeric | Family::Date | Family::Bool | Family::Binary => value.clone(),
    };
    let is_list = test.multi_valued || test.operator.qualifier == Some(Qualifier::ForAnyValue);
    let values = match is_list {
        true => Values::Many(vec![value]),
        false => Values::One(value),
    };
    context.set(test.key.clone(), values);
}

fn is_below(operator: BaseOperator) -> bool {
    use BaseOperator::{NumericLessThan, NumericLessThanEquals};
    matches!(operator, NumericLessThan | NumericLessThanEquals)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::Catalogue;
    use crate::engine::question::{Asking, Finding, StatementQuestion, World, statement};
    use crate::iam::{Operator, PolicyKind};
    use crate::ir::Origin;

    fn statements() -> impl Strategy<Value = Statement> {
        let actions = [
            "s3:GetObject",
            "s3:Get*",
            "s3:*",
            "*",
            "s3:PutObject",
            "s3:getobject",
        ];
        let resources = [
            "*",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b/x/*",
            "arn:aws:s3:::b/x/?",
            "arn:aws:s3:::b:x/*",
            "arn:aws:s3:::*",
            "arn:aws:s3:*",
            "arn:aws:s3:::b/${aws:username}",
        ];
        let some =
            |all: &'static [&'static str]| proptest::sample::subsequence(all.to_vec(), 1..=2);
        let conditions = proptest::collection::vec((0..5usize, any::<bool>(), any::<bool>()), 0..3);
        let (actions, resources): (&'static [_], &'static [_]) =
            (Box::leak(Box::new(actions)), Box::leak(Box::new(resources)));
        (
            some(actions),
            some(resources),
            conditions,
            any::<bool>(),
            0..6u8,
        )
            .prop_map(|(actions, resources, conditions, is_allow, negated)| {
                let texts = |all: Vec<&str>| Match {
                    negated: false,
                    patterns: all.into_iter().map(str::to_owned).collect(),
                };
                Statement {
                    sid: None,
                    effect: if is_allow {
                        Effect::Allow
                    } else {
                        Effect::Deny
                    },
                    principal: None,
                    action: Match {
                        negated: negated == 0,
                        ..texts(actions)
                    },
                    resource: Some(texts(resources)),
                    condition: Condition::all(conditions.into_iter().map(condition)),
                    origin: Origin::default(),
                }
            })
    }

    fn condition((which, negate, doubled): (usize, bool, bool)) -> Condition {
        let (base, key, value) = [
            (BaseOperator::Bool, "aws:SecureTransport", "true"),
            (BaseOperator::StringLike, "aws:PrincipalTag/team", "a*"),
            (BaseOperator::StringEquals, "aws:PrincipalTag/team", "ab"),
            (BaseOperator::StringNotEquals, "aws:PrincipalTag/team", "ab"),
            (
                BaseOperator::NumericLessThan,
                "aws:MultiFactorAuthAge",
                "60",
            ),
        ][which];
        let test = Condition::Test(Test {
            operator: Operator::plain(base),
            key: key.to_owned(),
            multi_valued: false,
            values: match doubled && base != BaseOperator::Bool {
                true => vec![value.to_owned(), "7".to_owned()],
                false => vec![value.to_owned()],
            },
            span: None,
        });
        match negate {
            true => Condition::Not(Box::new(test)),
            false => test,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        /// A glance never says other than the engine.
        #[test]
        fn what_is_plain_is_so(all in proptest::collection::vec(statements(), 2..4)) {
            let policy = document(PolicyKind::ManagedPolicy, all);
            let asking = Asking { world: World::Sketch, ..Asking::new(Catalogue::embedded()) };
            let ask = |question| statement(question, &policy, 0, &[], &asking);
            match glance(&policy) {
                Glance::Adds => {
                    let found = ask(StatementQuestion::Redundant);
                    prop_assert!(matches!(found, Finding::Refuted(_)), "{policy:?} {found:?}");
                }
                Glance::Idle => {
                    prop_assert!(ask(StatementQuestion::Redundant).is_proved(), "{policy:?}");
                    prop_assert!(!ask(StatementQuestion::Dead).is_proved(), "{policy:?}");
                }
                Glance::Unclear => {}
            }
        }
    }

    /// The law above says something about both answers.
    #[test]
    fn both_answers_are_given() {
        let narrow = |action: &str, resource: &str| Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::any(vec![action.to_owned()]),
            resource: Some(Match::any(vec![resource.to_owned()])),
            condition: Condition::True,
            origin: Origin::default(),
        };
        let look = |one: Statement, other: Statement| {
            glance(&document(PolicyKind::ManagedPolicy, vec![one, other]))
        };
        let wide = narrow("s3:Get*", "arn:aws:s3:::b/*");
        assert_eq!(
            look(narrow("s3:GetObject", "arn:aws:s3:::b/x/*"), wide.clone()),
            Glance::Idle
        );
        assert_eq!(
            look(wide, narrow("s3:GetObject", "arn:aws:s3:::b/x/*")),
            Glance::Adds
        );
    }
}
