//! The formatter's check of itself.
//!
//! Independent of the printer: the result is read again and must have the same words in the same order
//! (commas before a closing bracket aside), the same tree apart from places, and the same comments.

use std::fmt::Write as _;

use crate::source::SourceId;
use crate::syntax::{self, Trivia, ast::Module};

/// What a text says, apart from layout.
pub(super) struct Meaning<'a> {
    words: Vec<&'a str>,
    shape: String,
    comments: Vec<&'a str>,
}

/// Takes the layout off a text that was read without an error.
pub(super) fn meaning<'a>(module: &Module, trivia: &'a Trivia, text: &'a str) -> Meaning<'a> {
    let texts = trivia
        .comments
        .iter()
        .map(|c| c.text.trim_start_matches(['/', '!', ' ']));
    let mut comments: Vec<&str> = texts.collect();
    comments.sort_unstable();
    Meaning {
        words: words(text),
        shape: shape(module),
        comments,
    }
}

/// Reads a formatted text and compares it with what was meant.
pub(super) fn verify(
    source: SourceId,
    meant: &Meaning<'_>,
    formatted: &str,
) -> Result<(), &'static str> {
    let (module, trivia, diagnostics) = syntax::parse(source, formatted);
    if !diagnostics.is_empty() {
        return Err("the result cannot be read");
    }
    let found = meaning(&module, &trivia, formatted);
    if meant.words != found.words {
        return Err("the words differ");
    }
    if meant.shape != found.shape {
        return Err("the trees differ");
    }
    if meant.comments != found.comments {
        return Err("the comments differ");
    }
    Ok(())
}

/// The words of a text without empty parentheses and without the commas that layout adds before a closing bracket.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in syntax::words(text) {
        if matches!(word, ")" | "]" | "}") && words.last() == Some(&",") {
            words.pop();
        }
        // `role R()` has no parameters, just as `role R`.
        if word == ")" && words.last() == Some(&"(") {
            words.pop();
            continue;
        }
        // `"b"/ *` is `"b"/*`: no comment begins there, whatever a reader's first glance says.
        match word {
            "/*" => words.extend(["/", "*"]),
            _ => words.push(word),
        }
    }
    words
}

/// The tree as text without digits, and so without places; digits of the source are compared as words.
fn shape(module: &Module) -> String {
    let mut shape = WithoutDigits(String::new());
    // Writing into a string cannot fail.
    let _ = write!(shape, "{module:?}");
    shape.0
}

struct WithoutDigits(String);

impl std::fmt::Write for WithoutDigits {
    fn write_str(&mut self, part: &str) -> std::fmt::Result {
        self.0.extend(part.chars().filter(|c| !c.is_ascii_digit()));
        Ok(())
    }
}
