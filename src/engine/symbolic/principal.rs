//! Who asks: the principals that a question's documents tell apart, and how closely a statement names one.
//!
//! `Principal` has no patterns but `*`, so finitely many principals stand for all: those that are named, and
//! for every account, and for one that nobody names, a fresh one of each kind.

use super::atom::Atom;
use super::compile::Compiler;
use super::formula::{Formula, Formulas};
use super::glob::{Glob, Token};
use super::value::Language;
use crate::engine::hashed::IndexSet;
use crate::engine::request::{Identity, Principal, PrincipalType};
use crate::engine::semantics::NotPrincipal;
use crate::iam::arn::is_account_id;
use crate::iam::document::{PrincipalKind, Principals};
use crate::iam::{Arn, Effect};
use crate::ir::PrincipalMatch;

/// When a list names a principal, by how closely.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    /// Itself, or everyone.
    pub(crate) caller: Formula,
    /// The role of its session.
    pub(crate) role: Formula,
    /// Its account.
    pub(crate) account: Formula,
}

impl Named {
    const NOBODY: Named = Named {
        caller: Formulas::FALSE,
        role: Formulas::FALSE,
        account: Formulas::FALSE,
    };
}

/// Whether the caller has a permissions boundary, which decides about `NotPrincipal`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bounds {
    Bounded,
    Unbounded,
}

/// When a statement's principals name somebody.
pub(crate) fn named_by(
    compiler: &mut Compiler<'_>,
    matched: &PrincipalMatch,
    principal: &Principal,
    effect: Effect,
    bounds: Bounds,
) -> Named {
    let named = named(compiler, &matched.principals, principal);
    if !matched.negated {
        return named;
    }
    let spared = match (effect, bounds, compiler.semantics.not_principal) {
        (Effect::Deny, Bounds::Bounded, _) => Formulas::FALSE,
        (Effect::Deny, Bounds::Unbounded, NotPrincipal::EveryIdentity) => {
            every_identity(compiler, named, &matched.principals, principal)
        }
        _ => {
            let any = [named.caller, named.role, named.account];
            compiler.tables.formulas.or(any)
        }
    };
    Named {
        caller: compiler.tables.formulas.not(spared),
        ..Named::NOBODY
    }
}

fn every_identity(
    compiler: &mut Compiler<'_>,
    named: Named,
    principals: &Principals,
    principal: &Principal,
) -> Formula {
    if names_everyone(principals) {
        return Formulas::TRUE;
    }
    let needed = match principal.kind() {
        PrincipalType::RoleSession | PrincipalType::ServiceLinkedRole => {
            let session = match principal.session_arn() {
                Some(_) => named.caller,
                None => Formulas::TRUE,
            };
            vec![named.account, named.role, session]
        }
        PrincipalType::User | PrincipalType::FederatedUser => vec![named.account, named.caller],
        PrincipalType::Root => vec![named.account],
        _ => vec![named.caller],
    };
    compiler.tables.formulas.and(needed)
}

fn names_everyone(principals: &Principals) -> bool {
    match principals {
        Principals::Everyone => true,
        Principals::Named(list) => list
            .iter()
            .any(|p| p.kind == PrincipalKind::Aws && p.value == "*"),
    }
}

fn named(compiler: &mut Compiler<'_>, principals: &Principals, principal: &Principal) -> Named {
    let Principals::Named(list) = principals else {
        return Named {
            caller: Formulas::TRUE,
            ..Named::NOBODY
        };
    };
    let mut all = Named::NOBODY;
    for entry in list {
        let one = match entry.kind {
            PrincipalKind::Aws => of_aws(compiler, &entry.value, principal),
            PrincipalKind::Service => {
                as_caller(*principal == Principal::Service(entry.value.clone()))
            }
            PrincipalKind::Federated => {
                as_caller(*principal == Principal::Federated(entry.value.clone()))
            }
            PrincipalKind::CanonicalUser => Named::NOBODY,
        };
        let formulas = &mut compiler.tables.formulas;
        all = Named {
            caller: formulas.or([all.caller, one.caller]),
            role: formulas.or([all.role, one.role]),
            account: formulas.or([all.account, one.account]),
        };
    }
    all
}

fn as_caller(holds: bool) -> Named {
    Named {
        caller: Formulas::constant(holds),
        ..Named::NOBODY
    }
}

fn as_account(holds: bool) -> Named {
    Named {
        account: Formulas::constant(holds),
        ..Named::NOBODY
    }
}

fn of_aws(compiler: &mut Compiler<'_>, value: &str, principal: &Principal) -> Named {
    if value == "*" {
        return as_caller(true);
    }
    if is_account_id(value) {
        return as_account(principal.account() == Some(value));
    }
    if Arn::parse(value).is_none() {
        return unique_id(compiler, value, principal);
    }
    match (Principal::parse(value), principal) {
        (Some(Principal::Root(own)), _) => as_account(
            principal
                .identity()
                .is_some_and(|id| id.account == own.account && id.partition == own.partition),
        ),
        (Some(Principal::User(own)), Principal::User(user)) => as_caller(own == *user),
        (Some(Principal::FederatedUser(own)), Principal::FederatedUser(user)) => {
            as_caller(own == *user)
        }
        (
            Some(Principal::RoleSession {
                role: own,
                session: None,
            }),
            Principal::RoleSession { role, .. },
        ) => Named {
            role: Formulas::constant(own == *role),
            ..Named::NOBODY
        },
        (
            Some(Principal::RoleSession {
                role: own,
                session: Some(name),
            }),
            Principal::RoleSession { role, session },
        ) => {
            let same_role = own.partition == role.partition
                && own.account == role.account
                && own.name == role.last_segment();
            as_caller(same_role && session.as_ref() == Some(&name))
        }
        _ => Named::NOBODY,
    }
}

