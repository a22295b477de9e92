//! Conditions made shorter without changing what they mean.
//!
//! Regions come out of complements and conjunctions; what a person would never have written is taken out again.

use crate::iam::BaseOperator;
use crate::iam::address::parse_block;
use crate::ir::{Condition, Test};

use super::plain;

/// The same condition, shorter: complements stand at tests, and what other parts of a conjunction settle is gone.
pub fn simplify(condition: &Condition) -> Condition {
    let mut condition = inward(plain::condition(condition), Sign::Plain);
    // Each round settles something that the one before made possible; conditions are small.
    for _ in 0..4 {
        let next = settle(condition.clone(), &[]);
        if next == condition {
            break;
        }
        condition = next;
    }
    condition
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plain,
    Opposite,
}

/// Moves `not` to the tests.
fn inward(condition: Condition, sign: Sign) -> Condition {
    let each = |parts: Vec<Condition>| parts.into_iter().map(|p| inward(p, sign));
    match (condition, sign) {
        (Condition::Not(inner), Sign::Plain) => inward(*inner, Sign::Opposite),
        (Condition::Not(inner), Sign::Opposite) => inward(*inner, Sign::Plain),
        (Condition::All(parts), Sign::Plain) | (Condition::Any(parts), Sign::Opposite) => {
            Condition::all(each(parts).collect::<Vec<_>>())
        }
        (Condition::Any(parts), Sign::Plain) | (Condition::All(parts), Sign::Opposite) => {
            Condition::any(each(parts).collect::<Vec<_>>())
        }
        (leaf, Sign::Plain) => positive(leaf),
        (leaf, Sign::Opposite) => positive(leaf).negate(),
    }
}

/// A test that is a complement as what it is: `StringNotEquals` is not `StringEquals`.
fn positive(condition: Condition) -> Condition {
    // How a key of several values is compared without a qualifier is not for us to say.
    let is_plain = |t: &&Test| t.operator.qualifier.is_some() || !t.multi_valued;
    let inner = match &condition {
        Condition::Test(test) => Some(test).filter(is_plain).and_then(Test::complemented),
        _ => None,
    };
    inner.map_or(condition, |inner| Condition::Test(inner).negate())
}

/// Whether a part is a test or the complement of one.
fn is_literal(condition: &Condition) -> bool {
    match condition {
        Condition::Test(_) => true,
        Condition::Not(inner) => matches!(**inner, Condition::Test(_)),
        _ => false,
    }
}

/// Simplifies under literals that are known to hold.
fn settle(condition: Condition, known: &[Condition]) -> Condition {
    if is_among(&condition, known) {
        return Condition::True;
    }
    if is_literal(&condition) {
        return match is_among(&condition.clone().negate(), known) {
            true => Condition::False,
            false => condition,
        };
    }
    match condition {
        Condition::All(parts) => conjunction(parts, known),
        Condition::Any(parts) => {
            let parts = parts.into_iter().map(|p| settle(p, known));
            Condition::any(distinct(parts))
        }
        other => other,
    }
}

fn conjunction(parts: Vec<Condition>, known: &[Condition]) -> Condition {
    let (literals, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_literal);
    let literals = distinct(literals.into_iter().map(|l| settle(l, known)));
    let literals = without_excluded(literals);
    let mut assumed = known.to_vec();
    assumed.extend(literals.iter().cloned());
    let others = distinct(others.into_iter().map(|p| settle(p, &assumed)));
    let contradicts = |l: &Condition| is_among(&l.clone().negate(), &literals);
    if literals.iter().any(contradicts) {
        return Condition::False;
    }
    Condition::all(literals.into_iter().chain(others))
}

fn distinct(parts: impl Iterator<Item = Condition>) -> Vec<Condition> {
    let mut kept: Vec<Condition> = Vec::new();
    for part in parts {
        if !is_among(&part, &kept) {
            kept.push(part);
        }
    }
    kept
}

/// Whether a condition is one of several, whatever the case of its keys and the order of its values.
fn is_among(condition: &Condition, all: &[Condition]) -> bool {
    all.iter().any(|other| is_alike(condition, other))
}

fn is_alike(one: &Condition, other: &Condition) -> bool {
    let all_alike = |one: &[Condition], other: &[Condition]| {
        one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_alike(a, b))
    };
    match (one, other) {
        (Condition::Test(one), Condition::Test(other)) => {
            let holds_all = |a: &Test, b: &Test| a.values.iter().all(|v| b.values.contains(v));
            one.operator == other.operator
                && one.multi_valued == other.multi_valued
                && one.key.eq_ignore_ascii_case(&other.key)
                && holds_all(one, other)
                && holds_all(other, one)
        }
        (Condition::Not(one), Condition::Not(other)) => is_alike(one, other),
        (Condition::All(one), Condition::All(other))
        | (Condition::Any(one), Condition::Any(other)) => all_alike(one, other),
        _ => one == other,
    }
}

