//! Statements as sentences: their parts in the words of the language, each with its place.

use crate::catalogue::Catalogue;
use crate::diagnostic::Code;
use crate::iam::document::Principals;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement, Test};
use crate::source::Span;

use super::action::Named;
use super::choice::{Choices, Part, Place};
use super::condition::{self, Clause};
use super::literal::{is_ident, quote_text};
use super::model::{Ambient, Levels};
use super::phrase::Phrase;
use super::resource::{self, Resource};
use super::share::Include;
use super::write::Remark;
use super::{action, principal};

/// A list of pieces, or everything but these.
#[derive(Clone, Debug)]
pub(super) struct Listed<T> {
    pub except: bool,
    pub list: Vec<(Place, T)>,
}

/// A statement in words.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub place: Place,
    /// Lines before it.
    pub comments: Vec<String>,
    /// `Label: allow`, `trust`
    pub head: String,
    /// None of a `trust`.
    pub actions: Option<Listed<String>>,
    pub resources: Option<Listed<Resource>>,
    pub principals: Option<Listed<String>>,
    /// `tag_session`, of a `trust`.
    pub with: Vec<&'static str>,
    /// Joined by `and`.
    pub when: Clauses,
    /// Joined by `or`.
    pub unless: Clauses,
}

/// Tests in words, each with its place.
pub(super) type Clauses = Vec<(Place, Phrase)>;

/// What is needed to write statements of one document.
pub(super) struct Speaker<'a> {
    pub catalogue: &'a Catalogue,
    pub ambient: &'a Ambient,
    pub choices: &'a Choices,
    pub levels: Levels,
    pub kind: PolicyKind,
    /// Where statements of a resource policy name no resource.
    pub names_no_resource: bool,
    pub remarks: &'a mut Vec<Remark>,
}

/// What becomes of a statement.
#[derive(Debug)]
pub(super) enum Said {
    Sentence(Box<Sentence>),
    /// A policy says it.
    Include(Box<Include>),
    /// It can never match; this is said in a comment.
    Nothing(String),
}

impl Speaker<'_> {
    /// All statements of a document; `at` is the place of the document.
    pub(super) fn policy(&mut self, policy: &Policy, at: Place) -> Vec<Said> {
        let statements = policy.statements.iter().enumerate();
        statements
            .map(|(i, statement)| self.statement(statement, Place { statement: i, ..at }))
            .collect()
    }

    /// One statement.
    pub(super) fn statement(&mut self, statement: &Statement, at: Place) -> Said {
        if let Some(what) = never_matches(statement) {
            let sid = statement.sid.as_deref().map(|s| format!(" `{s}`"));
            let message = format!(
                "the statement{} {what}: it never matches",
                sid.unwrap_or_default()
            );
            self.remark(Code::EmptyList, &message, statement);
            return Said::Nothing(message);
        }
        let (when, unless) = self.guard(statement, at);
        let effect = match statement.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        };
        let resources = self.resources(statement, at);
        Said::Sentence(Box::new(Sentence {
            place: at,
            comments: Vec::new(),
            head: format!("{}{effect}", label(statement)),
            actions: Some(self.actions(statement, resources.as_ref(), at)),
            resources,
            principals: self.principals(statement, at),
            with: Vec::new(),
            when,
            unless,
        }))
    }

    fn actions(
        &mut self,
        statement: &Statement,
        resources: Option<&Listed<Resource>>,
        at: Place,
    ) -> Listed<String> {
        let matcher = &statement.action;
        if matcher.patterns.iter().any(|p| p == "*") && !matcher.negated {
            return Listed {
                except: true,
                list: Vec::new(),
            };
        }
        let mut list = Vec::new();
        for (i, pattern) in matcher.patterns.iter().enumerate() {
            let place = Place {
                part: Part::Action(i),
                ..at
            };
            let text = match self.choices.level(place) {
                0 => {
                    let written = action::write(pattern, self.catalogue);
                    if let Some(objection) = written.objection {
                        self.remark(Code::UnknownAction, &objection, statement);
                    }
                    written.text
                }
                _ => action::raw(pattern),
            };
            if !list.iter().any(|(_, other)| *other == text) {
                list.push((place, text));
            }
        }
        if self.levels == Levels::Named && !matcher.negated {
            list = named_levels(list, resources, at, self.catalogue);
        }
        Listed {
            except: matcher.negated,
            list,
        }
    }

    fn resources(&mut self, statement: &Statement, at: Place) -> Option<Listed<Resource>> {
        let everything = Match::everything();
        let matcher = match &statement.resource {
            Some(matcher) => matcher,
            None if self.kind == PolicyKind::ResourcePolicy && !self.names_no_resource => {
                &everything
            }
            None => return None,
        };
        if matcher.negated && matcher.patterns.is_empty() {
            return self.resources(
                &Statement {
                    resource: Some(everything),
                    ..statement.clone()
                },
                at,
            );
        }
        let mut list: Vec<(Place, Resource)> = Vec::new();
        for (i, pattern) in matcher.patterns.iter().enumerate() {
            let place = Place {
                part: Part::Resource(i),
                ..at
            };
            let level = self.choices.level(place);
            let actions = Named::of(&statement.action);
            let written = resource::write(pattern, level, actions, self.ambient, self.catalogue);
            if !list.iter().any(|(_, other)| *other == written) {
                list.push((place, written));
            }
        }
        Some(Listed {
            except: matcher.negated,
            list,
        })
    }

    /// An RCP speaks of everyone without saying so.
    fn principals(&self, statement: &Statement, at: Place) -> Option<Listed<String>> {
        let matcher = statement
            .principal
            .as_ref()
            .filter(|_| self.kind != PolicyKind::Rcp)?;
        let everyone_except_nobody = Principals::Named(Vec::new());
        if matcher.negated && matcher.principals == everyone_except_nobody {
            return Some(Listed {
                except: false,
                list: vec![(at, "anyone".to_owned())],
            });
        }
        let mut list: Vec<(Place, String)> = Vec::new();
        for (i, text) in principal::write(&matcher.principals, self.ambient)
            .into_iter()
            .enumerate()
        {
            let place = Place {
                part: Part::Principal(i),
                ..at
            };
            if !list.iter().any(|(_, other)| *other == text) {
                list.push((place, text));
            }
        }
        Some(Listed {
            except: matcher.negated,
            list,
        })
    }

    /// The tests of a statement, each on its side.
    pub(super) fn guard(&self, statement: &Statement, at: Place) -> (Clauses, Clauses) {
        let mut when = Vec::new();
        let mut unless = Vec::new();
        for (i, test) in tests(&statement.condition).into_iter().enumerate() {
            let place = Place {
                part: Part::Test(i),
                ..at
            };
            let clause = match self.choices.level(place) {
                0 => condition::write(test, statement.effect, self.catalogue),
                _ => condition::raw(test),
            };
            match clause {
                Clause::When(phrase) => when.push((place, phrase)),
                Clause::Unless(phrase) => unless.push((place, phrase)),
            }
        }
        (without_implied(when), unless)
    }

    fn remark(&mut self, code: Code, message: &str, statement: &Statement) {
        let at = statement.origin.spans.first().copied();
        self.remarks.push(Remark::new(code, message, at));
    }
}

