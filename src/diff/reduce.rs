//! The difference of documents without what is the same on both sides.
//!
//! Sound for what it is used for: the regions cover the whole difference, and whoever takes them asks of each whether
//! some request in it is newly allowed in effect. They may reach into what an unchanged Deny takes away.

use crate::engine::question::Asking;
use crate::engine::region::{Difference, difference};
use crate::iam::Effect;
use crate::ir::{Policy, Statement};

use crate::access::region::plain;

/// Up to this many unchanged denies are cut out of the regions; more would make them many and unreadable.
const CUT: usize = 4;

/// What the left allows beyond the right, described without what is the same.
pub(super) fn reduced(left: &[&Policy], right: &[&Policy], asking: &Asking<'_>) -> Difference {
    let (mine, theirs) = (said(left), said(right));
    let is_common = |own: &Statement, others: &[Statement]| others.contains(own);
    let mut common = mine.iter().filter(|s| is_common(s, &theirs));
    let denies = common.by_ref().filter(|s| s.effect == Effect::Deny).count();
    let keeps_denies = denies <= CUT;
    let has_new_deny = theirs
        .iter()
        .any(|s| s.effect == Effect::Deny && !is_common(s, &mine));
    let is_needed = |own: &Statement, others: &[Statement], side: Side| {
        let is_shared = is_common(&plain::statement(own), others);
        match (own.effect, side) {
            (Effect::Deny, _) => keeps_denies || !is_shared,
            // An Allow that both have matters only where the right denies something new.
            (Effect::Allow, Side::Left) => has_new_deny || !is_shared,
            (Effect::Allow, Side::Right) => true,
        }
    };
    let keep = |policies: &[&Policy], others: &[Statement], side: Side| -> Vec<Policy> {
        let kept = policies.iter().map(|policy| {
            let mut policy = (*policy).clone();
            policy.statements.retain(|s| is_needed(s, others, side));
            policy
        });
        kept.filter(|p| !p.statements.is_empty()).collect()
    };
    let (left, right) = (
        keep(left, &theirs, Side::Left),
        keep(right, &mine, Side::Right),
    );
    let (left, right): (Vec<&Policy>, Vec<&Policy>) =
        (left.iter().collect(), right.iter().collect());
    difference(&left, &right, asking)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

fn said(policies: &[&Policy]) -> Vec<Statement> {
    let all = policies.iter().flat_map(|p| &p.statements);
    all.map(plain::statement).collect()
}
