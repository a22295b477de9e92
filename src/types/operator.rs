//! Which IAM operator a comparison of the language is, for a key of a type.

use crate::catalogue::KeyType;
use crate::iam::BaseOperator as Op;

/// A comparison, without its value. `Not…` forms do not occur: the language has `not`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparison {
    /// `==`, `in`
    Equal,
    /// `== … ignoring case`
    EqualIgnoringCase,
    /// `like`
    Like,
    /// `<`, `before`
    Less,
    /// `<=`, `within`
    LessEqual,
    /// `>`, `after`
    Greater,
    /// `>=`
    GreaterEqual,
}

/// A comparison that makes no sense for a type of key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unsupported;

/// The operator, if the type has that comparison.
///
/// # Errors
/// The type has no such comparison: `<` on text, `like` on a number.
pub fn operator_for(comparison: Comparison, key: KeyType) -> Result<Op, Unsupported> {
    use Comparison as C;
    use KeyType as K;
    Ok(match (key, comparison) {
        (K::String, C::Equal) => Op::StringEquals,
        (K::String, C::EqualIgnoringCase) => Op::StringEqualsIgnoreCase,
        (K::String, C::Like) => Op::StringLike,
        (K::Arn, C::Equal) => Op::ArnEquals,
        (K::Arn, C::Like) => Op::ArnLike,
        (K::Bool, C::Equal) => Op::Bool,
        (K::Numeric, C::Equal) => Op::NumericEquals,
        (K::Numeric, C::Less) => Op::NumericLessThan,
        (K::Numeric, C::LessEqual) => Op::NumericLessThanEquals,
        (K::Numeric, C::Greater) => Op::NumericGreaterThan,
        (K::Numeric, C::GreaterEqual) => Op::NumericGreaterThanEquals,
        (K::Date, C::Equal) => Op::DateEquals,
        (K::Date, C::Less) => Op::DateLessThan,
        (K::Date, C::LessEqual) => Op::DateLessThanEquals,
        (K::Date, C::Greater) => Op::DateGreaterThan,
        (K::Date, C::GreaterEqual) => Op::DateGreaterThanEquals,
        (K::IpAddress, C::Equal) => Op::IpAddress,
        (K::Binary, C::Equal) => Op::BinaryEquals,
        _ => return Err(Unsupported),
    })
}
