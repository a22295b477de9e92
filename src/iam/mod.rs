//! The vocabulary of AWS IAM: what a policy document is made of, as facts without judgement.
//!
//! In: nothing but text. Out: ARNs, patterns, operators, documents and quotas as types.
//! Whether a document is good, or means what somebody wanted, is decided elsewhere.

pub mod address;
pub mod arn;
pub mod condition;
pub mod document;
pub mod json;
pub mod name;
pub mod pattern;
pub mod quotas;
pub mod rcp;
pub mod reader;

pub use arn::Arn;
pub use condition::{BaseOperator, Operator, Qualifier};
pub use pattern::{Part, Pattern, Variable};

use serde::{Deserialize, Serialize};

/// What a statement does when it matches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Effect {
    /// `Allow`
    Allow,
    /// `Deny`
    Deny,
}

/// The kinds of policy that AWS evaluates; each has a grammar and quotas of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKind {
    /// A customer managed policy, attached to roles, users or groups.
    ManagedPolicy,
    /// A policy embedded in one role, user or group.
    InlinePolicy,
    /// A managed policy used as a permissions boundary.
    Boundary,
    /// A role's trust policy.
    Trust,
    /// A policy on a resource: bucket, key, queue, topic, secret, function, repository, VPC endpoint.
    ResourcePolicy,
    /// The inline policy of a permission set of IAM Identity Center.
    PermissionSet,
    /// A session policy, handed over when a role is assumed.
    Session,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
}

impl PolicyKind {
    /// The name used in the manifest and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            PolicyKind::ManagedPolicy => "managed-policy",
            PolicyKind::InlinePolicy => "inline-policy",
            PolicyKind::Boundary => "boundary",
            PolicyKind::Trust => "trust",
            PolicyKind::ResourcePolicy => "resource-policy",
            PolicyKind::PermissionSet => "permission-set",
            PolicyKind::Session => "session",
            PolicyKind::Scp => "scp",
            PolicyKind::Rcp => "rcp",
        }
    }

    /// Whether statements of this kind name principals.
    pub fn has_principal(self) -> bool {
        matches!(
            self,
            PolicyKind::Trust | PolicyKind::ResourcePolicy | PolicyKind::Rcp
        )
    }
}
