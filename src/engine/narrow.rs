//! Policies cut down to the few actions, and the few resources, that a question is about.
//!
//! A question about one action of a role with AWS's `SecurityAudit` need not compile that policy's thousand other
//! actions. Sound: what is left out matches no request of the actions in question, whatever else holds of it. Where the
//! actions are known by name, a statement is either about one or not, and says so without its patterns.

use std::borrow::Cow;

use super::question::{Effective, Subject};
use super::request::PrincipalType;
use crate::iam::Effect;
use crate::ir::{Match, Policy, Statement};

/// With more patterns than this a question is about most of a policy anyway.
const FEW: usize = 12;

/// The actions that a question is about, in lower case.
pub(super) struct Scope {
    patterns: Vec<Vec<char>>,
    /// The same as names, where there is no wildcard in any.
    names: Option<Vec<String>>,
    /// The resources, in lower case, where they are few and there is no wildcard in any.
    resources: Option<Vec<String>>,
}

impl Scope {
    /// The actions that documents can allow; `None` where they are not few.
    pub(super) fn of(subject: &Subject<'_>) -> Option<Scope> {
        let Subject::Documents(documents) = subject else {
            return None;
        };
        let mut patterns = Vec::new();
        let mut resources = Some(Vec::new());
        let statements = documents.iter().flat_map(|d| &d.statements);
        for statement in statements.filter(|s| s.effect == Effect::Allow) {
            resources = resources.and_then(|known| with_resources(known, statement));
            let action = &statement.action;
            if action.negated || action.patterns.iter().any(|p| p == "*") {
                return None;
            }
            patterns.extend(action.patterns.iter().map(|p| folded(p)));
            if patterns.len() > FEW {
                return None;
            }
        }
        let letters = patterns.iter().flatten();
        let is_named = !letters.into_iter().any(|c| matches!(c, '*' | '?' | '$'));
        let names = || patterns.iter().map(|p| p.iter().collect()).collect();
        Some(Scope {
            names: is_named.then(names),
            patterns,
            resources,
        })
    }

    /// The actions, if they are known by name.
    pub(super) fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
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
        let statements = policy.statements.iter().map(|s| self.statement(s));
        let statements: Vec<Option<Cow<'p, Statement>>> = statements.collect();
        let is_whole = |s: &Option<Cow<'_, Statement>>| matches!(s, Some(Cow::Borrowed(_)));
        if statements.iter().all(is_whole) {
            return Cow::Borrowed(policy);
        }
        Cow::Owned(Policy {
            kind: policy.kind,
            name: policy.name.clone(),
            statements: statements
                .into_iter()
                .flatten()
                .map(Cow::into_owned)
                .collect(),
            details: policy.details.clone(),
            origin: policy.origin.clone(),
        })
    }

    /// `None` if no action in question, or no resource, is among the statement's.
    fn statement<'p>(&self, statement: &'p Statement) -> Option<Cow<'p, Statement>> {
        if self.is_elsewhere(statement) {
            return None;
        }
        let action = &statement.action;
        if let Some(names) = self.names.as_ref().filter(|_| !has_escapes(action)) {
            let kept = self.named(action, names);
            return (!kept.is_empty()).then(|| with_actions(statement, kept));
        }
        if action.negated {
            return Some(Cow::Borrowed(statement));
        }
        let is_met = |pattern: &&String| self.meets(pattern);
        let kept: Vec<String> = action.patterns.iter().filter(is_met).cloned().collect();
        match kept.len() {
            0 => None,
            all if all == action.patterns.len() => Some(Cow::Borrowed(statement)),
            _ => Some(with_actions(statement, kept)),
        }
    }

    /// Whether none of the resources in question is among the statement's, in whatever way `*` is read and patterns
    /// of fewer fields are: the reading that lets them match the most is taken.
    fn is_elsewhere(&self, statement: &Statement) -> bool {
        let (Some(asked), Some(list)) = (&self.resources, &statement.resource) else {
            return false;
        };
        let may_read = |p: &String| {
            let padded = padded(p);
            asked.iter().any(|r| reads(p, r) || reads(&padded, r))
        };
        !list.negated && !has_escapes(list) && !list.patterns.iter().any(may_read)
    }

    /// The names in question that a list speaks of.
    fn named(&self, action: &Match, names: &[String]) -> Vec<String> {
        let is_listed = |name: &String| action.patterns.iter().any(|p| reads(p, name));
        let kept = names.iter().filter(|n| is_listed(n) != action.negated);
        kept.cloned().collect()
    }

    fn meets(&self, pattern: &str) -> bool {
        let pattern = folded(pattern);
        self.patterns.iter().any(|p| overlap(p, &pattern))
    }
}

