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

/// With the account given, its providers are declared beside the roles that trust them.
#[test]
fn providers_of_the_account_are_declared() {
    let trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"Federated":
        "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:acme/shop:environment:prod"}}}}"#;
    let folder = folder(&[("deploy.json", trust)]);
    let (code, out, err) = run(folder.path(), &["deploy.json", "--account", "111111111111"]);
    assert_eq!(code, 0, "{err}");
    let role =
        "role Deploy {\n  trust oidc GitHub(repository: \"acme/shop\", environment: \"prod\")\n}\n";
    assert_eq!(out, format!("oidc GitHub github {{}}\n\n{role}"));
    let (code, out, _) = run(folder.path(), &["deploy.json"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("trust federated \"arn:aws:iam::111111111111:oidc-provider"),
        "{out}"
    );
}

fn utf16(text: &str, mark: bool) -> Vec<u8> {
    let mark = if mark { vec![0xff, 0xfe] } else { Vec::new() };
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    mark.into_iter().chain(units).collect()
}

/// What each way to read says of a file that is something else.
#[test]
fn what_is_no_json_is_told_so() {
    let nested = format!(
        "{{\"Statement\": {}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let plan = r#"{"format_version": "1.2", "planned_values": {}}"#;
    let template = "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n";
    let cases: [(&str, Vec<u8>, [&str; 4]); 18] = [
        ("utf16.json", utf16(GOOD, true), ["this is UTF-16"; 4]),
        (
            "utf16-unmarked.json",
            utf16(GOOD, false),
            ["this is UTF-16"; 4],
        ),
        (
            "packed.json",
            b"\x1f\x8b\x08\0\0".to_vec(),
            ["this is packed with gzip"; 4],
        ),
        (
            "latin1.json",
            b"{\"Statement\": \"\xe4\"}".to_vec(),
            ["0xe4 is no UTF-8 here"; 4],
        ),
        (
            "binary.json",
            (0..=255).collect(),
            ["the file is not UTF-8 text"; 4],
        ),
        ("empty.json", b" \n".to_vec(), ["the file is empty"; 4]),
        ("nested.json", nested.into_bytes(), ["nested too deeply"; 4]),
        (
            "denied.json",
            b"An error occurred (AccessDenied)".to_vec(),
            ["this looks like an error of the AWS CLI"; 4],
        ),
        (
            "plan.json",
            plan.as_bytes().to_vec(),
            [
                "`bailiwick import --terraform-plan FILE` reads it",
                "`bailiwick import --terraform-plan FILE` reads it",
                "`terraform show -json plan.out > plan.json`",
                "`bailiwick import --terraform-plan FILE` reads it",
            ],
        ),
        (
            "plan.zip",
            b"PK\x03\x04\0".to_vec(),
            ["shown with `terraform show -json`"; 4],
        ),
        (
            "packed.zst",
            b"\x28\xb5\x2f\xfd\0".to_vec(),
            ["unpack it first"; 4],
        ),
        (
            "state.json",
            br#"{"version": 4, "lineage": "a", "resources": []}"#.to_vec(),
            ["`terraform show -json > state.json`"; 4],
        ),
        (
            "page.html",
            b"<!DOCTYPE html><html></html>".to_vec(),
            ["this looks like HTML or XML"; 4],
        ),
        (
            "main.tf",
            b"data \"aws_iam_policy_document\" \"a\" {\n}\n".to_vec(),
            ["this looks like a configuration of Terraform"; 4],
        ),
        (
            "document.yaml",
            b"Version: \"2012-10-17\"\nStatement:\n- Effect: Allow\n".to_vec(),
            [
                "IAM documents are JSON",
                "IAM documents are JSON",
                "IAM documents are JSON",
                "this looks like an IAM policy document",
            ],
        ),
        (
            "policies.json",
            br#"{"Policies": [{"PolicyName": "a", "DefaultVersionId": "v1"}]}"#.to_vec(),
            ["a list of policies without their documents"; 4],
        ),
        (
            "cut.json",
            GOOD.as_bytes()[..40].to_vec(),
            ["the file is cut off"; 4],
        ),
        (
            "template.yaml",
            template.as_bytes().to_vec(),
            [
                "`bailiwick import --cloudformation FILE` reads it",
                "`bailiwick import --cloudformation FILE` reads it",
                "`bailiwick import --cloudformation FILE` reads it",
                "no resource of the template has a policy",
            ],
        ),
    ];
    let folder = folder(&[]);
    for (name, bytes, said) in cases {
        fs::write(folder.path().join(name), bytes).unwrap();
        let options: [&[&str]; 4] = [
            &[],
            &["--out", "project", "--authorization-details"],
            &["--terraform-plan"],
            &["--cloudformation"],
        ];
        for (options, said) in options.iter().zip(said) {
            let (code, out, err) = run(folder.path(), &[options, &[name][..]].concat());
            assert_eq!((code, out.as_str()), (1, ""), "{name} {options:?}: {err}");
            assert!(err.contains(said), "{name} {options:?}: {err}");
        }
        assert!(!folder.path().join("project").exists(), "{name}");
    }
}

/// A file that cannot be read does not keep the others from being imported; the exit code tells.
#[test]
fn one_file_that_cannot_be_read_is_named() {
    let account = r#"{"UserDetailList": [{"UserName": "ada", "Path": "/", "Arn": "arn:aws:iam::111111111111:user/ada"}],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#;
    let folder = folder(&[("good.json", GOOD), ("bad.json", BAD)]);
    fs::create_dir(folder.path().join("exports")).unwrap();
    fs::write(folder.path().join("exports/a.json"), account).unwrap();
    let (code, out, err) = run(
        folder.path(),
        &["good.json", "exports", "bad.json", "no.json"],
    );
    assert_eq!(code, 2, "{err}");
    assert!(out.contains("policy good {"), "{out}");
    for said in [
        "cannot read `exports`: it is no regular file",
        "cannot read `no.json`: no such file",
        "bad.json:2:27",
        "1 document, 1 proved equal",
    ] {
        assert!(err.contains(said), "{said}: {err}");
    }
    // Of accounts a folder of exports will do.
    let arguments = [
        "--out",
        "project",
        "--authorization-details",
        "exports",
        "no.json",
    ];
    let (code, _, err) = run(folder.path(), &arguments);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("cannot read `no.json`"), "{err}");
    assert!(folder.path().join("project/users.bw").is_file());
}

