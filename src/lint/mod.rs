//! What is suspicious about a project although it compiles: statements that do nothing, grants that are wider than they
//! look, doors that stand open.
//!
//! In: the project's meaning with its [`Estate`](crate::access::Estate), and the declarations that nothing uses. Out:
//! [`Found`] findings. Wherever meaning is at stake the engine decides: a finding is a proof or a request that was
//! replayed, and what the engine cannot settle is passed over in silence, never claimed.
//!
//! One file is one family of lints; [`LINTS`] is the one list from which settings, documentation and tests follow.

mod ask;
mod context;
mod facts;
mod finding;
mod reach_of;
mod who;
mod words;

mod blank;
mod deny;
mod escalation;
mod glance;
mod likeness;
mod limits;
mod lockout;
mod matching;
mod oidc;
mod people;
mod resource;
mod sensitive;
mod service;
mod services_hit;
mod shape;
mod trust;
mod unused;
mod wildcards;

pub use context::{Context, Prepared, Project, Undecided};
pub use finding::Found;

use rayon::prelude::*;

use crate::diagnostic::Code;
use finding::Finding;

/// A lint.
pub struct Lint {
    /// The code of its findings.
    pub code: Code,
    /// Whether it speaks unless the project says otherwise.
    pub weight: Weight,
    /// The family that the documentation lists it under.
    pub family: Family,
    run: fn(&Context<'_>, &Lint) -> Vec<Finding>,
}

/// Whether a lint speaks unless the project says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// Its findings are warnings.
    Warns,
    /// Only a project that asks for it in `[lints]` hears of it.
    Silent,
}

/// What kind of fault a lint looks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Family {
    /// What has no effect.
    Effect,
    /// What is wider than it need be.
    Breadth,
    /// Who gets in.
    Trust,
    /// Conditions that do not say what they seem to.
    Conditions,
    /// What shuts out those who need to work.
    LockedOut,
    /// What nothing uses.
    Unused,
}

impl Family {
    /// Every family, in the order of the documentation.
    pub const ALL: [Family; 6] = [
        Family::Effect,
        Family::Breadth,
        Family::Trust,
        Family::Conditions,
        Family::LockedOut,
        Family::Unused,
    ];

    /// The heading in the documentation.
    pub fn title(self) -> &'static str {
        match self {
            Family::Effect => "What has no effect",
            Family::Breadth => "What is wider than it need be",
            Family::Trust => "Who gets in",
            Family::Conditions => "Conditions that do not say what they seem to",
            Family::LockedOut => "Who is locked out",
            Family::Unused => "What nothing uses",
        }
    }
}

const fn lint(code: Code, family: Family, run: fn(&Context<'_>, &Lint) -> Vec<Finding>) -> Lint {
    Lint {
        code,
        weight: Weight::Warns,
        family,
        run,
    }
}

/// Every lint.
pub static LINTS: &[Lint] = &[
    lint(Code::NeverMatches, Family::Effect, matching::never_matches),
    lint(Code::DenyNeverBites, Family::Effect, deny::never_bites),
    lint(Code::TakenAway, Family::Effect, limits::taken_away),
    lint(Code::AddsNothing, Family::Effect, limits::adds_nothing),
    lint(
        Code::BeyondBoundary,
        Family::Breadth,
        limits::beyond_boundary,
    ),
    lint(Code::WildcardService, Family::Breadth, wildcards::service),
    lint(Code::WildcardAction, Family::Breadth, wildcards::action),
    lint(Code::WildcardResource, Family::Breadth, wildcards::resource),
    lint(
        Code::PermissionsManagement,
        Family::Breadth,
        sensitive::permissions,
    ),
    lint(
        Code::CredentialExposure,
        Family::Breadth,
        sensitive::credentials,
    ),
    lint(Code::PassRole, Family::Breadth, sensitive::pass_role),
    lint(
        Code::ServiceLinkedRole,
        Family::Breadth,
        sensitive::service_linked_role,
    ),
    Lint {
        code: Code::Escalation,
        weight: Weight::Warns,
        family: Family::Breadth,
        run: escalation::escalation,
    },
    lint(Code::SettableTag, Family::Breadth, blank::settable_tag),
    lint(Code::BoolAbsent, Family::Conditions, shape::bool_absent),
    lint(Code::IfExists, Family::Conditions, shape::if_exists),
    lint(
        Code::ForAllValues,
        Family::Conditions,
        shape::for_all_values,
    ),
    lint(
        Code::WildcardValue,
        Family::Conditions,
        shape::wildcard_value,
    ),
    lint(
        Code::DenyHitsServices,
        Family::LockedOut,
        services_hit::hits_services,
    ),
    lint(Code::OpenTrust, Family::Trust, trust::open),
    lint(Code::WholeAccountTrust, Family::Trust, trust::whole_account),
    lint(Code::ExternalTrustWithoutId, Family::Trust, trust::external),
    Lint {
        code: Code::AccessFromAnywhere,
        weight: Weight::Silent,
        family: Family::Trust,
        run: people::from_anywhere,
    },
    lint(
        Code::PeopleWithoutMfa,
        Family::Trust,
        trust::without_second_factor,
    ),
    lint(
        Code::ConfusedDeputy,
        Family::Trust,
        service::confused_deputy,
    ),
    lint(
        Code::OidcWithoutAudience,
        Family::Trust,
        oidc::without_audience,
    ),
    lint(
        Code::OidcWithoutSubject,
        Family::Trust,
        oidc::without_subject,
    ),
    lint(Code::GithubWildcard, Family::Trust, oidc::github),
    lint(Code::PublicResource, Family::Trust, resource::public),
    lint(
        Code::CrossOrganization,
        Family::Trust,
        resource::cross_organization,
    ),
    lint(
        Code::LongLivedCredentials,
        Family::Trust,
        people::long_lived,
    ),
    lint(Code::LocksOut, Family::LockedOut, lockout::locks_out),
    lint(Code::UnusedLet, Family::Unused, unused::lets),
    lint(Code::UnusedCondition, Family::Unused, unused::conditions),
    lint(Code::UnusedPolicy, Family::Unused, unused::policies),
];

/// Runs the lints that `wanted` picks; findings in the order of the sources.
pub fn run<'a>(prepared: &'a Prepared<'a>, wanted: &(dyn Fn(&Lint) -> bool + Sync)) -> Vec<Found> {
    let chosen: Vec<&Lint> = LINTS.iter().filter(|l| wanted(l)).collect();
    let found: Vec<Vec<Finding>> = chosen
        .par_iter()
        .map(|lint| (lint.run)(&prepared.for_lint(lint.code), lint))
        .collect();
    finding::merge(prepared, found.into_iter().flatten())
}
