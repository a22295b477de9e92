//! Principals: declared roles and users, accounts, services, identity providers and their claims.

use crate::iam::Arn;
use crate::iam::pattern::Wildcards;
use crate::resolve::{Binding, DefId, DefKind};
use crate::source::Span;
use crate::syntax::ast::{self, BlockKind, Expr, ExprKind, NodeKind};
use crate::types::Type;

use super::context::{Checker, ClaimSource, text_of};
use super::hir::{
    Claims, GitHubReference, OidcFlavour, Principal, PrincipalKind, Principals, ProviderKind,
    Value, ValueKind,
};
use super::messages;

const GITHUB_CLAIMS: [&str; 6] = [
    "repository",
    "branch",
    "tag",
    "environment",
    "pull_request",
    "subject",
];
const EKS_CLAIMS: [&str; 3] = ["namespace", "service_account", "subject"];
const GENERIC_CLAIMS: [&str; 1] = ["subject"];

impl Checker<'_> {
    /// `to …`
    pub(super) fn principals(&mut self, principals: &ast::Principals) -> Principals {
        let list = principals
            .list
            .iter()
            .filter_map(|p| self.principal(p))
            .collect();
        Principals {
            except: principals.except.is_some(),
            list,
        }
    }

    /// One principal; `None` if it could not be read, which has been reported.
    pub(super) fn principal(&mut self, principal: &ast::Principal) -> Option<Principal> {
        let span = principal.span;
        let kind = match &principal.kind {
            ast::PrincipalKind::Anyone => PrincipalKind::Anyone,
            ast::PrincipalKind::Account(expr) => {
                PrincipalKind::Account(self.value_as(expr, &Type::Account))
            }
            ast::PrincipalKind::Role(expr) => self.declared(expr, BlockKind::Role, "a role")?,
            ast::PrincipalKind::User(expr) => self.declared(expr, BlockKind::User, "a user")?,
            ast::PrincipalKind::Service(expr) => {
                PrincipalKind::Service(self.service_principal(expr))
            }
            ast::PrincipalKind::Oidc { provider, claims } => self.oidc(provider, claims, span)?,
            ast::PrincipalKind::Saml(path) => {
                PrincipalKind::Saml(self.provider(path, "a SAML provider")?)
            }
            ast::PrincipalKind::Federated(expr) => {
                PrincipalKind::Federated(self.value_as(expr, &Type::Text))
            }
            ast::PrincipalKind::CanonicalUser(text) => {
                let id = self.plain_text(text);
                if id.len() != 64 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
                    self.report(messages::malformed_canonical_user(text.span));
                }
                PrincipalKind::CanonicalUser(id)
            }
            ast::PrincipalKind::Arn(text) => {
                PrincipalKind::Arn(self.principal_arn(&text.value, text.span)?)
            }
            ast::PrincipalKind::Name(path) => self.named_principal(path)?,
        };
        Some(Principal { kind, span })
    }

    /// `role Reader`, `role Reader in Prod`: a declaration, not just any value.
    fn declared(&mut self, expr: &Expr, kind: BlockKind, wanted: &str) -> Option<PrincipalKind> {
        let ExprKind::Name { path, place } = &expr.kind else {
            self.report(messages::principal_needs_name(wanted, expr.span));
            return None;
        };
        let place = match place {
            Some(place) => Some(self.node_of_kind(place, &[NodeKind::Account], "an account")?),
            None => None,
        };
        let block = self.block_of_kind(path, &[kind], wanted)?;
        Some(PrincipalKind::Declared { block, place })
    }

    fn service_principal(&mut self, expr: &Expr) -> Value {
        let value = self.value_as(expr, &Type::Text);
        if let ValueKind::Text(pattern) = &value.kind {
            let text = pattern.to_iam(Wildcards::Literal);
            let shaped = pattern
                .as_literal()
                .is_some_and(|t| t.contains('.') && !t.contains(['*', '?', ' ', '/']));
            if !shaped {
                self.report(messages::malformed_service_principal(&text, expr.span));
            }
        }
        value
    }

    /// Principals are compared literally: AWS rejects wildcards inside an ARN.
    fn principal_arn(&mut self, raw: &str, span: Span) -> Option<String> {
        let pattern = self.text(raw, span)?;
        let text = pattern.to_iam(Wildcards::Literal);
        if pattern.as_literal().is_none() {
            self.report(messages::wildcard_in_principal(&text, span));
        } else if Arn::parse(&text).is_none() && !is_unique_id(&text) {
            self.report(messages::malformed_arn(&text, span));
        }
        Some(text)
    }

    fn named_principal(&mut self, path: &ast::Path) -> Option<PrincipalKind> {
        let (kind, ty) = match self.cx.resolved.binding(path) {
            Binding::Unresolved => return None,
            Binding::Parameter { index, rest: 0 } => (
                PrincipalKind::Parameter(index),
                self.parameters.get(index).map(|p| p.ty.clone()),
            ),
            Binding::Definition { id, rest: 0 } => match self.cx.kind_of(id) {
                DefKind::Let => (
                    PrincipalKind::Let(id),
                    self.cx.lets.get(&id).map(|(_, ty)| ty.clone()),
                ),
                _ => {
                    self.report_wrong_kind(path, id, "a principal");
                    return None;
                }
            },
            _ => {
                self.report(messages::wrong_kind(
                    &text_of(path),
                    "something else",
                    "a principal",
                    path.span,
                    None,
                ));
                return None;
            }
        };
        match ty {
            Some(Type::Principal | Type::Unknown) | None => Some(kind),
            Some(other) => {
                self.report(messages::type_mismatch(&Type::Principal, &other, path.span));
                None
            }
        }
    }

    fn provider(&mut self, path: &ast::Path, wanted: &str) -> Option<DefId> {
        let id = self.definition(path, wanted)?;
        let saml = matches!(
            self.cx.resolved.provider(id).map(|p| &p.kind),
            Some(ast::ProviderKind::Saml { .. })
        );
        let is_provider = self.cx.kind_of(id) == DefKind::Provider;
        if is_provider && saml == wanted.contains("SAML") {
            return Some(id);
        }
        self.report_wrong_kind(path, id, wanted);
        None
    }

    fn oidc(&mut self, path: &ast::Path, claims: &[ast::Arg], span: Span) -> Option<PrincipalKind> {
        let provider = self.provider(path, "an OIDC provider")?;
        let ast::ProviderKind::Oidc { flavour, .. } = &self.cx.resolved.provider(provider)?.kind
        else {
            return None;
        };
        let flavour = flavour_of(&flavour.value).unwrap_or(OidcFlavour::Generic);
        let allowed: &[&str] = match flavour {
            OidcFlavour::GitHub => &GITHUB_CLAIMS,
            OidcFlavour::Eks => &EKS_CLAIMS,
            OidcFlavour::Generic => &GENERIC_CLAIMS,
        };
        let mut given: Vec<(&str, Value)> = Vec::new();
        let before = self.diagnostics.len();
        for claim in claims {
            let name = claim
                .name
                .as_ref()
                .and_then(|n| allowed.iter().find(|a| **a == n.value));
            let Some(name) = name else {
                self.report(messages::unknown_claim(claim, allowed));
                continue;
            };
            let expected = if *name == "pull_request" {
                Type::Bool
            } else {
                Type::Text
            };
            given.push((name, self.value_as(&claim.value, &expected)));
        }
        // A misspelt claim is not missing as well.
        let claims = if self.diagnostics.len() == before {
            self.claims_of(flavour, given, span)
        } else {
            Claims::None
        };
        Some(PrincipalKind::Oidc { provider, claims })
    }

    fn claims_of(
        &mut self,
        flavour: OidcFlavour,
        mut given: Vec<(&str, Value)>,
        span: Span,
    ) -> Claims {
        let mut take = |name: &str| {
            let at = given.iter().position(|(n, _)| *n == name)?;
            Some(given.swap_remove(at).1)
        };
        if let Some(subject) = take("subject") {
            if !given.is_empty() {
                self.report(messages::claims_beside_subject(span));
            }
            return Claims::Subject(subject);
        }
        match flavour {
            OidcFlavour::GitHub => {
                let Some(repository) = take("repository") else {
                    if !given.is_empty() {
                        self.report(messages::claim_missing("repository", span));
                    }
                    return Claims::None;
                };
                let reference = take("branch")
                    .map(GitHubReference::Branch)
                    .or_else(|| take("tag").map(GitHubReference::Tag))
                    .or_else(|| take("environment").map(GitHubReference::Environment))
                    .or_else(|| {
                        let asked = take("pull_request")
                            .filter(|v| !matches!(v.kind, ValueKind::Bool(false)));
                        asked.map(|_| GitHubReference::PullRequest)
                    })
                    .unwrap_or(GitHubReference::Any);
                if !given.is_empty() {
                    self.report(messages::several_references(span));
                }
                Claims::GitHub {
                    repository,
                    reference,
                }
            }
            OidcFlavour::Eks => match (take("namespace"), take("service_account")) {
                (Some(namespace), Some(service_account)) => Claims::Eks {
                    namespace,
                    service_account,
                },
                (None, None) => Claims::None,
                (None, Some(_)) => {
                    self.report(messages::claim_missing("namespace", span));
                    Claims::None
                }
                (Some(_), None) => {
                    self.report(messages::claim_missing("service_account", span));
                    Claims::None
                }
            },
            OidcFlavour::Generic => Claims::None,
        }
    }
}

