//! Each imported document against the document that its source compiles to.

use rayon::prelude::*;

use super::harness::Worlds;
use super::written::Written;
use crate::backend::Artefact;
use crate::catalogue::Catalogue;
use crate::engine::compare::{Comparison, Relation, compare};
use crate::engine::question::{Asking, Subject};
use crate::iam::document::Principals;
use crate::iam::{Effect, PolicyKind, reader};
use crate::import::{Block, Deployed, Item, Module};
use crate::ir::{self, Condition, Match, Origin, Policy, PrincipalMatch, Statement};
use crate::source::{SourceMap, Span};
use crate::syntax::ast::BlockKind;

/// Which of a block's documents a proof is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Document {
    /// Who may assume the role.
    Trust,
    /// What the block says.
    Body,
}

/// How a document of the source stands to what was imported.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The module.
    pub module: usize,
    /// The item of the module.
    pub item: usize,
    /// Which document.
    pub document: Document,
    /// What it is called: `trust policy of role Reader`.
    pub name: String,
    /// The word of the block's kind and its name in AWS.
    pub block: (&'static str, String),
    /// How many documents of the import it stands for: inline policies of one identity become one.
    pub documents: usize,
    /// Where it was read.
    pub span: Option<Span>,
    /// What the engine found.
    pub verdict: Verdict,
}

/// What became of a proof.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// The same requests are allowed and denied.
    Equal,
    /// Some request tells them apart, or it could not be settled; the words say what was compared.
    Differs(&'static str, Box<Comparison>),
    /// It could not be compiled.
    Uncompiled(String),
}

impl Proof {
    /// Whether it is proved.
    pub fn is_equal(&self) -> bool {
        matches!(self.verdict, Verdict::Equal)
    }
}

/// A document to be proved.
struct Task<'m> {
    module: usize,
    item: usize,
    block: &'m Block,
    document: Document,
    /// Where it was read, if the block is deployed.
    deployed: Option<&'m Deployed>,
}

/// Compares every document; the answers come in the order of the modules.
pub(super) fn prove(
    modules: &[Module],
    worlds: &Worlds,
    artefacts: &[Vec<Artefact>],
    catalogue: &Catalogue,
    failure: Option<&str>,
) -> Vec<Proof> {
    let written: Vec<Written<'_>> = artefacts.iter().map(|a| Written::of(a)).collect();
    tasks(modules)
        .into_par_iter()
        .map(|task| {
            let originals = task.originals();
            let verdict = match failure {
                Some(why) => Verdict::Uncompiled(why.to_owned()),
                None => {
                    let world = worlds.world((task.module, task.item));
                    let documents = written.get(world).map(|w| task.written(w));
                    task.settle(&originals, documents.unwrap_or_default(), catalogue)
                }
            };
            Proof {
                module: task.module,
                item: task.item,
                document: task.document,
                name: task.name(),
                block: (word(task.block.kind), task.block.name.clone()),
                documents: originals.len(),
                span: originals
                    .first()
                    .and_then(|p| p.origin.spans.first().copied()),
                verdict,
            }
        })
        .collect()
}

fn tasks(modules: &[Module]) -> Vec<Task<'_>> {
    let mut tasks = Vec::new();
    for (module, found) in modules.iter().enumerate() {
        for (item, found) in found.items.iter().enumerate() {
            let Item::Block(block) = found else { continue };
            let mut places: Vec<Option<&Deployed>> = block.deployed.iter().map(Some).collect();
            if places.is_empty() {
                places.push(None);
            }
            for deployed in places {
                let task = |document| Task {
                    module,
                    item,
                    block,
                    document,
                    deployed,
                };
                tasks.extend(block.trust.as_ref().map(|_| task(Document::Trust)));
                tasks.extend((!block.documents.is_empty()).then(|| task(Document::Body)));
            }
        }
    }
    tasks
}

