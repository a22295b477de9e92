//! Statements: the actions act on the resources, the requests carry the keys, the kind of policy can carry it all.

use crate::catalogue::{Action, Service, template};
use crate::diagnostic::Diagnostic;
use crate::iam::Effect;
use crate::iam::pattern::Wildcards;
use crate::source::Span;
use crate::syntax::ast;
use crate::types::{ResourceKind, ResourceTypeName, Type};

use super::context::Checker;
use super::hir::{
    ArnPart, Condition, ConditionKind, Resources, Selector, Statement, Value, ValueKind,
};
use super::messages;

/// How many lets in a row are looked through for the text of a resource.
const MAX_LETS: usize = 64;

/// The actions a selector can stand for in the catalogue: the service and the actions, or a whole service.
struct Reach<'a> {
    text: String,
    span: Span,
    service: &'a Service,
    actions: Vec<&'a Action>,
    literal: bool,
}

impl<'a> Checker<'a> {
    /// Checks a statement. `own` is the type of the resource the policy is attached to, if it is on one.
    pub(super) fn statement(
        &mut self,
        statement: &ast::Statement,
        own: Option<&ResourceTypeName>,
        span: Span,
    ) -> Statement {
        let (resources, kinds) = match &statement.resources {
            Some(resources) => {
                let (values, kinds) = self.resources(resources);
                (Some(values), kinds)
            }
            None => (
                None,
                own.map(|ty| vec![ResourceKind::OneOf(vec![ty.clone()])])
                    .unwrap_or_default(),
            ),
        };
        let actions = self.actions(&statement.actions, &kinds);
        let principals = statement.principals.as_ref().map(|p| self.principals(p));
        let guard = self.guard(&statement.guard);
        let effect = match statement.effect.value {
            ast::Effect::Allow => Effect::Allow,
            ast::Effect::Deny => Effect::Deny,
        };
        if !actions.except {
            let reaches = self.reaches(&actions.selectors);
            let everything = self.has_open_selector(&actions.selectors);
            let excepted = resources.as_ref().is_some_and(|r| r.except);
            if let (Some(written), false) = (&statement.resources, excepted) {
                let values = resources.as_ref().map(|r| &*r.values).unwrap_or_default();
                self.check_action_resource(&reaches, everything, values, &kinds, written);
            }
            if let (Some(condition), false) = (&guard, everything) {
                self.check_keys_carried(&reaches, &kinds, condition);
            }
        }
        let label = statement.label.as_ref().map(|l| l.value.clone());
        Statement {
            label,
            effect,
            actions,
            resources,
            principals,
            guard,
            span,
        }
    }

    /// The resources of a statement, and what is known of each.
    pub(super) fn resources(
        &mut self,
        resources: &ast::Resources,
    ) -> (Resources, Vec<ResourceKind>) {
        let mut values = Vec::new();
        let mut kinds = Vec::new();
        for expr in &resources.list {
            let typed = self.value(expr);
            match &typed.ty {
                Type::Resource(kind) => kinds.push(kind.clone()),
                Type::Unknown | Type::Arn => kinds.push(ResourceKind::Any),
                other => {
                    let wanted = Type::Resource(ResourceKind::Any);
                    self.report(messages::type_mismatch(&wanted, other, expr.span));
                    kinds.push(ResourceKind::Any);
                }
            }
            values.push(typed.value);
        }
        (
            Resources {
                except: resources.except.is_some(),
                values: values.into(),
            },
            kinds,
        )
    }

    /// What the resources' patterns match: beside the type that was written, whatever else a wildcard reaches.
    /// `arn:aws:s3:::data-*` matches objects too, `log-group:/app:*` log streams.
    fn matched_kinds(&self, values: &[Value], kinds: &[ResourceKind]) -> Vec<ResourceKind> {
        let matched =
            |(value, kind): (&Value, &ResourceKind)| match (kind, self.approximate(value, 0)) {
                (ResourceKind::OneOf(types), Some(text)) if text.contains(['*', '?']) => {
                    let services = types
                        .iter()
                        .filter_map(|ty| self.cx.catalogue.service(&ty.service));
                    let reached = services.flat_map(|s| {
                        s.types_of_arn(&text)
                            .map(|t| ResourceTypeName {
                                service: s.prefix.clone(),
                                name: t.name.clone(),
                            })
                            .collect::<Vec<_>>()
                    });
                    kind.clone().union(ResourceKind::OneOf(reached.collect()))
                }
                _ => kind.clone(),
            };
        values.iter().zip(kinds).map(matched).collect()
    }

