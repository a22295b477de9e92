//! What decides whether a request can match a statement, as a text: everything but the names of its resources.
//!
//! An organisation has thousands of statements that differ in the name of a bucket or a table only. Whether requests can
//! match them is asked of the first of a shape; where it is alive, the like ones are taken to be. So a lint may say
//! nothing where it could, and never says more than is proved.

use std::fmt::Write as _;

use crate::iam::PolicyKind;
use crate::ir::{Condition, Match, Statement};

/// The shape of a statement in a policy of a kind.
pub(super) fn likeness(kind: PolicyKind, statement: &Statement) -> String {
    let mut out = String::with_capacity(256);
    let principal = statement.principal.as_ref();
    let _ = write!(out, "{kind:?} {:?} {principal:?}", statement.effect);
    list(&mut out, &statement.action, |out, action| {
        out.push_str(action)
    });
    if let Some(resource) = &statement.resource {
        list(&mut out, resource, nameless);
    }
    condition(&mut out, &statement.condition);
    out
}

fn list(out: &mut String, list: &Match, write: impl Fn(&mut String, &str)) {
    out.push_str(if list.negated { "\nnot" } else { "\n" });
    for pattern in &list.patterns {
        out.push('\t');
        write(out, pattern);
    }
}

/// An ARN's pattern without its names: the first five fields and the type stay, and so does every sign. One account is
/// like another. Of S3, whose ARNs have no type, no word stays.
fn nameless(out: &mut String, pattern: &str) {
    let mut rest = pattern;
    for _ in 0..5 {
        let Some((field, after)) = rest.split_once(':') else {
            break;
        };
        let is_account = field.len() == 12 && field.bytes().all(|b| b.is_ascii_digit());
        out.push_str(if is_account { "0" } else { field });
        out.push(':');
        rest = after;
    }
    if !pattern.contains(":s3:") {
        let end = rest.find(['/', ':']).unwrap_or(0);
        let (kept, names) = rest.split_at_checked(end).unwrap_or(("", rest));
        out.push_str(kept);
        rest = names;
    }
    let mut in_name = false;
    // Variables are no names.
    let mut in_variable = false;
    for c in rest.chars() {
        let is_name = c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        in_variable = (in_variable && c != '}') || c == '$';
        if !is_name || in_variable {
            out.push(c);
        } else if !in_name {
            out.push('x');
        }
        in_name = is_name && !in_variable;
    }
}

fn condition(out: &mut String, of: &Condition) {
    match of {
        Condition::True => out.push_str("\ntrue"),
        Condition::False => out.push_str("\nfalse"),
        Condition::Test(test) => {
            let _ = write!(out, "\n{} {} {:?}", test.operator, test.key, test.values);
        }
        Condition::Not(inner) => {
            out.push_str("\nnot(");
            condition(out, inner);
            out.push(')');
        }
        Condition::All(parts) | Condition::Any(parts) => {
            let is_all = matches!(of, Condition::All(_));
            out.push_str(if is_all { "\nall(" } else { "\nany(" });
            parts.iter().for_each(|part| condition(out, part));
            out.push(')');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nameless;

    fn shown(pattern: &str) -> String {
        let mut out = String::new();
        nameless(&mut out, pattern);
        out
    }

    #[test]
    fn names_go_and_types_and_signs_stay() {
        let rows = [
            ("*", "*"),
            ("arn:aws:s3:::team-1-data/2025/*", "arn:aws:s3:::x/x/*"),
            ("arn:aws:s3:::a?b", "arn:aws:s3:::x?x"),
            (
                "arn:aws:dynamodb:eu-west-1:111111111111:table/ledger-7/index/*",
                "arn:aws:dynamodb:eu-west-1:0:table/x/x/*",
            ),
            (
                "arn:aws:s3:::homes/${aws:username}/*",
                "arn:aws:s3:::x/${aws:username}/*",
            ),
            ("arn:aws:sqs:*:1:jobs", "arn:aws:sqs:*:1:x"),
        ];
        for (pattern, expected) in rows {
            assert_eq!(shown(pattern), expected);
        }
    }
}
