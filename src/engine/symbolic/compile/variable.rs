//! Patterns with policy variables: the ways to give them values.

use super::Compiler;
use crate::engine::semantics::VariableValues;
use crate::engine::symbolic::atom::{Atom, Form, KeyId, Link, LinkId, LinkPart};
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::glob::{Glob, Token, uses_private_letters};
use crate::engine::symbolic::solve::BUDGET;
use crate::engine::symbolic::value::Language;
use crate::iam::pattern::{Part, Pattern, Variable, Variables, Wildcards};

/// Bytes of the longest pattern: whole policies of AWS are at most four times as long.
pub(super) const LONGEST: usize = 8_192;

impl Compiler<'_> {
    pub(super) fn pattern(&mut self, text: &str, wildcards: Wildcards) -> Pattern {
        self.refuse_long(text);
        if uses_private_letters(text) {
            self.unmodelled = Some("letters of Unicode's private use planes");
        }
        Pattern::parse(text, wildcards, Variables::Active)
    }

    /// Gives up on a pattern that is longer than any that a policy of AWS can hold.
    pub(crate) fn refuse_long(&mut self, text: &str) {
        if text.len() > LONGEST {
            self.unmodelled = Some(BUDGET);
        }
    }

    /// The ways to give the variables of a pattern values, each with the conditions under which it applies, and
    /// the formula that there is one.
    pub(super) fn variants(
        &mut self,
        pattern: &Pattern,
        form: Form,
    ) -> (Vec<(LinkId, Vec<Formula>)>, Formula) {
        if self.semantics.variable_values == VariableValues::Active {
            self.unmodelled = Some("variables whose values are patterns");
        }
        let mut ways: Vec<(Vec<LinkPart>, Vec<Formula>)> = vec![(Vec::new(), Vec::new())];
        let mut resolved = Vec::new();
        for part in pattern.parts() {
            match part {
                Part::Text(text) => {
                    extend(
                        &mut ways,
                        text.chars().map(|c| LinkPart::Token(Token::Char(c))),
                    );
                }
                Part::Star => extend(&mut ways, [LinkPart::Token(Token::Star)]),
                Part::Question => extend(&mut ways, [LinkPart::Token(Token::One)]),
                Part::Variable(variable) => {
                    let has = self.variable(variable, &mut ways);
                    resolved.push(has);
                }
            }
        }
        let resolved = self.tables.formulas.and(resolved);
        let links = ways
            .into_iter()
            .map(|(parts, guards)| (self.tables.link(Link { parts, form }), guards))
            .collect();
        (links, resolved)
    }

    /// Puts a variable at the end of every way; gives the formula that it has a value.
    fn variable(
        &mut self,
        variable: &Variable,
        ways: &mut Vec<(Vec<LinkPart>, Vec<Formula>)>,
    ) -> Formula {
        let key = self.key(&variable.key);
        let has = if self.tables.is_multi(key) {
            Formulas::FALSE
        } else {
            self.has_value(key)
        };
        let lacks = self.tables.formulas.not(has);
        let before = std::mem::take(ways);
        for (parts, guards) in before {
            if has != Formulas::FALSE {
                let mut with = (parts.clone(), guards.clone());
                with.0.push(LinkPart::Value(key));
                ways.push(with);
            }
            if let Some(default) = &variable.default {
                let mut with = (parts, guards);
                with.0
                    .extend(default.chars().map(|c| LinkPart::Token(Token::Char(c))));
                if lacks != Formulas::TRUE {
                    with.1.push(lacks);
                }
                ways.push(with);
            }
        }
        match variable.default {
            Some(_) => Formulas::TRUE,
            None => has,
        }
    }

    /// The key is there and its value is not the empty text.
    pub(crate) fn has_value(&mut self, key: KeyId) -> Formula {
        let empty = self.tables.language(Language::Text(vec![Glob::default()]));
        let absent = self.tables.atom(Atom::Absent(key));
        let empty = self.tables.atom(Atom::In(key, empty));
        let lacks = self.tables.formulas.or([absent, empty]);
        self.tables.formulas.not(lacks)
    }
}

fn extend(
    ways: &mut [(Vec<LinkPart>, Vec<Formula>)],
    parts: impl IntoIterator<Item = LinkPart> + Clone,
) {
    for (way, _) in ways {
        way.extend(parts.clone());
    }
}
