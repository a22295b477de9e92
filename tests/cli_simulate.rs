//! `bailiwick simulate` and `bailiwick semantics`, end to end.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot run the binary fails"
)]

use assert_cmd::Command;
use serde_json::Value;

const ALLOWED: &str = r#"{"id": "a", "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}, "policies": {"identity": [{"Version": "2012-10-17", "Statement": {"Sid": "Get", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}]}}"#;

const CROSSES: &str = r#"{"id": 2, "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "sqs:SendMessage", "resource": "arn:aws:sqs:eu-west-1:111122223333:q"}, "policies": {"identity": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:sqs:*:q"}}}}"#;

fn simulate(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::cargo_bin("bailiwick").unwrap();
    let output = command
        .arg("simulate")
        .args(arguments)
        .write_stdin(input)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

fn values(lines: &str) -> Vec<Value> {
    let lines = lines.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().unwrap()
}

#[test]
fn one_scenario() {
    let (code, out, told) = simulate(&["-"], ALLOWED);
    assert_eq!(code, 0);
    let result = values(&out);
    assert_eq!(result[0]["decision"], "allowed");
    assert_eq!(result[0]["statements"][0]["sid"], "Get");
    let column = ALLOWED.find("{\"Sid\"").unwrap() + 1;
    let place = format!("  line 1, column {column}: identity, document 0, statement 0 `Get`\n");
    assert_eq!(told, format!("allowed\n{place}"));
}

#[test]
fn settings_change_the_decision_and_are_named() {
    let (code, out, told) = simulate(&["-"], CROSSES);
    assert_eq!(
        (code, values(&out)[0]["decision"].as_str()),
        (0, Some("allowed"))
    );
    assert!(
        told.contains("--semantics resource-wildcards=segment"),
        "{told}"
    );
    let (code, out, _) = simulate(&["--semantics", "resource-wildcards=segment", "-"], CROSSES);
    assert_eq!(
        (code, values(&out)[0]["decision"].as_str()),
        (0, Some("implicitly_denied"))
    );
    let (code, out, told) = simulate(&["--semantics", "resource-wildcard=segment", "-"], CROSSES);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        told.contains("did you mean `resource-wildcards`?"),
        "{told}"
    );
}

#[test]
fn a_batch_goes_on_after_a_line_that_is_none() {
    let input = format!("{ALLOWED}\n{{\"id\": 7}}\n\n{CROSSES}");
    let (code, out, told) = simulate(&["--batch", "-"], &input);
    assert_eq!((code, told.as_str()), (1, ""));
    let results = values(&out);
    let ids: Vec<String> = results.iter().map(|r| r["id"].to_string()).collect();
    assert_eq!(ids, ["\"a\"", "7", "2"]);
    assert_eq!(results[1]["errors"][0]["line"], 2);
    assert_eq!(results[2]["statements"][0]["line"], 4);
}

#[test]
fn what_cannot_be_read_has_exit_codes_of_its_own() {
    let (code, out, told) = simulate(&["-"], "{\"request\": 5}");
    assert_eq!(code, 1);
    assert_eq!(values(&out)[0]["errors"].as_array().unwrap().len(), 2);
    assert!(
        told.starts_with("line 1, column 1: `policies` is missing"),
        "{told}"
    );
    assert_eq!(simulate(&["no-such-file.json"], "").0, 2);
    assert_eq!(simulate(&[], "").0, 2);
    assert_eq!(simulate(&["--batch", "-", "x.json"], "").0, 2);
}

#[test]
fn semantics_are_listed_with_their_reasons() {
    let output = |format: &str| {
        let mut command = Command::cargo_bin("bailiwick").unwrap();
        let output = command
            .args(["--format", format, "semantics"])
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let records = values(&output("json"));
    assert_eq!(records.len(), bailiwick::engine::semantics::SETTINGS.len());
    assert_eq!(records[0]["name"], "resource-wildcards");
    assert_eq!(records[0]["default"], "documented");
    let text = output("human");
    assert!(text.starts_with("resource-wildcards (X1)\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 100));
}
