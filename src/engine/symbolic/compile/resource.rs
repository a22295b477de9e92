//! Lists of resource patterns, under the reading that a kind of policy and the settings ask for.

use std::cell::RefCell;

use super::Compiler;
use super::variable::LONGEST;
use crate::engine::hashed::IndexMap;
use crate::engine::semantics::{
    ResourceCase, ResourceWildcards, ShortArns, TypeWildcards, UnresolvedNotResource,
};
use crate::engine::symbolic::arn::{self, Crossing};
use crate::engine::symbolic::atom::{Atom, Form, Padding, Reading, Resources};
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::glob::{self, Glob, Token};
use crate::engine::symbolic::solve::BUDGET;
use crate::iam::PolicyKind;
use crate::iam::pattern::{Part, Pattern, Variables, Wildcards};
use crate::ir::Match;

/// A list of resource patterns under a reading.
type Listed = (Vec<String>, Reading);

/// More lists than this are not remembered, nor is a list of more patterns.
const REMEMBERED: usize = 1024;
const MOST: usize = 256;

thread_local! {
    /// What lists of patterns without variables come to: many questions are about the same documents.
    static KNOWN: RefCell<IndexMap<Listed, Resources>> = RefCell::new(IndexMap::default());
}

/// The resources of a list of plain patterns; `None` if one has variables or letters that are no ASCII.
fn remembered(matched: &Match, reading: Reading) -> Option<Resources> {
    let is_plain = |text: &String| text.is_ascii() && !text.contains('$') && text.len() <= LONGEST;
    let few = 1..=MOST;
    if !few.contains(&matched.patterns.len()) || !matched.patterns.iter().all(is_plain) {
        return None;
    }
    let key = (matched.patterns.clone(), reading);
    KNOWN.with_borrow_mut(|known| {
        if let Some(resources) = known.get(&key) {
            return Some(resources.clone());
        }
        let mut globs = Vec::new();
        let mut star = false;
        for text in &matched.patterns {
            if text == "*" {
                globs.push(arn::every_arn());
                star = true;
                continue;
            }
            let pattern = Pattern::parse(text, Wildcards::Active, Variables::Active);
            let glob = Glob::of(&pattern).filter(|g| reading.is_listable(g))?;
            globs.extend(reading.arns(&glob));
        }
        // A list that matches nothing is left to the caller.
        let resources = (star || !globs.is_empty()).then(|| tidy(globs, star))?;
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, resources.clone());
        Some(resources)
    })
}

/// The same resources in as few globs as can easily be told.
fn tidy(mut globs: Vec<Glob>, star: bool) -> Resources {
    globs.sort();
    globs.dedup();
    Resources {
        globs: glob::prune(globs),
        star,
    }
}

impl Compiler<'_> {
    /// How patterns of resources are read in a kind of policy.
    pub(crate) fn reading(&self, kind: PolicyKind) -> Reading {
        let padding = match (self.semantics.short_arns, kind) {
            (ShortArns::Literal, _) | (_, PolicyKind::Rcp) => Padding::Never,
            (_, PolicyKind::ResourcePolicy) => Padding::WithStar,
            (_, PolicyKind::Scp) => Padding::EndingInStar,
            _ => Padding::Always,
        };
        Reading {
            crossing: match self.semantics.resource_wildcards {
                ResourceWildcards::Documented => Crossing::Trailing,
                ResourceWildcards::Segment => Crossing::Never,
                ResourceWildcards::WholeString => Crossing::Always,
            },
            padding,
            folded: match self.semantics.resource_case {
                ResourceCase::Service => (2, 3),
                ResourceCase::Head => (0, 5),
                ResourceCase::Exact => (0, 0),
            },
            literal_types: self.semantics.type_wildcards == TypeWildcards::Literal,
        }
    }

    /// The formula that a statement's resources match.
    pub(crate) fn resource(&mut self, matched: &Match, reading: Reading) -> Formula {
        if let Some(known) = remembered(matched, reading) {
            let any = self.resource_atom(known);
            return match matched.negated {
                false => any,
                true => self.tables.formulas.not(any),
            };
        }
        let mut globs = Vec::new();
        let mut star = false;
        let mut alternatives = Vec::new();
        let mut resolved = Vec::new();
        for text in &matched.patterns {
            if text == "*" {
                globs.push(arn::every_arn());
                star = true;
                continue;
            }
            let pattern = self.pattern(text, Wildcards::Active);
            match Glob::of(&pattern) {
                Some(glob) if reading.is_listable(&glob) => globs.extend(reading.arns(&glob)),
                None if variable_in_head(&pattern) => {}
                None if reading.is_listable(&with_stars(&pattern)) => {
                    let form = Form::Resource(reading);
                    let (links, known) = self.variants(&pattern, form);
                    resolved.push(known);
                    for (link, guards) in links {
                        let atom = self.tables.atom(Atom::ResourceLink(link));
                        let guarded = guards.into_iter().chain([atom]);
                        alternatives.push(self.tables.formulas.and(guarded));
                    }
                }
                _ => self.unmodelled = Some(BUDGET),
            }
        }
        if star || !globs.is_empty() {
            let resources = tidy(globs, star);
            alternatives.push(self.resource_atom(resources));
        }
        let any = self.tables.formulas.or(alternatives);
        if !matched.negated {
            return any;
        }
        let none = self.tables.formulas.not(any);
        match self.semantics.unresolved_not_resource {
            UnresolvedNotResource::ExcludesNothing => none,
            UnresolvedNotResource::Inert => {
                resolved.push(none);
                self.tables.formulas.and(resolved)
            }
        }
    }

    fn resource_atom(&mut self, resources: Resources) -> Formula {
        match resources.star && resources.globs.contains(&arn::every_arn()) {
            true => Formulas::TRUE,
            false => {
                let id = self.tables.resource(resources);
                self.tables.atom(Atom::Resource(id))
            }
        }
    }
}

/// The pattern with each variable as a wildcard, which reads no more than that.
fn with_stars(pattern: &Pattern) -> Glob {
    let mut glob = Glob::default();
    for part in pattern.parts() {
        match part {
            Part::Text(text) => glob.extend(text.chars().map(Token::Char)),
            Part::Question => glob.push(Token::One),
            Part::Star | Part::Variable(_) => glob.push(Token::Star),
        }
    }
    glob
}

fn variable_in_head(pattern: &Pattern) -> bool {
    let mut colons = 0;
    for part in pattern.parts() {
        match part {
            Part::Text(text) => colons += text.matches(':').count(),
            Part::Variable(_) if colons < arn::FIELDS - 1 => return true,
            _ => {}
        }
    }
    false
}
