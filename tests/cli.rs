//! The command as people and pipelines use it: exit codes, streams, formats, folders, what a failed build leaves.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and it touches the disk on purpose"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn bailiwick(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    command.args(args).stdin(Stdio::null());
    command
}

/// Exit code, stdout, stderr.
fn run(args: &[&str]) -> (i32, String, String) {
    shown(bailiwick(args).output().unwrap())
}

fn run_with_stdin(args: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut command = bailiwick(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    shown(child.wait_with_output().unwrap())
}

fn shown(output: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A project on the disk.
struct Project {
    dir: TempDir,
}

impl Project {
    fn empty() -> Project {
        let dir = TempDir::new().unwrap();
        Project { dir }
    }

    /// What `init` writes.
    fn new() -> Project {
        let project = Project::empty();
        let (code, _, err) = run(&["init", &project.path("p")]);
        assert_eq!(code, 0, "{err}");
        project
    }

    fn path(&self, inner: &str) -> String {
        self.dir.path().join(inner).to_str().unwrap().to_owned()
    }

    fn write(&self, inner: &str, text: impl AsRef<[u8]>) {
        let path = self.dir.path().join(inner);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn build(&self) -> (i32, String, String) {
        run(&["build", &self.path("p"), "--out", &self.path("out")])
    }

    /// The content of a folder by path.
    fn files(&self, inner: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(dir: &Path, root: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, root, found);
                } else {
                    let name = path.strip_prefix(root).unwrap().to_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        let root = self.dir.path().join(inner);
        let mut found = BTreeMap::new();
        walk(&root, &root, &mut found);
        found
    }
}

const BROKEN: &str = "scp Broken { deny s3:GetObjct on * }\n";

#[test]
fn what_init_writes_builds_and_is_formatted() {
    let project = Project::new();
    assert_eq!(run(&["fmt", "--check", &project.path("p")]).0, 0);
    let (code, out, err) = run(&["check", &project.path("p")]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(
        err.starts_with("checked 3 modules, 1 role in 3 accounts: no findings in "),
        "{err}"
    );
    let (code, out, err) = project.build();
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("wrote 3 documents to "), "{err}");
    assert!(
        err.ends_with(", each proved equal to its source\n"),
        "{err}"
    );
    let first = project.files("out");
    assert_eq!(first.len(), 4, "three documents and the manifest");
    assert_eq!(project.build().0, 0);
    assert_eq!(project.files("out"), first, "byte for byte the same");
    assert!(Path::new(&project.path("p/bailiwick.lock")).exists());
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::empty();
    project.write("p/org.bw", "mine");
    let (code, _, err) = run(&["init", &project.path("p")]);
    assert_eq!(code, 2);
    assert!(err.contains("org.bw"), "{err}");
    assert_eq!(project.files("p").len(), 1);
}

#[test]
fn minified_documents_have_no_white_space() {
    let project = Project::new();
    let out = project.path("out");
    let (code, ..) = run(&["build", &project.path("p"), "--out", &out, "--minify"]);
    assert_eq!(code, 0);
    for (path, bytes) in project.files("out") {
        if path != Path::new("manifest.json") {
            assert!(!bytes.contains(&b'\n'), "{}", path.display());
        }
    }
}

#[test]
fn a_failed_build_leaves_everything_as_it_was() {
    let project = Project::new();
    assert_eq!(project.build().0, 0);
    let before = project.files("out");
    let lock = fs::read(project.path("p/bailiwick.lock")).unwrap();
    project.write("p/broken.bw", BROKEN);
    let (code, out, err) = project.build();
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.contains("unknown-action") && err.contains("nothing is written"),
        "{err}"
    );
    assert_eq!(project.files("out"), before);
    assert_eq!(fs::read(project.path("p/bailiwick.lock")).unwrap(), lock);
    let rest: Vec<_> = fs::read_dir(project.dir.path()).unwrap().collect();
    assert_eq!(rest.len(), 2, "no scratch folder stays: {rest:?}");
}

#[test]
fn no_stale_file_stays() {
    let project = Project::new();
    assert_eq!(project.build().0, 0);
    let leftover = "out/accounts/Gone/roles/Old/trust.json";
    project.write(leftover, "{}");
    assert_eq!(project.build().0, 0);
    assert!(!Path::new(&project.path(leftover)).exists());
    project.write(
        "p/org.bw",
        "org O \"o-a1b2c3d4e5\" { root \"r-ab12\" account Tools \"333333333333\" {} }\n",
    );
    assert_eq!(project.build().0, 0);
    let names: Vec<PathBuf> = project.files("out").into_keys().collect();
    assert_eq!(names, [PathBuf::from("manifest.json")]);
}

#[test]
fn what_is_not_ours_is_not_replaced() {
    let project = Project::new();
    for (name, text) in [
        ("out/notes.txt", "mine"),
        ("out/manifest.json", "{\"manifest_version\": 3}"),
        ("out/.git/config", "mine"),
    ] {
        let _ = fs::remove_dir_all(project.path("out"));
        project.write(name, text);
        let before = project.files("out");
        let (code, _, err) = project.build();
        assert_eq!(code, 2, "{name}");
        assert!(err.contains("will not replace"), "{err}");
        assert_eq!(project.files("out"), before);
    }
    let _ = fs::remove_dir_all(project.path("out"));
    assert_eq!(project.build().0, 0);
    project.write("out/README.md", "mine");
    let (code, _, err) = project.build();
    assert_eq!(code, 2);
    assert!(err.contains("`README.md`"), "{err}");
    let itself = project.path("p");
    assert_eq!(run(&["build", &itself, "--out", &itself]).0, 2);
    project.write("file", "mine");
    assert_eq!(
        run(&["build", &itself, "--out", &project.path("file")]).0,
        2
    );
    assert_eq!(fs::read(project.path("file")).unwrap(), b"mine");
}

#[test]
fn an_empty_folder_is_filled_and_a_missing_one_is_made() {
    let project = Project::new();
    fs::create_dir(project.path("out")).unwrap();
    assert_eq!(project.build().0, 0);
    let deep = project.path("a/b/c");
    assert_eq!(run(&["build", &project.path("p"), "--out", &deep]).0, 0);
    assert_eq!(project.files("out"), project.files("a/b/c"));
}

#[test]
fn exit_codes() {
    let project = Project::new();
    project.write("bad/a.bw", BROKEN);
    project.write("warned/a.bw", "use std.conditions.{tls}\nlet a = 1\n");
    project.write("none/readme.txt", "");
    let path = |inner: &str| project.path(inner);
    for (args, code) in [
        (vec!["--version"], 0),
        (vec!["--help"], 0),
        (vec!["check", "--help"], 0),
        (vec![], 2),
        (vec!["chekc"], 2),
        (vec!["check", "a", "b"], 2),
        (vec!["build"], 2),
        (vec!["--format", "xml", "check"], 2),
        (vec!["check", &path("p")], 0),
        (vec!["check", &path("bad")], 1),
        (vec!["check", &path("warned")], 1),
        (vec!["build", &path("warned"), "--out", &path("w")], 0),
        (vec!["check", &path("none")], 1),
        (vec!["check", &path("missing")], 2),
        (vec!["check", &path("bad/a.bw")], 2),
        (vec!["fmt", "--check", &path("missing")], 2),
        (vec!["fmt", "--check", &path("none")], 2),
        (vec!["explain"], 0),
        (vec!["explain", "unknown-name"], 0),
        (vec!["explain", "unknown-nam"], 2),
        (vec!["catalogue", "info"], 0),
        (vec!["catalogue", "show", "s3:GetObject"], 0),
        (vec!["catalogue", "show", "s3:GetObjct"], 2),
        (vec!["catalogue", "search", "bucket", "policy"], 0),
        (vec!["catalogue", "search", "zzzzzzzz"], 1),
        (vec!["catalogue", "diff", &path("p")], 0),
        (vec!["completions", "bash"], 0),
        (vec!["completions", "tcsh"], 2),
    ] {
        let (found, _, err) = run(&args);
        assert_eq!(found, code, "{args:?}: {err}");
    }
}

#[test]
fn unreadable_things_are_named() {
    let project = Project::new();
    let (_, _, err) = run(&["check", &project.path("missing")]);
    assert!(err.contains("missing`: no such file or directory"), "{err}");
    project.write("p/pipe.bw/inner.bw", "");
    project.write("p/a-b.bw", "");
    project.write("p/latin.bw", b"let a = \"\xe9\"");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("nowhere", project.path("p/dangling.bw")).unwrap();
        symlink("..", project.path("p/loop")).unwrap();
        symlink("/dev/zero", project.path("p/zero.bw")).unwrap();
    }
    let (code, _, err) = run(&["check", &project.path("p")]);
    assert_eq!(code, 1);
    for part in ["`pipe.bw`", "`a-b`", "invalid-encoding", "latin.bw:1:10"] {
        assert!(err.contains(part), "{part}: {err}");
    }
    #[cfg(unix)]
    for part in ["`dangling.bw`", "`zero.bw`", "no regular file"] {
        assert!(err.contains(part), "{part}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_in_place_of_its_project_is_told_which_that_is() {
    let project = Project::new();
    project.write("p/teams/shop.bw", "");
    let file = project.path("p/teams/shop.bw");
    let folder = format!("here `{}`", project.path("p"));
    for args in [
        vec!["check", &file],
        vec!["build", &file, "--out", "unused"],
        vec!["diff", &file, &file],
    ] {
        let (code, _, err) = run(&args);
        assert_eq!(code, 2, "{args:?}");
        assert!(err.contains(&folder), "{args:?}: {err}");
    }
}

#[test]
fn names_that_are_not_utf8_do_no_harm() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new();
    let name = OsStr::from_bytes(b"p/\xff\xfe.bw");
    fs::write(project.dir.path().join(name), "let a = 1").unwrap();
    let (code, _, err) = run(&["check", &project.path("p")]);
    assert_eq!(code, 1);
    assert!(err.contains("invalid-module-name"), "{err}");
}

#[test]
fn folders_of_projects_within_are_not_searched() {
    let project = Project::new();
    project.write("p/inner/bailiwick.toml", "");
    project.write("p/inner/a.bw", BROKEN);
    project.write("p/.hidden/a.bw", BROKEN);
    assert_eq!(run(&["check", &project.path("p")]).0, 0);
    assert_eq!(run(&["check", &project.path("p/inner")]).0, 1);
}

#[test]
fn fmt_walks_into_projects_within() {
    let project = Project::empty();
    project.write("one/bailiwick.toml", "");
    project.write("one/a.bw", "let   a=1\n");
    project.write("two/bailiwick.toml", "");
    project.write("two/sub/b.bw", "let b = 1\n");
    let (code, out, err) = run(&["fmt", "--check", &project.path("")]);
    assert_eq!(code, 1, "{err}");
    assert!(
        out.ends_with("one/a.bw\n") && err.contains("1 of 2"),
        "{out}{err}"
    );
}

#[test]
fn the_standard_input_is_one_module() {
    let (code, _, err) = run_with_stdin(&["check", "-"], b"let a = s3:bucket \"b\"\n");
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = run_with_stdin(&["check", "-"], BROKEN.as_bytes());
    assert_eq!(code, 1);
    assert!(err.contains("<stdin>:1:22"), "{err}");
    for bytes in [&b""[..], b"\xff\xfe\0\0", b"\0\0\0", b"{{{{{{{{"] {
        let (code, _, err) = run_with_stdin(&["check", "-"], bytes);
        assert!(code < 2, "{err}");
    }
    let messy = b"let   a=1 // why\r\n";
    let (code, out, _) = run_with_stdin(&["fmt", "-"], messy);
    assert_eq!((code, out.as_str()), (0, "let a = 1 // why\n"));
    let (code, out, _) = run_with_stdin(&["fmt", "--check", "-"], messy);
    assert_eq!((code, out.as_str()), (1, "<stdin>\n"));
    let (code, out, err) = run_with_stdin(&["fmt", "-"], b"let = = =");
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("syntax-error"), "{err}");
}

#[test]
fn fmt_changes_files_in_place_and_only_if_needed() {
    let project = Project::empty();
    project.write("a.bw", "let   a=1\n");
    project.write("b.bw", "let b = 1\n");
    project.write("c.bw", "let = \n");
    let (code, out, err) = run(&["fmt", "--check", &project.path("")]);
    assert_eq!(code, 1);
    assert!(out.ends_with("a.bw\n") && out.lines().count() == 1, "{out}");
    assert!(
        err.contains("would change 1 of 3 files, 1 cannot be read"),
        "{err}"
    );
    assert_eq!(fs::read(project.path("a.bw")).unwrap(), b"let   a=1\n");
    let untouched = fs::metadata(project.path("b.bw"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(run(&["fmt", &project.path("")]).0, 1);
    assert_eq!(fs::read(project.path("a.bw")).unwrap(), b"let a = 1\n");
    assert_eq!(fs::read(project.path("c.bw")).unwrap(), b"let = \n");
    let after = fs::metadata(project.path("b.bw"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(after, untouched);
    let (one, two) = (project.path("a.bw"), project.path("b.bw"));
    assert_eq!(run(&["fmt", "--check", &one, &two, &one]).0, 0);
}

#[test]
fn json_findings_are_one_object_a_line_on_stdout() {
    let project = Project::empty();
    project.write("p/a.bw", format!("use std.conditions.{{tls}}\n{BROKEN}"));
    let (code, out, err) = run(&["check", &project.path("p"), "--format", "json"]);
    assert_eq!((code, err.as_str()), (1, ""));
    let lines: Vec<serde_json::Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let codes: Vec<&str> = lines.iter().map(|l| l["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["unused-import", "unknown-action"]);
    assert_eq!(lines[1]["severity"], "error");
    assert_eq!(lines[1]["place"]["path"], "a.bw");
    assert_eq!(lines[1]["place"]["start"]["line"], 2);
    assert_eq!(
        lines[1]["fix"]["replacement"].as_str().unwrap(),
        "GetObject"
    );
    for args in [
        &["explain", "--format", "json"][..],
        &["catalogue", "info", "--format", "json"],
        &["catalogue", "show", "s3:GetObject", "--format", "json"],
        &["catalogue", "search", "bucket", "--format", "json"],
    ] {
        let (code, out, _) = run(args);
        assert_eq!(code, 0, "{args:?}");
        for line in out.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
}

#[test]
fn colours_come_when_asked_for() {
    let project = Project::empty();
    project.write("p/a.bw", BROKEN);
    let (_, _, plain) = run(&["check", &project.path("p")]);
    assert!(!plain.contains('\u{1b}'), "a pipe gets no colours");
    let (_, _, never) = run(&["check", &project.path("p"), "--color", "never"]);
    assert!(!never.contains('\u{1b}'));
    let (_, _, always) = run(&["check", &project.path("p"), "--color", "always"]);
    assert!(always.contains("\u{1b}["));
}

#[test]
fn a_changed_catalogue_stops_the_build_until_it_is_taken() {
    let project = Project::new();
    project.write(
        "p/read.bw",
        "role R { trust service \"ec2.amazonaws.com\" allow read on s3:bucket \"b\" }\n",
    );
    assert_eq!(project.build().0, 0);
    let lock = project.path("p/bailiwick.lock");
    let text = fs::read_to_string(&lock).unwrap();
    let changed: String = text
        .lines()
        .filter(|l| !l.contains("s3:GetBucketPolicy\""))
        .map(|l| format!("{l}\n"))
        .collect();
    assert_ne!(changed, text);
    fs::write(&lock, &changed).unwrap();
    let (code, _, err) = project.build();
    assert_eq!(code, 1);
    assert!(err.contains("catalogue-changed"), "{err}");
    assert_eq!(
        fs::read_to_string(&lock).unwrap(),
        changed,
        "a build never takes it"
    );
    let (code, out, _) = run(&["catalogue", "diff", &project.path("p")]);
    let gained = "read on s3:bucket gains s3:GetBucketPolicy\n";
    assert_eq!((code, out.as_str()), (1, gained));
    assert_eq!(run(&["catalogue", "lock", &project.path("p")]).0, 0);
    assert_eq!(fs::read_to_string(&lock).unwrap(), text);
    assert_eq!(project.build().0, 0);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = bailiwick(&["explain"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let (code, _, err) = shown(child.wait_with_output().unwrap());
    assert_eq!((code, err.as_str()), (0, ""));
}

#[cfg(unix)]
#[test]
fn a_link_as_output_stays_a_link() {
    let project = Project::new();
    fs::create_dir(project.path("real")).unwrap();
    std::os::unix::fs::symlink(project.path("real"), project.path("out")).unwrap();
    assert_eq!(project.build().0, 0);
    assert!(
        fs::symlink_metadata(project.path("out"))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(project.files("real").len(), 4);
}

/// Root may write everywhere, so there is nothing to see for it.
#[cfg(unix)]
#[test]
fn folders_that_cannot_be_written_or_read_are_named() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new();
    let closed = |inner: &str, mode| {
        let path = project.path(inner);
        fs::create_dir_all(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    };
    closed("locked", 0o555);
    if fs::write(project.path("locked/probe"), "").is_ok() {
        return;
    }
    let out = project.path("locked/out");
    let (code, _, err) = run(&["build", &project.path("p"), "--out", &out]);
    assert_eq!(code, 2);
    assert!(
        err.contains("locked") && err.contains("permission denied"),
        "{err}"
    );
    closed("p/secret", 0o000);
    let (code, _, err) = run(&["check", &project.path("p")]);
    assert_eq!(code, 2);
    assert!(err.contains("secret`: permission denied"), "{err}");
}

#[test]
fn every_code_has_a_page() {
    let (_, list, _) = run(&["explain"]);
    for line in list.lines() {
        let code = line.split_whitespace().next().unwrap();
        let (exit, page, _) = run(&["explain", code]);
        assert_eq!(exit, 0);
        assert!(page.starts_with(&format!("# {code}\n")), "{code}: {page}");
    }
}

/// A misspelt filter, or the project's folder in its place, chooses nothing; a pipeline must not take that for a pass.
#[test]
fn a_filter_that_chooses_nothing_does_not_pass() {
    let project = Project::new();
    let folder = &*project.path("p");
    for command in ["prove", "test"] {
        let (code, _, said) = run(&[command, "--dir", folder, "no such name"]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("`no such name`"), "{said}");
        let (code, _, said) = run(&[command, "--dir", folder, folder]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("use `--dir"), "{said}");
    }
}
