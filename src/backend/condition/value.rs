//! Condition values read exactly: decimals of any length, instants, address blocks, texts without wildcards.
//!
//! A value that cannot be read is never guessed at: its test is left as it was written (see `reading`).

use std::cmp::Ordering;

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::iam::pattern::{Part, Variables, Wildcards};
use crate::iam::{Pattern, address};

/// A decimal number, exact whatever its length; normalised, so equal numbers are equal values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
}

impl Decimal {
    /// Reads `-12`, `3.50`; no exponent, as in IAM.
    pub(super) fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(split) => split,
            None => (digits, ""),
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Decimal {
            negative: negative && !zero,
            whole,
            fraction,
        })
    }

    fn magnitude(&self) -> (usize, &str, &str) {
        (self.whole.len(), &self.whole, &self.fraction)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reads an instant as IAM does: a date, a date and time with its offset, or seconds since 1970.
/// Four digits alone are a year to some readers and seconds to others: no instant at all.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return match text.len() {
            0 | 4 => None,
            _ => Timestamp::from_second(text.parse().ok()?).ok(),
        };
    }
    let midnight = |day: &str| {
        let date: Date = day.parse().ok()?;
        TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()
    };
    match (text.len(), text.contains('T')) {
        (7, false) => midnight(&format!("{text}-01")),
        (10, false) => midnight(text),
        (_, true) => text.parse().ok(),
        _ => None,
    }
}

/// Reads a CIDR block or a single address; host bits below the mask are ignored, as IAM does.
pub(super) fn block(text: &str) -> Option<IpNet> {
    Some(address::parse_block(text)?.trunc())
}

/// The text a value stands for if it has neither wildcards nor variables.
pub(super) fn literal(value: &str, wildcards: Wildcards) -> Option<String> {
    Pattern::parse(value, wildcards, Variables::Active)
        .as_literal()
        .map(str::to_owned)
}

/// Whether the value matches every text there is.
pub(super) fn matches_everything(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b == b'*')
}

/// Whether a text matches a pattern; `None` if the pattern has a variable, whose value is the request's.
pub(super) fn glob(pattern: &str, text: &str) -> Option<bool> {
    let pattern = Pattern::parse(pattern, Wildcards::Active, Variables::Active);
    if pattern.variables().next().is_some() {
        return None;
    }
    // Characters with a wildcard's meaning are kept apart from those that only look like one.
    let mut tokens: Vec<Option<char>> = Vec::new();
    let mut stars: Vec<usize> = Vec::new();
    for part in pattern.parts() {
        match part {
            Part::Text(t) => tokens.extend(t.chars().map(Some)),
            Part::Question => tokens.push(None),
            Part::Star => stars.push(tokens.len()),
            Part::Variable(_) => {}
        }
    }
    Some(matches_between_stars(&tokens, &stars, text))
}

/// Matches runs of tokens (`None` is `?`) with stars at the given places.
fn matches_between_stars(tokens: &[Option<char>], stars: &[usize], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let is_star = |at: usize| stars.binary_search(&at).is_ok();
    // reach[i]: the tokens so far match the first i characters.
    let mut reach = vec![false; text.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    let spread = |reach: &mut Vec<bool>| {
        let mut seen = false;
        for r in reach.iter_mut() {
            seen |= *r;
            *r = seen;
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        if is_star(at) {
            spread(&mut reach);
        }
        let stepped = reach
            .iter()
            .zip(&text)
            .map(|(reached, c)| *reached && token.is_none_or(|t| t == *c));
        reach = std::iter::once(false).chain(stepped).collect();
    }
    if is_star(tokens.len()) {
        spread(&mut reach);
    }
    reach.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_compare_exactly() {
        let d = |t| Decimal::parse(t).unwrap();
        assert_eq!(d("1.0"), d("+001"));
        assert_eq!(d("-0"), d("0.00"));
        assert!(d("0.1") < d("0.11") && d("-2") < d("-1.99") && d("9") < d("10"));
        assert!(d("9007199254740993") > d("9007199254740992"));
        for bad in ["", ".5", "1.", "1e3", "0x1", "--1", "1 ", "٣"] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn instants_are_read_strictly() {
        let second = |t| instant(t).map(Timestamp::as_second);
        assert_eq!(second("2025-01-01"), Some(1_735_689_600));
        assert_eq!(second("2025-01"), Some(1_735_689_600));
        assert_eq!(second("2025-01-01T01:00:00+01:00"), Some(1_735_689_600));
        assert_eq!(second("2025-01-01T00:00Z"), Some(1_735_689_600));
        assert_eq!(second("1735689600"), Some(1_735_689_600));
        for bad in ["2025", "tomorrow", "", "2025-13-01", "2025-01-01T00:00:00"] {
            assert_eq!(second(bad), None, "{bad}");
        }
    }

    #[test]
    fn globs_match_whole_texts() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "ab", false),
            ("a?", "a", false),
            ("${*}*", "*x", true),
            ("${*}", "x", false),
            ("**b", "ab", true),
            ("", "", true),
        ] {
            assert_eq!(glob(pattern, text), Some(expected), "{pattern} {text}");
        }
        assert_eq!(glob("${aws:username}", "x"), None);
    }
}
