//! IAM documents as policies, as the commands read them.

use bailiwick::engine::scenario::is_multi_valued;
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;

/// Reads a document that is known to be in order.
pub(crate) fn read(text: &str, kind: PolicyKind) -> Policy {
    let reading = reader::read(text, Some(kind)).unwrap();
    let provenance = ir::read::Provenance {
        kind,
        name: "document",
        source: SourceMap::default().add("document.json", text),
    };
    ir::read::policy(&reading, provenance, is_multi_valued)
}
