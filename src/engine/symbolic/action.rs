//! Actions, grouped by which matchers they satisfy.
//!
//! An action is `prefix:Name`, letters, digits, `-` and `_` on both sides. In the open world every such name may
//! exist; two names that the same patterns match are one class. The classes are those of the literal names, and
//! of the generic instances of the regions between the patterns with wildcards (see `glob`), service by service.

use super::automaton;
use super::budget::{Budget, Spent};
use super::glob::{FRESH, Glob, Token, Union, intersect, prune};
use crate::engine::hashed::{IndexMap, IndexSet};
use crate::iam::pattern::{Pattern, Variables, Wildcards};
use crate::ir::Match;

/// Regions kept at most.
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

/// A matcher made ready: literal names, patterns of one service, and patterns over services; all folded.
#[derive(Debug)]
pub(crate) struct Prepared {
    negated: bool,
    literals: IndexSet<String>,
    of_service: IndexMap<String, Vec<Glob>>,
    general: Vec<Glob>,
}

impl Prepared {
    fn new(matcher: &Match) -> Self {
        let mut prepared = Prepared {
            negated: matcher.negated,
            literals: IndexSet::default(),
            of_service: IndexMap::default(),
            general: Vec::new(),
        };
        for text in &matcher.patterns {
            let text = text.to_ascii_lowercase();
            if !is_plausible(&text) {
                continue;
            }
            if !text.contains(['*', '?']) {
                prepared.literals.insert(text);
                continue;
            }
            let pattern = Pattern::parse(&text, Wildcards::Active, Variables::Literal);
            let globs = match literal_service(&text) {
                Some(service) => prepared.of_service.entry(service.to_owned()).or_default(),
                None => &mut prepared.general,
            };
            globs.extend(Glob::of(&pattern));
        }
        prepared
    }

    /// The patterns that can match names of a service.
    fn globs<'p>(&'p self, service: &str) -> impl Iterator<Item = &'p Glob> {
        let own = self.of_service.get(service).into_iter().flatten();
        self.general.iter().chain(own)
    }

    /// Whether a folded name is matched.
    pub(crate) fn matches(&self, name: &str, letters: &[char]) -> bool {
        let service = literal_service(name).unwrap_or_default();
        let any = self.literals.contains(name) || self.globs(service).any(|g| g.matches(letters));
        any != self.negated
    }
}

/// The service that a pattern names without wildcards.
fn literal_service(text: &str) -> Option<&str> {
    let (service, _) = text.split_once(':')?;
    (!service.contains(['*', '?'])).then_some(service)
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
        let mut out = IndexSet::default();
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

    /// Whether the only pattern that does not name a service is `*`.
    pub(crate) fn tell_no_services_apart(&self) -> bool {
        let mut patterns = self.matchers.iter().flat_map(|m| &m.patterns);
        patterns.all(|text| text == "*" || literal_service(text).is_some())
    }

    /// The matchers, ready to be asked.
    pub(crate) fn prepare(&self) -> Vec<Prepared> {
        self.matchers.iter().map(Prepared::new).collect()
    }

    /// The classes of the open world.
    pub(crate) fn open_classes(
        prepared: &[Prepared],
        budget: &mut Budget,
    ) -> Result<Vec<Class>, Spent> {
        let apart = Apart::of(prepared);
        let mut classes: IndexMap<Vector, Class> = IndexMap::default();
        let mut place = |glob: Glob, letters: Vec<char>| {
            let sample: String = letters.iter().collect();
            let matched = prepared.iter().map(|m| m.matches(&sample, &letters));
            let vector: Vector = matched.collect();
            classes.entry(vector.clone()).or_insert(Class {
                vector,
                sample,
                glob,
            });
        };
        for name in &apart.literals {
            budget.spend(1 + prepared.len() as u64 / 4)?;
            place(Glob::literal(name), name.chars().collect());
        }
        for service in apart.services.iter().copied().chain([""]) {
            for (glob, letters) in regions(prepared, service, &apart, budget)? {
                place(glob, letters);
            }
        }
        Ok(classes.into_values().collect())
    }
}

