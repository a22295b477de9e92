//! How literals are read: text with escapes, durations, instants, addresses, and the shapes of AWS's ids.

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::iam::{Part, Pattern, Variable, address};

/// A literal that cannot be read: what is wrong, and the bytes of the literal it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiteralError {
    /// One line, lower-case start.
    pub message: String,
    /// Where in the literal, in bytes.
    pub range: std::ops::Range<usize>,
}

impl LiteralError {
    fn new(message: impl Into<String>, range: std::ops::Range<usize>) -> Self {
        LiteralError {
            message: message.into(),
            range,
        }
    }
}

/// Reads the inside of a quoted text: escapes become characters, `*`, `?` and `${…}` become wildcards and variables.
/// Whether they are meant as such is for the place to say.
///
/// # Errors
/// An unknown escape, an unclosed or malformed variable.
pub fn parse_text(raw: &str) -> Result<Pattern, LiteralError> {
    let mut pattern = Pattern::default();
    let mut at = 0;
    while let Some(rest) = raw.get(at..)
        && let Some(next) = rest.chars().next()
    {
        let (part, length) = match next {
            '\\' => parse_escape(rest).map_err(|e| shift(e, at))?,
            '*' => (Part::Star, 1),
            '?' => (Part::Question, 1),
            '$' if rest.starts_with("${") => parse_variable(rest).map_err(|e| shift(e, at))?,
            _ => {
                // As far as nothing has a meaning; a `$` that begins no variable is a plain character.
                let plain = rest
                    .chars()
                    .skip(1)
                    .take_while(|c| !matches!(c, '\\' | '*' | '?' | '$'));
                let length = next.len_utf8() + plain.map(char::len_utf8).sum::<usize>();
                let run = rest.get(..length).unwrap_or_default();
                (Part::Text(run.to_owned()), length)
            }
        };
        pattern.push(part);
        at += length;
    }
    Ok(pattern)
}

fn shift(error: LiteralError, by: usize) -> LiteralError {
    LiteralError {
        range: error.range.start + by..error.range.end + by,
        ..error
    }
}

fn parse_escape(rest: &str) -> Result<(Part, usize), LiteralError> {
    let Some(escaped) = rest.chars().nth(1) else {
        return Err(LiteralError::new("`\\` at the end of a text", 0..1));
    };
    let plain = match escaped {
        '"' | '\\' | '*' | '?' | '$' => escaped,
        'n' => '\n',
        't' => '\t',
        'u' => return parse_unicode_escape(rest),
        _ => {
            let end = 1 + escaped.len_utf8();
            return Err(LiteralError::new(
                format!("unknown escape `\\{escaped}`"),
                0..end,
            ));
        }
    };
    Ok((Part::Text(plain.to_string()), 1 + escaped.len_utf8()))
}

fn parse_unicode_escape(rest: &str) -> Result<(Part, usize), LiteralError> {
    let malformed = || LiteralError::new("a character is written `\\u{20ac}`", 0..2);
    let body = rest.strip_prefix("\\u{").ok_or_else(malformed)?;
    let (digits, _) = body.split_once('}').ok_or_else(malformed)?;
    let length = "\\u{}".len() + digits.len();
    let value = u32::from_str_radix(digits, 16)
        .ok()
        .and_then(char::from_u32);
    let value =
        value.ok_or_else(|| LiteralError::new(format!("`{digits}` is no character"), 0..length))?;
    Ok((Part::Text(value.to_string()), length))
}

/// `${key}` or `${key, 'default'}`; AWS's validator rejects everything else, and so does this.
fn parse_variable(rest: &str) -> Result<(Part, usize), LiteralError> {
    let Some(end) = rest.find('}') else {
        return Err(LiteralError::new(
            "a policy variable `${` that is not closed by `}`",
            0..2,
        ));
    };
    let length = end + 1;
    let body = rest.get(2..end).unwrap_or("");
    let (key, default) = match body.split_once(',') {
        None => (body, None),
        Some((key, default)) => {
            let quoted = default
                .trim_start()
                .strip_prefix('\'')
                .and_then(|d| d.strip_suffix('\''));
            let quoted = quoted.ok_or_else(|| {
                LiteralError::new(
                    "the default of a policy variable is written `${key, 'text'}`",
                    0..length,
                )
            })?;
            (key, Some(quoted.to_owned()))
        }
    };
    if key.is_empty() {
        return Err(LiteralError::new(
            "a policy variable needs a key: `${aws:username}`",
            0..length,
        ));
    }
    if key.contains(char::is_whitespace) {
        return Err(LiteralError::new(
            "no space is allowed inside a policy variable's key",
            0..length,
        ));
    }
    if matches!(key, "*" | "?" | "$") && default.is_none() {
        return Ok((Part::Text(key.to_owned()), length));
    }
    Ok((
        Part::Variable(Variable {
            key: key.to_owned(),
            default,
        }),
        length,
    ))
}

