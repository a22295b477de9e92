#![expect(
    clippy::indexing_slicing,
    reason = "variables and clauses are numbered by this solver, every table has an entry for each"
)]
//! A small conflict-driven Boolean solver: the caller decides and brings theory conflicts.

use super::budget;

/// A variable or its complement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Literal(u32);

impl Literal {
    /// The literal that makes a variable have a value.
    pub(crate) fn new(variable: usize, value: bool) -> Self {
        Literal((variable as u32) << 1 | u32::from(!value))
    }

    /// Its variable.
    pub(crate) fn variable(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// The value it gives to its variable.
    pub(crate) fn value(self) -> bool {
        self.0 & 1 == 0
    }

    /// The other literal of the variable.
    pub(crate) fn opposite(self) -> Self {
        Literal(self.0 ^ 1)
    }
}

/// The clauses are contradictory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Contradiction;

/// Clauses and a partial assignment.
#[derive(Default, Debug)]
pub(crate) struct Solver {
    clauses: Vec<Vec<Literal>>,
    watches: Vec<Vec<usize>>,
    values: Vec<Option<bool>>,
    levels: Vec<usize>,
    reasons: Vec<Option<usize>>,
    activity: Vec<u64>,
    bump: u64,
    trail: Vec<Literal>,
    starts: Vec<usize>,
    head: usize,
}

impl Solver {
    /// A new variable.
    pub(crate) fn variable(&mut self) -> usize {
        self.values.push(None);
        self.levels.push(0);
        self.reasons.push(None);
        self.activity.push(0);
        self.watches.push(Vec::new());
        self.watches.push(Vec::new());
        self.values.len() - 1
    }

    /// The clauses given and learned.
    pub(crate) fn clauses(&self) -> &[Vec<Literal>] {
        &self.clauses
    }

    /// The literals assigned so far, in order.
    pub(crate) fn trail(&self) -> &[Literal] {
        &self.trail
    }

    /// How often a variable took part in conflicts lately.
    pub(crate) fn activity(&self, variable: usize) -> u64 {
        self.activity[variable]
    }

    /// The value of a literal, if it has one.
    pub(crate) fn value(&self, literal: Literal) -> Option<bool> {
        self.values[literal.variable()].map(|v| v == literal.value())
    }

    /// Adds a clause before any decision.
    pub(crate) fn add(&mut self, mut clause: Vec<Literal>) -> Result<(), Contradiction> {
        clause.sort_unstable();
        clause.dedup();
        if clause.windows(2).any(|w| w[0].opposite() == w[1]) {
            return Ok(());
        }
        // Literals that are false for good come last, so that the watched ones are free.
        clause.sort_by_key(|l| self.value(*l) == Some(false));
        match clause.len() {
            0 => Err(Contradiction),
            _ if self.value(clause[0]) == Some(false) => Err(Contradiction),
            1 => {
                self.assign(clause[0], None);
                Ok(())
            }
            _ => {
                if self.value(clause[1]) == Some(false) && self.value(clause[0]).is_none() {
                    self.assign(clause[0], None);
                }
                self.attach(clause);
                Ok(())
            }
        }
    }

    fn attach(&mut self, clause: Vec<Literal>) -> usize {
        let index = self.clauses.len();
        self.watches[clause[0].0 as usize].push(index);
        self.watches[clause[1].0 as usize].push(index);
        self.clauses.push(clause);
        index
    }

    fn assign(&mut self, literal: Literal, reason: Option<usize>) {
        let variable = literal.variable();
        if self.values[variable].is_none() {
            self.values[variable] = Some(literal.value());
            self.levels[variable] = self.starts.len();
            self.reasons[variable] = reason;
            self.trail.push(literal);
        }
    }

    /// Opens a level with a literal that has no value yet.
    pub(crate) fn decide(&mut self, literal: Literal) {
        self.starts.push(self.trail.len());
        self.assign(literal, None);
    }

    /// Draws all conclusions; gives the literals of a clause that has become false.
    pub(crate) fn propagate(&mut self) -> Option<Vec<Literal>> {
        while self.head < self.trail.len() {
            let falsified = self.trail[self.head].opposite();
            self.head += 1;
            let watching = std::mem::take(&mut self.watches[falsified.0 as usize]);
            for (i, &index) in watching.iter().enumerate() {
                if !self.rewatch(index, falsified) {
                    self.watches[falsified.0 as usize].extend_from_slice(&watching[i + 1..]);
                    return Some(self.clauses[index].clone());
                }
            }
        }
        None
    }

