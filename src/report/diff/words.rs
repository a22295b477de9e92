//! The words that all formats share.

use indexmap::IndexMap;

use crate::catalogue::AccessLevel;
use crate::diff::{
    Arrival, Change, Compared, Diff, Direction, Line, LineSide, Part, Subject, SubjectKind,
    Through, Topic,
};
use crate::report::phrase;

/// Subjects and accounts are named up to this many.
const NAMED: usize = 3;

/// Actions are named up to this many.
const ACTIONS: usize = 4;

/// `1 role`, `2 roles`
pub(super) fn number(n: usize, word: &str) -> String {
    match (n, word.strip_suffix('y')) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{n} {stem}ies"),
        _ => format!("{n} {word}s"),
    }
}

/// `role`, `permission set`
pub(super) fn kind(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Role => "role",
        SubjectKind::User => "user",
        SubjectKind::PermissionSet => "permission set",
        SubjectKind::Group => "group",
        SubjectKind::Resource => "resource",
        SubjectKind::ManagedPolicy => "policy",
        SubjectKind::SessionPolicy => "session policy",
        SubjectKind::Document => "document",
    }
}

/// ``role `Reader` in Prod, Test``
pub(super) fn subject(subject: &Subject) -> String {
    let text = format!("{} `{}`", kind(subject.kind), subject.name);
    let accounts: Vec<&str> = subject
        .accounts
        .iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    match accounts.as_slice() {
        [] => text,
        few if few.len() <= NAMED => format!("{text} in {}", few.join(", ")),
        many => format!("{text} in {}", number(many.len(), "account")),
    }
}

/// All subjects, by name if they are few: `7 roles in 2 accounts`.
pub(super) fn subjects(all: &[Subject]) -> String {
    if all.len() <= NAMED {
        return all.iter().map(subject).collect::<Vec<_>>().join("; ");
    }
    let mut by_kind: IndexMap<&str, usize> = IndexMap::new();
    for one in all {
        *by_kind.entry(kind(one.kind)).or_default() += 1;
    }
    let counts: Vec<String> = by_kind.iter().map(|(word, n)| number(*n, word)).collect();
    let mut accounts: Vec<&String> = all.iter().flat_map(|s| &s.accounts).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let accounts = number(accounts.len(), "account");
    format!("{} in {accounts}", counts.join(" and "))
}

/// Whom or what a change is about, as the head of it.
pub(super) fn head(change: &Change) -> String {
    let who = match (change.subjects.is_empty(), &change.through) {
        (true, Some(Through::Rcp(_) | Through::Place(_))) => {
            "callers from outside that resource policies let in".to_owned()
        }
        (true, _) => "nobody of this project".to_owned(),
        (false, _) => subjects(&change.subjects),
    };
    match &change.through {
        None => who,
        Some(Through::OtherBoundary) => format!("{who}, by another boundary"),
        Some(Through::Boundary(name)) => format!("boundary `{name}`: {who}"),
        Some(Through::Scp(path)) => format!("SCPs of `{path}`: {who}"),
        Some(Through::Rcp(path)) => format!("RCPs of `{path}`: {who}"),
        Some(Through::Place(name)) => format!("account `{name}` under other units: {who}"),
    }
}

/// What happens, behind the head: `can now`, `can no longer`.
pub(super) fn verb(change: &Change) -> &'static str {
    use Direction::{Gain, Loss};
    match (change.topic, change.direction, change.arrival) {
        (Topic::Trust, Gain, Arrival::Added) => "is new and can be assumed by",
        (Topic::Trust, Gain, _) => "can now be assumed by",
        (Topic::Trust, Loss, Arrival::Removed) => "is gone; it could be assumed by",
        (Topic::Trust, Loss, _) => "can no longer be assumed by",
        (Topic::Resource, Gain, _) => "now lets in",
        (Topic::Resource, Loss, _) => "no longer lets in",
        (Topic::Document, Gain, Arrival::Added) => "is new and allows",
        (Topic::Document, Gain, _) => "now allows",
        (Topic::Document, Loss, Arrival::Removed) => "is gone; it allowed",
        (Topic::Document, Loss, _) => "no longer allows",
        (Topic::Escalation, Gain, _) => "can now become",
        (Topic::Escalation, Loss, _) => "can no longer become",
        (_, Gain, Arrival::Added) => "is new and can",
        (_, Loss, Arrival::Removed) => "is gone; it could",
        (_, Gain, _) => "can now",
        (_, Loss, _) => "can no longer",
    }
}

