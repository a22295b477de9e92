//! What stands between the words: comments, blank lines; and a first look at the text before it is parsed.
//!
//! [`scan`] reads the bytes once, in time linear in their number and without recursion. It finds comments,
//! texts that do not end, and nesting so deep that a recursive parser must not see it.

use std::borrow::Cow;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

use super::{MAX_NESTING, literal};

/// A comment that is not part of the tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comment {
    /// From `//` to the end of the line, blanks at the end not included.
    pub span: Span,
    /// The text under the span.
    pub text: String,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// What the formatter keeps besides the tree.
#[derive(Clone, Default, Debug)]
pub struct Trivia {
    /// Comments in the order of the text; `///` and `//!` lines that the tree holds are not among them.
    pub comments: Vec<Comment>,
    /// Offsets of line feeds that are followed by an empty line, in order.
    pub blank_lines: Vec<u32>,
}

impl Trivia {
    /// Whether an empty line stands between two offsets.
    pub fn has_blank_between(&self, start: u32, end: u32) -> bool {
        let first = self.blank_lines.partition_point(|at| *at < start);
        self.blank_lines.get(first).is_some_and(|at| *at < end)
    }
}

/// What [`scan`] found.
pub(super) struct Scan {
    pub(super) trivia: Trivia,
    /// Findings that the grammar would explain worse.
    pub(super) problems: Vec<Diagnostic>,
    /// Whether the text must not be handed to the parser.
    pub(super) too_deep: bool,
}

/// Reads the text once.
pub(super) fn scan(source: SourceId, text: &str) -> Scan {
    let mut scanner = Scanner {
        source,
        text,
        at: 0,
        line_is_empty: true,
        line_feed: None,
        open: Vec::new(),
        depth: 0,
        negations: 0,
        has_control: false,
        scan: Scan {
            trivia: Trivia::default(),
            problems: Vec::new(),
            too_deep: false,
        },
    };
    while scanner.step() {}
    scanner.scan
}

/// The same text with blanks in the place of comments, so that the grammar need not look for them between
/// all words; every other byte keeps its place.
pub(super) fn without_comments<'t>(text: &'t str, trivia: &Trivia) -> Cow<'t, str> {
    if trivia.comments.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for comment in &trivia.comments {
        if let Some(place) = bytes.get_mut(comment.span.range()) {
            place.fill(b' ');
        }
    }
    // Comments start and end at the borders of characters, so what is left is text.
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

struct Scanner<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
    /// Nothing but blanks since the last line feed.
    line_is_empty: bool,
    /// The last line feed, if nothing but blanks followed it.
    line_feed: Option<u32>,
    /// For each open bracket the `not`s right before it.
    open: Vec<usize>,
    /// How many brackets and `not`s are open.
    depth: usize,
    /// `not`s that follow one another up to here.
    negations: usize,
    has_control: bool,
    scan: Scan,
}

