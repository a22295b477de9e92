//! Scenarios: what is refused and where, batches, and that the published schema says what the code does.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot be set up fails"
)]

use bailiwick::engine::Semantics;
use bailiwick::engine::scenario::{self, Failure, Outcome};
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../docs/simulate.schema.json");

fn run(text: &str) -> Result<Outcome, Failure> {
    scenario::run(text, &Semantics::default())
}

fn said(text: &str) -> Vec<String> {
    let errors = run(text).map(|o| o.decision).unwrap_err().errors;
    errors
        .iter()
        .map(|e| {
            format!(
                "{}:{} {}: {}; expected {}",
                e.line, e.column, e.element, e.message, e.expected
            )
        })
        .collect()
}

/// A scenario with every member that the schema knows.
fn whole() -> Value {
    let allow = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let for_all = json!({"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    json!({
        "id": 7,
        "request": {
            "principal": "arn:aws:sts::111122223333:assumed-role/r/s",
            "action": "s3:GetObject",
            "resource": "arn:aws:s3:::b/k",
            "resource_account": "111122223333",
            "context": {"aws:TagKeys": ["a"], "s3:max-keys": 5, "aws:SecureTransport": true, "aws:userid": null}
        },
        "policies": {
            "identity": [allow],
            "boundary": allow,
            "session": [allow],
            "resource": for_all,
            "endpoint": [for_all],
            "scps": [[allow], [allow, allow]],
            "rcps": [[for_all]],
            "management_account": "999999999999"
        }
    })
}

#[test]
fn says_all_that_is_wrong_and_where() {
    let text = r#"{
  "id": [],
  "request": {
    "principal": "alice",
    "action": "s3:*",
    "resouce": "*",
    "resource_account": "12",
    "context": {"aws:TagKeys": [{}], "a:b": "x", "A:b": "y"}
  },
  "policies": {
    "identity": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": null}]}],
    "boundary": [],
    "scp": [],
    "rcps": {}
  }
}"#;
    insta::assert_snapshot!(said(text).join("\n"));
}

#[test]
fn an_id_comes_back_also_with_errors() {
    let failure = run(r#"{"id": "x-1", "request": {}, "policies": {}}"#).unwrap_err();
    assert_eq!(failure.id, Some(json!("x-1")));
    assert_eq!(failure.errors.len(), 3);
    assert_eq!(
        said("{"),
        ["1:2 : the text ends too early; expected a name in double quotes"]
    );
}

#[test]
fn a_batch_keeps_its_order_and_goes_on_after_errors() {
    let mut lines = Vec::new();
    for id in 0..200 {
        lines.extend(match id % 4 {
            0 => b"{\"id\": oops}".to_vec(),
            1 => b"\xff\xfe".to_vec(),
            2 => b"  ".to_vec(),
            _ => {
                let mut scenario = whole();
                scenario["id"] = json!(id);
                scenario.to_string().into_bytes()
            }
        });
        lines.push(b'\n');
    }
    let results = scenario::run_lines(&lines, 1, &Semantics::default());
    assert_eq!(results.len(), 150);
    for (chunk, id) in results.chunks(3).zip((0..).step_by(4)) {
        let [Err(syntax), Err(encoding), Ok(outcome)] = chunk else {
            panic!("two errors and an outcome: {chunk:?}");
        };
        assert_eq!(
            (syntax.errors[0].line, syntax.errors[0].column),
            (id + 1, 8)
        );
        assert_eq!(
            (encoding.errors[0].line, encoding.errors[0].column),
            (id + 2, 1)
        );
        assert_eq!(outcome.id, Some(json!(id + 3)));
        assert_eq!(outcome.statements[0].line, id + 4);
    }
}

#[test]
fn deciding_statements_are_found_in_the_text() {
    let text = serde_json::to_string_pretty(&whole()).unwrap();
    let outcome = run(&text).unwrap();
    let named: Vec<_> = outcome
        .statements
        .iter()
        .filter(|s| s.sid.is_some())
        .collect();
    assert_eq!(named.len(), 3, "resource, endpoint, RCP");
    for statement in outcome.statements {
        let line = text.lines().nth(statement.line - 1).unwrap();
        assert_eq!(&line[statement.column - 1..], "{");
    }
}

fn properties<'a>(schema: &'a Value, definition: &str) -> Vec<&'a str> {
    let properties = schema["$defs"][definition]["properties"]
        .as_object()
        .unwrap();
    properties.keys().map(String::as_str).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn the_schema_names_what_is_read() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let scenario = whole();
    assert!(run(&scenario.to_string()).is_ok());
    assert_eq!(properties(&schema, "scenario"), keys(&scenario));
    assert_eq!(properties(&schema, "request"), keys(&scenario["request"]));
    assert_eq!(properties(&schema, "policies"), keys(&scenario["policies"]));
    for place in ["", "/request", "/policies"] {
        let mut extended = scenario.clone();
        extended.pointer_mut(place).unwrap()["more"] = json!("x");
        let errors = said(&extended.to_string());
        assert!(errors[0].contains("unknown member `more`"), "{errors:?}");
    }
}

#[test]
fn the_schema_names_what_is_written() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut scenario = whole();
    scenario["policies"]["resource"] = Value::Null;
    scenario["policies"]
        .as_object_mut()
        .unwrap()
        .remove("resource");
    scenario["policies"]["scps"][0][0]["Statement"][0] = json!({
        "Sid": "S", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:*:b/*"
    });
    let outcome = serde_json::to_value(run(&scenario.to_string()).unwrap()).unwrap();
    assert_eq!(outcome["decision"], "explicitly_denied");
    assert_eq!(outcome["denied_by"], json!(["scp"]));
    assert_eq!(properties(&schema, "outcome"), keys(&outcome));
    assert_eq!(
        properties(&schema, "statement"),
        keys(&outcome["statements"][0])
    );
    assert_eq!(
        properties(&schema, "alternative"),
        keys(&outcome["depends_on"][0])
    );
    let failure = serde_json::to_value(run(r#"{"id": 1}"#).unwrap_err()).unwrap();
    assert_eq!(properties(&schema, "failure"), keys(&failure));
    let item = &schema["$defs"]["failure"]["properties"]["errors"]["items"];
    assert_eq!(keys(&item["properties"]), keys(&failure["errors"][0]));
}
