//! Values: their types, and whether they fit where they stand.

use crate::diagnostic::Diagnostic;
use crate::iam::arn::is_account_id;
use crate::iam::pattern::Wildcards;
use crate::iam::{Arn, Pattern};
use crate::resolve::{Binding, DefId, DefKind};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{self, BlockKind, Expr, ExprKind, NodeKind};
use crate::types::{self, LiteralError, ResourceKind, Type};

use super::context::Checker;
use super::hir::{self, Value, ValueKind};
use super::messages;

/// A value and its type.
pub(super) struct Typed {
    pub value: Value,
    pub ty: Type,
}

impl Typed {
    pub(super) fn new(kind: ValueKind, span: Span, ty: Type) -> Self {
        Typed {
            value: Value { kind, span },
            ty,
        }
    }

    /// Stands in for what could not be read, so that one mistake is one error.
    pub(super) fn unknown(span: Span) -> Self {
        Typed::new(ValueKind::Unknown, span, Type::Unknown)
    }
}

impl Checker<'_> {
    /// The value of an expression and its type.
    pub(super) fn value(&mut self, expr: &Expr) -> Typed {
        let span = expr.span;
        let literal = |kind, ty| Typed::new(kind, span, ty);
        match &expr.kind {
            ExprKind::Text(raw) => match self.text(raw, span) {
                Some(pattern) => literal(ValueKind::Text(pattern), Type::Text),
                None => Typed::unknown(span),
            },
            ExprKind::Number(text) => self.literal(types::parse_number(text), span, |n| {
                literal(ValueKind::Number(n), Type::Number)
            }),
            ExprKind::Duration(text) => self.literal(types::parse_duration(text), span, |s| {
                literal(ValueKind::Seconds(s), Type::Duration)
            }),
            ExprKind::Instant(text) => self.literal(types::parse_instant(text), span, |i| {
                literal(ValueKind::Instant(i), Type::Instant)
            }),
            ExprKind::Address(text) => self.literal(types::parse_address(text), span, |net| {
                literal(ValueKind::Address(net), Type::Cidr)
            }),
            ExprKind::Bool(value) => literal(ValueKind::Bool(*value), Type::Bool),
            ExprKind::Everything => {
                literal(ValueKind::Everything, Type::Resource(ResourceKind::Any))
            }
            ExprKind::List(members) => self.list(members, span),
            ExprKind::Name { path, place } => self.name(path, place.as_ref(), span),
            ExprKind::Resource { ty, args, .. } => self.resource(ty, args, span),
            ExprKind::Join { base, suffix, .. } => self.join(base, suffix, span),
            ExprKind::Arn(text) => self.arn(text),
            ExprKind::Raw(text) => match self.text(&text.value, text.span) {
                Some(pattern) => {
                    literal(ValueKind::Text(pattern), Type::Resource(ResourceKind::Any))
                }
                None => Typed::unknown(span),
            },
            ExprKind::Action(action) => {
                let expanded = self.action_list(action);
                literal(ValueKind::Actions(expanded), Type::Action)
            }
            ExprKind::Principal(principal) => match self.principal(principal) {
                Some(principal) => {
                    literal(ValueKind::Principal(Box::new(principal)), Type::Principal)
                }
                None => Typed::unknown(span),
            },
        }
    }

    /// The value of an expression, which has to fit a type; reported otherwise.
    pub(super) fn value_as(&mut self, expr: &Expr, expected: &Type) -> Value {
        if let ExprKind::List(members) = &expr.kind {
            let members = members.iter().map(|m| self.value_as(m, expected)).collect();
            return Value {
                kind: ValueKind::List(members),
                span: expr.span,
            };
        }
        let typed = self.value(expr);
        self.fit(typed, expected)
    }

    /// Turns a value into one of the expected type, where the language allows it.
    pub(super) fn fit(&mut self, typed: Typed, expected: &Type) -> Value {
        let Typed { value, ty } = typed;
        let span = value.span;
        if ty == Type::Unknown || *expected == Type::Unknown {
            return value;
        }
        if let (Type::Text, ValueKind::Text(pattern)) = (&ty, &value.kind)
            && let Some(finding) = misfit_of_text(pattern, expected, span)
        {
            match finding {
                Ok(()) => return value,
                Err(diagnostic) => {
                    self.report(diagnostic);
                    return value;
                }
            }
        }
        if let (Type::Principal, ValueKind::Declared { block, place }) = (expected, &value.kind) {
            let kind = hir::PrincipalKind::Declared {
                block: *block,
                place: *place,
            };
            return Value {
                kind: ValueKind::Principal(Box::new(hir::Principal { kind, span })),
                span,
            };
        }
        if !accepts(expected, &ty) {
            let declared = match value.kind {
                ValueKind::Let(id) => self.cx.resolved.name_span(id),
                _ => None,
            };
            self.report(messages::value_mismatch(expected, &ty, span, declared));
        }
        value
    }

    /// Reads a quoted text; errors point into it.
    pub(super) fn text(&mut self, raw: &str, span: Span) -> Option<Pattern> {
        match types::parse_text(raw) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                // The first look at the file has reported the escapes of every text.
                let is_escape = raw.as_bytes().get(error.range.start) == Some(&b'\\');
                if !is_escape {
                    self.report(messages::invalid_literal(&error, inside(span, &error)));
                }
                None
            }
        }
    }

    /// Reads a quoted text that is neither pattern nor template: a name, a description.
    pub(super) fn plain_text(&mut self, text: &Spanned<String>) -> String {
        let Some(pattern) = self.text(&text.value, text.span) else {
            return text.value.clone();
        };
        pattern.to_iam(Wildcards::Literal)
    }

    /// A name that may have been written in quotes, where nothing but its escapes is special.
    pub(super) fn unescaped(&mut self, name: &str, span: Span) -> String {
        if !name.contains('\\') {
            return name.to_owned();
        }
        self.plain_text(&Spanned::new(name.to_owned(), span))
    }

    fn literal<T>(
        &mut self,
        read: Result<T, LiteralError>,
        span: Span,
        then: impl FnOnce(T) -> Typed,
    ) -> Typed {
        match read {
            Ok(value) => then(value),
            Err(error) => {
                self.report(messages::invalid_literal(&error, span));
                Typed::unknown(span)
            }
        }
    }

    /// IAM stores U+0020 to U+00FF, tab, line feed and carriage return only. What a document holds is for the backend
    /// to say, which knows the kind of policy.
    pub(super) fn check_characters(&mut self, text: &str, span: Span) {
        if let Some(c) = text
            .chars()
            .find(|c| !matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}'))
        {
            self.report(messages::character_outside_iam(c, span));
        }
    }

    fn list(&mut self, members: &[Expr], span: Span) -> Typed {
        let mut ty: Option<Type> = None;
        let mut values = Vec::with_capacity(members.len());
        for member in members {
            let typed = self.value(member);
            ty = Some(match (ty, typed.ty) {
                (None, t) => t,
                (Some(Type::Unknown), t) | (Some(t), Type::Unknown) => t,
                (Some(Type::Resource(a)), Type::Resource(b)) => Type::Resource(a.union(b)),
                (Some(a), b) if a == b => a,
                (Some(Type::Principal), Type::Resource(_)) => Type::Principal,
                (Some(a), b) => {
                    self.report(messages::mixed_list(&a, &b, member.span));
                    a
                }
            });
            values.push(typed.value);
        }
        Typed::new(
            ValueKind::List(values.into()),
            span,
            ty.unwrap_or(Type::Unknown),
        )
    }

    fn name(&mut self, path: &ast::Path, place: Option<&ast::Path>, span: Span) -> Typed {
        let (kind, ty, rest) = match self.cx.resolved.binding(path) {
            Binding::Unresolved => return Typed::unknown(span),
            Binding::Phrase => {
                self.report(messages::wrong_kind(
                    &super::context::text_of(path),
                    "a condition",
                    "a value",
                    span,
                    None,
                ));
                return Typed::unknown(span);
            }
            Binding::Parameter { index, rest } => {
                let ty = self
                    .parameters
                    .get(index)
                    .map_or(Type::Unknown, |p| p.ty.clone());
                (ValueKind::Parameter(index), ty, rest)
            }
            Binding::Definition { id, rest } => {
                match self.definition_value(path, place, id, span) {
                    Some((kind, ty)) => (kind, ty, rest),
                    None => return Typed::unknown(span),
                }
            }
        };
        let base = Typed::new(kind, span, ty);
        match path
            .segments
            .len()
            .checked_sub(rest)
            .and_then(|first| path.segments.get(first..))
        {
            Some([]) | None => base,
            Some([child]) => self.child(base, child, span),
            Some([_, extra, ..]) => {
                self.report(messages::no_such_part(&extra.value, extra.span));
                Typed::unknown(span)
            }
        }
    }

    fn definition_value(
        &mut self,
        path: &ast::Path,
        place: Option<&ast::Path>,
        id: DefId,
        span: Span,
    ) -> Option<(ValueKind, Type)> {
        let place_id = place.and_then(|p| self.node_of_kind(p, &[NodeKind::Account], "an account"));
        match self.cx.kind_of(id) {
            DefKind::Let => {
                let ty = self
                    .cx
                    .lets
                    .get(&id)
                    .map_or(Type::Unknown, |(_, ty)| ty.clone());
                Some((ValueKind::Let(id), ty))
            }
            DefKind::Node(NodeKind::Account) => Some((ValueKind::Node(id), Type::Account)),
            DefKind::Node(NodeKind::Org) => Some((ValueKind::Node(id), Type::Organization)),
            DefKind::Block(kind) => match type_of_declared(kind) {
                Some(ty) => Some((
                    ValueKind::Declared {
                        block: id,
                        place: place_id,
                    },
                    ty,
                )),
                None => {
                    self.report_wrong_kind(path, id, "a value");
                    None
                }
            },
            DefKind::Node(NodeKind::Ou) | DefKind::Condition | DefKind::Provider => {
                let _ = span;
                self.report_wrong_kind(path, id, "a value");
                None
            }
        }
    }

    /// `arn "arn:aws:s3:::x"`: the shape is checked, and its types are looked up.
    fn arn(&mut self, text: &Spanned<String>) -> Typed {
        let Some(pattern) = self.text(&text.value, text.span) else {
            return Typed::unknown(text.span);
        };
        let iam = pattern.to_iam(Wildcards::Active);
        let Some(arn) = Arn::parse(&iam) else {
            self.report(messages::malformed_arn(&iam, text.span));
            return Typed::unknown(text.span);
        };
        self.check_variables_of_arn(&pattern, text.span);
        let kind = self.kind_of_arn(&arn, &iam, text.span);
        Typed::new(ValueKind::Text(pattern), text.span, Type::Resource(kind))
    }

    fn kind_of_arn(&mut self, arn: &Arn, text: &str, span: Span) -> ResourceKind {
        if arn.service.contains(['*', '?']) {
            return ResourceKind::Any;
        }
        if !arn.account.is_empty()
            && !arn.account.contains(['*', '?', '{', '}'])
            && arn.account != "aws"
            && !is_account_id(&arn.account)
        {
            self.report(messages::malformed_account(&arn.account, span));
        }
        let Some(service) = self.cx.catalogue.service(&arn.service) else {
            // Some ARNs carry a service that is no action prefix (`arn:aws:elasticloadbalancing`, `arn:aws:apigateway`).
            return ResourceKind::Any;
        };
        let mut types: Vec<types::ResourceTypeName> = service
            .types_of_arn(text)
            .map(|t| types::ResourceTypeName {
                service: service.prefix.clone(),
                name: t.name.clone(),
            })
            .collect();
        types.sort();
        if types.is_empty() {
            ResourceKind::Any
        } else {
            ResourceKind::OneOf(types)
        }
    }
}

