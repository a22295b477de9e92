//! The disk, the standard input and the process's arguments: the only place that sees them.

pub(super) mod git;
pub(super) mod lines;
pub(super) mod output;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::catalogue::convert::{SourceFile, is_wanted};
use crate::cli::exit::Failure;
use crate::driver::STDIN;
use crate::driver::config;
use crate::source::Files;

/// A file of more bytes than this is not even read; the largest source is far smaller.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The arguments, the program's name first.
pub(super) fn arguments() -> impl Iterator<Item = OsString> {
    std::env::args_os()
}

/// Whether something stands there, be it a broken link.
pub(super) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether a folder, or a link to one, stands there.
pub(super) fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// The folder of the project that a file belongs to, as one would write it; the file's own where no project is around it.
pub(super) fn project_of(file: &Path) -> String {
    let is_project = |folder: &&Path| exists(&folder.join(config::FILE));
    let project = file.ancestors().skip(1).find(is_project);
    match project.or(file.parent()).map(shown) {
        Some(folder) if !folder.is_empty() => folder,
        _ => ".".to_owned(),
    }
}

/// A path as messages show it: with `/`, and without a `./` at its start.
pub(super) fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.display().to_string().replace('\\', "/")
}

/// A project's folder.
///
/// Hidden files and folders are left out, and so are folders with a `bailiwick.toml` of their own and links to folders:
/// whatever loops there are, the walk ends.
pub(super) struct Disk {
    root: PathBuf,
    /// By virtual path. A name that is not UTF-8 is shown with replacement characters and is no module's.
    sources: BTreeMap<String, PathBuf>,
}

impl Disk {
    /// Looks for the sources of one project.
    pub(super) fn open(root: &Path) -> Result<Disk, Failure> {
        Disk::walk(root, |folder| !exists(&folder.join(config::FILE)))
    }

    /// Looks for all sources, also those of projects within.
    pub(super) fn open_all(root: &Path) -> Result<Disk, Failure> {
        Disk::walk(root, |_| true)
    }

    fn walk(root: &Path, enters: impl Fn(&Path) -> bool) -> Result<Disk, Failure> {
        if root.is_file() {
            let reason = format!(
                "it is a file; a project is its folder, here `{}`",
                project_of(root)
            );
            return Err(Failure::at(root, "cannot read folder", reason));
        }
        let mut sources = BTreeMap::new();
        let mut folders = vec![(root.to_owned(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in entries(&folder)? {
                let name = format!("{prefix}{}", entry.name.to_string_lossy());
                if entry.is_folder {
                    if enters(&entry.path) {
                        folders.push((entry.path, format!("{name}/")));
                    }
                } else if name.ends_with(".bw") {
                    sources.insert(name, entry.path);
                }
            }
        }
        Ok(Disk {
            root: root.to_owned(),
            sources,
        })
    }

    /// A folder of which only files that are known by name are read.
    pub(super) fn without_sources(root: &Path) -> Disk {
        Disk {
            root: root.to_owned(),
            sources: BTreeMap::new(),
        }
    }

    /// Where the file of a virtual path lies.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.sources
            .get(path)
            .cloned()
            .unwrap_or_else(|| self.root.join(path))
    }
}

impl Files for Disk {
    fn list(&self) -> Vec<String> {
        self.sources.keys().cloned().collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        read_file(&self.path(path)).map_err(|error| reason(&error))
    }

