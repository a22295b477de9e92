//! What a newer catalogue answers otherwise, one line a change.

use std::fmt;

/// A fact that is not as it was.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FactChange {
    /// `read on s3:object` now grants one more action.
    ActionGained {
        /// The selector and what it is on.
        expansion: String,
        /// The action's full name.
        action: String,
    },
    /// It grants one action less.
    ActionLost {
        /// The selector and what it is on.
        expansion: String,
        /// The action's full name.
        action: String,
    },
    /// A resource type is written otherwise, or is gone.
    ArnFormat {
        /// `s3:object`
        resource_type: String,
        /// The formats in the lock.
        was: Vec<String>,
        /// The formats now.
        is: Vec<String>,
    },
    /// A key has another type, or is gone.
    KeyType {
        /// The key.
        key: String,
        /// The type in the lock.
        was: String,
        /// The type now; empty if the key is gone.
        is: String,
    },
    /// An AWS-managed policy has another ARN, or is gone.
    ManagedPolicy {
        /// Its name.
        name: String,
        /// The ARN in the lock.
        was: String,
        /// The ARN now; empty if the policy is gone.
        is: String,
    },
}

impl fmt::Display for FactChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactChange::ActionGained { expansion, action } => {
                write!(f, "{expansion} gains {action}")
            }
            FactChange::ActionLost { expansion, action } => write!(f, "{expansion} loses {action}"),
            FactChange::ArnFormat {
                resource_type,
                was,
                is,
            } if is.is_empty() => {
                write!(
                    f,
                    "resource type {resource_type} is gone (was {})",
                    was.join(", ")
                )
            }
            FactChange::ArnFormat {
                resource_type,
                was,
                is,
            } => {
                write!(
                    f,
                    "ARNs of {resource_type} are {} (were {})",
                    is.join(", "),
                    was.join(", ")
                )
            }
            FactChange::KeyType { key, was, is } if is.is_empty() => {
                write!(f, "condition key {key} is gone (was {was})")
            }
            FactChange::KeyType { key, was, is } => {
                write!(f, "condition key {key} is {is} (was {was})")
            }
            FactChange::ManagedPolicy { name, was, is } if is.is_empty() => {
                write!(f, "managed policy {name} is gone (was {was})")
            }
            FactChange::ManagedPolicy { name, was, is } => {
                write!(f, "managed policy {name} is {is} (was {was})")
            }
        }
    }
}
