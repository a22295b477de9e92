//! Repetition gets a name: resources a `let`, lists of actions a `let`, guards a `condition`.

use indexmap::IndexMap;

use super::choice::Place;
use super::model::{Item, Module};
use super::name::{Names, snake};
use super::resource::Resource;
use super::share::{Argument, Body};
use super::statement::{Clauses, Said, Sentence};
use super::write::Own;

/// Resources shorter than this are said again rather than looked up.
const SHORT: usize = 12;
/// As many actions make a list worth a name.
const ACTIONS: usize = 3;
/// Guards shorter than this are said again.
const GUARD: usize = 24;

/// What has a name in a module: the text it stands for, and the name.
#[derive(Clone, Debug, Default)]
pub(super) struct Factors {
    resources: IndexMap<String, String>,
    actions: IndexMap<String, String>,
    conditions: IndexMap<String, String>,
}

/// How often something is said, and what it would be called.
type Counts = IndexMap<String, (usize, String)>;

impl Factors {
    /// Looks for what a module says more than once.
    pub(super) fn find(module: &Module, bodies: &[Body], own: &Own<'_>) -> Factors {
        let (mut resources, mut actions, mut conditions) =
            (Counts::default(), Counts::default(), Counts::default());
        let shared = own.0.iter().flat_map(|(_, shared)| &shared.body);
        for said in bodies.iter().flatten().chain(shared).flatten() {
            match said {
                Said::Nothing(_) => {}
                Said::Include(include) => {
                    let arguments = include.arguments.iter();
                    arguments.for_each(|(_, argument)| count_argument(argument, &mut resources));
                }
                Said::Sentence(sentence) => {
                    count_resources(sentence, &mut resources);
                    count_actions(sentence, &mut actions);
                    count_guard(" and ", &sentence.when, &mut conditions);
                    count_guard(" or ", &sentence.unless, &mut conditions);
                }
            }
        }
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
        Factors {
            resources: named(resources, &mut names),
            actions: named(actions, &mut names),
            conditions: named(conditions, &mut names),
        }
    }

    /// The `let`s and `condition`s themselves.
    pub(super) fn declarations(&self) -> String {
        let mut out = String::new();
        for (text, name) in &self.resources {
            out.push_str(&format!("let {name} = {text}\n"));
        }
        for (text, name) in &self.actions {
            out.push_str(&format!("let {name} = [{text}]\n"));
        }
        for (text, name) in &self.conditions {
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
    pub(super) fn actions(&self, list: &[(Place, String)]) -> Option<&str> {
        self.actions.get(&list_of(list)).map(String::as_str)
    }

    /// The name of a guard.
    pub(super) fn condition(&self, between: &str, clauses: &Clauses) -> Option<&str> {
        let name = self.conditions.get(&guard_of(clauses, between));
        name.map(String::as_str)
    }
}

fn list_of(list: &[(Place, String)]) -> String {
    let texts: Vec<&str> = list.iter().map(|(_, text)| text.as_str()).collect();
    texts.join(", ")
}

fn guard_of(clauses: &Clauses, between: &str) -> String {
    let texts: Vec<String> = clauses.iter().map(|(_, phrase)| phrase.text()).collect();
    texts.join(between)
}

fn count(counts: &mut Counts, text: String, name: String) {
    counts.entry(text).or_insert((0, name)).0 += 1;
}

fn named(counts: Counts, names: &mut Names) -> IndexMap<String, String> {
    let repeated = counts.into_iter().filter(|(_, (times, _))| *times > 1);
    repeated
        .map(|(text, (_, name))| (text, names.take(&name)))
        .collect()
}

fn count_resources(sentence: &Sentence, counts: &mut Counts) {
    for (_, resource) in sentence.resources.iter().flat_map(|r| &r.list) {
        count_resource(resource, counts);
    }
}

fn count_argument(argument: &Argument, counts: &mut Counts) {
    if let Argument::Resource(resource) = argument {
        count_resource(resource, counts);
    }
}

fn count_resource(resource: &Resource, counts: &mut Counts) {
    let stem = resource.stem();
    let long = stem.base.len() > SHORT;
    let named = stem.base.contains('"') && !stem.base.contains("\"*\"");
    if long && named {
        count(counts, stem.base.clone(), stem.name.clone());
    }
}

fn count_actions(sentence: &Sentence, counts: &mut Counts) {
    let Some(actions) = &sentence.actions else {
        return;
    };
    let plain = |text: &String| !text.starts_with("raw ");
    if actions.list.len() >= ACTIONS && actions.list.iter().all(|(_, text)| plain(text)) {
        let mut services: Vec<&str> = Vec::new();
        for (_, text) in &actions.list {
            let service = text.split(':').next().unwrap_or("");
            if !services.contains(&service) {
                services.push(service);
            }
        }
        let name = match services.as_slice() {
            [one] => format!("{}_actions", snake(one)),
            [one, other] => format!("{}_{}_actions", snake(one), snake(other)),
            _ => "actions".to_owned(),
        };
        count(counts, list_of(&actions.list), name);
    }
}

fn count_guard(between: &str, clauses: &Clauses, counts: &mut Counts) {
    let text = guard_of(clauses, between);
    if text.len() < GUARD || clauses.iter().any(|(_, phrase)| phrase.has_parameter()) {
        return;
    }
    let names: Vec<String> = clauses
        .iter()
        .take(2)
        .map(|(_, phrase)| condition_name(&phrase.text()))
        .collect();
    count(counts, text, names.join("_and_"));
}

/// `principal tag team == "a"` is about `principal_tag_team`.
fn condition_name(text: &str) -> String {
    let words = text
        .trim_start_matches('(')
        .trim_start_matches("any ")
        .trim_start_matches("every ");
    let words = words.trim_start_matches("raw ");
    let stops = [
        " in ", " == ", " like ", " < ", " <= ", " > ", " >= ", " within ", " before ", " after ",
        "(",
    ];
    let end = stops.iter().filter_map(|s| words.find(s)).min();
    let subject = words.get(..end.unwrap_or(words.len())).unwrap_or(words);
    match subject.split_once(':') {
        Some((_, key)) => snake(&format!("{key}_ok")),
        None => snake(&format!("{subject}_ok")),
    }
}
