//! The organisation's tree: which nodes there are, and which SCPs and RCPs bind at each.

use super::documents::{self, allows_everything};
use super::model::{Aspect, Item, Kind, NotCompared, Part, Report, State};
use crate::engine::question::Asking;
use crate::iam::PolicyKind;
use crate::ir::{Node, NodeKind, Policy, PolicySet};

/// Compares the trees; an organisation of the sources that was not exported is not compared.
pub(super) fn compare(
    sources: &PolicySet,
    deployed: &PolicySet,
    asking: &Asking<'_>,
    report: &mut Report,
) {
    for organization in &sources.organizations {
        let mut others = deployed.organizations.iter();
        match others.find(|o| o.id == organization.id) {
            Some(other) => {
                let mut walk = Walk {
                    organization: &organization.name,
                    asking,
                    report: &mut *report,
                };
                walk.pair(&organization.root, &other.root);
            }
            None => report.not_compared.push(NotCompared {
                account: String::new(),
                kind: Kind::Node,
                name: organization.name.clone(),
                reason: format!("no export covers the organisation `{}`", organization.id),
            }),
        }
    }
}

struct Walk<'w> {
    organization: &'w str,
    asking: &'w Asking<'w>,
    report: &'w mut Report,
}

impl Walk<'_> {
    fn pair(&mut self, left: &Node, right: &Node) {
        let aspects = self.aspects(left, right);
        match aspects.iter().map(|a| a.state).max() {
            Some(state) => {
                let mut item = self.item(left, state);
                item.deployed = right.origin.spans.first().copied();
                item.aspects = aspects;
                self.report.items.push(item);
            }
            None => self.report.equal += 1,
        }
        for child in &left.children {
            match right.children.iter().find(|other| is_same(child, other)) {
                Some(other) => self.pair(child, other),
                None => {
                    let item = self.item(child, State::Missing);
                    self.report.items.push(item);
                }
            }
        }
        for other in &right.children {
            if !left.children.iter().any(|child| is_same(child, other)) {
                let mut item = self.item(other, State::Extra);
                item.deployed = item.declared.take();
                self.report.items.push(item);
            }
        }
    }

    fn item(&self, node: &Node, state: State) -> Item {
        let mut accounts = Vec::new();
        accounts_below(node, &mut accounts);
        Item {
            account: String::new(),
            account_name: self.organization.to_owned(),
            kind: Kind::Node,
            name: node.name.clone(),
            state,
            aspects: Vec::new(),
            held_by: accounts,
            declared: node.origin.spans.first().copied(),
            deployed: None,
        }
    }

    fn aspects(&self, left: &Node, right: &Node) -> Vec<Aspect> {
        let full = allows_everything(PolicyKind::Scp);
        let scps = |node: &Node| -> Vec<Policy> {
            let own = node.scps.iter().cloned();
            own.chain(node.full_aws_access.then(|| full.clone()))
                .collect()
        };
        // `RCPFullAWSAccess` is always there and allows everything.
        let open = allows_everything(PolicyKind::Rcp);
        let rcps = |node: &Node| -> Vec<Policy> {
            let own = node.rcps.iter().cloned();
            own.chain([open.clone()]).collect()
        };
        let parts = [
            (Part::Scps, scps(left), scps(right)),
            (Part::Rcps, rcps(left), rcps(right)),
        ];
        let compared = parts.iter().filter_map(|(part, left, right)| {
            let (left, right): (Vec<&Policy>, Vec<&Policy>) =
                (left.iter().collect(), right.iter().collect());
            documents::compare(*part, &left, &right, self.asking)
        });
        compared.collect()
    }
}

/// The same account, or a unit of the same id or, where the sources give none, of the same name.
fn is_same(declared: &Node, deployed: &Node) -> bool {
    if declared.kind != deployed.kind {
        return false;
    }
    let account = |node: &Node| node.account.as_ref().map(|a| a.id.clone());
    match (declared.kind, &declared.id) {
        (NodeKind::Account, _) => account(declared) == account(deployed),
        (_, Some(id)) => deployed.id.as_ref() == Some(id),
        (_, None) => declared.name == deployed.name,
    }
}

fn accounts_below(node: &Node, out: &mut Vec<String>) {
    out.extend(node.account.iter().map(|a| a.id.clone()));
    for child in &node.children {
        accounts_below(child, out);
    }
}
