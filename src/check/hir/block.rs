//! Blocks: what becomes policies and identities.

use super::{Guard, Parameter, Principal, Statement, Value};
use crate::ir::Audience;
use crate::resolve::{DefId, Library};
use crate::source::Span;
use crate::syntax::ast::BlockKind;
use crate::types::ResourceTypeName;

/// A block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Which keyword.
    pub kind: BlockKind,
    /// Whose text it stands in.
    pub library: Library,
    /// The name of the declaration.
    pub name: String,
    /// The name in AWS.
    pub aws_name: String,
    /// `path`
    pub path: String,
    /// `description`
    pub description: Option<String>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// `for people`, `for workload`.
    pub audience: Option<Audience>,
    /// `session`, in seconds.
    pub session: Option<u64>,
    /// `on RESOURCE` of a resource policy, with its type.
    pub resource: Option<(Value, ResourceTypeName)>,
    /// Statements and includes, in order.
    pub body: Vec<BodyLine>,
    /// Who may assume the role.
    pub trusts: Vec<Trust>,
    /// Statements of a role that say `to` whom: they stand in its trust policy.
    pub trust_statements: Vec<Statement>,
    /// The boundary.
    pub boundary: Option<Attachment>,
    /// Attached policies.
    pub attachments: Vec<Attachment>,
    /// Tags.
    pub tags: Vec<(String, Value)>,
    /// Groups of a user.
    pub groups: Vec<DefId>,
    /// Where the name stands.
    pub span: Span,
}

/// A line of a body that makes statements.
#[derive(Clone, Debug)]
pub enum BodyLine {
    /// A statement.
    Statement(Statement),
    /// The statements of a policy.
    Include {
        /// The policy.
        policy: DefId,
        /// Arguments in the order of its parameters.
        arguments: Vec<Value>,
        /// What narrows each of its statements.
        guard: Guard,
        /// The `include` line.
        span: Span,
    },
}

/// A `trust` line.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Who.
    pub principals: Vec<Principal>,
    /// `sts:TagSession` too.
    pub tag_session: bool,
    /// `sts:SetSourceIdentity` too.
    pub source_identity: bool,
    /// Under which condition.
    pub guard: Guard,
    /// The line.
    pub span: Span,
}

/// Something attached, deployed, or used as a boundary.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// What.
    pub target: AttachmentTarget,
    /// `as "…"`
    pub alias: Option<String>,
    /// Where it was written.
    pub span: Span,
}

/// What is attached.
#[derive(Clone, Debug)]
pub enum AttachmentTarget {
    /// An AWS-managed policy, by its name.
    Aws(String),
    /// A declaration with its arguments, one for every parameter.
    Declared {
        /// The declaration.
        block: DefId,
        /// The arguments.
        arguments: Vec<Value>,
    },
}

/// An identity provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The name of the declaration.
    pub name: String,
    /// What it is.
    pub kind: ProviderKind,
}

/// The kinds of provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProviderKind {
    /// SAML: the provider's name in AWS.
    Saml(String),
    /// OIDC: host and path of the issuer, and the audience.
    Oidc {
        /// `token.actions.githubusercontent.com`
        url: String,
        /// `sts.amazonaws.com`
        audience: String,
        /// Which claims it has.
        flavour: OidcFlavour,
    },
}

/// Which claims an OIDC provider's tokens carry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OidcFlavour {
    /// GitHub Actions.
    GitHub,
    /// A cluster of EKS.
    Eks,
    /// Any other.
    Generic,
}