    /// The ARN pattern of a value, with `*` for what is known only later; `None` for parameters and lists.
    fn approximate(&self, value: &Value, depth: usize) -> Option<String> {
        if depth > MAX_LETS {
            return None;
        }
        match &value.kind {
            ValueKind::Text(pattern) => Some(pattern.to_iam(Wildcards::Active)),
            ValueKind::Resource(parts) => Some(
                parts
                    .iter()
                    .map(|p| self.approximate_part(p, depth + 1))
                    .collect(),
            ),
            ValueKind::Append { base, suffix } => {
                Some(self.approximate(base, depth + 1)? + &suffix.to_iam(Wildcards::Active))
            }
            ValueKind::Let(id) => self
                .cx
                .lets
                .get(id)
                .and_then(|(value, _)| self.approximate(value, depth + 1)),
            _ => None,
        }
    }

    fn approximate_part(&self, part: &ArnPart, depth: usize) -> String {
        match part {
            ArnPart::Text(text) => text.clone(),
            ArnPart::Value(value) => self
                .approximate(value, depth)
                .unwrap_or_else(|| "x".to_owned()),
            ArnPart::Partition | ArnPart::Region | ArnPart::Account => "x".to_owned(),
        }
    }

    fn reaches(&self, selectors: &[crate::source::Spanned<Selector>]) -> Vec<Reach<'a>> {
        let mut reaches = Vec::new();
        for selector in selectors {
            match &selector.value {
                Selector::Pattern(pattern) => reaches.extend(self.reach(pattern, selector.span)),
                Selector::Let(id) => {
                    for pattern in self
                        .cx
                        .lets
                        .get(id)
                        .map(|(v, _)| patterns_of(v))
                        .unwrap_or_default()
                    {
                        reaches.extend(self.reach(&pattern, selector.span));
                    }
                }
                Selector::Level { .. } | Selector::Parameter(_) => {}
            }
        }
        reaches
    }

    fn reach(&self, pattern: &str, span: Span) -> Option<Reach<'a>> {
        let (prefix, name) = pattern.split_once(':')?;
        let service = self.cx.catalogue.service(prefix)?;
        let literal = !name.contains(['*', '?']);
        let actions = if literal {
            service.action(name).into_iter().collect()
        } else {
            service
                .actions
                .iter()
                .filter(|a| template::glob_matches(name, &a.name))
                .collect()
        };
        Some(Reach {
            text: pattern.to_owned(),
            span,
            service,
            actions,
            literal,
        })
    }

    /// Whether some selector stands for actions that are not known here.
    fn has_open_selector(&self, selectors: &[crate::source::Spanned<Selector>]) -> bool {
        selectors.is_empty()
            || selectors.iter().any(|s| match &s.value {
                Selector::Pattern(p) => {
                    p == "*" || !p.contains(':') || self.reach(p, s.span).is_none()
                }
                Selector::Level { .. } | Selector::Parameter(_) => true,
                Selector::Let(_) => false,
            })
    }

    /// Each action acts on some resource of the list, each resource is acted on by some action.
    fn check_action_resource(
        &mut self,
        reaches: &[Reach<'a>],
        everything: bool,
        values: &[Value],
        kinds: &[ResourceKind],
        written: &ast::Resources,
    ) {
        if self.misfits(reaches, everything, kinds, written).is_empty() {
            return;
        }
        // What wildcards reach is looked up only where the types as written do not do.
        let matched = self.matched_kinds(values, kinds);
        for finding in self.misfits(reaches, everything, &matched, written) {
            self.report(finding);
        }
    }

    fn misfits(
        &self,
        reaches: &[Reach<'a>],
        everything: bool,
        kinds: &[ResourceKind],
        written: &ast::Resources,
    ) -> Vec<Diagnostic> {
        let mut types: Vec<&ResourceTypeName> = Vec::new();
        for kind in kinds {
            match kind {
                ResourceKind::Any => return Vec::new(),
                ResourceKind::OneOf(found) => types.extend(found),
            }
        }
        let acted_on = |reach: &Reach<'a>, types: &[&ResourceTypeName]| {
            types.iter().any(|ty| {
                let mut actions = reach.actions.iter();
                actions.any(|action| self.acts_on(reach.service, action, ty))
            })
        };
        let idle = reaches.iter().filter(|reach| !acted_on(reach, &types));
        let mut findings: Vec<Diagnostic> = idle
            .map(|reach| self.action_misfit(reach, &types, written.span))
            .collect();
        if everything || reaches.iter().any(|r| r.actions.is_empty()) || written.list.len() < 2 {
            return findings;
        }
        for (expr, kind) in written.list.iter().zip(kinds) {
            let ResourceKind::OneOf(found) = kind else {
                continue;
            };
            let own: Vec<&ResourceTypeName> = found.iter().collect();
            if !reaches.iter().any(|r| acted_on(r, &own)) {
                let finding = messages::resource_without_action(found, expr.span);
                let help = reaches
                    .iter()
                    .find_map(|r| self.help_of_kin(r.service, &r.actions, &own));
                findings.push(match help {
                    Some(help) => finding.with_help(help),
                    None => finding,
                });
            }
        }
        findings
    }

    fn action_misfit(
        &self,
        reach: &Reach<'a>,
        types: &[&ResourceTypeName],
        resources: Span,
    ) -> Diagnostic {
        let finding = match reach.actions.as_slice() {
            [action] if reach.literal => {
                let at = (reach.span, resources);
                messages::action_does_not_act(reach.service, action, types, at)
            }
            _ => messages::pattern_does_not_act(&reach.text, types, reach.span, resources),
        };
        match self.help_of_kin(reach.service, &reach.actions, types) {
            Some(help) => finding.with_help(help),
            None => finding,
        }
    }

    /// Every key of the condition is carried by some action of the statement.
    fn check_keys_carried(
        &mut self,
        reaches: &[Reach<'a>],
        kinds: &[ResourceKind],
        condition: &Condition,
    ) {
        if reaches.is_empty() {
            return;
        }
        let mut keys: Vec<(&str, Span)> = Vec::new();
        collect_keys(condition, &mut keys);
        let mut findings = Vec::new();
        for (key, span) in keys {
            let carried = reaches.iter().any(|reach| {
                reach.actions.is_empty()
                    || reach
                        .actions
                        .iter()
                        .any(|a| self.carries(reach.service, a, kinds, key))
            });
            if !carried {
                let texts: Vec<&str> = reaches.iter().map(|r| r.text.as_str()).collect();
                findings.push(messages::key_never_carried(
                    key,
                    &texts,
                    span,
                    reaches.iter().map(|r| r.span).next(),
                ));
            }
        }
        findings.into_iter().for_each(|f| self.report(f));
    }

    /// Whether an action takes a type of resource, be it under another service's name for it: `sts:AssumeRole` acts on
    /// `sts:role`, whose ARNs are those of `iam:role`.
    fn acts_on(&self, service: &Service, action: &Action, ty: &ResourceTypeName) -> bool {
        if service.prefix == ty.service {
            return action.resource(&ty.name).is_some();
        }
        let entry = self
            .cx
            .catalogue
            .service(&ty.service)
            .and_then(|s| s.resource_type(&ty.name));
        let Some(entry) = entry else { return false };
        let taken = action
            .resources
            .iter()
            .filter_map(|r| service.resource_type(&r.resource_type));
        taken.flat_map(|t| &t.arn_formats).any(|format| {
            entry
                .arn_formats
                .iter()
                .any(|own| same_shape(own.as_str(), format.as_str()))
        })
    }

    fn carries(
        &self,
        service: &Service,
        action: &Action,
        kinds: &[ResourceKind],
        key: &str,
    ) -> bool {
        let mut types = kinds.iter().filter_map(|kind| match kind {
            ResourceKind::OneOf(types) => Some(types),
            ResourceKind::Any => None,
        });
        let known = !kinds.is_empty() && kinds.iter().all(|k| matches!(k, ResourceKind::OneOf(_)));
        if !known {
            return self.cx.catalogue.carries_key(service, action, None, key)
                || action.resources.iter().any(|r| {
                    self.cx
                        .catalogue
                        .carries_key(service, action, Some(&r.resource_type), key)
                });
        }
        types.any(|types| {
            types.iter().any(|ty| {
                self.cx
                    .catalogue
                    .carries_key(service, action, Some(&ty.name), key)
            })
        })
    }
}

/// Whether two ARN formats differ by the names of their placeholders at most.
fn same_shape(a: &str, b: &str) -> bool {
    let shape = |format: &str| {
        let mut parts = format.split("${");
        let first = parts.next().unwrap_or("").to_owned();
        parts.fold(first, |out, part| {
            out + "*" + part.split_once('}').map_or("", |(_, rest)| rest)
        })
    };
    shape(a) == shape(b)
}

fn patterns_of(value: &Value) -> Vec<String> {
    match &value.kind {
        ValueKind::Actions(patterns) => patterns.to_vec(),
        ValueKind::List(members) => members.iter().flat_map(patterns_of).collect(),
        _ => Vec::new(),
    }
}

/// The keys tested directly in a condition; those inside named conditions are judged where these are declared.
fn collect_keys<'c>(condition: &'c Condition, keys: &mut Vec<(&'c str, Span)>) {
    match &condition.kind {
        ConditionKind::Test(test) if test.reading != super::hir::Reading::Raw => {
            keys.push((&test.key, condition.span))
        }
        ConditionKind::Not(inner) => collect_keys(inner, keys),
        ConditionKind::And(parts) | ConditionKind::Or(parts) => {
            parts.iter().for_each(|p| collect_keys(p, keys))
        }
        _ => {}
    }
}
