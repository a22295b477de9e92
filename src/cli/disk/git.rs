//! Folders of git revisions, through the `git` program at hand.
//!
//! The program rather than a library: it reads every kind of repository that the user's git reads (work trees, partial
//! clones, other hashes), wherever there is a revision to name there is a git, and a library would be a hundred crates.
//! Only plumbing is called, nothing is checked out and nothing written.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{LARGEST, config, reason};
use crate::cli::exit::Failure;
use crate::source::Files;

/// The files of one folder in one revision, all read.
pub(in crate::cli) struct Revision {
    files: BTreeMap<String, Vec<u8>>,
}

impl Revision {
    /// Reads the folder `folder` of the work tree as it was in `revision`. `None` if there is no such revision.
    pub(in crate::cli) fn open(folder: &Path, revision: &str) -> Result<Option<Revision>, Failure> {
        let git = Git { folder };
        let Some(commit) = git.commit(revision)? else {
            return Ok(None);
        };
        let prefix = git.text(&["rev-parse", "--show-prefix"])?;
        let listing = git.run(
            &["ls-tree", "-r", "-z", "--full-tree", &commit, "--", "."],
            &[],
        );
        let listing = match prefix.is_empty() {
            true => listing?,
            false => git.run(
                &["ls-tree", "-r", "-z", "--full-tree", &commit, "--", &prefix],
                &[],
            )?,
        };
        let mut wanted = entries(&listing, &prefix);
        leave_out_other_projects(&mut wanted);
        if wanted.is_empty() {
            let folder = folder.display();
            let message = format!("in revision `{revision}` there is nothing in `{folder}`");
            return Err(Failure::Usage(message));
        }
        let files = git.contents(wanted)?;
        Ok(Some(Revision { files }))
    }

    /// All files by virtual path.
    pub(in crate::cli) fn all(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl Files for Revision {
    fn list(&self) -> Vec<String> {
        let sources = self.all().filter(|path| path.ends_with(".bw"));
        sources.map(str::to_owned).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let found = self.files.get(path).cloned();
        found.ok_or_else(|| "there is no such file in that revision".to_owned())
    }

    fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }
}

/// Paths below the folder with the names of their contents; hidden ones, links and other repositories are left out.
fn entries(listing: &[u8], prefix: &str) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(listing);
    let entries = text.split('\0').filter_map(|entry| {
        let (about, path) = entry.split_once('\t')?;
        let mut about = about.split(' ');
        let is_file = about.next()?.starts_with("100");
        let object = about.nth(1)?;
        let path = path.strip_prefix(prefix)?;
        let is_hidden = path.split('/').any(|part| part.starts_with('.'));
        let is_ours = [".bw", ".toml", ".lock", ".json", ".txt"]
            .iter()
            .any(|end| path.ends_with(end));
        (is_file && !is_hidden && is_ours).then(|| (path.to_owned(), object.to_owned()))
    });
    entries.collect()
}

/// A folder with settings of its own is another project.
fn leave_out_other_projects(entries: &mut Vec<(String, String)>) {
    let others: Vec<String> = entries
        .iter()
        .filter_map(|(path, _)| path.strip_suffix(config::FILE))
        .filter(|folder| folder.ends_with('/'))
        .map(str::to_owned)
        .collect();
    entries.retain(|(path, _)| !others.iter().any(|folder| path.starts_with(folder)));
}

struct Git<'f> {
    folder: &'f Path,
}

impl Git<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command
            .arg("-C")
            .arg(self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs git with an input; its complaint is the reason if it fails.
    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Failure> {
        let cannot = |error: &std::io::Error| {
            Failure::Usage(format!("`git` cannot be run: {}", reason(error)))
        };
        let mut child = self
            .command()
            .args(arguments)
            .spawn()
            .map_err(|e| cannot(&e))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take();
        let mut bytes = Vec::new();
        // It answers while it is still being asked: whoever only asked first would wait for ever.
        std::thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut to| to.write_all(input)));
            stdout.map(|mut from| from.read_to_end(&mut bytes))
        });
        let output = child.wait_with_output().map_err(|e| cannot(&e))?;
        match output.status.success() {
            true => Ok(bytes),
            false => {
                let complaint = String::from_utf8_lossy(&output.stderr);
                let first = complaint.lines().next().unwrap_or("it failed");
                let first = first.strip_prefix("fatal: ").unwrap_or(first);
                Err(Failure::Usage(format!("`git` says: {first}")))
            }
        }
    }

    fn text(&self, arguments: &[&str]) -> Result<String, Failure> {
        let bytes = self.run(arguments, &[])?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.trim_end_matches('\n').to_owned())
    }

    /// The commit that a revision names.
    fn commit(&self, revision: &str) -> Result<Option<String>, Failure> {
        // Outside a repository the complaint is about that, and not about the revision.
        self.text(&["rev-parse", "--git-dir"])?;
        let wanted = format!("{revision}^{{commit}}");
        let arguments = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &wanted,
        ];
        Ok(self.text(&arguments).ok().filter(|t| !t.is_empty()))
    }

    /// Reads the contents of many files in one go.
    fn contents(
        &self,
        wanted: Vec<(String, String)>,
    ) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
        let mut input = String::new();
        for (_, object) in &wanted {
            input.push_str(object);
            input.push('\n');
        }
        let output = self.run(&["cat-file", "--batch"], input.as_bytes())?;
        let mut rest = output.as_slice();
        let mut files = BTreeMap::new();
        for (path, _) in wanted {
            let Some((content, after)) = next_content(rest) else {
                let message = format!("`git` did not give the content of `{path}`");
                return Err(Failure::Usage(message));
            };
            if content.len() as u64 <= LARGEST {
                files.insert(path, content.to_vec());
            }
            rest = after;
        }
        Ok(files)
    }
}

/// `OBJECT blob SIZE`, a line feed, the content, a line feed.
fn next_content(output: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = output.iter().position(|b| *b == b'\n')?;
    let head = std::str::from_utf8(output.get(..end)?).ok()?;
    let size: usize = head.rsplit(' ').next()?.parse().ok()?;
    let start = end + 1;
    let content = output.get(start..start.checked_add(size)?)?;
    Some((content, output.get(start + size + 1..)?))
}
