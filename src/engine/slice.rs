//! What of two lists of documents bears on the question whether the first allows more than the second.
//!
//! With allows A and denies D on the left, B and E on the right, the question is whether `A ∧ ¬D ∧ ¬(B ∧ ¬E)` is
//! empty. Where every deny of the right is one of the left's, `¬D` implies `¬E`, so that this is `A ∧ ¬D ∧ ¬B`, and
//! whatever of A is literally part of B adds nothing to it. Of what is left of A, only the actions can be in
//! question: patterns of actions that meet none of them go, wherever they stand. Both steps leave the set in question
//! as it is; between two versions of one policy they leave out nearly everything.

use crate::engine::hashed::{IndexMap, IndexSet};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, PrincipalMatch, Statement};

/// The documents without what does not bear on whether the left allows more; `None` if it plainly does not.
pub(crate) fn slice(left: &[&Policy], right: &[&Policy]) -> Option<(Vec<Policy>, Vec<Policy>)> {
    let mut grants = Grants::default();
    let (denies, limits) = (
        grants.of(left, Effect::Deny),
        grants.of(right, Effect::Deny),
    );
    let allowed = if limits.is_subset(&denies) {
        grants.of(right, Effect::Allow)
    } else {
        IndexSet::default()
    };
    let mut out = Vec::new();
    let mut actions = Vec::new();
    for policy in left {
        let mut kept = bare(policy);
        for statement in &policy.statements {
            let wanted = match statement.effect {
                Effect::Allow => grants.without(policy.kind, statement, &allowed),
                Effect::Deny => Some(statement.clone()),
            };
            kept.statements.extend(wanted);
        }
        if !allowed.is_empty() {
            grants.drop_what_is_granted_piecewise(&mut kept, right);
        }
        let allows = kept.statements.iter().filter(|s| s.effect == Effect::Allow);
        actions.extend(allows.map(|s| s.action.clone()));
        out.push(kept);
    }
    if actions.is_empty() {
        return None;
    }
    let actions = Outlines::of(&actions);
    for policy in &mut out {
        policy.statements = std::mem::take(&mut policy.statements)
            .into_iter()
            .filter_map(|s| actions.meeting(&s))
            .collect();
    }
    let right = right.iter().map(|policy| Policy {
        statements: policy
            .statements
            .iter()
            .filter_map(|s| actions.meeting(s))
            .collect(),
        ..bare(policy)
    });
    Some((out, right.collect()))
}

/// The policy without its statements.
fn bare(policy: &Policy) -> Policy {
    Policy {
        kind: policy.kind,
        name: String::new(),
        statements: Vec::new(),
        details: crate::ir::Details::default(),
        origin: crate::ir::Origin::default(),
    }
}

/// What a statement says beside its actions; lists sorted, places forgotten.
#[derive(PartialEq, Eq, Hash)]
struct Terms {
    kind: PolicyKind,
    principal: Option<PrincipalMatch>,
    resource: Option<Match>,
    condition: Condition,
}

/// A pattern of actions, or a list of what is not meant, under terms.
type Grant = (usize, bool, Vec<String>);

/// Terms, numbered.
#[derive(Default)]
struct Grants {
    terms: IndexMap<Terms, usize>,
}

impl Grants {
    fn of(&mut self, policies: &[&Policy], effect: Effect) -> IndexSet<Grant> {
        let mut out = IndexSet::default();
        for policy in policies {
            for statement in policy.statements.iter().filter(|s| s.effect == effect) {
                out.extend(
                    self.split(policy.kind, statement)
                        .into_iter()
                        .map(|(_, g)| g),
                );
            }
        }
        out
    }

