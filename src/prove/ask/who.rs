//! `who-can`: everybody who may do something, of the project and outside it.

use rayon::prelude::*;

use super::account_of;
use super::evidence::Bench;
use super::model::{Need, Shown};
use super::placed::placed;
use crate::access::reach::Reach;
use crate::access::{Estate, IdentityKind};
use crate::engine::question::{Asking, Finding, Subject, disjoint};
use crate::ir::Policy;
use crate::prove::claim;
use crate::prove::model::{Detail, Outcome};
use crate::prove::view::{Ground, Owner};

/// Somebody of the project who may.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// What it was declared as.
    pub kind: IdentityKind,
    /// Its name in AWS.
    pub name: String,
    /// Name and id of its account.
    pub account: (String, String),
    /// A request that is allowed, and what allows it; `None` if it is not settled.
    pub allowed: Option<Shown>,
    /// Whether the resource is outside the project, so that its owner has to grant too.
    pub outside: bool,
    /// The keys that request cannot do without.
    pub needs: Vec<Need>,
    /// Why it is not settled; empty if it is.
    pub unsettled: String,
}

/// Who may do something.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WhoCan {
    /// Identities of the project.
    pub holders: Vec<Holder>,
    /// Callers from outside the project to whom a resource policy grants it.
    pub outsiders: Vec<Detail>,
    /// How many identities were asked about.
    pub asked: usize,
    /// What is not settled about callers from outside.
    pub unsettled: Vec<String>,
}

/// Asks about everybody.
pub fn who_can(scope: &Policy, estate: &Estate<'_>, asking: &Asking<'_>) -> WhoCan {
    let reach = Reach::new(estate, asking);
    let ground = Ground::new(&reach);
    let scope = &placed(scope, &ground);
    let identities = estate.identities();
    let holders = identities
        .par_iter()
        .filter_map(|identity| holder(identity, scope, &ground));
    let holders: Vec<Holder> = holders.collect();
    let (outsiders, open): (Vec<Detail>, Vec<Detail>) = claim::outsiders(scope, &ground)
        .into_iter()
        .partition(|d| d.outcome == Outcome::Failed);
    WhoCan {
        holders,
        outsiders,
        asked: identities.len(),
        unsettled: open.into_iter().map(|d| d.message).collect(),
    }
}

fn holder(
    identity: &crate::access::Identity<'_>,
    scope: &Policy,
    ground: &Ground<'_, '_>,
) -> Option<Holder> {
    let asking = ground.asking;
    let subject = Subject::document(scope);
    let sketch = ground.sketch();
    let misses = |documents: Vec<&Policy>| {
        disjoint(&Subject::Documents(documents), &subject, &sketch).is_proved()
    };
    let mut holder = Holder {
        kind: identity.kind,
        name: identity.name.to_owned(),
        account: account_of(identity, ground),
        allowed: None,
        outside: false,
        needs: Vec::new(),
        unsettled: String::new(),
    };
    if let Some(policy) = identity.unknown.first() {
        let (crate::ir::AttachedPolicy::Aws(name) | crate::ir::AttachedPolicy::Customer(name)) =
            policy;
        holder.unsettled = format!("the policy `{name}` is attached, and not known here");
        return Some(holder);
    }
    for view in ground.views_unless(identity, scope, misses) {
        let asked = view.whole_scope();
        let effective = Subject::Effective(Box::new(view.effective.clone()));
        match disjoint(&effective, &Subject::document(&asked), asking) {
            Finding::Proved => {}
            Finding::Unknown(reason) => holder.unsettled = reason.to_string(),
            Finding::Refuted(witness) => {
                let attached = &view.effective.attached;
                let bench = Bench::new(attached, &asked, &[], asking.semantics);
                let (shown, needs) = bench.allowed(&witness.request);
                holder.allowed = Some(shown);
                holder.needs = needs;
                holder.outside = view.owner == Owner::Outside;
                holder.unsettled.clear();
                return Some(holder);
            }
        }
    }
    (!holder.unsettled.is_empty()).then_some(holder)
}
