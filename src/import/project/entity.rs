//! Users, groups, roles and policies of an account as blocks.

use crate::catalogue::Catalogue;
use crate::diagnostic::Code;
use crate::iam::PolicyKind;
use crate::import::model::{Block, Deployed, Reference};
use crate::import::write::Remark;
use crate::ir::{AttachedPolicy, Origin, Policy};
use crate::syntax::ast::BlockKind;

use super::account::AccountSource;

/// What an entity is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum EntityKind {
    Policy,
    Group,
    User,
    Role,
}

impl EntityKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            EntityKind::Policy => "policy",
            EntityKind::Group => "group",
            EntityKind::User => "user",
            EntityKind::Role => "role",
        }
    }
}

/// How others are referred to: a customer managed policy, a group.
pub(super) type Refer<'r> = dyn Fn(EntityKind, &str) -> Option<String> + 'r;

/// Makes blocks of one account's entities.
pub(super) struct Builder<'b> {
    pub source: &'b AccountSource<'b>,
    pub catalogue: &'b Catalogue,
    pub refer: &'b Refer<'b>,
    pub remarks: Vec<Remark>,
}

impl Builder<'_> {
    /// The names of the account's entities of a kind, in order.
    pub(super) fn names(source: &AccountSource<'_>, kind: EntityKind) -> Vec<String> {
        let account = source.account;
        match kind {
            EntityKind::Policy => account.managed_policies.keys().cloned().collect(),
            EntityKind::Group => account.groups.keys().cloned().collect(),
            EntityKind::User => account.users.keys().cloned().collect(),
            EntityKind::Role => account.roles.keys().cloned().collect(),
        }
    }

    /// The block of an entity, under a name of the source.
    pub(super) fn block(&mut self, kind: EntityKind, name: &str, ident: &str) -> Option<Block> {
        let block = match kind {
            EntityKind::Policy => self.policy(name, ident),
            EntityKind::Group => self.group(name, ident),
            EntityKind::User => self.user(name, ident),
            EntityKind::Role => self.role(name, ident),
        };
        let mut block = block?;
        block.deployed = vec![Deployed {
            account: self.source.account.id.clone(),
            trust: block.trust.clone(),
            documents: block.documents.clone(),
        }];
        Some(block)
    }

    fn empty(&self, kind: BlockKind, name: &str, ident: &str, origin: &Origin) -> Block {
        let mut block = Block::new(
            kind,
            ident.to_owned(),
            name.to_owned(),
            self.source.ambient.clone(),
        );
        block.span = origin.spans.first().copied();
        block
    }

    fn policy(&mut self, name: &str, ident: &str) -> Option<Block> {
        let policy = self.source.account.managed_policies.get(name)?;
        let kind = match policy.kind {
            PolicyKind::Boundary => BlockKind::Boundary,
            _ => BlockKind::Policy,
        };
        let mut block = self.empty(kind, name, ident, &policy.origin);
        block.path = policy.details.path.clone().filter(|p| p != "/");
        block.description = policy.details.description.clone().filter(|d| !d.is_empty());
        block.tags = own_tags(&policy.details.tags);
        block.documents.push(policy.clone());
        Some(block)
    }

    fn group(&mut self, name: &str, ident: &str) -> Option<Block> {
        let group = self.source.account.groups.get(name)?;
        let mut block = self.empty(BlockKind::Group, name, ident, &group.origin);
        block.path = path(&group.path);
        block.documents = self.inline("group", name, group.inline.as_ref());
        block.attached = self.attached(&group.attached, &group.origin);
        Some(block)
    }

    fn user(&mut self, name: &str, ident: &str) -> Option<Block> {
        let user = self.source.account.users.get(name)?;
        let mut block = self.empty(BlockKind::User, name, ident, &user.origin);
        block.path = path(&user.path);
        block.documents = self.inline("user", name, user.inline.as_ref());
        block.attached = self.attached(&user.attached, &user.origin);
        block.boundary = self.one(user.boundary.as_ref(), &user.origin);
        block.tags = own_tags(&user.tags);
        let groups = user.groups.iter();
        block.groups = groups
            .filter_map(|g| (self.refer)(EntityKind::Group, g))
            .collect();
        Some(block)
    }

    fn role(&mut self, name: &str, ident: &str) -> Option<Block> {
        let role = self.source.account.roles.get(name)?;
        let mut block = self.empty(BlockKind::Role, name, ident, &role.origin);
        block.path = path(&role.path);
        block.description = role.description.clone().filter(|d| !d.is_empty());
        block.session = role.max_session.map(u64::from).filter(|s| *s != 3_600);
        block.documents = self.inline("role", name, role.inline.as_ref());
        block.attached = self.attached(&role.attached, &role.origin);
        block.boundary = self.one(role.boundary.as_ref(), &role.origin);
        block.tags = own_tags(&role.tags);
        block.trust = Some(role.trust.clone());
        Some(block)
    }

    /// The inline policies, each by itself where they are known.
    fn inline(&self, kind: &str, name: &str, joined: Option<&Policy>) -> Vec<Policy> {
        let own = self.source.inline.iter();
        let own: Vec<Policy> = own
            .filter(|(k, n, _)| *k == kind && *n == name)
            .map(|(_, _, policy)| (*policy).clone())
            .collect();
        match own.is_empty() {
            true => joined.cloned().into_iter().collect(),
            false => own,
        }
    }

    fn attached(&mut self, attached: &[AttachedPolicy], origin: &Origin) -> Vec<Reference> {
        let mut references = Vec::new();
        for policy in attached {
            references.extend(self.one(Some(policy), origin));
        }
        references
    }

    fn one(&mut self, attached: Option<&AttachedPolicy>, origin: &Origin) -> Option<Reference> {
        let (found, name) = match attached? {
            AttachedPolicy::Aws(name) => {
                let known = self.catalogue.has_managed_policy(name);
                (known.then(|| Reference::Aws(name.clone())), name)
            }
            AttachedPolicy::Customer(name) => {
                let path = (self.refer)(EntityKind::Policy, name);
                (path.map(Reference::Declared), name)
            }
        };
        if found.is_none() {
            let message = format!("the managed policy `{name}` is not known and was left out");
            let at = origin.spans.first().copied();
            self.remarks
                .push(Remark::new(Code::UnknownManagedPolicy, &message, at));
        }
        found
    }
}

fn path(path: &str) -> Option<String> {
    (path != "/").then(|| path.to_owned())
}

/// Tags that AWS sets are not the owner's to set.
fn own_tags(tags: &indexmap::IndexMap<String, String>) -> indexmap::IndexMap<String, String> {
    let own = tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
    own.map(|(k, v)| (k.clone(), v.clone())).collect()
}
