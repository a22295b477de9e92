//! Proofs and tests.

use super::{Actions, Call, Expr, Guard, Ident, Path, Principal, Resources, Subject};
use crate::source::{Span, Spanned};

/// `prove CLAIM`
#[derive(Clone, Debug)]
pub struct Prove {
    /// What is claimed.
    pub claim: Claim,
}

/// What a `prove` claims.
#[derive(Clone, Debug)]
pub enum Claim {
    /// `X cannot ACTIONS on R when C unless D`, `X can …`
    Access {
        /// Who.
        subject: ProveSubject,
        /// `can` or `cannot`.
        verdict: Spanned<Verdict>,
        /// What.
        access: Access,
    },
    /// `X within Boundary`
    Within {
        /// Who.
        subject: ProveSubject,
        /// The boundary or policy.
        limit: Call,
    },
    /// `only [A, B] can ACTIONS on R`
    Only {
        /// Who may.
        subjects: Box<[ProveSubject]>,
        /// What.
        access: Access,
    },
    /// `no path from A to an unbounded role`
    Bounded {
        /// From whom.
        from: ProveSubject,
    },
    /// `no path from A to B`
    NoPath {
        /// From whom.
        from: ProveSubject,
        /// To whom.
        to: ProveSubject,
    },
}

/// `can` or `cannot`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// `can`
    Can,
    /// `cannot`
    Cannot,
}

/// `ACTIONS on RESOURCES when C unless D`, or in a test `with key = value`.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which actions.
    pub actions: Actions,
    /// On which resources.
    pub resources: Option<Resources>,
    /// Under which condition.
    pub guard: Guard,
}

/// Whom a `prove` speaks of.
#[derive(Clone, Debug)]
pub struct ProveSubject {
    /// What it says.
    pub kind: ProveSubjectKind,
    /// Where.
    pub span: Span,
}

/// One identity or all of a kind.
#[derive(Clone, Debug)]
pub enum ProveSubjectKind {
    /// `SettlementReader`, `SettlementReader in Prod`
    One {
        /// The declaration.
        path: Path,
        /// The account or unit.
        place: Option<Path>,
    },
    /// `every role in Workloads except [BreakGlass]`
    Every {
        /// `role`, `user`, `group`, `permission_set`, `identity`
        what: Ident,
        /// The account or unit.
        place: Option<Path>,
        /// Who is left out.
        except: Box<[Path]>,
    },
}

/// `test "NAME" { given …  can …  cannot … }`
#[derive(Clone, Debug)]
pub struct TestDecl {
    /// The name.
    pub name: Spanned<String>,
    /// Lines in order.
    pub lines: Vec<TestLine>,
}

/// A line of a test.
#[derive(Clone, Debug)]
pub struct TestLine {
    /// What it says.
    pub kind: TestLineKind,
    /// Where.
    pub span: Span,
}

/// The kinds of test line.
#[derive(Clone, Debug)]
pub enum TestLineKind {
    /// `given role X in Prod, mfa = true, source ip = 203.0.113.7`
    Given {
        /// Who asks, if this line says so.
        principal: Option<Principal>,
        /// The request's context.
        context: Vec<Setting>,
    },
    /// `can s3:GetObject on settled/"x" with source ip = 203.0.113.8`
    Expect {
        /// `can` or `cannot`.
        verdict: Spanned<Verdict>,
        /// Which actions.
        actions: Actions,
        /// On which resources.
        resources: Option<Resources>,
        /// What differs from `given`.
        with: Vec<Setting>,
    },
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// `mfa age = 5m`
#[derive(Clone, Debug)]
pub struct Setting {
    /// The key or phrase.
    pub subject: Subject,
    /// Its value, or a list of values.
    pub value: Expr,
    /// All of it.
    pub span: Span,
}
