//! The manifest against `docs/manifest.schema.json`, with as much of JSON Schema as that file uses.

use serde_json::Value;

use super::{Meta, build};
use crate::backend::fixtures::{project, sources};
use crate::backend::{Options, Style, emit};
use crate::iam::quotas::Quotas;

const SCHEMA: &str = include_str!("../../../docs/manifest.schema.json");

/// Every place where the value breaks the schema.
fn violations(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let wrong = |what: &str| vec![format!("{at}: {what}: {value}")];
    if let Some(name) = schema["$ref"].as_str() {
        let schema = root.pointer(name.trim_start_matches('#')).unwrap();
        return violations(root, schema, value, at);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |c: &&Value| violations(root, c, value, at).is_empty();
        return match choices.iter().filter(fits).count() {
            1 => Vec::new(),
            n => wrong(&format!("fits {n} of the choices")),
        };
    }
    if let Some(choices) = schema["enum"].as_array() {
        return if choices.contains(value) {
            Vec::new()
        } else {
            wrong("no such choice")
        };
    }
    if let Some(constant) = schema.get("const") {
        return if constant == value {
            Vec::new()
        } else {
            wrong("another constant")
        };
    }
    match (schema["type"].as_str().unwrap(), value) {
        ("object", Value::Object(members)) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let missing = required.filter(|k| !members.contains_key(k.as_str().unwrap()));
            let mut found: Vec<_> = missing.map(|k| format!("{at}: lacks {k}")).collect();
            for (key, member) in members {
                let at = format!("{at}/{key}");
                match (
                    schema["properties"].get(key),
                    &schema["additionalProperties"],
                ) {
                    (Some(schema), _) => found.extend(violations(root, schema, member, &at)),
                    (None, Value::Bool(false)) => found.push(format!("{at}: not in the schema")),
                    (None, schema) => found.extend(violations(root, schema, member, &at)),
                }
            }
            found
        }
        ("array", Value::Array(items)) => {
            let item = |(i, v)| violations(root, &schema["items"], v, &format!("{at}/{i}"));
            items.iter().enumerate().flat_map(item).collect()
        }
        ("string", Value::String(_)) | ("boolean", Value::Bool(_)) => Vec::new(),
        ("integer", Value::Number(n)) if n.is_u64() => Vec::new(),
        (wanted, _) => wrong(&format!("no {wanted}")),
    }
}

fn manifest() -> Value {
    let (set, (map, _)) = (project(), sources());
    let (artefacts, _) = emit(&set, &Quotas::embedded(), &map, Options::default());
    let meta = Meta {
        project: "acme".to_owned(),
        generator: "bailiwick".to_owned(),
        catalogue: "1".to_owned(),
        quotas_as_of: "2026-11-23".to_owned(),
        style: Style::Readable,
        proved: super::Proved {
            engine: "0.1.0".to_owned(),
            fragment: "iam-1".to_owned(),
            world: "open".to_owned(),
        },
    };
    serde_json::to_value(build(&artefacts, &set, &map, meta)).unwrap()
}

#[test]
fn a_manifest_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    assert_eq!(violations(&schema, &schema, &manifest(), ""), [""; 0]);
}

#[test]
fn what_breaks_the_schema_is_seen() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let breaks = |change: &dyn Fn(&mut Value)| {
        let mut value = manifest();
        change(&mut value);
        violations(&schema, &schema, &value, "").len()
    };
    assert_eq!(breaks(&|v| v["format_version"] = 2.into()), 1);
    assert_eq!(breaks(&|v| v["documents"][0]["kind"] = "policy".into()), 1);
    assert_eq!(breaks(&|v| v["documents"][0]["target"] = "node".into()), 1);
    assert_eq!(breaks(&|v| v["accounts"][0]["surprise"] = 1.into()), 1);
    assert_eq!(
        breaks(&|v| drop(v["accounts"][0].as_object_mut().unwrap().remove("id"))),
        1
    );
}