/// The resources that are known and those of one more statement; `None` where they are not few and known by name.
fn with_resources(mut known: Vec<String>, statement: &Statement) -> Option<Vec<String>> {
    let list = statement.resource.as_ref().filter(|list| !list.negated)?;
    // A pattern of fewer fields may stand for many resources.
    let is_name = |p: &String| {
        let is_whole = !p.starts_with("arn:") || colons(p) >= COLONS;
        is_whole && !p.contains(['*', '?', '$'])
    };
    known.extend(list.patterns.iter().map(|p| p.to_ascii_lowercase()));
    (known.len() <= FEW && known.iter().all(is_name)).then_some(known)
}

/// Colons between the fields of an ARN.
const COLONS: usize = 5;

fn colons(pattern: &str) -> usize {
    pattern.matches(':').count()
}

/// A pattern of resources with the fields that it lacks as `*`, as some kinds of policies read it.
fn padded(pattern: &str) -> String {
    let missing = COLONS.saturating_sub(colons(pattern));
    format!("{pattern}{}", ":*".repeat(missing))
}

/// The same statement about other actions.
fn with_actions<'p>(statement: &Statement, actions: Vec<String>) -> Cow<'p, Statement> {
    Cow::Owned(Statement {
        sid: statement.sid.clone(),
        effect: statement.effect,
        principal: statement.principal.clone(),
        action: Match::any(actions),
        resource: statement.resource.clone(),
        condition: statement.condition.clone(),
        origin: statement.origin.clone(),
    })
}

/// Whether a pattern without escapes matches a name in lower case.
fn reads(pattern: &str, name: &str) -> bool {
    if !pattern.is_ascii() || !name.is_ascii() {
        let name: Vec<char> = name.chars().collect();
        return overlap(&folded(pattern), &name);
    }
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    // Where to go on if the text after the last star does not fit: that star reads one letter more.
    let mut again: Option<(usize, usize)> = None;
    while let Some(letter) = name.get(n) {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                again = Some((p, n));
            }
            Some(c) if *c == b'?' || c.eq_ignore_ascii_case(letter) => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((star, from)) = again else {
                    return false;
                };
                p = star;
                n = from + 1;
                again = Some((star, n));
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == b'*')
}

fn has_escapes(action: &Match) -> bool {
    action.patterns.iter().any(|p| p.contains('$'))
}

/// Whether a subject allows nothing of a scope whatever its conditions say, since a layer that has to allow is silent.
///
/// Never true if it allows anything.
pub(super) fn is_silent(subject: &Subject<'_>, scope: Option<&Scope>) -> bool {
    match subject {
        Subject::Documents(documents) => !documents.iter().any(|d| speaks(d)),
        Subject::Effective(effective) => {
            // Nobody can be kept from asking who they are.
            let is_deniable = scope.is_some_and(|s| !s.meets("sts:GetCallerIdentity"));
            is_deniable && is_kept_from_all(effective)
        }
    }
}

fn speaks(policy: &Policy) -> bool {
    let mut statements = policy.statements.iter();
    statements.any(|s| s.effect == Effect::Allow)
}

