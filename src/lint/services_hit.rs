//! `deny-hits-services`: a Deny about organisations or networks that also stops AWS services.
//!
//! A service that calls with its own principal belongs to no organisation and comes from no network of yours; one that
//! passes a caller's request on comes from its own address. Negated tests hold for both, so the Deny hits them, and
//! log delivery, replication or a query stops working.

use super::ask::{self, tests};
use super::context::Document;
use super::finding::Finding;
use super::{Context, Lint, words};
use crate::engine::question::World;
use crate::iam::{BaseOperator, Effect, PolicyKind};
use crate::ir::{Condition, Statement};

/// Keys that say to whom a caller belongs.
const BELONGS: [&str; 3] = [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
];

/// Keys that say where a request comes from.
const NETWORK: [&str; 7] = [
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
];

/// Finds Denies that stop AWS services besides those who are meant.
pub(super) fn hits_services(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let kinds = [
        PolicyKind::ResourcePolicy,
        PolicyKind::Rcp,
        PolicyKind::Scp,
        PolicyKind::Boundary,
        PolicyKind::ManagedPolicy,
        PolicyKind::InlinePolicy,
        PolicyKind::PermissionSet,
    ];
    let mut found = Vec::new();
    for document in cx.documents_of(&kinds) {
        for statement in &document.policy.statements {
            if statement.effect == Effect::Deny {
                let finding = look(cx, lint, document, statement);
                found.extend(finding.map(|f| f.accounts(&document.accounts)));
            }
        }
    }
    found
}

fn look(
    cx: &Context<'_>,
    lint: &Lint,
    document: &Document<'_>,
    statement: &Statement,
) -> Option<Finding> {
    let is_about = |keys: &[&str]| {
        let all = tests(&statement.condition);
        let of = all.iter().map(|(test, _)| test.key.as_str());
        let of = of.filter(|key| keys.iter().any(|k| k.eq_ignore_ascii_case(key)));
        of.map(str::to_owned).collect::<Vec<_>>()
    };
    let on_resources = matches!(
        document.policy.kind,
        PolicyKind::ResourcePolicy | PolicyKind::Rcp
    );
    let network = is_about(&NETWORK);
    let belongs = match on_resources {
        true => is_about(&BELONGS),
        false => Vec::new(),
    };
    if network.is_empty() && belongs.is_empty() {
        return None;
    }
    let kind = document.policy.kind;
    let hit = |known: Condition| {
        let narrow = ask::narrowed(statement, known);
        cx.matched(kind, narrow, World::Sketch).is_some()
    };
    let keys: Vec<&String> = belongs.iter().chain(&network).collect();
    let keys = words::list(&distinct(&keys));
    let (what, why, mend) = if on_resources && hit(own_principal(cx, document)) {
        (
            "AWS services that call with their own principal",
            format!("such a request carries no {keys}, and the negated test holds for it"),
            "add `or principal is aws service` to what is let off",
        )
    } else if !network.is_empty() && !passes_services(statement) && hit(for_a_caller(statement)) {
        (
            "what AWS services do for a caller",
            "a request that a service passes on comes from the service's own address, not from the caller's".to_owned(),
            "add `or via aws service` to what is let off",
        )
    } else {
        return None;
    };
    let message = format!("the Deny also stops {what}");
    let finding = Finding::at(lint.code, &statement.origin, message)?;
    Some(finding.because(why).help(mend))
}

fn distinct(keys: &[&String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for key in keys {
        if !found.contains(key) {
            found.push((*key).clone());
        }
    }
    found
}

/// Whether the statement speaks of federated or service principals' own actions only.
fn passes_services(statement: &Statement) -> bool {
    let of_sign_in = |action: &String| {
        action
            .to_ascii_lowercase()
            .starts_with("sts:assumerolewith")
    };
    !statement.action.negated && statement.action.patterns.iter().all(of_sign_in)
}

/// A service calls with its own principal, for a resource of the very account.
fn own_principal(cx: &Context<'_>, document: &Document<'_>) -> Condition {
    let account = document.accounts.first().copied();
    let view = account.and_then(|at| cx.estate().account(at));
    let id = view.map_or("", |v| v.account.id.as_str());
    let organization = view.and_then(|v| v.organization).map(|o| o.id.as_str());
    let absent = BELONGS
        .iter()
        .chain(&NETWORK)
        .filter(|k| !k.ends_with("Paths"));
    let absent = absent.map(|key| ask::absent(key));
    let lists = ["aws:PrincipalOrgPaths", "aws:VpceOrgPaths"].map(ask::absent_list);
    Condition::all(
        absent
            .chain(lists)
            .chain([
                ask::is_true("aws:PrincipalIsAWSService"),
                ask::is_true("aws:SecureTransport"),
                ask::not_true("aws:ViaAWSService"),
                ask::equals("aws:SourceAccount", &[id]),
                ask::absent("aws:PrincipalArn"),
                ask::absent("aws:PrincipalType"),
                untagged(document),
            ])
            .chain(organization.map(|id| ask::equals("aws:SourceOrgID", &[id]))),
    )
}

/// None of the tags of callers that the document speaks of.
fn untagged(document: &Document<'_>) -> Condition {
    let statements = document.policy.statements.iter();
    let keys = statements
        .flat_map(|s| tests(&s.condition))
        .map(|(test, _)| test.key.as_str());
    let tags = keys.filter(|key| key.to_ascii_lowercase().starts_with("aws:principaltag/"));
    Condition::all(tags.map(ask::absent))
}

/// A service passes a request on, from its own address.
fn for_a_caller(statement: &Statement) -> Condition {
    let all = tests(&statement.condition);
    let ranges = all
        .iter()
        .filter(|(test, _)| test.key.eq_ignore_ascii_case("aws:SourceIp"));
    let ranges: Vec<&str> = ranges
        .flat_map(|(test, _)| test.values.iter().map(String::as_str))
        .filter(|range| !range.ends_with("/0"))
        .collect();
    let address = match ranges.is_empty() {
        true => Condition::True,
        false => ask::test(BaseOperator::IpAddress, "aws:SourceIp", &ranges).negate(),
    };
    Condition::all([
        address,
        ask::is_true("aws:ViaAWSService"),
        ask::not_true("aws:PrincipalIsAWSService"),
        ask::absent("aws:SourceVpc"),
        ask::absent("aws:SourceVpce"),
        ask::absent("aws:VpcSourceIp"),
        ask::absent("ec2:SourceInstanceArn"),
        ask::is_true("aws:SecureTransport"),
    ])
}
