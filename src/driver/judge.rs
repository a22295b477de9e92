//! Lints over what a project means, as many as it wants; and waivers applied to all that was found.
//!
//! A build runs only the lints that the project denies, since only they decide what is built.

use jiff::civil::Date;

use super::config::{Config, Level};
use super::waive::{self, Waived};
use super::{Loaded, Purpose};
use crate::access::Estate;
use crate::check::Idle;
use crate::check::hir::Waiver;
use crate::diagnostic::Diagnostic;
use crate::ir::PolicySet;
use crate::lint::{self, Found, Lint, Weight};
use crate::prove::Wanted;
use crate::source::{SourceId, SourceMap};

/// What the lints find.
pub(super) fn lint(
    set: &PolicySet,
    idle: &[Idle],
    loaded: &Loaded,
    purpose: Purpose,
) -> Vec<Found> {
    let whole = purpose.is_check();
    let wanted = |lint: &Lint| match loaded.config.lints.get(&lint.code) {
        Some(Level::Deny) => true,
        Some(Level::Warn) => whole,
        Some(Level::Allow) => false,
        None => whole && lint.weight == Weight::Warns,
    };
    if !lint::LINTS.iter().any(wanted) {
        return Vec::new();
    }
    let catalogue = loaded.catalogue();
    let estate = Estate::new(set, catalogue);
    let library = library(&loaded.sources);
    let today = purpose.today().map(|today| today.to_string());
    let project = lint::Project {
        estate: &estate,
        catalogue,
        idle,
        library: &|id: SourceId| library.contains(&id),
        today: today.as_deref(),
    };
    lint::run(&lint::Context::new(project), &wanted)
}

/// The texts of the standard library; no file of a project can have such a path.
fn library(sources: &SourceMap) -> Vec<SourceId> {
    let texts = sources.iter().filter(|(_, s)| s.path.starts_with("std/"));
    texts.map(|(id, _)| id).collect()
}

/// Puts all findings together, and takes out those that are waived.
pub(super) fn waive(
    found: &mut Vec<Diagnostic>,
    linted: Vec<Found>,
    waivers: &[Waiver],
    config: &Config,
    purpose: Purpose,
) -> Vec<Waived> {
    let earlier = found.drain(..).map(|diagnostic| Found {
        places: diagnostic.primary.iter().map(|l| l.span).collect(),
        diagnostic,
    });
    let rules = waive::Rules {
        waivers,
        forbidden: &config.forbidden_waivers,
        today: purpose.today(),
        whole: purpose.is_check(),
    };
    let (left, waived) = waive::apply(earlier.chain(linted), &rules);
    *found = left;
    waived
}

impl Purpose {
    fn is_check(self) -> bool {
        matches!(self, Purpose::Check(_))
    }

    fn today(self) -> Option<Date> {
        match self {
            Purpose::Check(today) => today,
            Purpose::Meaning | Purpose::Build(_) | Purpose::Prove(_) => None,
        }
    }

    /// The promises that are looked at.
    pub(super) fn wanted(self) -> Option<Wanted> {
        match self {
            Purpose::Check(_) => Some(Wanted::All),
            Purpose::Prove(wanted) => Some(wanted),
            Purpose::Meaning | Purpose::Build(_) => None,
        }
    }
}
