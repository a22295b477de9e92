//! Regions as short texts.

use serde::Serialize;

use crate::engine::region::Region;
use crate::iam::document::Principals;
use crate::ir::{Condition, Match, PrincipalMatch};

/// A region in words: a request lies in it if it matches all of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Area {
    /// Who, where the documents name principals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub principals: Vec<String>,
    /// Which actions.
    pub actions: Vec<String>,
    /// On which resources; empty means any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Under which condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The same as a tree, for whoever has better words.
    #[serde(skip)]
    pub when: Condition,
}

impl Area {
    pub(super) fn of(region: &Region) -> Area {
        Area {
            principals: region.principals.iter().map(principal).collect(),
            actions: tidy(&region.actions).iter().map(list).collect(),
            resources: tidy(&region.resources).iter().map(list).collect(),
            condition: match &region.condition {
                Condition::True => None,
                other => Some(condition(other)),
            },
            when: region.condition.clone(),
        }
    }
}

/// The same lists, all of which have to match, with less in them: what another list leaves out word for word goes, and
/// lists without wildcards are cut to what they share.
fn tidy(lists: &[Match]) -> Vec<Match> {
    let is_plain = |m: &Match| !m.patterns.iter().any(|p| p.contains(['*', '?', '$']));
    let (negated, mut kept): (Vec<Match>, Vec<Match>) =
        lists.iter().cloned().partition(|m| m.negated);
    for other in &negated {
        for list in &mut kept {
            list.patterns.retain(|p| !other.patterns.contains(p));
        }
    }
    let all_plain = !kept.is_empty() && kept.iter().all(is_plain);
    if all_plain {
        let mut shared = kept.swap_remove(0);
        for list in &kept {
            shared.patterns.retain(|p| list.patterns.contains(p));
        }
        kept = vec![shared];
    }
    // Between names without wildcards nothing is left to be excluded.
    kept.extend(negated.into_iter().filter(|m| !(all_plain && is_plain(m))));
    kept
}

fn negation(negated: bool, text: &str) -> String {
    match negated {
        true => format!("anything but {text}"),
        false => text.to_owned(),
    }
}

fn list(matched: &Match) -> String {
    negation(matched.negated, &matched.patterns.join(", "))
}

fn principal(matched: &PrincipalMatch) -> String {
    match &matched.principals {
        Principals::Everyone => negation(matched.negated, "*"),
        Principals::Named(named) => {
            let names: Vec<&str> = named.iter().map(|p| p.value.as_str()).collect();
            negation(matched.negated, &names.join(", "))
        }
    }
}

fn condition(of: &Condition) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(inner).collect();
        parts.join(word)
    };
    match of {
        Condition::True => "always".to_owned(),
        Condition::False => "never".to_owned(),
        Condition::Test(test) => {
            let values = test.values.join(", ");
            format!("{} {} [{values}]", test.key, test.operator)
        }
        Condition::Not(inside) => format!("not {}", inner(inside)),
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
    }
}

/// A condition inside another, in parentheses where its parts would run together.
fn inner(of: &Condition) -> String {
    match of {
        Condition::All(_) | Condition::Any(_) => format!("({})", condition(of)),
        _ => condition(of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lists: &[(bool, &[&str])]) -> String {
        let lists: Vec<Match> = lists
            .iter()
            .map(|(negated, patterns)| Match {
                negated: *negated,
                patterns: patterns.iter().map(|p| (*p).to_owned()).collect(),
            })
            .collect();
        let all: Vec<String> = tidy(&lists).iter().map(list).collect();
        all.join(" and ")
    }

    #[test]
    fn lists_are_cut_only_where_nothing_is_lost() {
        let get_list: &[&str] = &["s3:GetObject", "s3:ListBucket"];
        let get: &[&str] = &["s3:GetObject"];
        let all: &[&str] = &["s3:*"];
        assert_eq!(shown(&[(false, get_list), (true, get)]), "s3:ListBucket");
        assert_eq!(shown(&[(false, get), (false, get_list)]), "s3:GetObject");
        let kept = "s3:* and anything but s3:GetObject";
        assert_eq!(shown(&[(false, all), (true, get)]), kept);
        let kept = "s3:GetObject, s3:ListBucket and s3:*";
        assert_eq!(shown(&[(false, get_list), (false, all)]), kept);
        let kept = "b and anything but b/*";
        assert_eq!(shown(&[(false, &["b", "b/*"]), (true, &["b/*"])]), kept);
        assert_eq!(shown(&[(true, get)]), "anything but s3:GetObject");
    }
}
