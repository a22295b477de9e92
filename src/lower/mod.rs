//! From what is written to what is meant: names, sugar and parameters go, one policy for every place it is deployed to.
//!
//! In: [`Checked`]. Out: [`PolicySet`], and what can only be said now that the places are known. Conditions stay
//! Boolean trees over IAM's own tests; the backend finds the operators.

mod account;
mod condition;
mod ground;
mod messages;
mod organization;
mod place;
mod principal;
mod promise;
mod scope;
mod sid;
mod statement;
mod trust;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::check::Checked;
use crate::diagnostic::Diagnostic;
use crate::ir::promise::Promises;
use crate::ir::{Account, PolicySet};
use crate::resolve::DefId;
use crate::syntax::ast::NodeKind;

use organization::Tree;

/// Lowers a checked project. Findings that are errors mean that the result must not be built.
pub fn lower(checked: &Checked) -> (PolicySet, Vec<Diagnostic>) {
    let plans = place::plan(checked);
    let lowered: Vec<(DefId, Account, Vec<Diagnostic>)> = plans
        .par_iter()
        .map(|(id, plan)| {
            let (account, findings) = account::lower_account(checked, &plans, plan);
            (*id, account, findings)
        })
        .collect();
    let mut accounts = IndexMap::new();
    let mut findings = Vec::new();
    for (id, account, found) in lowered {
        accounts.insert(id, account);
        findings.extend(found);
    }
    let mut set = PolicySet::default();
    let mut tree = Tree {
        checked,
        plans: &plans,
        accounts: &mut accounts,
        findings: &mut findings,
    };
    for root in checked.roots() {
        match checked.node(*root) {
            Some(node) if node.kind == NodeKind::Org => {
                set.organizations.push(tree.organization(*root, node))
            }
            Some(_) => set.accounts.extend(tree.accounts.swap_remove(root)),
            None => {}
        }
    }
    (set, findings)
}

/// Lowers the proofs and tests of a checked project.
pub fn promises(checked: &Checked) -> (Promises, Vec<Diagnostic>) {
    promise::promises(checked, &place::plan(checked))
}
