//! Exports that went wrong somewhere: pieces of the fixtures cut, doubled, swapped and overwritten. No reader panics, every
//! finding points into the text, and where nothing is read something is said.
//!
//! `BAILIWICK_MUTANTS=200000 cargo test --release --test deployed_mutants` looks longer.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test that cannot go on may panic, and reads its cases from the disk; indices are drawn below the length"
)]

use std::fs;
use std::path::Path;

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::{authorization, cloudformation, organization, terraform};
use bailiwick::diagnostic::{Colour, Diagnostic, render};
use bailiwick::import::{self, Ambient, Names};
use bailiwick::source::SourceMap;

const SEEDS: [&str; 7] = [
    "tests/deployed/authorization/acme-prod.json",
    "tests/deployed/organization/list-organizational-units-for-parent.r-ab12.json",
    "tests/deployed/terraform/plan.json",
    "tests/deployed/cloudformation/stack.yaml",
    "tests/import_stack/types.json",
    "tests/import_stack/functions.yaml",
    "tests/import_stack/template.yaml",
];

/// What mutants get in place of what they lose.
const WORDS: [&str; 24] = [
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "0",
    "-1e999",
    "\"${",
    "}\"",
    "!Ref ",
    "!Sub '${A}'",
    "&a ",
    "*a",
    "<<: ",
    "\\u0000",
    "\\ud800",
    "%7B",
    "é",
    "\u{0}",
    "\n- ",
    "!If [A, B, C]",
    "AWS::NoValue",
    "arn:::::",
    "\t",
];

/// Numbers that look random and are the same every time (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        text.floor_char_boundary(at)
    }
}

fn mutant(seed: &str, other: &str, dice: &mut Dice) -> String {
    let mut text = seed.to_owned();
    for _ in 0..=dice.below(3) {
        let start = dice.place(&text);
        let length = match dice.below(3) {
            0 => 1,
            1 => 12,
            _ => 300,
        };
        let end = (start + dice.below(length + 1)).min(text.len());
        let end = text.floor_char_boundary(end).max(start);
        let piece = text[start..end].to_owned();
        match dice.below(5) {
            0 => text.replace_range(start..end, ""),
            1 => text.insert_str(start, &piece),
            2 => text.replace_range(start..end, WORDS[dice.below(WORDS.len())]),
            3 => text.truncate(start),
            _ => {
                let from = dice.place(other);
                let to = other.floor_char_boundary((from + 60).min(other.len()));
                text.insert_str(start, &other[from..to]);
            }
        }
    }
    text
}

fn look(text: &str) {
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let files = [sources.add("export", text)];
    let settings = cloudformation::Settings {
        account: Some("111122223333".to_owned()),
        ..cloudformation::Settings::default()
    };
    let check = |found: &[Diagnostic], is_empty: bool| {
        assert!(
            !is_empty || !found.is_empty(),
            "nothing was said of\n{text}"
        );
        for one in found {
            assert!(!render(one, &sources, Colour::Plain).is_empty());
            if let Some(label) = &one.primary {
                let range = label.span.start as usize..label.span.end as usize;
                assert!(text.get(range).is_some(), "{one:?} in\n{text}");
            }
        }
    };
    let (accounts, found) = authorization::read(&files, &sources, catalogue);
    check(&found, accounts.is_empty());
    let (tree, found) = organization::read(&files, &sources, catalogue);
    check(&found, tree.is_none());
    let stacks = [
        terraform::read(&files, &sources, catalogue),
        cloudformation::read(&files, &sources, catalogue, &settings),
    ];
    for (read, found) in stacks {
        check(&found, read.documents.is_empty());
        let mut names = Names::default();
        let (_, found) = import::stack(read, &Ambient::unknown(), &sources, &mut names, catalogue);
        check(&found, false);
    }
}

#[test]
fn no_reader_panics() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seeds = SEEDS.map(|path| fs::read_to_string(root.join(path)).unwrap());
    let wanted = std::env::var("BAILIWICK_MUTANTS").ok();
    let count = wanted.and_then(|n| n.parse().ok()).unwrap_or(1_500);
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..count {
        let seed = &seeds[dice.below(seeds.len())];
        let other = &seeds[dice.below(seeds.len())];
        look(&mutant(seed, other, &mut dice));
    }
}
