//! A request: who asks for what on which resource, with which condition keys.
//!
//! Both evaluators and every witness speak of requests in this form. Plain data; nothing is judged here.
//! Written as JSON it is the `request` of a scenario of `bailiwick simulate`.

use std::collections::BTreeMap;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::iam::Arn;
use crate::iam::arn::is_account_id;

/// One request for authorisation of one action on one resource.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Request {
    /// Who asks.
    pub principal: Principal,
    /// The action, `s3:GetObject`; case does not matter.
    pub action: String,
    /// The ARN of the resource, or `*` for actions that act on none.
    pub resource: String,
    /// The account that owns the resource, where its ARN does not say (S3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_account: Option<String>,
    /// The condition keys of the request. What is not in here is absent.
    pub context: Context,
}

impl Request {
    /// The account that owns the resource: the one given, else the one in the ARN, else the principal's own.
    pub fn owner(&self) -> Option<&str> {
        let given = self.resource_account.as_deref();
        given
            .or_else(|| self.resource.split(':').nth(4).filter(|a| is_account_id(a)))
            .or_else(|| self.principal.account())
    }

    /// Keys whose values follow from the principal and the owner, as AWS fills them in.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    pub fn implied_keys(&self) -> Vec<(&'static str, String)> {
        let mut keys = self.principal.implied_keys();
        if let Some(owner) = &self.resource_account {
            keys.push(("aws:ResourceAccount", owner.clone()));
        }
        keys
    }

    /// The same request with the keys of [`Request::implied_keys`] that its context does not hold.
    #[must_use]
    pub fn with_implied_keys(mut self) -> Self {
        for (key, value) in self.implied_keys() {
            if self.context.get(key).is_none() {
                self.context.set(key, Values::One(value));
            }
        }
        self
    }
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

    fn implied_keys(&self) -> Vec<(&'static str, String)> {
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

/// The values of a key.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Values {
    /// A single value.
    One(String),
    /// A list; an empty one is a key that is present without a value.
    Many(Vec<String>),
}

impl Values {
    /// The values as a slice.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Values::One(value) => std::slice::from_ref(value),
            Values::Many(values) => values,
        }
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Values::One(value) => serializer.serialize_str(value),
            Values::Many(values) => values.serialize(serializer),
        }
    }
}

/// The condition keys of a request. Names are compared without regard to case, tag keys included.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Context {
    entries: BTreeMap<String, (String, Values)>,
}

/// The form under which names of condition keys are compared.
pub fn fold_key(key: &str) -> String {
    key.to_lowercase()
}

impl Context {
    /// Sets a key, replacing what it had under any spelling.
    pub fn set(&mut self, key: impl Into<String>, values: Values) {
        let key = key.into();
        self.entries.insert(fold_key(&key), (key, values));
    }

    /// The values of a key; `None` if it is absent.
    pub fn get(&self, key: &str) -> Option<&Values> {
        self.get_folded(&fold_key(key))
    }

    /// The values of a key whose name has been through [`fold_key`] already.
    pub fn get_folded(&self, folded: &str) -> Option<&Values> {
        self.entries.get(folded).map(|(_, values)| values)
    }

    /// Makes a key absent.
    pub fn remove(&mut self, key: &str) {
        self.entries.remove(&fold_key(key));
    }

    /// The keys as they were spelled, in the order of their folded names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Values)> {
        self.entries.values().map(|(name, v)| (name.as_str(), v))
    }
}

impl<K: Into<String>> FromIterator<(K, Values)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, Values)>>(entries: I) -> Self {
        let mut context = Context::default();
        for (key, values) in entries {
            context.set(key, values);
        }
        context
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
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

    #[test]
    fn names_of_keys_fold_and_absent_is_not_empty() {
        let mut context = Context::default();
        context.set("aws:RequestTag/Team", Values::Many(vec![]));
        assert_eq!(
            context.get("AWS:requesttag/TEAM"),
            Some(&Values::Many(vec![]))
        );
        assert_eq!(context.get("aws:RequestTag/Cost"), None);
        context.remove("aws:requesttag/team");
        assert_eq!(context, Context::default());
    }

    #[test]
    fn is_written_as_a_scenario_writes_it() {
        let request = Request {
            principal: Principal::Service("s3.amazonaws.com".to_owned()),
            action: "sqs:SendMessage".to_owned(),
            resource: "*".to_owned(),
            resource_account: None,
            context: Context::from_iter([("aws:TagKeys", Values::Many(vec!["a".to_owned()]))]),
        };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"principal":{"service":"s3.amazonaws.com"},"action":"sqs:SendMessage","resource":"*","context":{"aws:TagKeys":["a"]}}"#
        );
    }
}
