//! An IAM policy document: the type and how it is written as JSON.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use super::{Effect, Operator};

/// The version of the policy language that everything here is written in.
pub const VERSION: &str = "2012-10-17";

/// A policy document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    /// Always [`VERSION`] in what is written.
    pub version: String,
    /// Names the document; resource policies only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The statements, in order.
    pub statement: Vec<Statement>,
}

/// A statement; elements that are absent are not written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// `Principal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principals>,
    /// `NotPrincipal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_principal: Option<Principals>,
    /// `Action`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Texts>,
    /// `NotAction`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_action: Option<Texts>,
    /// `Resource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<Texts>,
    /// `NotResource`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_resource: Option<Texts>,
    /// `Condition`: operator, then key, then values.
    #[serde(
        skip_serializing_if = "IndexMap::is_empty",
        serialize_with = "serialize_condition"
    )]
    pub condition: ConditionBlock,
}

/// `Condition`: operator to key to values.
pub type ConditionBlock = IndexMap<Operator, IndexMap<String, Texts>>;

/// A list that is written without brackets when it has one member.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Texts(pub Vec<String>);

impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            many => many.serialize(serializer),
        }
    }
}

/// Who a statement speaks of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Principals {
    /// `"*"`.
    Everyone,
    /// `{"AWS": […], "Service": […], …}`; a match of any one suffices.
    Named(Vec<Principal>),
}

/// The keys of a `Principal` map.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PrincipalKind {
    /// `AWS`: account ids, ARNs, unique ids, `*`.
    Aws,
    /// `Service`: `lambda.amazonaws.com`.
    Service,
    /// `Federated`: an OIDC or SAML provider.
    Federated,
    /// `CanonicalUser`: S3 only.
    CanonicalUser,
}

impl PrincipalKind {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalKind::Aws => "AWS",
            PrincipalKind::Service => "Service",
            PrincipalKind::Federated => "Federated",
            PrincipalKind::CanonicalUser => "CanonicalUser",
        }
    }
}

/// One principal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Principal {
    /// Under which key it stands.
    pub kind: PrincipalKind,
    /// The value, as written.
    pub value: String,
}

impl Serialize for Principals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Principals::Everyone => serializer.serialize_str("*"),
            Principals::Named(list) => {
                let mut map: IndexMap<&str, Texts> = IndexMap::new();
                for principal in list {
                    map.entry(principal.kind.as_str())
                        .or_default()
                        .0
                        .push(principal.value.clone());
                }
                map.serialize(serializer)
            }
        }
    }
}

fn serialize_condition<S: Serializer>(
    block: &ConditionBlock,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        block
            .iter()
            .map(|(operator, keys)| (operator.to_string(), keys)),
    )
}

impl Document {
    /// A document of the current version without an id.
    pub fn new(statement: Vec<Statement>) -> Self {
        Document {
            version: VERSION.to_owned(),
            id: None,
            statement,
        }
    }
}
