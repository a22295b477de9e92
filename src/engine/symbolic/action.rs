//! Actions, grouped by which matchers they satisfy.
//!
//! An action is `prefix:Name`, letters, digits, `-` and `_` on both sides. In the open world every such name may
//! exist; two names that the same patterns match are one class. The classes are those of the literal names, and
//! of the generic instances of all intersections of the patterns with wildcards (see `glob`).

use indexmap::{IndexMap, IndexSet};

use super::automaton;
use super::budget::{Budget, Spent};
use super::glob::{FRESH, Glob, Token, intersect, prune};
use crate::iam::pattern::{Pattern, Variables, Wildcards};
use crate::ir::Match;

/// Intersections of patterns kept at most.
const LIMIT: usize = 20_000;

/// The matchers of one question.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    matchers: IndexSet<Match>,
}

/// A matcher, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct MatcherId(usize);

/// Which matchers a class satisfies.
pub(crate) type Vector = Vec<bool>;

/// Actions that the same matchers match.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Class {
    /// Whether each matcher matches.
    pub(crate) vector: Vector,
    /// A member, folded; it may hold stand-ins for "any other name".
    pub(crate) sample: String,
    /// Where the sample came from.
    pub(crate) glob: Glob,
}

impl Class {
    /// Whether a matcher matches the class.
    pub(crate) fn matches(&self, id: MatcherId) -> bool {
        self.vector.get(id.0).copied().unwrap_or(false)
    }
}

/// A matcher made ready: literal names and patterns, folded.
#[derive(Debug)]
pub(crate) struct Prepared {
    negated: bool,
    literals: IndexSet<String>,
    globs: Vec<Glob>,
}

impl Prepared {
    fn new(matcher: &Match) -> Self {
        let mut prepared = Prepared {
            negated: matcher.negated,
            literals: IndexSet::new(),
            globs: Vec::new(),
        };
        for text in &matcher.patterns {
            let text: String = text.chars().map(|c| c.to_ascii_lowercase()).collect();
            if !is_plausible(&text) {
                continue;
            }
            if text.contains(['*', '?']) {
                let pattern = Pattern::parse(&text, Wildcards::Active, Variables::Literal);
                prepared.globs.extend(Glob::of(&pattern));
            } else {
                prepared.literals.insert(text);
            }
        }
        prepared
    }

    /// Whether a folded name is matched.
    pub(crate) fn matches(&self, name: &str, letters: &[char]) -> bool {
        let any = self.literals.contains(name) || self.globs.iter().any(|g| g.matches(letters));
        any != self.negated
    }
}

/// Whether a pattern can match an action at all.
fn is_plausible(text: &str) -> bool {
    let ordinary = |c: char| c.is_ascii_alphanumeric() || "-_*?:".contains(c);
    let wild = text.contains(['*', '?']);
    let colons = text.matches(':').count();
    text.chars().all(ordinary)
        && (colons == 1 || colons == 0 && wild)
        && !text.starts_with(':')
        && !text.ends_with(':')
}

impl Actions {
    /// The number of a matcher.
    pub(crate) fn add(&mut self, matcher: &Match) -> MatcherId {
        if let Some(index) = self.matchers.get_index_of(matcher) {
            return MatcherId(index);
        }
        MatcherId(self.matchers.insert_full(matcher.clone()).0)
    }

    /// The service prefixes that patterns name; `None` for patterns that may be of any service.
    pub(crate) fn prefixes(&self) -> IndexSet<Option<String>> {
        let mut out = IndexSet::new();
        for matcher in &self.matchers {
            if matcher.negated {
                out.insert(None);
            }
            for text in &matcher.patterns {
                let prefix = text.split_once(':').map(|(prefix, _)| prefix);
                let prefix = prefix.filter(|p| !p.contains(['*', '?']));
                out.insert(prefix.map(str::to_ascii_lowercase));
            }
        }
        out
    }

    /// The matchers, ready to be asked.
    pub(crate) fn prepare(&self) -> Vec<Prepared> {
        self.matchers.iter().map(Prepared::new).collect()
    }

