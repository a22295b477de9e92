//! Which elements each kind of policy has, and what it asks of a document as a whole.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>; as of November 2026.

use super::{Fault, MAX_FAULTS, Member, Node, Path, Reader, Value};
use crate::iam::document::{Document, Principals, Statement, VERSION};
use crate::iam::{Effect, PolicyKind};

/// Whether an element stands in a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Need {
    Required,
    Optional,
    Forbidden,
}

/// The rules of a kind, or of documents whose kind is not known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    kind: Option<PolicyKind>,
    principal: Need,
    not_principal: Need,
    not_action: Need,
    resource: Need,
}

impl Rules {
    pub(super) fn of(kind: Option<PolicyKind>) -> Rules {
        use Need::{Forbidden, Optional, Required};
        let (principal, not_principal, not_action, resource) = match kind {
            None => (Optional, Optional, Optional, Optional),
            Some(PolicyKind::Trust) => (Required, Forbidden, Optional, Forbidden),
            Some(PolicyKind::ResourcePolicy) => (Required, Optional, Optional, Optional),
            Some(PolicyKind::Rcp) => (Required, Forbidden, Forbidden, Required),
            Some(_) => (Forbidden, Forbidden, Optional, Required),
        };
        Rules {
            kind,
            principal,
            not_principal,
            not_action,
            resource,
        }
    }
}

fn with_article(kind: PolicyKind) -> &'static str {
    match kind {
        PolicyKind::ManagedPolicy => "a managed policy",
        PolicyKind::InlinePolicy => "an inline policy",
        PolicyKind::Boundary => "a permissions boundary",
        PolicyKind::Trust => "a trust policy",
        PolicyKind::ResourcePolicy => "a resource policy",
        PolicyKind::PermissionSet => "a permission set",
        PolicyKind::Session => "a session policy",
        PolicyKind::Scp => "an SCP",
        PolicyKind::Rcp => "an RCP",
    }
}

fn find<'a>(members: &'a [Member], name: &str) -> Option<&'a Member> {
    members.iter().find(|m| m.name == name)
}

impl Reader {
    /// Which elements a statement has together, by the kind of policy.
    pub(super) fn elements_together(&mut self, node: &Node, members: &[Member], path: &Path<'_>) {
        let rules = self.rules;
        if find(members, "Effect").is_none() {
            self.missing(node, path, "Effect", "`Allow` or `Deny`");
        }
        self.one_of(node, members, path, ("Action", "NotAction"), Need::Required);
        self.one_of(
            node,
            members,
            path,
            ("Principal", "NotPrincipal"),
            rules.principal,
        );
        let names_principal = find(members, "Principal")
            .or(find(members, "NotPrincipal"))
            .is_some();
        let resource = match rules.kind {
            None if !names_principal => Need::Required,
            _ => rules.resource,
        };
        self.one_of(node, members, path, ("Resource", "NotResource"), resource);
        let single = [
            ("NotAction", rules.not_action),
            ("NotPrincipal", rules.not_principal),
        ];
        for (name, need) in single {
            if need == Need::Forbidden && rules.principal != Need::Forbidden {
                self.forbid(members, path, name);
            }
        }
    }

    /// At most one of an element and its `Not…`; exactly one if it is required, none if it is forbidden.
    fn one_of(
        &mut self,
        node: &Node,
        members: &[Member],
        path: &Path<'_>,
        (plain, negated): (&str, &str),
        need: Need,
    ) {
        if need == Need::Forbidden {
            self.forbid(members, path, plain);
            return self.forbid(members, path, negated);
        }
        match (find(members, plain), find(members, negated)) {
            (Some(first), Some(second)) => {
                let later = first.name_at.max(second.name_at);
                let message = format!("`{plain}` and `{negated}` exclude one another");
                self.fault(later, path, message, "one of them");
            }
            (None, None) if need == Need::Required => {
                let only_plain = match self.rules.kind {
                    Some(PolicyKind::Rcp) => plain != "Resource",
                    Some(PolicyKind::Trust) => plain == "Principal",
                    _ => false,
                };
                let expected = match only_plain {
                    true => format!("`{plain}`"),
                    false => format!("`{plain}` or `{negated}`"),
                };
                self.missing(node, path, plain, &expected);
            }
            _ => {}
        }
    }

    fn forbid(&mut self, members: &[Member], path: &Path<'_>, name: &str) {
        if let (Some(member), Some(kind)) = (find(members, name), self.rules.kind) {
            let message = format!("{} has no `{name}`", with_article(kind));
            let expected = format!("a statement without `{name}`");
            self.fault(member.name_at, &path.name(name), message, expected);
        }
    }

