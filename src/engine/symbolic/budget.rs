//! Work, counted in steps so that the same question gets the same answer on every machine.
//!
//! Matching and the Boolean solver are at the bottom of everything and know no budget: they note the letters of patterns
//! and the literals of clauses that they have read, and the next step that is taken pays for them.

use std::cell::Cell;

/// The budget is used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Spent;

/// So many letters, or literals, that are read count as a step.
const LETTERS: u64 = 512;

thread_local! {
    /// Letters and literals that have been read since a budget last paid for them; a question stays on one thread.
    static READ: Cell<u64> = const { Cell::new(0) };
}

/// Notes that so many letters or literals have been read.
pub(crate) fn read(letters: usize) {
    READ.set(READ.get().saturating_add(letters as u64));
}

/// Steps that are left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    left: u64,
}

impl Budget {
    /// A budget of so many steps, from here on.
    pub(crate) fn new(steps: u64) -> Self {
        READ.set(0);
        Budget { left: steps }
    }

    /// Takes steps off, and what has been read meanwhile.
    pub(crate) fn spend(&mut self, steps: u64) -> Result<(), Spent> {
        let letters = READ.get();
        READ.set(letters % LETTERS);
        match self
            .left
            .checked_sub(steps.saturating_add(letters / LETTERS))
        {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Spent)
            }
        }
    }
}
