//! Intersections of globs, which are finite unions of globs.

use super::{Glob, SEPARATOR, Token, prune};

/// More globs than this in one intersection are given up as a budget question.
const LIMIT: usize = 512;

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
    let mut steps = 0;
    let mut suffixes = meet(&p.0, &q.0, &mut steps)?;
    for glob in &mut suffixes {
        glob.0.reverse();
    }
    suffixes.sort();
    suffixes.dedup();
    Ok(prune(suffixes))
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

/// Intersections of two suffixes, written backwards.
fn meet(p: &[Token], q: &[Token], steps: &mut usize) -> Result<Vec<Glob>, TooMany> {
    *steps += 1;
    if *steps > 40 * LIMIT {
        return Err(TooMany);
    }
    let rest = |tokens: &[Token]| Ok(vec![Glob(tokens.iter().rev().copied().collect())]);
    let mut out = match (p.split_first(), q.split_first()) {
        (None, None) => return Ok(vec![Glob::default()]),
        (Some((star, after)), None) if star.is_star() => return meet(after, q, steps),
        (None, Some((star, after))) if star.is_star() => return meet(p, after, steps),
        (None, _) | (_, None) => return Ok(Vec::new()),
        (Some((Token::Star, [])), _) if !separated(q) => return rest(q),
        (_, Some((Token::Star, []))) if !separated(p) => return rest(p),
        (Some((a, p_after)), Some((b, q_after))) if a.is_star() && b.is_star() => {
            let mut both = meet(p_after, q, steps)?;
            both.extend(meet(p, q_after, steps)?);
            let star = if *a == Token::Star { *b } else { *a };
            prefixed(star, both)
        }
        (Some((star, after)), Some((d, q_after))) if star.is_star() => {
            let mut both = meet(after, q, steps)?;
            if let Some(read) = star.meet_star(*d) {
                both.extend(prefixed(read, meet(p, q_after, steps)?));
            }
            both
        }
        (Some((c, p_after)), Some((star, after))) if star.is_star() => {
            let mut both = meet(p, after, steps)?;
            if let Some(read) = star.meet_star(*c) {
                both.extend(prefixed(read, meet(p_after, q, steps)?));
            }
            both
        }
        (Some((c, p_after)), Some((d, q_after))) => match c.meet(*d) {
            Some(token) => prefixed(token, meet(p_after, q_after, steps)?),
            None => return Ok(Vec::new()),
        },
    };
    if out.len() > 8 {
        out.sort();
        out.dedup();
    }
    if out.len() > LIMIT {
        return Err(TooMany);
    }
    Ok(out)
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
