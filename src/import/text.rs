//! A text that grows, and remembers which bytes say which piece.

use super::choice::{Place, Spot};

/// Source text under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) out: String,
    pub(super) spots: Vec<Spot>,
}

impl Text {
    /// Adds words.
    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Adds the words of a piece.
    pub(super) fn piece(&mut self, place: Place, text: &str) {
        let start = self.out.len();
        self.out.push_str(text);
        self.spots.push((start..self.out.len(), place));
    }

    /// Notes that everything since `start` says a piece.
    pub(super) fn mark(&mut self, place: Place, start: usize) {
        self.spots.push((start..self.out.len(), place));
    }

    /// Adds pieces with a word between them.
    pub(super) fn join(&mut self, pieces: &[(Place, String)], between: &str) {
        for (i, (place, text)) in pieces.iter().enumerate() {
            if i > 0 {
                self.push(between);
            }
            self.piece(*place, text);
        }
    }
}
