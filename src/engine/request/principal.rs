//! Who makes a request: kinds of principal, their ARNs, and the keys that follow from them.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::iam::Arn;
use crate::iam::arn::is_account_id;

/// Who makes a request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Principal {
    /// Nobody: an unsigned request.
    Anonymous,
    /// An AWS service on its own behalf, `cloudtrail.amazonaws.com`.
    Service(String),
    /// Somebody whom an OIDC or SAML provider vouches for, before a role is assumed; the provider's ARN or host.
    Federated(String),
    /// The root user of an account; the name is empty.
    Root(Identity),
    /// An IAM user.
    User(Identity),
    /// A session of a role, the identity being the role. Service-linked roles are told by their path or name.
    RoleSession {
        /// The role, with its path where it is known.
        role: Identity,
        /// The session's name, if it is known.
        session: Option<String>,
    },
    /// A session of `sts:GetFederationToken`.
    FederatedUser(Identity),
}

/// The kinds of principal that AWS's evaluation tells apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PrincipalType {
    /// An unsigned request.
    Anonymous,
    /// A service principal.
    Service,
    /// A federated caller of `sts:AssumeRoleWith…`.
    Federated,
    /// The root user.
    Root,
    /// An IAM user.
    User,
    /// A session of an ordinary role.
    RoleSession,
    /// A session of a service-linked role, which SCPs and RCPs do not bind.
    ServiceLinkedRole,
    /// A session of `sts:GetFederationToken`.
    FederatedUser,
}

/// An identity of an account: partition, account id, and the name within the account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Identity {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// Twelve digits.
    pub account: String,
    /// Path and name without the leading slash: `alice`, `team/alice`.
    pub name: String,
}

impl Principal {
    /// Reads a principal as a scenario names it: `anonymous`, or the ARN of a user, a role (meaning a session
    /// of it), a role session, a federated user or an account's root.
    pub fn parse(text: &str) -> Option<Principal> {
        if text == "anonymous" {
            return Some(Principal::Anonymous);
        }
        let arn = Arn::parse(text)?;
        if !is_account_id(&arn.account) || !arn.region.is_empty() || arn.partition.is_empty() {
            return None;
        }
        let identity = |name: &str| {
            (!name.is_empty() && !name.ends_with('/')).then(|| Identity {
                partition: arn.partition.clone(),
                account: arn.account.clone(),
                name: name.to_owned(),
            })
        };
        let (kind, name) = arn.resource.split_once('/').unwrap_or((&arn.resource, ""));
        match (arn.service.as_str(), kind) {
            ("iam", "root") if arn.resource == "root" => Some(Principal::Root(Identity {
                partition: arn.partition.clone(),
                account: arn.account.clone(),
                name: String::new(),
            })),
            ("iam", "user") => identity(name).map(Principal::User),
            ("iam", "role") => identity(name).map(|role| Principal::RoleSession {
                role,
                session: None,
            }),
            ("sts", "assumed-role") => {
                let (role, session) = name.split_once('/')?;
                identity(role).map(|role| Principal::RoleSession {
                    role,
                    session: Some(session.to_owned()),
                })
            }
            ("sts", "federated-user") => identity(name).map(Principal::FederatedUser),
            _ => None,
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> PrincipalType {
        match self {
            Principal::Anonymous => PrincipalType::Anonymous,
            Principal::Service(_) => PrincipalType::Service,
            Principal::Federated(_) => PrincipalType::Federated,
            Principal::Root(_) => PrincipalType::Root,
            Principal::User(_) => PrincipalType::User,
            Principal::RoleSession { role, .. } if role.is_service_linked() => {
                PrincipalType::ServiceLinkedRole
            }
            Principal::RoleSession { .. } => PrincipalType::RoleSession,
            Principal::FederatedUser(_) => PrincipalType::FederatedUser,
        }
    }

    /// The identity behind it; `None` for those that belong to no account.
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Principal::Root(id) | Principal::User(id) | Principal::FederatedUser(id) => Some(id),
            Principal::RoleSession { role, .. } => Some(role),
            Principal::Anonymous | Principal::Service(_) | Principal::Federated(_) => None,
        }
    }

    /// The account it belongs to.
    pub fn account(&self) -> Option<&str> {
        self.identity().map(|id| id.account.as_str())
    }

    /// The value of `aws:PrincipalArn`: for a role session the ARN of the role, path included.
    pub fn principal_arn(&self) -> Option<String> {
        match self {
            Principal::Root(id) => Some(id.arn("iam", "root")),
            Principal::User(id) => Some(id.arn("iam", &format!("user/{}", id.name))),
            Principal::RoleSession { role, .. } => {
                Some(role.arn("iam", &format!("role/{}", role.name)))
            }
            Principal::FederatedUser(id) => {
                Some(id.arn("sts", &format!("federated-user/{}", id.name)))
            }
            Principal::Anonymous | Principal::Service(_) | Principal::Federated(_) => None,
        }
    }

