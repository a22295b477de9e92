//! Reading `Principal` and `NotPrincipal`.

use super::{Extent, Member, Node, Path, Reader, Value};
use crate::iam::Arn;
use crate::iam::arn::is_account_id;
use crate::iam::document::{Principal, PrincipalKind, Principals};

/// Principals and the place of each.
pub(super) type PlacedPrincipals = (Principals, Vec<Extent>);

const KINDS: [PrincipalKind; 4] = [
    PrincipalKind::Aws,
    PrincipalKind::Service,
    PrincipalKind::Federated,
    PrincipalKind::CanonicalUser,
];

impl Reader {
    pub(super) fn principals(&mut self, node: &Node, path: &Path<'_>) -> PlacedPrincipals {
        let mut list = Vec::new();
        let mut places = Vec::new();
        match &node.value {
            Value::Text(text) if text == "*" => return (Principals::Everyone, vec![node.at]),
            Value::Map(members) => {
                for member in members {
                    self.principals_of_kind(member, path, &mut list, &mut places);
                }
            }
            Value::Text(text) => {
                let message = format!("`{text}` stands without its kind");
                let expected = "`\"*\"` or an object like `{\"AWS\": …}`";
                self.fault(node.at, path, message, expected);
            }
            _ => self.wrong_type(node, path, "`\"*\"` or an object like `{\"AWS\": …}`"),
        }
        (Principals::Named(list), places)
    }

    fn principals_of_kind(
        &mut self,
        member: &Member,
        path: &Path<'_>,
        list: &mut Vec<Principal>,
        places: &mut Vec<Extent>,
    ) {
        let Some(kind) = KINDS.into_iter().find(|k| k.as_str() == member.name) else {
            return self.unknown_element(member, path, &KINDS.map(PrincipalKind::as_str));
        };
        let here = path.name(&member.name);
        let (texts, at) = self.texts(&member.node, &here);
        for (value, at) in texts.0.into_iter().zip(at) {
            if let Some((message, expected)) = objection(kind, &value) {
                self.fault(at, &here, format!("`{value}` {message}"), expected);
            }
            list.push(Principal { kind, value });
            places.push(at);
        }
    }
}

/// What speaks against a value, and what should stand in its place.
fn objection(kind: PrincipalKind, value: &str) -> Option<(&'static str, &'static str)> {
    if kind == PrincipalKind::Aws && value == "*" {
        return None;
    }
    if value.contains(['*', '?']) {
        let expected = match kind {
            PrincipalKind::Aws => "a whole name; a condition on `aws:PrincipalArn` takes wildcards",
            _ => "a whole name",
        };
        return Some(("has a wildcard, which IAM does not match here", expected));
    }
    let (good, message, expected) = match kind {
        PrincipalKind::Aws => (
            is_account_id(value) || is_unique_id(value) || is_principal_arn(value),
            "is no AWS principal",
            "an account id, the ARN of a root, user, role or session, a unique id, or `*`",
        ),
        PrincipalKind::Service => (
            is_host(value),
            "is no service",
            "a service principal like `lambda.amazonaws.com`",
        ),
        PrincipalKind::Federated => (
            is_host(value.split('/').next().unwrap_or("")) || is_principal_arn(value),
            "is no identity provider",
            "the ARN of a SAML or OIDC provider, or a host like `accounts.google.com`",
        ),
        PrincipalKind::CanonicalUser => (
            value.len() >= 64 && value.bytes().all(|b| b.is_ascii_hexdigit()),
            "is no canonical user id",
            "64 hexadecimal digits",
        ),
    };
    (!good).then_some((message, expected))
}

/// What IAM stores in place of the ARN of a user or role: `AIDA…`, `AROA…`.
fn is_unique_id(value: &str) -> bool {
    (16..=128).contains(&value.len())
        && value.starts_with('A')
        && value
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// ARNs of identities; CloudFront's origin access identities stand in an account called `cloudfront`.
fn is_principal_arn(value: &str) -> bool {
    Arn::parse(value).is_some_and(|arn| {
        matches!(arn.service.as_str(), "iam" | "sts")
            && (is_account_id(&arn.account) || arn.account == "cloudfront")
            && !arn.resource.is_empty()
    })
}

fn is_host(value: &str) -> bool {
    value.contains('.')
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}
