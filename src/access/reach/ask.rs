//! The open ways of each node, method by method.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use super::question::{Services, scope};
use super::{Edge, Gain, METHODS, Method, Node, On};
use crate::access::managed::everything;
use crate::access::naming::{may_name, may_name_somebody, names_service};
use crate::access::{AccountView, Estate, Identity, IdentityKind, Shared};
use crate::engine::concrete::CompiledPolicy;
use crate::engine::hashed::IndexMap;
use crate::engine::question::{Asking, Effective, Subject, meets};
use crate::engine::request::Context;
use crate::engine::{Attached, Principal, Request, request};
use crate::ir::{AttachedPolicy, Audience, Condition, Match, Origin, Policy};

/// The open ways of a node, and the reason of a question without an answer, if there was one.
type Edges = (Vec<Edge>, Option<String>);

/// Answers who can become whom in an estate.
pub struct Reach<'r, 'a> {
    pub(super) estate: &'r Estate<'a>,
    pub(super) asking: &'r Asking<'r>,
    /// Where each identity stands among those of the estate.
    places: IndexMap<(usize, IdentityKind, &'a str), usize>,
    /// What may be attached to somebody who can have any policy.
    everything: Arc<Policy>,
    /// The ways that were found, by node; who asks while another thread looks waits for it.
    known: Mutex<BTreeMap<Node, Arc<OnceLock<Edges>>>>,
    /// The identities whose trust lets in some identity: who trusts only services is assumed by nobody.
    trusting: Vec<usize>,
    /// Whether a role lets a service run as it.
    admitted: Mutex<BTreeMap<(usize, &'static str), bool>>,
    /// What documents say of an action, by their addresses: they stay where they are as long as the estate does.
    compiled: Mutex<BTreeMap<(usize, &'static str), Arc<CompiledPolicy>>>,
}

/// Answers about requests that several ways of one node share.
pub(super) struct Asked<'n, 'r, 'a> {
    pub(super) reach: &'n Reach<'r, 'a>,
    pub(super) node: Node,
    pub(super) who: Identity<'a>,
    pub(super) services: Services,
    known: BTreeMap<(&'static str, String, String), Answer>,
    /// What bears on an action toward an account, beside the policy of a resource.
    pub(super) compiled: BTreeMap<(&'static str, usize), Attached<Arc<CompiledPolicy>>>,
    /// The actions that were denied on something, and whether they are on everything, once that was asked.
    denied: BTreeMap<&'static str, Option<bool>>,
    pub(super) unknown: Option<String>,
    /// What was true of the requests that took a search to find: likely so of others.
    pub(super) lately: Context,
}

/// A request that is allowed, with what allows it.
pub(super) type Answer = Option<(Request, Origin)>;

impl<'r, 'a> Reach<'r, 'a> {
    /// Looks at an estate; nothing is asked yet.
    pub fn new(estate: &'r Estate<'a>, asking: &'r Asking<'r>) -> Self {
        let trusts = |i: &Identity<'_>| i.trust.is_some_and(may_name_somebody);
        let identities = || estate.identities().iter().enumerate();
        Reach {
            estate,
            asking,
            // Of two of one name, which cannot be, the first.
            places: identities()
                .rev()
                .map(|(at, i)| (known_as(i), at))
                .collect(),
            trusting: identities()
                .filter(|(_, i)| trusts(i))
                .map(|(place, _)| place)
                .collect(),
            everything: Arc::new(everything()),
            known: Mutex::new(BTreeMap::new()),
            admitted: Mutex::new(BTreeMap::new()),
            compiled: Mutex::new(BTreeMap::new()),
        }
    }

    /// The estate it looks at.
    pub fn estate(&self) -> &'r Estate<'a> {
        self.estate
    }

    /// How it asks.
    pub fn asking(&self) -> &'r Asking<'r> {
        self.asking
    }

    /// The identity of a place.
    pub fn identity(&self, place: usize) -> Option<&'r Identity<'a>> {
        self.estate.identities().get(place)
    }

    pub(super) fn place_of(&self, identity: &Identity<'_>) -> Option<usize> {
        self.places.get(&known_as(identity)).copied()
    }

    /// A node in words: `Reader in Prod`.
    pub fn name_of(&self, node: Node) -> String {
        let account = |place: usize| {
            let view = self.estate.account(place);
            view.map_or("", |v| v.account.name.as_str())
        };
        let name = |place: usize| match self.identity(place) {
            Some(identity) => format!("`{}` in {}", identity.name, account(identity.account)),
            None => String::new(),
        };
        match node {
            Node::Own(place) => name(place),
            Node::Any(place) => format!("{} with any policy", name(place)),
            Node::New(place) => format!("a new identity in {} with any policy", account(place)),
        }
    }

    /// The open ways of a node.
    pub(super) fn edges(&self, node: Node) -> Edges {
        let known = self.known.lock();
        let slot = known.map(|mut known| Arc::clone(known.entry(node).or_default()));
        match slot {
            Ok(slot) => slot.get_or_init(|| self.find(node)).clone(),
            Err(_) => self.find(node),
        }
    }

    fn find(&self, node: Node) -> Edges {
        let Some(who) = self.bearer(node) else {
            return (Vec::new(), None);
        };
        if let Some(policy) = who.unknown.first() {
            let name = match policy {
                AttachedPolicy::Aws(name) | AttachedPolicy::Customer(name) => name,
            };
            let reason = format!("the policy `{name}` of `{}` is not known here", who.name);
            return (Vec::new(), Some(reason));
        }
        let mut asked = Asked {
            reach: self,
            node,
            services: Services::of(&who),
            who,
            known: BTreeMap::new(),
            compiled: BTreeMap::new(),
            denied: BTreeMap::new(),
            unknown: None,
            lately: Context::default(),
        };
        let mut edges: Vec<Edge> = Vec::new();
        for method in METHODS {
            for edge in asked.open(method, &edges) {
                edges.push(edge);
            }
        }
        (edges, asked.unknown)
    }

    /// Who makes the requests of a node.
    fn bearer(&self, node: Node) -> Option<Identity<'a>> {
        let anything = || vec![Shared::Aws(Arc::clone(&self.everything))];
        match node {
            Node::Own(place) => self.identity(place).cloned(),
            Node::Any(place) => self.identity(place).map(|identity| Identity {
                policies: anything(),
                unknown: Vec::new(),
                ..identity.clone()
            }),
            Node::New(place) => self.estate.account(place).map(|view| Identity {
                kind: IdentityKind::Role,
                name: "a new role",
                declared: &view.account.origin,
                account: place,
                principal: new_role(view),
                policies: anything(),
                boundary: None,
                trust: None,
                audience: Audience::Workload,
                unknown: Vec::new(),
            }),
        }
    }

    /// What a document says of an action. Everybody's SCPs are the same, and compiled once.
    pub(super) fn compiled(&self, policy: &Policy, action: &'static str) -> Arc<CompiledPolicy> {
        let key = (std::ptr::from_ref(policy).addr(), action);
        let known = self.compiled.lock();
        if let Some(known) = known.ok().and_then(|c| c.get(&key).cloned()) {
            return known;
        }
        let semantics = &self.asking.semantics;
        let fresh = Arc::new(CompiledPolicy::for_action(policy, action, semantics));
        if let Ok(mut known) = self.compiled.lock() {
            known.insert(key, Arc::clone(&fresh));
        }
        fresh
    }

    /// Whether a role's trust lets a service run as it.
    fn admits(&self, place: usize, service: &'static str) -> bool {
        let key = (place, service);
        if let Some(known) = self.admitted.lock().ok().and_then(|a| a.get(&key).copied()) {
            return known;
        }
        let admits = self
            .identity(place)
            .is_some_and(|role| self.is_admitted(role, service));
        if let Ok(mut admitted) = self.admitted.lock() {
            admitted.insert(key, admits);
        }
        admits
    }

    fn is_admitted(&self, role: &Identity<'_>, service: &str) -> bool {
        let Some(trust) = role.trust.filter(|t| names_service(t, service)) else {
            return false;
        };
        let principal = Principal::Service(service.to_owned());
        let owner = self.estate.account(role.account);
        let subject = Subject::Effective(Box::new(Effective {
            principal: &principal,
            attached: Attached {
                resource: Some(Cow::Borrowed(trust)),
                ..Attached::default()
            },
            resource_account: owner.map(|o| o.account.id.as_str()),
        }));
        let scope = scope(
            "sts:AssumeRole",
            Match::any(vec![role.arn()]),
            Condition::True,
        );
        !meets(&subject, &Subject::document(&scope), self.asking).is_proved()
    }
}

impl<'a> Asked<'_, '_, 'a> {
    /// The ways that a method opens to somebody whom none of the earlier ones leads to.
    fn open(&mut self, method: &'static Method, earlier: &[Edge]) -> Vec<Edge> {
        // No statement of the identity's mentions some action: most methods end here.
        let may = |action: &str| self.may(action);
        if !method.requests.iter().all(|(action, _)| may(action)) {
            return Vec::new();
        }
        let is_new = |node: Node| node != self.node && !earlier.iter().any(|e| e.to == node);
        let targets: Vec<(Node, Option<usize>)> = match method.gain {
            Gain::OwnAny => match self.node {
                Node::Own(place) => vec![(Node::Any(place), None)],
                _ => Vec::new(),
            },
            Gain::Unbounded if self.who.boundary.is_none() => Vec::new(),
            Gain::New | Gain::Unbounded => vec![(Node::New(self.who.account), None)],
            Gain::Target => self
                .targets(method)
                .map(|i| (Node::Own(i), Some(i)))
                .collect(),
            Gain::TargetAny => self
                .targets(method)
                .map(|i| (Node::Any(i), Some(i)))
                .collect(),
        };
        // Self-escalations are all told, since each has to be closed by itself.
        let is_told = |node| method.gain == Gain::OwnAny || is_new(node);
        let targets: Vec<_> = targets.into_iter().filter(|(n, _)| is_told(*n)).collect();
        targets
            .into_iter()
            .filter_map(|(to, target)| self.attempt(method, to, target))
            .collect()
    }

    /// Whom a method could be about: of those who have to be assumed, the ones whose trust may name the caller.
    fn targets(&self, method: &Method) -> impl Iterator<Item = usize> + use<'_, 'a> {
        let own = match self.node {
            Node::Own(place) | Node::Any(place) => Some(place),
            Node::New(_) => None,
        };
        let is_assumed = method
            .requests
            .iter()
            .any(|(action, _)| *action == "sts:AssumeRole");
        let reach = self.reach;
        let (all, trusting) = match is_assumed {
            true => (0..0, reach.trusting.as_slice()),
            false => (0..reach.estate.identities().len(), [].as_slice()),
        };
        let names = |place: &usize| {
            let trust = reach.identity(*place).and_then(|i| i.trust);
            trust.is_some_and(|trust| may_name(trust, &self.who))
        };
        let assumed = trusting.iter().copied().filter(names);
        all.chain(assumed).filter(move |place| Some(*place) != own)
    }

    fn attempt(
        &mut self,
        method: &'static Method,
        to: Node,
        target: Option<usize>,
    ) -> Option<Edge> {
        let reach = self.reach;
        let target_identity = target.and_then(|place| reach.identity(place));
        if let (Some(place), false) = (target, method.services.is_empty()) {
            let here = target_identity.is_some_and(|t| t.account == self.who.account);
            let admitted = here.then(|| method.services.iter().find(|s| reach.admits(place, s)));
            let service = admitted.flatten().copied()?;
            return self.requests(method, to, target_identity, service);
        }
        self.requests(method, to, target_identity, "")
    }

    fn requests(
        &mut self,
        method: &'static Method,
        to: Node,
        target: Option<&Identity<'a>>,
        service: &str,
    ) -> Option<Edge> {
        let mut requests = Vec::new();
        let mut first = Origin::default();
        for (action, on) in method.requests {
            let (request, origin) = self.request(action, *on, target, service)?;
            if requests.is_empty() {
                first = origin;
            }
            requests.push(request);
        }
        Some(Edge {
            from: self.node,
            to,
            method,
            requests,
            origin: first,
        })
    }

    /// A request of a method, if it is allowed.
    fn request(
        &mut self,
        action: &'static str,
        on: On,
        target: Option<&Identity<'a>>,
        service: &str,
    ) -> Answer {
        // Roles of other accounts can be assumed, and nothing else done to them.
        let is_away = target.is_some_and(|t| t.account != self.who.account);
        if is_away && action.starts_with("iam:") {
            return None;
        }
        let (resources, condition) = self.aim(on, target, service)?;
        if resources.patterns.is_empty() {
            return None;
        }
        let key = (action, resources.patterns.join(" "), service.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let trusts = (action == "sts:AssumeRole").then_some(target).flatten();
        let answer = match trusts.is_none() && self.is_denied_everywhere(action) {
            true => None,
            false => self.ask(action, resources, condition, trusts),
        };
        if answer.is_none() && trusts.is_none() {
            self.denied.entry(action).or_insert(None);
        }
        self.known.insert(key, answer.clone());
        answer
    }

    /// Whether an action that was denied on one resource is provably denied on all, so that none need be asked about.
    fn is_denied_everywhere(&mut self, action: &'static str) -> bool {
        match self.denied.get(action) {
            None => false,
            Some(Some(known)) => *known,
            Some(None) => {
                let earlier = self.unknown.take();
                let answer = self.ask(action, Match::everything(), Condition::True, None);
                let is_settled = self.unknown.is_none();
                self.unknown = earlier;
                let is_denied = is_settled && answer.is_none();
                self.denied.insert(action, Some(is_denied));
                is_denied
            }
        }
    }
}

/// What tells identities apart.
fn known_as<'i>(identity: &Identity<'i>) -> (usize, IdentityKind, &'i str) {
    (identity.account, identity.kind, identity.name)
}

fn new_role(view: &AccountView<'_>) -> Principal {
    Principal::RoleSession {
        role: request::Identity {
            partition: view.account.partition.clone(),
            account: view.account.id.clone(),
            name: "a-new-role".to_owned(),
        },
        session: None,
    }
}