/// The steps of an escalation, and whom they lead to with a space before it; nothing of any other change.
pub(super) fn path(change: &Change) -> (&[String], String) {
    match change.path.split_last() {
        Some((whom, steps)) => (steps, format!(" {whom}")),
        None => (&[], String::new()),
    }
}

/// What a part is about, without its condition.
pub(super) fn part(part: &Part, diff: &Diff) -> String {
    let name = |id: &str| {
        let found = diff.accounts.iter().find(|(known, _)| known == id);
        found.map(|(_, name)| name.clone())
    };
    let actions = actions(part);
    let resources = phrase::matches(&part.region.resources, "every resource");
    // A policy that names principals stands on one resource, and mostly speaks of that.
    let resources = match !part.region.principals.is_empty() && resources == "every resource" {
        true => String::new(),
        false => format!(" on {resources}"),
    };
    match part.region.principals.is_empty() {
        true => format!("{actions}{resources}"),
        false => {
            let who = phrase::principals(&part.region.principals, &name);
            format!("{who}: {actions}{resources}")
        }
    }
}

/// A request that shows a part.
pub(super) fn example(change: &Change, part: &Part) -> String {
    match change.topic {
        Topic::Trust => phrase::assumption(&part.example),
        _ => phrase::request(&part.example),
    }
}

/// The condition of a part, with what limits it otherwise.
pub(super) fn condition(part: &Part) -> String {
    let condition = phrase::condition(&part.region.condition);
    let mut text = match condition.is_empty() {
        true => String::new(),
        false => format!("when {condition}"),
    };
    if !part.limited_by.is_empty() {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str("as far as allowed by ");
        text.push_str(&part.limited_by.join(" and "));
    }
    text
}

/// The actions by name, or how many of which level.
pub(super) fn actions(part: &Part) -> String {
    let written: usize = part.region.actions.iter().map(|m| m.patterns.len()).sum();
    let names: Vec<&String> = part.actions.iter().map(|(name, _)| name).collect();
    let is_exact = part.region.actions.iter().all(|m| {
        let is_literal = |p: &String| !p.contains(['*', '?']);
        !m.negated && m.patterns.iter().all(is_literal)
    });
    if written <= ACTIONS || part.actions.is_empty() {
        return phrase::matches(&part.region.actions, "every action");
    }
    if is_exact && names.len() <= ACTIONS {
        let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
        return quoted.join(", ");
    }
    let mut by_level: IndexMap<AccessLevel, usize> = IndexMap::new();
    for (_, level) in &part.actions {
        *by_level.entry(*level).or_default() += 1;
    }
    by_level.sort_by(|a, _, b, _| b.cmp(a));
    let counts: Vec<String> = by_level
        .iter()
        .map(|(level, n)| format!("{n} {}", level.as_str()))
        .collect();
    let mut services: Vec<&str> = names.iter().filter_map(|n| n.split(':').next()).collect();
    services.dedup();
    let of = match services.as_slice() {
        few if few.len() <= NAMED => few.join(", "),
        many => number(many.len(), "service"),
    };
    format!("{} actions of {of}", counts.join(", "))
}

/// The mark in front of a line of the sources.
pub(super) fn mark(line: &Line) -> &'static str {
    match line.side {
        LineSide::Old => "-",
        LineSide::New => "+",
        LineSide::Both => " ",
    }
}

/// The risks that stand out: escalation, public, …; else the worst level.
pub(super) fn risks(change: &Change) -> String {
    let words: Vec<&str> = change.risks.iter().map(|r| r.as_str()).collect();
    let first: Vec<&str> = words.into_iter().take(2).collect();
    first.join(", ")
}

/// `2 gains, 1 loss`, or that there is none.
pub(super) fn summary(diff: &Diff) -> String {
    let count = |direction| {
        let all = diff.changes.iter();
        all.filter(|c| c.direction == direction).count()
    };
    let (gains, losses) = (count(Direction::Gain), count(Direction::Loss));
    let mut parts = Vec::new();
    if gains > 0 {
        parts.push(number(gains, "gain"));
    }
    match losses {
        0 => {}
        1 => parts.push("1 loss".to_owned()),
        n => parts.push(format!("{n} losses")),
    }
    if !diff.undecided.is_empty() {
        parts.push(format!("{} undecided", diff.undecided.len()));
    }
    match parts.is_empty() {
        true => "no change in meaning".to_owned(),
        false => parts.join(", "),
    }
}

/// How much was looked at.
pub(super) fn compared(diff: &Diff) -> String {
    let Compared {
        identities,
        accounts,
        documents,
    } = diff.compared;
    match identities {
        0 if documents > 0 => number(documents, "document"),
        _ => format!(
            "{} in {}",
            number(identities, "identity"),
            number(accounts, "account")
        ),
    }
}
