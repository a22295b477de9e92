//! Statement ids: valid for the kind of policy, unique in the document, and stable.
//!
//! A name keeps its letters and digits; what stood between them becomes a capital. Repeats get the numbers
//! 2, 3, …, in document order, never one that another statement has by name.

use std::collections::BTreeSet;

use crate::iam::PolicyKind;

/// A name as a valid Sid; `None` if nothing is left of it.
pub(super) fn valid(name: &str, kind: PolicyKind) -> Option<String> {
    let may_stand = |c: char| {
        let between = kind == PolicyKind::ResourcePolicy && matches!(c, ' ' | '-' | '_' | '.');
        c.is_ascii_alphanumeric() || between
    };
    if name.chars().all(may_stand) {
        return (!name.is_empty()).then(|| name.to_owned());
    }
    let mut sid = String::with_capacity(name.len());
    let mut after_gap = false;
    for c in name.chars() {
        if !may_stand(c) {
            after_gap = true;
            continue;
        }
        let capital = after_gap && !sid.is_empty();
        sid.push(if capital { c.to_ascii_uppercase() } else { c });
        after_gap = false;
    }
    (!sid.is_empty()).then_some(sid)
}

/// Makes all Sids of a document different.
pub(super) fn make_unique<'a>(sids: impl Iterator<Item = &'a mut String>) {
    let sids: Vec<&mut String> = sids.collect();
    let different: BTreeSet<&str> = sids.iter().map(|s| s.as_str()).collect();
    if different.len() == sids.len() {
        return;
    }
    let given: BTreeSet<String> = different.into_iter().map(str::to_owned).collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut next: indexmap::IndexMap<String, usize> = indexmap::IndexMap::new();
    for sid in sids {
        if used.insert(sid.clone()) {
            continue;
        }
        let number = next.entry(sid.clone()).or_insert(2);
        let unique = loop {
            let candidate = format!("{sid}{number}");
            *number += 1;
            if !given.contains(&candidate) && used.insert(candidate.clone()) {
                break candidate;
            }
        };
        *sid = unique;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_valid() {
        let rows = [
            ("ReadBucket", "ReadBucket"),
            ("read_bucket", "readBucket"),
            ("std.guardrails.RegionLock", "stdGuardrailsRegionLock"),
            ("_x", "x"),
            ("Größe 2", "GrE2"),
        ];
        for (name, sid) in rows {
            assert_eq!(valid(name, PolicyKind::Scp).as_deref(), Some(sid));
        }
        assert_eq!(valid("über-", PolicyKind::Trust).as_deref(), Some("ber"));
        assert_eq!(valid("***", PolicyKind::Trust), None);
        assert_eq!(
            valid("Allow key admins", PolicyKind::ResourcePolicy).as_deref(),
            Some("Allow key admins")
        );
    }

    #[test]
    fn repeats_are_numbered_without_taking_a_name() {
        let mut sids = ["A", "A", "A2", "A", "B", "A2"].map(str::to_owned);
        make_unique(sids.iter_mut());
        assert_eq!(sids, ["A", "A3", "A2", "A4", "B", "A22"]);
    }
}
