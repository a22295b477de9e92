//! Many globs, prepared for being asked often: which of them may cover another one, which may meet it.
//!
//! A glob that covers another needs all its letters there, in the same order: so it is asked only about globs that
//! have the three letters it has which fewest of the others have. Two globs that meet have beginnings of which one
//! continues the other: so those are found in a sorted list.

use std::cell::OnceCell;

use super::token::fold;
use super::{Glob, Instanced, Token};
use crate::engine::hashed::IndexMap;

/// Three letters that stand together, without regard to case.
type Gram = [char; 3];

/// Fewer globs than this are asked one by one.
const FEW: usize = 24;

/// A union of globs.
pub(crate) struct Union<'g> {
    globs: Vec<&'g Glob>,
    letters: OnceCell<ByLetters>,
    beginnings: OnceCell<Vec<(Vec<char>, usize)>>,
}

/// Globs by three letters that they need.
#[derive(Default)]
struct ByLetters {
    needing: IndexMap<Gram, Vec<usize>>,
    /// Those that are always asked.
    others: Vec<usize>,
}

impl ByLetters {
    fn new(globs: &[&Glob]) -> Self {
        let mut by = ByLetters::default();
        if globs.len() < FEW {
            by.others = (0..globs.len()).collect();
            return by;
        }
        let mut counts: IndexMap<Gram, usize> = IndexMap::default();
        for gram in globs.iter().flat_map(|g| grams(g)) {
            *counts.entry(gram).or_default() += 1;
        }
        for (i, glob) in globs.iter().enumerate() {
            match grams(glob).min_by_key(|gram| counts.get(gram)) {
                Some(gram) => by.needing.entry(gram).or_default().push(i),
                None => by.others.push(i),
            }
        }
        by
    }
}

impl<'g> Union<'g> {
    /// A union of these.
    pub(crate) fn new(globs: impl IntoIterator<Item = &'g Glob>) -> Self {
        Union {
            globs: globs.into_iter().collect(),
            letters: OnceCell::new(),
            beginnings: OnceCell::new(),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.globs.len()
    }

    /// All of them.
    pub(crate) fn globs(&self) -> &[&'g Glob] {
        &self.globs
    }

    /// Whether one of them surely covers a glob.
    pub(crate) fn cover(&self, glob: &Glob) -> bool {
        if self.globs.is_empty() {
            return false;
        }
        let instanced = Instanced::new(glob);
        self.candidates(glob)
            .any(|(_, q)| instanced.is_covered_by(q))
    }

    /// Those that may cover a glob, by number.
    pub(super) fn candidates(&self, glob: &Glob) -> impl Iterator<Item = (usize, &'g Glob)> {
        let by = self.letters.get_or_init(|| ByLetters::new(&self.globs));
        let few = by.needing.is_empty();
        let grams = (!few).then(|| grams(glob)).into_iter().flatten();
        let needing = grams.filter_map(|gram| by.needing.get(&gram));
        let all = needing.flatten().chain(&by.others).copied();
        all.filter_map(|i| Some((i, *self.globs.get(i)?)))
    }

    /// Those that may meet a glob: none of the others does.
    pub(crate) fn meeting(&self, glob: &Glob) -> Vec<&'g Glob> {
        if self.globs.len() < FEW {
            return self.globs.clone();
        }
        let sorted = self.beginnings.get_or_init(|| {
            let globs = self.globs.iter().enumerate();
            let mut sorted: Vec<_> = globs.map(|(i, g)| (beginning(g), i)).collect();
            sorted.sort();
            sorted
        });
        let own = beginning(glob);
        let mut found: Vec<usize> = Vec::new();
        // Beginnings that continue the glob's own, it included, then those that it continues.
        let from = sorted.partition_point(|(b, _)| *b < own);
        let longer = sorted.get(from..).unwrap_or_default().iter();
        found.extend(longer.take_while(|(b, _)| b.starts_with(&own)).map(|e| e.1));
        for length in 0..own.len() {
            let shorter = own.get(..length).unwrap_or_default();
            let from = sorted.partition_point(|(b, _)| b.as_slice() < shorter);
            let same = sorted.get(from..).unwrap_or_default().iter();
            found.extend(same.take_while(|(b, _)| b == shorter).map(|e| e.1));
        }
        found.sort_unstable();
        let globs = found.into_iter().filter_map(|i| self.globs.get(i));
        globs.copied().collect()
    }
}

/// The letter that a token reads, without regard to case.
fn letter(token: &Token) -> Option<char> {
    match token {
        Token::Char(c) | Token::Fold(c) => Some(fold(*c)),
        _ => None,
    }
}

/// Every three letters that stand together in a glob.
fn grams(glob: &Glob) -> impl Iterator<Item = Gram> {
    glob.0.windows(3).filter_map(|tokens| match tokens {
        [a, b, c] => Some([letter(a)?, letter(b)?, letter(c)?]),
        _ => None,
    })
}

/// The letters that a glob begins with.
fn beginning(glob: &Glob) -> Vec<char> {
    glob.0.iter().map_while(letter).collect()
}
