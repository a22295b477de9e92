//! Conjunctions of unions of globs: is there a text in all of these and in none of those?

use super::automaton;
use super::budget::{Budget, Spent};
use super::glob::{Glob, Instanced, intersect, prune};

/// A part of the solution: every member of `glob` except those of `holes`.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Within all positive unions.
    pub(crate) glob: Glob,
    /// The negative globs that overlap it; none covers it.
    pub(crate) holes: Vec<Glob>,
    /// A member that is in no hole.
    pub(crate) member: Vec<char>,
}

/// The first piece of the solution; `None` if there is none.
pub(crate) fn first(
    within: &[&[Glob]],
    without: &[&[Glob]],
    budget: &mut Budget,
) -> Result<Option<Piece>, Spent> {
    let mut unions: Vec<&[Glob]> = within.to_vec();
    unions.sort_by_key(|u| u.len());
    unions.dedup();
    descend(Glob::everything(), &unions, without, budget, true)
}

/// Narrows a glob by one union after another until a member is left that no negative glob has.
fn descend(
    glob: Glob,
    unions: &[&[Glob]],
    without: &[&[Glob]],
    budget: &mut Budget,
    is_start: bool,
) -> Result<Option<Piece>, Spent> {
    let Some((union, rest)) = unions.split_first() else {
        return piece(glob, without, budget);
    };
    budget.spend(1 + union.len() as u64)?;
    if is_start {
        for first in *union {
            if !is_covered(first, without)
                && let Some(found) = descend(first.clone(), rest, without, budget, false)?
            {
                return Ok(Some(found));
            }
        }
        return Ok(None);
    }
    let instanced = Instanced::new(&glob);
    if union.iter().any(|other| instanced.is_covered_by(other)) {
        return descend(glob, rest, without, budget, false);
    }
    for other in *union {
        for met in intersect(&glob, other).map_err(|_| Spent)? {
            if !is_covered(&met, without)
                && let Some(found) = descend(met, rest, without, budget, false)?
            {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// All pieces of the solution; together they are exactly it.
pub(crate) fn all(
    within: &[&[Glob]],
    without: &[&[Glob]],
    budget: &mut Budget,
) -> Result<Vec<Piece>, Spent> {
    let mut pieces = Vec::new();
    for glob in meet_all(within, without, budget)? {
        pieces.extend(piece(glob, without, budget)?);
    }
    Ok(pieces)
}

/// The intersection of the unions, without the globs that one negative glob covers.
fn meet_all(
    within: &[&[Glob]],
    without: &[&[Glob]],
    budget: &mut Budget,
) -> Result<Vec<Glob>, Spent> {
    let mut unions: Vec<&[Glob]> = within.to_vec();
    unions.sort_by_key(|u| u.len());
    unions.dedup();
    let mut current: Option<Vec<Glob>> = None;
    for union in unions {
        let next = match current {
            None => union.to_vec(),
            Some(globs) => {
                budget.spend((globs.len() * union.len()) as u64)?;
                let mut next = Vec::new();
                for glob in &globs {
                    for other in union {
                        next.extend(intersect(glob, other).map_err(|_| Spent)?);
                    }
                }
                prune(next)
            }
        };
        current = Some(
            next.into_iter()
                .filter(|g| !is_covered(g, without))
                .collect(),
        );
    }
    Ok(current.unwrap_or_else(|| vec![Glob::everything()]))
}

/// Whether one negative glob covers it.
fn is_covered(glob: &Glob, without: &[&[Glob]]) -> bool {
    let instanced = Instanced::new(glob);
    let mut negatives = without.iter().flat_map(|u| u.iter());
    negatives.any(|n| instanced.is_covered_by(n))
}

fn piece(glob: Glob, without: &[&[Glob]], budget: &mut Budget) -> Result<Option<Piece>, Spent> {
    if is_covered(&glob, without) {
        return Ok(None);
    }
    let mut holes: Vec<Glob> = Vec::new();
    for negative in without.iter().flat_map(|u| u.iter()) {
        budget.spend(1)?;
        if intersect(&glob, negative).map_err(|_| Spent)?.is_empty() {
            continue;
        }
        holes.push(negative.clone());
    }
    let instance = glob.instance();
    let member = if holes.iter().any(|h| h.matches(&instance)) {
        let holes: Vec<&Glob> = holes.iter().collect();
        match automaton::difference(&glob, &holes, budget)? {
            Some(member) => member,
            None => return Ok(None),
        }
    } else {
        instance
    };
    Ok(Some(Piece {
        glob,
        holes,
        member,
    }))
}

impl Piece {
    /// A member in which wildcards are filled from the given texts if any fits, else the one known.
    pub(crate) fn readable(&self, fillers: &[&str]) -> Vec<char> {
        for filler in fillers {
            let letters: Vec<char> = filler.chars().collect();
            if letters.is_empty() && self.glob.has_one() {
                continue;
            }
            let text = self.glob.fill(&letters, &letters);
            if !self.holes.iter().any(|h| h.matches(&text)) {
                return text;
            }
        }
        self.member.clone()
    }
}
