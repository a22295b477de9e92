//! `confused-deputy`: an AWS service that can be made to act on somebody else's behalf.
//!
//! Whoever may use a service in any account can point it at a resource of yours; only the keys that say for whom it works
//! tell the difference. Asked is whether the service gets in while it works for an account that nobody knows.

use super::finding::Finding;
use super::{Context, Lint, ask, facts, who, words};
use crate::access::AccountView;
use crate::engine::Principal;
use crate::iam::document::PrincipalKind;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement};

/// Finds services that get in whomever they work for.
pub(super) fn confused_deputy(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in cx.documents_of(&[PolicyKind::Trust, PolicyKind::ResourcePolicy]) {
        let owner = document
            .accounts
            .first()
            .and_then(|at| cx.estate().account(*at));
        let Some(owner) = owner else {
            continue;
        };
        for statement in &document.policy.statements {
            let open =
                statement.effect == Effect::Allow && !is_bound_otherwise(&statement.condition);
            if !open {
                continue;
            }
            let services: Vec<&str> = who::named(statement, PrincipalKind::Service)
                .into_iter()
                .filter(|s| says_for_whom(document.policy.kind, s))
                .filter(|s| lets_in(cx, s, document.policy, statement, owner))
                .collect();
            let finding = said(lint, statement, &services);
            found.extend(finding.map(|f| f.accounts(&document.accounts)));
        }
    }
    found
}

/// Whether requests of the service say for whom it works where it assumes a role, or uses a resource.
fn says_for_whom(kind: PolicyKind, service: &str) -> bool {
    let name = service.split('.').next().unwrap_or_default();
    match kind {
        PolicyKind::Trust => facts::NAMES_ITS_SOURCE_IN_TRUST.contains(&name),
        _ => !facts::NEVER_NAMES_ITS_SOURCE.contains(&name),
    }
}

/// Whether the use of a key is bound to one resource by its encryption context, which holds that resource's ARN.
fn is_bound_otherwise(condition: &Condition) -> bool {
    ask::tests(condition).iter().any(|(test, _)| {
        let key = test.key.to_ascii_lowercase();
        key.starts_with("kms:encryptioncontext") || key == "kms:grantisforawsresource"
    })
}

fn lets_in(
    cx: &Context<'_>,
    service: &str,
    policy: &Policy,
    statement: &Statement,
    owner: &AccountView<'_>,
) -> bool {
    let caller = Principal::Service(service.to_owned());
    let nothing = who::everything();
    let solo = who::solo(policy, statement);
    let asked = cx.toward(&caller, &nothing, &solo, owner, &statement.action);
    let stranger = cx.stranger(policy);
    let scope = ask::scope(
        statement.action.clone(),
        Match::everything(),
        Condition::all([
            cx.foreign_source(stranger),
            ask::is_true("aws:SecureTransport"),
        ]),
    );
    cx.allowed(&ask::subject(asked), &scope).is_some()
}

fn said(lint: &Lint, statement: &Statement, services: &[&str]) -> Option<Finding> {
    if services.is_empty() {
        return None;
    }
    let names = words::list(services);
    let message = format!("{names} gets in whomever it works for");
    let finding = Finding::at(lint.code, &statement.origin, message)?.because(
        "anybody can point the service here from an account of their own; `aws:SourceAccount` says for whom it works, and nothing asks",
    );
    Some(finding.help(
        "say for whom: `when source account == …`, `when source arn == …` or `when source in …`",
    ))
}
