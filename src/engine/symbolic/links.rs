//! Dimensions tied together by policy variables.
//!
//! Keys that are equal through a variable (`StringEquals k1 ${k2}`) become one class with all their tests. Each
//! class is tried with a value that nothing mentions and with the values that patterns can force; with the
//! variables fixed, the rest is decided exactly. *No* is answered only for one of these reasons: the tests of a
//! class contradict each other; a pattern contradicts its dimension even when its variables are free; or every
//! class has finitely many values and all of them were tried. Otherwise it is not settled.

use std::collections::BTreeMap;

use super::atom::{Atom, Form, KeyId, Link, LinkPart, Tables};
use super::budget::Budget;
use super::formula::AtomId;
use super::glob::{Glob, Token, intersect};
use super::model::{Held, Model, Node, resolved};
use super::readable;
use super::text;
use super::theory::{Environment, Sign, Theory, Value};
use super::value::{Language, Stuck, Tests};

/// Combinations of values tried at most.
const TRIALS: usize = 512;

/// Values forced by patterns that are tried at most, for each class.
const CAPTURES: usize = 24;

/// Keys that are equal, and the values to try for them.
struct Class {
    keys: Vec<KeyId>,
    /// Whether requests must have the keys.
    required: bool,
    candidates: Vec<String>,
    /// Whether the candidates are all values there are.
    complete: bool,
    /// Globs that hold every possible value.
    hull: Vec<Glob>,
}

/// A value for each dimension that the literals mention; `None` if there is none.
pub(crate) fn solve(
    theory: &Theory,
    tables: &Tables,
    signs: &[Sign],
    budget: &mut Budget,
) -> Result<Option<Vec<(Node, Value)>>, Stuck> {
    let mut tied = Tied {
        theory,
        tables,
        signs,
        nodes: Vec::new(),
        helpful: Vec::new(),
        unsettled: None,
    };
    for (nodes, _) in super::theory::components(tables, signs) {
        tied.nodes.extend(nodes);
    }
    let Some(classes) = tied.classes(budget)? else {
        return Ok(None);
    };
    let helpful = tied.helpful_absences(&classes);
    if let Some(found) = tied.search(&classes, budget)? {
        return Ok(Some(found));
    }
    if !helpful.is_empty() {
        tied.helpful = helpful;
        if let Some(classes) = tied.classes(budget)?
            && let Some(found) = tied.search(&classes, budget)?
        {
            return Ok(Some(found));
        }
        tied.unsettled = Some("a policy variable under `ForAllValues`");
    }
    if tied.refuted_uniformly() || tied.refuted_when_free(&classes, budget)? {
        return Ok(None);
    }
    let complete = classes.iter().all(|c| c.complete || !c.required);
    match tied.unsettled {
        None if complete => Ok(None),
        Some(why) => Err(Stuck::Unsettled(why)),
        None => Err(Stuck::Unsettled("a mix of policy variables")),
    }
}

struct Tied<'a> {
    theory: &'a Theory,
    tables: &'a Tables,
    signs: &'a [Sign],
    nodes: Vec<Node>,
    /// Keys to be tried with a value although nothing requires one.
    helpful: Vec<KeyId>,
    unsettled: Option<&'static str>,
}

