//! Names that nothing answers to.

use crate::catalogue::Service;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{Arg, Ident};
use crate::types::Type;

use super::super::hir::Parameter;
use super::{listed, shortened, suggest};

pub(in crate::check) fn unknown_service(
    prefix: &str,
    span: Span,
    near: Option<String>,
) -> Diagnostic {
    let finding = Diagnostic::error(
        Code::UnknownService,
        format!("unknown service `{prefix}`"),
        span,
        "no service has this prefix",
    );
    suggest(finding, near, span)
}

pub(in crate::check) fn unknown_action(
    service: &Service,
    name: &Ident,
    near: Option<String>,
) -> Diagnostic {
    let message = format!("unknown action `{}:{}`", service.prefix, name.value);
    let label = format!("{} has no such action", service.title);
    let finding = Diagnostic::error(Code::UnknownAction, message, name.span, label);
    match near {
        // The right action may be another service's, then the whole selector has to change.
        Some(near) => match near.strip_prefix(&format!("{}:", service.prefix)) {
            Some(own) => {
                let own = own.to_owned();
                finding
                    .with_help(format!("did you mean `{near}`?"))
                    .with_fix(name.span, own)
            }
            None => finding.with_help(format!("did you mean `{near}`?")),
        },
        None => finding,
    }
}

pub(in crate::check) fn pattern_matches_nothing(
    service: &Service,
    pattern: &str,
    span: Span,
) -> Diagnostic {
    let message = format!("`{}:{pattern}` matches no action", service.prefix);
    let label = format!("no action of {} has a name like this", service.title);
    Diagnostic::error(Code::UnknownAction, message, span, label)
}

pub(in crate::check) fn unknown_level(level: &Ident) -> Diagnostic {
    let message = format!("unknown access level `{}`", level.value);
    Diagnostic::error(Code::UnknownAction, message, level.span, "no access level").with_help(
        format!(
            "the levels are {}",
            listed(super::super::action::LEVELS, "and")
        ),
    )
}

pub(in crate::check) fn level_is_empty(level: &Ident, of: &str) -> Diagnostic {
    let message = format!("`{}` of `{of}` is no action at all", level.value);
    Diagnostic::error(
        Code::EmptyAccessLevel,
        message,
        level.span,
        "expands to nothing",
    )
    .with_help(format!(
        "`bailiwick catalogue show {of}` lists its actions with their levels"
    ))
}

pub(in crate::check) fn level_needs_type(level: &Ident) -> Diagnostic {
    let message = format!("`{}` needs resources of a known type", level.value);
    Diagnostic::error(
        Code::LevelNeedsType,
        message,
        level.span,
        "the actions follow from the type of the resource",
    )
    .with_help(format!(
        "name the resource's type, or the service: `{}(s3)`",
        level.value
    ))
}

pub(in crate::check) fn unknown_resource_type(
    service: &Service,
    name: &Ident,
    near: Option<String>,
) -> Diagnostic {
    let message = format!("unknown resource type `{}:{}`", service.prefix, name.value);
    let label = format!("{} has no such type", service.title);
    let finding = Diagnostic::error(Code::UnknownResourceType, message, name.span, label);
    let types: Vec<&str> = service
        .resource_types
        .iter()
        .map(|t| t.name.as_str())
        .collect();
    let finding = if types.is_empty() {
        finding.with_note(format!(
            "{} has no resource types: its actions take `*` only",
            service.title
        ))
    } else {
        finding.with_note(format!("{} has {}", service.title, shortened(&types, 12)))
    };
    suggest(finding, near, name.span)
}

pub(in crate::check) fn unknown_key(name: &str, span: Span, near: Option<String>) -> Diagnostic {
    let finding = Diagnostic::error(
        Code::UnknownKey,
        format!("unknown condition key `{name}`"),
        span,
        "no request carries it",
    );
    suggest(finding, near, span)
}

pub(in crate::check) fn unknown_phrase(words: &str, span: Span) -> Diagnostic {
    let known: Vec<&str> = crate::types::PHRASES.iter().map(|p| p.words).collect();
    let near = crate::catalogue::suggest::nearest(words, known.into_iter()).map(str::to_owned);
    let finding = Diagnostic::error(
        Code::UnknownKey,
        format!("unknown phrase `{words}`"),
        span,
        "stands for no key",
    );
    suggest(finding, near, span)
}

pub(in crate::check) fn unknown_operator(operator: &Ident) -> Diagnostic {
    let near = crate::catalogue::suggest::nearest(
        &operator.value,
        crate::iam::BaseOperator::ALL.iter().map(|op| op.as_str()),
    );
    let message = format!("unknown operator `{}`", operator.value);
    let finding = Diagnostic::error(
        Code::UnknownOperator,
        message,
        operator.span,
        "IAM has no such operator",
    );
    if operator.value.eq_ignore_ascii_case("NullIfExists") {
        return finding.with_help("`Null` asks for presence itself and takes no `IfExists`");
    }
    suggest(finding, near.map(str::to_owned), operator.span)
}

pub(in crate::check) fn unknown_managed_policy(
    name: &str,
    span: Span,
    near: Option<String>,
) -> Diagnostic {
    let message = format!("AWS has no managed policy `{name}`");
    let finding = Diagnostic::error(
        Code::UnknownManagedPolicy,
        message,
        span,
        "not among AWS's managed policies",
    );
    let quoted = near.map(|n| format!("\"{n}\""));
    suggest(finding, quoted, span)
}

