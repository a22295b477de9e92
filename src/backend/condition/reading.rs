//! What one IAM test says of a request, and back: the one place that knows IAM's table of operators.
//!
//! A test on a key speaks of the key's absence and of its values. `Op`, `OpIfExists`, `NotOp`, `Null`,
//! `ForAnyValue:` and `ForAllValues:` are all spellings of a [`Reading`], and the complement of a reading
//! is a reading again; negation, merging and contradiction follow from that without a case of their own.
//!
//! Assumptions, all of them AWS's documented reading: a key that has a type carries values of that type; a
//! variable that cannot be resolved matches no value, so its negated test holds; an empty multi-valued key is
//! an absent one. A test whose meaning is not specified (a plain comparison on a multi-valued key, a value
//! that cannot be read) has no reading: it is written as it stands and never negated or merged.

use super::value::{self, Decimal};
use super::values::{Bound, Comparison, Point, Side, Values};
use crate::iam::condition::Family;
use crate::iam::{BaseOperator, Operator, Qualifier};
use crate::ir::Test;

/// How the values of a key are asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// The key has one value.
    One,
    /// Some value is in the set.
    Some,
    /// Every value is in the set.
    Every,
}

/// What a test says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reading {
    asked: Asked,
    /// Whether it holds when the key is absent.
    absent: bool,
    values: Values,
}

/// What a reading amounts to in IAM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Rendered {
    /// Holds for every request.
    Always,
    /// Holds for none.
    Never,
    /// One test.
    One(Test),
    /// The key is present, and a test.
    PresentAnd(Test, Test),
    /// IAM has no operator for it.
    Inexpressible,
}

impl Reading {
    /// Reads a test; `None` if its meaning is not specified.
    pub(super) fn of(test: &Test) -> Option<Reading> {
        let operator = test.operator;
        if operator.base == BaseOperator::Null {
            return read_null(test);
        }
        let asked = match operator.qualifier {
            Some(Qualifier::ForAnyValue) => Asked::Some,
            Some(Qualifier::ForAllValues) => Asked::Every,
            None if test.multi_valued => return None,
            None => Asked::One,
        };
        let absent = match asked {
            Asked::One => operator.if_exists || operator.base.is_negated(),
            Asked::Some => operator.if_exists,
            Asked::Every => true,
        };
        let values = read_values(operator.base, &test.values)?;
        Some(Reading {
            asked,
            absent,
            values,
        })
    }

    /// Holds exactly when `self` does not.
    pub(super) fn complement(self) -> Reading {
        Reading {
            asked: match self.asked {
                Asked::One => Asked::One,
                Asked::Some => Asked::Every,
                Asked::Every => Asked::Some,
            },
            absent: !self.absent,
            values: self.values.complement(),
        }
    }

    /// Whether the key's values do not matter, only its presence.
    pub(super) fn is_decided_by_presence(&self) -> bool {
        matches!(self.values, Values::All | Values::None)
    }

    /// Whether it holds when the key is absent.
    pub(super) fn holds_when_absent(&self) -> bool {
        self.absent
    }

    /// The disjunction of two readings of one key, if it is a reading.
    pub(super) fn or(&self, other: &Reading) -> Option<Reading> {
        let (a, b) = (
            self.clone().asked_like(other),
            other.clone().asked_like(self),
        );
        let absent = a.absent || b.absent;
        let together = a.values.union(&b.values);
        match (a.asked, b.asked) {
            (Asked::One, Asked::One) | (Asked::Some, Asked::Some) => Some(Reading {
                asked: a.asked,
                absent,
                values: together?,
            }),
            // `every in A` or `every in B` is one of the two only if A holds B or B holds A.
            (Asked::Every, Asked::Every) => {
                let wider = together.filter(|t| *t == a.values || *t == b.values)?;
                Some(Reading {
                    asked: Asked::Every,
                    absent,
                    values: wider,
                })
            }
            // If not every value is in B, one is outside, and that is in A when A and B are everything.
            (Asked::Some, Asked::Every) | (Asked::Every, Asked::Some) => {
                (absent && together? == Values::All).then_some(Reading {
                    asked: Asked::Every,
                    absent: true,
                    values: Values::All,
                })
            }
            (Asked::One, _) | (_, Asked::One) => None,
        }
    }

