//! Values, types, and the parameters and arguments that carry them.

use super::{Action, Ident, Path, Principal};
use crate::source::{Span, Spanned};

/// A type as written: `cidr`, `account`, `s3:bucket`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeRef {
    /// What it says.
    pub kind: TypeRefKind,
    /// Where.
    pub span: Span,
}

/// A builtin type or a resource type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeRefKind {
    /// `cidr`
    Name(String),
    /// `s3:bucket`
    Resource(ResourceTypeRef),
}

/// `s3:bucket`, `elasticloadbalancing:"loadbalancer/app/"`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResourceTypeRef {
    /// `s3`
    pub service: Ident,
    /// `bucket`
    pub name: Ident,
    /// Both.
    pub span: Span,
}

/// `(bucket: s3:bucket, from: cidr = office)`
#[derive(Clone, Debug)]
pub struct Param {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: TypeRef,
    /// The value used when the argument is left out.
    pub default: Option<Expr>,
}

/// `NAME(args)`
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub path: Path,
    /// Arguments, possibly none.
    pub args: Box<[Arg]>,
    /// All of it.
    pub span: Span,
}

/// `settled` or `bucket: settled`
#[derive(Clone, Debug)]
pub struct Arg {
    /// The parameter's name, if written.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
    /// All of it.
    pub span: Span,
}

/// A value.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of value.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `"home/${aws:username}/*"`: the text between the quotes with its escapes still in it.
    Text(String),
    /// `42`, `3.5`
    Number(String),
    /// `1h`, `1h30m`, `7d`
    Duration(String),
    /// `2025-01-01T00:00:00Z`, `2025-01-01`
    Instant(String),
    /// `203.0.113.0/24`, `203.0.113.7`, `2001:db8::/32`
    Address(String),
    /// `true`, `false`
    Bool(bool),
    /// `[a, b]`
    List(Box<[Expr]>),
    /// `settled`, `network.office`, `settled.object`, `Reader in Prod`
    Name {
        /// The name; a last segment may name a child type of a resource.
        path: Path,
        /// `in Prod`
        place: Option<Path>,
    },
    /// `s3:bucket "name"`, `dynamodb:table(region: "eu-west-1", name: "ledger")`
    Resource {
        /// The type.
        ty: ResourceTypeRef,
        /// The arguments: one without a name for the short form.
        args: Box<[Arg]>,
        /// Whether the short form without parentheses was used.
        short: ShortForm,
    },
    /// `settled/"2025/01.csv"`, `settled/*`
    Join {
        /// The resource.
        base: Box<Expr>,
        /// What follows the slash: text between quotes, or `*`.
        suffix: Spanned<String>,
        /// How the suffix was written.
        form: SuffixForm,
    },
    /// `arn "arn:aws:s3:::x"`: an ARN as written, checked.
    Arn(Spanned<String>),
    /// `raw "…"`: a resource string as written, not checked.
    Raw(Spanned<String>),
    /// `*`
    Everything,
    /// An action in a list of actions: `s3:GetObject`, `read(s3)`.
    Action(Box<Action>),
    /// A principal in a list of principals: `role Reader`.
    Principal(Box<Principal>),
}

/// Whether a resource was written `s3:bucket "x"` or `s3:bucket("x")`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ShortForm {
    /// `s3:bucket "x"`
    Short,
    /// `s3:bucket("x")`
    Parenthesised,
}

/// How the part after a slash was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SuffixForm {
    /// `/"2025/*"`
    Text,
    /// `/*`
    Star,
}
