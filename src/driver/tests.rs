//! Whole projects in memory: what is read, what is found, what would be written.

use std::collections::BTreeMap;

use super::*;

/// Files in memory; a value of `Err` is a file that cannot be read.
struct Memory(BTreeMap<String, Result<Vec<u8>, String>>);

impl Files for Memory {
    fn list(&self) -> Vec<String> {
        let names = self.0.keys().filter(|p| p.ends_with(".bw"));
        names.cloned().collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        self.0
            .get(path)
            .cloned()
            .unwrap_or_else(|| Err("no such file".to_owned()))
    }

    fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
}

fn memory(files: &[(&str, &str)]) -> Memory {
    let entry = |(path, text): &(&str, &str)| ((*path).to_owned(), Ok(text.as_bytes().to_vec()));
    Memory(files.iter().map(entry).collect())
}

fn built(files: &[(&str, &str)]) -> Build {
    build(&memory(files), Style::Readable)
}

fn codes(build: &Build) -> Vec<&'static str> {
    build.diagnostics.iter().map(|d| d.code.as_str()).collect()
}

const ORG: (&str, &str) = (
    "org.bw",
    "use roles.{Reader}\naccount Prod \"111111111111\" { deploy Reader }\n",
);
const ROLES: (&str, &str) = (
    "roles.bw",
    "use std.conditions.{mfa}\nlet logs = s3:bucket \"logs\"\n\
     role Reader for people {\n  trust account \"222222222222\" when mfa\n  allow s3:ListBucket on logs\n}\n",
);

#[test]
fn a_project_is_built() {
    let build = built(&[
        ("bailiwick.toml", "[project]\nname = \"tiny\"\n"),
        ORG,
        ROLES,
    ]);
    assert_eq!(codes(&build), Vec::<&str>::new());
    let output = build.output.unwrap();
    assert_eq!(output.manifest.project, "tiny");
    assert_eq!(
        output.artefacts.len(),
        2,
        "a trust policy and an inline one"
    );
    let counts = Counts {
        modules: 2,
        roles: 1,
        accounts: 1,
    };
    assert_eq!(build.counts, counts);
    assert!(build.lock_is_stale && build.lock.is_some());
}

#[test]
fn a_project_needs_no_settings_but_sources() {
    assert!(built(&[ORG, ROLES]).output.is_some());
    assert_eq!(codes(&built(&[])), ["no-sources"]);
    assert_eq!(codes(&built(&[("bailiwick.toml", "")])), ["no-sources"]);
    let none = built(&[("bailiwick.toml", "[project]\nsources = []"), ORG, ROLES]);
    assert_eq!(codes(&none), ["no-sources"]);
}

#[test]
fn source_folders_are_roots_of_modules() {
    let (org, roles) = (ORG.1, ROLES.1);
    let config = "[project]\nsources = [\"teams/a\", \"teams\", \"empty\"]\n";
    let build = built(&[
        ("bailiwick.toml", config),
        ("elsewhere.bw", "this is not read"),
        ("teams/org.bw", org),
        ("teams/a/roles.bw", roles),
    ]);
    assert_eq!(codes(&build), ["no-sources"]);
    assert_eq!(
        build.diagnostics[0].message,
        "there are no `.bw` files in the source folder `empty`"
    );
}

#[test]
fn all_findings_come_in_one_run() {
    let mut files = memory(&[
        ("bailiwick.toml", "nme = 1"),
        ("a-b.bw", "let x = 1"),
        ("bailiwick.lock", "nothing"),
        (
            "roles.bw",
            "use std.conditons.{mfa}\nrole R { allow s3:GetObjct on * }\nlet = 3\n",
        ),
    ]);
    files.0.insert("b.bw".to_owned(), Ok(b"\xff".to_vec()));
    files.0.insert("c.bw".to_owned(), Err("denied".to_owned()));
    let build = build(&files, Style::Readable);
    assert_eq!(
        codes(&build),
        [
            "unreadable-file",
            "unknown-setting",
            "invalid-module-name",
            "invalid-encoding",
            "unknown-module",
            "role-without-trust",
            "unknown-action",
            "syntax-error",
            "invalid-lock",
        ]
    );
    assert!(build.output.is_none());
}

#[test]
fn the_whole_library_is_searched_for_an_unknown_name() {
    let build = built(&[(
        "a.bw",
        "scp S { deny s3:* on * unless corporate_ntwork or mfa_within(1h) }",
    )]);
    let help: Vec<_> = build.diagnostics.iter().flat_map(|d| &d.help).collect();
    assert_eq!(
        help,
        ["it is declared in module `std.conditions`: add `use std.conditions.{mfa_within}`"]
    );
}

#[test]
fn weights_are_the_projects() {
    let unused = ("x.bw", "use roles.{Reader}\n");
    for (level, severity) in [
        ("allow", None),
        ("warn", Some(Severity::Warning)),
        ("deny", Some(Severity::Error)),
    ] {
        let config = format!("[lints]\nunused-import = \"{level}\"\n");
        let build = built(&[("bailiwick.toml", &config), ORG, ROLES, unused]);
        let found = build.diagnostics.first().map(|d| d.severity);
        assert_eq!(found, severity);
        assert_eq!(build.output.is_none(), severity == Some(Severity::Error));
    }
}

#[test]
fn the_lock_is_compared() {
    let roles = "role Reader { trust service \"ec2.amazonaws.com\" allow read on s3:bucket \"b\" }";
    let sources = [ORG, ("roles.bw", roles)];
    let lock = built(&sources).lock.unwrap().to_toml();
    let locked = |lock: &str| built(&[("bailiwick.lock", lock), sources[0], sources[1]]);
    let same = locked(&lock);
    assert!(!same.lock_is_stale && same.output.is_some());
    let lost: String = lock
        .lines()
        .filter(|l| !l.contains("s3:GetBucketPolicy\""))
        .map(|l| format!("{l}\n"))
        .collect();
    assert_ne!(lost, lock);
    let other = locked(&lost);
    assert_eq!(codes(&other), ["catalogue-changed"]);
    assert_eq!(
        other.diagnostics[0].notes,
        ["read on s3:bucket gains s3:GetBucketPolicy"]
    );
    assert!(other.output.is_none() && other.lock_is_stale);
}
