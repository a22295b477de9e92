//! How one set of documents stands to another, as one value that can be printed.

use std::fmt;

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::question::{Asking, Finding, Subject, implies_both};
use super::witness::Witness;

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
    /// Whether the documents name principals, so that a witness has to.
    pub names_principals: bool,
}

/// Compares what two subjects allow.
pub fn compare(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Comparison {
    let (narrows, widens) = implies_both(left, right, asking);
    let reason = [&narrows, &widens].into_iter().find_map(|f| match f {
        Finding::Unknown(reason) => Some(reason.to_string()),
        _ => None,
    });
    let relation = match (&narrows, &widens) {
        (Finding::Unknown(_), _) | (_, Finding::Unknown(_)) => Relation::Unknown,
        (Finding::Proved, Finding::Proved) => Relation::Equal,
        (Finding::Proved, _) => Relation::Wider,
        (_, Finding::Proved) => Relation::Narrower,
        _ => Relation::Incomparable,
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
        names_principals: left.names_principals() || right.names_principals(),
    }
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
        let mut out = serializer.serialize_struct("Comparison", 4)?;
        out.serialize_field("relation", &self.relation)?;
        out.serialize_field("left_only", &self.left_only.as_ref().map(shown))?;
        out.serialize_field("right_only", &self.right_only.as_ref().map(shown))?;
        out.serialize_field("reason", &self.reason)?;
        out.end()
    }
}
