//! What an evaluation says: the decision, who denied, which statements decided, which keys were missed.

use std::fmt;

use serde::Serialize;

use crate::iam::Effect;
use crate::ir::Origin;

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// Nothing denies it, and not everything that has to allow it does.
    ImplicitlyDenied,
    /// A statement denies it.
    ExplicitlyDenied,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Decision::Allowed => "allowed",
            Decision::ImplicitlyDenied => "denied implicitly",
            Decision::ExplicitlyDenied => "denied explicitly",
        })
    }
}

/// The kind of place that a policy is attached to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// The principal's own policies.
    Identity,
    /// Its permissions boundary.
    Boundary,
    /// The session's policies.
    Session,
    /// The resource's policy.
    Resource,
    /// The VPC endpoint's policy.
    Endpoint,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Layer::Identity => "identity",
            Layer::Boundary => "boundary",
            Layer::Session => "session",
            Layer::Resource => "resource",
            Layer::Endpoint => "endpoint",
            Layer::Scp => "scp",
            Layer::Rcp => "rcp",
        })
    }
}

/// A statement that decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deciding {
    /// Where its policy is attached.
    pub layer: Layer,
    /// The level within SCPs and RCPs, from 0 at the root; 0 elsewhere.
    pub level: usize,
    /// The policy's index among those attached there.
    pub document: usize,
    /// The statement's index within the policy.
    pub statement: usize,
    /// Its name.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Where it was written.
    pub origin: Origin,
}

/// The result of an evaluation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evaluation {
    /// Allowed or not.
    pub decision: Decision,
    /// For an explicit denial the layers with a statement that denies, for an implicit one those that would
    /// have had to allow and did not.
    pub denied_by: Vec<Layer>,
    /// The statements that deny; if none does and the request is allowed, those that allow it.
    pub statements: Vec<Deciding>,
    /// The keys that conditions and variables asked for and the request does not have.
    pub missing_keys: Vec<String>,
}

impl Evaluation {
    /// Whether the request is allowed.
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allowed
    }
}
