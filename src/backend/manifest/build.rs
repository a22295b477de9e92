//! Artefacts and the project's meaning → the manifest.

use std::collections::BTreeMap;

use super::{
    Account, Assignment, Attached, Attachment, Document, FORMAT_VERSION, Group, Identity, Inline,
    ManagedPolicy, Manifest, Meta, Node, Organization, PermissionSet, Proved, Role, Size,
    Statement, Target, User,
};
use crate::backend::limits::locate;
use crate::backend::{Artefact, sha256, slots};
use crate::iam::quotas::Holder;
use crate::ir::{self, AttachedPolicy, NodeKind, Origin, PolicySet};
use crate::source::SourceMap;

/// Describes a build: `artefacts` are those of `set`, `sources` give the places their line numbers.
pub fn build(artefacts: &[Artefact], set: &PolicySet, sources: &SourceMap, meta: Meta) -> Manifest {
    let context = Context {
        sources,
        paths: index(artefacts),
        proved: meta.proved,
    };
    let accounts = slots::accounts(set);
    Manifest {
        format_version: FORMAT_VERSION,
        project: meta.project,
        generator: meta.generator,
        catalogue: meta.catalogue,
        quotas_as_of: meta.quotas_as_of,
        style: meta.style.as_str().to_owned(),
        documents: artefacts.iter().map(|a| context.document(a)).collect(),
        accounts: accounts.into_iter().map(|a| context.account(a)).collect(),
        organizations: set
            .organizations
            .iter()
            .map(|o| context.organization(o))
            .collect(),
    }
}

/// What a document is for, as the identities look for it; the first text is the account or organisation.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Use<'a> {
    Trust(&'a str, &'a str),
    Inline(&'a str, Holder, &'a str),
    Managed(&'a str, &'a str),
    PermissionSet(&'a str, &'a str),
    Scps(&'a str, &'a str),
    Rcps(&'a str, &'a str),
}

type Paths<'a> = BTreeMap<Use<'a>, Vec<&'a str>>;

fn index(artefacts: &[Artefact]) -> Paths<'_> {
    let mut paths = Paths::new();
    for artefact in artefacts {
        if let Some(purpose) = purpose(artefact) {
            paths.entry(purpose).or_default().push(&artefact.path);
        }
    }
    paths
}

fn purpose(artefact: &Artefact) -> Option<Use<'_>> {
    use slots::{Attachment as A, Target as T};
    Some(match (&artefact.target, &artefact.attachment) {
        (T::Account { name, .. }, A::Trust(role)) => Use::Trust(name, role),
        (T::Account { name, .. }, A::Inline(holder, of)) => Use::Inline(name, *holder, of),
        (T::Account { name, .. }, A::Managed { .. }) => Use::Managed(name, &artefact.name),
        (T::Organization { id, .. }, A::PermissionSet(set)) => Use::PermissionSet(id, set),
        (
            T::Node {
                organization_id,
                path,
                ..
            },
            A::Node,
        ) => match artefact.kind {
            crate::iam::PolicyKind::Rcp => Use::Rcps(organization_id, path),
            _ => Use::Scps(organization_id, path),
        },
        _ => return None,
    })
}

struct Context<'a> {
    sources: &'a SourceMap,
    paths: Paths<'a>,
    proved: Proved,
}

