//! `bailiwick compare`

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use rayon::prelude::*;
use serde::Serialize;

use super::disk;
use super::exit::{Exit, Failure};
use super::session::{Format, Session};
use crate::catalogue::Catalogue;
use crate::engine::compare::{Comparison, Relation, compare};
use crate::engine::question::{Asking, STEPS, Subject, World};
use crate::engine::witness::Witness;
use crate::engine::{Semantics, request::Values};
use crate::iam::json::{self, Fault, Node, Value};
use crate::iam::{PolicyKind, reader};
use crate::ir::{self, Policy};
use crate::source::SourceMap;

/// Says whether one policy allows more, less or the same as another, with a request that shows it
///
/// LEFT and RIGHT are files with an IAM document each, or with a list of documents that are attached together.
/// Exit code 0 if RIGHT is equal or narrower, 1 if it is wider or incomparable, 4 if that is unknown.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The document to compare with
    #[arg(required_unless_present = "batch", value_name = "LEFT")]
    left: Option<PathBuf>,
    /// The document to judge
    #[arg(required_unless_present = "batch", value_name = "RIGHT")]
    right: Option<PathBuf>,
    /// Reads JSON Lines {"id", "left", "right"} from a file, or from `-`, and writes one result a line
    #[arg(long, value_name = "FILE", conflicts_with_all = ["left", "right"])]
    batch: Option<PathBuf>,
    /// What kind of policy the documents are; found out from their elements unless given
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Which requests count: all that can ever be, or those that the catalogue knows
    #[arg(long, value_enum, default_value_t = Scope::Open)]
    world: Scope,
    /// A setting where sources about AWS disagree; `bailiwick semantics` lists them
    #[arg(long, value_name = "NAME=VALUE")]
    semantics: Vec<String>,
    /// Steps of work after which the answer is unknown
    #[arg(long, default_value_t = STEPS)]
    steps: u64,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Identity,
    Scp,
    Rcp,
    Resource,
    Trust,
    Boundary,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
enum Scope {
    Open,
    Catalogue,
}

impl Kind {
    fn of_policy(self) -> PolicyKind {
        match self {
            Kind::Identity => PolicyKind::ManagedPolicy,
            Kind::Scp => PolicyKind::Scp,
            Kind::Rcp => PolicyKind::Rcp,
            Kind::Resource => PolicyKind::ResourcePolicy,
            Kind::Trust => PolicyKind::Trust,
            Kind::Boundary => PolicyKind::Boundary,
        }
    }
}

/// Compares two documents, or a batch of pairs.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let texts = args.semantics.iter().map(String::as_str);
    let semantics = Semantics::parse(texts).map_err(|e| Failure::Usage(e.to_string()))?;
    let asking = Asking {
        semantics,
        world: match args.world {
            Scope::Open => World::Open,
            Scope::Catalogue => World::Catalogue,
        },
        steps: args.steps,
        catalogue: Catalogue::embedded(),
    };
    let kind = args.kind.map(Kind::of_policy);
    match (&args.batch, &args.left, &args.right) {
        (Some(batch), ..) => compare_all(batch, kind, &asking, session),
        (None, Some(left), Some(right)) => compare_files(left, right, kind, &asking, session),
        _ => Err(Failure::Usage("two documents are needed".to_owned())),
    }
}

fn compare_files(
    left: &Path,
    right: &Path,
    kind: Option<PolicyKind>,
    asking: &Asking<'_>,
    session: &mut Session,
) -> Result<Exit, Failure> {
    let left = read_file(left, kind)?;
    let right = read_file(right, kind)?;
    let comparison = compare(&subject(&left), &subject(&right), asking);
    match session.format {
        Format::Human => session.print(&in_words(&comparison))?,
        Format::Json => session.print_json(&comparison)?,
    }
    Ok(exit(comparison.relation))
}

fn subject(policies: &[Policy]) -> Subject<'_> {
    Subject::Documents(policies.iter().collect())
}

fn exit(relation: Relation) -> Exit {
    match relation {
        Relation::Equal | Relation::Narrower => Exit::Fine,
        Relation::Wider | Relation::Incomparable => Exit::Findings,
        Relation::Unknown => Exit::Unsettled,
    }
}

fn read_file(path: &Path, kind: Option<PolicyKind>) -> Result<Vec<Policy>, Failure> {
    let bytes = disk::read(path)?;
    let fail = |what: String| Failure::at(path, "cannot read", what);
    let text = json::decode(&bytes).map_err(|e| fail(e.to_string()))?;
    let (node, mut faults) = json::parse(text);
    let policies = node.map(|n| read_documents(&n, kind, &json::Path::ROOT, &mut faults));
    match policies {
        Some(policies) if faults.is_empty() => Ok(policies),
        _ => Err(fail(all_faults(text, faults))),
    }
}

fn all_faults(text: &str, faults: Vec<Fault>) -> String {
    let errors = json::locate(text, faults);
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

/// A document, or a list of documents that are attached together.
fn read_documents(
    node: &Node,
    kind: Option<PolicyKind>,
    path: &json::Path<'_>,
    faults: &mut Vec<Fault>,
) -> Vec<Policy> {
    let one = |node: &Node, path: &json::Path<'_>, faults: &mut Vec<Fault>| {
        let reading = reader::read_node(node, kind, path, faults)?;
        let mut sources = SourceMap::default();
        let provenance = ir::read::Provenance {
            kind: kind.unwrap_or_else(|| reader::detect_kind(&reading.document)),
            name: "",
            source: sources.add("", ""),
        };
        let catalogue = Catalogue::embedded();
        let multi = |key: &str| catalogue.key(key).is_some_and(|k| k.key.multi_valued);
        Some(ir::read::policy(&reading, provenance, multi))
    };
    match &node.value {
        Value::List(items) => {
            let numbered = items.iter().enumerate();
            numbered
                .filter_map(|(i, item)| one(item, &path.index(i), faults))
                .collect()
        }
        _ => one(node, path, faults).into_iter().collect(),
    }
}

