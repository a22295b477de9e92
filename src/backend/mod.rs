//! `ir` → IAM documents: what is written to disk, its names, its sizes, and the manifest that describes it.
//!
//! In: an [`ir::PolicySet`](crate::ir::PolicySet), quotas, the sources (for places in the manifest). Out:
//! artefacts in a fixed order, and diagnostics. Nothing here touches the disk.

mod artefact;
pub mod condition;
mod emit;
mod json;
mod limits;
pub mod manifest;
mod path;
mod sid;
mod slots;
mod statements;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub use artefact::{Artefact, Size};
pub use emit::{Options, emit};
pub use json::{Style, sha256};
pub use slots::{Attachment, Slot, Target, accounts, collect};
pub use statements::{Source, lower};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// An error at a place, or about the project where none is known.
fn error(
    code: Code,
    message: impl Into<String>,
    place: Option<Span>,
    label: impl Into<String>,
) -> Diagnostic {
    match place {
        Some(span) => Diagnostic::error(code, message, span, label),
        None => Diagnostic::global(code, message).with_note(label),
    }
}
