//! The documents of AWS-managed policies, read once for all identities that have them.

use std::ops::Deref;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::catalogue::Catalogue;
use crate::iam::{Effect, PolicyKind, reader};
use crate::ir::read::{self, Provenance};
use crate::ir::{Condition, Details, Match, Origin, Policy, Statement};
use crate::source::SourceMap;

/// A policy of the project, or one of AWS's that several identities share.
#[derive(Clone, Debug)]
pub enum Shared<'a> {
    /// Written in the project.
    Project(&'a Policy),
    /// Managed by AWS; its statements have no place in the sources.
    Aws(Arc<Policy>),
}

impl Deref for Shared<'_> {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        match self {
            Shared::Project(policy) => policy,
            Shared::Aws(policy) => policy,
        }
    }
}

impl Shared<'_> {
    /// Whether AWS manages it.
    pub fn is_aws(&self) -> bool {
        matches!(self, Shared::Aws(_))
    }
}

/// AWS-managed policies by partition and name.
#[derive(Debug)]
pub(super) struct Managed<'c> {
    catalogue: &'c Catalogue,
    read: IndexMap<(String, String), Option<Arc<Policy>>>,
}

impl<'c> Managed<'c> {
    pub(super) fn new(catalogue: &'c Catalogue) -> Self {
        Managed {
            catalogue,
            read: IndexMap::new(),
        }
    }

    /// The policy as it is in a partition; `None` if the catalogue has none of the name, or its document cannot be read.
    pub(super) fn policy(&mut self, name: &str, partition: &str) -> Option<Arc<Policy>> {
        let key = (partition.to_owned(), name.to_owned());
        if let Some(known) = self.read.get(&key) {
            return known.clone();
        }
        let policy = read_policy(self.catalogue, name, partition).map(Arc::new);
        self.read.insert(key, policy.clone());
        policy
    }
}

/// AWS publishes a policy in each partition with that partition's ARNs; the catalogue has those of `aws`.
fn read_policy(catalogue: &Catalogue, name: &str, partition: &str) -> Option<Policy> {
    let found = catalogue.managed_policy(name)?;
    let text = match partition {
        "aws" => found.document_json,
        other => found
            .document_json
            .replace("arn:aws:", &format!("arn:{other}:")),
    };
    let reading = reader::read(&text, Some(PolicyKind::ManagedPolicy)).ok()?;
    let provenance = Provenance {
        kind: PolicyKind::ManagedPolicy,
        name: &found.name,
        source: SourceMap::default().add("", ""),
    };
    let multi = |key: &str| catalogue.key(key).is_some_and(|k| k.key.multi_valued);
    let mut policy = read::policy(&reading, provenance, multi);
    forget_places(&mut policy);
    Some(policy)
}

/// The text is no source of the project, so nobody can be pointed to a place in it.
fn forget_places(policy: &mut Policy) {
    policy.origin = Origin::default();
    for statement in &mut policy.statements {
        statement.origin = Origin::default();
        forget_spans(&mut statement.condition);
    }
}

fn forget_spans(condition: &mut Condition) {
    match condition {
        Condition::True | Condition::False => {}
        Condition::Test(test) => test.span = None,
        Condition::Not(inner) => forget_spans(inner),
        Condition::All(parts) | Condition::Any(parts) => parts.iter_mut().for_each(forget_spans),
    }
}

/// The policy of somebody who can have any.
pub(super) fn everything() -> Policy {
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: "any policy".to_owned(),
        ..full_aws_access()
    }
}

/// What AWS attaches to every node of an organisation unless somebody detaches it.
pub(super) fn full_aws_access() -> Policy {
    Policy {
        kind: PolicyKind::Scp,
        name: "FullAWSAccess".to_owned(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::everything(),
            resource: Some(Match::everything()),
            condition: Condition::True,
            origin: Origin::default(),
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}
