//! All documents of a project, lowered, named, counted and checked.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::artefact::{self, Artefact};
use super::json::{self, Style};
use super::slots::{self, Attachment, Slot, Target};
use super::statements::place;
use super::{condition, error, limits, path, statements};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::iam::PolicyKind;
use crate::iam::quotas::Quotas;
use crate::ir::PolicySet;
use crate::source::SourceMap;

/// How documents are written.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Layout of the JSON.
    pub style: Style,
    /// IAM statements that one statement of the source may become.
    pub budget: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            style: Style::Readable,
            budget: condition::BUDGET,
        }
    }
}

/// Lowers a project to documents, sorted by path. With an error among the diagnostics nothing may be written.
pub fn emit(
    set: &PolicySet,
    quotas: &Quotas,
    sources: &SourceMap,
    options: Options,
) -> (Vec<Artefact>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    // One document is one task; the results come back in the order of the slots.
    let written: Vec<_> = slots::collect(set)
        .into_par_iter()
        .with_min_len(64)
        .map(|slot| write(slot, quotas, sources, options))
        .collect();
    let mut artefacts = Vec::with_capacity(written.len());
    for (artefact, found) in written {
        artefacts.extend(artefact);
        problems.extend(found);
    }
    tell_namesakes_apart(&mut artefacts);
    problems.extend(limits::identities(set, quotas));
    artefacts.sort_by(|a, b| a.path.cmp(&b.path));
    problems.extend(colliding_paths(&artefacts));
    (artefacts, problems)
}

fn write(
    slot: Slot<'_>,
    quotas: &Quotas,
    places: &SourceMap,
    options: Options,
) -> (Option<Artefact>, Vec<Diagnostic>) {
    let Slot { policy, .. } = slot;
    let mut problems = Vec::new();
    let (document, sources) = statements::lower(policy, options.budget, &mut problems);
    if document.statement.is_empty() {
        // A statement in error is no empty policy.
        if problems.is_empty() {
            problems.push(says_nothing(&slot));
        }
        return (None, problems);
    }
    let minified = json::write(&document, Style::Minified);
    let readable = match options.style {
        Style::Minified => None,
        Style::Readable => Some(json::write(&document, Style::Readable)),
    };
    let size = {
        let text = readable.as_deref().unwrap_or(&minified);
        artefact::measure(policy.kind, &slot.attachment, quotas, (text, &minified))
    };
    let text = readable.unwrap_or(minified);
    let artefact = Artefact {
        path: slot.path,
        kind: policy.kind,
        name: slot.name,
        details: policy.details.clone(),
        target: slot.target,
        attachment: slot.attachment,
        sources,
        text,
        size,
        origin: policy.origin.clone(),
    };
    // The tree of the document ends here: what is kept of a large organisation is its text.
    problems.extend(limits::document(&artefact, &document, (quotas, places)));
    (Some(artefact), problems)
}

/// AWS stores no policy without a statement. Where none at all means the same, that is what is deployed.
fn says_nothing(slot: &Slot<'_>) -> Diagnostic {
    let may_be_left_out = matches!(
        slot.attachment,
        Attachment::Inline(..) | Attachment::Resource { .. } | Attachment::PermissionSet(_)
    );
    let subject = slot.attachment.subject(slot.policy.kind, &slot.name);
    let message = format!("{subject} has no statement that can ever match");
    let mut found = error(Code::EmptyPolicy, message, place(&slot.policy.origin), "");
    if may_be_left_out {
        found.severity = Severity::Warning;
        return found.with_note("no document is written for it");
    }
    found.with_help("remove the policy, or the condition that never holds")
}

/// A name is one policy in an organisation: the second policy of a name is called after its first node.
fn tell_namesakes_apart(artefacts: &mut [Artefact]) {
    type Key = (String, PolicyKind, String);
    // The text of each policy of a name, by its place in the list, and what the policy is called.
    let mut known: BTreeMap<Key, Vec<(usize, String)>> = BTreeMap::new();
    for at in 0..artefacts.len() {
        let Some(Artefact {
            target:
                Target::Node {
                    organization_id,
                    path,
                    ..
                },
            kind,
            name,
            text,
            ..
        }) = artefacts.get(at)
        else {
            continue;
        };
        let variants = known
            .entry((organization_id.clone(), *kind, name.clone()))
            .or_default();
        let says_the_same = |first: usize| artefacts.get(first).is_some_and(|a| a.text == *text);
        let known_as = variants.iter().find(|(first, _)| says_the_same(*first));
        let name = match known_as {
            Some((_, name)) => name.clone(),
            None => {
                let name = if variants.is_empty() {
                    name.clone()
                } else {
                    let node = path.rsplit('/').next().filter(|n| !n.is_empty());
                    format!("{name}-{}", node.unwrap_or("root"))
                };
                variants.push((at, name.clone()));
                name
            }
        };
        if let Some(artefact) = artefacts.get_mut(at) {
            artefact.name = name;
        }
    }
}

/// Two documents on one path, as a file system without case sees it; the artefacts are sorted.
fn colliding_paths(artefacts: &[Artefact]) -> Vec<Diagnostic> {
    let mut first: BTreeMap<String, &Artefact> = BTreeMap::new();
    let mut found = Vec::new();
    for artefact in artefacts {
        let key = path::collision_key(&artefact.path);
        let Some(other) = first.get(&key) else {
            first.insert(key, artefact);
            continue;
        };
        let message = format!(
            "`{}` and `{}` would be the same file",
            other.path, artefact.path
        );
        let at = place(&artefact.origin);
        let collision = error(Code::PathCollision, message, at, "the second document");
        found.push(match place(&other.origin).filter(|o| Some(*o) != at) {
            Some(span) => collision.with_label(span, "the first document"),
            None => collision,
        });
    }
    found
}
