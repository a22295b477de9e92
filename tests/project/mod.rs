//! Projects in memory for tests: one text holds several files, each begun by a line `// file: path`.
//!
//! A text without such a line is the module `example.bw`.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each test binary uses a part of this"
)]

pub(crate) mod json;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bailiwick::backend::Style;
use bailiwick::diagnostic::{Code, Colour, Diagnostic, render};
use bailiwick::driver::{self, Build};
use bailiwick::source::Files;

/// Files in memory.
pub(crate) struct Project(BTreeMap<String, Vec<u8>>);

impl Files for Project {
    fn list(&self) -> Vec<String> {
        let sources = self.0.keys().filter(|path| path.ends_with(".bw"));
        sources.cloned().collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let found = self.0.get(path).cloned();
        found.ok_or_else(|| "no such file".to_owned())
    }
}

impl Project {
    /// The files of a text.
    pub(crate) fn from_text(text: &str) -> Project {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut current = "example.bw".to_owned();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("// file: ") {
                Some(path) => current = path.trim().to_owned(),
                None => files
                    .entry(current.clone())
                    .or_default()
                    .extend(line.bytes()),
            }
        }
        Project(files)
    }

    /// The files of a folder of the repository.
    pub(crate) fn from_folder(folder: &str) -> Project {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut files = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(at) = folders.pop() {
            for entry in fs::read_dir(at).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path
                    .strip_prefix(&root)
                    .unwrap_or(&path)
                    .display()
                    .to_string();
                files.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
        Project(files)
    }

    /// Bytes, text or not.
    pub(crate) fn from_bytes(files: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Project {
        let owned = files
            .into_iter()
            .map(|(path, bytes)| (path.to_owned(), bytes));
        Project(owned.collect())
    }

    /// The whole pipeline for its findings, lints included, as of 2026-11-23.
    pub(crate) fn check(&self) -> Build {
        driver::check_on(self, jiff::civil::date(2026, 11, 23))
    }

    /// The pipeline with proofs and tests decided, and no lints.
    pub(crate) fn prove(&self) -> Build {
        driver::prove(self, bailiwick::prove::Wanted::All, "")
    }

    /// The whole pipeline.
    pub(crate) fn build(&self) -> Build {
        driver::build(self, Style::Readable)
    }
}

/// The findings as people see them, without colours and without the empty line at the end.
pub(crate) fn findings(build: &Build) -> String {
    drawn(build, build.diagnostics.iter())
}

/// As [`findings`], of one code; empty if there is none.
pub(crate) fn findings_of(build: &Build, code: Code) -> String {
    match build.diagnostics.iter().any(|d| d.code == code) {
        true => drawn(build, build.diagnostics.iter().filter(|d| d.code == code)),
        false => String::new(),
    }
}

fn drawn<'b>(build: &'b Build, found: impl Iterator<Item = &'b Diagnostic>) -> String {
    let drawn: String = found
        .map(|d| render(d, &build.sources, Colour::Plain))
        .collect();
    let lines = drawn.lines().map(str::trim_end);
    let text = lines.collect::<Vec<_>>().join("\n");
    text.trim_end().to_owned() + "\n"
}

/// The codes of the findings, each once.
pub(crate) fn codes(build: &Build) -> Vec<&'static str> {
    let mut codes: Vec<&str> = build.diagnostics.iter().map(|d| d.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// All documents that a build would write, as one JSON object by path.
pub(crate) fn artefacts(build: &Build) -> serde_json::Value {
    let artefacts = build.output.iter().flat_map(|o| &o.artefacts);
    let entries = artefacts.map(|a| {
        let document = serde_json::from_str(&a.text).unwrap_or_default();
        (a.path.clone(), document)
    });
    serde_json::Value::Object(entries.collect())
}
