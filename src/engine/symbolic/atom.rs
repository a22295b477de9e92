//! Atoms: the smallest things a request makes true or false, and the tables that number them.

use super::arn::{self, Crossing};
use super::formula::{AtomId, Formula, Formulas};
use super::glob::{Glob, Token};
use super::value::{Domain, Language};
use crate::engine::hashed::{IndexMap, IndexSet};

/// A condition key, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct KeyId(pub(crate) u32);

/// A language of values, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct LanguageId(u32);

/// A set of resources, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ResourceId(u32);

/// A pattern with variables, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct LinkId(u32);

/// What is known of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Key {
    /// A spelling for witnesses.
    pub(crate) name: String,
    /// Whether it carries lists.
    pub(crate) multi: bool,
    /// Its type.
    pub(crate) domain: Domain,
}

/// Something that a request makes true or false.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Atom {
    /// The resource is in the set.
    Resource(ResourceId),
    /// The resource matches a pattern with variables, all of which have values.
    ResourceLink(LinkId),
    /// The request has no such key.
    Absent(KeyId),
    /// The key is there with an empty list.
    Empty(KeyId),
    /// The key's only value is in the language.
    In(KeyId, LanguageId),
    /// The key's only value matches a pattern with variables, all of which have values.
    Linked(KeyId, LinkId),
    /// Some value of the list is matched (`inside`) or not matched by the language and the patterns.
    Some {
        key: KeyId,
        language: Option<LanguageId>,
        links: Vec<LinkId>,
        inside: bool,
    },
}

/// Resources: ARNs as joined globs, and whether `*` itself, the resource of actions without one, belongs to it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Resources {
    pub(crate) globs: Vec<Glob>,
    pub(crate) star: bool,
}

/// A piece of a pattern with variables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum LinkPart {
    Token(Token),
    Value(KeyId),
}

/// How a pattern is matched once its variables have values.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Form {
    Text,
    Folded,
    Arn,
    Resource(Reading),
}

/// How `Resource` patterns are read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Reading {
    pub(crate) crossing: Crossing,
    pub(crate) padding: Padding,
    /// Fields compared without regard to case: from, to.
    pub(crate) folded: (usize, usize),
    /// Whether a wildcard in the resource type makes a pattern dead.
    pub(crate) literal_types: bool,
}

/// When missing fields of a short pattern are `*`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Padding {
    Always,
    WithStar,
    EndingInStar,
    Never,
}

/// A pattern with variables.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Link {
    pub(crate) parts: Vec<LinkPart>,
    pub(crate) form: Form,
}

impl Link {
    /// The keys that its variables name.
    pub(crate) fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.parts.iter().filter_map(|p| match p {
            LinkPart::Value(key) => Some(*key),
            LinkPart::Token(_) => None,
        })
    }

    /// The globs it stands for when each variable is replaced; `None` if one has no value.
    pub(crate) fn resolve(
        &self,
        mut value: impl FnMut(KeyId) -> Option<Glob>,
    ) -> Option<Vec<Glob>> {
        let mut glob = Glob::default();
        for part in &self.parts {
            match part {
                LinkPart::Token(token) => glob.push(*token),
                LinkPart::Value(key) => glob.extend(value(*key)?.0),
            }
        }
        Some(match self.form {
            Form::Text => vec![glob],
            Form::Folded => vec![glob.folded()],
            Form::Arn => arn::rectangles(&glob.0, Crossing::Never),
            Form::Resource(reading) => reading.arns(&glob),
        })
    }

    /// The key, if the pattern is one variable and nothing else.
    pub(crate) fn as_equality(&self) -> Option<KeyId> {
        match (self.form, self.parts.as_slice()) {
            (Form::Text, [LinkPart::Value(key)]) => Some(*key),
            _ => None,
        }
    }
}

impl Reading {
    /// Whether [`Reading::arns`] can list what a pattern matches.
    pub(crate) fn is_listable(&self, pattern: &Glob) -> bool {
        let mut padded = pattern.clone();
        for _ in 1..arn::FIELDS {
            padded.extend([Token::Char(':'), Token::Star]);
        }
        let (own, padded) = (&pattern.0, &padded.0);
        arn::is_listable(own, self.crossing) && arn::is_listable(padded, self.crossing)
    }

    /// The ARNs that a pattern without variables matches. The pattern `*` is not for this function.
    pub(crate) fn arns(&self, pattern: &Glob) -> Vec<Glob> {
        let folded = self.folded.0..self.folded.1;
        let tokens = arn::lower_fields(&pattern.0, &folded);
        if self.literal_types && has_wild_type(&tokens) {
            return Vec::new();
        }
        let colons = tokens.iter().filter(|t| **t == Token::Char(':')).count();
        let missing = (arn::FIELDS - 1).saturating_sub(colons);
        let pads = match self.padding {
            Padding::Always => true,
            Padding::WithStar => tokens.contains(&Token::Star),
            Padding::EndingInStar => tokens.last() == Some(&Token::Star),
            Padding::Never => false,
        };
        let mut globs = arn::rectangles(&tokens, self.crossing);
        if missing > 0 && pads {
            let mut padded = Glob(tokens);
            for _ in 0..missing {
                padded.extend([Token::Char(':'), Token::Star]);
            }
            globs.extend(arn::rectangles(&padded.0, self.crossing));
        }
        let globs = globs.into_iter();
        let globs = globs.filter_map(|g| arn::fold_fields(g, &folded)).collect();
        super::glob::prune(globs)
    }
}

