//! `permissions-management`, `credential-exposure`, `pass-role`, `service-linked-role`: grants that lead to more.
//!
//! Asked is what is left in effect: the statement with the Denies of the identity's policies, its boundary and the SCPs.

use std::borrow::Cow;

use super::context::Kin;
use super::finding::Finding;
use super::reach_of::{Breadth, is_about_everything};
use super::{Context, Lint, ask, facts, who, words};
use crate::catalogue::AccessLevel;
use crate::engine::Attached;
use crate::engine::question::Effective;
use crate::engine::witness::Witness;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement};

/// Asks about each Allow that the project itself wrote for an identity.
fn grants(cx: &Context<'_>, mut look: impl FnMut(&Grant<'_>) -> Option<Finding>) -> Vec<Finding> {
    let mut found = Vec::new();
    for kin in &cx.kin {
        let own = kin.identity.policies.iter().filter(|p| !p.is_aws());
        for statement in own.flat_map(|p| &p.statements) {
            if statement.effect == Effect::Allow && cx.is_own(&statement.origin) {
                let grant = Grant { kin, statement };
                found.extend(look(&grant).map(|f| f.accounts(&kin.accounts)));
            }
        }
    }
    found
}

/// One Allow of an identity.
struct Grant<'g> {
    kin: &'g Kin<'g>,
    statement: &'g Statement,
}

impl Grant<'_> {
    /// A request of a scope that is left in effect of the statement.
    fn leaves(&self, cx: &Context<'_>, scope: &Policy) -> Option<Witness> {
        let identity = self.kin.identity;
        let view = cx.estate().account(identity.account)?;
        let denies = identity.policies.iter().flat_map(|p| &p.statements);
        let denies = denies.filter(|s| s.effect == Effect::Deny);
        let statements = std::iter::once(self.statement).chain(denies).cloned();
        let own = ask::document(PolicyKind::InlinePolicy, statements.collect());
        let asked = Effective {
            principal: &identity.principal,
            attached: Attached {
                identity: vec![Cow::Owned(own)],
                boundary: identity
                    .boundary
                    .as_ref()
                    .map(|b| Cow::Owned(who::part(b, &self.statement.action))),
                scps: who::levels(&view.scps, &self.statement.action),
                ..Attached::default()
            },
            resource_account: None,
        };
        cx.allowed(&ask::subject(asked), scope)
    }

    fn finding(&self, lint: &Lint, message: String) -> Option<Finding> {
        Finding::at(lint.code, &self.statement.origin, message)
    }
}

/// Finds unconditional Allows, on every resource, of actions that give access to others.
pub(super) fn permissions(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let why = "they give access away, also access that whoever has them lacks";
    unconditional(cx, lint, "manage permissions", why, |name, level| {
        level == AccessLevel::PermissionsManagement && !facts::only_looks(name)
    })
}

/// Finds unconditional Allows, on every resource, of actions whose answer is a credential.
pub(super) fn credentials(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    let why = "their answer is a credential: whoever has it acts as somebody else";
    unconditional(cx, lint, "hand out credentials", why, |name, _| {
        facts::hands_out_credentials(name)
    })
}

fn unconditional(
    cx: &Context<'_>,
    lint: &Lint,
    what: &str,
    why: &str,
    picks: impl Fn(&str, AccessLevel) -> bool,
) -> Vec<Finding> {
    grants(cx, |grant| {
        let statement = grant.statement;
        if statement.condition != Condition::True || !is_about_everything(statement) {
            return None;
        }
        // All of a service, or of all of them, is told to be too wide by itself.
        let Breadth::Actions(actions) = cx.breadth(&statement.action) else {
            return None;
        };
        let names: Vec<String> = actions
            .into_iter()
            .map(|(service, action)| (service.qualified(action), action.level))
            .filter(|(name, level)| picks(name, *level))
            .map(|(name, _)| name)
            .collect();
        if names.is_empty() {
            return None;
        }
        let scope = ask::scope(ask::actions(&names), Match::everything(), Condition::True);
        let witness = grant.leaves(cx, &scope)?;
        let (listed, who) = (words::list(&names), grant.kin.identity.name);
        let message = format!("`{who}` may {what} everywhere, without a condition: {listed}");
        let finding = grant
            .finding(lint, message)?
            .because(format!(
                "left in effect of it is {}",
                words::example(&witness)
            ))
            .because(why);
        Some(finding.help("name the resources, or add a condition such as `when mfa`"))
    })
}

/// Finds Allows to pass any role to any service.
pub(super) fn pass_role(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    grants(cx, |grant| {
        let account = cx.estate().account(grant.kin.identity.account)?.account;
        let role = format!(
            "arn:{}:iam::{}:role/{}",
            account.partition,
            account.id,
            who::NOBODY
        );
        let scope = ask::scope(
            ask::actions(&["iam:PassRole"]),
            Match::any(vec![role]),
            ask::equals("iam:PassedToService", &["bailiwick-nobody.amazonaws.com"]),
        );
        if !may_speak_of(&grant.statement.action, "iam:PassRole") {
            return None;
        }
        grant.leaves(cx, &scope)?;
        let who = grant.kin.identity.name;
        let message = format!("`{who}` may pass any role to any service");
        let finding = grant.finding(lint, message)?.because(
            "a role that nobody has named passes, to a service that nobody has named; what runs there acts as that role",
        );
        Some(
            finding.help(
                "name the roles by their path, and the service: `when passed to service == …`",
            ),
        )
    })
}

/// Finds Allows to make service-linked roles for any service.
pub(super) fn service_linked_role(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    grants(cx, |grant| {
        if !may_speak_of(&grant.statement.action, "iam:CreateServiceLinkedRole") {
            return None;
        }
        let account = cx.estate().account(grant.kin.identity.account)?.account;
        let service = "bailiwick-nobody.amazonaws.com";
        let role = format!(
            "arn:{}:iam::{}:role/aws-service-role/{service}/AWSServiceRoleForNobody",
            account.partition, account.id
        );
        let scope = ask::scope(
            ask::actions(&["iam:CreateServiceLinkedRole"]),
            Match::any(vec![role]),
            ask::equals("iam:AWSServiceName", &[service]),
        );
        grant.leaves(cx, &scope)?;
        let who = grant.kin.identity.name;
        let message = format!("`{who}` may switch on the role of any AWS service in the account");
        let finding = grant.finding(lint, message)?.because(
            "a service-linked role is bound by no SCP, and one for a service that nobody has named can be made",
        );
        Some(finding.help("name the services: `when iam:AWSServiceName == \"elasticloadbalancing.amazonaws.com\"`"))
    })
}

/// Whether a match may speak of an action, so that the engine is worth asking.
fn may_speak_of(actions: &Match, action: &str) -> bool {
    let service = action.split(':').next().unwrap_or_default();
    actions.negated
        || actions.patterns.iter().any(|pattern| {
            let prefix = pattern.split(':').next().unwrap_or_default();
            prefix.contains(['*', '?']) || prefix.eq_ignore_ascii_case(service)
        })
}
