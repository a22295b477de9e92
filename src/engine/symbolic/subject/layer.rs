//! The policies of one place: when they allow, by how closely they name the caller, and when they deny.

use super::{Statements, View};
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::principal::{Bounds, Named, named_by};
use crate::iam::Effect;

/// When the policies of one place allow, by closeness, and when they deny.
pub(super) struct Layer {
    pub(super) caller: Formula,
    pub(super) role: Formula,
    pub(super) account: Formula,
    pub(super) all: Formula,
    pub(super) denies: Formula,
}

impl Layer {
    pub(super) fn any(&self) -> Formula {
        self.all
    }
}

#[derive(Default)]
struct LayerParts {
    caller: Vec<Formula>,
    role: Vec<Formula>,
    account: Vec<Formula>,
    denies: Vec<Formula>,
}

impl View<'_, '_> {
    /// The statements of one place that match, by effect and by how closely they name the caller.
    pub(super) fn layer(&mut self, policies: &[Statements], bounds: Option<Bounds>) -> Layer {
        let mut parts = LayerParts::default();
        for statement in policies.iter().flatten() {
            if !self.class.matches(statement.matcher) {
                continue;
            }
            let named = match (bounds, &statement.principal) {
                (None, _) => Named {
                    caller: Formulas::FALSE,
                    role: Formulas::FALSE,
                    account: Formulas::TRUE,
                },
                (Some(_), None) => continue,
                (Some(bounds), Some(matched)) => named_by(
                    self.compiler,
                    matched,
                    self.principal,
                    statement.effect,
                    bounds,
                ),
            };
            let formulas = &mut self.compiler.tables.formulas;
            let [caller, role, account] = [named.caller, named.role, named.account]
                .map(|closeness| formulas.and([closeness, statement.body]));
            match statement.effect {
                Effect::Allow => {
                    parts.caller.push(caller);
                    parts.role.push(role);
                    parts.account.push(account);
                }
                Effect::Deny => parts.denies.extend([caller, role, account]),
            }
        }
        let formulas = &mut self.compiler.tables.formulas;
        let caller = formulas.or(parts.caller);
        let role = formulas.or(parts.role);
        let account = formulas.or(parts.account);
        Layer {
            caller,
            role,
            account,
            all: formulas.or([caller, role, account]),
            denies: formulas.or(parts.denies),
        }
    }
}
