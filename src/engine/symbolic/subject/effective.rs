//! The effective permission of a principal as a formula, independently of `concrete`, which composes decisions.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::layer::Layer;
use super::{Composition, Statements, View};
use crate::engine::Attached;
use crate::engine::request::PrincipalType;
use crate::engine::semantics::{FederatedUser, SessionGrant};
use crate::engine::symbolic::arn;
use crate::engine::symbolic::atom::{Atom, Resources};
use crate::engine::symbolic::compile::Compiler;
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::glob::{Glob, SEPARATOR, Token};
use crate::engine::symbolic::principal::Bounds;
use crate::iam::rcp::is_rcp_service;

/// What boundary and session policies leave.
struct Limits {
    boundary: Formula,
    session: Formula,
    has_session: bool,
}

/// What has to allow besides, and what must not deny.
struct Guards {
    needs: Vec<Formula>,
    denies: Vec<Formula>,
}

fn has_identity_policies(kind: PrincipalType) -> bool {
    matches!(
        kind,
        PrincipalType::User
            | PrincipalType::RoleSession
            | PrincipalType::ServiceLinkedRole
            | PrincipalType::FederatedUser
    )
}

fn scps_bind(kind: PrincipalType) -> bool {
    matches!(
        kind,
        PrincipalType::Root
            | PrincipalType::User
            | PrincipalType::RoleSession
            | PrincipalType::FederatedUser
    )
}

impl View<'_, '_> {
    /// When the requests in view are allowed in effect.
    pub(super) fn effective(&mut self, composition: &Composition) -> Formula {
        let attached = &composition.attached;
        let principal = self.principal;
        let kind = principal.kind();
        if self.is_always_allowed(kind) {
            return Formulas::TRUE;
        }
        let bounds = match attached.boundary {
            Some(_) => Bounds::Bounded,
            None => Bounds::Unbounded,
        };
        let has_identity = has_identity_policies(kind);
        let own: &[Statements] = if has_identity {
            &attached.identity
        } else {
            &[]
        };
        let identity = self.layer(own, None);
        let boundary = self.layer(attached.boundary.as_slice(), None);
        let session = self.layer(&attached.session, None);
        let resource = self.layer(attached.resource.as_slice(), Some(bounds));
        let owner = composition.owner.as_deref().or(principal.account());
        let owns = owner.is_some() && principal.account() == owner;
        let mut guards = self.guards(attached, owner, bounds);
        guards.denies.push(identity.denies);
        if has_identity {
            guards.denies.extend([boundary.denies, session.denies]);
        }
        if !self.mends_bucket_policy(kind, owns) {
            guards.denies.push(resource.denies);
        }
        let limits = Limits {
            boundary: match attached.boundary {
                Some(_) if kind != PrincipalType::Root => boundary.any(),
                _ => Formulas::TRUE,
            },
            session: self.session_limit(attached.session.is_empty(), kind, session.any()),
            has_session: !attached.session.is_empty(),
        };
        let identity_allows = match kind {
            PrincipalType::Root => Formulas::TRUE,
            _ => identity.any(),
        };
        let granted = self.granted(&resource, limits, identity_allows, owns);
        guards.needs.push(granted);
        self.allowed_by(guards.needs, guards.denies)
    }

    /// Whoever signs may ask who they are, whatever policies say.
    fn is_always_allowed(&self, kind: PrincipalType) -> bool {
        let signs = !matches!(kind, PrincipalType::Anonymous | PrincipalType::Federated);
        let action = &self.class.sample;
        signs && action.eq_ignore_ascii_case("sts:getcalleridentity")
    }

    /// Endpoint policies, SCPs and RCPs, those that bind the principal and the owner of the resource.
    fn guards(
        &mut self,
        attached: &Attached<Statements>,
        owner: Option<&str>,
        bounds: Bounds,
    ) -> Guards {
        let kind = self.principal.kind();
        let endpoint = self.layer(&attached.endpoint, Some(bounds));
        let mut guards = Guards {
            needs: Vec::new(),
            denies: vec![endpoint.denies],
        };
        if !attached.endpoint.is_empty() {
            guards.needs.push(endpoint.any());
        }
        let management = attached.management_account.as_deref();
        let outside = |account: Option<&str>| management.is_none() || account != management;
        if scps_bind(kind) && outside(self.principal.account()) {
            for level in &attached.scps {
                let level = self.layer(level, None);
                guards.needs.push(level.any());
                guards.denies.push(level.denies);
            }
        }
        if self.rcps_bind(kind) && outside(owner) {
            for level in &attached.rcps {
                guards.denies.push(self.layer(level, Some(bounds)).denies);
            }
        }
        guards
    }

