//! Who gets in: trust policies of roles and policies of resources, within the RCPs of the owner.

use indexmap::IndexMap;

use crate::access::{AccountView, Estate};
use crate::engine::question::Asking;
use crate::engine::region::{Region, Search, occupant};
use crate::iam::arn::is_account_id;
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{BaseOperator, Operator};
use crate::ir::{Condition, Policy, Test};

use super::compare::{Outcome, Pair};
use super::document::Judged;
use super::model::{Direction, Risk, SubjectKind, Topic};

/// A policy that says who may come, on both sides or on one.
pub(super) struct Matched<'a> {
    topic: Topic,
    subject: (SubjectKind, String),
    old: Option<Own<'a>>,
    new: Option<Own<'a>>,
}

/// The policy and the account that it protects.
#[derive(Clone, Copy)]
struct Own<'a> {
    policy: &'a Policy,
    account: &'a AccountView<'a>,
}

/// Trust policies and resource policies of either side.
pub(super) fn all<'a>(pair: &Pair<'a>) -> Vec<Matched<'a>> {
    let mut found = Vec::new();
    for person in &pair.people {
        let own = |estate: &'a Estate<'a>, identity: Option<&'a crate::access::Identity<'a>>| {
            let identity = identity?;
            Some(Own {
                policy: identity.trust?,
                account: estate.account(identity.account)?,
            })
        };
        found.push(Matched {
            topic: Topic::Trust,
            subject: person.subject(),
            old: own(pair.old, person.old),
            new: own(pair.new, person.new),
        });
    }
    let mut resources: IndexMap<(&str, &str), Matched<'a>> = IndexMap::new();
    for (estate, direction) in [(pair.new, Direction::Gain), (pair.old, Direction::Loss)] {
        for view in estate.resources() {
            let Some(account) = estate.account(view.account) else {
                continue;
            };
            let arn = view.resource.resource.as_str();
            let entry = resources
                .entry((&account.account.id, arn))
                .or_insert_with(|| Matched {
                    topic: Topic::Resource,
                    subject: (SubjectKind::Resource, arn.to_owned()),
                    old: None,
                    new: None,
                });
            let own = Some(Own {
                policy: &view.resource.policy,
                account,
            });
            match direction {
                Direction::Gain => entry.new = own,
                Direction::Loss => entry.old = own,
            }
        }
    }
    found.extend(resources.into_values());
    found
}

/// Compares one policy.
pub(super) fn compare(pair: &Pair<'_>, matched: &Matched<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for seen in pair.directions() {
        let (one, other) = match seen.direction {
            Direction::Gain => (matched.new, matched.old),
            Direction::Loss => (matched.old, matched.new),
        };
        let Some(one) = one else {
            continue;
        };
        let account = one.account.account;
        let judged = Judged {
            pair,
            seen,
            topic: matched.topic,
            subject: matched.subject.clone(),
            account: Some((account.name.clone(), account.id.clone())),
            one: one.policy,
            other: other.map(|o| o.policy),
            guards: (
                guards(one.account),
                other.map(|o| guards(o.account)).unwrap_or_default(),
            ),
            risks: &|region| exposure(region, one.account, seen.estate, &pair.asking),
        };
        judged.judge(&mut outcome);
    }
    outcome
}

fn guards<'a>(view: &'a AccountView<'a>) -> Vec<&'a Policy> {
    view.rcps.iter().flatten().map(|p| &**p).collect()
}

/// Whether a region lets in another account, one that nobody declared, or anybody.
fn exposure(
    region: &Region,
    owner: &AccountView<'_>,
    estate: &Estate<'_>,
    asking: &Asking<'_>,
) -> Vec<Risk> {
    let mut risks = Vec::new();
    for principal in named(region) {
        let Some(account) = account_of(principal) else {
            continue;
        };
        if account == owner.account.id {
            continue;
        }
        risks.push(match estate.account_by_id(account) {
            Some(_) => Risk::CrossAccount,
            None => Risk::External,
        });
    }
    if lets_everyone(region) {
        let policies = guards(owner);
        if holds_with(region, &strangers(asking), &policies, asking) {
            risks.push(Risk::Public);
        } else if holds_with(
            region,
            &foreigners(owner, estate, asking),
            &policies,
            asking,
        ) {
            risks.push(Risk::External);
        }
    }
    risks
}

