//! One test of a condition, by its own definition: absent keys, `IfExists`, qualifiers, settings.

use super::Compiler;
use super::value::Matched;
use crate::engine::semantics::{MultivaluedPlain, UnresolvedNegated};
use crate::engine::symbolic::atom::{Atom, KeyId, LinkId};
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::value::Language;
use crate::iam::{BaseOperator, Qualifier};
use crate::ir::Test;

impl Compiler<'_> {
    pub(super) fn test(&mut self, test: &Test) -> Formula {
        let key = self.key(&test.key);
        if test.operator.base == BaseOperator::Null {
            return self.null(test, key);
        }
        let matched = self.matched(test);
        let absent = self.tables.atom(Atom::Absent(key));
        let holds = if self.tables.is_multi(key) {
            self.multi(test, key, matched, absent)
        } else {
            self.single(test, key, matched, absent)
        };
        if test.operator.if_exists {
            self.tables.formulas.or([absent, holds])
        } else {
            holds
        }
    }

    fn null(&mut self, test: &Test, key: KeyId) -> Formula {
        match test.operator.qualifier {
            Some(Qualifier::ForAllValues) => return Formulas::TRUE,
            Some(Qualifier::ForAnyValue) => return Formulas::FALSE,
            None => {}
        }
        let missing = self.missing(key);
        let mut parts = Vec::new();
        for value in &test.values {
            if value.eq_ignore_ascii_case("true") {
                parts.push(missing);
            } else if value.eq_ignore_ascii_case("false") {
                parts.push(self.tables.formulas.not(missing));
            }
        }
        self.tables.formulas.or(parts)
    }

    /// The key has no value: it is absent, or an empty list.
    fn missing(&mut self, key: KeyId) -> Formula {
        let absent = self.tables.atom(Atom::Absent(key));
        if self.tables.is_multi(key) {
            let empty = self.tables.atom(Atom::Empty(key));
            self.tables.formulas.or([absent, empty])
        } else {
            absent
        }
    }

    /// A test on a key with one value.
    fn single(&mut self, test: &Test, key: KeyId, matched: Matched, absent: Formula) -> Formula {
        let mut parts = Vec::new();
        if let Some(language) = matched.language {
            let language = self.tables.language(language);
            parts.push(self.tables.atom(Atom::In(key, language)));
        }
        for (link, guards) in matched.links {
            let atom = self.tables.atom(Atom::Linked(key, link));
            parts.push(self.tables.formulas.and(guards.into_iter().chain([atom])));
        }
        let some = self.tables.formulas.or(parts);
        let present = self.tables.formulas.not(absent);
        if !test.operator.base.is_negated() {
            return match test.operator.qualifier {
                Some(Qualifier::ForAllValues) => self.tables.formulas.or([absent, some]),
                _ => self.tables.formulas.and([present, some]),
            };
        }
        let none = self.tables.formulas.not(some);
        let none = self.unless_unresolved(none, absent, matched.resolved);
        match test.operator.qualifier {
            Some(Qualifier::ForAnyValue) => self.tables.formulas.and([present, none]),
            _ => self.tables.formulas.or([absent, none]),
        }
    }

    /// X2: under one reading a negated operator fails when a variable among its values has no value.
    fn unless_unresolved(
        &mut self,
        holds: Formula,
        missing: Formula,
        resolved: Vec<Formula>,
    ) -> Formula {
        match self.semantics.unresolved_negated {
            UnresolvedNegated::Holds => holds,
            UnresolvedNegated::Fails => {
                let all = self.tables.formulas.and(resolved);
                let settled = self.tables.formulas.or([missing, all]);
                self.tables.formulas.and([holds, settled])
            }
        }
    }

    /// A test on a key with a list of values.
    fn multi(&mut self, test: &Test, key: KeyId, matched: Matched, absent: Formula) -> Formula {
        let negated = test.operator.base.is_negated();
        let missing = self.missing(key);
        let plain = self.semantics.multivalued_plain;
        if test.operator.qualifier.is_none() && plain == MultivaluedPlain::Never {
            return if negated { missing } else { Formulas::FALSE };
        }
        let all = test.operator.qualifier == Some(Qualifier::ForAllValues)
            || test.operator.qualifier.is_none() && negated;
        // ForAllValues: no value fails. ForAnyValue: some value passes.
        let inside = negated == all;
        let some = self.some(key, matched.language, matched.links, inside);
        let holds = if all {
            self.tables.formulas.not(some)
        } else {
            some
        };
        let _ = absent;
        if negated {
            self.unless_unresolved(holds, missing, matched.resolved)
        } else {
            holds
        }
    }

    /// Some value of the list is matched, or is not matched.
    fn some(
        &mut self,
        key: KeyId,
        language: Option<Language>,
        links: Vec<(LinkId, Vec<Formula>)>,
        inside: bool,
    ) -> Formula {
        let language = language.map(|l| self.tables.language(l));
        if inside {
            let mut parts = Vec::new();
            if language.is_some() {
                parts.push(self.tables.atom(Atom::Some {
                    key,
                    language,
                    links: Vec::new(),
                    inside,
                }));
            }
            for (link, guards) in links {
                let atom = self.tables.atom(Atom::Some {
                    key,
                    language: None,
                    links: vec![link],
                    inside,
                });
                parts.push(self.tables.formulas.and(guards.into_iter().chain([atom])));
            }
            return self.tables.formulas.or(parts);
        }
        if links.iter().any(|(_, guards)| !guards.is_empty()) {
            self.unmodelled = Some("a variable with a default under a qualifier");
        }
        let links = links.into_iter().map(|(link, _)| link).collect();
        self.tables.atom(Atom::Some {
            key,
            language,
            links,
            inside,
        })
    }
}
