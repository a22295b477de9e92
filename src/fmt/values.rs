//! Values, actions, resources and principals.

use super::printer::Printer;
use crate::layout::Flat;
use crate::syntax::ast::{
    Action, ActionKind, Actions, Expr, ExprKind, Path, Principal, PrincipalKind, Principals,
    Resources, ShortForm, SuffixForm,
};

impl Printer<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        // A chain of joins is nested to the left; the innermost value is written first, without recursion.
        let mut suffixes = Vec::new();
        let mut value = expr;
        while let ExprKind::Join { base, suffix, form } = &value.kind {
            suffixes.push((suffix, form));
            value = base;
        }
        self.simple(value);
        for (suffix, form) in suffixes.into_iter().rev() {
            self.text("/");
            match form {
                SuffixForm::Star => self.text("*"),
                SuffixForm::Text => self.verbatim(suffix.span),
            }
        }
    }

    fn simple(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::List(elements) => {
                let signs = ("[", Flat::Empty, "]");
                self.brackets(signs, expr.span.end, elements, |e| e.span, Self::expr);
            }
            ExprKind::Name { path, place } => self.name_in(path, place.as_ref()),
            ExprKind::Resource { ty, args, short } => {
                self.verbatim(ty.span);
                match (short, args.first()) {
                    (ShortForm::Short, Some(name)) => {
                        self.text(" ");
                        self.verbatim(name.span);
                    }
                    _ => self.args(args, expr.span.end),
                }
            }
            ExprKind::Arn(text) => self.word_and("arn", text),
            ExprKind::Raw(text) => self.word_and("raw", text),
            ExprKind::Action(action) => self.action(action),
            ExprKind::Principal(principal) => self.principal(principal),
            ExprKind::Text(_)
            | ExprKind::Number(_)
            | ExprKind::Duration(_)
            | ExprKind::Instant(_)
            | ExprKind::Address(_)
            | ExprKind::Bool(_)
            | ExprKind::Everything
            | ExprKind::Join { .. } => self.verbatim(expr.span),
        }
    }

    /// `Reader in Prod`
    pub(super) fn name_in(&mut self, path: &Path, place: Option<&Path>) {
        self.path(path);
        if let Some(place) = place {
            self.text(" in ");
            self.path(place);
        }
    }

    pub(super) fn actions(&mut self, actions: &Actions) {
        if let Some(everything) = actions.everything {
            self.text(" ");
            self.verbatim(everything);
            if actions.list.is_empty() {
                return;
            }
            self.text(" except");
        }
        self.commas(&actions.list, |a| a.span, Self::action);
    }

    fn action(&mut self, action: &Action) {
        match &action.kind {
            ActionKind::Level { level, service } => {
                self.ident(level);
                if let Some(service) = service {
                    self.text("(");
                    self.ident(service);
                    self.text(")");
                }
            }
            ActionKind::Raw(text) => self.word_and("raw", text),
            ActionKind::Pattern { .. } | ActionKind::Name(_) => self.verbatim(action.span),
        }
    }

    /// What follows `on`.
    pub(super) fn resources(&mut self, resources: &Resources) {
        if resources.except.is_some() {
            self.text(" * except");
        }
        self.commas(&resources.list, |e| e.span, Self::expr);
    }

    /// What follows `to`.
    pub(super) fn principals(&mut self, principals: &Principals) {
        if principals.except.is_some() {
            self.text(" everyone except");
        }
        self.commas(&principals.list, |p| p.span, Self::principal);
    }

    pub(super) fn principal(&mut self, principal: &Principal) {
        let mut named = |word: &str, value: &Expr| {
            self.text(word);
            self.text(" ");
            self.expr(value);
        };
        match &principal.kind {
            PrincipalKind::Anyone => self.text("anyone"),
            PrincipalKind::Account(value) => named("account", value),
            PrincipalKind::Role(value) => named("role", value),
            PrincipalKind::User(value) => named("user", value),
            PrincipalKind::Service(value) => named("service", value),
            PrincipalKind::Federated(value) => named("federated", value),
            PrincipalKind::Oidc { provider, claims } => {
                self.text("oidc ");
                self.path(provider);
                if principal.span.end > provider.span.end {
                    self.args(claims, principal.span.end);
                }
            }
            PrincipalKind::Saml(provider) => {
                self.text("saml ");
                self.path(provider);
            }
            PrincipalKind::CanonicalUser(text) => self.word_and("canonical_user", text),
            PrincipalKind::Arn(text) => self.word_and("arn", text),
            PrincipalKind::Name(path) => self.path(path),
        }
    }
}
