//! Literals about one dimension: a resource or a key that satisfies all of them.

use super::{Environment, Sign, Value};
use crate::engine::symbolic::arn;
use crate::engine::symbolic::atom::{Atom, KeyId, LinkId, Tables};
use crate::engine::symbolic::budget::Budget;
use crate::engine::symbolic::glob::Glob;
use crate::engine::symbolic::model::{Held, resolved};
use crate::engine::symbolic::readable;
use crate::engine::symbolic::text;
use crate::engine::symbolic::value::{Language, Stuck, Tests};

/// Literals about one dimension, in an environment.
pub(super) struct Question<'a> {
    pub(super) tables: &'a Tables,
    pub(super) signs: &'a [Sign],
    pub(super) environment: &'a Environment,
    pub(super) fillers: &'a [&'a str],
    pub(super) account: &'a str,
}

/// Languages that a value has to be in or out of; owned, since variables make new ones.
#[derive(Default)]
struct Demands {
    within: Vec<Language>,
    without: Vec<Language>,
}

/// What literals ask of a list: to be missing or not, and what of all its values and of some.
#[derive(Default)]
struct AskedOfList {
    absent: bool,
    present: bool,
    empty: bool,
    filled: bool,
    every: Demands,
    /// Languages that some value has to be in, or in none of.
    some: Vec<(Vec<Language>, bool)>,
}

impl Demands {
    fn tests(&self) -> Tests<'_> {
        Tests {
            within: self.within.iter().collect(),
            without: self.without.iter().collect(),
        }
    }
}

