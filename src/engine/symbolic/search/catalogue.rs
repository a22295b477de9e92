//! The requests that the catalogue knows: its actions, on resources that they take, with keys that they carry.

use super::{Build, Found, Origin, Point, Problem, known_class, witness};
use crate::catalogue::{Action, Catalogue, ResourceType, Service};
use crate::engine::hashed::{IndexMap, IndexSet};
use crate::engine::request::Principal;
use crate::engine::symbolic::action::Class;
use crate::engine::symbolic::arn;
use crate::engine::symbolic::atom::{Atom, KeyId, Resources};
use crate::engine::symbolic::budget::Budget;
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::glob::{Glob, SEPARATOR, Token};
use crate::engine::symbolic::model::Model;
use crate::engine::symbolic::solve::{self, Answer, BUDGET};
use crate::engine::symbolic::subject::Side;
use crate::engine::symbolic::theory::Theory;
use crate::iam::pattern::{Part, Pattern, Variables, Wildcards};

/// An action of the catalogue.
#[derive(Clone, Copy)]
struct Known<'k> {
    catalogue: &'k Catalogue,
    service: &'k Service,
    action: &'k Action,
}

/// What a search of the catalogue has found out so far.
struct Scan {
    theory: Theory,
    refuted: IndexSet<Formula>,
    formulas: IndexMap<Vec<bool>, Formula>,
    unknown: Option<&'static str>,
}

/// Steps that looking for a plain ARN may take for each type of resource, once an ARN is found.
const PLAIN_STEPS: u64 = 2_000;

/// Requests of one action on one type of resource, or on none.
struct Requests<'k> {
    on: Option<&'k ResourceType>,
    /// The keys that they cannot carry are absent.
    carried: Formula,
    all: Formula,
}

/// What the placeholders of an ARN format stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Whatever they may.
    Any,
    /// An account that is there, and a name without colons.
    Plain,
}

