//! Looks up the paths of one module.
//!
//! The order for the first segment: a parameter, a declaration of this module, an imported member, an imported
//! namespace, an organisation, unit or account of the project, a module named from the top.

use super::cycle::Edge;
use super::declare::World;
use super::import::{Scope, Target, dotted};
use super::message;
use super::model::{Binding, DefId, DefKind, Library, ModuleId};
use super::suggest::Suggestions;
use super::walk::{self, Slot, Visitor};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{BlockKind, Ident, ItemKind, Param, Path};
use indexmap::{IndexMap, IndexSet};

/// Bare words that are conditions, or could be taken for one, without anybody declaring them.
pub(super) const PHRASES: [&str; 4] = ["mfa", "tls", "region", "time"];

/// Words that stand for actions by access level; only suggestions need them.
const LEVELS: [&str; 5] = ["read", "list", "write", "tag", "manage"];

/// What was found out about one module.
#[derive(Default)]
pub(super) struct Bound {
    pub(super) bindings: Vec<(Span, Binding)>,
    pub(super) edges: Vec<Edge>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Binds all paths of a module and looks for imports that nothing needs.
pub(super) fn bind<'a>(world: &World<'a>, scope: &Scope<'a>) -> Bound {
    let mut binder = Binder {
        world,
        scope,
        current: None,
        params: IndexMap::new(),
        last_use: last_use(scope),
        used: IndexSet::new(),
        suggestions: Suggestions::default(),
        bound: Bound::default(),
    };
    for item in &scope.ast.items {
        binder.current = declared_name(&item.kind).and_then(|n| world.member(scope.module, n));
        walk::item_paths(&item.kind, &mut binder);
    }
    let used = binder.used;
    let mut bound = binder.bound;
    bound.diagnostics.extend(unused(scope, &used));
    bound
}

fn declared_name(item: &ItemKind) -> Option<&str> {
    match item {
        ItemKind::Let(tree) => Some(&tree.name.value),
        ItemKind::Condition(tree) => Some(&tree.name.value),
        ItemKind::Block(tree) => Some(&tree.name.value),
        _ => None,
    }
}

fn last_use(scope: &Scope<'_>) -> Option<Span> {
    let uses = scope.ast.items.iter().rev();
    uses.filter(|i| matches!(i.kind, ItemKind::Use(_)))
        .map(|i| i.span)
        .next()
}

struct Binder<'a, 'r> {
    world: &'r World<'a>,
    scope: &'r Scope<'a>,
    /// The declaration that the paths stand in.
    current: Option<DefId>,
    /// The parameters in scope, with their positions.
    params: IndexMap<&'a str, usize>,
    /// Where another `use` would go.
    last_use: Option<Span>,
    used: IndexSet<&'a str>,
    suggestions: Suggestions,
    bound: Bound,
}

impl<'a> Visitor<'a> for Binder<'a, '_> {
    fn enter(&mut self, params: &'a [Param]) {
        self.params.clear();
        for (index, param) in params.iter().enumerate() {
            self.params.entry(&param.name.value).or_insert(index);
        }
    }

    fn path(&mut self, path: &'a Path, slot: Slot) {
        let binding = self.look_up(path, slot);
        if let (Binding::Definition { id, .. }, Some(from)) = (binding, self.current) {
            self.note_edge(from, id, slot, path.span);
        }
        self.bound.bindings.push((path.span, binding));
    }
}

