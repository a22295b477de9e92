//! A project from its files to its artefacts: the only place that knows the order of the stages.
//!
//! In: [`Files`]. Out: a [`Build`], with everything that was found on the way. Nothing is written here.

pub mod config;
pub mod import;
mod judge;
pub mod library;
mod load;
mod message;
pub mod question;
#[cfg(test)]
mod sabotage;
#[cfg(test)]
mod tests;
mod waive;

pub use load::{Loaded, load, load_catalogue};
pub use waive::Waived;

use std::cell::LazyCell;
use std::collections::BTreeMap;

use crate::access::Estate;
use crate::access::reach::Reach;
use crate::backend::{self, Artefact, Style, manifest};
use crate::catalogue::{Catalogue, Lock, UsedFacts};
use crate::check::{self, Defaults};
use crate::diagnostic::{self, Code, Diagnostic, Severity, has_errors};
use crate::engine;
use crate::engine::question::Asking;
use crate::ir::PolicySet;
use crate::ir::promise::Promises;
use crate::lower;
use crate::prove::{self, Wanted};
use crate::resolve::{self, DefKind, Library, ModuleInput, Resolved};
use crate::source::{Files, SourceMap};
use crate::syntax::ast::{BlockKind, NodeKind};
use crate::verify::{self, Written};
use config::{Config, Level};
use jiff::civil::Date;
use manifest::Manifest;

/// The file that remembers the answers of the catalogue.
pub const LOCK_FILE: &str = "bailiwick.lock";

/// The path of a module that comes from the standard input.
pub const STDIN: &str = "<stdin>";

/// A project with all that is known about it.
#[derive(Debug)]
pub struct Build {
    /// All texts, for places.
    pub sources: SourceMap,
    /// The settings.
    pub config: Config,
    /// All findings, in source order, weighed as the project wants it.
    pub diagnostics: Vec<Diagnostic>,
    /// Findings that somebody has waived, each with the reason.
    pub waived: Vec<Waived>,
    /// How much there is.
    pub counts: Counts,
    /// What the project means; `None` if it could not be compiled.
    pub meaning: Option<PolicySet>,
    /// How its proofs and tests came out; `None` if they were not looked at.
    pub report: Option<prove::Report>,
    /// The project's own catalogue; `None` is the one inside the binary.
    pub own_catalogue: Option<Box<Catalogue>>,
    /// What is to be written; `None` if any finding is an error.
    pub output: Option<Output>,
    /// The lock for the answers that were taken now; `None` if the project could not be checked.
    pub lock: Option<Lock>,
    /// Whether the lock in the project is another.
    pub lock_is_stale: bool,
}

/// What a build writes.
#[derive(Clone, PartialEq, Debug)]
pub struct Output {
    /// The documents, by path.
    pub artefacts: Vec<Artefact>,
    /// What describes them.
    pub manifest: Manifest,
}

/// How much a project has of what people count.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Modules of the project.
    pub modules: usize,
    /// Roles declared in them.
    pub roles: usize,
    /// Accounts declared in them.
    pub accounts: usize,
}

/// Reads, checks and compiles a project.
pub fn build(files: &dyn Files, style: Style) -> Build {
    run(files, Purpose::Build(style), "")
}

/// As [`build`], for its findings only, lints included: documents are measured and not kept. Nothing is said about
/// what is over, since nobody says which day it is.
pub fn check(files: &dyn Files) -> Build {
    run(files, Purpose::Check(None), "")
}

/// As [`check()`] on a given day: waivers and times that are over are findings.
pub fn check_on(files: &dyn Files, today: Date) -> Build {
    run(files, Purpose::Check(Some(today)), "")
}

/// Compiles a project and decides those of its proofs and tests whose name contains a text.
pub fn prove(files: &dyn Files, wanted: Wanted, filter: &str) -> Build {
    run(files, Purpose::Prove(wanted), filter)
}

/// As [`check()`], up to what the project means: nothing is said of the documents that it would become.
pub fn meaning(files: &dyn Files) -> Build {
    run(files, Purpose::Meaning, "")
}

