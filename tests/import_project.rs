//! Whole accounts become projects, and every document of them is proved equal.

#![expect(
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and reads its case from the disk"
)]

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::authorization::{self, AccountExport};
use bailiwick::diagnostic::has_errors;
use bailiwick::driver::import::{ImportedProject, import_project};
use bailiwick::import::project::AccountSource;
use bailiwick::import::{Levels, Names, Options, Style};
use bailiwick::source::SourceMap;

const OPTIONS: Options = Options {
    style: Style::Factored,
    levels: Levels::Spelt,
};

fn import(texts: &[&str]) -> ImportedProject {
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let files: Vec<_> = texts
        .iter()
        .map(|t| sources.add("account.json", *t))
        .collect();
    let (exports, found) = authorization::read(&files, &sources, catalogue);
    assert!(!has_errors(&found), "{found:?}");
    let mut names = Names::of_project();
    let source = |e| source_of(e, &mut names);
    let accounts: Vec<AccountSource<'_>> = exports.iter().map(source).collect();
    import_project(&accounts, None, OPTIONS, catalogue)
}

fn source_of<'e>(export: &'e AccountExport, names: &mut Names) -> AccountSource<'e> {
    let ident = names.take(&format!("Account{}", export.account.id));
    let inline = export.inline.iter();
    let inline = inline.map(|i| (i.owner_kind.as_str(), i.owner.as_str(), &i.policy));
    AccountSource::new(&export.account, ident, inline.collect())
}

fn file<'p>(project: &'p ImportedProject, path: &str) -> &'p str {
    let found = project.imported.files.iter().find(|(p, _)| p == path);
    let all = || {
        project
            .imported
            .files
            .iter()
            .map(|(p, _)| p.as_str())
            .collect::<Vec<_>>()
    };
    found.map_or_else(
        || panic!("no {path} among {:?}", all()),
        |(_, text)| text.as_str(),
    )
}

fn all_proved(project: &ImportedProject) -> usize {
    let (documents, equal) = project.imported.counts();
    let bad = project.imported.proofs.iter().find(|p| !p.is_equal());
    assert_eq!(documents, equal, "{bad:?}");
    documents
}

#[test]
fn the_demonstration_account_is_proved_equal() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/import_account/account.json"
    );
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let project = import(&[&text]);
    assert_eq!(all_proved(&project), 82);
    assert_eq!(
        file(&project, "roles/break_glass.bw"),
        "role break_glass {\n  name \"break-glass\"\n  attach aws \"AdministratorAccess\"\n  \
         trust account \"210987654321\" when mfa and mfa age < 15m\n}\n"
    );
    let raw: usize = project
        .imported
        .files
        .iter()
        .map(|(_, t)| t.matches("raw ").count())
        .sum();
    assert_eq!(
        raw, 2,
        "only the alias, which no key action acts on, and a pattern of `aws:PrincipalArn`"
    );
}

/// An account with one role of one statement.
fn account(id: &str, resource: &str) -> String {
    format!(
        r#"{{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{{
            "RoleName": "worker", "Path": "/", "Arn": "arn:aws:iam::{id}:role/worker",
            "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": "sts:AssumeRole"}}]}},
            "AttachedManagedPolicies": [], "RolePolicyList": [{{"PolicyName": "p", "PolicyDocument": {{
                "Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sqs:SendMessage",
                    "Resource": "{resource}"}}]}}}}]}}]}}"#
    )
}

#[test]
fn what_differs_by_the_account_only_is_one_declaration() {
    let one = account("111111111111", "arn:aws:sqs:eu-west-1:111111111111:jobs");
    let other = account("222222222222", "arn:aws:sqs:eu-west-1:222222222222:jobs");
    let project = import(&[&one, &other]);
    assert_eq!((project.declarations, all_proved(&project)), (1, 4));
    assert!(file(&project, "roles/worker.bw").contains("on sqs:queue \"jobs\""));
}

#[test]
fn what_differs_by_more_is_two() {
    let one = account("111111111111", "arn:aws:sqs:eu-west-1:111111111111:jobs");
    let other = account("222222222222", "arn:aws:sqs:eu-west-1:111111111111:jobs");
    let project = import(&[&one, &other]);
    assert_eq!((project.declarations, all_proved(&project)), (2, 4));
    assert!(file(&project, "roles/worker2.bw").contains("account: \"111111111111\""));
}

