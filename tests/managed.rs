//! Real policies: versions of AWS-managed policies against themselves, against the same in other words, against
//! mutants, and against their next version. A selection by default; managed/PROVENANCE.md says how to run them all.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests over documents that are known to be well-formed, and a file named by the caller"
)]

#[path = "managed/change.rs"]
mod change;
#[path = "managed/histories.rs"]
mod histories;
#[path = "managed/sample.rs"]
mod sample;

use std::time::Instant;

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::concrete::{self, CompiledPolicy};
use bailiwick::engine::question::{Asking, Finding, Subject, implies_both};
use bailiwick::engine::{Request, Semantics};
use bailiwick::ir::Policy;
use rayon::prelude::*;

use change::{Dice, mutant, rewritten};
use histories::{History, package, pairs, selection, versions};
use sample::Mentioned;

/// Of the selection, one version in so many is rewritten and mutated in an ordinary run.
const FEW: usize = 4;

fn ask(one: &Policy, two: &Policy) -> (Finding, Finding) {
    let asking = Asking::new(Catalogue::embedded());
    implies_both(&Subject::document(one), &Subject::document(two), &asking)
}

fn allows(policy: &Policy, request: &Request) -> bool {
    let semantics = Semantics::default();
    let compiled = CompiledPolicy::new(policy, &semantics);
    concrete::allows_alone(&compiled, request, &semantics)
}

/// What answers have come to.
#[derive(Default, Debug, PartialEq, Eq)]
struct Tally {
    proved: usize,
    refuted: usize,
    /// Of those refuted: with a request that the catalogue knows.
    known: usize,
    unknown: usize,
}

impl Tally {
    /// Counts an answer; its witness, if it has one, is replayed here once more.
    fn count(&mut self, finding: &Finding, one: &Policy, two: &Policy, name: &str) {
        match finding {
            Finding::Proved => self.proved += 1,
            Finding::Refuted(witness) => {
                let request = &witness.request;
                assert!(
                    allows(one, request) && !allows(two, request),
                    "{name}: {request:?}"
                );
                self.refuted += 1;
                self.known += usize::from(witness.in_catalogue);
            }
            Finding::Unknown(reason) => {
                println!("{name}: {reason}");
                self.unknown += 1;
            }
        }
    }

    fn join(self, other: Tally) -> Tally {
        Tally {
            proved: self.proved + other.proved,
            refuted: self.refuted + other.refuted,
            known: self.known + other.known,
            unknown: self.unknown + other.unknown,
        }
    }
}

/// Every version is equal to itself and to itself in other words.
fn same_in_other_words(histories: &[History], step: usize) {
    let versions: Vec<_> = versions(histories).into_iter().step_by(step).collect();
    versions
        .par_iter()
        .enumerate()
        .for_each(|(i, (name, policy))| {
            let mut dice = Dice((i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
            for other in [(*policy).clone(), rewritten(policy, &mut dice)] {
                let found = ask(policy, &other);
                assert!(
                    found.0.is_proved() && found.1.is_proved(),
                    "{name}: {found:?}"
                );
            }
        });
    println!(
        "{} versions equal themselves in other words",
        versions.len()
    );
}

/// Every version against a mutant of it: a witness, or, where they are proved equal, requests made of what they
/// mention find no difference either.
fn mutants(histories: &[History], step: usize) -> Tally {
    let versions: Vec<_> = versions(histories).into_iter().step_by(step).collect();
    let tally = versions
        .par_iter()
        .enumerate()
        .map(|(i, (name, policy))| {
            let mut dice = Dice((i as u64 + 7).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
            let (other, what) = mutant(policy, &mut dice);
            let name = format!("{name}, {what}");
            let (narrows, widens) = ask(policy, &other);
            let mut tally = Tally::default();
            tally.count(&narrows, policy, &other, &name);
            tally.count(&widens, &other, policy, &name);
            let mentioned = Mentioned::by(&[policy, &other]);
            for _ in 0..60 {
                let request = mentioned.request(&mut dice);
                let (one, two) = (allows(policy, &request), allows(&other, &request));
                let spoken_for = match (one, two) {
                    (true, false) => !narrows.is_proved(),
                    (false, true) => !widens.is_proved(),
                    _ => true,
                };
                assert!(spoken_for, "{name}: proved, but {request:?}");
            }
            tally
        })
        .reduce(Tally::default, Tally::join);
    println!("mutants: {tally:?}");
    tally
}

/// Every version against the next, each answer timed.
fn next_versions(histories: &[History]) -> Tally {
    let pairs = pairs(histories);
    let threads = std::env::var("THREADS").map_or(1, |t| t.parse().unwrap());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    Catalogue::embedded();
    let start = Instant::now();
    let results: Vec<(f64, (Finding, Finding))> = pool.install(|| {
        pairs
            .par_iter()
            .map(|(_, one, two)| {
                let began = Instant::now();
                let found = ask(one, two);
                (began.elapsed().as_secs_f64(), found)
            })
            .collect()
    });
    let total = start.elapsed().as_secs_f64();
    let mut tally = Tally::default();
    for ((name, one, two), (_, (narrows, widens))) in pairs.iter().zip(&results) {
        tally.count(narrows, one, two, name);
        tally.count(widens, two, one, name);
    }
    let names = pairs.iter().map(|p| p.0.as_str());
    let mut times: Vec<(f64, &str)> = results.iter().map(|r| r.0).zip(names).collect();
    times.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!(
        "{} pairs in {total:.2} s on {threads} threads: {tally:?}",
        pairs.len()
    );
    for (time, name) in times.iter().take(12) {
        println!("  {:.1} ms {name}", time * 1000.0);
    }
    println!("  median {:.3} ms", times[times.len() / 2].0 * 1000.0);
    tally
}

#[test]
fn the_selection_in_other_words() {
    same_in_other_words(&selection(), FEW);
}

#[test]
fn mutants_of_the_selection() {
    let tally = mutants(&selection(), FEW);
    assert_eq!(tally.unknown, 0);
    assert!(tally.refuted > 150 && tally.proved > 150, "{tally:?}");
}

#[test]
fn next_versions_of_the_selection() {
    let tally = next_versions(&selection());
    assert_eq!(tally.unknown, 0);
    assert_eq!(tally.proved + tally.refuted, 2 * 1244);
    assert!(tally.refuted > 1000, "{tally:?}");
}

#[test]
#[ignore = "needs the npm package"]
fn consecutive_versions() {
    assert_eq!(next_versions(&package()).unknown, 0);
}

#[test]
#[ignore = "needs the npm package"]
fn all_in_other_words_and_mutated() {
    let package = package();
    same_in_other_words(&package, 1);
    assert_eq!(mutants(&package, 1).unknown, 0);
}
