//! Questions about policies, each a closure over one combinator.
//!
//! Every answer is *proved*, *refuted with a witness* that the concrete evaluator has replayed, or *unknown with
//! the reason*. Sound: never proved when some request of the world speaks against it.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use super::Attached;
use super::narrow::{Scope, is_silent};
use super::request::{Context, Principal, Request};
use super::semantics::Semantics;
use super::slice::slice;
use super::symbolic::action::Actions;
use super::symbolic::atom::Atom;
use super::symbolic::budget::Budget;
use super::symbolic::compile::Compiler;
use super::symbolic::formula::{Formula, Formulas};
use super::symbolic::principal;
use super::symbolic::search::{Build, Found, Origin, Problem};
use super::symbolic::solve::BUDGET;
use super::symbolic::subject::{self, Composition, Side, View};
use super::witness::{self, Witness};
use crate::catalogue::Catalogue;
use crate::iam::rcp::rcp_services;
use crate::ir::{Match, Policy};

/// Which requests a question is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum World {
    /// All that can ever be: any action name, any ARN, any combination of keys.
    #[default]
    Open,
    /// As [`World::Open`], and the first request that is found will do: for questions whose witness nobody reads.
    Sketch,
    /// Those that AWS knows today: actions of the catalogue, on resources they take, with keys they carry.
    Catalogue,
}

/// How a question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The reading of what sources about AWS disagree on.
    pub semantics: Semantics,
    /// Which requests count.
    pub world: World,
    /// Steps of work before the answer is `unknown: budget`.
    pub steps: u64,
    /// What is known of actions, resources and keys.
    pub catalogue: &'a Catalogue,
}

/// Steps that a question may take unless it says otherwise: some seconds of work.
pub const STEPS: u64 = 20_000_000;

impl<'a> Asking<'a> {
    /// A question in the open world under the default semantics.
    pub fn new(catalogue: &'a Catalogue) -> Self {
        Asking {
            semantics: Semantics::default(),
            world: World::Open,
            steps: STEPS,
            catalogue,
        }
    }
}

/// A principal with everything that bears on its requests.
#[derive(Clone, Debug)]
pub struct Effective<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// The policies, in their places.
    pub attached: Attached<Cow<'a, Policy>>,
    /// The account that owns the resources in question; the principal's own unless given.
    pub resource_account: Option<&'a str>,
}

/// What a question is about: a set of allowed requests.
#[derive(Clone, Debug)]
pub enum Subject<'a> {
    /// What documents attached together allow, taken by themselves.
    Documents(Vec<&'a Policy>),
    /// What a principal may do in effect.
    Effective(Box<Effective<'a>>),
}

/// Why an answer is unknown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The budget of steps was used up.
    Budget,
    /// The question leaves the fragment that docs/engine.md describes.
    Fragment(&'static str),
    /// The two evaluators disagree about this request: an error of Bailiwick, never an answer.
    Disagreement(Box<Request>),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Budget => f.write_str("budget"),
            Reason::Fragment(why) => f.write_str(why),
            Reason::Disagreement(request) => write!(
                f,
                "internal error: the evaluators disagree on {} on {}",
                request.action, request.resource
            ),
        }
    }
}

/// The answer to a question that asks whether something holds of all requests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// It holds of all requests of the world.
    Proved,
    /// It does not hold of this one.
    Refuted(Box<Witness>),
    /// Not settled.
    Unknown(Reason),
}

impl Finding {
    /// Whether it is [`Finding::Proved`].
    pub fn is_proved(&self) -> bool {
        *self == Finding::Proved
    }

    /// The witness, if it is refuted.
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Finding::Refuted(witness) => Some(witness),
            _ => None,
        }
    }
}

/// Whether everything that the first allows is allowed by the second.
///
/// Of documents, only what bears on the question is looked at; a witness is replayed against all of it.
pub fn implies(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let semantics = asking.semantics;
    let replay = |_: &dyn Fn(usize, &Request) -> bool, request: &Request| {
        witness::allows(left, request, &semantics) && !witness::allows(right, request, &semantics)
    };
    let mut build = |view: &mut View<'_, '_>| view.allows_more(0, 1);
    if is_silent(left, None) {
        return Finding::Proved;
    }
    let (Subject::Documents(more), Subject::Documents(less)) = (left, right) else {
        let mut store = Vec::new();
        let few = Scope::of(left);
        let cut = few.as_ref().map(|few| few.cut(right, &mut store));
        let right = cut.as_ref().unwrap_or(right);
        let mut pair = Asked::new(&[left, right], asking).within(few.as_ref());
        return pair.settle(&mut build, &replay);
    };
    let Some((more, less)) = slice(more, less) else {
        return Finding::Proved;
    };
    let more = Subject::Documents(more.iter().collect());
    let less = Subject::Documents(less.iter().collect());
    let mut pair = Asked::new(&[&more, &less], asking);
    pair.settle(&mut build, &replay)
}

