//! One text in two forms: what the compiler reads, and what was asked.
//!
//! A question is read as a claim and a test of the language; whoever asked it wants to be shown their own words. The two
//! are put together piece by piece, so that any place of the one can be told in the other.

use std::ops::Range;

/// A text for the compiler and the same for people.
#[derive(Default)]
pub(super) struct Twice {
    /// What the compiler reads.
    pub(super) read: String,
    /// What was asked.
    pub(super) shown: String,
    pieces: Vec<Piece>,
}

/// Some text of `read` that stands in `shown` letter by letter.
struct Piece {
    read: Range<usize>,
    shown: usize,
}

impl Twice {
    /// Adds what people see only.
    pub(super) fn show(&mut self, text: &str) {
        self.shown += text;
    }

    /// Adds what the compiler reads only.
    pub(super) fn say(&mut self, text: &str) {
        self.read += text;
    }

    /// Adds what both read; tells where people see it.
    pub(super) fn both(&mut self, text: &str) -> usize {
        let shown = self.shown.len();
        self.shown += text;
        self.again(text, shown);
        shown
    }

    /// Adds for the compiler what people have seen already, there.
    pub(super) fn again(&mut self, text: &str, shown: usize) {
        let start = self.read.len();
        self.read += text;
        let read = start..self.read.len();
        self.pieces.push(Piece { read, shown });
    }

    /// Where people see what the compiler reads there; the end of what they see before it if it is hidden from them.
    pub(super) fn place(&self, read: Range<usize>) -> Range<usize> {
        let touched = self.pieces.iter().filter_map(|piece| {
            let start = read.start.max(piece.read.start);
            let end = read.end.min(piece.read.end);
            let is_within = start < end || start == end && read.is_empty();
            let at = |offset: usize| piece.shown + (offset - piece.read.start);
            is_within.then(|| at(start)..at(end))
        });
        let joined = touched.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
        joined.unwrap_or_else(|| {
            let before = self.pieces.iter().filter(|p| p.read.end <= read.start);
            let end = before.map(|p| p.shown + p.read.len()).max().unwrap_or(0);
            end..end
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_told_in_the_words_of_the_question() {
        let mut text = Twice::default();
        text.show("can ");
        text.say("prove ");
        text.both("Reader");
        text.say(" can");
        text.show(" ");
        text.say(" ");
        let action = text.both("s3:GetObjct");
        text.say("\ntest { ");
        text.again("s3:GetObjct", action);
        text.say(" }");
        let told = |word: &str, from: usize| {
            let start = from + text.read.get(from..).unwrap().find(word).unwrap();
            let place = text.place(start..start + word.len());
            text.shown.get(place).unwrap()
        };
        assert_eq!(text.shown, "can Reader s3:GetObjct");
        assert_eq!(told("Reader", 0), "Reader");
        assert_eq!(told("GetObjct", 0), "GetObjct");
        // The second time it is read it is still the one that was asked.
        assert_eq!(told("GetObjct", 30), "GetObjct");
        assert_eq!(text.place(0..text.read.len()), 4..text.shown.len());
        // What only the compiler reads is behind what stands before it.
        assert_eq!(told("test", 0), "");
        assert_eq!(text.place(text.read.len()..text.read.len()), 22..22);
    }
}