impl Tied<'_> {
    fn atoms(&self) -> impl Iterator<Item = (&Atom, bool)> {
        self.signs
            .iter()
            .filter_map(|(id, sign)| Some((self.tables.atom_of(*id)?, *sign)))
    }

    /// The links among the literals, with the node they constrain; `None` as node for lists.
    fn links(&self) -> Vec<(Node, &Link, bool)> {
        let mut out = Vec::new();
        for (atom, sign) in self.atoms() {
            let (node, ids, sign) = match atom {
                Atom::ResourceLink(link) => (Node::Resource, vec![*link], sign),
                Atom::Linked(key, link) => (Node::Key(*key), vec![*link], sign),
                Atom::Some {
                    key, links, inside, ..
                } => (Node::Key(*key), links.clone(), sign == *inside),
                _ => continue,
            };
            out.extend(
                ids.iter()
                    .filter_map(|id| Some((node, self.tables.link_of(*id)?, sign))),
            );
        }
        out
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

    /// Groups the keys that variables read, and single keys equal to them; `None` if one class has no value.
    fn classes(&mut self, budget: &mut Budget) -> Result<Option<Vec<Class>>, Stuck> {
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

    fn class(
        &mut self,
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
        let absent = self
            .atoms()
            .any(|(atom, sign)| matches!(atom, Atom::Absent(k) if sign && class.keys.contains(k)));
        if absent {
            return Ok(None);
        }
        let empty = Language::Text(vec![Glob::default()]);
        let is_read =
            class.keys.len() > 1 || class.keys.iter().any(|k| self.must_have_value(*k, read));
        let mut tests = Tests::default();
        for (atom, sign) in self.atoms() {
            if let Atom::In(key, language) = atom
                && class.keys.contains(key)
                && let Some(language) = self.tables.language_of(*language)
            {
                if sign {
                    tests.within.push(language);
                } else {
                    tests.without.push(language);
                }
            }
        }
        if is_read {
            tests.without.push(&empty);
        }
        let forced = self.forced(&class.keys);
        let domain = class
            .keys
            .iter()
            .filter_map(|k| self.tables.key_info(*k))
            .map(|k| k.domain)
            .max()
            .unwrap_or(super::value::Domain::Any);
        let words = readable::numbered(number);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some(member) = tests.solve(domain, &words, budget)? else {
            return Ok(None);
        };
        class.candidates.push(member.text);
        class.candidates.extend(forced);
        let only_text = tests
            .within
            .iter()
            .chain(&tests.without)
            .all(|l| matches!(l, Language::Text(_)));
        if only_text {
            let of = |l: &&'_ Language| match l {
                Language::Text(globs) => globs.clone(),
                _ => Vec::new(),
            };
            let within: Vec<Vec<Glob>> = tests.within.iter().map(of).collect();
            let without: Vec<Vec<Glob>> = tests.without.iter().map(of).collect();
            let within: Vec<&[Glob]> = within.iter().map(Vec::as_slice).collect();
            let without: Vec<&[Glob]> = without.iter().map(Vec::as_slice).collect();
            let pieces = text::all(&within, &without, budget)?;
            class.complete = pieces.iter().all(|p| p.glob.as_literal().is_some());
            class.hull = pieces.iter().map(|p| p.glob.clone()).collect();
            class
                .candidates
                .extend(pieces.iter().filter_map(|p| p.glob.as_literal()));
            // The bare stand-in, which no pattern tells from any other text.
            class
                .candidates
                .extend(pieces.iter().map(|p| p.member.iter().collect::<String>()));
        }
        class
            .candidates
            .retain(|c| tests.pass(c) && domain.admits(c));
        dedup(&mut class.candidates);
        Ok(Some(class))
    }

    /// Where every value of a list has to be matched by a pattern, a variable with a value helps, so that trying
    /// its key as absent settles nothing: the keys that nothing requires and that help so.
    fn helpful_absences(&self, classes: &[Class]) -> Vec<KeyId> {
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

    /// Whether a variable of the key has to have a value.
    fn must_have_value(&self, key: KeyId, read: &[KeyId]) -> bool {
        read.contains(&key)
            && self
                .links()
                .iter()
                .any(|(_, link, sign)| *sign && link.keys().any(|k| k == key))
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

    /// Tries the combinations of candidates.
    fn search(
        &mut self,
        classes: &[Class],
        budget: &mut Budget,
    ) -> Result<Option<Vec<(Node, Value)>>, Stuck> {
        let choices: Vec<&Class> = classes.iter().filter(|c| c.required).collect();
        let mut picks = vec![0_usize; choices.len()];
        for _ in 0..TRIALS {
            budget.spend(8)?;
            let mut environment: Environment = BTreeMap::new();
            for class in classes.iter().filter(|c| !c.required) {
                environment.extend(class.keys.iter().map(|k| (*k, None)));
            }
            for (class, pick) in choices.iter().zip(&picks) {
                let Some(value) = class.candidates.get(*pick) else {
                    return Ok(None);
                };
                let value = Some(value.clone());
                environment.extend(class.keys.iter().map(|k| (*k, value.clone())));
            }
            if let Some(found) = self.complete(&environment, budget)? {
                return Ok(Some(found));
            }
            if !advance(&mut picks, &choices) {
                return Ok(None);
            }
        }
        self.unsettled = Some("too many values of policy variables to try");
        Ok(None)
    }

    /// Decides the remaining dimensions with the variables fixed, and checks every literal.
    fn complete(
        &mut self,
        environment: &Environment,
        budget: &mut Budget,
    ) -> Result<Option<Vec<(Node, Value)>>, Stuck> {
        let mut model = Model {
            resource: self.theory.any_resource.clone(),
            keys: BTreeMap::new(),
        };
        let mut values = Vec::new();
        for node in &self.nodes {
            let value = match node {
                Node::Key(key) if environment.contains_key(key) => {
                    let held = environment.get(key).cloned().flatten();
                    Value::Key(held.map_or(Held::Absent, Held::One))
                }
                _ => {
                    let found = self.theory.solve_with(
                        self.tables,
                        *node,
                        self.signs,
                        environment,
                        &[],
                        budget,
                    );
                    match found {
                        Ok(Some(value)) => value,
                        Ok(None) => return Ok(None),
                        Err(Stuck::Spent) => return Err(Stuck::Spent),
                        Err(Stuck::Unsettled(why)) => {
                            self.unsettled = Some(why);
                            return Ok(None);
                        }
                    }
                }
            };
            match (node, &value) {
                (_, Value::Resource(text)) => model.resource.clone_from(text),
                (Node::Key(key), Value::Key(held)) => {
                    model.keys.insert(*key, held.clone());
                }
                (Node::Resource, Value::Key(_)) => {}
            }
            values.push((*node, value));
        }
        let holds = |(id, sign): &(AtomId, bool)| model.satisfies(self.tables, *id) == *sign;
        Ok(self.signs.iter().all(holds).then_some(values))
    }

    /// Whether a pattern that has to match is covered by one that must not, whatever its variables stand for: each
    /// variable is one letter of its own, read by itself and by `*` only.
    fn refuted_uniformly(&self) -> bool {
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

    /// Whether a dimension has no value even when the variables of its patterns are free within their hulls.
    fn refuted_when_free(&self, classes: &[Class], budget: &mut Budget) -> Result<bool, Stuck> {
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
        match tests.solve(domain.unwrap_or(super::value::Domain::Any), &[], budget) {
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
        let code = u32::from(super::glob::FRESH) + 0x1000 + key.0;
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
                    .flat_map(|g| super::arn::rectangles(&g.0, super::arn::Crossing::Always))
                    .collect(),
                (true, false) => Vec::new(),
            },
        );
    // A `?` would read the letter of a variable, which may stand for any number of characters; a confined `*`
    // would read it though a value may hold a colon.
    let excluded: Vec<Glob> = excluded
        .filter(|g| !g.has_one() && !g.is_confined())
        .collect();
    !globs.is_empty()
        && globs
            .iter()
            .all(|p| excluded.iter().any(|q| super::glob::covers(q, p)))
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

/// Counts through the combinations; `false` after the last.
fn advance(picks: &mut [usize], choices: &[&Class]) -> bool {
    for (pick, class) in picks.iter_mut().zip(choices) {
        *pick += 1;
        if *pick < class.candidates.len() {
            return true;
        }
        *pick = 0;
    }
    false
}

fn with_colons(glob: &Glob) -> Glob {
    let swap = |t: &Token| match t {
        Token::Char(super::glob::SEPARATOR) => Token::Char(':'),
        other => *other,
    };
    Glob(glob.0.iter().map(swap).collect())
}

/// Values of the first variable of a pattern for which it can meet a glob.
fn captures(link: &Link, glob: &Glob) -> Vec<String> {
    let Some(at) = link
        .parts
        .iter()
        .position(|p| matches!(p, LinkPart::Value(_)))
    else {
        return Vec::new();
    };
    let free = |parts: &[LinkPart]| {
        let mut out = Glob::default();
        for part in parts {
            out.push(match part {
                LinkPart::Token(token) => *token,
                LinkPart::Value(_) => Token::Star,
            });
        }
        out
    };
    let (before, after) = link.parts.split_at(at);
    let before = free(before);
    let after = free(after.get(1..).unwrap_or_default());
    let mut whole = before.clone();
    whole.push(Token::Star);
    whole.extend(after.0.iter().copied());
    let mut out = Vec::new();
    for meet in intersect(&whole, glob).unwrap_or_default().iter().take(8) {
        let letters = meet.instance();
        let longest = letters.len().min(400);
        for start in 0..=longest {
            let Some((head, rest)) = letters.split_at_checked(start) else {
                break;
            };
            if !before.matches(head) {
                continue;
            }
            for length in (1..=rest.len()).rev() {
                let Some((value, tail)) = rest.split_at_checked(length) else {
                    break;
                };
                if after.matches(tail) {
                    out.push(value.iter().collect());
                    if out.len() > 8 {
                        return out;
                    }
                }
            }
        }
    }
    out
}
