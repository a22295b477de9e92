//! What all parts of the formatter share: the document, and the comments that wait to be written.

use crate::layout::{Document, Flat};
use crate::source::Span;
use crate::syntax::{Comment, Trivia};

use super::WIDTH;

/// Columns of an indent.
pub(super) const STEP: u32 = 2;

/// Writes a tree into a document. Nodes are visited in the order of the text, so a comment is written at the
/// first place for a line break after it.
pub(super) struct Printer<'a> {
    pub(super) doc: Document,
    source: &'a str,
    trivia: &'a Trivia,
    comments: std::iter::Peekable<std::slice::Iter<'a, Comment>>,
    /// Where the last thing ended that was written on lines of its own.
    end: u32,
    /// Whether the last thing written was a comment, which nothing can follow on its line.
    after_comment: bool,
    /// Whether nothing has been written yet since the start of the file or an open brace.
    fresh: Fresh,
}

/// What stands before the next line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fresh {
    /// Nothing: the file starts.
    File,
    /// An open brace.
    Brace,
    /// Another line.
    Line,
}

impl<'a> Printer<'a> {
    pub(super) fn new(trivia: &'a Trivia, source: &'a str) -> Self {
        Printer {
            doc: Document::default(),
            source,
            trivia,
            comments: trivia.comments.iter().peekable(),
            end: 0,
            after_comment: false,
            fresh: Fresh::File,
        }
    }

    /// The text, with the comments that are left.
    pub(super) fn finish(mut self) -> String {
        self.comments_until(u32::MAX);
        if self.fresh != Fresh::File {
            self.doc.hard_line();
        }
        self.doc.print(WIDTH)
    }

    pub(super) fn text(&mut self, text: &str) {
        self.doc.text(text);
        self.after_comment = false;
    }

    /// Text as it stands in the file.
    pub(super) fn verbatim(&mut self, span: Span) {
        let text = self.source.get(span.range()).unwrap_or_default();
        self.text(text);
    }

