//! What one statement of a policy adds.

use super::asked::Asked;
use super::{Asking, Finding, Subject};
use crate::engine::request::Request;
use crate::engine::witness;
use crate::ir::Policy;

/// What can be asked of one statement of documents attached together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatementQuestion {
    /// It matches no request.
    Dead,
    /// Leaving it out changes nothing.
    Redundant,
    /// An Allow: whatever it matches is denied. A Deny: nothing that it matches is allowed by another statement.
    Shadowed,
}

/// Asks about one statement of a policy, among documents attached together with it.
pub fn statement(
    question: StatementQuestion,
    policy: &Policy,
    index: usize,
    others: &[&Policy],
    asking: &Asking<'_>,
) -> Finding {
    let Some(own) = policy.statements.get(index) else {
        return Finding::Proved;
    };
    let all: Vec<&Policy> = std::iter::once(policy)
        .chain(others.iter().copied())
        .collect();
    let mut fewer = policy.clone();
    fewer.statements.remove(index);
    let rest: Vec<&Policy> = std::iter::once(&fewer)
        .chain(others.iter().copied())
        .collect();
    let whole = Subject::Documents(all);
    let without = Subject::Documents(rest);
    let semantics = asking.semantics;
    let matched = |request: &Request| witness::matches(policy, own, request, &semantics);
    match question {
        StatementQuestion::Dead => Asked::new(&[&whole], asking)
            .settle(&mut |view| view.matches(0, index), &|_, request| {
                matched(request)
            }),
        StatementQuestion::Redundant => same(&whole, &without, asking),
        StatementQuestion::Shadowed => {
            let is_allow = own.effect == crate::iam::Effect::Allow;
            let mut pair = Asked::new(&[&whole, &without], asking);
            pair.settle(
                &mut |view| {
                    // An Allow that takes effect is allowed in the end; a Deny takes away what the rest allows.
                    let effect = view.allows(usize::from(!is_allow));
                    let own = view.matches(0, index);
                    view.compiler.tables.formulas.and([own, effect])
                },
                &|allows, request| matched(request) && allows(usize::from(!is_allow), request),
            )
        }
    }
}

/// Whether there is no request that one allows and the other does not.
fn same(one: &Subject<'_>, other: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let mut pair = Asked::new(&[one, other], asking);
    pair.settle(
        &mut |view| {
            let (one, other) = (view.allows(0), view.allows(1));
            let formulas = &mut view.compiler.tables.formulas;
            let (not_one, not_other) = (formulas.not(one), formulas.not(other));
            let more = formulas.and([one, not_other]);
            let less = formulas.and([other, not_one]);
            formulas.or([more, less])
        },
        &|allows, request| allows(0, request) != allows(1, request),
    )
}
