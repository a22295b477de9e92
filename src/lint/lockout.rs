//! `locks-out`: an SCP or RCP whose condition leaves programs, or the emergency role, with nothing.
//!
//! A Deny that is meant for people often has a condition that no program can meet. Asked of the engine: of a session of
//! any role that a program uses, with what is known of such sessions, and of everything that programs do all day, does
//! the Deny leave a single request? A Deny without a condition is meant as it stands.

use std::borrow::Cow;

use super::ask::{self, needed};
use super::context::Document;
use super::finding::Finding;
use super::{Context, Lint, facts, words};
use crate::access::{AccountView, Identity};
use crate::engine::Principal;
use crate::engine::question::Effective;
use crate::engine::request;
use crate::iam::rcp::is_rcp_service;
use crate::iam::{BaseOperator, Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement, Test};

/// Finds Denies of SCPs and RCPs that shut out whom they cannot be meant for.
pub(super) fn locks_out(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in cx.documents_of(&[PolicyKind::Scp, PolicyKind::Rcp]) {
        let account = document
            .accounts
            .first()
            .and_then(|at| cx.estate().account(*at));
        let Some(account) = account else {
            continue;
        };
        for statement in &document.policy.statements {
            if statement.effect != Effect::Deny || statement.condition == Condition::True {
                continue;
            }
            let finding = programs(cx, lint, document, statement, account)
                .or_else(|| emergency(cx, lint, document, statement));
            found.extend(finding.map(|f| f.accounts(&document.accounts)));
        }
    }
    found
}

/// What is known of the requests of somebody, and what it is called when that is why nothing is left.
struct Fact {
    holds: Condition,
    words: String,
}

/// A session of a role that nobody has named.
fn nameless(account: &AccountView<'_>) -> Principal {
    Principal::RoleSession {
        role: request::Identity {
            partition: account.account.partition.clone(),
            account: account.account.id.clone(),
            name: "bailiwick-any-program".to_owned(),
        },
        session: None,
    }
}

/// What is known of the requests of programs.
fn of_programs(statement: &Statement) -> Vec<Fact> {
    let mut facts = vec![
        Fact {
            holds: Condition::all([
                ask::not_true("aws:MultiFactorAuthPresent"),
                ask::absent("aws:MultiFactorAuthAge"),
            ]),
            words: "no session of a program carries `aws:MultiFactorAuthPresent` as true, and none of IAM Identity Center does"
                .to_owned(),
        },
        Fact {
            holds: Condition::all([
                ask::not_true("aws:ViaAWSService"),
                ask::absent_list("aws:CalledVia"),
            ]),
            words: "a program calls by itself, not through another service".to_owned(),
        },
    ];
    let ranges = ranges(&statement.condition);
    if !ranges.is_empty() {
        let listed: Vec<&str> = ranges.iter().map(String::as_str).collect();
        facts.push(Fact {
            holds: ask::test(BaseOperator::IpAddress, "aws:SourceIp", &listed).negate(),
            words: "programs run by AWS services call from AWS's own addresses, not from yours"
                .to_owned(),
        });
    }
    facts
}

/// The ranges that a condition speaks of, but for those that are nearly everything.
fn ranges(condition: &Condition) -> Vec<String> {
    let tests = ask::tests(condition);
    let of_address = |test: &&Test| test.key.eq_ignore_ascii_case("aws:SourceIp");
    let values = tests.iter().map(|(test, _)| *test).filter(of_address);
    let values = values.flat_map(|test| test.values.iter());
    values.filter(|v| !v.ends_with("/0")).cloned().collect()
}

fn programs(
    cx: &Context<'_>,
    lint: &Lint,
    document: &Document<'_>,
    statement: &Statement,
    account: &AccountView<'_>,
) -> Option<Finding> {
    let is_rcp = document.policy.kind == PolicyKind::Rcp;
    let mut everyday: Vec<&str> = facts::EVERYDAY_ACTIONS.to_vec();
    if is_rcp {
        everyday.retain(|a| a.split_once(':').is_some_and(|(s, _)| is_rcp_service(s)));
        everyday.retain(|a| speaks_of(cx, statement, a));
    }
    if everyday.is_empty() {
        return None;
    }
    let principal = nameless(account);
    let known = of_programs(statement);
    let limits = limits(statement, document.policy.kind);
    let work = work(&everyday);
    let shut_out = |kept: &[bool]| {
        let facts = known.iter().zip(kept).filter(|(_, kept)| **kept);
        let condition = Condition::all(facts.map(|(fact, _)| fact.holds.clone()));
        let identity = ask::scope(ask::actions(&everyday), Match::everything(), condition);
        let asked = within(ask::caller(&principal, &identity), &limits, is_rcp);
        cx.is_out_of_reach(&ask::subject(asked), &work)
    };
    if !shut_out(&vec![true; known.len()]) || shut_out(&vec![false; known.len()]) {
        return None;
    }
    let kept = needed(known.len(), shut_out);
    let name = &document.policy.name;
    let what = match is_rcp {
        true => words::list(&services(&everyday)),
        false => "everything that programs do".to_owned(),
    };
    let message = format!("`{name}` locks out every workload: it denies them {what}");
    let mut finding = Finding::at(lint.code, &statement.origin, message)?;
    for (fact, _) in known.iter().zip(kept).filter(|(_, kept)| *kept) {
        finding = finding.because(&fact.words);
    }
    Some(finding.help("let it speak of people only, for example `when principal type == \"User\"`"))
}

