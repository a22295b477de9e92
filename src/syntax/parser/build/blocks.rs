//! Blocks and their members.

use pest::iterators::Pairs;

use super::{Builder, Node, Rule};
use crate::source::Spanned;
use crate::syntax::ast::{
    AttachTarget, Attachment, Block, BlockKind, Effect, Include, Member, MemberKind, Statement,
    Tag, TextProperty, Trust,
};

impl<'i> Builder<'i> {
    /// `role R(…) for people { … }`
    pub(super) fn block(&mut self, node: Node<'i>) -> Option<Block> {
        let mut inner = node.into_inner();
        let mut block = self.block_head(inner.next()?)?;
        for part in inner.filter(|p| p.as_rule() == Rule::member) {
            block.members.push(self.member(part)?);
        }
        block.members.shrink_to_fit();
        Some(block)
    }

    /// Everything up to the brace.
    pub(in super::super) fn block_head(&mut self, node: Node<'i>) -> Option<Block> {
        self.docs_from = self.span(&node).end as usize;
        let (mut kind, mut name, mut audience, mut resource) = (None, None, None, None);
        let mut params = Box::default();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::block_word => kind = block_kind(part.as_str()),
                Rule::ident => name = Some(self.new_name(&part)),
                Rule::params => params = self.params(part)?,
                Rule::audience => audience = self.ident_of(part, Rule::ident),
                Rule::block_on => resource = Some(self.expr(part.into_inner().last()?)?),
                _ => {}
            }
        }
        Some(Block {
            kind: kind?,
            name: name?,
            params,
            audience,
            resource,
            members: Vec::new(),
        })
    }

    /// One line of a block.
    pub(in super::super) fn member(&mut self, node: Node<'i>) -> Option<Member> {
        let (before, node, span) = self.before(node)?;
        let kind = match node.as_rule() {
            Rule::statement => MemberKind::Statement(Box::new(self.statement(node)?)),
            Rule::include => MemberKind::Include(Box::new(self.include(node)?)),
            Rule::attach => MemberKind::Attach(self.attachments(node)?),
            Rule::trust => MemberKind::Trust(Box::new(self.trust(node)?)),
            Rule::boundary_member => {
                MemberKind::Boundary(self.attachment(node.into_inner().last()?)?)
            }
            Rule::session => MemberKind::Session(self.ident_of(node, Rule::numeric)?),
            Rule::description => self.text(TextProperty::Description, node)?,
            Rule::name => self.text(TextProperty::Name, node)?,
            Rule::path_property => self.text(TextProperty::Path, node)?,
            Rule::tags => MemberKind::Tags(self.tags(node)?),
            Rule::member_of => MemberKind::MemberOf(self.paths(node.into_inner())),
            _ => return None,
        };
        Some(Member {
            docs: before.docs,
            waivers: before.waivers,
            kind,
            span,
        })
    }

    fn text(&self, property: TextProperty, node: Node<'i>) -> Option<MemberKind> {
        let text = self.ident_of(node, Rule::string)?;
        Some(MemberKind::Text(property, text))
    }

    fn statement(&mut self, node: Node<'i>) -> Option<Statement> {
        let (mut label, mut effect, mut actions) = (None, None, None);
        let (mut resources, mut principals) = (None, None);
        let inner = node.into_inner();
        let guard = self.guard(inner.clone())?;
        for part in inner {
            match part.as_rule() {
                Rule::label => label = Some(self.ident(&part.into_inner().next()?)),
                Rule::effect => effect = Some(self.effect(part)),
                Rule::actions => actions = Some(self.actions(part)?),
                Rule::on_clause => resources = Some(self.on_clause(part)?),
                Rule::to_clause => principals = Some(self.principal_set(part)?),
                _ => {}
            }
        }
        Some(Statement {
            label,
            effect: effect?,
            actions: actions?,
            resources,
            principals,
            guard,
        })
    }

    fn effect(&self, node: Node<'i>) -> Spanned<Effect> {
        let effect = match node.as_str().starts_with('a') {
            true => Effect::Allow,
            false => Effect::Deny,
        };
        Spanned::new(effect, self.span(&node))
    }

    fn include(&mut self, node: Node<'i>) -> Option<Include> {
        let inner = node.into_inner();
        let target = inner.clone().find(|p| p.as_rule() == Rule::call)?;
        Some(Include {
            target: self.call(target)?,
            guard: self.guard(inner)?,
        })
    }

    fn trust(&mut self, node: Node<'i>) -> Option<Trust> {
        let inner = node.into_inner();
        let with = inner.clone().find(|p| p.as_rule() == Rule::trust_with);
        let with = with.map(|p| self.idents(p.into_inner()));
        Some(Trust {
            principals: self.principals(inner.clone())?,
            with: with.unwrap_or_default(),
            guard: self.guard(inner)?,
        })
    }

    fn idents(&self, nodes: Pairs<'i, Rule>) -> Vec<Spanned<String>> {
        nodes
            .filter(|p| p.as_rule() == Rule::ident)
            .map(|p| self.ident(&p))
            .collect()
    }

    fn tags(&mut self, node: Node<'i>) -> Option<Box<[Tag]>> {
        let tags = node.into_inner().filter(|p| p.as_rule() == Rule::tag);
        tags.map(|tag| {
            let mut inner = tag.into_inner();
            let key = self.ident(&inner.next()?);
            let value = self.expr(inner.last()?)?;
            Some(Tag { key, value })
        })
        .collect()
    }

    /// All attachments among the children.
    pub(super) fn attachments(&mut self, node: Node<'i>) -> Option<Box<[Attachment]>> {
        node.into_inner()
            .filter(|p| p.as_rule() == Rule::attachment)
            .map(|p| self.attachment(p))
            .collect()
    }

    fn attachment(&mut self, node: Node<'i>) -> Option<Attachment> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let first = inner.next()?;
        let target = match first.as_rule() {
            Rule::kw_aws => AttachTarget::Aws(self.ident(&inner.next()?)),
            _ => AttachTarget::Declared(self.call(first)?),
        };
        let alias = inner
            .find(|p| p.as_rule() == Rule::string)
            .map(|p| self.ident(&p));
        Some(Attachment {
            target,
            alias,
            span,
        })
    }
}

fn block_kind(word: &str) -> Option<BlockKind> {
    const KINDS: [BlockKind; 10] = [
        BlockKind::Policy,
        BlockKind::Boundary,
        BlockKind::Role,
        BlockKind::Group,
        BlockKind::User,
        BlockKind::PermissionSet,
        BlockKind::SessionPolicy,
        BlockKind::Scp,
        BlockKind::Rcp,
        BlockKind::ResourcePolicy,
    ];
    KINDS.into_iter().find(|kind| kind.keyword() == word)
}
