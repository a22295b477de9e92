//! Exact answers about policies.
//!
//! In: policies as `ir`, and a question. Out: an answer with its reasons. Two evaluators that share types but
//! no matching code: `concrete` decides one request, `symbolic` reasons about all of them, and
//! whatever the second claims about a request is replayed in the first.

pub mod attached;
pub mod bearing;
pub mod compare;
pub mod concrete;
pub(crate) mod hashed;
mod narrow;
pub mod question;
pub mod region;
pub mod request;
pub mod scenario;
pub mod semantics;
mod slice;
pub mod symbolic;
pub mod witness;

/// The version of the engine that a proof was made by: the program's.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The fragment in which answers are exact, as docs/engine.md describes it: all but what is listed under *Unknown*.
/// Raised whenever something enters or leaves that list.
pub const FRAGMENT: &str = "iam-1";

pub use attached::Attached;
pub use request::{Context, Principal, Request, Values};
pub use semantics::Semantics;
