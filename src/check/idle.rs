//! Declarations of the project that no path of any module leads to.

use std::collections::BTreeSet;

use crate::resolve::{Binding, DefId, DefKind, Library, Resolved};
use crate::source::Span;

/// A declaration that nothing refers to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Idle {
    /// What kind of declaration it is.
    pub kind: IdleKind,
    /// Its keyword.
    pub keyword: &'static str,
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
}

/// The kinds of declaration that are looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum IdleKind {
    /// `let x = …`
    Let,
    /// `condition x = …`
    Condition,
    /// `policy x { … }`, `role x { … }`, …
    Block,
}

/// Lists the declarations of the project, not of the library, that nothing refers to.
pub fn idle(resolved: &Resolved) -> Vec<Idle> {
    let used: BTreeSet<DefId> = resolved
        .bindings()
        .filter_map(|binding| match binding {
            Binding::Definition { id, .. } => Some(id),
            _ => None,
        })
        .collect();
    let own = resolved
        .definitions()
        .filter(|d| resolved.library(d.id) == Library::User && !used.contains(&d.id));
    own.filter_map(|definition| {
        let kind = match definition.kind {
            DefKind::Let => IdleKind::Let,
            DefKind::Condition => IdleKind::Condition,
            DefKind::Block(_) => IdleKind::Block,
            DefKind::Provider | DefKind::Node(_) => return None,
        };
        Some(Idle {
            kind,
            keyword: definition.kind.keyword(),
            name: definition.name.value.clone(),
            span: definition.name.span,
        })
    })
    .collect()
}
