//! Text to tree. The only place that sees pest.
//!
//! The file is read one item at a time, so that what could not be read stays small. An item that fails is
//! read again piece by piece ([`recover`]): its head, then each of its lines. What still fails becomes `Bad`
//! and one diagnostic ([`explain`], [`guess`]).

mod build;
mod expected;
mod explain;
mod grammar;
mod guess;
mod recover;
#[cfg(test)]
mod tests;
mod words;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};

use crate::diagnostic::{self, Code, Diagnostic};
use crate::source::{SourceId, Span};

use super::MAX_SOURCE;
use super::ast::Module;
use super::trivia::{self, Trivia};
use build::{Builder, Node};
use grammar::{Grammar, Rule};

/// Reads one file. Whatever the text, the answer is a module with everything that could be read.
pub fn parse(source: SourceId, text: &str) -> (Module, Trivia, Vec<Diagnostic>) {
    let mut module = Module {
        source,
        docs: Vec::new(),
        items: Vec::new(),
    };
    if text.len() > MAX_SOURCE {
        return (module, Trivia::default(), vec![too_large(source, text)]);
    }
    let scan = trivia::scan(source, text);
    if scan.too_deep {
        return (module, scan.trivia, scan.problems);
    }
    let plain = trivia::without_comments(text, &scan.trivia);
    let builder = Builder {
        source,
        text: &plain,
        base: 0,
        taken: vec![false; scan.trivia.comments.len()],
        trivia: scan.trivia,
        docs_from: 0,
        diagnostics: scan.problems,
    };
    let explained = builder
        .diagnostics
        .iter()
        .filter_map(|d| d.primary.as_ref());
    let mut parser = FileParser {
        at: 0,
        patience: PATIENCE,
        explained: explained.map(|label| label.span.start).collect(),
        builder,
    };
    parser.module(&mut module);
    let Builder {
        mut trivia,
        taken,
        mut diagnostics,
        ..
    } = parser.builder;
    let mut taken = taken.into_iter();
    trivia.comments.retain(|_| !taken.next().unwrap_or(false));
    diagnostic::sort(&mut diagnostics);
    (module, trivia, diagnostics)
}

fn too_large(source: SourceId, text: &str) -> Diagnostic {
    let message = format!(
        "the file has {} bytes, more than the {} MiB that are read",
        text.len(),
        MAX_SOURCE / 1024 / 1024
    );
    Diagnostic::error(Code::SourceTooLarge, message, Span::new(source, 0, 0), "")
        .with_help("split the file; any number of files make a project")
}

/// The words and signs of a text without blanks and comments; texts count as one word with their quotes.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    words::words(text, 0).map(|word| word.text)
}

/// Why a rule did not match: the furthest place that was reached, and what would have been right there.
struct Failure {
    at: usize,
    expected: Vec<Rule>,
}

/// How many bytes may be looked at again because of errors. Each error costs the rest of its line, for pest
/// copies it; this allows more errors than anybody reads and still ends soon on a file that is one long line.
const PATIENCE: usize = 64 * 1024 * 1024;

struct FileParser<'i> {
    builder: Builder<'i>,
    at: usize,
    patience: usize,
    /// Where the first look at the text found something to say, in order.
    explained: Vec<u32>,
}

impl<'i> FileParser<'i> {
    fn module(&mut self, module: &mut Module) {
        self.skip_blanks();
        let first = u32::try_from(self.at).unwrap_or(u32::MAX);
        module.docs = self.builder.take_comments(first, "//!");
        let mut previous = None;
        while self.at < self.builder.text.len() {
            let start = self.at;
            let read = self.read(Rule::item);
            match read.map(|node| self.builder.item(node)) {
                Ok(Some(item)) => {
                    module.items.push(item);
                    previous = Some(start);
                }
                Ok(None) => {
                    let failure = self.internal();
                    module
                        .items
                        .push(self.bad_item(start, failure, previous.take()));
                }
                Err(failure) => {
                    module
                        .items
                        .push(self.recover_item(start, failure, previous.take()));
                }
            }
            self.skip_blanks();
            if self.patience == 0 {
                let span = self.span(self.at, self.at);
                let message = "too many errors; the rest of the file was not read";
                let problem = Diagnostic::error(Code::SyntaxError, message, span, "");
                return self.builder.diagnostics.push(problem);
            }
        }
    }

    /// Takes the cost of an error off the patience.
    fn spend(&mut self, start: usize) {
        let rest = self.builder.text.get(start..).unwrap_or_default();
        let line = rest.find('\n').unwrap_or(rest.len());
        self.patience = self.patience.saturating_sub(line);
    }

    /// Reads one rule at the current place and moves past it.
    fn read(&mut self, rule: Rule) -> Result<Node<'i>, Failure> {
        let node = self.try_at(rule, self.at)?;
        self.builder.base = self.at;
        self.at += node.as_span().end();
        Ok(node)
    }

    /// Reads one rule somewhere and stays where it is.
    fn try_at(&self, rule: Rule, at: usize) -> Result<Node<'i>, Failure> {
        let rest = self.builder.text.get(at..).unwrap_or_default();
        let pairs = Grammar::parse(rule, rest).map_err(|error| {
            let offset = match error.location {
                InputLocation::Pos(offset) | InputLocation::Span((offset, _)) => offset,
            };
            let expected = match error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives,
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            Failure {
                at: at + offset,
                expected,
            }
        });
        pairs?.next().ok_or_else(|| self.internal())
    }

    /// The failure when the grammar and `build` disagree.
    fn internal(&self) -> Failure {
        Failure {
            at: self.at,
            expected: Vec::new(),
        }
    }

    /// Moves over blanks and comments.
    fn skip_blanks(&mut self) {
        self.at = words::skip_blanks(self.builder.text, self.at);
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.builder.span_at(start, end)
    }
}
