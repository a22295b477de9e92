//! The one combinator behind every question: is there a request of which a formula, built for each class of
//! actions and each principal, is true?

use std::rc::Rc;

use super::action::{self, Actions, Class, Prepared};
use super::atom::{Atom, KeyId, Resources};
use super::budget::{Budget, Spent};
use super::compile::Compiler;
use super::formula::{Formula, Formulas};
use super::glob::{Glob, SEPARATOR, Token};
use super::model::{Held, Model};
use super::readable;
use super::solve::{self, Answer, BUDGET};
use super::subject::{Side, View};
use super::theory::Theory;
use super::value::has_stand_in;
use crate::catalogue::{Action, Catalogue, Service};
use crate::engine::hashed::{IndexMap, IndexSet};
use crate::engine::request::{Context, Principal, Request, Values};

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

/// An action of the catalogue.
struct Known<'k> {
    catalogue: &'k Catalogue,
    service: &'k Service,
    action: &'k Action,
}

/// What a search of the catalogue has found out so far.
#[derive(Default)]
struct Scan {
    theory: Theory,
    refuted: IndexSet<Formula>,
    formulas: IndexMap<Vec<bool>, Formula>,
    unknown: Option<&'static str>,
}

/// A solved view.
struct Point {
    class: Class,
    principal: Principal,
    model: Model,
}

