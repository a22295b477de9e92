//! The tree: SCPs and RCPs at each node, accounts at the leaves, permission sets beside them.

use indexmap::IndexMap;

use crate::check::Checked;
use crate::check::hir::{self, AttachmentTarget, Block};
use crate::diagnostic::Diagnostic;
use crate::ir::{
    Account, Assignment, Node, NodeKind, Organization, Origin, PermissionSet, Policy, Statement,
};
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::{self, BlockKind};

use super::account::{arguments_of, attached, attached_one, inline_of, policy_of, tags};
use super::messages;
use super::place::{AccountFill, Place, Plan, assignments_of};
use super::scope::{Arguments, Scope};
use super::statement::Frame;

/// What the tree is built from.
pub(super) struct Tree<'a> {
    pub checked: &'a Checked,
    pub plans: &'a IndexMap<DefId, Plan<'a>>,
    pub accounts: &'a mut IndexMap<DefId, Account>,
    pub findings: &'a mut Vec<Diagnostic>,
}

/// Policies of an organisation by name: one name is one policy.
type Attached = IndexMap<String, (Policy, Span)>;

impl Tree<'_> {
    /// Lowers an organisation with everything below it.
    pub(super) fn organization(&mut self, id: DefId, node: &hir::Node) -> Organization {
        let mut names = Attached::new();
        let root = self.node(id, node, &mut names);
        Organization {
            id: node.id.clone().unwrap_or_default(),
            name: node.name.clone(),
            root,
            permission_sets: self.permission_sets(id, node),
        }
    }

    fn node(&mut self, id: DefId, node: &hir::Node, names: &mut Attached) -> Node {
        let mut out = Node {
            kind: match node.kind {
                ast::NodeKind::Org => NodeKind::Root,
                ast::NodeKind::Ou => NodeKind::Unit,
                ast::NodeKind::Account => NodeKind::Account,
            },
            name: node.name.clone(),
            id: if node.kind == ast::NodeKind::Org {
                node.root.clone()
            } else {
                node.id.clone()
            },
            scps: Vec::new(),
            full_aws_access: !node.full_access_detached,
            rcps: Vec::new(),
            children: Vec::new(),
            account: self.accounts.swap_remove(&id),
            origin: Origin::at(node.span),
        };
        self.attach(node, &mut out, names);
        if node.full_access_detached && out.scps.is_empty() {
            self.findings
                .push(messages::nothing_allowed(&node.name, node.span));
        }
        for child in &node.children {
            if let Some(found) = self.checked.node(*child) {
                let lowered = self.node(*child, found, names);
                out.children.push(lowered);
            }
        }
        out
    }

    fn attach(&mut self, node: &hir::Node, out: &mut Node, names: &mut Attached) {
        let place = Place {
            node: None,
            partition: self.partition_of(node),
            regions: Vec::new(),
            account: AccountFill::Any,
        };
        for attachment in &node.attachments {
            let AttachmentTarget::Declared { block: id, .. } = &attachment.target else {
                continue;
            };
            let Some(block) = self.checked.block(*id) else {
                continue;
            };
            let scope = Scope::new(self.checked, self.plans, &place).using(block, attachment.span);
            let name = attachment
                .alias
                .clone()
                .unwrap_or_else(|| block.aws_name.clone());
            let frame = if block.kind == BlockKind::Rcp {
                Frame::rcp()
            } else {
                Frame::identity()
            };
            let arguments = arguments_of(&scope, attachment);
            let policy = policy_of(&scope, block, &name, &arguments, &frame);
            self.findings.append(&mut scope.diagnostics.borrow_mut());
            let list = if block.kind == BlockKind::Rcp {
                &mut out.rcps
            } else {
                &mut out.scps
            };
            if list.iter().any(|p| p.name == policy.name) {
                self.findings
                    .push(messages::attached_twice(&name, &node.name, attachment.span));
                continue;
            }
            match names.get(&name) {
                Some((first, span)) if !says_the_same(first, &policy) => {
                    self.findings.push(messages::one_name_two_policies(
                        &name,
                        attachment.span,
                        *span,
                    ));
                }
                Some(_) => {}
                None => drop(names.insert(name, (policy.clone(), attachment.span))),
            }
            list.push(policy);
        }
    }

    /// The partition that a node or the nearest one above it names.
    fn partition_of(&self, node: &hir::Node) -> String {
        let above = |n: &&hir::Node| n.parent.and_then(|id| self.checked.node(id));
        std::iter::successors(Some(node), above)
            .find_map(|n| n.partition.clone())
            .unwrap_or_else(|| self.checked.defaults().partition.clone())
    }

    /// The permission sets that are assigned anywhere below.
    fn permission_sets(&mut self, id: DefId, node: &hir::Node) -> Vec<PermissionSet> {
        let mut accounts = Vec::new();
        self.accounts_below(id, &mut accounts);
        let mut sets: Vec<(DefId, &Block)> = Vec::new();
        for account in &accounts {
            for set in assignments_of(self.checked, *account) {
                if let (Some(block), false) =
                    (self.checked.block(set), sets.iter().any(|(s, _)| *s == set))
                {
                    sets.push((set, block));
                }
            }
        }
        sets.into_iter()
            .map(|(set, block)| self.permission_set(set, block, &accounts, node))
            .collect()
    }

    fn permission_set(
        &mut self,
        set: DefId,
        block: &Block,
        accounts: &[DefId],
        node: &hir::Node,
    ) -> PermissionSet {
        let mut assignments = Vec::new();
        let mut given: Vec<&hir::Assignment> = Vec::new();
        for account in accounts {
            for assignment in assigned_in(self.checked, *account, set) {
                let id = self
                    .checked
                    .node(*account)
                    .and_then(|n| n.id.clone())
                    .unwrap_or_default();
                assignments.extend(assignment.to.iter().map(|assignee| Assignment {
                    account: id.clone(),
                    assignee: assignee.clone(),
                    origin: Origin::at(assignment.span),
                }));
                given.push(assignment);
            }
        }
        let place = self.place_of(&assignments, accounts, node);
        let scope = Scope::new(self.checked, self.plans, &place);
        let scope = match given.first() {
            Some(first) => scope.using(block, first.span),
            None => scope,
        };
        let mut arguments = Arguments::new();
        for (at, assignment) in given.iter().enumerate() {
            let next = scope.arguments(&assignment.arguments, &Arguments::new());
            match given.first() {
                Some(first) if at > 0 && next != arguments => {
                    let finding =
                        messages::assigned_differently(&block.name, assignment.span, first.span);
                    scope.report(finding);
                }
                _ => arguments = next,
            }
        }
        let lowered = PermissionSet {
            name: block.aws_name.clone(),
            description: block.description.clone(),
            session: block.session.and_then(|s| u32::try_from(s).ok()),
            inline: inline_of(&scope, block, &block.aws_name, &arguments),
            attached: attached(&scope, &block.attachments),
            boundary: block
                .boundary
                .as_ref()
                .and_then(|b| attached_one(&scope, b)),
            assignments,
            tags: tags(&scope, block, &arguments),
            origin: scope.origin([block.span]),
        };
        self.findings.append(&mut scope.diagnostics.borrow_mut());
        lowered
    }

    /// One account fills its own id; several share one document, so none can.
    fn place_of(&self, assignments: &[Assignment], accounts: &[DefId], node: &hir::Node) -> Place {
        let mut ids: Vec<&str> = assignments.iter().map(|a| a.account.as_str()).collect();
        ids.dedup();
        let only = match ids.as_slice() {
            [id] => accounts
                .iter()
                .find(|a| self.checked.node(**a).and_then(|n| n.id.as_deref()) == Some(*id)),
            _ => None,
        };
        if let Some(plan) = only.and_then(|id| self.plans.get(id)) {
            return plan.place.clone();
        }
        let defaults = self.checked.defaults();
        Place {
            node: None,
            partition: node
                .partition
                .clone()
                .unwrap_or_else(|| defaults.partition.clone()),
            regions: node
                .regions
                .clone()
                .unwrap_or_else(|| defaults.regions.clone()),
            account: AccountFill::Several,
        }
    }

    fn accounts_below(&self, id: DefId, out: &mut Vec<DefId>) {
        let Some(node) = self.checked.node(id) else {
            return;
        };
        if node.kind == ast::NodeKind::Account {
            out.push(id);
        }
        node.children
            .iter()
            .for_each(|child| self.accounts_below(*child, out));
    }
}

/// Whether two policies have the same statements, wherever each is attached.
fn says_the_same(one: &Policy, other: &Policy) -> bool {
    let bare = |policy: &Policy| -> Vec<Statement> {
        let statements = policy.statements.iter();
        let placeless = |s: &Statement| Statement {
            origin: Origin::default(),
            ..s.clone()
        };
        statements.map(placeless).collect()
    };
    bare(one) == bare(other)
}

/// The `assign` lines that give a set in an account, its own first.
fn assigned_in(checked: &Checked, account: DefId, set: DefId) -> Vec<&hir::Assignment> {
    let above = std::iter::successors(Some(account), |id| checked.node(*id).and_then(|n| n.parent));
    let nodes = above.filter_map(|id| checked.node(id));
    nodes
        .flat_map(|n| &n.assignments)
        .filter(|a| a.set == set)
        .collect()
}
