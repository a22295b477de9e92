//! The demonstration account: imported, tidied by hand in one commit (`tests/import_account/tidied`), proved unchanged.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and works on folders of the disk"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Runs the program in the repository; exit code, standard output, standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_bailiwick"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

const EXPORT: &str = "tests/import_account/account.json";
const TIDIED: &str = "tests/import_account/tidied";

/// The account as `import` writes it.
fn imported(folder: &TempDir) -> String {
    let out = folder.path().join("imported").display().to_string();
    let (exit, _, err) = run(&["import", "--authorization-details", EXPORT, "--out", &out]);
    assert_eq!(exit, 0, "{err}");
    assert!(err.contains("82 documents, 82 proved equal"), "{err}");
    out
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target: PathBuf = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).unwrap()),
        }
    }
}

#[test]
fn tidying_changed_nothing() {
    let folder = TempDir::new().unwrap();
    let imported = imported(&folder);
    let (exit, out, err) = run(&["diff", &imported, TIDIED]);
    assert_eq!(exit, 0, "{err}");
    // Forty roles and three users.
    let said = "no change in meaning (43 identities in 1 account)";
    assert!(out.contains(said), "{out}");
    assert_ne!(
        fs::read_to_string(Path::new(&imported).join("org.bw")).unwrap(),
        fs::read_to_string(Path::new(TIDIED).join("org.bw")).unwrap()
    );
}

#[test]
fn what_is_deployed_is_what_the_tidied_sources_mean() {
    let (exit, out, err) = run(&["drift", "--authorization-details", EXPORT, TIDIED]);
    assert_eq!(exit, 0, "{out}{err}");
    assert!(out.contains("no drift"), "{out}");
}

/// The same proof fails where tidying goes too far.
#[test]
fn tidying_too_far_is_seen() {
    let folder = TempDir::new().unwrap();
    let imported = imported(&folder);
    let tidied = folder.path().join("tidied");
    copy(Path::new(TIDIED), &tidied);
    let file = tidied.join("roles/jenkins.bw");
    let text = fs::read_to_string(&file).unwrap();
    let shorter = text.replace("  allow iam:PassRole on *\n", "");
    assert_ne!(text, shorter);
    fs::write(&file, shorter).unwrap();
    let (_, out, _) = run(&["diff", &imported, &tidied.display().to_string()]);
    assert!(!out.contains("no change in meaning"), "{out}");
    assert!(
        out.contains("jenkins") && out.contains("iam:PassRole"),
        "{out}"
    );
}