impl Question<'_> {
    fn atoms(&self) -> impl Iterator<Item = (&Atom, bool)> {
        self.signs
            .iter()
            .filter_map(|(id, sign)| Some((self.tables.atom_of(*id)?, *sign)))
    }

    fn variable(&self, key: KeyId) -> Option<Glob> {
        let value = self.environment.get(&key)?.as_deref()?;
        (!value.is_empty()).then(|| Glob::literal(value))
    }

    pub(super) fn resource(&self, any: &str, budget: &mut Budget) -> Result<Option<Value>, Stuck> {
        let mut within: Vec<Vec<Glob>> = vec![vec![arn::every_arn()]];
        let mut without: Vec<Vec<Glob>> = Vec::new();
        let mut star = true;
        for (atom, sign) in self.atoms() {
            let (globs, has_star) = match atom {
                Atom::Resource(id) => match self.tables.resource_of(*id) {
                    Some(set) => (set.globs.clone(), set.star),
                    None => continue,
                },
                Atom::ResourceLink(link) => {
                    let link = self.tables.link_of(*link);
                    let globs = link.and_then(|l| l.resolve(|k| self.variable(k)));
                    (globs.unwrap_or_default(), false)
                }
                _ => continue,
            };
            star &= has_star == sign;
            if sign {
                within.push(globs);
            } else {
                without.push(globs);
            }
        }
        let within: Vec<&[Glob]> = within.iter().map(Vec::as_slice).collect();
        let without: Vec<&[Glob]> = without.iter().map(Vec::as_slice).collect();
        if let Some(letters) = arn::joined(any)
            && within.iter().all(|u| u.iter().any(|g| g.matches(&letters)))
            && !without
                .iter()
                .any(|u| u.iter().any(|g| g.matches(&letters)))
        {
            return Ok(Some(Value::Resource(any.to_owned())));
        }
        if let Some(piece) = text::first(&within, &without, budget)? {
            let text = arn::spelled(&readable::fill_arn(&piece, any, self.account));
            return Ok(Some(Value::Resource(text)));
        }
        Ok(star.then(|| Value::Resource("*".to_owned())))
    }

    pub(super) fn single(&self, key: KeyId, budget: &mut Budget) -> Result<Option<Value>, Stuck> {
        let mut demands = Demands::default();
        let (mut absent, mut present) = (false, false);
        for (atom, sign) in self.atoms() {
            let language = match atom {
                Atom::Absent(own) if *own == key => {
                    absent |= sign;
                    present |= !sign;
                    continue;
                }
                Atom::In(own, language) if *own == key => {
                    self.tables.language_of(*language).cloned()
                }
                Atom::Linked(own, link) if *own == key => self.link(*link),
                _ => continue,
            };
            present |= sign;
            match (language, sign) {
                (Some(language), true) => demands.within.push(language),
                (Some(language), false) => demands.without.push(language),
                (None, true) => return Ok(None),
                (None, false) => {}
            }
        }
        if absent || !present {
            return Ok((!present).then_some(Value::Key(Held::Absent)));
        }
        let found = self.value(key, &demands.tests(), budget)?;
        Ok(found.map(|v| Value::Key(Held::One(v))))
    }

    fn link(&self, link: LinkId) -> Option<Language> {
        resolved(self.tables.link_of(link)?, |k| self.variable(k))
    }

    pub(super) fn list(&self, key: KeyId, budget: &mut Budget) -> Result<Option<Value>, Stuck> {
        let asked = self.asked_of_list(key)?;
        if asked.absent || asked.empty {
            let present = asked.empty || asked.present;
            let contradiction = !asked.some.is_empty() || asked.absent && present;
            let held = if asked.absent {
                Held::Absent
            } else {
                Held::Empty
            };
            return Ok((!contradiction).then_some(Value::Key(held)));
        }
        if asked.some.is_empty() && !asked.present {
            return Ok(Some(Value::Key(Held::Absent)));
        }
        let mut values = Vec::new();
        for (languages, inside) in &asked.some {
            let mut tests = asked.every.tests();
            let joined;
            if *inside {
                joined = union(languages.clone())?;
                tests.within.push(&joined);
            } else {
                tests.without.extend(languages);
            }
            match self.value(key, &tests, budget)? {
                Some(value) if !values.contains(&value) => values.push(value),
                Some(_) => {}
                None => return Ok(None),
            }
        }
        if asked.some.is_empty() {
            match self.value(key, &asked.every.tests(), budget)? {
                Some(value) => values.push(value),
                None if asked.filled => return Ok(None),
                None => return Ok(Some(Value::Key(Held::Empty))),
            }
        }
        Ok(Some(Value::Key(Held::Many(values))))
    }

    /// What the literals ask of the list that a key holds.
    fn asked_of_list(&self, key: KeyId) -> Result<AskedOfList, Stuck> {
        let mut asked = AskedOfList::default();
        for (atom, sign) in self.atoms() {
            match atom {
                Atom::Absent(own) if *own == key => {
                    asked.absent |= sign;
                    asked.present |= !sign;
                }
                Atom::Empty(own) if *own == key => {
                    asked.empty |= sign;
                    asked.filled |= !sign;
                }
                Atom::Some {
                    key: own,
                    language,
                    links,
                    inside,
                } if *own == key => {
                    let language = language.and_then(|l| self.tables.language_of(l)).cloned();
                    let linked = links.iter().filter_map(|l| self.link(*l));
                    let languages: Vec<Language> = language.into_iter().chain(linked).collect();
                    match (sign, inside) {
                        (true, _) => asked.some.push((languages, *inside)),
                        (false, true) => asked.every.without.extend(languages),
                        (false, false) => asked.every.within.push(union(languages)?),
                    }
                }
                _ => {}
            }
        }
        Ok(asked)
    }

    fn value(
        &self,
        key: KeyId,
        tests: &Tests<'_>,
        budget: &mut Budget,
    ) -> Result<Option<String>, Stuck> {
        let Some(info) = self.tables.key_info(key) else {
            return Ok(None);
        };
        let fillers = if self.fillers.is_empty() {
            readable::words(&info.name)
        } else {
            self.fillers
        };
        let found = tests.solve(info.domain, fillers, budget)?;
        Ok(found.map(|m| m.text))
    }
}

/// The union of languages of one test, which are of one kind.
fn union(languages: Vec<Language>) -> Result<Language, Stuck> {
    let mut all: Option<Language> = None;
    for language in languages {
        all = Some(match (all, language) {
            (None, one) => one,
            (Some(Language::Text(mut a)), Language::Text(b)) => {
                a.extend(b);
                Language::Text(a)
            }
            (Some(Language::Arn(mut a)), Language::Arn(b)) => {
                a.extend(b);
                Language::Arn(a)
            }
            _ => return Err(Stuck::Unsettled("values of several types in one test")),
        });
    }
    Ok(all.unwrap_or(Language::Text(Vec::new())))
}
