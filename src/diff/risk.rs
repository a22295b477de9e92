//! How risky a change is.

use crate::catalogue::AccessLevel;

use super::model::Risk;

/// The risks of actions by their levels, the worst first.
pub(super) fn of_levels(actions: &[(String, AccessLevel)]) -> Vec<Risk> {
    sorted(actions.iter().map(|(_, level)| Risk::of_level(*level)))
}

/// Each risk once, the worst first.
pub(super) fn sorted(risks: impl Iterator<Item = Risk>) -> Vec<Risk> {
    let mut risks: Vec<Risk> = risks.collect();
    risks.sort_unstable_by(|a, b| b.cmp(a));
    risks.dedup();
    risks
}
