//! `bailiwick drift`

mod human;
mod markdown;
mod record;

use std::path::PathBuf;

use super::disk::{self, Disk};
use super::exit::{Exit, Failure};
use super::findings;
use super::progress::Progress;
use super::semantics::Choices;
use super::session::{Format, Session};
use crate::catalogue::Catalogue;
use crate::deployed::authorization::{AccountExport, EntityKind, ReservedBy};
use crate::deployed::{self, authorization, organization};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::drift::{self, Aside, Coverage, Kind, Report, Tags};
use crate::driver::{self, Build};
use crate::engine::question::{Asking, STEPS};
use crate::source::{SourceId, SourceMap};
use crate::syntax;

/// Compares what is deployed with what the sources mean
///
/// What is missing, extra, or changed in meaning is drift, with a request that shows each change; what is only written
/// otherwise is not. Exit code 0 if there is none, 1 if there is, 2 if a file cannot be read, 4 if something is undecided.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The output of `aws iam get-account-authorization-details`, or a folder of such; once for each account or page
    #[arg(long, required = true, value_name = "FILE")]
    authorization_details: Vec<PathBuf>,
    /// A folder with the outputs of `aws organizations` calls; without it the tree is not compared
    #[arg(long, value_name = "DIR")]
    organization: Option<PathBuf>,
    /// The folder of the project
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Compares tags too
    #[arg(long)]
    tags: bool,
    /// Lists what is only written otherwise, too
    #[arg(long)]
    verbose: bool,
    /// Writes Markdown, as for a comment
    #[arg(long)]
    markdown: bool,
    /// Steps of work after which a comparison is undecided
    #[arg(long, default_value_t = STEPS)]
    steps: u64,
    #[command(flatten)]
    choices: Choices,
}

/// Reads both sides, compares them, shows what differs.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let semantics = args.choices.semantics()?;
    let disk = Disk::open(&args.dir)?;
    let mut build = {
        let _progress = Progress::start("checking", session);
        driver::check(&disk)
    };
    let Some(declared) = build.meaning.take() else {
        findings::show(&build.diagnostics, &build.sources, session)?;
        let message = "the sources have errors; there is nothing to compare with";
        return Err(Failure::Usage(message.to_owned()));
    };
    let catalogue = Catalogue::embedded();
    let (exports, tree, found) = read(args, &mut build, catalogue)?;
    findings::show(&found, &build.sources, session)?;
    let coverage: Vec<Coverage> = exports.iter().map(coverage).collect();
    let set = deployed::assemble(tree, &exports);
    let asking = Asking {
        semantics,
        steps: args.steps,
        ..Asking::new(catalogue)
    };
    let tags = match args.tags {
        true => Tags::Compared,
        false => Tags::Ignored,
    };
    let report = {
        let _progress = Progress::start("comparing", session);
        drift::compare(&declared, &set, &coverage, tags, &asking)
    };
    let shown = Shown {
        report: &report,
        sources: &build.sources,
        quiet: !args.verbose,
    };
    match (session.format, args.markdown) {
        (Format::Json, _) => session.print_json(&record::of(&shown))?,
        (Format::Human, true) => session.print(&markdown::page(&shown))?,
        (Format::Human, false) => session.print(&human::text(&shown))?,
    }
    Ok(exit(&report, &found))
}

/// What the writers write.
struct Shown<'a> {
    report: &'a Report,
    sources: &'a SourceMap,
    /// Whether what is only written otherwise is counted, not listed.
    quiet: bool,
}

fn exit(report: &Report, found: &[Diagnostic]) -> Exit {
    if findings::any(found, Severity::Error) {
        Exit::Usage
    } else if report.is_undecided() {
        Exit::Unsettled
    } else if report.has_drift() {
        Exit::Findings
    } else {
        Exit::Fine
    }
}

type Deployed = (
    Vec<AccountExport>,
    Option<crate::ir::Organization>,
    Vec<Diagnostic>,
);

fn read(args: &Args, build: &mut Build, catalogue: &Catalogue) -> Result<Deployed, Failure> {
    let mut found = Vec::new();
    let sources = &mut build.sources;
    let mut files = Vec::new();
    for path in &args.authorization_details {
        files.extend(load(path, sources, &mut found)?);
    }
    let folder = match &args.organization {
        Some(folder) => load(folder, sources, &mut found)?,
        None => Vec::new(),
    };
    let (exports, problems) = authorization::read(&files, sources, catalogue);
    found.extend(problems);
    let mut tree = None;
    if args.organization.is_some() {
        let (organization, problems) = organization::read(&folder, sources, catalogue);
        tree = organization;
        found.extend(problems);
    }
    Ok((exports, tree, found))
}

/// A file, or the JSON files of a folder, as sources.
fn load(
    path: &std::path::Path,
    sources: &mut SourceMap,
    found: &mut Vec<Diagnostic>,
) -> Result<Vec<SourceId>, Failure> {
    let files = match disk::is_folder(path) {
        true => disk::files_below(path, "json")?,
        false => vec![path.to_owned()],
    };
    if files.is_empty() {
        let message = format!("there is no JSON file in `{}`", disk::shown(path));
        found.push(Diagnostic::global(Code::NoDocuments, message));
    }
    let mut ids = Vec::new();
    for file in files {
        match syntax::decode(&disk::read(&file)?) {
            Ok(text) => ids.push(sources.add(disk::shown(&file), text)),
            Err(bad) => {
                let id = sources.add(disk::shown(&file), bad.text.clone());
                found.push(bad.diagnostic(id));
            }
        }
    }
    Ok(ids)
}

fn coverage(export: &AccountExport) -> Coverage {
    let account = &export.account.id;
    let unread = export.unread.iter().map(|u| {
        let kind = match u.kind {
            EntityKind::Role => Kind::Role,
            EntityKind::User => Kind::User,
            EntityKind::Group => Kind::Group,
            EntityKind::Policy => Kind::Policy,
        };
        (kind, u.name.clone())
    });
    let aside = export.reserved.values().map(|reserved| Aside {
        account: account.clone(),
        role: reserved.role.name.clone(),
        by: match reserved.by {
            ReservedBy::ServiceLinked => "an AWS service, for itself",
            ReservedBy::IdentityCenter => "IAM Identity Center",
            ReservedBy::Aws => "AWS",
        }
        .to_owned(),
    });
    Coverage {
        account: account.clone(),
        unread: unread.collect(),
        aside: aside.collect(),
    }
}
