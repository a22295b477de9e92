//! Documents that exist become sources that are proved to mean the same.
//!
//! In: modules of blocks with the documents that were read. Out: [`Imported`] sources, laid out, with a [`Proof`] for
//! each document. The text is written, compiled, written more barely where the compiler objects, and what it compiles
//! to in the end is compared with what was read, in the open world.

mod compile;
mod harness;
mod memory;
mod prove;
mod written;

pub use memory::Memory;
pub use prove::{Document, Proof, Verdict};

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::fmt;
use crate::import::project::{AccountSource, Apart, OrganizationSource};
use crate::import::{self, Choices, Item, Module, Options, Part, Place, Remark, Style, Written};
use crate::ir::{Condition, Policy};
use crate::source::{SourceMap, Span};
use compile::{Compiled, Until};
use harness::Worlds;

/// How often a text is written anew before it is given up; each time at least one piece is barer.
const ROUNDS: usize = 24;

/// Where imported blocks are deployed.
#[derive(Clone, Debug)]
pub enum Deployment {
    /// Nowhere: they are documents by themselves, proved in an account of this id.
    Standalone(Option<String>),
    /// The modules say it.
    Project,
}

/// Sources that were made of documents.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The sources: virtual path and text.
    pub files: Vec<(String, String)>,
    /// A proof for each document.
    pub proofs: Vec<Proof>,
    /// What is to be said about documents that were imported as they are.
    pub remarks: Vec<Remark>,
}

impl Imported {
    /// How many documents were imported, and how many of them are proved equal.
    pub fn counts(&self) -> (usize, usize) {
        let count = |equal: bool| {
            let proofs = self.proofs.iter().filter(|p| p.is_equal() || !equal);
            proofs.map(|p| p.documents).sum()
        };
        (count(false), count(true))
    }
}

/// Writes, compiles and proves.
pub fn import(
    mut modules: Vec<Module>,
    deployment: &Deployment,
    options: Options,
    catalogue: &Catalogue,
) -> Imported {
    let (worlds, harnesses) = match deployment {
        Deployment::Project => Default::default(),
        Deployment::Standalone(account) => {
            let account = account.as_deref().unwrap_or(harness::ACCOUNT);
            let worlds = Worlds::of(&modules);
            let texts = worlds.texts(&modules, account);
            (worlds, texts)
        }
    };
    let mut settling = Settling {
        modules: &modules,
        harnesses,
        options,
        catalogue,
        choices: Choices::default(),
        remarks: Vec::new(),
    };
    let settled = settling.settle();
    let mut remarks = std::mem::take(&mut settling.remarks);
    remarks.extend(settled.remarks);
    remarks.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    remarks.dedup();
    let choices = settling.choices;
    let failure = settled.failure.as_deref();
    let proofs = prove::prove(&modules, &worlds, &settled.artefacts, catalogue, failure);
    let mut files = settled.files;
    if !proofs.iter().all(Proof::is_equal) {
        mark(&mut modules, &proofs);
        let written = import::write(&modules, &choices, settled.options, catalogue);
        files = lay_out(&modules, &written).0;
    }
    Imported {
        files,
        proofs,
        remarks,
    }
}

/// A project made of accounts.
#[derive(Clone, Debug, Default)]
pub struct ImportedProject {
    /// The sources, with proofs and remarks.
    pub imported: Imported,
    /// How many declarations there are.
    pub declarations: usize,
}