    fn next_comment(&mut self, until: u32) -> Option<&'a Comment> {
        self.comments.next_if(|c| c.span.start < until)
    }

    /// A comment that is no doc comment must not become one where it now stands.
    fn comment(&mut self, comment: &Comment) {
        let text = comment.text.as_str();
        match text
            .strip_prefix("///")
            .or_else(|| text.strip_prefix("//!"))
        {
            Some(rest) if !rest.starts_with('/') => {
                self.doc
                    .text(if rest.starts_with('!') { "// " } else { "//" });
                self.doc.text(rest);
            }
            _ => self.doc.text(text),
        }
        self.after_comment = true;
    }

    pub(super) fn has_comment_before(&mut self, until: u32) -> bool {
        self.comments.peek().is_some_and(|c| c.span.start < until)
    }

    /// One past the sign that closes a list, where the tree has only the end of its last element.
    pub(super) fn end_of_brackets(&self, last: u32) -> u32 {
        let mut at = last as usize;
        loop {
            let rest = self.source.get(at..).unwrap_or_default();
            let next = rest.trim_start_matches([' ', '\t', '\r', '\n', ',', '.', '{']);
            at += rest.len() - next.len();
            match next.starts_with("//") {
                true => at += next.find('\n').unwrap_or(next.len()),
                false => return u32::try_from(at + 1).unwrap_or(u32::MAX),
            }
        }
    }

    // ---- Lines of their own ----

    /// Starts a new line for something that begins at `start`, with an empty line before it if the text has
    /// one or if it is `wanted`.
    pub(super) fn start_line(&mut self, start: u32, wanted: Wanted) {
        let blank = match wanted {
            Wanted::AsWritten => self.trivia.has_blank_between(self.end, start),
            Wanted::Blank => true,
            Wanted::Tight => false,
        };
        match self.fresh {
            Fresh::File => {}
            Fresh::Brace => self.doc.hard_line(),
            Fresh::Line => {
                self.doc.hard_line();
                if blank {
                    self.doc.hard_line();
                }
            }
        }
        self.fresh = Fresh::Line;
        self.after_comment = false;
    }

    /// Writes the comments before `until` on lines of their own, or behind what stands on the line already.
    pub(super) fn comments_until(&mut self, until: u32) {
        self.comments_before(until, Wanted::AsWritten);
    }

    /// The same, with an empty line before the first comment that has a line of its own if it is `wanted`;
    /// answers what is still wanted.
    pub(super) fn comments_before(&mut self, until: u32, wanted: Wanted) -> Wanted {
        let mut wanted = wanted;
        while let Some(comment) = self.next_comment(until) {
            let behind = !comment.own_line && !self.after_comment && self.fresh != Fresh::File;
            if behind {
                self.doc.text(" ");
            } else {
                self.start_line(comment.span.start, wanted);
                wanted = Wanted::AsWritten;
            }
            self.comment(comment);
            self.end = self.end.max(comment.span.end);
        }
        wanted
    }

    /// What was written on lines of its own ends here.
    pub(super) fn end_at(&mut self, end: u32) {
        self.end = self.end.max(end);
        self.fresh = Fresh::Line;
    }

    /// `{ … }` around lines; `body` writes them.
    pub(super) fn braces(
        &mut self,
        open: u32,
        span: Span,
        empty: bool,
        body: impl FnOnce(&mut Self),
    ) {
        self.text("{");
        let close = span.end.saturating_sub(1);
        if !empty || self.has_comment_before(close) {
            self.fresh = Fresh::Brace;
            self.end = open;
            self.doc.indent(STEP);
            body(self);
            self.comments_until(close);
            self.doc.dedent(STEP);
            self.doc.hard_line();
        }
        self.fresh = Fresh::Line;
        self.text("}");
    }

    // ---- Inside a line ----

    /// A place for a line break before something that begins at `start`, and the comments before it.
    pub(super) fn line(&mut self, flat: Flat, start: u32) {
        if !self.has_comment_before(start) {
            self.doc.line(flat);
            self.after_comment = false;
            return;
        }
        while let Some(comment) = self.next_comment(start) {
            match comment.own_line || self.after_comment {
                true => self.doc.hard_line(),
                false => self.doc.text(" "),
            }
            self.comment(comment);
        }
        self.doc.hard_line();
        self.after_comment = false;
    }

    /// ` a, b, c` behind a word, without brackets: one element a line, the first too, if they do not fit. So a new first
    /// element is a line of its own in a comparison of texts.
    pub(super) fn commas<T>(
        &mut self,
        elements: &[T],
        span: impl Fn(&T) -> Span,
        mut each: impl FnMut(&mut Self, &T),
    ) {
        let starts: Vec<u32> = elements.iter().map(|e| span(e).start).collect();
        let mut elements = elements.iter();
        self.elements(&starts, |p| {
            if let Some(element) = elements.next() {
                each(p, element);
            }
        });
    }

    /// The same of elements that start at these places; `next` writes one after the other.
    pub(super) fn elements(&mut self, starts: &[u32], mut next: impl FnMut(&mut Self)) {
        if starts.len() < 2 {
            self.text(" ");
            return next(self);
        }
        self.doc.open();
        self.doc.indent(STEP);
        for (index, start) in starts.iter().enumerate() {
            if index > 0 {
                self.text(",");
            }
            self.line(Flat::Space, *start);
            next(self);
        }
        self.doc.dedent(STEP);
        self.doc.close();
    }

    /// A list before clauses that are indented themselves, so that it is indented more.
    pub(super) fn before_clauses(&mut self, list: impl FnOnce(&mut Self)) {
        self.doc.indent(STEP);
        list(self);
        self.doc.dedent(STEP);
    }

    /// `[a, b]` and its kind: one element a line, with a comma after each, if it does not fit. `end` is one
    /// past the closing sign.
    pub(super) fn brackets<T>(
        &mut self,
        signs: (&str, Flat, &str),
        end: u32,
        elements: &[T],
        span: impl Fn(&T) -> Span,
        mut each: impl FnMut(&mut Self, &T),
    ) {
        let (open, flat, close) = signs;
        let close_at = end.saturating_sub(1);
        self.text(open);
        if elements.is_empty() && !self.has_comment_before(close_at) {
            return self.text(close);
        }
        self.doc.open();
        self.doc.indent(STEP);
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.text(",");
            }
            let flat = if index == 0 { flat } else { Flat::Space };
            self.line(flat, span(element).start);
            each(self, element);
        }
        if !elements.is_empty() {
            self.doc.if_broken(",");
            self.after_comment = false;
        }
        self.comments_inside(close_at);
        self.doc.dedent(STEP);
        self.doc.line(flat);
        self.doc.close();
        self.text(close);
    }

    /// Comments before a closing sign; they force the line break that follows.
    pub(super) fn comments_inside(&mut self, until: u32) {
        while let Some(comment) = self.next_comment(until) {
            match comment.own_line || self.after_comment {
                true => self.doc.hard_line(),
                false => self.doc.text(" "),
            }
            self.comment(comment);
            self.doc.force();
        }
    }
}

/// Whether an empty line stands before a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// If the text has one there.
    AsWritten,
    /// Always.
    Blank,
    /// Never.
    Tight,
}
