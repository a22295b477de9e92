//! Which rules of evaluation apply to a request, from who asks and whose resource it is.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html>

use crate::engine::request::{Principal, PrincipalType, Request};
use crate::iam::rcp::is_rcp_service;

/// Whose word is needed for a request to be granted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Grants {
    /// Nobody's would suffice: an unsigned call of STS, or an ARN of another partition.
    None,
    /// The resource policy's: callers without identity policies.
    ResourceAlone,
    /// The identity policies' or the resource policy's: same account.
    Either,
    /// As before, but identity policies count only if the resource policy names the account or the caller: KMS keys
    /// and roles.
    EitherDelegated,
    /// Both: across accounts.
    Both,
}

/// The rules for one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Situation {
    pub(super) grants: Grants,
    /// `sts:GetCallerIdentity` is answered to whoever signs, whatever policies say.
    pub(super) always_allowed: bool,
    pub(super) has_identity_policies: bool,
    pub(super) is_root: bool,
    pub(super) is_federated_user: bool,
    pub(super) bound_by_scps: bool,
    pub(super) bound_by_rcps: bool,
    pub(super) mends_bucket_policy: bool,
}

impl Situation {
    pub(super) fn of(request: &Request, management_account: Option<&str>) -> Situation {
        let kind = request.principal.kind();
        let owner = request.owner();
        let is_action = |name: &str| request.action.eq_ignore_ascii_case(name);
        let signs = !matches!(kind, PrincipalType::Anonymous | PrincipalType::Federated);
        let owns = owner.is_some() && request.principal.account() == owner;
        let mends = [
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
        ];
        Situation {
            grants: grants(request, kind, owns),
            always_allowed: signs && is_action("sts:GetCallerIdentity"),
            has_identity_policies: matches!(
                kind,
                PrincipalType::User
                    | PrincipalType::RoleSession
                    | PrincipalType::ServiceLinkedRole
                    | PrincipalType::FederatedUser
            ),
            is_root: kind == PrincipalType::Root,
            is_federated_user: kind == PrincipalType::FederatedUser,
            bound_by_scps: is_bound_by_scps(&request.principal, management_account),
            bound_by_rcps: is_bound_by_rcps(request, kind, owner, management_account),
            mends_bucket_policy: kind == PrincipalType::Root
                && owns
                && mends.into_iter().any(is_action),
        }
    }
}

fn grants(request: &Request, kind: PrincipalType, owns: bool) -> Grants {
    let resource = Resource::of(&request.resource);
    let assumes = is_sts(&request.action) && resource.is("iam", "role/");
    match request.principal.identity() {
        None if kind == PrincipalType::Anonymous && assumes => Grants::None,
        None => Grants::ResourceAlone,
        Some(id) if resource.partition.is_some_and(|p| p != id.partition) => Grants::None,
        Some(_) if !owns => Grants::Both,
        // Aliases and the actions on no key are not governed by a key policy.
        Some(_) if assumes || resource.is("kms", "key/") => Grants::EitherDelegated,
        Some(_) => Grants::Either,
    }
}

/// The fields of a resource's ARN that the rules look at.
struct Resource<'a> {
    partition: Option<&'a str>,
    service: &'a str,
    name: &'a str,
}

impl Resource<'_> {
    fn of(arn: &str) -> Resource<'_> {
        let mut fields = arn.strip_prefix("arn:").unwrap_or("").splitn(5, ':');
        let partition = fields.next();
        let service = fields.next().unwrap_or("");
        let name = fields.nth(2);
        Resource {
            // Texts that are no ARN have none.
            partition: partition.filter(|_| name.is_some()),
            service,
            name: name.unwrap_or(""),
        }
    }

    fn is(&self, service: &str, prefix: &str) -> bool {
        self.service == service && self.name.starts_with(prefix)
    }
}

fn is_sts(action: &str) -> bool {
    let prefix = action.get(..4);
    prefix.is_some_and(|p| p.eq_ignore_ascii_case("sts:"))
}

fn is_bound_by_scps(principal: &Principal, management_account: Option<&str>) -> bool {
    let bound_kind = matches!(
        principal.kind(),
        PrincipalType::Root
            | PrincipalType::User
            | PrincipalType::RoleSession
            | PrincipalType::FederatedUser
    );
    bound_kind && (management_account.is_none() || principal.account() != management_account)
}

fn is_bound_by_rcps(
    request: &Request,
    kind: PrincipalType,
    owner: Option<&str>,
    management_account: Option<&str>,
) -> bool {
    let service = request.action.split(':').next().unwrap_or("");
    kind != PrincipalType::ServiceLinkedRole
        && is_rcp_service(&service.to_ascii_lowercase())
        && !request.action.eq_ignore_ascii_case("kms:RetireGrant")
        && (management_account.is_none() || owner != management_account)
}