/// What a run is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Meaning,
    Check(Option<Date>),
    Build(Style),
    Prove(Wanted),
}

fn run(files: &dyn Files, purpose: Purpose, filter: &str) -> Build {
    let mut loaded = load(files);
    let mut found = std::mem::take(&mut loaded.diagnostics);
    let modules = std::mem::take(&mut loaded.modules);
    let resolved = resolve_with_library(modules, &mut loaded.sources, &mut found);
    let mut build = Build {
        counts: count(&resolved),
        waived: Vec::new(),
        meaning: None,
        report: None,
        own_catalogue: None,
        output: None,
        lock: None,
        lock_is_stale: false,
        config: loaded.config.clone(),
        sources: SourceMap::default(),
        diagnostics: Vec::new(),
    };
    let defaults = Defaults {
        partition: loaded.config.partition.clone(),
        regions: loaded.config.regions.clone(),
    };
    let (mut linted, mut waivers) = (Vec::new(), Vec::new());
    let (checked, problems) = check::check(&resolved, loaded.catalogue(), defaults);
    found.extend(problems);
    let idle = check::idle(&resolved);
    // Each stage needs the one before it only, and a large organisation's trees are hundreds of megabytes.
    drop(resolved);
    if let Some(checked) = checked {
        build.compare_lock(checked.facts(), &loaded, &mut found);
        if !has_errors(&found) {
            let (set, problems) = lower::lower(&checked);
            found.extend(problems);
            waivers = checked.waivers().to_vec();
            let promises = purpose.wanted().map(|_| lower::promises(&checked));
            drop(checked);
            // Who becomes whom is asked by lints and proofs alike, and found out once.
            let asking = Asking::new(loaded.catalogue());
            let estate = LazyCell::new(|| Estate::new(&set, asking.catalogue));
            let reach = LazyCell::new(|| Reach::new(&estate, &asking));
            if purpose != Purpose::Meaning {
                if !has_errors(&found) && judge::wants_any(&loaded.config, purpose) {
                    linted = judge::lint(&reach, &idle, &loaded, purpose);
                }
                build.output = emit(&set, &loaded, purpose, &mut found);
            }
            if let (Some(wanted), Some((promises, problems))) = (purpose.wanted(), promises) {
                found.extend(problems);
                build.report = match has_errors(&found) {
                    true => None,
                    false => Some(decide(
                        &reach, &promises, wanted, filter, &loaded, &mut found,
                    )),
                };
            }
            build.meaning = Some(set);
        }
    }
    if purpose != Purpose::Meaning {
        build.waived = judge::waive(&mut found, linted, &waivers, &loaded.config, purpose);
    }
    weigh(&mut found, &loaded.config);
    diagnostic::sort(&mut found);
    build.output.take_if(|_| has_errors(&found));
    build.diagnostics = found;
    build.sources = loaded.sources;
    build.own_catalogue = loaded.own_catalogue;
    build
}

/// A name that nobody knows may be the library's: then all of it is read, so that the finding can say so.
fn resolve_with_library(
    modules: Vec<ModuleInput>,
    sources: &mut SourceMap,
    found: &mut Vec<Diagnostic>,
) -> Resolved {
    let (resolved, problems) = resolve::resolve(modules);
    if !problems.iter().any(|d| d.code == Code::UnknownName) {
        found.extend(problems);
        return resolved;
    }
    let mut modules = resolved.into_modules();
    let others = library::others(&modules, sources);
    modules.extend(others);
    let (resolved, problems) = resolve::resolve(modules);
    found.extend(problems);
    resolved
}

