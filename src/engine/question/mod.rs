//! Questions about policies, each a closure over one combinator.
//!
//! Every answer is *proved*, *refuted with a witness* that the concrete evaluator has replayed, or *unknown with
//! the reason*. Sound: never proved when some request of the world speaks against it.

mod asked;
mod capability;
mod relation;
mod statement;
mod subject;

use std::fmt;

pub(crate) use asked::Asked;
pub use capability::{Capability, actions_among, callers, what_can, who_can};
pub use relation::{
    allows_nothing, disjoint, implies, implies_both, implies_within, meets, plainly_disjoint,
};
pub use statement::{StatementQuestion, statement};
pub use subject::{Effective, Subject};

use super::request::Request;
use super::semantics::Semantics;
use super::witness::Witness;
use crate::catalogue::Catalogue;

/// Which requests a question is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum World {
    /// All that can ever be: any action name, any ARN, any combination of keys.
    #[default]
    Open,
    /// As [`World::Open`], and the first request that is found will do: for questions whose witness nobody reads.
    Sketch,
    /// Those that AWS knows today: actions of the catalogue, on resources they take, with keys they carry.
    Catalogue,
}

/// How a question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The reading of what sources about AWS disagree on.
    pub semantics: Semantics,
    /// Which requests count.
    pub world: World,
    /// Steps of work before the answer is `unknown: budget`.
    pub steps: u64,
    /// What is known of actions, resources and keys.
    pub catalogue: &'a Catalogue,
}

/// Steps that a question may take unless it says otherwise: some seconds of work.
pub const STEPS: u64 = 20_000_000;

impl<'a> Asking<'a> {
    /// A question in the open world under the default semantics.
    pub fn new(catalogue: &'a Catalogue) -> Self {
        Asking {
            semantics: Semantics::default(),
            world: World::Open,
            steps: STEPS,
            catalogue,
        }
    }
}

/// Why an answer is unknown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The budget of steps was used up.
    Budget,
    /// The question leaves the fragment that docs/engine.md describes.
    Fragment(&'static str),
    /// The two evaluators disagree about this request: an error of Bailiwick, never an answer.
    Disagreement(Box<Request>),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Budget => f.write_str("budget"),
            Reason::Fragment(why) => f.write_str(why),
            Reason::Disagreement(request) => write!(
                f,
                "internal error: the evaluators disagree on {} on {}",
                request.action, request.resource
            ),
        }
    }
}

/// The answer to a question that asks whether something holds of all requests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// It holds of all requests of the world.
    Proved,
    /// It does not hold of this one.
    Refuted(Box<Witness>),
    /// Not settled.
    Unknown(Reason),
}

impl Finding {
    /// Whether it is [`Finding::Proved`].
    pub fn is_proved(&self) -> bool {
        *self == Finding::Proved
    }

    /// The witness, if it is refuted.
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Finding::Refuted(witness) => Some(witness),
            _ => None,
        }
    }
}
