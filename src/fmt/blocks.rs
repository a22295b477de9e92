//! Blocks, the organisation, and their lines.

use super::printer::{Printer, Wanted};
use crate::layout::Flat;
use crate::source::Span;
use crate::syntax::ast::{
    Attachment, Block, Effect, Member, MemberKind, Node, NodeKind, NodeMember, NodeMemberKind,
    Param, Statement, TextProperty, Trust,
};

impl Printer<'_> {
    /// `role NAME(params) for people { … }`
    pub(super) fn block(&mut self, block: &Block, span: Span) {
        self.text(block.kind.keyword());
        self.text(" ");
        self.ident(&block.name);
        self.params(&block.params);
        if let Some(audience) = &block.audience {
            self.text(" for ");
            self.ident(audience);
        }
        if let Some(resource) = &block.resource {
            self.text(" on ");
            self.expr(resource);
        }
        self.text(" ");
        let head = block.resource.as_ref().map_or(block.name.span, |r| r.span);
        self.braces(head.end, span, block.members.is_empty(), |p| {
            for member in &block.members {
                p.before(
                    &member.docs,
                    &member.waivers,
                    member.span,
                    Wanted::AsWritten,
                );
                p.member(member);
                p.end_at(member.span.end);
            }
        });
    }

    /// `(bucket: s3:bucket, from: cidr = office)`
    pub(super) fn params(&mut self, params: &[Param]) {
        let Some(last) = params.last() else {
            return;
        };
        let place = |param: &Param| {
            let span = param.name.span.to(param.ty.span);
            param.default.as_ref().map_or(span, |d| span.to(d.span))
        };
        let end = self.end_of_brackets(place(last).end);
        self.brackets(("(", Flat::Empty, ")"), end, params, place, |p, param| {
            p.ident(&param.name);
            p.text(": ");
            p.verbatim(param.ty.span);
            if let Some(default) = &param.default {
                p.text(" = ");
                p.expr(default);
            }
        });
    }

    fn member(&mut self, member: &Member) {
        self.doc.mark();
        match &member.kind {
            MemberKind::Statement(statement) => self.statement(statement),
            MemberKind::Include(include) => {
                self.text("include ");
                self.call(&include.target);
                self.guard(&include.guard);
            }
            MemberKind::Attach(list) => self.attachments("attach", list),
            MemberKind::Trust(trust) => self.trust(trust),
            MemberKind::Boundary(attachment) => {
                self.text("boundary ");
                self.attachment(attachment);
            }
            MemberKind::Session(duration) => self.word_and("session", duration),
            MemberKind::Text(property, text) => self.word_and(property_word(*property), text),
            MemberKind::Tags(tags) => {
                self.text("tags ");
                let signs = ("{", Flat::Space, "}");
                let place = |tag: &crate::syntax::ast::Tag| tag.key.span.to(tag.value.span);
                self.brackets(signs, member.span.end, tags, place, |p, tag| {
                    p.ident(&tag.key);
                    p.text(": ");
                    p.expr(&tag.value);
                });
            }
            MemberKind::MemberOf(groups) => {
                self.text("member_of");
                self.commas(groups, |g| g.span, Self::path);
            }
            MemberKind::Bad => self.verbatim(member.span),
        }
    }

    fn statement(&mut self, statement: &Statement) {
        if let Some(label) = &statement.label {
            self.ident(label);
            self.text(": ");
        }
        self.text(match statement.effect.value {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        });
        self.before_clauses(|p| p.actions(&statement.actions));
        if let Some(resources) = &statement.resources {
            self.clause("on", resources.span.start, |p| p.resources(resources));
        }
        if let Some(principals) = &statement.principals {
            self.clause("to", principals.span.start, |p| p.principals(principals));
        }
        self.guard(&statement.guard);
    }

    fn trust(&mut self, trust: &Trust) {
        self.text("trust");
        self.before_clauses(|p| p.commas(&trust.principals, |p| p.span, Self::principal));
        if let Some(first) = trust.with.first() {
            self.clause("with", first.span.start, |p| {
                p.commas(&trust.with, |w| w.span, Self::ident);
            });
        }
        self.guard(&trust.guard);
    }

    fn attachments(&mut self, word: &str, list: &[Attachment]) {
        self.text(word);
        self.commas(list, |a| a.span, Self::attachment);
    }

    /// `org Acme "o-…" { … }`
    pub(super) fn node(&mut self, node: &Node, span: Span) {
        if node.management.is_some() {
            self.text("management ");
        }
        self.text(match node.kind {
            NodeKind::Org => "org ",
            NodeKind::Ou => "ou ",
            NodeKind::Account => "account ",
        });
        self.ident(&node.name);
        self.text(" ");
        if let Some(id) = &node.id {
            self.verbatim(id.span);
            self.text(" ");
        }
        let head = node.id.as_ref().map_or(node.name.span, |id| id.span);
        self.braces(head.end, span, node.members.is_empty(), |p| {
            for member in &node.members {
                p.before(
                    &member.docs,
                    &member.waivers,
                    member.span,
                    Wanted::AsWritten,
                );
                p.node_member(member);
                p.end_at(member.span.end);
            }
        });
    }

    fn node_member(&mut self, member: &NodeMember) {
        self.doc.mark();
        match &member.kind {
            NodeMemberKind::Attach(list) => self.attachments("attach", list),
            NodeMemberKind::Deploy(list) => self.attachments("deploy", list),
            NodeMemberKind::Detach(name) => self.word_and("detach aws", name),
            NodeMemberKind::Assign { set, to } => {
                self.text("assign ");
                self.call(set);
                self.text(" to");
                let place = |a: &crate::syntax::ast::AssigneeRef| {
                    a.user.map_or(a.name.span, |user| user.to(a.name.span))
                };
                self.commas(to, place, |p, assignee| {
                    if assignee.user.is_some() {
                        p.text("user ");
                    }
                    p.verbatim(assignee.name.span);
                });
            }
            NodeMemberKind::Root(id) => self.word_and("root", id),
            NodeMemberKind::Partition(name) => self.word_and("partition", name),
            NodeMemberKind::Regions(list) => {
                self.text("regions ");
                self.expr(list);
            }
            NodeMemberKind::Child(node) => self.node(node, member.span),
            NodeMemberKind::Bad => self.verbatim(member.span),
        }
    }
}

fn property_word(property: TextProperty) -> &'static str {
    match property {
        TextProperty::Description => "description",
        TextProperty::Name => "name",
        TextProperty::Path => "path",
    }
}
