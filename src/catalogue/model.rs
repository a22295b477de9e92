//! What the catalogue knows of one service: actions, resource types and condition keys, as plain data.
//!
//! Lists are sorted by name without regard to case, which is also how IAM compares names of actions.

use std::cmp::Ordering;
use std::fmt;

use crate::iam::condition::Family;

use super::ArnFormat;
use super::template;

/// The access level of an action, as AWS's service authorization reference classes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AccessLevel {
    /// Reads what a resource holds.
    Read,
    /// Lists resources.
    List,
    /// Creates, changes or deletes.
    Write,
    /// Changes tags only.
    Tagging,
    /// Grants or changes permissions.
    PermissionsManagement,
}

impl AccessLevel {
    /// Every level, in the order of the reference.
    pub const ALL: [AccessLevel; 5] = [
        AccessLevel::Read,
        AccessLevel::List,
        AccessLevel::Write,
        AccessLevel::Tagging,
        AccessLevel::PermissionsManagement,
    ];

    /// AWS's wording.
    pub fn as_str(self) -> &'static str {
        match self {
            AccessLevel::Read => "Read",
            AccessLevel::List => "List",
            AccessLevel::Write => "Write",
            AccessLevel::Tagging => "Tagging",
            AccessLevel::PermissionsManagement => "Permissions management",
        }
    }

    /// The selector of the language, which is also the word in the catalogue's text.
    pub fn selector(self) -> &'static str {
        match self {
            AccessLevel::Read => "read",
            AccessLevel::List => "list",
            AccessLevel::Write => "write",
            AccessLevel::Tagging => "tag",
            AccessLevel::PermissionsManagement => "manage",
        }
    }

    /// The level of a selector.
    pub fn from_selector(word: &str) -> Option<AccessLevel> {
        AccessLevel::ALL.into_iter().find(|l| l.selector() == word)
    }
}

/// The type of a condition key's values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[expect(missing_docs, reason = "the names are AWS's own")]
pub enum KeyType {
    String,
    Arn,
    Bool,
    Numeric,
    Date,
    IpAddress,
    Binary,
}

impl KeyType {
    /// Every type.
    pub const ALL: [KeyType; 7] = [
        KeyType::String,
        KeyType::Arn,
        KeyType::Bool,
        KeyType::Numeric,
        KeyType::Date,
        KeyType::IpAddress,
        KeyType::Binary,
    ];

    /// The word used in the reference and in the catalogue's text.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyType::String => "String",
            KeyType::Arn => "ARN",
            KeyType::Bool => "Bool",
            KeyType::Numeric => "Numeric",
            KeyType::Date => "Date",
            KeyType::IpAddress => "IPAddress",
            KeyType::Binary => "Binary",
        }
    }

    /// The type of a word, whatever its case (AWS writes both `ARN` and `Arn`).
    pub fn from_word(word: &str) -> Option<KeyType> {
        KeyType::ALL
            .into_iter()
            .find(|t| t.as_str().eq_ignore_ascii_case(word))
    }

    /// The family of operators made for the type.
    pub fn family(self) -> Family {
        match self {
            KeyType::String => Family::String,
            KeyType::Arn => Family::Arn,
            KeyType::Bool => Family::Bool,
            KeyType::Numeric => Family::Numeric,
            KeyType::Date => Family::Date,
            KeyType::IpAddress => Family::Ip,
            KeyType::Binary => Family::Binary,
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A condition key, possibly a template such as `aws:PrincipalTag/${TagKey}`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// AWS's spelling; placeholders are always written `${Name}`.
    pub name: String,
    /// The type of one value.
    pub key_type: KeyType,
    /// Whether a request may carry several values.
    pub multi_valued: bool,
    /// When a request carries it.
    pub presence: super::Presence,
    /// What it holds, in a few words; empty for the keys of services.
    pub meaning: String,
}

impl Key {
    /// Whether operators of a family compare such values sensibly: those of its own type, text operators on ARNs,
    /// numbers on `aws:EpochTime`, and `Null` on everything.
    pub fn accepts(&self, family: Family) -> bool {
        family == Family::Null
            || family == self.key_type.family()
            || (self.key_type == KeyType::Arn && family == Family::String)
            || (self.name == "aws:EpochTime" && family == Family::Numeric)
    }

    /// Whether the name has a placeholder.
    pub fn is_template(&self) -> bool {
        self.name.contains("${")
    }
}

/// A type of resource, and what its ARNs look like.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResourceType {
    /// The name in the reference: `bucket`, `object`.
    pub name: String,
    /// Never empty in AWS's data; a few types have two formats.
    pub arn_formats: Vec<ArnFormat>,
    /// The condition keys of requests on such a resource.
    pub keys: Vec<String>,
}

