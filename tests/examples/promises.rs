//! What the standard library promises, request by request, on the documents that it builds.
//!
//! Each case is a request that somebody will make one day: with the key absent, by a service, by a stranger. The
//! documents are those of `tests/stdlib`; the evaluator is the engine's reference.

use bailiwick::engine::Semantics;
use bailiwick::engine::concrete::Decision::{self, Allowed, ExplicitlyDenied, ImplicitlyDenied};
use bailiwick::engine::scenario;
use serde_json::{Value, json};

use crate::project::{Built, Project};

const WORKER: &str = "arn:aws:sts::101010101010:assumed-role/Worker/session";
const USER: &str = "arn:aws:iam::101010101010:user/Ada";
const ROOT: &str = "arn:aws:iam::101010101010:root";
const DEPLOYER: &str = "arn:aws:sts::444444444444:assumed-role/GitHubDeployer/run";

#[test]
fn require_mfa_for_users_leaves_workloads_alone() {
    let scp = under_scp("Guarded/People/scps/RequireMfaForUsers.json");
    let list = |who, context| ask(&scp, who, "s3:ListAllMyBuckets", "*", context);
    assert_eq!(list(USER, json!({})), ExplicitlyDenied);
    assert_eq!(list(USER, mfa("false")), ExplicitlyDenied);
    assert_eq!(list(USER, mfa("true")), Allowed);
    assert_eq!(list(WORKER, json!({})), Allowed);
    assert_eq!(list(WORKER, mfa("false")), Allowed);
    let enrol = ask(&scp, USER, "iam:EnableMFADevice", USER, json!({}));
    assert_eq!(enrol, Allowed);
}

#[test]
fn deny_root_user_lets_central_root_sessions_through() {
    let scp = under_scp("Guarded/People/scps/DenyRootUser.json");
    let list = |who, context| ask(&scp, who, "s3:ListAllMyBuckets", "*", context);
    assert_eq!(list(ROOT, json!({})), ExplicitlyDenied);
    assert_eq!(list(ROOT, json!({"aws:AssumedRoot": "true"})), Allowed);
    assert_eq!(list(USER, json!({})), Allowed);
}

#[test]
fn region_lock_stops_regions_and_no_global_service() {
    let scp = under_scp("Guarded/Regions/scps/RegionLock.json");
    for (action, region, decision) in [
        ("dynamodb:ListTables", "eu-west-1", Allowed),
        ("dynamodb:ListTables", "eu-central-1", Allowed),
        ("dynamodb:ListTables", "us-east-1", ExplicitlyDenied),
        ("iam:ListRoles", "us-east-1", Allowed),
        ("cloudfront:ListDistributions", "us-east-1", Allowed),
        ("globalaccelerator:ListAccelerators", "us-west-2", Allowed),
        ("s3:ListAllMyBuckets", "us-east-1", Allowed),
        ("acm:ListCertificates", "us-east-1", Allowed),
        ("acm:ListCertificates", "ap-southeast-2", ExplicitlyDenied),
        ("lambda:ListFunctions", "us-east-1", ExplicitlyDenied),
    ] {
        let context = json!({"aws:RequestedRegion": region});
        let got = ask(&scp, WORKER, action, "*", context);
        assert_eq!(got, decision, "{action} in {region}");
    }
}

#[test]
fn require_imdsv2_binds_credentials_of_instances_only() {
    let scp = under_scp("Guarded/Data/scps/RequireImdsv2.json");
    let list = |context| ask(&scp, WORKER, "s3:ListAllMyBuckets", "*", context);
    assert_eq!(list(json!({})), Allowed);
    assert_eq!(list(json!({"ec2:RoleDelivery": "2.0"})), Allowed);
    assert_eq!(list(json!({"ec2:RoleDelivery": "1.0"})), ExplicitlyDenied);
    let instance = "arn:aws:ec2:eu-west-1:101010101010:instance/*";
    let run = |context| ask(&scp, WORKER, "ec2:RunInstances", instance, context);
    assert_eq!(run(json!({})), ExplicitlyDenied);
    assert_eq!(run(json!({"ec2:MetadataHttpTokens": "required"})), Allowed);
}

