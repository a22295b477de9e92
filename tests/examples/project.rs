//! Builds a project in memory: from a folder of the repository, or from texts.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests read the repository, write goldens, and fail loudly"
)]

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick::backend::Style;
use bailiwick::diagnostic::Severity;
use bailiwick::driver;
use bailiwick::source::Files;
use serde_json::Value;

/// What a project has beside its sources.
const BESIDE: [&str; 2] = ["bailiwick.toml", driver::LOCK_FILE];

/// The sources of a project, by virtual path.
pub(crate) struct Project {
    files: BTreeMap<String, String>,
}

/// What a project builds: every file by its path, `manifest.json` among them.
pub(crate) struct Built {
    /// The texts.
    pub(crate) files: BTreeMap<String, String>,
    /// The lock for the answers of the catalogue that were taken.
    pub(crate) lock: String,
    /// Whether the project's own lock says otherwise.
    pub(crate) lock_is_stale: bool,
}

impl Built {
    /// A document as JSON.
    pub(crate) fn document(&self, path: &str) -> Value {
        let text = self.files.get(path);
        let text = text.unwrap_or_else(|| panic!("no {path} among {:?}", self.files.keys()));
        serde_json::from_str(text).unwrap()
    }
}

impl Files for Project {
    fn list(&self) -> Vec<String> {
        let sources = self.files.keys().filter(|p| p.ends_with(".bw"));
        sources.cloned().collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let found = self.files.get(path).cloned().map(String::into_bytes);
        found.ok_or_else(|| "no such file".to_owned())
    }
}

impl Project {
    /// The project in a folder of the repository.
    pub(crate) fn from_disk(folder: &str) -> Project {
        let mut files = sources_under(folder);
        let all = files_under(folder);
        let beside = all
            .into_iter()
            .filter(|(path, _)| BESIDE.contains(&path.as_str()));
        files.extend(beside);
        Project { files }
    }

    /// A project of these sources.
    pub(crate) fn from_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Project {
        let mut files = BTreeMap::from([(
            "bailiwick.toml".to_owned(),
            "[project]\nname = \"test\"\n".to_owned(),
        )]);
        files.extend(texts.into_iter().map(|(p, t)| (p.to_owned(), t.to_owned())));
        Project { files }
    }

    /// Builds it; panics with the findings if there is an error.
    pub(crate) fn build(&self) -> Built {
        self.try_build()
            .unwrap_or_else(|findings| panic!("{findings}"))
    }

    /// Builds it, or gives the errors, a line each.
    pub(crate) fn try_build(&self) -> Result<Built, String> {
        let build = driver::build(self, Style::Readable);
        let Some(output) = &build.output else {
            let errors = build
                .diagnostics
                .iter()
                .filter(|d| d.severity == Severity::Error);
            let lines = errors.map(|d| {
                let place = d
                    .primary
                    .as_ref()
                    .and_then(|l| build.sources.locate(l.span));
                let place =
                    place.map_or(String::new(), |(path, at)| format!("{path}:{}: ", at.line));
                format!("{place}{} [{}]\n", d.message, d.code.as_str())
            });
            return Err(lines.collect());
        };
        let mut files: BTreeMap<String, String> = output
            .artefacts
            .iter()
            .map(|a| (a.path.clone(), a.text.clone()))
            .collect();
        files.insert("manifest.json".to_owned(), output.manifest.render());
        let lock = build.lock.as_ref().map_or(String::new(), |l| l.to_toml());
        Ok(Built {
            files,
            lock,
            lock_is_stale: build.lock_is_stale,
        })
    }
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&full).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The `.bw` files under a folder of the repository, by path from there.
pub(crate) fn sources_under(folder: &str) -> BTreeMap<String, String> {
    let mut files = files_under(folder);
    files.retain(|path, _| path.ends_with(".bw"));
    files
}

/// All files under a folder of the repository, by path from there; none if there is no such folder.
pub(crate) fn files_under(folder: &str) -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files = BTreeMap::new();
    let mut open = vec![root.clone()];
    while let Some(at) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&at) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let steps = path.strip_prefix(&root).unwrap().iter();
            let steps: Vec<String> = steps.map(|s| s.to_string_lossy().into_owned()).collect();
            if let Ok(text) = std::fs::read_to_string(&path) {
                files.insert(steps.join("/"), text);
            }
        }
    }
    files
}

/// Whether goldens are to be written anew.
pub(crate) fn blessing() -> bool {
    std::env::var("BLESS").is_ok_and(|v| v == "1")
}

/// Writes a file of the repository.
pub(crate) fn write(path: &str, text: &str) {
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), text).unwrap();
}

/// Makes a folder of the repository hold exactly these files.
pub(crate) fn write_all(folder: &Path, files: &BTreeMap<String, String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let _ = std::fs::remove_dir_all(&root);
    for (path, text) in files {
        let full = root.join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }
}
