//! Keys that variables make equal, and the values to try for them.

use super::Tied;
use super::capture::{captures, with_colons};
use crate::engine::symbolic::atom::{Atom, KeyId, Link};
use crate::engine::symbolic::budget::Budget;
use crate::engine::symbolic::glob::Glob;
use crate::engine::symbolic::model::Node;
use crate::engine::symbolic::readable;
use crate::engine::symbolic::text;
use crate::engine::symbolic::value::{Domain, Language, Stuck, Tests};

/// Values forced by patterns that are tried at most, for each class.
const CAPTURES: usize = 24;

/// Keys that are equal, and the values to try for them.
pub(super) struct Class {
    pub(super) keys: Vec<KeyId>,
    /// Whether requests must have the keys.
    pub(super) required: bool,
    pub(super) candidates: Vec<String>,
    /// Whether the candidates are all values there are.
    pub(super) complete: bool,
    /// Globs that hold every possible value.
    pub(super) hull: Vec<Glob>,
}

impl Class {
    /// Where all tests are on texts: the pieces that are left, hence all values if these are finitely many.
    fn learn_from_texts(&mut self, tests: &Tests<'_>, budget: &mut Budget) -> Result<(), Stuck> {
        let globs_of = |languages: &[&Language]| -> Option<Vec<Vec<Glob>>> {
            let globs = languages.iter().map(|l| match l {
                Language::Text(globs) => Some(globs.clone()),
                _ => None,
            });
            globs.collect()
        };
        let (Some(within), Some(without)) = (globs_of(&tests.within), globs_of(&tests.without))
        else {
            return Ok(());
        };
        let within: Vec<&[Glob]> = within.iter().map(Vec::as_slice).collect();
        let without: Vec<&[Glob]> = without.iter().map(Vec::as_slice).collect();
        let pieces = text::all(&within, &without, budget)?;
        self.complete = pieces.iter().all(|p| p.glob.as_literal().is_some());
        self.hull = pieces.iter().map(|p| p.glob.clone()).collect();
        let literals = pieces.iter().filter_map(|p| p.glob.as_literal());
        // The bare stand-in, which no pattern tells from any other text.
        let members = pieces.iter().map(|p| p.member.iter().collect::<String>());
        self.candidates.extend(literals.chain(members));
        Ok(())
    }
}

