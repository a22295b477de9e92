//! Reading a scenario, strictly: every fault with its line, column, element and what was expected.

mod policies;
mod request;

use crate::catalogue::Catalogue;
use crate::engine::attached::Attached;
use crate::engine::request::Request;
use crate::iam::json::{self, Fault, Node, Object, Path, ReadError, Value, push};
use crate::ir;
use crate::source::{SourceId, SourceMap};

/// A scenario that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// Text or a number.
    pub id: Option<Value>,
    /// The request, with the keys that follow from its principal filled in.
    pub request: Request,
    /// The policies; the places of their statements are bytes of the scenario's text.
    pub attached: Attached<ir::Policy>,
}

const SCENARIO: [&str; 3] = ["id", "request", "policies"];

/// Whether requests can carry several values of a key, as far as the catalogue knows.
pub fn is_multi_valued(key: &str) -> bool {
    let found = Catalogue::embedded().key(key);
    found.is_some_and(|found| found.key.multi_valued)
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// Its id, if that much can be read, and everything that is wrong.
    pub fn read(text: &str) -> Result<Scenario, (Option<Value>, Vec<ReadError>)> {
        let (node, mut faults) = json::parse(text);
        let mut reading = Reading {
            faults: &mut faults,
            source: SourceMap::default().add("scenario", ""),
        };
        let (id, parts) = match &node {
            Some(node) => reading.scenario(node),
            None => (None, None),
        };
        match parts {
            Some((request, attached)) if faults.is_empty() => Ok(Scenario {
                id,
                request,
                attached,
            }),
            _ => Err((id, json::locate(text, faults))),
        }
    }
}

struct Reading<'f> {
    faults: &'f mut Vec<Fault>,
    source: SourceId,
}

type Parts = (Request, Attached<ir::Policy>);

impl Reading<'_> {
    fn fault(
        &mut self,
        node: &Node,
        path: &Path<'_>,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) {
        push(self.faults, Fault::new(node.at, path, message, expected));
    }

    fn wrong_type(&mut self, node: &Node, path: &Path<'_>, expected: &str) {
        let message = format!("found {}", node.value.described());
        self.fault(node, path, message, expected);
    }

    fn object<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
        path: &Path<'_>,
    ) -> Option<Object<'n>> {
        Object::open(node, what, known, path, self.faults)
    }

    /// A member that has to be there.
    fn required<'n>(
        &mut self,
        object: Object<'n>,
        node: &Node,
        name: &str,
        path: &Path<'_>,
    ) -> Option<&'n Node> {
        let found = object.get(name);
        if found.is_none() {
            self.fault(
                node,
                path,
                format!("`{name}` is missing"),
                format!("`{name}`"),
            );
        }
        found
    }

    fn text(&mut self, node: &Node, path: &Path<'_>, expected: &str) -> Option<String> {
        if let Value::Text(text) = &node.value {
            return Some(text.clone());
        }
        self.wrong_type(node, path, expected);
        None
    }

    fn scenario(&mut self, node: &Node) -> (Option<Value>, Option<Parts>) {
        let path = &Path::ROOT;
        let Some(object) = self.object(node, "a scenario", &SCENARIO, path) else {
            return (None, None);
        };
        let id = object.get("id").and_then(|node| match &node.value {
            Value::Text(_) | Value::Number(_) => Some(node.value.clone()),
            _ => {
                self.wrong_type(node, &path.name("id"), "text or a number");
                None
            }
        });
        let request = self
            .required(object, node, "request", path)
            .and_then(|node| self.request(node, &path.name("request")));
        let resource = request.as_ref().map_or("", |r| r.resource.as_str());
        let attached = self
            .required(object, node, "policies", path)
            .and_then(|node| self.policies(node, resource, &path.name("policies")));
        (id, request.zip(attached))
    }
}