/// Writes, compiles and proves whole accounts. What turns out not to be the same in several accounts after all, because
/// it could only be written barely, is declared for each by itself.
pub fn import_project(
    accounts: &[AccountSource<'_>],
    organization: Option<&OrganizationSource<'_>>,
    options: Options,
    catalogue: &Catalogue,
) -> ImportedProject {
    let mut apart = Apart::new();
    loop {
        let project = import::project::project(accounts, organization, &apart, catalogue);
        let blocks = project.modules.iter().flat_map(|m| &m.items);
        let declarations = blocks.filter(|i| matches!(i, Item::Block(_))).count();
        let mut imported = import(project.modules, &Deployment::Project, options, catalogue);
        let merged = imported.proofs.iter().filter(|p| !p.is_equal());
        let unequal: Apart = merged
            .map(|p| (p.block.0.to_owned(), p.block.1.clone()))
            .filter(|key| !apart.contains(key))
            .collect();
        if accounts.len() < 2 || unequal.is_empty() {
            imported.remarks.extend(project.remarks);
            return ImportedProject {
                imported,
                declarations,
            };
        }
        apart.extend(unequal);
    }
}

/// Says in the source which of its blocks are not proved.
fn mark(modules: &mut [Module], proofs: &[Proof]) {
    for proof in proofs.iter().filter(|p| !p.is_equal()) {
        let items = modules.get_mut(proof.module).map(|m| &mut m.items);
        if let Some(Item::Block(block)) = items.and_then(|items| items.get_mut(proof.item)) {
            let what = match proof.document {
                Document::Trust => "the trust policy below is",
                Document::Body => "the statements below are",
            };
            block.docs.push(format!(
                "NOT PROVED: {what} not known to say what was imported."
            ));
        }
    }
}

struct Settled {
    files: Vec<(String, String)>,
    /// Of each world.
    artefacts: Vec<Vec<crate::backend::Artefact>>,
    remarks: Vec<Remark>,
    options: Options,
    failure: Option<String>,
}

struct Settling<'a> {
    modules: &'a [Module],
    /// What deploys the blocks of each world; none where the modules do.
    harnesses: Vec<String>,
    options: Options,
    catalogue: &'a Catalogue,
    choices: Choices,
    remarks: Vec<Remark>,
}

impl Settling<'_> {
    /// Finds the most idiomatic text that compiles.
    fn settle(&mut self) -> Settled {
        self.learn(Until::Checked);
        let first = self.share();
        if first.failure.is_none() {
            return first;
        }
        self.learn(Until::Documents);
        let mut settled = self.share();
        for style in [Style::Named, Style::Plain] {
            if settled.failure.is_some() && self.options.style != Style::Plain {
                settled = self.attempt(Options {
                    style,
                    ..self.options
                });
            }
        }
        settled
    }

    /// Writes policies that several places include until the compiler has no objection to one of them.
    fn share(&mut self) -> Settled {
        let mut settled = self.attempt(self.options);
        for _ in 0..ROUNDS {
            if settled.failure.is_none() || self.options.style != Style::Factored {
                break;
            }
            let written = import::write(self.modules, &self.choices, self.options, self.catalogue);
            let compiled = self.compile(&unformatted(self.modules, &written), Until::Documents);
            let errors = compiled.errors.iter();
            let objections: Vec<(usize, &Diagnostic)> = errors
                .filter_map(|error| Some((self.module_of(&written, &compiled, error)?, error)))
                .collect();
            if !self.choices.share_less(&written, &objections) {
                break;
            }
            settled = self.attempt(self.options);
        }
        settled
    }

    /// Writes without factoring until the compiler has no objection that can be met.
    fn learn(&mut self, until: Until) {
        let plain = Options {
            style: Style::Plain,
            ..self.options
        };
        for _ in 0..ROUNDS {
            let written = import::write(self.modules, &self.choices, plain, self.catalogue);
            let compiled = self.compile(&unformatted(self.modules, &written), until);
            if compiled.errors.is_empty() || !self.take(&written, &compiled) {
                return;
            }
        }
    }

    /// Takes every objection into account; `false` if that changes nothing.
    fn take(&mut self, written: &Written, compiled: &Compiled) -> bool {
        let mut changed = false;
        for error in &compiled.errors {
            let Some(module) = self.module_of(written, compiled, error) else {
                continue;
            };
            if let Some(place) = self.choices.learn(module, written, error) {
                changed = true;
                let span = span_of(self.modules, place);
                self.remarks.push(Remark {
                    code: error.code,
                    message: error.message.clone(),
                    span,
                });
            }
        }
        changed
    }

    /// Which module an objection is about; that which stands apart comes after the others.
    fn module_of(
        &self,
        written: &Written,
        compiled: &Compiled,
        error: &Diagnostic,
    ) -> Option<usize> {
        let span = error.primary.as_ref()?.span;
        let path = &compiled.sources.get(span.source)?.path;
        let apart = written.apart.iter().map(|(path, _)| path);
        let mut paths = self.modules.iter().map(|m| &m.path).chain(apart);
        paths.position(|p| p == path)
    }

    fn attempt(&self, options: Options) -> Settled {
        let written = import::write(self.modules, &self.choices, options, self.catalogue);
        let (files, problem) = lay_out(self.modules, &written);
        let compiled = self.compile(&files, Until::Documents);
        let failure = problem.or_else(|| {
            let error = compiled.errors.first()?;
            let place = error
                .primary
                .as_ref()
                .and_then(|l| compiled.sources.locate(l.span));
            let place = place.map(|(path, at)| format!(" ({path}:{}:{})", at.line, at.column));
            Some(format!("{}{}", error.message, place.unwrap_or_default()))
        });
        Settled {
            files,
            artefacts: compiled.artefacts,
            remarks: written.remarks,
            options,
            failure,
        }
    }

    fn compile(&self, texts: &[(String, String)], until: Until) -> Compiled {
        let mut files = Memory::default();
        for (path, text) in texts {
            files.add(path.clone(), text.clone());
        }
        let mut worlds = self.harnesses.iter();
        if let Some(first) = worlds.next() {
            files.add(harness::PATH, first.clone());
        }
        let mut compiled = compile::compile(&files, until);
        for harness in worlds {
            files.add(harness::PATH, harness.clone());
            let other = compile::compile(&files, until);
            compiled.artefacts.extend(other.artefacts);
            // The places are the same: the files are, but for what deploys them.
            compiled.errors.extend(other.errors);
        }
        compiled
    }
}

