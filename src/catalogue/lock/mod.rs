//! The lock: the facts of the catalogue that a project's artefacts depend on, so that a newer catalogue never changes
//! them unnoticed.
//!
//! While a project is checked, [`UsedFacts`] collects what was asked of the catalogue. The lock keeps the answers in
//! `bailiwick.lock`. [`UsedFacts::asked_of`] asks another catalogue the same questions, and [`Lock::compare`] says what
//! is answered otherwise. A newer catalogue that gives the same answers is no difference at all.

mod change;

pub use change::FactChange;

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::ops::Range;

use serde::Deserialize;

use super::{AccessLevel, Action, Catalogue, Key, Provenance, ResourceType, Service};

/// Questions to the catalogue with their answers, in a fixed order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UsedFacts {
    /// `read on s3:object` → full names of actions, sorted.
    #[serde(default)]
    actions: BTreeMap<String, Vec<String>>,
    /// `s3:object` → its ARN formats.
    #[serde(default)]
    resource_types: BTreeMap<String, Vec<String>>,
    /// `aws:TagKeys` → `ArrayOfString`.
    #[serde(default)]
    keys: BTreeMap<String, String>,
    /// `SecurityAudit` → its ARN.
    #[serde(default)]
    managed_policies: BTreeMap<String, String>,
}

impl UsedFacts {
    /// Nothing asked yet.
    pub fn new() -> UsedFacts {
        UsedFacts::default()
    }

    /// Notes that a level was expanded for a resource type, or for all actions of a service.
    pub fn expansion(
        &mut self,
        level: AccessLevel,
        service: &Service,
        resource_type: Option<&str>,
        actions: &[&Action],
    ) {
        let on = resource_type.unwrap_or("*");
        let mut names: Vec<String> = actions.iter().map(|a| service.qualified(a)).collect();
        names.sort_unstable();
        self.actions.insert(
            format!("{} on {}:{on}", level.selector(), service.prefix),
            names,
        );
    }

    /// Notes that ARNs of a type were written.
    pub fn resource_type(&mut self, service: &Service, resource_type: &ResourceType) {
        let formats = resource_type.arn_formats.iter().map(ToString::to_string);
        self.resource_types.insert(
            format!("{}:{}", service.prefix, resource_type.name),
            formats.collect(),
        );
    }

    /// Notes that a key was compared; its type decides on the operator.
    pub fn key(&mut self, key: &Key) {
        self.keys.insert(key.name.clone(), type_of(key));
    }

    /// Notes that an AWS-managed policy was attached.
    pub fn managed_policy(&mut self, name: &str, arn: &str) {
        self.managed_policies
            .insert(name.to_owned(), arn.to_owned());
    }

    /// Adds what was noted elsewhere, as when modules are checked side by side.
    pub fn merge(&mut self, other: UsedFacts) {
        self.actions.extend(other.actions);
        self.resource_types.extend(other.resource_types);
        self.keys.extend(other.keys);
        self.managed_policies.extend(other.managed_policies);
    }

    /// Whether nothing was asked.
    pub fn is_empty(&self) -> bool {
        self == &UsedFacts::default()
    }

    /// The same questions, answered by another catalogue. What it does not know is answered by nothing.
    pub fn asked_of(&self, catalogue: &Catalogue) -> UsedFacts {
        UsedFacts {
            actions: answered(&self.actions, |q| actions_of(catalogue, q)),
            resource_types: answered(&self.resource_types, |q| formats_of(catalogue, q)),
            keys: answered(&self.keys, |q| catalogue.key(q).map(|m| type_of(m.key))),
            managed_policies: answered(&self.managed_policies, |q| catalogue.managed_policy_arn(q)),
        }
    }
}

fn answered<A: Default>(
    questions: &BTreeMap<String, A>,
    answer: impl Fn(&str) -> Option<A>,
) -> BTreeMap<String, A> {
    questions
        .keys()
        .map(|q| (q.clone(), answer(q).unwrap_or_default()))
        .collect()
}

fn actions_of(catalogue: &Catalogue, question: &str) -> Option<Vec<String>> {
    let (level, on) = question.split_once(" on ")?;
    let level = AccessLevel::from_selector(level)?;
    let (prefix, resource_type) = on.split_once(':')?;
    let service = catalogue.service(prefix)?;
    let actions = match resource_type {
        "*" => service.actions_of_level(level),
        _ => service.actions_at(level, resource_type),
    };
    let mut names: Vec<String> = actions.iter().map(|a| service.qualified(a)).collect();
    names.sort_unstable();
    Some(names)
}

fn formats_of(catalogue: &Catalogue, question: &str) -> Option<Vec<String>> {
    let (prefix, name) = question.split_once(':')?;
    let resource_type = catalogue.service(prefix)?.resource_type(name)?;
    Some(
        resource_type
            .arn_formats
            .iter()
            .map(ToString::to_string)
            .collect(),
    )
}

/// `String`, `ArrayOfARN` and the like.
fn type_of(key: &Key) -> String {
    let array = if key.multi_valued { "ArrayOf" } else { "" };
    format!("{array}{}", key.key_type)
}

/// The content of `bailiwick.lock`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lock {
    /// The catalogue that gave the answers; for information only.
    pub provenance: Provenance,
    /// The answers.
    pub facts: UsedFacts,
}

