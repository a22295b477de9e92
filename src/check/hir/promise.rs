//! Proofs and tests.

use super::{Actions, Guard, Principal, Resources, Value};
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::{BlockKind, Verdict};

/// A `prove` item.
#[derive(Clone, Debug)]
pub struct Proof {
    /// What is claimed.
    pub claim: Claim,
    /// The item.
    pub span: Span,
}

/// What is claimed.
#[derive(Clone, Debug)]
pub enum Claim {
    /// `X cannot …`, `X can …`
    Access {
        /// Who.
        subject: Subject,
        /// Which verdict.
        verdict: Verdict,
        /// What.
        access: Access,
    },
    /// `X within B`
    Within {
        /// Who.
        subject: Subject,
        /// The boundary or policy.
        limit: DefId,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// `only [A] can …`
    Only {
        /// Who may.
        subjects: Vec<Subject>,
        /// What.
        access: Access,
    },
    /// `no path from A to an unbounded role`
    Bounded {
        /// From whom.
        from: Subject,
    },
    /// `no path from A to B`
    NoPath {
        /// From whom.
        from: Subject,
        /// To whom.
        to: Subject,
    },
}

/// Whom a claim speaks of.
#[derive(Clone, Debug)]
pub enum Subject {
    /// One declaration.
    One {
        /// The declaration.
        block: DefId,
        /// Where it is deployed; everywhere if not said.
        place: Option<DefId>,
    },
    /// All of a kind.
    Every {
        /// The kinds.
        kinds: Vec<BlockKind>,
        /// Where; everywhere if not said.
        place: Option<DefId>,
        /// But these.
        except: Vec<DefId>,
    },
}

/// Actions on resources under a condition.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which actions.
    pub actions: Actions,
    /// On which resources; every one if not said.
    pub resources: Option<Resources>,
    /// Under which condition.
    pub guard: Guard,
}

/// A `test` item.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Who asks.
    pub principal: Option<Principal>,
    /// The request's context.
    pub context: Vec<Setting>,
    /// What is expected.
    pub expectations: Vec<Expectation>,
    /// The item.
    pub span: Span,
}

/// A `can` or `cannot` line.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Which.
    pub verdict: Verdict,
    /// Which actions.
    pub actions: Actions,
    /// On which resources.
    pub resources: Option<Resources>,
    /// What differs from `given`.
    pub with: Vec<Setting>,
    /// The line.
    pub span: Span,
}

/// A key of a test's request and its value.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// Its values.
    pub value: Value,
}
