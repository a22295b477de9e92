//! Actions: by name where the catalogue knows them, as access levels where asked for, raw otherwise.

use indexmap::IndexSet;

use crate::catalogue::{AccessLevel, Catalogue, ResourceType, Service};
use crate::iam::pattern::{Pattern, Variables, Wildcards};
use crate::ir::Match;

use super::literal::quote;

/// An action as the language says it, and why it had to be raw.
pub(super) struct Action {
    pub text: String,
    pub objection: Option<String>,
}

/// The actions that a statement names.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    patterns: &'a [String],
}

impl<'a> Named<'a> {
    /// Those of a list; of everything but a list none is named.
    pub(super) fn of(actions: &'a Match) -> Named<'a> {
        Named {
            patterns: if actions.negated {
                &[]
            } else {
                &actions.patterns
            },
        }
    }

    /// None.
    pub(super) fn none() -> Named<'static> {
        Named { patterns: &[] }
    }

    /// Whether one of them acts on resources of a type.
    pub(super) fn act_on(&self, service: &Service, ty: &ResourceType) -> bool {
        let names = self.patterns.iter().filter_map(|p| p.split_once(':'));
        let mut own = names.filter(|(prefix, _)| prefix.eq_ignore_ascii_case(&service.prefix));
        own.any(|(_, name)| {
            let mut actions = service.actions_matching(name);
            actions.any(|action| action.resource(&ty.name).is_some())
        })
    }
}

/// Writes one pattern.
pub(super) fn write(pattern: &str, catalogue: &Catalogue) -> Action {
    match plain(pattern, catalogue) {
        Ok(text) => Action {
            text,
            objection: None,
        },
        Err(objection) => Action {
            text: raw(pattern),
            objection,
        },
    }
}

/// `raw "s3:get?bject"`
pub(super) fn raw(pattern: &str) -> String {
    let pattern = Pattern::parse(pattern, Wildcards::Active, Variables::Literal);
    format!("raw {}", quote(&pattern))
}

/// The plain spelling, or what speaks against it.
fn plain(pattern: &str, catalogue: &Catalogue) -> Result<String, Option<String>> {
    let Some((prefix, name)) = pattern.split_once(':') else {
        return Err(None);
    };
    if prefix.contains(['*', '?']) || name.contains('?') {
        return Err(None);
    }
    let Some(service) = catalogue.service(prefix) else {
        return Err(Some(format!("no service has the prefix `{prefix}`")));
    };
    if name.contains('*') {
        let spelt = name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"*_-".contains(&b));
        let matches = name == "*" || service.actions_matching(name).next().is_some();
        return match (spelt, matches) {
            (true, true) => Ok(format!("{}:{name}", service.prefix)),
            (false, true) => Err(None),
            (_, false) => Err(Some(format!(
                "no action of the catalogue matches `{pattern}`"
            ))),
        };
    }
    match service.action(name) {
        Some(action) => Ok(service.qualified(action)),
        None => Err(Some(format!("the catalogue has no action `{pattern}`"))),
    }
}

/// The words of the levels.
const LEVELS: [&str; 5] = ["read", "list", "write", "tag", "manage"];

/// Replaces the actions of a list that are exactly a level by that level: of the types of the resources (`read`), else
/// of their service (`read(s3)`).
pub(super) fn with_levels(
    actions: Vec<String>,
    types: Option<&[String]>,
    catalogue: &Catalogue,
) -> Vec<String> {
    let mut left: IndexSet<String> = actions.into_iter().collect();
    for word in LEVELS {
        let all = types.map_or_else(IndexSet::new, |types| of_types(word, types, catalogue));
        replace(&mut left, &all, word.to_owned());
    }
    let prefixes: IndexSet<String> = left
        .iter()
        .filter_map(|a| a.split_once(':').map(|(prefix, _)| prefix.to_owned()))
        .collect();
    for prefix in prefixes {
        let Some(service) = catalogue.service(&prefix) else {
            continue;
        };
        for word in LEVELS {
            let Some(level) = AccessLevel::from_selector(word) else {
                continue;
            };
            let all = service.actions_of_level(level).into_iter();
            let all = all.map(|a| service.qualified(a)).collect();
            replace(&mut left, &all, format!("{word}({prefix})"));
        }
    }
    left.into_iter().collect()
}

/// The actions of a level that act on some of the types.
fn of_types(word: &str, types: &[String], catalogue: &Catalogue) -> IndexSet<String> {
    let mut all = IndexSet::new();
    for ty in types {
        let named = ty.split_once(':');
        let found = named.and_then(|(prefix, name)| Some((catalogue.service(prefix)?, name)));
        if let (Some((service, name)), Some(level)) = (found, AccessLevel::from_selector(word)) {
            let actions = service
                .actions_at(level, name.trim_matches('"'))
                .into_iter();
            all.extend(actions.map(|a| service.qualified(a)));
        }
    }
    all
}

/// Says all of a set by one word, if it is there and more than one.
fn replace(left: &mut IndexSet<String>, all: &IndexSet<String>, word: String) {
    if all.len() > 1 && all.iter().all(|a| left.contains(a)) {
        left.retain(|a| !all.contains(a));
        left.insert(word);
    }
}
