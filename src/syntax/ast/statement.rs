//! Statements: effect, actions, resources, principals, guard.

use super::{Arg, Cond, Expr, Ident, Path};
use crate::source::{Span, Spanned};

/// `Label: allow ACTIONS on RESOURCES to PRINCIPALS when C unless D`
#[derive(Clone, Debug)]
pub struct Statement {
    /// The label, an identifier or a string: becomes the Sid.
    pub label: Option<Ident>,
    /// `allow` or `deny`.
    pub effect: Spanned<Effect>,
    /// Which actions.
    pub actions: Actions,
    /// `on …`; absent means every resource that the place allows.
    pub resources: Option<Resources>,
    /// `to …`
    pub principals: Option<Principals>,
    /// `when …` and `unless …`.
    pub guard: Guard,
}

/// `allow` or `deny`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// `allow`
    Allow,
    /// `deny`
    Deny,
}

/// `when C unless D`: applies when C holds and D does not.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// `when …`
    pub when: Option<Box<Cond>>,
    /// `unless …`
    pub unless: Option<Box<Cond>>,
}

/// A list of actions, or everything except a list.
#[derive(Clone, Debug)]
pub struct Actions {
    /// `everything` or `*` (with `except`, the list says what is left out).
    pub everything: Option<Span>,
    /// The list; for `everything` what follows `except`.
    pub list: Box<[Action]>,
    /// All of it.
    pub span: Span,
}

/// One selector.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it says.
    pub kind: ActionKind,
    /// Where.
    pub span: Span,
}

/// The kinds of action selector.
#[derive(Clone, Debug)]
pub enum ActionKind {
    /// `s3:GetObject`, `s3:Get*`
    Pattern {
        /// `s3`
        service: Ident,
        /// `Get*`
        name: Ident,
    },
    /// `read`, or `read(s3)` for a whole service.
    Level {
        /// `read`, `list`, `write`, `tag`, `manage`
        level: Ident,
        /// The service in parentheses.
        service: Option<Ident>,
    },
    /// A `let` or parameter that holds actions.
    Name(Path),
    /// `raw "s3:get?bject"`
    Raw(Spanned<String>),
}

/// A list of resources, or every one except a list.
#[derive(Clone, Debug)]
pub struct Resources {
    /// `*` followed by `except`: the list says what is left out.
    pub except: Option<Span>,
    /// The list.
    pub list: Box<[Expr]>,
    /// All of it.
    pub span: Span,
}

/// `to role Reader, service "lambda.amazonaws.com"`, `to everyone except role Admin`
#[derive(Clone, Debug)]
pub struct Principals {
    /// `everyone except`: the list says who is left out.
    pub except: Option<Span>,
    /// The list.
    pub list: Box<[Principal]>,
    /// All of it.
    pub span: Span,
}

/// One principal.
#[derive(Clone, Debug)]
pub struct Principal {
    /// What it says.
    pub kind: PrincipalKind,
    /// Where.
    pub span: Span,
}

/// The kinds of principal.
#[derive(Clone, Debug)]
pub enum PrincipalKind {
    /// `anyone`
    Anyone,
    /// `account Tools`, `account "111111111111"`
    Account(Expr),
    /// `role Reader`, `role Reader in Prod`
    Role(Expr),
    /// `user BreakGlass`
    User(Expr),
    /// `service "lambda.amazonaws.com"`
    Service(Expr),
    /// `oidc GitHub(repository: "acme/app", branch: "main")`
    Oidc {
        /// The provider.
        provider: Path,
        /// Typed claims.
        claims: Box<[Arg]>,
    },
    /// `saml Okta`
    Saml(Path),
    /// `federated "cognito-identity.amazonaws.com"`
    Federated(Expr),
    /// `canonical_user "79a5…"`
    CanonicalUser(Spanned<String>),
    /// `arn "arn:aws:iam::111111111111:role/x"`: as written.
    Arn(Spanned<String>),
    /// A `let` or parameter that holds principals.
    Name(Path),
}
