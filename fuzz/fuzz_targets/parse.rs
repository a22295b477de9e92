//! Any bytes are read without a panic, and every finding lies in the text.
#![no_main]

use bailiwick::source::SourceMap;
use bailiwick::syntax;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = syntax::decode(bytes) else {
        return;
    };
    let id = SourceMap::default().add("a.bw", "");
    let (_, _, findings) = syntax::parse(id, &text);
    for finding in findings {
        for label in finding.primary.iter().chain(&finding.secondary) {
            assert!(text.get(label.span.range()).is_some(), "{finding:?}");
        }
    }
});
