//! For a pull request: a table that is read first, and details that are folded.

use std::fmt::Write;

use super::{Labels, words};
use crate::diff::{Change, Diff, Direction, Part, Risk};

/// Rows of the table; a comment on a pull request has to be short to be read.
const ROWS: usize = 20;

/// Parts shown in the details of a change.
const PARTS: usize = 12;

/// Writes a difference as a comment on a pull request.
pub fn markdown(diff: &Diff, labels: Labels<'_>) -> String {
    let mut out = String::new();
    let (summary, compared) = (words::summary(diff), words::compared(diff));
    let _ = writeln!(out, "### Permissions: {summary}\n");
    if let Some(worst) = worst(diff) {
        let _ = writeln!(out, "{worst}\n");
    }
    if !diff.changes.is_empty() {
        table(&mut out, diff);
        for change in &diff.changes {
            details(&mut out, change, diff);
        }
    }
    for undecided in &diff.undecided {
        let subject = words::subject(&undecided.subject);
        let reason = &undecided.reason;
        let _ = writeln!(out, "> **Undecided**: {subject}: {reason}\n");
    }
    let (old, new) = (labels.old, labels.new);
    let _ = writeln!(out, "<sub>`{old}` → `{new}`, {compared}</sub>");
    out
}

/// What nobody should miss, above everything.
fn worst(diff: &Diff) -> Option<String> {
    let gains = diff
        .changes
        .iter()
        .filter(|c| c.direction == Direction::Gain);
    let worst = gains.max_by_key(|c| c.risk())?;
    let head = words::head(worst);
    Some(match worst.risk() {
        Risk::Escalation => {
            let whom = worst.path.last().map_or("", String::as_str);
            format!("**Escalation**: {head} can now become {whom}.")
        }
        Risk::Public => format!("**Public**: {head} is open to anybody."),
        Risk::External => format!("**External**: {head} is open to an account outside."),
        _ => return None,
    })
}

fn table(out: &mut String, diff: &Diff) {
    out.push_str("| | who | what | risk |\n|---|---|---|---|\n");
    for change in diff.changes.iter().take(ROWS) {
        let sign = match change.direction {
            Direction::Gain => "**+**",
            Direction::Loss => "−",
        };
        let (head, verb) = (words::head(change), words::verb(change));
        let what = what(change, diff);
        let risks = emphasised(change);
        let _ = writeln!(
            out,
            "| {sign} | {} | {verb} {} | {risks} |",
            cell(&head),
            cell(&what)
        );
    }
    if diff.changes.len() > ROWS {
        let _ = writeln!(out, "| | … | {} more | |", diff.changes.len() - ROWS);
    }
    out.push('\n');
}

/// The first part, and how many more there are.
fn what(change: &Change, diff: &Diff) -> String {
    let first = change.path.last().cloned();
    let first = first.or_else(|| change.parts.first().map(|p| in_one_line(p, diff)));
    let mut text = first.unwrap_or_default();
    if change.parts.len() > 1 {
        let _ = write!(text, "; {} more", change.parts.len() - 1);
    }
    text
}

fn in_one_line(part: &Part, diff: &Diff) -> String {
    let condition = words::condition(part);
    match condition.is_empty() {
        true => words::part(part, diff),
        false => format!("{} {condition}", words::part(part, diff)),
    }
}

fn emphasised(change: &Change) -> String {
    let is_gain = change.direction == Direction::Gain;
    match change.risk() >= Risk::CrossAccount && is_gain {
        true => format!("**{}**", words::risks(change)),
        false => words::risks(change),
    }
}

/// A text inside a cell: bars would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn details(out: &mut String, change: &Change, diff: &Diff) {
    let (head, verb) = (words::head(change), words::verb(change));
    let (steps, whom) = words::path(change);
    let (head, whom) = (html(&head), html(&whom));
    let _ = writeln!(out, "<details><summary>{head} {verb}{whom} …</summary>\n");
    for step in steps {
        let _ = writeln!(out, "1. {step}");
    }
    if !steps.is_empty() {
        out.push('\n');
    }
    for part in change.parts.iter().take(PARTS) {
        let _ = writeln!(out, "* {}", in_one_line(part, diff));
        let _ = writeln!(out, "  e.g. `{}`", words::example(change, part));
    }
    if change.parts.len() > PARTS {
        let _ = writeln!(out, "* … and {} more", change.parts.len() - PARTS);
    }
    if change.subjects.len() > 3 {
        let all: Vec<String> = change.subjects.iter().map(words::subject).collect();
        let _ = writeln!(out, "\nWho: {}", all.join("; "));
    }
    if !change.lines.is_empty() {
        out.push_str("\n```diff\n");
        for line in &change.lines {
            let (mark, path, number) = (words::mark(line), &line.path, line.line);
            let written = format!("{mark} {path}:{number}  {}", line.text);
            let _ = writeln!(out, "{}", written.trim_end());
        }
        out.push_str("```\n");
    }
    out.push_str("\n</details>\n\n");
}

/// Inside `<summary>` markdown is not read.
fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let mut out = String::new();
    for (at, piece) in text.split('`').enumerate() {
        if at > 0 {
            out.push_str(if at % 2 == 1 { "<code>" } else { "</code>" });
        }
        out.push_str(piece);
    }
    out
}