/// Whether everything of a scope that the left allows is allowed by the right.
pub fn implies_within(
    left: &Subject<'_>,
    right: &Subject<'_>,
    scope: &Policy,
    asking: &Asking<'_>,
) -> Finding {
    let scope = Subject::document(scope);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let few = Scope::of(&scope);
    let cut_left = few.as_ref().map(|few| few.cut(left, &mut one));
    let cut_right = few.as_ref().map(|few| few.cut(right, &mut other));
    let left = cut_left.as_ref().unwrap_or(left);
    let right = cut_right.as_ref().unwrap_or(right);
    if is_silent(left, few.as_ref()) {
        return Finding::Proved;
    }
    let mut all = Asked::new(&[left, right, &scope], asking).within(few.as_ref());
    all.settle(
        &mut |view| {
            let asked = view.allows(2);
            if asked == Formulas::FALSE {
                return asked;
            }
            let more = view.allows_more(0, 1);
            view.compiler.tables.formulas.and([asked, more])
        },
        &|allows, request| allows(2, request) && allows(0, request) && !allows(1, request),
    )
}

/// Whether no request is allowed by both.
pub fn disjoint(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let mut store = Vec::new();
    let few = Scope::of(right);
    let cut = few.as_ref().map(|few| few.cut(left, &mut store));
    let left = cut.as_ref().unwrap_or(left);
    if is_silent(left, few.as_ref()) || is_silent(right, None) {
        return Finding::Proved;
    }
    let mut pair = Asked::new(&[left, right], asking).within(few.as_ref());
    pair.settle(&mut |view| view.allows_both(1, 0), &|allows, request| {
        allows(0, request) && allows(1, request)
    })
}

/// Whether no request is allowed by both, as far as actions and resources alone tell. Never true if some request is.
pub fn plainly_disjoint(left: &Subject<'_>, right: &Subject<'_>) -> bool {
    let mut store = Vec::new();
    let few = Scope::of(right);
    let cut = few.as_ref().map(|few| few.cut(left, &mut store));
    is_silent(cut.as_ref().unwrap_or(left), few.as_ref()) || is_silent(right, None)
}

/// As [`disjoint`], without looking for a request that the catalogue knows: for many questions about known actions.
pub fn meets(left: &Subject<'_>, right: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let sketch = Asking {
        world: World::Sketch,
        ..*asking
    };
    disjoint(left, right, &sketch)
}

/// Whether it allows nothing at all.
pub fn allows_nothing(subject: &Subject<'_>, asking: &Asking<'_>) -> Finding {
    let mut alone = Asked::new(&[subject], asking);
    alone.settle(&mut |view| view.allows(0), &|allows, request| {
        allows(0, request)
    })
}

/// How the right stands to the left, both ways.
pub fn implies_both(
    left: &Subject<'_>,
    right: &Subject<'_>,
    asking: &Asking<'_>,
) -> (Finding, Finding) {
    (implies(left, right, asking), implies(right, left, asking))
}

/// What can be asked of one statement of documents attached together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatementQuestion {
    /// It matches no request.
    Dead,
    /// Leaving it out changes nothing.
    Redundant,
    /// An Allow: whatever it matches is denied. A Deny: nothing that it matches is allowed by another statement.
    Shadowed,
}

/// Asks about one statement of a policy, among documents attached together with it.
pub fn statement(
    question: StatementQuestion,
    policy: &Policy,
    index: usize,
    others: &[&Policy],
    asking: &Asking<'_>,
) -> Finding {
    let Some(own) = policy.statements.get(index) else {
        return Finding::Proved;
    };
    let all: Vec<&Policy> = std::iter::once(policy)
        .chain(others.iter().copied())
        .collect();
    let mut fewer = policy.clone();
    fewer.statements.remove(index);
    let mut opposite = policy.clone();
    opposite.statements.remove(index);
    opposite.statements.retain(|s| s.effect != own.effect);
    let rest: Vec<&Policy> = std::iter::once(&fewer)
        .chain(others.iter().copied())
        .collect();
    let whole = Subject::Documents(all);
    let without = Subject::Documents(rest);
    let semantics = asking.semantics;
    let matched = |request: &Request| witness::matches(policy, own, request, &semantics);
    match question {
        StatementQuestion::Dead => Asked::new(&[&whole], asking)
            .settle(&mut |view| view.matches(0, index), &|_, request| {
                matched(request)
            }),
        StatementQuestion::Redundant => {
            let mut pair = Asked::new(&[&whole, &without], asking);
            pair.settle(
                &mut |view| {
                    let (one, other) = (view.allows(0), view.allows(1));
                    let formulas = &mut view.compiler.tables.formulas;
                    let (not_one, not_other) = (formulas.not(one), formulas.not(other));
                    let more = formulas.and([one, not_other]);
                    let less = formulas.and([other, not_one]);
                    formulas.or([more, less])
                },
                &|allows, request| allows(0, request) != allows(1, request),
            )
        }
        StatementQuestion::Shadowed => {
            let is_allow = own.effect == crate::iam::Effect::Allow;
            let mut pair = Asked::new(&[&whole, &without], asking);
            pair.settle(
                &mut |view| {
                    // An Allow that takes effect is allowed in the end; a Deny takes away what the rest allows.
                    let effect = view.allows(usize::from(!is_allow));
                    let own = view.matches(0, index);
                    view.compiler.tables.formulas.and([own, effect])
                },
                &|allows, request| matched(request) && allows(usize::from(!is_allow), request),
            )
        }
    }
}

