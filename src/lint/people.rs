//! `long-lived-credentials`, `access-from-anywhere`: how people get in.

use super::context::Kin;
use super::finding::Finding;
use super::{Context, Lint, ask, trust};
use crate::access::IdentityKind;
use crate::iam::BaseOperator;
use crate::ir::{Audience, Condition, Match, Policy};

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

/// An address of the internet that nobody calls their office.
const ELSEWHERE: &str = "9.9.9.9/32";

/// Finds people who can work from any address: users and permission sets whose permissions ask for no network, and roles
/// for people whose trust asks for none either.
///
/// Silent unless asked for: whether people work from networks of their own is for the project to say.
pub(super) fn from_anywhere(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let people = cx
        .kin
        .iter()
        .filter(|k| k.identity.audience == Audience::People);
    let open: Vec<&Kin<'_>> = people.filter(|kin| works_from_anywhere(cx, kin)).collect();
    let mut found = trust::doors(cx, |door| {
        if !open.iter().any(|kin| std::ptr::eq(*kin, door.kin)) {
            return None;
        }
        let (_, caller) = door.callers().into_iter().find(|(account, caller)| {
            let known = Condition::all([elsewhere(), cx.organization_of(account)]);
            door.opens(cx, caller, known).is_some()
        })?;
        let name = door.kin.identity.name;
        let message = format!("people can assume `{name}` and work as it from any address");
        let finding = Finding::at(lint.code, &door.statement.origin, message)?;
        let finding = finding.because(format!("`{caller}` gets in from 9.9.9.9, as from anywhere"));
        Some(finding.help(HELP))
    });
    let comes_through_no_trust = |k: &&&Kin<'_>| k.identity.kind != IdentityKind::Role;
    found.extend(
        open.iter()
            .filter(comes_through_no_trust)
            .filter_map(|kin| {
                let message = format!("`{}` can work from any address", kin.identity.name);
                let finding = Finding::at(lint.code, kin.identity.declared, message)?;
                let finding =
                    finding.because("what it may do it may do from 9.9.9.9, as from anywhere");
                Some(finding.help(HELP).accounts(&kin.accounts))
            }),
    );
    found
}

const HELP: &str = "say from where: `when source ip in …`, or `std.perimeter.StayInNetwork` above the account; or waive it with the reason";

/// Whether anything that an identity may do is left to it from any address, with a second factor.
fn works_from_anywhere(cx: &Context<'_>, kin: &Kin<'_>) -> bool {
    let subject = ask::subject(cx.estate().effective(kin.identity));
    cx.allowed(&subject, &real_requests(elsewhere())).is_some()
}

/// Straight from the internet, and from no network that anybody has named.
fn elsewhere() -> Condition {
    Condition::all([
        ask::test(BaseOperator::IpAddress, "aws:SourceIp", &[ELSEWHERE]),
        ask::absent("aws:SourceVpc"),
        ask::absent("aws:SourceVpce"),
        ask::absent("aws:VpcSourceIp"),
        ask::absent("aws:VpceOrgID"),
        ask::not_true("aws:ViaAWSService"),
        ask::is_true("aws:MultiFactorAuthPresent"),
    ])
}

/// Everything but the one call that nothing can deny.
fn real_requests(condition: Condition) -> Policy {
    let real = Match::except(vec!["sts:GetCallerIdentity".to_owned()]);
    ask::scope(real, Match::everything(), condition)
}
