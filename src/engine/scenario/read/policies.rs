//! The policies of a scenario, each in its place.

use super::{Reading, is_multi_valued};
use crate::engine::attached::Attached;
use crate::iam::json::{Node, Path, Value};
use crate::iam::{PolicyKind, reader};
use crate::ir;
use crate::ir::read::Provenance;

const POLICIES: [&str; 8] = [
    "identity",
    "boundary",
    "session",
    "resource",
    "endpoint",
    "scps",
    "rcps",
    "management_account",
];

impl Reading<'_> {
    pub(super) fn policies(
        &mut self,
        node: &Node,
        resource: &str,
        path: &Path<'_>,
    ) -> Option<Attached<ir::Policy>> {
        let object = self.object(node, "the policies", &POLICIES, path)?;
        let resource_kind = match is_role(resource) {
            true => PolicyKind::Trust,
            false => PolicyKind::ResourcePolicy,
        };
        let mut list = |name: &'static str, kind| match object.get(name) {
            Some(node) => self.documents(node, kind, &path.name(name)),
            None => Vec::new(),
        };
        let identity = list("identity", PolicyKind::ManagedPolicy);
        let session = list("session", PolicyKind::Session);
        let endpoint = list("endpoint", PolicyKind::ResourcePolicy);
        let mut one = |name: &'static str, kind| {
            let node = object.get(name)?;
            self.document(node, kind, &path.name(name))
        };
        let boundary = one("boundary", PolicyKind::Boundary);
        let resource = one("resource", resource_kind);
        let mut levels = |name: &'static str, kind| match object.get(name) {
            Some(node) => self.levels(node, kind, &path.name(name)),
            None => Vec::new(),
        };
        let scps = levels("scps", PolicyKind::Scp);
        let rcps = levels("rcps", PolicyKind::Rcp);
        let management_account = object
            .get("management_account")
            .and_then(|n| self.account(n, &path.name("management_account")));
        Some(Attached {
            identity,
            boundary,
            session,
            resource,
            endpoint,
            scps,
            rcps,
            management_account,
        })
    }

    fn levels(&mut self, node: &Node, kind: PolicyKind, path: &Path<'_>) -> Vec<Vec<ir::Policy>> {
        let Value::List(nodes) = &node.value else {
            self.wrong_type(node, path, "a list of levels, the root first");
            return Vec::new();
        };
        let levels = nodes.iter().enumerate();
        levels
            .map(|(i, node)| self.documents(node, kind, &path.index(i)))
            .collect()
    }

    /// A list of documents, or one.
    fn documents(&mut self, node: &Node, kind: PolicyKind, path: &Path<'_>) -> Vec<ir::Policy> {
        match &node.value {
            Value::List(nodes) => nodes
                .iter()
                .enumerate()
                .filter_map(|(i, node)| self.document(node, kind, &path.index(i)))
                .collect(),
            Value::Map(_) => self.document(node, kind, path).into_iter().collect(),
            _ => {
                self.wrong_type(node, path, "a list of policy documents");
                Vec::new()
            }
        }
    }

    fn document(&mut self, node: &Node, kind: PolicyKind, path: &Path<'_>) -> Option<ir::Policy> {
        let reading = reader::read_node(node, Some(kind), path, self.faults)?;
        let provenance = Provenance {
            kind,
            name: "",
            source: self.source,
        };
        Some(ir::read::policy(&reading, provenance, is_multi_valued))
    }
}

fn is_role(resource: &str) -> bool {
    let mut fields = resource.splitn(6, ':');
    fields.nth(2) == Some("iam") && fields.nth(2).is_some_and(|r| r.starts_with("role/"))
}
