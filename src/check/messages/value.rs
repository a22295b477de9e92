//! Values that are not what they should be.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Ident;
use crate::types::{LiteralError, Type};

use super::suggest;

pub(in crate::check) fn type_mismatch(expected: &Type, found: &Type, span: Span) -> Diagnostic {
    let message = format!("expected {}, found {}", article(expected), article(found));
    let finding = Diagnostic::error(
        Code::TypeMismatch,
        message,
        span,
        format!("this is {}", article(found)),
    );
    match (expected, found) {
        (Type::Cidr, Type::Text) => {
            finding.with_help("addresses are written without quotes: `203.0.113.0/24`")
        }
        (Type::Duration, Type::Text) => {
            finding.with_help("durations are written without quotes: `1h30m`")
        }
        (Type::Instant, Type::Text) => {
            finding.with_help("instants are written without quotes: `2025-01-31T09:00:00Z`")
        }
        (Type::Number, Type::Text) => finding.with_help("numbers are written without quotes"),
        (Type::Bool, Type::Text) => finding.with_help("write `true` or `false` without quotes"),
        (Type::Text, Type::Number | Type::Bool | Type::Cidr | Type::Instant) => {
            finding.with_help("put it in quotes")
        }
        _ => finding,
    }
}

/// As [`type_mismatch`]; a `let` of text can be given the type that is wanted.
pub(in crate::check) fn value_mismatch(
    expected: &Type,
    found: &Type,
    span: Span,
    declared: Option<Span>,
) -> Diagnostic {
    let finding = type_mismatch(expected, found, span);
    match (declared, found) {
        (Some(declared), Type::Text) if finding.help.is_none() => finding.with_label(
            declared,
            format!("to make it one, write its type: `: {}`", expected),
        ),
        (Some(declared), _) => finding.with_label(declared, "declared here"),
        (None, _) => finding,
    }
}

fn article(ty: &Type) -> String {
    let name = ty.to_string();
    match ty {
        Type::Text => "text".to_owned(),
        Type::Cidr => "an address block".to_owned(),
        Type::Organization => "an organisation".to_owned(),
        Type::Bool => "`true` or `false`".to_owned(),
        Type::Account | Type::Action | Type::Instant | Type::Arn => format!("an {name}"),
        Type::Resource(crate::types::ResourceKind::OneOf(_)) => {
            format!("a resource of type {name}")
        }
        _ => format!("a {name}"),
    }
}

pub(in crate::check) fn mixed_list(first: &Type, other: &Type, span: Span) -> Diagnostic {
    let message = format!(
        "the list begins with {} and goes on with {}",
        article(first),
        article(other)
    );
    Diagnostic::error(
        Code::TypeMismatch,
        message,
        span,
        "of another type than the members before it",
    )
}

pub(in crate::check) fn invalid_literal(error: &LiteralError, span: Span) -> Diagnostic {
    Diagnostic::error(Code::InvalidLiteral, error.message.clone(), span, "")
}

pub(in crate::check) fn character_outside_iam(c: char, span: Span) -> Diagnostic {
    let message = format!(
        "IAM cannot store the character `{}` (U+{:04X})",
        c.escape_debug(),
        u32::from(c)
    );
    Diagnostic::error(
        Code::InvalidLiteral,
        message,
        span,
        "descriptions hold U+0020 to U+00FF only",
    )
}

pub(in crate::check) fn malformed_text(
    text: &str,
    expected: &Type,
    shape: &str,
    span: Span,
) -> Diagnostic {
    let message = format!("`{text}` is not {}", article(expected));
    Diagnostic::error(
        Code::InvalidLiteral,
        message,
        span,
        format!("expected {shape}"),
    )
}

pub(in crate::check) fn malformed_id(text: &str, shape: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidId,
        format!("`{text}` is not {shape}"),
        span,
        format!("expected {shape}"),
    )
}

pub(in crate::check) fn id_missing(name: &Ident, shape: &str) -> Diagnostic {
    let message = format!("`{}` has no id", name.value);
    Diagnostic::error(
        Code::InvalidId,
        message,
        name.span,
        format!("write {shape} in quotes after the name"),
    )
}

pub(in crate::check) fn malformed_arn(text: &str, span: Span) -> Diagnostic {
    let message = format!("`{text}` is not an ARN");
    let finding = Diagnostic::error(
        Code::InvalidLiteral,
        message,
        span,
        "expected `arn:partition:service:region:account:resource`",
    );
    finding.with_help("text that is no whole ARN can be written `raw \"…\"`")
}

