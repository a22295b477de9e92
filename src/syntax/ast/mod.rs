//! What was written: the tree of one module, with the place of every node.
//!
//! Made by the parser, printed by `fmt`, read by `resolve`. Nothing is looked up here: a name is a name,
//! a phrase is its words. A part that could not be read is a `Bad` node, so that its neighbours still count.
//!
//! Lists are slices, which take no more room than they have members: most have one. What recovery from an error adds
//! lines to, and what is nearly always empty, are vectors.

mod block;
mod condition;
mod organization;
mod promise;
mod statement;
mod value;

pub use block::{
    AttachTarget, Attachment, Block, BlockKind, Include, Member, MemberKind, Provider,
    ProviderKind, Tag, TextProperty, Trust,
};
pub use condition::{
    Comparator, Comparison, Cond, CondKind, Predicate, Quantifier, Subject, SubjectKind,
};
pub use organization::{AssigneeRef, Node, NodeKind, NodeMember, NodeMemberKind};
pub use promise::{
    Access, Claim, Prove, ProveSubject, ProveSubjectKind, Setting, TestDecl, TestLine,
    TestLineKind, Verdict,
};
pub use statement::{
    Action, ActionKind, Actions, Effect, Guard, Principal, PrincipalKind, Principals, Resources,
    Statement,
};
pub use value::{
    Arg, Call, Expr, ExprKind, Param, ResourceTypeRef, ShortForm, SuffixForm, TypeRef, TypeRefKind,
};

use crate::source::{SourceId, Span, Spanned};

/// A name as written.
pub type Ident = Spanned<String>;

/// One file.
#[derive(Clone, Debug)]
pub struct Module {
    /// The file.
    pub source: SourceId,
    /// `//! …` lines at the top, without the marker.
    pub docs: Vec<String>,
    /// Items in the order of the file.
    pub items: Vec<Item>,
}

/// A top-level item with what stands before it.
#[derive(Clone, Debug)]
pub struct Item {
    /// `/// …` lines, without the marker.
    pub docs: Vec<String>,
    /// `waive … until … because …` lines before it.
    pub waivers: Vec<Waiver>,
    /// The item.
    pub kind: ItemKind,
    /// From the first word of the item (waivers and docs not included) to its end.
    pub span: Span,
}

/// The kinds of item.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `use std.conditions.{mfa, tls}`
    Use(Use),
    /// `let settled = s3:bucket "production-data-bucket"`
    Let(Let),
    /// `condition strong_auth = mfa within 1h and source ip in office`
    Condition(ConditionDecl),
    /// `policy`, `boundary`, `role`, `group`, `user`, `permission_set`, `session_policy`, `scp`, `rcp`, `resource_policy`.
    Block(Block),
    /// `oidc GitHub github { audience "sts.amazonaws.com" }`, `saml Okta "Okta"`
    Provider(Provider),
    /// `org Acme "o-a1b2c3d4e5" { … }` or a stand-alone `account Lab "444444444444" { … }`.
    Node(Node),
    /// `prove X cannot …`
    Prove(Prove),
    /// `test "…" { … }`
    Test(TestDecl),
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// `waive wildcard-resource until 2026-12-31 because "list calls take no resource"`
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The code of the finding.
    pub code: Ident,
    /// The last day, `2026-12-31`, as written.
    pub until: Spanned<String>,
    /// The reason.
    pub because: Spanned<String>,
    /// All of it.
    pub span: Span,
}

/// `a.b.c`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// At least one segment.
    pub segments: Box<[Ident]>,
    /// From the first to the last.
    pub span: Span,
}

/// `use network.{office, vpn as tunnel}`, `use network.office`, `use network`.
#[derive(Clone, Debug)]
pub struct Use {
    /// The module, or with no list the module or the member: `resolve` tells.
    pub path: Path,
    /// `as name` after a path without a list.
    pub alias: Option<Ident>,
    /// The list in braces.
    pub members: Option<Vec<UseMember>>,
}

/// `office` or `office as hq`.
#[derive(Clone, Debug)]
pub struct UseMember {
    /// The name in the other module.
    pub name: Ident,
    /// The name here.
    pub alias: Option<Ident>,
}

/// `let NAME: TYPE = VALUE`
#[derive(Clone, Debug)]
pub struct Let {
    /// The name.
    pub name: Ident,
    /// The type, if written.
    pub ty: Option<TypeRef>,
    /// The value.
    pub value: Expr,
}

/// `condition NAME(params) = COND`
#[derive(Clone, Debug)]
pub struct ConditionDecl {
    /// The name.
    pub name: Ident,
    /// Parameters, possibly none.
    pub params: Box<[Param]>,
    /// What it stands for.
    pub body: Cond,
}
