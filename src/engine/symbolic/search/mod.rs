//! The one combinator behind every question: is there a request of which a formula, built for each class of
//! actions and each principal, is true?
//!
//! Here the open world is searched; `catalogue` searches the requests that AWS knows today, `witness` makes a
//! request of what was found.

mod catalogue;
mod witness;

use std::rc::Rc;

use super::action::{Actions, Class, Prepared};
use super::budget::{Budget, Spent};
use super::compile::Compiler;
use super::formula::{Formula, Formulas};
use super::glob::Glob;
use super::model::Model;
use super::readable::ACCOUNT;
use super::solve::{self, Answer, BUDGET};
use super::subject::{Side, View};
use super::theory::Theory;
use crate::engine::hashed::IndexSet;
use crate::engine::request::{Principal, Request};

/// A formula for each view.
pub(crate) type Build<'b> = dyn FnMut(&mut View<'_, '_>) -> Formula + 'b;

/// Everything that a question has been brought into.
pub(crate) struct Problem<'c> {
    pub(crate) compiler: Compiler<'c>,
    pub(crate) actions: Actions,
    /// The matchers of the actions, ready to be asked.
    pub(crate) prepared: Rc<Vec<Prepared>>,
    /// The classes of the open world, once they are needed.
    pub(crate) classes: Option<Rc<Vec<Class>>>,
    pub(crate) sides: Vec<Side>,
    pub(crate) principals: Vec<Principal>,
    pub(crate) owner: Option<String>,
    /// What holds of every request in question.
    pub(crate) facts: Formula,
    /// The actions in question, in lower case, where they are known by name.
    pub(crate) named: Option<Vec<String>>,
}

/// What a search has found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// No request.
    Never,
    /// This request, and whether AWS's catalogue knows such requests.
    Request(Box<Request>, Origin),
    /// Not settled, and why.
    Unknown(&'static str),
}

/// Where a request comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Origin {
    /// An action of the catalogue on a resource it takes, with keys it carries.
    Catalogue,
    /// The open world.
    Open,
}

/// A solved view.
struct Point {
    class: Class,
    principal: Principal,
    model: Model,
}

impl Problem<'_> {
    /// Searches all requests that can ever be.
    pub(crate) fn search_open(
        &mut self,
        build: &mut Build<'_>,
        budget: &mut Budget,
    ) -> (Found, Option<Formula>) {
        if let Some(why) = self.compiler.unmodelled {
            return (Found::Unknown(why), None);
        }
        let Ok(classes) = self.open_classes(budget) else {
            return (Found::Unknown(BUDGET), None);
        };
        let mut theory = Theory::new(self.account());
        let mut refuted: IndexSet<Formula> = IndexSet::default();
        let mut unknown = None;
        for principal in self.principals.clone() {
            for class in classes.iter() {
                let formula = self.formula(class, &principal, build);
                if formula == Formulas::FALSE || refuted.contains(&formula) {
                    continue;
                }
                theory.any_resource = witness::any_resource(&class.sample, self.account());
                match solve::solve(&mut self.compiler.tables, &mut theory, formula, budget) {
                    Answer::Impossible => {
                        refuted.insert(formula);
                    }
                    Answer::Holds(model) => {
                        let point = Point {
                            class: class.clone(),
                            principal: principal.clone(),
                            model,
                        };
                        let request = Box::new(self.request(&point, formula));
                        return (Found::Request(request, Origin::Open), Some(formula));
                    }
                    Answer::Unknown(BUDGET) => return (Found::Unknown(BUDGET), None),
                    Answer::Unknown(why) => {
                        refuted.insert(formula);
                        unknown = Some(why);
                    }
                }
            }
        }
        (unknown.map_or(Found::Never, Found::Unknown), None)
    }

    /// The classes of actions that the matchers tell apart, or those of the actions in question.
    fn open_classes(&mut self, budget: &mut Budget) -> Result<Rc<Vec<Class>>, Spent> {
        if let Some(classes) = &self.classes {
            return Ok(Rc::clone(classes));
        }
        let classes = match &self.named {
            Some(names) => {
                let classes = names.iter().map(|n| known_class(n, &self.prepared));
                classes.collect()
            }
            None => Actions::open_classes(&self.prepared, budget)?,
        };
        let classes = Rc::new(classes);
        self.classes = Some(Rc::clone(&classes));
        Ok(classes)
    }

    /// The account that resources belong to, for the sake of witnesses.
    fn account(&self) -> &str {
        self.owner.as_deref().unwrap_or(ACCOUNT)
    }

    /// The formula of one view.
    fn formula(&mut self, class: &Class, principal: &Principal, build: &mut Build<'_>) -> Formula {
        let formula = build(&mut View {
            compiler: &mut self.compiler,
            sides: &self.sides,
            class,
            principal,
        });
        self.compiler.tables.formulas.and([formula, self.facts])
    }
}

/// The class of a known action.
fn known_class(name: &str, prepared: &[Prepared]) -> Class {
    let folded = name.to_ascii_lowercase();
    let letters: Vec<char> = folded.chars().collect();
    Class {
        vector: prepared
            .iter()
            .map(|m| m.matches(&folded, &letters))
            .collect(),
        sample: name.to_owned(),
        glob: Glob::literal(name),
    }
}
