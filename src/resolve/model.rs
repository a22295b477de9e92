//! What comes out of resolving: definitions with ids, and a binding for every path.

use super::site::Site;
use crate::source::Span;
use crate::syntax::ast;

/// Whose module it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Library {
    /// A file of the project.
    User,
    /// A module of the standard library.
    Std,
}

/// One parsed module, as it is handed over.
#[derive(Clone, Debug)]
pub struct ModuleInput {
    /// `["payments", "roles"]`; modules of the standard library start with `std`.
    pub name: Vec<String>,
    /// Whose it is.
    pub library: Library,
    /// Its tree.
    pub ast: ast::Module,
}

/// One module among all.
#[derive(Clone, Debug)]
pub struct ResolvedModule {
    /// `["payments", "roles"]`
    pub name: Vec<String>,
    /// Whose it is.
    pub library: Library,
    /// Its tree.
    pub ast: ast::Module,
}

impl From<ModuleInput> for ResolvedModule {
    fn from(input: ModuleInput) -> Self {
        ResolvedModule {
            name: input.name,
            library: input.library,
            ast: input.ast,
        }
    }
}

/// Names one definition; ordered by module, then by place in the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct DefId(pub(super) u32);

impl DefId {
    /// A number from 0 without gaps, for tables beside [`Resolved::definitions`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Names one module; the order is that in which they were handed over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ModuleId(pub(super) u32);

impl ModuleId {
    /// The position in [`Resolved::modules`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a definition declares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DefKind {
    /// `let x = …`
    Let,
    /// `condition x = …`
    Condition,
    /// `policy x { … }`, `role x { … }`, …
    Block(ast::BlockKind),
    /// `oidc x github { }`, `saml x "…"`
    Provider,
    /// `org x { … }`, `ou x { … }`, `account x { … }`
    Node(ast::NodeKind),
}

impl DefKind {
    /// What messages call it: its keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            DefKind::Let => "let",
            DefKind::Condition => "condition",
            DefKind::Block(kind) => kind.keyword(),
            DefKind::Provider => "identity provider",
            DefKind::Node(ast::NodeKind::Org) => "org",
            DefKind::Node(ast::NodeKind::Ou) => "ou",
            DefKind::Node(ast::NodeKind::Account) => "account",
        }
    }
}

/// One declared name.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its id.
    pub id: DefId,
    /// Where it is declared.
    pub module: ModuleId,
    /// Its name, with its place.
    pub name: ast::Ident,
    /// What it declares.
    pub kind: DefKind,
    /// The node around an `ou` or `account`.
    pub parent: Option<DefId>,
    pub(super) site: Site,
}

/// What a path stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Binding {
    /// A definition. `settled.object` has `rest` 1; only a `let` has any.
    Definition {
        /// Which.
        id: DefId,
        /// How many segments follow its name.
        rest: usize,
    },
    /// A parameter of the block or condition around it.
    Parameter {
        /// Which, from 0.
        index: usize,
        /// How many segments follow its name.
        rest: usize,
    },
    /// A bare word of the language in a condition: `mfa`, `tls`.
    Phrase,
    /// Nothing; a finding says so already.
    Unresolved,
}

/// All modules with every name bound. No path leads round in a circle.
#[derive(Clone, Debug)]
pub struct Resolved {
    modules: Vec<ResolvedModule>,
    definitions: Vec<Definition>,
    /// Sorted by span.
    bindings: Vec<(Span, Binding)>,
    order: Vec<DefId>,
}

impl Resolved {
    pub(super) fn new(
        modules: Vec<ResolvedModule>,
        definitions: Vec<Definition>,
        bindings: Vec<(Span, Binding)>,
        order: Vec<DefId>,
    ) -> Self {
        Resolved {
            modules,
            definitions,
            bindings,
            order,
        }
    }

    /// All modules, in the order in which they were handed over.
    pub fn modules(&self) -> &[ResolvedModule] {
        &self.modules
    }

    /// Gives the trees back, to be resolved again beside others.
    pub fn into_modules(self) -> Vec<ModuleInput> {
        let input = |m: ResolvedModule| ModuleInput {
            name: m.name,
            library: m.library,
            ast: m.ast,
        };
        self.modules.into_iter().map(input).collect()
    }

    /// The module of that id.
    pub fn module(&self, id: ModuleId) -> Option<&ResolvedModule> {
        self.modules.get(id.index())
    }