#[test]
fn require_encryption_leaves_members_of_clusters_to_their_cluster() {
    let scp = under_scp("Guarded/Data/scps/RequireEncryption.json");
    let database = "arn:aws:rds:eu-west-1:101010101010:db:x";
    let create = |context| ask(&scp, WORKER, "rds:CreateDBInstance", database, context);
    let postgres = |on: &str| json!({"rds:DatabaseEngine": "postgres", "rds:StorageEncrypted": on});
    assert_eq!(create(postgres("true")), Allowed);
    assert_eq!(create(postgres("false")), ExplicitlyDenied);
    assert_eq!(create(json!({})), ExplicitlyDenied);
    for engine in ["aurora-mysql", "docdb", "neptune"] {
        let context = json!({"rds:DatabaseEngine": engine, "rds:StorageEncrypted": "false"});
        assert_eq!(create(context), Allowed, "{engine}");
    }
}

#[test]
fn identity_perimeter_stops_strangers_and_no_service() {
    let list = |who: Value, context: Value| {
        let mut context = context;
        context["aws:SecureTransport"] = json!("true");
        ask_openly(&perimeter(), who, context)
    };
    let insider = json!("arn:aws:sts::505050505050:assumed-role/Reader/session");
    let outsider = json!("arn:aws:iam::777777777777:user/x");
    let service = || json!({"service": "logging.s3.amazonaws.com"});
    let signed =
        |org: &str| json!({"aws:PrincipalOrgID": org, "aws:PrincipalIsAWSService": "false"});
    let called_by_service = |more: Value| {
        let mut context = json!({"aws:PrincipalIsAWSService": "true"});
        for (key, value) in more.as_object().unwrap() {
            context[key] = value.clone();
        }
        context
    };
    assert_eq!(list(insider.clone(), signed("o-perimeter0")), Allowed);
    assert_eq!(
        list(outsider.clone(), signed("o-stranger0000")),
        ExplicitlyDenied
    );
    let standalone = json!({"aws:PrincipalIsAWSService": "false"});
    assert_eq!(list(outsider, standalone), ExplicitlyDenied);
    assert_eq!(list(json!("anonymous"), json!({})), ExplicitlyDenied);

    assert_eq!(list(service(), called_by_service(json!({}))), Allowed);
    let ours = json!({"aws:SourceAccount": "505050505050", "aws:SourceOrgID": "o-perimeter0"});
    assert_eq!(list(service(), called_by_service(ours)), Allowed);
    let theirs = json!({"aws:SourceAccount": "777777777777", "aws:SourceOrgID": "o-stranger0000"});
    assert_eq!(list(service(), called_by_service(theirs)), ExplicitlyDenied);
    let nobodys = json!({"aws:SourceAccount": "777777777777"});
    assert_eq!(
        list(service(), called_by_service(nobodys)),
        ExplicitlyDenied
    );

    let mut plain = signed("o-perimeter0");
    plain["aws:SecureTransport"] = json!("false");
    assert_eq!(ask_openly(&perimeter(), insider, plain), ExplicitlyDenied);
}

#[test]
fn resource_perimeter_stops_strangers_buckets() {
    let scp = under_scp("Perimetered/Plain/scps/OnlyTrustedResources.json");
    let put = |context| ask(&scp, WORKER, "s3:PutObject", "arn:aws:s3:::b/x", context);
    let owner = |account: &str, org: &str| json!({"aws:ResourceAccount": account, "aws:ResourceOrgID": org});
    assert_eq!(put(owner("101010101010", "o-perimeter0")), Allowed);
    assert_eq!(
        put(owner("777777777777", "o-stranger0000")),
        ExplicitlyDenied
    );
    assert_eq!(
        put(json!({"aws:ResourceAccount": "777777777777"})),
        ExplicitlyDenied
    );
}