/// Reads `90s`, `30m`, `1h30m`, `7d` as seconds.
///
/// # Errors
/// Not a duration, or one of more than a century.
pub fn parse_duration(text: &str) -> Result<u64, LiteralError> {
    let malformed = || {
        LiteralError::new(
            format!("`{text}` is no duration; write `90s`, `30m`, `1h30m` or `7d`"),
            0..text.len(),
        )
    };
    let mut total: u64 = 0;
    let mut digits = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return Err(malformed()),
        };
        let count: u64 = digits.parse().map_err(|_| malformed())?;
        total = count
            .checked_mul(unit)
            .and_then(|n| n.checked_add(total))
            .ok_or_else(malformed)?;
        digits.clear();
    }
    if !digits.is_empty() || text.is_empty() || total > 100 * 366 * 86_400 {
        return Err(malformed());
    }
    Ok(total)
}

/// Reads an instant or a day (midnight UTC) and gives it back in the one form that artefacts use, `2025-01-01T00:00:00Z`.
///
/// # Errors
/// No such instant.
pub fn parse_instant(text: &str) -> Result<String, LiteralError> {
    if let Ok(date) = text.parse::<Date>()
        && text.len() == "2025-01-01".len()
    {
        return Ok(format!("{date}T00:00:00Z"));
    }
    let stamp: Timestamp = text.parse().map_err(|_| {
        LiteralError::new(
            format!("`{text}` is no instant; write `2025-01-31T09:00:00Z` or `2025-01-31`"),
            0..text.len(),
        )
    })?;
    Ok(stamp.to_string())
}

/// Reads a day, `2026-12-31`.
///
/// # Errors
/// No such day.
pub fn parse_date(text: &str) -> Result<Date, LiteralError> {
    text.parse().map_err(|_| {
        LiteralError::new(
            format!("`{text}` is no day; write `2026-12-31`"),
            0..text.len(),
        )
    })
}

/// Reads an address or a block.
///
/// # Errors
/// No address, a prefix that is too long, or bits set below the prefix (the block that was meant is named).
pub fn parse_address(text: &str) -> Result<IpNet, LiteralError> {
    let net = address::parse_block(text).ok_or_else(|| {
        LiteralError::new(
            format!("`{text}` is no address or CIDR block"),
            0..text.len(),
        )
    })?;
    if net.addr() == net.network() {
        return Ok(net);
    }
    let message = format!(
        "`{text}` has bits set below its prefix; the block is `{}`",
        net.trunc()
    );
    Err(LiteralError::new(message, 0..text.len()))
}

