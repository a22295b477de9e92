//! Roles, users and the roles behind permission sets, each with the policies attached to it.

use super::managed::{Managed, Shared};
use crate::engine::Principal;
use crate::engine::request;
use crate::ir::{Account, AttachedPolicy, Audience, Origin, PermissionSet, Policy, Role, User};

/// What an identity was declared as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IdentityKind {
    /// A role.
    Role,
    /// An IAM user.
    User,
    /// The role that IAM Identity Center makes in an account for a permission set.
    PermissionSet,
}

/// Somebody who can make requests, in one account.
#[derive(Clone, Debug)]
pub struct Identity<'a> {
    /// What it was declared as.
    pub kind: IdentityKind,
    /// Its name in AWS; for a permission set, the set's.
    pub name: &'a str,
    /// The declaration.
    pub declared: &'a Origin,
    /// The place of its account among [`Estate::accounts`](super::Estate::accounts).
    pub account: usize,
    /// Who makes the requests: a user, or a session of the role.
    pub principal: Principal,
    /// What grants to it: inline, managed, and those of its groups.
    pub policies: Vec<Shared<'a>>,
    /// What limits it.
    pub boundary: Option<Shared<'a>>,
    /// Who may assume it, for a role of the project.
    pub trust: Option<&'a Policy>,
    /// Whom it is for; permission sets and users are for people.
    pub audience: Audience,
    /// What is attached by name and not known: customer managed policies that the project does not deploy there.
    pub unknown: Vec<&'a AttachedPolicy>,
}

impl Identity<'_> {
    /// Its ARN: of the user, or of the role (not of a session).
    pub fn arn(&self) -> String {
        self.principal.principal_arn().unwrap_or_default()
    }
}

/// Makes the identities of one account.
pub(super) struct Maker<'m, 'a, 'c> {
    pub(super) account: &'a Account,
    pub(super) place: usize,
    pub(super) managed: &'m mut Managed<'c>,
}

impl<'a> Maker<'_, 'a, '_> {
    pub(super) fn role(&mut self, role: &'a Role) -> Identity<'a> {
        let mut unknown = Vec::new();
        let policies = self.policies(role.inline.as_ref(), &role.attached, &mut unknown);
        Identity {
            kind: IdentityKind::Role,
            name: &role.name,
            declared: &role.origin,
            account: self.place,
            principal: self.session(&format!("{}{}", role.path, role.name)),
            policies,
            boundary: self.boundary(role.boundary.as_ref(), &mut unknown),
            trust: Some(&role.trust),
            audience: role.audience,
            unknown,
        }
    }

    pub(super) fn user(&mut self, user: &'a User) -> Identity<'a> {
        let mut unknown = Vec::new();
        let mut policies = self.policies(user.inline.as_ref(), &user.attached, &mut unknown);
        let account = self.account;
        for group in user.groups.iter().filter_map(|g| account.groups.get(g)) {
            policies.extend(self.policies(group.inline.as_ref(), &group.attached, &mut unknown));
        }
        Identity {
            kind: IdentityKind::User,
            name: &user.name,
            declared: &user.origin,
            account: self.place,
            principal: Principal::User(self.identity(&format!("{}{}", user.path, user.name))),
            policies,
            boundary: self.boundary(user.boundary.as_ref(), &mut unknown),
            trust: None,
            audience: Audience::People,
            unknown,
        }
    }

    /// AWS names the role `AWSReservedSSO_SET_HASH`; nobody knows the hash before, so a fixed one stands for it.
    pub(super) fn permission_set(&mut self, set: &'a PermissionSet) -> Identity<'a> {
        let mut unknown = Vec::new();
        let policies = self.policies(set.inline.as_ref(), &set.attached, &mut unknown);
        let name = format!(
            "/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{}_0123456789abcdef",
            set.name
        );
        Identity {
            kind: IdentityKind::PermissionSet,
            name: &set.name,
            declared: &set.origin,
            account: self.place,
            principal: self.session(&name),
            policies,
            boundary: self.boundary(set.boundary.as_ref(), &mut unknown),
            trust: None,
            audience: Audience::People,
            unknown,
        }
    }

    fn session(&self, path_and_name: &str) -> Principal {
        Principal::RoleSession {
            role: self.identity(path_and_name),
            session: None,
        }
    }

    fn identity(&self, path_and_name: &str) -> request::Identity {
        request::Identity {
            partition: self.account.partition.clone(),
            account: self.account.id.clone(),
            name: path_and_name.trim_start_matches('/').to_owned(),
        }
    }

    fn policies(
        &mut self,
        inline: Option<&'a Policy>,
        attached: &'a [AttachedPolicy],
        unknown: &mut Vec<&'a AttachedPolicy>,
    ) -> Vec<Shared<'a>> {
        let mut policies: Vec<Shared<'a>> = inline.map(Shared::Project).into_iter().collect();
        for policy in attached {
            policies.extend(self.attached(policy, unknown));
        }
        policies
    }

    fn boundary(
        &mut self,
        boundary: Option<&'a AttachedPolicy>,
        unknown: &mut Vec<&'a AttachedPolicy>,
    ) -> Option<Shared<'a>> {
        boundary.and_then(|policy| self.attached(policy, unknown))
    }

    fn attached(
        &mut self,
        policy: &'a AttachedPolicy,
        unknown: &mut Vec<&'a AttachedPolicy>,
    ) -> Option<Shared<'a>> {
        let found = match policy {
            AttachedPolicy::Aws(name) => self
                .managed
                .policy(name, &self.account.partition)
                .map(Shared::Aws),
            AttachedPolicy::Customer(name) => {
                self.account.managed_policies.get(name).map(Shared::Project)
            }
        };
        if found.is_none() {
            unknown.push(policy);
        }
        found
    }
}
