//! Resources whose policies the project writes, and which of them a claim may be about.

use std::collections::BTreeMap;

use super::scope::{deny_beside, deny_on};
use crate::access::naming::may_name;
use crate::access::{Estate, Identity};
use crate::iam::Effect;
use crate::iam::arn::is_account_id;
use crate::ir::{Match, Policy, Statement};

/// A resource with a policy of its own.
pub(super) struct Governed<'g> {
    /// What it is called.
    pub(super) name: String,
    /// The ARNs that the policy is about.
    pub(super) patterns: Vec<String>,
    /// The service whose actions it decides about.
    pub(super) service: String,
    /// The place of its owner's account.
    pub(super) owner: usize,
    pub(super) policy: &'g Policy,
}

/// Every resource with a policy, in the order of the estate.
pub(super) struct Register<'g> {
    all: Vec<Governed<'g>>,
    /// Places by service.
    of_service: BTreeMap<String, Vec<usize>>,
}

impl<'g> Register<'g> {
    pub(super) fn new<'a>(estate: &'g Estate<'a>) -> Self {
        let resources = estate.resources().iter();
        // An endpoint's policy limits what passes through the endpoint; it grants nothing and is no resource's.
        let resources = resources.filter(|r| r.resource.resource_type != "ec2:vpc-endpoint");
        let mut all: Vec<Governed<'g>> = resources
            .map(|r| Governed {
                name: r.name.to_owned(),
                patterns: with_children(&r.resource.resource),
                service: service_of(&r.resource.resource_type).to_owned(),
                owner: r.account,
                policy: &r.resource.policy,
            })
            .collect();
        let roles = estate.identities().iter();
        all.extend(roles.filter_map(|role| {
            Some(Governed {
                name: role.name.to_owned(),
                patterns: vec![role.arn()],
                service: "sts".to_owned(),
                owner: role.account,
                policy: role.trust?,
            })
        }));
        let mut of_service: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, governed) in all.iter().enumerate() {
            let places = of_service.entry(governed.service.clone()).or_default();
            places.push(place);
        }
        Register { all, of_service }
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Governed<'g>> {
        self.all.iter()
    }

    /// Those that a scope may touch.
    pub(super) fn touched(&self, scope: &Policy) -> Vec<&Governed<'g>> {
        let meets = |g: &&Governed<'g>| scope.statements.iter().any(|s| g.may_meet(s));
        match services(scope) {
            None => self.all.iter().filter(meets).collect(),
            Some(services) => {
                let places = services.iter().filter_map(|s| self.of_service.get(s));
                let mut places: Vec<usize> = places.flatten().copied().collect();
                places.sort_unstable();
                places.dedup();
                let found = places.into_iter().filter_map(|at| self.all.get(at));
                found.filter(meets).collect()
            }
        }
    }
}

/// The services that the actions of a scope are of; `None` if a pattern leaves that open.
fn services(scope: &Policy) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for statement in &scope.statements {
        if statement.action.negated {
            return None;
        }
        for pattern in &statement.action.patterns {
            found.push(literal_service(pattern)?);
        }
    }
    Some(found)
}

/// The service of a pattern that names one, in lower case.
fn literal_service(pattern: &str) -> Option<String> {
    let (service, _) = pattern.split_once(':')?;
    (!service.contains(['*', '?', '$'])).then(|| service.to_ascii_lowercase())
}

impl Governed<'_> {
    /// Narrows a scope to what the policy decides about.
    pub(super) fn only(&self) -> [Statement; 2] {
        let mut others = deny_on(vec!["*".to_owned()], "");
        others.action = Match::except(vec![format!("{}:*", self.service)]);
        [deny_beside(self.patterns.clone()), others]
    }

    /// The part of a scope that is about the resource: of its service and on it.
    pub(super) fn part_of(&self, mut scope: Policy) -> Policy {
        let every = format!("{}:*", self.service);
        for statement in &mut scope.statements {
            let is_allow = statement.effect == Effect::Allow && !statement.action.negated;
            if !is_allow {
                continue;
            }
            let patterns = &mut statement.action.patterns;
            patterns.retain(|p| literal_service(p).is_none_or(|s| s == self.service));
            for pattern in patterns.iter_mut().filter(|p| *p == "*") {
                pattern.clone_from(&every);
            }
        }
        scope.statements.extend(self.only());
        scope
    }

    /// Never false if the policy may have a say in what the identity may do to the resource. In another account
    /// nothing is allowed that the owner does not grant, and no role is assumed that does not trust.
    pub(super) fn may_concern(&self, identity: &Identity<'_>) -> bool {
        let needs_grant = self.service == "sts" || self.owner != identity.account;
        !needs_grant || may_name(self.policy, identity)
    }

    /// Never false if some request of the statement is about this resource.
    pub(super) fn may_meet(&self, statement: &Statement) -> bool {
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
pub(super) fn is_of(pattern: &str, account: &str) -> bool {
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
