//! The questions of docs/engine.md, timed: `cargo bench --bench engine`.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark over documents that are part of the catalogue"
)]

#[path = "support/document.rs"]
mod document;

use std::borrow::Cow;

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::question::{
    Asking, Effective, Finding, Subject, disjoint, implies, implies_both,
};
use bailiwick::engine::{Attached, Principal};
use bailiwick::iam::PolicyKind;
use bailiwick::ir::Policy;
use document::read;

fn main() {
    divan::main();
}

fn policy(statements: &[String], kind: PolicyKind) -> Policy {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    read(&text, kind)
}

fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}","Condition":{{{condition}}}}}"#
    )
}

/// Allows over overlapping globs, and denies that interact with them and with one another.
fn tangled(count: usize, spare: usize) -> Policy {
    let letters = ["a", "b", "c", "d", "e"];
    let letter = |i: usize| letters.get(i % 5).copied().unwrap_or("a");
    let statements: Vec<String> = (0..count)
        .filter(|i| *i != spare)
        .map(|i| {
            let effect = if i % 3 == 0 { "Deny" } else { "Allow" };
            let resource = format!(
                "arn:aws:s3:::{}*{}/*{}*",
                letter(i),
                letter(i / 5),
                letter(i / 7)
            );
            let condition = match i % 4 {
                0 => format!(r#""StringLike":{{"aws:PrincipalTag/t":"{}*"}}"#, letter(i)),
                1 => format!(
                    r#""StringNotLike":{{"aws:PrincipalTag/t":"*{}"}}"#,
                    letter(i)
                ),
                2 => r#""Bool":{"aws:SecureTransport":"true"}"#.to_owned(),
                _ => String::new(),
            };
            statement(effect, "s3:GetObject", &resource, &condition)
        })
        .collect();
    policy(&statements, PolicyKind::ManagedPolicy)
}

#[divan::bench]
fn sixty_tangled_statements_against_themselves_but_one(bencher: divan::Bencher<'_, '_>) {
    let (one, two) = (tangled(60, 100), tangled(60, 7));
    let asking = Asking::new(Catalogue::embedded());
    bencher.bench(|| implies_both(&Subject::document(&one), &Subject::document(&two), &asking));
}

#[divan::bench]
fn security_audit_against_read_only(bencher: divan::Bencher<'_, '_>) {
    let catalogue = Catalogue::embedded();
    let of = |name: &str| {
        let managed = catalogue.managed_policy(name).unwrap();
        read(&managed.document_json, PolicyKind::ManagedPolicy)
    };
    let (one, two) = (of("SecurityAudit"), of("ReadOnlyAccess"));
    let asking = Asking::new(catalogue);
    bencher.bench(|| implies(&Subject::document(&one), &Subject::document(&two), &asking));
}

/// Decided by the names of the actions alone.
#[divan::bench]
fn a_proof_under_boundary_and_five_levels(bencher: divan::Bencher<'_, '_>) {
    prove_beneath(bencher, &statement("Allow", "s3:Delete*", "*", ""));
}

/// Decided by a condition of the boundary, under the conditions of the levels.
#[divan::bench]
fn a_proof_by_condition_under_boundary_and_five_levels(bencher: divan::Bencher<'_, '_>) {
    let plain_http = r#""Bool":{"aws:SecureTransport":"false"}"#;
    prove_beneath(bencher, &statement("Allow", "*", "*", plain_http));
}

fn prove_beneath(bencher: divan::Bencher<'_, '_>, scope: &str) {
    let deny = |i: usize| {
        let condition = r#""StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}"#;
        let all = statement("Allow", "*", "*", "");
        let region = statement("Deny", "ec2:*", "*", condition);
        let service = statement("Deny", &format!("organizations:Leave{i}*"), "*", "");
        vec![policy(&[all, region, service], PolicyKind::Scp)]
    };
    let objects = "arn:aws:s3:::data/*";
    let attached = Attached {
        identity: vec![policy(
            &[
                statement("Allow", "s3:*", "*", ""),
                statement("Allow", "ec2:*", "*", ""),
            ],
            PolicyKind::InlinePolicy,
        )],
        boundary: Some(policy(
            &[statement(
                "Allow",
                "s3:Get*",
                objects,
                r#""Bool":{"aws:SecureTransport":"true"}"#,
            )],
            PolicyKind::Boundary,
        )),
        scps: (0..5).map(deny).collect(),
        ..Attached::default()
    };
    let principal = Principal::parse("arn:aws:iam::111122223333:role/Reader").unwrap();
    let scope = policy(&[scope.to_owned()], PolicyKind::ManagedPolicy);
    let asking = Asking::new(Catalogue::embedded());
    bencher.bench(|| {
        let subject = Subject::Effective(Box::new(Effective {
            principal: &principal,
            attached: attached.map(Cow::Borrowed),
            resource_account: None,
        }));
        let finding = disjoint(&subject, &Subject::document(&scope), &asking);
        assert_eq!(finding, Finding::Proved);
    });
}
