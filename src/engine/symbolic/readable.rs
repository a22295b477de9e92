//! Members of languages that a person can read: plausible account ids, regions, names.

use super::glob::{FRESH, Glob, SEPARATOR, Token, is_fresh};
use super::text::Piece;

/// Fillers for the wildcards of text values.
pub(crate) const WORDS: &[&str] = &["example", "x", "sample-7", "", "ø"];

/// Fillers by what a key's name ends in.
const BY_ENDING: &[(&str, &[&str])] = &[
    ("account", &["111122223333", "444455556666", "3", "ø"]),
    ("orgid", &["o-a1b2c3d4e5", "o-x", "x", "ø"]),
    ("vpce", &["vpce-0a1b2c3d", "x", "", "ø"]),
    ("vpc", &["vpc-0a1b2c3d", "x", "", "ø"]),
    ("region", &["eu-west-1", "us-east-1", "x", "", "ø"]),
    ("sourceip", &["203.0.113.7", "x"]),
    ("username", &["alice", "bob", "x", "ø"]),
    (
        "arn",
        &["arn:aws:iam::111122223333:role/Example", "x", "", "ø"],
    ),
];

/// Fillers that suit a key.
pub(crate) fn words(key: &str) -> &'static [&'static str] {
    let key = key.to_ascii_lowercase();
    let fitting = BY_ENDING.iter().find(|(ending, _)| key.ends_with(ending));
    fitting.map_or(WORDS, |(_, words)| words)
}

/// Fillers that differ for each number.
pub(crate) fn numbered(number: usize) -> Vec<String> {
    vec![
        format!("example-{number}"),
        format!("x{number}"),
        format!("ø{number}"),
    ]
}

/// Fillers by field of an ARN.
const ARN_FIELDS: &[&[&str]] = &[
    &["arn"],
    &["aws", ""],
    &["s3", "x", ""],
    &["eu-west-1", "", "-1"],
    &["111122223333", "", "3"],
];

/// A member of a piece of joined ARN globs, readable where that is possible; `like` is an ARN whose fields are
/// taken where they fit.
pub(crate) fn fill_arn(piece: &Piece, like: &str) -> Vec<char> {
    let words = WORDS;
    for turn in 0..words.len().max(3) {
        let text = fill_fields(&piece.glob, words, turn, like);
        if !piece.holes.iter().any(|h| h.matches(&text)) {
            return text;
        }
    }
    piece.member.clone()
}

fn fill_fields(glob: &Glob, words: &[&str], turn: usize, like: &str) -> Vec<char> {
    let mut out = Vec::new();
    let mut field = 0;
    let model: Vec<&str> = like.splitn(6, ':').collect();
    for (i, token) in glob.0.iter().enumerate() {
        let alone = is_alone(glob, i);
        let choices: &[&str] = match ARN_FIELDS.get(field) {
            Some(choices) if alone => choices,
            Some(_) => &["x", "1", ""],
            None => words,
        };
        let own = model.get(field).copied().filter(|_| alone && turn == 0);
        let choice = own.or(choices.get(turn).copied());
        let choice = choice.or(choices.last().copied()).unwrap_or("x");
        match token {
            Token::Char(c) | Token::Fold(c) => {
                field += usize::from(*c == SEPARATOR);
                out.push(*c);
            }
            // A `?` before a `*` is the first letter of what the star is filled with.
            Token::One | Token::OneInField
                if !choice.is_empty() && glob.0.get(i + 1).is_some_and(|t| t.is_star()) => {}
            Token::One | Token::OneInField => out.push(choice.chars().next().unwrap_or('x')),
            Token::Star | Token::StarInField => out.extend(choice.chars()),
        }
    }
    out
}

/// Whether a token is all there is of its field.
fn is_alone(glob: &Glob, at: usize) -> bool {
    let bound = |t: Option<&Token>| t.is_none_or(|t| *t == Token::Char(SEPARATOR));
    let wild = |t: Option<&Token>| t.is_some_and(|t| t.is_star() || t.is_one());
    let before = at.checked_sub(1).and_then(|i| glob.0.get(i));
    let after = glob.0.get(at + 1);
    (bound(before) || wild(before)) && (bound(after) || wild(after))
}

/// Replaces stand-ins by a readable text; runs of the same stand-in become one.
pub(crate) fn without_stand_ins(text: &str, filler: &str) -> String {
    let mut out = String::new();
    let mut last = None;
    for c in text.chars() {
        if is_fresh(c) {
            if last != Some(c) {
                out.push_str(filler);
                if c != FRESH {
                    out.push_str(&(u32::from(c) - u32::from(FRESH)).to_string());
                }
            }
        } else {
            out.push(c);
        }
        last = Some(c);
    }
    out
}
