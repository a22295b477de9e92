//! `manifest.json`: what a deployer needs beside the documents, and nothing it has to guess.
//!
//! A promise to programs outside: every field is described here and in `docs/manifest.schema.json`, a change
//! that could break a reader raises [`FORMAT_VERSION`]. Lists are in the order of the source, documents in the
//! order of their paths; absent things are absent, never null.

mod build;
mod read;
#[cfg(test)]
mod schema;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::iam::PolicyKind;
use crate::iam::quotas::Count;

pub use build::build;
pub use read::read;

/// The version of this format.
pub const FORMAT_VERSION: u32 = 1;

/// What the backend does not know by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meta {
    /// The project's name in bailiwick.toml.
    pub project: String,
    /// Program and version, `bailiwick 0.1.0`.
    pub generator: String,
    /// The catalogue's version.
    pub catalogue: String,
    /// The day on which the quotas were true.
    pub quotas_as_of: String,
    /// The style in which documents are written.
    pub style: super::Style,
    /// What proved the documents.
    pub proved: Proved,
}

/// The whole file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT_VERSION`]
    pub format_version: u32,
    /// The project's name.
    pub project: String,
    /// Program and version.
    pub generator: String,
    /// The catalogue's version.
    pub catalogue: String,
    /// The day on which the quotas were true.
    pub quotas_as_of: String,
    /// `readable` or `minified`.
    pub style: String,
    /// Every document, by path.
    pub documents: Vec<Document>,
    /// Every account with its identities.
    pub accounts: Vec<Account>,
    /// Every organisation with its nodes and permission sets.
    pub organizations: Vec<Organization>,
}

/// One document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Relative to the manifest, with `/`.
    pub path: String,
    /// `managed-policy`, `inline-policy`, `boundary`, `trust`, `resource-policy`, `permission-set`, `session`,
    /// `scp` or `rcp`.
    pub kind: PolicyKind,
    /// The name in AWS. Documents of one organisation and kind with one name are one policy, with equal texts.
    pub name: String,
    /// The path of a customer managed policy, where it is not `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_path: Option<String>,
    /// The description that AWS keeps beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub tags: IndexMap<String, String>,
    /// Where it is deployed.
    pub target: Target,
    /// To what it is attached there.
    pub attachment: Attachment,
    /// Its size as AWS counts it.
    pub size: Size,
    /// Of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// What proved that these bytes say what the source says.
    pub proved: Proved,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// What proved that a document, read back from its bytes, allows and denies exactly what its source says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Proved {
    /// The engine's version.
    pub engine: String,
    /// The fragment in which its answers are exact.
    pub fragment: String,
    /// The requests it is proved for: `open`, all that can ever be.
    pub world: String,
}

/// Where a document is deployed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// An account.
    Account {
        /// Name in the source.
        name: String,
        /// Twelve digits.
        id: String,
        /// `aws`, `aws-cn`, `aws-us-gov`.
        partition: String,
    },
    /// A node of an organisation.
    Node {
        /// `o-…`
        organization: String,
        /// Path of the node, as in [`Node::path`].
        path: String,
        /// `root`, `unit` or `account`.
        kind: String,
        /// `r-…`, `ou-…`, account id; absent if the source does not give it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// IAM Identity Center of an organisation.
    IdentityCenter {
        /// `o-…`
        organization: String,
    },
}

/// To what a document is attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attachment {
    /// Embedded in this identity.
    Inline(Identity),
    /// The trust policy of this role.
    Trust {
        /// The role's name.
        role: String,
    },
    /// A managed policy.
    Managed {
        /// The identities it is attached to.
        attached_to: Vec<Identity>,
        /// The identities whose boundary it is.
        boundary_of: Vec<Identity>,
    },
    /// The policy of a resource.
    Resource {
        /// Its ARN.
        arn: String,
        /// `s3:bucket`
        resource_type: String,
    },
    /// The inline policy of a permission set.
    PermissionSet {
        /// Its name.
        name: String,
    },
    /// Attached to the target node.
    Node,
    /// Handed over when a session starts.
    Session,
}