/// The type of a declaration used as a value: its ARN.
fn type_of_declared(kind: BlockKind) -> Option<Type> {
    let resource = match kind {
        BlockKind::Role => "role",
        BlockKind::User => "user",
        BlockKind::Group => "group",
        BlockKind::Policy | BlockKind::Boundary => "policy",
        BlockKind::PermissionSet
        | BlockKind::SessionPolicy
        | BlockKind::Scp
        | BlockKind::Rcp
        | BlockKind::ResourcePolicy => return None,
    };
    Some(Type::Resource(ResourceKind::of("iam", resource)))
}

/// Whether a text literal may stand for a value of the type: `None` if that is not for text to say.
fn misfit_of_text(
    pattern: &Pattern,
    expected: &Type,
    span: Span,
) -> Option<Result<(), Diagnostic>> {
    let text = pattern.to_iam(Wildcards::Literal);
    let plain = pattern.as_literal();
    let judge = |ok: bool, shape: &str| {
        Some(if ok {
            Ok(())
        } else {
            Err(messages::malformed_text(&text, expected, shape, span))
        })
    };
    match expected {
        Type::Region => judge(
            plain.is_some_and(types::is_region),
            "a region like `eu-west-1`",
        ),
        Type::Account => judge(
            plain.is_some_and(is_account_id),
            "an account id of twelve digits",
        ),
        Type::Organization => judge(
            plain.is_some_and(types::is_org_id),
            "an organisation's id like `o-a1b2c3d4e5`",
        ),
        Type::Arn => judge(
            Arn::parse(&text).is_some(),
            "an ARN, `arn:partition:service:region:account:resource`",
        ),
        _ => None,
    }
}

/// Whether a value of one type may stand where another is expected.
fn accepts(expected: &Type, found: &Type) -> bool {
    match (expected, found) {
        (
            Type::Text,
            Type::Region | Type::Account | Type::Organization | Type::Arn | Type::Resource(_),
        ) => true,
        (Type::Arn, Type::Resource(_)) => true,
        (Type::Number, Type::Duration) => true,
        (Type::Resource(_), Type::Resource(ResourceKind::Any)) => true,
        (Type::Resource(ResourceKind::Any), Type::Resource(_) | Type::Arn) => true,
        (
            Type::Resource(ResourceKind::OneOf(wanted)),
            Type::Resource(ResourceKind::OneOf(found)),
        ) => found.iter().any(|t| wanted.contains(t)),
        (a, b) => a == b,
    }
}

fn inside(span: Span, error: &LiteralError) -> Span {
    // The span of a text includes its quotes; the error counts from after the first.
    let start = span.start as usize + 1 + error.range.start;
    Span::new(span.source, start, start + error.range.len().max(1))
}
