//! Boolean conditions → IAM condition blocks, exactly.
//!
//! In: one [`ir::Condition`](crate::ir::Condition). Out: one block for each IAM statement that is needed (none:
//! the condition never holds), or what cannot be said. The steps: `negate` and `normal` bring the tree into a
//! disjunction of conjunctions, `shorten` keeps it short, `block` writes each conjunction. One that has no room for all its
//! tests `split` makes into two, or `meet` into one with fewer; `reading` and `values` know what a test means.
//! Nothing is approximated, in either direction.

mod block;
mod meet;
mod negate;
mod normal;
mod reading;
mod shorten;
mod split;
mod value;
mod values;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;

use crate::diagnostic::{Code, Diagnostic};
use crate::iam::condition::Family;
use crate::iam::document::ConditionBlock;
use crate::ir::{Condition, Test};
use crate::source::Span;

use super::error;
use block::{Collided, Collision};
use negate::Refusal;
use normal::Obstacle;
use shorten::Conjunction;

/// IAM statements that one statement of the source may become.
pub const BUDGET: usize = 64;

/// Lowers a condition to the blocks of the statements that say it together, in the author's order.
///
/// # Errors
/// Everything that IAM cannot say, each at its test's place, or at `place` where a test has none.
pub fn lower(
    condition: &Condition,
    budget: usize,
    place: Option<Span>,
) -> Result<Vec<ConditionBlock>, Vec<Diagnostic>> {
    let normal = normal::normalise(condition, budget).map_err(|obstacles| {
        let describe = |o: &Obstacle| describe_obstacle(o, budget, place);
        obstacles.iter().map(describe).collect::<Vec<_>>()
    })?;
    let mut blocks = Vec::with_capacity(normal.len());
    let mut problems = Vec::new();
    // In the author's order: the next conjunction is the last of these.
    let mut waiting = normal;
    waiting.reverse();
    while let Some(conjunction) = waiting.pop() {
        match block::write(conjunction) {
            Ok(block) => blocks.push(block),
            Err(collided) => match roomier(&collided) {
                Some(others) => waiting.extend(others.into_iter().rev()),
                None => problems.extend(
                    collided
                        .collisions
                        .iter()
                        .map(|c| describe_collision(c, place)),
                ),
            },
        }
    }
    if problems.is_empty() && blocks.len() > budget {
        let (count, counted) = (blocks.len(), true);
        problems.push(describe_obstacle(
            &Obstacle::TooMany { count, counted },
            budget,
            place,
        ));
    }
    if problems.is_empty() {
        Ok(blocks)
    } else {
        problems.dedup();
        Err(problems)
    }
}

/// Conjunctions with more room that say the same together.
fn roomier(collided: &Collided) -> Option<Vec<Conjunction>> {
    split::by_presence(collided).or_else(|| meet::two_as_one(collided))
}

fn describe_obstacle(obstacle: &Obstacle, budget: usize, place: Option<Span>) -> Diagnostic {
    match obstacle {
        Obstacle::Negation(test, refusal) => describe_refusal(test, *refusal, place),
        Obstacle::TooDeep => {
            let message = format!(
                "conditions are nested more than {} deep here",
                normal::DEPTH
            );
            error(Code::NestingTooDeep, message, place, "in this statement")
        }
        Obstacle::TooMany { count, counted } => {
            let number = if *counted {
                count.to_string()
            } else {
                format!("more than {count}")
            };
            let message =
                format!("this condition needs {number} IAM statements, the limit is {budget}");
            error(
                Code::TooManyStatements,
                message,
                place,
                "from this statement",
            )
            .with_help("split the statement, or test fewer keys under one `or`")
        }
    }
}

fn describe_refusal(test: &Test, refusal: Refusal, place: Option<Span>) -> Diagnostic {
    let Test { operator, key, .. } = test;
    let message = format!("IAM cannot say `not` of `{operator}` on `{key}`");
    let why = match refusal {
        Refusal::NoOperator => "there is no operator for its negation",
        Refusal::PlainOnMultiValued => {
            "the key can have several values, so what a plain operator means is not specified"
        }
        Refusal::QualifiedNull => "what `Null` means under a set operator is not specified",
        Refusal::UnreadableValue(Family::Numeric) => "a value is no decimal number",
        Refusal::UnreadableValue(Family::Date) => "a value is no unambiguous instant",
        Refusal::UnreadableValue(Family::Ip) => "a value is no address or CIDR block",
        Refusal::UnreadableValue(_) => "a value is neither `true` nor `false`",
    };
    let found = error(Code::NoNegation, message, test.span.or(place), why);
    match refusal {
        Refusal::PlainOnMultiValued => {
            found.with_help("ask for `any` or `every` value (ForAnyValue, ForAllValues)")
        }
        _ => found,
    }
}

fn describe_collision(collision: &Collision, place: Option<Span>) -> Diagnostic {
    let Collision { test, other } = collision;
    let Test { operator, key, .. } = test;
    let message = format!("an IAM statement has room for one `{operator}` on `{key}`");
    let at = test.span.or(place);
    let found = error(
        Code::ConditionCollision,
        message,
        at,
        "this test has no operator left that means the same",
    );
    match other.span.filter(|span| Some(*span) != at) {
        Some(span) => found.with_label(span, "the operator is taken by this test"),
        None => found,
    }
}
