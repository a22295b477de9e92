//! What would happen if the backend wrote something else than the source says: the build has to refuse it.
//!
//! Every document of `examples/acme` and `examples/hardening` is spoilt in every way below, one at a time.

#![expect(
    clippy::disallowed_methods,
    reason = "a test reads the examples from the disk"
)]

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::*;

/// The project in a folder of the repository.
struct Folder(std::path::PathBuf);

impl Files for Folder {
    fn list(&self) -> Vec<String> {
        let mut found = Vec::new();
        collect(&self.0, "", &mut found);
        found.sort();
        found
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        fs::read(self.0.join(path)).map_err(|e| e.to_string())
    }

    fn contains(&self, path: &str) -> bool {
        self.0.join(path).exists()
    }
}

fn collect(dir: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => collect(&entry.path(), &format!("{name}/"), found),
            false if name.ends_with(".bw") => found.push(name),
            false => {}
        }
    }
}

/// An example as it is before it is verified.
fn emitted(example: &str) -> (PolicySet, Vec<Artefact>, Loaded) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(example);
    let mut loaded = load(&Folder(root));
    let modules = std::mem::take(&mut loaded.modules);
    let mut found = Vec::new();
    let resolved = resolve_with_library(modules, &mut loaded.sources, &mut found);
    let defaults = Defaults {
        partition: loaded.config.partition.clone(),
        regions: loaded.config.regions.clone(),
    };
    let (checked, _) = check::check(&resolved, loaded.catalogue(), defaults);
    let (set, _) = lower::lower(&checked.unwrap());
    let options = backend::Options::default();
    let (artefacts, _) = backend::emit(&set, &loaded.config.quotas, &loaded.sources, options);
    (set, artefacts, loaded)
}

/// Each way to spoil a statement that changes what it says, with a name.
fn spoilt(statement: &Map<String, Value>) -> Vec<(String, Option<Value>)> {
    let mut out = vec![("statement removed".to_owned(), None)];
    let mut change = |name: String, edit: &dyn Fn(&mut Map<String, Value>)| {
        let mut copy = statement.clone();
        edit(&mut copy);
        out.push((name, Some(Value::Object(copy))));
    };
    let flipped = match statement["Effect"] == "Allow" {
        true => "Deny",
        false => "Allow",
    };
    change("effect turned round".to_owned(), &|s| {
        s["Effect"] = json!(flipped);
    });
    for (name, not) in [
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
        ("Principal", "NotPrincipal"),
    ] {
        if let Some(value) = statement.get(name) {
            change(format!("{name} became {not}"), &|s| {
                s.remove(name);
                s.insert(not.to_owned(), value.clone());
            });
            if !is_everything(value) {
                change(format!("{name} became *"), &|s| s[name] = json!("*"));
            }
        }
        for name in [name, not] {
            if let Some(Value::Array(list)) = statement.get(name) {
                change(format!("{name} lost its last"), &|s| {
                    s[name] = json!(list[..list.len() - 1]);
                });
            }
        }
    }
    spoilt_conditions(statement, &mut change);
    out
}

fn is_everything(value: &Value) -> bool {
    *value == "*" || *value == json!({ "AWS": "*" })
}

type Change<'c> = dyn FnMut(String, &dyn Fn(&mut Map<String, Value>)) + 'c;

fn spoilt_conditions(statement: &Map<String, Value>, change: &mut Change<'_>) {
    let Some(Value::Object(condition)) = statement.get("Condition") else {
        return;
    };
    change("condition removed".to_owned(), &|s| {
        drop(s.remove("Condition"));
    });
    for (operator, keys) in condition {
        if let Some(other) = weaker_or_stronger(operator, condition) {
            change(format!("{operator} became {other}"), &|s| {
                let condition = s["Condition"].as_object_mut().unwrap();
                let keys = condition.remove(operator).unwrap();
                condition.insert(other.clone(), keys);
            });
        }
        for key in keys.as_object().unwrap().keys() {
            change(format!("{operator} on {key} removed"), &|s| {
                let condition = s["Condition"].as_object_mut().unwrap();
                condition[operator].as_object_mut().unwrap().remove(key);
            });
            change(format!("{operator} on another key than {key}"), &|s| {
                let keys = s["Condition"][operator].as_object_mut().unwrap();
                let values = keys.remove(key).unwrap();
                keys.insert("aws:RequestTag/sabotage".to_owned(), values);
            });
        }
    }
}

