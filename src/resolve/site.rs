//! Where in its module a definition stands, as positions that survive a move of the tree.

use crate::syntax::ast::{Item, ItemKind, Node, NodeMember, NodeMemberKind};

/// The item's position, then for a nested node its position among the members of each node on the way.
#[derive(Clone, Debug)]
pub(super) struct Site {
    item: u32,
    path: Vec<u32>,
}

impl Site {
    /// A top-level item.
    pub(super) fn of_item(item: usize) -> Site {
        Site {
            item: narrow(item),
            path: Vec::new(),
        }
    }

    /// The `member`-th line of the node that stands here.
    pub(super) fn nested(&self, member: usize) -> Site {
        let mut path = self.path.clone();
        path.push(narrow(member));
        Site {
            item: self.item,
            path,
        }
    }

    /// The position of the item in its module.
    pub(super) fn item(&self) -> usize {
        self.item as usize
    }

    /// Whether it is a top-level item itself.
    pub(super) fn is_item(&self) -> bool {
        self.path.is_empty()
    }

    /// The node that stands here.
    pub(super) fn node<'a>(&self, item: &'a Item) -> Option<&'a Node> {
        match &item.kind {
            ItemKind::Node(node) => self.path.iter().try_fold(node, |node, at| child(node, *at)),
            _ => None,
        }
    }

    /// The line of the enclosing node that stands here; `None` for a top-level item.
    pub(super) fn member<'a>(&self, item: &'a Item) -> Option<&'a NodeMember> {
        let (last, before) = self.path.split_last()?;
        let ItemKind::Node(top) = &item.kind else {
            return None;
        };
        let parent = before.iter().try_fold(top, |node, at| child(node, *at))?;
        parent.members.get(*last as usize)
    }
}

fn child(node: &Node, at: u32) -> Option<&Node> {
    match &node.members.get(at as usize)?.kind {
        NodeMemberKind::Child(child) => Some(child),
        _ => None,
    }
}

/// A source holds fewer items than bytes, and bytes are limited to far less than 4 GiB.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
