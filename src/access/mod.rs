//! Who is in the accounts of a project, and which policies bear on each.
//!
//! In: an `ir::PolicySet` and the catalogue's AWS-managed policies. Out: an [`Estate`]: its accounts with the levels of
//! SCPs and RCPs above them, its identities with all their policies, its resource policies; and for each identity the
//! [`Effective`](crate::engine::question::Effective) permission that the engine answers questions about.
//!
//! It judges nothing. Lints, proofs and diffs ask it, so that all of them mean the same by "may".

mod estate;
mod identity;
mod managed;
pub mod naming;
pub mod reach;
pub mod region;
#[cfg(test)]
mod tests;

pub use estate::{AccountView, Estate, ResourceView};
pub use identity::{Identity, IdentityKind};
pub use managed::Shared;
