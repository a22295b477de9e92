//! Repetition gets a name: resources a `let`, lists of actions a `let`, guards a `condition`.

use indexmap::IndexMap;

use super::choice::Place;
use super::model::{Item, Module};
use super::name::{Names, snake};
use super::resource::Resource;
use super::statement::{Said, Sentence};

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
    pub(super) fn find(module: &Module, bodies: &[Vec<Vec<Said>>]) -> Factors {
        let (mut resources, mut actions, mut conditions) =
            (Counts::default(), Counts::default(), Counts::default());
        for said in bodies.iter().flatten().flatten() {
            let Said::Sentence(sentence) = said else {
                continue;
            };
            count_resources(sentence, &mut resources);
            count_actions(sentence, &mut actions);
            count_guard(" and ", &sentence.when, &mut conditions);
            count_guard(" or ", &sentence.unless, &mut conditions);
        }
        let mut names = Names::default();
        for item in &module.items {
            if let Item::Block(block) = item {
                names.take(&block.ident);
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
        match self.resources.get(&resource.base) {
            Some(name) => format!("{name}{}", resource.suffix),
            None => resource.text(),
        }
    }

    /// The name of a list of actions.
    pub(super) fn actions(&self, list: &[(Place, String)]) -> Option<&str> {
        self.actions.get(&joined(list, ", ")).map(String::as_str)
    }

    /// The name of a guard.
    pub(super) fn condition(&self, between: &str, clauses: &[(Place, String)]) -> Option<&str> {
        self.conditions
            .get(&joined(clauses, between))
            .map(String::as_str)
    }
}

fn joined(list: &[(Place, String)], between: &str) -> String {
    let texts: Vec<&str> = list.iter().map(|(_, text)| text.as_str()).collect();
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
        let long = resource.base.len() > SHORT;
        let named = resource.base.contains('"') && !resource.base.contains("\"*\"");
        if long && named {
            count(counts, resource.base.clone(), resource.name.clone());
        }
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
        count(counts, joined(&actions.list, ", "), name);
    }
}

fn count_guard(between: &str, clauses: &[(Place, String)], counts: &mut Counts) {
    let text = joined(clauses, between);
    if text.len() < GUARD {
        return;
    }
    let names: Vec<String> = clauses
        .iter()
        .take(2)
        .map(|(_, text)| condition_name(text))
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
