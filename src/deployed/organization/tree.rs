//! The tree out of what the calls printed.

use indexmap::{IndexMap, IndexSet};

use super::calls::{Calls, FULL_ACCESS, Found};
use crate::deployed::message;
use crate::iam::PolicyKind;
use crate::ir::{Account, Node, NodeKind, Organization, Origin};

/// AWS allows five levels of units; more than this is a circle.
const DEEPEST: usize = 16;

/// Builds the tree, if there is a root.
pub(super) fn build(calls: &mut Calls<'_>) -> Option<Organization> {
    let root = calls.root.clone()?;
    let (id, management, partition) = calls.organization.clone().unwrap_or_default();
    if id.is_empty() {
        let help = "add the output of `aws organizations describe-organization`";
        let message = "nothing says which organisation this is".to_owned();
        calls
            .reader
            .findings
            .push(message::incomplete(root.span, message, help));
    }
    say_what_is_missing(calls, &root);
    let mut builder = Builder {
        calls,
        management,
        partition,
        placed: IndexSet::new(),
    };
    let root = builder.node(&root, NodeKind::Root, 0);
    builder.say_what_has_no_place();
    Some(Organization {
        name: id.clone(),
        id,
        root,
        permission_sets: Vec::new(),
    })
}

fn say_what_is_missing(calls: &mut Calls<'_>, root: &Found) {
    let mut found = Vec::new();
    for (id, (name, span)) in &calls.listed {
        let is_own = !id.starts_with("p-Full") && !id.starts_with("p-RCPFull");
        if is_own && !calls.policies.contains_key(id) {
            let message = format!("the document of `{name}` is not there");
            let help =
                format!("add the output of `aws organizations describe-policy --policy-id {id}`");
            found.push(message::incomplete(*span, message, &help));
        }
        let attached = || calls.attached.values().any(|all| all.contains(id));
        if is_own && !calls.known.contains(id) && !attached() {
            let message = format!("nothing says where `{name}` is attached");
            let help = format!(
                "add the output of `aws organizations list-targets-for-policy --policy-id {id}`"
            );
            found.push(message::incomplete(*span, message, &help));
        }
    }
    if !knows_full_access(calls) {
        let message =
            "nothing says where `FullAWSAccess` is attached; it is taken to be everywhere";
        let help = "add the output of `aws organizations list-targets-for-policy --policy-id p-FullAWSAccess`";
        found.push(message::incomplete(root.span, message.to_owned(), help));
    }
    calls.reader.findings.extend(found);
}

fn knows_full_access(calls: &Calls<'_>) -> bool {
    calls.known.contains(FULL_ACCESS)
        || calls.attached.values().any(|all| all.contains(FULL_ACCESS))
}

struct Builder<'c, 'a> {
    calls: &'c mut Calls<'a>,
    management: String,
    partition: String,
    placed: IndexSet<String>,
}

impl Builder<'_, '_> {
    fn node(&mut self, found: &Found, kind: NodeKind, depth: usize) -> Node {
        self.placed.insert(found.id.clone());
        let mut node = Node {
            kind,
            name: found.name.clone(),
            id: Some(found.id.clone()),
            scps: Vec::new(),
            full_aws_access: !knows_full_access(self.calls),
            rcps: Vec::new(),
            children: Vec::new(),
            account: (kind == NodeKind::Account).then(|| self.account(found)),
            origin: Origin::at(found.span),
        };
        let attached = self.calls.attached.get(&found.id);
        for id in attached.into_iter().flatten() {
            match self.calls.policies.get(id) {
                _ if id == FULL_ACCESS => node.full_aws_access = true,
                Some(policy) if policy.kind == PolicyKind::Rcp => node.rcps.push(policy.clone()),
                Some(policy) => node.scps.push(policy.clone()),
                None => {}
            }
        }
        if kind != NodeKind::Account && depth < DEEPEST {
            node.children = self.children(&found.id, depth);
        }
        node
    }

    fn children(&mut self, parent: &str, depth: usize) -> Vec<Node> {
        let below = |all: &IndexMap<String, Found>, placed: &IndexSet<String>| -> Vec<Found> {
            let own = all.values().filter(|f| f.parent.as_deref() == Some(parent));
            own.filter(|f| !placed.contains(&f.id)).cloned().collect()
        };
        let units = below(&self.calls.units, &self.placed);
        let accounts = below(&self.calls.accounts, &self.placed);
        let mut children = Vec::new();
        for unit in units {
            children.push(self.node(&unit, NodeKind::Unit, depth + 1));
        }
        for account in accounts {
            children.push(self.node(&account, NodeKind::Account, depth + 1));
        }
        children
    }

    fn account(&self, found: &Found) -> Account {
        Account {
            name: found.name.clone(),
            id: found.id.clone(),
            partition: self.partition.clone(),
            management: found.id == self.management,
            managed_policies: IndexMap::new(),
            roles: IndexMap::new(),
            groups: IndexMap::new(),
            users: IndexMap::new(),
            resource_policies: IndexMap::new(),
            session_policies: IndexMap::new(),
            origin: Origin::at(found.span),
        }
    }

    fn say_what_has_no_place(&mut self) {
        let all = self
            .calls
            .units
            .values()
            .chain(self.calls.accounts.values());
        let lost: Vec<Found> = all
            .filter(|f| !self.placed.contains(&f.id))
            .cloned()
            .collect();
        for found in lost {
            let message = format!("nothing says below which node `{}` is", found.name);
            let help = "add the outputs of `list-organizational-units-for-parent` and `list-accounts-for-parent`, each \
                        named after its parent: `list-accounts-for-parent.ou-ab12-11111111.json`";
            let finding = message::incomplete(found.span, message, help);
            self.calls.reader.findings.push(finding);
        }
    }
}