fn emit(
    set: &PolicySet,
    loaded: &Loaded,
    purpose: Purpose,
    found: &mut Vec<Diagnostic>,
) -> Option<Output> {
    if has_errors(found) {
        return None;
    }
    let style = match purpose {
        Purpose::Check(_) | Purpose::Prove(_) | Purpose::Meaning => Style::Minified,
        Purpose::Build(style) => style,
    };
    let options = backend::Options {
        style,
        ..backend::Options::default()
    };
    let quotas = &loaded.config.quotas;
    let (artefacts, problems) = backend::emit(set, quotas, &loaded.sources, options);
    found.extend(problems);
    if has_errors(found) {
        return None;
    }
    found.extend(verify_artefacts(set, &artefacts, loaded));
    if !matches!(purpose, Purpose::Build(_)) {
        return None;
    }
    let meta = manifest::Meta {
        project: loaded.config.name.clone(),
        generator: format!("bailiwick {}", env!("CARGO_PKG_VERSION")),
        catalogue: loaded.catalogue().provenance().version.clone(),
        quotas_as_of: quotas.as_of.clone(),
        style,
        proved: manifest::Proved {
            engine: engine::VERSION.to_owned(),
            fragment: engine::FRAGMENT.to_owned(),
            world: "open".to_owned(),
        },
    };
    let manifest = manifest::build(&artefacts, set, &loaded.sources, meta);
    Some(Output {
        artefacts,
        manifest,
    })
}

/// Decides what the project promises.
fn decide(
    reach: &Reach<'_, '_>,
    promises: &Promises,
    wanted: Wanted,
    filter: &str,
    loaded: &Loaded,
    found: &mut Vec<Diagnostic>,
) -> prove::Report {
    let report = prove::prove(promises, wanted, filter, reach, &loaded.sources);
    found.extend(prove::diagnostics(&report));
    report
}

/// Reads every document back from its own bytes and proves it equal to what the source means there; also what is
/// left out, which has to mean nothing.
fn verify_artefacts(set: &PolicySet, artefacts: &[Artefact], loaded: &Loaded) -> Vec<Diagnostic> {
    let texts = artefacts.iter().map(|a| (a.path.as_str(), a.text.as_str()));
    let texts: BTreeMap<&str, &str> = texts.collect();
    let slots = backend::collect(set);
    let written = slots.iter().map(|slot| Written {
        path: &slot.path,
        text: texts.get(slot.path.as_str()).copied(),
        policy: slot.policy,
    });
    let written: Vec<Written<'_>> = written.collect();
    verify::verify(&written, loaded.catalogue())
}

impl Build {
    /// An answer that is not as the lock has it would change artefacts without anybody having changed a source.
    fn compare_lock(&mut self, facts: &UsedFacts, loaded: &Loaded, found: &mut Vec<Diagnostic>) {
        let now = Lock::new(facts.clone(), loaded.catalogue().provenance());
        if let Some(lock) = &loaded.lock {
            let changes = lock.compare(facts);
            found.extend((!changes.is_empty()).then(|| message::catalogue_changed(&changes)));
        }
        self.lock_is_stale = loaded.lock.as_ref().is_none_or(|l| l.facts != now.facts);
        self.lock = Some(now);
    }
}

fn count(resolved: &Resolved) -> Counts {
    let own = |library: Library| library == Library::User;
    let kinds = || {
        let all = resolved.definitions();
        all.filter(|d| own(resolved.library(d.id))).map(|d| d.kind)
    };
    Counts {
        modules: resolved.modules().iter().filter(|m| own(m.library)).count(),
        roles: kinds()
            .filter(|k| *k == DefKind::Block(BlockKind::Role))
            .count(),
        accounts: kinds()
            .filter(|k| *k == DefKind::Node(NodeKind::Account))
            .count(),
    }
}

/// Gives findings the weight that the project wants; an error stays one.
fn weigh(found: &mut Vec<Diagnostic>, config: &Config) {
    found.retain_mut(|d| {
        let level = config.lints.get(&d.code);
        match (d.severity, level) {
            (Severity::Error, _) | (_, None) => true,
            (_, Some(Level::Allow)) => false,
            (severity, Some(Level::Warn)) => {
                d.severity = severity.max(Severity::Warning);
                true
            }
            (_, Some(Level::Deny)) => {
                d.severity = Severity::Error;
                true
            }
        }
    });
}
