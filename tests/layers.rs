//! Dependencies point down only: which module may name which, as in docs/architecture.md, enforced.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and it touches the disk on purpose"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module, then all that it may name.
const ALLOWED: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("layout", &[]),
    ("iam", &[]),
    ("diagnostic", &["source"]),
    ("catalogue", &["iam"]),
    ("syntax", &["source", "diagnostic"]),
    ("fmt", &["source", "diagnostic", "syntax", "layout"]),
    ("types", &["iam", "catalogue"]),
    ("resolve", &["source", "diagnostic", "syntax"]),
    ("ir", &["source", "iam"]),
    // `Audience` and `Assignee` are plain words of the ir that need no second spelling.
    (
        "check",
        &[
            "source",
            "diagnostic",
            "syntax",
            "resolve",
            "types",
            "catalogue",
            "iam",
            "ir",
        ],
    ),
    // The tree's enums (which keyword, which kind of node) travel in `Checked`; ids are of `resolve`.
    (
        "lower",
        &[
            "source",
            "diagnostic",
            "syntax",
            "resolve",
            "check",
            "types",
            "ir",
            "catalogue",
            "iam",
        ],
    ),
    ("engine", &["source", "ir", "iam", "catalogue"]),
    ("access", &["source", "ir", "iam", "catalogue", "engine"]),
    (
        "lint",
        &[
            "source",
            "diagnostic",
            "types",
            "syntax",
            "check",
            "ir",
            "engine",
            "access",
            "catalogue",
            "iam",
        ],
    ),
    (
        // A request is told in the words of the language.
        "prove",
        &[
            "source",
            "diagnostic",
            "types",
            "ir",
            "engine",
            "access",
            "iam",
            "catalogue",
        ],
    ),
    ("minimise", &["ir", "engine", "iam", "catalogue"]),
    ("pack", &["ir", "iam"]),
    ("backend", &["source", "diagnostic", "ir", "iam", "layout"]),
    (
        "verify",
        &["source", "diagnostic", "ir", "engine", "iam", "catalogue"],
    ),
    (
        "deployed",
        &["source", "diagnostic", "ir", "iam", "catalogue"],
    ),
    (
        "drift",
        &["source", "ir", "engine", "access", "iam", "catalogue"],
    ),
    (
        "diff",
        &["source", "ir", "engine", "access", "iam", "catalogue"],
    ),
    // Phrases and the shapes of literals are words that need no second spelling.
    (
        "import",
        &[
            "source",
            "diagnostic",
            "syntax",
            "types",
            "ir",
            "iam",
            "catalogue",
            // What was read of plans and templates; accounts come as plain meaning.
            "deployed",
        ],
    ),
    (
        "driver",
        &[
            "source",
            "layout",
            "iam",
            "diagnostic",
            "catalogue",
            "syntax",
            "fmt",
            "types",
            "resolve",
            "check",
            "ir",
            "lower",
            "engine",
            "access",
            "lint",
            "prove",
            "minimise",
            "pack",
            "backend",
            "verify",
            "deployed",
            "drift",
            "diff",
            "import",
        ],
    ),
    (
        "report",
        // Conditions are written in the phrases of the language.
        &[
            "source",
            "diagnostic",
            "ir",
            "iam",
            "catalogue",
            "types",
            "engine",
            "access",
            "diff",
            "prove",
        ],
    ),
    (
        "ide",
        &[
            "source",
            "layout",
            "iam",
            "diagnostic",
            "catalogue",
            "syntax",
            "fmt",
            "types",
            "resolve",
            "check",
            "ir",
            "lower",
            "engine",
            "access",
            "lint",
            "prove",
            "minimise",
            "pack",
            "backend",
            "verify",
            "deployed",
            "drift",
            "diff",
            "import",
            "driver",
        ],
    ),
    ("lsp", &["source", "diagnostic", "ide"]),
];

/// May name everything, but nothing may name it.
const RIM: [&str; 2] = ["cli", "main"];

/// `(module, named)` for every module of the crate that a module names.
type Edges = BTreeSet<(String, String)>;

/// The complaints about a set of edges.
fn violations(edges: &Edges) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut found = Vec::new();
    for (from, to) in edges {
        let fine = from == to
            || match allowed.get(from.as_str()) {
                Some(list) => list.contains(&to.as_str()),
                None => RIM.contains(&from.as_str()) && to != "main",
            };
        if !fine {
            found.push(format!("`{from}` must not name `{to}`"));
        }
    }
    found
}

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => rust_files(&path, files),
            false if path.extension().is_some_and(|e| e == "rs") => files.push(path),
            false => {}
        }
    }
}

