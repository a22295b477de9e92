//! Policies cut down to the few actions that a question is about.
//!
//! A question about one action of a role with AWS's `SecurityAudit` need not compile that policy's thousand other
//! actions. Sound: what is left out matches no request of the actions in question, whatever else holds of it.

use std::borrow::Cow;

use super::question::{Effective, Subject};
use crate::iam::Effect;
use crate::ir::{Match, Policy, Statement};

/// With more patterns than this a question is about most of a policy anyway.
const FEW: usize = 12;

/// The actions that a question is about, in lower case.
pub(super) struct Scope {
    patterns: Vec<Vec<char>>,
}

impl Scope {
    /// The actions that documents can allow; `None` where they are not few.
    pub(super) fn of(subject: &Subject<'_>) -> Option<Scope> {
        let Subject::Documents(documents) = subject else {
            return None;
        };
        let mut patterns = Vec::new();
        let statements = documents.iter().flat_map(|d| &d.statements);
        for statement in statements.filter(|s| s.effect == Effect::Allow) {
            let action = &statement.action;
            if action.negated || action.patterns.iter().any(|p| p == "*") {
                return None;
            }
            patterns.extend(action.patterns.iter().map(|p| folded(p)));
            if patterns.len() > FEW {
                return None;
            }
        }
        Some(Scope { patterns })
    }

    /// A subject without what is about other actions; `store` keeps the policies that were cut.
    pub(super) fn cut<'s>(
        &self,
        subject: &'s Subject<'_>,
        store: &'s mut Vec<Cow<'s, Policy>>,
    ) -> Subject<'s> {
        match subject {
            Subject::Documents(documents) => {
                store.extend(documents.iter().map(|d| self.policy(d)));
                Subject::Documents(store.iter().map(AsRef::as_ref).collect())
            }
            Subject::Effective(effective) => Subject::Effective(Box::new(Effective {
                principal: effective.principal,
                attached: effective.attached.map(|p| self.policy(p)),
                resource_account: effective.resource_account,
            })),
        }
    }

    fn policy<'p>(&self, policy: &'p Policy) -> Cow<'p, Policy> {
        let statements = || policy.statements.iter().map(|s| self.statement(s));
        if statements().all(|s| matches!(s, Some(Cow::Borrowed(_)))) {
            return Cow::Borrowed(policy);
        }
        Cow::Owned(Policy {
            kind: policy.kind,
            name: policy.name.clone(),
            statements: statements().flatten().map(Cow::into_owned).collect(),
            details: policy.details.clone(),
            origin: policy.origin.clone(),
        })
    }

    /// `None` if no action in question is among the statement's.
    fn statement<'p>(&self, statement: &'p Statement) -> Option<Cow<'p, Statement>> {
        let action = &statement.action;
        if action.negated {
            return Some(Cow::Borrowed(statement));
        }
        let is_met = |pattern: &&String| self.meets(pattern);
        let kept: Vec<String> = action.patterns.iter().filter(is_met).cloned().collect();
        match kept.len() {
            0 => None,
            all if all == action.patterns.len() => Some(Cow::Borrowed(statement)),
            _ => Some(Cow::Owned(Statement {
                action: Match::any(kept),
                ..statement.clone()
            })),
        }
    }

    fn meets(&self, pattern: &str) -> bool {
        let pattern = folded(pattern);
        self.patterns.iter().any(|p| overlap(p, &pattern))
    }
}

fn folded(pattern: &str) -> Vec<char> {
    pattern.to_ascii_lowercase().chars().collect()
}

/// Whether some text matches both patterns; texts with escapes are taken to overlap with everything.
fn overlap(one: &[char], other: &[char]) -> bool {
    if one.contains(&'$') || other.contains(&'$') {
        return true;
    }
    // `row[j]`: whether the pattern so far and the first `j` letters of the other can read one text.
    let mut row: Vec<bool> = std::iter::once(true)
        .chain(other.iter().scan(true, |all, c| {
            *all = *all && *c == '*';
            Some(*all)
        }))
        .collect();
    for letter in one {
        let mut next = Vec::with_capacity(row.len());
        next.push(*letter == '*' && row.first() == Some(&true));
        for (j, theirs) in other.iter().enumerate() {
            let at = |row: &[bool], j: usize| row.get(j).copied().unwrap_or(false);
            next.push(match (*letter, *theirs) {
                // A star reads nothing, or the letter (or star) that the other ends with.
                ('*', _) | (_, '*') => at(&row, j + 1) || at(&next, j),
                (mine, theirs) => at(&row, j) && (mine == theirs || mine == '?' || theirs == '?'),
            });
        }
        if next.iter().all(|r| !r) {
            return false;
        }
        row = next;
    }
    row.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All words over an alphabet up to a length.
    fn words(alphabet: &str, longest: usize) -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..longest {
            last = last
                .iter()
                .flat_map(|w| alphabet.chars().map(move |c| format!("{w}{c}")))
                .collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    fn matches(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            (['*', rest @ ..], _) => {
                matches(rest, text) || !text.is_empty() && matches(pattern, &text[1..])
            }
            (['?', rest @ ..], [_, text @ ..]) => matches(rest, text),
            ([c, rest @ ..], [d, text @ ..]) => c == d && matches(rest, text),
            _ => false,
        }
    }

    /// Two patterns of three letters that meet at all meet in a word of six.
    #[test]
    fn patterns_overlap_exactly_if_some_word_matches_both() {
        let words: Vec<Vec<char>> = words("ab", 6).iter().map(|w| folded(w)).collect();
        let patterns: Vec<Vec<char>> = self::words("ab*?", 3).iter().map(|w| folded(w)).collect();
        for one in &patterns {
            let read: Vec<&Vec<char>> = words.iter().filter(|w| matches(one, w)).collect();
            for other in &patterns {
                let meet = read.iter().any(|w| matches(other, w));
                assert_eq!(overlap(one, other), meet, "{one:?} {other:?}");
            }
        }
    }
}
