//! A statement without its ARNs and values: what several statements may have in common, and where they differ.

use crate::import::name::{is_word, snake};
use crate::import::phrase::{Compared, Phrase, Verb};
use crate::import::resource::Resource;
use crate::import::statement::{Clauses, Sentence};
use crate::import::value::list;

/// What is left of a statement, and what was taken out, in the order in which it stands there.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The rest: statements with the same rest differ in their holes only.
    pub rest: String,
    pub holes: Vec<Hole>,
}

/// What a parameter can stand for.
#[derive(Clone, Debug)]
pub(super) enum Hole {
    Resource(Resource),
    /// The values of a test.
    Values(Phrase),
}

/// What a hole is filled with instead.
#[derive(Clone, Debug)]
pub(super) struct Filling {
    /// The parameter.
    pub name: String,
    /// Whether some argument is a list.
    pub several: bool,
}

impl Hole {
    /// What is said there.
    pub(super) fn text(&self) -> String {
        match self {
            Hole::Resource(resource) => resource.base.clone(),
            Hole::Values(phrase) => phrase.compared.as_ref().map(values).unwrap_or_default(),
        }
    }

    /// Holes of different classes are never filled by one parameter.
    pub(super) fn class(&self) -> String {
        match self {
            Hole::Resource(resource) => resource.type_name.clone().unwrap_or_default(),
            Hole::Values(phrase) => match &phrase.compared {
                Some(compared) => format!("{:?} {}", compared.family, compared.is_duration()),
                None => String::new(),
            },
        }
    }

    /// Whether it is filled with a list.
    pub(super) fn is_list(&self) -> bool {
        match self {
            Hole::Resource(_) => false,
            Hole::Values(phrase) => phrase.compared.as_ref().is_some_and(|c| c.values.len() > 1),
        }
    }

    /// What its parameter would be called.
    pub(super) fn wanted_name(&self) -> String {
        match self {
            Hole::Resource(resource) => resource_name(resource),
            Hole::Values(phrase) => match phrase.subject() {
                "region" => "regions".to_owned(),
                "mfa" => "mfa_age".to_owned(),
                subject => snake(subject),
            },
        }
    }
}

/// `bucket` of `s3:bucket`, `kms_arn` of `arn "arn:aws:kms:…"`.
fn resource_name(resource: &Resource) -> String {
    let ty = resource.type_name.as_deref().unwrap_or_default();
    match ty.split_once(':') {
        Some((_, name)) if !is_word(&snake(name)) => snake(name),
        Some(_) => snake(ty),
        None => {
            let service = resource.base.split(':').nth(2).unwrap_or_default();
            match snake(service).as_str() {
                "" => "resource_arn".to_owned(),
                service => format!("{service}_arn"),
            }
        }
    }
}

fn values(compared: &Compared) -> String {
    list(&compared.values)
}

impl Shape {
    pub(super) fn of(sentence: &Sentence) -> Shape {
        let mut shape = Shape {
            rest: sentence.head.clone(),
            holes: Vec::new(),
        };
        if let Some(actions) = &sentence.actions {
            shape.word(if actions.except { "except" } else { "" });
            // Their order means nothing.
            let mut list: Vec<&str> = actions.list.iter().map(|(_, text)| text.as_str()).collect();
            list.sort_unstable();
            list.into_iter().for_each(|text| shape.word(text));
        }
        if let Some(resources) = &sentence.resources {
            shape.word(if resources.except { "on except" } else { "on" });
            for (_, resource) in &resources.list {
                shape.resource(resource);
            }
        }
        if let Some(principals) = &sentence.principals {
            shape.word(if principals.except { "to except" } else { "to" });
            principals
                .list
                .iter()
                .for_each(|(_, text)| shape.word(text));
        }
        shape.guard("when", &sentence.when);
        shape.guard("unless", &sentence.unless);
        shape
    }

    fn word(&mut self, text: &str) {
        self.rest.push('\n');
        self.rest.push_str(text);
    }

    fn resource(&mut self, resource: &Resource) {
        let stem = resource.stem();
        match &stem.type_name {
            Some(ty) => {
                self.word(&format!("<{ty}>{}", stem.suffix));
                self.holes.push(Hole::Resource(stem.clone()));
            }
            None => self.word(&resource.text()),
        }
    }

    fn guard(&mut self, word: &str, clauses: &Clauses) {
        self.word(word);
        for (_, phrase) in clauses {
            match &phrase.compared {
                Some(compared) => {
                    let verb = match compared.verb {
                        Verb::Equal => "==",
                        Verb::Word(word) => word,
                    };
                    let hole = Hole::Values(phrase.clone());
                    let class = hole.class();
                    self.word(&format!(
                        "{} {verb} <{class}>{}",
                        phrase.before, phrase.after
                    ));
                    self.holes.push(hole);
                }
                None => self.word(&phrase.text()),
            }
        }
    }
}

/// The statement with some of its holes filled by parameters; one entry for each hole.
pub(super) fn filled(sentence: &Sentence, fillings: &[Option<&Filling>]) -> Sentence {
    let mut sentence = sentence.clone();
    let mut next = fillings.iter().copied();
    let resources = sentence.resources.iter_mut().flat_map(|r| &mut r.list);
    for (_, resource) in resources {
        if resource.stem().type_name.is_none() {
            continue;
        }
        if let Some(filling) = next.next().flatten() {
            let mut stem = resource.stem().clone();
            stem.base = filling.name.clone();
            stem.type_name = None;
            stem.stem = None;
            *resource = stem;
        }
    }
    let clauses = sentence.when.iter_mut().chain(&mut sentence.unless);
    for compared in clauses.filter_map(|(_, phrase)| phrase.compared.as_mut()) {
        let Some(filling) = next.next().flatten() else {
            continue;
        };
        compared.values = vec![filling.name.clone()];
        compared.parameter = true;
        if compared.verb == Verb::Equal {
            compared.verb = Verb::Word(if filling.several { "in" } else { "==" });
        }
    }
    sentence
}
