//! Blocks: each kind takes the lines that make sense for it, each property at most once.

use crate::catalogue::suggest;
use crate::iam::name;
use crate::ir::Audience;
use crate::resolve::{DefId, DefKind};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, AttachTarget, BlockKind, MemberKind, TextProperty};
use crate::types::{ResourceKind, ResourceTypeName, Type};

use super::context::{Checker, ClaimSource};
use super::hir::{
    Attachment, AttachmentTarget, Block, BodyLine, Parameter, Statement, Trust, Value,
};
use super::messages;
use super::principal::claim_source;
use super::value::Typed;

/// Longest and shortest session of a role; a permission set's is the same at the top.
const ROLE_SESSION: std::ops::RangeInclusive<u64> = 3_600..=43_200;
const PERMISSION_SET_SESSION: std::ops::RangeInclusive<u64> = 900..=43_200;

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

    fn trust(&mut self, trust: &ast::Trust, span: Span) -> Trust {
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
        self.claim_source = claim_source(&principals, |id| {
            resolved.provider(id).map(super::provider_kind)
        });
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
    fn trust_statement(&mut self, statement: &ast::Statement, span: Span) -> Statement {
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

    fn session(&mut self, kind: BlockKind, text: &Spanned<String>) -> Option<u64> {
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

    fn text_property(&mut self, out: &mut Block, property: TextProperty, text: &Spanned<String>) {
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

    fn tags(&mut self, out: &mut Block, tags: &[ast::Tag]) {
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

    fn check_name(&mut self, kind: BlockKind, name: &str, span: Span) {
        let limit = match kind {
            BlockKind::Role | BlockKind::User => 64,
            BlockKind::PermissionSet => 32,
            _ => 128,
        };
        if !name::is_name(name, limit) {
            self.report(messages::malformed_name(name, kind, limit, span));
        }
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

/// Whether a statement is about who may assume the role it stands in.
fn is_trust(kind: BlockKind, statement: &ast::Statement) -> bool {
    kind == BlockKind::Role && statement.principals.is_some()
}

/// Whether a line of a role says who may assume it.
fn admits(member: &MemberKind) -> bool {
    match member {
        MemberKind::Trust(_) => true,
        MemberKind::Statement(statement) => {
            statement.principals.is_some() && statement.effect.value == ast::Effect::Allow
        }
        _ => false,
    }
}

fn name_span(block: &ast::Block) -> Span {
    let named = block.members.iter().find_map(|m| match &m.kind {
        MemberKind::Text(TextProperty::Name, text) => Some(text.span),
        _ => None,
    });
    named.unwrap_or(block.name.span)
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

fn property_word(member: &MemberKind) -> Option<&'static str> {
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

fn is_single(member: &MemberKind) -> bool {
    matches!(
        member,
        MemberKind::Boundary(_)
            | MemberKind::Session(_)
            | MemberKind::Text(..)
            | MemberKind::Tags(_)
    )
}

/// Which properties a kind of block takes.
fn takes(kind: BlockKind, member: &MemberKind) -> bool {
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
