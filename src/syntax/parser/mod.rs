//! Text to tree. The only place that sees pest.
//!
//! The file is read one item at a time, so that what could not be read stays small. An item that fails is
//! read again piece by piece (`recover`): its head, then each of its lines.

mod build;
mod grammar;

use pest::Parser;

use crate::diagnostic::{self, Code, Diagnostic};
use crate::source::{SourceId, Span};

use super::ast::Module;
use super::trivia::{self, Trivia};
use super::{MAX_SOURCE, ast};
use build::Builder;
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
    let builder = Builder {
        source,
        text,
        base: 0,
        taken: vec![false; scan.trivia.comments.len()],
        trivia: scan.trivia,
        docs_from: 0,
        diagnostics: scan.problems,
    };
    let mut parser = FileParser { builder, at: 0 };
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

struct FileParser<'i> {
    builder: Builder<'i>,
    at: usize,
}

impl<'i> FileParser<'i> {
    fn module(&mut self, module: &mut Module) {
        self.skip_blanks();
        self.builder.docs_from = 0;
        let first = u32::try_from(self.at).unwrap_or(u32::MAX);
        module.docs = self.builder.take_comments(first, "//!");
        while self.at < self.builder.text.len() {
            match self
                .read(Rule::item)
                .and_then(|node| self.builder.item(node))
            {
                Some(item) => module.items.push(item),
                None => {
                    let span = self.builder.span_at(self.at, self.builder.text.len());
                    module.items.push(ast::Item {
                        docs: vec![],
                        waivers: vec![],
                        kind: ast::ItemKind::Bad,
                        span,
                    });
                    self.at = self.builder.text.len();
                }
            }
            self.skip_blanks();
        }
    }

    /// Reads one rule at the current place and moves past it.
    fn read(&mut self, rule: Rule) -> Option<build::Node<'i>> {
        let rest = self.builder.text.get(self.at..)?;
        match Grammar::parse(rule, rest) {
            Ok(mut pairs) => {
                let node = pairs.next()?;
                self.builder.base = self.at;
                self.at += node.as_span().end();
                Some(node)
            }
            Err(error) => {
                let at = match error.location {
                    pest::error::InputLocation::Pos(at) => self.at + at,
                    pest::error::InputLocation::Span((start, _)) => self.at + start,
                };
                let span = self.builder.span_at(at, at);
                let message = error.variant.message().into_owned();
                let problem = Diagnostic::error(Code::SyntaxError, message, span, "");
                self.builder.diagnostics.push(problem);
                None
            }
        }
    }

    /// Moves over blanks and comments.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.builder.text.get(self.at..).unwrap_or_default();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }
}

#[cfg(test)]
mod tests;
