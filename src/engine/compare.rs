//! How one set of documents stands to another, as one value that can be printed.

use std::fmt;

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::bearing;
use super::question::{Asking, Finding, Subject, World, implies, implies_both};
use super::semantics::{SETTINGS, Semantics};
use super::witness::{self, Witness};

/// What the right is relative to the left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Both allow the same.
    Equal,
    /// The right allows strictly less.
    Narrower,
    /// The right allows strictly more.
    Wider,
    /// Each allows something that the other does not.
    Incomparable,
    /// Not settled.
    Unknown,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Relation::Equal => "equal",
            Relation::Narrower => "narrower",
            Relation::Wider => "wider",
            Relation::Incomparable => "incomparable",
            Relation::Unknown => "unknown",
        })
    }
}

/// The answer to a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comparison {
    /// What the right is relative to the left.
    pub relation: Relation,
    /// A request that only the left allows.
    pub left_only: Option<Witness>,
    /// A request that only the right allows.
    pub right_only: Option<Witness>,
    /// Why the relation is unknown.
    pub reason: Option<String>,
    /// Settings under whose other choices the relation would be another; none if the relation is unknown.
    pub depends_on: Vec<Alternative>,
    /// Whether the documents name principals, so that a witness has to.
    pub names_principals: bool,
}

/// A choice of a setting under which the relation is another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Alternative {
    /// The setting.
    pub setting: &'static str,
    /// The choice.
    pub value: &'static str,
    /// The relation under it.
    pub relation: Relation,
}

/// Compares what two subjects allow.
pub fn compare(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Comparison {
    let (narrows, widens) = implies_both(left, right, asking);
    let reason = [&narrows, &widens].into_iter().find_map(|f| match f {
        Finding::Unknown(reason) => Some(reason.to_string()),
        _ => None,
    });
    let relation = relation(&narrows, &widens);
    let depends_on = match relation {
        Relation::Unknown => Vec::new(),
        _ => alternatives(left, right, asking, [&narrows, &widens], relation),
    };
    let witness = |finding: Finding| match finding {
        Finding::Refuted(witness) => Some(*witness),
        _ => None,
    };
    Comparison {
        relation,
        left_only: witness(narrows),
        right_only: witness(widens),
        reason,
        depends_on,
        names_principals: left.names_principals() || right.names_principals(),
    }
}

fn relation(narrows: &Finding, widens: &Finding) -> Relation {
    match (narrows, widens) {
        (Finding::Unknown(_), _) | (_, Finding::Unknown(_)) => Relation::Unknown,
        (Finding::Proved, Finding::Proved) => Relation::Equal,
        (Finding::Proved, _) => Relation::Wider,
        (_, Finding::Proved) => Relation::Narrower,
        _ => Relation::Incomparable,
    }
}

/// The other choices of settings that bear on the documents under which the relation is another.
fn alternatives(
    left: &Subject<'_>,
    right: &Subject<'_>,
    asking: &Asking<'_>,
    found: [&Finding; 2],
    known: Relation,
) -> Vec<Alternative> {
    let mut policies = left.policies();
    policies.extend(right.policies());
    let bearing = bearing::settings(&policies);
    let mut out = Vec::new();
    for setting in SETTINGS.iter().filter(|s| bearing.contains(&s.name)) {
        let chosen = asking.semantics.chosen(setting.name);
        for choice in setting.choices.iter().filter(|c| Some(c.value) != chosen) {
            let mut semantics = asking.semantics;
            let assignment = format!("{}={}", setting.name, choice.value);
            if semantics.set(&assignment).is_err() {
                continue;
            }
            let relation = relation_under(left, right, asking, semantics, found);
            if relation != known && relation != Relation::Unknown {
                out.push(Alternative {
                    setting: setting.name,
                    value: choice.value,
                    relation,
                });
            }
        }
    }
    out
}

/// The relation under other settings. What is asked again is only what the witnesses found before leave open.
fn relation_under(
    left: &Subject<'_>,
    right: &Subject<'_>,
    asking: &Asking<'_>,
    semantics: Semantics,
    [narrows, widens]: [&Finding; 2],
) -> Relation {
    let still = |finding: &Finding, one: &Subject<'_>, other: &Subject<'_>| {
        finding.witness().is_some_and(|w| {
            witness::allows(one, &w.request, &semantics)
                && !witness::allows(other, &w.request, &semantics)
        })
    };
    let (narrows_still, widens_still) = (still(narrows, left, right), still(widens, right, left));
    let asking = Asking {
        semantics,
        world: match asking.world {
            World::Catalogue => World::Catalogue,
            World::Open | World::Sketch => World::Sketch,
        },
        steps: asking.steps / 4,
        ..*asking
    };
    let again = |still: bool, finding: &Finding, one: &Subject<'_>, other: &Subject<'_>| {
        if still {
            finding.clone()
        } else {
            implies(one, other, &asking)
        }
    };
    let narrows = again(narrows_still, narrows, left, right);
    let widens = again(widens_still, widens, right, left);
    relation(&narrows, &widens)
}

/// A witness as the comparison shows it: its principal only where it matters.
struct Shown<'w> {
    witness: &'w Witness,
    names_principals: bool,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let request = &self.witness.request;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("action", &request.action)?;
        map.serialize_entry("resource", &request.resource)?;
        if self.names_principals {
            map.serialize_entry("principal", &request.principal)?;
        }
        map.serialize_entry("context", &request.context)?;
        if !self.witness.in_catalogue {
            map.serialize_entry("in_catalogue", &false)?;
        }
        map.end()
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = |witness| Shown {
            witness,
            names_principals: self.names_principals,
        };
        let mut out = serializer.serialize_struct("Comparison", 5)?;
        out.serialize_field("relation", &self.relation)?;
        out.serialize_field("left_only", &self.left_only.as_ref().map(shown))?;
        out.serialize_field("right_only", &self.right_only.as_ref().map(shown))?;
        out.serialize_field("reason", &self.reason)?;
        if self.depends_on.is_empty() {
            out.skip_field("depends_on")?;
        } else {
            out.serialize_field("depends_on", &self.depends_on)?;
        }
        out.end()
    }
}
