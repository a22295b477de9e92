//! A declaration in a question means the resource that the project writes a policy on.

use crate::iam::arn::is_account_id;
use crate::ir::Policy;
use crate::prove::view::Ground;

/// `ledger_key` is the key of the account that has it, whoever asks. What no policy is on stays as it is.
pub(super) fn placed(scope: &Policy, ground: &Ground<'_, '_>) -> Policy {
    let mut scope = scope.clone();
    let lists = scope.statements.iter_mut();
    for list in lists.filter_map(|s| s.resource.as_mut()) {
        let placed = list.patterns.iter().flat_map(|p| twins(p, ground));
        let mut placed: Vec<String> = placed.collect();
        placed.sort();
        placed.dedup();
        list.patterns = placed;
    }
    scope
}

/// The same pattern in the accounts whose policies speak of it; itself if none does.
fn twins(pattern: &str, ground: &Ground<'_, '_>) -> Vec<String> {
    let fields: Vec<&str> = pattern.splitn(6, ':').collect();
    let [a, b, service, region, account, rest] = fields.as_slice() else {
        return vec![pattern.to_owned()];
    };
    if !is_account_id(account) || ground.estate.account_by_id(account).is_none() {
        return vec![pattern.to_owned()];
    }
    let owners = ground.governed.iter().filter(|g| g.service != "sts");
    let owners = owners.filter_map(|g| Some((g, ground.estate.account(g.owner)?)));
    let twins = owners.filter_map(|(governed, owner)| {
        let twin = format!("{a}:{b}:{service}:{region}:{}:{rest}", owner.account.id);
        governed.patterns.contains(&twin).then_some(twin)
    });
    let twins: Vec<String> = twins.collect();
    match twins.is_empty() || twins.iter().any(|t| t == pattern) {
        true => vec![pattern.to_owned()],
        false => twins,
    }
}
