//! Lets, each after those it uses, so that every name has a type when it is read.

use crate::catalogue::UsedFacts;
use crate::diagnostic::Diagnostic;

use super::context::{Checker, Context};
use super::hir::Value;
use super::value::Typed;

/// Reads every let into the context. Lets in a cycle have been reported.
pub(super) fn check_lets(cx: &mut Context<'_>, all: &mut Vec<Diagnostic>, facts: &mut UsedFacts) {
    for id in cx.resolved.dependency_order().to_vec() {
        let Some(decl) = cx.resolved.let_(id) else {
            continue;
        };
        let mut checker = Checker::new(cx);
        let (value, ty) = match &decl.ty {
            Some(written) => {
                let ty = checker.type_ref(written);
                (checker.value_as(&decl.value, &ty), ty)
            }
            None => {
                let Typed { value, ty } = checker.value(&decl.value);
                (value, ty)
            }
        };
        let Checker {
            diagnostics,
            facts: used,
            ..
        } = checker;
        all.extend(diagnostics);
        facts.merge(used);
        let value: Value = value;
        cx.lets.insert(id, (value, ty));
    }
}
