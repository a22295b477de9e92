//! Exact decimals and sets of intervals over them; instants are decimals of seconds.

use std::cmp::Ordering;
use std::fmt;

/// A decimal of any length.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Decimal {
    negative: bool,
    /// Without leading zeros.
    whole: String,
    /// Without trailing zeros.
    fraction: String,
}

impl Decimal {
    /// Reads `[+-]digits[.digits]`; nothing else is a number.
    pub(crate) fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (digits, ""),
        };
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        Some(Decimal::new(negative, whole, fraction))
    }

    fn new(negative: bool, whole: &str, fraction: &str) -> Decimal {
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        Decimal {
            negative: negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        }
    }

    /// An integer.
    pub(crate) fn integer(value: i128) -> Decimal {
        Decimal::new(value < 0, &value.unsigned_abs().to_string(), "")
    }

    /// Whole seconds and the digits of a fraction that counts upwards from them.
    pub(crate) fn seconds(whole: i64, fraction: &str) -> Decimal {
        let fraction = fraction.trim_end_matches('0');
        let magnitude = whole.unsigned_abs();
        if whole >= 0 || fraction.is_empty() {
            return Decimal::new(whole < 0, &magnitude.to_string(), fraction);
        }
        // -5 and .25 upwards is -4.75: complement each digit to nine, the last to ten.
        let last = fraction.len() - 1;
        let complement = fraction.bytes().enumerate().map(|(i, b)| {
            let ten = if i == last { 10 } else { 9 };
            char::from(b'0' + (ten - (b - b'0').min(ten)))
        });
        let digits: String = complement.collect();
        Decimal::new(true, &(magnitude - 1).to_string(), &digits)
    }

    fn magnitude(&self, other: &Decimal) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }

    /// The whole part, if it fits.
    pub(crate) fn floor_hint(&self) -> Option<i128> {
        let whole: i128 = if self.whole.is_empty() {
            0
        } else {
            self.whole.parse().ok()?
        };
        Some(if self.negative { -whole } else { whole })
    }

    /// A number between this one and a greater one, whole if one is near.
    fn between(&self, greater: &Decimal) -> Decimal {
        if let Some(whole) = self.floor_hint() {
            for step in 0..=1 {
                let next = Decimal::integer(whole.saturating_add(step));
                if *self < next && next < *greater {
                    return next;
                }
            }
        }
        let zero = Decimal::integer(0);
        if *self < zero && zero < *greater {
            return zero;
        }
        let (near, far) = if self.negative {
            (greater, self)
        } else {
            (self, greater)
        };
        let length = near.fraction.len().max(far.fraction.len());
        let fraction = format!("{:0<length$}5", near.fraction);
        Decimal::new(self.negative, &near.whole, &fraction)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() {
            "0"
        } else {
            &self.whole
        };
        match self.fraction.as_str() {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

/// Where an interval begins or ends: just before or just after a number. `None` is infinity.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Cut {
    at: Decimal,
    /// Just after the number.
    after: bool,
}

/// A union of intervals, in order, disjoint and not adjacent.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Intervals {
    parts: Vec<(Option<Cut>, Option<Cut>)>,
}

impl Intervals {
    /// Every number.
    pub(crate) fn everything() -> Self {
        Intervals {
            parts: vec![(None, None)],
        }
    }

    /// The numbers that stand to `at` in one of the given orders.
    pub(crate) fn compared(at: &Decimal, orders: &[Ordering]) -> Self {
        let cut = |after| {
            Some(Cut {
                at: at.clone(),
                after,
            })
        };
        let mut set = Intervals::default();
        for order in orders {
            set = set.union(&Intervals {
                parts: vec![match order {
                    Ordering::Less => (None, cut(false)),
                    Ordering::Equal => (cut(false), cut(true)),
                    Ordering::Greater => (cut(true), None),
                }],
            });
        }
        set
    }

    /// Whether a number is in it.
    pub(crate) fn contains(&self, number: &Decimal) -> bool {
        self.parts.iter().any(|(low, high)| {
            let above = |c: &Cut| c.at < *number || c.at == *number && !c.after;
            let below = |c: &Cut| *number < c.at || c.at == *number && c.after;
            low.as_ref().is_none_or(above) && high.as_ref().is_none_or(below)
        })
    }

    /// What is in either.
    pub(crate) fn union(&self, other: &Self) -> Self {
        self.complement()
            .intersection(&other.complement())
            .complement()
    }

