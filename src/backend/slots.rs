//! Every document of a project: which policy, where it is written, what it is attached to.
//!
//! Walks the organisations and accounts once, in the order of the source. Nothing is lowered here.

use std::collections::BTreeMap;

use super::path;
use crate::iam::PolicyKind;
use crate::iam::quotas::Holder;
use crate::ir::{Account, AttachedPolicy, Node, NodeKind, Organization, Policy, PolicySet};

/// Where a document is deployed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// In an account.
    Account {
        /// Its name in the source.
        name: String,
        /// Twelve digits.
        id: String,
        /// `aws`, `aws-cn` or `aws-us-gov`.
        partition: String,
    },
    /// On a root, unit or account of an organisation.
    Node {
        /// The organisation's name in the source.
        organization: String,
        /// `o-…`
        organization_id: String,
        /// Names from below the root to the node, joined by `/`; empty for the root.
        path: String,
        /// Root, unit or account.
        kind: NodeKind,
        /// `r-…`, `ou-…`, account id, where known.
        id: Option<String>,
    },
    /// In IAM Identity Center.
    Organization {
        /// The organisation's name in the source.
        name: String,
        /// `o-…`
        id: String,
    },
}

/// To what a document is attached there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Attachment {
    /// Embedded in a role, user or group of this name.
    Inline(Holder, String),
    /// The trust policy of the role of this name.
    Trust(String),
    /// A managed policy, and who has it attached or as boundary.
    Managed {
        /// Roles, users and groups that it is attached to.
        attached_to: Vec<(Holder, String)>,
        /// Roles and users whose boundary it is.
        boundary_of: Vec<(Holder, String)>,
    },
    /// The policy of a resource.
    Resource {
        /// Its ARN.
        arn: String,
        /// Service prefix and resource type, `s3:bucket`.
        resource_type: String,
    },
    /// The inline policy of the permission set of this name.
    PermissionSet(String),
    /// Attached to the node of the organisation that is the target.
    Node,
    /// Handed over when a session starts; attached to nothing.
    Session,
}

/// One document to be written.
#[derive(Clone, Debug)]
pub struct Slot<'a> {
    /// Where it is written, relative to the output directory.
    pub path: String,
    /// The name in AWS.
    pub name: String,
    /// What it means.
    pub policy: &'a Policy,
    /// Where it is deployed.
    pub target: Target,
    /// To what.
    pub attachment: Attachment,
}

/// All documents of a project, in the order of the source.
pub fn collect(set: &PolicySet) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    for organization in &set.organizations {
        let mut walk = Walk {
            organization,
            above: Vec::new(),
            slots: &mut slots,
        };
        walk.node(&organization.root);
        permission_sets(organization, &mut slots);
    }
    for account in &set.accounts {
        account_slots(account, &mut slots);
    }
    slots
}

/// All accounts of a project, those of organisations first.
pub fn accounts(set: &PolicySet) -> Vec<&Account> {
    fn below<'a>(node: &'a Node, found: &mut Vec<&'a Account>) {
        found.extend(&node.account);
        for child in &node.children {
            below(child, found);
        }
    }
    let mut found = Vec::new();
    for organization in &set.organizations {
        below(&organization.root, &mut found);
    }
    found.extend(&set.accounts);
    found
}

struct Walk<'a, 's> {
    organization: &'a Organization,
    above: Vec<&'a str>,
    slots: &'s mut Vec<Slot<'a>>,
}

impl<'a> Walk<'a, '_> {
    fn node(&mut self, node: &'a Node) {
        let is_root = node.kind == NodeKind::Root;
        if !is_root {
            self.above.push(&node.name);
        }
        self.attached(node, "scps", &node.scps);
        self.attached(node, "rcps", &node.rcps);
        if let Some(account) = &node.account {
            account_slots(account, self.slots);
        }
        for child in &node.children {
            self.node(child);
        }
        if !is_root {
            self.above.pop();
        }
    }

    /// A policy attached twice is attached once; two of one name are told apart by a number.
    fn attached(&mut self, node: &'a Node, folder: &str, policies: &'a [Policy]) {
        let mut seen: BTreeMap<&str, Vec<&Policy>> = BTreeMap::new();
        for policy in policies {
            let same_name = seen.entry(&policy.name).or_default();
            if same_name.contains(&policy) {
                continue;
            }
            same_name.push(policy);
            let name = match same_name.len() {
                1 => policy.name.clone(),
                n => format!("{}-{n}", policy.name),
            };
            let file = format!("{name}.json");
            let mut components = vec!["organizations", &self.organization.name];
            components.extend(&self.above);
            components.extend([folder, &file]);
            self.slots.push(Slot {
                path: path::join(components),
                name,
                policy,
                target: self.target(node),
                attachment: Attachment::Node,
            });
        }
    }

    fn target(&self, node: &Node) -> Target {
        let account_id = node.account.as_ref().map(|a| a.id.clone());
        Target::Node {
            organization: self.organization.name.clone(),
            organization_id: self.organization.id.clone(),
            path: self.above.join("/"),
            kind: node.kind,
            id: node.id.clone().or(account_id),
        }
    }
}