pub(in crate::check) fn unknown_type(name: &str, span: Span) -> Diagnostic {
    let known = Type::NAMED.map(|(name, _)| name);
    let near = crate::catalogue::suggest::nearest(name, known.into_iter()).map(str::to_owned);
    let finding = Diagnostic::error(
        Code::UnknownType,
        format!("unknown type `{name}`"),
        span,
        "no type of the language",
    )
    .with_note(format!(
        "the types are {}, and resource types like `s3:bucket`",
        listed(known, "and")
    ));
    suggest(finding, near, span)
}

/// A code that is nearly one of ours.
pub(in crate::check) fn misspelt_code(code: &Ident) -> Option<Diagnostic> {
    let known = crate::diagnostic::Code::ALL.iter().map(|c| c.as_str());
    let near = crate::catalogue::suggest::nearest(&code.value, known)?.to_owned();
    let message = format!("unknown finding `{}`", code.value);
    let finding = Diagnostic::error(
        Code::UnknownCode,
        message,
        code.span,
        "no finding has this code",
    );
    Some(suggest(finding, Some(near), code.span))
}

pub(in crate::check) fn unknown_subject(what: &Ident) -> Diagnostic {
    let kinds = ["role", "user", "group", "permission_set", "identity"];
    let message = format!("`every {}` is nobody", what.value);
    Diagnostic::error(Code::WrongKind, message, what.span, "no kind of identity")
        .with_help(format!("say {} after `every`", listed(kinds, "or")))
}

pub(in crate::check) fn unknown_audience(word: &Ident) -> Diagnostic {
    let message = format!(
        "a role is `for people` or `for workload`, not `for {}`",
        word.value
    );
    Diagnostic::error(Code::WrongKind, message, word.span, "unknown audience")
}

pub(in crate::check) fn unknown_flavour(word: &Ident) -> Diagnostic {
    let message = format!("unknown kind of OIDC provider `{}`", word.value);
    Diagnostic::error(Code::WrongKind, message, word.span, "unknown kind")
        .with_help("the kinds are `github`, `eks` and `generic`")
}

pub(in crate::check) fn unknown_trust_option(word: &Ident) -> Diagnostic {
    let message = format!("`with {}` means nothing in a trust", word.value);
    Diagnostic::error(Code::WrongKind, message, word.span, "unknown option")
        .with_help("the options are `tag_session` and `source_identity`")
}

pub(in crate::check) fn unknown_claim(claim: &Arg, allowed: &[&str]) -> Diagnostic {
    let (message, span, label) = match &claim.name {
        Some(name) => (
            format!("unknown claim `{}`", name.value),
            name.span,
            "not a claim of this provider",
        ),
        None => (
            "claims are given by name".to_owned(),
            claim.span,
            "which claim is this?",
        ),
    };
    Diagnostic::error(Code::UnknownClaim, message, span, label).with_help(format!(
        "its claims are {}; for others write `when claim NAME == \"…\"`",
        listed(allowed.iter().copied(), "and")
    ))
}

pub(in crate::check) fn wrong_kind(
    name: &str,
    found: &str,
    wanted: &str,
    span: Span,
    declared: Option<Span>,
) -> Diagnostic {
    let message = format!("`{name}` is {found}, not {wanted}");
    let finding = Diagnostic::error(Code::WrongKind, message, span, format!("expected {wanted}"));
    match declared {
        Some(declared) => finding.with_label(declared, "declared here"),
        None => finding,
    }
}

pub(in crate::check) fn principal_needs_name(wanted: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::WrongKind,
        format!("expected the name of {wanted} that is declared"),
        span,
        "not a declared name",
    )
    .with_help("one that is not declared is written `arn \"arn:aws:iam::111111111111:role/name\"`")
}

pub(in crate::check) fn parameter_is_no_condition(name: &str, ty: &Type, span: Span) -> Diagnostic {
    let message = format!("`{name}` is a parameter of type {ty}, not a condition");
    Diagnostic::error(Code::WrongKind, message, span, "expected a condition")
}

pub(in crate::check) fn unexpected_argument(
    callee: &str,
    arg: &Arg,
    parameters: &[Parameter],
    declared: Span,
) -> Diagnostic {
    let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
    let takes = if names.is_empty() {
        "takes no arguments".to_owned()
    } else {
        format!("takes {}", listed(names.iter().copied(), "and"))
    };
    let (message, span) = match &arg.name {
        Some(name) => (
            format!("`{callee}` has no parameter `{}`", name.value),
            name.span,
        ),
        None => (format!("too many arguments for `{callee}`"), arg.span),
    };
    Diagnostic::error(
        Code::WrongArguments,
        message,
        span,
        format!("`{callee}` {takes}"),
    )
    .with_label(declared, "declared here")
}

pub(in crate::check) fn argument_twice(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::WrongArguments,
        format!("`{name}` is given twice"),
        span,
        "given again here",
    )
}

pub(in crate::check) fn missing_arguments(
    callee: &str,
    names: &[&str],
    span: Span,
    declared: Span,
) -> Diagnostic {
    let message = format!("`{callee}` needs {}", listed(names.iter().copied(), "and"));
    Diagnostic::error(Code::WrongArguments, message, span, "argument missing")
        .with_label(declared, "declared here")
}
