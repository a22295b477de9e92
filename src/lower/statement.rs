//! Statements: selectors, resources and principals become patterns; includes are taken in.

use crate::check::hir::{self, Block, BodyLine, Selector};
use crate::iam::Effect;
use crate::iam::document::Principals;
use crate::ir::{Condition, Match, PrincipalMatch, Statement};
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::BlockKind;

use super::ground::Ground;
use super::messages;
use super::scope::{Arguments, Scope};
use super::sid;

/// How many policies may include one another before it is called too deep.
const MAX_INCLUDES: usize = 64;

/// What a statement of a kind of policy has where nothing is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Frame {
    /// The resource where none is written; `None` where statements name none.
    pub resource: Option<String>,
    /// Whether everybody is meant: RCPs.
    pub everyone: bool,
}

impl Frame {
    /// Identity policies, boundaries, SCPs: every resource, no principal.
    pub(super) fn identity() -> Self {
        Frame {
            resource: Some("*".to_owned()),
            everyone: false,
        }
    }

    /// RCPs: every resource, everybody.
    pub(super) fn rcp() -> Self {
        Frame {
            resource: Some("*".to_owned()),
            everyone: true,
        }
    }
}

/// What is added to each statement of an included policy.
#[derive(Clone)]
struct Outer {
    guard: Condition,
    spans: Vec<Span>,
}

impl Scope<'_> {
    /// The statements of a block with those of everything it includes.
    pub(super) fn statements(
        &self,
        block: &Block,
        arguments: &Arguments,
        frame: &Frame,
    ) -> Vec<Statement> {
        let mut out = Vec::new();
        let outer = Outer {
            guard: Condition::True,
            spans: Vec::new(),
        };
        self.body(&block.body, arguments, frame, &outer, 0, &mut out);
        out
    }

    fn body(
        &self,
        body: &[BodyLine],
        arguments: &Arguments,
        frame: &Frame,
        outer: &Outer,
        depth: usize,
        out: &mut Vec<Statement>,
    ) {
        for line in body {
            match line {
                BodyLine::Statement(statement) => {
                    if !self.step(statement.span) {
                        return;
                    }
                    out.push(self.statement(statement, arguments, frame, outer));
                }
                BodyLine::Include {
                    policy,
                    arguments: given,
                    guard,
                    span,
                } => {
                    if depth >= MAX_INCLUDES {
                        self.report(messages::too_deep(*span));
                        return;
                    }
                    let inner_arguments = self.arguments(given, arguments);
                    let guard = Condition::all([self.guard(guard, arguments), outer.guard.clone()]);
                    let mut spans = vec![*span];
                    spans.extend(&outer.spans);
                    let inner = Outer { guard, spans };
                    if let Some(included) = self.checked.block(*policy) {
                        self.body(
                            &included.body,
                            &inner_arguments,
                            frame,
                            &inner,
                            depth + 1,
                            out,
                        );
                    }
                }
            }
        }
    }

    /// A statement that nothing includes.
    pub(super) fn statement_alone(
        &self,
        statement: &hir::Statement,
        arguments: &Arguments,
        frame: &Frame,
    ) -> Statement {
        let outer = Outer {
            guard: Condition::True,
            spans: Vec::new(),
        };
        self.statement(statement, arguments, frame, &outer)
    }

    fn statement(
        &self,
        statement: &hir::Statement,
        arguments: &Arguments,
        frame: &Frame,
        outer: &Outer,
    ) -> Statement {
        let own = self.guard(&statement.guard, arguments);
        let places = std::iter::once(statement.span).chain(outer.spans.iter().copied());
        Statement {
            sid: Some(sid::of_statement(statement)),
            effect: statement.effect,
            principal: self.principal_match(statement, arguments, frame),
            action: self.actions(&statement.actions, arguments),
            resource: self.resource_match(statement, arguments, frame),
            condition: Condition::all([own, outer.guard.clone()]),
            origin: self.origin(places),
        }
    }

    fn principal_match(
        &self,
        statement: &hir::Statement,
        arguments: &Arguments,
        frame: &Frame,
    ) -> Option<PrincipalMatch> {
        if frame.everyone {
            return Some(PrincipalMatch {
                negated: false,
                principals: Principals::Everyone,
            });
        }
        statement
            .principals
            .as_ref()
            .map(|p| self.principals(p, arguments))
    }

    fn resource_match(
        &self,
        statement: &hir::Statement,
        arguments: &Arguments,
        frame: &Frame,
    ) -> Option<Match> {
        let Some(written) = &statement.resources else {
            return frame.resource.clone().map(|r| Match::any(vec![r]));
        };
        Some(self.resource_list(written, arguments))
    }

    /// The resource patterns of a list.
    pub(super) fn resource_list(&self, written: &hir::Resources, arguments: &Arguments) -> Match {
        let mut patterns: Vec<String> = Vec::new();
        for value in &written.values {
            for found in self.values(value, arguments) {
                let Some(pattern) = found.as_resource() else {
                    continue;
                };
                if !patterns.contains(&pattern) {
                    patterns.push(pattern);
                }
            }
        }
        if written.except && patterns.is_empty() {
            return Match::everything();
        }
        // A bare `*` swallows whatever stands beside it.
        if patterns.len() > 1 && patterns.iter().any(|p| p == "*") {
            patterns = vec!["*".to_owned()];
        }
        Match {
            negated: written.except,
            patterns,
        }
    }

    /// The action patterns of a statement.
    pub(super) fn actions(&self, actions: &hir::Actions, arguments: &Arguments) -> Match {
        let mut patterns: Vec<String> = Vec::new();
        let mut add = |pattern: String| {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        };
        for selector in &actions.selectors {
            match &selector.value {
                Selector::Pattern(pattern) => add(pattern.clone()),
                Selector::Level { actions, .. } => actions.iter().cloned().for_each(&mut add),
                Selector::Let(id) => self.let_actions(*id).into_iter().for_each(&mut add),
                Selector::Parameter(index) => {
                    actions_among(arguments.get(*index).cloned().unwrap_or_default())
                        .into_iter()
                        .for_each(&mut add);
                }
            }
        }
        if actions.except && patterns.is_empty() {
            return Match::everything();
        }
        Match {
            negated: actions.except,
            patterns,
        }
    }

    fn let_actions(&self, id: DefId) -> Vec<String> {
        let values = self
            .checked
            .let_value(id)
            .map(|v| self.values(v, &Arguments::new()));
        actions_among(values.unwrap_or_default())
    }
}

