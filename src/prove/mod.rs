//! `prove` and `test`: what a project promises of itself, decided over effective permission.
//!
//! In: the promises that `lower` made, the [`Estate`](crate::access::Estate) they speak of, and how the engine is to be asked. Out: a
//! [`Report`], plain data with one item for each proof and test, and the findings that show it in the sources.
//! docs/prove.md says exactly what each claim means and what is considered.

pub mod ask;
mod claim;
mod explain;
mod governed;
mod guardrail;
mod message;
mod model;
mod path;
mod record;
mod scope;
#[cfg(test)]
mod tests;
mod trial;
mod vacuous;
mod view;

pub use message::diagnostics;
pub use record::Record;

/// The codes of the findings that [`diagnostics`] makes of what fails.
pub const CODES: [Code; 3] = [Code::ProofFailed, Code::ProofUndecided, Code::TestFailed];

pub use model::{Detail, Hop, Item, ItemKind, Outcome, Report, Responsible, Vacuity};

use rayon::prelude::*;

use crate::access::reach::Reach;
use crate::diagnostic::Code;
use crate::ir::promise::{Promise, Promises, Trial};
use crate::source::SourceMap;

/// Which promises to look at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Proofs and tests.
    All,
    /// Proofs only.
    Proofs,
    /// Tests only.
    Tests,
}

/// Decides the promises whose name contains the filter, in the order of the sources.
pub fn prove(
    promises: &Promises,
    wanted: Wanted,
    filter: &str,
    reach: &Reach<'_, '_>,
    sources: &SourceMap,
) -> Report {
    enum Promised<'a> {
        Proof(&'a Promise),
        Test(&'a Trial),
    }
    let proofs = promises
        .claims
        .iter()
        .map(|p| (model::text_of(&p.origin, sources), Promised::Proof(p)));
    let tests = promises
        .tests
        .iter()
        .map(|t| (t.name.clone(), Promised::Test(t)));
    let all = proofs.chain(tests).filter(|(name, promised)| {
        let is_wanted = match promised {
            Promised::Proof(_) => wanted != Wanted::Tests,
            Promised::Test(_) => wanted != Wanted::Proofs,
        };
        is_wanted && name.contains(filter)
    });
    let all: Vec<_> = all.collect();
    let ground = view::Ground::new(reach);
    let items = all.into_par_iter().map(|(name, promised)| match promised {
        Promised::Proof(promise) => claim::decide(name, promise, &ground),
        Promised::Test(trial) => trial::run(name, trial, &ground),
    });
    let mut items: Vec<Item> = items.collect();
    items.sort_by(|a, b| a.origin.spans.cmp(&b.origin.spans));
    Report { items }
}
