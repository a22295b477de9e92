//! From pest's pairs to the tree.
//!
//! One method a rule, named like the rule's node. A method answers `None` only if the grammar and this code
//! disagree; the item then becomes `Bad` with a diagnostic, like any other text that could not be read.

mod blocks;
mod conditions;
mod items;
mod nodes;
mod proofs;
mod selectors;
mod values;

use pest::Parser;
use pest::iterators::{Pair, Pairs};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span, Spanned};
use crate::syntax::ast::{Ident, Path, Waiver};
use crate::syntax::trivia::Trivia;

use super::grammar::Grammar;
pub(super) use super::grammar::Rule;

/// A node of pest's.
pub(super) type Node<'i> = Pair<'i, Rule>;

/// What stands before an item or a member.
pub(super) struct Before {
    pub(super) docs: Vec<String>,
    pub(super) waivers: Vec<Waiver>,
}

/// Builds the tree of one file. The pairs are those of a slice that starts at `base`.
pub(super) struct Builder<'i> {
    pub(super) source: SourceId,
    pub(super) text: &'i str,
    pub(super) base: usize,
    pub(super) trivia: Trivia,
    /// Which comments of `trivia` went into the tree.
    pub(super) taken: Vec<bool>,
    /// Where the last sibling ended: doc comments after it belong to the next.
    pub(super) docs_from: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'i> Builder<'i> {
    /// A span between two offsets of the file.
    pub(super) fn span_at(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    /// The place of a pair in the file.
    pub(super) fn span(&self, node: &Node<'i>) -> Span {
        let span = node.as_span();
        self.span_at(span.start() + self.base, span.end() + self.base)
    }

    /// The `///` lines between the last sibling and `until`, without their marker.
    pub(super) fn take_docs(&mut self, until: u32) -> Vec<String> {
        self.take_comments(until, "///")
    }

    /// Comments with that marker between the last sibling and `until`.
    pub(super) fn take_comments(&mut self, until: u32, marker: &str) -> Vec<String> {
        let mut docs = Vec::new();
        let from = u32::try_from(self.docs_from).unwrap_or(u32::MAX);
        let first = self
            .trivia
            .comments
            .partition_point(|c| c.span.start < from);
        let comments = self.trivia.comments.iter().zip(&mut self.taken).skip(first);
        for (comment, taken) in comments.take_while(|(c, _)| c.span.start < until) {
            let text = comment.text.strip_prefix(marker);
            if let Some(text) = text.filter(|t| comment.own_line && !t.starts_with('/')) {
                docs.push(text.strip_prefix(' ').unwrap_or(text).to_owned());
                *taken = true;
            }
        }
        docs
    }

    /// Takes waivers and docs off the front; answers them, what follows, and the place of what follows.
    pub(super) fn before(&mut self, node: Node<'i>) -> Option<(Before, Node<'i>, Span)> {
        let end = self.span(&node).end as usize;
        let mut waivers = Vec::new();
        let mut inner = node.into_inner();
        let kind = loop {
            let next = inner.next()?;
            if next.as_rule() == Rule::waiver {
                waivers.push(self.waiver(next)?);
            } else {
                break next;
            }
        };
        let span = self.span(&kind);
        let docs = self.take_docs(span.start);
        self.docs_from = end;
        Some((Before { docs, waivers }, kind, span))
    }

    /// `waive CODE until DATE because "…"`
    pub(super) fn waiver(&mut self, node: Node<'i>) -> Option<Waiver> {
        let span = self.span(&node);
        let (mut code, mut until, mut because) = (None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::code => code = Some(self.ident(&part)),
                Rule::date => until = Some(self.ident(&part)),
                Rule::string => because = Some(self.ident(&part)),
                _ => {}
            }
        }
        Some(Waiver {
            code: code?,
            until: until?,
            because: because?,
            span,
        })
    }

    /// A word or a text as it is written; a text without its quotes.
    pub(super) fn ident(&self, node: &Node<'i>) -> Ident {
        let written = node.as_str();
        let value = match node.as_rule() {
            Rule::string => unquote(written),
            _ => written,
        };
        let start = node.as_span().start() + self.base;
        Spanned::new(value.to_owned(), self.span_at(start, start + written.len()))
    }

    /// A name that is given here. The words that join the parts of a line are no names, for nothing could be called by
    /// them; reading goes on all the same.
    pub(super) fn new_name(&mut self, node: &Node<'i>) -> Ident {
        let name = self.ident(node);
        if is_reserved(&name.value) {
            let message = format!("`{}` is a word of the language", name.value);
            let label = "nothing can have this name";
            let problem = Diagnostic::error(Code::SyntaxError, message, name.span, label);
            self.diagnostics.push(problem);
        }
        name
    }

    /// The first child of that rule as a word or text.
    pub(super) fn ident_of(&self, node: Node<'i>, rule: Rule) -> Option<Ident> {
        let mut inner = node.into_inner();
        inner.find(|p| p.as_rule() == rule).map(|p| self.ident(&p))
    }

    /// `a.b.c`
    pub(super) fn path(&self, node: Node<'i>) -> Path {
        let span = self.span(&node);
        let segments = node.into_inner().map(|p| self.ident(&p)).collect();
        Path { segments, span }
    }

    /// All paths among the children.
    pub(super) fn paths(&self, nodes: Pairs<'i, Rule>) -> Box<[Path]> {
        nodes
            .filter(|p| p.as_rule() == Rule::path)
            .map(|p| self.path(p))
            .collect()
    }
}

/// Whether the grammar keeps a word from being a name.
fn is_reserved(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && Grammar::parse(Rule::reserved, word).is_ok()
}

/// The text between the quotes.
pub(super) fn unquote(written: &str) -> &str {
    let inner = written.strip_prefix('"').unwrap_or(written);
    inner.strip_suffix('"').unwrap_or(inner)
}
