//! A difference between two sides, for reviewers and for programs.
//!
//! `human` is for a terminal, `markdown` for a pull request, `json` is described by docs/diff.schema.json;
//! `github` and `sarif` point at the lines that did it.

mod github;
mod human;
mod json;
mod markdown;
mod sarif;
mod words;

pub use github::github;
pub use human::human;
pub use json::{Report, json};
pub use markdown::markdown;
pub use sarif::sarif;

/// What the two sides are called.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// The old side: `main`, `HEAD~1`, a folder.
    pub old: &'a str,
    /// The new side.
    pub new: &'a str,
}