/// The principals that the statements of a policy tell apart, each one for all that it treats alike: those it names,
/// and for each account it names, and for one it does not, one of each kind; a service, an identity provider, nobody.
pub fn callers(policy: &Policy) -> Vec<Principal> {
    let named = policy.statements.iter();
    principal::candidates(named.filter_map(|s| s.principal.as_ref()))
}

/// The actions of the catalogue that a list matches, in AWS's spelling.
pub fn actions_among(list: &Match, catalogue: &Catalogue) -> Vec<String> {
    let mut actions = Actions::default();
    actions.add(list);
    let prepared = actions.prepare();
    let mut out = Vec::new();
    for service in catalogue.services() {
        for action in &service.actions {
            let name = service.qualified(action);
            let folded = name.to_ascii_lowercase();
            let letters: Vec<char> = folded.chars().collect();
            if prepared.iter().any(|m| m.matches(&folded, &letters)) {
                out.push(name);
            }
        }
    }
    out
}

/// What a principal could do of a scope, by action of the catalogue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capability {
    /// The action, in AWS's spelling.
    pub action: String,
    /// `Refuted` carries a request that is allowed; `Unknown` what could not be settled.
    pub finding: Finding,
}

/// The actions of the catalogue that a subject allows within a scope, each with a request.
pub fn what_can(subject: &Subject<'_>, scope: &Policy, asking: &Asking<'_>) -> Vec<Capability> {
    let asking = Asking {
        world: World::Catalogue,
        ..*asking
    };
    let mut out = Vec::new();
    let mut actions = Actions::default();
    for statement in &scope.statements {
        actions.add(&statement.action);
    }
    let prepared = actions.prepare();
    for service in asking.catalogue.services() {
        for action in &service.actions {
            let name = service.qualified(action);
            let folded = name.to_ascii_lowercase();
            let letters: Vec<char> = folded.chars().collect();
            if !prepared.iter().any(|m| m.matches(&folded, &letters)) {
                continue;
            }
            let mut narrow = scope.clone();
            for statement in &mut narrow.statements {
                let matcher = &statement.action;
                let mut own = Actions::default();
                own.add(matcher);
                let kept = own.prepare().iter().any(|m| m.matches(&folded, &letters));
                let names = if kept { vec![name.clone()] } else { Vec::new() };
                statement.action = Match::any(names);
            }
            let finding = disjoint(subject, &Subject::Documents(vec![&narrow]), &asking);
            if !finding.is_proved() {
                out.push(Capability {
                    action: name,
                    finding,
                });
            }
        }
    }
    out
}

/// Which of several principals can do something of a scope; those that provably cannot are left out.
pub fn who_can<'s>(
    subjects: &'s [Subject<'s>],
    scope: &Policy,
    asking: &Asking<'_>,
) -> Vec<(usize, Finding)> {
    let scope = Subject::Documents(vec![scope]);
    subjects
        .iter()
        .enumerate()
        .map(|(i, subject)| (i, disjoint(subject, &scope, asking)))
        .filter(|(_, finding)| !finding.is_proved())
        .collect()
}

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
    fn within(mut self, few: Option<&Scope>) -> Self {
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

/// What follows for the keys of a request from who asks: AWS fills these in for whoever signs.
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

impl<'s> Subject<'s> {
    /// What one document allows, taken by itself.
    pub fn document(policy: &'s Policy) -> Self {
        Subject::Documents(vec![policy])
    }

    /// Whether some statement names principals.
    pub fn names_principals(&self) -> bool {
        let statements = self.policies().into_iter().flat_map(|p| &p.statements);
        statements.into_iter().any(|s| s.principal.is_some())
    }

    /// All policies that bear on it.
    pub(crate) fn policies(&self) -> Vec<&Policy> {
        match self {
            Subject::Documents(policies) => policies.clone(),
            Subject::Effective(effective) => {
                let a = &effective.attached;
                let places = [&a.identity, &a.session, &a.endpoint];
                let lists = places.into_iter().chain(&a.scps).chain(&a.rcps).flatten();
                let single = a.boundary.iter().chain(&a.resource);
                lists.chain(single).map(AsRef::as_ref).collect()
            }
        }
    }

    fn compile(&self, compiler: &mut Compiler<'_>, actions: &mut Actions) -> Side {
        match self {
            Subject::Documents(policies) => {
                let all = policies.iter();
                Side::Documents(
                    all.flat_map(|p| subject::compile(compiler, actions, p))
                        .collect(),
                )
            }
            Subject::Effective(effective) => Side::Effective(Box::new(Composition {
                attached: effective
                    .attached
                    .map(|p| subject::compile(compiler, actions, p)),
                owner: effective.resource_account.map(str::to_owned),
            })),
        }
    }
}
