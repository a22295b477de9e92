//! What a question is about: documents by themselves, or the effective permission of a principal.
//!
//! Effective permission is composed here as a formula, independently of `concrete`, which composes decisions.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use super::action::{Actions, Class, MatcherId};
use super::atom::{Atom, Resources};
use super::compile::Compiler;
use super::formula::{Formula, Formulas};
use super::glob::{Glob, SEPARATOR, Token};
use super::principal::{Bounds, Named, named_by};
use crate::engine::Attached;
use crate::engine::request::{Principal, PrincipalType};
use crate::engine::semantics::{FederatedUser, SessionGrant};
use crate::iam::Effect;
use crate::iam::rcp::is_rcp_service;
use crate::ir::{Policy, PrincipalMatch};

/// A statement whose resource and condition are one formula.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) effect: Effect,
    pub(crate) matcher: MatcherId,
    pub(crate) principal: Option<PrincipalMatch>,
    /// Resource and condition.
    pub(crate) body: Formula,
}

/// The statements of a policy.
pub(crate) type Statements = Vec<Compiled>;

/// A principal with everything that bears on its requests.
#[derive(Clone, Debug)]
pub(crate) struct Composition {
    pub(crate) attached: Attached<Statements>,
    /// The account that owns the resources in question.
    pub(crate) owner: Option<String>,
}

/// One side of a question.
#[derive(Clone, Debug)]
pub(crate) enum Side {
    /// Documents attached together, by themselves.
    Documents(Statements),
    /// Effective permission.
    Effective(Box<Composition>),
}

/// Which requests are looked at together: an action class and a principal.
pub(crate) struct View<'v, 'c> {
    pub(crate) compiler: &'v mut Compiler<'c>,
    pub(crate) sides: &'v [Side],
    pub(crate) class: &'v Class,
    pub(crate) principal: &'v Principal,
}

/// Brings a policy's statements into formulas.
pub(crate) fn compile(
    compiler: &mut Compiler<'_>,
    actions: &mut Actions,
    policy: &Policy,
) -> Statements {
    let reading = compiler.reading(policy.kind);
    let statements = policy.statements.iter();
    statements
        .map(|statement| {
            let condition = compiler.condition(&statement.condition);
            let body = match &statement.resource {
                Some(resource) => {
                    let resource = compiler.resource(resource, reading);
                    compiler.tables.formulas.and([resource, condition])
                }
                None => condition,
            };
            Compiled {
                effect: statement.effect,
                matcher: actions.add(&statement.action),
                principal: statement.principal.clone(),
                body,
            }
        })
        .collect()
}

impl View<'_, '_> {
    /// When a side allows the requests in view.
    pub(crate) fn allows(&mut self, side: usize) -> Formula {
        match self.sides.get(side) {
            None => Formulas::FALSE,
            Some(Side::Documents(statements)) => self.documents(statements),
            Some(Side::Effective(composition)) => self.effective(composition),
        }
    }

    /// When both of two sides allow them; the second is looked at only if the first may.
    pub(crate) fn allows_both(&mut self, first: usize, second: usize) -> Formula {
        let first = self.allows(first);
        if first == Formulas::FALSE {
            return first;
        }
        let second = self.allows(second);
        self.compiler.tables.formulas.and([first, second])
    }

    /// When one side allows them and another does not; the other is looked at only if the one may.
    pub(crate) fn allows_more(&mut self, side: usize, limit: usize) -> Formula {
        let allowed = self.allows(side);
        if allowed == Formulas::FALSE {
            return allowed;
        }
        let limit = self.allows(limit);
        let formulas = &mut self.compiler.tables.formulas;
        let outside = formulas.not(limit);
        formulas.and([allowed, outside])
    }

    /// When a statement of a side made of documents matches.
    pub(crate) fn matches(&mut self, side: usize, index: usize) -> Formula {
        match self.sides.get(side) {
            Some(Side::Documents(statements)) => match statements.get(index) {
                Some(statement) => self.alone(statement),
                None => Formulas::FALSE,
            },
            _ => Formulas::FALSE,
        }
    }

    fn documents(&mut self, statements: &Statements) -> Formula {
        let all: Vec<&Compiled> = statements.iter().collect();
        self.combined(&all)
    }

    fn combined(&mut self, statements: &[&Compiled]) -> Formula {
        let mut allows = Vec::new();
        let mut denies = Vec::new();
        for statement in statements {
            let matched = self.alone(statement);
            match statement.effect {
                Effect::Allow => allows.push(matched),
                Effect::Deny => denies.push(matched),
            }
        }
        self.allowed(allows, denies)
    }

    fn allowed(&mut self, allows: Vec<Formula>, denies: Vec<Formula>) -> Formula {
        let formulas = &mut self.compiler.tables.formulas;
        let allow = formulas.or(allows);
        let deny = formulas.or(denies);
        let spared = formulas.not(deny);
        formulas.and([allow, spared])
    }

    /// A statement taken by itself; principals only narrow it where it names some.
    fn alone(&mut self, statement: &Compiled) -> Formula {
        if !self.class.matches(statement.matcher) {
            return Formulas::FALSE;
        }
        let Some(matched) = &statement.principal else {
            return statement.body;
        };
        let effect = statement.effect;
        let named = named_by(
            self.compiler,
            matched,
            self.principal,
            effect,
            Bounds::Unbounded,
        );
        let formulas = &mut self.compiler.tables.formulas;
        let any = formulas.or([named.caller, named.role, named.account]);
        formulas.and([any, statement.body])
    }

