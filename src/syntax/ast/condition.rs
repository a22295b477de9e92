//! Conditions and what they test.

use super::{Call, Expr, Ident, Path};
use crate::source::{Span, Spanned};

/// A Boolean combination of predicates.
#[derive(Clone, Debug)]
pub struct Cond {
    /// What it says.
    pub kind: CondKind,
    /// Where.
    pub span: Span,
}

/// The kinds of condition.
#[derive(Clone, Debug)]
pub enum CondKind {
    /// `a or b or c`: two or more.
    Or(Box<[Cond]>),
    /// `a and b and c`: two or more.
    And(Box<[Cond]>),
    /// `not a`
    Not(Box<Cond>),
    /// `(a)`: kept so that printing gives the text back.
    Group(Box<Cond>),
    /// `strong_auth`, `network.from(office)`; one bare word may also be a phrase (`mfa`, `tls`).
    Call(Call),
    /// `any tag key in ["a"]`, `source ip in office`, `via aws service`
    Predicate(Box<Predicate>),
    /// `principal in Workloads`, `resource in Acme`
    Membership {
        /// `principal`, `resource` or `source`.
        who: Ident,
        /// Organisation, organisational unit or account.
        place: Path,
    },
    /// `raw StringLikeIfExists("aws:x", ["a*"])`
    Raw {
        /// The operator as written, `ForAllValues:StringLike`.
        operator: Ident,
        /// The key.
        key: Spanned<String>,
        /// The values.
        values: Expr,
    },
    /// `true` or `false`
    Constant(bool),
}

/// `any SUBJECT COMPARISON`
#[derive(Clone, Debug)]
pub struct Predicate {
    /// `any` or `every`.
    pub quantifier: Option<Spanned<Quantifier>>,
    /// What is looked at.
    pub subject: Subject,
    /// How; absent for a yes-or-no subject (`mfa`, `via aws service`).
    pub comparison: Option<Comparison>,
}

/// `any` or `every`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quantifier {
    /// Some value passes.
    Any,
    /// Every value passes, also when there is none.
    Every,
}

/// A key or a phrase that stands for one.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it says.
    pub kind: SubjectKind,
    /// Where.
    pub span: Span,
}

/// A key or a phrase.
#[derive(Clone, Debug)]
pub enum SubjectKind {
    /// `aws:SourceIp`, `aws:PrincipalTag/"cost centre"`, `kms:EncryptionContext:dept`: the whole key.
    Key(String),
    /// `source ip`, `principal tag team`: the words joined by one space, and the tag or claim name after them.
    Phrase {
        /// `principal tag`
        words: String,
        /// `team`
        tail: Option<Ident>,
    },
}

/// `in office`
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The operator.
    pub operator: Spanned<Comparator>,
    /// What it is compared with; absent for `present` and `absent`.
    pub value: Option<Expr>,
    /// `ignoring case`
    pub ignoring_case: Option<Span>,
}

/// The comparison operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `like`
    Like,
    /// `not like`
    NotLike,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `after`
    After,
    /// `before`
    Before,
    /// `within` (an age)
    Within,
    /// `present`
    Present,
    /// `absent`
    Absent,
}
