//! Resources, and actions that do not go with them.

use crate::catalogue::{Action, ArnFormat, ResourceType, Service};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::Ident;
use crate::types::{ResourceTypeName, Type};

use super::{listed, shortened, suggest};

pub(in crate::check) fn missing_placeholders(
    service: &Service,
    entry: &ResourceType,
    format: &ArnFormat,
    missing: &[&String],
    span: Span,
) -> Diagnostic {
    let names: Vec<String> = missing.iter().map(|p| snake(p)).collect();
    let message = format!(
        "`{}:{}` needs {}",
        service.prefix,
        entry.name,
        listed(names.iter().map(String::as_str), "and")
    );
    Diagnostic::error(Code::WrongArguments, message, span, "argument missing")
        .with_note(format!("its ARNs look like `{}`", format.as_str()))
        .with_help("a part that may be anything is written `*`")
}

pub(in crate::check) fn argument_needs_name(
    service: &Service,
    entry: &ResourceType,
    own: &[String],
    span: Span,
) -> Diagnostic {
    let names: Vec<String> = own.iter().map(|p| snake(p)).collect();
    let message = match own.len() {
        0 => format!(
            "`{}:{}` has nothing to be named by",
            service.prefix, entry.name
        ),
        _ => format!(
            "`{}:{}` has several parts, so each is given by name",
            service.prefix, entry.name
        ),
    };
    let finding = Diagnostic::error(Code::WrongArguments, message, span, "which part is this?");
    if names.is_empty() {
        return finding.with_help(format!("write `{}:{}()`", service.prefix, entry.name));
    }
    let example: Vec<String> = names.iter().map(|n| format!("{n}: \"…\"")).collect();
    finding.with_help(format!(
        "write `{}:{}({})`",
        service.prefix,
        entry.name,
        example.join(", ")
    ))
}

pub(in crate::check) fn unknown_placeholder(
    service: &Service,
    entry: &ResourceType,
    all: &[String],
    name: &Ident,
) -> Diagnostic {
    let names: Vec<String> = all
        .iter()
        .filter(|p| *p != "Partition")
        .map(|p| snake(p))
        .collect();
    let near = crate::catalogue::suggest::nearest(&name.value, names.iter().map(String::as_str))
        .map(str::to_owned);
    let message = format!(
        "`{}:{}` has no part `{}`",
        service.prefix, entry.name, name.value
    );
    let finding = Diagnostic::error(Code::WrongArguments, message, name.span, "unknown part")
        .with_note(format!(
            "its parts are {}",
            listed(names.iter().map(String::as_str), "and")
        ));
    suggest(finding, near, name.span)
}

pub(in crate::check) fn arn_as_name(text: &str, span: Span) -> Diagnostic {
    let message = "expected a name, found a whole ARN";
    let finding = Diagnostic::error(
        Code::InvalidLiteral,
        message,
        span,
        "the ARN is made from the name",
    );
    finding.with_help(format!(
        "write `arn \"{text}\"` in place of the whole resource"
    ))
}

pub(in crate::check) fn no_such_part(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownResourceType,
        format!("`{name}` leads nowhere"),
        span,
        "one part of a resource at a time",
    )
}

pub(in crate::check) fn no_parts(ty: &Type, child: &Ident) -> Diagnostic {
    let message = format!(
        "`.{}` needs a resource of a known type, this is {ty}",
        child.value
    );
    Diagnostic::error(
        Code::UnknownResourceType,
        message,
        child.span,
        "has no parts",
    )
}

pub(in crate::check) fn unknown_child(ty: &Type, child: &Ident, names: &[String]) -> Diagnostic {
    let message = format!("{ty} has no part `{}`", child.value);
    let finding = Diagnostic::error(
        Code::UnknownResourceType,
        message,
        child.span,
        "unknown part",
    );
    if names.is_empty() {
        return finding.with_note(format!("no type's ARNs go on where those of {ty} end"));
    }
    let names: Vec<String> = names.iter().map(|n| n.replace('-', "_")).collect();
    let near = crate::catalogue::suggest::nearest(&child.value, names.iter().map(String::as_str))
        .map(str::to_owned);
    let finding = finding.with_note(format!(
        "its parts are {}",
        listed(names.iter().map(String::as_str), "and")
    ));
    suggest(finding, near, child.span)
}

