//! `bailiwick diff`

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::disk;
use super::exit::{Exit, Failure};
use super::findings;
use super::progress::Progress;
use super::session::{Session, Shape};
use super::sides::{self, Place, Side};
use crate::catalogue::Catalogue;
use crate::diff::{self, Change, Diff, Direction, Risk};
use crate::engine::question::Asking;
use crate::report::diff::{Labels, github, human, json, markdown, sarif};

/// Says what a change means: who gains what, who loses what, how risky, and which line did it
///
/// A side is a folder of sources, a git revision of the folder, a folder that `build` has written, or IAM documents.
///
///   bailiwick diff OLD NEW        two sides
///   bailiwick diff A..B [DIR]     two revisions of the project in DIR
///   bailiwick diff HEAD~1 [DIR]   a revision and the folder as it is
///
/// Nothing is said of what moves in the text only. Exit code 1 if one of `--fail-on` happens, 2 if a side cannot be
/// read or does not compile, 4 if `--fail-on` is given and something could not be decided.
#[derive(clap::Args, Debug)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {
    /// The old side, or two revisions `A..B`
    #[arg(value_name = "OLD")]
    first: String,
    /// The new side; after revisions the folder of the project
    #[arg(value_name = "NEW|DIR")]
    second: Option<String>,
    /// The folder of the project, where both sides are revisions
    #[arg(long, value_name = "DIR")]
    project: Option<PathBuf>,
    /// What makes the exit code 1; several with commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    fail_on: Vec<FailOn>,
}

/// What a pipeline may refuse.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum FailOn {
    /// Anything changes in meaning
    Any,
    /// Somebody gains something
    Wider,
    /// Somebody loses something
    Narrower,
    /// Somebody gains a way to more power
    Escalation,
    /// Anybody is let in
    Public,
    /// An account is let in that the project does not declare
    External,
    /// Another account is let in, of the project or not
    CrossAccount,
    /// Somebody gains actions that grant permissions
    PermissionsManagement,
    /// Somebody gains actions that change things
    Write,
}

/// Reads both sides, compares, writes.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let (old, new) = args.places();
    let progress = Progress::start("comparing", session);
    let (old, new) = rayon::join(|| sides::read(&old), || sides::read(&new));
    drop(progress);
    let (old, new) = (old?, new?);
    let compiled = (compiled(&old, session)?, compiled(&new, session)?);
    let (Some(before), Some(after)) = compiled else {
        return Ok(Exit::Usage);
    };
    let catalogue = match &new.catalogue {
        Some(own) => own,
        None => Catalogue::embedded(),
    };
    let diff = diff::diff(before, after, &Asking::new(catalogue));
    let labels = Labels {
        old: &old.label,
        new: &new.label,
    };
    match session.shape {
        Shape::Markdown => session.print(&markdown(&diff, labels))?,
        Shape::Json => session.print_json(&json(&diff, labels))?,
        Shape::Github => session.print(&github(&diff))?,
        Shape::Sarif => session.print_json(&sarif(&diff))?,
        _ => session.print(&human(&diff, labels))?,
    }
    Ok(args.exit(&diff))
}

/// The side if it compiles; what is wrong with it is shown if not.
fn compiled<'s>(side: &'s Side, session: &mut Session) -> Result<Option<diff::Side<'s>>, Failure> {
    if let Some(set) = &side.set {
        let sources = &side.sources;
        return Ok(Some(diff::Side { set, sources }));
    }
    findings::show(&side.diagnostics, &side.sources, session)?;
    session.tell(&format!("{} does not compile\n", side.label))?;
    Ok(None)
}

impl Args {
    /// What the arguments name. A path that exists is that path; anything else is a revision.
    fn places(&self) -> (Place, Place) {
        let second = self.second.as_deref();
        let exists = |text: &str| disk::exists(Path::new(text));
        let folder = |text: Option<&str>| match (&self.project, text) {
            (Some(project), _) => project.clone(),
            (None, Some(text)) => PathBuf::from(text),
            (None, None) => PathBuf::from("."),
        };
        if let (false, Some((a, b))) = (exists(&self.first), self.first.split_once("..")) {
            let b = b.trim_start_matches('.');
            let folder = folder(second);
            let revision = |name: &str| Place::Revision {
                revision: if name.is_empty() { "HEAD" } else { name }.to_owned(),
                folder: folder.clone(),
            };
            return (revision(a), revision(b));
        }
        let new = match second {
            None => Place::Path(folder(None)),
            Some(text) if exists(text) => Place::Path(PathBuf::from(text)),
            Some(text) => Place::Revision {
                revision: text.to_owned(),
                folder: folder(None),
            },
        };
        let old = match exists(&self.first) {
            true => Place::Path(PathBuf::from(&self.first)),
            false => Place::Revision {
                revision: self.first.clone(),
                folder: match &new {
                    Place::Path(path) if disk::is_folder(path) => path.clone(),
                    _ => folder(None),
                },
            },
        };
        (old, new)
    }

    fn exit(&self, diff: &Diff) -> Exit {
        let is_refused = |change: &Change| self.fail_on.iter().any(|f| f.refuses(change));
        if diff.changes.iter().any(is_refused) {
            return Exit::Findings;
        }
        match !self.fail_on.is_empty() && !diff.undecided.is_empty() {
            true => Exit::Unsettled,
            false => Exit::Fine,
        }
    }
}

impl FailOn {
    fn refuses(self, change: &Change) -> bool {
        let is_gain = change.direction == Direction::Gain;
        let has = |risk: Risk| is_gain && change.risks.contains(&risk);
        match self {
            FailOn::Any => true,
            FailOn::Wider => is_gain,
            FailOn::Narrower => !is_gain,
            FailOn::Escalation => has(Risk::Escalation),
            FailOn::Public => has(Risk::Public),
            FailOn::External => has(Risk::External) || has(Risk::Public),
            FailOn::CrossAccount => {
                has(Risk::CrossAccount) || has(Risk::External) || has(Risk::Public)
            }
            FailOn::PermissionsManagement => has(Risk::PermissionsManagement),
            FailOn::Write => has(Risk::Write) || has(Risk::PermissionsManagement),
        }
    }
}
