//! The written program: its tree, its comments, and the parser that makes both.
//!
//! In: the text of one file. Out: a [`ast::Module`] in which unreadable parts are `Bad`, the [`Trivia`] that
//! the formatter needs, and diagnostics. No name is looked up and no other file is seen.

pub mod ast;
mod decode;
pub mod literal;
mod parser;
mod trivia;

pub use decode::{Undecodable, decode};
pub use parser::{parse, words};
pub use trivia::{Comment, Trivia};

/// The largest source that is read, in bytes.
pub const MAX_SOURCE: usize = 16 * 1024 * 1024;
/// How deep brackets and `not`s may be nested, together.
pub const MAX_NESTING: usize = 64;