/// An account with roles of these names, each with the same statements on a bucket of its name.
fn alike(id: &str, names: &[&str]) -> String {
    let role = |name: &&str| {
        format!(
            r#"{{"RoleName": "{name}", "Path": "/", "Arn": "arn:aws:iam::{id}:role/{name}",
            "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                "Principal": {{"Service": "ec2.amazonaws.com"}}, "Action": "sts:AssumeRole"}}]}},
            "AttachedManagedPolicies": [{{"PolicyName": "roles", "PolicyArn": "arn:aws:iam::{id}:policy/roles"}}],
            "RolePolicyList": [{{"PolicyName": "data-access", "PolicyDocument": {{
                "Version": "2012-10-17", "Statement": [
                    {{"Sid": "Objects", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                      "Resource": "arn:aws:s3:::{name}/*"}},
                    {{"Sid": "Bucket", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
                      "Resource": "arn:aws:s3:::{name}"}}]}}}}]}}"#
        )
    };
    let roles: Vec<String> = names.iter().map(role).collect();
    format!(
        r#"{{"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [{}], "Policies": [{{
            "PolicyName": "roles", "Path": "/", "Arn": "arn:aws:iam::{id}:policy/roles", "DefaultVersionId": "v1",
            "PolicyVersionList": [{{"VersionId": "v1", "IsDefaultVersion": true, "Document": {{"Version": "2012-10-17",
                "Statement": [{{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}}]}}}}]}}]}}"#,
        roles.join(",")
    )
}

#[test]
fn what_roles_share_is_a_policy_of_its_own_file() {
    let one = alike("111111111111", &["orders", "billing"]);
    let other = alike("222222222222", &["orders-staging"]);
    let project = import(&[&one, &other]);
    assert_eq!(all_proved(&project), 8);
    let shared = file(&project, "shared.bw");
    assert!(
        shared.contains("policy DataAccess(bucket: s3:bucket) {"),
        "{shared}"
    );
    let role = file(&project, "roles/orders_staging.bw");
    let include = "  include shared.DataAccess(s3:bucket \"orders-staging\")\n";
    assert!(role.contains(include), "{role}");
}

/// Addresses that three roles demand, two of them with more: one condition in the file of what is common.
#[test]
fn what_guards_of_several_roles_demand_has_a_name() {
    let ranges =
        r#""IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.17/32"]}"#;
    let role = |name: &str, more: &str| {
        format!(
            r#"{{"RoleName": "{name}", "Path": "/", "Arn": "arn:aws:iam::111111111111:role/{name}",
            "AssumeRolePolicyDocument": {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow",
                "Principal": {{"AWS": "arn:aws:iam::222222222222:root"}}, "Action": "sts:AssumeRole",
                "Condition": {{{ranges}{more}}}}}]}}, "AttachedManagedPolicies": [], "RolePolicyList": []}}"#
        )
    };
    let text = format!(
        r#"{{"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{}, {}, {}]}}"#,
        role("a", ""),
        role("b", r#", "Bool": {"aws:MultiFactorAuthPresent": "true"}"#),
        role("c", r#", "StringEquals": {"sts:ExternalId": "x"}"#),
    );
    let project = import(&[&text]);
    assert_eq!(all_proved(&project), 3);
    let shared = file(&project, "shared.bw");
    let condition =
        "condition source_ip = source ip in [203.0.113.0/24, 198.51.100.0/24, 192.0.2.17/32]\n";
    assert!(shared.contains(condition), "{shared}");
    let guarded = file(&project, "roles/b.bw");
    assert!(
        guarded.contains("when shared.source_ip and mfa"),
        "{guarded}"
    );
}

/// The names of files are the names of modules, and a declaration in a module is found before them.
#[test]
fn entities_may_be_called_like_the_files() {
    let names = [
        "policies",
        "roles",
        "shared",
        "groups",
        "org",
        "providers",
        "guardrails",
        "users",
    ];
    let project = import(&[&alike("111111111111", &names)]);
    assert_eq!(all_proved(&project), 17);
    let role = file(&project, "roles/shared2.bw");
    assert!(role.contains("include shared"), "{role}");
}

/// The queue of an action that takes none is written barely, with the account in it: not one declaration after all.
#[test]
fn what_turns_out_to_differ_is_taken_apart() {
    let bare = |id: &str| {
        let text = account(id, &format!("arn:aws:sqs:eu-west-1:{id}:jobs"));
        text.replace("sqs:SendMessage", "sqs:ListQueues")
    };
    let project = import(&[&bare("111111111111"), &bare("222222222222")]);
    assert_eq!((project.declarations, all_proved(&project)), (2, 4));
}
