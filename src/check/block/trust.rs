//! Who may assume a role.

use crate::source::Span;
use crate::syntax::ast::{self, BlockKind, MemberKind};

use super::super::context::{Checker, ClaimSource};
use super::super::hir::{Statement, Trust};
use super::super::principal::claim_source;
use super::super::{messages, provider_kind};

impl Checker<'_> {
    pub(super) fn trust(&mut self, trust: &ast::Trust, span: Span) -> Trust {
        let principals: Vec<_> = trust
            .principals
            .iter()
            .filter_map(|p| self.principal(p))
            .collect();
        for principal in &trust.principals {
            if matches!(principal.kind, ast::PrincipalKind::CanonicalUser(_)) {
                self.report(messages::canonical_user_in_trust(principal.span));
            }
        }
        let mut tag_session = false;
        let mut source_identity = false;
        for word in &trust.with {
            match word.value.as_str() {
                "tag_session" => tag_session = true,
                "source_identity" => source_identity = true,
                _ => self.report(messages::unknown_trust_option(word)),
            }
        }
        let resolved = self.cx.resolved;
        self.claim_source =
            claim_source(&principals, |id| resolved.provider(id).map(provider_kind));
        let guard = self.guard(&trust.guard);
        self.claim_source = ClaimSource::None;
        Trust {
            principals,
            tag_session,
            source_identity,
            guard,
            span,
        }
    }

    /// `deny sts:* to anyone unless mfa` in a role: a statement of its trust policy, which names no resource.
    pub(super) fn trust_statement(&mut self, statement: &ast::Statement, span: Span) -> Statement {
        if let Some(resources) = &statement.resources {
            self.report(messages::resource_in_trust(resources.span));
        }
        let principals = statement.principals.as_ref();
        for principal in principals.iter().flat_map(|p| &p.list) {
            if matches!(principal.kind, ast::PrincipalKind::CanonicalUser(_)) {
                self.report(messages::canonical_user_in_trust(principal.span));
            }
        }
        self.statement(statement, None, span)
    }
}

/// Whether a statement is about who may assume the role it stands in.
pub(super) fn is_trust(kind: BlockKind, statement: &ast::Statement) -> bool {
    kind == BlockKind::Role && statement.principals.is_some()
}

/// Whether a line of a role says who may assume it.
pub(super) fn admits(member: &MemberKind) -> bool {
    match member {
        MemberKind::Trust(_) => true,
        MemberKind::Statement(statement) => {
            statement.principals.is_some() && statement.effect.value == ast::Effect::Allow
        }
        _ => false,
    }
}
