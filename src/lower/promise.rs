//! `prove` and `test`: whom they speak of becomes a list of identities, what they speak of policies and requests.
//!
//! A scope is written for each account by itself, as statements are: `sqs:queue "jobs"` is the account's own queue.
//! Where a declaration is not deployed to an account, that account has no such requests; where it is deployed to none
//! of those spoken of, that is a finding.

use indexmap::IndexMap;

use crate::check::Checked;
use crate::check::hir::{self, Access, Claim, PrincipalKind, Subject};
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::{Effect, PolicyKind};
use crate::ir::promise::{
    Asker, Case, Expectation, Expected, Promise, Promises, Trial, Who, WhoKind,
};
use crate::ir::{self, Details, Match, Origin, Policy, Statement};
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::{BlockKind, Verdict};

use super::ground::Ground;
use super::place::{AccountFill, Place, Plan, assignments_of};
use super::scope::{Arguments, Scope};
use super::statement::Frame;

/// Lowers the proofs and tests of a project.
pub(super) fn promises(
    checked: &Checked,
    plans: &IndexMap<DefId, Plan<'_>>,
) -> (Promises, Vec<Diagnostic>) {
    let mut lowering = Lowering {
        checked,
        plans,
        findings: Vec::new(),
    };
    let claims = checked.proofs().iter().map(|p| lowering.proof(p)).collect();
    let tests = checked.tests().iter().map(|t| lowering.trial(t)).collect();
    (Promises { claims, tests }, lowering.findings)
}

struct Lowering<'a, 'p> {
    checked: &'a Checked,
    plans: &'p IndexMap<DefId, Plan<'a>>,
    findings: Vec<Diagnostic>,
}

