//! Whether one glob covers another, by the generic instance.

use super::{Glob, Union};

/// Whether one glob surely covers another: exact for a `q` without `?` and confined wildcards, else sound (it may
/// say no too often).
pub(crate) fn covers(q: &Glob, p: &Glob) -> bool {
    p == q || q.matches(&p.generic())
}

/// A glob with its generic instance at hand.
pub(crate) struct Instanced {
    generic: Vec<char>,
}

impl Instanced {
    /// The same glob.
    pub(crate) fn new(glob: &Glob) -> Self {
        Instanced {
            generic: glob.generic(),
        }
    }

    /// See [`covers`].
    pub(crate) fn is_covered_by(&self, q: &Glob) -> bool {
        q.matches(&self.generic)
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
