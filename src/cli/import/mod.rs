//! `bailiwick import`

mod project;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;

use super::disk;
use super::exit::{Exit, Failure};
use super::findings;
use super::given::{self, File};
use super::session::{Session, Shape};
use crate::catalogue::Catalogue;
use crate::deployed::{Infrastructure, cloudformation, terraform};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::driver::import::{self as adopt, Deployment, Imported, Proof, Verdict};
use crate::engine::compare::Comparison;
use crate::iam::PolicyKind;
use crate::import::{
    self, Ambient, Fill, Found, Item, Levels, Module, Names, Options, Remark, Style,
};
use crate::source::{SourceId, SourceMap, Span};

/// Writes sources for policies that exist, and proves that they mean the same
///
/// Each FILE holds an IAM document, a list of them, or what the AWS CLI prints of a policy or role. The source is
/// compiled and each document compared with the original over all requests that can ever be. Exit code 1 says that a
/// document could not be read, or is not proved equal, 2 that a file could not; whatever could be imported is written
/// all the same.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Files with documents; `-` for the standard input
    #[arg(required_unless_present_any = ["authorization_details", "organization", "terraform_plan", "cloudformation"], value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The output of `aws iam get-account-authorization-details`, or a folder of such, of one account or several: a
    /// project is written
    #[arg(long, num_args = 1.., value_name = "FILE", conflicts_with = "files", requires = "out")]
    authorization_details: Vec<PathBuf>,
    /// A folder with what the calls of `aws organizations` print: the tree is written, with its SCPs and RCPs
    #[arg(long, value_name = "DIR", conflicts_with = "files", requires = "out")]
    organization: Option<PathBuf>,
    /// The output of `terraform show -json`, of a plan or a state: its roles, policies and resource policies
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "authorization_details"])]
    terraform_plan: Vec<PathBuf>,
    /// A CloudFormation template, JSON or YAML: its roles, policies and resource policies
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "authorization_details"])]
    cloudformation: Vec<PathBuf>,
    /// The region that a template is for
    #[arg(long, requires = "cloudformation")]
    region: Option<String>,
    /// The value of a template's parameter, before its default
    #[arg(long, value_name = "NAME=VALUE", requires = "cloudformation", value_parser = parameter)]
    parameter: Vec<(String, String)>,
    /// What kind of policy the documents are; found out from their elements unless given
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// The name of what is declared; the file's own unless given
    #[arg(long)]
    name: Option<String>,
    /// The ARN of the resource that a resource policy stands on; found out from its statements unless given
    #[arg(long, value_name = "ARN")]
    resource: Option<String>,
    /// The account that the source is for: ARNs need not name it then
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Write access levels (`read(s3)`) where they are exactly the list of actions; they follow the catalogue
    #[arg(long)]
    access_levels: bool,
    /// The file to write, the standard output unless given; for accounts the project's folder, which must be empty
    #[arg(long, short)]
    out: Option<PathBuf>,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Identity,
    Boundary,
    Trust,
    Resource,
    Scp,
    Rcp,
    PermissionSet,
}

impl Kind {
    fn of_policy(self) -> PolicyKind {
        match self {
            Kind::Identity => PolicyKind::ManagedPolicy,
            Kind::Boundary => PolicyKind::Boundary,
            Kind::Trust => PolicyKind::Trust,
            Kind::Resource => PolicyKind::ResourcePolicy,
            Kind::Scp => PolicyKind::Scp,
            Kind::Rcp => PolicyKind::Rcp,
            Kind::PermissionSet => PolicyKind::PermissionSet,
        }
    }
}

/// Reads, writes, proves, and says how it went.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let started = Instant::now();
    if let Some(id) = args
        .account
        .as_deref()
        .filter(|id| !crate::iam::arn::is_account_id(id))
    {
        return Err(Failure::Usage(format!(
            "`{id}` is no account id of twelve digits"
        )));
    }
    if session.shape == Shape::Json && args.out.is_none() {
        let message = "findings as JSON and the source do not go into one stream: `--out FILE`";
        return Err(Failure::Usage(message.to_owned()));
    }
    if !args.authorization_details.is_empty() || args.organization.is_some() {
        return project::run(args, session);
    }
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let mut found = Vec::new();
    let mut names = Names::default();
    let mut module = match args.terraform_plan.is_empty() && args.cloudformation.is_empty() {
        true => read_all(args, &mut sources, &mut found, &mut names, catalogue)?,
        false => read_stacks(args, &mut sources, &mut found, &mut names, catalogue)?,
    };
    if module.items.is_empty() {
        let lists = [&args.files, &args.terraform_plan, &args.cloudformation];
        let files: Vec<String> = lists
            .into_iter()
            .flatten()
            .map(|f| format!("`{}`", disk::shown(f)))
            .collect();
        if !diagnostic::has_errors(&found) {
            let message = format!("no document was found in {}", files.join(", "));
            found.push(Diagnostic::global(Code::NoDocuments, message));
        }
        findings::show(&found, &sources, session)?;
        return Ok(exit(&found));
    }
    if let Some(account) = &args.account {
        let partition = ambient(args).partition;
        import::with_providers(&mut module, account, &partition, &mut names);
    }
    let deployment = Deployment::Standalone(args.account.clone());
    let imported = adopt::import(vec![module], &deployment, options(args), catalogue);
    write(args, &imported, session)?;
    report(&imported, found, &sources, started, session)
}

fn options(args: &Args) -> Options {
    Options {
        style: Style::Factored,
        levels: match args.access_levels {
            true => Levels::Named,
            false => Levels::Spelt,
        },
    }
}

