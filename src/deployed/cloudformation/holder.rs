//! Who can hold a policy in a template.

use crate::deployed::infrastructure::{AttachedTo, BelongsTo, DeclaredKind, Who};

/// Who can hold a policy.
pub(super) struct Holder {
    pub(super) kind: &'static str,
    pub(super) declared: DeclaredKind,
    /// The property with its name, and that of a list of such.
    pub(super) name: &'static str,
    pub(super) list: &'static str,
    pub(super) belongs_to: fn(Who) -> BelongsTo,
    pub(super) attached_to: fn(Who) -> AttachedTo,
    /// The type of an inline policy that stands by itself.
    pub(super) inline: &'static str,
}

pub(super) const HOLDERS: [Holder; 3] = [
    Holder {
        kind: "AWS::IAM::Role",
        declared: DeclaredKind::Role,
        name: "RoleName",
        list: "Roles",
        belongs_to: BelongsTo::Role,
        attached_to: AttachedTo::Role,
        inline: "AWS::IAM::RolePolicy",
    },
    Holder {
        kind: "AWS::IAM::User",
        declared: DeclaredKind::User,
        name: "UserName",
        list: "Users",
        belongs_to: BelongsTo::User,
        attached_to: AttachedTo::User,
        inline: "AWS::IAM::UserPolicy",
    },
    Holder {
        kind: "AWS::IAM::Group",
        declared: DeclaredKind::Group,
        name: "GroupName",
        list: "Groups",
        belongs_to: BelongsTo::Group,
        attached_to: AttachedTo::Group,
        inline: "AWS::IAM::GroupPolicy",
    },
];
