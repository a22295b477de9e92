//! The identity providers that roles trust, declared once.

use indexmap::IndexMap;

use crate::iam::document::{PrincipalKind, Principals};
use crate::iam::{Arn, BaseOperator, Operator};
use crate::ir::{Policy, Statement};

use super::literal::quote_text;
use super::model::{Item, Module, ProviderName};
use super::name::{Names, ident_of};
use super::statement::tests;

const GITHUB: &str = "token.actions.githubusercontent.com";
/// What the language demands where nothing else is said.
const AUDIENCE: &str = "sts.amazonaws.com";

/// A provider by what its declaration says: flavour, host or name, audience.
type Said = (&'static str, String, String);

/// The providers that roles may trust: ARN to name.
pub(super) type Providers = IndexMap<String, ProviderName>;

/// Providers that were found to be trusted.
pub(super) struct Trusted<'n> {
    said: IndexMap<Said, String>,
    names: &'n mut Names,
    /// What stands before a name where it is not declared in the same module.
    prefix: &'static str,
    pub(super) providers: Providers,
    pub(super) declarations: Vec<Item>,
}

impl<'n> Trusted<'n> {
    pub(super) fn new(names: &'n mut Names, prefix: &'static str) -> Trusted<'n> {
        Trusted {
            said: IndexMap::new(),
            names,
            prefix,
            providers: Providers::new(),
            declarations: Vec::new(),
        }
    }

    /// Declares the providers of an account that its trust policies name.
    pub(super) fn add<'p>(
        &mut self,
        account: &str,
        partition: &str,
        trusts: impl Iterator<Item = &'p Policy>,
    ) {
        for (arn, statement) in trusts.flat_map(federated) {
            let Some(own) = Arn::parse(&arn).filter(|a| a.account == account) else {
                continue;
            };
            if self.providers.contains_key(&arn) {
                continue;
            }
            let Some(provider) = read(&own, statement, partition) else {
                continue;
            };
            let (names, declarations) = (&mut *self.names, &mut self.declarations);
            let ident = self.said.entry(provider.clone()).or_insert_with(|| {
                let ident = names.take(&name_of(&provider));
                declarations.push(Item::Text(text(&ident, &provider)));
                ident
            });
            let name = ProviderName {
                ident: format!("{}{ident}", self.prefix),
                flavour: provider.0,
                audience: provider.2.clone(),
            };
            self.providers.insert(arn, name);
        }
    }
}

/// Declares the providers of the account that a module is for in the module itself.
pub fn with_providers(module: &mut Module, account: &str, partition: &str, names: &mut Names) {
    let mut trusted = Trusted::new(names, "");
    let trusts = module.items.iter().filter_map(|item| match item {
        Item::Block(block) => block.trust.as_ref(),
        Item::Text(_) => None,
    });
    trusted.add(account, partition, trusts);
    let Trusted {
        providers,
        declarations,
        ..
    } = trusted;
    for item in &mut module.items {
        if let Item::Block(block) = item {
            block.providers.clone_from(&providers);
        }
    }
    module.items.splice(0..0, declarations);
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
