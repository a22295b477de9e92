//! What is deployed against what the sources mean.
//!
//! In: two [`PolicySet`]s, one of the sources and one read from exports, and which accounts the exports cover. Out: a
//! [`Report`]: what is missing, extra, changed in meaning (with the regions, and a request that was replayed), and
//! what is only written otherwise. A difference that is not settled is said to be undecided, never passed over.
//!
//! Identities are compared by what they may do: inline, attached and their groups' policies together. A managed policy
//! that differs is one item with its holders, not one for each of them.

mod describe;
mod documents;
mod entity;
mod model;
mod side;
mod sides;
mod tree;

pub use describe::Area;
pub use model::{
    Aside, Aspect, Coverage, Excess, Item, Kind, NotCompared, Part, Report, State, Tags,
};
pub use sides::sides;

use rayon::prelude::*;

use crate::access::Estate;
use crate::engine::question::Asking;
use crate::ir::PolicySet;
use entity::Pair;
use side::Side;

/// Compares what is deployed with what the sources mean.
pub fn compare(
    sources: &PolicySet,
    deployed: &PolicySet,
    coverage: &[Coverage],
    tags: Tags,
    asking: &Asking<'_>,
) -> Report {
    let declared = Estate::new(sources, asking.catalogue);
    let found = Estate::new(deployed, asking.catalogue);
    let mut report = Report::default();
    let mut pairs = Vec::new();
    for (place, view) in declared.accounts().iter().enumerate() {
        let id = &view.account.id;
        let other = coverage.iter().find(|c| c.account == *id);
        match (other, found.account_by_id(id)) {
            (Some(coverage), Some(there)) => pairs.push(Pair {
                name: &view.account.name,
                coverage,
                sources: Side::new(&declared, place),
                deployed: Side::new(&found, there),
                tags,
                asking,
            }),
            _ => report.not_compared.push(NotCompared {
                account: id.clone(),
                kind: Kind::Account,
                name: view.account.name.clone(),
                reason: "in no export".to_owned(),
            }),
        }
    }
    for covered in coverage {
        if declared.account_by_id(&covered.account).is_none() {
            report.items.push(Item::extra_account(covered));
        }
        report.managed_by_aws.extend(covered.aside.iter().cloned());
        report
            .not_compared
            .extend(covered.unread.iter().map(|(kind, name)| NotCompared {
                account: covered.account.clone(),
                kind: *kind,
                name: name.clone(),
                reason: "its documents cannot be read".to_owned(),
            }));
    }
    report
        .not_compared
        .extend(beyond_exports(sources, &declared));
    report.accounts = pairs.len();
    let compared: Vec<(Vec<Item>, usize)> = pairs.par_iter().map(Pair::compare).collect();
    for (items, equal) in compared {
        report.items.extend(items);
        report.equal += equal;
    }
    tree::compare(sources, deployed, asking, &mut report);
    report
}

/// What the sources declare and no export holds.
fn beyond_exports(sources: &PolicySet, declared: &Estate<'_>) -> Vec<NotCompared> {
    let sets = sources.organizations.iter();
    let sets = sets.flat_map(|o| &o.permission_sets);
    let sets = sets.map(|set| NotCompared {
        account: String::new(),
        kind: Kind::PermissionSet,
        name: set.name.clone(),
        reason: "printed by no call of IAM".to_owned(),
    });
    let policies = declared.accounts().iter().flat_map(|view| {
        let account = view.account;
        let names = account.resource_policies.keys();
        names.map(|name| NotCompared {
            account: account.id.clone(),
            kind: Kind::ResourcePolicy,
            name: name.clone(),
            reason: "in no export of an account".to_owned(),
        })
    });
    sets.chain(policies).collect()
}