impl Context<'_> {
    fn lines(&self, origin: &Origin) -> Vec<String> {
        let spans = origin.spans.iter();
        spans.filter_map(|s| locate(*s, self.sources)).collect()
    }

    fn all(&self, purpose: &Use<'_>) -> Vec<String> {
        let paths = self.paths.get(purpose).into_iter().flatten();
        paths.map(|p| (*p).to_owned()).collect()
    }

    fn one(&self, purpose: &Use<'_>) -> Option<String> {
        let paths = self.paths.get(purpose)?;
        paths.first().map(|p| (*p).to_owned())
    }

    fn document(&self, artefact: &Artefact) -> Document {
        let statement = |source: &crate::backend::Source| Statement {
            sid: source.sid.clone(),
            sources: self.lines(&source.origin),
        };
        Document {
            path: artefact.path.clone(),
            kind: artefact.kind,
            name: artefact.name.clone(),
            iam_path: artefact.details.path.clone(),
            description: artefact.details.description.clone(),
            tags: artefact.details.tags.clone(),
            target: target(&artefact.target),
            attachment: attachment(&artefact.attachment),
            size: Size {
                counted: artefact.size.counted,
                minified: artefact.size.minified,
                limit: artefact.size.limit,
                quota: artefact.size.quota.clone(),
                count: artefact.size.count,
            },
            sha256: sha256(&artefact.text),
            proved: self.proved.clone(),
            statements: artefact.sources.iter().map(statement).collect(),
        }
    }

    fn account(&self, account: &ir::Account) -> Account {
        let managed = |name: &String| {
            let document = self.one(&Use::Managed(&account.name, name))?;
            Some(ManagedPolicy {
                name: name.clone(),
                document,
            })
        };
        Account {
            name: account.name.clone(),
            id: account.id.clone(),
            partition: account.partition.clone(),
            management: account.management,
            managed_policies: account
                .managed_policies
                .keys()
                .filter_map(managed)
                .collect(),
            roles: account
                .roles
                .values()
                .map(|r| self.role(account, r))
                .collect(),
            groups: account
                .groups
                .values()
                .map(|g| self.group(account, g))
                .collect(),
            users: account
                .users
                .values()
                .map(|u| self.user(account, u))
                .collect(),
        }
    }

    fn inline(
        &self,
        account: &ir::Account,
        holder: Holder,
        name: &str,
        policy: Option<&ir::Policy>,
    ) -> Option<Inline> {
        let document = self.one(&Use::Inline(&account.name, holder, name))?;
        Some(Inline {
            name: policy?.name.clone(),
            document,
        })
    }

    fn role(&self, account: &ir::Account, role: &ir::Role) -> Role {
        let trust = self.one(&Use::Trust(&account.name, &role.name));
        Role {
            name: role.name.clone(),
            path: role.path.clone(),
            description: role.description.clone(),
            max_session_seconds: role.max_session,
            // Absent only if the trust policy was in error, and then no manifest is written.
            trust: trust.unwrap_or_default(),
            inline: self.inline(account, Holder::Role, &role.name, role.inline.as_ref()),
            attached: role.attached.iter().map(attached).collect(),
            boundary: role.boundary.as_ref().map(attached),
            tags: role.tags.clone(),
            sources: self.lines(&role.origin),
        }
    }

    fn group(&self, account: &ir::Account, group: &ir::Group) -> Group {
        Group {
            name: group.name.clone(),
            path: group.path.clone(),
            inline: self.inline(account, Holder::Group, &group.name, group.inline.as_ref()),
            attached: group.attached.iter().map(attached).collect(),
            sources: self.lines(&group.origin),
        }
    }

    fn user(&self, account: &ir::Account, user: &ir::User) -> User {
        User {
            name: user.name.clone(),
            path: user.path.clone(),
            groups: user.groups.clone(),
            inline: self.inline(account, Holder::User, &user.name, user.inline.as_ref()),
            attached: user.attached.iter().map(attached).collect(),
            boundary: user.boundary.as_ref().map(attached),
            tags: user.tags.clone(),
            sources: self.lines(&user.origin),
        }
    }

    fn organization(&self, organization: &ir::Organization) -> Organization {
        let mut nodes = Vec::new();
        self.nodes(organization, &organization.root, "", &mut nodes);
        let sets = organization.permission_sets.iter();
        Organization {
            name: organization.name.clone(),
            id: organization.id.clone(),
            nodes,
            permission_sets: sets.map(|s| self.permission_set(organization, s)).collect(),
        }
    }

    fn nodes(
        &self,
        organization: &ir::Organization,
        node: &ir::Node,
        above: &str,
        found: &mut Vec<Node>,
    ) {
        let path = match (node.kind, above) {
            (NodeKind::Root, _) => String::new(),
            (_, "") => node.name.clone(),
            (_, above) => format!("{above}/{}", node.name),
        };
        let account_id = node.account.as_ref().map(|a| a.id.clone());
        found.push(Node {
            kind: node_kind(node.kind).to_owned(),
            id: node.id.clone().or(account_id),
            full_aws_access: node.full_aws_access,
            scps: self.all(&Use::Scps(&organization.id, &path)),
            rcps: self.all(&Use::Rcps(&organization.id, &path)),
            path: path.clone(),
        });
        for child in &node.children {
            self.nodes(organization, child, &path, found);
        }
    }

    fn permission_set(
        &self,
        organization: &ir::Organization,
        set: &ir::PermissionSet,
    ) -> PermissionSet {
        let assignment = |a: &ir::Assignment| {
            let (kind, name) = match &a.assignee {
                ir::Assignee::Group(name) => ("group", name),
                ir::Assignee::User(name) => ("user", name),
            };
            Assignment {
                account: a.account.clone(),
                kind: kind.to_owned(),
                name: name.clone(),
                sources: self.lines(&a.origin),
            }
        };
        PermissionSet {
            name: set.name.clone(),
            description: set.description.clone(),
            session_seconds: set.session,
            inline: self.one(&Use::PermissionSet(&organization.id, &set.name)),
            attached: set.attached.iter().map(attached).collect(),
            boundary: set.boundary.as_ref().map(attached),
            tags: set.tags.clone(),
            assignments: set.assignments.iter().map(assignment).collect(),
            sources: self.lines(&set.origin),
        }
    }
}

