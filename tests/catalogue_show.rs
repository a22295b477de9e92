//! What `catalogue info`, `show` and `search` print.
#![expect(
    clippy::unwrap_used,
    reason = "the names exist, or the test has to fail"
)]

use bailiwick::catalogue::{Catalogue, search, show};

fn shown(name: &str) -> String {
    let entries = show::show(Catalogue::embedded(), name).unwrap();
    show::text::render(&entries)
}

#[test]
fn an_action() {
    insta::assert_snapshot!(shown("s3:getobject"));
}

#[test]
fn an_action_with_keys_on_its_types() {
    insta::assert_snapshot!(shown("ec2:DetachVolume"));
}

#[test]
fn an_action_without_resources() {
    insta::assert_snapshot!(shown("s3:ListAllMyBuckets"));
}

#[test]
fn a_service() {
    insta::assert_snapshot!(shown("sqs"));
}

#[test]
fn a_resource_type() {
    insta::assert_snapshot!(shown("dynamodb:table"));
}

#[test]
fn a_global_key() {
    insta::assert_snapshot!(shown("aws:principaltag/team"));
}

#[test]
fn a_key_of_a_service() {
    insta::assert_snapshot!(shown("s3:prefix"));
}

#[test]
fn a_managed_policy() {
    insta::assert_snapshot!(shown("AWSLambdaBasicExecutionRole"));
}

#[test]
fn info() {
    let info = show::info(Catalogue::embedded());
    insta::assert_snapshot!(show::text::render_info(&info));
}

#[test]
fn a_wrong_name_is_answered_with_the_right_one() {
    for (wrong, said) in [
        (
            "s3:GetObjects",
            "the catalogue has no `s3:GetObjects`; did you mean `s3:GetObject`?",
        ),
        (
            "s3:buckets",
            "the catalogue has no `s3:buckets`; did you mean `s3:bucket`?",
        ),
        (
            "aws:SourceIP4",
            "the catalogue has no `aws:SourceIP4`; did you mean `aws:SourceIp`?",
        ),
        (
            "lamda",
            "the catalogue has no `lamda`; did you mean `lambda`?",
        ),
        (
            "securityaudit",
            "the catalogue has no `securityaudit`; did you mean `SecurityAudit`?",
        ),
        (
            "qqqqqqqq",
            "the catalogue has no `qqqqqqqq`; try `bailiwick catalogue search`",
        ),
    ] {
        let not_found = show::show(Catalogue::embedded(), wrong).unwrap_err();
        assert_eq!(show::text::render_not_found(&not_found), said);
    }
}

#[test]
fn no_line_of_words_is_wider_than_the_page() {
    for name in Catalogue::embedded().service_names().step_by(7) {
        for line in shown(name)
            .lines()
            .filter(|l| l.chars().count() > show::text::WIDTH)
        {
            assert!(
                line.contains("arn:") || line.trim().split("  ").all(|cell| !cell.contains(' ')),
                "{line}"
            );
        }
    }
}

#[test]
fn search_puts_the_best_first() {
    for (query, first) in [
        ("s3", "s3"),
        ("GetObject", "s3:GetObject"),
        ("bucket", "s3:bucket"),
        ("passrole", "iam:PassRole"),
        ("SourceIp", "aws:SourceIp"),
        ("SecurityAudit", "SecurityAudit"),
        ("send message queue", "sqs:SendMessage"),
    ] {
        let hits = search::search(Catalogue::embedded(), query);
        assert_eq!(
            hits.first().map(|h| h.name.as_str()),
            Some(first),
            "{query}"
        );
    }
    assert!(search::search(Catalogue::embedded(), "  ").is_empty());
    assert!(search::search(Catalogue::embedded(), "zzzz qqqq").is_empty());
}

#[test]
fn search_reads_well() {
    let hits = search::search(Catalogue::embedded(), "assume role");
    insta::assert_snapshot!(search::render(&hits, 12));
}
