//! Shows findings, and sums a run up in one line.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::exit::Failure;
use super::session::{Format, Session, Shape};
use crate::diagnostic::{Diagnostic, Record, Severity, Waiver, render};
use crate::driver::{Build, Counts, Waived};
use crate::prove;
use crate::report::github::github;
use crate::report::junit::junit;
use crate::report::sarif::sarif;
use crate::source::SourceMap;

/// More findings than this are counted, not shown, to people; nobody reads the thousandth before mending the first.
const SHOWN: usize = 200;

/// Shows all findings in the format asked for.
pub(super) fn show(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    session: &mut Session,
) -> Result<(), Failure> {
    match session.shape {
        Shape::Sarif => session.print_json(&sarif(diagnostics, &[], sources)),
        Shape::Github => session.print(&github(diagnostics, sources)),
        Shape::Json => diagnostics
            .iter()
            .try_for_each(|d| session.print_json(&Record::new(d, sources))),
        Shape::Junit => session.print(&junit(None, diagnostics, sources)),
        Shape::Human | Shape::Markdown => show_people(diagnostics, sources, session),
    }
}

/// Shows all that a check found, in formats that also speak of proofs and of what is waived.
pub(super) fn show_checked(build: &Build, session: &mut Session) -> Result<(), Failure> {
    let (found, sources) = (&build.diagnostics, &build.sources);
    match session.shape {
        Shape::Sarif => {
            let waived = build.waived.iter();
            let waived: Vec<_> = waived.map(|w| (&w.diagnostic, waiver(w))).collect();
            session.print_json(&sarif(found, &waived, sources))
        }
        Shape::Junit => {
            // A proof that fails is a case of its own already.
            let mut others = found.clone();
            others.retain(|d| !prove::CODES.contains(&d.code));
            session.print(&junit(build.report.as_ref(), &others, sources))
        }
        _ => show(found, sources, session),
    }
}

fn show_people(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    session: &mut Session,
) -> Result<(), Failure> {
    for diagnostic in diagnostics.iter().take(SHOWN) {
        session.tell(&render(diagnostic, sources, session.colour))?;
    }
    match diagnostics.len().saturating_sub(SHOWN) {
        0 => Ok(()),
        more => session.tell(&format!("{more} more findings are not shown\n\n")),
    }
}

/// Says how many findings are waived; programs are told which, why and until when.
pub(super) fn show_waived(
    waived: &[Waived],
    sources: &SourceMap,
    session: &mut Session,
) -> Result<(), Failure> {
    match session.format {
        Format::Human if waived.is_empty() => Ok(()),
        Format::Human => {
            let count = number(waived.len(), "finding");
            session.tell(&format!("{count} waived\n"))
        }
        Format::Json => waived.iter().try_for_each(|w| {
            session.print_json(&Record::waived(&w.diagnostic, sources, waiver(w)))
        }),
    }
}

fn waiver(waived: &Waived) -> Waiver {
    Waiver {
        because: waived.reason.clone(),
        until: waived.until.to_string(),
    }
}

/// The day that it is, in UTC.
pub(super) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// Whether any finding weighs that much.
pub(super) fn any(diagnostics: &[Diagnostic], least: Severity) -> bool {
    diagnostics.iter().any(|d| d.severity >= least)
}

/// `checked 14 modules, 40 roles in 12 accounts: no findings in 12 ms`
pub(super) fn summary(counts: Counts, diagnostics: &[Diagnostic], started: Instant) -> String {
    let Counts {
        modules,
        roles,
        accounts,
    } = counts;
    format!(
        "checked {}, {} in {}: {} in {}",
        number(modules, "module"),
        number(roles, "role"),
        number(accounts, "account"),
        verdict(diagnostics),
        duration(started.elapsed()),
    )
}

fn verdict(diagnostics: &[Diagnostic]) -> String {
    let words = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ];
    let count = |severity| {
        diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    };
    let parts: Vec<String> = words
        .into_iter()
        .map(|(severity, word)| (count(severity), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| number(n, word))
        .collect();
    match parts.is_empty() {
        true => "no findings".to_owned(),
        false => parts.join(", "),
    }
}

/// `1 role`, `2 roles`
pub(super) fn number(n: usize, word: &str) -> String {
    match n {
        1 => format!("1 {word}"),
        _ => format!("{n} {word}s"),
    }
}

pub(super) fn duration(time: Duration) -> String {
    match time.as_millis() {
        0 => "less than 1 ms".to_owned(),
        ms @ 1..2_000 => format!("{ms} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