pub(in crate::check) fn short_arn_pattern(key: &str, text: &str, span: Span) -> Diagnostic {
    let message = format!("`{text}` is no pattern of an ARN");
    let fields = text.split(':').count();
    let wanted = format!("`{key}` is compared field by field, and this has {fields} of the six");
    let finding = Diagnostic::error(Code::InvalidLiteral, message, span, wanted);
    let missing = 6_usize.saturating_sub(fields);
    if text.starts_with("arn:") && missing > 0 {
        let whole = format!("\"{text}{}\"", ":*".repeat(missing));
        return finding.with_help(format!("did you mean `{whole}`?"));
    }
    finding.with_help("write all six fields, `arn:aws:sns:*:*:*`, or `*` alone")
}

pub(in crate::check) fn malformed_account(text: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidLiteral,
        format!("`{text}` is not an account id"),
        span,
        "expected twelve digits",
    )
}

pub(in crate::check) fn malformed_canonical_user(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidLiteral,
        "not a canonical user id",
        span,
        "expected 64 hexadecimal digits",
    )
}

pub(in crate::check) fn malformed_service_principal(text: &str, span: Span) -> Diagnostic {
    let finding = Diagnostic::error(
        Code::InvalidLiteral,
        format!("`{text}` is not a service principal"),
        span,
        "expected something like `lambda.amazonaws.com`",
    );
    let bare = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit());
    suggest(
        finding,
        bare.then(|| format!("\"{text}.amazonaws.com\"")),
        span,
    )
}

pub(in crate::check) fn wildcard_in_principal(text: &str, span: Span) -> Diagnostic {
    let message =
        format!("`{text}` has a wildcard or variable, which IAM does not accept in a principal");
    Diagnostic::error(
        Code::WildcardInPrincipal,
        message,
        span,
        "principals are compared literally",
    )
    .with_help("allow `anyone` and narrow it: `to anyone when principal arn like \"…\"`")
}

pub(in crate::check) fn unknown_variable(
    key: &str,
    span: Span,
    near: Option<String>,
) -> Diagnostic {
    let message = format!("unknown policy variable `${{{key}}}`");
    let finding = Diagnostic::error(
        Code::InvalidVariable,
        message,
        span,
        "no condition key has this name",
    );
    match near {
        Some(near) => finding.with_help(format!("did you mean `${{{near}}}`?")),
        None => finding.with_help("a `$` that begins no variable is written `\\$`"),
    }
}

pub(in crate::check) fn variable_with_several_values(key: &str, span: Span) -> Diagnostic {
    let message = format!("`{key}` can have several values and cannot be a policy variable");
    Diagnostic::error(
        Code::InvalidVariable,
        message,
        span,
        "only keys with a single value can",
    )
}

pub(in crate::check) fn variable_before_resource(span: Span) -> Diagnostic {
    let message = "IAM replaces policy variables in the resource part of an ARN only";
    Diagnostic::error(
        Code::InvalidVariable,
        message,
        span,
        "a variable before the fifth colon never matches",
    )
}

pub(in crate::check) fn variable_in_action(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidVariable,
        "IAM replaces no policy variables in actions",
        span,
        "never matches",
    )
}

pub(in crate::check) fn variable_under_operator(
    base: crate::iam::BaseOperator,
    span: Span,
) -> Diagnostic {
    let message = format!("IAM replaces no policy variables under `{}`", base.as_str());
    Diagnostic::error(
        Code::InvalidVariable,
        message,
        span,
        "variables work in text and ARN comparisons",
    )
}

pub(in crate::check) fn empty_list(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::EmptyList,
        "compared with an empty list",
        span,
        "nothing is in it",
    )
    .with_help("leave the comparison out, or write `false`")
}

pub(in crate::check) fn list_for_single_value(key: &str, span: Span) -> Diagnostic {
    let message = format!("a request carries one value of `{key}`");
    Diagnostic::error(
        Code::TypeMismatch,
        message,
        span,
        "expected one value, found a list",
    )
}

pub(in crate::check) fn setting_twice(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateProperty,
        format!("`{key}` is set twice"),
        span,
        "set again here",
    )
}

pub(in crate::check) fn region_must_be_text(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::TypeMismatch,
        "regions of a node are written out",
        span,
        "expected text like `\"eu-west-1\"`",
    )
}
