//! Histories of policies, out of the selection in the repository or out of the whole package.

use std::io::Read;

use bailiwick::catalogue::Catalogue;
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;
use rayon::prelude::*;
use serde_json::{Map, Value};

/// A policy's versions, oldest first.
pub(crate) struct History {
    pub(crate) name: String,
    pub(crate) versions: Vec<(u32, Policy)>,
}

impl History {
    fn new(name: &str, versions: &Map<String, Value>) -> History {
        let mut versions: Vec<(u32, Policy)> = versions
            .iter()
            .map(|(v, document)| (v[1..].parse().unwrap(), read(&document.to_string())))
            .collect();
        versions.sort_by_key(|(v, _)| *v);
        History {
            name: name.to_owned(),
            versions,
        }
    }
}

/// Every version, named.
pub(crate) fn versions(histories: &[History]) -> Vec<(String, &Policy)> {
    let all = histories.iter().flat_map(|h| {
        let named = h.versions.iter();
        named.map(|(v, policy)| (format!("{} v{v}", h.name), policy))
    });
    all.collect()
}

/// Every version with the next one, named by the first.
pub(crate) fn pairs(histories: &[History]) -> Vec<(String, &Policy, &Policy)> {
    let all = histories.iter().flat_map(|h| {
        let pairs = h.versions.windows(2);
        pairs.map(|pair| (format!("{} v{}", h.name, pair[0].0), &pair[0].1, &pair[1].1))
    });
    all.collect()
}

/// The selection.
pub(crate) fn selection() -> Vec<History> {
    let mut text = String::new();
    let packed = include_bytes!("histories.jsonl.gz").as_slice();
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let history = |line: &&str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let name = record["name"].as_str().unwrap();
        History::new(name, record["versions"].as_object().unwrap())
    };
    lines.par_iter().map(history).collect()
}

/// The package named by `BAILIWICK_MANAGED`; of it only what contains `ONLY`, if that is given.
pub(crate) fn package() -> Vec<History> {
    let path = std::env::var("BAILIWICK_MANAGED").expect("it names the package's file");
    let only = std::env::var("ONLY").unwrap_or_default();
    let text = std::fs::read_to_string(path).unwrap();
    let all: Map<String, Value> = serde_json::from_str(&text).unwrap();
    let wanted: Vec<(String, Value)> = all.into_iter().filter(|(n, _)| n.contains(&only)).collect();
    wanted
        .par_iter()
        .map(|(name, policy)| {
            let versions: Map<String, Value> = policy["versions"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(v, version)| (v.clone(), version["document"].clone()))
                .collect();
            History::new(name, &versions)
        })
        .collect()
}

fn read(text: &str) -> Policy {
    let kind = PolicyKind::ManagedPolicy;
    let reading = reader::read(text, Some(kind)).unwrap();
    let mut sources = SourceMap::default();
    let provenance = ir::read::Provenance {
        kind,
        name: "managed",
        source: sources.add("managed.json", text),
    };
    let catalogue = Catalogue::embedded();
    ir::read::policy(&reading, provenance, |key| {
        catalogue.key(key).is_some_and(|k| k.key.multi_valued)
    })
}
