//! What several modules of a project say: it has its name in a file of its own.

use indexmap::IndexMap;

use super::count::{
    Counts, count, count_actions, count_guards, count_tests, guard_of, guards, named, sentences,
};
use crate::import::name::Names;
use crate::import::share::{Body, Shared};
use crate::import::statement::Sentence;

/// Characters that have to be saved for a name in another file.
const WORTH: usize = 100;

/// Lists of actions and guards that several modules say.
#[derive(Clone, Debug, Default)]
pub(in crate::import) struct Common {
    pub(super) actions: IndexMap<String, String>,
    pub(super) conditions: IndexMap<String, String>,
}

impl Common {
    /// Looks for what is worth a name in a file of its own.
    pub(in crate::import) fn find(bodies: &[Vec<Body>], shared: &[Shared]) -> Common {
        let mut names = Names::default();
        for shared in shared.iter().filter(|s| s.module.is_none()) {
            names.take(&shared.ident);
            shared
                .parameters
                .iter()
                .for_each(|(p, _)| drop(names.take(p)));
        }
        let mut modules: Vec<Vec<&Sentence>> = Vec::new();
        for (index, module) in bodies.iter().enumerate() {
            let own = shared.iter().filter(|s| s.module == Some(index));
            let own = own.flat_map(|s| &s.body);
            modules.push(sentences(module.iter().flatten().chain(own)).collect());
        }
        let actions = in_several(&modules, &|all, counts| {
            all.iter().for_each(|s| count_actions(s, counts));
        });
        let mut conditions = in_several(&modules, &|all, counts| count_guards(all, 1, counts));
        // Tests of guards that differ in others.
        let rest = in_several(&modules, &|all, counts| {
            for (between, clauses) in guards(all) {
                if !conditions.contains_key(&guard_of(clauses, between)) {
                    count_tests(clauses, counts);
                }
            }
        });
        conditions.extend(rest);
        Common {
            actions: named(actions, &mut names),
            conditions: named(conditions, &mut names),
        }
    }

    /// Whether nothing has a name there.
    pub(in crate::import) fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.conditions.is_empty()
    }
}

/// What of the texts of each module is said in several, and worth a name in another file.
fn in_several(modules: &[Vec<&Sentence>], count_in: &dyn Fn(&[&Sentence], &mut Counts)) -> Counts {
    let mut several = Counts::default();
    for sentences in modules {
        let mut here = Counts::default();
        count_in(sentences, &mut here);
        for (text, (_, name)) in here {
            count(&mut several, text, name);
        }
    }
    several.retain(|text, (times, _)| (*times - 1) * text.len() >= WORTH);
    several
}
