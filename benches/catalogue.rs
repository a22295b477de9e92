//! What looking things up in the catalogue costs: `cargo bench --bench catalogue`.
//!
//! "Cold" means that nothing was parsed before: each sample opens its own catalogue.

#![expect(
    clippy::unwrap_used,
    reason = "the embedded data is whole, or the numbers would be about nothing"
)]

use bailiwick::catalogue::{Catalogue, suggest};
use divan::{Bencher, black_box};

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench]
fn open() -> Catalogue {
    Catalogue::open()
}

#[divan::bench(args = ["s3:GetObject", "ec2:RunInstances", "sqs:SendMessage"])]
fn look_up_an_action_cold(bencher: Bencher<'_, '_>, name: &str) {
    bencher
        .with_inputs(Catalogue::open)
        .bench_refs(|catalogue| black_box(catalogue.action(name)).is_some());
}

#[divan::bench]
fn look_up_an_action_warm(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        Catalogue::embedded()
            .action(black_box("s3:GetObject"))
            .is_some()
    });
}

#[divan::bench(args = ["aws:SourceIp", "s3:prefix", "aws:PrincipalTag/team"])]
fn look_up_a_key_warm(bencher: Bencher<'_, '_>, name: &str) {
    bencher.bench(|| Catalogue::embedded().key(black_box(name)).is_some());
}

#[divan::bench]
fn parse_all_services(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(Catalogue::open)
        .bench_refs(|catalogue| catalogue.services().count());
}

#[divan::bench]
fn check_a_text_of_ones_own(bencher: Bencher<'_, '_>) {
    bencher
        .with_inputs(|| Catalogue::embedded().text().to_owned())
        .bench_values(|text| Catalogue::from_text(text).unwrap());
}

#[divan::bench]
fn check_1594_policy_names(bencher: Bencher<'_, '_>) {
    let names: Vec<&str> = Catalogue::embedded().managed_policy_names().collect();
    bencher.bench(|| {
        names
            .iter()
            .filter(|name| Catalogue::embedded().has_managed_policy(name))
            .count()
    });
}

#[divan::bench]
fn unpack_a_policy(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        Catalogue::embedded()
            .managed_policy(black_box("SecurityAudit"))
            .is_some()
    });
}

#[divan::bench]
fn suggest_an_action_of_another_service(bencher: Bencher<'_, '_>) {
    bencher.bench(|| suggest::action(Catalogue::embedded(), "s3", "SendMessage").is_some());
}