impl<'c> Problem<'c> {
    /// Searches all requests that can ever be.
    pub(crate) fn search_open(
        &mut self,
        build: &mut Build<'_>,
        budget: &mut Budget,
    ) -> (Found, Option<Formula>) {
        if let Some(why) = self.compiler.unmodelled {
            return (Found::Unknown(why), None);
        }
        let prepared = Rc::clone(&self.prepared);
        let classes = match (self.classes.take(), &self.named) {
            (Some(classes), _) => classes,
            (None, Some(names)) => {
                let classes = names.iter().map(|n| known_class(n, &prepared));
                Rc::new(classes.collect())
            }
            (None, None) => match Actions::open_classes(&prepared, budget) {
                Ok(classes) => Rc::new(classes),
                Err(Spent) => return (Found::Unknown(BUDGET), None),
            },
        };
        self.classes = Some(Rc::clone(&classes));
        let mut theory = Theory::default();
        let mut refuted: IndexSet<Formula> = IndexSet::default();
        let mut unknown = None;
        for principal in self.principals.clone() {
            for class in classes.iter() {
                let formula = self.formula(class, &principal, build);
                if formula == Formulas::FALSE || refuted.contains(&formula) {
                    continue;
                }
                theory.any_resource = any_resource(&class.sample);
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
                        let request = self.request(&point, formula, &prepared);
                        return (
                            Found::Request(Box::new(request), Origin::Open),
                            Some(formula),
                        );
                    }
                    Answer::Unknown(why) => {
                        refuted.insert(formula);
                        unknown = Some(why);
                        if why == BUDGET {
                            return (Found::Unknown(BUDGET), None);
                        }
                    }
                }
            }
        }
        (unknown.map_or(Found::Never, Found::Unknown), None)
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

    /// Searches the requests that the catalogue knows: its actions, on resources that they take, with keys that
    /// they carry. The action that is named, if the catalogue has it, is looked at first.
    pub(crate) fn search_catalogue(
        &mut self,
        catalogue: &Catalogue,
        first: Option<&str>,
        build: &mut Build<'_>,
        budget: &mut Budget,
    ) -> Found {
        if let Some(why) = self.compiler.unmodelled {
            return Found::Unknown(why);
        }
        let mut scan = Scan::default();
        for principal in self.principals.clone() {
            scan.formulas.clear();
            if let Some((service, action)) = first.and_then(|name| catalogue.action(name)) {
                let known = Known {
                    catalogue,
                    service,
                    action,
                };
                if let Some(found) = self.try_action(&known, &principal, &mut scan, build, budget) {
                    return found;
                }
            }
        }
        for principal in self.principals.clone() {
            scan.formulas.clear();
            if let Some(names) = self.named.clone() {
                for (service, action) in names.iter().filter_map(|n| catalogue.action(n)) {
                    let known = Known {
                        catalogue,
                        service,
                        action,
                    };
                    let found = self.try_action(&known, &principal, &mut scan, build, budget);
                    if let Some(found) = found {
                        return found;
                    }
                }
                continue;
            }
            for prefix in self.services(catalogue, &principal, build) {
                let Some(service) = catalogue.service(&prefix) else {
                    continue;
                };
                for action in &service.actions {
                    let known = Known {
                        catalogue,
                        service,
                        action,
                    };
                    let found = self.try_action(&known, &principal, &mut scan, build, budget);
                    if let Some(found) = found {
                        return found;
                    }
                }
            }
        }
        scan.unknown.map_or(Found::Never, Found::Unknown)
    }

    /// Looks for a request of one action; `None` to go on.
    fn try_action(
        &mut self,
        known: &Known<'_>,
        principal: &Principal,
        scan: &mut Scan,
        build: &mut Build<'_>,
        budget: &mut Budget,
    ) -> Option<Found> {
        if budget.spend(2).is_err() {
            return Some(Found::Unknown(BUDGET));
        }
        let prepared = Rc::clone(&self.prepared);
        let class = known_class(&known.service.qualified(known.action), &prepared);
        // Composition looks at the name of the action too.
        let by_vector = self.sides.iter().all(|s| matches!(s, Side::Documents(_)));
        let formula = match scan.formulas.get(&class.vector) {
            Some(formula) if by_vector => *formula,
            _ => {
                let formula = self.formula(&class, principal, build);
                scan.formulas.insert(class.vector.clone(), formula);
                formula
            }
        };
        if formula == Formulas::FALSE || scan.refuted.contains(&formula) {
            return None;
        }
        for world in self.worlds(known) {
            let limited = self.compiler.tables.formulas.and([formula, world]);
            if limited == Formulas::FALSE || scan.refuted.contains(&limited) {
                continue;
            }
            scan.theory.any_resource = any_resource(&class.sample);
            let tables = &mut self.compiler.tables;
            match solve::solve(tables, &mut scan.theory, limited, budget) {
                Answer::Impossible => {
                    scan.refuted.insert(limited);
                }
                Answer::Holds(model) => {
                    let point = Point {
                        class,
                        principal: principal.clone(),
                        model,
                    };
                    let request = self.request(&point, limited, &prepared);
                    return Some(Found::Request(Box::new(request), Origin::Catalogue));
                }
                Answer::Unknown(BUDGET) => return Some(Found::Unknown(BUDGET)),
                Answer::Unknown(why) => {
                    scan.refuted.insert(limited);
                    scan.unknown = Some(why);
                }
            }
        }
        None
    }

    /// Services whose actions to look at: those that patterns name, then well-known ones, then all others.
    fn services(
        &mut self,
        catalogue: &Catalogue,
        principal: &Principal,
        build: &mut Build<'_>,
    ) -> Vec<String> {
        let mut out: IndexSet<String> = IndexSet::default();
        let mut all = false;
        for prefix in self.actions.prefixes() {
            match prefix {
                Some(prefix) if catalogue.has_service(&prefix) => {
                    out.insert(prefix);
                }
                Some(_) => {}
                None => all = true,
            }
        }
        // Where only `*` stands for services that are not named, all their actions are one class.
        if all && self.actions.tell_no_services_apart() {
            let stranger = known_class("\u{100000}:\u{100000}", &self.prepared);
            all = self.formula(&stranger, principal, build) != Formulas::FALSE;
        }
        if all {
            let known = [
                "s3", "ec2", "iam", "sqs", "lambda", "dynamodb", "kms", "sts",
            ];
            out.extend(known.map(str::to_owned));
            out.extend(catalogue.service_names().map(str::to_owned));
        }
        out.into_iter().collect()
    }

    /// What the catalogue says of requests of an action: for each type of resource, the ARNs and the keys that
    /// cannot be there.
    fn worlds(&mut self, known: &Known<'_>) -> Vec<Formula> {
        let (service, action) = (known.service, known.action);
        let mut worlds = Vec::new();
        for taken in &action.resources {
            let Some(resource_type) = service.resource_type(&taken.resource_type) else {
                continue;
            };
            let formats = resource_type.arn_formats.iter();
            let globs: Vec<Glob> = formats.filter_map(|f| format_glob(f.as_str())).collect();
            let mut parts = self.carried(known, Some(&resource_type.name));
            parts.push(self.resource_set(Resources { globs, star: false }));
            worlds.push(self.compiler.tables.formulas.and(parts));
        }
        if action.resources.iter().all(|r| !r.required) {
            let mut parts = self.carried(known, None);
            parts.push(self.resource_set(Resources {
                globs: Vec::new(),
                star: true,
            }));
            worlds.push(self.compiler.tables.formulas.and(parts));
        }
        worlds
    }

    fn resource_set(&mut self, resources: Resources) -> Formula {
        let id = self.compiler.tables.resource(resources);
        self.compiler.tables.atom(Atom::Resource(id))
    }

    /// The keys that requests of the action cannot carry are absent.
    fn carried(&mut self, known: &Known<'_>, resource_type: Option<&str>) -> Vec<Formula> {
        let (service, action) = (known.service, known.action);
        let keys: Vec<(KeyId, String)> = self.compiler.tables.keys().collect();
        keys.into_iter()
            .filter(|(_, name)| {
                !known
                    .catalogue
                    .carries_key(service, action, resource_type, name)
            })
            .map(|(key, _)| self.compiler.tables.atom(Atom::Absent(key)))
            .collect()
    }

    /// The request of a point, with readable names where they make no difference to any atom of the formula.
    fn request(&self, point: &Point, formula: Formula, prepared: &[Prepared]) -> Request {
        let tables = &self.compiler.tables;
        let mut model = point.model.clone();
        for filler in readable::WORDS {
            let tidy = tidied(&point.model, filler);
            let holds = tables
                .formulas
                .evaluate(formula, &mut IndexMap::default(), &mut |id| {
                    tidy.satisfies(tables, id)
                });
            if holds {
                model = tidy;
                break;
            }
        }
        let mut context = Context::default();
        for (key, held) in &model.keys {
            let Some(info) = tables.key_info(*key) else {
                continue;
            };
            match held {
                Held::Absent => {}
                Held::Empty => context.set(info.name.clone(), Values::Many(Vec::new())),
                Held::One(value) => context.set(info.name.clone(), Values::One(value.clone())),
                Held::Many(values) => context.set(info.name.clone(), Values::Many(values.clone())),
            }
        }
        Request {
            principal: point.principal.clone(),
            action: action::readable(&point.class, prepared),
            resource: model.resource,
            resource_account: self.owner.clone(),
            context,
        }
    }
}

