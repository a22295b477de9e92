//! Repetition gets a name: resources a `let`, lists of actions a `let`, guards a `condition`.

mod common;
mod count;

pub(super) use common::Common;

use indexmap::IndexMap;

use super::choice::Place;
use super::model::{Item, Module};
use super::name::Names;
use super::phrase::{Phrase, without_parentheses};
use super::resource::Resource;
use super::share::Body;
use super::statement::{Clauses, Said, Sentence};
use super::write::Own;
use count::{
    Counts, count_actions, count_argument, count_guards, count_resources, guard_of, list_of, named,
    sentences,
};

/// What has a name in a module: the text it stands for, and the name.
#[derive(Clone, Debug, Default)]
pub(super) struct Factors<'c> {
    resources: IndexMap<String, String>,
    actions: IndexMap<String, String>,
    conditions: IndexMap<String, String>,
    /// What has a name in the module that stands apart, and what leads there.
    common: Option<(&'c Common, &'static str)>,
}

impl<'c> Factors<'c> {
    /// Looks for what a module says more than once.
    pub(super) fn find(
        module: &Module,
        bodies: &[Body],
        own: &Own<'_>,
        (common, prefix): (&'c Common, &'static str),
    ) -> Factors<'c> {
        let (mut resources, mut actions, mut conditions) =
            (Counts::default(), Counts::default(), Counts::default());
        let shared = own.0.iter().flat_map(|(_, shared)| &shared.body);
        let said = bodies.iter().flatten().chain(shared);
        for said in said.clone().flatten() {
            if let Said::Include(include) = said {
                let arguments = include.arguments.iter();
                arguments.for_each(|(_, argument)| count_argument(argument, &mut resources));
            }
        }
        let all: Vec<&Sentence> = sentences(said).collect();
        for sentence in &all {
            count_resources(sentence, &mut resources);
            count_actions(sentence, &mut actions);
        }
        count_guards(&all, 2, &mut conditions);
        actions.retain(|text, _| !common.actions.contains_key(text));
        conditions.retain(|text, _| !common.conditions.contains_key(text));
        let mut names = Names::default();
        for item in &module.items {
            if let Item::Block(block) = item {
                names.take(&block.ident);
            }
        }
        for (_, shared) in &own.0 {
            names.take(&shared.ident);
            // A parameter would be found first where the `let` is meant.
            for (parameter, _) in &shared.parameters {
                names.take(parameter);
            }
        }
        let own_module = prefix.is_empty();
        let declared = common.actions.values().chain(common.conditions.values());
        declared
            .filter(|_| own_module)
            .for_each(|name| drop(names.take(name)));
        Factors {
            resources: named(resources, &mut names),
            actions: named(actions, &mut names),
            conditions: named(conditions, &mut names),
            common: Some((common, prefix)),
        }
    }

    /// The `let`s and `condition`s themselves.
    pub(super) fn declarations(&self) -> String {
        let mut out = String::new();
        let none = Common::default();
        let common = match self.common {
            Some((common, "")) => common,
            _ => &none,
        };
        for (text, name) in &self.resources {
            out.push_str(&format!("let {name} = {text}\n"));
        }
        for (text, name) in common.actions.iter().chain(&self.actions) {
            out.push_str(&format!("let {name} = [{text}]\n"));
        }
        for (text, name) in common.conditions.iter().chain(&self.conditions) {
            let text = without_parentheses(text);
            out.push_str(&format!("condition {name} = {text}\n"));
        }
        out.push('\n');
        out
    }

    /// A resource, by its name if it has one.
    pub(super) fn resource(&self, resource: &Resource) -> String {
        let stem = resource.stem();
        match self.resources.get(&stem.base) {
            Some(name) => format!("{name}{}", stem.suffix),
            None => resource.text(),
        }
    }

    /// The name of a list of actions.
    pub(super) fn actions(&self, list: &[(Place, String)]) -> Option<String> {
        let text = list_of(list);
        let own = self.actions.get(&text).cloned();
        own.or_else(|| {
            let (common, prefix) = self.common?;
            Some(format!("{prefix}{}", common.actions.get(&text)?))
        })
    }

    /// The name of a guard.
    pub(super) fn condition(&self, between: &str, clauses: &Clauses) -> Option<String> {
        self.named_condition(&guard_of(clauses, between))
    }

    /// A test, by its name if it has one.
    pub(super) fn test(&self, phrase: &Phrase) -> String {
        let text = phrase.text();
        self.named_condition(&text).unwrap_or(text)
    }

    fn named_condition(&self, text: &str) -> Option<String> {
        let own = self.conditions.get(text).cloned();
        own.or_else(|| {
            let (common, prefix) = self.common?;
            Some(format!("{prefix}{}", common.conditions.get(text)?))
        })
    }
}
