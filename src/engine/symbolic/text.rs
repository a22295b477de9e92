//! Conjunctions of unions of globs: is there a text in all of these and in none of those?

use super::automaton;
use super::budget::{Budget, Spent};
use super::glob::{Glob, Union, intersect, overlap, prune};

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
    let unions: Vec<Union<'_>> = unions.into_iter().map(Union::new).collect();
    let without = Union::new(without.iter().copied().flatten());
    budget.spend(without.len() as u64 / 8)?;
    descend(Glob::everything(), &unions, &without, budget, true)
}

/// Narrows a glob by one union after another until a member is left that no negative glob has.
fn descend(
    glob: Glob,
    unions: &[Union<'_>],
    without: &Union<'_>,
    budget: &mut Budget,
    is_start: bool,
) -> Result<Option<Piece>, Spent> {
    let Some((union, rest)) = unions.split_first() else {
        return piece(glob, without, budget);
    };
    budget.spend(1)?;
    if is_start {
        for first in union.globs() {
            budget.spend(1)?;
            if !without.cover(first)
                && let Some(found) = descend((*first).clone(), rest, without, budget, false)?
            {
                return Ok(Some(found));
            }
        }
        return Ok(None);
    }
    if union.cover(&glob) {
        return descend(glob, rest, without, budget, false);
    }
    for other in union.meeting(&glob) {
        budget.spend(1)?;
        for met in intersect(&glob, other).map_err(|_| Spent)? {
            if !without.cover(&met)
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
    let without = Union::new(without.iter().copied().flatten());
    budget.spend(without.len() as u64 / 8)?;
    let mut pieces = Vec::new();
    for glob in meet_all(within, &without, budget)? {
        pieces.extend(piece(glob, &without, budget)?);
    }
    Ok(pieces)
}

/// The intersection of the unions, without the globs that one negative glob covers.
fn meet_all(
    within: &[&[Glob]],
    without: &Union<'_>,
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
                let union = Union::new(union);
                let mut next = Vec::new();
                for glob in globs {
                    budget.spend(1)?;
                    if union.cover(&glob) {
                        next.push(glob);
                        continue;
                    }
                    for other in union.meeting(&glob) {
                        budget.spend(1)?;
                        next.extend(intersect(&glob, other).map_err(|_| Spent)?);
                    }
                }
                prune(next)
            }
        };
        current = Some(next.into_iter().filter(|g| !without.cover(g)).collect());
    }
    Ok(current.unwrap_or_else(|| vec![Glob::everything()]))
}

fn piece(glob: Glob, without: &Union<'_>, budget: &mut Budget) -> Result<Option<Piece>, Spent> {
    if without.cover(&glob) {
        return Ok(None);
    }
    let mut holes: Vec<Glob> = Vec::new();
    for negative in without.meeting(&glob) {
        budget.spend(1)?;
        if overlap(&glob, negative) {
            holes.push(negative.clone());
        }
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
