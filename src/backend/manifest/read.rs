//! The manifest and its documents → what they mean together, for comparing a build with something else.
//!
//! The caller reads the documents. What a manifest does not keep, such as whom a role is for, is as if nobody had
//! said it.

use indexmap::IndexMap;

use super::{Account, Attached, Attachment, Document, Manifest, Node, Organization, Target};
use crate::iam::PolicyKind;
use crate::ir::{self, AttachedPolicy, Audience, Details, NodeKind, Origin, Policy, PolicySet};

/// Puts a build together again. `read` gives the meaning of a document; `None` if it cannot be read, which it keeps.
pub fn read(manifest: &Manifest, mut read: impl FnMut(&Document) -> Option<Policy>) -> PolicySet {
    let mut documents = Documents::default();
    for document in &manifest.documents {
        if let Some(policy) = read(document) {
            documents.policies.insert(&document.path, policy);
        }
    }
    let mut accounts: IndexMap<&str, ir::Account> = IndexMap::new();
    for account in &manifest.accounts {
        let read = documents.account(account, manifest);
        accounts.insert(&account.id, read);
    }
    let organizations = manifest
        .organizations
        .iter()
        .map(|o| documents.organization(o, &mut accounts))
        .collect();
    PolicySet {
        organizations,
        accounts: accounts.into_values().collect(),
    }
}

#[derive(Default)]
struct Documents<'m> {
    policies: IndexMap<&'m str, Policy>,
}

