//! The values of a test as literals of the type of its key.

use crate::iam::BaseOperator;
use crate::iam::condition::Family;
use crate::iam::pattern::{Pattern, Variables, Wildcards};
use crate::types::{parse_address, parse_instant, parse_number};

use super::literal::{quote, quote_text};

/// The literals; `None` if one has no such form.
pub(super) fn literals(
    operator: BaseOperator,
    key: &str,
    values: &[String],
) -> Option<Vec<String>> {
    values.iter().map(|v| literal(operator, key, v)).collect()
}

fn literal(operator: BaseOperator, key: &str, value: &str) -> Option<String> {
    match operator.family() {
        Family::String | Family::Arn => Some(quote(&Pattern::parse(
            value,
            wildcards_of(operator),
            Variables::Active,
        ))),
        Family::Numeric => number(key, value),
        Family::Date => instant(value),
        Family::Ip => parse_address(value)
            .is_ok()
            .then(|| value.to_ascii_lowercase()),
        Family::Bool | Family::Null => {
            let value = value.to_ascii_lowercase();
            matches!(value.as_str(), "true" | "false").then_some(value)
        }
        Family::Binary => None,
    }
}

/// Literals for `raw`, which takes text whatever the operator compares.
pub(super) fn raw_literals(operator: BaseOperator, values: &[String]) -> Vec<String> {
    let raw = |value: &String| match operator.family() {
        Family::String | Family::Arn => quote(&Pattern::parse(
            value,
            wildcards_of(operator),
            Variables::Active,
        )),
        _ => quote_text(value),
    };
    values.iter().map(raw).collect()
}

/// One value as it is, several in brackets.
pub(super) fn list(values: &[String]) -> String {
    match values {
        [one] => one.clone(),
        many => format!("[{}]", many.join(", ")),
    }
}

/// Whether `*` and `?` are wildcards in the values of an operator.
fn wildcards_of(operator: BaseOperator) -> Wildcards {
    let like = matches!(
        operator,
        BaseOperator::StringLike | BaseOperator::StringNotLike
    );
    if like || operator.family() == Family::Arn {
        Wildcards::Active
    } else {
        Wildcards::Literal
    }
}

/// The age of a second factor is a duration, everything else a number as written.
fn number(key: &str, value: &str) -> Option<String> {
    let written = parse_number(value).ok()?;
    if !written.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let seconds = value.parse::<u64>().ok();
    match seconds.filter(|_| key.eq_ignore_ascii_case("aws:MultiFactorAuthAge")) {
        Some(seconds) if seconds.to_string() == value => Some(duration(seconds)),
        _ => Some(written),
    }
}

/// `1h`, `90m`: the largest unit that divides it.
pub(super) fn duration(seconds: u64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let whole = units
        .iter()
        .find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size));
    whole.map_or_else(
        || format!("{seconds}s"),
        |(size, unit)| format!("{}{unit}", seconds / size),
    )
}

/// Instants that the language reads; seconds since 1970 stay raw.
fn instant(value: &str) -> Option<String> {
    let shaped = value
        .bytes()
        .all(|b| b.is_ascii_digit() || b"-+:.TZ".contains(&b));
    (shaped && value.contains('-') && parse_instant(value).is_ok()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_round() {
        assert_eq!(duration(3_600), "1h");
        assert_eq!(duration(5_400), "90m");
        assert_eq!(duration(0), "0s");
        assert_eq!(
            number("aws:MultiFactorAuthAge", "007"),
            Some("007".to_owned())
        );
    }

    #[test]
    fn what_is_no_instant_stays_raw() {
        assert_eq!(instant("1700000000"), None);
        assert_eq!(instant("2025-01-01"), Some("2025-01-01".to_owned()));
    }
}