    fn contains(&self, path: &str) -> bool {
        exists(&self.path(path))
    }
}

/// Every file below a folder by virtual path, without hidden things and other projects.
pub(super) fn files(root: &Path) -> Result<Vec<String>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in entries(&folder)? {
            let path = format!("{prefix}{}", entry.name.to_string_lossy());
            match entry.is_folder {
                true if exists(&entry.path.join(config::FILE)) => {}
                true => folders.push((entry.path, format!("{path}/"))),
                false => files.push(path),
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

struct Entry {
    name: OsString,
    path: PathBuf,
    is_folder: bool,
}

/// What a folder holds, without hidden things, sorted by name.
fn entries(folder: &Path) -> Result<Vec<Entry>, Failure> {
    let unreadable = |error: io::Error| Failure::at(folder, "cannot read folder", reason(&error));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        found.push(Entry {
            name,
            path: entry.path(),
            is_folder: entry.file_type().map_err(unreadable)?.is_dir(),
        });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The files of a folder with an ending, sorted by name; folders in it are not looked into.
pub(super) fn files_below(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    let found = entries(folder)?.into_iter();
    let files = found.filter(|e| !e.is_folder).map(|e| e.path);
    Ok(files
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .collect())
}

/// Reads a regular file; a pipe or a device would keep us waiting.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    if metadata.len() > LARGEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    fs::File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn too_large() -> io::Error {
    let megabytes = LARGEST / 1024 / 1024;
    io::Error::other(format!("it is larger than {megabytes} MiB"))
}

/// Reads a file that somebody named.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    read_file(path).map_err(|error| Failure::at(path, "cannot read", reason(&error)))
}

/// The system's reason without its number.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    let mut rest = text.get(..end).unwrap_or(&text).chars();
    let first = rest.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(rest).collect()
}

/// Reads all of the standard input.
pub(super) fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    let read = read.and_then(|length| match length as u64 > LARGEST {
        true => Err(too_large()),
        false => Ok(()),
    });
    read.map_err(|error| {
        let reason = reason(&error);
        Failure::Usage(format!("the standard input cannot be read: {reason}"))
    })?;
    Ok(bytes)
}

/// One module from the standard input.
pub(super) struct Stdin(Vec<u8>);

impl Stdin {
    /// Reads to the end.
    pub(super) fn read() -> Result<Stdin, Failure> {
        let mut bytes = Vec::new();
        let limited = io::stdin().lock().take(LARGEST).read_to_end(&mut bytes);
        match limited {
            Ok(_) => Ok(Stdin(bytes)),
            Err(error) => Err(Failure::Usage(format!(
                "the standard input cannot be read: {}",
                reason(&error)
            ))),
        }
    }
}

impl Stdin {
    /// What was read.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Files for Stdin {
    fn list(&self) -> Vec<String> {
        vec![STDIN.to_owned()]
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            STDIN => Ok(self.0.clone()),
            _ => Err("there is no such file".to_owned()),
        }
    }
}

/// Replaces a file as a whole, or makes it. A link stays: what it leads to is replaced.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let target = fs::canonicalize(path);
    let path = target.as_deref().unwrap_or(path);
    let unwritable = |error: &io::Error| Failure::at(path, "cannot write", reason(error));
    let folder = parent(path);
    let mut file = tempfile::Builder::new()
        .prefix(".bailiwick-")
        .tempfile_in(folder)
        .map_err(|e| unwritable(&e))?;
    file.write_all(bytes).map_err(|e| unwritable(&e))?;
    let kept = fs::metadata(path).map(|m| m.permissions());
    let permissions = kept.or_else(|_| permissions_of_a_new_file(folder));
    if let Ok(permissions) = permissions {
        file.as_file()
            .set_permissions(permissions)
            .map_err(|e| unwritable(&e))?;
    }
    file.persist(path).map_err(|e| unwritable(&e.error))?;
    Ok(())
}

/// A temporary file is for its owner only; what we leave is as any other file made here.
fn permissions_of_a_new_file(folder: &Path) -> io::Result<fs::Permissions> {
    let scratch = tempfile::Builder::new()
        .prefix(".bailiwick-")
        .tempdir_in(folder)?;
    let probe = scratch.path().join("probe");
    Ok(fs::File::create(probe)?.metadata()?.permissions())
}

/// Makes a file and the folders above it; one that is there stays as it is.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let unwritable = |error: io::Error| Failure::at(path, "cannot write", reason(&error));
    fs::create_dir_all(parent(path)).map_err(unwritable)?;
    let mut file = fs::File::create_new(path).map_err(unwritable)?;
    file.write_all(bytes).map_err(unwritable)
}

/// Refuses a folder that holds anything already.
pub(super) fn expect_empty(path: &Path) -> Result<(), Failure> {
    let occupied = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => exists(path),
    };
    match occupied {
        true => Err(Failure::at(
            path,
            "cannot write to",
            "something is there already",
        )),
        false => Ok(()),
    }
}

/// The folder that holds a path; `.` for a bare name.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != OsStr::new("") => parent,
        _ => Path::new("."),
    }
}

/// The files of an unpacked source of the catalogue.
pub(super) fn catalogue_sources(root: &Path) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in entries(&folder)? {
            let path = format!("{prefix}{}", entry.name.to_string_lossy());
            if entry.is_folder {
                folders.push((entry.path, format!("{path}/")));
            } else if is_wanted(&path) {
                let bytes = read(&entry.path)?;
                files.push(SourceFile { path, bytes });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
