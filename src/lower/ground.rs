//! Values without names: what is left when lets, parameters and the account have been filled in.

use ipnet::IpNet;

use crate::iam::condition::Family;
use crate::iam::document::Principal;
use crate::iam::pattern::Wildcards;
use crate::iam::{BaseOperator, Pattern};
use crate::resolve::DefId;

/// One value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ground {
    /// Text; whether its wildcards are meant depends on the place.
    Text(Pattern),
    /// A decimal number as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// Seconds.
    Seconds(u64),
    /// An instant in its one form.
    Instant(String),
    /// An address block.
    Address(IpNet),
    /// The id of a declared account or organisation.
    Id {
        /// As AWS has it.
        id: String,
        /// Its declaration.
        node: DefId,
    },
    /// An ARN or ARN pattern in IAM's spelling.
    Arn(String),
    /// An action pattern.
    Action(String),
    /// A principal, or everybody.
    Principal(Option<Principal>),
}

impl Ground {
    /// The value as a resource pattern.
    pub(super) fn as_resource(&self) -> Option<String> {
        match self {
            Ground::Text(pattern) => Some(pattern.to_iam(Wildcards::Active)),
            Ground::Arn(arn) => Some(arn.clone()),
            _ => None,
        }
    }

    /// The value as text that stands for itself.
    pub(super) fn as_text(&self) -> String {
        self.under(BaseOperator::StringEquals)
    }

    /// The value as IAM writes it under an operator.
    pub(super) fn under(&self, operator: BaseOperator) -> String {
        match self {
            Ground::Text(pattern) => pattern.to_iam(wildcards_of(operator)),
            Ground::Number(text)
            | Ground::Instant(text)
            | Ground::Id { id: text, .. }
            | Ground::Arn(text)
            | Ground::Action(text) => text.clone(),
            Ground::Bool(value) => value.to_string(),
            Ground::Seconds(seconds) => seconds.to_string(),
            Ground::Address(net) => net.to_string(),
            Ground::Principal(principal) => principal
                .as_ref()
                .map(|p| p.value.clone())
                .unwrap_or_default(),
        }
    }
}

/// Whether `*` and `?` are wildcards under an operator.
fn wildcards_of(operator: BaseOperator) -> Wildcards {
    let like = matches!(
        operator,
        BaseOperator::StringLike | BaseOperator::StringNotLike
    );
    if like || operator.family() == Family::Arn {
        Wildcards::Active
    } else {
        Wildcards::Literal
    }
}