/// A lock that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LockError {
    /// The line, from 1.
    pub line: usize,
    /// The bytes at fault.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for LockError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LockFile {
    catalogue: CatalogueTable,
    #[serde(default)]
    facts: UsedFacts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueTable {
    source: String,
    version: String,
    date: String,
    digest: String,
}

impl Lock {
    /// The lock of a project that was checked with a catalogue.
    pub fn new(facts: UsedFacts, provenance: &Provenance) -> Lock {
        Lock {
            provenance: provenance.clone(),
            facts,
        }
    }

    /// Reads `bailiwick.lock`.
    pub fn parse(text: &str) -> Result<Lock, LockError> {
        let file: LockFile = toml::from_str(text).map_err(|e| lock_error(text, &e))?;
        let CatalogueTable {
            source,
            version,
            date,
            digest,
        } = file.catalogue;
        Ok(Lock {
            provenance: Provenance {
                source,
                version,
                date,
                digest,
            },
            facts: file.facts,
        })
    }

    /// Writes `bailiwick.lock`: sorted, one action a line, the same bytes for the same facts.
    pub fn to_toml(&self) -> String {
        let Provenance {
            source,
            version,
            date,
            digest,
        } = &self.provenance;
        let mut out = String::from(
            "# What this project's artefacts take from the catalogue of AWS. Written by bailiwick; keep it in git.\n\n\
             [catalogue]\n",
        );
        for (name, value) in [
            ("source", source),
            ("version", version),
            ("date", date),
            ("digest", digest),
        ] {
            let _ = writeln!(out, "{name} = {}", quoted(value));
        }
        write_table(&mut out, "actions", &self.facts.actions, |list| {
            listed(list)
        });
        write_table(
            &mut out,
            "resource-types",
            &self.facts.resource_types,
            |list| listed(list),
        );
        write_table(&mut out, "keys", &self.facts.keys, |text| quoted(text));
        write_table(
            &mut out,
            "managed-policies",
            &self.facts.managed_policies,
            |text| quoted(text),
        );
        out
    }

    /// What facts are not as the lock has them. Questions that only one side asks are no change of the catalogue's.
    pub fn compare(&self, used: &UsedFacts) -> Vec<FactChange> {
        let mut changes = Vec::new();
        for (expansion, was, is) in both(&self.facts.actions, &used.actions) {
            compare_actions(expansion, was, is, &mut changes);
        }
        for (name, was, is) in both(&self.facts.resource_types, &used.resource_types) {
            let (resource_type, was, is) = (name.to_owned(), was.clone(), is.clone());
            changes.push(FactChange::ArnFormat {
                resource_type,
                was,
                is,
            });
        }
        for (name, was, is) in both(&self.facts.keys, &used.keys) {
            let (key, was, is) = (name.to_owned(), was.clone(), is.clone());
            changes.push(FactChange::KeyType { key, was, is });
        }
        for (name, was, is) in both(&self.facts.managed_policies, &used.managed_policies) {
            let (name, was, is) = (name.to_owned(), was.clone(), is.clone());
            changes.push(FactChange::ManagedPolicy { name, was, is });
        }
        changes
    }

    /// What another catalogue would change in the project.
    pub fn changes_under(&self, catalogue: &Catalogue) -> Vec<FactChange> {
        self.compare(&self.facts.asked_of(catalogue))
    }
}

/// The questions of both sides whose answers differ.
fn both<'a, A: PartialEq>(
    was: &'a BTreeMap<String, A>,
    is: &'a BTreeMap<String, A>,
) -> impl Iterator<Item = (&'a str, &'a A, &'a A)> {
    was.iter().filter_map(|(question, was)| {
        let is = is.get(question)?;
        (was != is).then_some((question.as_str(), was, is))
    })
}

fn compare_actions(expansion: &str, was: &[String], is: &[String], changes: &mut Vec<FactChange>) {
    for action in is.iter().filter(|a| !was.contains(a)) {
        changes.push(FactChange::ActionGained {
            expansion: expansion.to_owned(),
            action: action.clone(),
        });
    }
    for action in was.iter().filter(|a| !is.contains(a)) {
        changes.push(FactChange::ActionLost {
            expansion: expansion.to_owned(),
            action: action.clone(),
        });
    }
}

fn lock_error(text: &str, error: &toml::de::Error) -> LockError {
    let span = error.span().unwrap_or(0..0);
    let before = text.get(..span.start).unwrap_or(text);
    LockError {
        line: before.matches('\n').count() + 1,
        span,
        message: error.message().trim().replace('\n', " "),
    }
}

fn write_table<A>(
    out: &mut String,
    name: &str,
    table: &BTreeMap<String, A>,
    write_answer: impl Fn(&A) -> String,
) {
    if !table.is_empty() {
        let _ = writeln!(out, "\n[facts.{name}]");
    }
    for (question, answer) in table {
        let _ = writeln!(out, "{} = {}", quoted(question), write_answer(answer));
    }
}

fn listed(list: &[String]) -> String {
    match list {
        [] => "[]".to_owned(),
        [one] => format!("[{}]", quoted(one)),
        many => {
            let lines: Vec<String> = many
                .iter()
                .map(|item| format!("    {},\n", quoted(item)))
                .collect();
            format!("[\n{}]", lines.concat())
        }
    }
}

/// A basic string of TOML, whose escapes are those of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
