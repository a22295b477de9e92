//! The examples and the standard library build exactly what is committed beside them.
//!
//! `BLESS=1 cargo test --test examples` writes the artefacts anew; read the diff before you commit it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail loudly"
)]

mod project;
mod promises;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bailiwick::source::SourceMap;
use bailiwick::syntax::ast::{Item, ItemKind};
use serde_json::Value;

use project::Project;

#[test]
fn hardening_builds_what_is_committed() {
    compare_with_committed("examples/hardening");
}

#[test]
fn acme_builds_what_is_committed() {
    compare_with_committed("examples/acme");
}

#[test]
fn data_perimeter_builds_what_is_committed() {
    compare_with_committed("examples/data-perimeter");
}

#[test]
fn standard_library_builds_what_is_committed() {
    compare_with_committed("tests/stdlib");
}

#[test]
fn artefacts_do_not_depend_on_the_run() {
    let first = Project::from_disk("examples/acme").build();
    let second = Project::from_disk("examples/acme").build();
    assert_eq!(first.files, second.files);
}

/// The three documents of `examples/hardening/expected`, as teams wrote them.
#[test]
fn hardening_means_what_the_originals_mean() {
    let built = Project::from_disk("examples/hardening").build();
    for (original, path) in [
        (
            "developer-permission-boundary.boundary.json",
            "accounts/Production/boundaries/developer-permission-boundary.json",
        ),
        (
            "require-mfa.scp.json",
            "organizations/Example/scps/require-mfa.json",
        ),
        (
            "scoped-s3-read.identity.json",
            "accounts/Production/policies/scoped-s3-read.json",
        ),
    ] {
        let expected = project::read(&format!("examples/hardening/expected/{original}"));
        assert_eq!(
            normal_form(built.document(path)),
            normal_form(serde_json::from_str(&expected).unwrap()),
            "{original}"
        );
    }
}

/// A condition or block of the standard library that no test project names is not tested.
#[test]
fn every_declaration_of_the_standard_library_is_built() {
    let sources: String = project::sources_under("tests/stdlib")
        .into_values()
        .collect();
    let built = Project::from_disk("tests/stdlib").build();
    let documents: Vec<&String> = built.files.keys().collect();
    for (module, items) in library_items() {
        for item in items {
            let name = match &item.kind {
                ItemKind::Condition(condition) => &condition.name.value,
                ItemKind::Block(block) if block.kind.keyword() != "policy" => &block.name.value,
                _ => continue,
            };
            let full = format!("std.{module}.{name}");
            let used = sources.contains(&full)
                || documents
                    .iter()
                    .any(|path| path.ends_with(&format!("/{name}.json")));
            assert!(used, "{full} is not built by tests/stdlib");
        }
    }
}

#[test]
fn every_declaration_of_the_standard_library_is_documented_and_shown() {
    for (module, items) in library_items() {
        for item in items {
            let (name, shown) = match &item.kind {
                ItemKind::Condition(condition) => (&condition.name.value, true),
                ItemKind::Block(block) => (&block.name.value, block.kind.keyword() != "policy"),
                ItemKind::Let(item) => (&item.name.value, false),
                _ => continue,
            };
            assert!(!item.docs.is_empty(), "std.{module}.{name} has no comment");
            assert!(
                !shown || !examples_in(&item.docs).is_empty(),
                "std.{module}.{name} shows no example"
            );
        }
    }
}

/// Our own sources are laid out by our own tool.
#[test]
fn sources_are_formatted() {
    for folder in ["stdlib", "examples", "tests/stdlib"] {
        for (path, text) in project::sources_under(folder) {
            let mut map = SourceMap::default();
            let id = map.add(path.clone(), text.clone());
            let formatted = bailiwick::fmt::format(id, &text).unwrap();
            assert!(text == formatted, "{folder}/{path} is not formatted");
        }
    }
}

