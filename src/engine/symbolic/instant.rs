//! Instants as IAM writes them: ISO 8601 down to the month, or epoch seconds.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::interval::Decimal;

const DAY: i64 = 86_400;

/// Seconds since the epoch; `None` if the text is no instant. Four digits alone are ambiguous, hence none.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    if is_number(text.strip_prefix('-').unwrap_or(text)) {
        return (text.len() != 4)
            .then(|| text.parse().ok())
            .flatten()
            .map(|s| Decimal::seconds(s, ""));
    }
    if let Some((seconds, fraction)) = text.split_once('.')
        && is_number(seconds)
        && is_number(fraction)
    {
        return Some(Decimal::seconds(seconds.parse().ok()?, fraction));
    }
    let (day, time) = match text.split_once('T') {
        // A time of day needs its day.
        Some((day, time)) => (Some(day).filter(|d| d.len() == 10)?, Some(time)),
        None => (text, None),
    };
    let days = i64::from(read_date(day)?.since(date(1970, 1, 1)).ok()?.get_days());
    let (seconds, fraction) = match time {
        Some(time) => read_time(time)?,
        None => (0, ""),
    };
    Some(Decimal::seconds(days * DAY + seconds, fraction))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Spellings of an instant, the most readable first.
pub(crate) fn spell(seconds: &Decimal) -> Vec<String> {
    let mut out = Vec::new();
    let text = seconds.to_string();
    if let Some(whole) = text.parse::<i64>().ok().filter(|_| !text.contains('.'))
        && let Ok(instant) = Timestamp::from_second(whole)
    {
        out.push(instant.to_string());
    }
    out.push(text);
    out
}

fn digits<T: std::str::FromStr>(text: &str, length: usize) -> Option<T> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn read_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = match parts.next() {
        Some(day) => digits(day, 2)?,
        None => 1,
    };
    Date::new(year, month, day)
        .ok()
        .filter(|_| parts.next().is_none())
}

/// Reads a time of day with its zone: seconds in UTC and the digits of the fraction.
fn read_time(text: &str) -> Option<(i64, &str)> {
    let (clock, east) = read_zone(text)?;
    let mut parts = clock.split(':');
    let hour: i64 = digits(parts.next()?, 2).filter(|h| *h < 24)?;
    let minute: i64 = digits(parts.next()?, 2).filter(|m| *m < 60)?;
    let (second, fraction) = match parts.next() {
        None => (0, ""),
        Some(rest) => match rest.split_once('.') {
            Some((second, fraction)) if is_number(fraction) => (digits(second, 2)?, fraction),
            Some(_) => return None,
            None => (digits(rest, 2)?, ""),
        },
    };
    let seconds = hour * 3600 + minute * 60 + second - east;
    (second < 60 && parts.next().is_none()).then_some((seconds, fraction))
}

/// Takes the zone off: `Z` or `±hh:mm`, as seconds east of UTC.
fn read_zone(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let (clock, zone) = text.split_at_checked(text.rfind(['+', '-'])?)?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes): (i64, i64) = (digits(hours, 2)?, digits(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some((clock, sign * (hours * 3600 + minutes * 60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_one_timeline() {
        let epoch = Decimal::parse("1767225600");
        for text in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00Z",
            "2026-01-01",
            "2026-01",
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T00:00:00.0Z",
            "1767225600",
        ] {
            assert_eq!(parse(text), epoch, "{text}");
        }
        assert_eq!(
            parse("1969-12-31T23:59:58.5Z")
                .map(|d| d.to_string())
                .as_deref(),
            Some("-1.5")
        );
        for text in [
            "2026",
            "2026-01T00:00Z",
            "2026-1-1",
            "2026-13-01",
            "2026-01-01 00:00",
            "x",
            "",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
