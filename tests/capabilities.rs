//! Who can, and what can, in effect: small estates whose answer is known from AWS's pages on evaluation.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot read its own documents has failed"
)]

use std::borrow::Cow;

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::question::{
    Asking, Effective, Finding, Subject, World, disjoint, what_can, who_can,
};
use bailiwick::engine::scenario::is_multi_valued;
use bailiwick::engine::{Attached, Principal, Semantics};
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;

const OWN: &str = "111122223333";
const USER: &str = "arn:aws:iam::111122223333:user/alice";
const ROLE: &str = "arn:aws:iam::111122223333:role/app";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/app/now";
const ROOT: &str = "arn:aws:iam::111122223333:root";
const OUTSIDER: &str = "arn:aws:iam::444455556666:user/eve";
const LINKED: &str =
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
const READ: &str = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data/*"}"#;
const DENY_DELETE: &str = r#"{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}"#;

fn policy(kind: PolicyKind, statements: &[&str]) -> Policy {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    let reading = reader::read(&text, Some(kind)).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let provenance = ir::read::Provenance {
        kind,
        name: "test",
        source: SourceMap::default().add("test.json", ""),
    };
    ir::read::policy(&reading, provenance, is_multi_valued)
}

fn identity(statements: &[&str]) -> Attached<Policy> {
    Attached {
        identity: vec![policy(PolicyKind::ManagedPolicy, statements)],
        ..Attached::default()
    }
}

fn bounded(own: &[&str], boundary: &[&str]) -> Attached<Policy> {
    Attached {
        boundary: Some(policy(PolicyKind::Boundary, boundary)),
        ..identity(own)
    }
}

fn granted(own: &[&str], principal: &str) -> Attached<Policy> {
    let grant = format!(
        r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:*","Resource":"arn:aws:s3:::data/*"}}"#
    );
    Attached {
        resource: Some(policy(PolicyKind::ResourcePolicy, &[&grant])),
        ..identity(own)
    }
}

/// The session policies and the boundary are added to what is attached.
fn limited(
    mut attached: Attached<Policy>,
    boundary: &[&str],
    session: &[&str],
) -> Attached<Policy> {
    if !boundary.is_empty() {
        attached.boundary = Some(policy(PolicyKind::Boundary, boundary));
    }
    if !session.is_empty() {
        attached.session = vec![policy(PolicyKind::Session, session)];
    }
    attached
}

fn below(mut attached: Attached<Policy>, levels: &[&[&str]]) -> Attached<Policy> {
    let level = |statements: &&[&str]| vec![policy(PolicyKind::Scp, statements)];
    attached.scps = levels.iter().map(level).collect();
    attached
}

fn principal(text: &str) -> Principal {
    Principal::parse(text).unwrap()
}

/// `action` on objects of the bucket `data`.
fn scope(action: &str) -> Policy {
    let text =
        format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::data/*"}}"#);
    policy(PolicyKind::ManagedPolicy, &[&text])
}

fn asking() -> Asking<'static> {
    Asking::new(Catalogue::embedded())
}

fn under(setting: &str) -> Asking<'static> {
    Asking {
        semantics: Semantics::parse([setting]).unwrap(),
        ..asking()
    }
}

fn ask(who: &str, attached: &Attached<Policy>, action: &str, asking: &Asking<'_>) -> Finding {
    let who = principal(who);
    let subject = Subject::Effective(Box::new(Effective {
        principal: &who,
        attached: attached.map(Cow::Borrowed),
        resource_account: Some(OWN),
    }));
    disjoint(&subject, &Subject::document(&scope(action)), asking)
}

#[track_caller]
fn can(who: &str, attached: &Attached<Policy>, action: &str) {
    let found = ask(who, attached, action, &asking());
    assert!(found.witness().is_some(), "{who} {action}: {found:?}");
}

#[track_caller]
fn cannot(who: &str, attached: &Attached<Policy>, action: &str) {
    let found = ask(who, attached, action, &asking());
    assert!(found.is_proved(), "{who} {action}: {found:?}");
}

#[test]
fn a_boundary_limits_and_grants_nothing() {
    let reader = bounded(&[ALL], &[READ]);
    can(USER, &reader, "s3:GetObject");
    cannot(USER, &reader, "s3:DeleteObject");
    cannot(USER, &bounded(&[], &[ALL]), "s3:GetObject");
    cannot(
        USER,
        &bounded(&[ALL], &[ALL, DENY_DELETE]),
        "s3:DeleteObject",
    );
}

#[test]
fn every_level_of_scps_has_to_allow() {
    let reader = below(identity(&[ALL]), &[&[ALL], &[READ]]);
    can(USER, &reader, "s3:GetObject");
    cannot(USER, &reader, "s3:DeleteObject");
    let nothing = below(
        identity(&[ALL]),
        &[
            &[READ],
            &[r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#],
        ],
    );
    cannot(USER, &nothing, "s3:*");
    let denied = below(identity(&[ALL]), &[&[ALL, DENY_DELETE], &[ALL]]);
    cannot(ROOT, &denied, "s3:DeleteObject");
    can(ROOT, &denied, "s3:GetObject");
}

#[test]
fn scps_bind_neither_the_management_account_nor_service_linked_roles() {
    let denied = below(identity(&[ALL]), &[&[ALL, DENY_DELETE]]);
    cannot(ROLE, &denied, "s3:DeleteObject");
    can(LINKED, &denied, "s3:DeleteObject");
    let managing = Attached {
        management_account: Some(OWN.to_owned()),
        ..denied
    };
    can(ROLE, &managing, "s3:DeleteObject");
}

#[test]
fn rcps_bind_outsiders_and_no_service_linked_role() {
    let fence = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-own"}}}"#;
    let fenced = |who: &str| Attached {
        rcps: vec![vec![policy(PolicyKind::Rcp, &[fence])]],
        ..granted(&[ALL], &format!(r#"{{"AWS":"{who}"}}"#))
    };
    // Whether somebody belongs to the organisation is a key of the request, and so the only way in.
    let found = ask(OUTSIDER, &fenced(OUTSIDER), "s3:GetObject", &asking());
    let witness = found.witness().unwrap();
    let org = witness.request.context.get("aws:PrincipalOrgID").unwrap();
    assert_eq!(org.as_slice(), ["o-own"]);
    let found = ask(LINKED, &fenced(LINKED), "s3:GetObject", &asking());
    let witness = found.witness().unwrap();
    assert_eq!(witness.request.context.get("aws:PrincipalOrgID"), None);
}

#[test]
fn another_account_needs_both_sides() {
    let named = r#"{"AWS":"444455556666"}"#;
    can(OUTSIDER, &granted(&[READ], named), "s3:GetObject");
    cannot(OUTSIDER, &granted(&[READ], named), "s3:DeleteObject");
    cannot(OUTSIDER, &granted(&[], named), "s3:GetObject");
    cannot(
        OUTSIDER,
        &granted(&[ALL], r#"{"AWS":"111122223333"}"#),
        "s3:GetObject",
    );
    cannot(OUTSIDER, &identity(&[ALL]), "s3:GetObject");
    // Everyone is not enough either: a grant to the caller waives nothing across accounts.
    cannot(OUTSIDER, &granted(&[], r#""*""#), "s3:GetObject");
    can("anonymous", &granted(&[], r#""*""#), "s3:GetObject");
    cannot("anonymous", &granted(&[], named), "s3:GetObject");
}

#[test]
fn what_a_bucket_policy_grants_to_the_caller_passes_the_silence_of_limits() {
    let session = format!(r#"{{"AWS":"{SESSION}"}}"#);
    let role = format!(r#"{{"AWS":"{ROLE}"}}"#);
    let user = format!(r#"{{"AWS":"{USER}"}}"#);
    can(
        SESSION,
        &limited(granted(&[], &session), &[READ], &[]),
        "s3:DeleteObject",
    );
    can(
        USER,
        &limited(granted(&[], &user), &[READ], &[]),
        "s3:DeleteObject",
    );
    can(
        SESSION,
        &limited(granted(&[], r#""*""#), &[READ], &[]),
        "s3:DeleteObject",
    );
    // A grant to the role is within them, and so is one to the account.
    cannot(
        SESSION,
        &limited(granted(&[], &role), &[READ], &[]),
        "s3:DeleteObject",
    );
    can(
        SESSION,
        &limited(granted(&[], &role), &[READ], &[]),
        "s3:GetObject",
    );
    cannot(
        SESSION,
        &granted(&[], r#"{"AWS":"111122223333"}"#),
        "s3:GetObject",
    );
    // What is denied stays denied.
    let denied = limited(granted(&[], &session), &[ALL, DENY_DELETE], &[]);
    cannot(SESSION, &denied, "s3:DeleteObject");
}

#[test]
fn session_policies_limit_a_session() {
    let reading = limited(identity(&[ALL]), &[], &[READ]);
    can(SESSION, &reading, "s3:GetObject");
    cannot(SESSION, &reading, "s3:DeleteObject");
    let named = limited(
        granted(&[], &format!(r#"{{"AWS":"{SESSION}"}}"#)),
        &[],
        &[READ],
    );
    can(SESSION, &named, "s3:DeleteObject");
    let asked = under("session-grant=needs-session-policy");
    assert!(ask(SESSION, &named, "s3:DeleteObject", &asked).is_proved());
}

#[test]
fn who_can_names_those_who_can_and_no_one_else() {
    let callers = [USER, ROLE, ROOT, OUTSIDER].map(principal);
    let estates = [
        bounded(&[ALL], &[READ]),
        below(identity(&[ALL]), &[&[ALL]]),
        below(identity(&[]), &[&[ALL, DENY_DELETE]]),
        granted(&[ALL], r#"{"AWS":"444455556666"}"#),
    ];
    let subjects: Vec<Subject<'_>> = callers
        .iter()
        .zip(&estates)
        .map(|(principal, attached)| {
            Subject::Effective(Box::new(Effective {
                principal,
                attached: attached.map(Cow::Borrowed),
                resource_account: Some(OWN),
            }))
        })
        .collect();
    let able = who_can(&subjects, &scope("s3:DeleteObject"), &asking());
    let indices: Vec<usize> = able.iter().map(|(i, _)| *i).collect();
    assert_eq!(indices, [1, 3]);
    for (i, finding) in &able {
        let witness = finding.witness().unwrap();
        assert_eq!(witness.request.principal, callers[*i]);
        assert_eq!(witness.request.action, "s3:DeleteObject");
        assert!(witness.request.resource.starts_with("arn:aws:s3:::data/"));
    }
}

#[test]
fn what_can_names_the_actions_of_the_catalogue_that_are_left() {
    let own =
        r#"{"Effect":"Allow","Action":["s3:Get*","s3:List*","s3:NotYetThere"],"Resource":"*"}"#;
    let limit = r#"{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectTagging","s3:PutObject","s3:ListAllMyBuckets"],"Resource":"*"}"#;
    let fence = r#"{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::data/*","Condition":{"Null":{"s3:ExistingObjectTag/open":"true"}}}"#;
    let estate = below(bounded(&[own], &[limit]), &[&[ALL], &[ALL, fence]]);
    let who = principal(USER);
    let subject = Subject::Effective(Box::new(Effective {
        principal: &who,
        attached: estate.map(Cow::Borrowed),
        resource_account: Some(OWN),
    }));
    let names = |scope: &Policy| -> Vec<String> {
        let found = what_can(&subject, scope, &asking());
        found.into_iter().map(|c| c.action).collect()
    };
    assert_eq!(
        names(&scope("s3:*")),
        ["s3:GetObject", "s3:GetObjectTagging"]
    );
    let anywhere = policy(PolicyKind::ManagedPolicy, &[ALL]);
    assert_eq!(
        names(&anywhere),
        [
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:ListAllMyBuckets",
            "sts:GetCallerIdentity"
        ]
    );
}

#[test]
fn what_no_request_of_today_can_be_is_possible_in_the_open_world_only() {
    let estate = bounded(
        &[r#"{"Effect":"Allow","Action":"s3:NotYetThere","Resource":"*"}"#],
        &[ALL],
    );
    can(USER, &estate, "s3:*");
    let today = Asking {
        world: World::Catalogue,
        ..asking()
    };
    assert!(ask(USER, &estate, "s3:*", &today).is_proved());
    // An action that takes objects is not made on a bucket, nor with a key that it never carries.
    let bucket =
        identity(&[r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::data"}"#]);
    let keyed = identity(&[
        r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}}}"#,
    ]);
    assert!(ask(USER, &bucket, "s3:GetObject", &today).is_proved());
    assert!(ask(USER, &keyed, "s3:GetObject", &today).is_proved());
    can(USER, &keyed, "s3:GetObject");
}
