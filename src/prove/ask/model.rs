//! Answers, as plain data.

use crate::access::IdentityKind;
use crate::engine::concrete::Layer;
use crate::engine::request::{Request, Values};
use crate::ir::Condition;
use crate::prove::Responsible;

/// Whether something may be done.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verdict {
    /// Every request in question is allowed.
    Yes,
    /// Some are, some are not.
    Depends,
    /// None is.
    No,
    /// Not settled.
    Unknown,
}

impl Verdict {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Yes => "yes",
            Verdict::Depends => "depends",
            Verdict::No => "no",
            Verdict::Unknown => "unknown",
        }
    }

    /// What holds of two things together.
    pub fn and(self, other: Verdict) -> Verdict {
        match (self, other) {
            (one, other) if one == other => one,
            (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
            _ => Verdict::Depends,
        }
    }
}

/// The answer for one identity in one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What the identity was declared as.
    pub kind: IdentityKind,
    /// Its name in AWS.
    pub name: String,
    /// Name and id of its account.
    pub account: (String, String),
    /// For all that was asked about.
    pub verdict: Verdict,
    /// Apart by whose resources are meant; empty if nothing that was asked about can be requested at all.
    pub sectors: Vec<Sector>,
}

/// Whose resources requests are about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// The identity's own account's, on which the project writes no policy.
    Own,
    /// One that the project writes a policy on: its declaration and the owner's account.
    Governed {
        /// The declaration.
        name: String,
        /// The owner's account.
        account: String,
    },
    /// Of another account of the project, on which it writes no policy.
    Other {
        /// The owner's account.
        account: String,
    },
    /// Somebody's outside the project, who is taken to grant whatever is needed.
    Outside {
        /// The id of the account.
        account: String,
    },
}

/// The answer for requests that the same policies decide about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sector {
    /// Whose resources they are about.
    pub place: Place,
    /// Whether they are allowed.
    pub verdict: Verdict,
    /// Why it is not settled; empty if it is.
    pub unsettled: String,
    /// A request that is allowed, with no more keys than it takes.
    pub allowed: Option<Shown>,
    /// Whether that request is one that AWS knows today.
    pub in_catalogue: bool,
    /// The keys that request cannot do without.
    pub needs: Vec<Need>,
    /// Requests that are denied, each for another reason; of a plain no none.
    pub denied: Vec<Shown>,
    /// What lets none of the requests through.
    pub blocks: Vec<Block>,
}

/// A request and what decides it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The request.
    pub request: Request,
    /// The statements that decide.
    pub statements: Vec<Statement>,
    /// The layers that would have to allow it and do not.
    pub silent: Vec<Layer>,
}

/// A statement that matters, and under which condition it matches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Which, and where it is written.
    pub of: Responsible,
    /// Its condition.
    pub condition: Condition,
}

/// A key that a request cannot do without, and that the question does not give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// The key.
    pub key: String,
    /// A value that will do.
    pub values: Values,
    /// The statements that deny the request without it.
    pub statements: Vec<Statement>,
    /// The layers that do not allow it without it.
    pub silent: Vec<Layer>,
}

/// A layer that by itself lets nothing through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// Which.
    pub layer: Layer,
    /// The policies there.
    pub policies: Vec<String>,
    /// The statements that deny; empty if none allows it.
    pub denies: Vec<Statement>,
}
