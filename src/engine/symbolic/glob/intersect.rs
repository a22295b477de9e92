//! Intersections of globs, which are finite unions of globs.

use super::{Glob, SEPARATOR, Token, prune};
use crate::engine::symbolic::budget;

/// More globs than this in one intersection are given up as a budget question.
const LIMIT: usize = 512;

/// So are globs that take more choices one after another: each is a call within a call.
const DEPTH: usize = 1_024;

/// An intersection that would not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TooMany;

/// The intersection as a union of globs; empty if nothing matches both.
pub(crate) fn intersect(p: &Glob, q: &Glob) -> Result<Vec<Glob>, TooMany> {
    if p == q || q.is_everything() && !separated(&p.0) {
        return Ok(vec![p.clone()]);
    }
    if p.is_everything() && !separated(&q.0) {
        return Ok(vec![q.clone()]);
    }
    if clash(&p.0, &q.0) {
        return Ok(Vec::new());
    }
    let mut work = Work { steps: 0, depth: 0 };
    let mut suffixes = work.meet(&p.0, &q.0)?;
    for glob in &mut suffixes {
        glob.0.reverse();
    }
    suffixes.sort();
    suffixes.dedup();
    Ok(prune(suffixes))
}

/// Whether some text matches both.
pub(crate) fn overlap(p: &Glob, q: &Glob) -> bool {
    let (p, q) = (p.0.as_slice(), q.0.as_slice());
    if clash(p, q) {
        return false;
    }
    let (p, q) = without_ends(p, q);
    budget::read(p.len() * q.len());
    // For each rest of `p`, from the empty one on: with which rests of `q` it shares a text.
    let mut below = vec![false; q.len() + 1];
    for i in (0..=p.len()).rev() {
        let mut row = vec![false; q.len() + 1];
        for j in (0..=q.len()).rev() {
            let at = |row: &[bool], j: usize| row.get(j).copied().unwrap_or(false);
            let shares = match (p.get(i), q.get(j)) {
                (None, None) => true,
                (Some(a), Some(b)) if a.is_star() && b.is_star() => {
                    at(&below, j) || at(&row, j + 1)
                }
                (Some(a), None) => a.is_star() && at(&below, j),
                (None, Some(b)) => b.is_star() && at(&row, j + 1),
                (Some(a), Some(b)) if a.is_star() => {
                    at(&below, j) || a.meet_star(*b).is_some() && at(&row, j + 1)
                }
                (Some(a), Some(b)) if b.is_star() => {
                    at(&row, j + 1) || b.meet_star(*a).is_some() && at(&below, j)
                }
                (Some(a), Some(b)) => a.meet(*b).is_some() && at(&below, j + 1),
            };
            if let Some(cell) = row.get_mut(j) {
                *cell = shares;
            }
        }
        below = row;
    }
    below.first().copied().unwrap_or(false)
}

/// The globs without the beginnings and ends that both read letter by letter.
fn without_ends<'t>(p: &'t [Token], q: &'t [Token]) -> (&'t [Token], &'t [Token]) {
    let letters = |(a, b): &(&Token, &Token)| !a.is_star() && !b.is_star();
    let head = p.iter().zip(q).take_while(letters).count();
    let (p, q) = (
        p.get(head..).unwrap_or_default(),
        q.get(head..).unwrap_or_default(),
    );
    let both = p.iter().rev().zip(q.iter().rev());
    let tail = both.take_while(letters).count();
    let cut = |tokens: &'t [Token]| tokens.get(..tokens.len() - tail).unwrap_or_default();
    (cut(p), cut(q))
}

/// Whether the literal beginnings or ends contradict each other.
fn clash(p: &[Token], q: &[Token]) -> bool {
    let differ = |(a, b): (&Token, &Token)| a.meet(*b).is_none();
    let literal = |t: &&Token| !t.is_star();
    let head = p
        .iter()
        .take_while(literal)
        .zip(q.iter().take_while(literal));
    let tail = p
        .iter()
        .rev()
        .take_while(literal)
        .zip(q.iter().rev().take_while(literal));
    head.into_iter().any(differ) || tail.into_iter().any(differ)
}

/// What one intersection has taken so far.
struct Work {
    steps: usize,
    depth: usize,
}

impl Work {
    /// Intersections of two suffixes, written backwards.
    fn meet(&mut self, mut p: &[Token], mut q: &[Token]) -> Result<Vec<Glob>, TooMany> {
        let mut read: Vec<Token> = Vec::new();
        while let (Some((a, p_after)), Some((b, q_after))) = (p.split_first(), q.split_first())
            && !a.is_star()
            && !b.is_star()
        {
            match a.meet(*b) {
                Some(token) => read.push(token),
                None => return Ok(Vec::new()),
            }
            (p, q) = (p_after, q_after);
        }
        self.steps += 1 + read.len();
        self.depth += 1;
        if self.steps > 40 * LIMIT || self.depth > DEPTH {
            return Err(TooMany);
        }
        let mut out = self.meet_at_star(p, q)?;
        self.depth -= 1;
        for glob in &mut out {
            glob.extend(read.iter().rev().copied());
        }
        if out.len() > 8 {
            out.sort();
            out.dedup();
        }
        if out.len() > LIMIT {
            return Err(TooMany);
        }
        Ok(out)
    }

    /// The same where one of the two begins with a star or is at its end.
    fn meet_at_star(&mut self, p: &[Token], q: &[Token]) -> Result<Vec<Glob>, TooMany> {
        let rest = |tokens: &[Token]| Ok(vec![Glob(tokens.iter().rev().copied().collect())]);
        match (p.split_first(), q.split_first()) {
            (None, None) => Ok(vec![Glob::default()]),
            (Some((star, after)), None) if star.is_star() => self.meet(after, q),
            (None, Some((star, after))) if star.is_star() => self.meet(p, after),
            (None, _) | (_, None) => Ok(Vec::new()),
            (Some((Token::Star, [])), _) if !separated(q) => rest(q),
            (_, Some((Token::Star, []))) if !separated(p) => rest(p),
            (Some((a, p_after)), Some((b, q_after))) if a.is_star() && b.is_star() => {
                let mut both = self.meet(p_after, q)?;
                both.extend(self.meet(p, q_after)?);
                let star = if *a == Token::Star { *b } else { *a };
                Ok(prefixed(star, both))
            }
            (Some((star, after)), Some((d, q_after))) if star.is_star() => {
                let mut both = self.meet(after, q)?;
                if let Some(read) = star.meet_star(*d) {
                    both.extend(prefixed(read, self.meet(p, q_after)?));
                }
                Ok(both)
            }
            (Some((c, p_after)), Some((star, after))) => {
                let mut both = self.meet(p, after)?;
                if let Some(read) = star.meet_star(*c) {
                    both.extend(prefixed(read, self.meet(p_after, q)?));
                }
                Ok(both)
            }
        }
    }
}

fn separated(tokens: &[Token]) -> bool {
    tokens.contains(&Token::Char(SEPARATOR))
}

fn prefixed(token: Token, mut backwards: Vec<Glob>) -> Vec<Glob> {
    for glob in &mut backwards {
        glob.push(token);
    }
    backwards
}
