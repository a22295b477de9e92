//! `oidc-without-audience`, `oidc-without-subject`, `github-wildcard`: whose tokens a role believes.
//!
//! A provider signs tokens for everybody; what a trust policy asks of the claims is all that tells one's own from others.
//! Asked is whether a token with claims that nobody has named gets in.

use super::finding::Finding;
use super::{Context, Lint, ask, who, words};
use crate::access::AccountView;
use crate::engine::Principal;
use crate::iam::document::PrincipalKind;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Match, Policy, Statement};

const GITHUB: &str = "token.actions.githubusercontent.com";

/// One Allow of a trust policy for one provider.
struct Gate<'g> {
    owner: &'g AccountView<'g>,
    trust: &'g Policy,
    statement: &'g Statement,
    /// The provider as the policy names it.
    provider: &'g str,
    /// Its host and path, which its claims begin with.
    host: &'g str,
}

fn gates<'g>(
    cx: &'g Context<'g>,
    mut look: impl FnMut(&Gate<'g>) -> Option<Finding>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for document in cx.documents_of(&[PolicyKind::Trust]) {
        let owner = document
            .accounts
            .first()
            .and_then(|at| cx.estate().account(*at));
        let Some(owner) = owner else {
            continue;
        };
        let allows = document.policy.statements.iter();
        for statement in allows.filter(|s| s.effect == Effect::Allow) {
            for provider in who::named(statement, PrincipalKind::Federated) {
                let Some((_, host)) = provider.split_once(":oidc-provider/") else {
                    continue;
                };
                let gate = Gate {
                    owner,
                    trust: document.policy,
                    statement,
                    provider,
                    host,
                };
                found.extend(look(&gate).map(|f| f.accounts(&document.accounts)));
            }
        }
    }
    found
}

impl Gate<'_> {
    fn claim(&self, name: &str) -> String {
        format!("{}:{name}", self.host)
    }

    /// Whether a token gets in whose claims are so.
    fn opens(&self, cx: &Context<'_>, claims: Condition) -> bool {
        let caller = Principal::Federated(self.provider.to_owned());
        let nothing = who::everything();
        let solo = who::solo(self.trust, self.statement);
        let action = ask::actions(&["sts:AssumeRoleWithWebIdentity"]);
        let asked = cx.toward(&caller, &nothing, &solo, self.owner, &action);
        let scope = ask::scope(action, Match::everything(), claims);
        cx.allowed(&ask::subject(asked), &scope).is_some()
    }

    /// None of the claims that the statement speaks of, but for some.
    fn without_other_claims(&self, but: &[&str]) -> Condition {
        let tests = ask::tests(&self.statement.condition);
        let prefix = format!("{}:", self.host.to_ascii_lowercase());
        let others = tests.iter().filter(|(test, _)| {
            let key = test.key.to_ascii_lowercase();
            let claim = key.strip_prefix(&prefix);
            claim.is_some_and(|claim| !but.contains(&claim))
        });
        Condition::all(others.map(|(test, _)| match test.multi_valued {
            true => ask::absent_list(&test.key),
            false => ask::absent(&test.key),
        }))
    }

    /// Whether a token about nobody in particular gets in.
    fn lets_anybody_in(&self, cx: &Context<'_>) -> bool {
        let subject = ask::equals(&self.claim("sub"), &[who::NOBODY]);
        self.opens(
            cx,
            Condition::all([subject, self.without_other_claims(&["aud", "sub"])]),
        )
    }

    /// The patterns of the subject that the statement speaks of.
    fn subjects(&self) -> Vec<String> {
        let key = self.claim("sub");
        let tests = ask::tests(&self.statement.condition);
        let own = tests
            .iter()
            .filter(|(test, _)| test.key.eq_ignore_ascii_case(&key));
        own.flat_map(|(test, _)| test.values.iter().cloned())
            .collect()
    }
}

/// Finds trust in a provider whose tokens may be meant for somebody else.
pub(super) fn without_audience(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    gates(cx, |gate| {
        let audience = ask::equals(&gate.claim("aud"), &[who::NOBODY]);
        if !gate.opens(cx, audience) {
            return None;
        }
        let host = gate.host;
        let message = format!("tokens of `{host}` get in whomever they are meant for");
        let finding = Finding::at(lint.code, &gate.statement.origin, message)?.because(format!(
            "a token that was made for another party and leaked there is believed: nothing asks for `{host}:aud`"
        ));
        Some(finding.help("name the provider as `trust oidc …`, which asks for its audience"))
    })
}

/// Finds trust in a provider whomever its tokens are about.
pub(super) fn without_subject(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    gates(cx, |gate| {
        if !gate.lets_anybody_in(cx) {
            return None;
        }
        let host = gate.host;
        let message = format!("anybody to whom `{host}` gives a token gets in");
        let finding = Finding::at(lint.code, &gate.statement.origin, message)?.because(format!(
            "a token whose subject is `{}` is believed: nothing narrows `{host}:sub`",
            who::NOBODY
        ));
        Some(finding.help("say whose: `(repository: …, branch: …)`, `(namespace: …, service_account: …)` or `(subject: …)`"))
    })
}

/// Finds trust in GitHub that takes every repository of an owner, or every branch of a repository.
pub(super) fn github(cx: &Context<'_>, lint: &Lint) -> Vec<Finding> {
    gates(cx, |gate| {
        if gate.host != GITHUB || gate.lets_anybody_in(cx) {
            return None;
        }
        let key = gate.claim("sub");
        let opens = |subject: &str| {
            let subject = ask::equals(&key, &[subject]);
            gate.opens(
                cx,
                Condition::all([subject, gate.without_other_claims(&["aud", "sub"])]),
            )
        };
        let nobody = who::NOBODY;
        for (owner, repository) in gate.subjects().iter().filter_map(|s| repository_of(s)) {
            let any = format!("repo:{owner}/{nobody}:ref:refs/heads/main");
            if opens(&any) {
                let message = format!("every repository of `{owner}` gets in");
                return said(lint, gate, message, &any);
            }
            let branch = format!("repo:{owner}/{repository}:ref:refs/heads/{nobody}");
            let pull = format!("repo:{owner}/{repository}:pull_request");
            if opens(&branch) && opens(&pull) {
                let message =
                    format!("every branch and pull request of `{owner}/{repository}` gets in");
                return said(lint, gate, message, &pull);
            }
            if opens(&branch) {
                let message = format!("every branch of `{owner}/{repository}` gets in");
                return said(lint, gate, message, &branch);
            }
        }
        None
    })
}

fn said(lint: &Lint, gate: &Gate<'_>, message: String, subject: &str) -> Option<Finding> {
    let finding = Finding::at(lint.code, &gate.statement.origin, message)?.because(format!(
        "a token whose subject is `{subject}` is believed, so whoever may push there is let in"
    ));
    Some(finding.help("name the repository, and the branch or the environment"))
}

/// Owner and repository of `repo:OWNER/REPOSITORY:…`; the owner has no wildcard.
fn repository_of(subject: &str) -> Option<(&str, &str)> {
    let (owner, rest) = subject.strip_prefix("repo:")?.split_once('/')?;
    let repository = rest.split(':').next()?;
    (!owner.contains(['*', '?'])).then_some((owner, words::trimmed(repository)))
}
