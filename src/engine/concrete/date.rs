//! Instants: ISO 8601 in the W3C profile, or seconds since 1970.
//!
//! <https://www.w3.org/TR/NOTE-datetime>. A date without a time is its first instant in UTC.

/// An instant: whole seconds since 1970, then the digits of the fraction without trailing zeros.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Instant {
    seconds: i64,
    fraction: String,
}

impl Instant {
    /// Reads an instant. Four digits alone are none: they could be a year or a moment in 1970.
    pub(super) fn parse(text: &str) -> Option<Instant> {
        let is_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        if is_digits(unsigned) {
            let seconds = text.parse().ok().filter(|_| text.len() != 4)?;
            return Some(Instant {
                seconds,
                fraction: String::new(),
            });
        }
        if let Some((seconds, fraction)) = text.split_once('.')
            && is_digits(seconds)
            && is_digits(fraction)
        {
            return Some(Instant {
                seconds: seconds.parse().ok()?,
                fraction: fraction.trim_end_matches('0').to_owned(),
            });
        }
        parse_iso(text)
    }
}

/// Takes exactly `count` digits off the front.
fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let (head, rest) = text.split_at_checked(count)?;
    let good = head.bytes().all(|b| b.is_ascii_digit());
    Some((head.parse().ok().filter(|_| good)?, rest))
}

fn parse_iso(text: &str) -> Option<Instant> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = match rest.strip_prefix('-') {
        Some(rest) => digits(rest, 2)?,
        None => (1, rest),
    };
    let days = days_since_1970(year, month, day)?;
    let Some(time) = rest.strip_prefix('T') else {
        let seconds = days * 86_400;
        return rest.is_empty().then_some(Instant {
            seconds,
            fraction: String::new(),
        });
    };
    // A time of day needs its day: `2026-01T…` is no date.
    if text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (seconds, fraction, zone) = time_of_day(time)?;
    Some(Instant {
        seconds: days * 86_400 + seconds - offset(zone)?,
        fraction: fraction.trim_end_matches('0').to_owned(),
    })
}

/// Reads `hh:mm[:ss[.fraction]]`: seconds of the day, the digits of the fraction, and the zone behind them.
fn time_of_day(text: &str) -> Option<(i64, &str, &str)> {
    let (hour, rest) = digits(text, 2).filter(|(hour, _)| *hour < 24)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2).filter(|(minute, _)| *minute < 60)?;
    let minutes = hour * 60 + minute;
    let Some(rest) = rest.strip_prefix(':') else {
        return Some((minutes * 60, "", rest));
    };
    let (second, rest) = digits(rest, 2).filter(|(second, _)| *second < 60)?;
    let seconds = minutes * 60 + second;
    let Some(rest) = rest.strip_prefix('.') else {
        return Some((seconds, "", rest));
    };
    let end = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, zone) = rest.split_at_checked(end).filter(|_| end > 0)?;
    Some((seconds, fraction, zone))
}

/// Reads `Z` or `±hh:mm` as seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, rest) = digits(zone.get(1..)?, 2).filter(|(hours, _)| *hours < 24)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2).filter(|(m, _)| *m < 60)?;
    rest.is_empty()
        .then_some(sign * (hours * 60 + minutes) * 60)
}

/// Days since 1970-01-01 in the Gregorian calendar; `None` if there is no such day.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [
        31,
        if leap { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let index = usize::try_from(month - 1).ok()?;
    let length = *lengths.get(index)?;
    if !(1..=length).contains(&day) {
        return None;
    }
    let before: i64 = lengths.iter().take(index).sum();
    let leap_days = |years: i64| years / 4 - years / 100 + years / 400;
    let of_year = |year: i64| 365 * year + leap_days(year + 399) - 97;
    Some(of_year(year) - of_year(1970) + before + day - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_accepted_form_of_one_instant() {
        let instant = Instant::parse("1767225600");
        assert!(instant.is_some());
        for same in [
            "2026-01",
            "2026-01-01",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T05:30:00+05:30",
            "2025-12-31T16:00-08:00",
            "1767225600.0",
        ] {
            assert_eq!(Instant::parse(same), instant, "{same}");
        }
    }

    #[test]
    fn agrees_with_a_calendar_library() {
        for seconds in [
            -62_135_596_800_i64,
            -1,
            0,
            951_782_400,
            1_709_164_800,
            4_107_542_399,
            253_402_200_000,
        ] {
            let text = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            let expected = Instant {
                seconds,
                fraction: String::new(),
            };
            assert_eq!(Instant::parse(&text), Some(expected), "{text}");
        }
    }

    #[test]
    fn fractions_order_and_nonsense_is_refused() {
        let parse = |t| Instant::parse(t).unwrap();
        assert!(parse("2026-01-01T00:00:00.5Z") < parse("2026-01-01T00:00:00.51Z"));
        assert!(parse("2026-01-01T00:00:00.9Z") < parse("2026-01-01T00:00:01Z"));
        for bad in [
            "",
            "2026",
            "2026-13",
            "2026-02-29",
            "2026-1-1",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01 00:00:00Z",
            "2026-01T00:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00+0530",
            "now",
            "99999999999999999999",
            "1.2.3",
            "2026-01-01T00:00:00Zx",
        ] {
            assert_eq!(Instant::parse(bad), None, "{bad}");
        }
    }
}
