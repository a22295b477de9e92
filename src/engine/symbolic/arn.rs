//! Patterns over ARNs as unions of six-field rectangles, and texts as ARNs.

use super::glob::{Glob, SEPARATOR, Token, prune};

/// Which wildcards of the first five fields may read a colon.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Crossing {
    /// None.
    Never,
    /// A star that is the last character of its field.
    Trailing,
    /// All.
    Always,
}

/// Number of fields of an ARN.
pub(crate) const FIELDS: usize = 6;

const COLON: Token = Token::Char(':');
const BOUND: Token = Token::Char(SEPARATOR);

/// The ARNs that a pattern matches, as globs whose fields are joined by the separator.
pub(crate) fn rectangles(pattern: &[Token], crossing: Crossing) -> Vec<Glob> {
    let mut out = Vec::new();
    align(pattern, Progress::default(), crossing, &mut out);
    out.sort();
    out.dedup();
    prune(out.into_iter().filter_map(starting_with_arn).collect())
}

/// The glob with its first field read as `arn`; `None` if it cannot be.
fn starting_with_arn(mut glob: Glob) -> Option<Glob> {
    let end = glob.0.iter().position(|t| *t == BOUND)?;
    let head = Glob(glob.0.iter().take(end).copied().collect());
    if !head.matches_str("arn") {
        return None;
    }
    glob.0.splice(..end, "arn".chars().map(Token::Char));
    Some(glob)
}

/// What the reading of a pattern has come to.
#[derive(Clone, Default)]
struct Progress {
    done: Glob,
    /// The field of the ARN being filled.
    field: usize,
    /// Colons of the pattern passed so far.
    colons: usize,
}

/// Reads the pattern from `rest` on, in every way its wildcards can lie across the fields.
fn align(mut rest: &[Token], mut at: Progress, crossing: Crossing, out: &mut Vec<Glob>) {
    while at.field + 1 < FIELDS {
        let Some((token, after)) = rest.split_first() else {
            return;
        };
        if *token == COLON {
            at.done.push(BOUND);
            at.field += 1;
            at.colons += 1;
            rest = after;
            continue;
        }
        if crosses(*token, after, crossing) {
            let mut next = at.clone();
            next.field += 1;
            if *token == Token::Star {
                // The star goes on reading in the next field.
                next.done.extend([Token::Star, BOUND]);
                align(rest, next, crossing, out);
            } else {
                next.done.push(BOUND);
                align(after, next, crossing, out);
            }
        }
        at.done.push(*token);
        rest = after;
    }
    at.done.extend(last_field(rest, at.colons, crossing));
    out.push(at.done);
}

/// More ways to read one pattern than this are given up as a budget question.
const MOST: usize = 512;

/// Whether the ways that the wildcards of a pattern can lie across the fields are few enough to be listed.
pub(crate) fn is_listable(pattern: &[Token], crossing: Crossing) -> bool {
    // For each field that the rest of the pattern can begin in, the ways to read that rest.
    let mut ways = [0, 0, 0, 0, 0, 1];
    let mut rest = pattern.len();
    while let Some(at) = rest.checked_sub(1) {
        let (Some(token), after) = (pattern.get(at), pattern.get(rest..).unwrap_or_default())
        else {
            break;
        };
        let before = ways;
        for field in (0..FIELDS - 1).rev() {
            let next = |ways: &[usize; FIELDS]| ways.get(field + 1).copied().unwrap_or(0);
            let stays = before.get(field).copied().unwrap_or(0);
            let count = match token {
                Token::Char(':') => next(&before),
                Token::Star if crosses(*token, after, crossing) => stays + next(&ways),
                _ if crosses(*token, after, crossing) => stays + next(&before),
                _ => stays,
            };
            if let Some(own) = ways.get_mut(field) {
                *own = count.min(MOST + 1);
            }
        }
        rest = at;
    }
    ways.first().is_some_and(|ways| *ways <= MOST)
}

/// Whether a token of the first five fields of a pattern can read a colon.
fn crosses(token: Token, after: &[Token], crossing: Crossing) -> bool {
    match (crossing, token) {
        (Crossing::Always, Token::Star | Token::One) => true,
        (Crossing::Trailing, Token::Star) => after.first().is_none_or(|t| *t == COLON),
        _ => false,
    }
}

/// The rest of a pattern as the last field: wildcards that stand before the pattern's own fifth colon keep to
/// their reach.
fn last_field(rest: &[Token], mut colons: usize, crossing: Crossing) -> Vec<Token> {
    let mut out = Vec::with_capacity(rest.len());
    let mut left = rest;
    while let Some((token, after)) = left.split_first() {
        let free = colons + 1 >= FIELDS || crosses(*token, after, crossing);
        out.push(match token {
            Token::Star if !free => Token::StarInField,
            Token::One if !free => Token::OneInField,
            other => *other,
        });
        colons += usize::from(*token == COLON);
        left = after;
    }
    out
}

/// The fields of a text joined by the separator; `None` unless it is an ARN.
pub(crate) fn joined(text: &str) -> Option<Vec<char>> {
    if !text.starts_with("arn:") {
        return None;
    }
    let mut letters: Vec<char> = text.chars().collect();
    let colons = letters.iter_mut().filter(|c| **c == ':').take(FIELDS - 1);
    let mut count = 0;
    for colon in colons {
        *colon = SEPARATOR;
        count += 1;
    }
    (count == FIELDS - 1).then_some(letters)
}

