//! Statements: selectors that are expanded, resources and principals of known types.

use super::{Guard, Value};
use crate::catalogue::AccessLevel;
use crate::iam::Effect;
use crate::resolve::DefId;
use crate::source::{Span, Spanned};

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its label.
    pub label: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Which actions.
    pub actions: Actions,
    /// Which resources; `None` where none is written.
    pub resources: Option<Resources>,
    /// Whom; `None` where none is written.
    pub principals: Option<Principals>,
    /// Under which condition.
    pub guard: Guard,
    /// Where it was written.
    pub span: Span,
}

/// Actions of a statement.
#[derive(Clone, Debug)]
pub struct Actions {
    /// Everything but the list (`everything` itself is an empty list here).
    pub except: bool,
    /// The selectors in the order of the source.
    pub selectors: Box<[Spanned<Selector>]>,
}

/// A selector.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selector {
    /// One pattern, `s3:Get*`.
    Pattern(String),
    /// The expansion of an access level.
    Level {
        /// Which.
        level: AccessLevel,
        /// Its actions, sorted.
        actions: Box<[String]>,
    },
    /// A `let` of actions.
    Let(DefId),
    /// A parameter of type `action`.
    Parameter(usize),
}

/// Resources of a statement.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Everything but the list.
    pub except: bool,
    /// The values.
    pub values: Box<[Value]>,
}

/// Principals of a statement.
#[derive(Clone, Debug)]
pub struct Principals {
    /// Everyone but the list.
    pub except: bool,
    /// The list.
    pub list: Box<[Principal]>,
}

/// One principal.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Who.
    pub kind: PrincipalKind,
    /// Where it was written.
    pub span: Span,
}

/// The kinds of principal.
#[derive(Clone, Debug)]
pub enum PrincipalKind {
    /// Everybody, with or without credentials.
    Anyone,
    /// An account.
    Account(Value),
    /// A declared role or user.
    Declared {
        /// The declaration.
        block: DefId,
        /// The account it is looked for in.
        place: Option<DefId>,
    },
    /// A service principal.
    Service(Value),
    /// An OIDC provider, with what its claims must be.
    Oidc {
        /// The provider.
        provider: DefId,
        /// What `sub` must be.
        claims: Claims,
    },
    /// A SAML provider.
    Saml(DefId),
    /// A federated principal as written.
    Federated(Value),
    /// S3's canonical user id.
    CanonicalUser(String),
    /// An ARN as written.
    Arn(String),
    /// A `let` of principals.
    Let(DefId),
    /// A parameter of type `principal`.
    Parameter(usize),
}

/// Typed claims of an OIDC trust.
#[derive(Clone, Debug)]
pub enum Claims {
    /// None: only the audience is demanded.
    None,
    /// `subject: "…"`
    Subject(Value),
    /// `repository: "acme/app"` and what of it.
    GitHub {
        /// `acme/app`
        repository: Value,
        /// Which part of it.
        reference: GitHubReference,
    },
    /// `namespace: "payments", service_account: "settler"`
    Eks {
        /// The namespace.
        namespace: Value,
        /// The service account.
        service_account: Value,
    },
}

/// Which runs of a repository are trusted.
#[derive(Clone, Debug)]
pub enum GitHubReference {
    /// All of them.
    Any,
    /// `branch: "main"`
    Branch(Value),
    /// `tag: "v*"`
    Tag(Value),
    /// `environment: "production"`
    Environment(Value),
    /// `pull_request: true`
    PullRequest,
}