/// A role, user or group of the target account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// `role`, `user` or `group`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// A size and its quota.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Size {
    /// The file as written, counted as AWS counts it.
    pub counted: u64,
    /// The same if it were minified.
    pub minified: u64,
    /// The limit.
    pub limit: u64,
    /// The limit's name, as in `[quotas]` of bailiwick.toml.
    pub quota: String,
    /// What is counted: `without-whitespace`, `characters` or `bytes`.
    pub count: Count,
}

/// A statement of a document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// Its Sid, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// `payments/roles.bw:12`: the statement first, then what included it, outermost last.
    pub sources: Vec<String>,
}

/// An account and its identities.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Account {
    /// Name in the source.
    pub name: String,
    /// Twelve digits.
    pub id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// Whether it is its organisation's management account.
    pub management: bool,
    /// Customer managed policies, boundaries included.
    pub managed_policies: Vec<ManagedPolicy>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Users.
    pub users: Vec<User>,
}

/// A customer managed policy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Its name.
    pub name: String,
    /// Its document's path.
    pub document: String,
}

/// A managed policy that is attached.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attached {
    /// An AWS-managed policy, by name.
    Aws(String),
    /// A customer managed policy of the account, by name.
    Customer(String),
}

/// A role.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `MaxSessionDuration`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_session_seconds: Option<u32>,
    /// Path of the trust policy's document.
    pub trust: String,
    /// Its inline policy, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline: Option<Inline>,
    /// Managed policies attached.
    pub attached: Vec<Attached>,
    /// The permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Attached>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// Where it was declared.
    pub sources: Vec<String>,
}

/// An inline policy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Inline {
    /// Its name.
    pub name: String,
    /// Its document's path.
    pub document: String,
}

/// A group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// Its inline policy, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline: Option<Inline>,
    /// Managed policies attached.
    pub attached: Vec<Attached>,
    /// Where it was declared.
    pub sources: Vec<String>,
}

/// A user.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its path.
    pub path: String,
    /// The groups it is a member of.
    pub groups: Vec<String>,
    /// Its inline policy, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline: Option<Inline>,
    /// Managed policies attached.
    pub attached: Vec<Attached>,
    /// The permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Attached>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// Where it was declared.
    pub sources: Vec<String>,
}

/// An organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Organization {
    /// Name in the source.
    pub name: String,
    /// `o-…`
    pub id: String,
    /// Root, units and accounts, parents before children.
    pub nodes: Vec<Node>,
    /// Permission sets of IAM Identity Center.
    pub permission_sets: Vec<PermissionSet>,
}

/// A node of an organisation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Node {
    /// Names from below the root to the node, joined by `/`; empty for the root.
    pub path: String,
    /// `root`, `unit` or `account`.
    pub kind: String,
    /// `r-…`, `ou-…`, account id; absent if the source does not give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether AWS's `FullAWSAccess` SCP stays attached.
    pub full_aws_access: bool,
    /// SCPs attached, by the paths of their documents.
    pub scps: Vec<String>,
    /// RCPs attached, by the paths of their documents; AWS's `RCPFullAWSAccess` is always attached.
    pub rcps: Vec<String>,
}

/// A permission set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PermissionSet {
    /// Its name.
    pub name: String,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Length of a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_seconds: Option<u32>,
    /// Path of the inline policy's document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline: Option<String>,
    /// Managed policies attached; customer managed ones must exist in each account of its assignments.
    pub attached: Vec<Attached>,
    /// The permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Attached>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// Who gets it where.
    pub assignments: Vec<Assignment>,
    /// Where it was declared.
    pub sources: Vec<String>,
}

/// An assignment of a permission set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Assignment {
    /// Account id.
    pub account: String,
    /// `group` or `user` of Identity Center.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Where it was written.
    pub sources: Vec<String>,
}

impl Manifest {
    /// Writes the manifest; readable always, since people read it in reviews.
    pub fn render(&self) -> String {
        super::json::write(self, super::Style::Readable)
    }
}
