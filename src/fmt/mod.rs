//! The one way to lay out a source: tree and comments to text.
//!
//! In: the text of a file. Out: the same words in the canonical layout, or the diagnostics of the parser if
//! the text cannot be read. Every comment is kept; one empty line between things stays one empty line. The
//! result is read again before it is handed out ([`verify`]).

mod blocks;
mod conditions;
mod items;
mod pieces;
mod printer;
mod values;
mod verify;

use crate::diagnostic::{self, Diagnostic};
use crate::source::SourceId;
use crate::syntax::{self, Trivia, ast::Module};

/// Columns of a line.
pub const WIDTH: usize = 100;

/// Why a text was not formatted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FormatError {
    /// The text cannot be read; these are the findings.
    Unreadable(Vec<Diagnostic>),
    /// The result would not say the same as the text: an error of the formatter, the text is best left alone.
    Unfaithful(&'static str),
}

/// Lays a file out.
///
/// # Errors
/// The findings of the parser, or the self-check's refusal.
pub fn format(source: SourceId, text: &str) -> Result<String, FormatError> {
    let (module, trivia, diagnostics) = syntax::parse(source, text);
    if diagnostic::has_errors(&diagnostics) {
        return Err(FormatError::Unreadable(diagnostics));
    }
    let formatted = print(&module, &trivia, text);
    if formatted != text {
        let meant = verify::meaning(&module, &trivia, text);
        verify::verify(source, &meant, &formatted).map_err(FormatError::Unfaithful)?;
    }
    Ok(formatted)
}

/// The text of a module that was read from `text`. Nothing is checked.
fn print(module: &Module, trivia: &Trivia, text: &str) -> String {
    let mut printer = printer::Printer::new(trivia, text);
    printer.module(module);
    printer.finish()
}

#[cfg(test)]
mod tests;
