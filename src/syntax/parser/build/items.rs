//! Top-level items.

use super::{Builder, Node, Rule};
use crate::diagnostic::{Code, Diagnostic};
use crate::syntax::ast::{
    ConditionDecl, Item, ItemKind, Let, Provider, ProviderKind, Use, UseMember,
};

impl<'i> Builder<'i> {
    /// One declaration with what stands before it.
    pub(in super::super) fn item(&mut self, node: Node<'i>) -> Option<Item> {
        let (before, node, span) = self.before(node)?;
        let after = self.docs_from;
        let kind = match node.as_rule() {
            Rule::use_item => ItemKind::Use(self.use_item(node)?),
            Rule::let_item => ItemKind::Let(self.let_item(node)?),
            Rule::condition_item => ItemKind::Condition(self.condition_item(node)?),
            Rule::block => ItemKind::Block(self.block(node)?),
            Rule::oidc | Rule::saml => ItemKind::Provider(self.provider(node)?),
            Rule::node => ItemKind::Node(self.node(node)?),
            Rule::prove => ItemKind::Prove(self.prove(node)?),
            Rule::test_item => ItemKind::Test(self.test(node)?),
            _ => return None,
        };
        self.docs_from = after;
        Some(Item {
            docs: before.docs,
            waivers: before.waivers,
            kind,
            span,
        })
    }

    fn use_item(&mut self, node: Node<'i>) -> Option<Use> {
        let (mut path, mut alias, mut members) = (None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::path => path = Some(self.path(part)),
                Rule::ident => alias = Some(self.new_name(&part)),
                Rule::use_members => members = Some(self.use_members(part)?),
                _ => {}
            }
        }
        Some(Use {
            path: path?,
            alias,
            members,
        })
    }

    fn use_members(&mut self, node: Node<'i>) -> Option<Vec<UseMember>> {
        let members = node
            .into_inner()
            .filter(|p| p.as_rule() == Rule::use_member);
        members
            .map(|member| {
                let mut idents = member.into_inner().filter(|p| p.as_rule() == Rule::ident);
                Some(UseMember {
                    name: self.ident(&idents.next()?),
                    alias: idents.next().map(|p| self.new_name(&p)),
                })
            })
            .collect()
    }

    fn let_item(&mut self, node: Node<'i>) -> Option<Let> {
        let (mut name, mut ty, mut value) = (None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.new_name(&part)),
                Rule::type_ref => ty = Some(self.type_ref(part)?),
                Rule::expr => value = Some(self.expr(part)?),
                _ => {}
            }
        }
        Some(Let {
            name: name?,
            ty,
            value: value?,
        })
    }

    fn condition_item(&mut self, node: Node<'i>) -> Option<ConditionDecl> {
        let (mut name, mut params, mut body) = (None, Box::default(), None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::ident => name = Some(self.new_name(&part)),
                Rule::params => params = self.params(part)?,
                Rule::cond => body = Some(self.cond(part)?),
                _ => {}
            }
        }
        Some(ConditionDecl {
            name: name?,
            params,
            body: body?,
        })
    }

    fn provider(&mut self, node: Node<'i>) -> Option<Provider> {
        let is_saml = node.as_rule() == Rule::saml;
        let mut idents = Vec::new();
        let (mut text, mut url, mut audience) = (None, None, None);
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::ident if idents.is_empty() => idents.push(self.new_name(&part)),
                Rule::ident => idents.push(self.ident(&part)),
                Rule::string => text = Some(self.ident(&part)),
                Rule::oidc_property => {
                    let span = self.span(&part);
                    let is_url = part.as_str().starts_with("url");
                    let value = self.ident_of(part, Rule::string)?;
                    let slot = if is_url { &mut url } else { &mut audience };
                    if slot.replace(value).is_some() {
                        self.diagnostics.push(Diagnostic::error(
                            Code::SyntaxError,
                            "a provider has one `url` and one `audience`",
                            span,
                            "said before",
                        ));
                    }
                }
                _ => {}
            }
        }
        let mut idents = idents.into_iter();
        let name = idents.next()?;
        let kind = if is_saml {
            ProviderKind::Saml { provider: text? }
        } else {
            let flavour = idents.next()?;
            ProviderKind::Oidc {
                flavour,
                url,
                audience,
            }
        };
        Some(Provider { kind, name })
    }
}