#[test]
fn ci_deployer_makes_bounded_roles_only() {
    let built = Project::from_disk("tests/stdlib").build();
    let boundary = built.document("accounts/Lab/boundaries/CiDeployer.json");
    let policies = json!({"identity": [everything()], "boundary": boundary});
    let own = json!({"iam:PermissionsBoundary": "arn:aws:iam::444444444444:policy/CiDeployer"});
    let other = json!({"iam:PermissionsBoundary": "arn:aws:iam::444444444444:policy/Wide"});
    let role = "arn:aws:iam::444444444444:role/app/api";
    let admin = "arn:aws:iam::444444444444:role/admin";
    let this = "arn:aws:iam::444444444444:policy/CiDeployer";
    for (action, resource, context, decision) in [
        ("iam:CreateRole", role, own.clone(), Allowed),
        ("iam:CreateRole", role, json!({}), ImplicitlyDenied),
        ("iam:CreateRole", role, other.clone(), ImplicitlyDenied),
        ("iam:CreateRole", admin, own.clone(), ImplicitlyDenied),
        ("iam:AttachRolePolicy", role, own.clone(), Allowed),
        ("iam:AttachRolePolicy", role, json!({}), ImplicitlyDenied),
        (
            "iam:PutRolePermissionsBoundary",
            role,
            own.clone(),
            ExplicitlyDenied,
        ),
        (
            "iam:PutRolePermissionsBoundary",
            role,
            other,
            ExplicitlyDenied,
        ),
        (
            "iam:DeleteRolePermissionsBoundary",
            role,
            own,
            ExplicitlyDenied,
        ),
        ("iam:CreatePolicyVersion", this, json!({}), ExplicitlyDenied),
        ("iam:PassRole", role, json!({}), Allowed),
        ("iam:PassRole", admin, json!({}), ImplicitlyDenied),
        ("sts:AssumeRole", admin, json!({}), ImplicitlyDenied),
        (
            "iam:CreateUser",
            "arn:aws:iam::444444444444:user/x",
            json!({}),
            ImplicitlyDenied,
        ),
        ("s3:CreateBucket", "arn:aws:s3:::x", json!({}), Allowed),
    ] {
        let shown = format!("{action} on {resource} with {context}");
        assert_eq!(
            ask(&policies, DEPLOYER, action, resource, context),
            decision,
            "{shown}"
        );
    }
}

fn mfa(present: &str) -> Value {
    json!({"aws:MultiFactorAuthPresent": present})
}

/// A policy that allows everything, so that only the guardrail can deny.
fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
}

/// An administrator under `FullAWSAccess` and one guardrail.
fn under_scp(path: &str) -> Value {
    let built = Project::from_disk("tests/stdlib").build();
    let guardrail = built.document(&format!("organizations/{path}"));
    json!({"identity": [everything()], "scps": [[everything(), guardrail]]})
}

/// A bucket open to the world, behind the perimeter's RCPs.
fn perimeter() -> Value {
    let built: Built = Project::from_disk("tests/stdlib").build();
    let rcp =
        |name: &str| built.document(&format!("organizations/Perimetered/Plain/rcps/{name}.json"));
    let rcps = [
        "OnlyTrustedIdentities",
        "ConfusedDeputy",
        "OnlyGitHub",
        "OnlyTls",
    ]
    .map(rcp);
    let shared = built.document("accounts/PlainLab/resources/Shared.json");
    json!({"identity": [everything()], "rcps": [rcps], "resource": shared})
}

fn ask_openly(policies: &Value, who: Value, context: Value) -> Decision {
    let mut policies = policies.clone();
    if !who.as_str().is_some_and(|arn| arn.starts_with("arn:")) {
        policies["identity"] = json!([]);
    }
    let object = "arn:aws:s3:::example-shared/x";
    decide(&json!({
        "id": "case",
        "request": {
            "principal": who,
            "action": "s3:PutObject",
            "resource": object,
            "resource_account": "505050505050",
            "context": context,
        },
        "policies": policies,
    }))
}

fn ask(policies: &Value, who: &str, action: &str, resource: &str, context: Value) -> Decision {
    decide(&json!({
        "id": "case",
        "request": {"principal": who, "action": action, "resource": resource, "context": context},
        "policies": policies,
    }))
}

fn decide(case: &Value) -> Decision {
    let outcome = scenario::run(&case.to_string(), &Semantics::default());
    outcome
        .unwrap_or_else(|failure| unreachable!("{failure:?}"))
        .decision
}
