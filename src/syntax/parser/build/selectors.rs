//! Actions, resources and principals.

use pest::iterators::Pairs;

use super::{Builder, Node, Rule, unquote};
use crate::source::Span;
use crate::syntax::ast::{
    Action, ActionKind, Actions, Arg, Expr, ExprKind, Path, Principal, PrincipalKind, Principals,
    Resources,
};

/// The words for access levels.
const LEVELS: [&str; 5] = ["read", "list", "write", "tag", "manage"];

impl<'i> Builder<'i> {
    /// `s3:GetObject, read(s3)`, `everything except iam:*`
    pub(super) fn actions(&mut self, node: Node<'i>) -> Option<Actions> {
        let span = self.span(&node);
        let mut everything = None;
        let mut list = Vec::new();
        for part in node.into_inner() {
            match part.as_rule() {
                Rule::everything => everything = Some(self.span(&part)),
                Rule::action => list.push(self.action(part)?),
                _ => {}
            }
        }
        Some(Actions {
            everything,
            list: list.into(),
            span,
        })
    }

    /// One selector: a pattern, a level, a name or raw text.
    pub(super) fn action(&mut self, node: Node<'i>) -> Option<Action> {
        let span = self.span(&node);
        let inner = node.into_inner().next()?;
        let kind = match inner.as_rule() {
            Rule::qualified => {
                let mut parts = inner.into_inner();
                let service = self.ident(&parts.next()?);
                let name = self.ident(&parts.last()?);
                ActionKind::Pattern { service, name }
            }
            Rule::raw_text => ActionKind::Raw(self.ident_of(inner, Rule::string)?),
            Rule::level => {
                let mut parts = inner.into_inner();
                let level = self.ident(&parts.next()?);
                let service = parts.find(|p| p.as_rule() == Rule::service);
                let service = service.map(|p| self.ident(&p));
                ActionKind::Level { level, service }
            }
            Rule::path => level_or_name(self.path(inner)),
            _ => return None,
        };
        Some(Action { kind, span })
    }

    /// `on settled, settled/*`
    pub(super) fn on_clause(&mut self, node: Node<'i>) -> Option<Resources> {
        let resources = node.into_inner().last()?;
        let span = self.span(&resources);
        let mut star = None;
        let mut except = None;
        let mut list = Vec::new();
        for part in resources.into_inner() {
            match part.as_rule() {
                Rule::star => star = Some(self.span(&part)),
                Rule::kw_except => except = star.map(|s: Span| s.to(self.span(&part))),
                Rule::expr => list.push(self.expr(part)?),
                _ => {}
            }
        }
        let list = list.into();
        Some(Resources { except, list, span })
    }

    /// `to everyone except role Admin`
    pub(super) fn principal_set(&mut self, node: Node<'i>) -> Option<Principals> {
        let principals = node.into_inner().last()?;
        let span = self.span(&principals);
        let inner = principals.into_inner();
        let mut words = inner
            .clone()
            .filter(|p| matches!(p.as_rule(), Rule::kw_everyone | Rule::kw_except));
        let except = match (words.next(), words.next()) {
            (Some(a), Some(b)) => Some(self.span(&a).to(self.span(&b))),
            _ => None,
        };
        let list = self.principals(inner)?;
        Some(Principals { except, list, span })
    }

    /// All principals among the children.
    pub(super) fn principals(&mut self, nodes: Pairs<'i, Rule>) -> Option<Box<[Principal]>> {
        nodes
            .filter(|p| p.as_rule() == Rule::principal)
            .map(|p| self.principal(p))
            .collect()
    }

    /// `role Reader in Prod`, `oidc GitHub(repository: "acme/app")`, `admins`
    pub(super) fn principal(&mut self, node: Node<'i>) -> Option<Principal> {
        let span = self.span(&node);
        let mut inner = node.into_inner();
        let first = inner.next()?;
        let mut rest = Operands::default();
        for part in inner {
            match part.as_rule() {
                Rule::reference => rest.reference = Some(self.reference(part)?),
                Rule::string => rest.text = Some(self.ident(&part)),
                Rule::path => rest.path = Some(self.path(part)),
                Rule::args => rest.args = self.args(part)?,
                _ => {}
            }
        }
        let kind = match first.as_rule() {
            Rule::path => PrincipalKind::Name(self.path(first)),
            Rule::kw_anyone => PrincipalKind::Anyone,
            Rule::kw_role => PrincipalKind::Role(rest.reference?),
            Rule::kw_service => PrincipalKind::Service(rest.reference?),
            Rule::kw_account => PrincipalKind::Account(rest.reference?),
            Rule::kw_user => PrincipalKind::User(rest.reference?),
            Rule::kw_federated => PrincipalKind::Federated(rest.reference?),
            Rule::kw_saml => PrincipalKind::Saml(rest.path?),
            Rule::kw_canonical => PrincipalKind::CanonicalUser(rest.text?),
            Rule::kw_arn => PrincipalKind::Arn(rest.text?),
            Rule::kw_oidc => PrincipalKind::Oidc {
                provider: rest.path?,
                claims: rest.args,
            },
            _ => return None,
        };
        Some(Principal { kind, span })
    }

    fn reference(&mut self, node: Node<'i>) -> Option<Expr> {
        let inner = node.into_inner().next()?;
        let span = self.span(&inner);
        let kind = match inner.as_rule() {
            Rule::string => ExprKind::Text(unquote(inner.as_str()).to_owned()),
            _ => {
                let (path, place) = self.name_in(inner)?;
                ExprKind::Name { path, place }
            }
        };
        Some(Expr { kind, span })
    }
}

/// What may follow the first word of a principal.
#[derive(Default)]
struct Operands {
    reference: Option<Expr>,
    text: Option<crate::source::Spanned<String>>,
    path: Option<Path>,
    args: Box<[Arg]>,
}

/// `read` is an access level where an action is expected; any other name is a `let` or a parameter.
fn level_or_name(path: Path) -> ActionKind {
    match &*path.segments {
        [one] if LEVELS.contains(&one.value.as_str()) => ActionKind::Level {
            level: one.clone(),
            service: None,
        },
        _ => ActionKind::Name(path),
    }
}
