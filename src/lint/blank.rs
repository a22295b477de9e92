//! `settable-tag`: a grant that compares with a tag of the caller's that the caller can set.

use std::borrow::Cow;

use super::context::Kin;
use super::finding::Finding;
use super::{Context, Lint, ask, who};
use crate::access::IdentityKind;
use crate::engine::Attached;
use crate::engine::question::Effective;
use crate::iam::document::PrincipalKind;
use crate::iam::pattern::{Pattern, Variables, Wildcards};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement};

/// Finds Allows that hang on `${aws:PrincipalTag/…}` in the hands of whoever can set that tag.
pub(super) fn settable_tag(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let mut found = Vec::new();
    for kin in &cx.kin {
        let policies = kin.identity.policies.iter();
        for statement in policies.filter(|p| !p.is_aws()).flat_map(|p| &p.statements) {
            if statement.effect != Effect::Allow || !cx.is_own(&statement.origin) {
                continue;
            }
            let finding = tags(statement).into_iter().find_map(|tag| {
                let how = how_to_set(cx, kin, &tag)?;
                said(lint, kin, statement, &tag, &how)
            });
            found.extend(finding.map(|f| f.accounts(&kin.accounts)));
        }
    }
    found
}

/// The tags of the caller that a statement compares with.
fn tags(statement: &Statement) -> Vec<String> {
    let resources = statement.resource.iter().flat_map(|r| &r.patterns);
    let tests = ask::tests(&statement.condition);
    let values = tests.iter().flat_map(|(test, _)| &test.values);
    let mut tags = Vec::new();
    for text in resources.chain(values).filter(|t| t.contains("${")) {
        let pattern = Pattern::parse(text, Wildcards::Active, Variables::Active);
        for variable in pattern.variables() {
            let tag = variable.key.split_once('/');
            let tag = tag.filter(|(key, _)| key.eq_ignore_ascii_case("aws:PrincipalTag"));
            tags.extend(tag.map(|(_, name)| name.to_owned()));
        }
    }
    tags.dedup();
    tags
}

/// By which call the tag can be given a value that nobody has named.
fn how_to_set(cx: &Context<'_>, kin: &Kin<'_>, tag: &str) -> Option<String> {
    let value = ask::equals(&format!("aws:RequestTag/{tag}"), &[who::NOBODY]);
    let action = match kin.identity.kind {
        IdentityKind::User => "iam:TagUser",
        _ => "iam:TagRole",
    };
    let own = Match::any(vec![kin.identity.arn()]);
    let scope = ask::scope(ask::actions(&[action]), own, value.clone());
    let effective = ask::subject(cx.estate().effective(kin.identity));
    if cx.allowed(&effective, &scope).is_some() {
        return Some(format!("it may `{action}` itself"));
    }
    let trust = kin.identity.trust?;
    let allows = trust
        .statements
        .iter()
        .filter(|s| s.effect == Effect::Allow);
    let sets = allows.filter(|s| {
        s.action
            .patterns
            .iter()
            .any(|a| a.eq_ignore_ascii_case("sts:TagSession"))
    });
    let mut sets = sets.filter(|s| !who::named(s, PrincipalKind::Aws).is_empty());
    let opens = sets.any(|statement| lets_tag(cx, kin, trust, statement, value.clone()));
    opens.then(|| "whoever assumes it may set it for the session, by `sts:TagSession`".to_owned())
}

fn lets_tag(
    cx: &Context<'_>,
    kin: &Kin<'_>,
    trust: &Policy,
    statement: &Statement,
    value: Condition,
) -> bool {
    let Some(owner) = cx.estate().account(kin.identity.account) else {
        return false;
    };
    let named = who::named(statement, PrincipalKind::Aws);
    let Some(account) = named.into_iter().find_map(who::account_of) else {
        return false;
    };
    let caller = who::role_of(account, &owner.account.partition);
    let narrow = Statement {
        action: ask::actions(&["sts:TagSession"]),
        ..ask::narrowed(statement, value)
    };
    let solo = who::solo(trust, &narrow);
    let everything = ask::document(PolicyKind::InlinePolicy, who::everything().statements);
    let asked = Effective {
        principal: &caller,
        attached: Attached {
            identity: vec![Cow::Borrowed(&everything)],
            resource: Some(Cow::Borrowed(&solo)),
            rcps: who::levels(&owner.rcps, &narrow.action),
            ..Attached::default()
        },
        resource_account: Some(&owner.account.id),
    };
    cx.allowed(&ask::subject(asked), &solo).is_some()
}

fn said(
    lint: &Lint,
    kin: &Kin<'_>,
    statement: &Statement,
    tag: &str,
    how: &str,
) -> Option<Finding> {
    let name = kin.identity.name;
    let message =
        format!("the tag `{tag}` that the statement trusts can be set by `{name}` itself");
    let finding = Finding::at(lint.code, &statement.origin, message)?.because(how);
    Some(
        finding
            .help("keep the tag in other hands: deny setting it, or bind the trust to its values"),
    )
}
