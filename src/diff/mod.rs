//! What a change of policies means: who gains what, who loses what, under which conditions, how risky, which line.
//!
//! In: two [`Side`]s, each an `ir::PolicySet` with its sources. Out: a [`Diff`], plain data in order of risk. Decided
//! by effective permission: an identity within its boundary and the SCPs and RCPs of its account. What moves in the
//! text and not in meaning is not in it; what could not be decided is, as [`Undecided`].
//!
//! The set of requests that an identity can make is `policies ∧ boundary ∧ guardrails`. What it gains is outside the
//! old policies, or the old boundary, or the old guardrails; each of these differences is described as regions over
//! documents, and a region counts only if some request in it is newly allowed by all of them together.

mod compare;
mod document;
mod escalation;
mod group;
mod identity;
mod limit;
mod lines;
mod model;
mod resource;
mod risk;

pub use compare::diff;
pub use model::{
    Arrival, Change, Compared, Diff, Direction, Line, LineSide, Part, Risk, Subject, SubjectKind,
    Through, Topic, Undecided,
};

use crate::ir::PolicySet;
use crate::source::SourceMap;

/// One side of a comparison.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// What it means.
    pub set: &'a PolicySet,
    /// The texts that its origins point into.
    pub sources: &'a SourceMap,
}
