//! Small pieces: names, texts, docs, waivers.

use super::printer::{Printer, Wanted};
use crate::layout::Flat;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Arg, AttachTarget, Attachment, Call, Ident, Path, Waiver};

impl Printer<'_> {
    /// A name or text as written.
    pub(super) fn ident(&mut self, ident: &Ident) {
        self.verbatim(ident.span);
    }

    /// A word and a text: `name "x"`.
    pub(super) fn word_and(&mut self, word: &str, text: &Spanned<String>) {
        self.text(word);
        self.text(" ");
        self.verbatim(text.span);
    }

    pub(super) fn path(&mut self, path: &Path) {
        self.verbatim(path.span);
    }

    /// `NAME(args)`
    pub(super) fn call(&mut self, call: &Call) {
        self.path(&call.path);
        // `Name()` is allowed and kept.
        if call.span.end > call.path.span.end {
            self.args(&call.args, call.span.end);
        }
    }

    /// `(a: b, c)`; `end` is one past the parenthesis.
    pub(super) fn args(&mut self, args: &[Arg], end: u32) {
        self.brackets(
            ("(", Flat::Empty, ")"),
            end,
            args,
            |a| a.span,
            |p, arg| {
                if let Some(name) = &arg.name {
                    p.ident(name);
                    p.text(": ");
                }
                p.expr(&arg.value);
            },
        );
    }

    /// `aws "X" as "Y"`
    pub(super) fn attachment(&mut self, attachment: &Attachment) {
        match &attachment.target {
            AttachTarget::Aws(name) => self.word_and("aws", name),
            AttachTarget::Declared(call) => self.call(call),
        }
        if let Some(alias) = &attachment.alias {
            self.word_and(" as", alias);
        }
    }

    /// Doc comments and waivers, each on a line of its own; then the line of what they belong to is started.
    pub(super) fn before(
        &mut self,
        docs: &[String],
        waivers: &[Waiver],
        start: Span,
        wanted: Wanted,
    ) {
        let first = waivers
            .first()
            .map_or(start.start, |w| w.span.start.min(start.start));
        let mut wanted = self.comments_before(first, wanted);
        for doc in docs {
            self.start_line(first, wanted);
            self.doc_line("///", doc);
            self.end_at(first);
            wanted = Wanted::Tight;
        }
        for waiver in waivers {
            wanted = self.comments_before(waiver.span.start, wanted);
            self.start_line(waiver.span.start, wanted);
            self.waiver(waiver);
            self.end_at(waiver.span.end);
            wanted = Wanted::Tight;
        }
        let wanted = self.comments_before(start.start, wanted);
        self.start_line(start.start, wanted);
    }

    /// `/// text`
    pub(super) fn doc_line(&mut self, marker: &str, text: &str) {
        self.text(marker);
        if !text.is_empty() {
            self.text(" ");
            self.text(text);
        }
    }

    fn waiver(&mut self, waiver: &Waiver) {
        self.text("waive ");
        self.ident(&waiver.code);
        self.text(" until ");
        self.verbatim(waiver.until.span);
        self.word_and(" because", &waiver.because);
    }
}
