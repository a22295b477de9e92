//! Documents are executed: what is printed in them is what comes out.
//!
//! * `src/diagnostic/explain/CODE.md`: the first ```` ```bw ```` block triggers its code, the ```` ```text ```` block behind it is
//!   what is printed, the last ```` ```bw ```` block is clean. What cannot be shown as a text is made in [`MADE`].
//! * `docs/*.md`: every ```` ```bw ```` block is a project without errors. ```` ```bw statements ```` is the body of a policy. A
//!   ```` ```json ```` block behind a block is a document of it: the only one, or the one whose path ends as the info line
//!   says; behind statements it is the list of statements.
//!
//! `BLESS=1 cargo test --test documents` writes the printed blocks anew; read the difference before committing it.

#![expect(
    clippy::disallowed_methods,
    reason = "a test harness reads its cases from the disk"
)]

mod project;

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick::diagnostic::{self, Code};
use bailiwick::driver::Build;
use bailiwick::lint::LINTS;
use libtest_mimic::{Arguments, Failed, Trial};
use project::Project;
use serde_json::Value;

type Made = fn() -> Project;

/// Findings that no readable text triggers.
const MADE: [(Code, Made); 5] = [
    (Code::InvalidEncoding, || {
        Project::from_bytes([("a.bw", b"let a = \"\xff\"".to_vec())])
    }),
    (Code::SourceTooLarge, || {
        Project::from_bytes([("a.bw", vec![b' '; 17 * 1024 * 1024])])
    }),
    (Code::NestingTooDeep, || {
        let text = format!("condition c = {}mfa{}", "(".repeat(500), ")".repeat(500));
        Project::from_bytes([("a.bw", text.into_bytes())])
    }),
    (Code::NoSources, || Project::from_bytes([])),
    (Code::InvalidCatalogue, || {
        let text = b"[catalogue]\npath = \"catalogue.txt\"\n".to_vec();
        Project::from_bytes([("bailiwick.toml", text), ("a.bw", b"let a = 1".to_vec())])
    }),
];

