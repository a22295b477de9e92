//! The tree of organisations, units and accounts.

use super::{Attachment, Value};
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::NodeKind;

/// An organisation, a unit or an account.
#[derive(Clone, Debug)]
pub struct Node {
    /// Which.
    pub kind: NodeKind,
    /// Whether it is the management account.
    pub management: bool,
    /// Its name.
    pub name: String,
    /// Its id in AWS; empty for a unit without one.
    pub id: Option<String>,
    /// `root "r-…"` of an organisation.
    pub root: Option<String>,
    /// The enclosing node.
    pub parent: Option<DefId>,
    /// Units and accounts inside, in order.
    pub children: Vec<DefId>,
    /// SCPs and RCPs attached.
    pub attachments: Vec<Attachment>,
    /// Whether `FullAWSAccess` is detached.
    pub full_access_detached: bool,
    /// What is deployed to every account below.
    pub deployments: Vec<Attachment>,
    /// Permission sets assigned in every account below.
    pub assignments: Vec<Assignment>,
    /// Regions, if said.
    pub regions: Option<Vec<String>>,
    /// The partition, if said.
    pub partition: Option<String>,
    /// Where the name stands.
    pub span: Span,
}

/// An `assign` line.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The permission set.
    pub set: DefId,
    /// Its arguments.
    pub arguments: Vec<Value>,
    /// Who gets it.
    pub to: Vec<crate::ir::Assignee>,
    /// The line.
    pub span: Span,
}