/// The text of joined fields.
pub(crate) fn spelled(joined: &[char]) -> String {
    joined
        .iter()
        .map(|c| if *c == SEPARATOR { ':' } else { *c })
        .collect()
}

/// A glob of joined fields that reads every ARN.
pub(crate) fn every_arn() -> Glob {
    let mut glob = Glob::literal("arn");
    for _ in 1..FIELDS {
        glob.extend([BOUND, Token::Star]);
    }
    glob
}

/// The joined glob with the letters of some fields made to match in either case; `None` if it cannot match there,
/// because a field that is compared in lower case holds a capital.
pub(crate) fn fold_fields(glob: Glob, fields: &std::ops::Range<usize>) -> Option<Glob> {
    let mut field = 0;
    let tokens = glob.0.into_iter().map(|token| match token {
        BOUND => {
            field += 1;
            Some(token)
        }
        Token::Char(c) if fields.contains(&field) && c.is_ascii_alphabetic() => {
            c.is_ascii_lowercase().then_some(Token::Fold(c))
        }
        _ => Some(token),
    });
    tokens.collect::<Option<Vec<_>>>().map(Glob)
}

/// The pattern with the letters of some of its own fields in lower case.
pub(crate) fn lower_fields(pattern: &[Token], fields: &std::ops::Range<usize>) -> Vec<Token> {
    let mut colons = 0;
    let lower = |token: &Token| {
        colons += usize::from(*token == COLON);
        match token {
            Token::Char(c) if fields.contains(&colons) => Token::Char(c.to_ascii_lowercase()),
            other => *other,
        }
    };
    pattern.iter().map(lower).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::pattern::{Pattern, Variables, Wildcards};

    fn count(text: &str, crossing: Crossing) -> usize {
        let pattern = Pattern::parse(text, Wildcards::Active, Variables::Literal);
        rectangles(&Glob::of(&pattern).unwrap().0, crossing).len()
    }

    fn hits(pattern: &str, arn: &str, crossing: Crossing) -> bool {
        let pattern = Pattern::parse(pattern, Wildcards::Active, Variables::Literal);
        let arn = joined(arn).unwrap();
        rectangles(&Glob::of(&pattern).unwrap().0, crossing)
            .iter()
            .any(|g| g.matches(&arn))
    }

    #[test]
    fn three_readings_of_a_star_before_a_colon() {
        let (pattern, arn) = (
            "arn:aws:dynamodb:*:table/prod-*",
            "arn:aws:dynamodb:us-east-1:111122223333:table/prod-x",
        );
        assert!(!hits(pattern, arn, Crossing::Never));
        assert!(hits(pattern, arn, Crossing::Trailing));
        assert!(hits(pattern, arn, Crossing::Always));
        let (pattern, arn) = ("arn:aws:s*1:b", "arn:aws:s3:::x1:b");
        assert!(!hits(pattern, arn, Crossing::Trailing));
    }

    #[test]
    fn few_rectangles_each() {
        assert_eq!(count("arn:aws:ec2:*:*:instance/*", Crossing::Never), 1);
        assert!(count("arn:aws:ec2:*:*:instance/*", Crossing::Trailing) <= 3);
        assert!(count("arn:*:ec2:*:*:instance/*", Crossing::Always) <= 8);
        assert_eq!(count("*", Crossing::Trailing), 1);
        assert_eq!(count("*", Crossing::Never), 0);
    }

    #[test]
    fn the_ways_to_read_a_pattern_are_counted_before_they_are_listed() {
        let listable = |text: &str, crossing| {
            let pattern = Pattern::parse(text, Wildcards::Active, Variables::Literal);
            is_listable(&Glob::of(&pattern).unwrap().0, crossing)
        };
        let stars = format!("arn:{}", "*a".repeat(30));
        let marks = format!("arn:{}", "?".repeat(40));
        for pattern in [stars, marks] {
            assert!(listable(&pattern, Crossing::Never));
            assert!(listable(&pattern, Crossing::Trailing));
            assert!(!listable(&pattern, Crossing::Always));
        }
        for pattern in ["arn:*:*:*:*:*:*:*:*:*", "*", "arn:aws:s3:::b*c?d", "a*b?c*"] {
            for crossing in [Crossing::Never, Crossing::Trailing, Crossing::Always] {
                assert!(listable(pattern, crossing), "{pattern}");
            }
        }
    }

    #[test]
    fn a_long_pattern_is_read_without_a_call_for_each_letter() {
        let pattern = format!("arn:aws:s3:{}*::b", "x".repeat(300_000));
        assert_eq!(count(&pattern, Crossing::Never), 1);
        assert!(count(&pattern, Crossing::Trailing) > 1);
    }

    #[test]
    fn later_colons_belong_to_the_resource() {
        let log = "arn:aws:logs:eu-west-1:111122223333:log-group:/a:log-stream:x";
        assert!(hits(
            "arn:aws:logs:*:*:log-group:/a:*",
            log,
            Crossing::Never
        ));
    }
}
