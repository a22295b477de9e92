//! What `prove` and `test` share: which project, which items, and how the outcome is shown.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::disk::{self, Disk};
use super::exit::{Exit, Failure};
use super::findings;
use super::progress::Progress;
use super::session::{Format, Session, Shape};
use crate::diagnostic::{Colour, Severity};
use crate::driver::{self, Build, config};
use crate::prove::{Item, ItemKind, Outcome, Record, Report, Wanted};
use crate::report::junit::junit;

/// Which project, and which items of it.
#[derive(clap::Args, Debug)]
pub(super) struct Chosen {
    /// Only those whose name or text contains this
    #[arg(default_value = "")]
    filter: String,
    /// The folder of the project
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    dir: PathBuf,
}

/// Decides, shows, sums up.
pub(super) fn run(chosen: &Chosen, wanted: Wanted, session: &mut Session) -> Result<Exit, Failure> {
    let started = Instant::now();
    is_no_project(&chosen.filter)?;
    let files = Disk::open(&chosen.dir)?;
    let build = {
        let what = match wanted {
            Wanted::Tests => "testing",
            Wanted::Proofs | Wanted::All => "proving",
        };
        let _progress = Progress::start(what, session);
        driver::prove(&files, wanted, &chosen.filter)
    };
    match &build.report {
        Some(report) => show(report, &build, session)?,
        None => findings::show(&build.diagnostics, &build.sources, session)?,
    }
    let time = findings::duration(started.elapsed());
    match &build.report {
        None => {
            let summary = findings::summary(build.counts, &build.diagnostics, started);
            session.tell(&format!("{summary}; nothing is decided\n"))?;
        }
        Some(report) if report.items.is_empty() => session.tell(&nothing(chosen, wanted))?,
        Some(report) => session.tell(&format!("{} in {time}\n", counts(report, wanted)))?,
    }
    // A filter that chooses nothing is misspelt; a pipeline that asks for it must not pass.
    let chooses_nothing = build.report.as_ref().is_some_and(|r| r.items.is_empty());
    if chooses_nothing && !chosen.filter.is_empty() {
        return Ok(Exit::Usage);
    }
    Ok(match findings::any(&build.diagnostics, Severity::Error) {
        true => Exit::Findings,
        false => Exit::Fine,
    })
}

/// Whoever is used to `check FOLDER` writes the folder where a filter is expected, and would be told of another project.
fn is_no_project(filter: &str) -> Result<(), Failure> {
    let folder = Path::new(filter);
    if filter.is_empty() || !disk::exists(&folder.join(config::FILE)) {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "`{filter}` is a project, where a part of a name is expected: use `--dir {filter}`"
    )))
}

fn show(report: &Report, build: &Build, session: &mut Session) -> Result<(), Failure> {
    if session.format == Format::Json {
        let mut items = report.items.iter();
        return items.try_for_each(|i| session.print_json(&Record::new(i, &build.sources)));
    }
    match session.shape {
        Shape::Junit => {
            return session.print(&junit(Some(report), &[], &build.sources));
        }
        Shape::Sarif | Shape::Github => {
            return findings::show(&build.diagnostics, &build.sources, session);
        }
        Shape::Human | Shape::Json | Shape::Markdown => {}
    }
    let colour = match io::stdout().is_terminal() {
        true => session.colour,
        false => Colour::Plain,
    };
    let lines: String = report.items.iter().map(|i| line(i, colour)).collect();
    session.print(&lines)?;
    if !build.diagnostics.is_empty() {
        session.tell("\n")?;
    }
    findings::show(&build.diagnostics, &build.sources, session)
}

/// `✓ Reader cannot s3:DeleteObject on *`
fn line(item: &Item, colour: Colour) -> String {
    let (mark, paint) = match item.outcome {
        Outcome::Passed => ("✓", "\u{1b}[32m"),
        Outcome::Failed => ("✗", "\u{1b}[1m\u{1b}[91m"),
        Outcome::Undecided => ("?", "\u{1b}[33m"),
    };
    let of = match (item.kind, item.cases) {
        (_, 0) => String::new(),
        (ItemKind::Proof, 1) => String::new(),
        (ItemKind::Proof, n) => format!(" ({n} identities)"),
        (ItemKind::Test, n) => format!(" ({})", findings::number(n, "request")),
    };
    let name = item.name.strip_prefix("prove ").unwrap_or(&item.name);
    match colour {
        Colour::Plain => format!("{mark} {name}{of}\n"),
        Colour::Ansi => format!("{paint}{mark}\u{1b}[0m {name}\u{1b}[2m{of}\u{1b}[0m\n"),
    }
}

/// `24 proofs: 22 hold, 1 does not, 1 not decided`
fn counts(report: &Report, wanted: Wanted) -> String {
    let word = match wanted {
        Wanted::Tests => "test",
        Wanted::Proofs | Wanted::All => "proof",
    };
    let outcomes = [
        (Outcome::Passed, "passed"),
        (Outcome::Failed, "failed"),
        (Outcome::Undecided, "not decided"),
    ];
    let counted = outcomes.map(|(outcome, what)| (report.count(outcome), what));
    let parts = counted.iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> = parts.map(|(n, what)| format!("{n} {what}")).collect();
    let all = findings::number(report.items.len(), word);
    format!("{all}: {}", parts.join(", "))
}

fn nothing(chosen: &Chosen, wanted: Wanted) -> String {
    let what = match wanted {
        Wanted::Tests => "test",
        Wanted::Proofs | Wanted::All => "proof",
    };
    match chosen.filter.as_str() {
        "" => format!("the project has no {what}\n"),
        filter if std::path::Path::new(filter).is_dir() => format!(
            "the project has no {what} whose name contains `{filter}`; for the project in that folder use `--dir {filter}`\n"
        ),
        filter => format!("the project has no {what} whose name contains `{filter}`\n"),
    }
}