    /// Finds another literal to watch, or draws the conclusion; `false` if the clause has become false.
    fn rewatch(&mut self, index: usize, falsified: Literal) -> bool {
        if self.clauses[index][0] == falsified {
            self.clauses[index].swap(0, 1);
        }
        let first = self.clauses[index][0];
        budget::read(self.clauses[index].len());
        let free = (2..self.clauses[index].len())
            .find(|i| self.value(self.clauses[index][*i]) != Some(false));
        match free {
            _ if self.value(first) == Some(true) => {}
            Some(i) => {
                self.clauses[index].swap(1, i);
                let watched = self.clauses[index][1];
                self.watches[watched.0 as usize].push(index);
                return true;
            }
            None => {
                self.watches[falsified.0 as usize].push(index);
                if self.value(first) == Some(false) {
                    return false;
                }
                self.assign(first, Some(index));
                return true;
            }
        }
        self.watches[falsified.0 as usize].push(index);
        true
    }

    /// Learns from a clause all of whose literals are false now, and goes back to where it can be mended.
    pub(crate) fn learn(&mut self, conflict: Vec<Literal>) -> Result<(), Contradiction> {
        let level = |s: &Self, l: &Literal| s.levels[l.variable()];
        let deepest = conflict.iter().map(|l| level(self, l)).max().unwrap_or(0);
        if deepest == 0 {
            return Err(Contradiction);
        }
        self.back_to(deepest);
        self.bump += 1;
        let mut learned: Vec<Literal> = Vec::new();
        let mut seen = vec![false; self.values.len()];
        let mut open = 0_usize;
        let mut clause = conflict;
        let mut at = self.trail.len();
        let asserting = loop {
            for literal in &clause {
                let variable = literal.variable();
                if seen[variable] || level(self, literal) == 0 {
                    continue;
                }
                seen[variable] = true;
                self.activity[variable] = self.activity[variable] / 2 + self.bump;
                if level(self, literal) == deepest {
                    open += 1;
                } else {
                    learned.push(*literal);
                }
            }
            while !seen[self.trail[at - 1].variable()]
                || self.levels[self.trail[at - 1].variable()] != deepest
            {
                at -= 1;
            }
            at -= 1;
            let pivot = self.trail[at];
            open -= 1;
            if open == 0 {
                break pivot.opposite();
            }
            clause = match self.reasons[pivot.variable()] {
                Some(index) => self.clauses[index]
                    .iter()
                    .copied()
                    .filter(|l| *l != pivot)
                    .collect(),
                None => Vec::new(),
            };
        };
        learned.sort_by_key(|l| std::cmp::Reverse(level(self, l)));
        let target = learned.first().map_or(0, |l| level(self, l));
        self.back_to(target);
        learned.insert(0, asserting);
        if learned.len() == 1 {
            self.assign(asserting, None);
        } else {
            let index = self.attach(learned);
            self.assign(asserting, Some(index));
        }
        Ok(())
    }

    fn back_to(&mut self, level: usize) {
        if let Some(start) = self.starts.get(level).copied() {
            for literal in self.trail.drain(start..) {
                self.values[literal.variable()] = None;
            }
            self.starts.truncate(level);
            self.head = self.head.min(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn satisfiable(variables: usize, clauses: &[Vec<(usize, bool)>]) -> bool {
        let mut solver = Solver::default();
        for _ in 0..variables {
            solver.variable();
        }
        for clause in clauses {
            let clause = clause.iter().map(|(v, b)| Literal::new(*v, *b)).collect();
            if solver.add(clause).is_err() {
                return false;
            }
        }
        loop {
            if let Some(conflict) = solver.propagate() {
                if solver.learn(conflict).is_err() {
                    return false;
                }
                continue;
            }
            let free = (0..variables).find(|v| solver.value(Literal::new(*v, true)).is_none());
            match free {
                Some(v) => solver.decide(Literal::new(v, false)),
                None => return true,
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn agrees_with_the_truth_table(
            clauses in proptest::collection::vec(
                proptest::collection::vec((0..6_usize, any::<bool>()), 0..4), 0..26)
        ) {
            let truth = (0..64_usize).any(|row| {
                clauses.iter().all(|c| c.iter().any(|(v, b)| (row >> v & 1 == 1) == *b))
            });
            prop_assert_eq!(satisfiable(6, &clauses), truth);
        }
    }
}
