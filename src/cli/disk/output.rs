//! The folder of a build: replaced as a whole or not at all.
//!
//! The new content is written to a scratch folder beside it, which takes its place by two renames. Until the first
//! rename nothing has changed; if the second fails, the first is undone. What we did not write is never removed.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{exists, parent, read, reason};
use crate::backend::manifest::Manifest;
use crate::cli::exit::Failure;

/// What describes the documents, and marks a folder as ours.
pub(in crate::cli) const MANIFEST: &str = "manifest.json";

/// A folder that may be written.
pub(in crate::cli) struct Place {
    path: PathBuf,
}

impl Place {
    /// Refuses a folder that holds what no build has written.
    pub(in crate::cli) fn new(path: &Path) -> Result<Place, Failure> {
        if !exists(path) {
            let path = path.to_owned();
            return Ok(Place { path });
        }
        // A link to a folder stays a link: what it leads to is replaced.
        let resolved = fs::canonicalize(path);
        let path = resolved.map_err(|e| Failure::at(path, "cannot open", reason(&e)))?;
        if !path.is_dir() {
            return Err(Failure::at(&path, "cannot write to", "it is no folder"));
        }
        let files = files_below(&path)?;
        if !files.is_empty() {
            refuse_strangers(&path, &files)?;
        }
        Ok(Place { path })
    }

    /// Writes files, by path below the folder with `/` between its parts, and nothing else.
    pub(in crate::cli) fn replace<'f>(
        &self,
        files: impl Iterator<Item = (&'f str, &'f str)>,
    ) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::at(&self.path, "cannot write to", reason(&error));
        let beside = parent(&self.path);
        fs::create_dir_all(beside).map_err(|e| Failure::at(beside, "cannot make", reason(&e)))?;
        let scratch = tempfile::Builder::new()
            .prefix(".bailiwick-")
            .tempdir_in(beside)
            .map_err(|e| Failure::at(beside, "cannot write to", reason(&e)))?;
        let new = scratch.path().join("new");
        fs::create_dir(&new).map_err(failed)?;
        let mut folders = BTreeSet::new();
        for (name, text) in files {
            let file = new.join(name);
            let folder = parent(&file);
            if folders.insert(folder.to_owned()) {
                fs::create_dir_all(folder).map_err(failed)?;
            }
            fs::File::create_new(&file)
                .and_then(|mut f| io::Write::write_all(&mut f, text.as_bytes()))
                .map_err(failed)?;
        }
        self.swap(&new, scratch)
    }

    fn swap(&self, new: &Path, scratch: TempDir) -> Result<(), Failure> {
        let failed = |error: io::Error| Failure::at(&self.path, "cannot write to", reason(&error));
        if !exists(&self.path) {
            return fs::rename(new, &self.path).map_err(failed);
        }
        let permissions = fs::metadata(&self.path).map(|m| m.permissions());
        let old = scratch.path().join("old");
        permissions
            .and_then(|p| fs::set_permissions(new, p))
            .and_then(|()| fs::rename(&self.path, &old))
            .map_err(failed)?;
        fs::rename(new, &self.path).map_err(|error| match fs::rename(&old, &self.path) {
            Ok(()) => failed(error),
            // The scratch folder must not take the only copy with it.
            Err(_) => {
                let kept = scratch.keep().join("old");
                Failure::at(&kept, "the earlier content is kept in", reason(&error))
            }
        })
    }
}

/// Everything below a folder, links not followed, by path with `/` between its parts.
fn files_below(root: &Path) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let unreadable = |e: io::Error| Failure::at(&folder, "cannot read folder", reason(&e));
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.file_type().map_err(unreadable)?.is_dir() {
                true => folders.push((entry.path(), format!("{name}/"))),
                false => files.push(name),
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Ours is what the manifest lists; other JSON beside it is taken for a leftover. Anything else is somebody's.
fn refuse_strangers(path: &Path, files: &[String]) -> Result<(), Failure> {
    let hint = "name a new or an empty folder, or one that `build` has written";
    let Some(manifest) = read_manifest(path) else {
        let reason = format!("it is not empty and no output of bailiwick; {hint}");
        return Err(Failure::at(path, "will not replace", reason));
    };
    let listed: BTreeSet<&str> = manifest.documents.iter().map(|d| d.path.as_str()).collect();
    let stranger = files.iter().find(|file| {
        let name = file.rsplit('/').next().unwrap_or(file);
        let leftover = name.ends_with(".json") && !name.starts_with('.');
        !leftover && !listed.contains(file.as_str())
    });
    match stranger {
        None => Ok(()),
        Some(file) => {
            let reason = format!("it holds `{file}`, which is no output of bailiwick; {hint}");
            Err(Failure::at(path, "will not replace", reason))
        }
    }
}

fn read_manifest(folder: &Path) -> Option<Manifest> {
    let bytes = read(&folder.join(MANIFEST)).ok()?;
    let manifest: Manifest = serde_json::from_slice(&bytes).ok()?;
    manifest
        .generator
        .starts_with("bailiwick ")
        .then_some(manifest)
}
