//! What a question is about: documents attached together, or what a principal may do in effect.

use std::borrow::Cow;

use crate::engine::Attached;
use crate::engine::request::Principal;
use crate::engine::symbolic::action::Actions;
use crate::engine::symbolic::compile::Compiler;
use crate::engine::symbolic::subject::{self, Composition, Side};
use crate::ir::Policy;

/// A principal with everything that bears on its requests.
#[derive(Clone, Debug)]
pub struct Effective<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The policies, in their places.
    pub attached: Attached<Cow<'a, Policy>>,
    /// The account that owns the resources in question; the principal's own unless given.
    pub resource_account: Option<&'a str>,
}

/// What a question is about: a set of allowed requests.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// What documents attached together allow, taken by themselves.
    Documents(Vec<&'a Policy>),
    /// What a principal may do in effect.
    Effective(Box<Effective<'a>>),
}

impl<'s> Subject<'s> {
    /// What one document allows, taken by itself.
    pub fn document(policy: &'s Policy) -> Self {
        Subject::Documents(vec![policy])
    }

    /// Whether some statement names principals.
    pub fn names_principals(&self) -> bool {
        let statements = self.policies().into_iter().flat_map(|p| &p.statements);
        statements.into_iter().any(|s| s.principal.is_some())
    }

    /// All policies that bear on it.
    pub(crate) fn policies(&self) -> Vec<&Policy> {
        match self {
            Subject::Documents(policies) => policies.clone(),
            Subject::Effective(effective) => {
                let a = &effective.attached;
                let places = [&a.identity, &a.session, &a.endpoint];
                let lists = places.into_iter().chain(&a.scps).chain(&a.rcps).flatten();
                let single = a.boundary.iter().chain(&a.resource);
                lists.chain(single).map(AsRef::as_ref).collect()
            }
        }
    }

    pub(super) fn compile(&self, compiler: &mut Compiler<'_>, actions: &mut Actions) -> Side {
        match self {
            Subject::Documents(policies) => {
                let all = policies.iter();
                Side::Documents(
                    all.flat_map(|p| subject::compile(compiler, actions, p))
                        .collect(),
                )
            }
            Subject::Effective(effective) => Side::Effective(Box::new(Composition {
                attached: effective
                    .attached
                    .map(|p| subject::compile(compiler, actions, p)),
                owner: effective.resource_account.map(str::to_owned),
            })),
        }
    }
}
