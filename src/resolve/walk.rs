//! Visits every path of a module, with the parameters in scope there and what the place asks for.
//!
//! `use` lines are not visited: they bring names in, they do not use them.

use crate::syntax::ast::*;
use std::marker::PhantomData;

/// What kind of thing the place of a path asks for. Only suggestions depend on it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Slot {
    /// A value, a resource, or anything else that can stand in an expression.
    Value,
    /// A list of actions.
    Action,
    /// A condition.
    Condition,
    /// A policy whose statements are taken in.
    Include,
    /// A policy, boundary, SCP or RCP that is attached, or something that is deployed.
    Block,
    /// A role, user, group or permission set.
    Identity,
    /// An organisation, unit or account.
    Place,
    /// An identity provider.
    Provider,
}

/// Receives the paths.
pub(super) trait Visitor<'a> {
    /// From here on, until the next call, paths may name these parameters.
    fn enter(&mut self, params: &'a [Param]);
    /// A path, and what its place asks for.
    fn path(&mut self, path: &'a Path, slot: Slot);
}

/// Calls `found` with every path of a module, also those of its `use` lines, in no promised order.
pub fn mentioned_paths<'a>(module: &'a Module, found: impl FnMut(&'a Path)) {
    struct All<F>(F);
    impl<'a, F: FnMut(&'a Path)> Visitor<'a> for All<F> {
        fn enter(&mut self, _: &'a [Param]) {}
        fn path(&mut self, path: &'a Path, _: Slot) {
            (self.0)(path);
        }
    }
    let mut all = All(found);
    for item in &module.items {
        if let ItemKind::Use(import) = &item.kind {
            (all.0)(&import.path);
        }
        item_paths(&item.kind, &mut all);
    }
}

/// Visits the paths of one item.
pub(super) fn item_paths<'a>(item: &'a ItemKind, visitor: &mut impl Visitor<'a>) {
    visitor.enter(&[]);
    let mut walk = Walk {
        visitor,
        item: PhantomData,
    };
    match item {
        ItemKind::Let(tree) => walk.expr(&tree.value, Slot::Value),
        ItemKind::Condition(tree) => {
            walk.enter(&tree.params);
            walk.cond(&tree.body);
        }
        ItemKind::Block(tree) => walk.block(tree),
        ItemKind::Node(tree) => walk.node(tree),
        ItemKind::Prove(tree) => walk.claim(&tree.claim),
        ItemKind::Test(tree) => tree.lines.iter().for_each(|l| walk.test_line(l)),
        ItemKind::Use(_) | ItemKind::Provider(_) | ItemKind::Bad => {}
    }
}

struct Walk<'a, 'v, V> {
    visitor: &'v mut V,
    item: PhantomData<&'a ItemKind>,
}

impl<'a, V: Visitor<'a>> Walk<'a, '_, V> {
    fn path(&mut self, path: &'a Path, slot: Slot) {
        self.visitor.path(path, slot);
    }

    /// Defaults do not see the parameters: `from(office: cidr = office)` takes the module's `office`.
    fn enter(&mut self, params: &'a [Param]) {
        for default in params.iter().filter_map(|p| p.default.as_ref()) {
            self.expr(default, Slot::Value);
        }
        self.visitor.enter(params);
    }

    fn block(&mut self, block: &'a Block) {
        self.enter(&block.params);
        if let Some(resource) = &block.resource {
            self.expr(resource, Slot::Value);
        }
        for member in &block.members {
            self.member(&member.kind);
        }
    }

