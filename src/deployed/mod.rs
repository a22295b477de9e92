//! What is deployed, read from what AWS's and others' tools print about it.
//!
//! In: texts that were added to a [`SourceMap`](crate::source::SourceMap), and the catalogue. Out: plain meaning with
//! places in those texts, and everything that is wrong with them: a document that cannot be read is a finding, and the
//! others are still read. Nothing is judged here, and nothing is compared or written.
//!
//! * [`authorization`]: `aws iam get-account-authorization-details`;
//! * [`organization`]: the calls of `aws organizations`;
//! * [`terraform`]: `terraform show -json`;
//! * [`cloudformation`]: templates in JSON and YAML.

mod assemble;
pub mod authorization;
pub mod cloudformation;

mod embedded;
mod form;
mod infrastructure;
mod message;
pub mod organization;
mod reader;
pub mod terraform;
mod view;

pub use assemble::assemble;
pub use form::Form;
pub use infrastructure::{
    AttachedTo, Attachment, BelongsTo, Declared, DeclaredKind, Infrastructure, Membership,
    NamedDocument, PolicyRef, Who,
};

/// Exports of more bytes than this are refused; an account of 10,000 roles has some 30 MB.
pub const MAX_BYTES: usize = 64 << 20;
