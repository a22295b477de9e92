//! Types a resolved project against the catalogue: services, actions, resources, keys, values, and what each kind
//! of policy can carry.
//!
//! In: [`Resolved`]. Out: [`Checked`], or none, and every finding of the project. Nothing is lowered here: a
//! condition keeps the shape it was written in.

mod action;
mod block;
mod claim;
mod condition;
mod context;
mod grammar;
pub mod hir;
mod idle;
mod kin;
mod lets;
mod messages;
mod node;
mod principal;
mod resource;
mod statement;
mod value;
mod variables;

pub use hir::{Checked, Defaults};
pub use idle::{Idle, IdleKind, idle};

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::catalogue::{Catalogue, UsedFacts};
use crate::diagnostic::{Diagnostic, has_errors};
use crate::iam::pattern::Wildcards;
use crate::resolve::{DefId, DefKind, Resolved};
use crate::source::Span;
use crate::syntax::ast::{self, ItemKind, NodeKind};
use crate::types;

use context::{Checker, Context};
use hir::{
    Block, Condition, Node, OidcFlavour, Proof, Provider, ProviderKind, Test, ValueKind, Waiver,
};

/// Checks a project. `Checked` is there exactly when no finding is an error.
pub fn check(
    resolved: &Resolved,
    catalogue: &Catalogue,
    defaults: Defaults,
) -> (Option<Checked>, Vec<Diagnostic>) {
    let mut all = Vec::new();
    let mut facts = UsedFacts::default();
    let mut cx = Context::new(resolved, catalogue);
    lets::check_lets(&mut cx, &mut all, &mut facts);
    check_signatures(&mut cx, &mut all, &mut facts);

    let mut by_module: Vec<Vec<DefId>> = vec![Vec::new(); resolved.modules().len()];
    for definition in resolved.definitions() {
        if let Some(ids) = by_module.get_mut(definition.module.index()) {
            ids.push(definition.id);
        }
    }
    let modules = resolved.modules().par_iter().zip(&by_module);
    let parts: Vec<Part> = modules
        .map(|(module, ids)| check_module(&cx, &module.ast, ids))
        .collect();

    let mut checked = Checked {
        lets: IndexMap::new(),
        conditions: IndexMap::new(),
        blocks: IndexMap::new(),
        providers: IndexMap::new(),
        nodes: IndexMap::new(),
        roots: Vec::new(),
        proofs: Vec::new(),
        tests: Vec::new(),
        waivers: Vec::new(),
        facts: UsedFacts::default(),
        defaults,
    };
    for part in parts {
        all.extend(part.diagnostics);
        facts.merge(part.facts);
        part.found.into_iter().for_each(|found| checked.take(found));
    }
    checked.roots = checked
        .nodes
        .iter()
        .filter(|(_, n)| n.parent.is_none())
        .map(|(id, _)| *id)
        .collect();
    let patterns = |id: DefId| {
        cx.lets
            .get(&id)
            .map(|(v, _)| action_patterns(v))
            .unwrap_or_default()
    };
    for block in checked.blocks.values() {
        all.extend(grammar::check_block(
            block,
            &checked.blocks,
            &patterns,
            catalogue,
        ));
    }
    checked.lets = cx
        .lets
        .into_iter()
        .map(|(id, (value, _))| (id, value))
        .collect();
    checked.facts = facts;
    let ok = !has_errors(&all);
    (ok.then_some(checked), all)
}

/// What checking one module gave.
struct Part {
    diagnostics: Vec<Diagnostic>,
    facts: UsedFacts,
    found: Vec<Found>,
}

enum Found {
    Condition(DefId, Condition),
    Block(DefId, Box<Block>),
    Provider(DefId, Provider),
    Node(DefId, Box<Node>),
    Proof(Proof),
    Test(Test),
    Waivers(Vec<Waiver>),
}

