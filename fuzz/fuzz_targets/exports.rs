//! Any text as an export of each kind, and what was read of it as sources: no panic, and findings wherever nothing is read.

#![no_main]

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::{authorization, cloudformation, organization, terraform};
use bailiwick::import::{self, Ambient, Names};
use bailiwick::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let files = [sources.add("export", text)];
    let settings = cloudformation::Settings {
        account: Some("111122223333".to_owned()),
        ..cloudformation::Settings::default()
    };
    let (accounts, found) = authorization::read(&files, &sources, catalogue);
    assert!(!accounts.is_empty() || !found.is_empty());
    let (tree, found) = organization::read(&files, &sources, catalogue);
    assert!(tree.is_some() || !found.is_empty());
    for (read, found) in [
        terraform::read(&files, &sources, catalogue),
        cloudformation::read(&files, &sources, catalogue, &settings),
    ] {
        assert!(!read.documents.is_empty() || !found.is_empty());
        let mut names = Names::default();
        import::stack(read, &Ambient::unknown(), &sources, &mut names, catalogue);
    }
});
