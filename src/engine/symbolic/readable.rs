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

/// The account that owns what a question is about, where the question does not say.
pub(crate) const ACCOUNT: &str = "111122223333";

/// Fillers of the first five fields of an ARN, each list a partition with a region and an account that it has.
const PLACES: &[[&str; 5]] = &[
    ["arn", "aws", "s3", "eu-west-1", ACCOUNT],
    ["arn", "aws", "sqs", "us-east-1", "444455556666"],
    ["arn", "aws-cn", "s3", "cn-north-1", ACCOUNT],
    ["arn", "aws-us-gov", "s3", "us-gov-west-1", ACCOUNT],
    ["arn", "aws", "s3", "eu-west-1", ""],
    ["arn", "aws", "s3", "", ACCOUNT],
    ["arn", "", "x", "", ""],
    ["arn", "", "", "-1", "3"],
];

/// A member of a piece of joined ARN globs, readable where that is possible; `like` is an ARN whose fields are
/// taken where they fit, `account` what resources belong to.
pub(crate) fn fill_arn(piece: &Piece, like: &str, account: &str) -> Vec<char> {
    let like: Vec<&str> = like.splitn(6, ':').collect();
    let (place, names) = like.split_at_checked(5).unwrap_or_default();
    let own: Option<[&str; 5]> = place.try_into().ok();
    let owned = |place: &[&'static str; 5]| place.map(|f| if f == ACCOUNT { account } else { f });
    let places = own.into_iter().chain(PLACES.iter().map(owned));
    let usual = PLACES.first().map(owned).unwrap_or_default();
    for place in places {
        for name in names.iter().chain(WORDS) {
            let text = fill_fields(&piece.glob, &[place, usual], name);
            if !piece.holes.iter().any(|h| h.matches(&text)) {
                return text;
            }
        }
    }
    piece.member.clone()
}

/// The glob with its first five fields as in the first place that fits, and wildcards of the sixth filled with a name.
fn fill_fields(glob: &Glob, places: &[[&str; 5]], name: &str) -> Vec<char> {
    let mut out = Vec::new();
    let fields = glob.0.split(|t| *t == Token::Char(SEPARATOR));
    for (i, field) in fields.enumerate() {
        if i > 0 {
            out.push(SEPARATOR);
        }
        let matcher = Glob(field.to_vec());
        let mut wholes = places.iter().filter_map(|p| p.get(i)).copied();
        if i < 5 {
            match wholes.find(|whole| matcher.matches_str(whole)) {
                Some(whole) => out.extend(whole.chars()),
                None => fill_field(field, "x", &mut out),
            }
        } else if matcher.matches_str(name) {
            out.extend(name.chars());
        } else {
            // A name with a path is no part of another.
            let part = if name.contains('/') { "example" } else { name };
            fill_field(field, part, &mut out);
        }
    }
    out
}

/// A field with its wildcards filled in; a `?` before a `*` is the first letter of what the star is filled with.
fn fill_field(field: &[Token], word: &str, out: &mut Vec<char>) {
    for (i, token) in field.iter().enumerate() {
        match token {
            Token::Char(c) | Token::Fold(c) => out.push(*c),
            Token::One | Token::OneInField
                if !word.is_empty() && field.get(i + 1).is_some_and(|t| t.is_star()) => {}
            Token::One | Token::OneInField => out.push(word.chars().next().unwrap_or('x')),
            Token::Star | Token::StarInField => out.extend(word.chars()),
        }
    }
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
