//! Condition keys in the words of the language.

use crate::catalogue::{Catalogue, KeyType};
use crate::types::{PHRASES, PhraseKey};

use super::literal::{is_ident, quote_text};

/// A key as a test's subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Subject {
    /// `source ip`, `principal tag team`, `s3:prefix`
    pub words: String,
    /// The type of one value.
    pub key_type: KeyType,
    /// Whether requests can carry several values.
    pub multi_valued: bool,
}

/// The words for a key; `None` where the language has none and a raw test is all there is.
pub(super) fn subject(key: &str, catalogue: &Catalogue) -> Option<Subject> {
    let found = catalogue.key(key)?;
    let words = match phrase(&found.canonical) {
        Some(words) => words,
        None => spelt(&found.canonical)?,
    };
    Some(Subject {
        words,
        key_type: found.key.key_type,
        multi_valued: found.key.multi_valued,
    })
}

fn phrase(canonical: &str) -> Option<String> {
    PHRASES.iter().find_map(|phrase| match phrase.key {
        PhraseKey::Key(key) => (key == canonical).then(|| phrase.words.to_owned()),
        PhraseKey::Tagged(prefix) => {
            let tag = canonical.strip_prefix(prefix)?;
            Some(format!("{} {}", phrase.words, tag_name(tag)))
        }
        PhraseKey::Claim => None,
    })
}

/// A tag's name as a word, or between quotes where it is none or would be read as something else.
fn tag_name(tag: &str) -> String {
    const READ_OTHERWISE: [&str; 12] = [
        "in", "like", "not", "within", "after", "before", "present", "absent", "and", "or",
        "unless", "when",
    ];
    match is_ident(tag) && !READ_OTHERWISE.contains(&tag) {
        true => tag.to_owned(),
        false => quote_text(tag),
    }
}

/// A key under its own name: `s3:prefix`, `kms:EncryptionContext:dept`, `iam:ResourceTag/"cost centre"`.
fn spelt(canonical: &str) -> Option<String> {
    let (prefix, rest) = canonical.split_once(':')?;
    let (stem, tail) = match rest.split_once('/') {
        Some((stem, tail)) => (stem, Some(tail)),
        None => (rest, None),
    };
    let word = |text: &str, more: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    let host = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.split('/').all(|part| word(part, "-_."))
    };
    if !host(prefix) || !word(stem, ":-_.") {
        return None;
    }
    match tail {
        None => Some(canonical.to_owned()),
        Some(tail) if is_ident(tail) => Some(canonical.to_owned()),
        Some(tail) => Some(format!("{prefix}:{stem}/{}", quote_text(tail))),
    }
}
