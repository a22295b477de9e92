//! Texts as the language quotes them.

use crate::iam::pattern::{Part, Pattern, Variables, Wildcards};

/// A pattern between quotes: wildcards and variables as they are, the same characters as text behind a backslash.
pub(super) fn quote(pattern: &Pattern) -> String {
    let mut out = String::from("\"");
    for part in pattern.parts() {
        match part {
            Part::Text(text) => escape(text, &mut out),
            Part::Star => out.push('*'),
            Part::Question => out.push('?'),
            Part::Variable(variable) => out.push_str(&variable.to_string()),
        }
    }
    out.push('"');
    out
}

/// Text that stands for itself, between quotes.
pub(super) fn quote_text(text: &str) -> String {
    quote(&Pattern::literal(text))
}

/// IAM's spelling of a pattern with wildcards, between quotes.
pub(super) fn quote_pattern(text: &str) -> String {
    quote(&Pattern::parse(text, Wildcards::Active, Variables::Active))
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' | '\\' | '*' | '?' => out.extend(['\\', c]),
            '$' if rest.peek() == Some(&'{') => out.push_str("\\$"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || !c.is_ascii() => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
}

/// Whether a word can be a name in the language.
pub(super) fn is_ident(word: &str) -> bool {
    let mut chars = word.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_literal_stays_literal() {
        assert_eq!(quote_text("a*\"b\\${x}$\n"), r#""a\*\"b\\\${x}$\n""#);
        assert_eq!(
            quote_pattern("a*${*}${aws:username}"),
            r#""a*\*${aws:username}""#
        );
    }
}