/// The requests that are looked at; `sts:GetCallerIdentity`, which nothing can deny, is not among them.
fn work(actions: &[&str]) -> Policy {
    ask::scope(ask::actions(actions), Match::everything(), Condition::True)
}

/// Whether a statement speaks of an action at all.
fn speaks_of(cx: &Context<'_>, statement: &Statement, action: &str) -> bool {
    let own = Statement {
        effect: Effect::Allow,
        principal: None,
        condition: Condition::True,
        ..statement.clone()
    };
    let own = ask::document(PolicyKind::ManagedPolicy, vec![own]);
    let asked = ask::scope(
        ask::actions(&[action]),
        Match::everything(),
        Condition::True,
    );
    let subject = crate::engine::question::Subject::Documents(vec![&own]);
    cx.allowed(&subject, &asked).is_some()
}

fn services(actions: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (service, _) in actions.iter().filter_map(|a| a.split_once(':')) {
        if !found.iter().any(|s| s == service) {
            found.push(service.to_owned());
        }
    }
    found
}

/// The Deny alone, with full access beside it where it stands among SCPs.
fn limits(statement: &Statement, kind: PolicyKind) -> Vec<Policy> {
    let alone = ask::document(kind, vec![statement.clone()]);
    match kind {
        PolicyKind::Scp => vec![ask::full_access(), alone],
        _ => vec![alone],
    }
}

fn within<'e>(mut asked: Effective<'e>, limits: &'e [Policy], is_rcp: bool) -> Effective<'e> {
    let level: Vec<Cow<'e, Policy>> = limits.iter().map(Cow::Borrowed).collect();
    match is_rcp {
        true => asked.attached.rcps = vec![level],
        false => asked.attached.scps = vec![level],
    }
    asked
}

/// The emergency role works from anywhere: from home, from a hotel, while the company's own network is what is down.
fn emergency(
    cx: &Context<'_>,
    lint: &Lint,
    document: &Document<'_>,
    statement: &Statement,
) -> Option<Finding> {
    let is_scp = document.policy.kind == PolicyKind::Scp;
    let bound =
        |kin: &&super::context::Kin<'_>| kin.accounts.iter().any(|a| document.accounts.contains(a));
    let kin = cx.kin.iter().filter(bound);
    let role = kin
        .map(|k| k.identity)
        .find(|i| is_scp && is_for_emergencies(i))?;
    let elsewhere = elsewhere(&statement.condition);
    let limits = limits(statement, PolicyKind::Scp);
    let work = work(&facts::EVERYDAY_ACTIONS);
    let everything = ask::scope(Match::everything(), Match::everything(), Condition::True);
    let outside = ask::scope(Match::everything(), Match::everything(), elsewhere);
    let left = |identity| {
        let asked = within(ask::caller(&role.principal, identity), &limits, false);
        !cx.is_out_of_reach(&ask::subject(asked), &work)
    };
    if left(&outside) || !left(&everything) {
        return None;
    }
    let (name, who) = (&document.policy.name, role.name);
    let message = format!("`{name}` locks `{who}` out from outside the networks that it lists");
    let finding = Finding::at(lint.code, &statement.origin, message)?
        .also(role.declared.spans.first().copied(), "for emergencies")
        .because("an emergency is also when the company's own network is what is down")
        .help("exempt the role: `unless principal arn like …`");
    Some(finding)
}

/// A role whose name or path says that it is for emergencies.
fn is_for_emergencies(identity: &Identity<'_>) -> bool {
    let name = identity.arn().to_ascii_lowercase();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    name.contains("breakglass") || name.contains("emergency")
}

/// From no network that a condition speaks of.
fn elsewhere(condition: &Condition) -> Condition {
    let ranges = ranges(condition);
    let listed: Vec<&str> = ranges.iter().map(String::as_str).collect();
    let address = match listed.is_empty() {
        true => Condition::True,
        false => ask::test(BaseOperator::IpAddress, "aws:SourceIp", &listed).negate(),
    };
    Condition::all([
        address,
        ask::absent("aws:SourceVpc"),
        ask::absent("aws:SourceVpce"),
        ask::absent("aws:VpcSourceIp"),
        ask::not_true("aws:ViaAWSService"),
    ])
}
