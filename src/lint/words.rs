//! Requests and lists as people read them.

use crate::engine::Request;
use crate::engine::request::Values;
use crate::engine::witness::Witness;
use crate::ir::{Condition, Test};
use crate::types::setting;

/// `` `a`, `b` and `c` ``; from the sixth on they are counted.
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 5;
    let quoted = |name: &S| format!("`{}`", name.as_ref());
    match names {
        [] => String::new(),
        [one] => quoted(one),
        [first @ .., last] if first.len() <= SHOWN => {
            let first: Vec<String> = first.iter().map(quoted).collect();
            format!("{} and {}", first.join(", "), quoted(last))
        }
        many => {
            let first: Vec<String> = many.iter().take(SHOWN).map(quoted).collect();
            format!("{} and {} more", first.join(", "), many.len() - SHOWN)
        }
    }
}

/// `` for example `s3:GetObject` on `arn:aws:s3:::x` with `aws:SourceIp` = `1.2.3.4` ``
pub(super) fn example(witness: &Witness) -> String {
    format!("for example {}", request(&witness.request))
}

/// `` `s3:GetObject` on `arn:aws:s3:::x` with `source ip = 203.0.113.7` ``
pub(super) fn request(request: &Request) -> String {
    let resource = match request.resource.as_str() {
        "*" => String::new(),
        arn => format!(" on `{arn}`"),
    };
    let implied = request.implied_keys();
    let follows = |key: &str, values: &Values| {
        let same = |(k, v): &(&str, String)| {
            k.eq_ignore_ascii_case(key) && *values == Values::One(v.clone())
        };
        FOLLOWS.iter().any(|f| f.eq_ignore_ascii_case(key)) || implied.iter().any(same)
    };
    let keys: Vec<String> = request
        .context
        .iter()
        .filter(|(key, values)| !follows(key, values))
        .map(|(key, values)| {
            let several = matches!(values, Values::Many(_));
            format!("`{}`", setting(key, values.as_slice(), several))
        })
        .collect();
    let with = match keys.is_empty() {
        true => String::new(),
        false => format!(" with {}", keys.join(", ")),
    };
    format!("`{}`{resource}{with}", request.action)
}

/// What follows from who asks needs no words.
const FOLLOWS: [&str; 8] = [
    "aws:SecureTransport",
    "kms:CallerAccount",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalIsAWSService",
    "aws:userid",
    "aws:username",
];

/// The keys of some conditions, each once.
pub(super) fn keys<'c>(tests: impl IntoIterator<Item = &'c Test>) -> Vec<&'c str> {
    let mut keys: Vec<&str> = Vec::new();
    for test in tests {
        if !keys.contains(&test.key.as_str()) {
            keys.push(&test.key);
        }
    }
    keys
}

/// Where the first test of a condition was written.
pub(super) fn place(condition: &Condition) -> Option<crate::source::Span> {
    super::ask::tests(condition)
        .into_iter()
        .find_map(|(test, _)| test.span)
}

/// A pattern without its wildcards at the end: a name that it stands for.
pub(super) fn trimmed(pattern: &str) -> &str {
    pattern.trim_end_matches(['*', '?'])
}
