//! Any bytes as lines of scenarios: no panic, one result a line, and a decision whenever there is no error.

#![no_main]

use bailiwick::engine::Semantics;
use bailiwick::engine::scenario::run_lines;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for result in run_lines(bytes, 1, &Semantics::default()) {
        if let Err(failure) = result {
            assert!(!failure.errors.is_empty());
        }
    }
});
