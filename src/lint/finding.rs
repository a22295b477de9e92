//! A lint's finding on its way to a diagnostic: what is found alike in several accounts is said once.

use indexmap::IndexMap;

use super::Prepared;
use crate::diagnostic::{Code, Diagnostic, Label};
use crate::ir::Origin;
use crate::source::Span;

/// A finding, and every place that it comes from: the statement and what included it.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is shown.
    pub diagnostic: Diagnostic,
    /// A waiver around any of these covers it.
    pub places: Vec<Span>,
}

/// What a lint hands over.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    diagnostic: Diagnostic,
    places: Vec<Span>,
    /// The accounts that it was found in; none if it is about the sources.
    accounts: Vec<usize>,
}

impl Finding {
    /// A finding about what was written at an origin; `None` if it was not written in the sources.
    pub(super) fn at(code: Code, origin: &Origin, message: impl Into<String>) -> Option<Finding> {
        let (first, outer) = origin.spans.split_first()?;
        let mut diagnostic = Diagnostic::warning(code, message, *first, "");
        for span in outer {
            diagnostic = diagnostic.with_label(*span, "included here");
        }
        Some(Finding {
            diagnostic,
            places: origin.spans.clone(),
            accounts: Vec::new(),
        })
    }

    /// A finding about one place.
    pub(super) fn here(code: Code, span: Span, message: impl Into<String>) -> Finding {
        Finding {
            diagnostic: Diagnostic::warning(code, message, span, ""),
            places: vec![span],
            accounts: Vec::new(),
        }
    }

    /// Another place that matters.
    pub(super) fn also(mut self, span: Option<Span>, words: impl Into<String>) -> Self {
        let known = self.diagnostic.secondary.iter().map(|l| l.span);
        let primary = self.diagnostic.primary.iter().map(|l| l.span);
        if let Some(span) = span
            && !known.chain(primary).any(|s| s == span)
        {
            self.diagnostic = self.diagnostic.with_label(span, words);
        }
        self
    }

    /// Why it is so.
    pub(super) fn because(mut self, note: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.with_note(note);
        self
    }

    /// What to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic = self.diagnostic.with_help(help);
        self
    }

    /// The line of the project that puts to use what stands in the library, if it is about that.
    fn used_at(&self, project: &Prepared<'_>) -> Option<Span> {
        let is_library = |span: &&Span| (project.project.library)(span.source);
        self.places.first().filter(is_library)?;
        self.places.iter().find(|span| !is_library(span)).copied()
    }

    /// The same, told where the project can do something about it.
    fn moved(mut self, used: Option<Span>) -> Self {
        if let (Some(used), Some(library)) =
            (used, self.diagnostic.primary.take_if(|_| used.is_some()))
        {
            self.diagnostic.secondary.retain(|label| label.span != used);
            self.diagnostic.primary = Some(Label {
                span: used,
                message: "put to use here".to_owned(),
            });
            self.diagnostic = self.diagnostic.with_label(library.span, "written here");
        }
        self
    }

    /// Where it was found.
    pub(super) fn accounts(mut self, accounts: &[usize]) -> Self {
        self.accounts = accounts.to_vec();
        self
    }
}

/// Says once what was found at one place by one lint, and in which accounts if not in all that have it.
pub(super) fn merge(project: &Prepared<'_>, findings: impl Iterator<Item = Finding>) -> Vec<Found> {
    let mut merged: IndexMap<(Code, Option<Span>, Option<Span>), Finding> = IndexMap::new();
    for finding in findings {
        let place = finding.diagnostic.primary.as_ref().map(|l| l.span);
        let used = finding.used_at(project);
        match merged.entry((finding.diagnostic.code, place, used)) {
            indexmap::map::Entry::Vacant(free) => drop(free.insert(finding)),
            indexmap::map::Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.accounts.extend(finding.accounts);
                let places = finding.places.into_iter();
                let more: Vec<Span> = places.filter(|p| !known.places.contains(p)).collect();
                known.places.extend(more);
            }
        }
    }
    let mut found: Vec<Found> = merged
        .into_iter()
        .map(|((_, place, used), finding)| shown(project, place, finding.moved(used)))
        .collect();
    found.sort_by_key(|a| a.diagnostic.sort_key());
    found
}

/// More accounts than this are counted, not named.
const NAMED: usize = 4;

fn shown(project: &Prepared<'_>, place: Option<Span>, mut finding: Finding) -> Found {
    finding.accounts.sort_unstable();
    finding.accounts.dedup();
    let all = place.map(|p| project.accounts_of(p)).unwrap_or_default();
    let here = finding.accounts.len();
    if here > 0 && here < all.len() {
        let names: Vec<&str> = finding
            .accounts
            .iter()
            .take(NAMED)
            .map(|at| project.account_name(*at))
            .collect();
        let more = match here.saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let (names, count) = (names.join(", "), all.len());
        finding = finding.because(format!(
            "so it is in {here} of the {count} accounts that have it: {names}{more}"
        ));
    }
    Found {
        diagnostic: finding.diagnostic,
        places: finding.places,
    }
}
