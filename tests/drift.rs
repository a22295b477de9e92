//! `bailiwick drift`: what it finds, how it says it, and its exit codes.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its cases from the disk, and one that cannot go on may panic"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::{assemble, authorization};
use bailiwick::drift::{self, Coverage, Report, State, Tags};
use bailiwick::engine::question::Asking;
use bailiwick::ir::PolicySet;
use bailiwick::source::SourceMap;
use serde_json::Value;

/// Runs the program in `tests/deployed`; exit code and standard output.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deployed");
    let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// What it comes to is asked of a smaller account: the policies of AWS that are attached here hold half of all actions.
const EXPORT: [&str; 7] = [
    "drift",
    "--documents-only",
    "--authorization-details",
    "authorization/acme-prod.json",
    "--organization",
    "organization",
    "project",
];

#[test]
fn drift_is_told_to_people() {
    let (exit, out, _) = run(&EXPORT);
    assert_eq!(exit, 1);
    insta::assert_snapshot!(out);
}

#[test]
fn drift_is_told_as_markdown() {
    let (exit, out, _) = run(&[
        &EXPORT[..],
        &["--format", "markdown", "--verbose", "--tags"],
    ]
    .concat());
    assert_eq!(exit, 1);
    insta::assert_snapshot!(out);
}

#[test]
fn drift_is_told_to_programs() {
    let (exit, out, _) = run(&[&EXPORT[..], &["--format", "json"]].concat());
    assert_eq!(exit, 1);
    let value: serde_json::Value = serde_json::from_str(&out).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&value).unwrap());
}

const GAINS: [&str; 4] = [
    "drift",
    "--authorization-details",
    "gains/export.json",
    "gains/project",
];

/// A policy that allows more: its users through a group gain it, who has a boundary against it does not.
#[test]
fn who_gains_what_is_told() {
    let (exit, out, _) = run(&GAINS);
    assert_eq!(exit, 1);
    insta::assert_snapshot!(out);
    let (_, only, _) = run(&[&GAINS[..], &["--documents-only"]].concat());
    assert!(
        !only.contains("can now") && only.contains("changed: policy `Reports`"),
        "{only}"
    );
}

#[test]
fn who_gains_what_is_told_as_markdown_and_to_programs() {
    let (_, page, _) = run(&[&GAINS[..], &["--format", "markdown"]].concat());
    insta::assert_snapshot!(page);
    let (_, out, _) = run(&[&GAINS[..], &["--format", "json"]].concat());
    let value: Value = serde_json::from_str(&out).unwrap();
    let gain = &value["effect"]["changes"][1];
    let names = gain["subjects"].as_array().unwrap();
    let names: Vec<&str> = names.iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Nightly", "ada", "bob"]);
    assert_eq!(gain["parts"][0]["example"]["action"], "s3:PutObject");
    for (schema, value) in [("drift", &value), ("diff", &value["effect"])] {
        let path = format!("{}/docs/{schema}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(violations(&schema, &schema, value, ""), [""; 0]);
    }
}

#[test]
fn what_cannot_be_read_is_exit_code_2_and_the_rest_is_compared() {
    let broken = [
        "drift",
        "--authorization-details",
        "authorization/broken.json",
        "project",
    ];
    let (exit, out, err) = run(&broken);
    assert_eq!(exit, 2);
    assert!(err.contains("trust policy of role `Deployer`"), "{err}");
    assert!(out.contains("`Deployer`"), "{out}");
    assert!(out.contains("its documents cannot be read"), "{out}");
    assert!(out.contains("missing: role `Nightly`"), "{out}");
    let (exit, ..) = run(&[
        "drift",
        "--authorization-details",
        "nowhere.json",
        "project",
    ]);
    assert_eq!(exit, 2);
}

/// An account of one role with these inline documents, and one managed policy that nobody has.
fn account(inline: &[&str], managed: &str) -> PolicySet {
    let documents: Vec<String> = inline
        .iter()
        .enumerate()
        .map(|(i, d)| format!(r#"{{"PolicyName": "p{i}", "PolicyDocument": {{"Version": "2012-10-17", "Statement": {d}}}}}"#))
        .collect();
    let text = format!(
        r#"{{"RoleDetailList": [{{"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/R", "Path": "/",
        "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": "sts:AssumeRole"}}}},
        "RolePolicyList": [{}], "AttachedManagedPolicies": [{managed}]}}], "UserDetailList": [], "GroupDetailList": [], "Policies": []}}"#,
        documents.join(",")
    );
    let mut sources = SourceMap::default();
    let id = sources.add("a.json", text);
    let (exports, found) = authorization::read(&[id], &sources, Catalogue::embedded());
    assert_eq!(found, vec![]);
    assemble(None, &exports)
}