/// What `claim K` means in the guard of a trust of these principals.
pub(super) fn claim_source(
    principals: &[Principal],
    kinds: impl Fn(DefId) -> Option<ProviderKind>,
) -> ClaimSource {
    let mut source = ClaimSource::None;
    for principal in principals {
        let provider = match &principal.kind {
            PrincipalKind::Oidc { provider, .. } | PrincipalKind::Saml(provider) => *provider,
            _ => continue,
        };
        let next = match kinds(provider) {
            Some(ProviderKind::Oidc { url, .. }) => ClaimSource::Oidc(url),
            Some(ProviderKind::Saml(_)) => ClaimSource::Saml,
            None => continue,
        };
        source = match source {
            ClaimSource::None => next,
            same if same == next => same,
            _ => ClaimSource::Several,
        };
    }
    source
}

/// The flavour of a word, `github`, `eks`, `generic`.
pub(super) fn flavour_of(word: &str) -> Option<OidcFlavour> {
    match word {
        "github" => Some(OidcFlavour::GitHub),
        "eks" => Some(OidcFlavour::Eks),
        "generic" => Some(OidcFlavour::Generic),
        _ => None,
    }
}

/// `AROA…`, `AIDA…`: what a principal turns into when it is deleted.
fn is_unique_id(text: &str) -> bool {
    text.len() >= 16
        && text.starts_with('A')
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
