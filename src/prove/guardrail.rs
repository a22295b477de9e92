//! What guardrails settle for a whole account: a level of SCPs that lets nothing of a claim through lets nobody do it,
//! whatever their own policies say.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::view::Ground;
use crate::access::{Identity, Shared};
use crate::engine::question::{Subject, disjoint};
use crate::ir::Policy;

/// Answers by the policies of a level and the scope, by their addresses: both stay where they are while proofs run.
#[derive(Default)]
pub(super) struct Settled(Mutex<BTreeMap<(Vec<usize>, usize), bool>>);

impl<'a> Ground<'_, 'a> {
    /// Whether a level of SCPs provably keeps everybody in an identity's account from all of a scope. Never true of the
    /// management account, which no SCP binds.
    pub(super) fn is_kept_out(&self, identity: &Identity<'a>, scope: &Policy) -> bool {
        let view = self.estate.account(identity.account);
        let mut levels = view.into_iter().flat_map(|v| &v.scps);
        levels.any(|level| self.closes(level, scope))
    }

    fn closes(&self, level: &[Shared<'_>], scope: &Policy) -> bool {
        let address = |policy: &Policy| std::ptr::from_ref(policy).addr();
        let policies: Vec<&Policy> = level.iter().map(|p| &**p).collect();
        let key = (
            policies.iter().map(|p| address(p)).collect(),
            address(scope),
        );
        let known = self.settled.0.lock().ok();
        if let Some(known) = known.and_then(|settled| settled.get(&key).copied()) {
            return known;
        }
        let (level, asked) = (Subject::Documents(policies), Subject::document(scope));
        let closes = disjoint(&level, &asked, &self.sketch()).is_proved();
        if let Ok(mut settled) = self.settled.0.lock() {
            settled.insert(key, closes);
        }
        closes
    }
}
