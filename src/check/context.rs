//! What every check looks things up in, and the one object that carries findings.

use indexmap::IndexMap;

use crate::catalogue::{Catalogue, UsedFacts};
use crate::diagnostic::Diagnostic;
use crate::resolve::{Binding, DefId, DefKind, Resolved};
use crate::source::Span;
use crate::syntax::ast;
use crate::types::Type;

use super::condition::KeyInfo;
use super::hir;

/// What is known before any body is looked at.
pub(super) struct Context<'a> {
    pub resolved: &'a Resolved,
    pub catalogue: &'a Catalogue,
    /// Types of the lets, each with its value.
    pub lets: IndexMap<DefId, (hir::Value, Type)>,
    /// Parameters of conditions and blocks.
    pub signatures: IndexMap<DefId, Vec<hir::Parameter>>,
    /// Units and accounts directly inside each node, in order.
    pub children: IndexMap<DefId, Vec<DefId>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(resolved: &'a Resolved, catalogue: &'a Catalogue) -> Self {
        let mut children: IndexMap<DefId, Vec<DefId>> = IndexMap::new();
        for definition in resolved.definitions() {
            if let Some(parent) = definition.parent {
                children.entry(parent).or_default().push(definition.id);
            }
        }
        Context {
            resolved,
            catalogue,
            lets: IndexMap::new(),
            signatures: IndexMap::new(),
            children,
        }
    }

    /// What a definition declares.
    pub(super) fn kind_of(&self, id: DefId) -> DefKind {
        // Ids come from bindings of the same project, so every one has a definition.
        self.resolved
            .definition(id)
            .map_or(DefKind::Let, |d| d.kind)
    }
}

/// Which keys `claim K` stands for, where it is allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ClaimSource {
    /// No provider is being trusted here.
    None,
    /// `<host and path>:K`
    Oidc(String),
    /// `SAML:K`
    Saml,
    /// Several providers on one line: a claim would be one of each.
    Several,
}

/// Checks one definition; findings and used facts are collected as it goes.
pub(super) struct Checker<'a> {
    pub cx: &'a Context<'a>,
    /// Parameters in scope.
    pub parameters: Vec<hir::Parameter>,
    /// What `claim K` means here.
    pub claim_source: ClaimSource,
    /// Keys looked up before, by the name as written.
    pub keys: IndexMap<String, KeyInfo>,
    pub diagnostics: Vec<Diagnostic>,
    pub facts: UsedFacts,
}

impl<'a> Checker<'a> {
    pub(super) fn new(cx: &'a Context<'a>) -> Self {
        Checker {
            cx,
            parameters: Vec::new(),
            claim_source: ClaimSource::None,
            keys: IndexMap::new(),
            diagnostics: Vec::new(),
            facts: UsedFacts::default(),
        }
    }

    /// Takes a finding in.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The declaration a path names, if it names one and nothing is left over.
    pub(super) fn definition(&mut self, path: &ast::Path, wanted: &str) -> Option<DefId> {
        match self.cx.resolved.binding(path) {
            Binding::Definition { id, rest: 0 } => Some(id),
            Binding::Definition { .. } | Binding::Parameter { .. } | Binding::Phrase => {
                self.report(super::messages::wrong_kind(
                    &text_of(path),
                    "something else",
                    wanted,
                    path.span,
                    None,
                ));
                None
            }
            Binding::Unresolved => None,
        }
    }

    /// The block a path names, if its kind is one of `kinds`; `wanted` says in words what was expected.
    pub(super) fn block_of_kind(
        &mut self,
        path: &ast::Path,
        kinds: &[ast::BlockKind],
        wanted: &str,
    ) -> Option<DefId> {
        let id = self.definition(path, wanted)?;
        match self.cx.kind_of(id) {
            DefKind::Block(kind) if kinds.contains(&kind) => Some(id),
            _ => {
                self.report_wrong_kind(path, id, wanted);
                None
            }
        }
    }

    /// The organisation, unit or account a path names.
    pub(super) fn node_of_kind(
        &mut self,
        path: &ast::Path,
        kinds: &[ast::NodeKind],
        wanted: &str,
    ) -> Option<DefId> {
        let id = self.definition(path, wanted)?;
        match self.cx.kind_of(id) {
            DefKind::Node(kind) if kinds.contains(&kind) => Some(id),
            _ => {
                self.report_wrong_kind(path, id, wanted);
                None
            }
        }
    }

    pub(super) fn report_wrong_kind(&mut self, path: &ast::Path, id: DefId, wanted: &str) {
        let Some(definition) = self.cx.resolved.definition(id) else {
            return;
        };
        let found = kind_in_words(definition.kind);
        let declared: Span = definition.name.span;
        self.report(super::messages::wrong_kind(
            &text_of(path),
            found,
            wanted,
            path.span,
            Some(declared),
        ));
    }
}

/// The path as written.
pub(super) fn text_of(path: &ast::Path) -> String {
    path.segments
        .iter()
        .map(|s| s.value.as_str())
        .collect::<Vec<_>>()
        .join(".")
}

/// `a role`, `an account`: what a definition is, for messages.
pub(super) fn kind_in_words(kind: DefKind) -> &'static str {
    use ast::BlockKind as B;
    match kind {
        DefKind::Let => "a `let`",
        DefKind::Condition => "a condition",
        DefKind::Provider => "an identity provider",
        DefKind::Node(ast::NodeKind::Org) => "an organisation",
        DefKind::Node(ast::NodeKind::Ou) => "an organisational unit",
        DefKind::Node(ast::NodeKind::Account) => "an account",
        DefKind::Block(B::Policy) => "a policy",
        DefKind::Block(B::Boundary) => "a boundary",
        DefKind::Block(B::Role) => "a role",
        DefKind::Block(B::Group) => "a group",
        DefKind::Block(B::User) => "a user",
        DefKind::Block(B::PermissionSet) => "a permission set",
        DefKind::Block(B::SessionPolicy) => "a session policy",
        DefKind::Block(B::Scp) => "an SCP",
        DefKind::Block(B::Rcp) => "an RCP",
        DefKind::Block(B::ResourcePolicy) => "a resource policy",
    }
}
