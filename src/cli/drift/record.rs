//! Drift for programs; docs/drift.schema.json describes it.

use serde::Serialize;

use super::{LABELS, Shown, human};
use crate::drift::{Aside, Item, NotCompared};
use crate::report::diff;

/// The report with places as text.
#[derive(Serialize)]
pub(super) struct Record<'a> {
    drift: bool,
    undecided: bool,
    accounts: usize,
    equal: usize,
    items: Vec<Placed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<diff::Report>,
    managed_by_aws: &'a [Aside],
    not_compared: &'a [NotCompared],
}

#[derive(Serialize)]
struct Placed<'a> {
    #[serde(flatten)]
    item: &'a Item,
    declared_at: Option<String>,
    deployed_at: Option<String>,
}

/// The record of a report; programs get what is only written otherwise, too.
pub(super) fn of<'a>(shown: &Shown<'a>) -> Record<'a> {
    let report = shown.report;
    let place = |span| human::place(span, shown.sources);
    let placed = |item: &'a Item| Placed {
        item,
        declared_at: item.declared.and_then(place),
        deployed_at: item.deployed.and_then(place),
    };
    Record {
        drift: report.has_drift(),
        undecided: report.is_undecided(),
        accounts: report.accounts,
        equal: report.equal,
        items: report.items.iter().map(placed).collect(),
        effect: shown.effect.map(|effect| diff::json(effect, LABELS)),
        managed_by_aws: &report.managed_by_aws,
        not_compared: &report.not_compared,
    }
}
