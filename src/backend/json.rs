//! Documents as JSON text: readable or minified, the same bytes every time.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// How JSON is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    /// Two spaces of indent, one element of a list a line, a line feed at the end.
    #[default]
    Readable,
    /// No white space between tokens, none at the end: what to hand to AWS where every character counts.
    Minified,
}

impl Style {
    /// The name in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Style::Readable => "readable",
            Style::Minified => "minified",
        }
    }
}

/// Writes a value as JSON.
#[expect(
    clippy::expect_used,
    reason = "our types have text keys and no failing serializer, so writing to memory cannot fail"
)]
pub(super) fn write<T: Serialize>(value: &T, style: Style) -> String {
    match style {
        Style::Minified => serde_json::to_string(value).expect("JSON in memory"),
        Style::Readable => {
            let mut text = serde_json::to_string_pretty(value).expect("JSON in memory");
            text.push('\n');
            text
        }
    }
}

/// The SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or_default();
    let digits = digest.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]);
    digits.collect()
}
