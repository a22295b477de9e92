//! Both sides cut to what was compared, so that whoever asks what a difference comes to in effect asks about that only.
//!
//! What an export does not hold (resource policies, permission sets, accounts that were not exported, a tree that was not)
//! is on both sides as the sources have it; what could not be read is on neither.

use indexmap::IndexMap;

use super::model::{Coverage, Kind};
use crate::ir::{Account, Node, Organization, PolicySet};

/// The sources, and what is deployed, without what could not be compared.
pub fn sides(
    sources: &PolicySet,
    deployed: &PolicySet,
    coverage: &[Coverage],
) -> (PolicySet, PolicySet) {
    let mut exported = IndexMap::new();
    for organization in &deployed.organizations {
        accounts_of(&organization.root, &mut exported);
    }
    exported.extend(deployed.accounts.iter().map(|a| (a.id.as_str(), a)));
    let covered: IndexMap<&str, &Coverage> =
        coverage.iter().map(|c| (c.account.as_str(), c)).collect();
    let find = |id: &str| Some((*exported.get(id)?, *covered.get(id)?));
    let mut left = sources.clone();
    each_account(&mut left, &|account| {
        if let Some((_, coverage)) = find(&account.id) {
            forget(account, coverage);
        }
    });
    let mut right = left.clone();
    for organization in &mut right.organizations {
        let mut others = deployed.organizations.iter();
        if let Some(other) = others.find(|o| o.id == organization.id) {
            take_tree(organization, other);
        }
    }
    each_account(&mut right, &|account| {
        if let Some((found, coverage)) = find(&account.id) {
            *account = Account {
                name: std::mem::take(&mut account.name),
                management: account.management,
                resource_policies: std::mem::take(&mut account.resource_policies),
                session_policies: std::mem::take(&mut account.session_policies),
                ..found.clone()
            };
            forget(account, coverage);
        }
    });
    (left, right)
}

fn accounts_of<'n>(node: &'n Node, out: &mut IndexMap<&'n str, &'n Account>) {
    out.extend(node.account.iter().map(|a| (a.id.as_str(), a)));
    for child in &node.children {
        accounts_of(child, out);
    }
}

fn each_account(set: &mut PolicySet, change: &dyn Fn(&mut Account)) {
    for organization in &mut set.organizations {
        each_below(&mut organization.root, change);
    }
    set.accounts.iter_mut().for_each(change);
}

fn each_below(node: &mut Node, change: &dyn Fn(&mut Account)) {
    node.account.iter_mut().for_each(change);
    for child in &mut node.children {
        each_below(child, change);
    }
}

/// What could not be read is as if it were not there.
fn forget(account: &mut Account, coverage: &Coverage) {
    for (kind, name) in &coverage.unread {
        match kind {
            Kind::Role => drop(account.roles.shift_remove(name)),
            Kind::User => drop(account.users.shift_remove(name)),
            Kind::Group => drop(account.groups.shift_remove(name)),
            Kind::Policy => drop(account.managed_policies.shift_remove(name)),
            _ => {}
        }
    }
}

/// The tree of the export, with the accounts as the sources have them.
fn take_tree(organization: &mut Organization, other: &Organization) {
    let mut known = IndexMap::new();
    accounts_of(&organization.root, &mut known);
    let known: IndexMap<String, Account> = known
        .into_iter()
        .map(|(id, account)| (id.to_owned(), account.clone()))
        .collect();
    organization.root = other.root.clone();
    each_below(&mut organization.root, &|account| {
        if let Some(own) = known.get(&account.id) {
            *account = own.clone();
        }
    });
}
