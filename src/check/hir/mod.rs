//! What a checked project says: every name is a [`DefId`], every value has a type, every selector is expanded.
//!
//! Parameters and lets are still references, since their values depend on who includes a policy and on the account
//! it is deployed to; `lower` fills them in.

mod block;
mod condition;
mod node;
mod promise;
mod statement;
mod value;

pub use block::{
    Attachment, AttachmentTarget, Block, BodyLine, OidcFlavour, Provider, ProviderKind, Trust,
};
pub use condition::{Condition, ConditionKind, Guard, KeyTest, Member, Reading};
pub use node::{Assignment, Node};
pub use promise::{Access, Claim, Expectation, Proof, Setting, Subject, Test};
pub use statement::{
    Actions, Claims, GitHubReference, Principal, PrincipalKind, Principals, Resources, Selector,
    Statement,
};
pub use value::{ArnPart, Parameter, Value, ValueKind};

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::catalogue::UsedFacts;
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::Ident;

/// An error-free project. Only `check` can make one.
#[derive(Debug)]
pub struct Checked {
    pub(super) lets: IndexMap<DefId, Value>,
    pub(super) conditions: IndexMap<DefId, Condition>,
    pub(super) blocks: IndexMap<DefId, Block>,
    pub(super) providers: IndexMap<DefId, Provider>,
    pub(super) nodes: IndexMap<DefId, Node>,
    pub(super) roots: Vec<DefId>,
    pub(super) proofs: Vec<Proof>,
    pub(super) tests: Vec<Test>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) facts: UsedFacts,
    pub(super) defaults: Defaults,
}

/// `waive CODE until DATE because "…"` before an item or a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    /// The code of the findings.
    pub code: Ident,
    /// The last day.
    pub until: Date,
    /// The reason.
    pub reason: String,
    /// The waiver itself.
    pub span: Span,
    /// The item or line that it is about.
    pub target: Span,
}

/// What `bailiwick.toml` says for nodes that say nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defaults {
    /// `aws`, `aws-cn`, `aws-us-gov`
    pub partition: String,
    /// Regions that fill the region of ARNs; none means `*`.
    pub regions: Vec<String>,
}

impl Checked {
    /// The value of a `let`.
    pub fn let_value(&self, id: DefId) -> Option<&Value> {
        self.lets.get(&id)
    }

    /// The body of a `condition`.
    pub fn condition(&self, id: DefId) -> Option<&Condition> {
        self.conditions.get(&id)
    }

    /// A block.
    pub fn block(&self, id: DefId) -> Option<&Block> {
        self.blocks.get(&id)
    }

    /// Every block, in the order of the sources.
    pub fn blocks(&self) -> impl Iterator<Item = (DefId, &Block)> {
        self.blocks.iter().map(|(id, block)| (*id, block))
    }

    /// An identity provider.
    pub fn provider(&self, id: DefId) -> Option<&Provider> {
        self.providers.get(&id)
    }

    /// A node of an organisation.
    pub fn node(&self, id: DefId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// The organisations and the accounts outside any, in the order of the sources.
    pub fn roots(&self) -> &[DefId] {
        &self.roots
    }

    /// The proofs asked for.
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }

    /// The tests.
    pub fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// The waivers, wherever they stand.
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }

    /// The facts of the catalogue that the artefacts depend on.
    pub fn facts(&self) -> &UsedFacts {
        &self.facts
    }

    /// What `bailiwick.toml` says for nodes that say nothing.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }
}
