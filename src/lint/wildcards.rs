//! `wildcard-service`, `wildcard-action`, `wildcard-resource`: grants of more than anybody has listed.
//!
//! What a wildcard comes to is looked up in the catalogue. Boundaries, SCPs and resource policies are not looked at: they
//! limit, or they speak of one resource.

use super::context::Document;
use super::finding::Finding;
use super::reach_of::{Breadth, is_about_everything, spans_services, whole_services};
use super::{Context, Lint, ask, facts, words};
use crate::catalogue::{AccessLevel, Action, Service};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Statement};

/// The kinds of document that grant to identities.
pub(super) const GRANTS: [PolicyKind; 3] = [
    PolicyKind::InlinePolicy,
    PolicyKind::ManagedPolicy,
    PolicyKind::PermissionSet,
];

fn each_grant(
    cx: &Context<'_>,
    look: impl Fn(&Document<'_>, &Statement) -> Option<Finding>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in cx.documents_of(&GRANTS) {
        for statement in &document.policy.statements {
            let granted = statement.effect == Effect::Allow && cx.is_own(&statement.origin);
            if granted && statement.condition != Condition::False {
                found.extend(look(document, statement).map(|f| f.accounts(&document.accounts)));
            }
        }
    }
    found
}

/// Finds Allows of everything that services do, named or not.
pub(super) fn service(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    each_grant(cx, |_, statement| {
        if !spans_services(&statement.action) {
            return None;
        }
        let message = match statement.action.negated {
            false => "the statement allows every action of every service".to_owned(),
            true => {
                let but = words::list(&statement.action.patterns);
                format!("the statement allows every action of every service but {but}")
            }
        };
        let finding = Finding::at(lint.code, &statement.origin, message)?
            .because("services and actions that AWS launches tomorrow are among them");
        Some(finding.help("list the services that are needed, and of each what is done"))
    })
}

/// Finds Allows of every action of a service.
pub(super) fn action(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    each_grant(cx, |_, statement| {
        let Breadth::Actions(actions) = cx.breadth(&statement.action) else {
            return None;
        };
        let services = whole_services(&actions);
        if services.is_empty() {
            return None;
        }
        let names: Vec<&str> = services.iter().map(|s| s.prefix.as_str()).collect();
        let message = format!(
            "the statement allows every action of {}",
            words::list(&names)
        );
        let finding = Finding::at(lint.code, &statement.origin, message)?;
        let managing: Vec<String> = services
            .iter()
            .flat_map(|s| s.actions.iter().map(move |a| (s, a)))
            .filter(|(_, a)| a.level == AccessLevel::PermissionsManagement)
            .map(|(s, a)| s.qualified(a))
            .collect();
        let finding = match managing.is_empty() {
            true => finding,
            false => finding.because(format!(
                "among them those that give access to others: {}",
                words::list(&managing)
            )),
        };
        Some(finding.help("list the actions, or an access level such as `read, write`"))
    })
}

/// Finds Allows on every resource of actions that can be bound to some.
///
/// Listing and looking at configurations everywhere is what auditors and consoles do, and nothing is said about it; reading
/// *data* everywhere is. A condition on the resource, or on what is done to it, narrows as well as a name.
pub(super) fn resource(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    each_grant(cx, |_, statement| {
        if !is_about_everything(statement) || narrows(&statement.condition) {
            return None;
        }
        let Breadth::Actions(actions) = cx.breadth(&statement.action) else {
            return None;
        };
        if !whole_services(&actions).is_empty() {
            return None;
        }
        let bound: Vec<(&Service, &Action)> =
            actions.into_iter().filter(|(s, a)| matters(s, a)).collect();
        let (service, first) = bound.first()?;
        let names: Vec<String> = bound.iter().map(|(s, a)| s.qualified(a)).collect();
        let message = format!(
            "{} on every resource, though they can be bound to some",
            words::list(&names)
        );
        let message = match names.len() {
            1 => format!(
                "`{}` on every resource, though it can be bound to some",
                names.first()?
            ),
            _ => message,
        };
        let types: Vec<String> = first
            .resources
            .iter()
            .map(|r| format!("{}:{}", service.prefix, r.resource_type))
            .collect();
        let finding = Finding::at(lint.code, &statement.origin, message)?.because(format!(
            "`{}` acts on {}",
            service.qualified(first),
            words::list(&types)
        ));
        Some(finding.help("say which: `on …`, or a condition on the resource such as `when resource tag team == …`"))
    })
}

/// Whether it changes something or reads data, and acts on resources that can be named. Where the one type of an action
/// is optional, as for `cloudwatch:PutMetricData`, most requests act on none.
fn matters(service: &Service, action: &Action) -> bool {
    let changes = matches!(
        action.level,
        AccessLevel::Write | AccessLevel::PermissionsManagement | AccessLevel::Tagging
    );
    let name = service.qualified(action);
    // Of a type without a name, such as Security Hub's own `hub`, there is one in an account.
    let has_name = |resource_type: &str| {
        let found = service.resource_type(resource_type);
        let formats = found.into_iter().flat_map(|t| &t.arn_formats);
        formats
            .into_iter()
            .any(|f| !f.resource_placeholders().is_empty())
    };
    let named = action
        .resources
        .iter()
        .filter(|r| has_name(&r.resource_type));
    let (count, required) = named.fold((0, false), |(n, any), r| (n + 1, any || r.required));
    (changes && (required || count > 1)) || (facts::reads_data(&name) && count > 0)
}

/// Whether a condition speaks of more than who asks, from where and when.
fn narrows(condition: &Condition) -> bool {
    ask::tests(condition).iter().any(|(test, _)| {
        let key = test.key.to_ascii_lowercase();
        !facts::WHO_AND_WHERE
            .iter()
            .any(|prefix| key.starts_with(prefix))
    })
}