    /// What is in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut parts = Vec::new();
        let (mut a, mut b) = (self.parts.as_slice(), other.parts.as_slice());
        while let (Some(((a_low, a_high), a_after)), Some(((b_low, b_high), b_after))) =
            (a.split_first(), b.split_first())
        {
            let low = a_low.max(b_low);
            let a_ends = ends_before(a_high.as_ref(), b_high.as_ref());
            let high = if a_ends { a_high } else { b_high };
            let empty = matches!((low, high), (Some(l), Some(h)) if l >= h);
            if !empty {
                parts.push((low.clone(), high.clone()));
            }
            if a_ends {
                a = a_after;
            } else {
                b = b_after;
            }
        }
        Intervals { parts }
    }

    /// What is not in it.
    pub(crate) fn complement(&self) -> Self {
        let mut parts = Vec::new();
        let mut from: Option<Option<Cut>> = Some(None);
        for (low, high) in &self.parts {
            if let (Some(start), Some(low)) = (&from, low)
                && start.as_ref().is_none_or(|s| s < low)
            {
                parts.push((start.clone(), Some(low.clone())));
            }
            from = high.as_ref().map(|h| Some(h.clone()));
        }
        if let Some(start) = from {
            parts.push((start, None));
        }
        Intervals { parts }
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// A number of each interval, whole where one is near.
    pub(crate) fn samples(&self) -> Vec<Decimal> {
        self.parts
            .iter()
            .flat_map(|(low, high)| sample(low.as_ref(), high.as_ref()))
            .collect()
    }
}

/// Whether one upper end is below another one.
fn ends_before(one: Option<&Cut>, other: Option<&Cut>) -> bool {
    one.is_some_and(|one| other.is_none_or(|other| one < other))
}

fn sample(low: Option<&Cut>, high: Option<&Cut>) -> Vec<Decimal> {
    let step = |d: &Decimal, by: i128| {
        d.floor_hint()
            .map(|w| Decimal::integer(w.saturating_add(by)))
    };
    let mut found = Vec::new();
    if let Some(cut) = low
        && !cut.after
    {
        found.push(cut.at.clone());
    }
    if let Some(cut) = high
        && cut.after
    {
        found.push(cut.at.clone());
    }
    match (low, high) {
        (None, None) => found.extend([0, 1, 2].map(Decimal::integer)),
        (Some(l), None) => found.extend(step(&l.at, 2).into_iter().chain(step(&l.at, 3))),
        (None, Some(h)) => found.extend(step(&h.at, -2).into_iter().chain(step(&h.at, -3))),
        (Some(l), Some(h)) if l.at < h.at => {
            let middle = l.at.between(&h.at);
            found.push(l.at.between(&middle));
            found.push(middle);
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    fn interval() -> impl Strategy<Value = Intervals> {
        use Ordering::{Equal, Greater, Less};
        let one = (-4_i128..4, 0..5_usize).prop_map(|(at, kind)| {
            let orders: &[Ordering] = match kind {
                0 => &[Less],
                1 => &[Less, Equal],
                2 => &[Equal],
                3 => &[Equal, Greater],
                _ => &[Greater],
            };
            Intervals::compared(&Decimal::integer(at), orders)
        });
        proptest::collection::vec((one, any::<bool>()), 1..4).prop_map(|list| {
            list.into_iter()
                .fold(Intervals::everything(), |all, (set, meet)| match meet {
                    true => all.intersection(&set),
                    false => all.complement().union(&set),
                })
        })
    }

    proptest! {
        #[test]
        fn sets_behave_pointwise(a in interval(), b in interval()) {
            for half in -11_i32..=11 {
                let n = number(&format!("{}", f64::from(half) / 2.0));
                prop_assert_eq!(a.union(&b).contains(&n), a.contains(&n) || b.contains(&n));
                prop_assert_eq!(a.intersection(&b).contains(&n), a.contains(&n) && b.contains(&n));
                prop_assert_eq!(a.complement().contains(&n), !a.contains(&n));
            }
            for n in a.samples() {
                prop_assert!(a.contains(&n), "{n} of {a:?}");
            }
            prop_assert_eq!(a.is_empty(), a.samples().is_empty());
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(number("10"), number("010.0"));
        assert_eq!(number("-0"), number("0"));
        assert!(number("0.1") < number("0.10000000000000000000000001"));
        assert!(number("-2") < number("-1.5"));
        assert!(Decimal::parse("1e3").is_none() && Decimal::parse(".5").is_none());
        assert_eq!(number("1.5").between(&number("1.6")).to_string(), "1.55");
        assert_eq!(number("-1.6").between(&number("-1.5")).to_string(), "-1.55");
        assert_eq!(number("3").between(&number("4")).to_string(), "3.5");
        assert_eq!(Decimal::seconds(-5, "250").to_string(), "-4.75");
        assert_eq!(Decimal::seconds(5, "250").to_string(), "5.25");
    }
}
