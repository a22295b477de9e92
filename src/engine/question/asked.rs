//! The one combinator over which every question is asked: compile, search, replay.

use std::rc::Rc;

use super::{Asking, Finding, Reason, Subject, World};
use crate::engine::narrow::Scope;
use crate::engine::request::{Context, Principal, Request};
use crate::engine::symbolic::action::Actions;
use crate::engine::symbolic::atom::Atom;
use crate::engine::symbolic::budget::Budget;
use crate::engine::symbolic::compile::Compiler;
use crate::engine::symbolic::formula::{Formula, Formulas};
use crate::engine::symbolic::principal;
use crate::engine::symbolic::search::{Build, Found, Origin, Problem};
use crate::engine::symbolic::solve::BUDGET;
use crate::engine::symbolic::subject::of_partition;
use crate::engine::witness::{self, Witness};
use crate::iam::rcp::rcp_services;
use crate::ir::Match;

/// What the concrete evaluator has to confirm of a witness.
type Replay<'r> = dyn Fn(&dyn Fn(usize, &Request) -> bool, &Request) -> bool + 'r;

/// A question's subjects, compiled.
pub(crate) struct Asked<'a, 's> {
    problem: Problem<'a>,
    subjects: Vec<&'a Subject<'s>>,
    asking: Asking<'a>,
    budget: Budget,
}

impl<'a, 's> Asked<'a, 's> {
    /// Compiles the subjects.
    pub(crate) fn new(subjects: &[&'a Subject<'s>], asking: &Asking<'a>) -> Self {
        let mut compiler = Compiler::new(asking.semantics, asking.catalogue);
        let mut actions = Actions::default();
        for policy in subjects.iter().flat_map(|s| s.policies()) {
            compiler.declare(policy);
        }
        let sides = subjects
            .iter()
            .map(|s| s.compile(&mut compiler, &mut actions))
            .collect();
        let effective = subjects.iter().find_map(|s| match s {
            Subject::Effective(effective) => Some(effective),
            Subject::Documents(_) => None,
        });
        let principals = match effective {
            Some(effective) => vec![effective.principal.clone()],
            None => principal::candidates(
                subjects
                    .iter()
                    .flat_map(|s| s.policies())
                    .flat_map(|p| &p.statements)
                    .filter_map(|s| s.principal.as_ref()),
            ),
        };
        if effective.is_some() {
            separate_special_actions(&mut actions);
        }
        let owner = effective.and_then(|e| {
            let own = e.resource_account.or(e.principal.account());
            own.map(str::to_owned)
        });
        let facts = match effective {
            Some(effective) => facts_of(&mut compiler, effective.principal, owner.as_deref()),
            None => Formulas::TRUE,
        };
        let prepared = Rc::new(actions.prepare());
        Asked {
            problem: Problem {
                compiler,
                actions,
                prepared,
                classes: None,
                sides,
                principals,
                owner,
                facts,
                named: None,
            },
            subjects: subjects.to_vec(),
            asking: *asking,
            budget: Budget::new(asking.steps),
        }
    }

    /// The same about the actions of a scope only, outside of which its formula has to be false.
    pub(super) fn within(mut self, few: Option<&Scope>) -> Self {
        self.problem.named = few.and_then(Scope::names).map(<[String]>::to_vec);
        self
    }

    /// Proves that no request makes the formula true, or finds one and has it replayed.
    pub(crate) fn settle(&mut self, build: &mut Build<'_>, replay: &Replay<'_>) -> Finding {
        let found = match self.asking.world {
            World::Catalogue => {
                self.problem
                    .search_catalogue(self.asking.catalogue, None, build, &mut self.budget)
            }
            World::Sketch => return self.settle_quickly(build, replay),
            World::Open => match self.problem.search_open(build, &mut self.budget).0 {
                Found::Request(open, _) => {
                    let mut left = Budget::new(self.asking.steps / 4);
                    let catalogue = self.asking.catalogue;
                    let first = Some(open.action.as_str());
                    let known = self
                        .problem
                        .search_catalogue(catalogue, first, build, &mut left);
                    match known {
                        Found::Request(..) => known,
                        _ => Found::Request(open, Origin::Open),
                    }
                }
                other => other,
            },
        };
        match found {
            Found::Never => Finding::Proved,
            Found::Unknown(BUDGET) => Finding::Unknown(Reason::Budget),
            Found::Unknown(why) => Finding::Unknown(Reason::Fragment(why)),
            Found::Request(request, origin) => self.replayed(*request, origin, replay),
        }
    }

    /// As [`Asked::settle`] in the open world, without looking for a witness that the catalogue knows.
    pub(crate) fn settle_quickly(&mut self, build: &mut Build<'_>, replay: &Replay<'_>) -> Finding {
        match self.problem.search_open(build, &mut self.budget).0 {
            Found::Never => Finding::Proved,
            Found::Unknown(BUDGET) => Finding::Unknown(Reason::Budget),
            Found::Unknown(why) => Finding::Unknown(Reason::Fragment(why)),
            Found::Request(request, origin) => self.replayed(*request, origin, replay),
        }
    }

    fn replayed(&self, mut request: Request, origin: Origin, replay: &Replay<'_>) -> Finding {
        if let Some((service, action)) = self.asking.catalogue.action(&request.action) {
            request.action = service.qualified(action);
        }
        let allows = |side: usize, request: &Request| {
            self.subjects
                .get(side)
                .is_some_and(|s| witness::allows(s, request, &self.asking.semantics))
        };
        if !replay(&allows, &request) {
            return Finding::Unknown(Reason::Disagreement(Box::new(request)));
        }
        Finding::Refuted(Box::new(Witness {
            request,
            in_catalogue: origin == Origin::Catalogue,
        }))
    }
}

/// What follows for a request from who asks: AWS fills in keys for whoever signs, and nobody reaches another partition.
fn facts_of(compiler: &mut Compiler<'_>, principal: &Principal, owner: Option<&str>) -> Formula {
    let request = Request {
        principal: principal.clone(),
        action: String::new(),
        resource: String::new(),
        resource_account: None,
        context: Context::default(),
    };
    let mut parts = Vec::new();
    for (name, value) in request.implied_keys() {
        if let Some(key) = compiler.known_key(name) {
            parts.push(compiler.equals(key, &value));
        }
    }
    if !matches!(principal, Principal::User(_))
        && let Some(key) = compiler.known_key("aws:username")
    {
        parts.push(compiler.tables.atom(Atom::Absent(key)));
    }
    // A few actions do not say whose resource it is; where they do, they say the truth.
    if let (Some(owner), Some(key)) = (owner, compiler.known_key("aws:ResourceAccount")) {
        let equal = compiler.equals(key, owner);
        let absent = compiler.tables.atom(Atom::Absent(key));
        parts.push(compiler.tables.formulas.or([absent, equal]));
    }
    if let Some(identity) = principal.identity() {
        parts.push(of_partition(compiler, &identity.partition));
    }
    compiler.tables.formulas.and(parts)
}

/// Actions that the composition of policies treats apart from others become classes of their own.
fn separate_special_actions(actions: &mut Actions) {
    let names = [
        "sts:GetCallerIdentity",
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "kms:RetireGrant",
        "sts:*",
    ];
    for name in names {
        actions.add(&Match::any(vec![name.to_owned()]));
    }
    actions.add(&Match::any(
        rcp_services().map(|s| format!("{s}:*")).collect(),
    ));
}