impl<'a> Binder<'a, '_> {
    fn look_up(&mut self, path: &'a Path, slot: Slot) -> Binding {
        let Some((first, rest)) = path.segments.split_first() else {
            return Binding::Unresolved;
        };
        if let Some(index) = self.params.get(first.value.as_str()) {
            let (index, rest) = (*index, rest.len());
            return Binding::Parameter { index, rest };
        }
        if slot == Slot::Condition && rest.is_empty() && self.means_phrase(first) {
            return Binding::Phrase;
        }
        if let Some(id) = self.world.member(self.scope.module, &first.value) {
            return self.definition(id, rest);
        }
        if let Some(import) = self.scope.imports.get(first.value.as_str()) {
            self.used.insert(import.name);
            return match import.target {
                Target::Member(id) => self.definition(id, rest),
                Target::Module(module) => self.in_namespace(module, path),
                Target::Broken => Binding::Unresolved,
            };
        }
        if let (Some(id), []) = (self.node_of_project(first), rest) {
            return self.definition(id, rest);
        }
        self.absolute(path, slot)
    }

    /// Accounts, units and organisations are known in the whole project without `use`: the tree names what is deployed
    /// and what is deployed names the tree, so that imports both ways would go round in a circle.
    fn node_of_project(&self, name: &Ident) -> Option<DefId> {
        let module = self.world.modules.get(self.scope.module.index());
        if module.is_some_and(|m| m.library == Library::Std) {
            return None;
        }
        let is_node = |id: &&DefId| {
            let kind = self.world.definition(**id).map(|d| d.kind);
            matches!(kind, Some(DefKind::Node(_)))
        };
        let mut nodes = self.world.anywhere(&name.value).iter().filter(is_node);
        let first = nodes.next().copied();
        // Two of one name have to be told apart by their modules.
        first.filter(|_| nodes.next().is_none())
    }

    /// A declared or imported name wins over the language's word, but not in its own declaration:
    /// `condition mfa = mfa` gives the word a name, it does not go round in a circle.
    fn means_phrase(&self, word: &Ident) -> bool {
        let name = word.value.as_str();
        let own = self.world.member(self.scope.module, name);
        let taken = own.is_some() || self.scope.imports.contains_key(name);
        PHRASES.contains(&name) && (!taken || own.is_some() && own == self.current)
    }

    /// Only a value has something behind a dot.
    fn definition(&mut self, id: DefId, rest: &[Ident]) -> Binding {
        let definition = self.world.definition(id);
        if let (Some(next), Some(definition)) = (rest.first(), definition)
            && definition.kind != DefKind::Let
        {
            let diagnostic = message::no_members(definition, next);
            self.bound.diagnostics.push(diagnostic);
            return Binding::Unresolved;
        }
        let rest = rest.len();
        Binding::Definition { id, rest }
    }

    /// `network.office` after `use network`; the namespace may also be the beginning of a longer module name.
    fn in_namespace(&mut self, module: ModuleId, path: &'a Path) -> Binding {
        let mut prefix = self.world.module_name(module);
        let rest = path.segments.get(1..).unwrap_or_default();
        let mut found = self.member_of(module, rest);
        for (at, segment) in rest.iter().enumerate() {
            prefix.push('.');
            prefix.push_str(&segment.value);
            let tail = rest.get(at + 1..).unwrap_or_default();
            let longer = self.world.module(&prefix);
            found = longer.and_then(|m| self.member_of(m, tail)).or(found);
        }
        match (found, rest.first()) {
            (Some((id, rest)), _) => self.definition(id, rest),
            (None, Some(name)) => self.unknown_member(module, name),
            (None, None) => self.module_as_value(module, path),
        }
    }

    fn member_of<'p>(&self, module: ModuleId, rest: &'p [Ident]) -> Option<(DefId, &'p [Ident])> {
        let (name, rest) = rest.split_first()?;
        Some((self.world.member(module, &name.value)?, rest))
    }

    /// `std.guardrails.RegionLock`, `payments.roles.Reader` without a `use`: the longest module name wins.
    fn absolute(&mut self, path: &'a Path, slot: Slot) -> Binding {
        let segments = &path.segments;
        let mut longest = None;
        for length in (1..=segments.len()).rev() {
            let (prefix, rest) = segments.split_at(length);
            let Some(module) = self.world.module(&dotted(prefix)) else {
                continue;
            };
            if let Some((id, rest)) = self.member_of(module, rest) {
                return self.definition(id, rest);
            }
            longest.get_or_insert((module, rest.first()));
        }
        match longest {
            Some((module, Some(name))) => self.unknown_member(module, name),
            Some((module, None)) => self.module_as_value(module, path),
            None => self.unknown_name(path, slot),
        }
    }

    fn unknown_member(&mut self, module: ModuleId, name: &Ident) -> Binding {
        let names = self.world.members(module).map(|(name, _)| name);
        let near = self.suggestions.nearest(&name.value, names);
        let module = self.world.module_name(module);
        let diagnostic = message::unknown_member(name, &module, near);
        self.bound.diagnostics.push(diagnostic);
        Binding::Unresolved
    }

    fn module_as_value(&mut self, module: ModuleId, path: &Path) -> Binding {
        let name = dotted(&path.segments);
        let example = self.world.members(module).next().map(|(member, _)| member);
        let diagnostic = message::module_as_value(&name, path.span, example);
        self.bound.diagnostics.push(diagnostic);
        Binding::Unresolved
    }

    fn unknown_name(&mut self, path: &Path, slot: Slot) -> Binding {
        let diagnostic = self
            .unknown_module_on_the_way(path)
            .or_else(|| self.declared_elsewhere(path, slot))
            .unwrap_or_else(|| self.misspelt(path, slot));
        self.bound.diagnostics.push(diagnostic);
        Binding::Unresolved
    }

    /// `std.guardrials.X`: the first word begins the name of some module, so a module was meant.
    fn unknown_module_on_the_way(&mut self, path: &Path) -> Option<Diagnostic> {
        let (_, before) = path.segments.split_last()?;
        let (first, last) = (before.first()?, before.last()?);
        if !self.world.begins_module(&first.value) {
            return None;
        }
        let name = dotted(before);
        let near = self.suggestions.nearest(&name, self.world.module_names());
        let span = first.span.to(last.span);
        Some(message::unknown_module(&name, span, near))
    }

    fn declared_elsewhere(&self, path: &Path, slot: Slot) -> Option<Diagnostic> {
        let name = path.segments.first()?;
        let fitting = |id: &DefId| self.world.definition(*id).filter(|d| fits(slot, d.kind));
        let modules: Vec<String> = self
            .world
            .anywhere(&name.value)
            .iter()
            .filter_map(fitting)
            .map(|d| self.world.module_name(d.module))
            .collect();
        (!modules.is_empty()).then(|| message::declared_elsewhere(name, &modules, self.last_use))
    }

    fn misspelt(&mut self, path: &Path, slot: Slot) -> Diagnostic {
        let world = self.world;
        let own = world.members(self.scope.module);
        let own = own.filter(|(_, id)| fits_id(world, slot, *id));
        let imports = self.scope.imports.values().filter(|i| match i.target {
            Target::Member(id) => fits_id(world, slot, id),
            Target::Module(_) => true,
            Target::Broken => false,
        });
        let words: &[&str] = match slot {
            Slot::Condition => &PHRASES,
            Slot::Action => &LEVELS,
            _ => &[],
        };
        let candidates = (self.params.keys().copied())
            .chain(own.map(|(name, _)| name))
            .chain(imports.map(|i| i.name))
            .chain(words.iter().copied());
        let name = path.segments.first();
        let written = name.map_or("", |n| n.value.as_str());
        let near = self.suggestions.nearest(written, candidates);
        if let (None, Some(diagnostic)) = (near, self.misspelt_module(path)) {
            return diagnostic;
        }
        message::unknown_name(written, name.map_or(path.span, |n| n.span), near, slot)
    }

    /// `netwrok.office`, if there is a module `network`.
    fn misspelt_module(&mut self, path: &Path) -> Option<Diagnostic> {
        let (_, before) = path.segments.split_last()?;
        let (first, last) = (before.first()?, before.last()?);
        let name = dotted(before);
        let near = self.suggestions.nearest(&name, self.world.module_names())?;
        let span = first.span.to(last.span);
        Some(message::unknown_module(&name, span, Some(near)))
    }

    /// Only what a value is made of counts: roles may trust one another.
    fn note_edge(&mut self, from: DefId, to: DefId, slot: Slot, span: Span) {
        let made_of = match self.world.definition(to).map(|d| d.kind) {
            Some(DefKind::Let | DefKind::Condition) => true,
            Some(DefKind::Block(_)) => slot == Slot::Include,
            _ => false,
        };
        if made_of {
            self.bound.edges.push(Edge { from, to, span });
        }
    }
}