/// One line of a batch's result.
#[derive(Serialize)]
struct Line {
    id: serde_json::Value,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Compared(Box<Comparison>),
    Failed { error: String },
}

fn compare_all(
    batch: &Path,
    kind: Option<PolicyKind>,
    asking: &Asking<'_>,
    session: &mut Session,
) -> Result<Exit, Failure> {
    let bytes = if batch.as_os_str() == "-" {
        disk::read_stdin()?
    } else {
        disk::read(batch)?
    };
    let lines: Vec<&[u8]> = bytes
        .split(|b| *b == b'\n')
        .filter(|l| !l.trim_ascii().is_empty())
        .collect();
    let mut worst = Exit::Fine;
    // In pieces, so that results of a long batch appear as they come, in order.
    for piece in lines.chunks(512) {
        let results: Vec<Line> = piece
            .par_iter()
            .map(|line| compare_line(line, kind, asking))
            .collect();
        let mut text = String::new();
        for line in results {
            worst = worse(
                worst,
                match &line.outcome {
                    Outcome::Compared(comparison) => exit(comparison.relation),
                    Outcome::Failed { .. } => Exit::Usage,
                },
            );
            let written = serde_json::to_string(&line);
            let written = written.map_err(|e| Failure::Usage(e.to_string()))?;
            let _ = writeln!(text, "{written}");
        }
        session.print(&text)?;
    }
    Ok(worst)
}

/// What a batch ends with: a line that could not be read, else one not settled, else one that allows more.
fn worse(one: Exit, other: Exit) -> Exit {
    let rank = |exit: Exit| match exit {
        Exit::Fine => 0,
        Exit::Findings => 1,
        Exit::Unsettled => 2,
        Exit::Usage => 3,
        Exit::Internal => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn compare_line(line: &[u8], kind: Option<PolicyKind>, asking: &Asking<'_>) -> Line {
    let mut id = serde_json::Value::Null;
    let outcome = match read_pair(line, kind, &mut id) {
        Ok((left, right)) => {
            Outcome::Compared(Box::new(compare(&subject(&left), &subject(&right), asking)))
        }
        Err(error) => Outcome::Failed { error },
    };
    Line { id, outcome }
}

fn read_pair(
    line: &[u8],
    kind: Option<PolicyKind>,
    id: &mut serde_json::Value,
) -> Result<(Vec<Policy>, Vec<Policy>), String> {
    let text = json::decode(line).map_err(|e| e.to_string())?;
    let (node, mut faults) = json::parse(text);
    let Some(node) = node else {
        return Err(all_faults(text, faults));
    };
    let Value::Map(members) = &node.value else {
        return Err("a line is an object with `id`, `left` and `right`".to_owned());
    };
    let find = |name: &str| members.iter().find(|m| m.name == name);
    if let Some(member) = find("id")
        && let Some(written) = text.get(member.node.at.range())
    {
        *id = serde_json::from_str(written).unwrap_or_default();
    }
    let mut side = |name: &str| {
        let member = find(name).ok_or_else(|| format!("there is no `{name}`"))?;
        let path = json::Path::ROOT.name(name);
        Ok::<_, String>(read_documents(&member.node, kind, &path, &mut faults))
    };
    let pair = (side("left")?, side("right")?);
    if faults.is_empty() {
        Ok(pair)
    } else {
        Err(all_faults(text, faults))
    }
}

fn in_words(comparison: &Comparison) -> String {
    let mut text = String::new();
    let _ = match comparison.relation {
        Relation::Equal => writeln!(text, "equal: both allow the same"),
        Relation::Narrower => writeln!(text, "narrower: RIGHT allows strictly less"),
        Relation::Wider => writeln!(text, "wider: RIGHT allows strictly more"),
        Relation::Incomparable => {
            writeln!(text, "incomparable: each allows what the other does not")
        }
        Relation::Unknown => {
            let reason = comparison.reason.as_deref().unwrap_or_default();
            writeln!(text, "unknown: {reason}")
        }
    };
    for (side, witness) in [
        ("LEFT", &comparison.left_only),
        ("RIGHT", &comparison.right_only),
    ] {
        if let Some(witness) = witness {
            tell(&mut text, side, witness, comparison.names_principals);
        }
    }
    for other in &comparison.depends_on {
        let (name, value, relation) = (other.setting, other.value, other.relation);
        let _ = writeln!(
            text,
            "with --semantics {name}={value} it would be {relation}"
        );
    }
    text
}

fn tell(text: &mut String, side: &str, witness: &Witness, names_principals: bool) {
    let request = &witness.request;
    let known = match witness.in_catalogue {
        true => "",
        false => " (no such request is in today's catalogue)",
    };
    let _ = writeln!(text, "only {side} allows{known}:");
    if names_principals {
        let _ = writeln!(text, "  principal  {}", request.principal);
    }
    let _ = writeln!(text, "  action     {}", request.action);
    let _ = writeln!(text, "  resource   {}", request.resource);
    for (key, values) in request.context.iter() {
        let _ = match values {
            Values::One(value) => writeln!(text, "  {key} = {value:?}"),
            Values::Many(values) => writeln!(text, "  {key} = {values:?}"),
        };
    }
}
