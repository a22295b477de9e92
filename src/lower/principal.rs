//! Principals: declared roles and users become ARNs, providers become federated principals.

use crate::check::hir::{self, PrincipalKind, ProviderKind};
use crate::iam::document::{Principal, PrincipalKind as Kind, Principals};
use crate::ir::PrincipalMatch;
use crate::resolve::DefId;

use super::ground::Ground;
use super::place::AccountFill;
use super::scope::{Arguments, Scope};

impl Scope<'_> {
    /// `to …`
    pub(super) fn principals(
        &self,
        principals: &hir::Principals,
        arguments: &Arguments,
    ) -> PrincipalMatch {
        let mut named = Vec::new();
        let mut everyone = false;
        for principal in &principals.list {
            for found in self.principal(principal, arguments) {
                match found {
                    None => everyone = true,
                    Some(principal) if named.contains(&principal) => {}
                    Some(principal) => named.push(principal),
                }
            }
        }
        let principals_ = if everyone {
            Principals::Everyone
        } else {
            Principals::Named(named)
        };
        PrincipalMatch {
            negated: principals.except,
            principals: principals_,
        }
    }

    /// What a principal stands for; `None` among them is everybody.
    pub(super) fn principal(
        &self,
        principal: &hir::Principal,
        arguments: &Arguments,
    ) -> Vec<Option<Principal>> {
        let one = |kind, value: String| vec![Some(Principal { kind, value })];
        match &principal.kind {
            PrincipalKind::Anyone => vec![None],
            PrincipalKind::Account(value) => {
                let ids = self.values(value, arguments);
                self.expect_same_partition(&ids, principal.span);
                ids.iter()
                    .map(|id| Some(self.account_principal(&id.as_text())))
                    .collect()
            }
            PrincipalKind::Declared { block, place } => self
                .declared_arns(*block, *place, principal.span)
                .into_iter()
                .map(|value| {
                    Some(Principal {
                        kind: Kind::Aws,
                        value,
                    })
                })
                .collect(),
            PrincipalKind::Service(value) => self.texts(value, arguments, Kind::Service),
            PrincipalKind::Federated(value) => self.texts(value, arguments, Kind::Federated),
            PrincipalKind::Oidc { provider, .. } | PrincipalKind::Saml(provider) => self
                .provider_arn(*provider)
                .map_or_else(Vec::new, |arn| one(Kind::Federated, arn)),
            PrincipalKind::CanonicalUser(id) => one(Kind::CanonicalUser, id.clone()),
            PrincipalKind::Arn(arn) => one(Kind::Aws, arn.clone()),
            PrincipalKind::Let(id) => self
                .checked
                .let_value(*id)
                .map(|value| principals_among(self.values(value, &Arguments::new())))
                .unwrap_or_default(),
            PrincipalKind::Parameter(index) => {
                principals_among(arguments.get(*index).cloned().unwrap_or_default())
            }
        }
    }

    /// The account itself: whoever its identity policies allow.
    fn account_principal(&self, id: &str) -> Principal {
        Principal {
            kind: Kind::Aws,
            value: format!("arn:{}:iam::{id}:root", self.place.partition),
        }
    }

    fn texts(
        &self,
        value: &hir::Value,
        arguments: &Arguments,
        kind: Kind,
    ) -> Vec<Option<Principal>> {
        let values = self.values(value, arguments);
        values
            .iter()
            .map(|v| {
                Some(Principal {
                    kind,
                    value: v.as_text(),
                })
            })
            .collect()
    }

    /// The ARN of an identity provider in the account at hand.
    pub(super) fn provider_arn(&self, id: DefId) -> Option<String> {
        let provider = self.checked.provider(id)?;
        let account = match &self.place.account {
            AccountFill::Id(id) => id.as_str(),
            AccountFill::Any | AccountFill::Several => "*",
        };
        let path = match &provider.kind {
            ProviderKind::Saml(name) => format!("saml-provider/{name}"),
            ProviderKind::Oidc { url, .. } => format!("oidc-provider/{url}"),
        };
        Some(format!(
            "arn:{}:iam::{account}:{path}",
            self.place.partition
        ))
    }
}

fn principals_among(values: Vec<Ground>) -> Vec<Option<Principal>> {
    let principal = |value| match value {
        Ground::Principal(principal) => Some(principal),
        _ => None,
    };
    values.into_iter().filter_map(principal).collect()
}
