//! `bailiwick drift`

mod human;
mod markdown;
mod record;

use std::path::PathBuf;

use super::disk::Disk;
use super::exit::{Exit, Failure};
use super::findings;
use super::given::{self, File};
use super::progress::Progress;
use super::semantics::Choices;
use super::session::{Session, Shape};
use crate::catalogue::Catalogue;
use crate::deployed::authorization::{AccountExport, EntityKind, ReservedBy};
use crate::deployed::{self, authorization, organization};
use crate::diagnostic::{Diagnostic, Severity};
use crate::diff::{self, Diff};
use crate::drift::{self, Aside, Coverage, Kind, Report, Tags};
use crate::driver;
use crate::engine::question::{Asking, STEPS};
use crate::ir::PolicySet;
use crate::report::diff::Labels;
use crate::source::SourceMap;

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
    /// Compares documents only; what that comes to for each role and user takes longer to say
    #[arg(long)]
    documents_only: bool,
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
    // A path that does not exist is said before the sources are read, which takes a while.
    let given = Given::read(args)?;
    let mut build = {
        let _progress = Progress::start("checking", session);
        driver::meaning(&disk)
    };
    let Some(declared) = build.meaning.take() else {
        findings::show(&build.diagnostics, &build.sources, session)?;
        let message = "the sources have errors; there is nothing to compare with";
        return Err(Failure::Usage(message.to_owned()));
    };
    let catalogue = match &build.own_catalogue {
        Some(own) => own,
        None => Catalogue::embedded(),
    };
    let (exports, tree, found) = given.exports(&mut build.sources, catalogue);
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
    let effect = {
        let _progress = Progress::start("asking who gains what", session);
        let whole = report.has_drift() && !args.documents_only;
        whole.then(|| effect(&declared, &set, &coverage, &build.sources, &asking))
    };
    let shown = Shown {
        report: &report,
        effect: effect.as_ref(),
        sources: &build.sources,
        quiet: !args.verbose,
    };
    match session.shape {
        Shape::Json => session.print_json(&record::of(&shown))?,
        Shape::Markdown => session.print(&markdown::page(&shown))?,
        _ => session.print(&human::text(&shown))?,
    }
    Ok(exit(&report, &found))
}

/// What the difference comes to for each identity, within boundaries, SCPs and RCPs.
fn effect(
    declared: &PolicySet,
    deployed: &PolicySet,
    coverage: &[Coverage],
    sources: &SourceMap,
    asking: &Asking<'_>,
) -> Diff {
    let (left, right) = drift::sides(declared, deployed, coverage);
    let side = |set| diff::Side { set, sources };
    let mut effect = diff::diff(side(&left), side(&right), asking);
    for line in effect.changes.iter_mut().flat_map(|c| &mut c.lines) {
        let says_something = line.text.contains(char::is_alphabetic) && line.text.len() <= LINE;
        if !says_something {
            line.text.clear();
        }
    }
    effect
}

/// Exports may be one line; of those the place says enough.
const LINE: usize = 160;

/// What the sides of the effect are called.
const LABELS: Labels<'static> = Labels {
    old: "as declared",
    new: "as deployed",
};

/// What the writers write.
struct Shown<'a> {
    report: &'a Report,
    /// Who gains and loses what, where there is drift.
    effect: Option<&'a Diff>,
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

/// What was exported, not looked at yet.
struct Given {
    accounts: Vec<File>,
    organization: Option<Vec<File>>,
    empty: Vec<Diagnostic>,
}

impl Given {
    fn read(args: &Args) -> Result<Given, Failure> {
        let mut empty = Vec::new();
        let accounts = given::inside(&args.authorization_details, &mut empty)?;
        let folder = args.organization.as_slice();
        let organization = match folder {
            [] => None,
            folder => Some(given::read_all(&given::inside(folder, &mut empty)?)?),
        };
        Ok(Given {
            accounts: given::read_all(&accounts)?,
            organization,
            empty,
        })
    }

    fn exports(self, sources: &mut SourceMap, catalogue: &Catalogue) -> Deployed {
        let mut found = self.empty;
        let accounts = given::add(self.accounts, sources, &mut found);
        let (exports, problems) = authorization::read(&accounts, sources, catalogue);
        found.extend(problems);
        let tree = self.organization.and_then(|folder| {
            let folder = given::add(folder, sources, &mut found);
            let (tree, problems) = organization::read(&folder, sources, catalogue);
            found.extend(problems);
            tree
        });
        (exports, tree, found)
    }
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
