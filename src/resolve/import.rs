//! Reads the `use` lines: what each module sees beside its own declarations.

use super::declare::World;
use super::message;
use super::model::{DefId, ModuleId};
use super::suggest::Suggestions;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Ident, ItemKind, Module, Use};
use indexmap::IndexMap;
use indexmap::map::Entry;

/// What an import stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Target {
    /// A declaration of another module.
    Member(DefId),
    /// A namespace.
    Module(ModuleId),
    /// Not found, and said so: uses of the name are not complained about again.
    Broken,
}

/// One name brought in.
pub(super) struct Import<'a> {
    /// The name here.
    pub(super) name: &'a str,
    /// Where it is written here.
    pub(super) span: Span,
    /// What it stands for.
    pub(super) target: Target,
    /// The item's position in the module.
    pub(super) item: usize,
}

/// The names of one module: its own declarations come first, then imports.
pub(super) struct Scope<'a> {
    /// Whose scope.
    pub(super) module: ModuleId,
    /// Its tree.
    pub(super) ast: &'a Module,
    /// Imports by name here.
    pub(super) imports: IndexMap<&'a str, Import<'a>>,
}

/// One module named in a `use` of another.
pub(super) struct ModuleUse {
    /// The one that imports.
    pub(super) from: ModuleId,
    /// The one that is imported.
    pub(super) to: ModuleId,
    /// The path in the `use`.
    pub(super) span: Span,
}

/// Resolves every `use` of every module.
pub(super) fn scopes<'a>(
    world: &World<'a>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Scope<'a>>, Vec<ModuleUse>) {
    let mut uses = Vec::new();
    let mut missing = Vec::new();
    let scopes = world.modules.iter().enumerate().map(|(index, module)| {
        let mut reader = Reader {
            world,
            uses: &mut uses,
            missing: &mut missing,
            diagnostics,
            suggestions: Suggestions::default(),
            scope: Scope {
                module: ModuleId(u32::try_from(index).unwrap_or(u32::MAX)),
                ast: &module.ast,
                imports: IndexMap::new(),
            },
        };
        for (at, item) in module.ast.items.iter().enumerate() {
            if let ItemKind::Use(import) = &item.kind {
                reader.read(at, import);
            }
        }
        reader.scope
    });
    let scopes: Vec<Scope<'a>> = scopes.collect();
    let mut suggestions = Suggestions::default();
    for member in &missing {
        diagnostics.push(member.explain(world, &scopes, &mut suggestions));
    }
    (scopes, uses)
}

/// A name that the module it is imported from does not declare.
struct Missing<'a> {
    module: ModuleId,
    name: &'a Ident,
    /// Where the module is named, if changing it there changes this member only.
    module_span: Option<Span>,
}

impl Missing<'_> {
    /// Waits until all scopes are known: the other module may import the name itself.
    fn explain(
        &self,
        world: &World<'_>,
        scopes: &[Scope<'_>],
        suggestions: &mut Suggestions,
    ) -> Diagnostic {
        let module = world.module_name(self.module);
        if let Some(origin) = self.origin(world, scopes) {
            return message::indirect_import(self.name, &module, &origin, self.module_span);
        }
        let names = world.members(self.module).map(|(name, _)| name);
        let near = suggestions.nearest(&self.name.value, names);
        message::unknown_member(self.name, &module, near)
    }

    /// The module that the other one imports the name from, unless it goes by another name there.
    fn origin(&self, world: &World<'_>, scopes: &[Scope<'_>]) -> Option<String> {
        let name = self.name.value.as_str();
        let scope = scopes.get(self.module.index())?;
        let Target::Member(id) = scope.imports.get(name)?.target else {
            return None;
        };
        let definition = world.definition(id).filter(|d| d.name.value == name)?;
        Some(world.module_name(definition.module))
    }
}

struct Reader<'a, 'r> {
    world: &'r World<'a>,
    scope: Scope<'a>,
    uses: &'r mut Vec<ModuleUse>,
    missing: &'r mut Vec<Missing<'a>>,
    diagnostics: &'r mut Vec<Diagnostic>,
    suggestions: Suggestions,
}

impl<'a> Reader<'a, '_> {
    fn read(&mut self, item: usize, import: &'a Use) {
        match &import.members {
            Some(members) => {
                let module = self.module(&import.path.segments, import.path.span);
                for member in members {
                    let alone = (members.len() == 1).then_some(import.path.span);
                    let target = match module {
                        Some(module) => self.member(module, &member.name, alone),
                        None => Target::Broken,
                    };
                    let name = member.alias.as_ref().unwrap_or(&member.name);
                    let span = member.name.span.to(name.span);
                    self.bring(item, name, span, target);
                }
            }
            None => self.read_path(item, import),
        }
    }

    /// `use network` is a module, `use network.office` a module or, failing that, a member.
    fn read_path(&mut self, item: usize, import: &'a Use) {
        let Some((last, before)) = import.path.segments.split_last() else {
            return;
        };
        let whole = dotted(&import.path.segments);
        let target = if let Some(module) = self.world.module(&whole) {
            self.note_use(module, import.path.span);
            Target::Module(module)
        } else if before.is_empty() {
            self.unknown_module(&whole, import.path.span);
            Target::Broken
        } else if let Some(module) = self.world.module(&dotted(before)) {
            self.note_use(module, import.path.span);
            self.member(module, last, prefix_span(before))
        } else {
            self.unknown_module(&whole, import.path.span);
            Target::Broken
        };
        let name = import.alias.as_ref().unwrap_or(last);
        self.bring(item, name, import.path.span.to(name.span), target);
    }

    fn module(&mut self, segments: &[Ident], span: Span) -> Option<ModuleId> {
        let name = dotted(segments);
        let found = self.world.module(&name);
        match found {
            Some(module) => self.note_use(module, span),
            None => self.unknown_module(&name, span),
        }
        found
    }

    fn note_use(&mut self, to: ModuleId, span: Span) {
        let from = self.scope.module;
        self.uses.push(ModuleUse { from, to, span });
    }

    fn unknown_module(&mut self, name: &str, span: Span) {
        let near = self.suggestions.nearest(name, self.world.module_names());
        self.diagnostics
            .push(message::unknown_module(name, span, near));
    }

    fn member(&mut self, module: ModuleId, name: &'a Ident, module_span: Option<Span>) -> Target {
        if let Some(id) = self.world.member(module, &name.value) {
            return Target::Member(id);
        }
        self.missing.push(Missing {
            module,
            name,
            module_span,
        });
        Target::Broken
    }

    fn bring(&mut self, item: usize, name: &'a Ident, span: Span, target: Target) {
        let own = self.world.member(self.scope.module, &name.value);
        if let Some(own) = own.and_then(|id| self.world.definition(id)) {
            self.diagnostics.push(message::shadowing_import(name, own));
            return;
        }
        match self.scope.imports.entry(&name.value) {
            Entry::Occupied(first) => {
                let diagnostic = message::duplicate_import(name, span, first.get().span);
                self.diagnostics.push(diagnostic);
            }
            Entry::Vacant(place) => drop(place.insert(Import {
                name: &name.value,
                span,
                target,
                item,
            })),
        }
    }
}

fn prefix_span(segments: &[Ident]) -> Option<Span> {
    let (first, last) = (segments.first()?, segments.last()?);
    Some(first.span.to(last.span))
}

/// `a.b.c`
pub(super) fn dotted(segments: &[Ident]) -> String {
    let words: Vec<&str> = segments.iter().map(|s| s.value.as_str()).collect();
    words.join(".")
}