fn read_all(
    args: &Args,
    sources: &mut SourceMap,
    found: &mut Vec<Diagnostic>,
    names: &mut Names,
    catalogue: &Catalogue,
) -> Result<Module, Failure> {
    let kind = args.kind.map(Kind::of_policy);
    let mut module = Module {
        path: "imported.bw".to_owned(),
        ..Module::default()
    };
    for file in given::read(&args.files, found)? {
        let File { path, shown, bytes } = &file;
        let (documents, problems) = import::read(shown, bytes, kind, sources, catalogue);
        found.extend(problems);
        for document in documents {
            let Found { name, policy } = document;
            let name = args.name.clone().or(name).unwrap_or_else(|| stem(path));
            let resource = args.resource.as_deref();
            let block = import::standalone(policy, &name, resource, ambient(args), names);
            module.items.push(Item::Block(Box::new(block)));
        }
    }
    Ok(module)
}

/// Every declaration of plans and templates, in one module.
fn read_stacks(
    args: &Args,
    sources: &mut SourceMap,
    found: &mut Vec<Diagnostic>,
    names: &mut Names,
    catalogue: &Catalogue,
) -> Result<Module, Failure> {
    let mut all = Infrastructure::default();
    let mut add_all = |paths: &[PathBuf]| -> Result<Vec<SourceId>, Failure> {
        let files = given::read(paths, found)?;
        Ok(given::add(files, sources, found))
    };
    let (plans, templates) = (
        add_all(&args.terraform_plan)?,
        add_all(&args.cloudformation)?,
    );
    if !plans.is_empty() {
        let (read, problems) = terraform::read(&plans, sources, catalogue);
        all.extend(read);
        found.extend(problems);
    }
    if !templates.is_empty() {
        let settings = cloudformation::Settings {
            parameters: args.parameter.iter().cloned().collect(),
            account: args.account.clone(),
            region: args.region.clone(),
            partition: Some("aws".to_owned()),
            stack: None,
        };
        let (read, problems) = cloudformation::read(&templates, sources, catalogue, &settings);
        all.extend(read);
        found.extend(problems);
    }
    let (module, lost) = import::stack(all, &ambient(args), sources, names, catalogue);
    found.extend(lost);
    Ok(module)
}

/// `NAME=VALUE`
fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected `NAME=VALUE`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// What an account fills in; a guardrail is for every account.
fn ambient(args: &Args) -> Ambient {
    let account = match (&args.account, args.kind) {
        (_, Some(Kind::Scp | Kind::Rcp)) => Fill::Any,
        (Some(id), _) => Fill::Id(id.clone()),
        (None, _) => Fill::Unknown,
    };
    Ambient {
        account,
        ..Ambient::unknown()
    }
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
    stem.filter(|s| s != "-")
        .unwrap_or_else(|| "Imported".to_owned())
}

fn write(args: &Args, imported: &Imported, session: &mut Session) -> Result<(), Failure> {
    for (_, text) in &imported.files {
        match &args.out {
            Some(path) => disk::write(path, text.as_bytes())?,
            None => session.print(text)?,
        }
    }
    Ok(())
}

/// Shows what is to be said, and the one line that matters.
fn report(
    imported: &Imported,
    mut found: Vec<Diagnostic>,
    sources: &SourceMap,
    started: Instant,
    session: &mut Session,
) -> Result<Exit, Failure> {
    found.extend(imported.remarks.iter().map(remark));
    found.extend(imported.proofs.iter().filter_map(unequal));
    diagnostic::sort(&mut found);
    findings::show(&found, sources, session)?;
    let (documents, equal) = imported.counts();
    let documents = findings::number(documents, "document");
    let time = findings::duration(started.elapsed());
    session.tell(&format!("{documents}, {equal} proved equal, in {time}\n"))?;
    Ok(exit(&found))
}

fn exit(found: &[Diagnostic]) -> Exit {
    if given::is_incomplete(found) {
        Exit::Usage
    } else if diagnostic::has_errors(found) {
        Exit::Findings
    } else {
        Exit::Fine
    }
}

fn remark(remark: &Remark) -> Diagnostic {
    let mut found = match remark.span {
        Some(span) => Diagnostic::warning(remark.code, &remark.message, span, ""),
        None => Diagnostic::global(remark.code, &remark.message),
    };
    found.severity = crate::diagnostic::Severity::Warning;
    found.with_note("imported as it is")
}

fn unequal(proof: &Proof) -> Option<Diagnostic> {
    let (why, notes) = match &proof.verdict {
        Verdict::Equal => return None,
        Verdict::Uncompiled(why) => (why.clone(), Vec::new()),
        Verdict::Differs(what, found) => ((*what).to_owned(), witnesses(found)),
    };
    let message = format!(
        "`{}` is not proved equal to what was imported: {why}",
        proof.name
    );
    let found = match proof.span {
        Some(span) => Diagnostic::error(Code::ImportUnequal, message, start_of(span), ""),
        None => Diagnostic::global(Code::ImportUnequal, message),
    };
    Some(notes.into_iter().fold(found, Diagnostic::with_note))
}

/// A document may be long; its first line is enough to find it.
fn start_of(span: Span) -> Span {
    Span::new(span.source, span.start as usize, span.start as usize + 1)
}

fn witnesses(found: &Comparison) -> Vec<String> {
    let shown = |witness: &crate::engine::witness::Witness, side: &str| {
        let request = &witness.request;
        format!(
            "only {side} treats {} on {} this way",
            request.action, request.resource
        )
    };
    let original = found.left_only.as_ref().map(|w| shown(w, "the original"));
    let written = found.right_only.as_ref().map(|w| shown(w, "the source"));
    let reason = found
        .reason
        .as_ref()
        .map(|r| format!("it could not be settled: {r}"));
    original.into_iter().chain(written).chain(reason).collect()
}
