//! Source text and places in it.
//!
//! In: the text of files under virtual paths, handed over by whoever may touch the disk.
//! Out: [`SourceId`]s, [`Span`]s, and line and column numbers. Nothing here reads a file.

use std::fmt;
use std::ops::Range;

/// Names one source of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourceId(u32);

/// A range of bytes in one source. Ordered by source, then by start.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The source that the range lies in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Builds a span; offsets past 4 GiB are clamped (sources are limited to far less).
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            source,
            start: clamp(start),
            end: clamp(end),
        }
    }

    /// The smallest span that holds both; `other` of another source is ignored.
    pub fn to(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The bytes as a range of `usize`.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.source.0, self.start, self.end)
    }
}

/// A value and where it was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Ties a value to its place.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: f(self.value),
            span: self.span,
        }
    }
}

/// One file, as it was handed over.
#[derive(Clone, Debug)]
pub struct Source {
    /// Virtual path with `/`, relative to the project root (`payments/roles.bw`, `<stdin>`, `std/conditions.bw`).
    pub path: String,
    /// The text, valid UTF-8 by construction.
    pub text: String,
    line_starts: Vec<u32>,
}

/// A place as people count it: both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Source {
    fn new(path: String, text: String) -> Self {
        let starts = text
            .bytes()
            .enumerate()
            .filter(|(_, b)| *b == b'\n')
            .map(|(i, _)| i + 1);
        let line_starts = std::iter::once(0)
            .chain(starts)
            .map(|n| u32::try_from(n).unwrap_or(u32::MAX))
            .collect();
        Source {
            path,
            text,
            line_starts,
        }
    }

    /// Number of lines; a text without a line feed has one.
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// The byte at which line `index` (from 0) starts.
    pub fn line_start(&self, index: usize) -> Option<usize> {
        self.line_starts.get(index).map(|n| *n as usize)
    }

    /// The line (from 0) that holds byte `offset`.
    pub fn line_index(&self, offset: usize) -> usize {
        self.line_starts
            .partition_point(|start| *start as usize <= offset)
            .saturating_sub(1)
    }

    /// Line and column of a byte; one past the end counts as the end.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line_index(offset);
        let start = self.line_start(line).unwrap_or(0);
        let before = self
            .text
            .get(start..offset.min(self.text.len()))
            .unwrap_or("");
        Position {
            line: line + 1,
            column: before.chars().count() + 1,
        }
    }
}

/// All sources of a run, in the order in which they were added.
#[derive(Clone, Default, Debug)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// Takes a text in and names it.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.sources.push(Source::new(path.into(), text.into()));
        id
    }

    /// The source of that id; ids come only from [`SourceMap::add`], so an unknown one is a foreign map's.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// The text under a span, empty if the span is not of this map.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.source)
            .and_then(|s| s.text.get(span.range()))
            .unwrap_or("")
    }

    /// Path, line and column of a span's start.
    pub fn locate(&self, span: Span) -> Option<(&str, Position)> {
        self.get(span.source)
            .map(|s| (s.path.as_str(), s.position(span.start as usize)))
    }

    /// All sources with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources
            .iter()
            .enumerate()
            .map(|(i, s)| (SourceId(u32::try_from(i).unwrap_or(u32::MAX)), s))
    }
}

/// Reads the files of a project by virtual path. The core sees the disk through this only.
pub trait Files {
    /// Virtual paths of all `.bw` files, sorted.
    fn list(&self) -> Vec<String>;
    /// The bytes of a file.
    ///
    /// # Errors
    /// A sentence that names what went wrong, without the path.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
    /// Whether there is such a file, readable or not.
    fn contains(&self, path: &str) -> bool {
        self.read(path).is_ok()
    }
}
