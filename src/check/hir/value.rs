//! Values, before lets and parameters are filled in.

use super::Principal;
use ipnet::IpNet;

use crate::iam::Pattern;
use crate::resolve::DefId;
use crate::source::Span;
use crate::types::Type;

/// A value that `lower` can compute once it knows the arguments and the account.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it was written.
    pub span: Span,
}

/// The kinds of value.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// What could not be read; a finding says so, so that nothing is lowered.
    Unknown,
    /// Text, with its wildcards and variables; the place decides whether they are meant.
    Text(Pattern),
    /// A decimal number as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// Seconds.
    Seconds(u64),
    /// An instant in its one form.
    Instant(String),
    /// An address block.
    Address(IpNet),
    /// Several values.
    List(Box<[Value]>),
    /// The parameter at that position.
    Parameter(usize),
    /// A `let`.
    Let(DefId),
    /// A declared account, unit or organisation: its id.
    Node(DefId),
    /// A resource from a format of the catalogue.
    Resource(Box<[ArnPart]>),
    /// A resource followed by more of its ARN.
    Append {
        /// The resource.
        base: Box<Value>,
        /// What follows, separator included.
        suffix: Pattern,
    },
    /// A declared role, user, group, policy or boundary: its ARN.
    Declared {
        /// The declaration.
        block: DefId,
        /// The account it is looked for in; else the one that is deployed to.
        place: Option<DefId>,
    },
    /// `*`
    Everything,
    /// Actions, expanded.
    Actions(Box<[String]>),
    /// A principal.
    Principal(Box<Principal>),
}

/// A piece of an ARN.
#[derive(Clone, Debug)]
pub enum ArnPart {
    /// Characters of the format.
    Text(String),
    /// The partition of the account.
    Partition,
    /// The regions of the account.
    Region,
    /// The account that is deployed to.
    Account,
    /// A value given in the source.
    Value(Value),
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The value used when none is given.
    pub default: Option<Value>,
}
