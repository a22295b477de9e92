//! How fast exports are read and compared: `cargo bench --bench deployed`, with the memory that it takes.

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::{assemble, authorization, cloudformation, terraform};
use bailiwick::drift::{self, Coverage, Tags};
use bailiwick::engine::question::Asking;
use bailiwick::ir::PolicySet;
use bailiwick::source::SourceMap;
use divan::counter::ItemsCount;
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

const ACCOUNT: &str = "111111111111";

fn main() {
    divan::main();
}

fn trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole"}]})
}

/// What a role may do; every tenth differs where `changed`.
fn document(i: usize, changed: Changed) -> Value {
    let actions = match changed {
        Changed::Tenth if i.is_multiple_of(10) => {
            json!(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
        }
        Changed::Tenth => json!(["s3:PutObject", "s3:GetObject"]),
        Changed::None => json!(["s3:GetObject", "s3:PutObject"]),
    };
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": actions, "Resource": format!("arn:aws:s3:::app-{i}/*")},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": format!("arn:aws:s3:::app-{i}"),
         "Condition": {"StringLike": {"s3:prefix": [format!("t{i}/*")]}}}]})
}

#[derive(Clone, Copy)]
enum Changed {
    None,
    Tenth,
}

fn export(roles: usize, changed: Changed) -> String {
    let role = |i: usize| {
        json!({"RoleName": format!("app-{i}"), "Path": "/", "Arn": format!("arn:aws:iam::{ACCOUNT}:role/app-{i}"),
            "AssumeRolePolicyDocument": trust(), "AttachedManagedPolicies": [],
            "RolePolicyList": [{"PolicyName": "data", "PolicyDocument": document(i, changed)}]})
    };
    let roles: Vec<Value> = (0..roles).map(role).collect();
    json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []})
        .to_string()
}

fn account(text: String) -> PolicySet {
    let mut sources = SourceMap::default();
    let file = sources.add("account.json", text);
    let (exports, found) = authorization::read(&[file], &sources, Catalogue::embedded());
    assert!(found.is_empty(), "{:?}", found.first());
    assemble(None, &exports)
}

/// The export of an account of so many roles.
#[divan::bench(args = [1_000, 5_000], sample_count = 5, sample_size = 1)]
fn authorization_details(bencher: divan::Bencher, roles: usize) {
    let text = export(roles, Changed::None);
    bencher
        .counter(ItemsCount::new(roles))
        .bench_local(|| account(text.clone()));
}

/// A plan with a role, its inline policy and an attachment by reference, so often.
#[divan::bench(args = [1_000], sample_count = 5, sample_size = 1)]
fn terraform_plan(bencher: divan::Bencher, roles: usize) {
    let entry = |kind: &str, i: usize, values: Value| json!({"address": format!("{kind}.app{i}"), "mode": "managed", "type": kind, "name": format!("app{i}"), "values": values});
    let (mut resources, mut configuration) = (Vec::new(), Vec::new());
    for i in 0..roles {
        let name = format!("app-{i}");
        resources.push(entry(
            "aws_iam_role",
            i,
            json!({"name": name, "assume_role_policy": trust().to_string()}),
        ));
        let policy = json!({"name": name, "policy": document(i, Changed::None).to_string()});
        resources.push(entry("aws_iam_policy", i, policy));
        let attachment = "aws_iam_role_policy_attachment";
        resources.push(entry(attachment, i, json!({"role": name})));
        let policy = format!("aws_iam_policy.app{i}");
        configuration.push(json!({"address": format!("{attachment}.app{i}"),
            "expressions": {"policy_arn": {"references": [format!("{policy}.arn"), policy]}}}));
    }
    let text = json!({"planned_values": {"root_module": {"resources": resources}},
        "configuration": {"root_module": {"resources": configuration}}})
    .to_string();
    bencher.counter(ItemsCount::new(roles)).bench_local(|| {
        let mut sources = SourceMap::default();
        let file = sources.add("plan.json", text.clone());
        let (read, found) = terraform::read(&[file], &sources, Catalogue::embedded());
        assert_eq!((read.documents.len(), found.len()), (2 * roles, 0));
    });
}

/// A template in YAML of 500 roles, as many as AWS takes.
#[divan::bench(args = [500], sample_count = 5, sample_size = 1)]
fn cloudformation_template(bencher: divan::Bencher, roles: usize) {
    let mut text = "Parameters: {Stage: {Type: String, Default: prod}}\nResources:\n".to_owned();
    for i in 0..roles {
        text += &format!(
            "  Role{i}:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: !Sub 'app-{i}-${{Stage}}'\n      \
             AssumeRolePolicyDocument: {}\n      Policies:\n        - PolicyName: data\n          PolicyDocument:\n            \
             Version: 2012-10-17\n            Statement:\n              - Effect: Allow\n                Action: [s3:GetObject]\n                \
             Resource: !Join ['', ['arn:aws:s3:::app-', !Ref Stage, '/{i}/*']]\n",
            trust()
        );
    }
    let settings = cloudformation::Settings::default();
    bencher.counter(ItemsCount::new(roles)).bench_local(|| {
        let mut sources = SourceMap::default();
        let file = sources.add("template.yaml", text.clone());
        let catalogue = Catalogue::embedded();
        let (read, found) = cloudformation::read(&[file], &sources, catalogue, &settings);
        assert_eq!((read.documents.len(), found.len()), (2 * roles, 0));
    });
}

/// An account of so many roles of which every tenth has changed; the others are written otherwise.
#[divan::bench(args = [1_000], sample_count = 3, sample_size = 1)]
fn drift_of_an_account(bencher: divan::Bencher, roles: usize) {
    let sources = account(export(roles, Changed::None));
    let deployed = account(export(roles, Changed::Tenth));
    let coverage = [Coverage {
        account: ACCOUNT.to_owned(),
        ..Coverage::default()
    }];
    bencher.counter(ItemsCount::new(roles)).bench_local(|| {
        let asking = Asking::new(Catalogue::embedded());
        let report = drift::compare(&sources, &deployed, &coverage, Tags::Ignored, &asking);
        assert!(report.has_drift() && !report.is_undecided());
        let changed = report.in_state(drift::State::Changed).count();
        assert_eq!(changed, roles.div_ceil(10));
    });
}
