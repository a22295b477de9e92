//! The sides of a comparison: a project, a git revision of it, a build, or IAM documents.

use std::path::{Path, PathBuf};

use super::disk::git::Revision;
use super::disk::output::MANIFEST;
use super::disk::{self, Disk};
use super::exit::Failure;
use crate::backend::manifest::{self, Manifest};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::driver;
use crate::driver::config;
use crate::iam::json;
use crate::iam::reader;
use crate::ir::read::Provenance;
use crate::ir::{self, Account, Origin, Policy, PolicySet};
use crate::source::{Files, SourceMap};

/// Where a side is to be found.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A folder or a file.
    Path(PathBuf),
    /// A folder of the work tree, as it was.
    Revision {
        /// What was asked for.
        revision: String,
        /// The folder.
        folder: PathBuf,
    },
}

/// A side that was read.
pub(super) struct Side {
    /// What it is called.
    pub(super) label: String,
    /// What it means; `None` if it does not compile.
    pub(super) set: Option<PolicySet>,
    /// Its texts.
    pub(super) sources: SourceMap,
    /// What was found in it, errors if it does not compile.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The project's own catalogue.
    pub(super) catalogue: Option<Box<Catalogue>>,
}

/// Reads a side.
pub(super) fn read(place: &Place) -> Result<Side, Failure> {
    match place {
        Place::Revision { revision, folder } => {
            let Some(files) = Revision::open(folder, revision)? else {
                let message = format!(
                    "there is no folder, no file and no git revision `{revision}`; \
                     `git fetch` gets revisions that are not here yet"
                );
                return Err(Failure::Usage(message));
            };
            let all: Vec<String> = files.all().map(str::to_owned).collect();
            read_folder(&files, &all, revision.clone(), folder)
        }
        Place::Path(path) if disk::is_folder(path) => {
            let files = Disk::open(path)?;
            let all = disk::files(path)?;
            read_folder(&files, &all, label(path), path)
        }
        Place::Path(path) if path.extension().is_some_and(|ending| ending == "bw") => {
            let folder = disk::project_of(path);
            let reason = format!("sources are compared by folder, here `{folder}`");
            Err(Failure::at(path, "cannot compare", reason))
        }
        Place::Path(path) => {
            let bytes = disk::read(path)?;
            let name = disk::shown(path);
            documents(vec![(name, bytes)], label(path))
        }
    }
}

fn label(path: &Path) -> String {
    match disk::shown(path).as_str() {
        "" | "." => "the working tree".to_owned(),
        shown => shown.to_owned(),
    }
}

/// A folder is what is in it: a build has a manifest, a project has sources, anything else is documents.
fn read_folder(
    files: &dyn Files,
    all: &[String],
    label: String,
    folder: &Path,
) -> Result<Side, Failure> {
    let has = |name: &str| all.iter().any(|path| path == name);
    if has(config::FILE) || all.iter().any(|path| path.ends_with(".bw")) {
        return Ok(project(files, label));
    }
    let content = |path: &str| {
        let bytes = files.read(path);
        bytes.map_err(|why| Failure::Usage(format!("cannot read `{path}` of {label}: {why}")))
    };
    if has(MANIFEST) {
        return build(&content(MANIFEST)?, &content, label.clone());
    }
    let json: Vec<&String> = all.iter().filter(|path| path.ends_with(".json")).collect();
    if json.is_empty() {
        let reason = "it holds no sources, no build and no IAM documents";
        return Err(Failure::at(folder, "cannot compare", reason));
    }
    let read: Result<Vec<_>, Failure> = json
        .into_iter()
        .map(|path| Ok((path.clone(), content(path)?)))
        .collect();
    documents(read?, label.clone())
}

fn project(files: &dyn Files, label: String) -> Side {
    let build = driver::meaning(files);
    let is_fine = !has_errors(&build.diagnostics);
    Side {
        label,
        set: build.meaning.filter(|_| is_fine),
        sources: build.sources,
        diagnostics: build.diagnostics,
        catalogue: build.own_catalogue,
    }
}

/// Reads a build back from its manifest.
fn build(
    bytes: &[u8],
    content: &dyn Fn(&str) -> Result<Vec<u8>, Failure>,
    label: String,
) -> Result<Side, Failure> {
    let manifest: Manifest = serde_json::from_slice(bytes)
        .map_err(|why| Failure::Usage(format!("`{MANIFEST}` of {label} is none of ours: {why}")))?;
    let mut reader = Reader::default();
    let mut failure = None;
    let set = manifest::read(&manifest, |document| {
        let bytes = match content(&document.path) {
            Ok(bytes) => bytes,
            Err(why) => {
                failure.get_or_insert(why);
                return None;
            }
        };
        let policy = reader.policy(&document.path, &bytes, Some(document.kind));
        policy.map(|mut policy| {
            policy.name.clone_from(&document.name);
            policy
        })
    });
    match failure {
        Some(failure) => Err(failure),
        None => reader.side(set, label),
    }
}

/// Documents by themselves, by path.
fn documents(files: Vec<(String, Vec<u8>)>, label: String) -> Result<Side, Failure> {
    let mut reader = Reader::default();
    let is_single = files.len() == 1;
    let mut account = nowhere();
    for (path, bytes) in files {
        if let Some(policy) = reader.policy(&path, &bytes, None) {
            // Two files that are compared have two names and are one document.
            let name = if is_single {
                "document".to_owned()
            } else {
                path
            };
            account.session_policies.insert(name, policy);
        }
    }
    let set = PolicySet {
        organizations: Vec::new(),
        accounts: vec![account],
    };
    reader.side(set, label)
}

/// An account that stands for none.
fn nowhere() -> Account {
    Account {
        name: String::new(),
        id: String::new(),
        partition: "aws".to_owned(),
        management: false,
        managed_policies: Default::default(),
        roles: Default::default(),
        groups: Default::default(),
        users: Default::default(),
        resource_policies: Default::default(),
        session_policies: Default::default(),
        origin: Origin::default(),
    }
}

/// Reads documents and keeps what is wrong with them.
#[derive(Default)]
struct Reader {
    sources: SourceMap,
    wrong: Vec<String>,
}

impl Reader {
    fn policy(
        &mut self,
        path: &str,
        bytes: &[u8],
        kind: Option<crate::iam::PolicyKind>,
    ) -> Option<Policy> {
        let text = match json::decode(bytes) {
            Ok(text) => text,
            Err(error) => {
                self.wrong.push(format!("`{path}`: {error}"));
                return None;
            }
        };
        let source = self.sources.add(path, text);
        match reader::read(text, kind) {
            Ok(reading) => {
                let provenance = Provenance {
                    kind: kind.unwrap_or_else(|| reader::detect_kind(&reading.document)),
                    name: path,
                    source,
                };
                let catalogue = Catalogue::embedded();
                let multi = |key: &str| catalogue.key(key).is_some_and(|k| k.key.multi_valued);
                Some(ir::read::policy(&reading, provenance, multi))
            }
            Err(errors) => {
                let all = errors.iter().map(|e| format!("`{path}`: {e}"));
                self.wrong.extend(all);
                None
            }
        }
    }

    fn side(self, set: PolicySet, label: String) -> Result<Side, Failure> {
        if !self.wrong.is_empty() {
            let lines = self.wrong.join("\n  ");
            let message = format!("{label} cannot be read:\n  {lines}");
            return Err(Failure::Usage(message));
        }
        Ok(Side {
            label,
            set: Some(set),
            sources: self.sources,
            diagnostics: Vec::new(),
            catalogue: None,
        })
    }
}
