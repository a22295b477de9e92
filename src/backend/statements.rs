//! One [`ir::Policy`](crate::ir::Policy) → one IAM document, statement by statement, origins kept.
//!
//! A statement that can never match is left out; one whose condition needs several blocks becomes several
//! statements. What a kind of policy cannot carry is an error: `check` has said so before and better, but
//! nothing wrong may leave from here either.

use super::{condition, error, sid};
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::document::{self, ConditionBlock, Document, Principals, Texts};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Match, Origin, Policy, PrincipalMatch, Statement};
use crate::source::Span;

/// Where a statement of a document comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The statement's Sid.
    pub sid: Option<String>,
    /// The statement of the source.
    pub origin: Origin,
}

/// Lowers a policy; the second list goes with the document's statements, one by one.
pub fn lower(
    policy: &Policy,
    budget: usize,
    problems: &mut Vec<Diagnostic>,
) -> (Document, Vec<Source>) {
    let mut statements = Vec::with_capacity(policy.statements.len());
    let mut sources = Vec::with_capacity(policy.statements.len());
    for statement in &policy.statements {
        problems.extend(unsupported(policy.kind, statement));
        match lower_statement(policy.kind, statement, budget) {
            Ok(lowered) => {
                sources.extend(lowered.iter().map(|_| Source {
                    sid: None,
                    origin: statement.origin.clone(),
                }));
                statements.extend(lowered);
            }
            Err(errors) => problems.extend(errors),
        }
    }
    sid::make_unique(statements.iter_mut().filter_map(|s| s.sid.as_mut()));
    for (source, statement) in sources.iter_mut().zip(&statements) {
        source.sid.clone_from(&statement.sid);
    }
    (Document::new(statements), sources)
}

/// The place of a statement: where its own text stands.
pub(super) fn place(origin: &Origin) -> Option<Span> {
    origin.spans.first().copied()
}

fn lower_statement(
    kind: PolicyKind,
    statement: &Statement,
    budget: usize,
) -> Result<Vec<document::Statement>, Vec<Diagnostic>> {
    let blocks = condition::lower(&statement.condition, budget, place(&statement.origin))?;
    let Some(shape) = shape(kind, statement) else {
        return Ok(Vec::new());
    };
    let mut blocks = blocks.into_iter();
    let Some(last) = blocks.next_back() else {
        return Ok(Vec::new());
    };
    let with = |shape: document::Statement, condition: ConditionBlock| document::Statement {
        condition,
        ..shape
    };
    let mut statements: Vec<_> = blocks.map(|block| with(shape.clone(), block)).collect();
    statements.push(with(shape, last));
    Ok(statements)
}

/// The statement without its condition; `None` if an empty list keeps it from ever matching.
fn shape(kind: PolicyKind, statement: &Statement) -> Option<document::Statement> {
    let (principal, not_principal) = write_principals(kind, statement.principal.as_ref())?;
    let (action, not_action) = write_match(&statement.action)?;
    let (resource, not_resource) = match (&statement.resource, kind) {
        (_, PolicyKind::Trust) => (None, None),
        (Some(resource), _) => write_match(resource)?,
        (None, PolicyKind::ResourcePolicy) => (None, None),
        (None, _) => write_match(&Match::everything())?,
    };
    Some(document::Statement {
        sid: statement.sid.as_deref().and_then(|s| sid::valid(s, kind)),
        effect: statement.effect,
        principal,
        not_principal,
        action,
        not_action,
        resource,
        not_resource,
        condition: ConditionBlock::new(),
    })
}

type Either<T> = (Option<T>, Option<T>);

/// The element and its `Not` form; an empty list matches nothing, everything but an empty list everything.
fn write_match(list: &Match) -> Option<Either<Texts>> {
    let texts = Texts(list.patterns.clone());
    match (list.negated, list.patterns.is_empty()) {
        (false, true) => None,
        (true, true) => Some((Some(Texts(vec!["*".to_owned()])), None)),
        (false, false) => Some((Some(texts), None)),
        (true, false) => Some((None, Some(texts))),
    }
}

fn write_principals(
    kind: PolicyKind,
    principal: Option<&PrincipalMatch>,
) -> Option<Either<Principals>> {
    let nobody = Principals::Named(Vec::new());
    match principal {
        // The only principal an RCP can name.
        None if kind == PolicyKind::Rcp => Some((Some(Principals::Everyone), None)),
        None => Some((None, None)),
        Some(named) => match (named.negated, named.principals == nobody) {
            (false, true) => None,
            (true, true) => Some((Some(Principals::Everyone), None)),
            (false, false) => Some((Some(named.principals.clone()), None)),
            (true, false) => Some((None, Some(named.principals.clone()))),
        },
    }
}

/// What this kind of policy cannot carry, element by element.
fn unsupported(kind: PolicyKind, statement: &Statement) -> Vec<Diagnostic> {
    let at = place(&statement.origin);
    let names_principals = statement.principal.is_some();
    let negates_principals = statement.principal.as_ref().is_some_and(|p| p.negated);
    let names_some = |p: &PrincipalMatch| p.negated || p.principals != Principals::Everyone;
    let mentions_everything = |m: &Match| m.patterns.iter().any(|p| p == "*");
    let resource_is_narrow = statement
        .resource
        .as_ref()
        .is_some_and(|r| *r != Match::everything());
    let rules = [
        (!kind.has_principal() && names_principals, "a principal"),
        (
            matches!(kind, PolicyKind::Trust | PolicyKind::ResourcePolicy) && !names_principals,
            "a statement without a principal",
        ),
        (
            kind == PolicyKind::Trust && negates_principals,
            "`NotPrincipal`",
        ),
        (
            kind == PolicyKind::Trust && resource_is_narrow,
            "a resource",
        ),
        (
            kind == PolicyKind::Rcp && statement.effect == Effect::Allow,
            "`Allow`",
        ),
        (
            kind == PolicyKind::Rcp && statement.action.negated,
            "`NotAction`",
        ),
        (
            kind == PolicyKind::Rcp && mentions_everything(&statement.action),
            "the action `*` of every service",
        ),
        (
            kind == PolicyKind::Rcp && statement.principal.as_ref().is_some_and(names_some),
            "a principal other than everyone",
        ),
    ];
    let broken = rules.into_iter().filter(|(broken, _)| *broken);
    broken
        .map(|(_, what)| {
            let message = format!("a policy of kind `{}` cannot carry {what}", kind.as_str());
            error(Code::NotAllowedHere, message, at, "")
        })
        .collect()
}
