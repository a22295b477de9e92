//! Roles, users and groups of an export.

use indexmap::IndexMap;

use super::{EntityKind, Export, InlinePolicy, Named, Reserved, ReservedBy};
use crate::deployed::reader::About;
use crate::deployed::view::View;
use crate::iam::document::{PrincipalKind, Principals};
use crate::iam::{Arn, Effect, PolicyKind};
use crate::ir::{AttachedPolicy, Audience, Group, Origin, Policy, Role, User};

/// What all identities have.
struct Parts {
    inline: Vec<Policy>,
    attached: Vec<AttachedPolicy>,
    boundary: Option<AttachedPolicy>,
    tags: IndexMap<String, String>,
}

impl Export<'_> {
    pub(super) fn role(&mut self, named: &Named<'_>) {
        let before = self.reader.errors();
        let trust = self.trust(named);
        let parts = self.parts(named, "RolePolicyList");
        let (Some(trust), true) = (trust, self.reader.errors() == before) else {
            return self.unread(named, EntityKind::Role);
        };
        let role = Role {
            name: named.name.to_owned(),
            path: named.path.to_owned(),
            description: named.at.text_of("Description").map(str::to_owned),
            max_session: named.at.number_of("MaxSessionDuration"),
            audience: audience(&trust),
            trust,
            inline: self.inline(named, EntityKind::Role, parts.inline),
            attached: parts.attached,
            boundary: parts.boundary,
            tags: parts.tags,
            origin: Origin::at(named.at.span()),
        };
        let account = self.account(named);
        let known = account.account.roles.contains_key(named.name)
            || account.reserved.contains_key(named.name);
        if known {
            return self.listed_twice(named);
        }
        match ReservedBy::of_path(named.path) {
            Some(by) => drop(
                account
                    .reserved
                    .insert(role.name.clone(), Reserved { role, by }),
            ),
            None => drop(account.account.roles.insert(role.name.clone(), role)),
        }
    }

    pub(super) fn user(&mut self, named: &Named<'_>) {
        let before = self.reader.errors();
        let parts = self.parts(named, "UserPolicyList");
        let groups = self.groups_of(named);
        if self.reader.errors() > before {
            return self.unread(named, EntityKind::User);
        }
        let user = User {
            name: named.name.to_owned(),
            path: named.path.to_owned(),
            groups,
            inline: self.inline(named, EntityKind::User, parts.inline),
            attached: parts.attached,
            boundary: parts.boundary,
            tags: parts.tags,
            origin: Origin::at(named.at.span()),
        };
        let users = &mut self.account(named).account.users;
        if users.contains_key(named.name) {
            return self.listed_twice(named);
        }
        users.insert(user.name.clone(), user);
    }

    pub(super) fn group(&mut self, named: &Named<'_>) {
        let before = self.reader.errors();
        let parts = self.parts(named, "GroupPolicyList");
        if self.reader.errors() > before {
            return self.unread(named, EntityKind::Group);
        }
        let group = Group {
            name: named.name.to_owned(),
            path: named.path.to_owned(),
            inline: self.inline(named, EntityKind::Group, parts.inline),
            attached: parts.attached,
            origin: Origin::at(named.at.span()),
        };
        let groups = &mut self.account(named).account.groups;
        if groups.contains_key(named.name) {
            return self.listed_twice(named);
        }
        groups.insert(group.name.clone(), group);
    }

    fn trust(&mut self, named: &Named<'_>) -> Option<Policy> {
        let member = "AssumeRolePolicyDocument";
        let Some(document) = named.at.member(member) else {
            // Says that it is missing.
            self.reader.text(named.at, member, &named.what);
            return None;
        };
        let about = About {
            kind: PolicyKind::Trust,
            name: named.name,
            what: &format!("trust policy of {}", named.what),
        };
        self.reader.policy(document, about)
    }

    fn parts(&mut self, named: &Named<'_>, inline: &str) -> Parts {
        Parts {
            inline: self.inline_policies(named, inline),
            attached: self.attached(named),
            boundary: self.boundary(named),
            tags: self.tags(named),
        }
    }

    fn inline_policies(&mut self, named: &Named<'_>, list: &str) -> Vec<Policy> {
        let mut policies = Vec::new();
        for entry in self.reader.objects(named.at, list) {
            let what = format!("inline policy of {}", named.what);
            let Some(name) = self.reader.text(entry, "PolicyName", &what) else {
                continue;
            };
            let what = format!("inline policy `{name}` of {}", named.what);
            let about = About {
                kind: PolicyKind::InlinePolicy,
                name,
                what: &what,
            };
            match entry.member("PolicyDocument") {
                Some(document) => policies.extend(self.reader.policy(document, about)),
                None => drop(self.reader.text(entry, "PolicyDocument", &what)),
            }
        }
        policies
    }

    /// Joins the inline policies of an identity to one that means the same.
    fn inline(
        &mut self,
        named: &Named<'_>,
        kind: EntityKind,
        mut policies: Vec<Policy>,
    ) -> Option<Policy> {
        if policies.len() < 2 {
            return policies.pop();
        }
        let own = policies.iter().map(|policy| InlinePolicy {
            owner_kind: kind,
            owner: named.name.to_owned(),
            policy: policy.clone(),
        });
        let known = &mut self.account(named).inline;
        if !known
            .iter()
            .any(|p| (p.owner_kind, p.owner.as_str()) == (kind, named.name))
        {
            known.extend(own);
        }
        let mut policies = policies.into_iter();
        let mut joined = policies.next()?;
        joined.name = named.name.to_owned();
        for policy in policies {
            joined.statements.extend(policy.statements);
            joined.origin.spans.extend(policy.origin.spans);
        }
        Some(joined)
    }

    fn attached(&mut self, named: &Named<'_>) -> Vec<AttachedPolicy> {
        let mut attached = Vec::new();
        let what = format!("attached policy of {}", named.what);
        for entry in self.reader.objects(named.at, "AttachedManagedPolicies") {
            if let Some(arn) = self.reader.text(entry, "PolicyArn", &what) {
                attached.extend(self.by_arn(entry, arn));
            }
        }
        attached
    }

    fn boundary(&mut self, named: &Named<'_>) -> Option<AttachedPolicy> {
        let boundary = named.at.member("PermissionsBoundary")?;
        let what = format!("permissions boundary of {}", named.what);
        let arn = self
            .reader
            .text(boundary, "PermissionsBoundaryArn", &what)?;
        self.by_arn(boundary, arn)
    }

    fn by_arn(&mut self, at: View<'_>, arn: &str) -> Option<AttachedPolicy> {
        let attached = attached_policy(arn);
        if attached.is_none() {
            let found = crate::deployed::message::no_policy_arn(at.span(), arn);
            self.reader.findings.push(found);
        }
        attached
    }

    fn groups_of(&mut self, named: &Named<'_>) -> Vec<String> {
        let Some(list) = named.at.member("GroupList") else {
            return Vec::new();
        };
        let mut groups = Vec::new();
        for item in list.items() {
            match item.text() {
                Some(group) => groups.push(group.to_owned()),
                None => self.reader.wrong_type(item, "GroupList", "a list of names"),
            }
        }
        groups
    }

    pub(super) fn tags(&mut self, named: &Named<'_>) -> IndexMap<String, String> {
        let mut tags = IndexMap::new();
        for entry in self.reader.objects(named.at, "Tags") {
            let what = format!("tag of {}", named.what);
            let key = self.reader.text(entry, "Key", &what);
            let value = self.reader.text(entry, "Value", &what);
            if let (Some(key), Some(value)) = (key, value) {
                tags.insert(key.to_owned(), value.to_owned());
            }
        }
        tags
    }
}

/// The policy of an ARN: AWS's own have `aws` for an account; names are unique whatever the path.
pub(super) fn attached_policy(arn: &str) -> Option<AttachedPolicy> {
    let arn = Arn::parse(arn)?;
    let path = arn.resource.strip_prefix("policy/")?;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    match arn.account.as_str() {
        "aws" => Some(AttachedPolicy::Aws(name)),
        _ => Some(AttachedPolicy::Customer(name)),
    }
}

/// Whom a role is for, as the language guesses where nobody says: people, if people can come in by themselves.
fn audience(trust: &Policy) -> Audience {
    let allows = trust.statements.iter();
    let allows = allows.filter(|s| s.effect == Effect::Allow);
    let mut principals = allows.filter_map(|s| s.principal.as_ref());
    let people = principals.any(|matched| match &matched.principals {
        Principals::Everyone => true,
        Principals::Named(list) => list.iter().any(|p| match p.kind {
            PrincipalKind::Aws => true,
            PrincipalKind::Federated => p.value.contains(":saml-provider/"),
            PrincipalKind::Service | PrincipalKind::CanonicalUser => false,
        }),
    });
    match people {
        true => Audience::People,
        false => Audience::Workload,
    }
}
