//! What a project promises of itself: `prove` and `test`, over the identities that are deployed.
//!
//! Made by `lower`, decided by `prove`. A set of requests is a [`Policy`] with one Allow: its actions, resources and
//! condition; what it would allow is what is spoken of.

use super::{Match, Origin, Policy};
use crate::iam::document::Principal;

/// Everything a project promises, in the order of the sources.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Promises {
    /// `prove …`
    pub claims: Vec<Promise>,
    /// `test "…" { … }`
    pub tests: Vec<Trial>,
}

/// A `prove`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Promise {
    /// What is claimed.
    pub claim: Claim,
    /// The item.
    pub origin: Origin,
}

/// An identity in one account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Who {
    /// Account id.
    pub account: String,
    /// What it is.
    pub kind: WhoKind,
    /// Its name in AWS.
    pub name: String,
}

/// The kinds of identity that requests come from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum WhoKind {
    /// A role.
    Role,
    /// A user.
    User,
    /// A permission set.
    PermissionSet,
}

/// What is claimed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claim {
    /// `X cannot …`: no request of the scope is allowed to any of them.
    Cannot(Vec<Case>),
    /// `X can …`: every request of the scope is allowed to each of them.
    Can(Vec<Case>),
    /// `X within B`: whatever is allowed to them, the limit allows too.
    Within(Vec<Case>),
    /// `only [A] can …`: no request of the scope is allowed to anybody else.
    Only {
        /// Who may.
        listed: Vec<Who>,
        /// The requests, in any account.
        scope: Policy,
    },
    /// `no path from A to an unbounded role`: none of them can become somebody with any policy and no boundary.
    Bounded(Vec<Who>),
    /// `no path from A to B`: none of the first can become one of the second.
    NoPath {
        /// From whom.
        from: Vec<Who>,
        /// To whom.
        to: Vec<Who>,
    },
}

/// A claim as it reads in one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Of whom.
    pub who: Vec<Who>,
    /// The requests in question, or the limit.
    pub policy: Policy,
}

/// A `test`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trial {
    /// Its name.
    pub name: String,
    /// What is tried, in order; once for each account that who asks is deployed to.
    pub expectations: Vec<Expectation>,
    /// The item.
    pub origin: Origin,
}

/// Who asks in a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asker {
    /// An identity of the project.
    Declared(Who),
    /// Somebody written out: an ARN, a service, an identity provider.
    Named(Principal),
    /// An unsigned request.
    Anonymous,
}

/// A `can` or `cannot` line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// Whether it is to be allowed.
    pub expected: Expected,
    /// Who asks.
    pub asker: Asker,
    /// For what; wildcards stand for every action of the catalogue that they match.
    pub actions: Match,
    /// On what; empty if no resource is named.
    pub resources: Vec<String>,
    /// The keys of the request.
    pub context: Vec<(String, Vec<String>)>,
    /// The line.
    pub origin: Origin,
}

/// What a test expects of its requests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Expected {
    /// `can`
    Allowed,
    /// `cannot`
    Denied,
}
