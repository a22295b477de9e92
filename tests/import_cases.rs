//! What documents become: each case of tests/import_cases has its source and what is said of it beside it.
//!
//! `BLESS=1 cargo test --test import_cases` writes the sources anew.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and reads its cases from the disk"
)]

use std::path::{Path, PathBuf};

use bailiwick::catalogue::Catalogue;
use bailiwick::driver::import::{Deployment, import};
use bailiwick::import::{self, Ambient, Item, Levels, Module, Names, Options, Style};
use bailiwick::source::SourceMap;

/// The source of the documents of a file, with the findings as comments before it.
fn imported(path: &Path) -> String {
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let bytes = std::fs::read(path).unwrap();
    let (found, problems) = import::read("case.json", &bytes, None, &mut sources, catalogue);
    let mut names = Names::default();
    let mut module = Module {
        path: "imported.bw".to_owned(),
        ..Module::default()
    };
    for document in found {
        let name = document.name.unwrap_or_else(|| "Unnamed".to_owned());
        let ambient = Ambient::unknown();
        let block = import::standalone(document.policy, &name, None, ambient, &mut names);
        module.items.push(Item::Block(Box::new(block)));
    }
    let named = path.file_stem().is_some_and(|stem| stem == "levels");
    let options = Options {
        style: Style::Factored,
        levels: if named { Levels::Named } else { Levels::Spelt },
    };
    let imported = import(
        vec![module],
        &Deployment::Standalone(None),
        options,
        catalogue,
    );
    let (documents, equal) = imported.counts();
    assert_eq!(
        documents,
        equal,
        "{}: {:?}",
        path.display(),
        imported.proofs
    );
    let mut text = String::new();
    for problem in problems {
        text += &format!("// {}: {}\n", problem.code.as_str(), problem.message);
    }
    for remark in &imported.remarks {
        text += &format!("// {}: {}\n", remark.code.as_str(), remark.message);
    }
    for (_, source) in &imported.files {
        text += source;
    }
    text
}

#[test]
fn each_case_is_what_stands_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import_cases");
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = paths
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    cases.sort();
    assert!(cases.len() > 5);
    let mut wrong = Vec::new();
    for case in cases {
        let found = imported(&case);
        let golden = case.with_extension("bw");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &found).unwrap();
        }
        if std::fs::read_to_string(&golden).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
