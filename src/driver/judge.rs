//! Lints over what a project means, as many as it wants; and waivers applied to all that was found.
//!
//! A build runs only the lints that the project denies, since only they decide what is built.

use jiff::civil::Date;

use super::config::{Config, Level};
use super::waive::{self, Waived};
use super::{Loaded, Purpose};
use crate::access::reach::Reach;
use crate::check::Idle;
use crate::check::hir::Waiver;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::lint::{self, Found, Lint, Undecided, Weight};
use crate::prove::Wanted;
use crate::source::{SourceId, SourceMap};

/// Whether any lint is to be run.
pub(super) fn wants_any(config: &Config, purpose: Purpose) -> bool {
    lint::LINTS.iter().any(|lint| wants(lint, config, purpose))
}

fn wants(lint: &Lint, config: &Config, purpose: Purpose) -> bool {
    match config.lints.get(&lint.code) {
        Some(Level::Deny) => true,
        Some(Level::Warn) => purpose.is_check(),
        Some(Level::Allow) => false,
        None => purpose.is_check() && lint.weight == Weight::Warns,
    }
}

/// What the lints find.
pub(super) fn lint(
    reach: &Reach<'_, '_>,
    idle: &[Idle],
    loaded: &Loaded,
    purpose: Purpose,
) -> Vec<Found> {
    let library = library(&loaded.sources);
    let today = purpose.today().map(|today| today.to_string());
    let project = lint::Project {
        reach,
        catalogue: loaded.catalogue(),
        idle,
        library: &|id: SourceId| library.contains(&id),
        today: today.as_deref(),
    };
    let prepared = lint::Prepared::new(project);
    let wanted = |lint: &Lint| wants(lint, &loaded.config, purpose);
    let mut found = lint::run(&prepared, &wanted);
    found.extend(open_questions(&prepared.undecided()));
    found
}

/// One note about all that lints could not find out: what is not known is not passed over as if it were fine.
fn open_questions(undecided: &Undecided) -> Option<Found> {
    let count: usize = undecided.values().sum();
    let message = match count {
        0 => return None,
        1 => "a question of the lints is not decided".to_owned(),
        _ => format!("{count} questions of the lints are not decided"),
    };
    let mut diagnostic = Diagnostic::global(Code::LintUndecided, message);
    diagnostic.severity = Severity::Note;
    for ((lint, reason), count) in undecided {
        let lint = lint.as_str();
        diagnostic = diagnostic.with_note(format!("{count} of `{lint}`: {reason}"));
    }
    Some(Found {
        diagnostic,
        places: Vec::new(),
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lints_cannot_settle_is_one_note() {
        assert!(open_questions(&Undecided::new()).is_none());
        let undecided = Undecided::from([
            ((Code::Escalation, "budget".to_owned()), 2),
            ((Code::TakenAway, "budget".to_owned()), 1),
        ]);
        let found = open_questions(&undecided).map(|f| f.diagnostic);
        let found = found.unwrap_or_else(|| panic!("a note"));
        assert_eq!(found.severity, Severity::Note);
        assert!(found.message.starts_with("3 questions"), "{found:?}");
        let notes = ["1 of `taken-away`: budget", "2 of `escalation`: budget"];
        assert_eq!(found.notes, notes);
    }
}
