//! The tree that policies are attached to, and the identities of each account.

use indexmap::IndexMap;

use super::{Origin, Policy};

/// Everything a project means.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PolicySet {
    /// The organisations, usually one.
    pub organizations: Vec<Organization>,
    /// Accounts that stand outside any organisation.
    pub accounts: Vec<Account>,
}

/// An organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organization {
    /// `o-…`
    pub id: String,
    /// The name in the source.
    pub name: String,
    /// The root.
    pub root: Node,
    /// Permission sets of IAM Identity Center, with their assignments.
    pub permission_sets: Vec<PermissionSet>,
}

/// What a node of the tree is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum NodeKind {
    /// The organisation's root.
    Root,
    /// An organisational unit.
    Unit,
    /// An account.
    Account,
}

/// A node of the organisation's tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Root, unit or account.
    pub kind: NodeKind,
    /// Name in the source.
    pub name: String,
    /// `r-…`, `ou-…` where the source gives it.
    pub id: Option<String>,
    /// Service control policies attached here (without the `FullAWSAccess` that AWS attaches).
    pub scps: Vec<Policy>,
    /// Whether `FullAWSAccess` stays attached here.
    pub full_aws_access: bool,
    /// Resource control policies attached here (without `RCPFullAWSAccess`, which cannot be detached).
    pub rcps: Vec<Policy>,
    /// Children, in the order of the source; an account has none.
    pub children: Vec<Node>,
    /// The account's content, for an account node.
    pub account: Option<Account>,
    /// The declaration.
    pub origin: Origin,
}

/// An account and what is deployed to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The name in the source.
    pub name: String,
    /// Twelve digits.
    pub id: String,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// Whether it is the organisation's management account, which SCPs and RCPs do not bind.
    pub management: bool,
    /// Customer managed policies, boundaries included, by name.
    pub managed_policies: IndexMap<String, Policy>,
    /// Roles by name.
    pub roles: IndexMap<String, Role>,
    /// Groups by name.
    pub groups: IndexMap<String, Group>,
    /// Users by name.
    pub users: IndexMap<String, User>,
    /// Resource policies, by the declaration's name.
    pub resource_policies: IndexMap<String, ResourcePolicy>,
    /// Session policies, by the declaration's name.
    pub session_policies: IndexMap<String, Policy>,
    /// The declaration.
    pub origin: Origin,
}

/// A policy on a resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResourcePolicy {
    /// The ARN of the resource it is attached to.
    pub resource: String,
    /// Service prefix and resource type, `s3:bucket`.
    pub resource_type: String,
    /// What it says.
    pub policy: Policy,
}

/// A policy attached by reference.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AttachedPolicy {
    /// An AWS-managed policy, by name (`SecurityAudit`, `job-function/ViewOnlyAccess` by its last segment).
    Aws(String),
    /// A customer managed policy of the same account, by name.
    Customer(String),
}

/// Whom an identity is for; rules about MFA, sessions and long-lived credentials follow it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Audience {
    /// People.
    People,
    /// Programs.
    Workload,
}

/// A role as it is deployed to one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Role {
    /// The name in AWS.
    pub name: String,
    /// The path, `/` by default.
    pub path: String,
    /// `description`.
    pub description: Option<String>,
    /// Longest session, in seconds.
    pub max_session: Option<u32>,
    /// Whom it is for.
    pub audience: Audience,
    /// Who may assume it.
    pub trust: Policy,
    /// The inline policy, if it says anything.
    pub inline: Option<Policy>,
    /// Managed policies attached.
    pub attached: Vec<AttachedPolicy>,
    /// The permissions boundary.
    pub boundary: Option<AttachedPolicy>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// The declaration.
    pub origin: Origin,
}

/// A group as it is deployed to one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// The name in AWS.
    pub name: String,
    /// The path.
    pub path: String,
    /// The inline policy.
    pub inline: Option<Policy>,
    /// Managed policies attached.
    pub attached: Vec<AttachedPolicy>,
    /// The declaration.
    pub origin: Origin,
}

/// A user as it is deployed to one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct User {
    /// The name in AWS.
    pub name: String,
    /// The path.
    pub path: String,
    /// The groups it is a member of.
    pub groups: Vec<String>,
    /// The inline policy.
    pub inline: Option<Policy>,
    /// Managed policies attached.
    pub attached: Vec<AttachedPolicy>,
    /// The permissions boundary.
    pub boundary: Option<AttachedPolicy>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// The declaration.
    pub origin: Origin,
}

/// A permission set of IAM Identity Center.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PermissionSet {
    /// The name in AWS.
    pub name: String,
    /// `description`.
    pub description: Option<String>,
    /// Session length in seconds.
    pub session: Option<u32>,
    /// The inline policy.
    pub inline: Option<Policy>,
    /// Managed policies attached; customer managed ones by name in each account.
    pub attached: Vec<AttachedPolicy>,
    /// The permissions boundary.
    pub boundary: Option<AttachedPolicy>,
    /// Who gets it where.
    pub assignments: Vec<Assignment>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// The declaration.
    pub origin: Origin,
}

/// Who may use a permission set in which account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Account id.
    pub account: String,
    /// Group or user of Identity Center.
    pub assignee: Assignee,
    /// The `assign` line.
    pub origin: Origin,
}

/// A person or a group of people in Identity Center.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Assignee {
    /// By group name.
    Group(String),
    /// By user name.
    User(String),
}
