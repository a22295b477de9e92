//! The standard library inside the binary, parsed module by module as a project asks for it.

use std::collections::BTreeSet;

use crate::resolve::{Library, ModuleInput, mentioned_paths};
use crate::source::SourceMap;
use crate::syntax::ast::{Module, Path};
use crate::syntax::{self};

/// Every module of `std`: its name below `std`, its text.
pub const MODULES: [(&str, &str); 5] = [
    ("boundaries", include_str!("../../stdlib/boundaries.bw")),
    ("conditions", include_str!("../../stdlib/conditions.bw")),
    ("guardrails", include_str!("../../stdlib/guardrails.bw")),
    ("perimeter", include_str!("../../stdlib/perimeter.bw")),
    ("roles", include_str!("../../stdlib/roles.bw")),
];

/// What the modules of a project, and the library's own that they lead to, mention of the library. A name that the
/// library does not have asks for all of it, so that the nearest right one can be suggested.
pub(super) fn mentioned(modules: &[ModuleInput], sources: &mut SourceMap) -> Vec<ModuleInput> {
    let mut wanted = BTreeSet::new();
    modules.iter().for_each(|m| note(&m.ast, &mut wanted));
    let mut loaded: Vec<ModuleInput> = Vec::new();
    while let Some(index) = wanted
        .iter()
        .copied()
        .find(|at| !loaded.iter().any(|m| is(m, *at)))
    {
        let Some(module) = load(index, sources) else {
            break;
        };
        note(&module.ast, &mut wanted);
        loaded.push(module);
    }
    loaded
}

/// The modules that are not among `loaded`.
pub(super) fn others(loaded: &[ModuleInput], sources: &mut SourceMap) -> Vec<ModuleInput> {
    let missing = (0..MODULES.len()).filter(|at| !loaded.iter().any(|m| is(m, *at)));
    missing.filter_map(|at| load(at, sources)).collect()
}

fn is(module: &ModuleInput, index: usize) -> bool {
    let name = MODULES.get(index).map(|(name, _)| *name);
    module.library == Library::Std && module.name.last().map(String::as_str) == name
}

fn note(module: &Module, wanted: &mut BTreeSet<usize>) {
    mentioned_paths(module, |path: &Path| {
        let mut words = path.segments.iter().map(|s| s.value.as_str());
        if words.next() != Some("std") {
            return;
        }
        let name = words.next();
        match MODULES.iter().position(|(known, _)| Some(*known) == name) {
            Some(index) => drop(wanted.insert(index)),
            None => wanted.extend(0..MODULES.len()),
        }
    });
}

/// The library's own texts are right; a test reads every one, so that nothing need be said about them here.
fn load(index: usize, sources: &mut SourceMap) -> Option<ModuleInput> {
    let (name, text) = MODULES.get(index)?;
    let id = sources.add(format!("std/{name}.bw"), *text);
    let (ast, _, _) = syntax::parse(id, text);
    Some(ModuleInput {
        name: vec!["std".to_owned(), (*name).to_owned()],
        library: Library::Std,
        ast,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::has_errors;
    use crate::resolve::resolve;

    #[test]
    fn every_module_is_read_and_its_names_are_known() {
        let mut sources = SourceMap::default();
        for (name, text) in MODULES {
            let id = sources.add(name, text);
            let (_, _, problems) = syntax::parse(id, text);
            assert_eq!(problems, Vec::new(), "{name}");
        }
        let all = others(&[], &mut sources);
        assert_eq!(all.len(), MODULES.len());
        let (_, problems) = resolve(all);
        assert!(!has_errors(&problems), "{problems:?}");
    }

    fn loaded_for(text: &str) -> Vec<String> {
        let mut sources = SourceMap::default();
        let id = sources.add("a.bw", text);
        let (ast, _, _) = syntax::parse(id, text);
        let name = vec!["a".to_owned()];
        let library = Library::User;
        let module = ModuleInput { name, library, ast };
        let loaded = mentioned(&[module], &mut sources);
        loaded.into_iter().map(|m| m.name.join(".")).collect()
    }

    #[test]
    fn only_what_is_mentioned_is_parsed() {
        assert_eq!(loaded_for("let a = 1"), Vec::<String>::new());
        assert_eq!(loaded_for("use std.conditions.{mfa}"), ["std.conditions"]);
        let absolute = loaded_for("condition c = std.conditions.mfa");
        assert_eq!(absolute, ["std.conditions"]);
        assert_eq!(loaded_for("use std.conditons").len(), MODULES.len());
        assert_eq!(loaded_for("use std").len(), MODULES.len());
    }
}
