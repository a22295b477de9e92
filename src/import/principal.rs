//! Principals as the language says them.

use crate::iam::Arn;
use crate::iam::arn::is_account_id;
use crate::iam::document::{Principal, PrincipalKind, Principals};

use super::literal::quote_text;
use super::model::Ambient;

/// The principals of a list. `anyone` stands for `"*"`.
pub(super) fn write(principals: &Principals, ambient: &Ambient) -> Vec<String> {
    match principals {
        Principals::Everyone => vec!["anyone".to_owned()],
        Principals::Named(list) => list.iter().map(|p| principal(p, ambient)).collect(),
    }
}

/// One principal.
pub(super) fn principal(principal: &Principal, ambient: &Ambient) -> String {
    let value = principal.value.as_str();
    match principal.kind {
        PrincipalKind::Aws if value == "*" => "anyone".to_owned(),
        PrincipalKind::Aws => match account_of(value, ambient) {
            Some(id) => format!("account \"{id}\""),
            None => format!("arn {}", quote_text(value)),
        },
        PrincipalKind::Service => format!("service {}", quote_text(value)),
        PrincipalKind::Federated => format!("federated {}", quote_text(value)),
        PrincipalKind::CanonicalUser => format!("canonical_user {}", quote_text(value)),
    }
}

/// The account that is meant as a whole: its id, or the ARN of its root in the partition at hand.
fn account_of<'v>(value: &'v str, ambient: &Ambient) -> Option<&'v str> {
    if is_account_id(value) {
        return Some(value);
    }
    let arn = Arn::parse(value)?;
    let is_root = arn.partition == ambient.partition
        && arn.service == "iam"
        && arn.region.is_empty()
        && arn.resource == "root"
        && is_account_id(&arn.account);
    is_root.then(|| value.split(':').nth(4)).flatten()
}
