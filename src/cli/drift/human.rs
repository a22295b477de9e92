//! Drift for people.

use std::fmt::Write;

use indexmap::IndexMap;

use super::{LABELS, Shown};
use crate::cli::findings::number;
use crate::drift::{Area, Aspect, Excess, Item, Kind, Part, State};
use crate::engine::request::Values;
use crate::engine::witness::Witness;
use crate::ir::Condition;
use crate::report::{diff, phrase};
use crate::source::{SourceMap, Span};

/// More regions of one difference than this are counted.
const REGIONS: usize = 8;
/// More names than this are counted.
const NAMES: usize = 4;

/// The report as text.
pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut out = String::new();
    for item in listed(shown) {
        let _ = writeln!(out, "{}: {}", word(item.state), title(item));
        for aspect in &item.aspects {
            aspect_text(&mut out, aspect);
        }
        if let Some(places) = places(item, shown.sources) {
            let _ = writeln!(out, "  {places}");
        }
        out.push('\n');
    }
    if let Some(effect) = shown.effect {
        let _ = writeln!(out, "{}", diff::human(effect, LABELS));
    }
    for line in not_compared(shown) {
        let _ = writeln!(out, "not compared: {line}");
    }
    for line in aside(shown) {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "{}", summary(shown));
    out
}

/// The items that are shown.
pub(super) fn listed<'s>(shown: &'s Shown<'_>) -> impl Iterator<Item = &'s Item> {
    let items = shown.report.items.iter();
    items.filter(|i| !shown.quiet || i.state != State::Rewritten)
}

/// One line for the roles that AWS keeps.
pub(super) fn aside(shown: &Shown<'_>) -> Vec<String> {
    let all = &shown.report.managed_by_aws;
    let roles = all
        .iter()
        .map(|a| format!("made by {}: role `{}` in {}", a.by, a.role, a.account));
    match (shown.quiet, all.len()) {
        (_, 0) => Vec::new(),
        (true, many) => vec![format!("{} made by AWS left out", number(many, "role"))],
        (false, _) => roles.collect(),
    }
}

/// What could not be compared, a line for each reason.
pub(super) fn not_compared(shown: &Shown<'_>) -> Vec<String> {
    let mut lines: IndexMap<(&str, &str), Vec<String>> = IndexMap::new();
    for other in &shown.report.not_compared {
        let names = lines.entry((other.kind.as_str(), &other.reason));
        names.or_default().push(format!("`{}`", other.name));
    }
    let line = |((kind, reason), names): ((&str, &str), Vec<String>)| match names.as_slice() {
        [one] => format!("{kind} {one}: {reason}"),
        many => {
            let (count, kinds) = (many.len(), plural(kind));
            match shown.quiet && count > NAMES {
                true => format!("{count} {kinds}: {reason}"),
                false => format!("{count} {kinds} ({}): {reason}", many.join(", ")),
            }
        }
    };
    lines.into_iter().map(line).collect()
}

/// `resource policies`, `roles`
fn plural(kind: &str) -> String {
    match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{kind}s"),
    }
}

/// An area of requests on one line, in the words of the language.
pub(super) fn area(area: &Area) -> String {
    let several = area.actions.len() > 1;
    let actions: Vec<&str> = area
        .actions
        .iter()
        .map(String::as_str)
        .filter(|a| !several || *a != "*")
        .collect();
    let mut text = actions.join(" and ");
    if !area.resources.is_empty() {
        let _ = write!(text, " on {}", area.resources.join(" and "));
    }
    if !area.principals.is_empty() {
        let _ = write!(text, " by {}", area.principals.join(" and "));
    }
    if area.when != Condition::True {
        let _ = write!(text, " when {}", phrase::condition(&area.when));
    }
    text
}

/// What to call a state.
pub(super) fn word(state: State) -> &'static str {
    match state {
        State::Missing => "missing",
        State::Extra => "extra",
        State::Changed => "changed",
        State::Rewritten => "written otherwise",
        State::Undecided => "undecided",
    }
}

/// ``role `Deployer` in Prod (111122223333)``
pub(super) fn title(item: &Item) -> String {
    let mut text = format!("{} `{}`", item.kind.as_str(), item.name);
    if item.kind == Kind::Node {
        let _ = write!(text, " of {}", item.account_name);
    } else if item.kind != Kind::Account {
        let _ = write!(text, " in {}", item.account_name);
        if item.account != item.account_name {
            let _ = write!(text, " ({})", item.account);
        }
    }
    if !item.held_by.is_empty() {
        let who = if item.kind == Kind::Node {
            "above"
        } else {
            "held by"
        };
        let _ = write!(text, ", {who} {}", item.held_by.join(", "));
    }
    text
}