/// The model with its stand-ins replaced by a readable text.
fn tidied(model: &Model, filler: &str) -> Model {
    let tidy = |text: &String| {
        if has_stand_in(text) {
            readable::without_stand_ins(text, filler)
        } else {
            text.clone()
        }
    };
    let keys = model.keys.iter().map(|(key, held)| {
        let held = match held {
            Held::One(value) => Held::One(tidy(value)),
            Held::Many(values) => Held::Many(values.iter().map(tidy).collect()),
            other => other.clone(),
        };
        (*key, held)
    });
    Model {
        resource: tidy(&model.resource),
        keys: keys.collect(),
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

/// A plausible resource for an action whose resource does not matter.
fn any_resource(action: &str) -> String {
    let service = action.split(':').next().unwrap_or("");
    match service {
        "s3" => "arn:aws:s3:::example-bucket/example-key".to_owned(),
        "iam" => "arn:aws:iam::111122223333:role/Example".to_owned(),
        _ if !service.is_empty()
            && service
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
        {
            format!("arn:aws:{service}:eu-west-1:111122223333:example")
        }
        _ => "arn:aws:example:eu-west-1:111122223333:example".to_owned(),
    }
}

/// The ARNs of a format: every placeholder is some text.
fn format_glob(format: &str) -> Option<Glob> {
    use crate::iam::pattern::{Part, Pattern, Variables, Wildcards};
    let pattern = Pattern::parse(format, Wildcards::Literal, Variables::Active);
    let mut glob = Glob::default();
    let mut colons = 0;
    for part in pattern.parts() {
        match part {
            Part::Text(text) => {
                for c in text.chars() {
                    let bound = c == ':' && colons + 1 < super::arn::FIELDS;
                    colons += usize::from(c == ':');
                    glob.push(Token::Char(if bound { SEPARATOR } else { c }));
                }
            }
            _ => glob.extend([Token::One, Token::Star]),
        }
    }
    (colons + 1 >= super::arn::FIELDS).then_some(glob)
}
