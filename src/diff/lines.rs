//! Which lines did it: from the statements that decide a request to what changed in the sources.
//!
//! A statement counts as a cause if the other side has none that says the same. Of its places, the statement itself
//! and whatever included it, those are shown whose text has changed; if none has, something that it refers to has.

use std::cell::RefCell;
use std::ops::Range;

use indexmap::IndexMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::engine::Request;
use crate::engine::semantics::Semantics;
use crate::engine::witness;
use crate::iam::Effect;
use crate::ir::{Policy, Statement};
use crate::source::{Source, SourceMap, Span};

use super::model::{Line, LineSide};
use crate::access::region::plain;

/// Lines shown of one change of text.
const MOST: usize = 6;

/// What differs between the texts of the two sides.
pub(super) struct Texts<'a> {
    old: &'a SourceMap,
    new: &'a SourceMap,
    hunks: RefCell<IndexMap<String, Vec<Hunk>>>,
}

/// Lines, from 0, that stand for one another on the two sides.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
}

/// The statements that make one side allow a request that the other does not.
pub(super) struct Cause<'p> {
    /// Allows of the side that allows it.
    pub(super) allows: Vec<&'p Statement>,
    /// Denies of the other side.
    pub(super) denies: Vec<&'p Statement>,
}

/// Finds the cause: `allowing` are all policies of the side that allows the request, `other` those of the other side.
pub(super) fn cause<'p>(
    request: &Request,
    allowing: &[&'p Policy],
    other: &[&'p Policy],
    semantics: &Semantics,
) -> Cause<'p> {
    let matching = |policies: &[&'p Policy], effect: Effect| -> Vec<&'p Statement> {
        let all = policies
            .iter()
            .flat_map(|p| p.statements.iter().map(move |s| (*p, s)));
        all.filter(|(p, s)| s.effect == effect && witness::matches(p, s, request, semantics))
            .map(|(_, s)| s)
            .collect()
    };
    let known = |policies: &[&Policy], statement: &Statement| {
        let wanted = plain::statement(statement);
        let mut all = policies.iter().flat_map(|p| &p.statements);
        all.any(|s| plain::statement(s) == wanted)
    };
    let allows = matching(allowing, Effect::Allow);
    let denies = matching(other, Effect::Deny);
    let news: Vec<&Statement> = allows
        .iter()
        .copied()
        .filter(|s| !known(other, s))
        .collect();
    let gone: Vec<&Statement> = denies.into_iter().filter(|s| !known(allowing, s)).collect();
    match news.is_empty() && gone.is_empty() {
        true => Cause {
            allows,
            denies: gone,
        },
        false => Cause {
            allows: news,
            denies: gone,
        },
    }
}

impl<'a> Texts<'a> {
    pub(super) fn new(old: &'a SourceMap, new: &'a SourceMap) -> Self {
        Texts {
            old,
            new,
            hunks: RefCell::default(),
        }
    }

    /// The lines behind statements of one side.
    pub(super) fn lines(&self, statements: &[&Statement], side: LineSide) -> Vec<Line> {
        let mut lines = Vec::new();
        for statement in statements {
            let mut own = Vec::new();
            for span in &statement.origin.spans {
                own.extend(self.changed(*span, side));
            }
            if own.is_empty() {
                own.extend(self.unchanged(statement, side));
            }
            lines.extend(own);
        }
        let mut distinct: Vec<Line> = Vec::new();
        for line in lines {
            if !distinct.contains(&line) {
                distinct.push(line);
            }
        }
        distinct
    }

    /// The changes of text that a place lies in.
    fn changed(&self, span: Span, side: LineSide) -> Vec<Line> {
        let Some(source) = self.map(side).get(span.source) else {
            return Vec::new();
        };
        let own = source.line_index(span.start as usize)
            ..source.line_index(span.end.saturating_sub(1) as usize) + 1;
        let path = &source.path;
        let (old, new) = (find(self.old, path), find(self.new, path));
        let mut lines = Vec::new();
        for hunk in self.hunks(path, old, new) {
            let range = match side {
                LineSide::Old => &hunk.old,
                _ => &hunk.new,
            };
            let meets = range.start < own.end && own.start < range.end;
            if !meets {
                continue;
            }
            // Of the side that is spoken of only what the statement itself says; of the other what stood there.
            let inside = range.start.max(own.start)..range.end.min(own.end);
            let (before, after) = match side {
                LineSide::Old => (inside, hunk.new.clone()),
                _ => (hunk.old.clone(), inside),
            };
            let is_short = |range: &Range<usize>| range.len() <= MOST;
            if let (Some(old), true) = (old, is_short(&before) || side == LineSide::Old) {
                lines.extend(said(old, before, LineSide::Old));
            }
            if let (Some(new), true) = (new, is_short(&after) || side != LineSide::Old) {
                lines.extend(said(new, after, LineSide::New));
            }
        }
        lines.truncate(2 * MOST);
        lines
    }

    /// A statement whose text is the same; and what else has changed, if that is little.
    fn unchanged(&self, statement: &Statement, side: LineSide) -> Vec<Line> {
        let map = self.map(side);
        let place = statement.origin.spans.first();
        let found = place.and_then(|span| Some((map.get(span.source)?, span)));
        let Some((source, span)) = found else {
            return Vec::new();
        };
        let line = source.line_index(span.start as usize);
        let mut lines = said(source, line..line + 1, LineSide::Both);
        let elsewhere = self.everything_changed();
        if elsewhere.len() <= MOST {
            lines.extend(elsewhere);
        }
        lines
    }

    fn everything_changed(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut paths: Vec<&str> = self.new.iter().map(|(_, s)| s.path.as_str()).collect();
        paths.extend(self.old.iter().map(|(_, s)| s.path.as_str()));
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            let (old, new) = (find(self.old, path), find(self.new, path));
            for hunk in self.hunks(path, old, new) {
                if let Some(old) = old {
                    lines.extend(said(old, hunk.old.clone(), LineSide::Old));
                }
                if let Some(new) = new {
                    lines.extend(said(new, hunk.new.clone(), LineSide::New));
                }
                if lines.len() > MOST {
                    return lines;
                }
            }
        }
        lines
    }

    fn map(&self, side: LineSide) -> &'a SourceMap {
        match side {
            LineSide::Old => self.old,
            LineSide::New | LineSide::Both => self.new,
        }
    }

    fn hunks(&self, path: &str, old: Option<&Source>, new: Option<&Source>) -> Vec<Hunk> {
        if let Some(known) = self.hunks.borrow().get(path) {
            return known.clone();
        }
        let text = |source: Option<&Source>| source.map_or("", |s| s.text.as_str()).to_owned();
        let found = compare(&text(old), &text(new));
        self.hunks
            .borrow_mut()
            .insert(path.to_owned(), found.clone());
        found
    }
}

fn find<'a>(map: &'a SourceMap, path: &str) -> Option<&'a Source> {
    map.iter().find(|(_, s)| s.path == path).map(|(_, s)| s)
}

fn compare(old: &str, new: &str) -> Vec<Hunk> {
    if old == new {
        return Vec::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (
        old.lines().map(str::trim).collect(),
        new.lines().map(str::trim).collect(),
    );
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    let changes = operations
        .iter()
        .filter(|o| !matches!(o, DiffOp::Equal { .. }));
    changes
        .map(|o| Hunk {
            old: o.old_range(),
            new: o.new_range(),
        })
        .collect()
}

/// Lines of a source that say something: no empty ones, no comments.
fn said(source: &Source, range: Range<usize>, side: LineSide) -> Vec<Line> {
    let lines = source.text.lines().enumerate();
    let lines = lines
        .skip(range.start)
        .take(range.len())
        .map(|(i, t)| (i, t.trim()));
    lines
        .filter(|(_, text)| !text.is_empty() && !text.starts_with("//"))
        .map(|(index, text)| Line {
            path: source.path.clone(),
            line: index + 1,
            side,
            text: text.to_owned(),
        })
        .collect()
}
