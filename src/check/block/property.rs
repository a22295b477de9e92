//! What a block says of itself in one line: its name, path, description, session, tags.

use std::ops::RangeInclusive;

use crate::iam::name;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, BlockKind, MemberKind, TextProperty};
use crate::types::Type;

use super::super::context::Checker;
use super::super::hir::Block;
use super::super::messages;

/// Longest and shortest session of a role; a permission set's is the same at the top.
const ROLE_SESSION: RangeInclusive<u64> = 3_600..=43_200;
const PERMISSION_SET_SESSION: RangeInclusive<u64> = 900..=43_200;

impl Checker<'_> {
    pub(super) fn session(&mut self, kind: BlockKind, text: &Spanned<String>) -> Option<u64> {
        let seconds = match crate::types::parse_duration(&text.value) {
            Ok(seconds) => seconds,
            Err(error) => {
                self.report(messages::invalid_literal(&error, text.span));
                return None;
            }
        };
        let range = if kind == BlockKind::Role {
            ROLE_SESSION
        } else {
            PERMISSION_SET_SESSION
        };
        if !range.contains(&seconds) {
            self.report(messages::session_out_of_range(kind, &range, text.span));
        }
        Some(seconds)
    }

    pub(super) fn text_property(
        &mut self,
        out: &mut Block,
        property: TextProperty,
        text: &Spanned<String>,
    ) {
        let value = self.plain_text(text);
        match property {
            TextProperty::Description => {
                self.check_characters(&value, text.span);
                if value.chars().count() > 1_000 {
                    self.report(messages::description_too_long(text.span));
                }
                out.description = Some(value);
            }
            TextProperty::Name => out.aws_name = value,
            TextProperty::Path => {
                if !name::is_path(&value) {
                    self.report(messages::malformed_path(&value, text.span));
                }
                out.path = value;
            }
        }
    }

    pub(super) fn tags(&mut self, out: &mut Block, tags: &[ast::Tag]) {
        for tag in tags {
            let value = self.value_as(&tag.value, &Type::Text);
            let name = self.unescaped(&tag.key.value, tag.key.span);
            if out
                .tags
                .iter()
                .any(|(key, _)| key.eq_ignore_ascii_case(&name))
            {
                self.report(messages::tag_twice(&tag.key));
            }
            if name.is_empty() || name.chars().count() > 128 || name.starts_with("aws:") {
                self.report(messages::malformed_tag_key(&tag.key));
            }
            out.tags.push((name, value));
        }
        if out.tags.len() > 50 {
            let span = tags.first().map_or(out.span, |t| t.key.span);
            self.report(messages::too_many_tags(span));
        }
    }

    pub(super) fn check_name(&mut self, kind: BlockKind, name: &str, span: Span) {
        let limit = match kind {
            BlockKind::Role | BlockKind::User => 64,
            BlockKind::PermissionSet => 32,
            _ => 128,
        };
        let is_name = match kind {
            BlockKind::Scp | BlockKind::Rcp => name::is_guardrail_name(name),
            _ => name::is_name(name, limit),
        };
        if !is_name {
            self.report(messages::malformed_name(name, kind, limit, span));
        }
    }
}

pub(super) fn name_span(block: &ast::Block) -> Span {
    let named = block.members.iter().find_map(|m| match &m.kind {
        MemberKind::Text(TextProperty::Name, text) => Some(text.span),
        _ => None,
    });
    named.unwrap_or(block.name.span)
}

pub(super) fn property_word(member: &MemberKind) -> Option<&'static str> {
    Some(match member {
        MemberKind::Attach(_) => "attach",
        MemberKind::Trust(_) => "trust",
        MemberKind::Boundary(_) => "boundary",
        MemberKind::Session(_) => "session",
        MemberKind::Text(TextProperty::Description, _) => "description",
        MemberKind::Text(TextProperty::Name, _) => "name",
        MemberKind::Text(TextProperty::Path, _) => "path",
        MemberKind::Tags(_) => "tags",
        MemberKind::MemberOf(_) => "member_of",
        MemberKind::Statement(_) | MemberKind::Include(_) | MemberKind::Bad => return None,
    })
}

pub(super) fn is_single(member: &MemberKind) -> bool {
    matches!(
        member,
        MemberKind::Boundary(_)
            | MemberKind::Session(_)
            | MemberKind::Text(..)
            | MemberKind::Tags(_)
    )
}

/// Which properties a kind of block takes.
pub(super) fn takes(kind: BlockKind, member: &MemberKind) -> bool {
    use BlockKind as B;
    match member {
        MemberKind::Statement(_) | MemberKind::Include(_) | MemberKind::Bad => true,
        MemberKind::Attach(_) => matches!(kind, B::Role | B::Group | B::User | B::PermissionSet),
        MemberKind::Trust(_) => kind == B::Role,
        MemberKind::Boundary(_) => matches!(kind, B::Role | B::User | B::PermissionSet),
        MemberKind::Session(_) => matches!(kind, B::Role | B::PermissionSet),
        MemberKind::Text(TextProperty::Description, _) => !matches!(
            kind,
            B::Group | B::User | B::SessionPolicy | B::ResourcePolicy
        ),
        MemberKind::Text(TextProperty::Name, _) => true,
        MemberKind::Text(TextProperty::Path, _) => {
            matches!(kind, B::Role | B::Group | B::User | B::Policy | B::Boundary)
        }
        MemberKind::Tags(_) => matches!(
            kind,
            B::Role | B::User | B::PermissionSet | B::Policy | B::Boundary | B::Scp | B::Rcp
        ),
        MemberKind::MemberOf(_) => kind == B::User,
    }
}
