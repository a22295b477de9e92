//! Action selectors: patterns that match something, access levels expanded to the catalogue's actions.

use crate::catalogue::{AccessLevel, suggest};
use crate::iam::pattern::Wildcards;
use crate::resolve::{Binding, DefKind};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, ActionKind, Ident, Path};
use crate::types::{ResourceKind, ResourceTypeName, Type};

use super::context::{Checker, text_of};
use super::hir::{Actions, Selector};
use super::messages;

/// The words for access levels, in the order of AWS's reference.
pub(super) const LEVELS: [&str; 5] = ["read", "list", "write", "tag", "manage"];

impl Checker<'_> {
    /// The actions of a statement; `resources` are the types that access levels are expanded for.
    pub(super) fn actions(
        &mut self,
        actions: &ast::Actions,
        resources: &[ResourceKind],
    ) -> Actions {
        let selectors = actions
            .list
            .iter()
            .filter_map(|action| self.selector(action, Some(resources)))
            .collect();
        Actions {
            except: actions.everything.is_some(),
            selectors,
        }
    }

    /// The patterns of an action in a list value, where no resources are at hand.
    pub(super) fn action_list(&mut self, action: &ast::Action) -> Box<[String]> {
        match self.selector(action, None).map(|s| s.value) {
            Some(Selector::Pattern(pattern)) => Box::from([pattern]),
            Some(Selector::Level { actions, .. }) => actions,
            Some(Selector::Let(_) | Selector::Parameter(_)) | None => Box::default(),
        }
    }

    fn selector(
        &mut self,
        action: &ast::Action,
        resources: Option<&[ResourceKind]>,
    ) -> Option<Spanned<Selector>> {
        let selector = match &action.kind {
            ActionKind::Pattern { service, name } => self.pattern(service, name, action.span),
            ActionKind::Level {
                level,
                service: Some(service),
            } => self.level_of_service(level, service),
            ActionKind::Level {
                level,
                service: None,
            } => self.level_of_types(level, resources),
            ActionKind::Name(path) => self.named_actions(path),
            ActionKind::Raw(text) => {
                let pattern = self.text(&text.value, text.span)?;
                if pattern.variables().next().is_some() {
                    self.report(messages::variable_in_action(text.span));
                }
                Some(Selector::Pattern(pattern.to_iam(Wildcards::Literal)))
            }
        };
        selector.map(|s| Spanned::new(s, action.span))
    }

    /// `s3:GetObject` has to exist, `s3:Get*` has to match something. AWS's spelling is taken over.
    fn pattern(&mut self, service: &Ident, name: &Ident, span: Span) -> Option<Selector> {
        let found = self.service(&service.value, service.span)?;
        if name.value.contains(['*', '?']) {
            if name.value != "*" && found.actions_matching(&name.value).next().is_none() {
                self.report(messages::pattern_matches_nothing(found, &name.value, span));
            }
            return Some(Selector::Pattern(format!(
                "{}:{}",
                found.prefix, name.value
            )));
        }
        match found.action(&name.value) {
            Some(action) => Some(Selector::Pattern(found.qualified(action))),
            None => {
                let near = suggest::action(self.cx.catalogue, &found.prefix, &name.value);
                self.report(messages::unknown_action(found, name, near));
                None
            }
        }
    }

    fn level(&mut self, level: &Ident) -> Option<AccessLevel> {
        let found = AccessLevel::from_selector(&level.value);
        if found.is_none() {
            self.report(messages::unknown_level(level));
        }
        found
    }

    /// `read(s3)`: every action of that level, whatever it acts on.
    fn level_of_service(&mut self, level: &Ident, service: &Ident) -> Option<Selector> {
        let level_found = self.level(level)?;
        let service = self.service(&service.value, service.span)?;
        let found = service.actions_of_level(level_found);
        self.facts.expansion(level_found, service, None, &found);
        let actions: Box<[_]> = found.into_iter().map(|a| service.qualified(a)).collect();
        if actions.is_empty() {
            self.report(messages::level_is_empty(level, &service.prefix));
        }
        Some(Selector::Level {
            level: level_found,
            actions,
        })
    }

    /// `read`: the actions of that level that act on the types of the statement's resources.
    fn level_of_types(
        &mut self,
        level: &Ident,
        resources: Option<&[ResourceKind]>,
    ) -> Option<Selector> {
        let found = self.level(level)?;
        let Some(types) = resources.and_then(known_types).filter(|t| !t.is_empty()) else {
            self.report(messages::level_needs_type(level));
            return None;
        };
        let mut actions: Vec<String> = Vec::new();
        for ty in &types {
            let Some(service) = self.cx.catalogue.service(&ty.service) else {
                continue;
            };
            let expanded = service.actions_at(found, &ty.name);
            self.facts
                .expansion(found, service, Some(&ty.name), &expanded);
            actions.extend(expanded.into_iter().map(|a| service.qualified(a)));
        }
        actions.sort();
        actions.dedup();
        if actions.is_empty() {
            let names: Vec<String> = types.iter().map(ToString::to_string).collect();
            self.report(messages::level_is_empty(level, &names.join("` or `")));
        }
        Some(Selector::Level {
            level: found,
            actions: actions.into(),
        })
    }

    fn named_actions(&mut self, path: &Path) -> Option<Selector> {
        let (selector, ty) = match self.cx.resolved.binding(path) {
            Binding::Unresolved => return None,
            Binding::Parameter { index, rest: 0 } => (
                Selector::Parameter(index),
                self.parameters.get(index).map(|p| p.ty.clone()),
            ),
            Binding::Definition { id, rest: 0 } => match self.cx.kind_of(id) {
                DefKind::Let => (
                    Selector::Let(id),
                    self.cx.lets.get(&id).map(|(_, ty)| ty.clone()),
                ),
                _ => {
                    self.report_wrong_kind(path, id, "an action");
                    return None;
                }
            },
            _ => {
                self.report(messages::wrong_kind(
                    &text_of(path),
                    "something else",
                    "an action",
                    path.span,
                    None,
                ));
                return None;
            }
        };
        match ty {
            Some(Type::Action | Type::Unknown) | None => Some(selector),
            Some(other) => {
                self.report(messages::type_mismatch(&Type::Action, &other, path.span));
                None
            }
        }
    }
}

/// The types of all resources, if each is known.
fn known_types(resources: &[ResourceKind]) -> Option<Vec<ResourceTypeName>> {
    let mut types = Vec::new();
    for kind in resources {
        match kind {
            ResourceKind::OneOf(found) => types.extend(found.iter().cloned()),
            ResourceKind::Any => return None,
        }
    }
    types.sort();
    types.dedup();
    Some(types)
}
