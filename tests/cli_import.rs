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
    assert!(err.contains("77 documents, 77 proved equal"), "{err}");
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
