//! Callers that a lint asks about: strangers, anybody of an account, services; and what is known of each.

use std::borrow::Cow;

use super::{Context, ask};
use crate::access::{AccountView, Shared};
use crate::engine::question::Effective;
use crate::engine::{Attached, Principal, request};
use crate::iam::document::{Principal as Named, PrincipalKind, Principals};
use crate::iam::{Arn, Effect};
use crate::ir::{Condition, Match, Policy, Statement};

/// The name of an identity, repository or service that no policy has heard of.
pub(super) const NOBODY: &str = "bailiwick-nobody-in-particular";

/// Accounts that are nobody's as far as a project knows.
const STRANGERS: [&str; 3] = ["209876543210", "298765432109", "287654321098"];

/// The last resort.
const NOBODYS_ACCOUNT: &str = "276543210987";

/// Who is let in by a statement, as far as it names AWS principals.
pub(super) fn named(statement: &Statement, kind: PrincipalKind) -> Vec<&str> {
    let principals = match &statement.principal {
        Some(matched) if !matched.negated => &matched.principals,
        _ => return Vec::new(),
    };
    match principals {
        Principals::Everyone => Vec::new(),
        Principals::Named(list) => list
            .iter()
            .filter(|p: &&Named| p.kind == kind)
            .map(|p| p.value.as_str())
            .collect(),
    }
}

/// The account of an AWS principal: a number, or the number in its ARN.
pub(super) fn account_of(principal: &str) -> Option<&str> {
    let is_id = |text: &&str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    Some(principal)
        .filter(is_id)
        .or_else(|| principal.split(':').nth(4).filter(is_id))
}

/// Whether an AWS principal is an account as a whole.
pub(super) fn is_account(principal: &str) -> bool {
    account_of(principal) == Some(principal) || principal.ends_with(":root")
}

/// A user, or a session of a role, that nobody has named.
pub(super) fn user_of(account: &str, partition: &str) -> Principal {
    Principal::User(identity(account, partition))
}

/// A session of a role that nobody has named.
pub(super) fn role_of(account: &str, partition: &str) -> Principal {
    Principal::RoleSession {
        role: identity(account, partition),
        session: None,
    }
}

fn identity(account: &str, partition: &str) -> request::Identity {
    request::Identity {
        partition: partition.to_owned(),
        account: account.to_owned(),
        name: NOBODY.to_owned(),
    }
}

/// One Allow of a document with the Denies beside it.
pub(super) fn solo(policy: &Policy, statement: &Statement) -> Policy {
    let denies = policy
        .statements
        .iter()
        .filter(|s| s.effect == Effect::Deny);
    let statements = std::iter::once(statement).chain(denies).cloned().collect();
    Policy {
        statements,
        ..ask::document(policy.kind, Vec::new())
    }
}

/// Everything, as an identity's own policy.
pub(super) fn everything() -> Policy {
    ask::scope(Match::everything(), Match::everything(), Condition::True)
}

/// Levels of SCPs or RCPs, with the statements only that may speak of these actions: the others change nothing about them,
/// and a question costs what its documents weigh.
pub(super) fn levels<'e>(levels: &[Vec<Shared<'_>>], about: &Match) -> Vec<Vec<Cow<'e, Policy>>> {
    let level =
        |level: &Vec<Shared<'_>>| level.iter().map(|p| Cow::Owned(part(p, about))).collect();
    levels.iter().map(level).collect()
}

/// The statements of a policy that may speak of these actions.
pub(super) fn part(policy: &Policy, about: &Match) -> Policy {
    let statements = policy.statements.iter().filter(|s| meet(&s.action, about));
    ask::document(policy.kind, statements.cloned().collect())
}

/// Whether two matches may speak of one service; never false when they do.
pub(super) fn meet(one: &Match, other: &Match) -> bool {
    if one.negated || other.negated {
        return true;
    }
    let service = |pattern: &String| {
        let service = pattern.split(':').next().unwrap_or_default();
        service.to_ascii_lowercase()
    };
    let open = |service: &String| service.contains(['*', '?']);
    let ours: Vec<String> = one.patterns.iter().map(service).collect();
    let theirs: Vec<String> = other.patterns.iter().map(service).collect();
    ours.iter()
        .any(|s| open(s) || theirs.iter().any(|t| open(t) || s == t))
}

/// Whether two statements may match one request, by what their actions and resources begin with; never false when they do.
pub(super) fn overlap(one: &Statement, other: &Statement) -> bool {
    // Actions tell apart sooner: ARNs of one account begin alike.
    begin_alike(&one.action, &other.action)
        && match (&one.resource, &other.resource) {
            (Some(ours), Some(theirs)) => begin_alike(ours, theirs),
            _ => true,
        }
}