/// Whether a wildcard stands in the resource type of a pattern; S3 and patterns without a type excepted.
fn has_wild_type(pattern: &[Token]) -> bool {
    let mut fields = pattern.splitn(arn::FIELDS, |t| *t == Token::Char(':'));
    let service = fields.nth(2).unwrap_or_default();
    let resource = fields.nth(2).unwrap_or_default();
    let end = resource
        .iter()
        .position(|t| matches!(t, Token::Char('/' | ':')));
    let Some(end) = end else {
        return false;
    };
    let wild = |t: &Token| matches!(t, Token::Star | Token::One);
    service != [Token::Char('s'), Token::Char('3')] && resource.iter().take(end).any(wild)
}

/// Everything that has a number in one question.
#[derive(Debug)]
pub(crate) struct Tables {
    pub(crate) formulas: Formulas,
    atoms: IndexSet<Atom>,
    keys: IndexMap<String, Key>,
    languages: IndexSet<Language>,
    resources: IndexSet<Resources>,
    links: IndexSet<Link>,
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Tables {
    /// Empty tables.
    pub(crate) fn new() -> Self {
        Tables {
            formulas: Formulas::new(),
            atoms: IndexSet::default(),
            keys: IndexMap::default(),
            languages: IndexSet::default(),
            resources: IndexSet::default(),
            links: IndexSet::default(),
        }
    }

    /// The number of a key whose folded name is given; `new` describes it if it is not known yet.
    pub(crate) fn key(&mut self, folded: &str, new: impl FnOnce() -> Key) -> KeyId {
        if let Some(index) = self.keys.get_index_of(folded) {
            return KeyId(number(index));
        }
        let (index, _) = self.keys.insert_full(folded.to_owned(), new());
        KeyId(number(index))
    }

    /// The number of a key, if it has one.
    pub(crate) fn find_key(&self, folded: &str) -> Option<KeyId> {
        self.keys.get_index_of(folded).map(|i| KeyId(number(i)))
    }

    /// What is known of a key.
    pub(crate) fn key_info(&self, id: KeyId) -> Option<&Key> {
        self.keys.get_index(id.0 as usize).map(|(_, key)| key)
    }

    /// All keys with a spelling.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (KeyId, String)> {
        let keys = self.keys.values().enumerate();
        keys.map(|(i, key)| (KeyId(number(i)), key.name.clone()))
    }

    /// Notes that a key carries lists.
    pub(crate) fn set_multi(&mut self, id: KeyId) {
        if let Some((_, key)) = self.keys.get_index_mut(id.0 as usize) {
            key.multi = true;
        }
    }

    /// Whether a key carries lists.
    pub(crate) fn is_multi(&self, id: KeyId) -> bool {
        self.key_info(id).is_some_and(|k| k.multi)
    }

    /// The number of a language.
    pub(crate) fn language(&mut self, language: Language) -> LanguageId {
        LanguageId(number(self.languages.insert_full(language).0))
    }

    /// The number of a set of resources.
    pub(crate) fn resource(&mut self, resources: Resources) -> ResourceId {
        ResourceId(number(self.resources.insert_full(resources).0))
    }

    /// The number of a pattern with variables.
    pub(crate) fn link(&mut self, link: Link) -> LinkId {
        LinkId(number(self.links.insert_full(link).0))
    }

    /// The formula that an atom holds.
    pub(crate) fn atom(&mut self, atom: Atom) -> Formula {
        let index = number(self.atoms.insert_full(atom).0);
        self.formulas.atom(AtomId(index))
    }

    /// An atom by number.
    pub(crate) fn atom_of(&self, id: AtomId) -> Option<&Atom> {
        self.atoms.get_index(id.0 as usize)
    }

    /// The number of an atom, if some formula mentions it.
    pub(crate) fn find(&self, atom: &Atom) -> Option<AtomId> {
        self.atoms.get_index_of(atom).map(|i| AtomId(number(i)))
    }

    /// A language by number.
    pub(crate) fn language_of(&self, id: LanguageId) -> Option<&Language> {
        self.languages.get_index(id.0 as usize)
    }

    /// A set of resources by number.
    pub(crate) fn resource_of(&self, id: ResourceId) -> Option<&Resources> {
        self.resources.get_index(id.0 as usize)
    }

    /// A pattern with variables by number.
    pub(crate) fn link_of(&self, id: LinkId) -> Option<&Link> {
        self.links.get_index(id.0 as usize)
    }
}