/// What the API gives, one by one or in a list.
#[test]
fn documents_encoded_as_in_urls_are_read() {
    let encoded = GOOD
        .replace('%', "%25")
        .replace('{', "%7B")
        .replace('"', "%22");
    let quoted = format!("[\"{encoded}\", {GOOD:?}]");
    let folder = folder(&[("raw.json", &encoded), ("list.json", &quoted)]);
    let (code, out, err) = run(folder.path(), &["raw.json", "list.json"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("policy Raw {"), "{out}");
    assert!(err.contains("3 documents, 3 proved equal"), "{err}");
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let folder = folder(&[("p.json", &format!("\u{feff}{GOOD}"))]);
    let (code, out, err) = run(folder.path(), &["p.json"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.starts_with("policy p {"), "{out}");
}

#[test]
fn what_is_no_file_cannot_be_read() {
    let folder = folder(&[("large.json", "")]);
    fs::create_dir(folder.path().join("folder.json")).unwrap();
    let large = fs::File::create(folder.path().join("large.json")).unwrap();
    large.set_len(200 << 20).unwrap();
    for (name, said) in [
        ("folder.json", "it is no regular file"),
        ("large.json", "it is larger than 64 MiB"),
        ("absent.json", "no such file"),
    ] {
        for option in [&[][..], &["--terraform-plan"], &["--cloudformation"]] {
            let (code, _, err) = run(folder.path(), &[option, &[name]].concat());
            assert_eq!(code, 2, "{name}: {err}");
            assert!(err.contains(said), "{name}: {err}");
        }
    }
}

/// Nothing is imported of an account that cannot be.
#[test]
fn more_roles_than_aws_allows_are_no_export() {
    let role = |i: usize| {
        format!(
            r#"{{"RoleName": "r{i}", "Path": "/", "Arn": "arn:aws:iam::111111111111:role/r{i}", "AssumeRolePolicyDocument":
            {{"Statement": []}}, "RolePolicyList": [], "AttachedManagedPolicies": []}}"#
        )
    };
    let roles: Vec<String> = (0..=10_000).map(role).collect();
    let lists = r#""UserDetailList": [], "GroupDetailList": [], "Policies": []"#;
    let text = format!("{{{lists}, \"RoleDetailList\": [{}]}}", roles.join(","));
    let folder = folder(&[("a.json", &text)]);
    let arguments = ["--authorization-details", "a.json", "--out", "project"];
    let (code, _, err) = run(folder.path(), &arguments);
    assert_eq!(code, 1, "{err}");
    let said =
        "account `111111111111` has more than 10000 roles, more than AWS lets an account have";
    assert!(err.contains(said), "{err}");
    assert!(!folder.path().join("project").exists());
}

