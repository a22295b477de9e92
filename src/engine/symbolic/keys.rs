//! What the engine has to know about condition keys: whether they carry several values, and of which type.
//!
//! A key whose type is known as a number, an instant or a Boolean is taken to carry well-formed values of that
//! type. Of every other key any text is possible.

use super::value::Domain;
use crate::catalogue::{Catalogue, KeyType};

/// Facts about condition keys; names come folded.
pub(crate) trait KeyFacts: Sync {
    /// Whether requests can carry several values; `None` if the key is unknown.
    fn is_multi_valued(&self, key: &str) -> Option<bool>;
    /// What its values look like.
    fn shape(&self, key: &str) -> Shape;
}

/// What the values of a key look like.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(crate) enum Shape {
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

impl KeyFacts for Catalogue {
    fn is_multi_valued(&self, key: &str) -> Option<bool> {
        self.key(key).map(|found| found.key.multi_valued)
    }

    fn shape(&self, key: &str) -> Shape {
        match self.key(key).map(|found| found.key.key_type) {
            Some(KeyType::Numeric) => Shape::Number,
            Some(KeyType::Date) => Shape::Date,
            Some(KeyType::Bool) => Shape::Bool,
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
