//! Whose resources a claim can be about, and what bears on a request in each case.
//!
//! A set of requests falls apart into views: those on resources of the asker's own account without a policy of their
//! own, those on each resource whose policy the project writes (roles with their trust included), and those on resources
//! outside the project, whose owner may grant whatever it likes. Together the views cover every request that could be
//! allowed; each is one question for the engine.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::governed::{Governed, Register, is_of};
use super::guardrail::Settled;
use super::scope::{
    absent, delegating, deny_beside, deny_on, equals, everything, granting, mentioned,
};
use crate::access::naming::may_name_directly;
use crate::access::reach::Reach;
use crate::access::{Estate, Identity, IdentityKind, Shared};
use crate::engine::concrete::{CompiledPolicy, allows_alone};
use crate::engine::question::{Asking, Effective, Finding, Subject, World, disjoint};
use crate::engine::{self, Attached, Request};
use crate::iam::arn::is_account_id;
use crate::iam::document::Principals;
use crate::ir::promise::{Who, WhoKind};
use crate::ir::{Condition, Policy, Statement};

/// What all questions of a run share.
pub(super) struct Ground<'g, 'a> {
    pub(super) estate: &'g Estate<'a>,
    pub(super) asking: &'g Asking<'g>,
    pub(super) reach: &'g Reach<'g, 'a>,
    pub(super) governed: Register<'g>,
    /// Places among the estate's identities.
    places: BTreeMap<(usize, IdentityKind, &'g str), usize>,
    /// Grants everything to everybody: what the owner of a resource outside the project may have written.
    generous: Policy,
    /// What an account outside the project may allow its own identities.
    everything: Policy,
    /// For each account the policy of a resource that leaves the decision to the account's identities. Keys and roles
    /// have a policy even where the project writes none, and this is AWS's default.
    delegating: Vec<Policy>,
    /// What levels of SCPs settle by themselves.
    pub(super) settled: Settled,
}

/// Requests of a claim that one composition of policies decides.
pub(super) struct View<'v> {
    pub(super) effective: Effective<'v>,
    /// The requests: what its Allows match and its Denies do not.
    pub(super) scope: Policy,
    /// Denies of what is asked about in other views.
    elsewhere: Vec<Statement>,
    /// Whose resources they are about.
    pub(super) owner: Owner,
}

/// Whose resources a view is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Owner {
    /// The asker's own account's, without a policy of their own.
    Own,
    /// A resource with a policy, in the same account.
    GovernedOwn,
    /// A resource with a policy, in another account of the project.
    GovernedOther,
    /// Somebody's outside the project.
    Outside,
}

impl<'g, 'a> Ground<'g, 'a> {
    pub(super) fn new(reach: &'g Reach<'g, 'a>) -> Self {
        let (estate, asking) = (reach.estate(), reach.asking());
        let identities = estate.identities().iter().enumerate();
        let places = identities.map(|(at, i)| ((i.account, i.kind, i.name), at));
        Ground {
            estate,
            asking,
            reach,
            governed: Register::new(estate),
            places: places.rev().collect(),
            generous: granting("whatever the owner grants", Principals::Everyone),
            everything: everything(),
            delegating: estate.accounts().iter().map(delegating).collect(),
            settled: Settled::default(),
        }
    }

