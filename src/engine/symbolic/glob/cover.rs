//! Whether one glob covers another, by the generic instance.

use super::Glob;

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

/// Drops globs that another one of the list covers.
pub(crate) fn prune(globs: Vec<Glob>) -> Vec<Glob> {
    if globs.len() < 2 {
        return globs;
    }
    let instanced: Vec<Instanced<'_>> = globs.iter().map(Instanced::new).collect();
    let mut kept: Vec<&Instanced<'_>> = Vec::with_capacity(globs.len());
    for one in &instanced {
        if kept.iter().any(|k| one.is_covered_by(k.glob)) {
            continue;
        }
        kept.retain(|k| !k.is_covered_by(one.glob));
        kept.push(one);
    }
    let kept: Vec<Glob> = kept.into_iter().map(|k| k.glob.clone()).collect();
    kept
}
