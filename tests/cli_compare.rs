//! `bailiwick compare`, end to end.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot run the binary or write its own files fails"
)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};

/// A folder of documents for one test.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Desk(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, content: &Value) -> PathBuf {
        self.put_text(name, &content.to_string())
    }

    fn put_text(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Compares two documents; the exit code and the JSON.
    fn compare(&self, left: &Value, right: &Value, arguments: &[&str]) -> (i32, Value) {
        let (left, right) = (self.put("left.json", left), self.put("right.json", right));
        let (code, out, told) = run(&[&left, &right], arguments, "");
        let json = serde_json::from_str(&out).unwrap_or_else(|_| json!(told));
        (code, json)
    }
}

fn run(files: &[&Path], arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::cargo_bin("bailiwick").unwrap();
    let output = command
        .args(["--format", "json", "compare"])
        .args(files)
        .args(arguments)
        .write_stdin(input)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn allow(action: &str, resource: &str) -> Value {
    document(&json!([{"Effect": "Allow", "Action": action, "Resource": resource}]))
}

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[test]
fn each_relation_has_its_code_and_its_witnesses() {
    let desk = Desk::new();
    let (get, all) = (allow("s3:GetObject", "*"), allow("s3:*", "*"));
    let put = allow("s3:PutObject", "*");
    for (left, right, relation, code) in [
        (&get, &get, "equal", 0),
        (&all, &get, "narrower", 0),
        (&get, &all, "wider", 1),
        (&get, &put, "incomparable", 1),
    ] {
        let (exit, found) = desk.compare(left, right, &[]);
        assert_eq!((exit, found["relation"].as_str()), (code, Some(relation)));
        let left_only = relation == "narrower" || relation == "incomparable";
        let right_only = relation == "wider" || relation == "incomparable";
        assert_eq!(found["left_only"].is_object(), left_only, "{found}");
        assert_eq!(found["right_only"].is_object(), right_only, "{found}");
        assert_eq!(found["reason"], Value::Null);
    }
    let (_, found) = desk.compare(&get, &put, &[]);
    assert_eq!(found["left_only"]["action"], "s3:GetObject");
    assert_eq!(found["right_only"]["action"], "s3:PutObject");
    assert_eq!(found["left_only"]["context"], json!({}));
    assert!(found["left_only"].get("principal").is_none());
}

#[test]
fn unknown_says_why_and_ends_with_four() {
    let desk = Desk::new();
    let bool_of = |variable: &str| {
        document(
            &json!([{"Effect": "Allow", "Action": "s3:*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": variable}}}]),
        )
    };
    let (left, right) = (bool_of("${aws:PrincipalTag/a}"), bool_of("true"));
    let arguments = ["--semantics", "variables-in-bool=substituted"];
    let (code, found) = desk.compare(&left, &right, &arguments);
    assert_eq!(code, 4);
    assert_eq!(found["relation"], "unknown");
    assert_eq!(found["reason"], "a variable as a value of `Bool`");
    let (code, found) = desk.compare(
        &allow("s3:G*", "*"),
        &allow("s3:Ge*", "*"),
        &["--steps", "1"],
    );
    assert_eq!((code, found["reason"].as_str()), (4, Some("budget")));
}