    /// How to ask where only a proof counts.
    pub(super) fn sketch(&self) -> Asking<'g> {
        Asking {
            world: World::Sketch,
            ..*self.asking
        }
    }

    /// The identity that a promise speaks of.
    pub(super) fn identity(&self, who: &Who) -> Option<&'g Identity<'a>> {
        let account = self.estate.account_by_id(&who.account)?;
        let kind = match who.kind {
            WhoKind::Role => IdentityKind::Role,
            WhoKind::User => IdentityKind::User,
            WhoKind::PermissionSet => IdentityKind::PermissionSet,
        };
        let place = self.places.get(&(account, kind, who.name.as_str()))?;
        self.estate.identities().get(*place)
    }

    /// `Reader in Prod`
    pub(super) fn name_of(&self, identity: &Identity<'_>) -> String {
        let account = self.estate.account(identity.account);
        let account = account.map_or("", |a| a.account.name.as_str());
        format!("`{}` in {account}", identity.name)
    }

    /// The resources with a policy that a scope may touch.
    pub(super) fn touched(&self, scope: &Policy) -> Vec<&Governed<'g>> {
        self.governed.touched(scope)
    }

    /// The views of a scope that are left to be asked about if what the identity's own policies grant, or what its
    /// boundary lets through, is harmless by itself: then only a resource of its own account can still grant to it.
    pub(super) fn views_unless<'v>(
        &'v self,
        identity: &'v Identity<'a>,
        scope: &Policy,
        is_harmless: impl Fn(Vec<&Policy>) -> bool,
    ) -> Vec<View<'v>>
    where
        'g: 'v,
    {
        let policies: Vec<&Policy> = identity.policies.iter().map(|p| &**p).collect();
        let boundary = identity.boundary.as_deref();
        if !is_harmless(policies) && !boundary.is_some_and(|b| is_harmless(vec![b])) {
            return self.views(identity, scope);
        }
        let touched = self.touched(scope);
        // A grant to the whole account leaves the decision to the identity's own policies.
        let grants = |g: &&Governed<'_>| {
            g.owner == identity.account && may_name_directly(g.policy, identity)
        };
        let own = touched.into_iter().filter(grants);
        own.map(|g| self.governed(identity, scope, g)).collect()
    }

    /// Every request of the scope that somebody's policies could come to allow, view by view.
    pub(super) fn views<'v>(&'v self, identity: &'v Identity<'a>, scope: &Policy) -> Vec<View<'v>>
    where
        'g: 'v,
    {
        let touched = self.touched(scope);
        let mut views = vec![self.own(identity, scope, &touched)];
        for governed in touched.iter().filter(|g| g.may_concern(identity)) {
            views.push(self.governed(identity, scope, governed));
        }
        for owner in self.outsiders(identity) {
            views.push(self.outside(identity, scope, &touched, owner));
        }
        views
    }

    /// Requests on resources of the own account that have no policy.
    ///
    /// What the scope places in another account is left out. Where it names none, an ARN of another account counts as the
    /// own account's too: a wildcard of `Resource` crosses the fields of an ARN, so no statement could tell them apart.
    /// A claim is never proved for that, but may be refuted.
    pub(super) fn own<'v>(
        &'v self,
        identity: &'v Identity<'a>,
        scope: &Policy,
        touched: &[&Governed<'_>],
    ) -> View<'v>
    where
        'g: 'v,
    {
        let mut scope = self.facts(identity, Some(identity.account), scope);
        let account = identity.principal.account().unwrap_or_default();
        for resource in scope
            .statements
            .iter_mut()
            .filter_map(|s| s.resource.as_mut())
        {
            if !resource.negated {
                resource.patterns.retain(|p| is_of(p, account));
            }
        }
        let default = self.delegating.get(identity.account);
        let estate = self.estate;
        View {
            effective: estate.effective_toward(identity, default, identity.account),
            scope,
            elsewhere: elsewhere(touched),
            owner: Owner::Own,
        }
    }

    /// Requests on a resource with a policy.
    pub(super) fn governed<'v>(
        &'v self,
        identity: &'v Identity<'a>,
        scope: &Policy,
        governed: &Governed<'v>,
    ) -> View<'v>
    where
        'g: 'v,
    {
        let scope = governed.part_of(self.facts(identity, Some(governed.owner), scope));
        let owner = match governed.owner == identity.account {
            true => Owner::GovernedOwn,
            false => Owner::GovernedOther,
        };
        let policy = Some(governed.policy);
        let estate = self.estate;
        View {
            effective: estate.effective_toward(identity, policy, governed.owner),
            scope,
            elsewhere: Vec::new(),
            owner,
        }
    }

    /// Requests on resources of an account outside the project, whose owner grants everything.
    fn outside<'v>(
        &'v self,
        identity: &'v Identity<'a>,
        scope: &Policy,
        touched: &[&Governed<'_>],
        owner: &'v str,
    ) -> View<'v>
    where
        'g: 'v,
    {
        let mut scope = self.facts(identity, None, scope);
        scope.statements.push(deny_beside(vec!["arn:*".to_owned()]));
        let accounts = self.estate.accounts().iter();
        let ours = accounts.map(|a| format!("arn:*:*:*:{}:*", a.account.id));
        scope.statements.push(deny_on(ours.collect(), "*"));
        let mut effective = self.estate.effective(identity);
        effective.attached.rcps = Vec::new();
        effective.attached.resource = Some(Cow::Borrowed(&self.generous));
        effective.resource_account = Some(owner);
        View {
            effective,
            scope,
            elsewhere: elsewhere(touched),
            owner: Owner::Outside,
        }
    }

    /// Requests on resources that the scope places in another account, of which no policy of the project speaks: there
    /// the owner would have to grant, and nothing says that it does.
    pub(super) fn strangers<'v>(
        &'v self,
        identity: &'v Identity<'a>,
        scope: &'v Policy,
    ) -> Vec<View<'v>>
    where
        'g: 'v,
    {
        let own = identity.principal.account().unwrap_or_default();
        let resources = scope.statements.iter().filter_map(|s| s.resource.as_ref());
        let patterns = resources.filter(|m| !m.negated).flat_map(|m| &m.patterns);
        let mut owners: Vec<&str> = Vec::new();
        for owner in patterns.filter_map(|p| p.split(':').nth(4)) {
            if is_account_id(owner) && owner != own && !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        let touched = self.touched(scope);
        let view = |owner: &'v str| {
            let mut scope = self.facts(identity, None, scope);
            scope
                .statements
                .push(deny_beside(vec![format!("arn:*:*:*:{owner}:*")]));
            let mut effective = self.estate.effective(identity);
            effective.attached.rcps = Vec::new();
            effective.resource_account = Some(owner);
            View {
                effective,
                scope,
                elsewhere: elsewhere(&touched),
                owner: Owner::Outside,
            }
        };
        owners.into_iter().map(view).collect()
    }

    /// What bears on a caller from outside the project, whose own account allows it everything.
    pub(super) fn foreign<'v>(
        &'v self,
        caller: &'v engine::Principal,
        governed: &Governed<'v>,
    ) -> Effective<'v>
    where
        'g: 'v,
    {
        let owner = self.estate.account(governed.owner);
        let rcps = owner.map(|o| o.rcps.as_slice()).unwrap_or_default();
        let level =
            |level: &'v Vec<Shared<'a>>| level.iter().map(|p| Cow::Borrowed(&**p)).collect();
        Effective {
            principal: caller,
            attached: Attached {
                resource: Some(Cow::Borrowed(governed.policy)),
                rcps: rcps.iter().map(level).collect(),
                ..Attached::of_identity(vec![Cow::Borrowed(&self.everything)])
            },
            resource_account: owner.map(|o| o.account.id.as_str()),
        }
    }

    /// Whether a view is of no request at all, whatever policies say: none of the identity's requests is like that.
    pub(super) fn is_of_nothing(&self, view: &View<'_>, world: World) -> bool {
        let free = Effective {
            principal: view.effective.principal,
            attached: Attached {
                resource: Some(Cow::Borrowed(&self.generous)),
                ..Attached::of_identity(vec![Cow::Borrowed(&self.everything)])
            },
            resource_account: view.effective.resource_account,
        };
        let free = Subject::Effective(Box::new(free));
        let asking = Asking {
            world,
            ..*self.asking
        };
        disjoint(&free, &Subject::document(&view.whole_scope()), &asking).is_proved()
    }

    /// The policy that decides about a request on a resource, if the project writes it.
    pub(super) fn governing(&self, action: &str, resource: &str) -> Option<&Governed<'g>> {
        let request = Request {
            principal: engine::Principal::Anonymous,
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: None,
            context: engine::Context::default(),
        };
        let semantics = &self.asking.semantics;
        self.governed.iter().find(|governed| {
            let mut about = everything();
            about.statements.extend(governed.only());
            let about = CompiledPolicy::new(&about, semantics);
            allows_alone(&about, &request, semantics)
        })
    }

    /// What bears on an identity's request on a resource of which no policy of the project speaks: in its own account
    /// AWS's default, in another account of the project nothing that grants, outside the project whatever is needed.
    pub(super) fn undeclared<'v>(
        &'v self,
        identity: &'v Identity<'a>,
        owner: Option<&str>,
    ) -> Effective<'v> {
        let estate = self.estate;
        match owner.map(|id| estate.account_by_id(id)) {
            Some(Some(owner)) if owner != identity.account => {
                estate.effective_toward(identity, None, owner)
            }
            Some(None) => {
                let mut effective = estate.effective(identity);
                effective.attached.rcps = Vec::new();
                effective.attached.resource = Some(Cow::Borrowed(&self.generous));
                effective
            }
            _ => {
                let default = self.delegating.get(identity.account);
                estate.effective_toward(identity, default, identity.account)
            }
        }
    }

    /// Accounts outside the project that stand for all: one that no policy of the identity mentions, and all they do.
    fn outsiders<'v>(&'v self, identity: &'v Identity<'a>) -> Vec<&'v str> {
        let mut found: Vec<&str> = vec!["000000000000"];
        let own = identity.policies.iter().chain(&identity.boundary);
        let view = self.estate.account(identity.account);
        let levels = view.into_iter().flat_map(|v| v.scps.iter().flatten());
        for policy in own.chain(levels) {
            for statement in &policy.statements {
                mentioned(&statement.condition, &mut found);
            }
        }
        found.retain(|id| self.estate.account_by_id(id).is_none());
        found
    }

    /// A scope with what is known of everything that the identity asks for: nobody can be kept from asking who they
    /// are, and the organisation of an account is no choice of the caller.
    fn facts(&self, identity: &Identity<'_>, owner: Option<usize>, scope: &Policy) -> Policy {
        let mut scope = scope.clone();
        let facts = self.known(identity, owner);
        for statement in &mut scope.statements {
            let own = std::mem::replace(&mut statement.condition, Condition::True);
            statement.condition = Condition::all([own].into_iter().chain(facts.clone()));
        }
        scope
            .statements
            .push(deny_on(vec!["*".to_owned()], "sts:GetCallerIdentity"));
        scope
    }

    /// What the project knows of the keys of an identity's requests to an account's resources.
    pub(super) fn known(&self, identity: &Identity<'_>, owner: Option<usize>) -> Vec<Condition> {
        let organization = |place: usize| {
            let organization = self.estate.account(place)?.organization?;
            Some(organization.id.as_str()).filter(|id| !id.is_empty())
        };
        let mut facts = Vec::new();
        if let Some(id) = organization(identity.account) {
            facts.push(equals("aws:PrincipalOrgID", id));
        }
        // AWS says whose resource it is and in which organisation, or neither.
        if let Some(id) = owner.and_then(organization) {
            let neither = [absent("aws:ResourceAccount"), absent("aws:ResourceOrgID")];
            let told = equals("aws:ResourceOrgID", id);
            facts.push(Condition::any([told, Condition::all(neither)]));
        }
        facts
    }
}

impl View<'_> {
    /// Asks about the requests of the view. What other views are about is left out only if a smaller question, which
    /// proves more, does not settle it.
    pub(super) fn settle(&self, ask: impl Fn(&Policy) -> Finding) -> Finding {
        if !self.elsewhere.is_empty() && ask(&self.scope).is_proved() {
            return Finding::Proved;
        }
        ask(&self.whole_scope())
    }

    /// The requests, without those that other views are about.
    pub(super) fn whole_scope(&self) -> Policy {
        let mut scope = self.scope.clone();
        scope.statements.extend(self.elsewhere.iter().cloned());
        scope
    }
}

/// What resources with policies of their own are asked about by themselves.
fn elsewhere(touched: &[&Governed<'_>]) -> Vec<Statement> {
    let left_out = |governed: &&Governed<'_>| {
        let actions = format!("{}:*", governed.service);
        deny_on(governed.patterns.clone(), &actions)
    };
    touched.iter().map(left_out).collect()
}