impl Checked {
    fn take(&mut self, found: Found) {
        match found {
            Found::Condition(id, condition) => drop(self.conditions.insert(id, condition)),
            Found::Block(id, block) => drop(self.blocks.insert(id, *block)),
            Found::Provider(id, provider) => drop(self.providers.insert(id, provider)),
            Found::Node(id, node) => drop(self.nodes.insert(id, *node)),
            Found::Proof(proof) => self.proofs.push(proof),
            Found::Test(test) => self.tests.push(test),
            Found::Waivers(waivers) => self.waivers.extend(waivers),
        }
    }
}

fn check_signatures(cx: &mut Context<'_>, all: &mut Vec<Diagnostic>, facts: &mut UsedFacts) {
    let mut signatures = IndexMap::new();
    let mut checker = Checker::new(cx);
    for definition in cx.resolved.definitions() {
        let id = definition.id;
        let params = match definition.kind {
            DefKind::Condition => cx.resolved.condition(id).map(|c| &c.params),
            DefKind::Block(_) => cx.resolved.block(id).map(|b| &b.params),
            _ => None,
        };
        if let Some(params) = params {
            signatures.insert(id, checker.signature(params));
        }
    }
    all.append(&mut checker.diagnostics);
    facts.merge(std::mem::take(&mut checker.facts));
    cx.signatures = signatures;
}

fn check_module(cx: &Context<'_>, module: &ast::Module, ids: &[DefId]) -> Part {
    let mut checker = Checker::new(cx);
    let mut found: Vec<Found> = ids
        .iter()
        .filter_map(|id| checker.definition_body(*id))
        .collect();
    checker.claims(module, &mut found);
    Part {
        diagnostics: checker.diagnostics,
        facts: checker.facts,
        found,
    }
}

impl Checker<'_> {
    fn definition_body(&mut self, id: DefId) -> Option<Found> {
        let (cx, resolved) = (self.cx, self.cx.resolved);
        self.parameters = cx.signatures.get(&id).cloned().unwrap_or_default();
        match cx.kind_of(id) {
            DefKind::Let => None,
            DefKind::Condition => resolved
                .condition(id)
                .map(|decl| Found::Condition(id, self.condition(&decl.body))),
            DefKind::Block(_) => resolved
                .block(id)
                .map(|block| Found::Block(id, Box::new(self.block(id, block)))),
            DefKind::Provider => resolved
                .provider(id)
                .map(|provider| Found::Provider(id, self.provider_decl(provider))),
            DefKind::Node(_) => resolved.node(id).map(|node| {
                let children = cx.children.get(&id).cloned().unwrap_or_default();
                Found::Node(id, Box::new(self.node(id, node, children)))
            }),
        }
    }

    /// Proofs, tests and waivers, which have no names.
    fn claims(&mut self, module: &ast::Module, found: &mut Vec<Found>) {
        self.parameters = Vec::new();
        for item in &module.items {
            match &item.kind {
                ItemKind::Prove(prove) => {
                    found.extend(self.proof(prove, item.span).map(Found::Proof));
                }
                ItemKind::Test(test) => found.push(Found::Test(self.test(test, item.span))),
                _ => {}
            }
            let waivers = waivers_of(item);
            waivers.iter().for_each(|(waiver, _)| self.waiver(waiver));
            if !waivers.is_empty() {
                let waivers = waivers.into_iter().filter_map(carried).collect();
                found.push(Found::Waivers(waivers));
            }
        }
    }
}

/// The waivers before an item and before the lines in it, each with what it is about.
fn waivers_of(item: &ast::Item) -> Vec<(&ast::Waiver, Span)> {
    let mut waivers: Vec<_> = item.waivers.iter().map(|w| (w, item.span)).collect();
    match &item.kind {
        ItemKind::Block(block) => {
            for member in &block.members {
                waivers.extend(member.waivers.iter().map(|w| (w, member.span)));
            }
        }
        ItemKind::Node(node) => node_waivers(node, &mut waivers),
        _ => {}
    }
    waivers
}

