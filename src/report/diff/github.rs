//! Annotations of GitHub Actions on the lines that did it: warnings for gains, errors for escalations.

use std::fmt::Write;

use super::words;
use crate::diff::{Diff, Direction, Line, LineSide, Risk};
use crate::report::github::{data, property};

/// Writes the gains as workflow commands, one for each line of the new side; what is lost is a notice.
pub fn github(diff: &Diff) -> String {
    let mut out = String::new();
    for change in &diff.changes {
        let command = match change.direction {
            Direction::Gain if change.risks.contains(&Risk::Escalation) => "error",
            Direction::Gain => "warning",
            Direction::Loss => "notice",
        };
        let (steps, whom) = words::path(change);
        let mut message = format!("{} {}{whom}", words::head(change), words::verb(change));
        for step in steps {
            let _ = write!(message, "\n{step}");
        }
        for part in &change.parts {
            let _ = write!(message, "\n{}", words::part(part, diff));
        }
        let title = property(&words::risks(change));
        let own: Vec<&Line> = change
            .lines
            .iter()
            .filter(|l| l.side == LineSide::New)
            .collect();
        if own.is_empty() {
            let _ = writeln!(out, "::{command} title={title}::{}", data(&message));
        }
        for line in own {
            let (path, number) = (property(&line.path), line.line);
            let _ = writeln!(
                out,
                "::{command} file={path},line={number},title={title}::{}",
                data(&message)
            );
        }
    }
    for undecided in &diff.undecided {
        let subject = words::subject(&undecided.subject);
        let message = format!(
            "what changes for {subject} is not settled: {}",
            undecided.reason
        );
        let _ = writeln!(out, "::warning title=undecided::{}", data(&message));
    }
    out
}