fn compared(sources: &PolicySet, deployed: &PolicySet) -> Report {
    let coverage = [Coverage {
        account: "111122223333".to_owned(),
        ..Coverage::default()
    }];
    let asking = Asking::new(Catalogue::embedded());
    drift::compare(sources, deployed, &coverage, Tags::Ignored, &asking)
}

fn states(sources: &[&str], deployed: &[&str]) -> Vec<State> {
    let report = compared(&account(sources, ""), &account(deployed, ""));
    report.items.iter().map(|i| i.state).collect()
}

const READ: &str =
    r#"{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"}"#;
const GET: &str = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
const PUT: &str = r#"{"Sid": "Put", "Effect": "Allow", "Action": "s3:putobject", "Resource": "*"}"#;
const DENY: &str = r#"{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}"#;

#[test]
fn only_a_difference_in_meaning_is_drift() {
    assert_eq!(states(&[READ], &[READ]), []);
    assert_eq!(states(&[READ], &[GET, PUT]), [State::Rewritten]);
    assert_eq!(states(&[READ], &[PUT, GET]), [State::Rewritten]);
    assert_eq!(states(&[GET], &[READ]), [State::Changed]);
    assert_eq!(states(&[GET], &[]), [State::Changed]);
    assert_eq!(states(&[], &[]), []);
}

#[test]
fn a_deny_that_bites_nothing_here_still_counts() {
    assert_eq!(states(&[READ, DENY], &[READ]), [State::Changed]);
    assert_eq!(states(&[DENY], &[]), [State::Changed]);
    let twice = r#"[{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::b/*"}]"#;
    assert_eq!(states(&[DENY], &[twice]), [State::Rewritten]);
}

#[test]
fn attachments_of_which_nobody_has_the_document_are_undecided() {
    let managed = r#"{"PolicyName": "X", "PolicyArn": "arn:aws:iam::111122223333:policy/X"}"#;
    let report = compared(&account(&[GET], ""), &account(&[GET], managed));
    assert!(report.is_undecided());
    assert!(!report.has_drift());
}

#[test]
fn each_side_alone_is_missing_or_extra() {
    let one = account(&[GET], "");
    let mut none = one.clone();
    none.accounts[0].roles.clear();
    let missing = compared(&one, &none);
    assert_eq!(missing.items[0].state, State::Missing);
    let extra = compared(&none, &one);
    assert_eq!(extra.items[0].state, State::Extra);
}

/// Every place where a value breaks a schema, with as much of JSON Schema as ours use. A member that the schema does not
/// name is one.
fn violations(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let schema = root.pointer(name.trim_start_matches('#')).unwrap();
        return violations(root, schema, value, at);
    }
    if let Some(choices) = schema["enum"].as_array() {
        let known = choices.contains(value);
        return if known {
            vec![]
        } else {
            vec![format!("{at}: no such choice: {value}")]
        };
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(|t| t.as_str().unwrap()).collect(),
        one => one.as_str().into_iter().collect::<Vec<_>>(),
    };
    let is = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::Null => "null",
    };
    if !types.is_empty() && !types.contains(&is) {
        return vec![format!("{at}: {is}, not {types:?}")];
    }
    let mut found = Vec::new();
    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(violations(
            root,
            &schema["items"],
            item,
            &format!("{at}/{i}"),
        ));
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        match (
            schema["properties"].get(name),
            &schema["additionalProperties"],
        ) {
            (Some(schema), _) => found.extend(violations(root, schema, member, &at)),
            (None, Value::Object(_)) => {
                found.extend(violations(
                    root,
                    &schema["additionalProperties"],
                    member,
                    &at,
                ));
            }
            (None, _) if schema["properties"].is_null() => {}
            (None, _) => found.push(format!("{at}: not in the schema")),
        }
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.is_object() && value.get(name.as_str().unwrap()).is_none() {
            found.push(format!("{at}: lacks {name}"));
        }
    }
    found
}

#[test]
fn what_is_written_keeps_to_its_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/drift.schema.json");
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let (_, out, _) = run(&[&EXPORT[..], &["--format", "json", "--tags"]].concat());
    let mut value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(violations(&schema, &schema, &value, ""), [""; 0]);
    value["items"][0]["state"] = "gone".into();
    assert_eq!(violations(&schema, &schema, &value, "").len(), 1);
}

/// A path that is not there is said at once, whatever the sources are like.
#[test]
fn a_missing_export_is_said_before_the_sources_are_read() {
    for missing in [
        ["--authorization-details", "nowhere.json"],
        ["--organization", "nowhere"],
    ] {
        let arguments = [
            "drift",
            "--authorization-details",
            "authorization/acme-prod.json",
        ];
        let (exit, out, err) = run(&[&arguments[..], &missing, &["authorization"]].concat());
        assert_eq!((exit, out.as_str()), (2, ""));
        assert!(err.contains("nowhere"), "{err}");
    }
}