/// The text of every module as it was written.
fn unformatted(modules: &[Module], written: &Written) -> Vec<(String, String)> {
    let paths = modules.iter().map(|module| module.path.clone());
    let own = paths.zip(written.texts.iter().cloned());
    own.chain(written.apart.clone()).collect()
}

/// Formats every module. A text that cannot be read stays as it is, and is the first problem.
fn lay_out(modules: &[Module], written: &Written) -> (Vec<(String, String)>, Option<String>) {
    let mut problem = None;
    let mut files = Vec::new();
    for (path, text) in unformatted(modules, written) {
        let mut sources = SourceMap::default();
        let source = sources.add(path.clone(), text.clone());
        let text = fmt::format(source, &text).unwrap_or_else(|error| {
            let why = match error {
                fmt::FormatError::Unreadable(found) => found
                    .first()
                    .map_or_else(String::new, |d| d.message.clone()),
                fmt::FormatError::Unfaithful(why) => why.to_owned(),
            };
            problem.get_or_insert(format!("`{path}` cannot be laid out: {why}"));
            text.clone()
        });
        files.push((path, text));
    }
    (files, problem)
}

/// Where in the documents a piece was read.
fn span_of(modules: &[Module], place: Place) -> Option<Span> {
    let Item::Block(block) = modules.get(place.module)?.items.get(place.item)? else {
        return None;
    };
    let policy: &Policy = match place.document.checked_sub(1) {
        None => block.trust.as_ref()?,
        Some(at) => block.documents.get(at)?,
    };
    let statement = policy.statements.get(place.statement)?;
    let test = match (place.part, &statement.condition) {
        (Part::Test(0), Condition::Test(test)) => test.span,
        (Part::Test(at), Condition::All(parts)) => parts.get(at).and_then(|c| match c {
            Condition::Test(test) => test.span,
            _ => None,
        }),
        _ => None,
    };
    test.or_else(|| statement.origin.spans.first().copied())
}
