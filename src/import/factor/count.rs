//! How often resources, lists of actions and guards are said, and what they would be called.

use indexmap::IndexMap;

use crate::import::choice::Place;
use crate::import::name::{Names, snake};
use crate::import::phrase::Phrase;
use crate::import::resource::Resource;
use crate::import::share::Argument;
use crate::import::statement::{Clauses, Said, Sentence};

/// Resources shorter than this are said again rather than looked up.
const SHORT: usize = 12;
/// As many actions make a list worth a name.
const ACTIONS: usize = 3;
/// Guards shorter than this are said again.
const GUARD: usize = 24;
/// Tests among others in a guard are said again if they are shorter.
const TEST: usize = 40;
/// Values longer than this are not part of a guard's name.
const VALUE: usize = 20;
/// Names of guards are cut at the word that goes beyond.
const NAME: usize = 36;

/// How often something is said, and what it would be called.
pub(super) type Counts = IndexMap<String, (usize, String)>;

/// All sentences of some bodies.
pub(super) fn sentences<'b>(
    bodies: impl Iterator<Item = &'b Vec<Said>>,
) -> impl Iterator<Item = &'b Sentence> {
    bodies.flatten().filter_map(|said| match said {
        Said::Sentence(sentence) => Some(&**sentence),
        Said::Include(_) | Said::Nothing(_) => None,
    })
}

pub(super) fn list_of(list: &[(Place, String)]) -> String {
    let texts: Vec<&str> = list.iter().map(|(_, text)| text.as_str()).collect();
    texts.join(", ")
}

pub(super) fn guard_of(clauses: &Clauses, between: &str) -> String {
    let texts: Vec<String> = clauses.iter().map(|(_, phrase)| phrase.text()).collect();
    texts.join(between)
}

pub(super) fn count(counts: &mut Counts, text: String, name: String) {
    counts.entry(text).or_insert((0, name)).0 += 1;
}

pub(super) fn named(counts: Counts, names: &mut Names) -> IndexMap<String, String> {
    let repeated = counts.into_iter().filter(|(_, (times, _))| *times > 1);
    repeated
        .map(|(text, (_, name))| (text, names.take(&name)))
        .collect()
}

pub(super) fn count_resources(sentence: &Sentence, counts: &mut Counts) {
    for (_, resource) in sentence.resources.iter().flat_map(|r| &r.list) {
        count_resource(resource, counts);
    }
}

pub(super) fn count_argument(argument: &Argument, counts: &mut Counts) {
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

pub(super) fn count_actions(sentence: &Sentence, counts: &mut Counts) {
    let Some(actions) = &sentence.actions else {
        return;
    };
    // `read` by itself means something beside the resources of its statement only.
    let plain = |text: &String| text.contains([':', '(']) && !text.starts_with("raw ");
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

/// What stands behind `when` and `unless`.
pub(super) fn guards<'s>(sentences: &[&'s Sentence]) -> Vec<(&'static str, &'s Clauses)> {
    let all = sentences.iter();
    let all = all.flat_map(|s| [(" and ", &s.when), (" or ", &s.unless)]);
    all.filter(|(_, clauses)| !clauses.is_empty()).collect()
}

/// Guards as a whole where one is said as often as `least`, else each of their tests.
pub(super) fn count_guards(sentences: &[&Sentence], least: usize, counts: &mut Counts) {
    let guards = guards(sentences);
    let mut whole = Counts::default();
    for (between, clauses) in &guards {
        count(&mut whole, guard_of(clauses, between), String::new());
    }
    for (between, clauses) in &guards {
        let text = guard_of(clauses, between);
        if whole.get(&text).is_none_or(|(times, _)| *times < least) {
            count_tests(clauses, counts);
            continue;
        }
        let names = clauses.iter().take(2).map(|(_, p)| condition_name(p));
        let name = names.collect::<Vec<_>>().join("_and_");
        count_guard(text, name, clauses.iter().map(|(_, p)| p), counts);
    }
}

pub(super) fn count_tests(clauses: &Clauses, counts: &mut Counts) {
    let least = if clauses.len() > 1 { TEST } else { GUARD };
    let long = clauses.iter().filter(|(_, p)| p.text().len() >= least);
    for (_, phrase) in long {
        let name = condition_name(phrase);
        count_guard(phrase.text(), name, std::iter::once(phrase), counts);
    }
}

fn count_guard<'p>(
    text: String,
    name: String,
    mut phrases: impl Iterator<Item = &'p Phrase>,
    counts: &mut Counts,
) {
    // Parameters and claims mean something where they stand only.
    let is_bound = |p: &Phrase| p.has_parameter() || p.before.contains("claim ");
    if text.len() >= GUARD && !phrases.any(is_bound) {
        count(counts, text, name);
    }
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
    if phrase.compared.is_none() {
        for (end, start) in [(" absent", "no "), (" present", "has ")] {
            if let Some(key) = words.strip_suffix(end) {
                return shortened(&snake(&format!("{start}{}", key_words(key))));
            }
        }
    }
    let subject = snake(&key_words(words));
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

/// `ec2:ResourceTag/team` is `resource tag team`.
fn key_words(words: &str) -> String {
    match words.split_once(':') {
        Some((_, key)) => key
            .replace("ResourceTag/", "resource tag ")
            .replace("RequestTag/", "request tag "),
        None => words.to_owned(),
    }
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
