//! Whatever can be read is formatted, says the same afterwards, and stays as it is.
#![no_main]

use bailiwick::fmt::{self, FormatError};
use bailiwick::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let id = SourceMap::default().add("a.bw", "");
    match fmt::format(id, text) {
        Ok(once) => assert_eq!(fmt::format(id, &once).as_ref(), Ok(&once)),
        Err(FormatError::Unreadable(_)) => {}
        Err(FormatError::Unfaithful(why)) => panic!("{why}"),
    }
});