fn fits_id(world: &World<'_>, slot: Slot, id: DefId) -> bool {
    world
        .definition(id)
        .is_some_and(|definition| fits(slot, definition.kind))
}

/// Whether it is worth suggesting a definition of this kind in that place.
fn fits(slot: Slot, kind: DefKind) -> bool {
    match slot {
        Slot::Value => !matches!(kind, DefKind::Condition | DefKind::Provider),
        Slot::Action => kind == DefKind::Let,
        Slot::Condition => kind == DefKind::Condition,
        Slot::Include => matches!(
            kind,
            DefKind::Block(BlockKind::Policy | BlockKind::Boundary)
        ),
        Slot::Block => matches!(kind, DefKind::Block(_)),
        Slot::Identity => matches!(
            kind,
            DefKind::Block(
                BlockKind::Role | BlockKind::User | BlockKind::Group | BlockKind::PermissionSet
            )
        ),
        Slot::Place => matches!(kind, DefKind::Node(_) | DefKind::Let),
        Slot::Provider => kind == DefKind::Provider,
    }
}

/// One warning for each `use` that brings in something nothing needs.
fn unused(scope: &Scope<'_>, used: &IndexSet<&str>) -> Vec<Diagnostic> {
    let mut idle: IndexMap<usize, Vec<(&str, Span)>> = IndexMap::new();
    for import in scope.imports.values() {
        if import.target != Target::Broken && !used.contains(import.name) {
            let names = idle.entry(import.item).or_default();
            names.push((import.name, import.span));
        }
    }
    let warning = |(at, names): (usize, Vec<(&str, Span)>)| {
        let item = scope.ast.items.get(at)?;
        match &item.kind {
            ItemKind::Use(import) => message::unused_import(import, item.span, &names),
            _ => None,
        }
    };
    idle.into_iter().filter_map(warning).collect()
}