/// The tests of a condition that was read from a document: a conjunction.
pub(super) fn tests(condition: &Condition) -> Vec<&Test> {
    match condition {
        Condition::Test(test) => vec![test],
        Condition::All(parts) => parts.iter().flat_map(tests).collect(),
        Condition::True | Condition::False | Condition::Not(_) | Condition::Any(_) => Vec::new(),
    }
}

/// Clauses without those that another says too: a test of a key holds of no request that lacks it.
fn without_implied(clauses: Clauses) -> Clauses {
    let tested: Vec<String> = clauses
        .iter()
        .filter_map(|(_, phrase)| phrase.implied())
        .collect();
    let mut kept = Clauses::new();
    for (place, phrase) in clauses {
        let is_implied = phrase.compared.is_none() && tested.contains(&phrase.before);
        if !is_implied && !kept.iter().any(|(_, other)| *other == phrase) {
            kept.push((place, phrase));
        }
    }
    kept
}

/// `Label: `, or nothing.
fn label(statement: &Statement) -> String {
    match statement.sid.as_deref().filter(|s| !s.is_empty()) {
        None => String::new(),
        Some(sid) if is_ident(sid) => format!("{sid}: "),
        Some(sid) => format!("{}: ", quote_text(sid)),
    }
}

/// Why a statement can match no request: an empty list, nobody.
fn never_matches(statement: &Statement) -> Option<&'static str> {
    let empty = |m: &Match| !m.negated && m.patterns.is_empty();
    if empty(&statement.action) {
        return Some("names no action");
    }
    if statement.resource.as_ref().is_some_and(empty) {
        return Some("names no resource");
    }
    let nobody = statement
        .principal
        .as_ref()
        .is_some_and(|p| !p.negated && p.principals == Principals::Named(Vec::new()));
    nobody.then_some("names no principal")
}

/// The types of resources, where each is one of a type and not a part of it.
fn plain_types(resources: &Listed<Resource>) -> Option<Vec<String>> {
    let plain = |resource: &Resource| {
        let whole = resource.suffix.is_empty() && resource.type_name.as_deref() != Some("arn");
        resource.type_name.clone().filter(|_| whole)
    };
    let types = resources.list.iter().map(|(_, resource)| plain(resource));
    types
        .collect::<Option<Vec<String>>>()
        .filter(|_| !resources.except)
}

fn named_levels(
    list: Vec<(Place, String)>,
    resources: Option<&Listed<Resource>>,
    at: Place,
    catalogue: &Catalogue,
) -> Vec<(Place, String)> {
    let types = resources.and_then(plain_types);
    let texts: Vec<String> = list.iter().map(|(_, text)| text.clone()).collect();
    let place_of = |text: &String| {
        let found = list.iter().find(|(_, other)| other == text);
        found.map_or(at, |(place, _)| *place)
    };
    action::with_levels(texts, types.as_deref(), catalogue)
        .into_iter()
        .map(|text| (place_of(&text), text))
        .collect()
}

impl Remark {
    pub(super) fn new(code: Code, message: &str, span: Option<Span>) -> Remark {
        Remark {
            code,
            message: message.to_owned(),
            span,
        }
    }
}