pub(in crate::check) fn cannot_join(ty: &Type, span: Span) -> Diagnostic {
    let message = format!("`/` follows a resource, this is {ty}");
    Diagnostic::error(Code::TypeMismatch, message, span, "not a resource")
}

pub(in crate::check) fn policy_needs_one_resource(ty: &Type, span: Span) -> Diagnostic {
    let message = "a resource policy stands on one resource of a known type".to_owned();
    Diagnostic::error(Code::TypeMismatch, message, span, format!("this is {ty}"))
}

pub(in crate::check) fn action_does_not_act(
    service: &Service,
    action: &Action,
    types: &[&ResourceTypeName],
    (span, resources): (Span, Span),
) -> Diagnostic {
    let name = service.qualified(action);
    let given: Vec<String> = types.iter().map(ToString::to_string).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    if action.resources.is_empty() {
        let message = format!("`{name}` takes no resource");
        return Diagnostic::error(
            Code::ActionResourceMismatch,
            message,
            span,
            "only `*` grants or denies it",
        )
        .with_label(resources, format!("never matches: {}", listed(given, "or")))
        .with_help("put it in a statement of its own, `on *`");
    }
    let own: Vec<String> = action
        .resources
        .iter()
        .map(|r| format!("{}:{}", service.prefix, r.resource_type))
        .collect();
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let message = format!("`{name}` does not act on {}", listed(given, "or"));
    Diagnostic::error(
        Code::ActionResourceMismatch,
        message,
        span,
        format!("acts on {}", shortened(&own, 4)),
    )
    .with_label(resources, "never matches this action")
}

pub(in crate::check) fn pattern_does_not_act(
    pattern: &str,
    types: &[&ResourceTypeName],
    span: Span,
    resources: Span,
) -> Diagnostic {
    let given: Vec<String> = types.iter().map(ToString::to_string).collect();
    let message = format!(
        "no action of `{pattern}` acts on {}",
        listed(given.iter().map(String::as_str), "or")
    );
    Diagnostic::error(
        Code::ActionResourceMismatch,
        message,
        span,
        "never matches these resources",
    )
    .with_label(resources, "none of its actions takes these")
}

pub(in crate::check) fn resource_without_action(
    types: &[ResourceTypeName],
    span: Span,
) -> Diagnostic {
    let names: Vec<String> = types.iter().map(ToString::to_string).collect();
    let message = format!(
        "no action of the statement acts on {}",
        listed(names.iter().map(String::as_str), "or")
    );
    Diagnostic::error(
        Code::ActionResourceMismatch,
        message,
        span,
        "this resource is never asked for",
    )
}

pub(in crate::check) fn help_with_child(
    parent: &ResourceType,
    child: &ResourceType,
    extension: &str,
) -> String {
    let name = snake(&child.name);
    match extension.starts_with('/') {
        true => format!(
            "for what is in the {} write `/*` behind it, or `.{name}`",
            parent.name
        ),
        false => format!(
            "for what is in the {} write `.{name}` behind it",
            parent.name
        ),
    }
}

pub(in crate::check) fn help_with_parent(parent: &ResourceType) -> String {
    format!("name the {} itself, without what follows it", parent.name)
}

/// `TableName` as it is written in sources, `table_name`.
fn snake(placeholder: &str) -> String {
    let mut out = String::new();
    let mut previous_lower = false;
    for c in placeholder.chars() {
        if c.is_ascii_uppercase() {
            if previous_lower {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        } else if c.is_ascii_alphanumeric() {
            out.push(c);
        } else {
            out.push('_');
        }
        previous_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    out
}
