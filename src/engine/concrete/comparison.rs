//! The operators: one value of the request against all values of the policy.

use std::cmp::Ordering;
use std::net::IpAddr;

use super::address::Block;
use super::arn::ArnPattern;
use super::asked::{Asked, as_address};
use super::base64;
use super::date::Instant;
use super::number::Decimal;
use super::text::{Case, Outcome, TextPattern};
use crate::engine::semantics::{BoolVariables, Semantics, VariableValues};
use crate::iam::BaseOperator;
use crate::iam::condition::Family;
use crate::iam::pattern::Wildcards;

/// The values of a policy under one operator. Values that the operator cannot read are left out: nothing equals
/// them.
#[derive(Clone, Debug)]
pub(super) enum Comparison {
    Text(Vec<TextPattern>, Case, VariableValues),
    Number(Vec<Decimal>, Order),
    Date(Vec<Instant>, Order),
    Bool(Vec<TextPattern>),
    Bytes(Vec<Vec<u8>>),
    Address(Vec<Block>),
    Arn(Vec<ArnPattern>, VariableValues),
}

/// The orders between the value of the request and that of the policy for which an operator holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order(&'static [Ordering]);

impl Order {
    /// For the negated operators this is the order that they exclude.
    fn of(operator: BaseOperator) -> Order {
        use BaseOperator as B;
        use Ordering::{Equal, Greater, Less};
        Order(match operator {
            B::NumericLessThan | B::DateLessThan => &[Less],
            B::NumericLessThanEquals | B::DateLessThanEquals => &[Less, Equal],
            B::NumericGreaterThan | B::DateGreaterThan => &[Greater],
            B::NumericGreaterThanEquals | B::DateGreaterThanEquals => &[Greater, Equal],
            _ => &[Equal],
        })
    }

    fn any<T: Ord>(self, value: Option<T>, of: &[T]) -> Outcome {
        let holds = |v: &T| of.iter().any(|p| self.0.contains(&v.cmp(p)));
        value.as_ref().is_some_and(holds).into()
    }
}

impl Comparison {
    pub(super) fn new(
        operator: BaseOperator,
        values: &[String],
        semantics: &Semantics,
    ) -> Comparison {
        let order = Order::of(operator);
        match operator.family() {
            Family::String => {
                let (wildcards, case) = text_rules(operator);
                let patterns = values.iter().map(|v| TextPattern::new(v, wildcards, case));
                Comparison::Text(patterns.collect(), case, semantics.variable_values)
            }
            Family::Numeric => Comparison::Number(read(values, Decimal::parse), order),
            Family::Date => Comparison::Date(read(values, Instant::parse), order),
            Family::Bool | Family::Null => Comparison::Bool(bools(values, semantics)),
            Family::Binary => Comparison::Bytes(read(values, base64::decode)),
            Family::Ip => Comparison::Address(read(values, Block::parse)),
            Family::Arn => {
                let patterns = values.iter().map(|v| ArnPattern::new(v)).collect();
                Comparison::Arn(patterns, semantics.variable_values)
            }
        }
    }

    /// Whether any value of the policy matches; if none does, whether one had a variable without a value.
    pub(super) fn compare<'a>(&'a self, value: &str, asked: &Asked<'a>) -> Outcome {
        match self {
            Comparison::Text(patterns, case, values) => {
                let folded;
                let value = match case {
                    Case::Kept => value,
                    Case::Folded => {
                        folded = case.fold(value);
                        &folded
                    }
                };
                any(patterns
                    .iter()
                    .map(|p| p.compare(value, *case, asked, *values)))
            }
            Comparison::Number(numbers, order) => order.any(Decimal::parse(value), numbers),
            Comparison::Date(dates, order) => order.any(Instant::parse(value), dates),
            Comparison::Bool(patterns) => {
                let value = value.to_ascii_lowercase();
                if value != "true" && value != "false" {
                    return Outcome::Differ;
                }
                let literal = VariableValues::Literal;
                any(patterns
                    .iter()
                    .map(|p| p.compare(&value, Case::Folded, asked, literal)))
            }
            Comparison::Bytes(list) => base64::decode(value)
                .is_some_and(|bytes| list.contains(&bytes))
                .into(),
            Comparison::Address(blocks) => {
                let inside = |address: IpAddr| blocks.iter().any(|b| b.contains(address));
                as_address(value).is_some_and(inside).into()
            }
            Comparison::Arn(patterns, values) => {
                any(patterns.iter().map(|p| p.compare(value, asked, *values)))
            }
        }
    }

    /// Whether the policy's Booleans have this one among them.
    pub(super) fn names(&self, value: bool) -> bool {
        let text = if value { "true" } else { "false" };
        let is_it = |p: &TextPattern| matches!(p, TextPattern::Exact(t) if t == text);
        matches!(self, Comparison::Bool(patterns) if patterns.iter().any(is_it))
    }
}

fn any(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    let mut result = Outcome::Differ;
    for outcome in outcomes {
        match outcome {
            Outcome::Match => return Outcome::Match,
            Outcome::Unresolved => result = Outcome::Unresolved,
            Outcome::Differ => {}
        }
    }
    result
}

fn read<T>(values: &[String], parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
    values.iter().filter_map(|v| parse(v)).collect()
}

fn text_rules(operator: BaseOperator) -> (Wildcards, Case) {
    use BaseOperator as B;
    match operator {
        B::StringLike | B::StringNotLike => (Wildcards::Active, Case::Kept),
        B::StringEqualsIgnoreCase | B::StringNotEqualsIgnoreCase => {
            (Wildcards::Literal, Case::Folded)
        }
        _ => (Wildcards::Literal, Case::Kept),
    }
}

/// `true` and `false` in any case; whether variables are among them is X8.
fn bools(values: &[String], semantics: &Semantics) -> Vec<TextPattern> {
    let is_bool = |v: &str| v.eq_ignore_ascii_case("true") || v.eq_ignore_ascii_case("false");
    let keeps = |v: &&String| is_bool(v) || semantics.bool_variables == BoolVariables::Substituted;
    let pattern = |v: &String| TextPattern::new(v, Wildcards::Literal, Case::Folded);
    values.iter().filter(keeps).map(pattern).collect()
}
