//! Suggestions within a budget, so that a project full of wrong names is still answered in linear time.

use crate::diagnostic;

/// Comparisons that one module's findings may cost; about a tenth of a second.
const BUDGET: usize = 200_000;

/// Looks for near names until the budget is spent; after that findings come without a suggestion.
pub(super) struct Suggestions {
    left: usize,
}

impl Default for Suggestions {
    fn default() -> Self {
        Suggestions { left: BUDGET }
    }
}

impl Suggestions {
    /// The nearest of the candidates.
    pub(super) fn nearest<'c>(
        &mut self,
        written: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        let mut seen = 0;
        let counted = candidates
            .into_iter()
            .take(self.left)
            .inspect(|_| seen += 1);
        let found = diagnostic::nearest(written, counted);
        self.left -= seen;
        found
    }
}
