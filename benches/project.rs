//! How fast whole projects are checked and built: the examples, and a generated organisation in three sizes.

mod support;

use std::collections::BTreeMap;

use bailiwick::backend::Style;
use bailiwick::driver;
use bailiwick::source::Files;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// Modules of the generated organisation; ten roles and a hundred statements each.
const SIZES: [usize; 3] = [10, 100, 1_000];

/// A project in memory.
struct Memory(BTreeMap<String, String>);

impl Files for Memory {
    fn list(&self) -> Vec<String> {
        self.0
            .keys()
            .filter(|path| path.ends_with(".bw"))
            .cloned()
            .collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.0.get(path).ok_or("no such file")?;
        Ok(text.clone().into_bytes())
    }
}

fn generated(modules: usize) -> (Memory, BytesCount) {
    let size = support::Size {
        modules,
        ..support::LARGE
    };
    let files = support::project(size);
    let bytes = BytesCount::new(support::bytes(&files));
    (Memory(files.into_iter().collect()), bytes)
}

/// From texts to findings, quotas included.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn check(bencher: divan::Bencher, modules: usize) {
    let (files, bytes) = generated(modules);
    bencher.counter(bytes).bench_local(|| {
        let build = driver::check(&files);
        assert!(
            build.diagnostics.is_empty(),
            "{:?}",
            build.diagnostics.first()
        );
        divan::black_box(build);
    });
}

/// From texts to documents and manifest.
#[divan::bench(args = SIZES, sample_count = 5, sample_size = 1)]
fn build(bencher: divan::Bencher, modules: usize) {
    let (files, bytes) = generated(modules);
    bencher.counter(bytes).bench_local(|| {
        let build = driver::build(&files, Style::Readable);
        assert!(build.output.is_some(), "{:?}", build.diagnostics.first());
        divan::black_box(build);
    });
}
