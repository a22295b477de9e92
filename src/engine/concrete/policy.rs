//! A policy compiled for evaluation: which of its statements match a request.

use super::arn::ResourcePattern;
use super::asked::Asked;
use super::condition::Condition;
use super::principal::{Closeness, Whom};
use super::text::Outcome;
use super::wildcard::{Glob, Reach, Token};
use crate::engine::semantics::{NotPrincipal, Semantics, UnresolvedNotResource};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{self, Origin};

/// A policy compiled once, to be evaluated many times.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    statements: Vec<(usize, Statement)>,
}

impl CompiledPolicy {
    /// Compiles a policy under a reading of what AWS leaves open.
    pub fn new(policy: &ir::Policy, semantics: &Semantics) -> CompiledPolicy {
        CompiledPolicy::of_statements(policy, semantics, |_| true)
    }

    /// Compiles only what speaks of one action, which is enough for requests for it and much less work.
    pub fn for_action(policy: &ir::Policy, action: &str, semantics: &Semantics) -> CompiledPolicy {
        let action = action.to_ascii_lowercase();
        CompiledPolicy::of_statements(policy, semantics, |s| speaks_of(&s.action, &action))
    }

    fn of_statements(
        policy: &ir::Policy,
        semantics: &Semantics,
        wanted: impl Fn(&ir::Statement) -> bool,
    ) -> CompiledPolicy {
        let statements = policy.statements.iter().enumerate();
        let wanted = statements.filter(|(_, s)| wanted(s));
        CompiledPolicy {
            statements: wanted
                .map(|(index, s)| (index, Statement::new(s, policy.kind, semantics)))
                .collect(),
        }
    }

    /// The statements with their indices in the policy.
    pub(super) fn statements(&self) -> impl Iterator<Item = (usize, &Statement)> {
        self.statements.iter().map(|(index, s)| (*index, s))
    }
}

/// Whether a statement's actions have this one, given in lower case, among them.
fn speaks_of(actions: &ir::Match, action: &str) -> bool {
    let matches = |pattern: &String| match pattern.contains(['*', '?']) {
        true => action_glob(&pattern.to_ascii_lowercase()).matches(action),
        false => pattern.eq_ignore_ascii_case(action),
    };
    actions.patterns.iter().any(matches) != actions.negated
}

fn action_glob(pattern: &str) -> Glob {
    Glob::new(pattern.chars().map(|c| match c {
        '*' => Token::Run(Reach::Anything),
        '?' => Token::One(Reach::Anything),
        c => Token::Char(c),
    }))
}

/// A statement ready to be evaluated.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    pub(super) origin: Origin,
    principal: Option<PrincipalTest>,
    action: ActionTest,
    resource: Option<ResourceTest>,
    condition: Condition,
}

impl Statement {
    fn new(statement: &ir::Statement, kind: PolicyKind, semantics: &Semantics) -> Statement {
        let principal = statement.principal.as_ref();
        let resource = statement.resource.as_ref();
        Statement {
            sid: statement.sid.clone(),
            effect: statement.effect,
            origin: statement.origin.clone(),
            principal: principal.map(|p| PrincipalTest {
                negated: p.negated,
                whom: Whom::new(&p.principals),
                reading: semantics.not_principal,
            }),
            action: ActionTest::new(&statement.action),
            resource: resource.map(|m| ResourceTest::new(m, kind, semantics)),
            condition: Condition::new(&statement.condition, semantics),
        }
    }

    /// Whether the statement names principals.
    pub(super) fn has_principal(&self) -> bool {
        self.principal.is_some()
    }

    /// Whether the statement matches, whoever asks.
    pub(super) fn matches<'a>(&'a self, asked: &Asked<'a>) -> bool {
        self.action.matches(asked)
            && self.resource.as_ref().is_none_or(|r| r.matches(asked))
            && self.condition.holds(asked)
    }

    /// How closely the statement names the caller, if it matches. One without principals matches nobody.
    pub(super) fn matches_caller<'a>(
        &'a self,
        asked: &Asked<'a>,
        caller: Caller,
    ) -> Option<Closeness> {
        let principal = self.principal.as_ref()?;
        let acts =
            self.action.matches(asked) && self.resource.as_ref().is_none_or(|r| r.matches(asked));
        let closeness = acts.then(|| principal.closeness(asked, self.effect, caller))??;
        self.condition.holds(asked).then_some(closeness)
    }
}

/// Whether the caller has a permissions boundary, which decides about `NotPrincipal`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Caller {
    Bounded,
    Unbounded,
}

#[derive(Clone, Debug)]
struct PrincipalTest {
    negated: bool,
    whom: Whom,
    reading: NotPrincipal,
}

impl PrincipalTest {
    fn closeness<'a>(
        &'a self,
        asked: &Asked<'a>,
        effect: Effect,
        caller: Caller,
    ) -> Option<Closeness> {
        if !self.negated {
            return self.whom.closeness(asked);
        }
        let spared = match (effect, caller, self.reading) {
            // AWS: with a boundary, `Deny` with `NotPrincipal` denies whoever is listed.
            (Effect::Deny, Caller::Bounded, _) => false,
            (Effect::Deny, Caller::Unbounded, NotPrincipal::EveryIdentity) => {
                self.whom.lists_every_identity(asked)
            }
            _ => self.whom.closeness(asked).is_some(),
        };
        (!spared).then_some(Closeness::Caller)
    }
}

/// `Action` and `NotAction`, in lower case: whole names sorted for look-up, patterns beside them.
#[derive(Clone, Debug)]
struct ActionTest {
    negated: bool,
    names: Vec<String>,
    patterns: Vec<Glob>,
}

impl ActionTest {
    fn new(actions: &ir::Match) -> ActionTest {
        let mut names = Vec::new();
        let mut patterns = Vec::new();
        for action in &actions.patterns {
            let action = action.to_ascii_lowercase();
            if action.contains(['*', '?']) {
                patterns.push(action_glob(&action));
            } else {
                names.push(action);
            }
        }
        names.sort();
        ActionTest {
            negated: actions.negated,
            names,
            patterns,
        }
    }

    fn matches(&self, asked: &Asked<'_>) -> bool {
        let action: &str = &asked.action;
        let listed = self
            .names
            .binary_search_by(|name| name.as_str().cmp(action))
            .is_ok()
            || self.patterns.iter().any(|p| p.matches(action));
        listed != self.negated
    }
}

/// `Resource` and `NotResource`.
#[derive(Clone, Debug)]
struct ResourceTest {
    negated: bool,
    patterns: Vec<ResourcePattern>,
    on_unresolved: UnresolvedNotResource,
}

impl ResourceTest {
    fn new(resources: &ir::Match, kind: PolicyKind, semantics: &Semantics) -> ResourceTest {
        let compile = |text: &String| ResourcePattern::new(text, kind, semantics);
        ResourceTest {
            negated: resources.negated,
            patterns: resources.patterns.iter().map(compile).collect(),
            on_unresolved: semantics.unresolved_not_resource,
        }
    }

    fn matches<'a>(&'a self, asked: &Asked<'a>) -> bool {
        let mut unresolved = false;
        for pattern in &self.patterns {
            match pattern.compare(asked) {
                Outcome::Match => return !self.negated,
                Outcome::Unresolved => unresolved = true,
                Outcome::Differ => {}
            }
        }
        let inert = unresolved && self.on_unresolved == UnresolvedNotResource::Inert;
        self.negated && !inert
    }
}
