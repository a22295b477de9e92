//! The tree of organisations, units and accounts.

use super::{Attachment, Call, Expr, Ident, Waiver};
use crate::source::{Span, Spanned};

/// What a node of the organisation is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NodeKind {
    /// `org`
    Org,
    /// `ou`
    Ou,
    /// `account`
    Account,
}

/// `org Acme "o-…" { … }`, `ou Workloads "ou-…" { … }`, `account Prod "111111111111" { … }`
#[derive(Clone, Debug)]
pub struct Node {
    /// Which keyword.
    pub kind: NodeKind,
    /// `management account …`
    pub management: Option<Span>,
    /// The name.
    pub name: Ident,
    /// The id in AWS; optional for an `ou`.
    pub id: Option<Spanned<String>>,
    /// What stands between the braces.
    pub members: Vec<NodeMember>,
}

/// A line of a node.
#[derive(Clone, Debug)]
pub struct NodeMember {
    /// `/// …` lines.
    pub docs: Vec<String>,
    /// `waive …` lines before it.
    pub waivers: Vec<Waiver>,
    /// The member.
    pub kind: NodeMemberKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of node member.
#[derive(Clone, Debug)]
pub enum NodeMemberKind {
    /// `attach RequireMfa, std.guardrails.RegionLock(["eu-west-1"]) as "RegionLockEu"`
    Attach(Box<[Attachment]>),
    /// `detach aws "FullAWSAccess"`
    Detach(Spanned<String>),
    /// `deploy SettlementReader, Auditor(Tools) as "SecurityAuditor"`
    Deploy(Box<[Attachment]>),
    /// `assign Analyst to "finance-analysts", user "ada"`
    Assign {
        /// The permission set.
        set: Call,
        /// Who gets it.
        to: Vec<AssigneeRef>,
    },
    /// `root "r-ab12"`
    Root(Spanned<String>),
    /// `regions ["eu-west-1"]`
    Regions(Expr),
    /// `partition "aws-cn"`
    Partition(Spanned<String>),
    /// `ou …` or `account …`
    Child(Node),
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// `"finance-analysts"` or `user "ada"`
#[derive(Clone, Debug)]
pub struct AssigneeRef {
    /// Whether `user` stands before it.
    pub user: Option<Span>,
    /// The name.
    pub name: Spanned<String>,
}
