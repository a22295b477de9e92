//! What a policy that several places include is called.

use crate::catalogue::{AccessLevel, Catalogue};
use crate::import::name::ident_of;
use crate::import::statement::Sentence;

/// Names that say nothing, whatever number follows them.
const GENERIC: [&str; 12] = [
    "policy",
    "inline",
    "inlinepolicy",
    "default",
    "defaultpolicy",
    "statement",
    "stmt",
    "sid",
    "visualeditor",
    "rolepolicy",
    "policydocument",
    "document",
];

/// More services than this are not all named.
const SERVICES: usize = 2;

/// What is known of a run that names it.
pub(super) struct Run<'r> {
    /// For each place where it stands the names of the documents that it is, if it is whole documents.
    pub documents: Vec<Option<Vec<&'r str>>>,
    /// The names of those who have it.
    pub holders: Vec<&'r str>,
    pub sentences: Vec<&'r Sentence>,
}

/// A name in capitals: from the documents, the label, the holders, else from what the statements do.
pub(super) fn of(run: &Run<'_>, catalogue: &Catalogue) -> String {
    documents(run)
        .or_else(|| label(run))
        .or_else(|| holders(run))
        .unwrap_or_else(|| deed(run, catalogue))
}

/// The name that the documents have everywhere.
fn documents(run: &Run<'_>) -> Option<String> {
    let first = run.documents.first()?.as_ref()?;
    let [only] = first.as_slice() else {
        return None;
    };
    let same = |other: &Option<Vec<&str>>| other.as_ref() == Some(first);
    (run.documents.iter().all(same) && says_something(only)).then(|| capitals(only))
}

/// The label of the only statement.
fn label(run: &Run<'_>) -> Option<String> {
    let [only] = run.sentences.as_slice() else {
        return None;
    };
    let label = only.head.split_once(':')?.0.trim_matches('"');
    says_something(label).then(|| capitals(label))
}

/// The words that the names of all holders share: `shop-dev-task` and `shop-test-task` are of `ShopTask`.
fn holders(run: &Run<'_>) -> Option<String> {
    let mut all = run.holders.iter();
    let mut shared: Vec<&str> = words(all.next()?).collect();
    for other in all {
        shared.retain(|word| words(other).any(|w| w.eq_ignore_ascii_case(word)));
    }
    let empty = |word: &str| {
        ["role", "policy", "iam", "aws"]
            .iter()
            .any(|e| e.eq_ignore_ascii_case(word))
    };
    shared.retain(|word| !empty(word));
    (shared.len() > 1).then(|| capitals(&shared.join("-")))
}

/// `PassRole`, `WriteLogs`, `ReadS3AndSqs`, `DenyIam`
fn deed(run: &Run<'_>, catalogue: &Catalogue) -> String {
    let mut services: Vec<String> = Vec::new();
    let mut deeds: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for sentence in &run.sentences {
        let denies = sentence.head.ends_with("deny");
        let actions = sentence.actions.iter().flat_map(|a| &a.list);
        for (_, text) in actions {
            let Some((service, name)) = text.split_once(':') else {
                continue;
            };
            names.push(name);
            let service = capitals(service.trim_start_matches("raw \""));
            if !services.contains(&service) {
                services.push(service);
            }
            let own = deed_of(text, name, catalogue);
            deeds.push(if denies { "Deny" } else { own });
        }
    }
    if let ([only], [deed]) = (names.as_slice(), deeds.as_slice())
        && *deed != "Deny"
        && says_something(only)
    {
        return capitals(only.trim_matches('"'));
    }
    let deed = match deeds.first() {
        Some(first) if deeds.iter().all(|d| d == first) => first,
        _ => "Use",
    };
    match services.len() {
        1..=SERVICES => format!("{deed}{}", services.join("And")),
        _ => "SharedStatements".to_owned(),
    }
}

fn deed_of(text: &str, name: &str, catalogue: &Catalogue) -> &'static str {
    let Some(service) = text.split(':').next().and_then(|p| catalogue.service(p)) else {
        return "Use";
    };
    let mut levels: Vec<AccessLevel> = match service.action(name) {
        Some(action) => vec![action.level],
        None => service.actions_matching(name).map(|a| a.level).collect(),
    };
    levels.sort_unstable();
    levels.dedup();
    let reads = |level: &AccessLevel| matches!(level, AccessLevel::Read | AccessLevel::List);
    match levels.as_slice() {
        [] => "Use",
        all if all.iter().all(reads) => "Read",
        all if !all.iter().any(reads) => "Write",
        _ => "Use",
    }
}

fn says_something(name: &str) -> bool {
    let bare: String = name
        .chars()
        .filter(|c| c.is_ascii_alphabetic())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    bare.len() > 2 && !GENERIC.contains(&bare.as_str())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|w| !w.is_empty())
}

/// `s3-access` → `S3Access`
fn capitals(text: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(1);
        format!("{}{rest}", first.to_ascii_uppercase())
    };
    ident_of(&words(text).map(capital).collect::<String>())
}