#[test]
fn a_list_is_attached_together() {
    let desk = Desk::new();
    let deny = document(&json!([{"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]));
    let both = json!([allow("s3:*", "*"), deny]);
    let (code, found) = desk.compare(&allow("s3:*", "*"), &both, &[]);
    assert_eq!((code, found["relation"].as_str()), (0, Some("narrower")));
    let witness = found["left_only"]["action"].as_str().unwrap();
    assert!(
        witness.to_ascii_lowercase().starts_with("s3:put"),
        "{found}"
    );
    let (_, found) = desk.compare(&json!([]), &deny, &[]);
    assert_eq!(found["relation"], "equal");
}

#[test]
fn the_kind_decides_what_a_document_may_hold_and_mean() {
    let desk = Desk::new();
    // Fewer than six fields: completed in an identity policy, never in an RCP.
    let (short, full) = ("arn:aws:sqs:*", "arn:aws:sqs:*:*:*");
    let (code, found) = desk.compare(&allow("sqs:*", short), &allow("sqs:*", full), &[]);
    assert_eq!((code, found["relation"].as_str()), (0, Some("equal")));
    let deny = |resource: &str| {
        document(
            &json!([{"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": resource}]),
        )
    };
    let (_, found) = desk.compare(
        &json!([deny(short)]),
        &json!([deny(full)]),
        &["--kind", "rcp"],
    );
    assert_eq!(found["relation"], "equal", "a deny alone allows nothing");
    let trust = document(&json!([{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": "111122223333"}}]));
    let wide =
        document(&json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]));
    let (code, found) = desk.compare(&trust, &wide, &["--kind", "trust"]);
    assert_eq!((code, found["relation"].as_str()), (1, Some("wider")));
    assert!(!found["right_only"]["principal"].is_null(), "{found}");
    let (code, told) = desk.compare(&trust, &wide, &["--kind", "identity"]);
    assert_eq!(code, 2);
    assert!(told.as_str().unwrap().contains("Principal"), "{told}");
}

#[test]
fn the_catalogue_is_the_world_that_is_asked_about() {
    let desk = Desk::new();
    // No action of S3 begins like this today.
    let (left, right) = (
        allow("s3:Get*", "*"),
        document(&json!([
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:Zzz*"], "Resource": "*"}])),
    );
    let (code, found) = desk.compare(&left, &right, &[]);
    assert_eq!((code, found["relation"].as_str()), (1, Some("wider")));
    assert_eq!(found["right_only"]["in_catalogue"], false);
    let (code, found) = desk.compare(&left, &right, &["--world", "catalogue"]);
    assert_eq!((code, found["relation"].as_str()), (0, Some("equal")));
}

#[test]
fn settings_that_matter_are_named() {
    let desk = Desk::new();
    // Where a star may run past colons, the first says what the second adds.
    let two = document(&json!([{"Effect": "Allow", "Action": "sqs:*",
        "Resource": ["arn:aws:sqs:*:*:q", "arn:aws:sqs:*:*:*:q"]}]));
    let one = allow("sqs:*", "arn:aws:sqs:*:*:q");
    let (code, found) = desk.compare(&one, &two, &[]);
    assert_eq!((code, found["relation"].as_str()), (0, Some("equal")));
    let expected =
        json!([{"setting": "resource-wildcards", "value": "segment", "relation": "wider"}]);
    assert_eq!(found["depends_on"], expected);
    let segment = ["--semantics", "resource-wildcards=segment"];
    let (code, found) = desk.compare(&one, &two, &segment);
    assert_eq!((code, found["relation"].as_str()), (1, Some("wider")));
    let others: Vec<&Value> = found["depends_on"].as_array().unwrap().iter().collect();
    assert_eq!(others.len(), 3, "the type is a wildcard, too: {found}");
    let (_, found) = desk.compare(&allow("s3:*", "*"), &allow("sqs:*", "*"), &[]);
    assert!(found.get("depends_on").is_none(), "{found}");
}

#[test]
fn people_are_told_which_setting_matters() {
    let desk = Desk::new();
    let tags = |operator: &str| {
        document(
            &json!([{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*",
            "Condition": {operator: {"aws:TagKeys": ["a"]}}}]),
        )
    };
    let left = desk.put("left.json", &tags("ForAnyValue:StringEquals"));
    let right = desk.put("right.json", &tags("StringEquals"));
    let mut command = Command::cargo_bin("bailiwick").unwrap();
    let output = command
        .arg("compare")
        .args([&left, &right])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("narrower: RIGHT allows strictly less\nonly LEFT allows:\n"),
        "{text}"
    );
    let note = "with --semantics plain-operator-on-multivalued=any it would be equal\n";
    assert!(text.ends_with(note), "{text}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_batch_answers_every_line_in_order() {
    let desk = Desk::new();
    let pair = |id: Value, left: &Value, right: &Value| {
        json!({"id": id, "left": left, "right": right}).to_string()
    };
    let (get, all) = (allow("s3:GetObject", "*"), allow("s3:*", "*"));
    let lines = [
        pair(json!("first"), &all, &get),
        r#"{"id": 2, "left": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}]}, "right": []}"#.to_owned(),
        r#"{"id": "three", "left": []}"#.to_owned(),
        "[1]".to_owned(),
        "{\"id\": 5,".to_owned(),
        String::new(),
        pair(json!(6), &get, &json!([all, get])),
    ];
    let text = lines.join("\n");
    let file = desk.put_text("pairs.jsonl", &text);
    let (code, out, _) = run(&[], &["--batch", file.to_str().unwrap()], "");
    assert_eq!(code, 2, "a line that cannot be read is what CI has to see");
    let results: Vec<Value> = out
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let ids: Vec<&Value> = results.iter().map(|r| &r["id"]).collect();
    assert_eq!(
        ids,
        [
            &json!("first"),
            &json!(2),
            &json!("three"),
            &Value::Null,
            &Value::Null,
            &json!(6)
        ]
    );
    assert_eq!(results[0]["relation"], "narrower");
    let duplicate = results[1]["error"].as_str().unwrap();
    assert!(
        duplicate.contains("line 1, column ") && duplicate.contains("Effect"),
        "{duplicate}"
    );
    assert_eq!(results[2]["error"], "there is no `right`");
    assert!(
        results[3]["error"]
            .as_str()
            .unwrap()
            .contains("an object with")
    );
    assert!(results[4]["error"].is_string());
    assert_eq!(results[5]["relation"], "wider");
    let (code, from_stdin, _) = run(&[], &["--batch", "-"], &text);
    assert_eq!((code, from_stdin), (2, out));
    let (code, _, _) = run(&[], &["--batch", "-"], &format!("{}\n", lines[0]));
    assert_eq!(code, 0);
    let (code, _, _) = run(&[], &["--batch", "-"], &lines[6]);
    assert_eq!(code, 1);
    let (code, out, _) = run(&[], &["--batch", "-"], "");
    assert_eq!((code, out.as_str()), (0, ""));
}

#[test]
fn a_malformed_document_is_refused_with_its_places() {
    let desk = Desk::new();
    let good = desk.put("good.json", &allow("s3:*", "*"));
    let bad = desk.put_text("bad.json", "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\"Effect\": \"Maybe\", \"Action\": 3, \"Resource\": \"*\"}]\n}");
    let (code, out, told) = run(&[&good, &bad], &[], "");
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(told.contains("bad.json"), "{told}");
    assert!(
        told.contains("line 3, column 28") && told.contains("line 3, column 47"),
        "{told}"
    );
    let (code, _, told) = run(&[&good, Path::new("absent.json")], &[], "");
    assert_eq!(code, 2);
    assert!(told.contains("absent.json"), "{told}");
    let (code, _, _) = run(&[&good], &[], "");
    assert_eq!(code, 2);
    let (code, _, told) = run(
        &[&good, &good],
        &["--semantics", "resource-wildcards=all"],
        "",
    );
    assert_eq!(code, 2);
    assert!(told.contains("documented, segment, whole-string"), "{told}");
    let both = ["--batch", "-"];
    assert_eq!(run(&[&good, &good], &both, "").0, 2);
}
