//! An account with what fills its ARNs.

use std::collections::BTreeMap;

use crate::iam::Arn;
use crate::import::model::{Ambient, Fill};
use crate::ir::{Account, Policy};

/// An account to be written.
#[derive(Clone, Debug)]
pub struct AccountSource<'a> {
    /// What is deployed in it.
    pub account: &'a Account,
    /// The name of its declaration.
    pub ident: String,
    /// The inline policies of an identity, each by itself: word of the kind (`role`), name, policy.
    pub inline: Vec<(&'static str, &'a str, &'a Policy)>,
    /// What its ARNs need not say.
    pub ambient: Ambient,
}

impl<'a> AccountSource<'a> {
    /// An account and the name of its declaration. If its ARNs are of one region only, that is where it is.
    pub fn new(
        account: &'a Account,
        ident: String,
        inline: Vec<(&'static str, &'a str, &'a Policy)>,
    ) -> AccountSource<'a> {
        AccountSource {
            account,
            ident,
            inline,
            ambient: Ambient {
                partition: account.partition.clone(),
                account: Fill::Id(account.id.clone()),
                regions: home_region(account).into_iter().collect(),
            },
        }
    }
}

/// The region that nearly all ARNs name which name one.
fn home_region(account: &Account) -> Option<String> {
    let roles = account.roles.values().filter_map(|r| r.inline.as_ref());
    let users = account.users.values().filter_map(|u| u.inline.as_ref());
    let groups = account.groups.values().filter_map(|g| g.inline.as_ref());
    let all = account
        .managed_policies
        .values()
        .chain(roles)
        .chain(users)
        .chain(groups);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for statement in all.flat_map(|p| &p.statements) {
        for pattern in statement.resource.iter().flat_map(|r| &r.patterns) {
            let region = Arn::parse(pattern)
                .map(|arn| arn.region)
                .unwrap_or_default();
            if !region.is_empty() && !region.contains(['*', '?', '$']) {
                *counts.entry(region).or_default() += 1;
            }
        }
    }
    let total: usize = counts.values().sum();
    let (region, most) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (most * 10 >= total * 7).then_some(region)
}
