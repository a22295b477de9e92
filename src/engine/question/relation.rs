//! Two subjects held against each other: does one allow more, do they meet, does one allow anything.

use super::asked::Asked;
use super::{Asking, Finding, Subject, World};
use crate::engine::narrow::{Scope, is_silent};
use crate::engine::request::Request;
use crate::engine::slice::slice;
use crate::engine::symbolic::formula::Formulas;
use crate::engine::symbolic::subject::View;
use crate::engine::witness;
use crate::ir::Policy;

/// Whether everything that the first allows is allowed by the second.
///
/// Of documents, only what bears on the question is looked at; a witness is replayed against all of it.
pub fn implies(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let semantics = asking.semantics;
    let replay = |_: &dyn Fn(usize, &Request) -> bool, request: &Request| {
        witness::allows(left, request, &semantics) && !witness::allows(right, request, &semantics)
    };
    let mut build = |view: &mut View<'_, '_>| view.allows_more(0, 1);
    if is_silent(left, None) {
        return Finding::Proved;
    }
    let (Subject::Documents(more), Subject::Documents(less)) = (left, right) else {
        let mut store = Vec::new();
        let few = Scope::of(left);
        let cut = few.as_ref().map(|few| few.cut(right, &mut store));
        let right = cut.as_ref().unwrap_or(right);
        let mut pair = Asked::new(&[left, right], asking).within(few.as_ref());
        return pair.settle(&mut build, &replay);
    };
    let Some((more, less)) = slice(more, less) else {
        return Finding::Proved;
    };
    let more = Subject::Documents(more.iter().collect());
    let less = Subject::Documents(less.iter().collect());
    let mut pair = Asked::new(&[&more, &less], asking);
    pair.settle(&mut build, &replay)
}

/// Whether everything of a scope that the left allows is allowed by the right.
pub fn implies_within(
    left: &Subject<'_>,
    right: &Subject<'_>,
    scope: &Policy,
    asking: &Asking<'_>,
) -> Finding {
    let scope = Subject::document(scope);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let few = Scope::of(&scope);
    let cut_left = few.as_ref().map(|few| few.cut(left, &mut one));
    let cut_right = few.as_ref().map(|few| few.cut(right, &mut other));
    let left = cut_left.as_ref().unwrap_or(left);
    let right = cut_right.as_ref().unwrap_or(right);
    if is_silent(left, few.as_ref()) {
        return Finding::Proved;
    }
    let mut all = Asked::new(&[left, right, &scope], asking).within(few.as_ref());
    all.settle(
        &mut |view| {
            let asked = view.allows(2);
            if asked == Formulas::FALSE {
                return asked;
            }
            let more = view.allows_more(0, 1);
            view.compiler.tables.formulas.and([asked, more])
        },
        &|allows, request| allows(2, request) && allows(0, request) && !allows(1, request),
    )
}

/// How the right stands to the left, both ways.
pub fn implies_both(
    left: &Subject<'_>,
    right: &Subject<'_>,
    asking: &Asking<'_>,
) -> (Finding, Finding) {
    (implies(left, right, asking), implies(right, left, asking))
}

/// Whether no request is allowed by both.
pub fn disjoint(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let mut store = Vec::new();
    let few = Scope::of(right);
    let cut = few.as_ref().map(|few| few.cut(left, &mut store));
    let left = cut.as_ref().unwrap_or(left);
    if is_silent(left, few.as_ref()) || is_silent(right, None) {
        return Finding::Proved;
    }
    let mut pair = Asked::new(&[left, right], asking).within(few.as_ref());
    pair.settle(&mut |view| view.allows_both(1, 0), &|allows, request| {
        allows(0, request) && allows(1, request)
    })
}

/// Whether no request is allowed by both, as far as actions and resources alone tell. Never true if some request is.
pub fn plainly_disjoint(left: &Subject<'_>, right: &Subject<'_>) -> bool {
    let mut store = Vec::new();
    let few = Scope::of(right);
    let cut = few.as_ref().map(|few| few.cut(left, &mut store));
    is_silent(cut.as_ref().unwrap_or(left), few.as_ref()) || is_silent(right, None)
}

/// As [`disjoint`], without looking for a request that the catalogue knows: for many questions about known actions.
pub fn meets(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let sketch = Asking {
        world: World::Sketch,
        ..*asking
    };
    disjoint(left, right, &sketch)
}

/// Whether it allows nothing at all.
pub fn allows_nothing(subject: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let mut alone = Asked::new(&[subject], asking);
    alone.settle(&mut |view| view.allows(0), &|allows, request| {
        allows(0, request)
    })
}