fn permission_sets<'a>(organization: &'a Organization, slots: &mut Vec<Slot<'a>>) {
    for set in &organization.permission_sets {
        let Some(policy) = &set.inline else { continue };
        let file = format!("{}.json", set.name);
        slots.push(Slot {
            path: path::join([
                "organizations",
                &organization.name,
                "permission-sets",
                &file,
            ]),
            name: set.name.clone(),
            policy,
            target: Target::Organization {
                name: organization.name.clone(),
                id: organization.id.clone(),
            },
            attachment: Attachment::PermissionSet(set.name.clone()),
        });
    }
}

fn account_slots<'a>(account: &'a Account, slots: &mut Vec<Slot<'a>>) {
    let target = Target::Account {
        name: account.name.clone(),
        id: account.id.clone(),
        partition: account.partition.clone(),
    };
    let mut push = |folder: &[&str], policy: &'a Policy, name: &str, attachment: Attachment| {
        let components = ["accounts", account.name.as_str()].into_iter();
        slots.push(Slot {
            path: path::join(components.chain(folder.iter().copied())),
            name: name.to_owned(),
            policy,
            target: target.clone(),
            attachment,
        });
    };
    let mut users_of = attachments(account);
    for (name, policy) in &account.managed_policies {
        let folder = match policy.kind {
            PolicyKind::Boundary => "boundaries",
            _ => "policies",
        };
        let attachment = users_of
            .remove(name.as_str())
            .unwrap_or(Attachment::Managed {
                attached_to: Vec::new(),
                boundary_of: Vec::new(),
            });
        push(&[folder, &format!("{name}.json")], policy, name, attachment);
    }
    for (name, role) in &account.roles {
        let trust = Attachment::Trust(name.clone());
        push(&["roles", name, "trust.json"], &role.trust, name, trust);
        if let Some(policy) = &role.inline {
            let attachment = Attachment::Inline(Holder::Role, name.clone());
            push(
                &["roles", name, "inline.json"],
                policy,
                &policy.name,
                attachment,
            );
        }
    }
    for (name, group) in &account.groups {
        if let Some(policy) = &group.inline {
            let attachment = Attachment::Inline(Holder::Group, name.clone());
            push(
                &["groups", name, "inline.json"],
                policy,
                &policy.name,
                attachment,
            );
        }
    }
    for (name, user) in &account.users {
        if let Some(policy) = &user.inline {
            let attachment = Attachment::Inline(Holder::User, name.clone());
            push(
                &["users", name, "inline.json"],
                policy,
                &policy.name,
                attachment,
            );
        }
    }
    for (name, resource) in &account.resource_policies {
        let attachment = Attachment::Resource {
            arn: resource.resource.clone(),
            resource_type: resource.resource_type.clone(),
        };
        push(
            &["resources", &format!("{name}.json")],
            &resource.policy,
            name,
            attachment,
        );
    }
    for (name, policy) in &account.session_policies {
        push(
            &["sessions", &format!("{name}.json")],
            policy,
            name,
            Attachment::Session,
        );
    }
}

/// Who uses each customer managed policy of an account.
fn attachments(account: &Account) -> BTreeMap<&str, Attachment> {
    type Users<'a> = (Vec<(Holder, String)>, Vec<(Holder, String)>);
    let mut users: BTreeMap<&str, Users<'_>> = BTreeMap::new();
    let roles = account
        .roles
        .iter()
        .map(|(n, r)| (Holder::Role, n, &r.attached, r.boundary.as_ref()));
    let groups = account
        .groups
        .iter()
        .map(|(n, g)| (Holder::Group, n, &g.attached, None));
    let people = account
        .users
        .iter()
        .map(|(n, u)| (Holder::User, n, &u.attached, u.boundary.as_ref()));
    for (holder, name, attached, boundary) in roles.chain(groups).chain(people) {
        for policy in attached {
            if let AttachedPolicy::Customer(policy) = policy {
                let entry = users.entry(policy).or_default();
                entry.0.push((holder, name.clone()));
            }
        }
        if let Some(AttachedPolicy::Customer(policy)) = boundary {
            let entry = users.entry(policy).or_default();
            entry.1.push((holder, name.clone()));
        }
    }
    let managed = |(policy, (attached_to, boundary_of))| {
        let attachment = Attachment::Managed {
            attached_to,
            boundary_of,
        };
        (policy, attachment)
    };
    users.into_iter().map(managed).collect()
}
