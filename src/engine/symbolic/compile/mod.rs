//! From `ir` to formulas: conditions, resources and their variables, each test by its own definition.

mod resource;
mod test;
mod value;
mod variable;

use super::atom::{Atom, Key, KeyId, Tables};
use super::formula::{Formula, Formulas};
use super::glob::{Glob, uses_private_letters};
use super::keys::KeyFacts;
use super::value::Language;
use crate::engine::request::fold_key;
use crate::engine::semantics::Semantics;
use crate::ir::{Condition, Policy};

/// Brings policies into the tables of one question.
pub(crate) struct Compiler<'a> {
    pub(crate) tables: Tables,
    pub(crate) semantics: Semantics,
    facts: &'a dyn KeyFacts,
    /// What the documents use and the engine does not model, if anything: every answer is then unknown.
    pub(crate) unmodelled: Option<&'static str>,
}

impl<'a> Compiler<'a> {
    /// A compiler with empty tables.
    pub(crate) fn new(semantics: Semantics, facts: &'a dyn KeyFacts) -> Self {
        Compiler {
            tables: Tables::new(),
            semantics,
            facts,
            unmodelled: None,
        }
    }

    /// Learns which keys carry lists; to be called for every policy before any is compiled.
    pub(crate) fn declare(&mut self, policy: &Policy) {
        for statement in &policy.statements {
            self.declare_condition(&statement.condition);
        }
    }

    /// The same for a condition alone.
    pub(crate) fn declare_condition(&mut self, condition: &Condition) {
        match condition {
            Condition::True | Condition::False => {}
            Condition::Test(test) => {
                let folded = fold_key(&test.key);
                let facts = self.facts;
                let id = self.tables.key(&folded, || Key {
                    name: test.key.clone(),
                    multi: test.multi_valued,
                    domain: facts.shape(&folded).into(),
                });
                if test.multi_valued != self.tables.is_multi(id) {
                    self.tables.set_multi(id);
                    self.unmodelled =
                        Some("a key that one test takes as a list and another does not");
                }
            }
            Condition::Not(inner) => self.declare_condition(inner),
            Condition::All(parts) | Condition::Any(parts) => {
                for part in parts {
                    self.declare_condition(part);
                }
            }
        }
    }

    /// The number of a key.
    pub(crate) fn key(&mut self, name: &str) -> KeyId {
        let folded = fold_key(name);
        let facts = self.facts;
        let id = self.tables.key(&folded, || Key {
            name: name.to_owned(),
            multi: facts.is_multi_valued(&folded) == Some(true),
            domain: facts.shape(&folded).into(),
        });
        if uses_private_letters(name) {
            self.unmodelled = Some("letters of Unicode's private use planes");
        }
        id
    }

    /// The number of a key, if some policy mentions it.
    pub(crate) fn known_key(&self, name: &str) -> Option<KeyId> {
        self.tables.find_key(&fold_key(name))
    }

    /// The key's only value is this text.
    pub(crate) fn equals(&mut self, key: KeyId, value: &str) -> Formula {
        let language = Language::Text(vec![Glob::literal(value)]);
        let language = self.tables.language(language);
        self.tables.atom(Atom::In(key, language))
    }

    /// The formula of a condition.
    pub(crate) fn condition(&mut self, condition: &Condition) -> Formula {
        match condition {
            Condition::True => Formulas::TRUE,
            Condition::False => Formulas::FALSE,
            Condition::Test(test) => self.test(test),
            Condition::Not(inner) => {
                let inner = self.condition(inner);
                self.tables.formulas.not(inner)
            }
            Condition::All(parts) => {
                let parts: Vec<Formula> = parts.iter().map(|p| self.condition(p)).collect();
                self.tables.formulas.and(parts)
            }
            Condition::Any(parts) => {
                let parts: Vec<Formula> = parts.iter().map(|p| self.condition(p)).collect();
                self.tables.formulas.or(parts)
            }
        }
    }
}