/// Programs read findings from stdout; the source stands elsewhere then.
#[test]
fn findings_for_programs_do_not_mix_with_the_source() {
    let folder = folder(&[("good.json", GOOD), ("bad.json", BAD)]);
    let arguments = ["good.json", "bad.json", "--format", "json"];
    let (code, out, err) = run(folder.path(), &arguments);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("`--out FILE`"), "{err}");
    let (code, out, _) = run(
        folder.path(),
        &[&arguments[..], &["--out", "a.bw"]].concat(),
    );
    assert_eq!((code, out.lines().count()), (1, 1), "{out}");
    let found: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(found["code"], "invalid-document");
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

/// Names of policies with spaces, units of one name, and what other calls print.
#[test]
fn an_organisation_is_called_as_people_call_it() {
    let unit = |id: &str, name: &str| {
        format!(r#"{{"OrganizationalUnits": [{{"Id": "{id}", "Name": "{name}"}}]}}"#)
    };
    let two = r#"{"OrganizationalUnits": [{"Id": "ou-ab12-11111111", "Name": "Workloads"},
        {"Id": "ou-ab12-22222222", "Name": "Security"}]}"#;
    let policy = r#"{"Policy": {"PolicySummary": {"Id": "p-region01", "Name": "Only the EU", "Type": "SERVICE_CONTROL_POLICY"},
        "Content": "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"}}"#;
    let files = [
        (
            "describe-organization.json",
            r#"{"Organization": {"Id": "o-a1b2c3d4e5", "MasterAccountId": "999999999999"}}"#
                .to_owned(),
        ),
        (
            "list-roots.json",
            r#"{"Roots": [{"Id": "r-ab12", "Name": "Root"}]}"#.to_owned(),
        ),
        (
            "list-organizational-units-for-parent.r-ab12.json",
            two.to_owned(),
        ),
        (
            "list-organizational-units-for-parent.ou-ab12-11111111.json",
            unit("ou-ab12-33333333", "Prod"),
        ),
        (
            "list-organizational-units-for-parent.ou-ab12-22222222.json",
            unit("ou-ab12-44444444", "Prod"),
        ),
        ("describe-policy.p-region01.json", policy.to_owned()),
        (
            "list-targets-for-policy.p-region01.json",
            r#"{"Targets": [{"TargetId": "r-ab12"}]}"#.to_owned(),
        ),
        (
            "list-children.json",
            r#"{"Children": [{"Id": "999999999999", "Type": "ACCOUNT"}]}"#.to_owned(),
        ),
        ("list-tags-for-resource.json", r#"{"Tags": []}"#.to_owned()),
    ];
    let folder = folder(&[]);
    fs::create_dir(folder.path().join("org")).unwrap();
    for (path, text) in &files {
        fs::write(folder.path().join("org").join(path), text).unwrap();
    }
    let (_, _, err) = run(folder.path(), &["--organization", "org", "--out", "tree"]);
    assert!(!err.contains("error"), "{err}");
    assert!(
        err.contains("wrote 1 declaration of the organisation to tree"),
        "{err}"
    );
    assert!(err.contains("1 document, 1 proved equal"), "{err}");
    let read = |name: &str| fs::read_to_string(folder.path().join("tree").join(name)).unwrap();
    assert!(read("guardrails.bw").contains("scp Only_the_EU {\n  name \"Only the EU\""));
    let tree = read("org.bw");
    assert!(tree.contains("ou Prod \"ou-ab12-33333333\""), "{tree}");
    assert!(
        tree.contains("ou Security_Prod \"ou-ab12-44444444\""),
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
