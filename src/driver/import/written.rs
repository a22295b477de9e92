//! The documents that sources compiled to, to be found by what they are.

use std::collections::BTreeMap;

use super::prove::Document;
use crate::backend::{Artefact, Attachment, Target};
use crate::iam::PolicyKind;
use crate::iam::quotas::Holder;
use crate::syntax::ast::BlockKind;

/// What a document is of its block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Role {
    Trust,
    Inline(Holder),
    Managed,
    PermissionSet,
    Scp,
    Rcp,
    Resource,
    Session,
}

/// Documents by what they are and whose.
pub(super) struct Written<'a>(BTreeMap<(Role, &'a str), Vec<&'a Artefact>>);

impl<'a> Written<'a> {
    pub(super) fn of(artefacts: &'a [Artefact]) -> Written<'a> {
        let mut written = Written(BTreeMap::new());
        for artefact in artefacts {
            let (role, name) = match &artefact.attachment {
                Attachment::Trust(role) => (Role::Trust, role),
                Attachment::Inline(holder, name) => (Role::Inline(*holder), name),
                Attachment::Managed { .. } => (Role::Managed, &artefact.name),
                Attachment::PermissionSet(set) => (Role::PermissionSet, set),
                Attachment::Resource { .. } => (Role::Resource, &artefact.name),
                Attachment::Session => (Role::Session, &artefact.name),
                Attachment::Node if artefact.kind == PolicyKind::Rcp => (Role::Rcp, &artefact.name),
                Attachment::Node => (Role::Scp, &artefact.name),
            };
            written.0.entry((role, name)).or_default().push(artefact);
        }
        written
    }

    /// What a block compiled to, in an account if it is deployed to several.
    pub(super) fn find(
        &self,
        document: Document,
        kind: BlockKind,
        name: &'a str,
        account: Option<&str>,
    ) -> Vec<&'a Artefact> {
        let role = match (document, kind) {
            (Document::Trust, _) => Role::Trust,
            (_, BlockKind::Role) => Role::Inline(Holder::Role),
            (_, BlockKind::User) => Role::Inline(Holder::User),
            (_, BlockKind::Group) => Role::Inline(Holder::Group),
            (_, BlockKind::Policy | BlockKind::Boundary) => Role::Managed,
            (_, BlockKind::PermissionSet) => Role::PermissionSet,
            (_, BlockKind::Scp) => Role::Scp,
            (_, BlockKind::Rcp) => Role::Rcp,
            (_, BlockKind::ResourcePolicy) => Role::Resource,
            (_, BlockKind::SessionPolicy) => Role::Session,
        };
        let here = |artefact: &&Artefact| match (&artefact.target, account) {
            (Target::Account { id, .. }, Some(account)) => id == account,
            _ => true,
        };
        let all = self.0.get(&(role, name)).into_iter().flatten().copied();
        all.filter(here).collect()
    }
}
