//! Who a statement of a resource policy speaks of, and how closely it names the caller.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use super::asked::{Asked, Key};
use crate::engine::request::{Identity, Principal, PrincipalType};
use crate::iam::Arn;
use crate::iam::arn::is_account_id;
use crate::iam::document::{self, PrincipalKind, Principals};

/// How closely a statement names the caller; what a grant is worth depends on it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Closeness {
    /// The account, which leaves it to the account's identity policies.
    Account,
    /// The role of the calling session, within boundary and session policy.
    Role,
    /// The caller itself, or everyone.
    Caller,
}

/// One entry of `Principal` or `NotPrincipal`.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Who {
    Everyone,
    /// An account; the partition if the ARN named one.
    Account(Option<String>, String),
    User(Identity),
    Role(Identity),
    Session(Identity, String),
    FederatedUser(Identity),
    Service(String),
    Federated(String),
    /// What IAM stores for a user or role: found in `aws:userid`, alone or before the session's name.
    UniqueId(String),
    /// A text that names nobody whom a request could be of.
    Nobody,
}

/// The principals of a statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Whom {
    list: Vec<Who>,
    user_id: Key,
}

impl Whom {
    pub(super) fn new(principals: &Principals) -> Whom {
        let list = match principals {
            Principals::Everyone => vec![Who::Everyone],
            Principals::Named(list) => list.iter().map(Who::new).collect(),
        };
        Whom {
            list,
            user_id: Key::new("aws:userid"),
        }
    }

    /// How closely the list names the caller; `None` if not at all.
    pub(super) fn closeness<'a>(&'a self, asked: &Asked<'a>) -> Option<Closeness> {
        self.list
            .iter()
            .filter_map(|who| self.one(who, asked))
            .max()
    }

    /// Whether every identity that the caller has is listed: session, role or user, and account.
    pub(super) fn lists_every_identity<'a>(&'a self, asked: &Asked<'a>) -> bool {
        let found = |wanted| {
            let names = |who: &Who| self.one(who, asked) == Some(wanted);
            self.list.iter().any(names)
        };
        if self.list.contains(&Who::Everyone) {
            return true;
        }
        match asked.request.principal.kind() {
            PrincipalType::RoleSession | PrincipalType::ServiceLinkedRole => {
                let has_name = asked.request.principal.session_arn().is_some();
                found(Closeness::Account)
                    && found(Closeness::Role)
                    && (!has_name || found(Closeness::Caller))
            }
            PrincipalType::User | PrincipalType::FederatedUser => {
                found(Closeness::Account) && found(Closeness::Caller)
            }
            PrincipalType::Root => found(Closeness::Account),
            PrincipalType::Service | PrincipalType::Federated | PrincipalType::Anonymous => {
                found(Closeness::Caller)
            }
        }
    }

    fn one<'a>(&'a self, who: &Who, asked: &Asked<'a>) -> Option<Closeness> {
        let caller = &asked.request.principal;
        let (matches, closeness) = match (who, caller) {
            (Who::Everyone, _) => (true, Closeness::Caller),
            (Who::Account(partition, account), _) => {
                let same = |id: &Identity| {
                    id.account == *account && partition.as_ref().is_none_or(|p| *p == id.partition)
                };
                (caller.identity().is_some_and(same), Closeness::Account)
            }
            (Who::User(own), Principal::User(user)) => (own == user, Closeness::Caller),
            (Who::Role(own), Principal::RoleSession { role, .. }) => (own == role, Closeness::Role),
            (Who::Session(own, name), Principal::RoleSession { role, session }) => (
                session.as_ref() == Some(name) && is_session_of(own, role),
                Closeness::Caller,
            ),
            (Who::FederatedUser(own), Principal::FederatedUser(user)) => {
                (own == user, Closeness::Caller)
            }
            (Who::Service(own), Principal::Service(service)) => (own == service, Closeness::Caller),
            (Who::Federated(own), Principal::Federated(provider)) => {
                (own == provider, Closeness::Caller)
            }
            (Who::UniqueId(id), Principal::User(_)) => (self.has_id(id, asked), Closeness::Caller),
            (Who::UniqueId(id), Principal::RoleSession { .. }) => {
                (self.has_id(id, asked), Closeness::Role)
            }
            _ => (false, Closeness::Account),
        };
        matches.then_some(closeness)
    }

    fn has_id<'a>(&'a self, id: &str, asked: &Asked<'a>) -> bool {
        let own = |value: &String| {
            let rest = value.strip_prefix(id);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        let values = asked.values(&self.user_id);
        values.is_some_and(|v| v.as_slice().iter().any(own))
    }
}

/// A session's ARN names its role without the path.
fn is_session_of(named: &Identity, role: &Identity) -> bool {
    named.partition == role.partition
        && named.account == role.account
        && named.name == role.last_segment()
}

impl Who {
    fn new(principal: &document::Principal) -> Who {
        let value = &principal.value;
        match principal.kind {
            PrincipalKind::Aws => Who::of_aws(value),
            PrincipalKind::Service => Who::Service(value.clone()),
            PrincipalKind::Federated => Who::Federated(value.clone()),
            PrincipalKind::CanonicalUser => Who::Nobody,
        }
    }

    fn of_aws(value: &str) -> Who {
        if value == "*" {
            return Who::Everyone;
        }
        if is_account_id(value) {
            return Who::Account(None, value.to_owned());
        }
        let Some(arn) = Arn::parse(value) else {
            return Who::UniqueId(value.to_owned());
        };
        match Principal::parse(value) {
            Some(Principal::Root(_)) => Who::Account(Some(arn.partition), arn.account),
            Some(Principal::User(user)) => Who::User(user),
            Some(Principal::FederatedUser(user)) => Who::FederatedUser(user),
            Some(Principal::RoleSession {
                role,
                session: None,
            }) => Who::Role(role),
            Some(Principal::RoleSession {
                role,
                session: Some(session),
            }) => Who::Session(role, session),
            _ => Who::Nobody,
        }
    }
}