/// Where a thing is declared and deployed.
pub(super) fn places(item: &Item, sources: &SourceMap) -> Option<String> {
    let declared = item.declared.and_then(|s| place(s, sources));
    let deployed = item.deployed.and_then(|s| place(s, sources));
    let parts = [
        declared.map(|p| format!("declared at {p}")),
        deployed.map(|p| format!("deployed at {p}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// `file:line:column`
pub(super) fn place(span: Span, sources: &SourceMap) -> Option<String> {
    let (path, at) = sources.locate(span)?;
    Some(format!("{path}:{}:{}", at.line, at.column))
}

fn aspect_text(out: &mut String, aspect: &Aspect) {
    let part = aspect.part.as_str();
    let state = word(aspect.state);
    let _ = write!(out, "  {part} {state}");
    if let (Some(sources), Some(deployed)) = (&aspect.sources, &aspect.deployed) {
        let _ = write!(
            out,
            ": sources {}, deployed {}",
            quoted(sources),
            quoted(deployed)
        );
    }
    if let Some(reason) = &aspect.reason {
        let _ = write!(out, ": {reason}");
    }
    out.push('\n');
    let sides = [
        ("only deployed", '+', &aspect.deployed_only),
        ("only in the sources", '-', &aspect.sources_only),
    ];
    for (what, mark, excess) in sides {
        if let Some(excess) = excess {
            excess_text(out, (what, mark), excess, aspect.part);
        }
    }
}

fn quoted(text: &str) -> String {
    match text {
        "" => "none".to_owned(),
        text => format!("`{text}`"),
    }
}

fn excess_text(out: &mut String, (what, mark): (&str, char), excess: &Excess, part: Part) {
    let _ = writeln!(out, "    {what}:");
    for region in excess.regions.iter().take(REGIONS) {
        let _ = writeln!(out, "      {mark} {}", area(region));
    }
    if excess.regions.len() > REGIONS {
        let more = number(excess.regions.len() - REGIONS, "region");
        let _ = writeln!(out, "      {mark} and {more} more");
    }
    if let Some(why) = &excess.regions_unknown {
        let _ = writeln!(out, "      {mark} the whole cannot be described: {why}");
    }
    let _ = writeln!(out, "      for instance {}", request(&excess.witness, part));
}

/// A request on a line.
pub(super) fn request(witness: &Witness, part: Part) -> String {
    let request = &witness.request;
    let mut text = request.action.to_string();
    // Whoever assumes a role acts on that role.
    if part != Part::Trust {
        let _ = write!(text, " on {}", request.resource);
    }
    if matches!(part, Part::Trust | Part::Rcps) {
        let _ = write!(text, " by {}", request.principal);
    }
    let mut word = " with";
    for (key, values) in request.context.iter() {
        let value = match values {
            Values::One(one) => one.clone(),
            Values::Many(many) => format!("[{}]", many.join(", ")),
        };
        let _ = write!(text, "{word} {key} = {value}");
        word = ",";
    }
    text
}

/// `compared 1 account: 1 missing, 2 changed; 14 equal, 3 written otherwise`
pub(super) fn summary(shown: &Shown<'_>) -> String {
    let report = shown.report;
    if report.accounts == 0 && report.equal == 0 && report.items.is_empty() {
        return "nothing was compared".to_owned();
    }
    let count = |state: State| report.in_state(state).count();
    let states = [
        State::Missing,
        State::Extra,
        State::Changed,
        State::Undecided,
    ];
    let parts: Vec<String> = states
        .into_iter()
        .filter(|s| count(*s) > 0)
        .map(|s| format!("{} {}", count(s), word(s)))
        .collect();
    let verdict = match parts.is_empty() {
        true => "no drift".to_owned(),
        false => parts.join(", "),
    };
    let rewritten = count(State::Rewritten);
    let hint = match rewritten > 0 && shown.quiet {
        true => " (`--verbose` lists them)",
        false => "",
    };
    format!(
        "compared {}: {verdict}; {} equal, {rewritten} written otherwise{hint}",
        number(report.accounts, "account"),
        report.equal,
    )
}
