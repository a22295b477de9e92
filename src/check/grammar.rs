//! What each kind of policy can carry: no principal in an identity policy, no `allow` in an RCP, and so on.
//!
//! A `policy` can be included anywhere, so the rules are applied to a block with everything it includes; the finding
//! stands at the line in the block, and the other half of it at the statement.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>,
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html>

use indexmap::IndexMap;

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::iam::Effect;
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::BlockKind;

use super::hir::{Block, BodyLine, PrincipalKind, Selector, Statement};
use super::messages;

/// How deeply policies may include one another.
const MAX_INCLUDES: usize = 64;

/// Findings about one block and what it includes.
pub(super) fn check_block(
    block: &Block,
    blocks: &IndexMap<DefId, Block>,
    lets: &dyn Fn(DefId) -> Vec<String>,
    catalogue: &Catalogue,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if block.kind == BlockKind::Policy {
        return findings;
    }
    let mut walk = Walk {
        kind: block.kind,
        blocks,
        lets,
        catalogue,
        findings: &mut findings,
    };
    walk.body(&block.body, None, 0);
    findings
}

struct Walk<'a> {
    kind: BlockKind,
    blocks: &'a IndexMap<DefId, Block>,
    lets: &'a dyn Fn(DefId) -> Vec<String>,
    catalogue: &'a Catalogue,
    findings: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn body(&mut self, body: &[BodyLine], included_at: Option<Span>, depth: usize) {
        if depth > MAX_INCLUDES {
            return;
        }
        for line in body {
            match line {
                BodyLine::Statement(statement) => self.statement(statement, included_at),
                BodyLine::Include { policy, span, .. } => {
                    if let Some(block) = self.blocks.get(policy) {
                        self.body(&block.body, included_at.or(Some(*span)), depth + 1);
                    }
                }
            }
        }
    }

    fn statement(&mut self, statement: &Statement, included_at: Option<Span>) {
        self.principals(statement, included_at);
        if self.kind == BlockKind::Rcp {
            self.rcp(statement, included_at);
        }
        let except = statement
            .resources
            .as_ref()
            .is_some_and(|r| r.except && r.values.is_empty());
        if except {
            self.say(
                messages::except_nothing(statement.span),
                statement,
                included_at,
            );
        }
    }

    fn principals(&mut self, statement: &Statement, included_at: Option<Span>) {
        match (self.kind, &statement.principals) {
            (BlockKind::ResourcePolicy, None) => {
                self.say(
                    messages::principal_missing(statement.span),
                    statement,
                    included_at,
                );
            }
            (BlockKind::ResourcePolicy, Some(principals)) => {
                if principals.except && statement.effect == Effect::Allow {
                    self.say(
                        messages::allow_everyone_except(statement.span),
                        statement,
                        included_at,
                    );
                }
                if principals.except
                    && principals
                        .list
                        .iter()
                        .any(|p| matches!(p.kind, PrincipalKind::Anyone))
                {
                    self.say(
                        messages::except_anyone(statement.span),
                        statement,
                        included_at,
                    );
                }
            }
            (BlockKind::Rcp, Some(_)) => {
                self.say(
                    messages::principal_in_rcp(statement.span),
                    statement,
                    included_at,
                );
            }
            (_, Some(_)) => {
                self.say(
                    messages::principal_not_allowed(self.kind, statement.span),
                    statement,
                    included_at,
                );
            }
            (_, None) => {}
        }
    }

    fn rcp(&mut self, statement: &Statement, included_at: Option<Span>) {
        if statement.effect == Effect::Allow {
            self.say(
                messages::allow_in_rcp(statement.span),
                statement,
                included_at,
            );
        }
        if statement.actions.except {
            let finding = if statement.actions.selectors.is_empty() {
                messages::everything_in_rcp(statement.span)
            } else {
                messages::except_in_rcp(statement.span)
            };
            self.say(finding, statement, included_at);
            return;
        }
        for selector in &statement.actions.selectors {
            let patterns = match &selector.value {
                Selector::Pattern(pattern) => vec![pattern.clone()],
                Selector::Level { actions, .. } => actions.to_vec(),
                Selector::Let(id) => (self.lets)(*id),
                Selector::Parameter(_) => Vec::new(),
            };
            for pattern in patterns {
                let prefix = pattern.split_once(':').map_or(pattern.as_str(), |(p, _)| p);
                if pattern == "*" {
                    self.say(
                        messages::everything_in_rcp(selector.span),
                        statement,
                        included_at,
                    );
                } else if !self.catalogue.rcp_supported(prefix) {
                    self.say(
                        messages::service_without_rcp(prefix, selector.span),
                        statement,
                        included_at,
                    );
                    break;
                }
            }
        }
    }

    fn say(&mut self, finding: Diagnostic, statement: &Statement, included_at: Option<Span>) {
        self.findings.push(match included_at {
            None => finding,
            Some(span) => messages::through_include(finding, statement.span, span),
        });
    }
}
