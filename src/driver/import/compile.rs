//! The stages from texts in memory to documents, for what import has written itself.

use crate::backend::{self, Artefact, Style};
use crate::check::{self, Defaults};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::driver::{load, resolve_with_library};
use crate::iam::quotas::Quotas;
use crate::lower;
use crate::source::SourceMap;

use super::memory::Memory;

/// How far to go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Until {
    /// Names, types and AWS's facts.
    Checked,
    /// Documents.
    Documents,
}

/// What came of it.
pub(super) struct Compiled {
    pub sources: SourceMap,
    /// What stands in the way.
    pub errors: Vec<Diagnostic>,
    /// Of each world.
    pub artefacts: Vec<Vec<Artefact>>,
}

/// Compiles a project. Sizes are not counted: what a team has may be larger than AWS takes today.
pub(super) fn compile(files: &Memory, until: Until) -> Compiled {
    let mut loaded = load(files);
    let mut found = std::mem::take(&mut loaded.diagnostics);
    let modules = std::mem::take(&mut loaded.modules);
    let resolved = resolve_with_library(modules, &mut loaded.sources, &mut found);
    let defaults = Defaults {
        partition: loaded.config.partition.clone(),
        regions: loaded.config.regions.clone(),
    };
    let (checked, problems) = check::check(&resolved, loaded.catalogue(), defaults);
    drop(resolved);
    found.extend(problems);
    let mut artefacts = Vec::new();
    if let (Some(checked), Until::Documents) = (checked, until) {
        let (set, problems) = lower::lower(&checked);
        found.extend(problems);
        let options = backend::Options {
            style: Style::Minified,
            ..backend::Options::default()
        };
        let (written, problems) = backend::emit(&set, &boundless(), &loaded.sources, options);
        found.extend(problems);
        artefacts = written;
    }
    found.retain(stands_in_the_way);
    Compiled {
        sources: loaded.sources,
        errors: found,
        artefacts: vec![artefacts],
    }
}

/// An imported policy may be empty, too large, or hold characters that IAM stores as something else: that is for
/// `check` to say of the project, not for the proof.
fn stands_in_the_way(finding: &Diagnostic) -> bool {
    let of_the_project = matches!(
        finding.code,
        Code::EmptyPolicy | Code::OverQuota | Code::InvalidCharacter | Code::NothingAllowed
    );
    finding.severity == Severity::Error && !of_the_project
}

fn boundless() -> Quotas {
    let quotas = Quotas::embedded();
    let names: Vec<String> = quotas.names().map(str::to_owned).collect();
    names.iter().fold(quotas, |quotas, name| {
        let raised = quotas.clone().with_override(name, u64::MAX);
        raised.unwrap_or(quotas)
    })
}
