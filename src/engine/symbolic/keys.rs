//! What the engine has to know about condition keys: whether they carry several values, and of which type.
//!
//! A key whose type is known as a number, an instant or a Boolean is taken to carry well-formed values of that
//! type. Of every other key any text is possible.

use super::value::Domain;

/// Facts about condition keys; names come folded.
pub trait KeyFacts: Sync {
    /// Whether requests can carry several values; `None` if the key is unknown.
    fn is_multi_valued(&self, key: &str) -> Option<bool>;
    /// What its values look like.
    fn shape(&self, key: &str) -> Shape;
}

/// What the values of a key look like.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Shape {
    /// Any text.
    #[default]
    Text,
    /// Numbers.
    Number,
    /// Instants.
    Date,
    /// `true` or `false`.
    Bool,
}

/// The global keys, for questions that are asked without a catalogue.
#[derive(Clone, Copy, Debug, Default)]
pub struct GlobalKeys;

impl KeyFacts for GlobalKeys {
    fn is_multi_valued(&self, key: &str) -> Option<bool> {
        const MANY: &[&str] = &[
            "aws:calledvia",
            "aws:principalorgpaths",
            "aws:principalservicenameslist",
            "aws:resourceorgpaths",
            "aws:sourceorgpaths",
            "aws:tagkeys",
            "aws:vpceorgpaths",
            "dynamodb:attributes",
            "dynamodb:leadingkeys",
            "kms:encryptioncontextkeys",
            "kms:grantoperations",
        ];
        if MANY.contains(&key) {
            Some(true)
        } else {
            key.starts_with("aws:").then_some(false)
        }
    }

    fn shape(&self, key: &str) -> Shape {
        match key {
            "aws:multifactorauthage" | "aws:epochtime" | "s3:max-keys" => Shape::Number,
            "aws:currenttime" | "aws:tokenissuetime" => Shape::Date,
            "aws:multifactorauthpresent"
            | "aws:securetransport"
            | "aws:viaawsservice"
            | "aws:viaawsmcpservice"
            | "aws:ismcpserviceaction"
            | "aws:assumedroot"
            | "aws:principalisawsservice" => Shape::Bool,
            _ => Shape::Text,
        }
    }
}

impl From<Shape> for Domain {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Text => Domain::Any,
            Shape::Number => Domain::Number,
            Shape::Date => Domain::Date,
            Shape::Bool => Domain::Bool,
        }
    }
}
