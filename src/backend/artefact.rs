//! A document with everything that is known about it, ready to be written.

use super::slots::{Attachment, Target};
use super::statements::Source;
use crate::iam::PolicyKind;
use crate::iam::quotas::{Count, Holder, Quotas};
use crate::ir::{Details, Origin};

/// A document and where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Artefact {
    /// Relative to the output directory, with `/`; safe on every file system, unique without case.
    pub path: String,
    /// Which grammar and quotas apply.
    pub kind: PolicyKind,
    /// The name in AWS.
    pub name: String,
    /// What AWS keeps beside the document.
    pub details: Details,
    /// Where it is deployed.
    pub target: Target,
    /// To what it is attached there.
    pub attachment: Attachment,
    /// Where each of its statements comes from.
    pub sources: Vec<Source>,
    /// The bytes to be written.
    pub text: String,
    /// How AWS counts it.
    pub size: Size,
    /// The declaration it comes from.
    pub origin: Origin,
}

/// A size against its quota.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Size {
    /// The document as written, counted as AWS counts it.
    pub counted: u64,
    /// The same if it were minified; what the quota is compared with.
    pub minified: u64,
    /// The quota's name, `scp.size`.
    pub quota: String,
    /// The limit.
    pub limit: u64,
    /// What is counted.
    pub count: Count,
}

/// Counts a document; `minified` is its text without white space.
pub(super) fn measure(
    kind: PolicyKind,
    attachment: &Attachment,
    quotas: &Quotas,
    (text, minified): (&str, &str),
) -> Size {
    let name = match attachment {
        Attachment::Inline(holder, _) => Quotas::inline_size_name(*holder),
        Attachment::Resource { resource_type, .. } => quotas.resource_size_name(resource_type),
        _ => Quotas::size_name(kind),
    };
    let (limit, count) = match quotas.get(name) {
        Some(quota) => (quota.limit, quota.count),
        None => (u64::MAX, Count::Characters),
    };
    Size {
        counted: count.measure(text, minified),
        minified: count.measure(minified, minified),
        quota: name.to_owned(),
        limit,
        count,
    }
}

impl Attachment {
    /// What a policy is called in messages.
    pub(super) fn subject(&self, kind: PolicyKind, name: &str) -> String {
        match self {
            Attachment::Inline(holder, of) => {
                format!("the inline policy of {} `{of}`", holder.as_str())
            }
            Attachment::Trust(role) => format!("the trust policy of role `{role}`"),
            Attachment::PermissionSet(set) => {
                format!("the inline policy of permission set `{set}`")
            }
            _ => format!("the {} `{name}`", kind.as_str()),
        }
    }

    /// In words, for messages and for people who read the manifest.
    pub fn describe(&self) -> String {
        let holder = |(holder, name): &(Holder, String)| format!("{} {name}", holder.as_str());
        match self {
            Attachment::Inline(h, name) => format!("{} {name}", h.as_str()),
            Attachment::Trust(name) => format!("role {name}"),
            Attachment::Managed {
                attached_to,
                boundary_of,
            } => {
                let attached = attached_to.iter().map(holder);
                let bounds = boundary_of
                    .iter()
                    .map(|b| format!("boundary of {}", holder(b)));
                attached.chain(bounds).collect::<Vec<_>>().join(", ")
            }
            Attachment::Resource { arn, .. } => arn.clone(),
            Attachment::PermissionSet(name) => format!("permission set {name}"),
            Attachment::Node => "node".to_owned(),
            Attachment::Session => "session".to_owned(),
        }
    }
}
