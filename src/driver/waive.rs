//! Waivers: findings that somebody has decided to live with, why, and until when.
//!
//! A waiver covers the findings of its code in the item or line behind it. One that is over, or that covers nothing,
//! is a finding itself, and so is one that the project forbids.

use jiff::civil::Date;

use crate::check::hir::Waiver;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::lint::Found;
use crate::source::Span;

/// A finding that is waived.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waived {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Why it is.
    pub reason: String,
    /// The last day.
    pub until: Date,
}

/// What waivers there are, and what is to be said about them.
pub(super) struct Rules<'w> {
    pub(super) waivers: &'w [Waiver],
    pub(super) forbidden: &'w [Code],
    /// Waivers that ended before are over.
    pub(super) today: Option<Date>,
    /// Whether all lints have spoken, so that a waiver that covers nothing is known to be idle.
    pub(super) whole: bool,
}

/// Takes out the findings that are waived, and adds what is to be said about the waivers themselves.
///
/// Errors stay, whatever a waiver says: nothing can be built of them. Only a proof that is not decided can be waived.
pub(super) fn apply(
    found: impl Iterator<Item = Found>,
    rules: &Rules<'_>,
) -> (Vec<Diagnostic>, Vec<Waived>) {
    let mut used = vec![false; rules.waivers.len()];
    let (mut left, mut waived) = (Vec::new(), Vec::new());
    for Found { diagnostic, places } in found {
        let covering = rules
            .waivers
            .iter()
            .enumerate()
            .filter(|(_, w)| covers(w, &diagnostic, &places) && !rules.forbids(w));
        let mut live = None;
        for (at, waiver) in covering {
            if let Some(used) = used.get_mut(at) {
                *used = true;
            }
            if !rules.is_over(waiver) {
                live = Some(waiver);
            }
        }
        match live {
            Some(waiver) => waived.push(Waived {
                diagnostic,
                reason: waiver.reason.clone(),
                until: waiver.until,
            }),
            None => left.push(diagnostic),
        }
    }
    for (waiver, used) in rules.waivers.iter().zip(used) {
        left.extend(rules.about(waiver, used));
    }
    (left, waived)
}

fn covers(waiver: &Waiver, diagnostic: &Diagnostic, places: &[Span]) -> bool {
    let inside = |span: &Span| {
        let target = waiver.target;
        span.source == target.source && target.start <= span.start && span.end <= target.end
    };
    // A proof that nobody could decide may be lived with; one that fails may not.
    let can_be = diagnostic.severity != Severity::Error || diagnostic.code == Code::ProofUndecided;
    can_be && diagnostic.code.as_str() == waiver.code.value && places.iter().any(inside)
}

impl Rules<'_> {
    fn forbids(&self, waiver: &Waiver) -> bool {
        let code = Code::from_name(&waiver.code.value);
        code.is_some_and(|code| self.forbidden.contains(&code))
    }

    fn is_over(&self, waiver: &Waiver) -> bool {
        self.today.is_some_and(|today| waiver.until < today)
    }

    fn about(&self, waiver: &Waiver, used: bool) -> Option<Diagnostic> {
        let code = &waiver.code.value;
        if self.forbids(waiver) {
            let message = format!("this project forbids to waive `{code}`");
            let finding = Diagnostic::error(Code::ForbiddenWaiver, message, waiver.code.span, "");
            return Some(finding.with_help(
                "mend what it is about; `[waivers] forbid` in bailiwick.toml lists what cannot be waived",
            ));
        }
        if !self.whole {
            return None;
        }
        if self.is_over(waiver) {
            let message = format!("the waiver of `{code}` ended on {}", waiver.until);
            let finding = Diagnostic::warning(Code::ExpiredWaiver, message, waiver.span, "");
            let help = match used {
                true => "mend what it is about, or decide anew until when",
                false => "remove it: there is nothing left that it would cover",
            };
            return Some(finding.with_help(help));
        }
        let idle = || {
            let message = format!("there is no `{code}` here for the waiver to cover");
            Diagnostic::warning(Code::UnusedWaiver, message, waiver.span, "")
                .with_help("remove the waiver")
        };
        (!used).then(idle)
    }
}
