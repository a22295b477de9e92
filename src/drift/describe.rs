//! Regions as short texts.

use serde::Serialize;

use crate::access::region::simplify;
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
        let region = simplify(region);
        let all = Match::everything();
        let resources = region.resources.iter().filter(|list| **list != all);
        Area {
            principals: region.principals.iter().map(principal).collect(),
            actions: region.actions.iter().map(list).collect(),
            resources: resources.map(list).collect(),
            condition: match &region.condition {
                Condition::True => None,
                other => Some(condition(other)),
            },
            when: region.condition.clone(),
        }
    }
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
