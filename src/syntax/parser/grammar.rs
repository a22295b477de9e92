//! The parser that pest generates from `grammar/bailiwick.pest`.

/// The generated parser.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/bailiwick.pest"]
pub(super) struct Grammar;
