//! Who can do something, and what somebody can do: one answer for each principal or action.

use super::{Asking, Finding, Subject, World, disjoint};
use crate::catalogue::Catalogue;
use crate::engine::request::Principal;
use crate::engine::symbolic::action::Actions;
use crate::engine::symbolic::principal;
use crate::ir::{Match, Policy};

/// The principals that the statements of a policy tell apart, each one for all that it treats alike: those it names,
/// and for each account it names, and for one it does not, one of each kind; a service, an identity provider, nobody.
pub fn callers(policy: &Policy) -> Vec<Principal> {
    let named = policy.statements.iter();
    principal::candidates(named.filter_map(|s| s.principal.as_ref()))
}

/// The actions of the catalogue that a list matches, in AWS's spelling.
pub fn actions_among(list: &Match, catalogue: &Catalogue) -> Vec<String> {
    let mut actions = Actions::default();
    actions.add(list);
    let prepared = actions.prepare();
    let mut out = Vec::new();
    for service in catalogue.services() {
        for action in &service.actions {
            let name = service.qualified(action);
            let folded = name.to_ascii_lowercase();
            let letters: Vec<char> = folded.chars().collect();
            if prepared.iter().any(|m| m.matches(&folded, &letters)) {
                out.push(name);
            }
        }
    }
    out
}

/// What a principal could do of a scope, by action of the catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capability {
    /// The action, in AWS's spelling.
    pub action: String,
    /// `Refuted` carries a request that is allowed; `Unknown` what could not be settled.
    pub finding: Finding,
}

/// The actions of the catalogue that a subject allows within a scope, each with a request.
pub fn what_can(subject: &Subject<'_>, scope: &Policy, asking: &Asking<'_>) -> Vec<Capability> {
    let asking = Asking {
        world: World::Catalogue,
        ..*asking
    };
    let mut out = Vec::new();
    let mut actions = Actions::default();
    for statement in &scope.statements {
        actions.add(&statement.action);
    }
    let prepared = actions.prepare();
    for service in asking.catalogue.services() {
        for action in &service.actions {
            let name = service.qualified(action);
            let folded = name.to_ascii_lowercase();
            let letters: Vec<char> = folded.chars().collect();
            if !prepared.iter().any(|m| m.matches(&folded, &letters)) {
                continue;
            }
            let mut narrow = scope.clone();
            for statement in &mut narrow.statements {
                let matcher = &statement.action;
                let mut own = Actions::default();
                own.add(matcher);
                let kept = own.prepare().iter().any(|m| m.matches(&folded, &letters));
                let names = if kept { vec![name.clone()] } else { Vec::new() };
                statement.action = Match::any(names);
            }
            let finding = disjoint(subject, &Subject::Documents(vec![&narrow]), &asking);
            if !finding.is_proved() {
                out.push(Capability {
                    action: name,
                    finding,
                });
            }
        }
    }
    out
}

/// Which of several principals can do something of a scope; those that provably cannot are left out.
pub fn who_can<'s>(
    subjects: &'s [Subject<'s>],
    scope: &Policy,
    asking: &Asking<'_>,
) -> Vec<(usize, Finding)> {
    let scope = Subject::Documents(vec![scope]);
    subjects
        .iter()
        .enumerate()
        .map(|(i, subject)| (i, disjoint(subject, &scope, asking)))
        .filter(|(_, finding)| !finding.is_proved())
        .collect()
}