fn node_kind(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Root => "root",
        NodeKind::Unit => "unit",
        NodeKind::Account => "account",
    }
}

fn attached(policy: &AttachedPolicy) -> Attached {
    match policy {
        AttachedPolicy::Aws(name) => Attached::Aws(name.clone()),
        AttachedPolicy::Customer(name) => Attached::Customer(name.clone()),
    }
}

fn target(target: &slots::Target) -> Target {
    match target.clone() {
        slots::Target::Account {
            name,
            id,
            partition,
        } => Target::Account {
            name,
            id,
            partition,
        },
        slots::Target::Node {
            organization_id,
            path,
            kind,
            id,
            ..
        } => Target::Node {
            organization: organization_id,
            path,
            kind: node_kind(kind).to_owned(),
            id,
        },
        slots::Target::Organization { id, .. } => Target::IdentityCenter { organization: id },
    }
}

fn attachment(attachment: &slots::Attachment) -> Attachment {
    let identity = |(holder, name): &(Holder, String)| Identity {
        kind: holder.as_str().to_owned(),
        name: name.clone(),
    };
    match attachment {
        slots::Attachment::Inline(holder, name) => Attachment::Inline(Identity {
            kind: holder.as_str().to_owned(),
            name: name.clone(),
        }),
        slots::Attachment::Trust(role) => Attachment::Trust { role: role.clone() },
        slots::Attachment::Managed {
            attached_to,
            boundary_of,
        } => Attachment::Managed {
            attached_to: attached_to.iter().map(identity).collect(),
            boundary_of: boundary_of.iter().map(identity).collect(),
        },
        slots::Attachment::Resource { arn, resource_type } => Attachment::Resource {
            arn: arn.clone(),
            resource_type: resource_type.clone(),
        },
        slots::Attachment::PermissionSet(name) => Attachment::PermissionSet { name: name.clone() },
        slots::Attachment::Node => Attachment::Node,
        slots::Attachment::Session => Attachment::Session,
    }
}
