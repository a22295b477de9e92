//! Blocks: each kind takes the lines that make sense for it, each property at most once.

mod property;
mod trust;

use crate::catalogue::suggest;
use crate::ir::Audience;
use crate::resolve::{DefId, DefKind};
use crate::source::Span;
use crate::syntax::ast::{self, AttachTarget, BlockKind, MemberKind};
use crate::types::{ResourceKind, ResourceTypeName, Type};

use self::property::{is_single, name_span, property_word, takes};
use self::trust::{admits, is_trust};
use super::context::Checker;
use super::hir::{Attachment, AttachmentTarget, Block, BodyLine, Parameter, Value};
use super::messages;
use super::value::Typed;

impl Checker<'_> {
    /// Checks a block. Its parameters have been read before, since others call it.
    pub(super) fn block(&mut self, id: DefId, block: &ast::Block) -> Block {
        self.parameters = self.cx.signatures.get(&id).cloned().unwrap_or_default();
        let resource = block
            .resource
            .as_ref()
            .and_then(|expr| self.policy_resource(expr));
        let own = resource.as_ref().map(|(_, ty)| ty.clone());
        let mut out = Block {
            kind: block.kind,
            library: self.cx.resolved.library(id),
            name: block.name.value.clone(),
            aws_name: block.name.value.clone(),
            path: "/".to_owned(),
            description: None,
            parameters: self.parameters.clone(),
            audience: self.audience(block),
            session: None,
            resource,
            body: Vec::new(),
            trusts: Vec::new(),
            trust_statements: Vec::new(),
            boundary: None,
            attachments: Vec::new(),
            tags: Vec::new(),
            groups: Vec::new(),
            span: block.name.span,
        };
        let mut seen: Vec<(&'static str, Span)> = Vec::new();
        for member in &block.members {
            self.member(&mut out, member, own.as_ref(), &mut seen);
        }
        self.check_name(block.kind, &out.aws_name, name_span(block));
        self.check_shape(block);
        out
    }

    fn member(
        &mut self,
        out: &mut Block,
        member: &ast::Member,
        own: Option<&ResourceTypeName>,
        seen: &mut Vec<(&'static str, Span)>,
    ) {
        if let Some(word) = property_word(&member.kind) {
            if !takes(out.kind, &member.kind) {
                self.report(messages::property_not_allowed(word, out.kind, member.span));
                return;
            }
            if is_single(&member.kind) {
                if let Some((_, first)) = seen.iter().find(|(w, _)| *w == word) {
                    self.report(messages::property_twice(word, member.span, *first));
                    return;
                }
                seen.push((word, member.span));
            }
        }
        match &member.kind {
            MemberKind::Statement(statement) if is_trust(out.kind, statement) => {
                let statement = self.trust_statement(statement, member.span);
                out.trust_statements.push(statement);
            }
            MemberKind::Statement(statement) => {
                let statement = self.statement(statement, own, member.span);
                out.body.push(BodyLine::Statement(statement));
            }
            MemberKind::Include(include) => self.include(out, include, member.span),
            MemberKind::Attach(list) => {
                let attached: Vec<Attachment> = list
                    .iter()
                    .filter_map(|a| self.attachment(a, &[BlockKind::Policy], "a policy"))
                    .collect();
                out.attachments.extend(attached);
            }
            MemberKind::Trust(trust) => {
                let trust = self.trust(trust, member.span);
                out.trusts.push(trust);
            }
            MemberKind::Boundary(attachment) => {
                out.boundary = self.attachment(
                    attachment,
                    &[BlockKind::Boundary, BlockKind::Policy],
                    "a boundary",
                );
            }
            MemberKind::Session(text) => out.session = self.session(out.kind, text),
            MemberKind::Text(property, text) => self.text_property(out, *property, text),
            MemberKind::Tags(tags) => self.tags(out, tags),
            MemberKind::MemberOf(groups) => {
                let found: Vec<DefId> = groups
                    .iter()
                    .filter_map(|g| self.block_of_kind(g, &[BlockKind::Group], "a group"))
                    .collect();
                out.groups.extend(found);
            }
            MemberKind::Bad => {}
        }
    }

    /// Reads the parameters of a block or condition.
    pub(super) fn signature(&mut self, params: &[ast::Param]) -> Vec<Parameter> {
        let read = |this: &mut Self, param: &ast::Param| {
            let ty = this.type_ref(&param.ty);
            let default = param.default.as_ref().map(|expr| this.value_as(expr, &ty));
            Parameter {
                name: param.name.value.clone(),
                ty,
                default,
            }
        };
        params.iter().map(|p| read(self, p)).collect()
    }

    /// A written type.
    pub(super) fn type_ref(&mut self, ty: &ast::TypeRef) -> Type {
        match &ty.kind {
            ast::TypeRefKind::Name(name) => Type::from_name(name).unwrap_or_else(|| {
                self.report(messages::unknown_type(name, ty.span));
                Type::Unknown
            }),
            ast::TypeRefKind::Resource(resource) => match self.resource_type(resource) {
                Some((service, entry)) => {
                    Type::Resource(ResourceKind::of(&service.prefix, &entry.name))
                }
                None => Type::Unknown,
            },
        }
    }

    fn policy_resource(&mut self, expr: &ast::Expr) -> Option<(Value, ResourceTypeName)> {
        let Typed { value, ty } = self.value(expr);
        match ty {
            Type::Resource(ResourceKind::OneOf(types)) if types.len() == 1 => {
                types.into_iter().next().map(|ty| (value, ty))
            }
            Type::Unknown => None,
            other => {
                self.report(messages::policy_needs_one_resource(&other, expr.span));
                None
            }
        }
    }

    fn audience(&mut self, block: &ast::Block) -> Option<Audience> {
        let word = block.audience.as_ref()?;
        if block.kind != BlockKind::Role {
            self.report(messages::property_not_allowed("for", block.kind, word.span));
            return None;
        }
        match word.value.as_str() {
            "people" => Some(Audience::People),
            "workload" => Some(Audience::Workload),
            _ => {
                self.report(messages::unknown_audience(word));
                None
            }
        }
    }

    fn include(&mut self, out: &mut Block, include: &ast::Include, span: Span) {
        let target = &include.target;
        let kinds: &[BlockKind] = match out.kind {
            BlockKind::Scp => &[BlockKind::Policy, BlockKind::Scp],
            BlockKind::Rcp => &[BlockKind::Policy, BlockKind::Rcp],
            BlockKind::Boundary => &[BlockKind::Policy, BlockKind::Boundary],
            _ => &[BlockKind::Policy],
        };
        let policy = self.block_of_kind(&target.path, kinds, "a policy");
        let guard = self.guard(&include.guard);
        let Some(policy) = policy else { return };
        let arguments = self.arguments(policy, &target.args, target.span);
        out.body.push(BodyLine::Include {
            policy,
            arguments,
            guard,
            span,
        });
    }

    /// Something attached, deployed, or used as a boundary.
    pub(super) fn attachment(
        &mut self,
        attachment: &ast::Attachment,
        kinds: &[BlockKind],
        wanted: &str,
    ) -> Option<Attachment> {
        let alias = attachment.alias.as_ref().map(|a| self.plain_text(a));
        let target = match &attachment.target {
            AttachTarget::Aws(name) => {
                let text = self.plain_text(name);
                match self.cx.catalogue.managed_policy_arn(&text) {
                    Some(arn) => {
                        self.facts.managed_policy(&text, &arn);
                        AttachmentTarget::Aws(text)
                    }
                    None => {
                        let near = suggest::managed_policy(self.cx.catalogue, &text);
                        self.report(messages::unknown_managed_policy(&text, name.span, near));
                        return None;
                    }
                }
            }
            AttachTarget::Declared(call) => {
                let block = self.block_of_kind(&call.path, kinds, wanted)?;
                let arguments = self.arguments(block, &call.args, call.span);
                if let (Some(alias), DefKind::Block(kind)) = (&alias, self.cx.kind_of(block))
                    && let Some(span) = attachment.alias.as_ref().map(|a| a.span)
                {
                    self.check_name(kind, alias, span);
                }
                AttachmentTarget::Declared { block, arguments }
            }
        };
        Some(Attachment {
            target,
            alias,
            span: attachment.span,
        })
    }

    /// What a block must have: a role somebody who may assume it, a resource policy a resource.
    fn check_shape(&mut self, block: &ast::Block) {
        let name = &block.name;
        let has_bad = block
            .members
            .iter()
            .any(|m| matches!(m.kind, MemberKind::Bad));
        if block.kind == BlockKind::Role
            && !has_bad
            && !block.members.iter().any(|m| admits(&m.kind))
        {
            self.report(messages::role_without_trust(&name.value, name.span));
        }
        if block.kind == BlockKind::ResourcePolicy && block.resource.is_none() {
            self.report(messages::resource_policy_without_resource(
                &name.value,
                name.span,
            ));
        }
        if let (Some(resource), true) = (&block.resource, block.kind != BlockKind::ResourcePolicy) {
            self.report(messages::property_not_allowed(
                "on",
                block.kind,
                resource.span,
            ));
        }
        // An include that could not be taken in has been reported.
        let says_something = block
            .members
            .iter()
            .any(|m| matches!(m.kind, MemberKind::Statement(_) | MemberKind::Include(_)));
        if makes_statements(block.kind) && !says_something && !has_bad {
            self.report(messages::policy_without_statements(
                &name.value,
                block.kind,
                name.span,
            ));
        }
    }
}

/// Kinds that are one document, and need something in it.
fn makes_statements(kind: BlockKind) -> bool {
    matches!(
        kind,
        BlockKind::Policy
            | BlockKind::Boundary
            | BlockKind::SessionPolicy
            | BlockKind::Scp
            | BlockKind::Rcp
            | BlockKind::ResourcePolicy
    )
}
