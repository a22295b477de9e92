//! The organisation.

use super::{Builder, Rule};
use crate::syntax::ast::{AssigneeRef, Node, NodeKind, NodeMember, NodeMemberKind};

impl<'i> Builder<'i> {
    /// `org Acme "o-…" { … }`
    pub(super) fn node(&mut self, node: super::Node<'i>) -> Option<Node> {
        let mut inner = node.into_inner();
        let mut built = self.node_head(inner.next()?)?;
        for part in inner.filter(|p| p.as_rule() == Rule::node_member) {
            built.members.push(self.node_member(part)?);
        }
        Some(built)
    }

    /// Everything up to the brace.
    pub(in super::super) fn node_head(&mut self, node: super::Node<'i>) -> Option<Node> {
        self.docs_from = self.span(&node).end as usize;
        let (mut kind, mut management, mut name, mut id) = (None, None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::node_word => kind = node_kind(part.as_str()),
                Rule::kw_management => management = Some(self.span(&part)),
                Rule::ident => name = Some(self.new_name(&part)),
                Rule::string => id = Some(self.ident(&part)),
                _ => {}
            }
        }
        Some(Node {
            kind: kind?,
            management,
            name: name?,
            id,
            members: Vec::new(),
        })
    }

    /// One line of a node.
    pub(in super::super) fn node_member(&mut self, node: super::Node<'i>) -> Option<NodeMember> {
        let (before, node, span) = self.before(node)?;
        let after = self.docs_from;
        let kind = match node.as_rule() {
            Rule::attach => NodeMemberKind::Attach(self.attachments(node)?),
            Rule::deploy => NodeMemberKind::Deploy(self.attachments(node)?),
            Rule::detach => NodeMemberKind::Detach(self.ident_of(node, Rule::string)?),
            Rule::assign => self.assign(node)?,
            Rule::root => NodeMemberKind::Root(self.ident_of(node, Rule::string)?),
            Rule::partition => NodeMemberKind::Partition(self.ident_of(node, Rule::string)?),
            Rule::regions => NodeMemberKind::Regions(self.expr(node.into_inner().last()?)?),
            Rule::node => NodeMemberKind::Child(self.node(node)?),
            _ => return None,
        };
        self.docs_from = after;
        Some(NodeMember {
            docs: before.docs,
            waivers: before.waivers,
            kind,
            span,
        })
    }

    fn assign(&mut self, node: super::Node<'i>) -> Option<NodeMemberKind> {
        let mut set = None;
        let mut to = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::call => set = Some(self.call(part)?),
                Rule::assignee => to.push(self.assignee(part)?),
                _ => {}
            }
        }
        Some(NodeMemberKind::Assign { set: set?, to })
    }

    fn assignee(&self, node: super::Node<'i>) -> Option<AssigneeRef> {
        let mut inner = node.into_inner();
        let user = inner.clone().find(|p| p.as_rule() == Rule::kw_user);
        let user = user.map(|p| self.span(&p));
        let name = self.ident(&inner.find(|p| p.as_rule() == Rule::string)?);
        Some(AssigneeRef { user, name })
    }
}

fn node_kind(word: &str) -> Option<NodeKind> {
    match word {
        "org" => Some(NodeKind::Org),
        "ou" => Some(NodeKind::Ou),
        "account" => Some(NodeKind::Account),
        _ => None,
    }
}
