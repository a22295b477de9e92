//! Findings as a SARIF 2.1.0 document, for code scanning; rules carry their explain pages.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Place, Record, Severity, Waiver};
use crate::source::SourceMap;

/// Writes findings as one document; those that somebody has waived are suppressed, with the reason.
pub fn sarif(
    diagnostics: &[Diagnostic],
    waived: &[(&Diagnostic, Waiver)],
    sources: &SourceMap,
) -> Value {
    let all = diagnostics.iter().chain(waived.iter().map(|(d, _)| *d));
    let mut codes: Vec<Code> = all.map(|d| d.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|c| rule(*c)).collect();
    let open = diagnostics.iter().map(|d| result(d, &codes, sources));
    let waived = waived.iter().map(|(diagnostic, waiver)| {
        let mut result = result(diagnostic, &codes, sources);
        if let Some(members) = result.as_object_mut() {
            let justification = format!("{} (until {})", waiver.because, waiver.until);
            let suppression = json!({ "kind": "inSource", "justification": justification });
            members.insert("suppressions".to_owned(), json!([suppression]));
        }
        result
    });
    document(rules, open.chain(waived).collect())
}

/// One run of the program, with the rules that its results name by their places.
pub(super) fn document(rules: Vec<Value>, results: Vec<Value>) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "bailiwick",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            // Columns count characters.
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": {"text": code.summary()},
        "help": {"text": code.explanation(), "markdown": code.explanation()},
    })
}

fn result(diagnostic: &Diagnostic, codes: &[Code], sources: &SourceMap) -> Value {
    let record = Record::new(diagnostic, sources);
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut message = record.message.clone();
    for more in record.notes.iter().chain(&record.help) {
        message.push('\n');
        message.push_str(more);
    }
    let locations: Vec<Value> = record.place.iter().map(location).collect();
    let related: Vec<Value> = record.related.iter().map(location).collect();
    json!({
        "ruleId": record.code,
        "ruleIndex": codes.iter().position(|c| *c == diagnostic.code),
        "level": level,
        "message": {"text": message},
        "locations": locations,
        "relatedLocations": related,
    })
}

fn location(place: &Place) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&place.path)},
            "region": {
                "startLine": place.start.line,
                "startColumn": place.start.column,
                "endLine": place.end.line,
                "endColumn": place.end.column,
            },
        },
    });
    if let (false, Some(members)) = (place.message.is_empty(), location.as_object_mut()) {
        members.insert("message".to_owned(), json!({"text": place.message}));
    }
    location
}

/// A relative reference: whatever is no plain letter of a path is escaped.
pub(super) fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn a_finding_has_its_rule_and_place() {
        let mut sources = SourceMap::default();
        let id = sources.add("a b.bw", "let é = x\n");
        let finding = Diagnostic::error(Code::UnknownName, "no `x`", Span::new(id, 9, 10), "");
        let waiver = Waiver {
            because: "a test".to_owned(),
            until: "2026-12-31".to_owned(),
        };
        let waived = finding.clone();
        let document = sarif(&[finding], &[(&waived, waiver)], &sources);
        let run = &document["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "unknown-name");
        let result = &run["results"][0];
        assert_eq!(
            (&result["ruleIndex"], &result["level"]),
            (&json!(0), &json!("error"))
        );
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%20b.bw");
        assert_eq!(place["region"]["startColumn"], 9);
        assert_eq!(result.get("suppressions"), None);
        let suppressed = &run["results"][1]["suppressions"][0];
        assert_eq!(suppressed["justification"], "a test (until 2026-12-31)");
    }
}
