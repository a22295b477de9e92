//! `catalogue search WORD`: everything whose name or description has the words, the best first.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::descriptions::{self, Described};
use super::{Catalogue, Key, Service};

/// What was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Service,
    ResourceType,
    Action,
    ConditionKey,
    ManagedPolicy,
}

impl Kind {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Service => "service",
            Kind::ResourceType => "type",
            Kind::Action => "action",
            Kind::ConditionKey => "key",
            Kind::ManagedPolicy => "policy",
        }
    }
}

/// An entry with one or more of the words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Hit {
    /// What it is.
    pub kind: Kind,
    /// The name that `catalogue show` takes.
    pub name: String,
    /// A description in one line.
    pub about: String,
    /// How well it fits; comparable within one search only.
    pub score: u32,
}

/// Finds everything that has all words of the query, whatever their case, the best first.
pub fn search(catalogue: &Catalogue, query: &str) -> Vec<Hit> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found = Found {
        words,
        hits: Vec::new(),
    };
    if found.words.is_empty() {
        return Vec::new();
    }
    let of_actions: BTreeMap<&str, &str> = descriptions::all(Described::Action).collect();
    let of_keys: BTreeMap<&str, &str> = descriptions::all(Described::Key).collect();
    for service in catalogue.services() {
        found.consider(Kind::Service, service.prefix.clone(), &service.title);
        found.consider_service(service, &of_actions, &of_keys);
    }
    found.consider_keys(catalogue.global_keys(), &of_keys);
    for name in catalogue.managed_policy_names() {
        let arn = catalogue.managed_policy_arn(name).unwrap_or_default();
        found.consider(Kind::ManagedPolicy, name.to_owned(), &arn);
    }
    found.ranked()
}

/// Lays hits out, one a line, at most `limit`.
pub fn render(hits: &[Hit], limit: usize) -> String {
    let width = |text: &str| text.chars().count();
    let shown = hits.get(..limit).unwrap_or(hits);
    let names = shown.iter().map(|h| width(&h.name)).max().unwrap_or(0);
    let mut out = String::new();
    for hit in shown {
        let padding = names - width(&hit.name);
        let room = super::show::text::WIDTH.saturating_sub(names + 11).max(20);
        let line = format!(
            "{:<7}  {}{:padding$}  {}",
            hit.kind.as_str(),
            hit.name,
            "",
            shortened(&hit.about, room)
        );
        let _ = writeln!(out, "{}", line.trim_end());
    }
    match hits.len() - shown.len() {
        0 => {}
        more => {
            let _ = writeln!(out, "… and {more} more");
        }
    }
    out
}

fn shortened(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let cut: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

struct Found {
    words: Vec<String>,
    hits: Vec<Hit>,
}

impl Found {
    fn consider_service(
        &mut self,
        service: &Service,
        of_actions: &BTreeMap<&str, &str>,
        of_keys: &BTreeMap<&str, &str>,
    ) {
        for resource_type in &service.resource_types {
            let formats = resource_type.arn_formats.first();
            let name = format!("{}:{}", service.prefix, resource_type.name);
            self.consider(Kind::ResourceType, name, formats.map_or("", |f| f.as_str()));
        }
        for action in &service.actions {
            let name = service.qualified(action);
            let about = of_actions.get(name.as_str()).copied().unwrap_or("");
            self.consider(Kind::Action, name, about);
        }
        self.consider_keys(&service.keys, of_keys);
    }

    fn consider_keys(&mut self, keys: &[Key], of_keys: &BTreeMap<&str, &str>) {
        for key in keys {
            // Each service lists the keys about tags again; the global table has them once, with a meaning.
            if key.name.starts_with("aws:") && key.meaning.is_empty() {
                continue;
            }
            let described = of_keys.get(key.name.as_str()).copied().unwrap_or("");
            let about = if key.meaning.is_empty() {
                described
            } else {
                &key.meaning
            };
            self.consider(Kind::ConditionKey, key.name.clone(), about);
        }
    }

    fn consider(&mut self, kind: Kind, name: String, about: &str) {
        let lower_name = name.to_lowercase();
        let lower_about = about.to_lowercase();
        let mut score = 0;
        for word in &self.words {
            match score_of(word, &name, &lower_name, &lower_about) {
                0 => return,
                more => score += more,
            }
        }
        self.hits.push(Hit {
            kind,
            name,
            about: about.to_owned(),
            score,
        });
    }

    /// The best first; among equals services before actions, and short names before long ones.
    fn ranked(mut self) -> Vec<Hit> {
        self.hits.sort_by(|a, b| {
            (b.score.cmp(&a.score))
                .then(a.kind.cmp(&b.kind))
                .then(a.name.len().cmp(&b.name.len()))
                .then_with(|| a.name.cmp(&b.name))
        });
        self.hits
            .dedup_by(|a, b| a.kind == b.kind && a.name == b.name);
        self.hits
    }
}

/// How well a word fits: the whole name, its beginning, a word in it, any part of it, a word about it.
fn score_of(word: &str, name: &str, lower_name: &str, lower_about: &str) -> u32 {
    let local = lower_name
        .split_once(':')
        .map_or(lower_name, |(_, local)| local);
    if lower_name == word || local == word {
        return 100;
    }
    if local.starts_with(word) || lower_name.starts_with(word) {
        return 60;
    }
    if let Some(at) = lower_name.find(word) {
        let begins_word = name
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| c.is_ascii_uppercase());
        return if begins_word { 40 } else { 25 };
    }
    match lower_about.find(word) {
        None => 0,
        Some(at) => {
            let before = lower_about.get(..at).and_then(|b| b.chars().next_back());
            if before.is_none_or(|c| !c.is_alphanumeric()) {
                10
            } else {
                5
            }
        }
    }
}
