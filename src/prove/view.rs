//! Whose resources a claim can be about, and what bears on a request in each case.
//!
//! A set of requests falls apart into views: those on resources of the asker's own account without a policy of their
//! own, those on each resource whose policy the project writes (roles with their trust included), and those on resources
//! outside the project, whose owner may grant whatever it likes. Together the views cover every request that could be
//! allowed; each is one question for the engine.

use std::borrow::Cow;

use crate::access::reach::Reach;
use crate::access::{AccountView, Estate, Identity, IdentityKind, Shared};
use crate::engine::concrete::{CompiledPolicy, allows_alone};
use crate::engine::question::{Asking, Effective};
use crate::engine::{self, Attached, Request};
use crate::iam::arn::is_account_id;
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{BaseOperator, Effect, Operator, PolicyKind};
use crate::ir::promise::{Who, WhoKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement, Test};

/// What all questions of a run share.
pub(super) struct Ground<'g, 'a> {
    pub(super) estate: &'g Estate<'a>,
    pub(super) asking: &'g Asking<'g>,
    pub(super) reach: Reach<'g, 'a>,
    pub(super) governed: Vec<Governed<'g>>,
    /// Grants everything to everybody: what the owner of a resource outside the project may have written.
    generous: Policy,
    /// What an account outside the project may allow its own identities.
    everything: Policy,
    /// For each account the policy of a resource that leaves the decision to the account's identities. Keys and roles
    /// have a policy even where the project writes none, and this is AWS's default.
    delegating: Vec<Policy>,
}

/// A resource with a policy of its own.
pub(super) struct Governed<'g> {
    /// What it is called.
    pub(super) name: String,
    /// The ARNs that the policy is about.
    patterns: Vec<String>,
    /// The service whose actions it decides about.
    service: String,
    /// The place of its owner's account.
    pub(super) owner: usize,
    pub(super) policy: &'g Policy,
}

/// Requests of a claim that one composition of policies decides.
pub(super) struct View<'v> {
    pub(super) effective: Effective<'v>,
    /// The requests: what its Allows match and its Denies do not.
    pub(super) scope: Policy,
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
    pub(super) fn new(estate: &'g Estate<'a>, asking: &'g Asking<'g>) -> Self {
        let resources = estate.resources().iter();
        // An endpoint's policy limits what passes through the endpoint; it grants nothing and is no resource's.
        let resources = resources.filter(|r| r.resource.resource_type != "ec2:vpc-endpoint");
        let mut governed: Vec<Governed<'g>> = resources
            .map(|r| Governed {
                name: r.name.to_owned(),
                patterns: with_children(&r.resource.resource),
                service: service_of(&r.resource.resource_type).to_owned(),
                owner: r.account,
                policy: &r.resource.policy,
            })
            .collect();
        let roles = estate.identities().iter();
        governed.extend(roles.filter_map(|role| {
            Some(Governed {
                name: role.name.to_owned(),
                patterns: vec![role.arn()],
                service: "sts".to_owned(),
                owner: role.account,
                policy: role.trust?,
            })
        }));
        Ground {
            estate,
            asking,
            reach: Reach::new(estate, asking),
            governed,
            generous: granting("whatever the owner grants", Principals::Everyone),
            everything: everything(),
            delegating: estate.accounts().iter().map(delegating).collect(),
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
        let mut all = self.estate.identities().iter();
        all.find(|i| i.account == account && i.kind == kind && i.name == who.name)
    }

    /// `Reader in Prod`
    pub(super) fn name_of(&self, identity: &Identity<'_>) -> String {
        let account = self.estate.account(identity.account);
        let account = account.map_or("", |a| a.account.name.as_str());
        format!("`{}` in {account}", identity.name)
    }

    /// The resources with a policy that a scope may touch.
    pub(super) fn touched(&self, scope: &Policy) -> Vec<&Governed<'g>> {
        let all = self.governed.iter();
        all.filter(|g| scope.statements.iter().any(|s| g.may_meet(s)))
            .collect()
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
        let own = touched.into_iter().filter(|g| g.owner == identity.account);
        own.map(|g| self.governed(identity, scope, g)).collect()
    }

    /// Every request of the scope that somebody's policies could come to allow, view by view.
    pub(super) fn views<'v>(&'v self, identity: &'v Identity<'a>, scope: &Policy) -> Vec<View<'v>>
    where
        'g: 'v,
    {
        let touched = self.touched(scope);
        let mut views = vec![self.own(identity, scope, &touched)];
        for governed in &touched {
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
        self.leave_out(&mut scope, touched);
        let default = self.delegating.get(identity.account);
        let estate = self.estate;
        View {
            effective: estate.effective_toward(identity, default, identity.account),
            scope,
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
        let mut scope = self.facts(identity, Some(governed.owner), scope);
        scope.statements.extend(governed.only());
        let owner = match governed.owner == identity.account {
            true => Owner::GovernedOwn,
            false => Owner::GovernedOther,
        };
        let policy = Some(governed.policy);
        let estate = self.estate;
        View {
            effective: estate.effective_toward(identity, policy, governed.owner),
            scope,
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
        self.leave_out(&mut scope, touched);
        let mut effective = self.estate.effective(identity);
        effective.attached.rcps = Vec::new();
        effective.attached.resource = Some(Cow::Borrowed(&self.generous));
        effective.resource_account = Some(owner);
        View {
            effective,
            scope,
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
            self.leave_out(&mut scope, &touched);
            let mut effective = self.estate.effective(identity);
            effective.attached.rcps = Vec::new();
            effective.resource_account = Some(owner);
            View {
                effective,
                scope,
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
        for statement in &mut scope.statements {
            let own = std::mem::replace(&mut statement.condition, Condition::True);
            statement.condition = Condition::all([own].into_iter().chain(facts.clone()));
        }
        scope
            .statements
            .push(deny_on(vec!["*".to_owned()], "sts:GetCallerIdentity"));
        scope
    }

    fn leave_out(&self, scope: &mut Policy, touched: &[&Governed<'_>]) {
        for governed in touched {
            let actions = format!("{}:*", governed.service);
            let patterns = governed.patterns.clone();
            scope.statements.push(deny_on(patterns, &actions));
        }
    }
}

impl Governed<'_> {
    /// Narrows a scope to what the policy decides about.
    pub(super) fn only(&self) -> [Statement; 2] {
        let mut others = deny_on(vec!["*".to_owned()], "");
        others.action = Match::except(vec![format!("{}:*", self.service)]);
        [deny_beside(self.patterns.clone()), others]
    }

    /// Never false if some request of the statement is about this resource.
    fn may_meet(&self, statement: &Statement) -> bool {
        let action = &statement.action;
        let service = format!("{}:*", self.service);
        let names_service = |p: &String| heads_agree(&p.to_ascii_lowercase(), &service);
        if !action.negated && !action.patterns.iter().any(names_service) {
            return false;
        }
        let Some(resource) = statement.resource.as_ref().filter(|r| !r.negated) else {
            return true;
        };
        let meets = |p: &String| self.patterns.iter().any(|own| heads_agree(p, own));
        resource.patterns.iter().any(meets)
    }
}

/// Whether a pattern can be of an account: it names it, or none.
fn is_of(pattern: &str, account: &str) -> bool {
    let named = pattern.split(':').nth(4).filter(|a| is_account_id(a));
    // A wildcard before the account may be text of any field.
    let is_plain = pattern
        .split(':')
        .take(4)
        .all(|f| f == "*" || !f.contains(['*', '?', '$']));
    !is_plain || named.is_none_or(|a| a == account)
}

/// Whether two patterns agree up to the first wildcard or variable of either.
fn heads_agree(one: &str, other: &str) -> bool {
    let head = |text: &str| text.find(['*', '?', '$']);
    let (a, b) = (head(one), head(other));
    if a.or(b).is_none() {
        return one == other;
    }
    let length = a.unwrap_or(one.len()).min(b.unwrap_or(other.len()));
    one.as_bytes().get(..length) == other.as_bytes().get(..length)
}

/// A resource with what lies in it: objects of a bucket, versions of a function, streams of a log group.
fn with_children(arn: &str) -> Vec<String> {
    vec![arn.to_owned(), format!("{arn}/*"), format!("{arn}:*")]
}

fn service_of(resource_type: &str) -> &str {
    resource_type.split(':').next().unwrap_or_default()
}

fn mentioned<'c>(condition: &'c Condition, found: &mut Vec<&'c str>) {
    match condition {
        Condition::True | Condition::False => {}
        Condition::Not(inner) => mentioned(inner, found),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|p| mentioned(p, found));
        }
        Condition::Test(test) => {
            for value in &test.values {
                if is_account_id(value) && !found.contains(&value.as_str()) {
                    found.push(value);
                }
            }
        }
    }
}

fn equals(key: &str, value: &str) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(BaseOperator::StringEquals),
        key: key.to_owned(),
        multi_valued: false,
        values: vec![value.to_owned()],
        span: None,
    })
}

