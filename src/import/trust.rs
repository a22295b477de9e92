//! Trust policies: as `trust` lines where the statement is what such a line makes, else as `allow … to …`.

use crate::iam::Effect;
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{BaseOperator, Operator};
use crate::ir::{Policy, Statement, Test};

use super::choice::{Part, Place};
use super::literal::quote_text;
use super::model::{Block, ProviderName};
use super::phrase::Phrase;
use super::principal::principal;
use super::statement::{Listed, Said, Sentence, Speaker, tests};

impl Speaker<'_> {
    /// The lines of a trust policy.
    pub(super) fn trust(&mut self, block: &Block, policy: &Policy, at: Place) -> Vec<Said> {
        let statements = policy.statements.iter().enumerate();
        statements
            .map(|(i, statement)| {
                let place = Place { statement: i, ..at };
                match self.trust_line(block, statement, place) {
                    Some(line) => Said::Sentence(Box::new(line)),
                    None => self.statement(statement, place),
                }
            })
            .collect()
    }

    fn trust_line(&self, block: &Block, statement: &Statement, at: Place) -> Option<Sentence> {
        let whole = Place {
            part: Part::Whole,
            ..at
        };
        if self.choices.level(whole) > 0 || statement.effect == Effect::Deny {
            return None;
        }
        let matcher = statement.principal.as_ref().filter(|p| !p.negated)?;
        let nobody: &[Principal] = &[];
        let (named, everyone) = match &matcher.principals {
            Principals::Everyone => (nobody, true),
            Principals::Named(list) if list.is_empty() => return None,
            Principals::Named(list) => (list.as_slice(), false),
        };
        let with = with(statement, assume_action(named)?)?;
        let provider = provider(block, named);
        let said = provider.and_then(|p| claims(p, named, statement));
        let (principals, dropped) = match (said, everyone) {
            (Some((text, dropped)), _) => (vec![text], dropped),
            (None, true) => (vec!["anyone".to_owned()], Vec::new()),
            (None, false) => {
                let list = named.iter().map(|p| principal(p, self.ambient)).collect();
                (list, Vec::new())
            }
        };
        let (mut when, mut unless) = self.guard(statement, at);
        if let (true, Some(host)) = (!dropped.is_empty(), host(named)) {
            when.iter_mut()
                .chain(&mut unless)
                .for_each(|(_, phrase)| name_claim(phrase, host));
        }
        let kept = |(place, _): &(Place, Phrase)| !matches!(place.part, Part::Test(i) if dropped.contains(&i));
        let sid = statement.sid.as_deref().filter(|s| !s.is_empty());
        let list = principals.into_iter().map(|text| (whole, text)).collect();
        Some(Sentence {
            place: at,
            comments: sid.map(|s| format!("Sid: {s}")).into_iter().collect(),
            head: "trust".to_owned(),
            actions: None,
            resources: None,
            principals: Some(Listed {
                except: false,
                list,
            }),
            with,
            when: when.into_iter().filter(kept).collect(),
            unless,
        })
    }
}

/// The call by which all of these assume a role, if it is one and the same.
fn assume_action(principals: &[Principal]) -> Option<&'static str> {
    let action = |p: &Principal| match p.kind {
        PrincipalKind::Federated if p.value.contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
        PrincipalKind::Federated => "sts:AssumeRoleWithWebIdentity",
        _ => "sts:AssumeRole",
    };
    let first = principals.first().map_or("sts:AssumeRole", action);
    principals
        .iter()
        .all(|p| action(p) == first)
        .then_some(first)
}

/// What stands behind `with`, if the actions are the call and nothing else.
fn with(statement: &Statement, call: &str) -> Option<Vec<&'static str>> {
    if statement.action.negated {
        return None;
    }
    let mut found_call = false;
    let mut with = Vec::new();
    for action in &statement.action.patterns {
        if action.eq_ignore_ascii_case(call) {
            found_call = true;
        } else if action.eq_ignore_ascii_case("sts:TagSession") {
            with.push("tag_session");
        } else if action.eq_ignore_ascii_case("sts:SetSourceIdentity") {
            with.push("source_identity");
        } else {
            return None;
        }
    }
    with.sort_unstable_by(|a, b| b.cmp(a));
    with.dedup();
    found_call.then_some(with)
}

/// The host of the one OIDC provider, as it stands in the keys of its claims.
fn host(principals: &[Principal]) -> Option<&str> {
    match principals {
        [only] => only
            .value
            .split_once(":oidc-provider/")
            .map(|(_, host)| host),
        _ => None,
    }
}

