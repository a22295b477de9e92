//! The types of the language, its phrases for condition keys, and how literals are read.
//!
//! Facts about the language and AWS's vocabulary; no names of a program are looked up here.

mod literal;
mod operator;
mod phrase;

pub use literal::{
    LiteralError, is_org_id, is_ou_id, is_region, is_root_id, is_vpc_id, is_vpce_id, parse_address,
    parse_date, parse_duration, parse_instant, parse_number, parse_text,
};
pub use operator::{Comparison, Unsupported, operator_for};
pub use phrase::{PHRASES, Phrase, PhraseKey, find_phrase, setting, words_of};

use std::fmt;

/// A resource type of the catalogue, `s3:bucket`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ResourceTypeName {
    /// Service prefix.
    pub service: String,
    /// The type within the service.
    pub name: String,
}

impl fmt::Display for ResourceTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}

/// What is known of a resource value's type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ResourceKind {
    /// Nothing: `*`, `raw "…"`, a parameter of type `resource`.
    Any,
    /// One of these, sorted.
    OneOf(Vec<ResourceTypeName>),
}

impl ResourceKind {
    /// Exactly one type.
    pub fn of(service: &str, name: &str) -> Self {
        ResourceKind::OneOf(vec![ResourceTypeName {
            service: service.to_owned(),
            name: name.to_owned(),
        }])
    }

    /// What is known of a value that is one or the other.
    #[must_use]
    pub fn union(self, other: ResourceKind) -> ResourceKind {
        match (self, other) {
            (ResourceKind::OneOf(mut a), ResourceKind::OneOf(b)) => {
                a.extend(b);
                a.sort();
                a.dedup();
                ResourceKind::OneOf(a)
            }
            _ => ResourceKind::Any,
        }
    }
}

/// The type of a value. A list has the type of its members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Type {
    /// Text.
    Text,
    /// A decimal number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A length of time.
    Duration,
    /// A point in time.
    Instant,
    /// Addresses.
    Cidr,
    /// An ARN of anything.
    Arn,
    /// An account.
    Account,
    /// A region's name.
    Region,
    /// An organisation.
    Organization,
    /// Actions.
    Action,
    /// Principals.
    Principal,
    /// Resources.
    Resource(ResourceKind),
    /// The value could not be read; nothing more is said about it.
    Unknown,
}

impl Type {
    /// The names that can be written for a parameter, with their types.
    pub const NAMED: [(&'static str, Type); 13] = [
        ("text", Type::Text),
        ("number", Type::Number),
        ("bool", Type::Bool),
        ("duration", Type::Duration),
        ("instant", Type::Instant),
        ("cidr", Type::Cidr),
        ("arn", Type::Arn),
        ("account", Type::Account),
        ("region", Type::Region),
        ("org_id", Type::Organization),
        ("action", Type::Action),
        ("principal", Type::Principal),
        ("resource", Type::Resource(ResourceKind::Any)),
    ];

    /// The type of a name.
    pub fn from_name(name: &str) -> Option<Type> {
        Type::NAMED
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, ty)| ty.clone())
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Resource(ResourceKind::OneOf(types)) => {
                let names: Vec<String> = types.iter().map(ToString::to_string).collect();
                f.write_str(&names.join(" or "))
            }
            Type::Unknown => f.write_str("unknown"),
            named => {
                let name = Type::NAMED
                    .iter()
                    .find(|(_, ty)| ty == named)
                    .map(|(n, _)| *n);
                f.write_str(name.unwrap_or("resource"))
            }
        }
    }
}
