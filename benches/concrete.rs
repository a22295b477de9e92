//! One evaluation, documents already read, on AWS's own managed policies.
//!
//! The target is less than 2 µs for a typical policy. Each benchmark evaluates a few requests, some matching and
//! some not; divide by the number in its name.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up has to stop"
)]

#[path = "support/document.rs"]
mod document;

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::concrete::{CompiledPolicy, evaluate};
use bailiwick::engine::scenario;
use bailiwick::engine::{Attached, Context, Principal, Request, Semantics, Values};
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::ir::Policy;

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

/// Small, median, conditions and variables, large.
const POLICIES: [&str; 5] = [
    "AmazonS3ReadOnlyAccess",
    "AWSLambdaVPCAccessExecutionRole",
    "AmazonSageMakerFullAccess",
    "AWSBackupServiceLinkedRolePolicyForBackup",
    "ReadOnlyAccess",
];

fn policy(name: &str) -> Policy {
    let managed = Catalogue::embedded().managed_policy(name).unwrap();
    document::read(&managed.document_json, PolicyKind::ManagedPolicy)
}

fn requests() -> [Request; 4] {
    let context = Context::from_iter([
        ("aws:RequestedRegion", Values::One("eu-west-1".to_owned())),
        ("aws:SecureTransport", Values::One("true".to_owned())),
        ("aws:ResourceTag/team", Values::One("red".to_owned())),
        ("aws:PrincipalTag/team", Values::One("red".to_owned())),
    ]);
    let request = |action: &str, resource: &str| {
        let request = Request {
            principal: Principal::parse("arn:aws:sts::111122223333:assumed-role/r/s").unwrap(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: None,
            context: context.clone(),
        };
        request.with_implied_keys()
    };
    [
        request(
            "s3:GetObject",
            "arn:aws:s3:::production-logs/2026/11/23/x.gz",
        ),
        request(
            "ec2:CreateTags",
            "arn:aws:ec2:eu-west-1:111122223333:snapshot/snap-0123456789",
        ),
        request(
            "iam:PassRole",
            "arn:aws:iam::111122223333:role/service-role/worker",
        ),
        request(
            "logs:PutLogEvents",
            "arn:aws:logs:eu-west-1:111122223333:log-group:/a:log-stream:b",
        ),
    ]
}

#[divan::bench(args = POLICIES)]
fn four_requests(bencher: divan::Bencher<'_, '_>, name: &str) {
    let semantics = Semantics::default();
    let attached = Attached::of_identity(vec![CompiledPolicy::new(&policy(name), &semantics)]);
    let requests = requests();
    bencher.bench(|| {
        requests
            .iter()
            .filter(|r| evaluate(&attached, r, &semantics).is_allowed())
            .count()
    });
}

#[divan::bench]
fn four_requests_identity_boundary_three_scp_levels(bencher: divan::Bencher<'_, '_>) {
    let semantics = Semantics::default();
    let compile = |name| CompiledPolicy::new(&policy(name), &semantics);
    let full = || vec![compile("AdministratorAccess")];
    let attached = Attached {
        identity: vec![
            compile("AmazonSageMakerFullAccess"),
            compile("AmazonS3ReadOnlyAccess"),
        ],
        boundary: Some(compile("PowerUserAccess")),
        scps: vec![full(), full(), full()],
        ..Attached::default()
    };
    let requests = requests();
    bencher.bench(|| {
        requests
            .iter()
            .filter(|r| evaluate(&attached, r, &semantics).is_allowed())
            .count()
    });
}

#[divan::bench(args = POLICIES)]
fn compile(bencher: divan::Bencher<'_, '_>, name: &str) {
    let policy = policy(name);
    bencher.bench(|| CompiledPolicy::new(&policy, &Semantics::default()));
}

#[divan::bench(args = POLICIES)]
fn read(bencher: divan::Bencher<'_, '_>, name: &str) {
    let managed = Catalogue::embedded().managed_policy(name).unwrap();
    let kind = Some(PolicyKind::ManagedPolicy);
    bencher.bench(|| reader::read(&managed.document_json, kind).map_err(|e| e.len()));
}

#[divan::bench(args = POLICIES)]
fn simulate(bencher: divan::Bencher<'_, '_>, name: &str) {
    let managed = Catalogue::embedded().managed_policy(name).unwrap();
    let request = serde_json::to_string(&requests()[1]).unwrap();
    let document = managed.document_json;
    let text = format!("{{\"request\": {request}, \"policies\": {{\"identity\": [{document}]}}}}");
    bencher.bench(|| scenario::run(&text, &Semantics::default()));
}
