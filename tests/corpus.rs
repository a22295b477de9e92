//! The corpus of sources: one file a case, its golden beside it, the folders say verdict and stage.
//!
//! `tests/corpus/ok/STAGE/CASE.bw` has no errors there; what the stage makes of it is the golden `CASE.fmt`
//! (for another stage its own ending), or the case itself where there is no golden.
//! `tests/corpus/err/STAGE/CASE.bw` has errors; they are drawn in `CASE.err`.
//! From `resolve` on a case is a project, a line `// file: path` begins another file of it; what is refused is called
//! after its code, `CODE[-detail].bw`, and what is fine has no finding at all, not even a warning.
//! `BLESS=1 cargo test --test corpus` writes the goldens anew; read the difference before committing it.
//!
//! A new stage is a line of [`STAGES`] and a function.

#![expect(
    clippy::disallowed_methods,
    reason = "a test harness reads its cases from the disk"
)]

mod project;

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick::diagnostic::{self, Code, Colour, Diagnostic};
use bailiwick::fmt::{self, FormatError};
use bailiwick::prove::Item;
use bailiwick::source::SourceMap;
use bailiwick::syntax;
use libtest_mimic::{Arguments, Failed, Trial};
use project::Project;

/// What a stage makes of a case.
enum Outcome {
    /// It has no errors; this is what came out.
    Fine(String),
    /// It has errors, drawn.
    Findings(String),
}

/// A stage: the name of its folder, the ending of its goldens, and the stage itself.
struct Stage {
    folder: &'static str,
    golden: &'static str,
    run: fn(&str, &[u8]) -> Result<Outcome, Failed>,
}

const STAGES: &[Stage] = &[
    stage("syntax", "fmt", format),
    stage("resolve", "none", judge),
    stage("check", "none", judge),
    stage("lower", "json", compile),
    stage("backend", "json", compile),
    stage("driver", "json", compile),
    stage("prove", "report", prove),
];

const fn stage(
    folder: &'static str,
    golden: &'static str,
    run: fn(&str, &[u8]) -> Result<Outcome, Failed>,
) -> Stage {
    Stage {
        folder,
        golden,
        run,
    }
}

/// Parser and formatter.
fn format(path: &str, bytes: &[u8]) -> Result<Outcome, Failed> {
    let mut map = SourceMap::default();
    let text = match syntax::decode(bytes) {
        Ok(text) => text,
        Err(bad) => {
            let id = map.add(path, bad.text.clone());
            return Ok(Outcome::Findings(draw(&[bad.diagnostic(id)], &map)));
        }
    };
    let id = map.add(path, text.clone());
    match fmt::format(id, &text) {
        Ok(formatted) => {
            let again = fmt::format(id, &formatted);
            if again.as_ref() != Ok(&formatted) {
                return Err(format!("formatting once:\n{formatted}\nand twice:\n{again:?}").into());
            }
            Ok(Outcome::Fine(formatted))
        }
        Err(FormatError::Unreadable(findings)) => Ok(Outcome::Findings(draw(&findings, &map))),
        Err(FormatError::Unfaithful(why)) => Err(format!("the formatter: {why}").into()),
    }
}

/// The whole pipeline; what is fine stays as it is.
fn judge(path: &str, bytes: &[u8]) -> Result<Outcome, Failed> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let build = Project::from_text(&text).build();
    if build.diagnostics.is_empty() {
        return Ok(Outcome::Fine(text));
    }
    let found = project::findings(&build);
    match code_of(path) {
        Some(code) if !project::codes(&build).contains(&code) => {
            Err(format!("no `{code}` in:\n{found}").into())
        }
        _ => Ok(Outcome::Findings(found)),
    }
}

/// The whole pipeline, with every document that comes out.
fn compile(path: &str, bytes: &[u8]) -> Result<Outcome, Failed> {
    let Outcome::Fine(text) = judge(path, bytes)? else {
        return judge(path, bytes);
    };
    let documents = project::artefacts(&Project::from_text(&text).build());
    Ok(Outcome::Fine(project::json::write(&documents)))
}

/// Proofs and tests, one line each: how each came out, and of how many cases.
fn prove(path: &str, bytes: &[u8]) -> Result<Outcome, Failed> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let build = Project::from_text(&text).prove();
    if build.diagnostics.is_empty() {
        let items = build.report.into_iter().flat_map(|r| r.items);
        let line = |i: Item| {
            format!(
                "{} {} {}: {}\n",
                i.outcome.as_str(),
                i.kind.as_str(),
                i.cases,
                i.name
            )
        };
        return Ok(Outcome::Fine(items.map(line).collect()));
    }
    let found = project::findings(&build);
    match code_of(path) {
        Some(code) if project::codes(&build).iter().any(|c| *c != code) => {
            Err(format!("more than `{code}` in:\n{found}").into())
        }
        Some(_) => Ok(Outcome::Findings(found)),
        None => Err(format!("findings of no code:\n{found}").into()),
    }
}

/// The code that a case is called after: the longest, so that one is not taken for a detail of another.
fn code_of(path: &str) -> Option<&'static str> {
    let name = path.strip_suffix(".bw").unwrap_or(path);
    let codes = Code::ALL.iter().map(|c| c.as_str());
    codes
        .filter(|code| name == *code || name.starts_with(&format!("{code}-")))
        .max_by_key(|code| code.len())
}

fn draw(findings: &[Diagnostic], map: &SourceMap) -> String {
    findings
        .iter()
        .map(|finding| diagnostic::render(finding, map, Colour::Plain))
        .collect()
}

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut trials = Vec::new();
    for stage in STAGES {
        for verdict in ["ok", "err"] {
            let folder = root.join(verdict).join(stage.folder);
            trials.extend(cases(&folder).into_iter().map(|case| {
                let stem = case.file_stem().unwrap_or_default().display();
                let name = format!("{verdict}/{}/{stem}", stage.folder);
                Trial::test(name, move || run(stage, verdict, &case))
            }));
        }
    }
    assert!(trials.len() > 100, "the corpus is there");
    libtest_mimic::run(&arguments, trials).exit();
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "bw"))
        .collect();
    files.sort();
    files
}

fn run(stage: &Stage, verdict: &str, case: &Path) -> Result<(), Failed> {
    let bytes = fs::read(case).map_err(|e| e.to_string())?;
    let name = case.file_name().unwrap_or_default().to_string_lossy();
    match ((stage.run)(&name, &bytes)?, verdict) {
        (Outcome::Fine(text), "ok") => {
            let golden = case.with_extension(stage.golden);
            if text.as_bytes() == bytes && !golden.exists() {
                return Ok(());
            }
            compare(&golden, &text)
        }
        (Outcome::Findings(text), "err") => compare(&case.with_extension("err"), &text),
        (Outcome::Fine(_), _) => Err("this should not be accepted".into()),
        (Outcome::Findings(text), _) => Err(text.into()),
    }
}

fn compare(golden: &Path, text: &str) -> Result<(), Failed> {
    if std::env::var_os("BLESS").is_some() {
        return fs::write(golden, text).map_err(|e| e.to_string().into());
    }
    let expected = fs::read_to_string(golden).map_err(|e| format!("{}: {e}", golden.display()))?;
    if expected == text {
        return Ok(());
    }
    Err(format!("expected:\n{expected}\nfound:\n{text}").into())
}
