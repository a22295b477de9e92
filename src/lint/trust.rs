//! `open-trust`, `whole-account-trust`, `external-trust-without-id`, `people-without-mfa`: who can become a role.
//!
//! Each asks whether a caller of a certain kind, with every permission in its own account, gets in: under the trust
//! policy's Denies, the SCPs of the caller's account and the RCPs of the role's.

use super::context::Kin;
use super::finding::Finding;
use super::{Context, Lint, ask, who};
use crate::access::AccountView;
use crate::engine::Principal;
use crate::engine::witness::Witness;
use crate::iam::Effect;
use crate::iam::document::{PrincipalKind, Principals};
use crate::ir::{Audience, Condition, Policy, Statement};

/// One Allow of a role's trust.
pub(super) struct Door<'d> {
    pub(super) kin: &'d Kin<'d>,
    owner: &'d AccountView<'d>,
    trust: &'d Policy,
    pub(super) statement: &'d Statement,
}

/// Asks about each Allow of each trust policy.
pub(super) fn doors<'d>(
    cx: &'d Context<'d>,
    mut look: impl FnMut(&Door<'d>) -> Option<Finding>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for kin in &cx.kin {
        let owner = cx.estate().account(kin.identity.account);
        let (Some(trust), Some(owner)) = (kin.identity.trust, owner) else {
            continue;
        };
        for statement in trust
            .statements
            .iter()
            .filter(|s| s.effect == Effect::Allow)
        {
            let door = Door {
                kin,
                owner,
                trust,
                statement,
            };
            found.extend(look(&door).map(|f| f.accounts(&kin.accounts)));
        }
    }
    found
}

impl Door<'_> {
    /// A request by which a caller gets in under a condition.
    pub(super) fn opens(
        &self,
        cx: &Context<'_>,
        caller: &Principal,
        condition: Condition,
    ) -> Option<Witness> {
        let assumes = |pattern: &String| {
            pattern.contains('*') || pattern.eq_ignore_ascii_case("sts:AssumeRole")
        };
        if !self.statement.action.patterns.iter().any(assumes) {
            return None;
        }
        let everything = who::everything();
        let narrow = Statement {
            action: ask::actions(&["sts:AssumeRole"]),
            ..ask::narrowed(self.statement, condition)
        };
        let solo = who::solo(self.trust, &narrow);
        let asked = cx.toward(caller, &everything, &solo, self.owner, &narrow.action);
        // In the role's own account the caller's policies allow too, but never without the trust policy.
        cx.allowed(&ask::subject(asked), &solo)
    }

    fn finding(&self, lint: &Lint, message: String) -> Option<Finding> {
        Finding::at(lint.code, &self.statement.origin, message)
    }

    /// The callers that stand for the accounts and users that the statement names; roles are asked about themselves.
    pub(super) fn callers(&self) -> Vec<(String, Principal)> {
        let partition = &self.owner.account.partition;
        let named = who::named(self.statement, PrincipalKind::Aws);
        let mut callers = Vec::new();
        for value in named {
            let Some(account) = who::account_of(value) else {
                continue;
            };
            let caller = match who::is_account(value) {
                true => Some(who::user_of(account, partition)),
                false => Principal::parse(value).filter(|p| matches!(p, Principal::User(_))),
            };
            callers.extend(caller.map(|c| (account.to_owned(), c)));
        }
        callers
    }
}

/// Whether everybody is named, in either spelling.
fn is_for_everyone(statement: &Statement) -> bool {
    let everyone = |p: &crate::ir::PrincipalMatch| match &p.principals {
        Principals::Everyone => !p.negated,
        Principals::Named(_) => p.negated,
    };
    statement.principal.as_ref().is_some_and(everyone)
        || who::named(statement, PrincipalKind::Aws).contains(&"*")
}

/// No second factor that AWS has seen.
fn without_mfa() -> Condition {
    Condition::all([
        ask::not_true("aws:MultiFactorAuthPresent"),
        ask::absent("aws:MultiFactorAuthAge"),
    ])
}

