//! Exports of accounts put into the organisation's tree.

use super::authorization::AccountExport;
use crate::ir::{Account, Node, Organization, PolicySet};

/// What all exports mean together: accounts stand at their places in the tree, others beside it.
pub fn assemble(organization: Option<Organization>, exports: &[AccountExport]) -> PolicySet {
    let mut set = PolicySet::default();
    let mut rest: Vec<Option<&AccountExport>> = exports.iter().map(Some).collect();
    if let Some(mut organization) = organization {
        fill(&mut organization.root, &mut rest);
        set.organizations.push(organization);
    }
    let outside = rest.into_iter().flatten();
    set.accounts.extend(outside.map(|e| e.account.clone()));
    set
}

fn fill(node: &mut Node, rest: &mut [Option<&AccountExport>]) {
    if let Some(account) = &mut node.account {
        let mut own = rest.iter_mut();
        let slot = own.find(|e| e.is_some_and(|e| e.account.id == account.id));
        if let Some(export) = slot.and_then(Option::take) {
            *account = Account {
                name: account.name.clone(),
                management: account.management,
                ..export.account.clone()
            };
        }
    }
    for child in &mut node.children {
        fill(child, rest);
    }
}
