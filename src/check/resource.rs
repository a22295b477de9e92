//! Resources: a type of the catalogue with its placeholders filled, and parts of resources.

use crate::catalogue::{ArnFormat, ResourceType, Service, suggest};
use crate::iam::Pattern;
use crate::iam::pattern::{Part, Variables, Wildcards};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, Expr, ExprKind};
use crate::types::{ResourceKind, ResourceTypeName, Type};

use super::context::Checker;
use super::hir::{ArnPart, Value, ValueKind};
use super::messages;
use super::value::Typed;

impl<'a> Checker<'a> {
    /// The catalogue's entry for `s3:bucket`; an unknown one is reported.
    pub(super) fn resource_type(
        &mut self,
        ty: &ast::ResourceTypeRef,
    ) -> Option<(&'a Service, &'a ResourceType)> {
        let service = self.service(&ty.service.value, ty.service.span)?;
        match service.resource_type(&ty.name.value) {
            Some(found) => Some((service, found)),
            None => {
                let near =
                    suggest::resource_type(self.cx.catalogue, &service.prefix, &ty.name.value);
                self.report(messages::unknown_resource_type(service, &ty.name, near));
                None
            }
        }
    }

    /// The catalogue's entry for a service; an unknown one is reported.
    pub(super) fn service(&mut self, prefix: &str, span: Span) -> Option<&'a Service> {
        let found = self.cx.catalogue.service(prefix);
        if found.is_none() {
            let near = suggest::service(self.cx.catalogue, prefix);
            self.report(messages::unknown_service(prefix, span, near));
        }
        found
    }

    /// `s3:bucket "name"`, `dynamodb:table(region: "eu-west-1", name: "ledger")`
    pub(super) fn resource(
        &mut self,
        ty: &ast::ResourceTypeRef,
        args: &[ast::Arg],
        span: Span,
    ) -> Typed {
        let Some((service, entry)) = self.resource_type(ty) else {
            for arg in args {
                self.value(&arg.value);
            }
            return Typed::unknown(span);
        };
        let Some(format) = entry.arn_formats.first() else {
            return Typed::unknown(span);
        };
        self.facts.resource_type(service, entry);
        let parts = self.fill(service, entry, format, args, ty.span.to(span));
        let kind = ResourceKind::of(&service.prefix, &entry.name);
        Typed::new(
            ValueKind::Resource(parts.into()),
            span,
            Type::Resource(kind),
        )
    }

    fn fill(
        &mut self,
        service: &Service,
        entry: &ResourceType,
        format: &ArnFormat,
        args: &[ast::Arg],
        span: Span,
    ) -> Vec<ArnPart> {
        let own: Vec<String> = format
            .resource_placeholders()
            .into_iter()
            .filter(|p| !is_ambient(p))
            .collect();
        let all = format.placeholders();
        let mut given: Vec<(String, Value)> = Vec::new();
        if let [only] = args
            && only.name.is_none()
            && own.len() > 1
            && is_star(&only.value)
        {
            return parts_of(format, &[]);
        }
        for arg in args {
            let Some(placeholder) = self.placeholder_of(arg, &own, &all, service, entry) else {
                self.value(&arg.value);
                continue;
            };
            if given.iter().any(|(p, _)| *p == placeholder) {
                self.report(messages::argument_twice(&placeholder, arg.span));
                continue;
            }
            let value = self.placeholder_value(&placeholder, &arg.value);
            given.push((placeholder, value));
        }
        let missing: Vec<&String> = own
            .iter()
            .filter(|p| !given.iter().any(|(g, _)| g == *p))
            .collect();
        if !missing.is_empty() {
            self.report(messages::missing_placeholders(
                service, entry, format, &missing, span,
            ));
        }
        parts_of(format, &given)
    }

    /// Which placeholder an argument fills: by its name, or the only one there is.
    fn placeholder_of(
        &mut self,
        arg: &ast::Arg,
        own: &[String],
        all: &[String],
        service: &Service,
        entry: &ResourceType,
    ) -> Option<String> {
        let Some(name) = &arg.name else {
            if let [only] = own {
                return Some(only.clone());
            }
            self.report(messages::argument_needs_name(service, entry, own, arg.span));
            return None;
        };
        let wanted = squeeze(&name.value);
        if let Some(found) = all
            .iter()
            .find(|p| squeeze(p) == wanted && *p != "Partition")
        {
            return Some(found.clone());
        }
        if wanted == "name"
            && let [only] = own
        {
            return Some(only.clone());
        }
        self.report(messages::unknown_placeholder(service, entry, all, name));
        None
    }

    fn placeholder_value(&mut self, placeholder: &str, expr: &Expr) -> Value {
        if matches!(expr.kind, ExprKind::Everything) {
            let kind = ValueKind::Text(Pattern::parse("*", Wildcards::Active, Variables::Literal));
            return Value {
                kind,
                span: expr.span,
            };
        }
        if let ExprKind::Text(raw) = &expr.kind
            && let Some(pattern) = self.text(raw, expr.span)
        {
            self.check_placeholder_text(placeholder, &pattern, expr.span);
            return Value {
                kind: ValueKind::Text(pattern),
                span: expr.span,
            };
        }
        let expected = match placeholder {
            "Region" => Type::Region,
            "Account" => Type::Account,
            _ => Type::Text,
        };
        self.value_as(expr, &expected)
    }

    fn check_placeholder_text(&mut self, placeholder: &str, pattern: &Pattern, span: Span) {
        let wild = pattern
            .parts()
            .iter()
            .any(|p| matches!(p, Part::Star | Part::Question));
        let text = pattern.to_iam(Wildcards::Active);
        match placeholder {
            "Region" | "Account" => {
                if pattern.variables().next().is_some() {
                    self.report(messages::variable_before_resource(span));
                } else if placeholder == "Region" && !wild && !crate::types::is_region(&text) {
                    self.report(messages::malformed_text(
                        &text,
                        &Type::Region,
                        "a region like `eu-west-1`",
                        span,
                    ));
                } else if placeholder == "Account"
                    && !wild
                    && !crate::iam::arn::is_account_id(&text)
                {
                    self.report(messages::malformed_account(&text, span));
                }
            }
            _ => {
                if text.starts_with("arn:") {
                    self.report(messages::arn_as_name(&text, span));
                }
                self.check_variables(pattern, span);
            }
        }
    }

    /// `settled.object`: any object of the bucket.
    pub(super) fn child(&mut self, base: Typed, child: &ast::Ident, span: Span) -> Typed {
        let types = match &base.ty {
            Type::Resource(ResourceKind::OneOf(types)) => types.clone(),
            Type::Unknown => return Typed::unknown(span),
            other => {
                self.report(messages::no_parts(other, child));
                return Typed::unknown(span);
            }
        };
        let mut names: Vec<String> = Vec::new();
        for ty in &types {
            let Some((service, parent)) = self.entry(ty) else {
                continue;
            };
            for candidate in service.children(parent) {
                if squeeze(&candidate.name) == squeeze(&child.value)
                    && let Some(suffix) = extension(parent, candidate)
                {
                    self.facts.resource_type(service, candidate);
                    let suffix = placeholders_to_stars(&suffix);
                    let kind = ValueKind::Append {
                        base: Box::new(base.value),
                        suffix,
                    };
                    return Typed::new(
                        kind,
                        span,
                        Type::Resource(ResourceKind::of(&service.prefix, &candidate.name)),
                    );
                }
                names.push(candidate.name.clone());
            }
        }
        self.report(messages::unknown_child(&base.ty, child, &names));
        Typed::unknown(span)
    }

    /// `settled/"2025/*"`, `settled/*`
    pub(super) fn join(&mut self, base: &Expr, suffix: &Spanned<String>, span: Span) -> Typed {
        let base = self.value(base);
        let Some(tail) = self.text(&suffix.value, suffix.span) else {
            return Typed::unknown(span);
        };
        self.check_variables(&tail, suffix.span);
        let types = match &base.ty {
            Type::Resource(ResourceKind::OneOf(types)) => types.clone(),
            Type::Resource(ResourceKind::Any) | Type::Unknown => Vec::new(),
            other => {
                self.report(messages::cannot_join(other, span));
                return Typed::unknown(span);
            }
        };
        let mut pattern = Pattern::literal("/");
        tail.parts()
            .iter()
            .cloned()
            .for_each(|part| pattern.push(part));
        let kind = self.kind_of_join(&types, &pattern.to_iam(Wildcards::Active));
        Typed::new(
            ValueKind::Append {
                base: Box::new(base.value),
                suffix: pattern,
            },
            span,
            Type::Resource(kind),
        )
    }

    /// The child types whose format can begin like the suffix; the type itself if it has no children behind a slash.
    fn kind_of_join(&mut self, types: &[ResourceTypeName], suffix: &str) -> ResourceKind {
        let mut found = Vec::new();
        for ty in types {
            let Some((service, parent)) = self.entry(ty) else {
                continue;
            };
            let mut has_children = false;
            for child in service.children(parent) {
                let Some(extension) = extension(parent, child).filter(|e| e.starts_with('/'))
                else {
                    continue;
                };
                has_children = true;
                if begins_alike(&extension, suffix) {
                    found.push(ResourceTypeName {
                        service: service.prefix.clone(),
                        name: child.name.clone(),
                    });
                }
            }
            if !has_children {
                found.push(ty.clone());
            }
        }
        found.sort();
        found.dedup();
        if found.is_empty() {
            ResourceKind::Any
        } else {
            ResourceKind::OneOf(found)
        }
    }

    fn entry(&self, ty: &ResourceTypeName) -> Option<(&'a Service, &'a ResourceType)> {
        let service = self.cx.catalogue.service(&ty.service)?;
        Some((service, service.resource_type(&ty.name)?))
    }
}

