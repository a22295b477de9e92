//! Conditions: tests on keys, with qualifiers, absence and variables.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>

use super::asked::{Asked, Key};
use super::comparison::Comparison;
use super::text::Outcome;
use crate::engine::semantics::{MultivaluedPlain, Semantics, UnresolvedNegated};
use crate::iam::condition::Family;
use crate::iam::{Operator, Qualifier};
use crate::ir;

/// A condition, ready to be evaluated.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Always(bool),
    Test(Box<Test>),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    pub(super) fn new(condition: &ir::Condition, semantics: &Semantics) -> Condition {
        let list =
            |parts: &[ir::Condition]| parts.iter().map(|c| Condition::new(c, semantics)).collect();
        match condition {
            ir::Condition::True => Condition::Always(true),
            ir::Condition::False => Condition::Always(false),
            ir::Condition::Test(test) => Condition::Test(Box::new(Test::new(test, semantics))),
            ir::Condition::Not(inner) => Condition::Not(Box::new(Condition::new(inner, semantics))),
            ir::Condition::All(parts) => Condition::All(list(parts)),
            ir::Condition::Any(parts) => Condition::Any(list(parts)),
        }
    }

    /// Whether it holds. Every test is made, also where the result is known already, so that all keys that the
    /// condition asks for are accounted for.
    pub(super) fn holds<'a>(&'a self, asked: &Asked<'a>) -> bool {
        match self {
            Condition::Always(value) => *value,
            Condition::Test(test) => test.holds(asked),
            Condition::Not(inner) => !inner.holds(asked),
            Condition::All(parts) => parts.iter().fold(true, |all, c| c.holds(asked) & all),
            Condition::Any(parts) => parts.iter().fold(false, |any, c| c.holds(asked) | any),
        }
    }
}

/// One operator on one key.
#[derive(Clone, Debug)]
pub(super) struct Test {
    key: Key,
    operator: Operator,
    multi_valued: bool,
    comparison: Comparison,
    on_plain_list: MultivaluedPlain,
    on_unresolved: UnresolvedNegated,
}

impl Test {
    fn new(test: &ir::Test, semantics: &Semantics) -> Test {
        Test {
            key: Key::new(&test.key),
            operator: test.operator,
            multi_valued: test.multi_valued,
            comparison: Comparison::new(test.operator.base, &test.values, semantics),
            on_plain_list: semantics.multivalued_plain,
            on_unresolved: semantics.unresolved_negated,
        }
    }

    fn holds<'a>(&'a self, asked: &Asked<'a>) -> bool {
        let values = asked.values(&self.key).map(|v| v.as_slice());
        if self.operator.base.family() == Family::Null {
            return self.null_holds(values.is_none_or(<[String]>::is_empty));
        }
        let negated = self.operator.base.is_negated();
        let Some(values) = values else {
            return self.operator.if_exists
                || match self.operator.qualifier {
                    Some(qualifier) => qualifier == Qualifier::ForAllValues,
                    None => negated,
                };
        };
        let passes = |value: &String| self.passes(value, asked);
        match self.operator.qualifier {
            Some(Qualifier::ForAnyValue) => values.iter().any(passes),
            Some(Qualifier::ForAllValues) => values.iter().all(passes),
            None if values.is_empty() => negated,
            None if self.multi_valued || values.len() > 1 => match self.on_plain_list {
                MultivaluedPlain::Never => false,
                MultivaluedPlain::Any if negated => values.iter().all(passes),
                MultivaluedPlain::Any => values.iter().any(passes),
            },
            None => values.iter().all(passes),
        }
    }

    /// Whether a single value passes: for a negated operator, whether no policy value matches it.
    fn passes<'a>(&'a self, value: &str, asked: &Asked<'a>) -> bool {
        let outcome = self.comparison.compare(value, asked);
        match (self.operator.base.is_negated(), outcome) {
            (false, outcome) => outcome == Outcome::Match,
            (true, Outcome::Match) => false,
            (true, Outcome::Differ) => true,
            (true, Outcome::Unresolved) => self.on_unresolved == UnresolvedNegated::Holds,
        }
    }

    /// `Null` holds if the key has no value and the policy says `true`, or has one and it says `false`.
    fn null_holds(&self, has_no_value: bool) -> bool {
        match self.operator.qualifier {
            Some(Qualifier::ForAllValues) => true,
            Some(Qualifier::ForAnyValue) => false,
            None => self.comparison.names(has_no_value),
        }
    }
}
