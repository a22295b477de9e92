//! The corpus of IAM documents: one file a case, its golden beside it, the folder says the verdict.
//!
//! `tests/documents/{ok,err}/KIND.what-it-shows.json`, KIND being a policy kind or `any`. `BLESS=1 cargo test
//! --test documents_reader` writes the goldens anew; read the difference before committing it.

#![expect(
    clippy::disallowed_methods,
    reason = "a test harness reads its cases from the disk"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick::iam::PolicyKind;
use bailiwick::iam::json::Extent;
use bailiwick::iam::reader::{self, Reading};
use libtest_mimic::{Arguments, Failed, Trial};

const KINDS: [PolicyKind; 9] = [
    PolicyKind::ManagedPolicy,
    PolicyKind::InlinePolicy,
    PolicyKind::Boundary,
    PolicyKind::Trust,
    PolicyKind::ResourcePolicy,
    PolicyKind::PermissionSet,
    PolicyKind::Session,
    PolicyKind::Scp,
    PolicyKind::Rcp,
];

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents");
    let mut trials = Vec::new();
    for verdict in ["ok", "err"] {
        let mut files: Vec<PathBuf> = fs::read_dir(root.join(verdict))
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok().map(|e| e.path()))
            .filter(|path| path.extension().is_some_and(|e| e == "json"))
            .collect();
        files.sort();
        trials.extend(files.into_iter().map(|file| {
            let name = format!(
                "{verdict}/{}",
                file.file_stem().unwrap_or_default().display()
            );
            Trial::test(name, move || run(&file, verdict))
        }));
    }
    assert!(trials.len() > 20, "the corpus is there");
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(file: &Path, verdict: &str) -> Result<(), Failed> {
    let bytes = fs::read(file).map_err(|e| e.to_string())?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let kind_name = name.split('.').next().unwrap_or_default();
    let kind = KINDS.into_iter().find(|k| k.as_str() == kind_name);
    if kind.is_none() && kind_name != "any" {
        return Err(format!("`{kind_name}` is no kind").into());
    }
    let (found, shown) = match reader::read_bytes(&bytes, kind) {
        Ok(reading) => ("ok", show(&String::from_utf8_lossy(&bytes), &reading)),
        Err(errors) => {
            let lines = errors.iter().map(|e| format!("{e}\n"));
            ("err", lines.collect::<String>())
        }
    };
    if found != verdict {
        return Err(format!("should be {verdict}, but:\n{shown}").into());
    }
    compare(&file.with_extension("golden"), &shown)
}

fn compare(golden: &Path, shown: &str) -> Result<(), Failed> {
    if std::env::var_os("BLESS").is_some() {
        return fs::write(golden, shown).map_err(|e| e.to_string().into());
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    if expected == shown {
        return Ok(());
    }
    Err(format!("--- expected\n{expected}\n--- found\n{shown}").into())
}

/// The document as it was understood, then the text that each part came from.
fn show(text: &str, reading: &Reading) -> String {
    let mut out = serde_json::to_string_pretty(&reading.document).unwrap_or_default();
    let kind = reader::detect_kind(&reading.document);
    let _ = writeln!(out, "\nlooks like: {}", kind.as_str());
    let excerpt = |at: Extent| {
        let text = text.get(at.range()).unwrap_or("<out of bounds>");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    for (index, statement) in reading.origins.statements.iter().enumerate() {
        for element in &statement.elements {
            let values: Vec<String> = element.values.iter().map(|v| excerpt(*v)).collect();
            let _ = writeln!(out, "[{index}] {}: {}", element.element, values.join(" | "));
        }
        for test in &statement.tests {
            let (operator, at) = (excerpt(test.operator), excerpt(test.at));
            let _ = writeln!(out, "[{index}] test {operator} {at}");
        }
    }
    out
}