/// Reads a decimal number and gives it back as written, if it is one.
///
/// # Errors
/// No decimal number.
pub fn parse_number(text: &str) -> Result<String, LiteralError> {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = body.split_once('.').unwrap_or((body, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if digits(whole) && digits(fraction) {
        return Ok(text.to_owned());
    }
    Err(LiteralError::new(
        format!("`{text}` is no decimal number"),
        0..text.len(),
    ))
}

/// Whether the text has the shape of a region, `eu-west-1`, `us-gov-east-1`.
pub fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let lower = |s: &str| s.len() >= 2 && s.bytes().all(|b| b.is_ascii_lowercase());
    let first = parts.next().is_some_and(lower);
    let rest: Vec<&str> = parts.collect();
    let Some((number, middle)) = rest.split_last() else {
        return false;
    };
    first
        && !middle.is_empty()
        && middle.iter().all(|s| lower(s))
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the text is an organisation's id, `o-` and 10 to 32 letters and digits.
pub fn is_org_id(text: &str) -> bool {
    prefixed(text, "o-").is_some_and(|id| (10..=32).contains(&id.len()))
}

/// Whether the text is a root's id, `r-` and 4 to 32 letters and digits.
pub fn is_root_id(text: &str) -> bool {
    prefixed(text, "r-").is_some_and(|id| (4..=32).contains(&id.len()))
}

/// Whether the text is an organisational unit's id, `ou-` root `-` 8 to 32 letters and digits.
pub fn is_ou_id(text: &str) -> bool {
    let Some((root, unit)) = text
        .strip_prefix("ou-")
        .and_then(|rest| rest.split_once('-'))
    else {
        return false;
    };
    let ok = |s: &str| {
        s.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    ok(root) && (4..=32).contains(&root.len()) && ok(unit) && (8..=32).contains(&unit.len())
}

/// Whether the text is a VPC's id, `vpc-` and 8 or 17 hexadecimal digits.
pub fn is_vpc_id(text: &str) -> bool {
    is_hex_id(text, "vpc-")
}

/// Whether the text is a VPC endpoint's id, `vpce-` and 8 or 17 hexadecimal digits.
pub fn is_vpce_id(text: &str) -> bool {
    is_hex_id(text, "vpce-")
}

fn is_hex_id(text: &str, prefix: &str) -> bool {
    prefixed(text, prefix)
        .is_some_and(|id| matches!(id.len(), 8 | 17) && id.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn prefixed<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix).filter(|id| {
        id.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::pattern::Wildcards;

    #[test]
    fn text_keeps_escaped_wildcards_apart_from_wildcards() {
        let pattern = parse_text(r#"a*\*${aws:username}\${x}"#).unwrap();
        assert_eq!(
            pattern.to_iam(Wildcards::Active),
            "a*${*}${aws:username}${$}{x}"
        );
        assert_eq!(
            pattern.to_iam(Wildcards::Literal),
            "a**${aws:username}${$}{x}"
        );
    }

    #[test]
    fn text_errors_point_into_the_text() {
        let cases = [
            ("ab\\q", 2..4),
            ("ab${x", 2..4),
            ("${}", 0..3),
            ("${a b}", 0..6),
            ("${a, b}", 0..7),
            ("\\u{zz}", 0..6),
        ];
        for (raw, range) in cases {
            assert_eq!(parse_text(raw).unwrap_err().range, range, "{raw}");
        }
    }

    #[test]
    fn durations() {
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("1h30m", 5400), ("7d", 604_800)] {
            assert_eq!(parse_duration(text), Ok(seconds));
        }
        for text in ["", "1", "h", "1x", "99999999999999999999h", "1h3"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn instants_become_utc() {
        for (text, utc) in [
            ("2025-01-01", "2025-01-01T00:00:00Z"),
            ("2025-01-01T09:00:00+01:00", "2025-01-01T08:00:00Z"),
            ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ] {
            assert_eq!(parse_instant(text).as_deref(), Ok(utc));
        }
        for text in [
            "2025-13-01",
            "2025-02-30",
            "yesterday",
            "2025-01-01T00:00:00",
        ] {
            assert!(parse_instant(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_exact() {
        assert_eq!(
            parse_address("203.0.113.7").unwrap().to_string(),
            "203.0.113.7/32"
        );
        assert_eq!(
            parse_address("2001:db8::/32").unwrap().to_string(),
            "2001:db8::/32"
        );
        let loose = parse_address("203.0.113.7/24").unwrap_err();
        assert!(loose.message.ends_with("the block is `203.0.113.0/24`"));
        assert!(parse_address("203.0.113.0/33").is_err());
    }

    #[test]
    fn shapes_of_ids() {
        assert!(
            is_region("eu-west-1")
                && is_region("us-gov-east-1")
                && !is_region("eu-west")
                && !is_region("EU-west-1")
        );
        assert!(is_org_id("o-a1b2c3d4e5") && !is_org_id("o-short"));
        assert!(is_ou_id("ou-ab12-11111111") && !is_ou_id("ou-ab12"));
        assert!(is_vpc_id("vpc-0123456789abcdef0") && !is_vpc_id("vpc-123"));
    }
}
