//! The values of a test as languages, and those with variables as patterns.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::Compiler;
use crate::engine::semantics::BoolVariables;
use crate::engine::symbolic::address::{Addresses, parse_block};
use crate::engine::symbolic::arn::{self, Crossing};
use crate::engine::symbolic::atom::{Form, LinkId};
use crate::engine::symbolic::base64::decode_base64;
use crate::engine::symbolic::formula::Formula;
use crate::engine::symbolic::glob::{self, Glob};
use crate::engine::symbolic::instant;
use crate::engine::symbolic::interval::{Decimal, Intervals};
use crate::engine::symbolic::value::Language;
use crate::iam::BaseOperator;
use crate::iam::condition::Family;
use crate::iam::pattern::Wildcards;
use crate::ir::Test;

/// The values of one test, brought into languages and patterns with variables.
pub(super) struct Matched {
    pub(super) language: Option<Language>,
    pub(super) links: Vec<(LinkId, Vec<Formula>)>,
    /// For each value with variables, the formula that all of them have values.
    pub(super) resolved: Vec<Formula>,
}

impl Compiler<'_> {
    /// Brings the values of a test into a language, and those with variables into patterns.
    pub(super) fn matched(&mut self, test: &Test) -> Matched {
        let base = test.operator.base;
        let mut out = Matched {
            language: None,
            links: Vec::new(),
            resolved: Vec::new(),
        };
        match base.family() {
            Family::String | Family::Arn => self.matched_text(test, &mut out),
            Family::Bool => {
                let globs: Vec<Glob> = test
                    .values
                    .iter()
                    .map(|v| v.to_ascii_lowercase())
                    .filter(|v| v == "true" || v == "false")
                    .map(|v| Glob::literal(&v).folded())
                    .collect();
                if self.semantics.bool_variables == BoolVariables::Substituted
                    && test.values.iter().any(|v| v.contains("${"))
                {
                    self.unmodelled = Some("a variable as a value of `Bool`");
                }
                out.language = (!globs.is_empty()).then_some(Language::Text(globs));
            }
            Family::Numeric => {
                let set = intervals(base, test.values.iter().filter_map(|v| Decimal::parse(v)));
                out.language = set.map(Language::Number);
            }
            Family::Date => {
                let set = intervals(base, test.values.iter().filter_map(|v| instant::parse(v)));
                out.language = set.map(Language::Date);
            }
            Family::Ip => {
                let blocks = test.values.iter().filter_map(|v| parse_block(v));
                let set = blocks.map(Addresses::block).reduce(|a, b| a.union(&b));
                out.language = set.map(Language::Ip);
            }
            Family::Binary => {
                let bytes = test.values.iter().filter_map(|v| decode_base64(v));
                let set: BTreeSet<Vec<u8>> = bytes.collect();
                out.language = (!set.is_empty()).then_some(Language::Binary(set));
            }
            Family::Null => {}
        }
        out
    }

    fn matched_text(&mut self, test: &Test, out: &mut Matched) {
        use BaseOperator as Op;
        let (wildcards, form) = match test.operator.base {
            Op::StringLike | Op::StringNotLike => (Wildcards::Active, Form::Text),
            Op::StringEqualsIgnoreCase | Op::StringNotEqualsIgnoreCase => {
                (Wildcards::Literal, Form::Folded)
            }
            Op::StringEquals | Op::StringNotEquals => (Wildcards::Literal, Form::Text),
            _ => (Wildcards::Active, Form::Arn),
        };
        let mut globs = Vec::new();
        for value in &test.values {
            let pattern = self.pattern(value, wildcards);
            match Glob::of(&pattern) {
                Some(glob) => match form {
                    Form::Folded => globs.push(glob.folded()),
                    Form::Arn => globs.extend(arn::rectangles(&glob.0, Crossing::Never)),
                    _ => globs.push(glob),
                },
                None => {
                    let (links, known) = self.variants(&pattern, form);
                    out.links.extend(links);
                    out.resolved.push(known);
                }
            }
        }
        globs.sort();
        globs.dedup();
        out.language = (!globs.is_empty()).then(|| match form {
            Form::Arn => Language::Arn(glob::prune(globs)),
            _ => Language::Text(glob::prune(globs)),
        });
    }
}

fn intervals(base: BaseOperator, values: impl Iterator<Item = Decimal>) -> Option<Intervals> {
    use BaseOperator as Op;
    use Ordering::{Equal, Greater, Less};
    let orders: &[Ordering] = match base {
        Op::NumericLessThan | Op::DateLessThan => &[Less],
        Op::NumericLessThanEquals | Op::DateLessThanEquals => &[Less, Equal],
        Op::NumericGreaterThan | Op::DateGreaterThan => &[Greater],
        Op::NumericGreaterThanEquals | Op::DateGreaterThanEquals => &[Equal, Greater],
        _ => &[Equal],
    };
    values
        .map(|v| Intervals::compared(&v, orders))
        .reduce(|a, b| a.union(&b))
}