/// What IAM stores for a user or a role is found in `aws:userid`, alone or before the session's name.
fn unique_id(compiler: &mut Compiler<'_>, id: &str, principal: &Principal) -> Named {
    let session = match principal {
        Principal::User(_) => false,
        Principal::RoleSession { .. } => true,
        _ => return Named::NOBODY,
    };
    let key = compiler.key("aws:userid");
    let mut with_name = Glob::literal(id);
    with_name.extend([Token::Char(':'), Token::Star]);
    let language = Language::Text(vec![Glob::literal(id), with_name]);
    let language = compiler.tables.language(language);
    let atom = compiler.tables.atom(Atom::In(key, language));
    if session {
        Named {
            role: atom,
            ..Named::NOBODY
        }
    } else {
        Named {
            caller: atom,
            ..Named::NOBODY
        }
    }
}

/// An account id that no document names.
fn fresh_account(named: &IndexSet<String>) -> String {
    let plausible = [
        "111122223333",
        "444455556666",
        "777788889999",
        "123456789012",
    ];
    let mut candidates = plausible.iter().map(|a| (*a).to_owned());
    let found = candidates.find(|a| !named.contains(a));
    found.unwrap_or_else(|| {
        let mut numbers = (0_u64..).map(|n| format!("{:012}", 200_000_000_000 + n));
        numbers.find(|a| !named.contains(a)).unwrap_or_default()
    })
}

/// The principals that stand for all, given what the documents name; just one where they name nobody.
pub(crate) fn candidates<'a>(matches: impl Iterator<Item = &'a PrincipalMatch>) -> Vec<Principal> {
    let mut accounts: IndexSet<String> = IndexSet::default();
    let mut partitions: IndexSet<String> = IndexSet::from_iter(["aws".to_owned()]);
    let mut named: IndexSet<Principal> = IndexSet::default();
    let mut any = false;
    for matched in matches {
        any = true;
        let Principals::Named(list) = &matched.principals else {
            continue;
        };
        for entry in list {
            match entry.kind {
                PrincipalKind::Service => {
                    named.insert(Principal::Service(entry.value.clone()));
                }
                PrincipalKind::Federated => {
                    named.insert(Principal::Federated(entry.value.clone()));
                }
                PrincipalKind::Aws if is_account_id(&entry.value) => {
                    accounts.insert(entry.value.clone());
                }
                PrincipalKind::Aws => {
                    if let Some(principal) = Principal::parse(&entry.value) {
                        if let Some(id) = principal.identity() {
                            accounts.insert(id.account.clone());
                            partitions.insert(id.partition.clone());
                        }
                        named.insert(principal);
                    }
                }
                PrincipalKind::CanonicalUser => {}
            }
        }
    }
    let fresh = fresh_account(&accounts);
    if !any {
        return vec![user("aws", &fresh, "alice")];
    }
    let mut out: IndexSet<Principal> = IndexSet::default();
    for principal in &named {
        out.extend(sessions(principal, &named));
    }
    for account in accounts.iter().chain([&fresh]) {
        for partition in &partitions {
            out.extend(one_of_each(partition, account, &named));
        }
    }
    out.insert(fresh_text(
        &named,
        Principal::Service,
        "ec2.amazonaws.com",
        "x.amazonaws.com",
    ));
    out.insert(fresh_text(
        &named,
        Principal::Federated,
        "accounts.google.com",
        "idp.example.com",
    ));
    out.insert(Principal::Anonymous);
    out.into_iter().collect()
}

fn identity(partition: &str, account: &str, name: &str) -> Identity {
    Identity {
        partition: partition.to_owned(),
        account: account.to_owned(),
        name: name.to_owned(),
    }
}

fn user(partition: &str, account: &str, name: &str) -> Principal {
    Principal::User(identity(partition, account, name))
}

/// A named principal as callers: a role through a session of any name and through the sessions that are named.
fn sessions(principal: &Principal, named: &IndexSet<Principal>) -> Vec<Principal> {
    let Principal::RoleSession {
        role,
        session: None,
    } = principal
    else {
        return vec![principal.clone()];
    };
    let with = |name: &str| Principal::RoleSession {
        role: role.clone(),
        session: Some(name.to_owned()),
    };
    let others = named.iter().filter_map(|other| match other {
        Principal::RoleSession {
            role: own,
            session: Some(name),
        } if own.account == role.account && own.name == role.last_segment() => Some(with(name)),
        _ => None,
    });
    std::iter::once(with("example-session"))
        .chain(others)
        .collect()
}

fn one_of_each(partition: &str, account: &str, named: &IndexSet<Principal>) -> Vec<Principal> {
    let mut suffix = String::new();
    loop {
        let id = |name: &str| identity(partition, account, &format!("{name}{suffix}"));
        let all = vec![
            Principal::User(id("alice")),
            Principal::RoleSession {
                role: id("ExampleRole"),
                session: Some("example-session".to_owned()),
            },
            Principal::Root(identity(partition, account, "")),
            Principal::FederatedUser(id("bob")),
        ];
        let names = |p: &Principal| match p {
            Principal::Root(_) => None,
            p => p.identity().map(|i| i.name.clone()),
        };
        let taken = all
            .iter()
            .filter_map(names)
            .any(|n| named.iter().filter_map(names).any(|m| m == n));
        if !taken {
            return all;
        }
        suffix.push('x');
    }
}

fn fresh_text(
    named: &IndexSet<Principal>,
    make: fn(String) -> Principal,
    first: &str,
    then: &str,
) -> Principal {
    let mut text = first.to_owned();
    while named.contains(&make(text.clone())) {
        text = if text == first {
            then.to_owned()
        } else {
            format!("x{text}")
        };
    }
    make(text)
}
