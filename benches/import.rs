//! How fast documents become proved sources: `cargo bench --bench import`, with the memory that it takes.
//!
//! All 6,194 versions of AWS's managed policies are timed by the test that docs/import.md names, since the package that
//! holds them is not part of the repository; here it is the 1,594 latest ones, and accounts of made-up roles.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark over documents that are part of the catalogue"
)]

use std::fmt::Write as _;

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::authorization;
use bailiwick::driver::import::{Deployment, import, import_project};
use bailiwick::import::project::AccountSource;
use bailiwick::import::{self as writer, Ambient, Item, Levels, Module, Names, Options, Style};
use bailiwick::source::SourceMap;
use divan::counter::ItemsCount;
use rayon::prelude::*;

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

const OPTIONS: Options = Options {
    style: Style::Factored,
    levels: Levels::Spelt,
};

fn main() {
    divan::main();
}

/// Each of AWS's managed policies by itself: read, written, compiled, proved.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn managed_policies(bencher: divan::Bencher) {
    let catalogue = Catalogue::embedded();
    let names = catalogue.managed_policy_names();
    let texts: Vec<(String, String)> = names
        .map(|n| {
            (
                n.to_owned(),
                catalogue.managed_policy(n).unwrap().document_json,
            )
        })
        .collect();
    bencher
        .counter(ItemsCount::new(texts.len()))
        .bench_local(|| {
            let proved = texts
                .par_iter()
                .filter(|(name, text)| is_proved(name, text));
            assert_eq!(proved.count(), texts.len());
        });
}

fn is_proved(name: &str, text: &str) -> bool {
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let (found, _) = writer::read(name, text.as_bytes(), None, &mut sources, catalogue);
    let mut names = Names::default();
    let items = found.into_iter().map(|f| {
        let block = writer::standalone(f.policy, name, None, Ambient::unknown(), &mut names);
        Item::Block(Box::new(block))
    });
    let module = Module {
        path: "imported.bw".to_owned(),
        items: items.collect(),
        ..Module::default()
    };
    let imported = import(
        vec![module],
        &Deployment::Standalone(None),
        OPTIONS,
        catalogue,
    );
    imported.counts() == (1, 1)
}

/// An account's export: each role has a trust policy, two inline policies and two managed ones.
fn export(roles: usize) -> String {
    let mut list = String::new();
    for i in 0..roles {
        let comma = if i == 0 { "" } else { "," };
        let (bucket, team) = (i % 7, i % 4);
        write!(
            list,
            r#"{comma}{{"RoleName": "app-{i}", "Path": "/", "Arn": "arn:aws:iam::111111111111:role/app-{i}",
            "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                "Principal": {{"Service": "ecs-tasks.amazonaws.com"}}, "Action": "sts:AssumeRole"}}]}},
            "RolePolicyList": [{{"PolicyName": "data", "PolicyDocument": {{"Version": "2012-10-17", "Statement": [
                {{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::app-{bucket}/*"}},
                {{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::app-{bucket}",
                  "Condition": {{"StringLike": {{"s3:prefix": ["t{i}/*"]}}}}}}]}}}},
                {{"PolicyName": "queue", "PolicyDocument": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                  "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111111111111:jobs-{i}"}}]}}}}],
            "AttachedManagedPolicies": [
                {{"PolicyName": "ReadLogs", "PolicyArn": "arn:aws:iam::111111111111:policy/ReadLogs"}},
                {{"PolicyName": "SecurityAudit", "PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"}}],
            "Tags": [{{"Key": "team", "Value": "t{team}"}}]}}"#
        )
        .unwrap();
    }
    format!(
        r#"{{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [{list}], "Policies": [{{"PolicyName": "ReadLogs",
        "Path": "/", "Arn": "arn:aws:iam::111111111111:policy/ReadLogs", "DefaultVersionId": "v1", "PolicyVersionList": [
        {{"VersionId": "v1", "IsDefaultVersion": true, "Document": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
        "Action": "logs:GetLogEvents", "Resource": "arn:aws:logs:eu-west-1:111111111111:log-group:/app/*:*"}}]}}}}]}}]}}"#
    )
}

/// A whole account: read, merged, written, compiled, proved.
#[divan::bench(args = [100, 1_000], sample_count = 3, sample_size = 1)]
fn account(bencher: divan::Bencher, roles: usize) {
    let catalogue = Catalogue::embedded();
    let text = export(roles);
    bencher.counter(ItemsCount::new(roles)).bench_local(|| {
        let mut sources = SourceMap::default();
        let file = sources.add("account.json", text.clone());
        let (exports, found) = authorization::read(&[file], &sources, catalogue);
        assert!(found.is_empty(), "{:?}", found.first());
        let accounts: Vec<AccountSource<'_>> = exports
            .iter()
            .map(|e| AccountSource::new(&e.account, "Bench".to_owned(), Vec::new()))
            .collect();
        let project = import_project(&accounts, None, OPTIONS, catalogue);
        let (documents, equal) = project.imported.counts();
        assert_eq!(documents, equal);
        assert_eq!(project.declarations, roles + 1);
    });
}
