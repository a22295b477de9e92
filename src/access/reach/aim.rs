//! On what the requests of a way are made: the resources of each, and what has to hold of it.

use super::ask::Asked;
use super::question::{equals, null};
use super::{Node, On};
use crate::access::{Identity, IdentityKind};
use crate::iam::PolicyKind;
use crate::ir::{Condition, Match};

/// The key that holds the boundary of whom a request makes or is about.
const BOUNDARY: &str = "iam:PermissionsBoundary";

impl<'a> Asked<'_, '_, 'a> {
    /// The resources and conditions of a request; `None` where there can be none such.
    pub(super) fn aim(
        &self,
        on: On,
        target: Option<&Identity<'a>>,
        service: &str,
    ) -> Option<(Match, Condition)> {
        let own = |kind: IdentityKind| match self.node {
            Node::New(_) => None,
            _ => (self.who.kind == kind).then(|| vec![self.who.arn()]),
        };
        let account = self.reach.estate.account(self.who.account)?.account;
        let arn = |kind: &str, rest: &str| {
            format!(
                "arn:{}:iam::{}:{kind}/{rest}",
                account.partition, account.id
            )
        };
        let aimed = |kind: IdentityKind| {
            let target = target.filter(|t| t.kind == kind)?;
            let here = target.account == self.who.account;
            here.then(|| vec![target.arn()])
        };
        let patterns = match on {
            On::OwnRole | On::OwnRoleOtherwise => own(IdentityKind::Role)?,
            On::OwnUser | On::OwnUserOtherwise => own(IdentityKind::User)?,
            On::OwnPolicy => self.policies_of(&self.who)?,
            On::OwnGroup | On::AnyGroup => {
                let user = account.users.get(self.who.name);
                let user = user.filter(|_| self.who.kind == IdentityKind::User)?;
                let groups = account.groups.values();
                let meant =
                    groups.filter(|g| (on == On::AnyGroup) != user.groups.contains(&g.name));
                meant
                    .map(|g| {
                        arn(
                            "group",
                            &format!("{}{}", g.path, g.name).replacen('/', "", 1),
                        )
                    })
                    .collect()
            }
            On::Role => {
                let target = target.filter(|t| t.kind == IdentityKind::Role)?;
                vec![target.arn()]
            }
            On::User => aimed(IdentityKind::User)?,
            On::PolicyOfRole => {
                aimed(IdentityKind::Role)?;
                self.policies_of(target?)?
            }
            On::Passed => aimed(IdentityKind::Role)?,
            On::NewRole => vec![arn("role", "*")],
            On::NewUser => vec![arn("user", "*")],
            On::Anything => vec!["*".to_owned()],
        };
        let condition = match on {
            On::Passed => equals("iam:PassedToService", service),
            // AWS says which boundary is on whom the request is about; where it has none, the key is absent.
            On::OwnRole | On::OwnUser => self.boundary_fact(&self.who),
            On::Role | On::User => target.map_or(Condition::True, |t| self.boundary_fact(t)),
            // A boundary like the caller's own brings nothing that the caller could not have.
            On::NewRole | On::NewUser | On::OwnRoleOtherwise | On::OwnUserOtherwise => {
                match self.boundary_of(&self.who) {
                    Some(boundary) => Condition::Not(Box::new(equals(BOUNDARY, &boundary))),
                    None => Condition::True,
                }
            }
            _ => Condition::True,
        };
        Some((Match::any(patterns), condition))
    }

    /// What requests about somebody say of the boundary on them.
    fn boundary_fact(&self, whom: &Identity<'a>) -> Condition {
        let none = null(BOUNDARY);
        match self.boundary_of(whom) {
            Some(boundary) => Condition::any([none, equals(BOUNDARY, &boundary)]),
            None if whom.boundary.is_none() && whom.unknown.is_empty() => none,
            None => Condition::True,
        }
    }

    /// The ARN of somebody's boundary.
    fn boundary_of(&self, whom: &Identity<'a>) -> Option<String> {
        let account = self.reach.estate.account(whom.account)?.account;
        let boundary = whom.boundary.as_ref()?;
        if boundary.is_aws() {
            let known = self.reach.asking.catalogue;
            let arn = known.managed_policy_arn(&boundary.name)?;
            return Some(arn.replacen("arn:aws:", &format!("arn:{}:", account.partition), 1));
        }
        let path = boundary.details.path.as_deref().unwrap_or("/");
        let name = &boundary.name;
        Some(format!(
            "arn:{}:iam::{}:policy{path}{name}",
            account.partition, account.id
        ))
    }

    /// The customer managed policies of somebody in the caller's account.
    fn policies_of(&self, holder: &Identity<'a>) -> Option<Vec<String>> {
        if matches!(self.node, Node::New(_)) && holder.name == self.who.name {
            return None;
        }
        let account = self.reach.estate.account(holder.account)?.account;
        let policies = holder.policies.iter();
        let managed = policies.filter(|p| p.kind == PolicyKind::ManagedPolicy && !p.is_aws());
        let arns: Vec<String> = managed
            .map(|p| {
                let path = p.details.path.as_deref().unwrap_or("/");
                format!(
                    "arn:{}:iam::{}:policy{path}{}",
                    account.partition, account.id, p.name
                )
            })
            .collect();
        (!arns.is_empty()).then_some(arns)
    }
}
