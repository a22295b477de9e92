//! What a pattern captures: the values of its first variable with which it can meet a glob.

use crate::engine::symbolic::atom::{Link, LinkPart};
use crate::engine::symbolic::glob::{Glob, SEPARATOR, Token, intersect};

/// Values of the first variable of a pattern for which it can meet a glob.
pub(super) fn captures(link: &Link, glob: &Glob) -> Vec<String> {
    let Some(at) = link
        .parts
        .iter()
        .position(|p| matches!(p, LinkPart::Value(_)))
    else {
        return Vec::new();
    };
    let free = |parts: &[LinkPart]| {
        let mut out = Glob::default();
        for part in parts {
            out.push(match part {
                LinkPart::Token(token) => *token,
                LinkPart::Value(_) => Token::Star,
            });
        }
        out
    };
    let (before, after) = link.parts.split_at(at);
    let before = free(before);
    let after = free(after.get(1..).unwrap_or_default());
    let mut whole = before.clone();
    whole.push(Token::Star);
    whole.extend(after.0.iter().copied());
    let mut out = Vec::new();
    for meet in intersect(&whole, glob).unwrap_or_default().iter().take(8) {
        let letters = meet.instance();
        let longest = letters.len().min(400);
        for start in 0..=longest {
            let Some((head, rest)) = letters.split_at_checked(start) else {
                break;
            };
            if !before.matches(head) {
                continue;
            }
            for length in (1..=rest.len()).rev() {
                let Some((value, tail)) = rest.split_at_checked(length) else {
                    break;
                };
                if after.matches(tail) {
                    out.push(value.iter().collect());
                    if out.len() > 8 {
                        return out;
                    }
                }
            }
        }
    }
    out
}

pub(super) fn with_colons(glob: &Glob) -> Glob {
    let swap = |t: &Token| match t {
        Token::Char(SEPARATOR) => Token::Char(':'),
        other => *other,
    };
    Glob(glob.0.iter().map(swap).collect())
}
