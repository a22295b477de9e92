//! The lints, one file a case: `tests/lints/CODE/fires*.bw` are projects in which the lint speaks, what it says is drawn
//! beside them in `fires*.txt`; `tests/lints/CODE/silent*.bw` are projects like them in which it has to be silent.
//!
//! A line `// file: path` begins another file of a project. Each project is checked for 2026-11-23.
//! `BLESS=1 cargo test --test lints` writes the drawings anew; read the difference before committing it.

#![expect(
    clippy::disallowed_methods,
    reason = "a test harness reads its cases from the disk"
)]

mod project;

use std::fs;
use std::path::{Path, PathBuf};

use bailiwick::diagnostic::{Code, Severity};
use bailiwick::lint::{Family, LINTS, Weight};
use libtest_mimic::{Arguments, Failed, Trial};
use project::Project;

/// What is said about waivers is no lint, and has its cases here all the same.
const WAIVERS: [Code; 3] = [
    Code::ExpiredWaiver,
    Code::ForbiddenWaiver,
    Code::UnusedWaiver,
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let lints = LINTS.iter().map(|lint| lint.code);
    for code in lints.chain(WAIVERS) {
        let cases = cases(code);
        let name = code.as_str();
        let both = cases.clone();
        trials.push(Trial::test(format!("{name}/both"), move || {
            let has = |kind: &str| both.iter().any(|case| stem(case).starts_with(kind));
            match has("fires") && has("silent") {
                true => Ok(()),
                false => Err("a lint has a case that fires and one that is silent".into()),
            }
        }));
        for case in cases {
            let name = format!("{name}/{}", stem(&case));
            trials.push(Trial::test(name, move || run(code, &case)));
        }
    }
    trials.push(Trial::test("examples/hardening", hardening));
    trials.push(Trial::test("docs/lints.md", documented));
    for example in ["acme", "data-perimeter"] {
        let folder = format!("examples/{example}");
        trials.push(Trial::test(folder.clone(), move || is_clean(&folder)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// The list in the documentation is the registry's.
fn documented() -> Result<(), Failed> {
    let mut list = String::new();
    for family in Family::ALL {
        list += &format!(
            "\n### {}\n\n| code | says that | |\n|---|---|---|\n",
            family.title()
        );
        for lint in LINTS.iter().filter(|lint| lint.family == family) {
            let weight = match lint.weight {
                Weight::Warns => "warning",
                Weight::Silent => "silent unless asked for",
            };
            list += &format!(
                "| `{}` | {} | {weight} |\n",
                lint.code.as_str(),
                lint.code.summary()
            );
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/lints.md");
    let page = fs::read_to_string(&path).map_err(|e| e.to_string())?;
    let (before, rest) = page
        .split_once("--test lints` -->\n")
        .ok_or("no beginning")?;
    let (_, after) = rest.split_once("<!-- end -->").ok_or("no end")?;
    let wanted = format!("{before}--test lints` -->\n{list}\n<!-- end -->{after}");
    compare(&path, &wanted)
}

/// An example has no finding that is not waived with a reason.
fn is_clean(folder: &str) -> Result<(), Failed> {
    let build = Project::from_folder(folder).check();
    match build.diagnostics.is_empty() {
        true => Ok(()),
        false => Err(project::findings(&build).into()),
    }
}

/// The three documents that teams wrote, each with a fault that nobody was asked to look for.
fn hardening() -> Result<(), Failed> {
    let build = Project::from_folder("examples/hardening").check();
    let found: Vec<(&str, &str)> = build
        .diagnostics
        .iter()
        .map(|d| (d.code.as_str(), d.notes.first().map_or("", String::as_str)))
        .collect();
    let expected = [
        (
            "deny-never-bites",
            "what a boundary does not allow cannot be done anyway, and nothing in it allows any of these actions",
        ),
        (
            "locks-out",
            "no session of a program carries `aws:MultiFactorAuthPresent` as true, and none of IAM Identity Center does",
        ),
        (
            "never-matches",
            "`aws:SourceIp` holds the public address of the caller, and `10.0.0.0/8` is private; through a VPC endpoint the key is absent",
        ),
    ];
    match found == expected {
        true => Ok(()),
        false => Err(project::findings(&build).into()),
    }
}

fn stem(case: &Path) -> String {
    case.file_stem().unwrap_or_default().display().to_string()
}

fn cases(code: Code) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lints");
    let folder = fs::read_dir(root.join(code.as_str())).into_iter().flatten();
    let mut cases: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    cases.retain(|path| path.extension().is_some_and(|e| e == "bw"));
    cases.sort();
    cases
}

fn run(code: Code, case: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(case).map_err(|e| e.to_string())?;
    let build = Project::from_text(&text).check();
    let broken = build
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error && !WAIVERS.contains(&d.code));
    if broken.count() > 0 {
        return Err(project::findings(&build).into());
    }
    let said = project::findings_of(&build, code);
    match stem(case).starts_with("fires") {
        true if said.is_empty() => {
            Err(format!("silent; instead:\n{}", project::findings(&build)).into())
        }
        true => compare(&case.with_extension("txt"), &said),
        false if said.is_empty() => Ok(()),
        false => Err(said.into()),
    }
}

fn compare(golden: &Path, text: &str) -> Result<(), Failed> {
    if std::env::var_os("BLESS").is_some() {
        return fs::write(golden, text).map_err(|e| e.to_string().into());
    }
    let expected = fs::read_to_string(golden).map_err(|e| format!("{}: {e}", golden.display()))?;
    match expected == text {
        true => Ok(()),
        false => Err(format!("expected:\n{expected}\nfound:\n{text}").into()),
    }
}
