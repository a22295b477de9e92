//! What the tool has to say about somebody's text: one finding, its places, and how to mend it.
//!
//! In: codes, sentences and spans from every stage. Out: plain data; [`render()`] draws it, [`Record`] is its JSON.
//! Messages start in lower case, end without a full stop, fit a line and quote the user's text in backticks.

mod code;
mod record;
mod render;
mod suggest;

pub use code::Code;
pub use record::{Change, Place, Point, Record, Waiver};
pub use render::{Colour, render};
pub use suggest::nearest;

use crate::source::Span;

/// How much a finding weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing; never changes the exit code.
    Note,
    /// Suspicious; `check` reports it.
    Warning,
    /// Nothing is built.
    Error,
}

impl Severity {
    /// The word that people and programs see.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place with words beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be said there; may be empty for the primary label.
    pub message: String,
}

/// A change of text that mends the finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fix {
    /// The text that is replaced.
    pub span: Span,
    /// What replaces it.
    pub replacement: String,
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// Which rule speaks; `bailiwick explain CODE` says more.
    pub code: Code,
    /// How much it weighs.
    pub severity: Severity,
    /// One line, lower-case start, no full stop.
    pub message: String,
    /// Where it is wrong; absent only for findings about a whole project.
    pub primary: Option<Label>,
    /// Where the other half is.
    pub secondary: Vec<Label>,
    /// Facts that explain.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// The change that would mend it, if there is exactly one.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// An error at a place. The label under the caret is `label`, which may be empty.
    pub fn error(
        code: Code,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Self::new(
            Severity::Error,
            code,
            message,
            Some(Label {
                span,
                message: label.into(),
            }),
        )
    }

    /// A warning at a place.
    pub fn warning(
        code: Code,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Self {
        Self::new(
            Severity::Warning,
            code,
            message,
            Some(Label {
                span,
                message: label.into(),
            }),
        )
    }

    /// An error about no place in particular (a missing file, an empty project).
    pub fn global(code: Code, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message, None)
    }

    fn new(
        severity: Severity,
        code: Code,
        message: impl Into<String>,
        primary: Option<Label>,
    ) -> Self {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            primary,
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Adds the other place that matters.
    #[must_use]
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.secondary.push(Label {
            span,
            message: message.into(),
        });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to write instead, as text and as a machine-readable change.
    #[must_use]
    pub fn with_fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix {
            span,
            replacement: replacement.into(),
        });
        self
    }

    /// The order in which findings are shown: by place, global ones first.
    pub fn sort_key(&self) -> (Option<Span>, Code) {
        (self.primary.as_ref().map(|l| l.span), self.code)
    }
}

/// Sorts findings into source order and drops exact repeats.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        a.sort_key()
            .cmp(&b.sort_key())
            .then_with(|| a.message.cmp(&b.message))
    });
    diagnostics.dedup();
}

/// Whether any finding forbids going on.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}