    /// The ARN of the session itself, which drops the role's path; `None` without a session name.
    pub fn session_arn(&self) -> Option<String> {
        match self {
            Principal::RoleSession {
                role,
                session: Some(session),
            } => Some(role.arn(
                "sts",
                &format!("assumed-role/{}/{session}", role.last_segment()),
            )),
            _ => None,
        }
    }

    pub(super) fn implied_keys(&self) -> Vec<(&'static str, String)> {
        let text = |t: &str| t.to_owned();
        let mut keys = Vec::new();
        let kind = match self.kind() {
            PrincipalType::Federated => return keys,
            PrincipalType::Anonymous => {
                let anonymous = || text("anonymous");
                return vec![
                    ("aws:PrincipalAccount", anonymous()),
                    ("aws:PrincipalType", text("Anonymous")),
                    ("aws:userid", anonymous()),
                ];
            }
            PrincipalType::Service => {
                if let Principal::Service(name) = self {
                    keys.push(("aws:PrincipalServiceName", name.clone()));
                }
                keys.push(("aws:PrincipalIsAWSService", text("true")));
                return keys;
            }
            PrincipalType::Root => "Account",
            PrincipalType::User => "User",
            PrincipalType::RoleSession | PrincipalType::ServiceLinkedRole => "AssumedRole",
            PrincipalType::FederatedUser => "FederatedUser",
        };
        keys.push(("aws:PrincipalType", text(kind)));
        keys.push(("aws:PrincipalIsAWSService", text("false")));
        keys.extend(self.principal_arn().map(|arn| ("aws:PrincipalArn", arn)));
        keys.extend(self.account().map(|a| ("aws:PrincipalAccount", text(a))));
        match self {
            Principal::User(id) => keys.push(("aws:username", text(id.last_segment()))),
            Principal::Root(id) => keys.push(("aws:userid", id.account.clone())),
            Principal::FederatedUser(id) => {
                keys.push(("aws:userid", format!("{}:{}", id.account, id.name)));
            }
            _ => {}
        }
        keys
    }
}

impl Identity {
    fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:{}:{service}::{}:{resource}",
            self.partition, self.account
        )
    }

    /// The name without its path.
    pub fn last_segment(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Whether a role of this name is service-linked: by its path, or, where a session ARN has dropped the
    /// path, by the prefix that IAM reserves for such roles.
    pub fn is_service_linked(&self) -> bool {
        self.name.starts_with("aws-service-role/")
            || self.last_segment().starts_with("AWSServiceRoleFor")
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Principal::Anonymous => f.write_str("anonymous"),
            Principal::Service(name) | Principal::Federated(name) => f.write_str(name),
            _ => {
                let arn = self.session_arn().or_else(|| self.principal_arn());
                f.write_str(arn.as_deref().unwrap_or_default())
            }
        }
    }
}

impl Serialize for Principal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let one = |key: &str, value: &str, serializer: S| {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(key, value)?;
            map.end()
        };
        match self {
            Principal::Service(name) => one("service", name, serializer),
            Principal::Federated(name) => one("federated", name, serializer),
            _ => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn principal(text: &str) -> Principal {
        Principal::parse(text).unwrap()
    }

    #[test]
    fn tells_the_kinds_of_principal_apart() {
        let table = [
            ("anonymous", PrincipalType::Anonymous),
            ("arn:aws:iam::111122223333:root", PrincipalType::Root),
            ("arn:aws:iam::111122223333:user/t/al", PrincipalType::User),
            (
                "arn:aws:iam::111122223333:role/p/r",
                PrincipalType::RoleSession,
            ),
            (
                "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
                PrincipalType::ServiceLinkedRole,
            ),
            (
                "arn:aws:sts::111122223333:assumed-role/r/s",
                PrincipalType::RoleSession,
            ),
            (
                "arn:aws:sts::111122223333:federated-user/f",
                PrincipalType::FederatedUser,
            ),
        ];
        for (text, kind) in table {
            assert_eq!(principal(text).kind(), kind, "{text}");
        }
        for bad in [
            "",
            "alice",
            "arn:aws:iam::1:user/a",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:sts::111122223333:assumed-role/r",
        ] {
            assert_eq!(Principal::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_session_keeps_the_path_of_its_role_out_of_its_own_arn() {
        let Principal::RoleSession { role, .. } = principal("arn:aws:iam::111122223333:role/p/r")
        else {
            panic!("a role");
        };
        let session = Principal::RoleSession {
            role,
            session: Some("s".to_owned()),
        };
        assert_eq!(
            session.session_arn().as_deref(),
            Some("arn:aws:sts::111122223333:assumed-role/r/s")
        );
        assert_eq!(
            session.principal_arn().as_deref(),
            Some("arn:aws:iam::111122223333:role/p/r")
        );
    }
}
