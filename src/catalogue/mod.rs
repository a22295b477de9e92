//! The catalogue of AWS: services, actions, resource types with their ARN formats, condition keys, managed policies.
//!
//! In: the text in `data/catalogue/` (embedded), or a newer text of the same format that a project keeps.
//! Out: look-ups without judgement, suggestions for misspelt names, and the lock that notices what a newer catalogue
//! would change. Only the services asked for are ever parsed: opening the catalogue reads its index.
//!
//! What it does not do: no file is read here; [`convert`] turns AWS's JSON, handed over as bytes, into the text.

mod arn_format;
pub mod convert;
mod descriptions;
mod format;
mod keys;
pub mod lock;
mod managed;
mod model;
mod packed;
pub mod search;
pub mod show;
mod store;
pub mod suggest;
pub mod template;

pub use arn_format::{ArnFormat, Unfilled};
pub use format::FormatError;
pub use keys::{KeyMatch, KeyOrigin, Presence};
pub use lock::{FactChange, Lock, LockError, UsedFacts};
pub use managed::ManagedPolicy;
pub use model::{AccessLevel, Action, ActionResource, Key, KeyType, ResourceType, Service};
pub use store::{Catalogue, Provenance};
