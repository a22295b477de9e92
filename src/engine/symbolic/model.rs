//! A candidate request: a resource and what each key holds; and whether an atom is true of it.

use std::collections::BTreeMap;

use super::arn;
use super::atom::{Atom, Form, KeyId, Link, LinkId, Tables};
use super::formula::AtomId;
use super::glob::Glob;
use super::value::Language;

/// What a request holds for a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Held {
    /// The key is not there.
    Absent,
    /// It is there with an empty list.
    Empty,
    /// One value.
    One(String),
    /// A list of at least one value.
    Many(Vec<String>),
}

/// A dimension of requests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Node {
    /// The resource.
    Resource,
    /// A key.
    Key(KeyId),
}

/// A resource and keys; keys that are not mentioned are absent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Model {
    /// The resource's ARN, or `*`.
    pub(crate) resource: String,
    /// What the keys hold.
    pub(crate) keys: BTreeMap<KeyId, Held>,
}

impl Model {
    /// The value of a single-valued key; `None` if it is absent.
    pub(crate) fn one(&self, key: KeyId) -> Option<&str> {
        match self.keys.get(&key) {
            Some(Held::One(value)) => Some(value),
            _ => None,
        }
    }

    /// The text that a variable of a key stands for; the empty text is no value.
    fn variable(&self, key: KeyId) -> Option<Glob> {
        self.one(key).filter(|v| !v.is_empty()).map(Glob::literal)
    }

    /// Whether an atom is true.
    pub(crate) fn satisfies(&self, tables: &Tables, id: AtomId) -> bool {
        let Some(atom) = tables.atom_of(id) else {
            return false;
        };
        match atom {
            Atom::Resource(id) => tables.resource_of(*id).is_some_and(|set| {
                if self.resource == "*" {
                    return set.star;
                }
                arn::joined(&self.resource)
                    .is_some_and(|letters| set.globs.iter().any(|g| g.matches(&letters)))
            }),
            Atom::ResourceLink(link) => self.resource_linked(tables, *link),
            Atom::Absent(key) => matches!(self.keys.get(key), None | Some(Held::Absent)),
            Atom::Empty(key) => self.keys.get(key) == Some(&Held::Empty),
            Atom::In(key, language) => {
                let language = tables.language_of(*language);
                self.one(*key)
                    .is_some_and(|v| language.is_some_and(|l| l.contains(v)))
            }
            Atom::Linked(key, link) => self
                .one(*key)
                .is_some_and(|value| self.linked(tables, *link, value)),
            Atom::Some {
                key,
                language,
                links,
                inside,
            } => {
                let Some(Held::Many(values)) = self.keys.get(key) else {
                    return false;
                };
                let language = language.and_then(|l| tables.language_of(l));
                values.iter().any(|v| {
                    let matched = language.is_some_and(|l| l.contains(v))
                        || links.iter().any(|l| self.linked(tables, *l, v));
                    matched == *inside
                })
            }
        }
    }

    fn linked(&self, tables: &Tables, link: LinkId, value: &str) -> bool {
        tables
            .link_of(link)
            .and_then(|l| resolved(l, |key| self.variable(key)))
            .is_some_and(|language| language.contains(value))
    }

    fn resource_linked(&self, tables: &Tables, link: LinkId) -> bool {
        let globs = tables
            .link_of(link)
            .and_then(|l| l.resolve(|key| self.variable(key)));
        let letters = arn::joined(&self.resource);
        match (globs, letters) {
            (Some(globs), Some(letters)) => globs.iter().any(|g| g.matches(&letters)),
            _ => false,
        }
    }
}

/// The language that a pattern with variables becomes when they have values.
pub(crate) fn resolved(link: &Link, value: impl FnMut(KeyId) -> Option<Glob>) -> Option<Language> {
    let globs = link.resolve(value)?;
    Some(match link.form {
        Form::Arn => Language::Arn(globs),
        _ => Language::Text(globs),
    })
}