/// The module at the top of `src/` that a file belongs to.
fn module_of(file: &Path, src: &Path) -> String {
    let inner = file.strip_prefix(src).unwrap().with_extension("");
    let first = inner.iter().next().unwrap();
    first.to_string_lossy().into_owned()
}

/// The code that is compiled into the crate: no comments, no texts, nothing under `#[cfg(test)]`.
fn shipped(text: &str) -> String {
    let text = match text.find("#[cfg(test)]\nmod tests {") {
        Some(at) => &text[..at],
        None => text,
    };
    let mut code = String::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap();
        code.push_str(line);
        code.push(' ');
    }
    code
}

/// Files that `#[cfg(test)] mod x;` brings in.
fn test_files(files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for part in text.split("#[cfg(test)]\nmod ").skip(1) {
            let Some((name, _)) = part.split_once(';').filter(|(n, _)| !n.contains('{')) else {
                continue;
            };
            let folder = match file.file_name().unwrap() == "mod.rs" {
                true => file.parent().unwrap().to_owned(),
                false => file.with_extension(""),
            };
            found.insert(folder.join(format!("{name}.rs")));
            found.insert(folder.join(name));
        }
    }
    found
}

/// The names after `crate::` in a code, also in `use crate::{a, b::c}`.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(list) => names.extend(heads_of_list(list)),
            None => names.extend(word(part)),
        }
    }
    names
}

fn word(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let word = &text[..end.unwrap_or(text.len())];
    (!word.is_empty()).then(|| word.to_owned())
}

/// The first word of each entry of a list in braces, inner braces skipped.
fn heads_of_list(list: &str) -> Vec<String> {
    let (mut heads, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.extend(word(list[start..at].trim()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads
}

fn edges_of_the_crate() -> Edges {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let tests = test_files(&files);
    let modules: BTreeSet<String> = files.iter().map(|f| module_of(f, &src)).collect();
    let mut edges = Edges::new();
    for file in &files {
        let from = module_of(file, &src);
        let is_test = tests.iter().any(|t| file.starts_with(t));
        if is_test || from == "lib" {
            continue;
        }
        let names = named(&shipped(&fs::read_to_string(file).unwrap()));
        let names = names.into_iter().filter(|n| modules.contains(n));
        edges.extend(names.map(|to| (from.clone(), to)));
    }
    edges
}

#[test]
fn dependencies_point_down_only() {
    let edges = edges_of_the_crate();
    assert!(edges.len() > 30, "the search finds too little: {edges:?}");
    assert_eq!(violations(&edges), Vec::<String>::new());
}

#[test]
fn every_module_is_in_the_table() {
    let known: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).chain(RIM).collect();
    for (from, _) in edges_of_the_crate() {
        assert!(
            known.contains(from.as_str()),
            "`{from}` has no line in the table"
        );
    }
}

#[test]
fn the_table_itself_has_no_circle() {
    for (at, (module, names)) in ALLOWED.iter().enumerate() {
        for name in *names {
            let below = ALLOWED[..at].iter().any(|(m, _)| m == name);
            assert!(
                below,
                "`{module}` names `{name}`, which does not stand above it"
            );
        }
    }
}

/// The disk and the environment are touched in `cli/disk` only (progress and panics may write to stderr).
#[test]
fn io_lives_at_the_rim() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let tests = test_files(&files);
    for file in files {
        if file.starts_with(src.join("cli/disk")) || tests.iter().any(|t| file.starts_with(t)) {
            continue;
        }
        let code = shipped(&fs::read_to_string(&file).unwrap());
        for forbidden in [
            "std::fs",
            "std::env",
            "TcpStream",
            "UdpSocket",
            "std::process::Command",
        ] {
            assert!(!code.contains(forbidden), "{}: {forbidden}", file.display());
        }
        let at_rim = file.starts_with(src.join("cli"));
        assert!(at_rim || !code.contains("println!"), "{}", file.display());
    }
}

#[test]
fn the_search_can_fail() {
    let names = named(&shipped(
        "use crate::{backend, lower::{self, x}, source};\n// use crate::lint;\n\
         fn f() { crate::cli::main() }\n#[cfg(test)]\nmod tests {\n use crate::report;\n}",
    ));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(names, ["backend", "cli", "lower", "source"]);
    let edge = |from: &str, to: &str| Edges::from([(from.to_owned(), to.to_owned())]);
    for (from, to) in [
        ("engine", "syntax"),
        ("source", "iam"),
        ("iam", "catalogue"),
        ("driver", "cli"),
        ("backend", "engine"),
        ("cli", "main"),
    ] {
        assert_eq!(
            violations(&edge(from, to)),
            [format!("`{from}` must not name `{to}`")]
        );
    }
    assert_eq!(violations(&edge("cli", "engine")), Vec::<String>::new());
}
