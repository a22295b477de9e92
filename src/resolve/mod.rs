//! Binds every name to its definition.
//!
//! In: the trees of all modules. Out: [`Resolved`], in which each path has a [`Binding`], and findings about names.
//! Nothing is judged here but names: whether a role may stand where a `let` stands is for `check`.
//!
//! The stages: [`declare`] lists what each module declares, [`import`] adds what its `use` lines bring in, [`bind`]
//! looks every path up (modules in parallel), [`cycle`] finds circles and cuts them, so that whoever follows
//! bindings comes to an end.

mod bind;
mod cycle;
mod declare;
mod import;
mod message;
mod model;
mod site;
mod suggest;
#[cfg(test)]
mod tests;
mod walk;

pub use model::{
    Binding, DefId, DefKind, Definition, Library, ModuleId, ModuleInput, Resolved, ResolvedModule,
};
pub use walk::mentioned_paths;

use crate::diagnostic::{self, Diagnostic};
use crate::source::Span;
use import::Scope;
use rayon::prelude::*;

/// Binds all names of all modules. Findings are in source order.
pub fn resolve(modules: Vec<ModuleInput>) -> (Resolved, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let definitions = declare::declare(&modules, &mut diagnostics);
    let (bindings, order) = {
        let world = declare::World::new(&modules, &definitions, &mut diagnostics);
        let (scopes, uses) = import::scopes(&world, &mut diagnostics);
        cycle::report_imports(&world, &uses, &mut diagnostics);
        bind_all(&world, &scopes, &mut diagnostics)
    };
    diagnostic::sort(&mut diagnostics);
    let modules = modules.into_iter().map(ResolvedModule::from).collect();
    let resolved = Resolved::new(modules, definitions, bindings, order);
    (resolved, diagnostics)
}

/// Binds the paths of every module and puts the results together in source order.
fn bind_all(
    world: &declare::World<'_>,
    scopes: &[Scope<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<(Span, Binding)>, Vec<DefId>) {
    let bound: Vec<bind::Bound> = scopes
        .par_iter()
        .map(|scope| bind::bind(world, scope))
        .collect();
    let mut bindings = Vec::new();
    let mut edges = Vec::new();
    for part in bound {
        bindings.extend(part.bindings);
        edges.extend(part.edges);
        diagnostics.extend(part.diagnostics);
    }
    bindings.sort_unstable_by_key(|(span, _)| *span);
    let order = cycle::cut_definitions(world, &edges, &mut bindings, diagnostics);
    (bindings, order)
}