    fn effective(&mut self, composition: &Composition) -> Formula {
        let attached = &composition.attached;
        let principal = self.principal;
        let kind = principal.kind();
        let signs = !matches!(kind, PrincipalType::Anonymous | PrincipalType::Federated);
        if signs
            && self
                .class
                .sample
                .eq_ignore_ascii_case("sts:getcalleridentity")
        {
            return Formulas::TRUE;
        }
        let bounds = match attached.boundary {
            Some(_) => Bounds::Bounded,
            None => Bounds::Unbounded,
        };
        let has_identity = matches!(
            kind,
            PrincipalType::User
                | PrincipalType::RoleSession
                | PrincipalType::ServiceLinkedRole
                | PrincipalType::FederatedUser
        );
        let own: &[Statements] = if has_identity {
            &attached.identity
        } else {
            &[]
        };
        let identity = self.layer(own, None);
        let boundary = self.layer(attached.boundary.as_slice(), None);
        let session = self.layer(&attached.session, None);
        let resource = self.layer(attached.resource.as_slice(), Some(bounds));
        let endpoint = self.layer(&attached.endpoint, Some(bounds));
        let owner = composition.owner.as_deref().or(principal.account());
        let mut denies = vec![identity.denies, endpoint.denies];
        if has_identity {
            denies.extend([boundary.denies, session.denies]);
        }
        let owns = owner.is_some() && principal.account() == owner;
        if !self.mends_bucket_policy(kind, owns) {
            denies.push(resource.denies);
        }
        let mut needs = Vec::new();
        if !attached.endpoint.is_empty() {
            needs.push(endpoint.any());
        }
        let management = attached.management_account.as_deref();
        let outside = |account: Option<&str>| management.is_none() || account != management;
        let scps_bind = matches!(
            kind,
            PrincipalType::Root
                | PrincipalType::User
                | PrincipalType::RoleSession
                | PrincipalType::FederatedUser
        ) && outside(principal.account());
        if scps_bind {
            for level in &attached.scps {
                let level = self.layer(level, None);
                needs.push(level.any());
                denies.push(level.denies);
            }
        }
        if self.rcps_bind(kind) && outside(owner) {
            for level in &attached.rcps {
                denies.push(self.layer(level, Some(bounds)).denies);
            }
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
        needs.push(self.granted(&resource, limits, identity_allows, owns));
        self.allowed_by(needs, denies)
    }

    fn allowed_by(&mut self, needs: Vec<Formula>, denies: Vec<Formula>) -> Formula {
        let formulas = &mut self.compiler.tables.formulas;
        let needs = formulas.and(needs);
        let deny = formulas.or(denies);
        let spared = formulas.not(deny);
        formulas.and([needs, spared])
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
        let same = self.same_partition(&partition);
        self.compiler.tables.formulas.and([granted, same])
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

    fn same_partition(&mut self, partition: &str) -> Formula {
        let with = |text: &str| {
            let mut glob = Glob::literal("arn");
            glob.push(Token::Char(SEPARATOR));
            glob.extend(text.chars().map(Token::Char));
            for _ in 2..super::arn::FIELDS {
                glob.extend([Token::Char(SEPARATOR), Token::Star]);
            }
            glob
        };
        self.resource_set(vec![with(partition), with("")], true)
    }

    fn resource_set(&mut self, globs: Vec<Glob>, star: bool) -> Formula {
        let id = self.compiler.tables.resource(Resources { globs, star });
        self.compiler.tables.atom(Atom::Resource(id))
    }

    /// The statements of one place that match, by effect and by how closely they name the caller.
    fn layer(&mut self, policies: &[Statements], bounds: Option<Bounds>) -> Layer {
        let mut parts = LayerParts::default();
        for statement in policies.iter().flatten() {
            if !self.class.matches(statement.matcher) {
                continue;
            }
            let named = match (bounds, &statement.principal) {
                (None, _) => Named {
                    caller: Formulas::FALSE,
                    role: Formulas::FALSE,
                    account: Formulas::TRUE,
                },
                (Some(_), None) => continue,
                (Some(bounds), Some(matched)) => named_by(
                    self.compiler,
                    matched,
                    self.principal,
                    statement.effect,
                    bounds,
                ),
            };
            let formulas = &mut self.compiler.tables.formulas;
            let [caller, role, account] = [named.caller, named.role, named.account]
                .map(|closeness| formulas.and([closeness, statement.body]));
            match statement.effect {
                Effect::Allow => {
                    parts.caller.push(caller);
                    parts.role.push(role);
                    parts.account.push(account);
                }
                Effect::Deny => parts.denies.extend([caller, role, account]),
            }
        }
        let formulas = &mut self.compiler.tables.formulas;
        let caller = formulas.or(parts.caller);
        let role = formulas.or(parts.role);
        let account = formulas.or(parts.account);
        Layer {
            caller,
            role,
            account,
            all: formulas.or([caller, role, account]),
            denies: formulas.or(parts.denies),
        }
    }
}

/// What boundary and session policies leave.
struct Limits {
    boundary: Formula,
    session: Formula,
    has_session: bool,
}

#[derive(Default)]
struct LayerParts {
    caller: Vec<Formula>,
    role: Vec<Formula>,
    account: Vec<Formula>,
    denies: Vec<Formula>,
}

/// When the policies of one place allow, by closeness, and when they deny.
struct Layer {
    caller: Formula,
    role: Formula,
    account: Formula,
    all: Formula,
    denies: Formula,
}

impl Layer {
    fn any(&self) -> Formula {
        self.all
    }
}