/// Only of users and roles is it known that identity policies or a resource policy have to allow, and each SCP level.
fn is_kept_from_all(effective: &Effective<'_>) -> bool {
    let attached = &effective.attached;
    let kind = effective.principal.kind();
    if !matches!(kind, PrincipalType::User | PrincipalType::RoleSession) {
        return false;
    }
    let any = |policies: &[Cow<'_, Policy>]| policies.iter().any(|p| speaks(p));
    let by_resource = attached.resource.iter().any(|p| speaks(p));
    let by_identity = any(&attached.identity) && attached.boundary.iter().all(|p| speaks(p));
    let are_levels_open =
        attached.management_account.is_some() || attached.scps.iter().all(|level| any(level));
    !((by_resource || by_identity) && are_levels_open)
}

fn folded(pattern: &str) -> Vec<char> {
    pattern.to_ascii_lowercase().chars().collect()
}

/// Whether some text matches both patterns; texts with escapes are taken to overlap with everything.
fn overlap(one: &[char], other: &[char]) -> bool {
    // Most patterns part before either has anything but letters.
    let is_letter = |c: &&char| !matches!(c, '*' | '?' | '$');
    let letters = one
        .iter()
        .zip(other)
        .take_while(|(a, b)| is_letter(a) && is_letter(b));
    let alike = letters.clone().take_while(|(a, b)| a == b).count();
    if alike < letters.count() {
        return false;
    }
    let one = one.get(alike..).unwrap_or_default();
    let other = other.get(alike..).unwrap_or_default();
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

    #[test]
    fn a_pattern_reads_a_name_exactly_if_it_overlaps_with_it() {
        for pattern in words("aB*?", 4) {
            for name in words("ab", 5) {
                let letters: Vec<char> = name.chars().collect();
                let expected = overlap(&folded(&pattern), &letters);
                assert_eq!(reads(&pattern, &name), expected, "{pattern} {name}");
            }
        }
        assert!(reads("s3:?", "s3:é") && !reads("s3:é?", "s3:é"));
    }

    /// Whatever a pattern of resources reads, in any reading, is kept.
    #[test]
    fn a_statement_about_other_resources_is_left_out_and_no_other() {
        let named = |resource: Vec<String>| Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::any(vec!["s3:GetObject".to_owned()]),
            resource: Some(Match::any(resource)),
            condition: crate::ir::Condition::True,
            origin: crate::ir::Origin::default(),
        };
        let scope = |statement| Policy {
            kind: crate::iam::PolicyKind::ManagedPolicy,
            name: String::new(),
            statements: vec![statement],
            details: crate::ir::Details::default(),
            origin: crate::ir::Origin::default(),
        };
        for pattern in words("a:*?", 4) {
            let statement = named(vec![pattern.clone()]);
            for name in words("a:", 4) {
                let asked = scope(named(vec!["zz".to_owned(), name.clone()]));
                let few = Scope::of(&Subject::document(&asked)).unwrap();
                let letters: Vec<char> = name.chars().collect();
                let kept = matches(&folded(&pattern), &letters);
                assert_eq!(
                    few.statement(&statement).is_some(),
                    kept || matches(&folded(&pattern), &['z', 'z']),
                    "{pattern} {name}"
                );
            }
        }
        let kept = |statement: &Statement, resource: &str| {
            let asked = scope(named(vec![resource.to_owned()]));
            let few = Scope::of(&Subject::document(&asked)).unwrap();
            few.statement(statement).is_some()
        };
        let mut other = named(vec!["b".to_owned()]);
        assert!(!kept(&other, "a") && kept(&other, "B") && kept(&other, "a*"));
        // Of fewer than six fields, on either side.
        let (short, whole) = ("arn:aws:s3", "arn:aws:s3:::b/k");
        assert!(kept(&named(vec![short.to_owned()]), whole));
        assert!(kept(&named(vec![whole.to_owned()]), short));
        assert!(!kept(&named(vec!["arn:aws:sqs".to_owned()]), whole));
        assert!(kept(&named(vec!["${aws:username}".to_owned()]), "a"));
        other.resource = other.resource.map(|list| Match {
            negated: true,
            ..list
        });
        assert!(kept(&other, "a") && kept(&other, "b"));
        other.resource = None;
        assert!(kept(&other, "a"));
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