/// The names of a service, or of services that no pattern names.
fn names_of(service: &str) -> Glob {
    let mut glob = Glob::literal(service);
    if service.is_empty() {
        glob.extend([Token::One, Token::Star]);
    }
    glob.extend([Token::Char(':'), Token::One, Token::Star]);
    glob
}

/// Names that are asked about by themselves, so that none of them may stand for a region of others.
struct Apart<'p> {
    literals: IndexSet<&'p str>,
    services: IndexSet<&'p str>,
}

impl<'p> Apart<'p> {
    fn of(prepared: &'p [Prepared]) -> Self {
        let literals = prepared.iter().flat_map(|m| &m.literals);
        let services = prepared.iter().flat_map(|m| m.of_service.keys());
        Apart {
            literals: literals.map(String::as_str).collect(),
            services: services.map(String::as_str).collect(),
        }
    }

    /// Those among which a name of a service, or of services that no pattern names, is asked about: more matchers may
    /// match them than the rest of its region. `None` if the name stands for its region.
    fn around(&self, name: &[char], service: &str) -> Option<Glob> {
        let text: String = name.iter().collect();
        if self.literals.contains(text.as_str()) {
            return Some(literal(name));
        }
        let own = literal_service(&text)?;
        (service.is_empty() && self.services.contains(own)).then(|| names_of(own))
    }
}

/// A member of each region of names of a service that the matchers tell apart; names that stand apart aside.
fn regions(
    prepared: &[Prepared],
    service: &str,
    apart: &Apart<'_>,
    budget: &mut Budget,
) -> Result<Vec<(Glob, Vec<char>)>, Spent> {
    let mut unions: Vec<Vec<&Glob>> = prepared
        .iter()
        .map(|m| m.globs(service).collect())
        .filter(|globs: &Vec<&Glob>| !globs.is_empty())
        .collect();
    unions.sort();
    unions.dedup();
    let all: IndexSet<&Glob> = unions.iter().flatten().copied().collect();
    if all.iter().any(|p| p.has_one()) {
        let found = shortest(&all, service, apart, budget)?;
        return Ok(found.into_iter().map(|l| (literal(&l), l)).collect());
    }
    let mut out = Vec::new();
    let mut keep = |region: Vec<Glob>| {
        let stands = |glob: &Glob| apart.around(&glob.instance(), service).is_none();
        match region.iter().position(stands) {
            Some(at) => out.extend(region.into_iter().nth(at)),
            None => out.extend(region),
        }
        if out.len() > LIMIT {
            Err(Spent)
        } else {
            Ok(())
        }
    };
    let names = vec![names_of(service)];
    divide(&unions, names, &mut Vec::new(), budget, &mut keep)?;
    let instance = |g: Glob| {
        let letters = g.instance();
        (g, letters)
    };
    Ok(out.into_iter().map(instance).collect())
}

/// The shortest name of each region, and one that stands for it: a shortest name may stand apart, and what it stands
/// among is a region of its own then.
fn shortest(
    patterns: &IndexSet<&Glob>,
    service: &str,
    apart: &Apart<'_>,
    budget: &mut Budget,
) -> Result<Vec<Vec<char>>, Spent> {
    let names = within_fields(names_of(service));
    let mut aside: IndexSet<Glob> = IndexSet::default();
    loop {
        let all: Vec<&Glob> = patterns.iter().copied().chain(&aside).collect();
        let found = automaton::regions(&names, &all, budget)?;
        let known = aside.len();
        aside.extend(found.iter().filter_map(|name| apart.around(name, service)));
        if aside.len() == known {
            return Ok(found);
        }
    }
}

/// The same names without those that have another colon.
fn within_fields(names: Glob) -> Glob {
    let confined = names.0.into_iter().map(|token| match token {
        Token::One => Token::OneInField,
        Token::Star => Token::StarInField,
        other => other,
    });
    Glob(confined.collect())
}

