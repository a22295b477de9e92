//! Who can become whom: assume-role chains and the known ways of privilege escalation, over effective permission.
//!
//! Each way is a list of requests with correlated resources ([`METHODS`]); it is open if every one of them is allowed,
//! boundaries, SCPs, trust policies and conditions such as `iam:PassedToService` included. What it takes for granted of
//! an account's state is assumed and named. Answers are memoised, so that a whole estate can be closed over.

mod aim;
mod ask;
mod method;
mod question;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};

use rayon::prelude::*;

pub use ask::Reach;
pub use method::{Category, Gain, METHODS, Method, On};
pub use question::may_match;

use super::Identity;
use crate::engine::Request;
use crate::ir::Origin;

/// Somebody that can be become; numbers are places among [`Estate::identities`](super::Estate::identities).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Node {
    /// An identity as it is.
    Own(usize),
    /// An identity with any policy, within its boundary and SCPs.
    Any(usize),
    /// A new identity without a boundary in the account of that place, with any policy.
    New(usize),
}

/// A way that is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// Who goes it.
    pub from: Node,
    /// Who they are afterwards.
    pub to: Node,
    /// How.
    pub method: &'static Method,
    /// A request for each step of it, each allowed.
    pub requests: Vec<Request>,
    /// The statement that allows the first of them.
    pub origin: Origin,
}

/// Whether there is a way from one identity to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Path {
    /// There is none.
    None,
    /// This is the shortest.
    Found(Vec<Edge>),
    /// Not settled: the reason of a question that could have opened one.
    Unknown(String),
}

impl Reach<'_, '_> {
    /// Every open way of an identity, the first of each that leads to the same.
    pub fn edges_from(&self, identity: &Identity<'_>) -> Vec<Edge> {
        let found = self.place_of(identity).map(|i| self.edges(Node::Own(i)).0);
        found.unwrap_or_default()
    }

    /// The open ways of an identity that are more than assuming a role.
    pub fn escalations(&self, identity: &Identity<'_>) -> Vec<Edge> {
        let mut edges = self.edges_from(identity);
        edges.retain(|e| e.method.id != "sts-001");
        edges
    }

    /// The shortest way from one identity to another, itself or with more permissions.
    pub fn path(&self, from: &Identity<'_>, to: &Identity<'_>) -> Path {
        match (self.place_of(from), self.place_of(to)) {
            (Some(from), Some(to)) => self.search(Node::Own(from), |node| {
                node == Node::Own(to) || node == Node::Any(to)
            }),
            _ => Path::None,
        }
    }

    /// The shortest way from an identity to one without a boundary that has any policy.
    pub fn path_to_unbounded(&self, from: &Identity<'_>) -> Path {
        let is_unbounded = |node| match node {
            Node::New(_) => true,
            Node::Any(place) => self.identity(place).is_some_and(|i| i.boundary.is_none()),
            Node::Own(_) => false,
        };
        match self.place_of(from) {
            Some(from) => self.search(Node::Own(from), is_unbounded),
            None => Path::None,
        }
    }

    /// The shortest way to everybody that an identity can become, the nearest first; and the reason of a question
    /// without an answer, if there was one: then there may be more.
    pub fn closure(&self, from: &Identity<'_>) -> (Vec<Vec<Edge>>, Option<String>) {
        let Some(place) = self.place_of(from) else {
            return (Vec::new(), None);
        };
        let from = Node::Own(place);
        let (ways, _, unknown) = self.explore(from, |_| false);
        let chains = ways.iter().map(|edge| chain(&ways, from, edge.to));
        (chains.collect(), unknown)
    }

    fn search(&self, from: Node, is_goal: impl Fn(Node) -> bool) -> Path {
        match self.explore(from, is_goal) {
            (ways, Some(goal), _) => Path::Found(chain(&ways, from, goal)),
            (_, None, Some(reason)) => Path::Unknown(reason),
            (_, None, None) => Path::None,
        }
    }

    /// Goes level by level; the nodes of a level are asked about in parallel and joined in their order. The edges that
    /// led to new nodes, the goal if it was met, and the reason of a question without an answer.
    fn explore(
        &self,
        from: Node,
        is_goal: impl Fn(Node) -> bool,
    ) -> (Vec<Edge>, Option<Node>, Option<String>) {
        let mut seen = BTreeSet::from([from]);
        let mut ways: Vec<Edge> = Vec::new();
        let mut unknown = None;
        let mut level = VecDeque::from([from]);
        while !level.is_empty() {
            let nodes: Vec<Node> = level.drain(..).collect();
            let found: Vec<_> = nodes.par_iter().map(|node| self.edges(*node)).collect();
            for (edges, open) in found {
                unknown = unknown.or(open);
                for edge in edges {
                    if !seen.insert(edge.to) {
                        continue;
                    }
                    let to = edge.to;
                    ways.push(edge);
                    if is_goal(to) {
                        return (ways, Some(to), unknown);
                    }
                    level.push_back(to);
                }
            }
        }
        (ways, None, unknown)
    }
}

/// The edges that lead to a node, first to last; each node was reached by one edge only.
fn chain(ways: &[Edge], from: Node, to: Node) -> Vec<Edge> {
    let mut chain = Vec::new();
    let mut at = to;
    while at != from {
        let Some(edge) = ways.iter().find(|e| e.to == at) else {
            break;
        };
        chain.push(edge.clone());
        at = edge.from;
    }
    chain.reverse();
    chain
}
