//! Repetition gets a name: resources a `let`, lists of actions a `let`, guards a `condition`.

use indexmap::IndexMap;

use super::choice::Place;
use super::model::{Item, Module};
use super::name::{Names, snake};
use super::phrase::Phrase;
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

/// Values longer than this are not part of a guard's name.
const VALUE: usize = 20;
/// Names of guards are cut at the word that goes beyond.
const NAME: usize = 36;

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
    let wild = stem.base.contains("\"*\"");
    let long = stem.base.len() > if wild { GUARD } else { SHORT };
    if long && stem.base.contains('"') {
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
        .map(|(_, phrase)| condition_name(phrase))
        .collect();
    count(counts, text, names.join("_and_"));
}

/// `principal tag team == "a"` is `principal_tag_team_a`, `source ip in […]` is `source_ip`.
fn condition_name(phrase: &Phrase) -> String {
    let words = phrase
        .before
        .trim_start_matches('(')
        .trim_start_matches("any ")
        .trim_start_matches("every ")
        .trim_start_matches("raw ");
    let words = words.split('(').next().unwrap_or(words);
    let subject = match words.split_once(':') {
        Some((_, key)) => snake(
            &key.replace("ResourceTag/", "resource tag ")
                .replace("RequestTag/", "request tag "),
        ),
        None => snake(words),
    };
    let subject = match subject.as_str() {
        "region" => "regions".to_owned(),
        _ => subject,
    };
    let value = phrase.compared.as_ref().map(|c| c.values.as_slice());
    let value = match value {
        Some([one]) if !matches!(one.trim_matches('"'), "true" | "*") => snake(one),
        _ => String::new(),
    };
    let name = match value.trim_matches('_') {
        "" => subject,
        value if value.len() <= VALUE => format!("{subject}_{value}"),
        _ => subject,
    };
    shortened(&name)
}

/// As many words as are read at a glance.
fn shortened(name: &str) -> String {
    let mut short = String::new();
    for word in name.split('_').filter(|w| !w.is_empty()) {
        if !short.is_empty() && short.len() + word.len() > NAME {
            break;
        }
        if !short.is_empty() {
            short.push('_');
        }
        short.push_str(word);
    }
    short
}
