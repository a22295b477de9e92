//! The organisation's tree with its guardrails, and what is deployed to each account.

use indexmap::IndexMap;

use crate::iam::PolicyKind;
use crate::import::literal::quote_text;
use crate::import::model::{Ambient, Block, Fill, Item, Module};
use crate::import::name::{Names, ident_of};
use crate::ir::{Node, NodeKind, Organization, Policy};
use crate::syntax::ast::BlockKind;

use super::Key;
use super::account::AccountSource;

/// An organisation to be written.
#[derive(Clone, Debug)]
pub struct OrganizationSource<'a> {
    /// What is known of it.
    pub organization: &'a Organization,
}

/// SCPs and RCPs as declarations, and how each policy of the tree is referred to.
pub(super) struct Guardrails {
    pub module: Module,
    idents: IndexMap<(PolicyKind, String), String>,
}

impl Guardrails {
    fn reference(&self, policy: &Policy) -> Option<String> {
        let ident = self.idents.get(&(policy.kind, policy.name.clone()))?;
        Some(format!("guardrails.{ident}"))
    }
}

/// Declares every guardrail of the tree once; a name is one document in an organisation.
pub(super) fn guardrails(source: &OrganizationSource<'_>) -> Guardrails {
    let mut out = Guardrails {
        module: Module {
            path: "guardrails.bw".to_owned(),
            ..Module::default()
        },
        idents: IndexMap::new(),
    };
    let mut names = Names::of_project();
    let mut nodes = vec![&source.organization.root];
    while let Some(node) = nodes.pop() {
        for policy in node.scps.iter().chain(&node.rcps) {
            let key = (policy.kind, policy.name.clone());
            if out.idents.contains_key(&key) {
                continue;
            }
            let ident = names.take(&ident_of(&policy.name));
            let block = block(policy, &ident);
            out.module.items.push(Item::Block(Box::new(block)));
            out.idents.insert(key, ident);
        }
        nodes.extend(node.children.iter().rev());
    }
    out
}

fn block(policy: &Policy, ident: &str) -> Block {
    let kind = match policy.kind {
        PolicyKind::Rcp => BlockKind::Rcp,
        _ => BlockKind::Scp,
    };
    let ambient = Ambient {
        account: Fill::Any,
        ..Ambient::unknown()
    };
    let mut block = Block::new(kind, ident.to_owned(), policy.name.clone(), ambient);
    block.description = policy.details.description.clone().filter(|d| !d.is_empty());
    block.tags = policy.details.tags.clone();
    block.documents.push(policy.clone());
    block.span = policy.origin.spans.first().copied();
    block
}

/// The text of the tree; accounts that are in no organisation stand beside it.
pub(super) fn write(
    accounts: &[AccountSource<'_>],
    organization: Option<&OrganizationSource<'_>>,
    guardrails: Option<&Guardrails>,
    paths: &IndexMap<Key, String>,
) -> String {
    let mut tree = Tree {
        accounts,
        guardrails,
        paths,
        names: Names::of_project(),
        written: Vec::new(),
        out: String::new(),
    };
    // The names of accounts have been chosen; the others have to be different.
    for source in accounts {
        tree.names.take(&source.ident);
    }
    if let Some(source) = organization {
        tree.organization(source.organization);
    }
    for source in accounts {
        if !tree.written.contains(&source.account.id) {
            tree.account(source, None, &[]);
        }
    }
    tree.out
}

struct Tree<'t> {
    accounts: &'t [AccountSource<'t>],
    guardrails: Option<&'t Guardrails>,
    paths: &'t IndexMap<Key, String>,
    names: Names,
    written: Vec<String>,
    out: String,
}