/// Whether some pattern of each agrees with one of the other.
fn begin_alike(one: &Match, other: &Match) -> bool {
    let mut ours = one.patterns.iter();
    one.negated
        || other.negated
        || ours.any(|pattern| other.patterns.iter().any(|theirs| agree(pattern, theirs)))
}

/// Whether two patterns agree up to the first wildcard or variable of either; never false when a text matches both.
fn agree(one: &str, other: &str) -> bool {
    let is_open = |byte: u8| matches!(byte, b'*' | b'?' | b'$');
    let (mut ours, mut theirs) = (one.bytes(), other.bytes());
    loop {
        match (ours.next(), theirs.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if is_open(a) || is_open(b) => return true,
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b) => {}
            (Some(_), Some(_)) => return false,
            // One of them is read to its end: the other has to be able to stop here.
            (Some(rest), None) | (None, Some(rest)) => return is_open(rest),
        }
    }
}

impl Context<'_> {
    /// An account that neither the project nor the policy knows.
    pub(super) fn stranger(&self, policy: &Policy) -> &'static str {
        let text = format!("{:?}", policy.statements);
        let known = |id: &&&str| self.is_ours(id) || text.contains(**id);
        let unknown = STRANGERS.iter().find(|id| !known(id));
        unknown.copied().unwrap_or(NOBODYS_ACCOUNT)
    }

    /// Whether an account is one of the project's.
    pub(super) fn is_ours(&self, account: &str) -> bool {
        self.estate().account_by_id(account).is_some()
    }

    /// What somebody with all permissions of an account may do to resources of `owner` under a policy of theirs, as far as
    /// some actions go.
    pub(super) fn toward<'e>(
        &'e self,
        principal: &'e Principal,
        identity: &'e Policy,
        policy: &'e Policy,
        owner: &'e AccountView<'_>,
        about: &Match,
    ) -> Effective<'e> {
        let own = principal
            .account()
            .and_then(|id| self.estate().account_by_id(id));
        let own = own.and_then(|at| self.estate().account(at));
        let has_identity = principal.identity().is_some();
        Effective {
            principal,
            attached: Attached {
                identity: match has_identity {
                    true => vec![Cow::Borrowed(identity)],
                    false => Vec::new(),
                },
                resource: Some(Cow::Borrowed(policy)),
                scps: own.map(|a| levels(&a.scps, about)).unwrap_or_default(),
                rcps: levels(&owner.rcps, about),
                ..Attached::default()
            },
            resource_account: Some(&owner.account.id),
        }
    }

    /// What is known of the organisation of a caller from an account.
    pub(super) fn organization_of(&self, account: &str) -> Condition {
        let at = self.estate().account_by_id(account);
        let view = at.and_then(|at| self.estate().account(at));
        match view.and_then(|v| v.organization) {
            Some(organization) => Condition::all([
                ask::equals("aws:PrincipalOrgID", &[&organization.id]),
                ask::absent_list("aws:PrincipalOrgPaths").negate(),
            ]),
            None => self.outside(),
        }
    }

    /// The caller belongs to none of the project's organisations.
    pub(super) fn outside(&self) -> Condition {
        let organizations = self
            .estate()
            .accounts()
            .iter()
            .filter_map(|a| a.organization);
        let mut ids: Vec<&str> = organizations.map(|o| o.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let strange = match ids.is_empty() {
            true => Condition::True,
            false => ask::differs("aws:PrincipalOrgID", &ids),
        };
        Condition::all([strange, ask::absent_list("aws:PrincipalOrgPaths")])
    }

    /// The source that a service works for belongs to an account that nobody knows.
    pub(super) fn foreign_source(&self, stranger: &str) -> Condition {
        Condition::all([
            ask::equals("aws:SourceAccount", &[stranger]),
            ask::equals("aws:SourceOwner", &[stranger]),
            ask::absent("aws:SourceOrgID"),
            ask::absent_list("aws:SourceOrgPaths"),
            ask::test(
                crate::iam::BaseOperator::ArnLike,
                "aws:SourceArn",
                &[&format!("arn:aws:*:*:{stranger}:*")],
            ),
        ])
    }
}

/// A principal that an ARN with wildcards in its account stands for, in a stranger's account.
pub(super) fn impostor(pattern: &str, stranger: &str) -> Option<Principal> {
    let filled = pattern.replace("${*}", NOBODY).replace(['*', '?'], NOBODY);
    let mut arn = Arn::parse(&filled)?;
    if !arn.account.contains(NOBODY) {
        return None;
    }
    arn.account = stranger.to_owned();
    if arn.partition.contains(NOBODY) {
        arn.partition = "aws".to_owned();
    }
    arn.region = String::new();
    Principal::parse(&format!(
        "arn:{}:{}::{}:{}",
        arn.partition, arn.service, arn.account, arn.resource
    ))
}
