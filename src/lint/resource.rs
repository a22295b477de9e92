//! `public-resource`, `cross-organization`: resource policies that let strangers in.

use super::context::Document;
use super::finding::Finding;
use super::{Context, Lint, ask, who, words};
use crate::access::AccountView;
use crate::engine::Principal;
use crate::engine::witness::Witness;
use crate::iam::document::{PrincipalKind, Principals};
use crate::iam::{BaseOperator, Effect, PolicyKind};
use crate::ir::{Condition, Match, PrincipalMatch, Statement};

/// One Allow of a resource policy.
struct Grant<'g> {
    document: &'g Document<'g>,
    owner: &'g AccountView<'g>,
    statement: &'g Statement,
}

/// Asks about each Allow of each resource policy. The policy of a VPC endpoint grants nothing, it filters.
fn grants<'g>(
    cx: &'g Context<'g>,
    mut look: impl FnMut(&Grant<'g>) -> Option<Finding>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in cx.documents_of(&[PolicyKind::ResourcePolicy]) {
        let filters = document
            .resource
            .is_some_and(|r| r.resource_type == "ec2:vpc-endpoint");
        let owner = document
            .accounts
            .first()
            .and_then(|at| cx.estate().account(*at));
        let Some(owner) = owner.filter(|_| !filters) else {
            continue;
        };
        let allows = document.policy.statements.iter();
        for statement in allows.filter(|s| s.effect == Effect::Allow) {
            let grant = Grant {
                document,
                owner,
                statement,
            };
            found.extend(look(&grant).map(|f| f.accounts(&document.accounts)));
        }
    }
    found
}

impl Grant<'_> {
    /// What a caller could do from nowhere in particular.
    fn opens(&self, cx: &Context<'_>, caller: &Principal) -> Option<Witness> {
        let everything = who::everything();
        let solo = who::solo(self.document.policy, self.statement);
        let asked = cx.toward(
            caller,
            &everything,
            &solo,
            self.owner,
            &self.statement.action,
        );
        let account = caller.account();
        let known = Condition::all([
            cx.outside(),
            elsewhere(&self.statement.condition),
            match account {
                Some(id) => ask::equals("kms:CallerAccount", &[id]),
                None => ask::absent("aws:PrincipalArn"),
            },
        ]);
        let scope = ask::scope(self.statement.action.clone(), Match::everything(), known);
        cx.allowed(&ask::subject(asked), &scope)
    }

    fn resource(&self) -> &str {
        let resource = self.document.resource.map(|r| r.resource.as_str());
        resource.unwrap_or(&self.document.policy.name)
    }
}

/// From no network and on behalf of no source that the condition speaks of, over TLS.
fn elsewhere(condition: &Condition) -> Condition {
    let tests = ask::tests(condition);
    let ranges: Vec<&str> = tests
        .iter()
        .filter(|(test, _)| test.key.eq_ignore_ascii_case("aws:SourceIp"))
        .flat_map(|(test, _)| test.values.iter().map(String::as_str))
        .filter(|range| !range.ends_with("/0"))
        .collect();
    let address = match ranges.is_empty() {
        true => Condition::True,
        false => ask::test(BaseOperator::IpAddress, "aws:SourceIp", &ranges).negate(),
    };
    let nowhere = [
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:VpcSourceIp",
        "aws:VpceOrgID",
        "aws:VpceAccount",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
    ];
    let nowhere = nowhere.into_iter().map(ask::absent);
    Condition::all(
        [address, ask::is_true("aws:SecureTransport")]
            .into_iter()
            .chain(nowhere),
    )
}

/// Finds resources that anybody can use, with or without an AWS account.
pub(super) fn public(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    grants(cx, |grant| {
        if !speaks_of_everyone(grant.statement.principal.as_ref()) {
            return None;
        }
        let stranger = cx.stranger(grant.document.policy);
        let mut callers = vec![
            Principal::Anonymous,
            who::user_of(stranger, &grant.owner.account.partition),
        ];
        callers.extend(impostors(&grant.statement.condition, stranger));
        let (caller, witness) = callers
            .into_iter()
            .find_map(|caller| grant.opens(cx, &caller).map(|w| (caller, w)))?;
        let who = match caller {
            Principal::Anonymous => "anybody, even without credentials,",
            _ => "anybody with an AWS account",
        };
        let request = words::request(&witness.request);
        let message = format!("{who} can use `{}`", grant.resource());
        let finding = Finding::at(lint.code, &grant.statement.origin, message)?
            .because(format!("allowed to {}: {request}", described(&caller)));
        Some(finding.help("name who may, or ask for the organisation: `when principal in …`"))
    })
}

fn described(caller: &Principal) -> String {
    match caller {
        Principal::Anonymous => "a request without a signature".to_owned(),
        other => format!("`{other}`, of an account that nobody knows"),
    }
}

fn speaks_of_everyone(principal: Option<&PrincipalMatch>) -> bool {
    principal.is_some_and(|p| match &p.principals {
        Principals::Everyone => !p.negated,
        Principals::Named(list) => p.negated || list.iter().any(|one| one.value == "*"),
    })
}

/// Identities of a stranger's account that a pattern of the caller's ARN takes for one's own.
fn impostors(condition: &Condition, stranger: &str) -> Vec<Principal> {
    let tests = ask::tests(condition);
    let own = tests
        .iter()
        .filter(|(test, _)| test.key.eq_ignore_ascii_case("aws:PrincipalArn"));
    let patterns = own.flat_map(|(test, _)| test.values.iter());
    patterns
        .filter_map(|p| who::impostor(p, stranger))
        .collect()
}

/// Finds resources that an account outside the project can use.
pub(super) fn cross_organization(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    grants(cx, |grant| {
        let partition = &grant.owner.account.partition;
        let named = who::named(grant.statement, PrincipalKind::Aws).into_iter();
        let mut accounts: Vec<&str> = Vec::new();
        let mut request = None;
        for value in named {
            let account = who::account_of(value).filter(|id| !cx.is_ours(id));
            let caller = match who::is_account(value) {
                true => account.map(|id| who::user_of(id, partition)),
                false => Principal::parse(value),
            };
            let (Some(account), Some(caller)) = (account, caller) else {
                continue;
            };
            if let Some(witness) = grant.opens(cx, &caller) {
                accounts.push(account);
                request.get_or_insert(witness.request);
            }
        }
        let request = request?;
        let (accounts, resource) = (words::list(&accounts), grant.resource());
        let message = format!("{accounts}, outside this project, can use `{resource}`");
        let finding = Finding::at(lint.code, &grant.statement.origin, message)?
            .because(words::request(&request) + " is allowed there");
        Some(finding.help("remove it, or waive it with the reason why they are let in"))
    })
}