impl Scanner<'_> {
    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Handles what stands at `at` and moves on; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.rest().first().copied() else {
            return false;
        };
        match byte {
            b'\n' => self.line_feed(),
            b' ' | b'\t' | b'\r' => self.at += 1,
            ..b' ' | 0x7f => self.control_character(byte),
            b'/' if self.rest().get(1) == Some(&b'/') => self.comment(),
            _ => {
                self.line_is_empty = false;
                self.line_feed = None;
                self.solid(byte);
            }
        }
        true
    }

    fn control_character(&mut self, byte: u8) {
        self.at += 1;
        // One is enough to say that the file is no text.
        if std::mem::replace(&mut self.has_control, true) {
            return;
        }
        let span = Span::new(self.source, self.at - 1, self.at);
        let message = format!("the text has a control character, U+{byte:04X}");
        self.problem(
            span,
            &message,
            "",
            "leave it out; between quotes, write `\\u{…}`",
        );
    }

    fn line_feed(&mut self) {
        // A second line feed with only blanks since the first makes an empty line; one entry a run is enough.
        let here = u32::try_from(self.at).unwrap_or(u32::MAX);
        match self.line_feed {
            Some(before) if self.scan.trivia.blank_lines.last() != Some(&before) => {
                self.scan.trivia.blank_lines.push(before);
            }
            Some(_) => {}
            None => self.line_feed = Some(here),
        }
        self.line_is_empty = true;
        self.at += 1;
    }

    fn comment(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default().trim_end();
        self.scan.trivia.comments.push(Comment {
            span: Span::new(self.source, self.at, self.at + line.len()),
            text: line.to_owned(),
            own_line: self.line_is_empty,
        });
        self.line_is_empty = false;
        self.line_feed = None;
        self.at += line.len();
    }

    fn solid(&mut self, byte: u8) {
        let negations = std::mem::take(&mut self.negations);
        match byte {
            b'"' => self.text(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(negations),
            b'(' | b'[' | b'{' => {
                self.open.push(negations);
                self.depth += negations + 1;
                self.limit(self.depth, 1);
                self.at += 1;
            }
            b')' | b']' | b'}' => {
                self.depth -= self.open.pop().map_or(0, |negations| negations + 1);
                self.at += 1;
            }
            _ => self.at += 1,
        }
    }

    fn word(&mut self, negations: usize) {
        let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
        let length = self.rest().iter().take_while(|b| is_word(b)).count();
        if self.rest().get(..length) == Some(b"not") {
            self.negations = negations + 1;
            self.limit(self.depth + self.negations, length);
        }
        self.at += length;
    }

    /// Says once that the nesting goes too far; what follows is not looked at for that any more.
    fn limit(&mut self, depth: usize, length: usize) {
        if depth <= MAX_NESTING || self.scan.too_deep {
            return;
        }
        self.scan.too_deep = true;
        let span = Span::new(self.source, self.at, self.at + length);
        let message = format!("more than {MAX_NESTING} brackets and `not`s are nested");
        self.scan.problems.push(
            Diagnostic::error(Code::NestingTooDeep, message, span, "one too many")
                .with_help("give the inner part a name with `condition` or `let`"),
        );
    }

    /// A text between quotes; it ends on its line.
    fn text(&mut self) {
        let start = self.at;
        let rest = self.text.get(start + 1..).unwrap_or_default();
        let mut bytes = rest.bytes().enumerate();
        let mut end = None;
        let mut has_escapes = false;
        while let Some((i, byte)) = bytes.next() {
            match byte {
                b'"' => {
                    end = Some(i);
                    break;
                }
                b'\n' => break,
                b'\\' => {
                    has_escapes = true;
                    if rest.as_bytes().get(i + 1) != Some(&b'\n') {
                        bytes.next();
                    }
                }
                _ => {}
            }
        }
        match end.and_then(|end| rest.get(..end)) {
            Some(inner) => {
                if has_escapes {
                    self.check_escapes(start + 1, inner);
                }
                self.at = start + inner.len() + 2;
            }
            None => {
                let line = rest.split('\n').next().unwrap_or_default();
                self.at = start + 1 + line.len();
                let span = Span::new(self.source, start, start + 1 + line.trim_end().len());
                let help = "end it with `\"` on the same line; write a line feed as `\\n`";
                self.problem(span, "this text has no closing quote", "starts here", help);
            }
        }
    }

    fn check_escapes(&mut self, offset: usize, inner: &str) {
        if let Err(error) = literal::unescape(inner) {
            let at = offset + error.offset;
            let span = Span::new(self.source, at, at + error.length);
            let help = r#"known are `\\`, `\"`, `\n`, `\t`, `\u{20ac}` and the plain characters `\*`, `\?`, `\$`"#;
            self.problem(span, error.message, "", help);
        }
    }

    fn problem(&mut self, span: Span, message: &str, label: &str, help: &str) {
        let problem = Diagnostic::error(Code::SyntaxError, message, span, label).with_help(help);
        self.scan.problems.push(problem);
    }
}
