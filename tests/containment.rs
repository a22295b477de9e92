#![expect(
    clippy::panic,
    reason = "a test that cannot read its own documents has failed"
)]
//! Containment questions with known answers: the F cases of docs/engine.md that are about sets of requests.

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::question::{Asking, Finding, Subject, World, disjoint, implies};
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;

fn policy(statements: &str) -> Policy {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    let reading = reader::read(&text, Some(PolicyKind::ManagedPolicy))
        .unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let mut sources = SourceMap::default();
    let source = sources.add("test.json", text.as_str());
    let provenance = ir::read::Provenance {
        kind: PolicyKind::ManagedPolicy,
        name: "test",
        source,
    };
    let catalogue = Catalogue::embedded();
    ir::read::policy(&reading, provenance, |key| {
        key == "many" || catalogue.key(key).is_some_and(|k| k.key.multi_valued)
    })
}

fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect":"{effect}","Action":{action},"Resource":{resource},"Condition":{{{condition}}}}}"#
    )
}

fn al(condition: &str) -> String {
    statement("Allow", r#""s3:GetObject""#, r#""*""#, condition)
}

fn ask(left: &str, right: &str, world: World) -> Finding {
    let (left, right) = (policy(left), policy(right));
    let asking = Asking {
        world,
        ..Asking::new(Catalogue::embedded())
    };
    implies(
        &Subject::document(&left),
        &Subject::document(&right),
        &asking,
    )
}

#[track_caller]
fn within(left: &str, right: &str) {
    let finding = ask(left, right, World::Open);
    assert!(finding.is_proved(), "{left} within {right}: {finding:?}");
}

#[track_caller]
fn not_within(left: &str, right: &str) -> bailiwick::engine::Request {
    let finding = ask(left, right, World::Open);
    match finding.witness() {
        Some(witness) => witness.request.clone(),
        None => panic!("{left} within {right}: {finding:?}"),
    }
}

#[track_caller]
fn equal(left: &str, right: &str) {
    within(left, right);
    within(right, left);
}

#[test]
fn f124_second_letters_do_not_exhaust_names() {
    let all: Vec<String> = ('a'..='z').map(|c| format!("\"x:a{c}*\"")).collect();
    let left = statement("Allow", r#""x:a*""#, r#""*""#, "");
    let right = statement("Allow", &format!("[{}]", all.join(",")), r#""*""#, "");
    not_within(&left, &right);
    within(&right, &left);
}

/// The missing fields of a pattern are `*`; a statement about it was taken to be about other resources.
#[test]
fn a_pattern_of_fewer_fields_meets_what_it_stands_for() {
    let on = |resource: &str| policy(&statement("Allow", r#""s3:GetObject""#, resource, ""));
    let (short, whole) = (on(r#""arn:aws:s3""#), on(r#""arn:aws:s3:::b/k""#));
    let asking = Asking::new(Catalogue::embedded());
    for (one, other) in [(&short, &whole), (&whole, &short)] {
        let found = disjoint(&Subject::document(one), &Subject::document(other), &asking);
        assert!(found.witness().is_some(), "{found:?}");
    }
}

/// A name without wildcards, or all names of a service, were taken for every name that the same wildcards match.
#[test]
fn one_name_does_not_exhaust_a_pattern_that_matches_it() {
    let to = |actions: &str| statement("Allow", actions, r#""*""#, "");
    for (more, less) in [
        (r#""?3:a""#, r#""33:a""#),
        (r#""?3:?""#, r#""33:*""#),
        (r#""s3:a?""#, r#"["s3:aa", "s3:a?b"]"#),
        (r#""*3:a*""#, r#""s3:a*""#),
    ] {
        not_within(&to(more), &to(less));
    }
    let only = |service: &str| {
        statement("Deny", "[]", r#""*""#, "")
            .replace("\"Action\":[]", &format!("\"NotAction\":\"{service}:*\""))
    };
    let more = [to(r#"["*3:a", "s3:b*"]"#), only("s3")].join(",");
    let less = [to(r#""s3:a""#), only("s3")].join(",");
    not_within(&more, &less);
    within(&less, &more);
}

/// One evaluator read zeros in front of a number, and the other did not.
#[test]
fn zeros_in_front_of_a_number_make_no_block() {
    let from = |block: &str| {
        let condition = format!(r#""IpAddress":{{"aws:SourceIp":"{block}"}}"#);
        statement("Allow", r#""s3:GetObject""#, r#""*""#, &condition)
    };
    let nobody = from("nonsense");
    for block in ["05.0.0.0/8", "10.0.0.0/08", "1.2.3.4/032", "::1/0128"] {
        within(&from(block), &nobody);
    }
    not_within(&from("5.0.0.0/8"), &from("05.0.0.0/8"));
}

#[test]
fn f125_two_worlds() {
    let service = Catalogue::embedded().service("sqs").unwrap();
    let names: Vec<String> = service
        .actions
        .iter()
        .map(|a| format!("\"sqs:{}\"", a.name))
        .collect();
    let left = statement("Allow", r#""sqs:*""#, r#""*""#, "");
    let right = statement("Allow", &format!("[{}]", names.join(",")), r#""*""#, "");
    not_within(&left, &right);
    assert!(ask(&left, &right, World::Catalogue).is_proved());
}

#[test]
fn f126_pairwise_tables_miss_this() {
    let left = al(r#""StringLike":{"x:k":"a*"},"StringLikeIfExists":{"x:k":"*b"}"#);
    within(&left, &al(r#""StringLike":{"x:k":"a*b"}"#));
    let right = al(r#""StringLike":{"x:k":"a*c*b"}"#);
    let request = not_within(&left, &right);
    assert!(request.context.get("x:k").is_some());
}

#[test]
fn f127_presence_is_a_case() {
    let right = [
        al(r#""Null":{"x:k":"true"}"#),
        al(r#""StringLike":{"x:k":"*"}"#),
    ];
    equal(&al(""), &right.join(","));
    let request = not_within(&al(""), &al(r#""StringLike":{"x:k":"*"}"#));
    assert!(request.context.get("x:k").is_none());
}

#[test]
fn f128_negated_operators_include_absence() {
    let left = al(r#""StringNotEquals":{"x:k":"x"}"#);
    let right = al(r#""Null":{"x:k":"false"},"StringNotEquals":{"x:k":"x"}"#);
    assert!(not_within(&left, &right).context.get("x:k").is_none());
    within(&right, &left);
}

#[test]
fn f129_for_all_values_holds_of_none() {
    let left = al(r#""ForAllValues:StringEquals":{"aws:TagKeys":["a"]}"#);
    let right = al(r#""ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}"#);
    assert!(
        not_within(&left, &right)
            .context
            .get("aws:TagKeys")
            .is_none()
    );
    not_within(&right, &left);
    let both = al(
        r#""ForAllValues:StringEquals":{"aws:TagKeys":["a"]},"ForAnyValue:StringEquals":{"aws:TagKeys":["a"]}"#,
    );
    within(&both, &right);
    within(&both, &left);
}

#[test]
fn f130_numbers_have_decimals() {
    let left = al(r#""NumericGreaterThan":{"x:k":"3"}"#);
    let right = al(r#""NumericGreaterThanEquals":{"x:k":"4"}"#);
    not_within(&left, &right);
    within(&right, &left);
}

#[test]
fn f131_ranges_merge() {
    let left = al(r#""IpAddress":{"aws:SourceIp":["10.0.0.0/9","10.128.0.0/9"]}"#);
    equal(&left, &al(r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#));
    let six = al(r#""IpAddress":{"aws:SourceIp":["::/1","8000::/1"]}"#);
    equal(&six, &al(r#""IpAddress":{"aws:SourceIp":"::/0"}"#));
    not_within(&al(r#""NotIpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#), &six);
}

#[test]
fn f133_denies_count() {
    let objects = |effect: &str, resource: &str| {
        statement(
            effect,
            r#""s3:GetObject""#,
            &format!("\"arn:aws:s3:::{resource}\""),
            "",
        )
    };
    let left = [objects("Allow", "b/*"), objects("Deny", "b/secret*")].join(",");
    let right = objects("Allow", "b/*");
    within(&left, &right);
    let request = not_within(&right, &left);
    assert!(request.resource.starts_with("arn:aws:s3:::b/secret"));
    assert_eq!(request.action, "s3:GetObject");
}

#[test]
fn f134_at_least_one_letter() {
    let left = al(r#""StringLike":{"x:k":"*"}"#);
    let right = al(r#""StringLike":{"x:k":"?*"}"#);
    let request = not_within(&left, &right);
    assert_eq!(
        request.context.get("x:k").map(|v| v.as_slice().to_vec()),
        Some(vec![String::new()])
    );
    let split = [al(r#""StringLike":{"x:k":""}"#), right];
    equal(&left, &split.join(","));
}

#[test]
fn equality_through_variables() {
    let same = al(r#""StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}"#);
    let fixed = al(
        r#""StringEquals":{"aws:ResourceAccount":"111122223333","aws:PrincipalAccount":"111122223333"}"#,
    );
    within(&fixed, &same);
    not_within(&same, &fixed);
    let other = al(
        r#""StringEquals":{"aws:ResourceAccount":"111122223333","aws:PrincipalAccount":"444455556666"}"#,
    );
    not_within(&other, &same);
    let contradiction = al(
        r#""StringEquals":{"aws:ResourceAccount":["${aws:PrincipalAccount}"],"aws:PrincipalAccount":"1"},"StringNotEquals":{"aws:ResourceAccount":"1"}"#,
    );
    within(&contradiction, &al(r#""Bool":{"x:no":"maybe"}"#));
}

#[test]
fn variables_in_resources() {
    let home = |r: &str, c: &str| {
        statement(
            "Allow",
            r#""s3:GetObject""#,
            &format!("\"arn:aws:s3:::{r}\""),
            c,
        )
    };
    let own = home("b/home/${aws:username}/*", "");
    within(&own, &home("b/home/*", ""));
    not_within(&home("b/home/*", ""), &own);
    let bob = home(
        "b/home/${aws:username}/*",
        r#""StringEquals":{"aws:username":"bob"}"#,
    );
    equal(
        &bob,
        &home("b/home/bob/*", r#""StringEquals":{"aws:username":"bob"}"#),
    );
    not_within(&home("b/home/bob/x", ""), &own);
    within(
        &home("b/home/bob/x", r#""StringEquals":{"aws:username":"bob"}"#),
        &own,
    );
}

#[test]
fn negations_are_complements() {
    let split = |key: &str, one: &str, other: &str, value: &str| {
        let both = [
            al(&format!(r#""{one}":{{"{key}":"{value}"}}"#)),
            al(&format!(r#""{other}":{{"{key}":"{value}"}}"#)),
        ];
        equal(&al(""), &both.join(","));
    };
    split("x:k", "StringLike", "StringNotLike", "a*");
    split(
        "aws:SourceIp",
        "IpAddress",
        "NotIpAddress",
        "203.0.113.0/24",
    );
    split(
        "s3:max-keys",
        "NumericLessThan",
        "NumericGreaterThanEqualsIfExists",
        "5",
    );
    split(
        "aws:CurrentTime",
        "DateLessThan",
        "DateGreaterThanEqualsIfExists",
        "2026-01-01T00:00:00Z",
    );
    split(
        "aws:PrincipalArn",
        "ArnLike",
        "ArnNotLike",
        "arn:aws:iam::*:role/a*",
    );
    split(
        "aws:TagKeys",
        "ForAnyValue:StringEquals",
        "ForAllValues:StringNotEquals",
        "a",
    );
    let mfa = [
        al(r#""Bool":{"aws:MultiFactorAuthPresent":"true"}"#),
        al(r#""BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}"#),
    ];
    equal(&al(""), &mfa.join(","));
}
