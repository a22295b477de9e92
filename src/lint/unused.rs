//! `unused-let`, `unused-condition`, `unused-policy`: declarations that nothing refers to.

use super::finding::Finding;
use super::{Context, Lint};
use crate::check::{Idle, IdleKind};

/// Finds `let`s that nothing refers to.
pub(super) fn lets(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    idle(cx, lint, IdleKind::Let, |idle| {
        format!("`{}` is never used", idle.name)
    })
}

/// Finds conditions that nothing refers to.
pub(super) fn conditions(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    idle(cx, lint, IdleKind::Condition, |idle| {
        format!("condition `{}` is never used", idle.name)
    })
}

/// Finds policies and identities that are neither included nor attached nor deployed: nothing is built of them.
pub(super) fn policies(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    idle(cx, lint, IdleKind::Block, |idle| {
        let (keyword, name) = (idle.keyword, &idle.name);
        match keyword {
            "policy" => format!("policy `{name}` is neither included nor attached nor deployed"),
            "scp" | "rcp" => format!("{keyword} `{name}` is attached to no node"),
            "boundary" => format!("boundary `{name}` bounds nobody and is not deployed"),
            "permission_set" => format!("permission_set `{name}` is assigned to nobody"),
            _ => format!("{keyword} `{name}` is never deployed"),
        }
    })
}

fn idle(
    cx: &Context<'_>,
    lint: &Lint,
    kind: IdleKind,
    message: impl Fn(&Idle) -> String,
) -> Vec<Finding> {
    // A project without accounts is a library: others use it.
    if cx.estate().accounts().is_empty() {
        return Vec::new();
    }
    let found = cx.project.idle.iter().filter(|idle| idle.kind == kind);
    found
        .map(|idle| {
            let finding = Finding::here(lint.code, idle.span, message(idle));
            let finding = match kind {
                IdleKind::Block => finding.because("nothing is built of it"),
                _ => finding,
            };
            finding.help("remove it, or use it where it was meant to be")
        })
        .collect()
}
