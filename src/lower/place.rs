//! Where a policy is written for: the account with its id, partition and regions, and who is deployed there.

use indexmap::IndexMap;

use crate::check::Checked;
use crate::check::hir::{Attachment, AttachmentTarget, Block, Node};
use crate::resolve::DefId;
use crate::syntax::ast::NodeKind;

/// Whose account id an ARN without one gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum AccountFill {
    /// The account that is deployed to.
    Id(String),
    /// Any account: SCPs and RCPs hold wherever they are attached.
    Any,
    /// Several accounts, so that none can be filled in: a permission set assigned in more than one.
    Several,
}

/// What fills the ambient parts of ARNs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// The account's declaration, if it is one account.
    pub node: Option<DefId>,
    pub partition: String,
    /// Empty means any.
    pub regions: Vec<String>,
    pub account: AccountFill,
}

/// A declaration as it is deployed to one account.
#[derive(Clone, Debug)]
pub(super) struct Deployment<'a> {
    pub block: DefId,
    pub attachment: &'a Attachment,
    /// The name in AWS.
    pub name: String,
}

/// Everything deployed to one account, also what comes along (boundaries, attached policies, groups).
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    pub place: Place,
    pub node: &'a Node,
    pub deployments: Vec<Deployment<'a>>,
    /// Names in AWS of each declaration.
    pub names: IndexMap<DefId, Vec<String>>,
}

/// The plans of all accounts, in the order of the tree.
pub(super) fn plan(checked: &Checked) -> IndexMap<DefId, Plan<'_>> {
    let mut plans = IndexMap::new();
    for root in checked.roots() {
        let defaults = checked.defaults();
        let ambient = Ambient {
            partition: &defaults.partition,
            regions: &defaults.regions,
            inherited: Vec::new(),
        };
        descend(checked, *root, &ambient, &mut plans);
    }
    plans
}

/// What a node hands down to its children.
struct Ambient<'a> {
    partition: &'a str,
    regions: &'a [String],
    inherited: Vec<&'a Attachment>,
}

fn descend<'a>(
    checked: &'a Checked,
    id: DefId,
    above: &Ambient<'a>,
    plans: &mut IndexMap<DefId, Plan<'a>>,
) {
    let Some(node) = checked.node(id) else { return };
    let mut inherited = above.inherited.clone();
    inherited.extend(&node.deployments);
    let here = Ambient {
        partition: node.partition.as_deref().unwrap_or(above.partition),
        regions: node.regions.as_deref().unwrap_or(above.regions),
        inherited,
    };
    if node.kind == NodeKind::Account {
        plans.insert(id, plan_account(checked, id, node, &here));
    }
    for child in &node.children {
        descend(checked, *child, &here, plans);
    }
}

fn plan_account<'a>(
    checked: &'a Checked,
    id: DefId,
    node: &'a Node,
    ambient: &Ambient<'a>,
) -> Plan<'a> {
    let place = Place {
        node: Some(id),
        partition: ambient.partition.to_owned(),
        regions: ambient.regions.to_vec(),
        account: AccountFill::Id(node.id.clone().unwrap_or_default()),
    };
    let mut plan = Plan {
        place,
        node,
        deployments: Vec::new(),
        names: IndexMap::new(),
    };
    for attachment in &ambient.inherited {
        plan.add(checked, attachment);
    }
    for assignment in assignments_of(checked, id) {
        if let Some(set) = checked.block(assignment) {
            plan.add_attached(checked, set);
        }
    }
    plan
}

/// The permission sets assigned in an account, by itself or by a node above it.
pub(super) fn assignments_of(checked: &Checked, account: DefId) -> Vec<DefId> {
    let above = std::iter::successors(Some(account), |id| checked.node(*id).and_then(|n| n.parent));
    above
        .filter_map(|id| checked.node(id))
        .flat_map(|n| n.assignments.iter().map(|a| a.set))
        .collect()
}

impl<'a> Plan<'a> {
    fn add(&mut self, checked: &'a Checked, attachment: &'a Attachment) {
        let AttachmentTarget::Declared { block: id, .. } = &attachment.target else {
            return;
        };
        let Some(block) = checked.block(*id) else {
            return;
        };
        let name = attachment
            .alias
            .clone()
            .unwrap_or_else(|| block.aws_name.clone());
        // The same line comes along with everything that needs it; other lines of the same name are compared when lowered.
        let known = |d: &Deployment<'_>| std::ptr::eq(d.attachment, attachment);
        if self.deployments.iter().any(known) {
            return;
        }
        let names = self.names.entry(*id).or_default();
        if !names.contains(&name) {
            names.push(name.clone());
        }
        self.deployments.push(Deployment {
            block: *id,
            attachment,
            name,
        });
        self.add_attached(checked, block);
    }

    /// What a block needs beside itself: its boundary, the policies attached to it, its groups.
    fn add_attached(&mut self, checked: &'a Checked, block: &'a Block) {
        for attachment in block.boundary.iter().chain(&block.attachments) {
            self.add(checked, attachment);
        }
        for group in &block.groups {
            let Some(found) = checked.block(*group) else {
                continue;
            };
            let names = self.names.entry(*group).or_default();
            if names.is_empty() {
                names.push(found.aws_name.clone());
                self.add_attached(checked, found);
            }
        }
    }
}