    fn member(&mut self, member: &'a MemberKind) {
        match member {
            MemberKind::Statement(statement) => self.statement(statement),
            MemberKind::Include(include) => {
                self.call(&include.target, Slot::Include);
                self.guard(&include.guard);
            }
            MemberKind::Attach(list) => self.attachments(list),
            MemberKind::Boundary(attachment) => self.attachment(attachment),
            MemberKind::Trust(trust) => {
                trust.principals.iter().for_each(|p| self.principal(p));
                self.guard(&trust.guard);
            }
            MemberKind::Tags(tags) => {
                tags.iter()
                    .for_each(|tag| self.expr(&tag.value, Slot::Value));
            }
            MemberKind::MemberOf(paths) => {
                paths.iter().for_each(|p| self.path(p, Slot::Identity));
            }
            MemberKind::Session(_) | MemberKind::Text(..) | MemberKind::Bad => {}
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        self.actions(&statement.actions);
        self.resources(statement.resources.as_ref());
        let principals = statement.principals.iter().flat_map(|p| &p.list);
        principals.for_each(|p| self.principal(p));
        self.guard(&statement.guard);
    }

    fn actions(&mut self, actions: &'a Actions) {
        actions.list.iter().for_each(|a| self.action(a));
    }

    fn action(&mut self, action: &'a Action) {
        match &action.kind {
            ActionKind::Name(path) => self.path(path, Slot::Action),
            ActionKind::Pattern { .. } | ActionKind::Level { .. } | ActionKind::Raw(_) => {}
        }
    }

    fn resources(&mut self, resources: Option<&'a Resources>) {
        let list = resources.into_iter().flat_map(|r| &r.list);
        list.for_each(|r| self.expr(r, Slot::Value));
    }

    fn principal(&mut self, principal: &'a Principal) {
        match &principal.kind {
            PrincipalKind::Account(account) => self.expr(account, Slot::Place),
            PrincipalKind::Role(name) | PrincipalKind::User(name) => {
                self.expr(name, Slot::Identity);
            }
            PrincipalKind::Service(value) | PrincipalKind::Federated(value) => {
                self.expr(value, Slot::Value);
            }
            PrincipalKind::Oidc { provider, claims } => {
                self.path(provider, Slot::Provider);
                self.args(claims);
            }
            PrincipalKind::Saml(provider) => self.path(provider, Slot::Provider),
            PrincipalKind::Name(path) => self.path(path, Slot::Value),
            PrincipalKind::Anyone | PrincipalKind::CanonicalUser(_) | PrincipalKind::Arn(_) => {}
        }
    }

    fn call(&mut self, call: &'a Call, slot: Slot) {
        self.path(&call.path, slot);
        self.args(&call.args);
    }

    fn args(&mut self, args: &'a [Arg]) {
        args.iter().for_each(|a| self.expr(&a.value, Slot::Value));
    }

    fn attachments(&mut self, list: &'a [Attachment]) {
        list.iter().for_each(|a| self.attachment(a));
    }

    fn attachment(&mut self, attachment: &'a Attachment) {
        match &attachment.target {
            AttachTarget::Declared(call) => self.call(call, Slot::Block),
            AttachTarget::Aws(_) => {}
        }
    }

    fn guard(&mut self, guard: &'a Guard) {
        let both = guard.when.iter().chain(&guard.unless);
        both.for_each(|c| self.cond(c));
    }

    /// Depth is bounded by the parser, here and in `expr` and `node`.
    fn cond(&mut self, cond: &'a Cond) {
        match &cond.kind {
            CondKind::Or(list) | CondKind::And(list) => list.iter().for_each(|c| self.cond(c)),
            CondKind::Not(inner) | CondKind::Group(inner) => self.cond(inner),
            CondKind::Call(call) => self.call(call, Slot::Condition),
            CondKind::Predicate(predicate) => {
                let value = predicate.comparison.as_ref().and_then(|c| c.value.as_ref());
                value
                    .into_iter()
                    .for_each(|value| self.expr(value, Slot::Value));
            }
            CondKind::Membership { place, .. } => self.path(place, Slot::Place),
            CondKind::Raw { values, .. } => self.expr(values, Slot::Value),
            CondKind::Constant(_) => {}
        }
    }

    fn expr(&mut self, expr: &'a Expr, slot: Slot) {
        match &expr.kind {
            ExprKind::List(list) => list.iter().for_each(|e| self.expr(e, slot)),
            ExprKind::Name { path, place } => {
                self.path(path, slot);
                place.iter().for_each(|p| self.path(p, Slot::Place));
            }
            ExprKind::Resource { args, .. } => self.args(args),
            ExprKind::Join { base, .. } => self.expr(base, slot),
            ExprKind::Action(action) => self.action(action),
            ExprKind::Principal(principal) => self.principal(principal),
            ExprKind::Text(_)
            | ExprKind::Number(_)
            | ExprKind::Duration(_)
            | ExprKind::Instant(_)
            | ExprKind::Address(_)
            | ExprKind::Bool(_)
            | ExprKind::Arn(_)
            | ExprKind::Raw(_)
            | ExprKind::Everything => {}
        }
    }

    fn node(&mut self, node: &'a Node) {
        for member in &node.members {
            match &member.kind {
                NodeMemberKind::Attach(list) | NodeMemberKind::Deploy(list) => {
                    self.attachments(list);
                }
                NodeMemberKind::Assign { set, .. } => self.call(set, Slot::Identity),
                NodeMemberKind::Regions(regions) => self.expr(regions, Slot::Value),
                NodeMemberKind::Child(child) => self.node(child),
                NodeMemberKind::Detach(_)
                | NodeMemberKind::Root(_)
                | NodeMemberKind::Partition(_)
                | NodeMemberKind::Bad => {}
            }
        }
    }

    fn claim(&mut self, claim: &'a Claim) {
        match claim {
            Claim::Access {
                subject, access, ..
            } => {
                self.subject(subject);
                self.access(access);
            }
            Claim::Within { subject, limit } => {
                self.subject(subject);
                self.call(limit, Slot::Block);
            }
            Claim::Only { subjects, access } => {
                subjects.iter().for_each(|s| self.subject(s));
                self.access(access);
            }
            Claim::Bounded { from } => self.subject(from),
            Claim::NoPath { from, to } => {
                self.subject(from);
                self.subject(to);
            }
        }
    }

    fn subject(&mut self, subject: &'a ProveSubject) {
        let (place, paths) = match &subject.kind {
            ProveSubjectKind::One { path, place } => (place, std::slice::from_ref(path)),
            ProveSubjectKind::Every { place, except, .. } => (place, &**except),
        };
        paths.iter().for_each(|p| self.path(p, Slot::Identity));
        place.iter().for_each(|p| self.path(p, Slot::Place));
    }

    fn access(&mut self, access: &'a Access) {
        self.actions(&access.actions);
        self.resources(access.resources.as_ref());
        self.guard(&access.guard);
    }

    fn test_line(&mut self, line: &'a TestLine) {
        match &line.kind {
            TestLineKind::Given { principal, context } => {
                principal.iter().for_each(|p| self.principal(p));
                self.settings(context);
            }
            TestLineKind::Expect {
                actions,
                resources,
                with,
                ..
            } => {
                self.actions(actions);
                self.resources(resources.as_ref());
                self.settings(with);
            }
            TestLineKind::Bad => {}
        }
    }

    fn settings(&mut self, settings: &'a [Setting]) {
        settings
            .iter()
            .for_each(|s| self.expr(&s.value, Slot::Value));
    }
}
