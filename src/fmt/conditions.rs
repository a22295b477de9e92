//! Conditions and guards.

use super::printer::{Printer, STEP};
use crate::layout::Flat;
use crate::syntax::ast::{
    Comparator, Comparison, Cond, CondKind, Expr, Guard, Ident, Quantifier, Subject, SubjectKind,
};

/// What stands between the parentheses of `raw`.
enum Part<'a> {
    Key(&'a Ident),
    Values(&'a Expr),
}

impl Printer<'_> {
    /// ` when C unless D`, each on a line of its own if it does not fit.
    pub(super) fn guard(&mut self, guard: &Guard) {
        for (word, cond) in [("when", &guard.when), ("unless", &guard.unless)] {
            if let Some(cond) = cond {
                self.clause(word, cond.span.start, |p| {
                    p.text(" ");
                    p.cond(cond);
                });
            }
        }
    }

    /// A part of a statement that starts with a word; what follows it writes the blank before it.
    pub(super) fn clause(&mut self, word: &str, start: u32, body: impl FnOnce(&mut Self)) {
        self.doc.open_sticky();
        self.doc.indent(STEP);
        self.line(Flat::Space, start);
        self.text(word);
        body(self);
        self.doc.dedent(STEP);
        self.doc.close();
    }

    /// A condition whose operands from the second on are indented where they have lines of their own.
    pub(super) fn cond(&mut self, cond: &Cond) {
        self.doc.indent(STEP);
        self.aligned(cond);
        self.doc.dedent(STEP);
    }

    /// A condition that starts a line itself: its operands stand below one another.
    pub(super) fn aligned(&mut self, cond: &Cond) {
        self.doc.open();
        self.operand(cond);
        self.doc.close();
    }

    fn operand(&mut self, cond: &Cond) {
        match &cond.kind {
            CondKind::Or(operands) => self.joined("or ", operands),
            CondKind::And(operands) => self.joined("and ", operands),
            CondKind::Not(inner) => {
                self.text("not ");
                self.operand(inner);
            }
            CondKind::Group(inner) => self.group(inner, cond.span.end),
            CondKind::Call(call) => self.call(call),
            CondKind::Predicate(predicate) => {
                match predicate.quantifier.map(|q| q.value) {
                    Some(Quantifier::Any) => self.text("any "),
                    Some(Quantifier::Every) => self.text("every "),
                    None => {}
                }
                self.subject(&predicate.subject);
                if let Some(comparison) = &predicate.comparison {
                    self.comparison(comparison);
                }
            }
            CondKind::Membership { who, place } => {
                self.ident(who);
                self.text(" in ");
                self.path(place);
            }
            CondKind::Raw {
                operator,
                key,
                values,
            } => {
                self.text("raw ");
                self.ident(operator);
                let parts = [Part::Key(key), Part::Values(values)];
                let span = |part: &Part<'_>| match part {
                    Part::Key(key) => key.span,
                    Part::Values(values) => values.span,
                };
                let write = |p: &mut Self, part: &Part<'_>| match part {
                    Part::Key(key) => p.ident(key),
                    Part::Values(values) => p.expr(values),
                };
                self.brackets(("(", Flat::Empty, ")"), cond.span.end, &parts, span, write);
            }
            CondKind::Constant(_) => self.verbatim(cond.span),
        }
    }

    /// `a and b`: every operand but the first on a line of its own, if they do not fit.
    fn joined(&mut self, word: &str, operands: &[Cond]) {
        for (index, operand) in operands.iter().enumerate() {
            if index > 0 {
                self.line(Flat::Space, operand.span.start);
                self.text(word);
            }
            match operand.kind {
                CondKind::And(_) => self.cond(operand),
                _ => self.aligned(operand),
            }
        }
    }

    fn group(&mut self, inner: &Cond, end: u32) {
        self.text("(");
        self.doc.open();
        self.doc.indent(STEP);
        self.line(Flat::Empty, inner.span.start);
        self.aligned(inner);
        self.comments_inside(end.saturating_sub(1));
        self.doc.dedent(STEP);
        self.doc.line(Flat::Empty);
        self.doc.close();
        self.text(")");
    }

    /// A key or a phrase.
    pub(super) fn subject(&mut self, subject: &Subject) {
        match &subject.kind {
            SubjectKind::Key(_) => self.verbatim(subject.span),
            SubjectKind::Phrase { words, tail } => {
                self.text(words);
                if let Some(tail) = tail {
                    self.text(" ");
                    self.ident(tail);
                }
            }
        }
    }

    fn comparison(&mut self, comparison: &Comparison) {
        self.text(" ");
        self.text(operator(comparison.operator.value));
        if let Some(value) = &comparison.value {
            self.text(" ");
            self.expr(value);
        }
        if comparison.ignoring_case.is_some() {
            self.text(" ignoring case");
        }
    }
}

fn operator(comparator: Comparator) -> &'static str {
    match comparator {
        Comparator::Equal => "==",
        Comparator::NotEqual => "!=",
        Comparator::In => "in",
        Comparator::NotIn => "not in",
        Comparator::Like => "like",
        Comparator::NotLike => "not like",
        Comparator::Less => "<",
        Comparator::LessEqual => "<=",
        Comparator::Greater => ">",
        Comparator::GreaterEqual => ">=",
        Comparator::After => "after",
        Comparator::Before => "before",
        Comparator::Within => "within",
        Comparator::Present => "present",
        Comparator::Absent => "absent",
    }
}
