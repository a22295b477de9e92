//! What each block says, as a sequence of shapes.

use std::collections::BTreeSet;

use indexmap::IndexSet;

use super::Body;
use super::mine::Start;
use super::shape::Shape;
use crate::import::model::{Item, Module};
use crate::import::statement::{Said, Sentence};
use crate::syntax::ast::BlockKind;

/// A statement in its place.
pub(super) struct Unit {
    /// The document of the block.
    pub document: usize,
    /// The statement of the document.
    pub at: usize,
    /// Nothing is shared where it is none.
    pub shape: Option<(usize, Shape)>,
}

/// The statements of a block, all documents but the trust policy.
pub(super) struct Sequence {
    pub module: usize,
    pub item: usize,
    /// Whether the block is a policy, which others can include.
    pub is_policy: bool,
    pub units: Vec<Unit>,
}

/// All blocks.
pub(super) struct Sequences(pub Vec<Sequence>);

impl Sequences {
    pub(super) fn of(modules: &[Module], bodies: &[Vec<Body>]) -> Sequences {
        let mut known: IndexSet<String> = IndexSet::new();
        let mut all = Vec::new();
        for (module, bodies) in bodies.iter().enumerate() {
            let items = modules.get(module).map_or(&[][..], |m| &m.items);
            for (item, (found, body)) in items.iter().zip(bodies).enumerate() {
                let Item::Block(block) = found else { continue };
                all.push(Sequence {
                    module,
                    item,
                    is_policy: block.kind == BlockKind::Policy,
                    units: units(body, &mut known),
                });
            }
        }
        Sequences(all)
    }

    /// The shapes as numbers.
    pub(super) fn numbers(&self) -> Vec<Vec<Option<usize>>> {
        let number = |unit: &Unit| unit.shape.as_ref().map(|(number, _)| *number);
        let all = self.0.iter();
        all.map(|s| s.units.iter().map(number).collect()).collect()
    }

    /// The units of a run.
    pub(super) fn run(&self, (at, from): Start, length: usize) -> &[Unit] {
        let sequence = self.0.get(at);
        let run = sequence.and_then(|s| s.units.get(from..from + length));
        run.unwrap_or_default()
    }

    /// The shapes of a run.
    pub(super) fn shapes(&self, start: Start, length: usize) -> Vec<&Shape> {
        let run = self.run(start, length).iter();
        run.filter_map(|u| u.shape.as_ref().map(|(_, shape)| shape))
            .collect()
    }

    /// Whether a run is part of one document, or all of several.
    pub(super) fn is_whole(&self, start: Start, length: usize) -> bool {
        let run = self.run(start, length);
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return false;
        };
        first.document == last.document || self.covers(start, length)
    }

    /// Whether a run is all of the documents that it is in.
    pub(super) fn covers(&self, (at, from): Start, length: usize) -> bool {
        let Some(sequence) = self.0.get(at) else {
            return false;
        };
        let document = |unit: Option<&Unit>| unit.map(|u| u.document);
        let before = from.checked_sub(1).and_then(|b| sequence.units.get(b));
        let inside = self.run((at, from), length);
        document(before) != document(inside.first())
            && document(sequence.units.get(from + length)) != document(inside.last())
    }

    /// Whether the run is all of a policy that is declared anyway.
    pub(super) fn declares(&self, (at, _): Start, length: usize) -> bool {
        let sequence = self.0.get(at);
        sequence.is_some_and(|s| s.is_policy && s.units.len() == length)
    }

    /// The beginnings of which no unit is taken or in an earlier one.
    pub(super) fn free(
        &self,
        starts: &[Start],
        length: usize,
        taken: &BTreeSet<Start>,
    ) -> Vec<Start> {
        let mut free: Vec<Start> = Vec::new();
        for (at, from) in starts {
            let apart = free
                .last()
                .is_none_or(|(b, f)| b != at || f + length <= *from);
            let untaken = (*from..from + length).all(|unit| !taken.contains(&(*at, unit)));
            if apart && untaken && self.is_whole((*at, *from), length) {
                free.push((*at, *from));
            }
        }
        free
    }
}

fn units(body: &Body, known: &mut IndexSet<String>) -> Vec<Unit> {
    let mut units = Vec::new();
    for (document, said) in body.iter().enumerate().skip(1) {
        for (at, said) in said.iter().enumerate() {
            let shape = sentence(said).map(Shape::of);
            let shape = shape.map(|shape| (known.insert_full(shape.rest.clone()).0, shape));
            units.push(Unit {
                document,
                at,
                shape,
            });
        }
    }
    units
}

/// The statement, where it is one that another place can say.
pub(super) fn sentence(said: &Said) -> Option<&Sentence> {
    match said {
        Said::Sentence(sentence) if sentence.comments.is_empty() => Some(sentence),
        _ => None,
    }
}
