//! What is written for machines is as their formats say: SARIF against its own schema, JUnit's XML, annotations.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and it touches the disk on purpose"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

const SOURCE: &str = r#"
role Reader {
  trust service "ec2.amazonaws.com"
  allow s3:GetObject on s3:bucket "reports"/*
  waive wildcard-action until 2099-12-31 because "a <test> & nothing else"
  allow s3:* on *
}
org Acme "o-a1b2c3d4e5" { account Prod "111111111111" { deploy Reader } }

prove Reader cannot s3:DeleteObject on *
prove Reader cannot ec2:RunInstances on *
test "reads & <writes>" {
  given role Reader in Prod
  can    s3:GetObject on s3:bucket "reports"/"x"
  cannot s3:PutObject on s3:bucket "reports"/"x"
}
"#;

/// Exit code and stdout of a command over a small project in which a proof and a test fail.
fn run(arguments: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("bailiwick.toml"),
        "[project]\nname = \"x\"\n",
    )
    .unwrap();
    fs::write(folder.path().join("all.bw"), SOURCE).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .current_dir(folder.path())
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text)
}

fn read(path: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

fn complaints(schema: &Value, value: &Value) -> Vec<String> {
    let validator = jsonschema::validator_for(schema).unwrap();
    let errors = validator.iter_errors(value);
    errors
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect()
}

fn sarif_schema() -> Value {
    let mut schema = read("tests/fixtures/sarif/sarif-2.1.0.schema.json");
    // A bracket of this pattern closes nothing, which strict readers of schemas refuse; later errata have mended it.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language["pattern"] = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    schema
}

#[test]
fn sarif_is_as_its_schema_says() {
    let schema = sarif_schema();
    for command in ["check", "prove", "test"] {
        let (code, text) = run(&[command, "--format", "sarif"]);
        assert_eq!(code, 1, "{command}");
        let mut document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            complaints(&schema, &document),
            Vec::<String>::new(),
            "{command}"
        );
        let results = document["runs"][0]["results"].as_array().unwrap().clone();
        assert!(!results.is_empty(), "{command}");
        for result in &results {
            let rule = &document["runs"][0]["tool"]["driver"]["rules"]
                [result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
            assert!(!rule["help"]["markdown"].as_str().unwrap().is_empty());
        }
        if command == "check" {
            let reasons = results.iter().flat_map(|r| r["suppressions"].as_array());
            let reasons: Vec<&Value> = reasons.flatten().map(|s| &s["justification"]).collect();
            assert_eq!(reasons, ["a <test> & nothing else (until 2099-12-31)"]);
        }
        document["runs"][0]["results"][0]["level"] = "disaster".into();
        assert_ne!(complaints(&schema, &document), Vec::<String>::new());
    }
}

#[test]
fn junit_tells_failures_from_successes() {
    let (code, text) = run(&["prove", "--format", "junit"]);
    assert_eq!(code, 1);
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_eq!(
        (report.tests, report.failures, report.errors),
        (2, 1, 0),
        "{text}"
    );
    assert!(
        text.contains("line=\"10\"") && text.contains("all.bw:6"),
        "{text}"
    );
    let (code, text) = run(&["test", "--format", "junit"]);
    assert_eq!(code, 1);
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_eq!((report.tests, report.failures), (1, 1), "{text}");
    assert!(text.contains("reads &amp; &lt;writes"), "{text}");
    let (code, text) = run(&["check", "--format", "junit"]);
    assert_eq!(code, 1);
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let suites: Vec<&str> = report.test_suites.iter().map(|s| s.name.as_str()).collect();
    assert!(suites.starts_with(&["proofs", "tests"]), "{suites:?}");
    assert!(report.tests >= 3 && report.failures >= 2, "{text}");
}

#[test]
fn annotations_stand_at_the_proof_that_fails() {
    let (code, text) = run(&["prove", "--format", "github"]);
    assert_eq!(code, 1);
    assert!(text.starts_with("::error file=all.bw,line=10,"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

/// Every golden of `diff`, against the schema that programs are given.
#[test]
fn differences_are_as_their_schema_says() {
    let schema = read("docs/diff.schema.json");
    let mut seen = 0;
    for case in fs::read_dir(root().join("tests/diff")).unwrap() {
        let golden = case.unwrap().path().join("expected.json");
        let Ok(text) = fs::read_to_string(&golden) else {
            continue;
        };
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            complaints(&schema, &value),
            Vec::<String>::new(),
            "{golden:?}"
        );
        seen += 1;
    }
    assert!(seen > 8);
    assert_ne!(
        complaints(&schema, &serde_json::json!({})),
        Vec::<String>::new()
    );
}

#[test]
fn a_difference_for_code_scanning_is_as_its_schema_says() {
    let schema = sarif_schema();
    for case in ["escalation", "guardrail_narrower", "public_bucket"] {
        let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
            .current_dir(root().join("tests/diff").join(case))
            .args(["diff", "old", "new", "--format", "sarif"])
            .output()
            .unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            complaints(&schema, &document),
            Vec::<String>::new(),
            "{case}"
        );
        let run = &document["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let rule =
                &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"]);
        }
        let worst = &run["results"][0];
        let expected = match case {
            "escalation" => ("new-escalation", "error"),
            "guardrail_narrower" => ("lost-access", "note"),
            _ => ("new-access", "warning"),
        };
        assert_eq!(
            (&worst["ruleId"], &worst["level"]),
            (&expected.0.into(), &expected.1.into())
        );
        let line = &worst["locations"][0]["physicalLocation"]["region"]["startLine"];
        assert!(line.is_u64(), "{worst}");
    }
}

#[test]
fn a_difference_is_annotated_at_the_line_that_did_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .current_dir(root().join("tests/diff/escalation"))
        .args(["diff", "old", "new", "--format", "github"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.starts_with("::error file=main.bw,line=4,title=escalation"),
        "{text}"
    );
    assert!(text.contains("\n::warning file=main.bw,line=4,"), "{text}");
}
