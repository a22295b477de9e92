//! The requests that the catalogue knows: its actions, on resources that they take, with keys that they carry.

use super::{Build, Found, Origin, Point, Problem, known_class, witness};
use crate::catalogue::{Action, Catalogue, Service};
use crate::engine::hashed::{IndexMap, IndexSet};
use crate::engine::request::Principal;
use crate::engine::symbolic::arn;
use crate::engine::symbolic::atom::{Atom, KeyId, Resources};
use crate::engine::symbolic::budget::Budget;
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::glob::{Glob, SEPARATOR, Token};
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
#[derive(Default)]
struct Scan {
    theory: Theory,
    refuted: IndexSet<Formula>,
    formulas: IndexMap<Vec<bool>, Formula>,
    unknown: Option<&'static str>,
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
        let mut scan = Scan::default();
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
        for world in self.worlds(known) {
            let limited = self.compiler.tables.formulas.and([formula, world]);
            if limited == Formulas::FALSE || scan.refuted.contains(&limited) {
                continue;
            }
            scan.theory.any_resource = witness::any_resource(&class.sample);
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
                    let request = self.request(&point, limited);
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
    fn worlds(&mut self, known: Known<'_>) -> Vec<Formula> {
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

/// The ARNs of a format: every placeholder is some text.
fn format_glob(format: &str) -> Option<Glob> {
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
            _ => glob.extend([Token::One, Token::Star]),
        }
    }
    (colons + 1 >= arn::FIELDS).then_some(glob)
}
