//! JSON with places: what `serde_json` loses and a strict reader needs.
//!
//! In: text. Out: a tree in which every value and every name knows its bytes, and all faults found on the way:
//! the first error of syntax, every name that an object holds twice (after its escapes are read; most parsers
//! keep the last one silently, which can drop a guard from a policy). Numbers keep their text.
//! Size and depth are limited, so that no input exhausts memory or the stack.

mod object;
mod parse;
mod path;

pub use object::{Object, nearest, push, unknown_name};
pub use parse::{parse, parse_within};
pub use path::Path;

use std::fmt;
use std::ops::Range;

/// Texts longer than this are refused; the largest policy that AWS publishes has 152 KB.
pub const MAX_BYTES: usize = 4 << 20;
/// Values nested deeper than this are refused; a policy needs six levels, a scenario nine.
pub const MAX_DEPTH: usize = 64;
/// After so many faults the rest is not reported.
pub const MAX_FAULTS: usize = 200;

/// A range of bytes of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Extent {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Extent {
    /// Builds an extent; texts are far below 4 GiB, larger offsets are clamped.
    pub fn new(start: usize, end: usize) -> Extent {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Extent {
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The bytes as a range of `usize`.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// The bytes of the value.
    pub at: Extent,
    /// The value.
    pub value: Value,
}

/// A JSON value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// Text, its escapes read.
    Text(String),
    /// `[…]`
    List(Vec<Node>),
    /// `{…}`, in order; a name can stand there twice, which is a fault of its own.
    Map(Vec<Member>),
}

/// One member of an object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The name, its escapes read.
    pub name: String,
    /// Where the name stands, quotes included.
    pub name_at: Extent,
    /// What it names.
    pub node: Node,
}

impl Value {
    /// What it is, with its article, for messages.
    pub fn described(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a Boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "an object",
        }
    }
}

/// Something wrong with a text, at a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where.
    pub at: Extent,
    /// Which element it is about, `Statement[1].Action`; empty for the text as a whole.
    pub element: String,
    /// What is wrong, lower-case start, no full stop.
    pub message: String,
    /// What should stand there.
    pub expected: String,
}

impl Fault {
    /// A fault of an element.
    pub fn new(
        at: Extent,
        element: &Path<'_>,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Fault {
        Fault {
            at,
            element: element.to_string(),
            message: message.into(),
            expected: expected.into(),
        }
    }
}

/// A fault with its line and column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault {
            element,
            message,
            expected,
            ..
        } = &self.fault;
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        if !element.is_empty() {
            write!(f, "{element}: ")?;
        }
        write!(f, "{message}; expected {expected}")
    }
}

impl std::error::Error for ReadError {}

/// Line and column of a byte, both from 1, columns in characters.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or("");
    (line, last.chars().count() + 1)
}

/// Sorts faults by place and adds line and column.
pub fn locate(text: &str, mut faults: Vec<Fault>) -> Vec<ReadError> {
    faults.sort_by(|a, b| (a.at, &a.element, &a.message).cmp(&(b.at, &b.element, &b.message)));
    faults.dedup();
    let (mut line, mut line_start, mut seen) = (1, 0, 0);
    let mut located = Vec::with_capacity(faults.len());
    for fault in faults {
        let offset = text.floor_char_boundary((fault.at.start as usize).min(text.len()));
        let between = text.get(seen..offset).unwrap_or("");
        line += between.matches('\n').count();
        if let Some(last) = between.rfind('\n') {
            line_start = seen + last + 1;
        }
        seen = offset;
        let column = text
            .get(line_start..offset)
            .map_or(1, |t| t.chars().count() + 1);
        located.push(ReadError {
            line,
            column,
            fault,
        });
    }
    located
}

