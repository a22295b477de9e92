//! The names that a question speaks of: what the project declares, and in which module.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::resolve::{DefKind, Library, Resolved};
use crate::source::Span;
use crate::syntax::ast::BlockKind;
use crate::types::PHRASES;

/// What the project declares, by name.
#[derive(Default)]
pub(super) struct Names {
    /// For each name the modules that declare it.
    all: BTreeMap<String, Vec<String>>,
    /// Names of roles, users, groups and permission sets.
    people: BTreeSet<String>,
    modules: BTreeSet<String>,
}

impl Names {
    /// The names of a project.
    pub(super) fn of(resolved: &Resolved) -> Names {
        let mut names = Names::default();
        for module in resolved.modules() {
            names.modules.extend(module.name.first().cloned());
        }
        for definition in resolved.definitions() {
            // Organisations, units and accounts are known everywhere.
            let is_node = matches!(definition.kind, DefKind::Node(_));
            if is_node || resolved.library(definition.id) != Library::User {
                continue;
            }
            let Some(module) = resolved.module(definition.module) else {
                continue;
            };
            let name = &definition.name.value;
            let places = names.all.entry(name.clone()).or_default();
            places.push(module.name.join("."));
            let is_somebody = matches!(
                definition.kind,
                DefKind::Block(
                    BlockKind::Role | BlockKind::User | BlockKind::Group | BlockKind::PermissionSet
                )
            );
            if is_somebody {
                names.people.insert(name.clone());
            }
        }
        names
    }

    /// Whether a name is that of a declaration, rather than a name in AWS or an ARN.
    pub(super) fn is_declared(&self, name: &str) -> bool {
        name.contains('.') && !name.contains(':') || self.people.contains(name)
    }

    /// The modules that declare what a text names without a module, and where in the text it does.
    pub(super) fn mentioned<'t>(&self, text: &'t str) -> Vec<(usize, &'t str, &[String])> {
        let named = words(text).into_iter().filter_map(|(at, word)| {
            let is_phrase = PHRASES
                .iter()
                .any(|p| p.words.split(' ').any(|w| w == word));
            let modules = self.all.get(word).filter(|_| !is_phrase)?;
            Some((at, word, modules.as_slice()))
        });
        named.collect()
    }

    /// A resource that begins with a name which nobody declares: the resolver sees the question's own names only and
    /// could not say what was meant. `at` is where the resource stands.
    pub(super) fn unknown_resource(&self, resource: &str, at: Span) -> Option<Diagnostic> {
        let length = resource
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(resource.len());
        let (name, rest) = resource.split_at_checked(length)?;
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name != "arn";
        let is_known = self.all.contains_key(name)
            || rest.starts_with(':')
            || rest.starts_with('.') && (self.modules.contains(name) || name == "std");
        if !is_name || is_known {
            return None;
        }
        let message = format!("nothing called `{name}` is declared in the project");
        let start = at.range().start;
        let at = Span::new(at.source, start, start + name.len());
        let found = Diagnostic::error(Code::UnknownName, message, at, "");
        let near = nearest(name, self.all.keys().map(String::as_str));
        Some(match near {
            Some(near) => found.with_help(format!("did you mean `{near}`?")),
            None => found.with_help("name a declaration of the project, or write an ARN"),
        })
    }
}

/// A name that several modules declare.
pub(super) fn ambiguous(word: &str, modules: &[String], at: Span) -> Diagnostic {
    let places: Vec<String> = modules.iter().map(|m| format!("`{m}.{word}`")).collect();
    let message = format!("`{word}` is declared in {} modules", places.len());
    Diagnostic::error(Code::UnknownName, message, at, "")
        .with_help(format!("say which: {}", places.join(" or ")))
}

/// The words of a text that can be names, each with its place: not in quotes, not behind a dot or a colon, not before
/// a colon.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut quoted = false;
    let mut before = ' ';
    let mut start: Option<(usize, char)> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let is_letter = c.is_ascii_alphanumeric() || c == '_';
        if !quoted && is_letter {
            start = start.or(Some((at, before)));
        } else if let Some((from, ahead)) = start.take() {
            let word = text.get(from..at).unwrap_or_default();
            let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            if is_name && !matches!(ahead, '.' | ':') && c != ':' {
                found.push((from, word));
            }
        }
        quoted ^= c == '"';
        before = c;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_can_be_a_name() {
        assert_eq!(words("settled/\"a b\""), [(0, "settled")]);
        assert_eq!(words("s3:bucket \"x\"/*"), []);
        assert_eq!(
            words("source ip in network.office"),
            [(0, "source"), (7, "ip"), (10, "in"), (13, "network")]
        );
        let resource = "iam:role(account: \"*\", name: x)";
        assert_eq!(words(resource), [(resource.len() - 2, "x")]);
    }
}
