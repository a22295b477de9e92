//! Answers to questions, for people at a terminal and for programs (docs/questions.schema.json).

mod human;
mod json;

pub use human::{access, can, who_can};
pub use json::{access_json, can_json, who_can_json};

use crate::access::IdentityKind;
use crate::engine::concrete::Layer;
use crate::prove::Responsible;
use crate::source::SourceMap;

/// The word for a kind of identity.
fn kind(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Role => "role",
        IdentityKind::User => "user",
        IdentityKind::PermissionSet => "permission set",
    }
}

/// A layer as the policy that is attached there.
fn place(layer: Layer) -> &'static str {
    match layer {
        Layer::Identity => "policy",
        Layer::Boundary => "boundary",
        Layer::Session => "session policy",
        Layer::Resource => "resource policy",
        Layer::Endpoint => "endpoint policy",
        Layer::Scp => "SCP",
        Layer::Rcp => "RCP",
    }
}

/// `payments/roles.bw:12`; nothing for AWS's own policies.
fn line(of: &Responsible, sources: &SourceMap) -> Option<String> {
    let (path, position) = sources.locate(*of.origin.spans.first()?)?;
    Some(format!("{path}:{}", position.line))
}
