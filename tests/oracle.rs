//! The engine against an independent oracle: the relations that Z3 finds for pairs of documents, committed as data.
//! oracle/oracle.py makes them, and says what of IAM it encodes.

#![expect(clippy::unwrap_used, reason = "the data is the repository's own")]

#[path = "../benches/support/document.rs"]
mod document;

use std::io::Read;

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::question::{Asking, Finding, Subject, World, implies_both};
use bailiwick::iam::PolicyKind;
use rayon::prelude::*;
use serde_json::Value;

fn relation(found: &(Finding, Finding)) -> &'static str {
    match found {
        (Finding::Unknown(_), _) | (_, Finding::Unknown(_)) => "unknown",
        (Finding::Proved, Finding::Proved) => "equal",
        (Finding::Proved, Finding::Refuted(_)) => "wider",
        (Finding::Refuted(_), Finding::Proved) => "narrower",
        (Finding::Refuted(_), Finding::Refuted(_)) => "incomparable",
    }
}

#[test]
fn the_engine_agrees_with_z3() {
    let mut text = String::new();
    let packed = include_bytes!("oracle/answers.jsonl.gz").as_slice();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    let records: Vec<Value> = text
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let asking = Asking {
        world: World::Sketch,
        ..Asking::new(Catalogue::embedded())
    };
    let answers: Vec<(&Value, &str)> = records
        .par_iter()
        .map(|record| {
            let read = |d: &Value| document::read(&d.to_string(), PolicyKind::ManagedPolicy);
            let (left, right) = (read(&record["left"]), read(&record["right"]));
            let found = implies_both(
                &Subject::document(&left),
                &Subject::document(&right),
                &asking,
            );
            (record, relation(&found))
        })
        .collect();
    let mut decided = 0;
    for (record, found) in &answers {
        // Where Z3 gave up there is nothing to compare with, but the engine does not.
        assert_ne!(*found, "unknown", "{record}");
        if let Some(expected) = record["relation"].as_str() {
            assert_eq!(*found, expected, "{record}");
            decided += 1;
        }
    }
    println!("{decided} of {} answers of Z3 agreed with", answers.len());
    assert!(decided >= 300, "{decided}");
    for relation in ["equal", "narrower", "wider", "incomparable"] {
        let count = answers.iter().filter(|a| a.1 == relation).count();
        assert!(count >= 15, "{relation}: {count}");
    }
}