/// A resource type that an action takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionResource {
    /// The type, of the same service.
    pub resource_type: String,
    /// Whether every request names one.
    pub required: bool,
    /// Condition keys of this action on this type only.
    pub keys: Vec<String>,
    /// Actions that the caller also needs.
    pub dependent_actions: Vec<String>,
}

/// An action.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Action {
    /// The name without its service: `GetObject`.
    pub name: String,
    /// Its class.
    pub level: AccessLevel,
    /// The resource types it takes; none means that only `*` grants it.
    pub resources: Vec<ActionResource>,
    /// Condition keys of every request of this action.
    pub keys: Vec<String>,
    /// Actions that the caller also needs.
    pub dependent_actions: Vec<String>,
}

impl Action {
    /// The entry for a resource type, if the action takes it.
    pub fn resource(&self, resource_type: &str) -> Option<&ActionResource> {
        self.resources
            .iter()
            .find(|r| r.resource_type.eq_ignore_ascii_case(resource_type))
    }
}

/// A service, under its prefix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Service {
    /// `s3`
    pub prefix: String,
    /// `Amazon S3`
    pub title: String,
    /// Sorted by name.
    pub actions: Vec<Action>,
    /// Sorted by name.
    pub resource_types: Vec<ResourceType>,
    /// The keys that the reference lists for it, sorted; `aws:` keys among them.
    pub keys: Vec<Key>,
}

impl Service {
    /// The action of a name, whatever its case.
    pub fn action(&self, name: &str) -> Option<&Action> {
        find(&self.actions, name, |a| &a.name)
    }

    /// The actions whose names a pattern with `*` and `?` matches, without regard to case.
    pub fn actions_matching<'a>(&'a self, pattern: &str) -> impl Iterator<Item = &'a Action> {
        let is_wild = pattern.contains(['*', '?']);
        let named = self.action(pattern).filter(|_| !is_wild);
        let looked_through = self.actions.iter().filter(move |_| is_wild);
        let matching = looked_through.filter(move |a| template::glob_matches(pattern, &a.name));
        named.into_iter().chain(matching)
    }

    /// The actions of a level that take a resource type, required or not, in order of name.
    pub fn actions_at(&self, level: AccessLevel, resource_type: &str) -> Vec<&Action> {
        self.actions
            .iter()
            .filter(|a| a.level == level && a.resource(resource_type).is_some())
            .collect()
    }

    /// The actions of a level, whatever they act on.
    pub fn actions_of_level(&self, level: AccessLevel) -> Vec<&Action> {
        self.actions.iter().filter(|a| a.level == level).collect()
    }

    /// The resource type of a name, whatever its case.
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        find(&self.resource_types, name, |t| &t.name)
    }

    /// The types whose ARNs extend those of a type by `/…` or `:…`, as objects extend their bucket.
    pub fn children<'a>(
        &'a self,
        parent: &'a ResourceType,
    ) -> impl Iterator<Item = &'a ResourceType> {
        self.resource_types
            .iter()
            .filter(move |child| child.is_child_of(parent))
    }

    /// The types that an ARN or ARN pattern can stand for.
    pub fn types_of_arn<'a>(&'a self, arn: &'a str) -> impl Iterator<Item = &'a ResourceType> {
        self.resource_types.iter().filter(move |t| t.fits(arn))
    }

    /// `s3:GetObject`
    pub fn qualified(&self, action: &Action) -> String {
        format!("{}:{}", self.prefix, action.name)
    }
}

impl ResourceType {
    /// Whether ARNs of this type extend those of the other by `/…` or `:…`.
    pub fn is_child_of(&self, parent: &ResourceType) -> bool {
        self.arn_formats
            .iter()
            .any(|c| parent.arn_formats.iter().any(|p| c.extends(p).is_some()))
    }

    /// Whether an ARN or ARN pattern can stand for a resource of this type; see [`ArnFormat::fits`].
    pub fn fits(&self, arn: &str) -> bool {
        self.arn_formats.iter().any(|f| f.fits(arn))
    }
}

/// Compares names as IAM does, without regard to case; sorts what differs by case only.
pub(crate) fn compare_names(a: &str, b: &str) -> Ordering {
    compare_ignoring_case(a, b).then_with(|| a.cmp(b))
}

/// Compares without regard to case, without allocating: for binary searches.
pub(crate) fn compare_ignoring_case(a: &str, b: &str) -> Ordering {
    for (x, y) in a.bytes().zip(b.bytes()) {
        // Most letters are equal as they stand.
        if x != y {
            match x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase()) {
                Ordering::Equal => {}
                unequal => return unequal,
            }
        }
    }
    a.len().cmp(&b.len())
}

fn find<'a, T>(sorted: &'a [T], name: &str, name_of: impl Fn(&T) -> &str) -> Option<&'a T> {
    sorted
        .binary_search_by(|item| compare_ignoring_case(name_of(item), name))
        .ok()
        .and_then(|at| sorted.get(at))
}