/// `k in [a, b]` and not `k in [a]` is `k in [b]`.
fn without_excluded(literals: Vec<Condition>) -> Vec<Condition> {
    let mut out = literals.clone();
    for (at, literal) in literals.iter().enumerate() {
        let Condition::Not(inner) = literal else {
            continue;
        };
        let Condition::Test(excluded) = &**inner else {
            continue;
        };
        let narrowed = literals.iter().enumerate().find_map(|(place, other)| {
            let Condition::Test(test) = other else {
                return None;
            };
            Some((place, narrow(test, excluded)?))
        });
        if let Some((place, narrowed)) = narrowed {
            if let Some(slot) = out.get_mut(place) {
                *slot = Condition::Test(narrowed);
            }
            if let Some(slot) = out.get_mut(at) {
                *slot = Condition::True;
            }
            break;
        }
    }
    out.retain(|c| *c != Condition::True);
    out
}

/// The test without the values that are excluded, if it is then exactly what is left.
fn narrow(test: &Test, excluded: &Test) -> Option<Test> {
    let same = test.operator == excluded.operator
        && test.key.eq_ignore_ascii_case(&excluded.key)
        && test.operator.qualifier.is_none()
        && !test.operator.if_exists
        && !test.multi_valued;
    let has_variables = |t: &Test| t.values.iter().any(|v| v.contains("${"));
    if !same || has_variables(test) || has_variables(excluded) {
        return None;
    }
    let rest: Vec<String> = test
        .values
        .iter()
        .filter(|v| !excluded.values.contains(v))
        .cloned()
        .collect();
    let is_apart = match test.operator.base {
        BaseOperator::StringEquals => true,
        BaseOperator::IpAddress => rest.iter().all(|r| {
            let mut others = excluded.values.iter();
            others.all(|e| are_apart(r, e))
        }),
        _ => false,
    };
    (is_apart && !rest.is_empty()).then(|| Test {
        values: rest,
        ..test.clone()
    })
}

/// Whether two blocks of addresses share none.
fn are_apart(one: &str, other: &str) -> bool {
    match (parse_block(one), parse_block(other)) {
        (Some(one), Some(other)) => !one.contains(&other) && !other.contains(&one),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Operator;

    fn test(base: BaseOperator, key: &str, values: &[&str]) -> Condition {
        Condition::Test(Test {
            operator: Operator::plain(base),
            key: key.to_owned(),
            multi_valued: false,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            span: None,
        })
    }

    #[test]
    fn what_a_conjunction_settles_is_gone() {
        let mfa = test(BaseOperator::Bool, "aws:MultiFactorAuthPresent", &["true"]);
        let office = test(BaseOperator::IpAddress, "aws:SourceIp", &["203.0.113.0/24"]);
        let before = Condition::all([mfa.clone(), office.clone()]);
        let region = Condition::all([office.clone(), before.negate()]);
        let shorter = simplify(&region);
        assert_eq!(shorter, Condition::All(vec![office, mfa.negate()]));
    }

    #[test]
    fn values_that_are_excluded_leave_the_list() {
        let address = |values: &[&str]| test(BaseOperator::IpAddress, "aws:SourceIp", values);
        let now = address(&["203.0.113.0/24", "198.51.100.0/24"]);
        let region = Condition::all([now.clone(), address(&["203.0.113.0/24"]).negate()]);
        assert_eq!(simplify(&region), address(&["198.51.100.0/24"]));
        let overlapping = Condition::all([now, address(&["198.51.100.0/25"]).negate()]);
        assert_eq!(simplify(&overlapping), overlapping, "not exactly a list");
    }

    #[test]
    fn keys_have_no_case_and_values_no_order() {
        let role = test(BaseOperator::ArnLike, "aws:PrincipalArn", &["a*", "b*"]);
        let other = test(BaseOperator::ArnLike, "aws:PrincipalARN", &["b*", "a*"]);
        let region = test(BaseOperator::StringEquals, "aws:RequestedRegion", &["c"]);
        let either = Condition::any([region.clone(), other]);
        let both = Condition::all([role.clone().negate(), either]);
        assert_eq!(simplify(&both), Condition::all([role.negate(), region]));
    }

    #[test]
    fn negated_operators_are_complements() {
        let not_in = test(BaseOperator::StringNotEquals, "k", &["a", "b"]);
        let in_more = test(BaseOperator::StringNotEquals, "k", &["b", "a", "c"]).negate();
        let rest = test(BaseOperator::StringEquals, "k", &["c"]);
        assert_eq!(simplify(&Condition::all([not_in, in_more])), rest);
    }

    #[test]
    fn a_contradiction_is_never() {
        let mfa = test(BaseOperator::Bool, "aws:MultiFactorAuthPresent", &["true"]);
        let both = Condition::All(vec![mfa.clone(), Condition::Not(Box::new(mfa))]);
        assert_eq!(simplify(&both), Condition::False);
    }
}
