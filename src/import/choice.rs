//! How idiomatic each piece of a document may be written, learnt from the objections of the compiler.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic};

use super::write::Written;

/// A piece of a document, as the place in the source that says it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// Which module.
    pub module: usize,
    /// Which item of it.
    pub item: usize,
    /// Which document of the block; the trust policy is 0, the others follow.
    pub document: usize,
    /// Which statement.
    pub statement: usize,
    /// Which part of it.
    pub part: Part,
}

/// A part of a statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// The statement as a whole.
    Whole,
    /// An action of its list.
    Action(usize),
    /// A resource of its list.
    Resource(usize),
    /// A principal of its list.
    Principal(usize),
    /// A test of its condition.
    Test(usize),
    /// Not a part of a statement: one of the policies that several places include.
    Shared(usize),
}

impl Part {
    /// The barest way in which such a part can be written.
    fn bottom(self) -> u8 {
        match self {
            // typed, `arn`, `raw`
            Part::Resource(_) => 2,
            // `trust`, `allow … to`
            Part::Whole => 1,
            Part::Action(_) | Part::Test(_) | Part::Principal(_) => 1,
            Part::Shared(_) => 0,
        }
    }
}

/// Levels that are not the most idiomatic, by place.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Choices {
    levels: BTreeMap<Place, u8>,
    /// Policies that several places include, by what they say: 1 takes resources of any type, 2 is not written.
    shared: BTreeMap<String, u8>,
}

impl Choices {
    /// How bare a piece is written; 0 is idiomatic.
    pub fn level(&self, place: Place) -> u8 {
        self.levels.get(&place).copied().unwrap_or(0)
    }

    /// Writes a piece more barely from now on; `false` if it is at the bottom already.
    pub fn lower(&mut self, place: Place) -> bool {
        let level = self.levels.entry(place).or_insert(0);
        let lowered = *level < place.part.bottom();
        *level += u8::from(lowered);
        lowered
    }

    /// Whether a shared policy takes resources of any type.
    pub(super) fn shares_loosely(&self, key: &str) -> bool {
        self.shared.get(key).is_some_and(|level| *level > 0)
    }

    /// Whether a shared policy is not written.
    pub(super) fn is_barred(&self, key: &str) -> bool {
        self.shared.get(key).is_some_and(|level| *level > 1)
    }

    /// Takes objections, each with its module, to policies that several places include into account; `false` if none
    /// is about such.
    pub fn share_less(&mut self, written: &Written, objections: &[(usize, &Diagnostic)]) -> bool {
        let shared = |(module, objection): &(usize, &Diagnostic)| {
            let span = objection.primary.as_ref()?.span;
            written.shared(written.place_at(*module, span.range())?)
        };
        let objected: BTreeSet<(&str, bool)> = objections.iter().filter_map(shared).collect();
        for (key, names_parts) in &objected {
            // Of a resource of any type there are no parts to be named.
            let step = if *names_parts { 2 } else { 1 };
            *self.shared.entry((*key).to_owned()).or_insert(0) += step;
        }
        !objected.is_empty()
    }

    /// Takes an objection to what was written into account. Gives the piece that is written otherwise from now on,
    /// or `None` if nothing can be.
    pub fn learn(
        &mut self,
        module: usize,
        written: &Written,
        objection: &Diagnostic,
    ) -> Option<Place> {
        let span = objection.primary.as_ref()?.span;
        let place = written.place_at(module, span.range())?;
        let mismatch = objection.code == Code::ActionResourceMismatch;
        if mismatch && !matches!(place.part, Part::Resource(_)) {
            return self.lower_resources(written, place);
        }
        if self.lower(place) {
            return Some(place);
        }
        let whole = Place {
            part: Part::Whole,
            ..place
        };
        self.lower(whole).then_some(whole)
    }

    /// An action that does not act on what was written: one resource that is not checked is enough for all to pass.
    fn lower_resources(&mut self, written: &Written, statement: Place) -> Option<Place> {
        let resources = written.resources_of(statement);
        let bottom = |place: &Place| place.part.bottom();
        if resources.iter().any(|p| self.level(*p) == bottom(p)) {
            return None;
        }
        let last = resources.last().copied()?;
        self.levels.insert(last, bottom(&last));
        Some(last)
    }
}

/// Bytes of the text and the piece they say.
pub(super) type Spot = (Range<usize>, Place);
