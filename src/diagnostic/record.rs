//! Findings for machines: one JSON object a line, a promise to programs outside.
//!
//! Offsets are bytes from 0, `end` is one past the last; lines and columns count from 1, columns in characters.
//! Absent things are absent, never null.

use serde::Serialize;

use super::{Diagnostic, Label};
use crate::source::{SourceMap, Span};

/// A finding as it is printed by `--format json`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Record {
    /// `unknown-name`
    pub code: &'static str,
    /// `error`, `warning`, `note`
    pub severity: &'static str,
    /// The message.
    pub message: String,
    /// Where it is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Where the other halves are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Place>,
    /// Facts that explain.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The change that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Change>,
    /// Why it does not count, if somebody has waived it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waiver>,
}

/// Why a finding does not count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Waiver {
    /// The reason.
    pub because: String,
    /// The last day, `2026-12-31`.
    pub until: String,
}

/// A range of a file with words beside it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Place {
    pub path: String,
    pub start: Point,
    pub end: Point,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// A place between two characters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Point {
    pub offset: usize,
    pub line: usize,
    pub column: usize,
}

/// A change of text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Change {
    pub path: String,
    pub start: usize,
    pub end: usize,
    pub replacement: String,
}

impl Record {
    /// The finding with its places looked up; places of other maps are left out.
    pub fn new(diagnostic: &Diagnostic, sources: &SourceMap) -> Record {
        let label = |label: &Label| place(label, sources);
        let fix = diagnostic.fix.as_ref().and_then(|fix| {
            let (path, _) = sources.locate(fix.span)?;
            Some(Change {
                path: path.to_owned(),
                start: fix.span.start as usize,
                end: fix.span.end as usize,
                replacement: fix.replacement.clone(),
            })
        });
        Record {
            code: diagnostic.code.as_str(),
            severity: diagnostic.severity.as_str(),
            message: diagnostic.message.clone(),
            place: diagnostic.primary.as_ref().and_then(label),
            related: diagnostic.secondary.iter().filter_map(label).collect(),
            notes: diagnostic.notes.clone(),
            help: diagnostic.help.clone(),
            fix,
            waived: None,
        }
    }

    /// A finding that does not count.
    pub fn waived(diagnostic: &Diagnostic, sources: &SourceMap, waiver: Waiver) -> Record {
        Record {
            waived: Some(waiver),
            ..Record::new(diagnostic, sources)
        }
    }
}

fn place(label: &Label, sources: &SourceMap) -> Option<Place> {
    let Span { source, start, end } = label.span;
    let source = sources.get(source)?;
    let point = |at: u32| {
        let position = source.position(at as usize);
        Point {
            offset: at as usize,
            line: position.line,
            column: position.column,
        }
    };
    Some(Place {
        path: source.path.clone(),
        start: point(start),
        end: point(end),
        message: label.message.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn a_record_says_all_and_nothing_empty() {
        let mut map = SourceMap::default();
        let id = map.add("a.bw", "let é = x\n");
        let span = Span::new(id, 9, 10);
        let finding = Diagnostic::error(Code::UnknownName, "no `x`", span, "").with_fix(span, "y");
        let json = serde_json::to_string(&Record::new(&finding, &map)).unwrap();
        assert_eq!(
            json,
            r#"{"code":"unknown-name","severity":"error","message":"no `x`","place":{"path":"a.bw","start":{"offset":9,"line":1,"column":9},"end":{"offset":10,"line":1,"column":10}},"fix":{"path":"a.bw","start":9,"end":10,"replacement":"y"}}"#
        );
        let global = Record::new(&Diagnostic::global(Code::UnknownName, "no"), &map);
        let json = serde_json::to_string(&global).unwrap();
        assert_eq!(
            json,
            r#"{"code":"unknown-name","severity":"error","message":"no"}"#
        );
    }
}