    /// The statement as single grants, each with the patterns it comes from.
    fn split(&mut self, kind: PolicyKind, statement: &Statement) -> Vec<(Vec<String>, Grant)> {
        let terms = self.number(Terms {
            kind,
            principal: statement.principal.clone(),
            resource: statement.resource.as_ref().map(sorted),
            condition: plain(&statement.condition),
        });
        let patterns = &statement.action.patterns;
        if statement.action.negated {
            let mut folded: Vec<String> = patterns.iter().map(|p| p.to_ascii_lowercase()).collect();
            folded.sort();
            return vec![(patterns.clone(), (terms, true, folded))];
        }
        let single = |p: &String| {
            (
                vec![p.clone()],
                (terms, false, vec![p.to_ascii_lowercase()]),
            )
        };
        patterns.iter().map(single).collect()
    }

    /// Leaves out of each Allow the actions for which every single resource pattern is granted, too: the other side
    /// may have its resources in other lists.
    fn drop_what_is_granted_piecewise(&mut self, policy: &mut Policy, right: &[&Policy]) {
        let mut wanted: IndexSet<String> = IndexSet::default();
        for statement in policy.statements.iter().filter(|s| is_plain_allow(s)) {
            let patterns = statement.action.patterns.iter();
            wanted.extend(patterns.map(|p| p.to_ascii_lowercase()));
        }
        if wanted.is_empty() {
            return;
        }
        let mut single: IndexSet<(usize, String)> = IndexSet::default();
        for other in right {
            for statement in other.statements.iter().filter(|s| is_plain_allow(s)) {
                let patterns = statement.action.patterns.iter();
                let actions = patterns.map(|p| p.to_ascii_lowercase());
                let actions: Vec<String> = actions.filter(|a| wanted.contains(a)).collect();
                if actions.is_empty() {
                    continue;
                }
                for terms in self.piecewise(other.kind, statement) {
                    single.extend(actions.iter().map(|a| (terms, a.clone())));
                }
            }
        }
        let kind = policy.kind;
        policy.statements.retain_mut(|statement| {
            if !is_plain_allow(statement) {
                return true;
            }
            let terms = self.piecewise(kind, statement);
            statement.action.patterns.retain(|pattern| {
                let action = pattern.to_ascii_lowercase();
                let known = |t: &usize| single.contains(&(*t, action.clone()));
                !terms.iter().all(known)
            });
            !statement.action.patterns.is_empty()
        });
    }

    /// The terms of a statement for each of its resource patterns by itself.
    fn piecewise(&mut self, kind: PolicyKind, statement: &Statement) -> Vec<usize> {
        let condition = plain(&statement.condition);
        let patterns = statement.resource.iter().flat_map(|r| &r.patterns);
        patterns
            .map(|pattern| {
                self.number(Terms {
                    kind,
                    principal: statement.principal.clone(),
                    resource: Some(Match::any(vec![pattern.clone()])),
                    condition: condition.clone(),
                })
            })
            .collect()
    }

    fn number(&mut self, terms: Terms) -> usize {
        let next = self.terms.len();
        *self.terms.entry(terms).or_insert(next)
    }

    /// The statement without the grants that are known; `None` if nothing is left.
    fn without(
        &mut self,
        kind: PolicyKind,
        statement: &Statement,
        known: &IndexSet<Grant>,
    ) -> Option<Statement> {
        let split = self.split(kind, statement).into_iter();
        let kept: Vec<Vec<String>> = split
            .filter(|(_, grant)| !known.contains(grant))
            .map(|(patterns, _)| patterns)
            .collect();
        (!kept.is_empty()).then(|| with_actions(statement, kept.concat()))
    }
}

/// Whether a statement allows the product of a list of actions and a list of resources.
fn is_plain_allow(statement: &Statement) -> bool {
    let listed = |r: &Match| !r.negated && !r.patterns.is_empty();
    statement.effect == Effect::Allow
        && !statement.action.negated
        && statement.resource.as_ref().is_some_and(listed)
}

fn with_actions(statement: &Statement, patterns: Vec<String>) -> Statement {
    Statement {
        sid: None,
        effect: statement.effect,
        principal: statement.principal.clone(),
        action: Match {
            negated: statement.action.negated,
            patterns,
        },
        resource: statement.resource.clone(),
        condition: statement.condition.clone(),
        origin: statement.origin.clone(),
    }
}