/// Findings that need a damaged disk, an older lock or a fault of ours, or that are about exports
/// (tests/deployed.rs); the modules' own tests have them.
const ELSEWHERE: [Code; 10] = [
    Code::UnreadableFile,
    Code::CatalogueChanged,
    Code::ArtefactNotProved,
    Code::ImportUnequal,
    Code::InvalidExport,
    Code::InvalidDocument,
    Code::IncompleteExport,
    Code::UnresolvedValue,
    Code::NoDocuments,
    // What the engine cannot settle changes with the engine: `driver::judge` has the case.
    Code::LintUndecided,
];

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trials = Vec::new();
    for code in Code::ALL {
        let name = format!("explain {}", code.as_str());
        trials.push(Trial::test(name, move || explanation(*code)));
        let name = format!("corpus {}", code.as_str());
        trials.push(Trial::test(name, move || has_case(*code)));
    }
    let guides = fs::read_dir(root.join("docs")).into_iter().flatten();
    let mut guides: Vec<PathBuf> = guides.filter_map(|e| e.ok().map(|e| e.path())).collect();
    guides.retain(|path| path.extension().is_some_and(|e| e == "md"));
    guides.sort();
    for path in guides {
        let name = path.file_name().unwrap_or_default().display().to_string();
        trials.push(Trial::test(name, move || guide(&path)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A fenced block of a page.
struct Block {
    /// The words behind the backquotes.
    info: String,
    text: String,
    /// The lines between the fences.
    lines: std::ops::Range<usize>,
}

fn blocks(page: &str) -> Vec<Block> {
    let lines: Vec<&str> = page.lines().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let length = lines.iter().skip(at).take_while(|l| **l != "```").count();
        let body = lines.iter().skip(at).take(length);
        let text = body.map(|l| format!("{l}\n")).collect();
        let (info, lines) = (info.trim().to_owned(), at..at + length);
        found.push(Block { info, text, lines });
        at += length + 1;
    }
    found
}

/// Compares printed blocks, or writes them anew; the last replacement first, so that line numbers hold.
fn settle(path: &Path, page: &str, wanted: Vec<(&Block, String)>) -> Result<(), Failed> {
    let wrong: Vec<_> = wanted.into_iter().filter(|(b, w)| b.text != *w).collect();
    if std::env::var_os("BLESS").is_some() {
        let mut lines: Vec<&str> = page.lines().collect();
        for (block, wanted) in wrong.iter().rev() {
            lines.splice(block.lines.clone(), wanted.lines());
        }
        return fs::write(path, lines.join("\n") + "\n").map_err(|e| e.to_string().into());
    }
    let Some((block, wanted)) = wrong.first() else {
        return Ok(());
    };
    let line = block.lines.start;
    Err(format!(
        "line {line}: --- printed\n{}--- found\n{wanted}",
        block.text
    )
    .into())
}

fn explanation(code: Code) -> Result<(), Failed> {
    let file = format!("src/diagnostic/explain/{}.md", code.as_str());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let page = fs::read_to_string(&path).map_err(|e| e.to_string())?;
    if !page.starts_with(&format!("# {}\n\n", code.as_str())) {
        return Err("the page does not begin with its code".into());
    }
    let blocks = blocks(&page);
    let sources: Vec<(usize, &Block)> = blocks
        .iter()
        .enumerate()
        .filter(|(_, b)| b.info == "bw")
        .collect();
    let triggers = |build: &Build| project::codes(build).contains(&code.as_str());
    let made = MADE.iter().find(|(c, _)| *c == code);
    let mut printed = Vec::new();
    match (made, sources.as_slice()) {
        (Some((_, made)), _) => {
            let build = made().build();
            if !triggers(&build) {
                return Err(project::findings(&build).into());
            }
            let text = blocks.iter().find(|b| b.info == "text");
            printed.extend(text.map(|b| (b, project::findings(&build))));
        }
        (None, [(at, first), _, ..]) => {
            let build = shown(code, &first.text);
            if !is_alone(code, &build) {
                let found = project::findings(&build);
                return Err(format!("the first block gives:\n{found}").into());
            }
            if let Some(text) = blocks.get(at + 1).filter(|b| b.info == "text") {
                let of_code = || project::findings_of(&build, code);
                let drawn = match is_of_check(code) {
                    true => of_code(),
                    false => project::findings(&build),
                };
                printed.push((text, drawn));
            }
        }
        (None, _) if ELSEWHERE.contains(&code) => {}
        (None, _) => return Err("a page shows what triggers and what is clean".into()),
    }
    if let Some((_, last)) = sources.last() {
        let build = shown(code, &last.text);
        if triggers(&build) || diagnostic::has_errors(&build.diagnostics) {
            let found = project::findings(&build);
            return Err(format!("the last block gives:\n{found}").into());
        }
    }
    settle(&path, &page, printed)
}

/// What an example of a page gives: lints speak in a check, proofs where they are decided, everything else in a build.
fn shown(code: Code, text: &str) -> Build {
    let project = Project::from_text(text);
    let of_proofs = [
        Code::ProofFailed,
        Code::ProofUndecided,
        Code::TestFailed,
        Code::VacuousProof,
    ];
    match is_of_check(code) {
        true => project.check(),
        false if of_proofs.contains(&code) => project.prove(),
        false => project.build(),
    }
}

/// Whether only a check finds it; `tests/lints` has the cases.
fn is_of_check(code: Code) -> bool {
    let of_waivers = [
        Code::ExpiredWaiver,
        Code::ForbiddenWaiver,
        Code::UnusedWaiver,
    ];
    of_waivers.contains(&code) || LINTS.iter().any(|lint| lint.code == code)
}

/// Whether the findings are of this code; a lint may speak beside others.
fn is_alone(code: Code, build: &Build) -> bool {
    let found = project::codes(build);
    let only = || found.iter().all(|c| *c == code.as_str());
    found.contains(&code.as_str()) && (is_of_check(code) || only())
}

fn has_case(code: Code) -> Result<(), Failed> {
    if is_of_check(code) || ELSEWHERE.contains(&code) || MADE.iter().any(|(c, _)| *c == code) {
        return Ok(());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/err");
    let folders = fs::read_dir(root).into_iter().flatten().flatten();
    let cases = folders.flat_map(|f| fs::read_dir(f.path()).into_iter().flatten().flatten());
    let mut goldens = cases
        .map(|c| c.path())
        .filter(|path| path.extension().is_some_and(|e| e == "err"));
    let printed = format!("[{}]: ", code.as_str());
    match goldens.find(|g| fs::read_to_string(g).is_ok_and(|text| text.contains(&printed))) {
        Some(_) => Ok(()),
        None => Err(format!("no case of tests/corpus/err prints `{}`", code.as_str()).into()),
    }
}

/// The policy that statements are shown in.
fn wrapped(statements: &str) -> String {
    format!(
        "policy Example {{\n{statements}}}\n\naccount Prod \"111111111111\" {{ deploy Example }}\n"
    )
}

fn guide(path: &Path) -> Result<(), Failed> {
    let page = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let blocks = blocks(&page);
    let mut printed = Vec::new();
    let mut wrong = String::new();
    for (at, block) in blocks.iter().enumerate() {
        let Some(kind) = block.info.strip_prefix("bw") else {
            continue;
        };
        let statements = kind.trim() == "statements";
        let source = if statements {
            wrapped(&block.text)
        } else {
            block.text.clone()
        };
        let build = Project::from_text(&source).build();
        if !build.diagnostics.is_empty() || build.output.is_none() {
            let line = block.lines.start;
            wrong += &format!("line {line}:\n{}\n", project::findings(&build));
            continue;
        }
        let documents = project::artefacts(&build);
        let shown = blocks.iter().skip(at + 1);
        for json in shown.take_while(|b| b.info.starts_with("json")) {
            let suffix = json.info.trim_start_matches("json").trim();
            match document(&documents, suffix, statements) {
                Ok(found) => printed.push((json, project::json::write(&found))),
                Err(why) => wrong += &format!("line {}: {why}\n", json.lines.start),
            }
        }
    }
    if !wrong.is_empty() {
        return Err(wrong.into());
    }
    settle(path, &page, printed)
}

/// The document whose path ends so; of statements, only they.
fn document(documents: &Value, suffix: &str, statements: bool) -> Result<Value, String> {
    let all = documents.as_object().into_iter().flatten();
    let found: Vec<(&String, &Value)> = all.filter(|(p, _)| p.ends_with(suffix)).collect();
    match found.as_slice() {
        [(_, only)] if statements => Ok(match only.get("Statement") {
            Some(Value::Array(list)) if list.len() == 1 => {
                list.first().cloned().unwrap_or_default()
            }
            Some(list) => list.clone(),
            None => Value::Null,
        }),
        [(_, only)] => Ok((*only).clone()),
        other => {
            let paths: Vec<&String> = other.iter().map(|(p, _)| *p).collect();
            Err(format!("which of {paths:?}?"))
        }
    }
}
