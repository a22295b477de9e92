//! Bailiwick: policy as code for AWS IAM.
//!
//! Sources (`.bw`) are parsed (`syntax`), every name is bound (`resolve`), everything is typed against the
//! catalogue (`check`), brought down to plain meaning (`lower` → `ir`) and written as IAM documents (`backend`), which are read back and proved
//! to say what the sources mean (`verify`, by the `engine`).
//! Dependencies point down only; `tests/layers.rs` holds the table.

// The code that pest generates without `std` names it.
extern crate alloc;

// Layer 0: foundations, nothing about policies.
pub mod diagnostic;
pub mod layout;
pub mod source;

// Layer 1: the target's vocabulary, facts without judgement.
pub mod catalogue;
pub mod iam;

// Layer 2: the written program.
pub mod fmt;
pub mod syntax;

// Layer 3: meaning.
pub mod check;
pub mod ir;
pub mod lower;
pub mod resolve;
pub mod types;

// Layer 4: semantics, over ir only.
pub mod access;
pub mod engine;

// Layer 5: consumers; they do not see one another.
pub mod backend;
pub mod deployed;
pub mod diff;
pub mod drift;
pub mod import;
pub mod lint;
pub mod prove;
pub mod verify;

// Layer 6: assembly and front ends.
pub mod cli;
pub mod driver;
pub mod report;
