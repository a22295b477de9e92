//! How fast sources are read and formatted, on one core.

mod support;

use bailiwick::source::SourceMap;
use bailiwick::syntax;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const SIZES: [usize; 2] = [10, 100];

fn files(modules: usize) -> Vec<(String, String)> {
    support::project(support::Size {
        modules,
        ..support::LARGE
    })
}

/// Text to tree.
#[divan::bench(args = SIZES)]
fn parse(bencher: divan::Bencher, modules: usize) {
    let files = files(modules);
    let mut map = SourceMap::default();
    let ids: Vec<_> = files
        .iter()
        .map(|(p, t)| map.add(p.clone(), t.clone()))
        .collect();
    bencher
        .counter(BytesCount::new(support::bytes(&files)))
        .bench_local(|| {
            for (id, (path, text)) in ids.iter().zip(&files) {
                let (module, _, problems) = syntax::parse(*id, text);
                assert!(problems.is_empty(), "{path}: {problems:?}");
                divan::black_box(module);
            }
        });
}

/// Text to text, as `fmt --check` does it: the sources are formatted already.
#[divan::bench(args = SIZES)]
fn format(bencher: divan::Bencher, modules: usize) {
    let mut files = files(modules);
    let id = SourceMap::default().add("a.bw", "");
    for (path, text) in &mut files {
        let formatted = bailiwick::fmt::format(id, text);
        assert!(formatted.is_ok(), "{path}: {formatted:?}");
        *text = formatted.unwrap_or_default();
    }
    bencher
        .counter(BytesCount::new(support::bytes(&files)))
        .bench_local(|| {
            for (path, text) in &files {
                let formatted = bailiwick::fmt::format(id, text);
                assert!(formatted.as_ref() == Ok(text), "{path} changes");
            }
        });
}
