//! Whatever two documents say, comparing them ends, without a panic, and the evaluators agree.

#![no_main]

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::compare::compare;
use bailiwick::engine::question::{Asking, Subject};
use bailiwick::iam::reader;
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fn read(text: &str) -> Option<Policy> {
    let reading = reader::read(text, None).ok()?;
    let mut sources = SourceMap::default();
    let provenance = ir::read::Provenance {
        kind: reader::detect_kind(&reading.document),
        name: "fuzzed",
        source: sources.add("fuzzed.json", text),
    };
    let catalogue = Catalogue::embedded();
    Some(ir::read::policy(&reading, provenance, |key| {
        catalogue.key(key).is_some_and(|k| k.key.multi_valued)
    }))
}

// Two documents, one a line.
fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let (Some(left), Some(right)) = (lines.next().and_then(read), lines.next().and_then(read)) else {
        return;
    };
    let asking = Asking {
        steps: 50_000,
        ..Asking::new(Catalogue::embedded())
    };
    let found = compare(&Subject::document(&left), &Subject::document(&right), &asking);
    let reason = found.reason.unwrap_or_default();
    assert!(!reason.starts_with("internal error"), "{reason}");
});
