//! Runs of shapes that occur more than once in sequences.

use indexmap::IndexMap;

/// Longer runs are found in pieces.
const LONGEST: usize = 64;

/// Where a run begins: the sequence, and the place in it.
pub(super) type Start = (usize, usize);

/// A run and all its beginnings, of which there are two at least.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Run {
    pub length: usize,
    pub starts: Vec<Start>,
}

/// The runs that occur more often than every longer run with the same beginning. `None` ends a run.
pub(super) fn runs(sequences: &[Vec<Option<usize>>]) -> Vec<Run> {
    let mut groups: IndexMap<usize, Vec<Start>> = IndexMap::new();
    for (at, sequence) in sequences.iter().enumerate() {
        for (from, shape) in sequence.iter().enumerate() {
            if let Some(shape) = shape {
                groups.entry(*shape).or_default().push((at, from));
            }
        }
    }
    let mut current: Vec<Vec<Start>> = repeated(groups);
    let mut found = Vec::new();
    for length in 1..=LONGEST {
        let mut longer = Vec::new();
        for starts in std::mem::take(&mut current) {
            let mut next: IndexMap<usize, Vec<Start>> = IndexMap::new();
            for (at, from) in &starts {
                let shape = sequences.get(*at).and_then(|s| s.get(from + length));
                if let Some(Some(shape)) = shape {
                    next.entry(*shape).or_default().push((*at, *from));
                }
            }
            let next = repeated(next);
            if !next.iter().any(|n| n.len() == starts.len()) {
                found.push(Run { length, starts });
            }
            longer.extend(next);
        }
        if longer.is_empty() {
            break;
        }
        current = longer;
    }
    found
}

fn repeated<K>(groups: IndexMap<K, Vec<Start>>) -> Vec<Vec<Start>> {
    groups.into_values().filter(|s| s.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_as_long_as_they_can_be() {
        let sequence = |text: &str| -> Vec<Option<usize>> {
            let shapes = text.bytes();
            shapes
                .map(|b| (b != b' ').then_some(usize::from(b)))
                .collect()
        };
        let sequences = [sequence("abc"), sequence("xabc"), sequence("ab c")];
        let found: Vec<(usize, usize)> = runs(&sequences)
            .iter()
            .map(|r| (r.length, r.starts.len()))
            .collect();
        // `b`, `c`, `ab`, `bc`, `abc`; after `a` there is always `b`.
        assert_eq!(found, [(1, 3), (1, 3), (2, 3), (2, 2), (3, 2)]);
    }
}