fn absent(key: &str) -> Condition {
    Condition::Test(Test {
        operator: Operator::plain(BaseOperator::Null),
        key: key.to_owned(),
        multi_valued: false,
        values: vec!["true".to_owned()],
        span: None,
    })
}

/// Takes away what is on none of some resources.
fn deny_beside(patterns: Vec<String>) -> Statement {
    Statement {
        resource: Some(Match::except(patterns)),
        ..deny_on(Vec::new(), "*")
    }
}

/// Takes away some actions on some resources.
fn deny_on(patterns: Vec<String>, action: &str) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Deny,
        principal: None,
        action: Match::any(vec![action.to_owned()]),
        resource: Some(Match::any(patterns)),
        condition: Condition::True,
        origin: Origin::default(),
    }
}

/// Every request.
pub(super) fn everything() -> Policy {
    let mut all = granting("everything", Principals::Everyone);
    all.kind = PolicyKind::ManagedPolicy;
    for statement in &mut all.statements {
        statement.principal = None;
    }
    all
}

/// A limit that also allows what a scope takes away.
pub(super) fn excusing(limit: &Policy, scope: &Policy) -> Policy {
    let mut excused = limit.clone();
    let denies = scope.statements.iter().filter(|s| s.effect == Effect::Deny);
    excused.statements.extend(denies.map(|deny| Statement {
        effect: Effect::Allow,
        ..deny.clone()
    }));
    excused
}

fn delegating(view: &AccountView<'_>) -> Policy {
    let root = Principal {
        kind: PrincipalKind::Aws,
        value: format!(
            "arn:{}:iam::{}:root",
            view.account.partition, view.account.id
        ),
    };
    granting("AWS's default", Principals::Named(vec![root]))
}

/// A resource policy that grants everything to somebody.
fn granting(name: &str, principals: Principals) -> Policy {
    Policy {
        kind: PolicyKind::ResourcePolicy,
        name: name.to_owned(),
        statements: vec![Statement {
            effect: Effect::Allow,
            principal: Some(PrincipalMatch {
                negated: false,
                principals,
            }),
            ..deny_on(vec!["*".to_owned()], "*")
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}
