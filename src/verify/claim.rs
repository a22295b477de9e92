//! The claims that make two documents interchangeable, each put to the engine in the open world.

use crate::engine::question::{Asking, Finding, Reason, Subject, implies_both};
use crate::engine::witness::Witness;
use crate::iam::document::Principals;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement};

use super::meaning::principals;

/// How a document stands to the policy it was made of.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// They can be exchanged wherever they are attached.
    Equal,
    /// A request tells them apart.
    Unequal(Difference, Box<Witness>),
    /// Not settled.
    Unknown(Reason),
}

/// What one of the two does to a request and the other does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Difference {
    /// The document allows it.
    AllowsMore,
    /// The source allows it.
    AllowsLess,
    /// The document denies it.
    DeniesMore,
    /// The source denies it.
    DeniesLess,
    /// Both treat it alike, and say so of other principals.
    NamesOthers,
}

/// Whether two conditions are true of the same requests.
pub(super) fn conditions_are_equal(
    one: &Condition,
    other: &Condition,
    asking: &Asking<'_>,
) -> bool {
    let policy = |condition: &Condition| Policy {
        statements: vec![Statement {
            condition: condition.clone(),
            ..everything(PolicyKind::ManagedPolicy)
        }],
        ..saying_nothing(PolicyKind::ManagedPolicy)
    };
    let (one, other) = (policy(one), policy(other));
    let (left, right) = (Subject::document(&one), Subject::document(&other));
    let (narrow, wide) = implies_both(&left, &right, asking);
    narrow.is_proved() && wide.is_proved()
}

/// Compares what two policies of one kind do: what they allow by themselves, what they deny whatever else allows it,
/// and, where they name principals, both for each list of principals by itself: whether a role or its account is named
/// makes a difference to AWS that no request by itself shows.
pub(super) fn compare(source: &Policy, document: &Policy, asking: &Asking<'_>) -> Verdict {
    let whole = compare_effects(source, document, asking);
    let named = principals_of(source, document);
    if !matches!(whole, Verdict::Equal) || named.len() < 2 {
        return whole;
    }
    for principal in named {
        let (one, other) = (only(source, &principal), only(document, &principal));
        match compare_effects(&one, &other, asking) {
            Verdict::Equal => {}
            Verdict::Unequal(_, witness) => {
                return Verdict::Unequal(Difference::NamesOthers, witness);
            }
            unknown => return unknown,
        }
    }
    Verdict::Equal
}

fn compare_effects(source: &Policy, document: &Policy, asking: &Asking<'_>) -> Verdict {
    let allowed = settle(
        source,
        document,
        asking,
        [Difference::AllowsLess, Difference::AllowsMore],
    );
    let Verdict::Equal = allowed else {
        return allowed;
    };
    // Beside an Allow of everything, what is not allowed is what is denied.
    let open = |policy: &Policy| {
        let mut open = policy.clone();
        open.statements.push(everything(policy.kind));
        open
    };
    let (source, document) = (open(source), open(document));
    settle(
        &source,
        &document,
        asking,
        [Difference::DeniesMore, Difference::DeniesLess],
    )
}

/// The differences are what a request means that only the source, or only the document, allows.
fn settle(
    source: &Policy,
    document: &Policy,
    asking: &Asking<'_>,
    [source_only, document_only]: [Difference; 2],
) -> Verdict {
    let (left, right) = (Subject::document(source), Subject::document(document));
    match implies_both(&left, &right, asking) {
        (Finding::Proved, Finding::Proved) => Verdict::Equal,
        (Finding::Refuted(witness), _) => Verdict::Unequal(source_only, witness),
        (_, Finding::Refuted(witness)) => Verdict::Unequal(document_only, witness),
        (Finding::Unknown(reason), _) | (_, Finding::Unknown(reason)) => Verdict::Unknown(reason),
    }
}

fn principals_of(source: &Policy, document: &Policy) -> Vec<PrincipalMatch> {
    let all = source.statements.iter().chain(&document.statements);
    let named = all.filter_map(|s| principals(s.principal.as_ref()?));
    let mut found: Vec<PrincipalMatch> = named.collect();
    found.sort();
    found.dedup();
    found
}

fn only(policy: &Policy, principal: &PrincipalMatch) -> Policy {
    let mut policy = policy.clone();
    let is_named = |s: &Statement| s.principal.as_ref().and_then(principals);
    let statements = &mut policy.statements;
    statements.retain(|s| is_named(s).as_ref() == Some(principal));
    policy
}

/// A policy without statements.
pub(super) fn saying_nothing(kind: PolicyKind) -> Policy {
    Policy {
        kind,
        name: String::new(),
        statements: Vec::new(),
        details: Details::default(),
        origin: Origin::default(),
    }
}

fn everything(kind: PolicyKind) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: kind.has_principal().then_some(PrincipalMatch {
            negated: false,
            principals: Principals::Everyone,
        }),
        action: Match::everything(),
        resource: None,
        condition: Condition::True,
        origin: Origin::default(),
    }
}
