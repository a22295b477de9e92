//! Exact decimals, of any length: `Numeric…` compares what was written, not the nearest binary fraction.

use std::cmp::Ordering;

/// A decimal; digits without leading or trailing zeros, and zero is never negative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Decimal {
    /// Reads `-12.50`: a sign, digits, and a point with digits; sign and point can be missing.
    pub(super) fn parse(text: &str) -> Option<Decimal> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, fraction)) => (whole, fraction),
            None => (unsigned, ""),
        };
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Decimal {
            negative: text.starts_with('-') && !is_zero,
            whole,
            fraction,
        })
    }

    fn compare_magnitude(&self, other: &Decimal) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(&other.whole))
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_what_was_written() {
        let ascending = [
            "-100000000000000000000000000000001",
            "-100000000000000000000000000000000",
            "-10.5",
            "-10",
            "-0.1",
            "0",
            "0.05",
            "0.1",
            "0.10000000000000000001",
            "3",
            "3.5",
            "4",
            "10",
        ];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                let (x, y) = (Decimal::parse(a).unwrap(), Decimal::parse(b).unwrap());
                assert_eq!(x.cmp(&y), i.cmp(&j), "{a} {b}");
            }
        }
        for equal in ["10", "10.0", "+10", "0010.000"] {
            assert_eq!(Decimal::parse(equal), Decimal::parse("10"), "{equal}");
        }
        assert_eq!(Decimal::parse("-0.0"), Decimal::parse("0"));
        for bad in ["", "-", ".5", "5.", "1e3", "10abc", " 1", "1,0", "0x1", "١"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }
}
