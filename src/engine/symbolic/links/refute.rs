//! The reasons for which no values of the variables can do, however many there are.

use super::Tied;
use super::class::Class;
use crate::engine::symbolic::arn::{self, Crossing};
use crate::engine::symbolic::atom::{Atom, Form, KeyId, Link, LinkPart};
use crate::engine::symbolic::budget::Budget;
use crate::engine::symbolic::glob::{FRESH, Glob, Token, covers};
use crate::engine::symbolic::model::{Node, resolved};
use crate::engine::symbolic::text;
use crate::engine::symbolic::value::{Domain, Language, Stuck, Tests};

impl Tied<'_> {
    /// Whether a pattern that has to match is covered by one that must not, whatever its variables stand for: each
    /// variable is one letter of its own, read by itself and by `*` only.
    pub(super) fn refuted_uniformly(&self) -> bool {
        let links = self.links();
        let single = |node: &Node| !matches!(node, Node::Key(k) if self.tables.is_multi(*k));
        links
            .iter()
            .filter(|(node, _, sign)| *sign && single(node))
            .any(|(node, needed, _)| {
                let linked = links.iter().filter(|(own, _, sign)| own == node && !sign);
                let linked = linked.filter_map(|(_, link, _)| uniform(link));
                let plain = self.excluded(*node);
                let negatives: Vec<(Vec<Glob>, Form)> = linked.chain(plain).collect();
                covered_uniformly(needed, &negatives)
            })
    }

    /// Whether a dimension has no value even when the variables of its patterns are free within their hulls.
    pub(super) fn refuted_when_free(
        &self,
        classes: &[Class],
        budget: &mut Budget,
    ) -> Result<bool, Stuck> {
        let hull = |key: KeyId| -> Vec<Glob> {
            let class = classes.iter().find(|c| c.keys.contains(&key));
            match class {
                Some(class) if class.required => class.hull.clone(),
                _ => vec![Glob::everything()],
            }
        };
        for node in &self.nodes {
            let mut within: Vec<Language> = Vec::new();
            for (own, link, sign) in self.links() {
                let list = matches!(own, Node::Key(k) if self.tables.is_multi(k));
                if own != *node || !sign || list {
                    continue;
                }
                let keys: Vec<KeyId> = link.keys().collect();
                let Some(first) = keys.first() else { continue };
                let mut globs = Vec::new();
                let mut arn = false;
                for choice in hull(*first) {
                    let language = resolved(link, |key| {
                        Some(if key == *first && keys.len() == 1 {
                            choice.clone()
                        } else {
                            Glob::everything()
                        })
                    });
                    match language {
                        Some(Language::Text(more)) => globs.extend(more),
                        Some(Language::Arn(more)) => {
                            arn = true;
                            globs.extend(more);
                        }
                        _ => {}
                    }
                }
                within.push(if arn {
                    Language::Arn(globs)
                } else {
                    Language::Text(globs)
                });
            }
            if within.is_empty() {
                continue;
            }
            if self.is_refuted(*node, &within, budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The languages without variables that a dimension must not be in.
    fn excluded(&self, node: Node) -> Vec<(Vec<Glob>, Form)> {
        let negative = self.atoms().filter(|(_, sign)| !sign);
        let languages = negative.filter_map(|(atom, _)| match (atom, node) {
            (Atom::Resource(id), Node::Resource) => {
                let set = self.tables.resource_of(*id)?;
                Some((set.globs.clone(), Form::Arn))
            }
            (Atom::In(own, language), Node::Key(key)) if *own == key => {
                match self.tables.language_of(*language)? {
                    Language::Text(globs) => Some((globs.clone(), Form::Text)),
                    Language::Arn(globs) => Some((globs.clone(), Form::Arn)),
                    _ => None,
                }
            }
            _ => None,
        });
        languages.collect()
    }

    fn is_refuted(
        &self,
        node: Node,
        extra: &[Language],
        budget: &mut Budget,
    ) -> Result<bool, Stuck> {
        let globs_of = |l: &Language| match l {
            Language::Text(globs) | Language::Arn(globs) => globs.clone(),
            _ => Vec::new(),
        };
        if node == Node::Resource {
            let mut within: Vec<Vec<Glob>> = extra.iter().map(globs_of).collect();
            let mut without: Vec<Vec<Glob>> = Vec::new();
            for (atom, sign) in self.atoms() {
                if let Atom::Resource(id) = atom
                    && let Some(set) = self.tables.resource_of(*id)
                {
                    if sign {
                        within.push(set.globs.clone());
                    } else {
                        without.push(set.globs.clone());
                    }
                }
            }
            let within: Vec<&[Glob]> = within.iter().map(Vec::as_slice).collect();
            let without: Vec<&[Glob]> = without.iter().map(Vec::as_slice).collect();
            return Ok(text::first(&within, &without, budget)?.is_none());
        }
        let Node::Key(key) = node else {
            return Ok(false);
        };
        let mut tests = Tests {
            within: extra.iter().collect(),
            without: Vec::new(),
        };
        for (atom, sign) in self.atoms() {
            if let Atom::In(own, language) = atom
                && *own == key
                && let Some(language) = self.tables.language_of(*language)
            {
                if sign {
                    tests.within.push(language);
                } else {
                    tests.without.push(language);
                }
            }
        }
        let domain = self.tables.key_info(key).map(|k| k.domain);
        match tests.solve(domain.unwrap_or(Domain::Any), &[], budget) {
            Ok(found) => Ok(found.is_none()),
            Err(Stuck::Spent) => Err(Stuck::Spent),
            Err(Stuck::Unsettled(_)) => Ok(false),
        }
    }
}

/// The pattern with a letter for each variable; `None` where a value could move the borders of ARN fields.
fn uniform(link: &Link) -> Option<(Vec<Glob>, Form)> {
    if link.form != Form::Text && link.form != Form::Folded {
        let mut colons = 0;
        for part in &link.parts {
            match part {
                LinkPart::Token(Token::Char(':')) => colons += 1,
                LinkPart::Value(_) if colons < 5 => return None,
                LinkPart::Token(_) | LinkPart::Value(_) => {}
            }
        }
    }
    let letter = |key: KeyId| {
        let code = u32::from(FRESH) + 0x1000 + key.0;
        char::from_u32(code).map(|c| Glob(vec![Token::Char(c)]))
    };
    Some((link.resolve(letter)?, link.form))
}

fn covered_uniformly(needed: &Link, negatives: &[(Vec<Glob>, Form)]) -> bool {
    let Some((globs, form)) = uniform(needed) else {
        return false;
    };
    if form == Form::Folded {
        return false;
    }
    let is_text = |f: &Form| matches!(f, Form::Text | Form::Folded);
    let excluded =
        negatives.iter().flat_map(
            |(own, own_form)| match (is_text(&form), is_text(own_form)) {
                (true, true) | (false, false) => own.clone(),
                (false, true) => own
                    .iter()
                    .filter(|g| arn::is_listable(&g.0, Crossing::Always))
                    .flat_map(|g| arn::rectangles(&g.0, Crossing::Always))
                    .collect(),
                (true, false) => Vec::new(),
            },
        );
    // A `?` would read the letter of a variable, which may stand for any number of characters; a confined `*`
    // would read it though a value may hold a colon.
    let excluded: Vec<Glob> = excluded
        .filter(|g| !g.has_one() && !g.is_confined())
        .collect();
    !globs.is_empty() && globs.iter().all(|p| excluded.iter().any(|q| covers(q, p)))
}
