//! `bailiwick simulate`

use std::fmt::Write;
use std::path::PathBuf;

use super::disk::lines::{Lines, read_text};
use super::exit::{Exit, Failure};
use super::semantics::Choices;
use super::session::Session;
use crate::engine::Semantics;
use crate::engine::concrete::Decision;
use crate::engine::scenario::{self, Outcome};

/// Says what becomes of a request under the policies that bear on it, and which statements decide
///
/// The formats are those of docs/simulate.schema.json. The result is JSON on stdout; people get a summary on stderr
/// besides. Exit code 1 says that a scenario could not be read, not that a request was denied.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The scenario, a JSON file; `-` for the standard input
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    scenario: Option<PathBuf>,
    /// Many scenarios, one a line; `-` for the standard input. Results come one a line, in order
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
    #[command(flatten)]
    choices: Choices,
}

/// Runs one scenario or many.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let semantics = args.choices.semantics()?;
    match (&args.batch, &args.scenario) {
        (Some(path), _) => run_batch(Lines::open(path)?, &semantics, session),
        (None, Some(path)) => run_one(&read_text(path)?, &semantics, session),
        (None, None) => Ok(Exit::Usage),
    }
}

fn run_one(bytes: &[u8], semantics: &Semantics, session: &mut Session) -> Result<Exit, Failure> {
    match scenario::run_bytes(bytes, semantics) {
        Ok(outcome) => {
            session.tell(&summary(&outcome))?;
            session.print_json(&outcome)?;
            Ok(Exit::Fine)
        }
        Err(failure) => {
            session.tell(&complaints(&failure))?;
            session.print_json(&failure)?;
            Ok(Exit::Findings)
        }
    }
}

fn run_batch(
    mut lines: Lines,
    semantics: &Semantics,
    session: &mut Session,
) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    while let Some(part) = lines.next()? {
        let mut written = String::new();
        for result in scenario::run_lines(&part.bytes, part.first_line, semantics) {
            let line = match result {
                Ok(outcome) => serde_json::to_string(&outcome),
                Err(failure) => {
                    exit = Exit::Findings;
                    serde_json::to_string(&failure)
                }
            };
            let line = line.map_err(|e| Failure::Usage(format!("this has no JSON form: {e}")))?;
            written.push_str(&line);
            written.push('\n');
        }
        session.print(&written)?;
    }
    Ok(exit)
}

/// `denied, because scp and boundary do not allow it`, and what else matters.
fn summary(outcome: &Outcome) -> String {
    let layers: Vec<String> = outcome.denied_by.iter().map(ToString::to_string).collect();
    let layers = layers.join(", ");
    let mut text = match outcome.decision {
        Decision::Allowed => "allowed\n".to_owned(),
        Decision::ImplicitlyDenied => format!("denied: not allowed by {layers}\n"),
        Decision::ExplicitlyDenied => format!("denied explicitly by {layers}\n"),
    };
    for s in &outcome.statements {
        let sid = s.sid.as_ref().map(|sid| format!(" `{sid}`"));
        let level = s.level.map(|level| format!(" level {level},"));
        let _ = writeln!(
            text,
            "  line {}, column {}: {},{} document {}, statement {}{}",
            s.line,
            s.column,
            s.layer,
            level.unwrap_or_default(),
            s.document,
            s.statement,
            sid.unwrap_or_default()
        );
    }
    if !outcome.missing_keys.is_empty() {
        let keys = outcome.missing_keys.join(", ");
        let _ = writeln!(text, "  asked for and not in the request: {keys}");
    }
    for other in &outcome.depends_on {
        let (name, value, decision) = (other.setting, other.value, other.decision);
        let _ = writeln!(
            text,
            "  with --semantics {name}={value} it would be {decision}"
        );
    }
    text
}

fn complaints(failure: &scenario::Failure) -> String {
    let mut text = String::new();
    for e in &failure.errors {
        let element = match e.element.as_str() {
            "" => String::new(),
            element => format!("{element}: "),
        };
        let (line, column, message, expected) = (e.line, e.column, &e.message, &e.expected);
        let _ = writeln!(
            text,
            "line {line}, column {column}: {element}{message}; expected {expected}"
        );
    }
    text
}
