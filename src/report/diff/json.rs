//! For programs: docs/diff.schema.json describes it, and a change that could break a reader raises its version.

use serde::Serialize;

use super::{Labels, words};
use crate::diff::{
    Arrival, Change, Diff, Direction, Line, LineSide, Part, Subject, Through, Topic,
};
use crate::engine::request::Request;
use crate::report::phrase;

/// The whole report.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "docs/diff.schema.json describes the fields")]
pub struct Report {
    pub format_version: u32,
    pub old: String,
    pub new: String,
    pub identities: usize,
    pub accounts: usize,
    changes: Vec<JsonChange>,
    undecided: Vec<JsonUndecided>,
}

#[derive(Clone, Debug, Serialize)]
struct JsonChange {
    direction: &'static str,
    topic: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<JsonThrough>,
    arrival: &'static str,
    risks: Vec<&'static str>,
    subjects: Vec<JsonSubject>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<String>,
    parts: Vec<JsonPart>,
    lines: Vec<JsonLine>,
}

#[derive(Clone, Debug, Serialize)]
struct JsonThrough {
    kind: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
}

#[derive(Clone, Debug, Serialize)]
struct JsonSubject {
    kind: &'static str,
    name: String,
    accounts: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct JsonPart {
    summary: String,
    principals: Vec<JsonPrincipals>,
    actions: JsonMatches,
    catalogue_actions: Vec<JsonAction>,
    resources: JsonMatches,
    condition: String,
    limited_by: Vec<String>,
    example: Request,
    in_catalogue: bool,
}

#[derive(Clone, Debug, Serialize)]
struct JsonPrincipals {
    except: bool,
    principals: crate::iam::document::Principals,
}

/// Lists that all match, and lists that none may match.
#[derive(Clone, Debug, Serialize)]
struct JsonMatches {
    all_of: Vec<Vec<String>>,
    none_of: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
struct JsonAction {
    name: String,
    level: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct JsonLine {
    path: String,
    line: usize,
    side: &'static str,
    text: String,
}

#[derive(Clone, Debug, Serialize)]
struct JsonUndecided {
    subject: JsonSubject,
    direction: &'static str,
    reason: String,
}

/// A difference as a value to be serialised.
pub fn json(diff: &Diff, labels: Labels<'_>) -> Report {
    Report {
        format_version: 1,
        old: labels.old.to_owned(),
        new: labels.new.to_owned(),
        identities: diff.compared.identities,
        accounts: diff.compared.accounts,
        changes: diff.changes.iter().map(|c| change(c, diff)).collect(),
        undecided: diff
            .undecided
            .iter()
            .map(|u| JsonUndecided {
                subject: subject(&u.subject),
                direction: direction(u.direction),
                reason: u.reason.clone(),
            })
            .collect(),
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Gain => "gain",
        Direction::Loss => "loss",
    }
}

fn change(change: &Change, diff: &Diff) -> JsonChange {
    JsonChange {
        direction: direction(change.direction),
        topic: match change.topic {
            Topic::Escalation => "escalation",
            Topic::Permissions => "permissions",
            Topic::Trust => "trust",
            Topic::Resource => "resource",
            Topic::Document => "document",
        },
        through: change.through.as_ref().map(through),
        arrival: match change.arrival {
            Arrival::Stays => "stays",
            Arrival::Added => "added",
            Arrival::Removed => "removed",
        },
        risks: change.risks.iter().map(|r| r.as_str()).collect(),
        subjects: change.subjects.iter().map(subject).collect(),
        path: change.path.clone(),
        parts: change.parts.iter().map(|p| part(p, diff)).collect(),
        lines: change.lines.iter().map(line).collect(),
    }
}

fn through(through: &Through) -> JsonThrough {
    let (kind, name) = match through {
        Through::Boundary(name) => ("boundary", name.as_str()),
        Through::OtherBoundary => ("other-boundary", ""),
        Through::Scp(path) => ("scp", path.as_str()),
        Through::Rcp(path) => ("rcp", path.as_str()),
        Through::Place(name) => ("place", name.as_str()),
    };
    JsonThrough {
        kind,
        name: name.to_owned(),
    }
}

fn subject(subject: &Subject) -> JsonSubject {
    JsonSubject {
        kind: words::kind(subject.kind),
        name: subject.name.clone(),
        accounts: subject.accounts.clone(),
    }
}

fn part(part: &Part, diff: &Diff) -> JsonPart {
    let matches = |lists: &[crate::ir::Match]| JsonMatches {
        all_of: lists
            .iter()
            .filter(|m| !m.negated)
            .map(|m| m.patterns.clone())
            .collect(),
        none_of: lists
            .iter()
            .filter(|m| m.negated)
            .flat_map(|m| m.patterns.clone())
            .collect(),
    };
    JsonPart {
        summary: words::part(part, diff),
        principals: part
            .region
            .principals
            .iter()
            .map(|p| JsonPrincipals {
                except: p.negated,
                principals: p.principals.clone(),
            })
            .collect(),
        actions: matches(&part.region.actions),
        catalogue_actions: part
            .actions
            .iter()
            .map(|(name, level)| JsonAction {
                name: name.clone(),
                level: level.as_str(),
            })
            .collect(),
        resources: matches(&part.region.resources),
        condition: phrase::condition(&part.region.condition),
        limited_by: part.limited_by.clone(),
        example: part.example.clone(),
        in_catalogue: part.in_catalogue,
    }
}

fn line(line: &Line) -> JsonLine {
    JsonLine {
        path: line.path.clone(),
        line: line.line,
        side: match line.side {
            LineSide::Old => "old",
            LineSide::New => "new",
            LineSide::Both => "both",
        },
        text: line.text.clone(),
    }
}
