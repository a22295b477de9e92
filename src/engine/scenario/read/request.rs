//! The request of a scenario: who, what, on what, with which keys.

use super::{Reading, is_multi_valued};
use crate::engine::request::{Context, Principal, Request, Values};
use crate::iam::arn::is_account_id;
use crate::iam::json::{Fault, Node, Path, Value, push};

const REQUEST: [&str; 5] = [
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
];

impl Reading<'_> {
    pub(super) fn request(&mut self, node: &Node, path: &Path<'_>) -> Option<Request> {
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

    pub(super) fn account(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
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
