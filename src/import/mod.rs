//! From documents that exist to sources in the language: readable, and saying exactly the same.
//!
//! In: what was read of an account, an organisation or single files, as [`Module`]s of [`Block`]s whose statements are
//! plain meaning ([`crate::ir`]). Out: [`Written`] text, with the piece of the document that each part of it says, and
//! [`Remark`]s on what AWS ignores or does not know. Nothing is compiled here: whoever drives compiles the text,
//! hands every objection back to [`Choices`], has it written again less idiomatically at that place, and proves the
//! result equal.

mod action;
mod block;
mod choice;
mod condition;
mod factor;
mod key;
mod literal;
mod model;
mod name;
mod phrase;
mod principal;
pub mod project;
mod provider;
mod read;
mod resource;
mod share;
mod stack;
mod standalone;
mod statement;
mod text;
mod trust;
mod value;
mod write;

pub use choice::{Choices, Part, Place};
pub use model::{
    Ambient, Block, Deployed, Fill, Item, Levels, Module, Options, ProviderName, Reference, Style,
};
pub use name::{Names, ident_of};
pub use provider::with_providers;
pub use read::{Found, percent_decoded, read};
pub use stack::stack;
pub use standalone::standalone;
pub use write::{Remark, Written, write};