fn named(region: &Region) -> Vec<&Principal> {
    let plain = region.principals.iter().filter(|p| !p.negated);
    plain
        .flat_map(|p| match &p.principals {
            Principals::Everyone => &[][..],
            Principals::Named(list) => list.as_slice(),
        })
        .collect()
}

/// The account of an AWS principal, if it says one.
fn account_of(principal: &Principal) -> Option<&str> {
    if principal.kind != PrincipalKind::Aws {
        return None;
    }
    let value = principal.value.as_str();
    let account = value.split(':').nth(4).unwrap_or(value);
    is_account_id(account).then_some(account)
}

/// Whether no part of the region's principals says who.
fn lets_everyone(region: &Region) -> bool {
    let is_open = |p: &Principal| p.kind == PrincipalKind::Aws && p.value == "*";
    region.principals.iter().all(|p| match &p.principals {
        Principals::Everyone => !p.negated,
        Principals::Named(list) => p.negated || list.iter().any(is_open),
    })
}

/// Whether some request of a region is of a kind and nothing beside the policy denies it.
fn holds_with(region: &Region, kind: &Condition, guards: &[&Policy], asking: &Asking<'_>) -> bool {
    let mut narrow = region.clone();
    narrow.condition = Condition::all([narrow.condition, kind.clone()]);
    let open = crate::engine::region::everything(crate::iam::PolicyKind::Rcp);
    let mut policies = vec![&open];
    policies.extend(guards);
    let open = crate::engine::question::Subject::Documents(policies);
    !occupant(&narrow, &[&open], &[], Search::Any, asking).is_proved()
}

/// Requests that say nothing of where they come from: what allows those, allows anybody.
fn strangers(asking: &Asking<'_>) -> Condition {
    let test = |base, key, values| test(asking, base, key, values);
    let keys = [
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "aws:userid",
        "aws:username",
        "kms:CallerAccount",
        "kms:ViaService",
    ];
    let absent = keys
        .into_iter()
        .map(|key| test(BaseOperator::Null, key, vec!["true".to_owned()]));
    // An address as good as any; a policy for an office's addresses does not hold of it.
    let address = test(
        BaseOperator::IpAddress,
        "aws:SourceIp",
        vec!["100.20.30.40/32".to_owned()],
    );
    Condition::all(absent.chain([address]))
}

/// Requests of principals whose account and organisation are none of the project's.
fn foreigners(owner: &AccountView<'_>, estate: &Estate<'_>, asking: &Asking<'_>) -> Condition {
    let test = |base, key, values| test(asking, base, key, values);
    let own = estate.accounts().iter().map(|a| a.account.id.clone());
    let accounts = test(
        BaseOperator::StringNotEquals,
        "aws:PrincipalAccount",
        own.collect(),
    );
    let organization = owner.organization.map(|o| {
        test(
            BaseOperator::StringNotEquals,
            "aws:PrincipalOrgID",
            vec![o.id.clone()],
        )
    });
    let service = test(
        BaseOperator::Null,
        "aws:PrincipalIsAWSService",
        vec!["true".to_owned()],
    );
    Condition::all([accounts, service].into_iter().chain(organization))
}

fn test(asking: &Asking<'_>, base: BaseOperator, key: &str, values: Vec<String>) -> Condition {
    let known = asking.catalogue.key(key);
    Condition::Test(Test {
        operator: Operator::plain(base),
        key: key.to_owned(),
        multi_valued: known.is_some_and(|k| k.key.multi_valued),
        values,
        span: None,
    })
}
