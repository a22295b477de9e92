//! Every version of every AWS-managed policy against its neighbours; needs the npm package, hence ignored:
//! `BAILIWICK_MANAGED=…/managedPolicies.json cargo test --release --test managed -- --ignored --nocapture`

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a measurement over a file named by the caller"
)]

use std::time::Instant;

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::question::{Asking, Finding, Reason, Subject, implies_both};
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;
use rayon::prelude::*;

fn read(text: &str) -> Option<Policy> {
    let reading = reader::read(text, Some(PolicyKind::ManagedPolicy)).ok()?;
    let mut sources = SourceMap::default();
    let source = sources.add("managed.json", text);
    let provenance = ir::read::Provenance {
        kind: PolicyKind::ManagedPolicy,
        name: "managed",
        source,
    };
    let catalogue = Catalogue::embedded();
    Some(ir::read::policy(&reading, provenance, |key| {
        catalogue.key(key).is_some_and(|k| k.key.multi_valued)
    }))
}

fn pairs() -> Vec<(String, Policy, Policy)> {
    let path =
        std::env::var("BAILIWICK_MANAGED").expect("BAILIWICK_MANAGED names the package's file");
    let text = std::fs::read_to_string(path).unwrap();
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut out = Vec::new();
    let only = std::env::var("ONLY").unwrap_or_default();
    for (name, policy) in all {
        if !name.contains(&only) {
            continue;
        }
        let versions = policy.get("versions").and_then(|v| v.as_object()).unwrap();
        let mut list: Vec<(u32, String)> = versions
            .iter()
            .map(|(v, d)| (v[1..].parse().unwrap(), d["document"].to_string()))
            .collect();
        list.sort();
        let read: Vec<(u32, Option<Policy>)> =
            list.into_iter().map(|(v, d)| (v, read(&d))).collect();
        for pair in read.windows(2) {
            if let [(v, Some(one)), (_, Some(two))] = pair {
                out.push((format!("{name} v{v}"), one.clone(), two.clone()));
            } else {
                println!("unreadable: {name} {:?}", pair.first().map(|p| p.0));
            }
        }
    }
    out
}

#[test]
#[ignore = "needs the npm package"]
fn consecutive_versions() {
    let pairs = pairs();
    let catalogue = Catalogue::embedded();
    let asking = Asking::new(catalogue);
    let threads: usize = std::env::var("THREADS").map_or(1, |t| t.parse().unwrap());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    let start = Instant::now();
    let results: Vec<(f64, (Finding, Finding))> = pool.install(|| {
        pairs
            .par_iter()
            .map(|(_, one, two)| {
                let began = Instant::now();
                let found = implies_both(&Subject::document(one), &Subject::document(two), &asking);
                (began.elapsed().as_secs_f64(), found)
            })
            .collect()
    });
    let total = start.elapsed().as_secs_f64();
    let (mut proved, mut refuted, mut known, mut budget, mut fragment, mut wrong) =
        (0, 0, 0, 0, 0, 0);
    for ((name, ..), (time, (one, two))) in pairs.iter().zip(&results) {
        for finding in [one, two] {
            match finding {
                Finding::Proved => proved += 1,
                Finding::Refuted(witness) => {
                    refuted += 1;
                    known += usize::from(witness.in_catalogue);
                }
                Finding::Unknown(reason) => {
                    match reason {
                        Reason::Budget => budget += 1,
                        Reason::Fragment(_) => fragment += 1,
                        Reason::Disagreement(request) => {
                            println!("{}", serde_json::to_string(request).unwrap());
                            wrong += 1;
                        }
                    }
                    println!("{name}: {reason} after {time:.3} s");
                }
            }
        }
    }
    let mut times: Vec<(f64, &str)> = results
        .iter()
        .zip(&pairs)
        .map(|(r, p)| (r.0, p.0.as_str()))
        .collect();
    times.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("{} pairs in {total:.2} s on {threads} threads", pairs.len());
    println!(
        "proved {proved}, refuted {refuted} ({known} in the catalogue), budget {budget}, fragment {fragment}, disagreements {wrong}"
    );
    for (time, name) in times.iter().take(12) {
        println!("  {:.1} ms {name}", time * 1000.0);
    }
    println!("  median {:.3} ms", times[times.len() / 2].0 * 1000.0);
    assert_eq!(wrong + budget + fragment, 0);
}
