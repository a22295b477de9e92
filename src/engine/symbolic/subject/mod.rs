//! What a question is about: documents by themselves, or the effective permission of a principal.

mod effective;
mod layer;

pub(crate) use effective::of_partition;

use super::action::{Actions, Class, MatcherId};
use super::compile::Compiler;
use super::formula::{Formula, Formulas};
use super::principal::{Bounds, named_by};
use crate::engine::Attached;
use crate::engine::request::Principal;
use crate::iam::Effect;
use crate::ir::{Policy, PrincipalMatch};

/// A statement whose resource and condition are one formula.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) effect: Effect,
    pub(crate) matcher: MatcherId,
    pub(crate) principal: Option<PrincipalMatch>,
    /// Resource and condition.
    pub(crate) body: Formula,
}

/// The statements of a policy.
pub(crate) type Statements = Vec<Compiled>;

/// A principal with everything that bears on its requests.
#[derive(Clone, Debug)]
pub(crate) struct Composition {
    pub(crate) attached: Attached<Statements>,
    /// The account that owns the resources in question.
    pub(crate) owner: Option<String>,
}

/// One side of a question.
#[derive(Clone, Debug)]
pub(crate) enum Side {
    /// Documents attached together, by themselves.
    Documents(Statements),
    /// Effective permission.
    Effective(Box<Composition>),
}

/// Which requests are looked at together: an action class and a principal.
pub(crate) struct View<'v, 'c> {
    pub(crate) compiler: &'v mut Compiler<'c>,
    pub(crate) sides: &'v [Side],
    pub(crate) class: &'v Class,
    pub(crate) principal: &'v Principal,
}

/// Brings a policy's statements into formulas.
pub(crate) fn compile(
    compiler: &mut Compiler<'_>,
    actions: &mut Actions,
    policy: &Policy,
) -> Statements {
    let reading = compiler.reading(policy.kind);
    let statements = policy.statements.iter();
    statements
        .map(|statement| {
            for pattern in &statement.action.patterns {
                compiler.refuse_long(pattern);
            }
            let condition = compiler.condition(&statement.condition);
            let body = match &statement.resource {
                Some(resource) => {
                    let resource = compiler.resource(resource, reading);
                    compiler.tables.formulas.and([resource, condition])
                }
                None => condition,
            };
            Compiled {
                effect: statement.effect,
                matcher: actions.add(&statement.action),
                principal: statement.principal.clone(),
                body,
            }
        })
        .collect()
}

impl View<'_, '_> {
    /// When a side allows the requests in view.
    pub(crate) fn allows(&mut self, side: usize) -> Formula {
        match self.sides.get(side) {
            None => Formulas::FALSE,
            Some(Side::Documents(statements)) => self.documents(statements),
            Some(Side::Effective(composition)) => self.effective(composition),
        }
    }

    /// When both of two sides allow them; the second is looked at only if the first may.
    pub(crate) fn allows_both(&mut self, first: usize, second: usize) -> Formula {
        let first = self.allows(first);
        if first == Formulas::FALSE {
            return first;
        }
        let second = self.allows(second);
        self.compiler.tables.formulas.and([first, second])
    }

    /// When one side allows them and another does not; the other is looked at only if the one may.
    pub(crate) fn allows_more(&mut self, side: usize, limit: usize) -> Formula {
        let allowed = self.allows(side);
        if allowed == Formulas::FALSE {
            return allowed;
        }
        let limit = self.allows(limit);
        let formulas = &mut self.compiler.tables.formulas;
        let outside = formulas.not(limit);
        formulas.and([allowed, outside])
    }

    /// When a statement of a side made of documents matches.
    pub(crate) fn matches(&mut self, side: usize, index: usize) -> Formula {
        match self.sides.get(side) {
            Some(Side::Documents(statements)) => match statements.get(index) {
                Some(statement) => self.alone(statement),
                None => Formulas::FALSE,
            },
            _ => Formulas::FALSE,
        }
    }

    fn documents(&mut self, statements: &Statements) -> Formula {
        let all: Vec<&Compiled> = statements.iter().collect();
        self.combined(&all)
    }

    fn combined(&mut self, statements: &[&Compiled]) -> Formula {
        let mut allows = Vec::new();
        let mut denies = Vec::new();
        for statement in statements {
            let matched = self.alone(statement);
            match statement.effect {
                Effect::Allow => allows.push(matched),
                Effect::Deny => denies.push(matched),
            }
        }
        self.allowed(allows, denies)
    }

    fn allowed(&mut self, allows: Vec<Formula>, denies: Vec<Formula>) -> Formula {
        let formulas = &mut self.compiler.tables.formulas;
        let allow = formulas.or(allows);
        let deny = formulas.or(denies);
        let spared = formulas.not(deny);
        formulas.and([allow, spared])
    }

    /// A statement taken by itself; principals only narrow it where it names some.
    fn alone(&mut self, statement: &Compiled) -> Formula {
        if !self.class.matches(statement.matcher) {
            return Formulas::FALSE;
        }
        let Some(matched) = &statement.principal else {
            return statement.body;
        };
        let effect = statement.effect;
        let named = named_by(
            self.compiler,
            matched,
            self.principal,
            effect,
            Bounds::Unbounded,
        );
        let formulas = &mut self.compiler.tables.formulas;
        let any = formulas.or([named.caller, named.role, named.account]);
        formulas.and([any, statement.body])
    }
}