/// `*` or `"*"`, which stands for every part at once.
fn is_star(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Everything => true,
        ExprKind::Text(raw) => raw == "*",
        _ => false,
    }
}

/// Placeholders that the account fills when nobody else does.
fn is_ambient(placeholder: &str) -> bool {
    matches!(placeholder, "Partition" | "Region" | "Account")
}

/// A name without case, dashes and underscores, so that `table_name` is `TableName`.
fn squeeze(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// What the format of a child adds to its parent's.
pub(super) fn extension(parent: &ResourceType, child: &ResourceType) -> Option<String> {
    let pairs = parent
        .arn_formats
        .iter()
        .flat_map(|p| child.arn_formats.iter().map(move |c| (p, c)));
    pairs
        .into_iter()
        .find_map(|(p, c)| c.extends(p).map(str::to_owned))
}

fn placeholders_to_stars(format: &str) -> Pattern {
    let mut pattern = Pattern::default();
    let mut rest = format;
    while let Some(start) = rest.find("${") {
        let (before, after) = rest.split_at(start);
        pattern.push(Part::Text(before.to_owned()));
        pattern.push(Part::Star);
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    pattern.push(Part::Text(rest.to_owned()));
    pattern
}

/// Whether the fixed beginnings of a format and a pattern agree as far as both go.
fn begins_alike(format: &str, pattern: &str) -> bool {
    let fixed = |s: &str| s.find(['*', '?', '$']).map_or(s.len(), |at| at);
    let (a, b) = (&format.as_bytes(), &pattern.as_bytes());
    let length = fixed(format).min(fixed(pattern));
    a.iter().zip(b.iter()).take(length).all(|(x, y)| x == y)
}

fn parts_of(format: &ArnFormat, given: &[(String, Value)]) -> Vec<ArnPart> {
    let mut parts = Vec::new();
    let mut rest = format.as_str();
    while let Some(start) = rest.find("${") {
        let (before, after) = rest.split_at(start);
        if !before.is_empty() {
            parts.push(ArnPart::Text(before.to_owned()));
        }
        let (name, tail) = after
            .get(2..)
            .and_then(|a| a.split_once('}'))
            .unwrap_or(("", ""));
        let value = given
            .iter()
            .find(|(placeholder, _)| placeholder == name)
            .map(|(_, v)| v.clone());
        parts.push(match (value, name) {
            (Some(value), _) => ArnPart::Value(value),
            (None, "Partition") => ArnPart::Partition,
            (None, "Region") => ArnPart::Region,
            (None, "Account") => ArnPart::Account,
            (None, _) => ArnPart::Text("*".to_owned()),
        });
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(ArnPart::Text(rest.to_owned()));
    }
    parts
}
