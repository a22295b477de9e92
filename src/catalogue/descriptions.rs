//! What actions do and what keys hold, in AWS's words; inflated only when somebody asks.

use std::sync::OnceLock;

use super::packed;

const DESCRIPTIONS: &[u8] = include_bytes!("../../data/catalogue/descriptions.bin");

/// What a description is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Described {
    Action,
    Key,
}

impl Described {
    fn letter(self) -> char {
        match self {
            Described::Action => 'a',
            Described::Key => 'k',
        }
    }
}

/// The description of an action by its full name, or of a key by its own spelling.
pub(super) fn find(kind: Described, name: &str) -> Option<&'static str> {
    let start = format!("\n{} {name}\t", kind.letter());
    let at = text().find(&start)?;
    text().get(at + start.len()..)?.lines().next()
}

/// All names with their descriptions.
pub(super) fn all(kind: Described) -> impl Iterator<Item = (&'static str, &'static str)> {
    text().lines().filter_map(move |line| {
        line.strip_prefix(kind.letter())?
            .strip_prefix(' ')?
            .split_once('\t')
    })
}

/// The lines, with an empty one at the top so that each follows a line's end.
fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        let bytes = packed::inflate(DESCRIPTIONS).unwrap_or_default();
        format!("\n{}", String::from_utf8(bytes).unwrap_or_default())
    })
}