    /// The conjunction of two readings of one key, if it is a reading.
    pub(super) fn and(&self, other: &Reading) -> Option<Reading> {
        let either_fails = self.clone().complement().or(&other.clone().complement());
        either_fails.map(Reading::complement)
    }

    /// Presence and absence can be asked of a set of values as well as of one value.
    fn asked_like(self, other: &Reading) -> Reading {
        let asked = match (self.asked, other.asked, self.absent, &self.values) {
            (Asked::One, Asked::Some | Asked::Every, false, Values::All) => Asked::Some,
            (Asked::One, Asked::Some | Asked::Every, true, Values::None) => Asked::Every,
            (asked, ..) => asked,
        };
        Reading { asked, ..self }
    }

    /// Writes the reading as IAM tests on the key of `like`, whose spelling is kept where there is a choice.
    pub(super) fn render(&self, like: &Test) -> Rendered {
        match (&self.values, self.absent) {
            (Values::All, true) => return Rendered::Always,
            (Values::None, false) => return Rendered::Never,
            (Values::All, false) => return Rendered::One(null(like, "false")),
            (Values::None, true) => return Rendered::One(null(like, "true")),
            _ => {}
        }
        let Some((base, values)) = write_values(&self.values, like.operator.base) else {
            return Rendered::Inexpressible;
        };
        let test = |qualifier, if_exists| Test {
            operator: Operator {
                qualifier,
                base,
                if_exists,
            },
            values: values.clone(),
            ..like.clone()
        };
        let present = || null(like, "false");
        match (self.asked, self.absent) {
            (Asked::One, true) => Rendered::One(test(None, !base.is_negated())),
            (Asked::One, false) if base.is_negated() => {
                Rendered::PresentAnd(present(), test(None, false))
            }
            (Asked::One, false) => Rendered::One(test(None, false)),
            (Asked::Some, if_exists) => {
                Rendered::One(test(Some(Qualifier::ForAnyValue), if_exists))
            }
            (Asked::Every, true) => Rendered::One(test(Some(Qualifier::ForAllValues), false)),
            (Asked::Every, false) => {
                Rendered::PresentAnd(present(), test(Some(Qualifier::ForAllValues), false))
            }
        }
    }
}

fn null(like: &Test, value: &str) -> Test {
    Test {
        operator: Operator::plain(BaseOperator::Null),
        values: vec![value.to_owned()],
        ..like.clone()
    }
}

/// `Null` under a qualifier means different things to different readers of AWS's pages.
fn read_null(test: &Test) -> Option<Reading> {
    if test.operator.qualifier.is_some() {
        return None;
    }
    let has = |wanted: &str| test.values.iter().any(|v| v.eq_ignore_ascii_case(wanted));
    let known = |v: &String| v.eq_ignore_ascii_case("true") || v.eq_ignore_ascii_case("false");
    let values = if has("false") {
        Values::All
    } else {
        Values::None
    };
    test.values.iter().all(known).then(|| Reading {
        asked: Asked::One,
        absent: has("true"),
        values,
    })
}

/// The set a base operator and its values describe; `None` if a value cannot be read.
fn read_values(base: BaseOperator, list: &[String]) -> Option<Values> {
    use BaseOperator as B;
    let comparison = match base {
        B::StringEquals | B::StringNotEquals => Comparison::Exact,
        B::StringEqualsIgnoreCase | B::StringNotEqualsIgnoreCase => Comparison::IgnoreCase,
        B::StringLike | B::StringNotLike => Comparison::Like,
        B::ArnEquals | B::ArnLike | B::ArnNotEquals | B::ArnNotLike => Comparison::Arn,
        B::BinaryEquals => Comparison::Binary,
        B::IpAddress | B::NotIpAddress => Comparison::Ip,
        B::NumericEquals | B::NumericNotEquals => Comparison::Number,
        B::DateEquals | B::DateNotEquals => Comparison::Instant,
        B::Bool => Comparison::Bool,
        B::Null => return None,
        B::NumericLessThan | B::DateLessThan => return read_bound(base, Side::Below, false, list),
        B::NumericLessThanEquals | B::DateLessThanEquals => {
            return read_bound(base, Side::Below, true, list);
        }
        B::NumericGreaterThan | B::DateGreaterThan => {
            return read_bound(base, Side::Above, false, list);
        }
        B::NumericGreaterThanEquals | B::DateGreaterThanEquals => {
            return read_bound(base, Side::Above, true, list);
        }
    };
    if !list.iter().all(|v| is_readable(comparison, v)) {
        return None;
    }
    let list = match comparison {
        Comparison::Bool => list.iter().map(|v| v.to_ascii_lowercase()).collect(),
        _ => list.to_vec(),
    };
    Some(if base.is_negated() {
        Values::none_of(comparison, list)
    } else {
        Values::any_of(comparison, list)
    })
}