impl Tree<'_> {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn organization(&mut self, organization: &Organization) {
        let ident = self.names.take(&ident_of(&organization.name));
        self.line(&format!("org {ident} {} {{", quote_text(&organization.id)));
        if let Some(id) = &organization.root.id {
            self.line(&format!("root {}", quote_text(id)));
        }
        self.inside(&organization.root, &[], None);
        self.line("}\n");
    }

    /// What stands between the braces of a root or unit. What is deployed above need not be said again.
    fn inside(&mut self, node: &Node, above: &[String], ident: Option<&str>) {
        self.attachments(node);
        let mut deployed = above.to_vec();
        let shared = self.shared(node);
        let own: Vec<String> = shared.into_iter().filter(|p| !above.contains(p)).collect();
        if !own.is_empty() {
            self.line(&format!("deploy {}", own.join(", ")));
            deployed.extend(own);
        }
        for child in &node.children {
            match child.kind {
                NodeKind::Account => self.account_node(child, &deployed),
                NodeKind::Root | NodeKind::Unit => {
                    let ident = self.unit_ident(child, ident);
                    let id = child.id.as_deref().map(|id| format!(" {}", quote_text(id)));
                    self.line(&format!("ou {ident}{} {{", id.unwrap_or_default()));
                    self.inside(child, &deployed, Some(&ident));
                    self.line("}");
                }
            }
        }
    }

    /// A unit whose name is taken is called after the one above it too: `Workloads_Prod`.
    fn unit_ident(&mut self, node: &Node, above: Option<&str>) -> String {
        let own = ident_of(&node.name);
        match above {
            Some(above) if self.names.is_taken(&own) => self.names.take(&format!("{above}_{own}")),
            _ => self.names.take(&own),
        }
    }

    /// What every account below a node has, where there are several and all of them were exported.
    fn shared(&self, node: &Node) -> Vec<String> {
        let mut ids = Vec::new();
        accounts_below(node, &mut ids);
        let known = |id: &Option<&str>| {
            let mut all = self.accounts.iter();
            id.is_some_and(|id| all.any(|s| s.account.id == id))
        };
        let (Some(first), true) = (ids.first().copied().flatten(), ids.len() > 1) else {
            return Vec::new();
        };
        if !ids.iter().all(known) {
            return Vec::new();
        }
        let rest: Vec<Vec<&str>> = ids
            .iter()
            .skip(1)
            .flatten()
            .map(|id| self.own(id))
            .collect();
        let in_all = |path: &&str| rest.iter().all(|paths| paths.contains(path));
        let shared = self.own(first).into_iter().filter(in_all);
        shared.map(str::to_owned).collect()
    }

    /// The paths of what an account has.
    fn own(&self, id: &str) -> Vec<&str> {
        let own = self.paths.iter().filter(|((_, _, of), _)| of == id);
        own.map(|(_, path)| path.as_str()).collect()
    }

    fn attachments(&mut self, node: &Node) {
        if !node.full_aws_access {
            self.line("detach aws \"FullAWSAccess\"");
        }
        let policies = node.scps.iter().chain(&node.rcps);
        let found: Vec<String> = policies
            .filter_map(|p| self.guardrails.and_then(|g| g.reference(p)))
            .collect();
        if !found.is_empty() {
            self.line(&format!("attach {}", found.join(", ")));
        }
    }

    fn account_node(&mut self, node: &Node, above: &[String]) {
        let Some(id) = account_id(node) else { return };
        let known = self.accounts.iter().position(|s| s.account.id == id);
        if let Some(source) = known.and_then(|i| self.accounts.get(i)) {
            return self.account(source, Some(node), above);
        }
        let ident = self.names.take(&ident_of(&node.name));
        let management = node.account.as_ref().is_some_and(|a| a.management);
        let word = if management { "management " } else { "" };
        self.line(&format!("{}account {ident} {} {{", word, quote_text(id)));
        self.attachments(node);
        self.line("}");
    }

    fn account(&mut self, source: &AccountSource<'_>, node: Option<&Node>, above: &[String]) {
        let account = source.account;
        self.written.push(account.id.clone());
        let management = account.management
            || node
                .and_then(|n| n.account.as_ref())
                .is_some_and(|a| a.management);
        let word = if management { "management " } else { "" };
        let head = format!(
            "{}account {} {} {{",
            word,
            source.ident,
            quote_text(&account.id)
        );
        self.line(&head);
        if account.partition != "aws" {
            self.line(&format!("partition {}", quote_text(&account.partition)));
        }
        if let [region] = source.ambient.regions.as_slice() {
            self.line(&format!("regions [{}]", quote_text(region)));
        }
        if let Some(node) = node {
            self.attachments(node);
        }
        let own = self.own(&account.id).into_iter();
        let own = own.filter(|path| !above.iter().any(|p| p == path));
        let paths: Vec<String> = own.map(str::to_owned).collect();
        if !paths.is_empty() {
            self.line(&format!("deploy {}", paths.join(", ")));
        }
        self.line("}\n");
    }
}

/// The id of a node that is an account.
fn account_id(node: &Node) -> Option<&str> {
    let account = node.account.as_ref().map(|a| a.id.as_str());
    account.or(node.id.as_deref())
}

fn accounts_below<'n>(node: &'n Node, ids: &mut Vec<Option<&'n str>>) {
    if node.kind == NodeKind::Account {
        ids.push(account_id(node));
    }
    for child in &node.children {
        accounts_below(child, ids);
    }
}
