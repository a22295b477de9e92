//! Which actions of the catalogue a statement speaks of.

use indexmap::IndexMap;

use super::Context;
use crate::catalogue::{Action, Service};
use crate::ir::{Match, Statement};

/// What a list of action patterns comes to.
pub(super) enum Breadth<'c> {
    /// Every action of every service, or of all but some.
    Services,
    /// These.
    Actions(Vec<(&'c Service, &'c Action)>),
}

impl<'a> Context<'a> {
    /// The actions that a match speaks of.
    pub(super) fn breadth(&self, actions: &Match) -> Breadth<'a> {
        if spans_services(actions) {
            return Breadth::Services;
        }
        let mut found: IndexMap<*const Action, (&Service, &Action)> = IndexMap::new();
        for pattern in &actions.patterns {
            let Some((prefix, name)) = pattern.split_once(':') else {
                continue;
            };
            let Some(service) = self.project.catalogue.service(prefix) else {
                continue;
            };
            for action in service.actions_matching(name) {
                found.insert(action, (service, action));
            }
        }
        Breadth::Actions(found.into_values().collect())
    }
}

/// Whether a list of actions leaves open of which services they are.
pub(super) fn spans_services(actions: &Match) -> bool {
    let is_open = |pattern: &String| match pattern.split_once(':') {
        Some((service, _)) => service.contains(['*', '?']),
        None => true,
    };
    actions.negated || actions.patterns.iter().any(is_open)
}

/// The services of which a statement takes every action there is.
pub(super) fn whole_services<'c>(actions: &[(&'c Service, &'c Action)]) -> Vec<&'c Service> {
    let mut services: Vec<&Service> = Vec::new();
    for (service, _) in actions {
        if !services.iter().any(|s| std::ptr::eq(*s, *service)) {
            services.push(service);
        }
    }
    services.retain(|service| {
        let taken = actions.iter().filter(|(s, _)| std::ptr::eq(*s, *service));
        taken.count() == service.actions.len() && service.actions.len() > 1
    });
    services
}

/// Whether a statement is about every resource there is.
pub(super) fn is_about_everything(statement: &Statement) -> bool {
    match &statement.resource {
        None => false,
        Some(resource) => {
            resource.negated
                || resource
                    .patterns
                    .iter()
                    .any(|p| p.trim_matches('*').is_empty())
        }
    }
}