/// Reads bytes as UTF-8 text, without a fault only if they are that.
///
/// # Errors
/// The fault, and the text before it.
pub fn decode(bytes: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = error.valid_up_to();
        let before = bytes.get(..valid).unwrap_or_default();
        let text = std::str::from_utf8(before).unwrap_or_default();
        let fault = Fault {
            at: Extent::new(valid, valid + error.error_len().unwrap_or(1)),
            element: String::new(),
            message: "a byte that is no UTF-8".to_owned(),
            expected: "UTF-8 text".to_owned(),
        };
        let position = text.rsplit('\n').next().unwrap_or("");
        ReadError {
            line: text.matches('\n').count() + 1,
            column: position.chars().count() + 1,
            fault,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let (_, faults) = parse(text);
        locate(text, faults)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn reads_values_with_their_places() {
        let text = " {\"a\\u0062\": [1e3, true, null, \"\\ud83d\\ude00\"]}\n";
        let (node, faults) = parse(text);
        assert_eq!(faults, vec![]);
        let Some(Node {
            at,
            value: Value::Map(members),
        }) = node
        else {
            panic!("an object");
        };
        assert_eq!(at.range(), 1..text.len() - 1);
        assert_eq!(members[0].name, "ab");
        assert_eq!(members[0].name_at.range(), 2..11);
        let Value::List(list) = &members[0].node.value else {
            panic!("a list");
        };
        assert_eq!(list[0].value, Value::Number("1e3".to_owned()));
        assert_eq!(list[3].value, Value::Text("😀".to_owned()));
        assert_eq!(list[1].at.range(), 19..23);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let table = [
            (
                "",
                "line 1, column 1: the text ends too early; expected a value",
            ),
            (
                "{\n \"a\": 1,\n}",
                "line 3, column 1: unexpected `}`; expected a name in double quotes",
            ),
            (
                "[\"ä\",]",
                "line 1, column 6: unexpected `]`; expected a value",
            ),
            (
                "[01]",
                "line 1, column 2: a number with a leading zero; expected a number without it",
            ),
            ("[1.]", "line 1, column 4: unexpected `]`; expected a digit"),
            (
                "[\"\\ud800x\"]",
                "line 1, column 3: half of a surrogate pair; expected a Unicode character",
            ),
            (
                "[\"\\u12x4\"]",
                "line 1, column 5: unexpected `1`; expected four hexadecimal digits",
            ),
            (
                "[\"a\nb\"]",
                "line 1, column 4: unexpected `\\n`; expected control characters to be escaped",
            ),
            (
                "[nul]",
                "line 1, column 2: unexpected `n`; expected a value",
            ),
            (
                "{} x",
                "line 1, column 4: unexpected `x`; expected nothing after the document",
            ),
            (
                "{'a': 1}",
                "line 1, column 2: unexpected `'`; expected a name in double quotes",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(said(text), [expected], "{text}");
        }
    }

    #[test]
    fn finds_names_that_stand_twice_after_reading_escapes() {
        assert_eq!(
            said("{\"a\": {\"b\": 1, \"b\": 2},\n \"c\": 3, \"\\u0061\": 4}"),
            [
                "line 1, column 16: `b` stands twice in this object; expected each name once",
                "line 2, column 10: `a` stands twice in this object; expected each name once",
            ]
        );
    }

    #[test]
    fn refuses_what_is_too_large_or_too_deep_without_harm() {
        let deep = "[".repeat(10_000);
        assert_eq!(
            said(&deep),
            ["line 1, column 65: values are nested too deeply; expected at most 64 levels"]
        );
        assert_eq!(parse(&"[".repeat(MAX_DEPTH)).1.len(), 1);
        let large = " ".repeat(MAX_BYTES + 1);
        assert_eq!(
            said(&large),
            ["line 1, column 1: the text has 4194305 bytes; expected at most 4194304"]
        );
        assert_eq!(
            said("\u{feff}{}"),
            [
                "line 1, column 1: a byte order mark before the document; expected the document itself"
            ]
        );
        let error = decode(b"{\n\xc3\xa4\xff}").unwrap_err();
        assert_eq!((error.line, error.column), (2, 2));
    }
}
