//! The corpus of sources: one file a case, its golden beside it, the folders say verdict and stage.
//!
//! `tests/corpus/ok/STAGE/CASE.bw` has no errors there; what the stage makes of it is the golden `CASE.fmt`
//! (for another stage its own ending), or the case itself where there is no golden.
//! `tests/corpus/err/STAGE/CASE.bw` has errors; they are drawn in `CASE.err`.
//! `BLESS=1 cargo test --test corpus` writes the goldens anew; read the difference before committing it.
//!
//! A new stage is a line of [`STAGES`] and a function.

#![expect(
    clippy::disallowed_methods,
    reason = "a test harness reads its cases from the disk"
)]

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick::diagnostic::{self, Colour, Diagnostic};
use bailiwick::fmt::{self, FormatError};
use bailiwick::source::SourceMap;
use bailiwick::syntax;
use libtest_mimic::{Arguments, Failed, Trial};

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

const STAGES: &[Stage] = &[Stage {
    folder: "syntax",
    golden: "fmt",
    run: format,
}];

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
    assert!(trials.len() > 20, "the corpus is there");
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
