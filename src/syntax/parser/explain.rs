//! From a rule that did not match to a sentence: what would have been right here.

use super::expected::{self, RARE};
use super::guess::Scene;
use super::recover::Place;
use super::{Failure, FileParser, words};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// How many expectations a message lists.
const LISTED: usize = 7;

impl FileParser<'_> {
    /// Makes the one diagnostic of a region that could not be read, unless the first look at the text has
    /// already explained it.
    pub(super) fn report(
        &mut self,
        place: Place,
        region: Span,
        failure: Failure,
        previous: Option<usize>,
    ) {
        let first = self.explained.partition_point(|at| *at < region.start);
        if self
            .explained
            .get(first)
            .is_some_and(|at| *at <= region.end)
        {
            return;
        }
        let start = region.start as usize;
        let failure = self.widen(place, start, failure, previous);
        let text = self.builder.text;
        let scene = Scene {
            source: self.builder.source,
            text,
            place,
            from: previous.filter(|_| failure.at == start).unwrap_or(start),
            start,
            at: words::skip_blanks(text, failure.at),
            expected: &failure.expected,
        };
        let problem = scene.guess().unwrap_or_else(|| generic(&scene));
        self.builder.diagnostics.push(problem);
    }

    /// Where nothing of a line could be read, the line before might have gone on: asks for both in a row.
    fn widen(
        &self,
        place: Place,
        start: usize,
        failure: Failure,
        previous: Option<usize>,
    ) -> Failure {
        if failure.at != start {
            return failure;
        }
        let both = previous.and_then(|p| self.try_at(place.pair_rule(), p).err());
        both.filter(|both| both.at >= start).unwrap_or(failure)
    }
}

/// `expected A, B or C`, at the word that stands there instead, or after the last word of the line before.
fn generic(scene: &Scene<'_>) -> Diagnostic {
    let message = match expectation(scene) {
        Some(list) => format!("expected {list}"),
        None => format!("expected {}", scene.place.line()),
    };
    let (span, label) = match (scene.before(), scene.word()) {
        (Some(before), found) if scene.is_on_next_line(before, found) => (
            scene.span(before.end(), before.end()),
            "missing here".to_owned(),
        ),
        (_, Some(found)) => (
            scene.span_of(found),
            format!("unexpected `{}`", shown(found.text)),
        ),
        (_, None) => (
            scene.span(scene.at, scene.at),
            "the file ends here".to_owned(),
        ),
    };
    Diagnostic::error(Code::SyntaxError, message, span, label)
}

/// A word as it is quoted in a message.
fn shown(text: &str) -> String {
    let visible = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut out: String = visible.clone().take(40).collect();
    if visible.count() > 40 {
        out.push('…');
    }
    out
}

/// The words for what was expected, the likely ones first.
fn expectation(scene: &Scene<'_>) -> Option<String> {
    let mut listed: Vec<(u8, &str)> = Vec::new();
    for rule in scene.expected {
        if let Some((rank, words)) = expected::describe(*rule)
            && listed.iter().all(|(_, known)| *known != words)
        {
            listed.push((rank, words));
        }
    }
    listed.sort_by_key(|(rank, _)| *rank);
    // What may follow any value is listed only where nothing else is expected.
    if listed.iter().any(|(rank, _)| *rank < RARE) {
        listed.retain(|(rank, _)| *rank < RARE);
    }
    listed.truncate(LISTED);
    let words: Vec<&str> = listed.into_iter().map(|(_, words)| words).collect();
    match words.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [most @ .., last] => Some(format!("{} or {last}", most.join(", "))),
    }
}
