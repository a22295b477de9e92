//! Lists what every module declares.

use super::message;
use super::model::{DefId, DefKind, Definition, Library, ModuleId, ModuleInput};
use super::site::Site;
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{ConditionDecl, Ident, ItemKind, Node, NodeMemberKind, Param};
use indexmap::map::Entry;
use indexmap::{IndexMap, IndexSet};

/// The definitions of all modules, in the order of the files.
pub(super) fn declare(
    modules: &[ModuleInput],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Definition> {
    let mut list = Declared::default();
    for (index, module) in modules.iter().enumerate() {
        list.module = ModuleId(narrow(index));
        for (at, item) in module.ast.items.iter().enumerate() {
            list.item(Site::of_item(at), &item.kind);
            if let ItemKind::Condition(ConditionDecl { params, .. }) = &item.kind {
                check_params(params, diagnostics);
            } else if let ItemKind::Block(block) = &item.kind {
                check_params(&block.params, diagnostics);
            }
        }
    }
    list.definitions
}

struct Declared {
    module: ModuleId,
    definitions: Vec<Definition>,
}

impl Default for Declared {
    fn default() -> Self {
        Declared {
            module: ModuleId(0),
            definitions: Vec::new(),
        }
    }
}

impl Declared {
    fn item(&mut self, site: Site, kind: &ItemKind) {
        match kind {
            ItemKind::Let(tree) => drop(self.add(site, &tree.name, DefKind::Let, None)),
            ItemKind::Condition(tree) => {
                self.add(site, &tree.name, DefKind::Condition, None);
            }
            ItemKind::Block(tree) => {
                self.add(site, &tree.name, DefKind::Block(tree.kind), None);
            }
            ItemKind::Provider(tree) => {
                self.add(site, &tree.name, DefKind::Provider, None);
            }
            ItemKind::Node(tree) => self.node(site, tree, None),
            ItemKind::Use(_) | ItemKind::Prove(_) | ItemKind::Test(_) | ItemKind::Bad => {}
        }
    }

    /// Depth is bounded by the parser.
    fn node(&mut self, site: Site, node: &Node, parent: Option<DefId>) {
        let id = self.add(site.clone(), &node.name, DefKind::Node(node.kind), parent);
        for (at, member) in node.members.iter().enumerate() {
            if let NodeMemberKind::Child(child) = &member.kind {
                self.node(site.nested(at), child, Some(id));
            }
        }
    }

    fn add(&mut self, site: Site, name: &Ident, kind: DefKind, parent: Option<DefId>) -> DefId {
        let id = DefId(narrow(self.definitions.len()));
        self.definitions.push(Definition {
            id,
            module: self.module,
            name: name.clone(),
            kind,
            parent,
            site,
        });
        id
    }
}

fn check_params(params: &[Param], diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: IndexMap<&str, &Ident> = IndexMap::new();
    for Param { name, .. } in params {
        match seen.entry(&name.value) {
            Entry::Occupied(first) => {
                diagnostics.push(message::duplicate_parameter(name, first.get()));
            }
            Entry::Vacant(place) => drop(place.insert(name)),
        }
    }
}

/// Look-ups over all modules, made once and shared by those that bind them.
pub(super) struct World<'a> {
    pub(super) modules: &'a [ModuleInput],
    pub(super) definitions: &'a [Definition],
    /// `payments.roles` to its module.
    by_name: IndexMap<String, ModuleId>,
    /// The words that names of modules begin with.
    first_words: IndexSet<&'a str>,
    /// For each module, what it declares.
    members: Vec<IndexMap<&'a str, DefId>>,
    /// For each name, everything of that name anywhere.
    anywhere: IndexMap<&'a str, Vec<DefId>>,
}

impl<'a> World<'a> {
    /// Builds the tables; two modules or two declarations of one name are findings, and the first counts.
    pub(super) fn new(
        modules: &'a [ModuleInput],
        definitions: &'a [Definition],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let mut world = World {
            modules,
            definitions,
            by_name: name_modules(modules, diagnostics),
            first_words: first_words(modules),
            members: modules.iter().map(|_| IndexMap::new()).collect(),
            anywhere: IndexMap::new(),
        };
        for definition in definitions {
            world.add(definition, diagnostics);
        }
        world
    }

    fn add(&mut self, definition: &'a Definition, diagnostics: &mut Vec<Diagnostic>) {
        let name = definition.name.value.as_str();
        let Some(members) = self.members.get_mut(definition.module.index()) else {
            return;
        };
        match members.entry(name) {
            Entry::Vacant(place) => drop(place.insert(definition.id)),
            Entry::Occupied(first) => {
                let first = self.definitions.get(first.get().index());
                diagnostics.extend(first.map(|f| message::duplicate_name(definition, f)));
                return;
            }
        }
        self.anywhere.entry(name).or_default().push(definition.id);
    }

    /// The module of that name.
    pub(super) fn module(&self, name: &str) -> Option<ModuleId> {
        self.by_name.get(name).copied()
    }

    /// The names of all modules.
    pub(super) fn module_names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Whether the name of some module begins with that word.
    pub(super) fn begins_module(&self, word: &str) -> bool {
        self.first_words.contains(word)
    }

    /// A module's name as people write it.
    pub(super) fn module_name(&self, id: ModuleId) -> String {
        let module = self.modules.get(id.index());
        module.map(|m| m.name.join(".")).unwrap_or_default()
    }

    /// What a module declares under that name.
    pub(super) fn member(&self, module: ModuleId, name: &str) -> Option<DefId> {
        self.members.get(module.index())?.get(name).copied()
    }

    /// All that a module declares.
    pub(super) fn members(&self, module: ModuleId) -> impl Iterator<Item = (&'a str, DefId)> {
        let members = self.members.get(module.index());
        members
            .into_iter()
            .flat_map(|m| m.iter().map(|(name, id)| (*name, *id)))
    }

    /// Everything of that name in any module.
    pub(super) fn anywhere(&self, name: &str) -> &[DefId] {
        self.anywhere.get(name).map_or(&[], Vec::as_slice)
    }

    /// The definition of an id.
    pub(super) fn definition(&self, id: DefId) -> Option<&'a Definition> {
        self.definitions.get(id.index())
    }
}

fn first_words(modules: &[ModuleInput]) -> IndexSet<&str> {
    let first = modules.iter().filter_map(|m| m.name.first());
    first.map(String::as_str).collect()
}

fn name_modules(
    modules: &[ModuleInput],
    diagnostics: &mut Vec<Diagnostic>,
) -> IndexMap<String, ModuleId> {
    let mut names = IndexMap::new();
    for (index, module) in modules.iter().enumerate() {
        let reserved = module.name.first().is_some_and(|first| first == "std");
        if reserved && module.library == Library::User {
            diagnostics.push(message::reserved_module(module));
            continue;
        }
        match names.entry(module.name.join(".")) {
            Entry::Vacant(place) => drop(place.insert(ModuleId(narrow(index)))),
            Entry::Occupied(first) => {
                let first = modules.get(first.get().index());
                diagnostics.extend(first.map(|f| message::duplicate_module(module, f)));
            }
        }
    }
    names
}

/// There are fewer definitions than bytes of source, which are limited to far less than 4 GiB.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