impl Documents<'_> {
    fn policy(&self, path: &str) -> Option<Policy> {
        self.policies.get(path).cloned()
    }

    fn all(&self, paths: &[String]) -> Vec<Policy> {
        paths.iter().filter_map(|p| self.policy(p)).collect()
    }

    fn account(&self, account: &Account, manifest: &Manifest) -> ir::Account {
        let managed = account.managed_policies.iter();
        let managed = managed.filter_map(|m| Some((m.name.clone(), self.policy(&m.document)?)));
        let mut read = ir::Account {
            name: account.name.clone(),
            id: account.id.clone(),
            partition: account.partition.clone(),
            management: account.management,
            managed_policies: managed.collect(),
            roles: account
                .roles
                .iter()
                .map(|r| (r.name.clone(), self.role(r)))
                .collect(),
            groups: account
                .groups
                .iter()
                .map(|g| (g.name.clone(), self.group(g)))
                .collect(),
            users: account
                .users
                .iter()
                .map(|u| (u.name.clone(), self.user(u)))
                .collect(),
            resource_policies: IndexMap::new(),
            session_policies: IndexMap::new(),
            origin: Origin::default(),
        };
        for document in &manifest.documents {
            self.loose(document, &mut read);
        }
        read
    }

    /// Documents of an account that no identity names.
    fn loose(&self, document: &Document, account: &mut ir::Account) {
        let is_own =
            matches!(&document.target, Target::Account { name, .. } if *name == account.name);
        let Some(policy) = self.policy(&document.path).filter(|_| is_own) else {
            return;
        };
        match &document.attachment {
            Attachment::Resource { arn, resource_type } => {
                let read = ir::ResourcePolicy {
                    resource: arn.clone(),
                    resource_type: resource_type.clone(),
                    policy,
                };
                account
                    .resource_policies
                    .insert(document.name.clone(), read);
            }
            Attachment::Session => {
                account
                    .session_policies
                    .insert(document.name.clone(), policy);
            }
            _ => {}
        }
    }

    fn role(&self, role: &super::Role) -> ir::Role {
        let inline = role.inline.as_ref();
        ir::Role {
            name: role.name.clone(),
            path: role.path.clone(),
            description: role.description.clone(),
            max_session: role.max_session_seconds,
            audience: Audience::Workload,
            trust: self
                .policy(&role.trust)
                .unwrap_or_else(|| nobody(&role.name)),
            inline: inline.and_then(|i| self.policy(&i.document)),
            attached: role.attached.iter().map(attached).collect(),
            boundary: role.boundary.as_ref().map(attached),
            tags: role.tags.clone(),
            origin: Origin::default(),
        }
    }

    fn group(&self, group: &super::Group) -> ir::Group {
        let inline = group.inline.as_ref();
        ir::Group {
            name: group.name.clone(),
            path: group.path.clone(),
            inline: inline.and_then(|i| self.policy(&i.document)),
            attached: group.attached.iter().map(attached).collect(),
            origin: Origin::default(),
        }
    }

    fn user(&self, user: &super::User) -> ir::User {
        let inline = user.inline.as_ref();
        ir::User {
            name: user.name.clone(),
            path: user.path.clone(),
            groups: user.groups.clone(),
            inline: inline.and_then(|i| self.policy(&i.document)),
            attached: user.attached.iter().map(attached).collect(),
            boundary: user.boundary.as_ref().map(attached),
            tags: user.tags.clone(),
            origin: Origin::default(),
        }
    }

    fn organization(
        &self,
        organization: &Organization,
        accounts: &mut IndexMap<&str, ir::Account>,
    ) -> ir::Organization {
        let root = organization.nodes.iter().find(|n| n.path.is_empty());
        let root = root.map(|n| self.node(&organization.name, n, &organization.nodes, accounts));
        ir::Organization {
            id: organization.id.clone(),
            name: organization.name.clone(),
            root: root.unwrap_or_else(|| bare_root(&organization.name)),
            permission_sets: organization
                .permission_sets
                .iter()
                .map(|s| self.permission_set(s))
                .collect(),
        }
    }

    fn node(
        &self,
        organization: &str,
        node: &Node,
        all: &[Node],
        accounts: &mut IndexMap<&str, ir::Account>,
    ) -> ir::Node {
        let kind = match node.kind.as_str() {
            "root" => NodeKind::Root,
            "account" => NodeKind::Account,
            _ => NodeKind::Unit,
        };
        let is_child = |other: &&Node| parent(&other.path) == Some(node.path.as_str());
        let children: Vec<&Node> = all.iter().filter(is_child).collect();
        let id = node.id.as_deref().unwrap_or_default();
        let account = match kind {
            NodeKind::Account => accounts.shift_remove(id),
            _ => None,
        };
        ir::Node {
            kind,
            name: match kind {
                NodeKind::Root => organization.to_owned(),
                _ => last(&node.path).to_owned(),
            },
            id: node.id.clone(),
            scps: self.all(&node.scps),
            full_aws_access: node.full_aws_access,
            rcps: self.all(&node.rcps),
            children: children
                .into_iter()
                .map(|c| self.node(organization, c, all, accounts))
                .collect(),
            account,
            origin: Origin::default(),
        }
    }

    fn permission_set(&self, set: &super::PermissionSet) -> ir::PermissionSet {
        let assignment = |a: &super::Assignment| ir::Assignment {
            account: a.account.clone(),
            assignee: match a.kind.as_str() {
                "user" => ir::Assignee::User(a.name.clone()),
                _ => ir::Assignee::Group(a.name.clone()),
            },
            origin: Origin::default(),
        };
        ir::PermissionSet {
            name: set.name.clone(),
            description: set.description.clone(),
            session: set.session_seconds,
            inline: set.inline.as_ref().and_then(|path| self.policy(path)),
            attached: set.attached.iter().map(attached).collect(),
            boundary: set.boundary.as_ref().map(attached),
            assignments: set.assignments.iter().map(assignment).collect(),
            tags: set.tags.clone(),
            origin: Origin::default(),
        }
    }
}

fn attached(policy: &Attached) -> AttachedPolicy {
    match policy {
        Attached::Aws(name) => AttachedPolicy::Aws(name.clone()),
        Attached::Customer(name) => AttachedPolicy::Customer(name.clone()),
    }
}

/// The path of the node above; `None` for the root.
fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None if path.is_empty() => None,
        None => Some(""),
    }
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A trust policy that could not be read trusts nobody.
fn nobody(role: &str) -> Policy {
    Policy {
        kind: PolicyKind::Trust,
        name: role.to_owned(),
        statements: Vec::new(),
        details: Details::default(),
        origin: Origin::default(),
    }
}

fn bare_root(name: &str) -> ir::Node {
    ir::Node {
        kind: NodeKind::Root,
        name: name.to_owned(),
        id: None,
        scps: Vec::new(),
        full_aws_access: true,
        rcps: Vec::new(),
        children: Vec::new(),
        account: None,
        origin: Origin::default(),
    }
}
