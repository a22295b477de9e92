//! `long-lived-credentials`, `people-without-mfa`, `access-from-anywhere`: how people get in.

use super::finding::Finding;
use super::{Context, Lint};
use crate::access::IdentityKind;

/// Finds IAM users: their keys and passwords live until somebody deletes them.
pub(super) fn long_lived(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let users = cx
        .kin
        .iter()
        .filter(|k| k.identity.kind == IdentityKind::User);
    users
        .filter_map(|kin| {
            let name = kin.identity.name;
            let message = format!("user `{name}` has credentials that live until somebody deletes them");
            let finding = Finding::at(lint.code, kin.identity.declared, message)?
                .because("keys and passwords of IAM users do not expire; those of roles do, within hours")
                .help("let people come through IAM Identity Center and programs through roles, or waive it with the reason");
            Some(finding.accounts(&kin.accounts))
        })
        .collect()
}
