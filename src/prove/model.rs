//! What came out, as plain data for every kind of report.

use crate::engine::concrete::Layer;
use crate::engine::request::Request;
use crate::iam::Effect;
use crate::ir::Origin;
use crate::source::{SourceMap, Span};

/// Everything that was decided, in the order of the sources.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// One for each proof and test.
    pub items: Vec<Item>,
}

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ItemKind {
    /// `prove …`
    Proof,
    /// `test "…"`
    Test,
}

impl ItemKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ItemKind::Proof => "proof",
            ItemKind::Test => "test",
        }
    }
}

/// How an item came out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// Nobody knows; never to be taken for passed.
    Undecided,
}

impl Outcome {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Undecided => "undecided",
        }
    }
}

/// Why a proof is about no request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Vacuity {
    /// None of whom it speaks of can ever make such a request.
    Ever,
    /// AWS knows no such request today.
    Today,
}

/// A proof or test, and how it came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Which of the two.
    pub kind: ItemKind,
    /// The words of the proof, or the name of the test.
    pub name: String,
    /// Where it is written.
    pub origin: Origin,
    /// How it came out.
    pub outcome: Outcome,
    /// How many identities, or requests of a test, were looked at.
    pub cases: usize,
    /// What speaks against it, or why it is not decided; empty if it holds.
    pub details: Vec<Detail>,
    /// Why it says nothing although it holds, if so.
    pub vacuity: Option<Vacuity>,
}

/// One thing that speaks against an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Detail {
    /// It in a sentence.
    pub message: String,
    /// Of whom it speaks, in words; empty if of nobody in particular.
    pub who: String,
    /// Whether it is a refutation, or a question without an answer.
    pub outcome: Outcome,
    /// The line of a test it is about.
    pub at: Option<Span>,
    /// The request that shows it.
    pub request: Option<Request>,
    /// The statements that let the request through, as few as do so; or those that deny it.
    pub responsible: Vec<Responsible>,
    /// The layers that deny a request, or would have to allow it and do not.
    pub denied_by: Vec<Layer>,
    /// The way from one identity to another.
    pub hops: Vec<Hop>,
}

impl Detail {
    /// What is not decided, and why.
    pub(super) fn undecided(message: String) -> Self {
        Detail {
            outcome: Outcome::Undecided,
            ..Detail::failed(message)
        }
    }

    /// What does not hold.
    pub(super) fn failed(message: String) -> Self {
        Detail {
            message,
            who: String::new(),
            outcome: Outcome::Failed,
            at: None,
            request: None,
            responsible: Vec::new(),
            denied_by: Vec::new(),
            hops: Vec::new(),
        }
    }
}

/// A statement that matters for a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Responsible {
    /// Where its policy is attached.
    pub layer: Layer,
    /// What it does.
    pub effect: Effect,
    /// The policy's name.
    pub policy: String,
    /// The statement's Sid.
    pub sid: Option<String>,
    /// Where it is written; no place for AWS's own policies.
    pub origin: Origin,
}

impl Responsible {
    /// `the scp FullAWSAccess`
    pub fn described(&self) -> String {
        match &self.sid {
            Some(sid) => format!("`{sid}` of the {} `{}`", place(self.layer), self.policy),
            None => format!("a statement of the {} `{}`", place(self.layer), self.policy),
        }
    }
}

/// A layer as the policy that is attached there.
pub(super) fn place(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "policy",
        Layer::Boundary => "boundary",
        Layer::Session => "session policy",
        Layer::Resource => "resource policy",
        Layer::Endpoint => "endpoint policy",
        Layer::Scp => "SCP",
        Layer::Rcp => "RCP",
    }
}

/// A step from one identity to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hop {
    /// What is done, in a sentence.
    pub message: String,
    /// The requests of it.
    pub requests: Vec<Request>,
    /// The statement that lets the first of them through.
    pub origin: Origin,
}

impl Item {
    /// An item with what was found about it.
    pub(super) fn of(
        kind: ItemKind,
        name: String,
        origin: &Origin,
        cases: usize,
        details: Vec<Detail>,
    ) -> Self {
        let outcome = match details.iter().any(|d| d.outcome == Outcome::Failed) {
            true => Outcome::Failed,
            false if details.is_empty() => Outcome::Passed,
            false => Outcome::Undecided,
        };
        Item {
            kind,
            name,
            origin: origin.clone(),
            outcome,
            cases,
            details,
            vacuity: None,
        }
    }
}

impl Report {
    /// How many came out so.
    pub fn count(&self, outcome: Outcome) -> usize {
        let items = self.items.iter();
        items.filter(|i| i.outcome == outcome).count()
    }
}

/// The words of an item, on one line.
pub(super) fn text_of(origin: &Origin, sources: &SourceMap) -> String {
    let Some(span) = origin.spans.first() else {
        return String::new();
    };
    let text = sources.text(*span);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
