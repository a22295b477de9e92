//! Sets of values of one key, as one test describes them, with exact union and complement.
//!
//! Union answers `None` where the result is no single test's set; it never answers approximately.

use jiff::Timestamp;

use super::value::{self, Decimal};
use crate::iam::pattern::Wildcards;

/// How a value of the request is compared with a value of the policy.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparison {
    /// `StringEquals`
    Exact,
    /// `StringEqualsIgnoreCase`
    IgnoreCase,
    /// `StringLike`
    Like,
    /// `ArnLike`, `ArnEquals`
    Arn,
    /// `BinaryEquals`
    Binary,
    /// `IpAddress`
    Ip,
    /// `NumericEquals`
    Number,
    /// `DateEquals`
    Instant,
    /// `Bool`
    Bool,
}

/// A point on a scale that has an order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Point {
    /// A number.
    Number(Decimal),
    /// An instant.
    Instant(Timestamp),
}

/// On which side of its point a bound lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// Less than.
    Below,
    /// Greater than.
    Above,
}

/// Everything on one side of a point.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Bound {
    pub(super) side: Side,
    /// Whether the point itself belongs to it.
    pub(super) inclusive: bool,
    pub(super) point: Point,
    /// The point as it was written.
    pub(super) text: String,
}

/// A set of values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Values {
    /// Every value.
    All,
    /// No value.
    None,
    /// Values that match any of the list.
    In(Comparison, Vec<String>),
    /// Values that match none of the list.
    NotIn(Comparison, Vec<String>),
    /// Values on one side of a point.
    Bound(Bound),
}

/// One definite value of a request.
enum Ground {
    Text(String),
    Folded(String),
    Number(Decimal),
    Instant(Timestamp),
    Bool(bool),
}

impl Values {
    /// Values that match any of the list, in the simplest form.
    pub(super) fn any_of(comparison: Comparison, list: Vec<String>) -> Values {
        let list = without_repeats(list);
        let everything = match comparison {
            Comparison::Like => list.iter().any(|v| value::matches_everything(v)),
            Comparison::Bool => list.len() > 1,
            _ => false,
        };
        match (everything, list.is_empty()) {
            (true, _) => Values::All,
            (false, true) => Values::None,
            (false, false) => Values::In(comparison, list),
        }
    }

    /// Values that match none of the list, in the simplest form.
    pub(super) fn none_of(comparison: Comparison, list: Vec<String>) -> Values {
        Values::any_of(comparison, list).complement()
    }

    /// Every value that is not in the set. A Boolean's other value is written as itself.
    pub(super) fn complement(self) -> Values {
        match self {
            Values::All => Values::None,
            Values::None => Values::All,
            Values::In(Comparison::Bool, list) => {
                let is_true = list.iter().any(|v| v == "true");
                Values::In(Comparison::Bool, vec![(!is_true).to_string()])
            }
            Values::In(comparison, list) => Values::NotIn(comparison, list),
            Values::NotIn(comparison, list) => Values::In(comparison, list),
            Values::Bound(bound) => Values::Bound(Bound {
                side: match bound.side {
                    Side::Below => Side::Above,
                    Side::Above => Side::Below,
                },
                inclusive: !bound.inclusive,
                ..bound
            }),
        }
    }

    /// The union, if it is one test's set.
    pub(super) fn union(&self, other: &Values) -> Option<Values> {
        use Values::{All, Bound, In, None as Empty};
        match (self, other) {
            (All, _) | (_, All) => Some(All),
            (Empty, set) | (set, Empty) => Some(set.clone()),
            (a, b) if a == b => Some(a.clone()),
            (Bound(a), Bound(b)) => union_of_bounds(a, b),
            (In(c, a), In(d, b)) if c == d => Some(Values::any_of(*c, united(a, b))),
            (a, b) => union_one_way(a, b).or_else(|| union_one_way(b, a)),
        }
    }
}

/// The union as one of the two sets changed by the other, in this direction.
fn union_one_way(list: &Values, set: &Values) -> Option<Values> {
    match (list, set) {
        (Values::NotIn(c, list), set) => without_members(*c, list, set).or_else(|| match set {
            Values::NotIn(d, others) if c == d => {
                intersection(*c, list, others).map(|both| Values::none_of(*c, both))
            }
            Values::In(d, others) if c == d => {
                difference(*c, list, others).map(|rest| Values::none_of(*c, rest))
            }
            _ => None,
        }),
        (Values::In(c, list), set) => {
            let inside = |v: &String| ground(*c, v).and_then(|g| contains(set, &g)) == Some(true);
            list.iter().all(inside).then(|| set.clone())
        }
        _ => None,
    }
}

/// The longer list if it holds the other, so that a list keeps the order its author gave it.
fn united(a: &[String], b: &[String]) -> Vec<String> {
    if a.iter().all(|v| b.contains(v)) {
        b.to_vec()
    } else {
        [a, b].concat()
    }
}

fn without_repeats(list: Vec<String>) -> Vec<String> {
    if list.len() < 2 {
        return list;
    }
    let unique: indexmap::IndexSet<String> = list.into_iter().collect();
    unique.into_iter().collect()
}

/// `¬{list} ∪ set` = `¬{those of the list that the set lacks}`, if each one's membership is known.
fn without_members(comparison: Comparison, list: &[String], set: &Values) -> Option<Values> {
    let mut lacking = Vec::new();
    for v in list {
        if !contains(set, &ground(comparison, v)?)? {
            lacking.push(v.clone());
        }
    }
    Some(Values::none_of(comparison, lacking))
}

