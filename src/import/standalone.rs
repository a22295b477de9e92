//! Single documents as blocks: which keyword, which name, which resource.

use crate::iam::{Arn, PolicyKind};
use crate::ir::Policy;
use crate::syntax::ast::BlockKind;

use super::model::{Ambient, Block};
use super::name::{Names, ident_of};

/// A block that is one document and deployed nowhere yet.
pub fn standalone(
    policy: Policy,
    name: &str,
    resource: Option<&str>,
    ambient: Ambient,
    names: &mut Names,
) -> Block {
    let kind = keyword_of(policy.kind);
    let ident = names.take(&ident_of(name));
    let mut block = Block::new(kind, ident.clone(), ident, ambient);
    block.span = policy.origin.spans.first().copied();
    match policy.kind {
        PolicyKind::Trust => block.trust = Some(policy),
        PolicyKind::ResourcePolicy => {
            let own = resource.map_or_else(|| resource_of(&policy), str::to_owned);
            block.resource = Some(own);
            block.documents.push(policy);
        }
        _ => block.documents.push(policy),
    }
    block
}

fn keyword_of(kind: PolicyKind) -> BlockKind {
    match kind {
        PolicyKind::ManagedPolicy | PolicyKind::InlinePolicy => BlockKind::Policy,
        PolicyKind::Boundary => BlockKind::Boundary,
        PolicyKind::Trust => BlockKind::Role,
        PolicyKind::ResourcePolicy => BlockKind::ResourcePolicy,
        PolicyKind::PermissionSet => BlockKind::PermissionSet,
        PolicyKind::Session => BlockKind::SessionPolicy,
        PolicyKind::Scp => BlockKind::Scp,
        PolicyKind::Rcp => BlockKind::Rcp,
    }
}

/// The resource types that carry a policy, and what the ARN of an unnamed one looks like.
const CARRIERS: [(&str, &str); 8] = [
    ("kms", "arn:aws:kms:*:*:key/*"),
    ("s3", "arn:aws:s3:::*"),
    ("sqs", "arn:aws:sqs:*:*:*"),
    ("sns", "arn:aws:sns:*:*:*"),
    ("secretsmanager", "arn:aws:secretsmanager:*:*:secret:*"),
    ("lambda", "arn:aws:lambda:*:*:function:*"),
    ("ecr", "arn:aws:ecr:*:*:repository/*"),
    ("dynamodb", "arn:aws:dynamodb:*:*:table/*"),
];

/// The resource that a document stands on, as far as it says so itself: the shortest ARN it names, without the
/// objects below it; else any resource of the service that its actions are of.
fn resource_of(policy: &Policy) -> String {
    let matchers = policy.statements.iter().filter_map(|s| s.resource.as_ref());
    let arns = matchers
        .flat_map(|m| &m.patterns)
        .filter(|p| p.len() > 1)
        .filter(|p| Arn::parse(p).is_some_and(|arn| !arn.service.contains(['*', '?'])));
    if let Some(shortest) = arns.min_by_key(|p| p.len()) {
        return match shortest
            .strip_prefix("arn:aws:s3:::")
            .and_then(|r| r.split_once('/'))
        {
            Some((bucket, _)) => format!("arn:aws:s3:::{bucket}"),
            None => shortest.clone(),
        };
    }
    let services = policy.statements.iter().flat_map(|s| &s.action.patterns);
    let services: Vec<&str> = services.filter_map(|a| a.split(':').next()).collect();
    let carrier = CARRIERS
        .iter()
        .find(|(service, _)| services.contains(service));
    carrier.map_or("arn:aws:s3:::*", |(_, arn)| arn).to_owned()
}