impl Tied<'_> {
    /// Groups the keys that variables read, and single keys equal to them; `None` if one class has no value.
    pub(super) fn classes(&self, budget: &mut Budget) -> Result<Option<Vec<Class>>, Stuck> {
        let mut groups: Vec<Vec<KeyId>> = Vec::new();
        let mut read: Vec<KeyId> = Vec::new();
        let mut join = |keys: Vec<KeyId>| {
            let (touching, mut rest): (Vec<_>, Vec<_>) = std::mem::take(&mut groups)
                .into_iter()
                .partition(|g: &Vec<KeyId>| g.iter().any(|k| keys.contains(k)));
            let mut all: Vec<KeyId> = touching.into_iter().flatten().chain(keys).collect();
            all.sort_unstable();
            all.dedup();
            rest.push(all);
            groups = rest;
        };
        for (node, link, sign) in self.links() {
            for key in link.keys() {
                join(vec![key]);
                read.push(key);
            }
            if let (Node::Key(own), Some(other), true) = (node, link.as_equality(), sign)
                && !self.tables.is_multi(own)
            {
                join(vec![own, other]);
            }
        }
        groups.sort();
        let mut classes = Vec::new();
        for (i, keys) in groups.into_iter().enumerate() {
            match self.class(keys, &read, i, budget)? {
                Some(class) => classes.push(class),
                None => return Ok(None),
            }
        }
        Ok(Some(classes))
    }

    /// The values to try for keys that are equal; `None` if they have none.
    fn class(
        &self,
        keys: Vec<KeyId>,
        read: &[KeyId],
        number: usize,
        budget: &mut Budget,
    ) -> Result<Option<Class>, Stuck> {
        let mut class = Class {
            required: keys.iter().any(|k| self.is_required(*k)),
            keys,
            candidates: Vec::new(),
            complete: false,
            hull: vec![Glob::everything()],
        };
        if !class.required {
            return Ok(Some(class));
        }
        if self.is_absent(&class.keys) {
            return Ok(None);
        }
        let empty = Language::Text(vec![Glob::default()]);
        let mut tests = self.tests(&class.keys);
        if class.keys.len() > 1 || class.keys.iter().any(|k| self.must_have_value(*k, read)) {
            tests.without.push(&empty);
        }
        let domain = self.domain(&class.keys);
        let words = readable::numbered(number);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some(member) = tests.solve(domain, &words, budget)? else {
            return Ok(None);
        };
        class.candidates.push(member.text);
        class.candidates.extend(self.forced(&class.keys));
        class.learn_from_texts(&tests, budget)?;
        class
            .candidates
            .retain(|c| tests.pass(c) && domain.admits(c));
        dedup(&mut class.candidates);
        Ok(Some(class))
    }

    fn is_absent(&self, keys: &[KeyId]) -> bool {
        self.atoms()
            .any(|(atom, sign)| matches!(atom, Atom::Absent(k) if sign && keys.contains(k)))
    }

    /// The tests without variables on keys that are equal.
    fn tests(&self, keys: &[KeyId]) -> Tests<'_> {
        let mut tests = Tests::default();
        for (atom, sign) in self.atoms() {
            if let Atom::In(key, language) = atom
                && keys.contains(key)
                && let Some(language) = self.tables.language_of(*language)
            {
                if sign {
                    tests.within.push(language);
                } else {
                    tests.without.push(language);
                }
            }
        }
        tests
    }

    /// The narrowest of the domains of keys that are equal.
    fn domain(&self, keys: &[KeyId]) -> Domain {
        let infos = keys.iter().filter_map(|k| self.tables.key_info(*k));
        infos.map(|k| k.domain).max().unwrap_or(Domain::Any)
    }

    /// Whether a key has to be there.
    fn is_required(&self, key: KeyId) -> bool {
        self.helpful.contains(&key)
            || self.atoms().any(|(atom, sign)| match atom {
                Atom::Absent(own) => *own == key && !sign,
                Atom::In(own, _) | Atom::Linked(own, _) if *own == key => sign,
                Atom::Linked(_, link) | Atom::ResourceLink(link) => {
                    sign && self
                        .tables
                        .link_of(*link)
                        .is_some_and(|l| l.keys().any(|k| k == key))
                }
                Atom::Some {
                    links,
                    inside,
                    language,
                    ..
                } => {
                    // A single pattern that has to match some value needs its variables.
                    sign && *inside
                        && language.is_none()
                        && links.iter().any(|l| {
                            self.tables
                                .link_of(*l)
                                .is_some_and(|l| l.keys().any(|k| k == key))
                        })
                }
                _ => false,
            })
    }

    /// Whether a variable of the key has to have a value.
    fn must_have_value(&self, key: KeyId, read: &[KeyId]) -> bool {
        read.contains(&key)
            && self
                .links()
                .iter()
                .any(|(_, link, sign)| *sign && link.keys().any(|k| k == key))
    }

    /// Where every value of a list has to be matched by a pattern, a variable with a value helps, so that trying
    /// its key as absent settles nothing: the keys that nothing requires and that help so.
    pub(super) fn helpful_absences(&self, classes: &[Class]) -> Vec<KeyId> {
        let free = |key: &KeyId| classes.iter().any(|c| !c.required && c.keys.contains(key));
        let lists = self.atoms().filter_map(|(atom, sign)| match atom {
            Atom::Some {
                links,
                inside: false,
                ..
            } if !sign => Some(links),
            _ => None,
        });
        lists
            .flatten()
            .filter_map(|l| self.tables.link_of(*l))
            .flat_map(Link::keys)
            .filter(free)
            .collect()
    }

    /// Values that the languages of a constrained dimension force upon the variables of its patterns.
    fn forced(&self, keys: &[KeyId]) -> Vec<String> {
        let mut out = Vec::new();
        for (node, link, _) in self.links() {
            if !link.keys().any(|k| keys.contains(&k)) {
                continue;
            }
            for glob in self.globs_of(node) {
                if out.len() > CAPTURES {
                    break;
                }
                out.extend(captures(link, &glob));
            }
        }
        dedup(&mut out);
        out.truncate(CAPTURES);
        out
    }

    /// The globs that literals name for a dimension, ARNs with their colons.
    fn globs_of(&self, node: Node) -> Vec<Glob> {
        let mut out = Vec::new();
        for (atom, _) in self.atoms() {
            let language = match (atom, node) {
                (Atom::Resource(id), Node::Resource) => {
                    let set = self.tables.resource_of(*id);
                    out.extend(
                        set.into_iter()
                            .flat_map(|s| s.globs.iter().map(with_colons)),
                    );
                    continue;
                }
                (Atom::In(own, language), Node::Key(key)) if *own == key => Some(*language),
                (
                    Atom::Some {
                        key: own, language, ..
                    },
                    Node::Key(key),
                ) if *own == key => *language,
                _ => continue,
            };
            match language.and_then(|l| self.tables.language_of(l)) {
                Some(Language::Text(globs)) => out.extend(globs.iter().cloned()),
                Some(Language::Arn(globs)) => out.extend(globs.iter().map(with_colons)),
                _ => {}
            }
        }
        out
    }
}

fn dedup(list: &mut Vec<String>) {
    let mut seen = Vec::new();
    list.retain(|v| {
        let new = !seen.contains(v);
        if new {
            seen.push(v.clone());
        }
        new
    });
}
