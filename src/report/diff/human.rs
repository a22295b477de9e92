//! For a terminal: one paragraph a change, the riskiest first.

use std::fmt::Write;

use super::{Labels, words};
use crate::diff::{Change, Diff, Direction, Part, Topic};

/// Parts shown of one change.
const PARTS: usize = 6;

/// Ways of escalation of one subject that are shown; whoever may do anything has one to everybody.
const WAYS: usize = 3;

/// Names of those to whom other ways lead.
const NAMES: usize = 8;

/// Writes a difference for people.
pub fn human(diff: &Diff, labels: Labels<'_>) -> String {
    let mut out = String::new();
    let (old, new) = (labels.old, labels.new);
    let (summary, compared) = (words::summary(diff), words::compared(diff));
    let _ = writeln!(out, "{old} → {new}: {summary} ({compared})");
    for alike in diff.changes.chunk_by(leads_elsewhere) {
        let (shown, others) = alike.split_at(alike.len().min(WAYS));
        for change in shown {
            out.push('\n');
            write_change(&mut out, change, diff);
        }
        write_others(&mut out, others);
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

/// Whether the same subjects gain or lose ways to become different others.
fn leads_elsewhere(one: &Change, next: &Change) -> bool {
    let is_way = |change: &Change| change.topic == Topic::Escalation;
    is_way(one)
        && is_way(next)
        && (one.direction, &one.subjects, &one.through)
            == (next.direction, &next.subjects, &next.through)
}

/// Where other ways of escalation lead, without their steps.
fn write_others(out: &mut String, others: &[Change]) {
    let Some(first) = others.first() else { return };
    let (sign, count) = (sign(first), others.len());
    let (head, verb) = (words::head(first), words::verb(first));
    let _ = writeln!(
        out,
        "\n{sign} {head} {verb} {count} others, too   [{}]",
        words::risks(first)
    );
    for change in others.iter().take(NAMES) {
        let _ = writeln!(out, "   {}", words::path(change).1);
    }
    if count > NAMES {
        let _ = writeln!(
            out,
            "    … and {} more: `--format json` has all",
            count - NAMES
        );
    }
}

fn sign(change: &Change) -> char {
    match change.direction {
        Direction::Gain => '+',
        Direction::Loss => '-',
    }
}

fn write_change(out: &mut String, change: &Change, diff: &Diff) {
    let sign = sign(change);
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
        write_part(out, change, part, diff);
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

fn write_part(out: &mut String, change: &Change, part: &Part, diff: &Diff) {
    let _ = writeln!(out, "    {}", words::part(part, diff));
    let condition = words::condition(part);
    if !condition.is_empty() {
        let _ = writeln!(out, "      {condition}");
    }
    let known = match part.in_catalogue {
        true => "",
        false => " (no such request is in today's catalogue)",
    };
    let _ = writeln!(out, "      e.g. {}{known}", words::example(change, part));
}
