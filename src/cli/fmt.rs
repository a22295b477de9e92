//! `bailiwick fmt`

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::disk::{self, Disk, Stdin};
use super::exit::{Exit, Failure};
use super::findings;
use super::session::{Format, Session};
use crate::diagnostic::Diagnostic;
use crate::driver::STDIN;
use crate::fmt::{self, FormatError};
use crate::source::{Files, SourceId, SourceMap};
use crate::syntax;

/// Lays sources out in the one way there is; comments stay
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Files, and folders that are searched for `.bw` files, projects within them too; `-` formats the standard input to stdout
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Name the files that would change and change none; exit code 1 if there are any
    #[arg(long)]
    check: bool,
}

/// A file that was named or found.
struct Named {
    /// As it is shown.
    name: String,
    /// Where it lies; `None` for the standard input.
    path: Option<PathBuf>,
    bytes: Vec<u8>,
}

/// What became of a file.
enum Outcome {
    /// Nothing to do.
    Same,
    /// The other layout.
    Changed(String),
    /// It cannot be read as a source.
    Findings(Vec<Diagnostic>),
    /// We would have changed what it says.
    Unfaithful(&'static str),
}

/// Formats everything, then writes; what cannot be read is said and left alone.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let files = named(&args.paths)?;
    let mut sources = SourceMap::default();
    let ids: Vec<(SourceId, Option<Diagnostic>)> =
        files.iter().map(|f| add(f, &mut sources)).collect();
    let outcomes: Vec<Outcome> = ids
        .into_par_iter()
        .zip(&files)
        .map(|((id, problem), file)| match problem {
            Some(problem) => Outcome::Findings(vec![problem]),
            None => format(id, file, &sources),
        })
        .collect();
    let mut report = Report::default();
    for (file, outcome) in files.iter().zip(outcomes) {
        report.take(file, outcome, args, &sources, session)?;
    }
    report.finish(files.len(), args, session)
}

fn add(file: &Named, sources: &mut SourceMap) -> (SourceId, Option<Diagnostic>) {
    match syntax::decode(&file.bytes) {
        Ok(text) => (sources.add(&file.name, text), None),
        Err(undecodable) => {
            let id = sources.add(&file.name, undecodable.text.clone());
            let problem = undecodable.diagnostic(id);
            (id, Some(problem))
        }
    }
}

fn format(id: SourceId, file: &Named, sources: &SourceMap) -> Outcome {
    let text = sources.get(id).map_or("", |s| s.text.as_str());
    match fmt::format(id, text) {
        // Bytes are compared, since a byte order mark goes too.
        Ok(formatted) if formatted.as_bytes() == file.bytes => Outcome::Same,
        Ok(formatted) => Outcome::Changed(formatted),
        Err(FormatError::Unreadable(found)) => Outcome::Findings(found),
        Err(FormatError::Unfaithful(what)) => Outcome::Unfaithful(what),
    }
}

/// Reads all that was named; a file named twice is formatted once.
fn named(paths: &[PathBuf]) -> Result<Vec<Named>, Failure> {
    let mut files: Vec<Named> = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            let bytes = Stdin::read()?.into_bytes();
            let name = STDIN.to_owned();
            files.push(Named {
                name,
                path: None,
                bytes,
            });
        } else if disk::is_folder(path) {
            files.extend(below(path)?);
        } else {
            files.push(read(path)?);
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

fn below(folder: &Path) -> Result<Vec<Named>, Failure> {
    let found = Disk::open_all(folder)?;
    let names = found.list();
    if names.is_empty() {
        let reason = "there are no `.bw` files below it";
        return Err(Failure::at(folder, "nothing to format in", reason));
    }
    names.iter().map(|n| read(&found.path(n))).collect()
}

fn read(path: &Path) -> Result<Named, Failure> {
    Ok(Named {
        name: disk::shown(path),
        path: Some(path.to_owned()),
        bytes: disk::read(path)?,
    })
}

#[derive(Default)]
struct Report {
    changed: usize,
    unreadable: usize,
    unfaithful: usize,
}

#[derive(Serialize)]
struct Unformatted<'a> {
    unformatted: &'a str,
}

impl Report {
    fn take(
        &mut self,
        file: &Named,
        outcome: Outcome,
        args: &Args,
        sources: &SourceMap,
        session: &mut Session,
    ) -> Result<(), Failure> {
        match outcome {
            Outcome::Same => self.echo(file, args, session),
            Outcome::Changed(text) => {
                self.changed += 1;
                match (&file.path, args.check) {
                    (_, true) => name(file, session),
                    (None, false) => session.print(&text),
                    (Some(path), false) => disk::write(path, text.as_bytes()),
                }
            }
            Outcome::Findings(found) => {
                self.unreadable += 1;
                findings::show(&found, sources, session)
            }
            Outcome::Unfaithful(what) => {
                self.unfaithful += 1;
                let name = &file.name;
                session.tell(&format!(
                    "internal error: formatting would change {what} in `{name}`, which is left as it is; please report it\n"
                ))
            }
        }
    }

    /// The standard input comes out again even where nothing changes.
    fn echo(&self, file: &Named, args: &Args, session: &mut Session) -> Result<(), Failure> {
        match (&file.path, args.check) {
            (None, false) => session.print(&String::from_utf8_lossy(&file.bytes)),
            _ => Ok(()),
        }
    }

    fn finish(&self, files: usize, args: &Args, session: &mut Session) -> Result<Exit, Failure> {
        let all = findings::number(files, "file");
        let what = if args.check {
            "would change"
        } else {
            "changed"
        };
        let mut line = format!("{what} {} of {all}", self.changed);
        if self.unreadable > 0 {
            line += &format!(", {} cannot be read", self.unreadable);
        }
        session.tell(&format!("{line}\n"))?;
        Ok(match self {
            Report {
                unfaithful: 1.., ..
            } => Exit::Internal,
            Report {
                unreadable: 1.., ..
            } => Exit::Findings,
            Report { changed: 1.., .. } if args.check => Exit::Findings,
            _ => Exit::Fine,
        })
    }
}

fn name(file: &Named, session: &mut Session) -> Result<(), Failure> {
    let unformatted = file.name.as_str();
    match session.format {
        Format::Human => session.print(&format!("{unformatted}\n")),
        Format::Json => session.print_json(&Unformatted { unformatted }),
    }
}
