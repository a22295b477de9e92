//! `bailiwick import`: where things go, what is said, exit codes.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot run the program on real files fails"
)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

const GOOD: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]}"#;
const BAD: &str = "{\"Version\": \"2012-10-17\",\n \"Statement\": [{\"Effect\": \"Alow\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}";

/// Exit code, stdout, stderr.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("bailiwick").unwrap();
    let output = command
        .current_dir(folder)
        .arg("import")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn a_document_becomes_a_policy_of_the_files_name() {
    let folder = folder(&[("read-b.json", GOOD)]);
    let (code, out, err) = run(folder.path(), &["read-b.json"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(
        out,
        "policy read_b {\n  allow s3:GetObject on s3:bucket \"b\"/*\n}\n"
    );
    assert!(err.starts_with("1 document, 1 proved equal, in "), "{err}");
}

#[test]
fn a_bad_document_is_named_and_the_others_are_imported() {
    let folder = folder(&[("good.json", GOOD), ("bad.json", BAD)]);
    let (code, out, err) = run(folder.path(), &["bad.json", "good.json"]);
    assert_eq!(code, 1);
    assert!(out.contains("policy good {"), "{out}");
    assert!(
        err.contains("bad.json:2:27") && err.contains("Statement[0].Effect"),
        "{err}"
    );
    assert!(err.contains("1 document, 1 proved equal"), "{err}");
}

#[test]
fn nothing_to_import_is_an_error() {
    let folder = folder(&[
        ("empty.json", "[]"),
        ("other.json", "{\"a\": 1}"),
        ("no.json", "nonsense"),
    ]);
    for (file, said) in [
        ("empty.json", "no document was found in `empty.json`"),
        ("other.json", "expected an object with `Statement`"),
        ("no.json", "invalid-document"),
    ] {
        let (code, out, err) = run(folder.path(), &[file]);
        assert_eq!((code, out.as_str()), (1, ""), "{file}");
        assert!(err.contains(said), "{err}");
    }
    assert_eq!(run(folder.path(), &["absent.json"]).0, 2);
    assert_eq!(run(folder.path(), &[]).0, 2);
    assert_eq!(run(folder.path(), &["empty.json", "--account", "12"]).0, 2);
}

#[test]
fn a_kind_a_name_a_file() {
    let folder = folder(&[("p.json", GOOD)]);
    let arguments = [
        "p.json", "--kind", "boundary", "--name", "Limit", "--out", "limit.bw",
    ];
    let (code, out, err) = run(folder.path(), &arguments);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let written = fs::read_to_string(folder.path().join("limit.bw")).unwrap();
    assert!(written.starts_with("boundary Limit {"), "{written}");
}

#[test]
fn a_project_is_not_written_over_anything() {
    let account = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/import_account/account.json"
    );
    let folder = folder(&[]);
    let arguments = ["--authorization-details", account, "--out", "project"];
    let (code, _, err) = run(folder.path(), &arguments);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("82 documents, 82 proved equal"), "{err}");
    assert!(folder.path().join("project/roles/break_glass.bw").is_file());
    let (code, _, err) = run(folder.path(), &arguments);
    assert_eq!(code, 2);
    assert!(err.contains("something is there already"), "{err}");
}

#[test]
fn an_organisation_is_written_as_its_tree() {
    let calls = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/deployed/organization");
    let folder = folder(&[]);
    let (code, _, err) = run(folder.path(), &["--organization", calls, "--out", "tree"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("2 documents, 2 proved equal"), "{err}");
    let tree = fs::read_to_string(folder.path().join("tree/org.bw")).unwrap();
    assert!(tree.contains("attach guardrails.DenyLeave"), "{tree}");
    assert!(
        tree.contains("management account Management \"999999999999\" {}"),
        "{tree}"
    );
}

/// What all accounts of a unit have is deployed to the unit; an account that was not exported keeps that from being known.
#[test]
fn what_a_unit_shares_is_deployed_to_the_unit() {
    let role = |account: &str, name: &str| {
        format!(
            r#"{{"RoleName": "{name}", "Path": "/", "Arn": "arn:aws:iam::{account}:role/{name}", "AssumeRolePolicyDocument": {{
            "Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Service": "ec2.amazonaws.com"}},
            "Action": "sts:AssumeRole"}}]}}, "RolePolicyList": [], "AttachedManagedPolicies": []}}"#
        )
    };
    let export = |account: &str, names: &[&str]| {
        let roles: Vec<String> = names.iter().map(|n| role(account, n)).collect();
        format!(
            r#"{{"RoleDetailList": [{}], "UserDetailList": [], "GroupDetailList": [], "Policies": []}}"#,
            roles.join(", ")
        )
    };
    let account = |id: &str, name: &str| format!(r#"{{"Id": "{id}", "Name": "{name}"}}"#);
    let accounts = |all: &[String]| format!(r#"{{"Accounts": [{}]}}"#, all.join(", "));
    let [a, b, c] = ["111111111111", "222222222222", "333333333333"];
    let files = [
        ("a.json", export(a, &["everywhere", "common", "own"])),
        ("b.json", export(b, &["everywhere", "common"])),
        ("c.json", export(c, &["everywhere"])),
        (
            "org/describe-organization.json",
            r#"{"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": "999999999999"}}"#
                .to_owned(),
        ),
        (
            "org/list-roots.json",
            r#"{"Roots": [{"Id": "r-ab12", "Name": "Root"}]}"#.to_owned(),
        ),
        (
            "org/list-organizational-units-for-parent.r-ab12.json",
            r#"{"OrganizationalUnits": [{"Id": "ou-ab12-11111111", "Name": "Workloads"}]}"#
                .to_owned(),
        ),
        (
            "org/list-organizational-units-for-parent.ou-ab12-11111111.json",
            r#"{"OrganizationalUnits": []}"#.to_owned(),
        ),
        (
            "org/list-accounts-for-parent.r-ab12.json",
            accounts(&[account(c, "Tools")]),
        ),
        (
            "org/list-accounts-for-parent.ou-ab12-11111111.json",
            accounts(&[account(a, "Prod"), account(b, "Test")]),
        ),
    ];
    let folder = folder(&[]);
    fs::create_dir(folder.path().join("org")).unwrap();
    for (path, text) in &files {
        fs::write(folder.path().join(path), text).unwrap();
    }
    let tree = |exports: &[&str], out: &str| {
        let arguments = [
            &["--authorization-details"],
            exports,
            &["--organization", "org", "--out", out],
        ];
        let (_, _, err) = run(folder.path(), &arguments.concat());
        assert!(err.contains("proved equal"), "{err}");
        let text = fs::read_to_string(folder.path().join(out).join("org.bw")).unwrap();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let all = tree(&["a.json", "b.json", "c.json"], "all");
    assert!(
        all.contains(r#"root "r-ab12" deploy roles.everywhere.everywhere"#),
        "{all}"
    );
    assert!(
        all.contains(r#""ou-ab12-11111111" { deploy roles.common.common"#),
        "{all}"
    );
    assert!(
        all.contains(r#"account Prod "111111111111" { deploy roles.own.own }"#),
        "{all}"
    );
    assert!(all.contains(r#"account Test "222222222222" {}"#), "{all}");
    let two = tree(&["a.json", "c.json"], "two");
    assert!(
        two.contains(r#"account Prod "111111111111" { deploy roles.everywhere"#),
        "{two}"
    );
    assert_eq!(two.matches("deploy roles").count(), 2, "{two}");
}
