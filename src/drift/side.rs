//! One side of an account: who is in it, who holds a policy, what an identity has beside its policies.

use std::collections::BTreeSet;

use crate::access::{AccountView, Estate, Identity, IdentityKind};
use crate::ir::{Account, AttachedPolicy, Policy};

/// One side of an account.
pub(super) struct Side<'e, 'a> {
    view: &'e AccountView<'a>,
    pub(super) identities: Vec<&'e Identity<'a>>,
}

impl<'e, 'a> Side<'e, 'a> {
    /// The account at a place that the estate gave out.
    #[expect(
        clippy::indexing_slicing,
        reason = "the place is one of the estate's accounts"
    )]
    pub(super) fn new(estate: &'e Estate<'a>, place: usize) -> Self {
        let own = estate.identities().iter();
        Side {
            view: &estate.accounts()[place],
            identities: own.filter(|i| i.account == place).collect(),
        }
    }

    pub(super) fn account(&self) -> &'a Account {
        self.view.account
    }

    pub(super) fn identity(&self, kind: IdentityKind, name: &str) -> Option<&'e Identity<'a>> {
        let mut all = self.identities.iter().copied();
        all.find(|i| i.kind == kind && i.name == name)
    }

    /// Everybody who has a managed policy.
    pub(super) fn holders(&self, policy: &str) -> BTreeSet<String> {
        let own = AttachedPolicy::Customer(policy.to_owned());
        let has = |list: &[AttachedPolicy], boundary: &Option<AttachedPolicy>| {
            list.contains(&own) || boundary.as_ref() == Some(&own)
        };
        let account = self.account();
        let roles = account.roles.values();
        let roles = roles.filter(|r| has(&r.attached, &r.boundary));
        let users = account.users.values();
        let users = users.filter(|u| has(&u.attached, &u.boundary));
        let groups = account.groups.values().filter(|g| has(&g.attached, &None));
        roles
            .map(|r| format!("role {}", r.name))
            .chain(users.map(|u| format!("user {}", u.name)))
            .chain(groups.map(|g| format!("group {}", g.name)))
            .collect()
    }

    pub(super) fn members(&self, group: &str) -> BTreeSet<String> {
        let users = self.account().users.values();
        let members = users.filter(|u| u.groups.iter().any(|g| g == group));
        members.map(|u| format!("user {}", u.name)).collect()
    }
}

/// What a role or a user has beside its policies.
pub(super) struct Settings<'a> {
    pub(super) path: &'a str,
    pub(super) inline: Option<&'a Policy>,
    pub(super) attached: BTreeSet<&'a AttachedPolicy>,
    pub(super) boundary: Option<&'a AttachedPolicy>,
    pub(super) groups: BTreeSet<&'a str>,
    pub(super) max_session: Option<u32>,
    pub(super) tags: Vec<String>,
}

pub(super) fn settings<'a>(
    account: &'a Account,
    kind: IdentityKind,
    name: &str,
) -> Option<Settings<'a>> {
    let tags = |tags: &indexmap::IndexMap<String, String>| {
        let mut tags: Vec<String> = tags.iter().map(|(k, v)| format!("{k}={v}")).collect();
        tags.sort();
        tags
    };
    match kind {
        IdentityKind::Role => account.roles.get(name).map(|role| Settings {
            path: &role.path,
            inline: role.inline.as_ref(),
            attached: role.attached.iter().collect(),
            boundary: role.boundary.as_ref(),
            groups: BTreeSet::new(),
            max_session: role.max_session,
            tags: tags(&role.tags),
        }),
        _ => account.users.get(name).map(|user| Settings {
            path: &user.path,
            inline: user.inline.as_ref(),
            attached: user.attached.iter().collect(),
            boundary: user.boundary.as_ref(),
            groups: user.groups.iter().map(String::as_str).collect(),
            max_session: None,
            tags: tags(&user.tags),
        }),
    }
}
