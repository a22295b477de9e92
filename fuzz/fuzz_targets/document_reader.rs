//! Any bytes, as a policy of every kind: no panic, faults in order, and what was read is written and read again.

#![no_main]

use bailiwick::iam::PolicyKind;
use bailiwick::iam::reader::read_bytes;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for kind in [
        None,
        Some(PolicyKind::ManagedPolicy),
        Some(PolicyKind::Trust),
        Some(PolicyKind::ResourcePolicy),
        Some(PolicyKind::Rcp),
    ] {
        match read_bytes(bytes, kind) {
            Ok(reading) => {
                let written = serde_json::to_vec(&reading.document).unwrap_or_default();
                let again = read_bytes(&written, kind).map(|r| r.document);
                assert_eq!(again.ok(), Some(reading.document));
            }
            Err(errors) => {
                assert!(!errors.is_empty());
                assert!(errors.is_sorted_by_key(|e| (e.line, e.column)));
            }
        }
    }
});