impl Problem<'_> {
    /// Searches the requests that the catalogue knows. The action that is named, if the catalogue has it, is looked
    /// at first.
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
        let mut scan = Scan {
            theory: Theory::new(self.account()),
            refuted: IndexSet::default(),
            formulas: IndexMap::default(),
            unknown: None,
        };
        let known = |(service, action)| Known {
            catalogue,
            service,
            action,
        };
        let first = first.and_then(|name| catalogue.action(name)).map(known);
        for principal in self.principals.clone() {
            scan.formulas.clear();
            if let Some(known) = first
                && let Some(found) = self.try_action(known, &principal, &mut scan, build, budget)
            {
                return found;
            }
        }
        for principal in self.principals.clone() {
            scan.formulas.clear();
            let found = match self.named.clone() {
                Some(names) => {
                    let mut actions = names.iter().filter_map(|n| catalogue.action(n)).map(known);
                    actions.find_map(|k| self.try_action(k, &principal, &mut scan, build, budget))
                }
                None => {
                    let prefixes = self.services(catalogue, &principal, build);
                    let services = prefixes.iter().filter_map(|p| catalogue.service(p));
                    let pairs = services.flat_map(|s| s.actions.iter().map(move |a| (s, a)));
                    let mut actions = pairs.map(known);
                    actions.find_map(|k| self.try_action(k, &principal, &mut scan, build, budget))
                }
            };
            if let Some(found) = found {
                return found;
            }
        }
        scan.unknown.map_or(Found::Never, Found::Unknown)
    }

    /// Looks for a request of one action; `None` to go on.
    fn try_action(
        &mut self,
        known: Known<'_>,
        principal: &Principal,
        scan: &mut Scan,
        build: &mut Build<'_>,
        budget: &mut Budget,
    ) -> Option<Found> {
        if budget.spend(2).is_err() {
            return Some(Found::Unknown(BUDGET));
        }
        let class = known_class(&known.service.qualified(known.action), &self.prepared);
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
        scan.theory.any_resource = witness::any_resource(&class.sample, self.account());
        // The first that is found, in case that none with a plain ARN is.
        let mut any = None;
        for world in self.worlds(known) {
            let limited = self.compiler.tables.formulas.and([formula, world.all]);
            if any.is_none() {
                match self.solve_within(formula, world.all, scan, budget) {
                    Answer::Impossible => continue,
                    Answer::Unknown(BUDGET) => return Some(Found::Unknown(BUDGET)),
                    Answer::Unknown(_) => continue,
                    Answer::Holds(model) => {
                        let is_plain = self.is_plain(&world, &model);
                        any = Some((model, limited));
                        if is_plain {
                            break;
                        }
                    }
                }
            }
            let plain = self.requests_on(&world, Reach::Plain);
            let mut few = Budget::new(PLAIN_STEPS);
            let plain = self.solve_within(formula, plain, scan, &mut few);
            if let Answer::Holds(model) = plain {
                any = Some((model, limited));
                break;
            }
        }
        let (model, limited) = any?;
        Some(self.found(class, principal, model, limited))
    }

    fn found(&self, class: Class, principal: &Principal, model: Model, formula: Formula) -> Found {
        let point = Point {
            class,
            principal: principal.clone(),
            model,
        };
        let request = self.request(&point, formula);
        Found::Request(Box::new(request), Origin::Catalogue)
    }

    /// Solves the formula among the requests of a world; what is settled or given up once is not tried again.
    fn solve_within(
        &mut self,
        formula: Formula,
        world: Formula,
        scan: &mut Scan,
        budget: &mut Budget,
    ) -> Answer {
        let tables = &mut self.compiler.tables;
        let limited = tables.formulas.and([formula, world]);
        if limited == Formulas::FALSE || scan.refuted.contains(&limited) {
            return Answer::Impossible;
        }
        let answer = solve::solve(tables, &mut scan.theory, limited, budget);
        match answer {
            Answer::Holds(_) | Answer::Unknown(BUDGET) => {}
            Answer::Impossible => {
                scan.refuted.insert(limited);
            }
            Answer::Unknown(why) => {
                scan.refuted.insert(limited);
                scan.unknown = Some(why);
            }
        }
        answer
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

    /// What the catalogue says of requests of an action, for each type of resource.
    fn worlds<'k>(&mut self, known: Known<'k>) -> Vec<Requests<'k>> {
        let taken = known.action.resources.iter();
        let types = taken.filter_map(|t| known.service.resource_type(&t.resource_type));
        let none = known.action.resources.iter().all(|r| !r.required);
        let on = types.map(Some).chain(none.then_some(None));
        on.map(|on| {
            let absent = self.carried(known, on.map(|t| t.name.as_str()));
            let carried = self.compiler.tables.formulas.and(absent);
            let mut world = Requests {
                on,
                carried,
                all: carried,
            };
            world.all = self.requests_on(&world, Reach::Any);
            world
        })
        .collect()
    }

    /// The requests on a type of resource, with ARNs of its formats.
    fn requests_on(&mut self, world: &Requests<'_>, reach: Reach) -> Formula {
        let formats = world.on.into_iter().flat_map(|t| &t.arn_formats);
        let globs = formats.filter_map(|f| format_glob(f.as_str(), reach));
        let resource = self.resource_set(Resources {
            globs: globs.collect(),
            star: world.on.is_none(),
        });
        self.compiler.tables.formulas.and([world.carried, resource])
    }

    /// Whether no name in the resource has a colon that the format does not ask for.
    fn is_plain(&self, world: &Requests<'_>, model: &Model) -> bool {
        let Some(letters) = arn::joined(&model.resource) else {
            return true;
        };
        let formats = world.on.into_iter().flat_map(|t| &t.arn_formats);
        let mut globs = formats.filter_map(|f| format_glob(f.as_str(), Reach::Plain));
        globs.any(|g| g.matches(&letters))
    }

    fn resource_set(&mut self, resources: Resources) -> Formula {
        let id = self.compiler.tables.resource(resources);
        self.compiler.tables.atom(Atom::Resource(id))
    }

    /// The keys that requests of the action cannot carry are absent.
    fn carried(&mut self, known: Known<'_>, resource_type: Option<&str>) -> Vec<Formula> {
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
}

/// The ARNs of a format: every placeholder is some text; a partition begins with `aws`, as all of them do. What AWS
/// itself owns may have no account, whatever its format says (`arn:aws:ssm:eu-west-1::document/AWS-RunShellScript`).
fn format_glob(format: &str, reach: Reach) -> Option<Glob> {
    let pattern = Pattern::parse(format, Wildcards::Literal, Variables::Active);
    let mut glob = Glob::default();
    let mut colons = 0;
    for part in pattern.parts() {
        match part {
            Part::Text(text) => {
                for c in text.chars() {
                    let bound = c == ':' && colons + 1 < arn::FIELDS;
                    colons += usize::from(c == ':');
                    glob.push(Token::Char(if bound { SEPARATOR } else { c }));
                }
            }
            Part::Variable(variable) if variable.key == "Partition" => {
                glob.extend("aws".chars().map(Token::Char));
                glob.push(Token::Star);
            }
            Part::Variable(variable) if variable.key == "Account" && reach == Reach::Any => {
                glob.push(Token::Star);
            }
            _ if reach == Reach::Plain && colons + 1 == arn::FIELDS => {
                glob.extend([Token::OneInField, Token::StarInField]);
            }
            _ => glob.extend([Token::One, Token::Star]),
        }
    }
    (colons + 1 >= arn::FIELDS).then_some(glob)
}