impl<'a> Lowering<'a, '_> {
    fn proof(&mut self, proof: &hir::Proof) -> Promise {
        let claim = match &proof.claim {
            Claim::Access {
                subject,
                verdict,
                access,
            } => {
                let cases = self.cases(subject, |scope| scope.requests(access, proof.span));
                match verdict {
                    Verdict::Can => ir::promise::Claim::Can(cases),
                    Verdict::Cannot => ir::promise::Claim::Cannot(cases),
                }
            }
            Claim::Within {
                subject,
                limit,
                arguments,
            } => ir::promise::Claim::Within(
                self.cases(subject, |scope| scope.limit(*limit, arguments)),
            ),
            Claim::Only { subjects, access } => ir::promise::Claim::Only {
                listed: subjects.iter().flat_map(|s| self.everybody(s)).collect(),
                scope: self.anywhere(access, proof.span),
            },
            Claim::Bounded { from } => ir::promise::Claim::Bounded(self.everybody(from)),
            Claim::NoPath { from, to } => ir::promise::Claim::NoPath {
                from: self.everybody(from),
                to: self.everybody(to),
            },
        };
        Promise {
            claim,
            origin: Origin::at(proof.span),
        }
    }

    /// A policy for every account that a subject is deployed to.
    fn cases(&mut self, subject: &Subject, policy: impl Fn(&Scope<'_>) -> Policy) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut failed = Vec::new();
        for plan in self.plans.values() {
            let who = self.in_account(subject, plan);
            if who.is_empty() {
                continue;
            }
            match self.written_for(plan, &policy) {
                Ok(policy) => cases.push(Case { who, policy }),
                Err(found) => failed.push(found),
            }
        }
        self.settle(cases.is_empty(), failed);
        cases
    }

    /// The policy as an account writes it, or what keeps it from being written.
    fn written_for(
        &self,
        plan: &Plan<'a>,
        policy: impl Fn(&Scope<'_>) -> Policy,
    ) -> Result<Policy, Vec<Diagnostic>> {
        let scope = Scope::new(self.checked, self.plans, &plan.place);
        let policy = policy(&scope);
        let found = scope.diagnostics.take();
        match found.is_empty() {
            true => Ok(policy),
            false => Err(found),
        }
    }

    /// What is not deployed to some accounts only is no fault; anything else is.
    fn settle(&mut self, is_nowhere: bool, failed: Vec<Vec<Diagnostic>>) {
        for found in failed.into_iter().flatten() {
            let is_known = self.findings.contains(&found);
            if !is_known && (is_nowhere || found.code != Code::NotDeployed) {
                self.findings.push(found);
            }
        }
    }

    /// The requests in whichever account: one scope with the resources of all.
    fn anywhere(&mut self, access: &Access, span: Span) -> Policy {
        let mut found: Option<Policy> = None;
        let mut failed = Vec::new();
        for plan in self.plans.values() {
            match self.written_for(plan, |scope| scope.requests(access, span)) {
                Err(problems) => failed.push(problems),
                Ok(policy) => match &mut found {
                    None => found = Some(policy),
                    Some(first) => {
                        for statement in policy.statements {
                            if !first.statements.contains(&statement) {
                                first.statements.push(statement);
                            }
                        }
                    }
                },
            }
        }
        self.settle(found.is_none(), failed);
        found.unwrap_or_else(|| scope_of(Vec::new(), span))
    }

    /// Everybody that a subject stands for.
    fn everybody(&self, subject: &Subject) -> Vec<Who> {
        let plans = self.plans.values();
        plans.flat_map(|p| self.in_account(subject, p)).collect()
    }

    fn in_account(&self, subject: &Subject, plan: &Plan<'_>) -> Vec<Who> {
        let place = match subject {
            Subject::One { place, .. } | Subject::Every { place, .. } => *place,
        };
        if !place.is_none_or(|node| self.is_below(plan, node)) {
            return Vec::new();
        }
        let mut who = Vec::new();
        match subject {
            Subject::One { block, .. } => self.deployed(*block, plan, &mut who),
            Subject::Every { kinds, except, .. } => {
                for (id, block) in self.checked.blocks() {
                    if kinds.contains(&block.kind) && !except.contains(&id) {
                        self.deployed(id, plan, &mut who);
                    }
                }
                let mut but = Vec::new();
                except
                    .iter()
                    .for_each(|id| self.deployed(*id, plan, &mut but));
                who.retain(|w| !but.contains(w));
            }
        }
        who
    }

    fn is_below(&self, plan: &Plan<'_>, node: DefId) -> bool {
        let parent = |id: &DefId| self.checked.node(*id).and_then(|n| n.parent);
        std::iter::successors(plan.place.node, parent).any(|id| id == node)
    }

    /// Under which names a declaration makes requests in an account; a group does so through its members.
    fn deployed(&self, id: DefId, plan: &Plan<'_>, who: &mut Vec<Who>) {
        let Some(block) = self.checked.block(id) else {
            return;
        };
        let account = plan.node.id.clone().unwrap_or_default();
        let mut add = |kind, name: &str| {
            let found = Who {
                account: account.clone(),
                kind,
                name: name.to_owned(),
            };
            if !who.contains(&found) {
                who.push(found);
            }
        };
        let names = |id: DefId| plan.names.get(&id).into_iter().flatten();
        match block.kind {
            BlockKind::Role => names(id).for_each(|n| add(WhoKind::Role, n)),
            BlockKind::User => names(id).for_each(|n| add(WhoKind::User, n)),
            BlockKind::Group => {
                let members = self
                    .checked
                    .blocks()
                    .filter(|(_, b)| b.groups.contains(&id));
                members
                    .flat_map(|(user, _)| names(user))
                    .for_each(|n| add(WhoKind::User, n));
            }
            BlockKind::PermissionSet => {
                let node = plan.place.node;
                let is_assigned =
                    node.is_some_and(|n| assignments_of(self.checked, n).contains(&id));
                if is_assigned {
                    add(WhoKind::PermissionSet, &block.aws_name);
                }
            }
            _ => {}
        }
    }

    fn trial(&mut self, test: &hir::Test) -> Trial {
        let mut expectations = Vec::new();
        if let Some(principal) = &test.principal {
            let askers = self.askers(principal);
            for line in &test.expectations {
                for (asker, place) in &askers {
                    expectations.push(self.expectation(test, line, asker, place));
                }
            }
        }
        Trial {
            name: test.name.clone(),
            expectations,
            origin: Origin::at(test.span),
        }
    }

    /// Who asks, each with the place that fills the ARNs of what is asked for.
    fn askers(&mut self, principal: &hir::Principal) -> Vec<(Asker, Place)> {
        if let PrincipalKind::Declared { block, place } = &principal.kind {
            let subject = Subject::One {
                block: *block,
                place: *place,
            };
            let plans = self.plans.values();
            let found = plans.flat_map(|plan| {
                let who = self.in_account(&subject, plan);
                who.into_iter()
                    .map(|w| (Asker::Declared(w), plan.place.clone()))
            });
            return found.collect();
        }
        let place = Place {
            node: None,
            partition: self.checked.defaults().partition.clone(),
            regions: self.checked.defaults().regions.clone(),
            account: AccountFill::Any,
        };
        let scope = Scope::new(self.checked, self.plans, &place);
        let found = scope.principal(principal, &Arguments::new());
        self.findings.append(&mut scope.diagnostics.take());
        let asker = |named: Option<_>| named.map_or(Asker::Anonymous, Asker::Named);
        found
            .into_iter()
            .map(|p| (asker(p), place.clone()))
            .collect()
    }

    fn expectation(
        &mut self,
        test: &hir::Test,
        line: &hir::Expectation,
        asker: &Asker,
        place: &Place,
    ) -> Expectation {
        let scope = Scope::new(self.checked, self.plans, place);
        let none = Arguments::new();
        let mut context: Vec<(String, Vec<String>)> = Vec::new();
        for setting in test.context.iter().chain(&line.with) {
            let values = scope.values(&setting.value, &none);
            let values: Vec<String> = values.iter().map(as_context).collect();
            context.retain(|(key, _)| *key != setting.key);
            context.push((setting.key.clone(), values));
        }
        let resources = line.resources.iter().flat_map(|r| &r.values);
        let resources = resources.flat_map(|value| scope.values(value, &none));
        let resources = resources.filter_map(|r| r.as_resource()).collect();
        let actions = scope.actions(&line.actions, &none);
        self.findings.append(&mut scope.diagnostics.take());
        Expectation {
            expected: match line.verdict {
                Verdict::Can => Expected::Allowed,
                Verdict::Cannot => Expected::Denied,
            },
            asker: asker.clone(),
            actions,
            resources,
            context,
            origin: Origin::at(line.span),
        }
    }
}

/// A value as a request carries it: a single address is no block.
fn as_context(value: &Ground) -> String {
    match value {
        Ground::Address(net) if net.prefix_len() == net.max_prefix_len() => net.addr().to_string(),
        other => other.as_text(),
    }
}

impl Scope<'_> {
    /// The requests that a claim speaks of.
    fn requests(&self, access: &Access, span: Span) -> Policy {
        let none = Arguments::new();
        let resource = match &access.resources {
            Some(resources) => self.resource_list(resources, &none),
            None => Match::everything(),
        };
        let statement = Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: self.actions(&access.actions, &none),
            resource: Some(resource),
            condition: self.guard(&access.guard, &none),
            origin: Origin::at(span),
        };
        scope_of(vec![statement], span)
    }

    /// The policy that a claim holds somebody to.
    fn limit(&self, block: DefId, arguments: &[hir::Value]) -> Policy {
        let arguments = self.arguments(arguments, &Arguments::new());
        let statements = match self.checked.block(block) {
            Some(block) => self.statements(block, &arguments, &Frame::identity()),
            None => Vec::new(),
        };
        let span = self.checked.block(block).map(|b| b.span);
        Policy {
            kind: PolicyKind::Boundary,
            name: String::new(),
            statements,
            details: Details::default(),
            origin: span.map(Origin::at).unwrap_or_default(),
        }
    }
}

fn scope_of(statements: Vec<Statement>, span: Span) -> Policy {
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: String::new(),
        statements,
        details: Details::default(),
        origin: Origin::at(span),
    }
}
