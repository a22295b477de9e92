//! Whether globs with `?` or mixed case cover another glob, by walking the product of their position sets.
//!
//! Only asked where the generic instance does not decide. Deterministic and counted: every state costs a step.

use std::collections::{BTreeSet, VecDeque};

use super::budget::{self, Budget, Spent};
use super::glob::{FRESH, Glob, Token, raised};
use crate::engine::hashed::IndexMap;

/// Positions of one glob that the text read so far can have reached.
type Positions = Vec<u32>;

/// A state: positions in the glob to be covered, then in each cover.
type State = Vec<Positions>;

/// The shortest member of `p` that no cover matches; `None` if the covers cover it.
pub(crate) fn difference(
    p: &Glob,
    covers: &[&Glob],
    budget: &mut Budget,
) -> Result<Option<Vec<char>>, Spent> {
    let globs: Vec<&Glob> = std::iter::once(p).chain(covers.iter().copied()).collect();
    let mut found = None;
    explore(&globs, budget, |ends, seen, at| {
        if let Some((true, rest)) = ends.split_first()
            && !rest.contains(&true)
        {
            found = Some(path(seen, at));
            return Visit::Stop;
        }
        Visit::Continue
    })?;
    Ok(found)
}

/// The shortest member of `p` for each set of patterns that some member matches.
pub(crate) fn regions(
    p: &Glob,
    patterns: &[&Glob],
    budget: &mut Budget,
) -> Result<Vec<Vec<char>>, Spent> {
    let globs: Vec<&Glob> = std::iter::once(p).chain(patterns.iter().copied()).collect();
    let mut found: IndexMap<Vec<bool>, Vec<char>> = IndexMap::default();
    explore(&globs, budget, |ends, seen, at| {
        if let Some((true, rest)) = ends.split_first()
            && !found.contains_key(rest)
        {
            found.insert(rest.to_vec(), path(seen, at));
        }
        Visit::Continue
    })?;
    Ok(found.into_values().collect())
}

/// Whether to go on exploring.
#[derive(PartialEq, Eq)]
enum Visit {
    Continue,
    Stop,
}

type Seen = IndexMap<State, Option<(usize, char)>>;

/// Visits every reachable state in order of distance, with which globs read the text so far.
fn explore(
    globs: &[&Glob],
    budget: &mut Budget,
    mut visit: impl FnMut(&[bool], &Seen, usize) -> Visit,
) -> Result<(), Spent> {
    let letters = alphabet(globs);
    let start: State = globs.iter().map(|g| close(g, vec![0])).collect();
    let mut seen: Seen = IndexMap::default();
    seen.insert(start, None);
    let mut queue = VecDeque::from([0_usize]);
    while let Some(at) = queue.pop_front() {
        let Some((state, _)) = seen.get_index(at) else {
            break;
        };
        let positions: usize = state.iter().map(|p| 1 + p.len() / 8).sum();
        budget.spend((letters.len() * positions) as u64)?;
        let state = state.clone();
        if visit(&ends(globs, &state), &seen, at) == Visit::Stop {
            return Ok(());
        }
        for letter in &letters {
            let next: State = globs
                .iter()
                .zip(&state)
                .map(|(g, positions)| step(g, positions, *letter))
                .collect();
            if next.first().is_none_or(Vec::is_empty) || seen.contains_key(&next) {
                continue;
            }
            queue.push_back(seen.len());
            seen.insert(next, Some((at, *letter)));
        }
    }
    Ok(())
}

/// Every letter that some glob names, in both cases where case does not matter, and one that none names.
fn alphabet(globs: &[&Glob]) -> Vec<char> {
    let mut letters = BTreeSet::from([FRESH]);
    for token in globs.iter().flat_map(|g| &g.0) {
        match token {
            Token::Char(c) => {
                letters.insert(*c);
            }
            Token::Fold(c) => {
                letters.insert(*c);
                letters.extend(raised(*c));
            }
            Token::OneInField | Token::StarInField => {
                letters.insert(':');
            }
            Token::One | Token::Star => {}
        }
    }
    letters.into_iter().collect()
}

/// Adds the positions behind stars, which may read nothing.
fn close(glob: &Glob, mut positions: Positions) -> Positions {
    let mut i = 0;
    while let Some(at) = positions.get(i).copied() {
        let star = glob.0.get(at as usize).is_some_and(|t| t.is_star());
        if star && !positions.contains(&(at + 1)) {
            positions.push(at + 1);
        }
        i += 1;
    }
    positions.sort_unstable();
    positions.dedup();
    positions
}

/// Whether a glob matches a text, by position sets.
pub(crate) fn accepts(glob: &Glob, text: &[char]) -> bool {
    let start = close(glob, vec![0]);
    let end = text
        .iter()
        .fold(start, |positions, c| step(glob, &positions, *c));
    end.iter().any(|p| *p as usize == glob.0.len())
}

fn step(glob: &Glob, positions: &[u32], letter: char) -> Positions {
    budget::read(positions.len());
    let mut next = Vec::new();
    for at in positions {
        match glob.0.get(*at as usize) {
            Some(star) if star.is_star() && star.runs_over(letter) => next.push(*at),
            Some(token) if token.reads(letter) => next.push(at + 1),
            _ => {}
        }
    }
    close(glob, next)
}

fn ends(globs: &[&Glob], state: &State) -> Vec<bool> {
    globs
        .iter()
        .zip(state)
        .map(|(g, positions)| positions.iter().any(|p| *p as usize == g.0.len()))
        .collect()
}

fn path(seen: &Seen, mut at: usize) -> Vec<char> {
    let mut letters = Vec::new();
    while let Some((_, Some((before, letter)))) = seen.get_index(at) {
        letters.push(*letter);
        at = *before;
    }
    letters.reverse();
    letters
}
