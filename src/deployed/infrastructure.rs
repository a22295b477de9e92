//! What infrastructure tools say about policies: documents with names and addresses, and who gets which.

use indexmap::IndexMap;

use super::reader::{About, Reader};
use super::view::View;
use crate::iam::PolicyKind;
use crate::ir::Policy;
use crate::source::Span;

/// The documents of a plan, a state or a template.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Infrastructure {
    /// The documents that could be read, in the order of the file.
    pub documents: Vec<NamedDocument>,
    /// What is attached to what.
    pub attachments: Vec<Attachment>,
    /// What is declared, documents or not: identities and managed policies.
    pub declared: Vec<Declared>,
    /// Which users are in which groups.
    pub memberships: Vec<Membership>,
}

/// An identity or a managed policy with what the tool says of it beside its documents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// Terraform's address, or the logical id of a template's resource.
    pub address: String,
    /// What it is.
    pub kind: DeclaredKind,
    /// The name in AWS, where it is known; the address's last part where AWS or the tool chooses one.
    pub name: String,
    /// Whether that is its name in AWS.
    pub is_named: bool,
    /// Its ARN, where it is known.
    pub arn: Option<String>,
    /// The path, where it is known and not `/`.
    pub path: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The longest session of a role in seconds, where one is set.
    pub max_session: Option<u32>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// Where it stands.
    pub span: Span,
}

/// What is declared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DeclaredKind {
    /// A role.
    Role,
    /// A user.
    User,
    /// A group.
    Group,
    /// A managed policy.
    Managed,
}

/// An identity, as something refers to it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Who {
    /// By the address of what declares it in the same file.
    Here(String),
    /// By its name in AWS.
    Named(String),
}

/// A user in a group.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Membership {
    /// The user.
    pub user: Who,
    /// The group.
    pub group: Who,
    /// Where that is said.
    pub span: Span,
}

/// A document with its place in the infrastructure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedDocument {
    /// Terraform's address, or the logical id of a template's resource.
    pub address: String,
    /// The name in AWS, where it is known; the address's last part where AWS or the tool chooses one.
    pub name: String,
    /// What it is a policy of.
    pub belongs_to: BelongsTo,
    /// What it says.
    pub policy: Policy,
    /// Where it stands.
    pub span: Span,
}

/// What a document is a policy of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BelongsTo {
    /// Nobody yet: a managed policy.
    Managed,
    /// The trust policy of a role.
    Trust(Who),
    /// An inline policy of a role.
    Role(Who),
    /// An inline policy of a user.
    User(Who),
    /// An inline policy of a group.
    Group(Who),
    /// An organisation: an SCP or RCP.
    Organization,
    /// A resource.
    Resource {
        /// Service prefix and type, `s3:bucket`.
        resource_type: &'static str,
        /// Its name or ARN, where it is known.
        resource: Option<String>,
    },
}

/// A policy that is attached to somebody.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Attachment {
    /// The address of what attaches it.
    pub address: String,
    /// Whom it is attached to.
    pub to: AttachedTo,
    /// The policy.
    pub policy: PolicyRef,
    /// Where that is said.
    pub span: Span,
}

/// A policy as an attachment names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PolicyRef {
    /// By its ARN, or the id of an SCP or RCP.
    Arn(String),
    /// By the address of what declares it in the same infrastructure.
    Here(String),
}

/// Whom a policy is attached to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AttachedTo {
    /// A role.
    Role(Who),
    /// A user.
    User(Who),
    /// A group.
    Group(Who),
    /// A role, as its boundary.
    RoleBoundary(Who),
    /// A user, as its boundary.
    UserBoundary(Who),
    /// A root, unit or account.
    Target(String),
}

/// What a document is, before it is read.
pub(super) struct Announced<'a> {
    pub(super) address: &'a str,
    pub(super) name: &'a str,
    pub(super) kind: PolicyKind,
    pub(super) belongs_to: BelongsTo,
}

impl Infrastructure {
    /// Adds what another file declares.
    pub fn extend(&mut self, other: Infrastructure) {
        self.documents.extend(other.documents);
        self.attachments.extend(other.attachments);
        self.declared.extend(other.declared);
        self.memberships.extend(other.memberships);
    }

    /// Reads a document and keeps it; what is wrong with it is a finding.
    pub(super) fn take(&mut self, reader: &mut Reader<'_>, at: View<'_>, what: Announced<'_>) {
        let title = match &what.belongs_to {
            BelongsTo::Trust(_) => format!("trust policy of `{}`", what.address),
            _ => format!("policy of `{}`", what.address),
        };
        let about = About {
            kind: what.kind,
            name: what.name,
            what: &title,
        };
        if let Some(policy) = reader.policy(at, about) {
            self.documents.push(NamedDocument {
                address: what.address.to_owned(),
                name: what.name.to_owned(),
                belongs_to: what.belongs_to,
                policy,
                span: at.span(),
            });
        }
    }
}