fn is_readable(comparison: Comparison, value: &str) -> bool {
    match comparison {
        Comparison::Ip => value::block(value).is_some(),
        Comparison::Number => Decimal::parse(value).is_some(),
        Comparison::Instant => value::instant(value).is_some(),
        Comparison::Bool => {
            value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
        }
        Comparison::Exact
        | Comparison::IgnoreCase
        | Comparison::Like
        | Comparison::Arn
        | Comparison::Binary => true,
    }
}

/// `k < 3 or k < 5` is `k < 5`: of several points the one that reaches furthest counts.
fn read_bound(base: BaseOperator, side: Side, inclusive: bool, list: &[String]) -> Option<Values> {
    let mut reach = Values::None;
    for text in list {
        let point = match base.family() {
            Family::Numeric => Point::Number(Decimal::parse(text)?),
            _ => Point::Instant(value::instant(text)?),
        };
        reach = reach.union(&Values::Bound(Bound {
            side,
            inclusive,
            point,
            text: text.clone(),
        }))?;
    }
    Some(reach)
}

/// The base operator and the values that describe the set; `like` is followed where two operators say the same.
fn write_values(values: &Values, like: BaseOperator) -> Option<(BaseOperator, Vec<String>)> {
    use BaseOperator as B;
    let exact_arn = matches!(like, B::ArnEquals | B::ArnNotEquals);
    let (base, list) = match values {
        Values::All | Values::None => return None,
        Values::Bound(bound) => return Some((write_bound(bound), vec![bound.text.clone()])),
        Values::In(comparison, list) => {
            let base = match comparison {
                Comparison::Exact => B::StringEquals,
                Comparison::IgnoreCase => B::StringEqualsIgnoreCase,
                Comparison::Like => B::StringLike,
                Comparison::Arn if exact_arn => B::ArnEquals,
                Comparison::Arn => B::ArnLike,
                Comparison::Binary => B::BinaryEquals,
                Comparison::Ip => B::IpAddress,
                Comparison::Number => B::NumericEquals,
                Comparison::Instant => B::DateEquals,
                Comparison::Bool => B::Bool,
            };
            (base, list)
        }
        Values::NotIn(comparison, list) => {
            let base = match comparison {
                Comparison::Exact => B::StringNotEquals,
                Comparison::IgnoreCase => B::StringNotEqualsIgnoreCase,
                Comparison::Like => B::StringNotLike,
                Comparison::Arn if exact_arn => B::ArnNotEquals,
                Comparison::Arn => B::ArnNotLike,
                Comparison::Ip => B::NotIpAddress,
                Comparison::Number => B::NumericNotEquals,
                Comparison::Instant => B::DateNotEquals,
                // IAM has no negation of `BinaryEquals`; the other Boolean is never written as a negation.
                Comparison::Binary | Comparison::Bool => return None,
            };
            (base, list)
        }
    };
    Some((base, list.clone()))
}

fn write_bound(bound: &Bound) -> BaseOperator {
    use BaseOperator as B;
    match (&bound.point, bound.side, bound.inclusive) {
        (Point::Number(_), Side::Below, false) => B::NumericLessThan,
        (Point::Number(_), Side::Below, true) => B::NumericLessThanEquals,
        (Point::Number(_), Side::Above, false) => B::NumericGreaterThan,
        (Point::Number(_), Side::Above, true) => B::NumericGreaterThanEquals,
        (Point::Instant(_), Side::Below, false) => B::DateLessThan,
        (Point::Instant(_), Side::Below, true) => B::DateLessThanEquals,
        (Point::Instant(_), Side::Above, false) => B::DateGreaterThan,
        (Point::Instant(_), Side::Above, true) => B::DateGreaterThanEquals,
    }
}