    fn session_limit(&self, none: bool, kind: PrincipalType, allows: Formula) -> Formula {
        match (none, kind) {
            (false, PrincipalType::Root) => Formulas::TRUE,
            (false, _) => allows,
            (true, PrincipalType::FederatedUser)
                if self.compiler.semantics.federated_user == FederatedUser::Denied =>
            {
                Formulas::FALSE
            }
            (true, _) => Formulas::TRUE,
        }
    }

    /// Who has to grant: the identity policies, the resource policy, either or both.
    fn granted(
        &mut self,
        resource: &Layer,
        limits: Limits,
        identity_allows: Formula,
        owns: bool,
    ) -> Formula {
        let needs_session = limits.has_session
            && self.compiler.semantics.session_grant == SessionGrant::NeedsSessionPolicy;
        let partition = self.principal.identity().map(|id| id.partition.clone());
        let assumes_role = self.assumed_roles();
        let keys = self.resources(&[None, Some("kms"), None, None, Some("key/")]);
        let anonymous = self.principal.kind() == PrincipalType::Anonymous;
        let formulas = &mut self.compiler.tables.formulas;
        let through_identity = formulas.and([identity_allows, limits.boundary, limits.session]);
        let any_resource = formulas.or([resource.caller, resource.role, resource.account]);
        let Some(partition) = partition else {
            let refused = if anonymous {
                assumes_role
            } else {
                Formulas::FALSE
            };
            let spared = formulas.not(refused);
            return formulas.and([any_resource, spared]);
        };
        let granted = if owns {
            let role = formulas.and([resource.role, limits.boundary, limits.session]);
            let caller = if needs_session {
                formulas.and([resource.caller, limits.session])
            } else {
                resource.caller
            };
            let named = formulas.or([caller, role]);
            let delegated = formulas.or([assumes_role, keys]);
            let free = formulas.not(delegated);
            let trusted = formulas.or([free, any_resource]);
            let identity = formulas.and([through_identity, trusted]);
            formulas.or([named, identity])
        } else {
            formulas.and([any_resource, through_identity])
        };
        let same = of_partition(self.compiler, &partition);
        self.compiler.tables.formulas.and([granted, same])
    }

    fn allowed_by(&mut self, needs: Vec<Formula>, denies: Vec<Formula>) -> Formula {
        let formulas = &mut self.compiler.tables.formulas;
        let needs = formulas.and(needs);
        let deny = formulas.or(denies);
        let spared = formulas.not(deny);
        formulas.and([needs, spared])
    }

    fn mends_bucket_policy(&self, kind: PrincipalType, owns: bool) -> bool {
        let names = [
            "s3:GetBucketPolicy",
            "s3:PutBucketPolicy",
            "s3:DeleteBucketPolicy",
        ];
        kind == PrincipalType::Root
            && owns
            && names
                .iter()
                .any(|n| self.class.sample.eq_ignore_ascii_case(n))
    }

    fn rcps_bind(&self, kind: PrincipalType) -> bool {
        let service = self.class.sample.split(':').next().unwrap_or("");
        kind != PrincipalType::ServiceLinkedRole
            && is_rcp_service(service)
            && !self.class.sample.eq_ignore_ascii_case("kms:RetireGrant")
    }

    /// Requests of STS on roles, where the trust policy has the say.
    fn assumed_roles(&mut self) -> Formula {
        if self.class.sample.starts_with("sts:") {
            self.resources(&[None, Some("iam"), None, None, Some("role/")])
        } else {
            Formulas::FALSE
        }
    }

    /// Resources whose fields are given; the last one is a prefix.
    fn resources(&mut self, fields: &[Option<&str>]) -> Formula {
        let mut glob = Glob::literal("arn");
        for (i, field) in fields.iter().enumerate() {
            glob.push(Token::Char(SEPARATOR));
            match field {
                Some(text) => glob.extend(text.chars().map(Token::Char)),
                None => glob.push(Token::Star),
            }
            if i + 1 == fields.len() {
                glob.push(Token::Star);
            }
        }
        self.resource_set(vec![glob], false)
    }

    fn resource_set(&mut self, globs: Vec<Glob>, star: bool) -> Formula {
        let id = self.compiler.tables.resource(Resources { globs, star });
        self.compiler.tables.atom(Atom::Resource(id))
    }
}

/// Resources of a partition, those whose ARNs leave it out, and no resource at all.
pub(crate) fn of_partition(compiler: &mut Compiler<'_>, partition: &str) -> Formula {
    let with = |text: &str| {
        let mut glob = Glob::literal("arn");
        glob.push(Token::Char(SEPARATOR));
        glob.extend(text.chars().map(Token::Char));
        for _ in 2..arn::FIELDS {
            glob.extend([Token::Char(SEPARATOR), Token::Star]);
        }
        glob
    };
    let id = compiler.tables.resource(Resources {
        globs: vec![with(partition), with("")],
        star: true,
    });
    compiler.tables.atom(Atom::Resource(id))
}