impl<'m> Task<'m> {
    fn originals(&self) -> Vec<&'m Policy> {
        match (self.document, self.deployed) {
            (Document::Trust, None) => self.block.trust.iter().collect(),
            (Document::Body, None) => self.block.documents.iter().collect(),
            (Document::Trust, Some(there)) => there.trust.iter().collect(),
            (Document::Body, Some(there)) => there.documents.iter().collect(),
        }
    }

    fn name(&self) -> String {
        let place = self.deployed.map(|d| format!(" in {}", d.account));
        let name = format!("{}{}", self.block.name, place.unwrap_or_default());
        match self.document {
            Document::Trust => format!("trust policy of {name}"),
            Document::Body => name,
        }
    }

    /// What it compiled to.
    fn written<'a>(&self, written: &Written<'a>) -> Vec<&'a Artefact>
    where
        'm: 'a,
    {
        let account = self.deployed.map(|d| d.account.as_str());
        written.find(self.document, self.block.kind, &self.block.name, account)
    }

    fn settle(
        &self,
        originals: &[&Policy],
        mut written: Vec<&Artefact>,
        catalogue: &Catalogue,
    ) -> Verdict {
        written.dedup_by(|a, b| a.text == b.text);
        if written.is_empty() {
            return equal(originals, &empty(originals), catalogue);
        }
        // A guardrail is a document for each node that it is attached to.
        for artefact in written {
            let Some(read) = read_back(artefact, catalogue) else {
                return Verdict::Uncompiled("what was written cannot be read back".to_owned());
            };
            let verdict = equal(originals, &read, catalogue);
            if !matches!(verdict, Verdict::Equal) {
                return verdict;
            }
        }
        Verdict::Equal
    }
}

/// What kind of entity of an account a block is.
fn word(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Role => "role",
        BlockKind::User => "user",
        BlockKind::Group => "group",
        BlockKind::Policy | BlockKind::Boundary => "policy",
        _ => "document",
    }
}

/// What a document would be of which no statement is left.
fn empty(originals: &[&Policy]) -> Policy {
    Policy {
        kind: originals
            .first()
            .map_or(PolicyKind::ManagedPolicy, |p| p.kind),
        name: String::new(),
        statements: Vec::new(),
        details: ir::Details::default(),
        origin: Origin::default(),
    }
}

fn read_back(artefact: &Artefact, catalogue: &Catalogue) -> Option<Policy> {
    let reading = reader::read(&artefact.text, None).ok()?;
    let mut sources = SourceMap::default();
    let source = sources.add(artefact.path.clone(), "");
    let provenance = ir::read::Provenance {
        kind: artefact.kind,
        name: &artefact.name,
        source,
    };
    let several = |key: &str| catalogue.key(key).is_some_and(|k| k.key.multi_valued);
    Some(ir::read::policy(&reading, provenance, several))
}

/// Whether documents allow and deny the same. What they deny shows beside a policy that allows everything.
fn equal(originals: &[&Policy], written: &Policy, catalogue: &Catalogue) -> Verdict {
    let asking = Asking::new(catalogue);
    let statements = || {
        originals
            .iter()
            .flat_map(|p| &p.statements)
            .chain(&written.statements)
    };
    let allows = statements().any(|s| s.effect == Effect::Allow);
    let denies = statements().any(|s| s.effect == Effect::Deny);
    let names = statements().any(|s| s.principal.is_some());
    let everything = allow_everything(written.kind, names);
    let mut questions: Vec<(&'static str, Vec<&Policy>, Vec<&Policy>)> = Vec::new();
    if allows {
        questions.push(("what it allows", originals.to_vec(), vec![written]));
    }
    if denies {
        let left = originals.iter().copied().chain([&everything]).collect();
        questions.push(("what it denies", left, vec![written, &everything]));
    }
    for (what, left, right) in questions {
        let found = compare(
            &Subject::Documents(left),
            &Subject::Documents(right),
            &asking,
        );
        if found.relation != Relation::Equal {
            return Verdict::Differs(what, Box::new(found));
        }
    }
    Verdict::Equal
}

fn allow_everything(kind: PolicyKind, names_principals: bool) -> Policy {
    let principal = names_principals.then_some(PrincipalMatch {
        negated: false,
        principals: Principals::Everyone,
    });
    Policy {
        kind,
        name: String::new(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal,
            action: Match::everything(),
            resource: Some(Match::everything()),
            condition: Condition::True,
            origin: Origin::default(),
        }],
        details: ir::Details::default(),
        origin: Origin::default(),
    }
}
