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

/// The modules of a project. A declaration of such a name would be found where the module is meant.
const MODULES: [&str; 7] = [
    "policies",
    "groups",
    "users",
    "roles",
    "providers",
    "guardrails",
    "shared",
];

impl Names {
    /// Names beside those of a project's modules.
    pub fn of_project() -> Names {
        Names {
            taken: MODULES.map(str::to_owned).into(),
        }
    }

    /// Whether somebody has the name.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.taken.contains(&name.to_ascii_lowercase())
    }

    /// Takes a name like `wanted` that nobody has yet.
    pub fn take(&mut self, wanted: &str) -> String {
        let base = if is_word(wanted) {
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

/// Whether a name would be read as a word of the language.
pub(super) fn is_word(name: &str) -> bool {
    WORDS.contains(&name)
}

/// `trust` → `Trust`
fn capital(word: &str) -> String {
    let mut rest = word.chars();
    let first = rest.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}

/// A name of the language out of any text; its case is kept unless it would be read as a word.
pub fn ident_of(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .collect();
    let joined = words.join("_");
    if is_word(&joined) {
        return capital(&joined);
    }
    match joined.chars().next() {
        None => "Unnamed".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("_{joined}"),
        Some(_) => joined,
    }
}

/// `TableName` → `table_name`, `my-Bucket` → `my_bucket`, `DBCluster` → `db_cluster`.
pub(super) fn snake(text: &str) -> String {
    let mut out = String::new();
    let mut previous = '_';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if !c.is_ascii_alphanumeric() {
            if previous != '_' {
                out.push('_');
            }
            previous = '_';
            continue;
        }
        let before_word = rest.peek().is_some_and(char::is_ascii_lowercase);
        let begins = match previous {
            p if p.is_ascii_lowercase() || p.is_ascii_digit() => c.is_ascii_uppercase(),
            p => p.is_ascii_uppercase() && c.is_ascii_uppercase() && before_word,
        };
        if begins {
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
        assert_eq!(ident_of("deploy"), "Deploy");
        assert_eq!(snake("TableName"), "table_name");
        assert_eq!(snake("AWSServiceName"), "aws_service_name");
        assert_eq!(snake("ADFS-Admins"), "adfs_admins");
        assert_eq!(snake("logs-Archive-EU1x"), "logs_archive_eu1x");
        let mut names = Names::default();
        assert_eq!(names.take("role"), "role_");
        assert_eq!(names.take("a"), "a");
        assert_eq!(names.take("A"), "A2");
    }
}
