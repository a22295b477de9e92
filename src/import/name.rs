//! Names for what has none, or one that the language does not take.

use std::collections::BTreeSet;

/// Words that would be read as something else where a name stands.
const WORDS: &[&str] = &[
    "account",
    "after",
    "allow",
    "and",
    "any",
    "anyone",
    "arn",
    "as",
    "assign",
    "attach",
    "aws",
    "because",
    "before",
    "boundary",
    "can",
    "cannot",
    "canonical_user",
    "claim",
    "condition",
    "deny",
    "deploy",
    "description",
    "detach",
    "every",
    "everyone",
    "everything",
    "except",
    "false",
    "federated",
    "for",
    "from",
    "given",
    "group",
    "ignoring",
    "in",
    "include",
    "let",
    "like",
    "list",
    "management",
    "manage",
    "member_of",
    "mfa",
    "name",
    "no",
    "not",
    "oidc",
    "on",
    "only",
    "or",
    "org",
    "ou",
    "partition",
    "path",
    "permission_set",
    "policy",
    "principal",
    "prove",
    "raw",
    "rcp",
    "read",
    "region",
    "regions",
    "resource",
    "resource_policy",
    "role",
    "root",
    "saml",
    "scp",
    "service",
    "session",
    "session_policy",
    "source",
    "std",
    "tag",
    "tags",
    "test",
    "time",
    "tls",
    "to",
    "true",
    "trust",
    "unless",
    "until",
    "use",
    "user",
    "waive",
    "when",
    "with",
    "within",
    "write",
];

/// The names of a module, each once.
#[derive(Clone, Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// Takes a name like `wanted` that nobody has yet.
    pub fn take(&mut self, wanted: &str) -> String {
        let base = if WORDS.contains(&wanted) {
            format!("{wanted}_")
        } else {
            wanted.to_owned()
        };
        let mut name = base.clone();
        let mut number = 2;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            name = match base.ends_with(|c: char| c.is_ascii_digit()) {
                true => format!("{base}_{number}"),
                false => format!("{base}{number}"),
            };
            number += 1;
        }
        name
    }
}

/// A name of the language out of any text; its case is kept.
pub fn ident_of(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let joined = words.join("_");
    match joined.chars().next() {
        None => "Unnamed".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("_{joined}"),
        Some(_) => joined,
    }
}

/// `TableName` → `table_name`, `my-Bucket` → `my_bucket`.
pub(super) fn snake(text: &str) -> String {
    let mut out = String::new();
    let mut previous = '_';
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            if previous != '_' {
                out.push('_');
            }
            previous = '_';
            continue;
        }
        if c.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit()) {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
        previous = c;
    }
    let trimmed = out.trim_matches('_');
    match trimmed.chars().next() {
        Some(c) if c.is_ascii_digit() => format!("_{trimmed}"),
        _ => trimmed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        assert_eq!(ident_of("my-policy v2"), "my_policy_v2");
        assert_eq!(ident_of("2fa"), "_2fa");
        assert_eq!(snake("TableName"), "table_name");
        assert_eq!(snake("logs-Archive-EU1x"), "logs_archive_eu1x");
        let mut names = Names::default();
        assert_eq!(names.take("role"), "role_");
        assert_eq!(names.take("a"), "a");
        assert_eq!(names.take("A"), "A2");
    }
}