/// Finds roles that anybody with an AWS account can assume.
pub(super) fn open(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    doors(cx, |door| {
        if !is_for_everyone(door.statement) {
            return None;
        }
        let stranger = cx.stranger(door.trust);
        let caller = who::user_of(stranger, &door.owner.account.partition);
        door.opens(cx, &caller, cx.outside())?;
        let name = door.kin.identity.name;
        let message = format!("anybody with an AWS account can assume `{name}`");
        let finding = door.finding(lint, message)?;
        Some(
            finding
                .because(format!("`{caller}`, of an account that nobody knows, gets in"))
                .help("name the accounts or roles, or ask for the organisation: `when principal in …`"),
        )
    })
}

/// Finds roles that every identity of one of the project's accounts can assume.
pub(super) fn whole_account(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    doors(cx, |door| {
        let partition = &door.owner.account.partition;
        let named = who::named(door.statement, PrincipalKind::Aws);
        let accounts = named.into_iter().filter(|v| who::is_account(v));
        let mut ours = accounts
            .filter_map(who::account_of)
            .filter(|id| cx.is_ours(id));
        let account = ours.find(|id| {
            let caller = who::role_of(id, partition);
            let known = Condition::all([
                without_mfa(),
                ask::absent("sts:ExternalId"),
                ask::absent("aws:SourceIdentity"),
                untagged(&door.statement.condition),
                cx.organization_of(id),
            ]);
            door.opens(cx, &caller, known).is_some()
        })?;
        let (name, account) = (door.kin.identity.name, cx.name_of(account));
        let message = format!("whoever may assume roles in {account} can assume `{name}`");
        let finding = door.finding(lint, message)?.because(
            "the statement names the whole account, and nothing in it says which of its identities",
        );
        Some(finding.help("name the role or user, or say which: `when principal arn like …`, `when mfa` for people"))
    })
}

/// The caller carries none of the tags that a condition speaks of.
fn untagged(condition: &Condition) -> Condition {
    let tests = ask::tests(condition);
    let tags = tests.iter().map(|(test, _)| test.key.as_str());
    let tags = tags.filter(|key| key.to_ascii_lowercase().starts_with("aws:principaltag/"));
    Condition::all(tags.map(ask::absent))
}

/// Finds roles that an account outside the project can assume without an external id.
pub(super) fn external(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    doors(cx, |door| {
        let partition = &door.owner.account.partition;
        let named = who::named(door.statement, PrincipalKind::Aws);
        let (account, _) = named.into_iter().find_map(|value| {
            let account = who::account_of(value).filter(|id| !cx.is_ours(id))?;
            let caller = match who::is_account(value) {
                true => who::role_of(account, partition),
                false => Principal::parse(value)?,
            };
            let known =
                Condition::all([without_mfa(), ask::absent("sts:ExternalId"), cx.outside()]);
            door.opens(cx, &caller, known).map(|w| (account, w))
        })?;
        let name = door.kin.identity.name;
        let message = format!(
            "account {account}, which is not one of this project, can assume `{name}` without an external id"
        );
        let finding = door.finding(lint, message)?.because(
            "if others are customers there too, they can have it look here instead of at their own account (the confused deputy)",
        );
        Some(finding.help("agree upon an id with them and ask for it: `when external id == \"…\"`"))
    })
}

/// Finds roles for people that a user gets into without a second factor.
///
/// Roles and federated people are not asked about: a role's session carries no second factor of its own, and that of
/// federated people is their identity provider's business.
pub(super) fn without_second_factor(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    doors(cx, |door| {
        if door.kin.identity.audience != Audience::People {
            return None;
        }
        let witness = door.callers().into_iter().find_map(|(account, caller)| {
            let known = Condition::all([without_mfa(), cx.organization_of(&account)]);
            door.opens(cx, &caller, known).map(|_| caller)
        })?;
        let name = door.kin.identity.name;
        let message = format!("people can assume `{name}` without a second factor");
        let finding = door.finding(lint, message)?.because(format!(
            "a user such as `{witness}` gets in with nothing but an access key"
        ));
        Some(finding.help("ask for it: `when mfa`, or `when mfa within 1h`"))
    })
}

impl Context<'_> {
    /// An account as a reader knows it: by name if it is one of the project's.
    pub(super) fn name_of(&self, account: &str) -> String {
        match self.estate().account_by_id(account) {
            Some(at) => format!("`{}`", self.account_name(at)),
            None => format!("account {account}"),
        }
    }
}