    /// The classes of the open world.
    pub(crate) fn open_classes(&self, budget: &mut Budget) -> Result<Vec<Class>, Spent> {
        let prepared = self.prepare();
        let mut by_literal: IndexMap<&str, Vec<usize>> = IndexMap::new();
        let mut globs: IndexMap<&Glob, Vec<usize>> = IndexMap::new();
        for (i, matcher) in prepared.iter().enumerate() {
            for name in &matcher.literals {
                by_literal.entry(name).or_default().push(i);
            }
            for glob in &matcher.globs {
                globs.entry(glob).or_default().push(i);
            }
        }
        let base: Vector = prepared.iter().map(|m| m.negated).collect();
        let mut classes: IndexMap<Vector, Class> = IndexMap::new();
        let mut place = |matched: &mut dyn Iterator<Item = usize>, sample: String, glob: Glob| {
            let mut vector = base.clone();
            for i in matched {
                if let (Some(slot), Some(negated)) = (vector.get_mut(i), base.get(i)) {
                    *slot = !negated;
                }
            }
            classes.entry(vector.clone()).or_insert(Class {
                vector,
                sample,
                glob,
            });
        };
        for (name, own) in &by_literal {
            budget.spend(1 + globs.len() as u64 / 8)?;
            let letters: Vec<char> = name.chars().collect();
            let wild = globs.iter().filter(|(g, _)| g.matches(&letters));
            let mut all = own.iter().chain(wild.flat_map(|(_, i)| i)).copied();
            place(&mut all, (*name).to_owned(), Glob::literal(name));
        }
        let wild: Vec<&Glob> = globs.keys().copied().collect();
        let literals: Vec<Glob> = by_literal.keys().map(|n| Glob::literal(n)).collect();
        for (glob, letters) in regions(&wild, &literals, budget)? {
            let name: String = letters.iter().collect();
            let matched = globs.iter().filter(|(g, _)| g.matches(&letters));
            let own = by_literal.get(name.as_str()).into_iter().flatten();
            let mut all = matched.flat_map(|(_, i)| i).chain(own).copied();
            place(&mut all, name.clone(), glob);
        }
        Ok(classes.into_values().collect())
    }
}

/// `?*:?*`
fn any_action() -> Glob {
    Glob(vec![
        Token::One,
        Token::Star,
        Token::Char(':'),
        Token::One,
        Token::Star,
    ])
}

/// One member of each region of names that the patterns tell apart.
fn regions(
    patterns: &[&Glob],
    literals: &[Glob],
    budget: &mut Budget,
) -> Result<Vec<(Glob, Vec<char>)>, Spent> {
    if patterns.iter().any(|p| p.has_one()) {
        // A generic instance is no literal name; a shortest member may be one.
        let all: Vec<&Glob> = patterns.iter().copied().chain(literals).collect();
        let vectors = automaton::regions(&any_action(), &all, budget)?;
        return Ok(vectors.into_iter().map(|l| (literal(&l), l)).collect());
    }
    let mut closure: IndexSet<Glob> = IndexSet::from([any_action()]);
    for pattern in patterns {
        let mut new = Vec::new();
        for glob in &closure {
            budget.spend(1)?;
            new.extend(prune(intersect(glob, pattern).map_err(|_| Spent)?));
        }
        closure.extend(new);
        if closure.len() > LIMIT {
            return Err(Spent);
        }
    }
    let instance = |g: Glob| {
        let letters = g.instance();
        (g, letters)
    };
    Ok(closure.into_iter().map(instance).collect())
}

fn literal(letters: &[char]) -> Glob {
    Glob(letters.iter().map(|c| Token::Char(*c)).collect())
}

/// A readable name for a sample with stand-ins: the fillers are tried in order against the whole vector.
pub(crate) fn readable(class: &Class, prepared: &[Prepared]) -> String {
    if !class.sample.contains(FRESH) {
        return class.sample.clone();
    }
    for (star, one) in [
        ("Example", "E"),
        ("NewAction", "N"),
        ("Zz9", "z"),
        ("", "q"),
        ("q7", "q"),
    ] {
        let star: Vec<char> = star.chars().collect();
        let one: Vec<char> = one.chars().collect();
        let name: String = class.glob.fill(&star, &one).iter().collect();
        let folded = name.to_ascii_lowercase();
        let letters: Vec<char> = folded.chars().collect();
        let same = prepared
            .iter()
            .zip(&class.vector)
            .all(|(m, expected)| m.matches(&folded, &letters) == *expected);
        if same && is_plausible(&folded) {
            return name;
        }
    }
    super::readable::without_stand_ins(&class.sample, "ZqZ9")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(matchers: &[&[&str]]) -> Vec<Vec<bool>> {
        let mut actions = Actions::default();
        for patterns in matchers {
            actions.add(&Match::any(
                patterns.iter().map(|p| (*p).to_owned()).collect(),
            ));
        }
        let mut budget = Budget::new(1_000_000);
        let mut vectors: Vec<_> = actions
            .open_classes(&mut budget)
            .unwrap()
            .into_iter()
            .map(|c| c.vector)
            .collect();
        vectors.sort();
        vectors
    }

    #[test]
    fn every_region_has_a_class() {
        let found = classes(&[&["s3:Get*"], &["s3:*Acl"], &["S3:getobject", "sqs:x"]]);
        assert_eq!(
            found,
            [
                [false, false, false],
                [false, false, true],
                [false, true, false],
                [true, false, false],
                [true, false, true],
                [true, true, false]
            ]
        );
    }

    #[test]
    fn question_marks_are_exact() {
        let found = classes(&[&["s3:a*"], &["s3:a?*", "s3:a"]]);
        assert_eq!(found, [[false, false], [true, true]]);
        let found = classes(&[&["s3:a*"], &["s3:a?"]]);
        assert_eq!(found, [[false, false], [true, false], [true, true]]);
    }

    #[test]
    fn odd_patterns_match_nothing() {
        let found = classes(&[&["s3: GetObject", "s3:", "s3:GetObject,s3:PutObject"]]);
        assert_eq!(found, [[false]]);
    }
}