fn sorted(list: &Match) -> Match {
    let mut list = list.clone();
    list.patterns.sort();
    list
}

/// The condition with its values sorted and its places forgotten.
fn plain(condition: &Condition) -> Condition {
    match condition {
        Condition::True | Condition::False => condition.clone(),
        Condition::Test(test) => {
            let mut test = test.clone();
            test.values.sort();
            test.span = None;
            Condition::Test(test)
        }
        Condition::Not(inner) => Condition::Not(Box::new(plain(inner))),
        Condition::All(parts) => Condition::All(in_order(parts)),
        Condition::Any(parts) => Condition::Any(in_order(parts)),
    }
}

/// The parts of a conjunction or disjunction, tests first and sorted.
fn in_order(parts: &[Condition]) -> Vec<Condition> {
    let mut parts: Vec<Condition> = parts.iter().map(plain).collect();
    parts.sort_by(|a, b| match (a, b) {
        (Condition::Test(a), Condition::Test(b)) => a.cmp(b),
        (Condition::Test(_), _) => std::cmp::Ordering::Less,
        (_, Condition::Test(_)) => std::cmp::Ordering::Greater,
        _ => std::cmp::Ordering::Equal,
    });
    parts
}

/// Which action names patterns can match, from their literal beginnings alone; `None` for any.
struct Outlines(Option<Vec<String>>);

impl Outlines {
    fn of(lists: &[Match]) -> Outlines {
        if lists.iter().any(|l| l.negated) {
            return Outlines(None);
        }
        let patterns = lists.iter().flat_map(|l| &l.patterns);
        let mut all: Vec<String> = patterns.map(|p| outline(p)).collect();
        all.sort();
        all.dedup();
        Outlines(Some(all))
    }

    /// The statement with the actions that can meet these; `None` if none can.
    fn meeting(&self, statement: &Statement) -> Option<Statement> {
        let Outlines(Some(all)) = self else {
            return Some(statement.clone());
        };
        if statement.action.negated {
            return Some(statement.clone());
        }
        let meets = |pattern: &&String| {
            let own = outline(pattern);
            all.iter().any(|o| compatible(o, &own))
        };
        let kept: Vec<String> = statement
            .action
            .patterns
            .iter()
            .filter(meets)
            .cloned()
            .collect();
        (!kept.is_empty()).then(|| with_actions(statement, kept))
    }
}

/// The pattern in lower case up to and with its first wildcard.
fn outline(pattern: &str) -> String {
    let end = pattern.find(['*', '?']).map_or(pattern.len(), |at| at + 1);
    pattern.get(..end).unwrap_or(pattern).to_ascii_lowercase()
}

/// Whether some name can match both patterns as far as their outlines tell.
fn compatible(one: &str, other: &str) -> bool {
    let (a, b) = (literal(one), literal(other));
    match (a.len() < one.len(), b.len() < other.len()) {
        (false, false) => a == b,
        (true, false) => b.starts_with(a),
        (false, true) => a.starts_with(b),
        (true, true) => a.starts_with(b) || b.starts_with(a),
    }
}

fn literal(outline: &str) -> &str {
    outline.trim_end_matches(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_never_part_patterns_that_meet() {
        let patterns = [
            "*",
            "s3:*",
            "s3:Get*",
            "S3:getobject",
            "s3:?et*",
            "s*",
            "sqs:*",
            "s3:Put*",
        ];
        let meet = |a: &str, b: &str| compatible(&outline(a), &outline(b));
        for p in patterns {
            assert!(meet(p, "*") && meet("*", p) && meet(p, p), "{p}");
        }
        assert!(meet("s3:Get*", "s3:GetObject") && meet("s3:GetObject", "S3:?etObject"));
        assert!(meet("s*", "sqs:SendMessage") && meet("s3:Get*", "s3:GetO*"));
        assert!(!meet("s3:Get*", "s3:PutObject") && !meet("s3:GetObject", "s3:GetObjectAcl"));
        assert!(!meet("s3:Get*", "s3:Put*") && !meet("s3:GetObject", "s3:GetObjectA*"));
    }
}
