//! Files that somebody named. One that cannot be read is a finding beside the others.
//!
//! In: paths. Out: bytes, or sources; nothing in them is looked at.

use std::path::{Path, PathBuf};

use super::disk;
use super::exit::Failure;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, SourceMap};
use crate::syntax;

/// A file that was read.
pub(super) struct File {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// How its path is shown.
    pub(super) shown: String,
    /// What is in it.
    pub(super) bytes: Vec<u8>,
}

/// Reads files; `-` is the standard input.
///
/// # Errors
/// If not one of them can be read.
pub(super) fn read(paths: &[PathBuf], found: &mut Vec<Diagnostic>) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut unread = Vec::new();
    for path in paths {
        match read_one(path) {
            Ok(file) => files.push(file),
            Err(failure) => unread.push(failure),
        }
    }
    if files.is_empty() && !unread.is_empty() {
        return Err(unread.swap_remove(0));
    }
    found.extend(unread.into_iter().filter_map(unreadable));
    Ok(files)
}

/// Reads files, every one.
///
/// # Errors
/// If one cannot be read.
pub(super) fn read_all(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    paths.iter().map(|path| read_one(path)).collect()
}

/// The JSON files of folders in place of them; a folder without any is a finding.
pub(super) fn inside(
    paths: &[PathBuf],
    found: &mut Vec<Diagnostic>,
) -> Result<Vec<PathBuf>, Failure> {
    let mut all = Vec::new();
    for path in paths {
        if !disk::is_folder(path) {
            all.push(path.clone());
            continue;
        }
        let inside = disk::files_below(path, "json")?;
        if inside.is_empty() {
            let message = format!("there is no JSON file in `{}`", disk::shown(path));
            found.push(Diagnostic::global(Code::NoDocuments, message));
        }
        all.extend(inside);
    }
    Ok(all)
}

fn read_one(path: &Path) -> Result<File, Failure> {
    let (bytes, shown) = match path.as_os_str() == "-" {
        true => (disk::read_stdin()?, "<stdin>".to_owned()),
        false => (disk::read(path)?, disk::shown(path)),
    };
    Ok(File {
        path: path.to_owned(),
        shown,
        bytes,
    })
}

fn unreadable(failure: Failure) -> Option<Diagnostic> {
    match failure {
        Failure::Usage(sentence) => Some(Diagnostic::global(Code::UnreadableFile, sentence)),
        Failure::ReaderGone => None,
    }
}

/// Whether a file could not be read.
pub(super) fn is_incomplete(found: &[Diagnostic]) -> bool {
    found.iter().any(|d| d.code == Code::UnreadableFile)
}

/// Files as sources; one that is no text is a finding.
pub(super) fn add(
    files: Vec<File>,
    sources: &mut SourceMap,
    found: &mut Vec<Diagnostic>,
) -> Vec<SourceId> {
    let mut ids = Vec::new();
    for file in files {
        match syntax::decode(&file.bytes) {
            Ok(text) => ids.push(sources.add(file.shown, text)),
            Err(bad) => {
                let id = sources.add(file.shown, bad.text.clone());
                found.push(bad.diagnostic(id));
            }
        }
    }
    ids
}
