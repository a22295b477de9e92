//! For a terminal: one paragraph a change, the riskiest first.

use std::fmt::Write;

use super::{Labels, words};
use crate::diff::{Change, Diff, Direction, Part};
use crate::report::phrase;

/// Parts shown of one change.
const PARTS: usize = 6;

/// Writes a difference for people.
pub fn human(diff: &Diff, labels: Labels<'_>) -> String {
    let mut out = String::new();
    let (old, new) = (labels.old, labels.new);
    let (summary, compared) = (words::summary(diff), words::compared(diff));
    let _ = writeln!(out, "{old} → {new}: {summary} ({compared})");
    for change in &diff.changes {
        out.push('\n');
        write_change(&mut out, change, diff);
    }
    for undecided in &diff.undecided {
        let subject = words::subject(&undecided.subject);
        let what = match undecided.direction {
            Direction::Gain => "gains",
            Direction::Loss => "loses",
        };
        let reason = &undecided.reason;
        let _ = writeln!(out, "\nundecided: what {subject} {what}: {reason}");
    }
    out
}

fn write_change(out: &mut String, change: &Change, diff: &Diff) {
    let sign = match change.direction {
        Direction::Gain => "+",
        Direction::Loss => "-",
    };
    let (head, verb, risks) = (
        words::head(change),
        words::verb(change),
        words::risks(change),
    );
    let (steps, whom) = words::path(change);
    let _ = writeln!(out, "{sign} {head} {verb}{whom}   [{risks}]");
    for step in steps {
        let _ = writeln!(out, "    {step}");
    }
    for part in change.parts.iter().take(PARTS) {
        write_part(out, part, diff);
    }
    if change.parts.len() > PARTS {
        let _ = writeln!(out, "    … and {} more", change.parts.len() - PARTS);
    }
    for line in &change.lines {
        let (mark, path, number, text) = (words::mark(line), &line.path, line.line, &line.text);
        let written = format!("  {mark} {path}:{number}  {text}");
        let _ = writeln!(out, "{}", written.trim_end());
    }
}

fn write_part(out: &mut String, part: &Part, diff: &Diff) {
    let _ = writeln!(out, "    {}", words::part(part, diff));
    let condition = words::condition(part);
    if !condition.is_empty() {
        let _ = writeln!(out, "      {condition}");
    }
    let known = match part.in_catalogue {
        true => "",
        false => " (no such request is in today's catalogue)",
    };
    let _ = writeln!(out, "      e.g. {}{known}", phrase::request(&part.example));
}
