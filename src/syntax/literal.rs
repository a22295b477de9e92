//! Texts and numbers as written, read into what they say.
//!
//! The tree keeps every literal as it was written (a text without its quotes, with its escapes), so that
//! printing gives the text back; whoever needs the value reads it with the functions here.

/// What is wrong with an escape, as a place inside the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LiteralError {
    /// Byte offset inside the text between the quotes.
    pub offset: usize,
    /// Bytes of the bad part.
    pub length: usize,
    /// One line, lower-case start.
    pub message: &'static str,
}

/// One character of a text, told apart from the same character behind a backslash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TextChar {
    /// Written as it is, or as `\"`, `\\`, `\n`, `\t`, `\u{…}`.
    Plain(char),
    /// `\*`, `\?`, `\$`: the character itself, never a wildcard or a variable.
    Literal(char),
}

/// The text that was meant, for places without wildcards and variables: `\*` is `*`.
///
/// # Errors
/// The first escape that is not known.
pub fn unescape(written: &str) -> Result<String, LiteralError> {
    let chars = characters(written)?;
    Ok(chars
        .into_iter()
        .map(|c| match c {
            TextChar::Plain(c) | TextChar::Literal(c) => c,
        })
        .collect())
}

/// The characters that were meant, for places where `*`, `?` and `$` have a meaning unless escaped.
///
/// # Errors
/// The first escape that is not known.
pub fn characters(written: &str) -> Result<Vec<TextChar>, LiteralError> {
    let mut out = Vec::with_capacity(written.len());
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        let offset = written.len() - rest.len();
        if c == '\\' {
            let (meant, length) = escape(rest).map_err(|message| LiteralError {
                offset,
                length: rest.chars().take(2).map(char::len_utf8).sum(),
                message,
            })?;
            out.push(meant);
            rest = rest.get(length..).unwrap_or_default();
        } else {
            out.push(TextChar::Plain(c));
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    Ok(out)
}

/// The character of the escape at the start of `rest`, and how many bytes it takes.
fn escape(rest: &str) -> Result<(TextChar, usize), &'static str> {
    let plain = |c| Ok((TextChar::Plain(c), 2));
    match rest.chars().nth(1) {
        Some(c @ ('"' | '\\')) => plain(c),
        Some('n') => plain('\n'),
        Some('t') => plain('\t'),
        Some(c @ ('*' | '?' | '$')) => Ok((TextChar::Literal(c), 2)),
        Some('u') => unicode_escape(rest),
        _ => Err("there is no such escape"),
    }
}

fn unicode_escape(rest: &str) -> Result<(TextChar, usize), &'static str> {
    let body = rest.get(2..).and_then(|r| r.strip_prefix('{'));
    let digits = body
        .and_then(|b| b.split_once('}'))
        .map(|(digits, _)| digits)
        .filter(|d| (1..=6).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_hexdigit()))
        .ok_or("a character is written `\\u{20ac}`")?;
    let number = u32::from_str_radix(digits, 16).unwrap_or(u32::MAX);
    let c = char::from_u32(number).ok_or("there is no character of that number")?;
    Ok((TextChar::Plain(c), digits.len() + 4))
}

/// Writes a text as it would be written between quotes in a place without wildcards and variables.
pub fn escape_text(meant: &str) -> String {
    let mut out = String::with_capacity(meant.len());
    for c in meant.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// What a word that starts with a digit is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Numeric {
    Number,
    Duration,
    Instant,
    Address,
    /// None of them.
    Unknown,
}

/// Sorts a word that starts with a digit by its shape; whether the value exists is checked later.
pub(super) fn classify(word: &str) -> Numeric {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let number = || match word.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(word),
    };
    if number() {
        return Numeric::Number;
    }
    if is_duration(word) {
        return Numeric::Duration;
    }
    let bytes = word.as_bytes();
    if bytes.get(4) == Some(&b'-') && bytes.get(7) == Some(&b'-') {
        return Numeric::Instant;
    }
    let colons = bytes.iter().filter(|b| **b == b':').count();
    let dots = bytes.iter().filter(|b| **b == b'.').count();
    let of_address = |b: &u8| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'/');
    if (colons >= 2 || dots == 3) && bytes.iter().all(of_address) {
        return Numeric::Address;
    }
    Numeric::Unknown
}

/// `90s`, `1h30m`, `7d`: numbers with units, the larger unit first.
fn is_duration(word: &str) -> bool {
    let mut units = "dhms".chars();
    let mut rest = word;
    while !rest.is_empty() {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(unit) = after.chars().next().filter(|_| after.len() < rest.len()) else {
            return false;
        };
        if !units.any(|known| known == unit) {
            return false;
        }
        rest = after.get(1..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read_and_written() {
        assert_eq!(
            unescape(r#"a\"b\\c\n\t\u{20ac}\*"#).unwrap(),
            "a\"b\\c\n\t€*"
        );
        assert_eq!(escape_text("a\"\\\n\t\u{7}"), r#"a\"\\\n\t\u{7}"#);
        let chars = characters(r"*\*").unwrap();
        assert_eq!(chars, [TextChar::Plain('*'), TextChar::Literal('*')]);
    }

    #[test]
    fn unknown_escapes_are_placed() {
        let error = unescape(r"ab\qc").unwrap_err();
        assert_eq!((error.offset, error.length), (2, 2));
        for bad in [r"\", r"\u", r"\u{}", r"\u{d800}", r"\u{1234567}", r"\u{12"] {
            assert!(unescape(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn words_with_digits_are_sorted() {
        let cases = [
            ("42", Numeric::Number),
            ("3.5", Numeric::Number),
            ("1h30m", Numeric::Duration),
            ("7d", Numeric::Duration),
            ("30m1h", Numeric::Unknown),
            ("1hh", Numeric::Unknown),
            ("2025-01-01", Numeric::Instant),
            ("2025-01-01T09:00:00+01:00", Numeric::Instant),
            ("203.0.113.0/24", Numeric::Address),
            ("2001:db8::/32", Numeric::Address),
            ("12abc", Numeric::Unknown),
            ("1.2.3", Numeric::Unknown),
        ];
        for (word, kind) in cases {
            assert_eq!(classify(word), kind, "{word}");
        }
    }
}