/// Decides for one matcher after another whether it matches; a branch ends where no name is left.
fn divide<'g>(
    unions: &[Vec<&'g Glob>],
    left: Vec<Glob>,
    excluded: &mut Vec<&'g Glob>,
    budget: &mut Budget,
    keep: &mut dyn FnMut(Vec<Glob>) -> Result<(), Spent>,
) -> Result<(), Spent> {
    let Some((union, rest)) = unions.split_first() else {
        return if left.is_empty() { Ok(()) } else { keep(left) };
    };
    budget.spend((left.len() + union.len()) as u64)?;
    let mut within = Vec::new();
    let own = Union::new(union.iter().copied());
    for glob in &left {
        if own.cover(glob) {
            within.push(glob.clone());
            continue;
        }
        for pattern in own.meeting(glob) {
            budget.spend(1)?;
            within.extend(intersect(glob, pattern).map_err(|_| Spent)?);
        }
    }
    let mut within = prune(within);
    let before = Union::new(excluded.iter().copied());
    within.retain(|g| !before.cover(g));
    let depth = excluded.len();
    excluded.extend(union);
    let after = Union::new(excluded.iter().copied());
    let without = left.into_iter().filter(|g| !after.cover(g));
    let without: Vec<Glob> = without.collect();
    if !without.is_empty() {
        divide(rest, without, excluded, budget, keep)?;
    }
    excluded.truncate(depth);
    if !within.is_empty() {
        divide(rest, within, excluded, budget, keep)?;
    }
    Ok(())
}

fn literal(letters: &[char]) -> Glob {
    Glob(letters.iter().map(|c| Token::Char(*c)).collect())
}

/// A readable name for a sample with stand-ins: the fillers are tried in order against the whole vector, last of all
/// single letters, one of which will do wherever patterns have not named them all.
pub(crate) fn readable(class: &Class, prepared: &[Prepared]) -> String {
    if !class.sample.contains(FRESH) {
        return class.sample.clone();
    }
    let words = [
        ("Example", "E"),
        ("NewAction", "N"),
        ("Zz9", "z"),
        ("", "q"),
        ("q7", "q"),
    ];
    let filled = words.iter().map(|(star, one)| {
        let letters = |text: &str| text.chars().collect::<Vec<char>>();
        let name = class.glob.fill(&letters(star), &letters(one));
        name.into_iter().collect::<String>()
    });
    let letters = ('a'..='z').rev().chain('0'..='9').chain(['-', '_']);
    let single = letters.map(|c| class.sample.replace(FRESH, c.encode_utf8(&mut [0; 4])));
    let fits = |name: &String| {
        let folded = name.to_ascii_lowercase();
        let letters: Vec<char> = folded.chars().collect();
        let mut matched = prepared.iter().zip(&class.vector);
        is_plausible(&folded)
            && matched.all(|(m, expected)| m.matches(&folded, &letters) == *expected)
    };
    let found = filled.chain(single).find(fits);
    found.unwrap_or_else(|| super::readable::without_stand_ins(&class.sample, "ZqZ9"))
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
        let mut vectors: Vec<_> = Actions::open_classes(&actions.prepare(), &mut budget)
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

    /// The name that was taken for a region is a literal name of another matcher, or one of a service that another
    /// matcher names: the rest of the region went without a class, and claims about it were proved.
    #[test]
    fn a_name_that_stands_apart_never_stands_for_its_region() {
        let found = classes(&[&["?3:a"], &["33:a"]]);
        assert_eq!(found, [[false, false], [true, false], [true, true]]);
        let found = classes(&[&["?3:?"], &["33:*"]]);
        assert!(found.contains(&vec![true, false]), "{found:?}");
        let found = classes(&[&["*3:a", "s3:b*"], &["s3:a"], &["s3:*"]]);
        assert!(found.contains(&vec![true, false, true]), "{found:?}");
        let found = classes(&[&["ab*:x*"], &["*bc:x*"], &["abc:*"]]);
        assert!(found.contains(&vec![true, true, false]), "{found:?}");
    }

    #[test]
    fn names_have_one_colon() {
        let mut actions = Actions::default();
        actions.add(&Match::any(vec!["s3:a?".to_owned()]));
        let mut budget = Budget::new(1_000_000);
        let found = Actions::open_classes(&actions.prepare(), &mut budget).unwrap();
        assert!(
            found.iter().all(|c| c.sample.matches(':').count() == 1),
            "{found:?}"
        );
    }

    #[test]
    fn odd_patterns_match_nothing() {
        let found = classes(&[&["s3: GetObject", "s3:", "s3:GetObject,s3:PutObject"]]);
        assert_eq!(found, [[false]]);
    }
}
