//! The identity providers that roles trust, declared once.

use indexmap::IndexMap;

use crate::iam::document::{PrincipalKind, Principals};
use crate::iam::{Arn, BaseOperator, Operator};
use crate::import::literal::quote_text;
use crate::import::model::{Item, Module, ProviderName};
use crate::import::name::{Names, ident_of};
use crate::import::statement::tests;
use crate::ir::{Policy, Statement};

use super::Providers;
use super::account::AccountSource;

const GITHUB: &str = "token.actions.githubusercontent.com";
/// What the language demands where nothing else is said.
const AUDIENCE: &str = "sts.amazonaws.com";

/// A provider by what its declaration says: flavour, host or name, audience.
type Said = (&'static str, String, String);

/// Declares every provider of the accounts that some role trusts.
pub(super) fn declare(accounts: &[AccountSource<'_>]) -> (Providers, Option<Module>) {
    let mut said: IndexMap<Said, String> = IndexMap::new();
    let mut providers = Providers::new();
    let mut names = Names::of_project();
    let mut module = Module {
        path: "providers.bw".to_owned(),
        ..Module::default()
    };
    for source in accounts {
        let trusts = source.account.roles.values().map(|r| &r.trust);
        for (arn, statement) in trusts.flat_map(federated) {
            let Some(own) = Arn::parse(&arn).filter(|a| a.account == source.account.id) else {
                continue;
            };
            if providers.contains_key(&arn) {
                continue;
            }
            let Some(provider) = read(&own, statement, &source.ambient.partition) else {
                continue;
            };
            let ident = said.entry(provider.clone()).or_insert_with(|| {
                let ident = names.take(&name_of(&provider));
                module.items.push(Item::Text(text(&ident, &provider)));
                ident
            });
            let name = ProviderName {
                ident: format!("providers.{ident}"),
                flavour: provider.0,
                audience: provider.2.clone(),
            };
            providers.insert(arn, name);
        }
    }
    let module = (!module.items.is_empty()).then_some(module);
    (providers, module)
}

/// The federated principals of a trust policy, with the statements that name them.
fn federated(policy: &Policy) -> Vec<(String, &Statement)> {
    let mut found = Vec::new();
    for statement in &policy.statements {
        let Some(matcher) = &statement.principal else {
            continue;
        };
        if let Principals::Named(list) = &matcher.principals {
            let federated = list.iter().filter(|p| p.kind == PrincipalKind::Federated);
            found.extend(federated.map(|p| (p.value.clone(), statement)));
        }
    }
    found
}

fn read(arn: &Arn, statement: &Statement, partition: &str) -> Option<Said> {
    if arn.partition != partition {
        return None;
    }
    if let Some(name) = arn.resource.strip_prefix("saml-provider/") {
        let host = match partition {
            "aws-cn" => "signin.amazonaws.cn",
            "aws-us-gov" => "signin.amazonaws-us-gov.com",
            _ => "signin.aws.amazon.com",
        };
        return Some(("saml", name.to_owned(), format!("https://{host}/saml")));
    }
    let host = arn.resource.strip_prefix("oidc-provider/")?;
    let flavour = match host {
        GITHUB => "github",
        host if host.starts_with("oidc.eks.") => "eks",
        _ => "generic",
    };
    let audience = tests(&statement.condition).into_iter().find_map(|test| {
        let demanded = test.operator == Operator::plain(BaseOperator::StringEquals)
            && test.key.eq_ignore_ascii_case(&format!("{host}:aud"));
        match test.values.as_slice() {
            [one] if demanded => Some(one.clone()),
            _ => None,
        }
    });
    Some((flavour, host.to_owned(), audience?))
}

fn name_of((flavour, host, _): &Said) -> String {
    match *flavour {
        "github" => "GitHub".to_owned(),
        "eks" => {
            let cluster = host.rsplit('/').next().unwrap_or("");
            let short: String = cluster.chars().take(8).collect();
            format!("Eks_{}", ident_of(&short).trim_start_matches('_'))
        }
        _ => ident_of(host),
    }
}

fn text(ident: &str, (flavour, host, audience): &Said) -> String {
    if *flavour == "saml" {
        return format!("saml {ident} {}", quote_text(host));
    }
    let mut lines = String::new();
    if *flavour != "github" {
        lines.push_str(&format!("url {}\n", quote_text(host)));
    }
    if audience != AUDIENCE {
        lines.push_str(&format!("audience {}\n", quote_text(audience)));
    }
    format!("oidc {ident} {flavour} {{\n{lines}}}")
}
