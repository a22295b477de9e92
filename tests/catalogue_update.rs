//! `catalogue update` and `diff --from`, as a user calls them: small packages of both kinds, a project that uses them.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and it touches the disk on purpose"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/catalogue");

/// Exit code, stdout, stderr.
fn run(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    let output = command.current_dir(dir).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap();
    (code, text(output.stdout), text(output.stderr))
}

/// A folder with a project of one policy, and copies of both packages to change.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Bench {
        let bench = Bench {
            dir: TempDir::new().unwrap(),
        };
        let settings = "[catalogue]\npath = \"zoo.txt\"\n";
        bench.write("p/bailiwick.toml", settings);
        let policy = "policy Keeper { allow read(zoo), write(zoo) on * }\n";
        let account = "account Prod \"111111111111\" { deploy Keeper }\n";
        bench.write("p/a.bw", &format!("{policy}{account}"));
        for package in ["iam-data", "service-reference"] {
            copy(&Path::new(FIXTURES).join(package), &bench.path(package));
        }
        bench
    }

    fn path(&self, inner: &str) -> PathBuf {
        self.dir.path().join(inner)
    }

    fn write(&self, inner: &str, text: &str) {
        let path = self.path(inner);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces text in a file that has it.
    fn edit(&self, inner: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(inner)).unwrap();
        assert!(text.contains(from), "{inner} has no {from}");
        self.write(inner, &text.replace(from, to));
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        run(self.dir.path(), args)
    }

    /// The actions of the one document that the project builds to.
    fn built(&self) -> String {
        let (code, _, err) = self.run(&["build", "p", "--out", "out"]);
        assert_eq!(code, 0, "{err}");
        let document = self.path("out/accounts/Prod/policies/Keeper.json");
        let document: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(document).unwrap()).unwrap();
        document.pointer("/Statement/0/Action").unwrap().to_string()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_package_becomes_the_catalogue_that_everything_uses() {
    let bench = Bench::new();
    let (code, _, err) = bench.run(&["check", "p"]);
    assert!(code == 1 && err.contains("invalid-catalogue"), "{err}");
    let (code, _, err) = bench.run(&["catalogue", "update", "--from", "iam-data", "p"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(bench.built(), r#"["zoo:Watch","zoo:Feed"]"#);
    // As build does, so do the commands that look into it.
    let zoo = ["--project", "p"];
    let (code, out, _) = bench.run(&[&["catalogue", "show", "zoo:Feed"], &zoo[..]].concat());
    assert!(code == 0 && out.contains("zoo:Feed"), "{out}");
    let (code, out, _) = bench.run(&[&["catalogue", "search", "feed"], &zoo[..]].concat());
    assert!(code == 0 && out.contains("zoo:Feed"), "{out}");
    let (code, out, err) = bench.run(&[&["catalogue", "info"], &zoo[..]].concat());
    assert!(
        code == 0 && out.contains("@example/iam-data 1.2.3"),
        "{out}"
    );
    assert!(err.contains("p/zoo.txt"), "{err}");
    let (code, out, _) = run(&bench.path("p"), &["catalogue", "show", "zoo:Feed"]);
    assert!(code == 0 && out.contains("zoo:Feed"), "{out}");
    let (code, _, err) = bench.run(&["catalogue", "show", "zoo:Feed"]);
    assert!(code == 2 && err.contains("zoo"), "outside a project: {err}");
}

#[test]
fn diff_shows_what_a_newer_package_would_change_and_update_stops_the_build() {
    let bench = Bench::new();
    let update = ["catalogue", "update", "--from", "iam-data", "p"];
    assert_eq!(bench.run(&update).0, 0);
    let before = bench.built();
    let diff = ["catalogue", "diff", "p", "--from", "iam-data"];
    let (code, out, err) = bench.run(&diff);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "", "nothing changes\n")
    );
    let actions = "iam-data/data/actions/zoo.json";
    bench.edit(
        actions,
        r#""accessLevel": "Read""#,
        r#""accessLevel": "List""#,
    );
    let (code, out, _) = bench.run(&diff);
    let change = "read on zoo:* loses zoo:Watch\n";
    assert_eq!((code, out.as_str()), (1, change));
    assert_eq!(bench.built(), before, "looking changes nothing");
    let (code, out, _) = bench.run(&[&diff[..], &["--format", "json"]].concat());
    assert_eq!((code, out), (1, format!("{:?}\n", change.trim_end())));
    assert_eq!(bench.run(&update).0, 0);
    let (code, _, err) = bench.run(&["build", "p", "--out", "out"]);
    assert_eq!(code, 1, "{err}");
    assert_eq!(bench.run(&["catalogue", "lock", "p"]).0, 1, "{err}");
}

#[test]
fn the_service_reference_changes_the_services_it_speaks_of() {
    let bench = Bench::new();
    assert_eq!(
        bench
            .run(&["catalogue", "update", "--from", "iam-data", "p"])
            .0,
        0
    );
    assert_eq!(bench.built(), r#"["zoo:Watch","zoo:Feed"]"#);
    let diff = ["catalogue", "diff", "p", "--from", "service-reference"];
    let (code, out, _) = bench.run(&diff);
    let changes: Vec<&str> = out.lines().collect();
    let expected = [
        "read on zoo:* gains zoo:Groom",
        "read on zoo:* loses zoo:Watch",
    ];
    assert_eq!((code, changes.as_slice()), (1, &expected[..]));
    let update = ["catalogue", "update", "--from", "service-reference", "p"];
    assert_eq!(bench.run(&update).0, 0);
    let (code, out, _) = bench.run(&["catalogue", "show", "aviary", "--project", "p"]);
    assert_eq!(code, 0, "a service that it does not speak of stays: {out}");
    assert_eq!(bench.run(&["catalogue", "lock", "p"]).0, 0);
    assert_eq!(bench.built(), r#"["zoo:Groom","zoo:Feed"]"#);
}

#[test]
fn what_is_no_package_writes_nothing() {
    let bench = Bench::new();
    bench.write("junk/readme.txt", "nothing of use");
    bench.write("broken/zoo.json", "{\"Name\": \"zoo\", \"Actions\": 7}");
    for from in ["junk", "broken", "missing", "p/a.bw"] {
        for command in ["update", "diff"] {
            let (code, _, err) = bench.run(&["catalogue", command, "--from", from, "p"]);
            let told = err.contains(from) || (command == "diff" && err.contains("zoo.txt"));
            assert!(
                code != 0 && told && !err.contains("internal"),
                "{from}: {err}"
            );
        }
        assert!(!bench.path("p/zoo.txt").exists());
    }
    let update = ["catalogue", "update", "--from", "iam-data", "nowhere"];
    let (code, _, err) = bench.run(&update);
    assert!(code == 2 && err.contains("nowhere"), "{err}");
}
