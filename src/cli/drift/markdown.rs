//! Drift as a comment on a pull request or in a ticket.

use std::fmt::Write;

use super::human;
use super::{LABELS, Shown};
use crate::drift::{Aspect, Excess, Part};
use crate::report::diff;

/// More regions of one difference than this are counted.
const REGIONS: usize = 20;

/// The report as a page.
pub(super) fn page(shown: &Shown<'_>) -> String {
    let mut out = format!("# Drift\n\n{}.\n", capital(&human::summary(shown)));
    for item in human::listed(shown) {
        let _ = writeln!(
            out,
            "\n## {}: {}\n",
            capital(human::word(item.state)),
            human::title(item)
        );
        if let Some(places) = human::places(item, shown.sources) {
            let _ = writeln!(out, "{}.\n", capital(&places));
        }
        for aspect in &item.aspects {
            aspect_text(&mut out, aspect);
        }
    }
    if let Some(effect) = shown.effect {
        let _ = write!(
            out,
            "\n## Who gains and loses what\n\n{}",
            diff::markdown(effect, LABELS)
        );
    }
    if !shown.report.not_compared.is_empty() {
        out.push_str("\n## Not compared\n\n");
    }
    for line in human::not_compared(shown) {
        let _ = writeln!(out, "* {line}");
    }
    let aside = human::aside(shown);
    if !aside.is_empty() {
        out.push_str("\n## Made by AWS\n\n");
    }
    for line in aside {
        let _ = writeln!(out, "* {line}");
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

fn aspect_text(out: &mut String, aspect: &Aspect) {
    let (part, state) = (aspect.part.as_str(), human::word(aspect.state));
    let _ = write!(out, "* **{part}** {state}");
    if let (Some(sources), Some(deployed)) = (&aspect.sources, &aspect.deployed) {
        let _ = write!(
            out,
            ": sources {}, deployed {}",
            code(sources),
            code(deployed)
        );
    }
    if let Some(reason) = &aspect.reason {
        let _ = write!(out, ": {reason}");
    }
    out.push('\n');
    let sides = [
        ("only deployed", &aspect.deployed_only),
        ("only in the sources", &aspect.sources_only),
    ];
    for (what, excess) in sides {
        if let Some(excess) = excess {
            excess_text(out, what, excess, aspect.part);
        }
    }
}

fn excess_text(out: &mut String, what: &str, excess: &Excess, part: Part) {
    let _ = writeln!(
        out,
        "  * {what}, for instance {}",
        code(&human::request(&excess.witness, part))
    );
    for region in excess.regions.iter().take(REGIONS) {
        let _ = writeln!(out, "    * {}", code(&human::area(region)));
    }
    if let Some(more) = excess.regions.len().checked_sub(REGIONS).filter(|n| *n > 0) {
        let _ = writeln!(out, "    * and {more} more");
    }
    if let Some(why) = &excess.regions_unknown {
        let _ = writeln!(out, "    * the whole cannot be described: {why}");
    }
}

/// Text as code; longer fences where it has backticks of its own.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match text {
        "" => "none".to_owned(),
        _ if longest > 0 => format!("{fence} {text} {fence}"),
        _ => format!("{fence}{text}{fence}"),
    }
}