/// What two lists have in common, exactly.
fn intersection(comparison: Comparison, a: &[String], b: &[String]) -> Option<Vec<String>> {
    if comparison == Comparison::Ip {
        return intersection_of_blocks(a, b);
    }
    let within = |x: &[String], y: &[String]| x.iter().all(|v| y.contains(v));
    if within(a, b) {
        Some(a.to_vec())
    } else if within(b, a) {
        Some(b.to_vec())
    } else {
        None
    }
}

/// What `a` has and `b` has not, exactly.
fn difference(comparison: Comparison, a: &[String], b: &[String]) -> Option<Vec<String>> {
    if comparison == Comparison::Ip {
        return difference_of_blocks(a, b);
    }
    a.iter().all(|v| b.contains(v)).then(Vec::new)
}

fn intersection_of_blocks(a: &[String], b: &[String]) -> Option<Vec<String>> {
    let mut common = Vec::new();
    for x in a {
        let net = value::block(x)?;
        for y in b {
            let other = value::block(y)?;
            if other.contains(&net) {
                common.push(x.clone());
            } else if net.contains(&other) {
                common.push(y.clone());
            }
        }
    }
    Some(common)
}

fn difference_of_blocks(a: &[String], b: &[String]) -> Option<Vec<String>> {
    let mut rest = Vec::new();
    for x in a {
        let net = value::block(x)?;
        let others: Option<Vec<_>> = b.iter().map(|y| value::block(y)).collect();
        let others = others?;
        if others.iter().any(|o| o.contains(&net)) {
            continue;
        }
        if others.iter().any(|o| net.contains(o)) {
            return None;
        }
        rest.push(x.clone());
    }
    Some(rest)
}

fn same_scale(a: &Point, b: &Point) -> bool {
    matches!(
        (a, b),
        (Point::Number(_), Point::Number(_)) | (Point::Instant(_), Point::Instant(_))
    )
}

fn union_of_bounds(a: &Bound, b: &Bound) -> Option<Values> {
    if !same_scale(&a.point, &b.point) {
        return None;
    }
    if a.side == b.side {
        let b_reaches_further = match a.side {
            Side::Below => (&b.point, b.inclusive) > (&a.point, a.inclusive),
            Side::Above => (&a.point, b.inclusive) > (&b.point, a.inclusive),
        };
        let wider = if b_reaches_further { b } else { a };
        return Some(Values::Bound(wider.clone()));
    }
    let (below, above) = if a.side == Side::Below {
        (a, b)
    } else {
        (b, a)
    };
    let covers = below.point > above.point
        || (below.point == above.point && (below.inclusive || above.inclusive));
    covers.then_some(Values::All)
}

/// The one value that a policy value stands for, if it is one.
fn ground(comparison: Comparison, text: &str) -> Option<Ground> {
    match comparison {
        Comparison::Exact => value::literal(text, Wildcards::Literal).map(Ground::Text),
        Comparison::Like => value::literal(text, Wildcards::Active).map(Ground::Text),
        // Case folding beyond ASCII is not documented, so such texts are compared with nothing.
        Comparison::IgnoreCase => value::literal(text, Wildcards::Literal)
            .filter(|t| t.is_ascii())
            .map(|t| Ground::Folded(t.to_ascii_lowercase())),
        Comparison::Number => Decimal::parse(text).map(Ground::Number),
        Comparison::Instant => value::instant(text).map(Ground::Instant),
        Comparison::Bool => Some(Ground::Bool(text == "true")),
        Comparison::Arn | Comparison::Binary | Comparison::Ip => None,
    }
}

/// Whether a value belongs to the set; `None` where that depends on the request.
fn contains(set: &Values, value: &Ground) -> Option<bool> {
    match set {
        Values::All => Some(true),
        Values::None => Some(false),
        Values::In(comparison, list) => matches_any(*comparison, list, value),
        Values::NotIn(comparison, list) => matches_any(*comparison, list, value).map(|m| !m),
        Values::Bound(bound) => {
            let point = match value {
                Ground::Number(n) => Point::Number(n.clone()),
                Ground::Instant(i) => Point::Instant(*i),
                _ => return None,
            };
            same_scale(&point, &bound.point).then(|| match bound.side {
                _ if point == bound.point => bound.inclusive,
                Side::Below => point < bound.point,
                Side::Above => point > bound.point,
            })
        }
    }
}

fn matches_any(comparison: Comparison, list: &[String], value: &Ground) -> Option<bool> {
    let mut all_known = true;
    for pattern in list {
        match matches(comparison, pattern, value) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all_known = false,
        }
    }
    all_known.then_some(false)
}

fn matches(comparison: Comparison, pattern: &str, value: &Ground) -> Option<bool> {
    match (comparison, value) {
        (Comparison::Like, Ground::Text(text)) => value::glob(pattern, text),
        (Comparison::IgnoreCase, Ground::Text(text)) if text.is_ascii() => {
            match ground(comparison, pattern)? {
                Ground::Folded(folded) => Some(folded == text.to_ascii_lowercase()),
                _ => None,
            }
        }
        _ => match (ground(comparison, pattern)?, value) {
            (Ground::Text(a), Ground::Text(b)) | (Ground::Folded(a), Ground::Folded(b)) => {
                Some(a == *b)
            }
            (Ground::Number(a), Ground::Number(b)) => Some(a == *b),
            (Ground::Instant(a), Ground::Instant(b)) => Some(a == *b),
            (Ground::Bool(a), Ground::Bool(b)) => Some(a == *b),
            _ => None,
        },
    }
}