    /// All definitions, in the order of their ids.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter()
    }

    /// The definition of that id; `None` only for an id of another `Resolved`.
    pub fn definition(&self, id: DefId) -> Option<&Definition> {
        self.definitions.get(id.index())
    }

    /// All ids, each after those that its value is made of (lets, conditions and policies it takes in).
    pub fn dependency_order(&self) -> &[DefId] {
        &self.order
    }

    /// `payments.roles.SettlementReader`
    pub fn qualified_name(&self, id: DefId) -> String {
        let Some(definition) = self.definition(id) else {
            return String::new();
        };
        let module = self.module(definition.module);
        let mut name = module.map(|m| m.name.join(".")).unwrap_or_default();
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&definition.name.value);
        name
    }

    /// Where the name is declared.
    pub fn name_span(&self, id: DefId) -> Option<Span> {
        self.definition(id).map(|d| d.name.span)
    }

    /// Whose definition it is.
    pub fn library(&self, id: DefId) -> Library {
        self.definition(id)
            .and_then(|d| self.module(d.module))
            .map_or(Library::User, |m| m.library)
    }

    /// The node around an `ou` or `account`.
    pub fn parent(&self, id: DefId) -> Option<DefId> {
        self.definition(id).and_then(|d| d.parent)
    }

    /// The node inside which, at whatever depth, `id` lies, from the nearest to the `org`.
    pub fn ancestors(&self, id: DefId) -> impl Iterator<Item = DefId> {
        std::iter::successors(self.parent(id), |id| self.parent(*id))
    }

    /// What a path of one of these modules stands for.
    pub fn binding(&self, path: &ast::Path) -> Binding {
        self.bindings
            .binary_search_by_key(&path.span, |(span, _)| *span)
            .ok()
            .and_then(|at| self.bindings.get(at))
            .map_or(Binding::Unresolved, |(_, binding)| *binding)
    }

    /// Everything that some path of some module stands for.
    pub fn bindings(&self) -> impl Iterator<Item = Binding> {
        self.bindings.iter().map(|(_, binding)| *binding)
    }

    /// The top-level item that declares it, with its docs and waivers; `None` for a nested node.
    pub fn item(&self, id: DefId) -> Option<&ast::Item> {
        let definition = self.definition(id)?;
        definition.site.is_item().then(|| self.outer_item(id))?
    }

    /// The line of the enclosing node that declares a nested `ou` or `account`.
    pub fn node_member(&self, id: DefId) -> Option<&ast::NodeMember> {
        let definition = self.definition(id)?;
        definition.site.member(self.outer_item(id)?)
    }

    /// The lines of its `///` comment.
    pub fn docs(&self, id: DefId) -> &[String] {
        let item = self.item(id).map(|i| i.docs.as_slice());
        item.or_else(|| self.node_member(id).map(|m| m.docs.as_slice()))
            .unwrap_or_default()
    }

    /// The `waive` lines before it.
    pub fn waivers(&self, id: DefId) -> &[ast::Waiver] {
        let item = self.item(id).map(|i| i.waivers.as_slice());
        item.or_else(|| self.node_member(id).map(|m| m.waivers.as_slice()))
            .unwrap_or_default()
    }

    /// The tree of a `let`.
    pub fn let_(&self, id: DefId) -> Option<&ast::Let> {
        match &self.item(id)?.kind {
            ast::ItemKind::Let(tree) => Some(tree),
            _ => None,
        }
    }

    /// The tree of a condition.
    pub fn condition(&self, id: DefId) -> Option<&ast::ConditionDecl> {
        match &self.item(id)?.kind {
            ast::ItemKind::Condition(tree) => Some(tree),
            _ => None,
        }
    }

    /// The tree of a block.
    pub fn block(&self, id: DefId) -> Option<&ast::Block> {
        match &self.item(id)?.kind {
            ast::ItemKind::Block(tree) => Some(tree),
            _ => None,
        }
    }

    /// The tree of an identity provider.
    pub fn provider(&self, id: DefId) -> Option<&ast::Provider> {
        match &self.item(id)?.kind {
            ast::ItemKind::Provider(tree) => Some(tree),
            _ => None,
        }
    }

    /// The tree of a node, nested or not.
    pub fn node(&self, id: DefId) -> Option<&ast::Node> {
        self.definition(id)?.site.node(self.outer_item(id)?)
    }

    /// The parameters of a block or condition; none for anything else.
    pub fn params(&self, id: DefId) -> &[ast::Param] {
        match self.item(id).map(|i| &i.kind) {
            Some(ast::ItemKind::Block(block)) => &block.params,
            Some(ast::ItemKind::Condition(condition)) => &condition.params,
            _ => &[],
        }
    }

    /// The definition of that name in that module: `["payments", "roles"]`, `SettlementReader`.
    pub fn find(&self, module: &[&str], name: &str) -> Option<DefId> {
        let found = |d: &&Definition| {
            d.name.value == name
                && self
                    .module(d.module)
                    .is_some_and(|m| m.name.iter().eq(module.iter()))
        };
        self.definitions.iter().find(found).map(|d| d.id)
    }

    /// The item that the definition lies in, at whatever depth.
    fn outer_item(&self, id: DefId) -> Option<&ast::Item> {
        let definition = self.definition(id)?;
        let module = self.module(definition.module)?;
        module.ast.items.get(definition.site.item())
    }
}