fn node_waivers<'n>(node: &'n ast::Node, waivers: &mut Vec<(&'n ast::Waiver, Span)>) {
    for member in &node.members {
        waivers.extend(member.waivers.iter().map(|w| (w, member.span)));
        if let ast::NodeMemberKind::Child(child) = &member.kind {
            node_waivers(child, waivers);
        }
    }
}

/// A waiver as it goes on; one that cannot be read is an error already.
fn carried((waiver, target): (&ast::Waiver, Span)) -> Option<Waiver> {
    Some(Waiver {
        code: waiver.code.clone(),
        until: types::parse_date(&waiver.until.value).ok()?,
        reason: waiver.because.value.clone(),
        span: waiver.span,
        target,
    })
}

fn action_patterns(value: &hir::Value) -> Vec<String> {
    match &value.kind {
        ValueKind::Actions(patterns) => patterns.to_vec(),
        ValueKind::List(members) => members.iter().flat_map(action_patterns).collect(),
        _ => Vec::new(),
    }
}

/// The issuer of GitHub's tokens, and the audience that AWS's guide asks for.
const GITHUB_ISSUER: &str = "token.actions.githubusercontent.com";
const STS_AUDIENCE: &str = "sts.amazonaws.com";

/// What a provider is; texts as written.
fn provider_kind(provider: &ast::Provider) -> ProviderKind {
    match &provider.kind {
        ast::ProviderKind::Saml { provider } => ProviderKind::Saml(provider.value.clone()),
        ast::ProviderKind::Oidc {
            flavour,
            url,
            audience,
        } => {
            let text =
                |t: &Option<crate::source::Spanned<String>>| t.as_ref().map(|t| t.value.clone());
            let url = text(url).unwrap_or_else(|| GITHUB_ISSUER.to_owned());
            let url = url
                .strip_prefix("https://")
                .unwrap_or(&url)
                .trim_end_matches('/')
                .to_owned();
            ProviderKind::Oidc {
                url,
                audience: text(audience).unwrap_or_else(|| STS_AUDIENCE.to_owned()),
                flavour: principal::flavour_of(&flavour.value).unwrap_or(OidcFlavour::Generic),
            }
        }
    }
}

impl Checker<'_> {
    fn provider_decl(&mut self, provider: &ast::Provider) -> Provider {
        if let ast::ProviderKind::Oidc { flavour, url, .. } = &provider.kind {
            match principal::flavour_of(&flavour.value) {
                None => self.report(messages::unknown_flavour(flavour)),
                Some(OidcFlavour::GitHub) => {}
                Some(OidcFlavour::Eks | OidcFlavour::Generic) => {
                    if url.is_none() {
                        self.report(messages::provider_without_url(&provider.name));
                    }
                }
            }
        }
        Provider {
            name: provider.name.value.clone(),
            kind: provider_kind(provider),
        }
    }

    fn waiver(&mut self, waiver: &ast::Waiver) {
        // Codes of findings that this version does not make are carried; a slip of the pen is not.
        if crate::diagnostic::Code::from_name(&waiver.code.value).is_none() {
            self.diagnostics
                .extend(messages::misspelt_code(&waiver.code));
        }
        if let Err(error) = types::parse_date(&waiver.until.value) {
            self.report(messages::invalid_literal(&error, waiver.until.span));
        }
        let reason = self.text(&waiver.because.value, waiver.because.span);
        if reason.is_some_and(|r| r.to_iam(Wildcards::Literal).trim().is_empty()) {
            self.report(messages::waiver_without_reason(waiver.because.span));
        }
    }
}

/// Where the declaration of a node's kind may stand is the parser's business; this names it in messages.
fn node_in_words(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Org => "an organisation",
        NodeKind::Ou => "a unit",
        NodeKind::Account => "an account",
    }
}
