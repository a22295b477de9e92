//! Blocks: what a policy, a role or a guardrail is made of.

use super::{Call, Expr, Guard, Ident, Param, Path, Principal, Statement, Waiver};
use crate::source::{Span, Spanned};

/// What a block declares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BlockKind {
    /// `policy`: statements to include, or a customer managed policy to attach.
    Policy,
    /// `boundary`: a managed policy used as permissions boundary.
    Boundary,
    /// `role`
    Role,
    /// `group`
    Group,
    /// `user`
    User,
    /// `permission_set`
    PermissionSet,
    /// `session_policy`
    SessionPolicy,
    /// `scp`
    Scp,
    /// `rcp`
    Rcp,
    /// `resource_policy NAME on RESOURCE`
    ResourcePolicy,
}

impl BlockKind {
    /// The keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            BlockKind::Policy => "policy",
            BlockKind::Boundary => "boundary",
            BlockKind::Role => "role",
            BlockKind::Group => "group",
            BlockKind::User => "user",
            BlockKind::PermissionSet => "permission_set",
            BlockKind::SessionPolicy => "session_policy",
            BlockKind::Scp => "scp",
            BlockKind::Rcp => "rcp",
            BlockKind::ResourcePolicy => "resource_policy",
        }
    }
}

/// `role NAME(params) for people on RESOURCE { members }`
#[derive(Clone, Debug)]
pub struct Block {
    /// Which keyword.
    pub kind: BlockKind,
    /// The name.
    pub name: Ident,
    /// Parameters, possibly none.
    pub params: Box<[Param]>,
    /// `for people` or `for workload`, as written.
    pub audience: Option<Ident>,
    /// `on RESOURCE`, for a resource policy.
    pub resource: Option<Expr>,
    /// What stands between the braces.
    pub members: Vec<Member>,
}

/// A line of a block with what stands before it.
#[derive(Clone, Debug)]
pub struct Member {
    /// `/// …` lines.
    pub docs: Vec<String>,
    /// `waive …` lines before it.
    pub waivers: Vec<Waiver>,
    /// The member.
    pub kind: MemberKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of member.
#[derive(Clone, Debug)]
pub enum MemberKind {
    /// `allow s3:ListBucket on bucket when mfa`
    Statement(Box<Statement>),
    /// `include ReadBucket(settled) when strong_auth`
    Include(Box<Include>),
    /// `attach aws "SecurityAudit", ReadBucket(settled) as "ReadSettled"`
    Attach(Box<[Attachment]>),
    /// `trust account Tools when mfa`
    Trust(Box<Trust>),
    /// `boundary DeveloperBoundary` or `boundary aws "PowerUserAccess"`
    Boundary(Attachment),
    /// `session 1h`
    Session(Spanned<String>),
    /// `description "…"`, `name "…"`, `path "/…/"`
    Text(TextProperty, Spanned<String>),
    /// `tags { team: "payments", "cost centre": "42" }`
    Tags(Box<[Tag]>),
    /// `member_of Finance, Audit`
    MemberOf(Box<[Path]>),
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// The properties that are one text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TextProperty {
    /// `description "…"`
    Description,
    /// `name "…"`: the name in AWS, where it is not the declaration's.
    Name,
    /// `path "/…/"`
    Path,
}

/// `team: "payments"`
#[derive(Clone, Debug)]
pub struct Tag {
    /// The key.
    pub key: Ident,
    /// The value.
    pub value: Expr,
}

/// `include NAME(args) when C unless D`
#[derive(Clone, Debug)]
pub struct Include {
    /// The policy.
    pub target: Call,
    /// What narrows every statement of it.
    pub guard: Guard,
}

/// `aws "SecurityAudit"` or `ReadBucket(settled) as "ReadSettled"`
#[derive(Clone, Debug)]
pub struct Attachment {
    /// What is attached.
    pub target: AttachTarget,
    /// `as "…"`: the name in AWS.
    pub alias: Option<Spanned<String>>,
    /// All of it.
    pub span: Span,
}

/// What `attach` and `boundary` name.
#[derive(Clone, Debug)]
pub enum AttachTarget {
    /// An AWS-managed policy.
    Aws(Spanned<String>),
    /// A declaration.
    Declared(Call),
}

/// `trust PRINCIPALS with tag_session, source_identity when C unless D`
#[derive(Clone, Debug)]
pub struct Trust {
    /// Who may assume the role.
    pub principals: Box<[Principal]>,
    /// `with tag_session, source_identity`
    pub with: Vec<Ident>,
    /// Under which condition.
    pub guard: Guard,
}

/// `oidc NAME KIND { url "…" audience "…" }`, `saml NAME "provider"`
#[derive(Clone, Debug)]
pub struct Provider {
    /// Which keyword.
    pub kind: ProviderKind,
    /// The name.
    pub name: Ident,
}

/// The kinds of identity provider.
#[derive(Clone, Debug)]
pub enum ProviderKind {
    /// `saml Okta "okta-prod"`
    Saml {
        /// The provider's name in AWS.
        provider: Spanned<String>,
    },
    /// `oidc GitHub github { … }`
    Oidc {
        /// `github`, `eks` or `generic`.
        flavour: Ident,
        /// `url "token.actions.githubusercontent.com"`; GitHub has a default.
        url: Option<Spanned<String>>,
        /// `audience "sts.amazonaws.com"`; that is also the default.
        audience: Option<Spanned<String>>,
    },
}
