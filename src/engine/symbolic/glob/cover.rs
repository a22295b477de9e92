//! Whether one glob covers another, by the generic instance.

use super::{Glob, Union};

/// Whether one glob surely covers another: exact for a `q` without `?` and confined wildcards, else sound (it may
/// say no too often).
pub(crate) fn covers(q: &Glob, p: &Glob) -> bool {
    p == q || q.decides(p) && q.matches(&p.generic())
}

impl Glob {
    /// Whether reading the generic instance of `p` tells whether this glob reads all of `p`.
    pub(crate) fn decides(&self, p: &Glob) -> bool {
        let counts = self.has_one() && p.0.iter().any(|t| t.is_star());
        let confines = self.is_confined() && p.is_infinite();
        !counts && !confines
    }
}

/// A glob with its generic instance at hand.
pub(crate) struct Instanced<'g> {
    pub(crate) glob: &'g Glob,
    generic: Vec<char>,
}

impl<'g> Instanced<'g> {
    /// The same glob.
    pub(crate) fn new(glob: &'g Glob) -> Self {
        Instanced {
            glob,
            generic: glob.generic(),
        }
    }

    /// See [`covers`].
    pub(crate) fn is_covered_by(&self, q: &Glob) -> bool {
        q.matches(&self.generic) && q.decides(self.glob) || q == self.glob
    }
}

/// Lists that would take longer are left as they are: globs of few letters all have to be asked about one another.
const LETTERS: usize = 1 << 28;

/// Drops globs that another one of the list covers; of two that cover each other the first stays.
pub(crate) fn prune(globs: Vec<Glob>) -> Vec<Glob> {
    if globs.len() < 2 {
        return globs;
    }
    let letters: usize = globs.iter().map(|g| g.0.len()).sum();
    if globs.len() * letters > LETTERS {
        return globs;
    }
    let all = Union::new(&globs);
    let is_idle = |(at, glob): &(usize, &Glob)| {
        let instanced = Instanced::new(glob);
        all.candidates(glob)
            .any(|(i, q)| i != *at && instanced.is_covered_by(q) && (i < *at || !covers(glob, q)))
    };
    let kept = globs.iter().enumerate().filter(|one| !is_idle(one));
    kept.map(|(_, glob)| glob.clone()).collect()
}
