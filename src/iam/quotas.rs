//! Size limits of IAM and Organizations documents, with the date at which they were true.
//!
//! The numbers are data (`data/quotas.toml`); a project may override any of them by its dotted name.

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::PolicyKind;

const DATA: &str = include_str!("../../data/quotas.toml");

/// What a quota counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Count {
    /// Characters of a document without the white space between its tokens.
    WithoutWhitespace,
    /// Every character of what is uploaded.
    Characters,
    /// Bytes of what is uploaded.
    Bytes,
    /// Things in a list.
    Items,
    /// Characters of a name.
    Name,
}

impl Count {
    /// Counts a document as AWS does: `written` is what is uploaded, `minified` the same without white space.
    /// White space inside texts counts always.
    pub fn measure(self, written: &str, minified: &str) -> u64 {
        let counted = match self {
            Count::WithoutWhitespace => minified.chars().count(),
            Count::Characters | Count::Name => written.chars().count(),
            Count::Bytes | Count::Items => written.len(),
        };
        counted as u64
    }

    /// The unit, in the plural.
    pub fn unit(self) -> &'static str {
        match self {
            Count::WithoutWhitespace => "characters without white space",
            Count::Characters | Count::Name => "characters",
            Count::Bytes => "bytes",
            Count::Items => "items",
        }
    }
}

/// One limit.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Quota {
    /// The largest number that AWS takes.
    pub limit: u64,
    /// What is counted.
    pub count: Count,
    /// Whether AWS raises it on request.
    pub adjustable: bool,
    /// Where it is documented.
    pub source: String,
}

/// All limits, by dotted name.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Quotas {
    /// The day on which the numbers were true.
    #[serde(rename = "as-of")]
    pub as_of: String,
    #[serde(rename = "quota")]
    quotas: IndexMap<String, Quota>,
}

/// No quota has that name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownQuota(pub String);

impl fmt::Display for UnknownQuota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no quota is called `{}`", self.0)
    }
}

impl std::error::Error for UnknownQuota {}

/// Whose inline policies are counted together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Holder {
    /// A role.
    Role,
    /// A user.
    User,
    /// A group.
    Group,
}

impl Holder {
    /// The word in quota names and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Holder::Role => "role",
            Holder::User => "user",
            Holder::Group => "group",
        }
    }
}

impl Default for Quotas {
    fn default() -> Self {
        Quotas::embedded()
    }
}

impl Quotas {
    /// AWS's quotas as this version of Bailiwick knows them.
    #[expect(
        clippy::expect_used,
        reason = "the data is compiled in and a test reads it"
    )]
    pub fn embedded() -> Quotas {
        toml::from_str(DATA).expect("data/quotas.toml is well formed")
    }

    /// Sets one limit to what AWS has granted.
    ///
    /// # Errors
    /// The name is none of [`Quotas::names`].
    pub fn with_override(mut self, name: &str, limit: u64) -> Result<Quotas, UnknownQuota> {
        match self.quotas.get_mut(name) {
            Some(quota) => quota.limit = limit,
            None => return Err(UnknownQuota(name.to_owned())),
        }
        Ok(self)
    }

    /// Every name that can be overridden, in the order of the data.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.quotas.keys().map(String::as_str)
    }

    /// The quota of that name.
    pub fn get(&self, name: &str) -> Option<&Quota> {
        self.quotas.get(name)
    }

    /// The name of the quota on the size of a document; inline policies are asked for by holder
    /// ([`Quotas::inline_size_name`]), resource policies by resource type ([`Quotas::resource_size_name`]).
    pub fn size_name(kind: PolicyKind) -> &'static str {
        match kind {
            PolicyKind::ManagedPolicy => "managed-policy.size",
            PolicyKind::InlinePolicy => "role.inline-policies.size",
            PolicyKind::Boundary => "boundary.size",
            PolicyKind::Trust => "trust.size",
            PolicyKind::ResourcePolicy => "resource-policy.size",
            PolicyKind::PermissionSet => "permission-set.size",
            PolicyKind::Session => "session.size",
            PolicyKind::Scp => "scp.size",
            PolicyKind::Rcp => "rcp.size",
        }
    }

    /// The name of the quota on all inline policies of one role, user or group together.
    pub fn inline_size_name(holder: Holder) -> &'static str {
        match holder {
            Holder::Role => "role.inline-policies.size",
            Holder::User => "user.inline-policies.size",
            Holder::Group => "group.inline-policies.size",
        }
    }

    /// The name of the quota on the size of policies of a resource type (`s3:bucket`, case ignored).
    pub fn resource_size_name(&self, resource_type: &str) -> &str {
        let own = self.of_resource_policy(resource_type, "size");
        own.map_or("resource-policy.size", |(name, _)| name)
    }

    /// A quota that a service has on policies of a resource type: their `statements`, `principals`, `conditions`, or the
    /// `actions` of a statement.
    pub fn of_resource_policy(&self, resource_type: &str, what: &str) -> Option<(&str, &Quota)> {
        let wanted = format!("resource-policy.{resource_type}.{what}");
        let mut all = self.quotas.iter();
        let own = all.find(|(name, _)| name.eq_ignore_ascii_case(&wanted));
        own.map(|(name, quota)| (name.as_str(), quota))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_read() {
        let quotas = Quotas::embedded();
        assert_eq!(quotas.as_of.len(), "2026-11-23".len());
        for kind in [
            PolicyKind::ManagedPolicy,
            PolicyKind::InlinePolicy,
            PolicyKind::Boundary,
            PolicyKind::Trust,
            PolicyKind::ResourcePolicy,
            PolicyKind::PermissionSet,
            PolicyKind::Session,
            PolicyKind::Scp,
            PolicyKind::Rcp,
        ] {
            assert!(quotas.get(Quotas::size_name(kind)).is_some(), "{kind:?}");
        }
        for holder in [Holder::Role, Holder::User, Holder::Group] {
            assert!(quotas.get(Quotas::inline_size_name(holder)).is_some());
        }
        assert_eq!(
            quotas.resource_size_name("secretsmanager:secret"),
            "resource-policy.secretsmanager:Secret.size"
        );
        assert_eq!(
            quotas.resource_size_name("glue:catalog"),
            "resource-policy.size"
        );
    }

    #[test]
    fn one_limit_is_overridden_by_name() {
        let quotas = Quotas::embedded()
            .with_override("trust.size", 8192)
            .unwrap();
        assert_eq!(quotas.get("trust.size").unwrap().limit, 8192);
        assert_eq!(
            Quotas::embedded().with_override("trust", 1),
            Err(UnknownQuota("trust".to_owned()))
        );
    }

    #[test]
    fn each_way_of_counting() {
        let (written, minified) = ("{ \"ä\": \" \" }", "{\"ä\":\" \"}");
        assert_eq!(Count::WithoutWhitespace.measure(written, minified), 9);
        assert_eq!(Count::Characters.measure(written, minified), 12);
        assert_eq!(Count::Bytes.measure(written, minified), 13);
    }
}