/// `token.actions.githubusercontent.com:sub like "…"` → `claim sub like "…"`
fn name_claim(phrase: &mut Phrase, host: &str) {
    let key = format!("{host}:");
    let stem = phrase
        .before
        .trim_start_matches('(')
        .trim_start_matches("any ")
        .trim_start_matches("every ");
    if stem.starts_with(&key) {
        phrase.before = phrase.before.replace(&key, "claim ");
        phrase.after = phrase.after.replace(&key, "claim ");
    }
}

fn provider<'b>(block: &'b Block, principals: &[Principal]) -> Option<&'b ProviderName> {
    match principals {
        [only] if only.kind == PrincipalKind::Federated => block.providers.get(&only.value),
        _ => None,
    }
}

/// `oidc GitHub(repository: "a/b", branch: "main")`, and which tests it says already. The audience is always demanded
/// by the language, so a statement that does not demand it is written otherwise.
fn claims(
    provider: &ProviderName,
    principals: &[Principal],
    statement: &Statement,
) -> Option<(String, Vec<usize>)> {
    let ident = &provider.ident;
    let tests = tests(&statement.condition);
    let value = principals.first().map(|p| p.value.as_str())?;
    if provider.flavour == "saml" {
        let at = position(
            &tests,
            "SAML:aud",
            BaseOperator::StringEquals,
            &provider.audience,
        )?;
        return Some((format!("saml {ident}"), vec![at]));
    }
    let (_, host) = value.split_once(":oidc-provider/")?;
    let audience = position(
        &tests,
        &format!("{host}:aud"),
        BaseOperator::StringEquals,
        &provider.audience,
    )?;
    let subject = tests
        .iter()
        .enumerate()
        .find_map(|(i, t)| Some((i, subject(provider.flavour, host, t)?)));
    Some(match subject {
        Some((at, claims)) => (format!("oidc {ident}({claims})"), vec![audience, at]),
        None => (format!("oidc {ident}"), vec![audience]),
    })
}

fn position(tests: &[&Test], key: &str, base: BaseOperator, value: &str) -> Option<usize> {
    tests.iter().position(|t| {
        t.operator == Operator::plain(base)
            && t.key.eq_ignore_ascii_case(key)
            && t.values.as_slice() == [value.to_owned()]
    })
}

/// The claims that make this `sub`, if they do.
fn subject(flavour: &str, host: &str, test: &Test) -> Option<String> {
    let [value] = test.values.as_slice() else {
        return None;
    };
    let wild = value.contains(['*', '?']);
    let base = if wild {
        BaseOperator::StringLike
    } else {
        BaseOperator::StringEquals
    };
    let is_sub = test.key.eq_ignore_ascii_case(&format!("{host}:sub"));
    if !is_sub || test.operator != Operator::plain(base) || value.contains("${") {
        return None;
    }
    match flavour {
        "github" => github(value),
        "eks" => {
            let (namespace, account) = value
                .strip_prefix("system:serviceaccount:")?
                .split_once(':')?;
            Some(format!(
                "namespace: {}, service_account: {}",
                pattern(namespace),
                pattern(account)
            ))
        }
        _ => Some(format!("subject: {}", pattern(value))),
    }
}

fn github(value: &str) -> Option<String> {
    let (repository, tail) = value.strip_prefix("repo:")?.split_once(':').or_else(|| {
        let rest = value.strip_prefix("repo:")?;
        rest.contains('*').then_some((rest, ""))
    })?;
    let quoted = pattern(repository);
    let with =
        |word: &str, value: &str| Some(format!("repository: {quoted}, {word}: {}", pattern(value)));
    match tail {
        "*" => Some(format!("repository: {quoted}")),
        "pull_request" => Some(format!("repository: {quoted}, pull_request: true")),
        "" => Some(format!("subject: {}", pattern(value))),
        tail => {
            let forms = [
                ("ref:refs/heads/", "branch"),
                ("ref:refs/tags/", "tag"),
                ("environment:", "environment"),
            ];
            let found = forms
                .iter()
                .find_map(|(prefix, word)| tail.strip_prefix(prefix).map(|rest| (*word, rest)));
            match found {
                Some((word, rest)) if !rest.is_empty() => with(word, rest),
                _ => Some(format!("subject: {}", pattern(value))),
            }
        }
    }
}

fn pattern(text: &str) -> String {
    match text.contains(['*', '?']) {
        true => super::literal::quote_pattern(text),
        false => quote_text(text),
    }
}