fn actions_among(values: Vec<Ground>) -> Vec<String> {
    let action = |value| match value {
        Ground::Action(pattern) => Some(pattern),
        _ => None,
    };
    values.into_iter().filter_map(action).collect()
}

/// What a resource policy's statements have where nothing is written, by the type of the resource.
///
/// A key policy and an endpoint policy speak of the one they are attached to by `*`
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>), a repository policy of ECR
/// names no resource at all (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html>).
pub(super) fn frame_of(service: &str, resource_type: &str, arn: &str) -> Frame {
    let resource = match (service, resource_type) {
        ("kms", "key") | ("ec2", "vpc-endpoint") => Some("*".to_owned()),
        ("ecr", "repository") => None,
        _ => Some(arn.to_owned()),
    };
    Frame {
        resource,
        everyone: false,
    }
}

/// The policy kind that a block makes.
pub(super) fn kind_of(kind: BlockKind) -> crate::iam::PolicyKind {
    use crate::iam::PolicyKind as K;
    match kind {
        BlockKind::Policy => K::ManagedPolicy,
        BlockKind::Boundary => K::Boundary,
        BlockKind::Role | BlockKind::Group | BlockKind::User => K::InlinePolicy,
        BlockKind::PermissionSet => K::PermissionSet,
        BlockKind::SessionPolicy => K::Session,
        BlockKind::Scp => K::Scp,
        BlockKind::Rcp => K::Rcp,
        BlockKind::ResourcePolicy => K::ResourcePolicy,
    }
}

/// The word of an effect at the head of a Sid.
pub(super) fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}
