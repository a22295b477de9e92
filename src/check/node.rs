//! The organisation's tree: ids, what is attached where, what is deployed where.

use crate::iam::arn::is_account_id;
use crate::ir::Assignee;
use crate::resolve::DefId;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, BlockKind, ExprKind, NodeKind, NodeMemberKind};
use crate::types::{self, Type};

use super::context::Checker;
use super::hir::{Assignment, Attachment, AttachmentTarget, Node, Value, ValueKind};
use super::messages;

const DEPLOYABLE: [BlockKind; 7] = [
    BlockKind::Role,
    BlockKind::Group,
    BlockKind::User,
    BlockKind::Policy,
    BlockKind::Boundary,
    BlockKind::SessionPolicy,
    BlockKind::ResourcePolicy,
];

impl Checker<'_> {
    /// Checks one node; its children are checked as definitions of their own.
    pub(super) fn node(&mut self, id: DefId, node: &ast::Node, children: Vec<DefId>) -> Node {
        self.check_id(node);
        let mut out = Node {
            kind: node.kind,
            management: node.management.is_some(),
            name: node.name.value.clone(),
            id: node.id.as_ref().map(|i| i.value.clone()),
            root: None,
            parent: self.cx.resolved.parent(id),
            children,
            attachments: Vec::new(),
            full_access_detached: false,
            deployments: Vec::new(),
            assignments: Vec::new(),
            regions: None,
            partition: None,
            span: node.name.span,
        };
        if let (Some(span), true) = (node.management, node.kind != NodeKind::Account) {
            self.report(messages::management_of_no_account(span));
        }
        for member in &node.members {
            self.node_member(&mut out, member);
        }
        out
    }

    fn node_member(&mut self, out: &mut Node, member: &ast::NodeMember) {
        match &member.kind {
            NodeMemberKind::Attach(list) => {
                let kinds = [BlockKind::Scp, BlockKind::Rcp];
                let attached: Vec<Attachment> = list
                    .iter()
                    .filter_map(|a| self.attachment(a, &kinds, "an SCP or RCP"))
                    .collect();
                for attachment in &attached {
                    if let AttachmentTarget::Aws(name) = &attachment.target {
                        self.report(messages::aws_policy_on_node(name, attachment.span));
                    }
                }
                out.attachments.extend(attached);
            }
            NodeMemberKind::Detach(name) => {
                if name.value == "FullAWSAccess" {
                    out.full_access_detached = true;
                } else {
                    self.report(messages::cannot_detach(&name.value, name.span));
                }
            }
            NodeMemberKind::Deploy(list) => {
                for item in list {
                    let wanted = "a role, group, user or policy";
                    let found = self.attachment(item, &DEPLOYABLE, wanted);
                    out.deployments.extend(found);
                }
            }
            NodeMemberKind::Assign { set, to } => self.assignment(out, set, to, member.span),
            NodeMemberKind::Root(text) => {
                if out.kind != NodeKind::Org {
                    self.report(messages::root_outside_org(member.span));
                } else if !types::is_root_id(&text.value) {
                    self.report(messages::malformed_id(
                        &text.value,
                        "a root's id like `r-ab12`",
                        text.span,
                    ));
                }
                out.root = Some(text.value.clone());
            }
            NodeMemberKind::Regions(expr) => out.regions = Some(self.regions(expr)),
            NodeMemberKind::Partition(text) => {
                if !matches!(text.value.as_str(), "aws" | "aws-cn" | "aws-us-gov") {
                    let shape = "`aws`, `aws-cn` or `aws-us-gov`";
                    self.report(messages::malformed_id(&text.value, shape, text.span));
                }
                out.partition = Some(text.value.clone());
            }
            NodeMemberKind::Child(child) => {
                if child.kind == NodeKind::Org || out.kind == NodeKind::Account {
                    self.report(messages::misplaced_node(child, out.kind));
                }
            }
            NodeMemberKind::Bad => {}
        }
    }

    fn assignment(&mut self, out: &mut Node, set: &ast::Call, to: &[ast::AssigneeRef], span: Span) {
        let Some(block) =
            self.block_of_kind(&set.path, &[BlockKind::PermissionSet], "a permission set")
        else {
            return;
        };
        let arguments = self.arguments(block, &set.args, set.span);
        let to = to
            .iter()
            .map(|assignee| {
                let name = assignee.name.value.clone();
                if assignee.user.is_some() {
                    Assignee::User(name)
                } else {
                    Assignee::Group(name)
                }
            })
            .collect();
        out.assignments.push(Assignment {
            set: block,
            arguments,
            to,
            span,
        });
    }

    fn regions(&mut self, expr: &ast::Expr) -> Vec<String> {
        let members: Vec<&ast::Expr> = match &expr.kind {
            ExprKind::List(members) => members.iter().collect(),
            _ => vec![expr],
        };
        let mut regions = Vec::new();
        for member in members {
            let before = self.diagnostics.len();
            let value: Value = self.value_as(member, &Type::Region);
            match &value.kind {
                ValueKind::Text(pattern) => regions.push(super::condition::shown(pattern)),
                _ if self.diagnostics.len() > before => {}
                _ => self.report(messages::region_must_be_text(member.span)),
            }
        }
        regions
    }

    fn check_id(&mut self, node: &ast::Node) {
        let (shape, ok): (&str, fn(&str) -> bool) = match node.kind {
            NodeKind::Org => ("an organisation's id like `o-a1b2c3d4e5`", types::is_org_id),
            NodeKind::Ou => ("a unit's id like `ou-ab12-11111111`", types::is_ou_id),
            NodeKind::Account => ("an account id of twelve digits", is_account_id),
        };
        match &node.id {
            Some(Spanned { value, span }) if !ok(value) => {
                self.report(messages::malformed_id(value, shape, *span))
            }
            None if node.kind != NodeKind::Ou => {
                self.report(messages::id_missing(&node.name, shape))
            }
            _ => {}
        }
    }
}
