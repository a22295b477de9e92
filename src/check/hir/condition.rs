//! Conditions over keys that exist, compared as they can be.

use super::Value;
use crate::iam::Operator;
use crate::resolve::DefId;
use crate::source::Span;

/// A Boolean combination of tests.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it says.
    pub kind: ConditionKind,
    /// Where it was written.
    pub span: Span,
}

/// The kinds of condition.
#[derive(Clone, Debug)]
pub enum ConditionKind {
    /// `true`, `false`
    Constant(bool),
    /// The exact complement.
    Not(Box<Condition>),
    /// All of them.
    And(Box<[Condition]>),
    /// Any of them.
    Or(Box<[Condition]>),
    /// A named condition with its arguments, one for every parameter.
    Call {
        /// The declaration.
        condition: DefId,
        /// Arguments in the order of the parameters.
        arguments: Vec<Value>,
    },
    /// A test of a key.
    Test(KeyTest),
    /// Whether who asks, what is asked for, or the source belongs to a node.
    Membership {
        /// Which of the three.
        who: Member,
        /// Organisation, unit or account.
        node: DefId,
    },
}

/// A test of a key against values.
#[derive(Clone, Debug)]
pub struct KeyTest {
    /// The operator.
    pub operator: Operator,
    /// The key in the catalogue's spelling.
    pub key: String,
    /// Whether requests can carry several values of it.
    pub multi_valued: bool,
    /// The values.
    pub values: Value,
    /// How text among the values is to be read.
    pub reading: Reading,
}

/// How text among the values of a test is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reading {
    /// `*` and `?` are characters: `==`, `in`.
    Exact,
    /// `*` and `?` are wildcards: `like`.
    Pattern,
    /// As written: `raw`.
    Raw,
}

/// Who is looked at in `principal in Workloads`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Member {
    /// The caller.
    Principal,
    /// The resource.
    Resource,
    /// The resource on whose behalf a service calls.
    Source,
}

/// `when C unless D`, as one condition.
pub type Guard = Option<Condition>;