/// What stands between the fences of a comment is a line of an organisation, of a role, or items of their own.
#[test]
fn every_example_in_the_standard_library_compiles() {
    let mut failures = Vec::new();
    for (module, items) in library_items() {
        for item in items {
            let name = match &item.kind {
                ItemKind::Condition(condition) => &condition.name.value,
                ItemKind::Block(block) => &block.name.value,
                _ => continue,
            };
            for example in examples_in(&item.docs) {
                let source = wrapped(&module, name, &example);
                let built = Project::from_texts([("example.bw", source.as_str())]).try_build();
                if let Err(findings) = built {
                    failures.push(format!("std.{module}.{name}:\n{findings}\n{source}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Sources of the README make one project; each document that it shows is the one that is built, name and all.
#[test]
fn the_tour_of_the_readme_is_real() {
    let readme = project::read("README.md");
    let source = fenced(&readme, "bw").join("\n");
    let built = Project::from_texts([("tour.bw", source.as_str())]).build();
    let mut shown = 0;
    for (path, text) in documents_shown(&readme) {
        let expected: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(built.document(&path), expected, "{path}");
        shown += 1;
    }
    assert!(shown >= 2, "the README shows no documents any more");
}

#[test]
fn the_index_of_the_standard_library_is_complete() {
    let index = project::read("docs/stdlib.md");
    for (module, items) in library_items() {
        assert!(index.contains(&format!("## std.{module}")), "std.{module}");
        for item in items {
            let name = match &item.kind {
                ItemKind::Condition(condition) => &condition.name.value,
                ItemKind::Block(block) => &block.name.value,
                ItemKind::Let(item) if module != "roles" => &item.name.value,
                _ => continue,
            };
            assert!(
                index.contains(&format!("`{name}")),
                "docs/stdlib.md does not name std.{module}.{name}"
            );
        }
    }
}

/// Builds a project and compares every file with `out/` beside it.
fn compare_with_committed(folder: &str) {
    let out = format!("{folder}/out");
    if project::blessing() {
        let built = Project::from_disk(folder).build();
        project::write_all(Path::new(&out), &built.files);
        project::write(&format!("{folder}/bailiwick.lock"), &built.lock);
    }
    let built = Project::from_disk(folder).build();
    assert!(!built.lock_is_stale, "the lock of {folder} is stale");
    let committed = project::files_under(&out);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(
        names(&committed),
        names(&built.files),
        "the documents of {folder} are others than those in {out}"
    );
    for (path, text) in &built.files {
        assert_eq!(
            &committed[path], text,
            "{folder}: {path} is not what {out} holds"
        );
    }
}

/// The document without names, every list sorted, every scalar a list: what two documents of one meaning share.
fn normal_form(document: Value) -> Value {
    let mut statements: Vec<Value> = match &document["Statement"] {
        Value::Array(list) => list.iter().map(normal_statement).collect(),
        one => vec![normal_statement(one)],
    };
    statements.sort_by_key(Value::to_string);
    serde_json::json!({ "Version": document["Version"], "Statement": statements })
}

fn normal_statement(statement: &Value) -> Value {
    let mut parts = BTreeMap::new();
    for (element, value) in statement.as_object().unwrap() {
        let value = match element.as_str() {
            "Sid" => continue,
            "Effect" => value.clone(),
            "Condition" => normal_condition(value),
            _ => sorted_list(value),
        };
        parts.insert(element.clone(), value);
    }
    serde_json::to_value(parts).unwrap()
}

fn normal_condition(condition: &Value) -> Value {
    let mut tests = BTreeMap::new();
    for (operator, keys) in condition.as_object().unwrap() {
        for (key, values) in keys.as_object().unwrap() {
            tests.insert(format!("{operator} {key}"), sorted_list(values));
        }
    }
    serde_json::to_value(tests).unwrap()
}

fn sorted_list(value: &Value) -> Value {
    let mut list: Vec<String> = match value {
        Value::Array(list) => list.iter().map(Value::to_string).collect(),
        one => vec![one.to_string()],
    };
    list.sort();
    serde_json::to_value(list).unwrap()
}

/// The items of each module of the standard library.
fn library_items() -> Vec<(String, Vec<Item>)> {
    let mut modules = Vec::new();
    for (path, text) in project::sources_under("stdlib") {
        let mut map = SourceMap::default();
        let id = map.add(path.clone(), text.clone());
        let (module, _, findings) = bailiwick::syntax::parse(id, &text);
        assert!(findings.is_empty(), "{path}: {findings:?}");
        modules.push((path.trim_end_matches(".bw").to_owned(), module.items));
    }
    modules
}

/// The examples between fences in a comment.
fn examples_in(docs: &[String]) -> Vec<String> {
    let lines = docs.iter().map(|l| l.strip_prefix(' ').unwrap_or(l));
    fenced(&lines.collect::<Vec<_>>().join("\n"), "bw")
}

/// The texts between fences of a language.
fn fenced(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}");
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match &mut open {
            Some(block) if line.trim_end() == "```" => {
                found.push(std::mem::take(block));
                open = None;
            }
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None if line.trim_end() == opening => open = Some(String::new()),
            None => {}
        }
    }
    found
}

/// The JSON documents of a text, each with the path that stands in backticks above it.
fn documents_shown(text: &str) -> Vec<(String, String)> {
    let paths = text
        .lines()
        .filter_map(|l| l.strip_prefix('`')?.strip_suffix('`'))
        .filter(|l| l.ends_with(".json"))
        .map(str::to_owned);
    paths.zip(fenced(text, "json")).collect()
}

/// Makes a module of an example: a condition is imported, and what it takes for granted is declared.
fn wrapped(module: &str, name: &str, example: &str) -> String {
    let import = match module {
        "conditions" => format!("use std.{module}.{name}\n"),
        _ => String::new(),
    };
    let prelude = format!(
        "{import}let invoices = s3:bucket \"invoices\"\nlet migration = s3:bucket \"migration\"\n"
    );
    let first = example.split_whitespace().next().unwrap_or("");
    let body = match first {
        "attach" => format!("org Acme \"o-a1b2c3d4e5\" {{ root \"r-ar00\"\n{example} }}"),
        "deploy" => format!("account Around \"444444444444\" {{\n{example} }}"),
        "allow" if example.contains(" to ") => {
            format!(
                "resource_policy Around on sns:topic(region: \"eu-west-1\", name: \"x\") {{\n{example} }}"
            )
        }
        "allow" | "deny" => {
            format!("role Around {{ trust service \"ec2.amazonaws.com\"\n{example} }}")
        }
        "account" => format!("org Acme \"o-a1b2c3d4e5\" {{ root \"r-ar00\"\n{example} }}"),
        _ => example.to_owned(),
    };
    format!("{prelude}{body}\n")
}