    /// What a kind asks beyond the shape of single elements.
    pub(super) fn whole_document(&mut self, document: &Document, node: &Node, path: &Path<'_>) {
        let Some(kind) = self.rules.kind else {
            return self.same_shape(document, node, path);
        };
        let mut found = Vec::new();
        match kind {
            PolicyKind::Rcp => rcp(document, &mut found),
            PolicyKind::Trust => trust(document, &mut found),
            _ => {}
        }
        for (place, message, expected) in found {
            let (at, element) = place.find(node, path);
            if self.faults.len() < MAX_FAULTS {
                self.faults.push(Fault {
                    at,
                    element,
                    message,
                    expected,
                });
            }
        }
    }

    /// Where the kind is not known, all statements name principals or none does.
    fn same_shape(&mut self, document: &Document, node: &Node, path: &Path<'_>) {
        let names = |s: &Statement| s.principal.is_some() || s.not_principal.is_some();
        if !document.statement.iter().any(names) {
            return;
        }
        for (index, _) in document
            .statement
            .iter()
            .enumerate()
            .filter(|(_, s)| !names(s))
        {
            let (at, element) = Place(Some(index), None).find(node, path);
            let fault = Fault {
                at,
                element,
                message: "`Principal` is missing, which other statements have".to_owned(),
                expected: "`Principal` or `NotPrincipal`".to_owned(),
            };
            self.faults.push(fault);
        }
    }
}

/// A statement and an element of it, to be looked up in the tree once there is something to say of it.
struct Place(Option<usize>, Option<&'static str>);

/// A place, what is wrong there, and what was expected.
type Found = Vec<(Place, String, String)>;

impl Place {
    fn find(&self, node: &Node, path: &Path<'_>) -> (super::Extent, String) {
        let Value::Map(members) = &node.value else {
            return (node.at, path.to_string());
        };
        let statements_path = path.name("Statement");
        let statements = find(members, "Statement").map(|m| &m.node);
        let (statement, index) = match (statements.map(|s| &s.value), self.0) {
            (_, None) => (find(members, "Version").map(|m| &m.node), None),
            (Some(Value::List(list)), Some(index)) => (list.get(index), Some(index)),
            (_, Some(_)) => (statements, None),
        };
        let Some(statement) = statement else {
            return (node.at, path.to_string());
        };
        let statement_path = match index {
            Some(index) => statements_path.index(index),
            None if self.0.is_none() => path.name("Version"),
            None => statements_path,
        };
        match (&statement.value, self.1) {
            (Value::Map(members), Some(name)) => match find(members, name) {
                Some(member) => (member.node.at, statement_path.name(name).to_string()),
                None => (statement.at, statement_path.to_string()),
            },
            _ => (statement.at, statement_path.to_string()),
        }
    }
}

/// RCPs only deny, to everyone, under the current version. `RCPFullAWSAccess`, which AWS attaches, is the exception.
fn rcp(document: &Document, found: &mut Found) {
    if document.version != VERSION {
        let message = format!("an RCP is written in version `{VERSION}`");
        found.push((
            Place(None, None),
            message,
            format!("`\"Version\": \"{VERSION}\"`"),
        ));
    }
    if is_rcp_full_access(document) {
        return;
    }
    for (index, statement) in document.statement.iter().enumerate() {
        let at = |element| Place(Some(index), Some(element));
        if statement.effect == Effect::Allow {
            let message = "an RCP does not allow".to_owned();
            found.push((at("Effect"), message, "`Deny`".to_owned()));
        }
        if matches!(statement.principal, Some(Principals::Named(_))) {
            let message = "an RCP speaks of everyone".to_owned();
            found.push((at("Principal"), message, "`\"*\"`".to_owned()));
        }
        let actions = statement.action.iter().flat_map(|a| &a.0);
        if actions.into_iter().any(|a| a == "*") {
            let message = "an RCP does not take the action `*`".to_owned();
            found.push((
                at("Action"),
                message,
                "actions of named services".to_owned(),
            ));
        }
    }
}

fn is_rcp_full_access(document: &Document) -> bool {
    let star = |t: &Option<crate::iam::document::Texts>| {
        t.as_ref()
            .is_some_and(|t| matches!(t.0.as_slice(), [one] if one == "*"))
    };
    matches!(document.statement.as_slice(), [s] if s.effect == Effect::Allow
        && s.principal == Some(Principals::Everyone)
        && star(&s.action) && star(&s.resource) && s.condition.is_empty())
}

/// Trust policies speak of STS only.
fn trust(document: &Document, found: &mut Found) {
    for (index, statement) in document.statement.iter().enumerate() {
        let actions = statement.action.iter().flat_map(|a| &a.0);
        for action in actions.filter(|a| !a.to_ascii_lowercase().starts_with("sts:")) {
            let message = format!("`{action}` is no action of STS");
            let expected = "actions like `sts:AssumeRole`".to_owned();
            found.push((Place(Some(index), Some("Action")), message, expected));
        }
    }
}
