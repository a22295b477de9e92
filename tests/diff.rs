//! What `bailiwick diff` says, against goldens: `tests/diff/CASE/{old,new}/`, beside them `expected.txt`, `.md`, `.json`.
//!
//! `BLESS=1 cargo test --test diff` writes the goldens anew; read the difference before committing it. The pull
//! request of docs/diff.md is made here, too.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and it touches the disk on purpose"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Exit code, stdout and stderr of `diff`, in a folder.
fn diff(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    let output = command
        .current_dir(folder)
        .arg("diff")
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

fn compare(golden: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(golden, text).unwrap();
    }
    let expected = fs::read_to_string(golden).unwrap_or_default();
    assert_eq!(text, expected, "{}", golden.display());
}

#[test]
fn every_case_reads_as_its_golden() {
    let mut cases: Vec<PathBuf> = fs::read_dir(root().join("tests/diff"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() > 8);
    for case in cases {
        let (code, text, err) = diff(&case, &["old", "new"]);
        if case.ends_with("does_not_compile") {
            assert_eq!((code, text.as_str()), (2, ""), "{err}");
            assert!(err.contains("GetObjct") && err.contains("does not compile"));
            continue;
        }
        assert_eq!(code, 0, "{err}");
        compare(&case.join("expected.txt"), &text);
        let (_, text, _) = diff(&case, &["old", "new", "--format", "markdown"]);
        compare(&case.join("expected.md"), &text);
        let (_, text, _) = diff(&case, &["old", "new", "--format", "json"]);
        compare(&case.join("expected.json"), &text);
    }
}

#[test]
fn a_pipeline_refuses_what_it_was_told_to() {
    let fails = |case: &str, what: &str| {
        let folder = root().join("tests/diff").join(case);
        diff(&folder, &["old", "new", "--fail-on", what]).0
    };
    assert_eq!(fails("escalation", "escalation"), 1);
    assert_eq!(fails("guardrail_opens_a_way", "escalation"), 1);
    assert_eq!(fails("public_bucket", "public"), 1);
    assert_eq!(fails("trust_wider", "external"), 1);
    assert_eq!(fails("new_grant", "escalation,public,external"), 0);
    assert_eq!(fails("new_grant", "wider"), 1);
    assert_eq!(fails("moved_text", "any"), 0);
    assert_eq!(fails("guardrail_narrower", "wider"), 0);
    assert_eq!(fails("guardrail_narrower", "narrower"), 1);
}

/// Whoever gates on a difference is told where there may be one: that is neither a pass nor a finding.
#[test]
fn what_is_not_settled_has_an_exit_code_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let document = |more: &str| {
        // Letters that the engine keeps for itself: nothing that holds them is decided.
        let own = "arn:aws:s3:::a\u{F0001}*";
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["{own}"{more}]}}]}}"#
        )
    };
    fs::write(scratch.path().join("old.json"), document("")).unwrap();
    let wider = document(r#", "arn:aws:s3:::b/*""#);
    fs::write(scratch.path().join("new.json"), wider).unwrap();
    let (code, text, _) = diff(scratch.path(), &["old.json", "new.json"]);
    assert_eq!(code, 0);
    assert!(
        text.contains("undecided: what document `document` gains: letters of Unicode"),
        "{text}"
    );
    let gated = ["old.json", "new.json", "--fail-on", "wider"];
    assert_eq!(diff(scratch.path(), &gated).0, 4);
    let mut machine = gated.to_vec();
    machine.extend(["--format", "sarif"]);
    let (code, text, _) = diff(scratch.path(), &machine);
    assert_eq!(code, 4);
    assert!(text.contains("undecided-access"), "{text}");
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let output = command
        .current_dir(folder)
        .args(identity)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).unwrap()),
        }
    }
}

/// The pull request of docs/diff.md: one word of one line, in a git repository, as a pipeline would see it.
#[test]
fn the_pull_request_of_the_documentation() {
    let scratch = tempfile::tempdir().unwrap();
    let project = scratch.path().join("acme");
    copy(&root().join("examples/acme"), &project);
    git(scratch.path(), &["init", "-q", "-b", "main"]);
    git(scratch.path(), &["add", "-A"]);
    git(scratch.path(), &["commit", "-qm", "before"]);
    let roles = project.join("platform/roles.bw");
    let text = fs::read_to_string(&roles).unwrap();
    let changed = text.replace("document/AWS-RunPatchBaseline\"", "document/AWS-Run*\"");
    assert_ne!(text, changed);
    fs::write(&roles, changed).unwrap();
    let (code, shown, err) = diff(&project, &["main", ".", "--format", "markdown"]);
    assert_eq!(code, 0, "{err}");
    assert!(shown.contains("**Escalation**"), "{shown}");
    let page = fs::read_to_string(root().join("docs/diff.md")).unwrap();
    assert!(page.contains(&shown), "docs/diff.md does not show\n{shown}");
    git(scratch.path(), &["commit", "-qam", "after"]);
    let (code, _, _) = diff(&project, &["HEAD~1..HEAD", "--fail-on", "escalation"]);
    assert_eq!(code, 1);
    let (code, same, _) = diff(&project, &["HEAD", "."]);
    assert_eq!(code, 0);
    assert!(same.contains("no change in meaning"), "{same}");
    let (code, _, err) = diff(&project, &["no-such-thing", "."]);
    assert_eq!(code, 2);
    assert!(err.contains("`no-such-thing`"), "{err}");
    // What was built of the same sources means the same.
    let (code, same, err) = diff(&project, &["HEAD~1", "out"]);
    assert_eq!(code, 0, "{err}");
    assert!(same.contains("no change in meaning"), "{same}");
}
