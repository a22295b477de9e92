//! Blocks under way: policies, inline documents and attachments find the identity they belong to.

use indexmap::IndexMap;

use crate::catalogue::Catalogue;
use crate::iam::{Arn, PolicyKind};
use crate::import::model::{Ambient, Block, Item, Module, Reference};
use crate::import::name::{Names, ident_of};
use crate::import::standalone::standalone;
use crate::ir::Policy;
use crate::syntax::ast::BlockKind;

/// A managed policy as an attachment names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Managed {
    /// By ARN.
    Arn(String),
    /// By the name that the plan or template has for it.
    Here(String),
}

/// What a stack declares, by keyword and name in AWS.
pub(super) struct Assembly<'a> {
    ambient: &'a Ambient,
    blocks: IndexMap<(BlockKind, String), Block>,
    /// Policies by the name that the plan or template has for them, to their names in AWS.
    pub here: IndexMap<String, String>,
    attached: Vec<(BlockKind, String, Managed)>,
    boundaries: Vec<(String, Managed)>,
    others: Vec<(Policy, String, Option<String>)>,
}

impl<'a> Assembly<'a> {
    pub(super) fn new(ambient: &'a Ambient) -> Self {
        Assembly {
            ambient,
            blocks: IndexMap::new(),
            here: IndexMap::new(),
            attached: Vec::new(),
            boundaries: Vec::new(),
            others: Vec::new(),
        }
    }

    /// The block of an identity or policy; made when it is first spoken of.
    pub(super) fn block(&mut self, kind: BlockKind, name: &str) -> &mut Block {
        let ambient = self.ambient;
        let key = (kind, name.to_owned());
        self.blocks
            .entry(key)
            .or_insert_with(|| Block::new(kind, String::new(), name.to_owned(), ambient.clone()))
    }

    /// Attaches a managed policy.
    pub(super) fn attach(&mut self, kind: BlockKind, name: &str, policy: Managed) {
        self.block(kind, name);
        self.attached.push((kind, name.to_owned(), policy));
    }

    /// Sets the boundary of a role.
    pub(super) fn limit(&mut self, role: &str, policy: Managed) {
        self.boundaries.push((role.to_owned(), policy));
    }

    /// A guardrail or resource policy, which stands by itself.
    pub(super) fn other(&mut self, policy: Policy, name: &str, resource: Option<String>) {
        self.others.push((policy, name.to_owned(), resource));
    }

    /// The module, and what could not be brought together.
    pub(super) fn finish(mut self, catalogue: &Catalogue) -> (Module, Vec<String>) {
        let mut lost = Vec::new();
        let mut names = Names::default();
        for ((kind, name), block) in &mut self.blocks {
            // Nobody is known who may assume it; what it may do is known all the same.
            if *kind == BlockKind::Role && block.trust.is_none() && !block.documents.is_empty() {
                lost.push(format!(
                    "role `{name}` has no trust policy here; its policies are declared as `policy`"
                ));
                block.kind = BlockKind::Policy;
                block.path = None;
                block.session = None;
            }
            block.ident = names.take(&ident_of(name));
        }
        let references: IndexMap<String, String> = self
            .blocks
            .values()
            .filter(|b| matches!(b.kind, BlockKind::Policy | BlockKind::Boundary))
            .map(|b| (b.name.clone(), b.ident.clone()))
            .collect();
        let find = |managed: &Managed| match managed {
            Managed::Arn(arn) => reference(arn, &references, catalogue),
            Managed::Here(label) => {
                let found = self.here.get(label).and_then(|name| references.get(name));
                found.cloned().map(Reference::Declared)
            }
        };
        for (kind, name, managed) in &self.attached {
            let found = find(managed);
            let block = self.blocks.get_mut(&(*kind, name.clone()));
            match (found, block.filter(|b| b.kind == *kind)) {
                (Some(found), Some(block)) => block.attached.push(found),
                _ => lost.push(format!(
                    "{managed:?} of `{name}` is not known here and was left out"
                )),
            }
        }
        for (name, managed) in &self.boundaries {
            let found = find(managed);
            let block = self.blocks.get_mut(&(BlockKind::Role, name.clone()));
            match (found, block.filter(|b| b.kind == BlockKind::Role)) {
                (Some(found), Some(block)) => block.boundary = Some(found),
                _ => lost.push(format!(
                    "the boundary of `{name}` is not known here and was left out"
                )),
            }
        }
        let mut module = Module {
            path: "imported.bw".to_owned(),
            ..Module::default()
        };
        let blocks = self.blocks.into_values();
        let whole = |b: &Block| b.kind != BlockKind::Role || b.trust.is_some();
        module
            .items
            .extend(blocks.filter(whole).map(|b| Item::Block(Box::new(b))));
        for (policy, name, resource) in self.others {
            let ambient = match policy.kind {
                PolicyKind::Scp | PolicyKind::Rcp => Ambient {
                    account: crate::import::model::Fill::Any,
                    ..self.ambient.clone()
                },
                _ => self.ambient.clone(),
            };
            let block = standalone(policy, &name, resource.as_deref(), ambient, &mut names);
            module.items.push(Item::Block(Box::new(block)));
        }
        (module, lost)
    }
}

fn reference(
    arn: &str,
    here: &IndexMap<String, String>,
    catalogue: &Catalogue,
) -> Option<Reference> {
    let arn = Arn::parse(arn)?;
    let name = arn.resource.strip_prefix("policy/")?.rsplit('/').next()?;
    if arn.account == "aws" {
        return catalogue
            .has_managed_policy(name)
            .then(|| Reference::Aws(name.to_owned()));
    }
    here.get(name).cloned().map(Reference::Declared)
}
