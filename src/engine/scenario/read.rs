//! Reading a scenario, strictly: every fault with its line, column, element and what was expected.

use crate::catalogue::Catalogue;
use crate::engine::attached::Attached;
use crate::engine::request::{Context, Principal, Request, Values};
use crate::iam::arn::is_account_id;
use crate::iam::json::{self, Fault, Node, Object, Path, ReadError, Value, push};
use crate::iam::{PolicyKind, reader};
use crate::ir;
use crate::ir::read::Provenance;
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
const REQUEST: [&str; 5] = [
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
];
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

    fn request(&mut self, node: &Node, path: &Path<'_>) -> Option<Request> {
        let object = self.object(node, "a request", &REQUEST, path)?;
        let principal = self
            .required(object, node, "principal", path)
            .and_then(|n| self.principal(n, &path.name("principal")));
        let action = self
            .required(object, node, "action", path)
            .and_then(|n| self.action(n, &path.name("action")));
        let resource = self
            .required(object, node, "resource", path)
            .and_then(|n| self.text(n, &path.name("resource"), "an ARN or `*`"));
        let resource_account = object
            .get("resource_account")
            .and_then(|n| self.account(n, &path.name("resource_account")));
        let (context, absent) = match object.get("context") {
            Some(node) => self.context(node, &path.name("context")),
            None => (Context::default(), Vec::new()),
        };
        let request = Request {
            principal: with_path_of_role(principal?, &context),
            action: action?,
            resource: resource?,
            resource_account,
            context,
        };
        let mut request = request.with_implied_keys();
        for key in absent {
            request.context.remove(&key);
        }
        Some(request)
    }

    fn principal(&mut self, node: &Node, path: &Path<'_>) -> Option<Principal> {
        let expected = "the ARN of a user, role, session, federated user or root, `anonymous`, \
            `{\"service\": …}` or `{\"federated\": …}`";
        match &node.value {
            Value::Text(text) => {
                let principal = Principal::parse(text);
                if principal.is_none() {
                    self.fault(node, path, format!("`{text}` is no principal"), expected);
                }
                principal
            }
            Value::Map(_) => {
                let object = self.object(node, "a principal", &["service", "federated"], path)?;
                match (object.get("service"), object.get("federated")) {
                    (Some(node), None) => {
                        let name = self.text(node, &path.name("service"), "a service principal");
                        name.map(Principal::Service)
                    }
                    (None, Some(node)) => {
                        let name = self.text(node, &path.name("federated"), "a provider");
                        name.map(Principal::Federated)
                    }
                    _ => {
                        self.fault(node, path, "not exactly one principal", expected);
                        None
                    }
                }
            }
            _ => {
                self.wrong_type(node, path, expected);
                None
            }
        }
    }

    fn action(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
        let expected = "one action like `s3:GetObject`";
        let action = self.text(node, path, expected)?;
        let whole = action
            .split_once(':')
            .is_some_and(|(s, n)| !s.is_empty() && !n.is_empty());
        if !whole || action.contains(['*', '?']) {
            self.fault(
                node,
                path,
                format!("`{action}` is no single action"),
                expected,
            );
            return None;
        }
        Some(action)
    }

    fn account(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
        let account = self.text(node, path, "an account id")?;
        if !is_account_id(&account) {
            let message = format!("`{account}` is no account id");
            self.fault(node, path, message, "twelve digits");
            return None;
        }
        Some(account)
    }

    /// The keys, and the names of those that are said to be absent with `null`.
    fn context(&mut self, node: &Node, path: &Path<'_>) -> (Context, Vec<String>) {
        let mut context = Context::default();
        let mut absent = Vec::new();
        let Value::Map(members) = &node.value else {
            self.wrong_type(node, path, "an object of condition keys");
            return (context, absent);
        };
        for member in members {
            let here = path.key(&member.name);
            if context.get(&member.name).is_some() {
                let message = "the same key under another spelling";
                push(
                    self.faults,
                    Fault::new(member.name_at, &here, message, "each key once"),
                );
            }
            match &member.node.value {
                Value::Null => absent.push(member.name.clone()),
                _ => {
                    let values = self.values(&member.node, &member.name, &here);
                    context.set(member.name.as_str(), values);
                }
            }
        }
        (context, absent)
    }

    /// A list of one value means that value unless the key can have several; a value of a key that can is a list.
    fn values(&mut self, node: &Node, key: &str, path: &Path<'_>) -> Values {
        let mut list = match &node.value {
            Value::List(nodes) => {
                let indexed = nodes.iter().enumerate();
                indexed
                    .filter_map(|(i, node)| self.scalar(node, &path.index(i)))
                    .collect()
            }
            _ => Vec::from_iter(self.scalar(node, path)),
        };
        match list.len() {
            1 if !is_multi_valued(key) => Values::One(list.swap_remove(0)),
            _ => Values::Many(list),
        }
    }

    fn scalar(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
        match &node.value {
            Value::Text(text) | Value::Number(text) => return Some(text.clone()),
            Value::Bool(value) => return Some(value.to_string()),
            _ => self.wrong_type(node, path, "text, a number, a Boolean, or a list of these"),
        }
        None
    }

    fn policies(
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

/// The ARN of a session drops the path of its role; `aws:PrincipalArn`, where the scenario gives it, has it.
fn with_path_of_role(principal: Principal, context: &Context) -> Principal {
    let Principal::RoleSession { role, session } = principal else {
        return principal;
    };
    let given = match context.get("aws:PrincipalArn") {
        Some(Values::One(arn)) => Principal::parse(arn),
        _ => None,
    };
    match given {
        Some(Principal::RoleSession {
            role: given,
            session: None,
        }) if given.account == role.account && given.last_segment() == role.last_segment() => {
            Principal::RoleSession {
                role: given,
                session,
            }
        }
        _ => Principal::RoleSession { role, session },
    }
}
