//! Proofs and ways of escalation, timed: an organisation of 1,000 roles with 20 proofs each, and who can become an
//! administrator in one account, asked of everybody in it.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark over a project that is made to compile"
)]
#![expect(
    dead_code,
    reason = "what other benchmarks need of the generated projects"
)]

#[path = "support/promises.rs"]
mod promises;
mod support;

use std::collections::BTreeMap;

use bailiwick::access::Estate;
use bailiwick::access::reach::{Path, Reach};
use bailiwick::catalogue::Catalogue;
use bailiwick::driver;
use bailiwick::engine::question::{Asking, World};
use bailiwick::prove::{Outcome, Wanted};
use bailiwick::source::Files;

fn main() {
    divan::main();
}

/// A project in memory.
struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn list(&self) -> Vec<String> {
        let sources = self.0.keys().filter(|path| path.ends_with(".bw"));
        sources.cloned().collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.0.get(path).ok_or("no such file")?;
        Ok(text.clone().into_bytes())
    }
}

/// 20 proofs for each role, from texts to the report; some hold and some do not.
#[divan::bench(args = [10, 100], sample_count = 3, sample_size = 1)]
fn organisation(bencher: divan::Bencher, modules: usize) {
    let size = support::Size {
        modules,
        ..support::LARGE
    };
    let mut files = support::project(size);
    files.extend(promises::proofs(size));
    let files = Memory(files.into_iter().collect());
    bencher.bench_local(|| {
        let report = driver::prove(&files, Wanted::Proofs, "").report.unwrap();
        assert_eq!(report.items.len(), modules * 200);
        assert_eq!(report.count(Outcome::Undecided), 0);
        report
    });
}

/// Whether each of the identities of an account of 44 users, 78 roles and 84 policies can become an administrator.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn escalation(bencher: divan::Bencher) {
    let files = Memory(BTreeMap::from([("org.bw".to_owned(), promises::account())]));
    let meaning = driver::meaning(&files).meaning.unwrap();
    let catalogue = Catalogue::embedded();
    let estate = Estate::new(&meaning, catalogue);
    assert_eq!(estate.identities().len(), 44 + 78);
    let asking = Asking {
        world: World::Sketch,
        ..Asking::new(catalogue)
    };
    bencher.bench_local(|| {
        let reach = Reach::new(&estate, &asking);
        let everybody = estate.identities().iter();
        let found = everybody.filter(|i| matches!(reach.path_to_unbounded(i), Path::Found(_)));
        let found = found.count();
        assert!(found > 10 && found < 122, "{found}");
        found
    });
}