/// The operator with or without `IfExists`, where that says something else: a negated operator and `ForAllValues` are
/// true without the key anyway, and a second test of the key may be false without it.
fn weaker_or_stronger(operator: &str, condition: &Map<String, Value>) -> Option<String> {
    let keys = condition[operator].as_object()?;
    let mut others = condition.iter().filter(|(o, _)| *o != operator);
    let tested_again = others.any(|(_, other)| keys.keys().any(|k| other.get(k).is_some()));
    if tested_again
        || operator == "Null"
        || operator.contains("Not")
        || operator.starts_with("ForAll")
    {
        return None;
    }
    Some(match operator.strip_suffix("IfExists") {
        Some(plain) => plain.to_owned(),
        None => format!("{operator}IfExists"),
    })
}

/// The sabotage that nobody notices, as `path statement: what`, and how much there was; one of `every` is tried.
fn unnoticed(example: &str, every: usize) -> (Vec<String>, usize) {
    let (set, artefacts, loaded) = emitted(example);
    assert_eq!(verify_artefacts(&set, &artefacts, &loaded), Vec::new());
    let mut distinct: BTreeMap<&str, &Artefact> = BTreeMap::new();
    for artefact in &artefacts {
        distinct.entry(&artefact.text).or_insert(artefact);
    }
    let mut attempts = Vec::new();
    for artefact in distinct.into_values() {
        let document: Value = serde_json::from_str(&artefact.text).unwrap();
        let statements = document["Statement"].as_array().unwrap();
        for (index, statement) in statements.iter().enumerate() {
            for (what, spoilt) in spoilt(statement.as_object().unwrap()) {
                let mut document = document.clone();
                let list = document["Statement"].as_array_mut().unwrap();
                match spoilt {
                    Some(statement) => list[index] = statement,
                    None => drop(list.remove(index)),
                }
                let name = format!("{} {index}: {what}", artefact.path);
                attempts.push((artefact, name, document.to_string()));
            }
        }
    }
    let attempts: Vec<_> = attempts.into_iter().step_by(every).collect();
    let passed = attempts.iter().filter(|(artefact, _, text)| {
        let mut spoilt = (*artefact).clone();
        spoilt.text.clone_from(text);
        verify_one(&set, &spoilt, &loaded).is_empty()
    });
    let passed = passed.map(|(_, name, _)| name.clone()).collect();
    (passed, attempts.len())
}

fn verify_one(set: &PolicySet, artefact: &Artefact, loaded: &Loaded) -> Vec<Diagnostic> {
    let slots = backend::collect(set);
    let slot = slots.iter().find(|s| s.path == artefact.path).unwrap();
    let written = Written {
        path: &artefact.path,
        text: Some(&artefact.text),
        policy: slot.policy,
    };
    verify::verify(&[written], loaded.catalogue())
}

#[test]
fn no_document_of_acme_can_be_spoilt_unnoticed() {
    let (passed, tried) = unnoticed("acme", 11);
    assert!(tried > 80, "{tried}");
    assert_eq!(passed, [""; 0]);
}

#[test]
fn no_document_of_the_hardening_example_can_be_spoilt_unnoticed() {
    let (passed, tried) = unnoticed("hardening", 1);
    assert!(tried > 20, "{tried}");
    assert_eq!(passed, [""; 0]);
}

#[test]
fn a_document_that_is_not_written_has_to_mean_nothing() {
    let (set, mut artefacts, loaded) = emitted("hardening");
    let lost = artefacts.pop().unwrap();
    let found = verify_artefacts(&set, &artefacts, &loaded);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code, Code::ArtefactNotProved);
    assert!(
        found[0].message.contains(&lost.path),
        "{}",
        found[0].message
    );
}

#[test]
fn what_is_no_document_is_refused() {
    let (set, mut artefacts, loaded) = emitted("hardening");
    artefacts[0].text.pop();
    artefacts[0].text.pop();
    let found = verify_artefacts(&set, &artefacts, &loaded);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.ends_with("would be no valid document"));
}
