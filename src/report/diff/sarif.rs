//! A difference as a SARIF 2.1.0 document: a result for each change, at the lines of the new side that did it.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use super::words;
use crate::diff::{Change, Diff, Direction, Line, LineSide, Risk, Undecided};
use crate::report::sarif::{document, uri};

/// What a result is about; the order is that of the rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    Escalation,
    Gain,
    Loss,
    Undecided,
}

impl Rule {
    const ALL: [Rule; 4] = [Rule::Escalation, Rule::Gain, Rule::Loss, Rule::Undecided];

    fn of(change: &Change) -> Rule {
        match change.direction {
            Direction::Gain if change.risks.contains(&Risk::Escalation) => Rule::Escalation,
            Direction::Gain => Rule::Gain,
            Direction::Loss => Rule::Loss,
        }
    }

    fn id(self) -> &'static str {
        match self {
            Rule::Escalation => "new-escalation",
            Rule::Gain => "new-access",
            Rule::Loss => "lost-access",
            Rule::Undecided => "undecided-access",
        }
    }

    fn level(self) -> &'static str {
        match self {
            Rule::Escalation => "error",
            Rule::Gain | Rule::Undecided => "warning",
            Rule::Loss => "note",
        }
    }

    fn summary(self) -> &'static str {
        match self {
            Rule::Escalation => "somebody can become a more powerful identity",
            Rule::Gain => "somebody can do in effect what they could not",
            Rule::Loss => "somebody can no longer do what they could",
            Rule::Undecided => "whether somebody gains or loses something is not settled",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Rule::Escalation => {
                "Follow the steps of the message: each is a request that is allowed now. Close one of them, or bind the \
                 identity by a permissions boundary."
            }
            Rule::Gain => {
                "Approve it if it is meant: it holds of effective permission, within boundaries and guardrails, and the \
                 example is a request that is allowed now and was not before."
            }
            Rule::Loss => "Approve it if nobody needs what is lost.",
            Rule::Undecided => {
                "Read the change by hand, or write the policy so that the engine can decide it; docs/engine.md lists what \
                 it cannot."
            }
        }
    }
}

/// Writes the changes as one document.
pub fn sarif(diff: &Diff) -> Value {
    let rules = Rule::ALL.map(|rule| {
        json!({
            "id": rule.id(),
            "shortDescription": {"text": rule.summary()},
            "help": {"text": rule.help(), "markdown": rule.help()},
        })
    });
    let changes = diff.changes.iter().map(|change| {
        let mut result = result(Rule::of(change), &told(change, diff));
        let own = |side| change.lines.iter().filter(move |l: &&Line| l.side == side);
        let locations: Vec<Value> = own(LineSide::New).map(location).collect();
        let risks: Vec<&str> = change.risks.iter().map(|r| r.as_str()).collect();
        if let Some(members) = result.as_object_mut() {
            members.insert("locations".to_owned(), json!(locations));
            members.insert("properties".to_owned(), json!({ "tags": risks }));
        }
        result
    });
    let undecided = diff.undecided.iter().map(|open: &Undecided| {
        let subject = words::subject(&open.subject);
        let reason = &open.reason;
        let message = format!("what changes for {subject} is not settled: {reason}");
        result(Rule::Undecided, &message)
    });
    document(rules.to_vec(), changes.chain(undecided).collect())
}

fn result(rule: Rule, message: &str) -> Value {
    json!({
        "ruleId": rule.id(),
        "ruleIndex": Rule::ALL.iter().position(|r| *r == rule),
        "level": rule.level(),
        "message": {"text": message},
    })
}

fn told(change: &Change, diff: &Diff) -> String {
    let (steps, whom) = words::path(change);
    let head = format!("{} {}{whom}", words::head(change), words::verb(change));
    let parts = change.parts.iter().map(|part| words::part(part, diff));
    let steps = steps.iter().cloned();
    let lines: Vec<String> = std::iter::once(head).chain(steps).chain(parts).collect();
    lines.join("\n")
}

fn location(line: &Line) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&line.path)},
            "region": {"startLine": line.line},
        },
    })
}
