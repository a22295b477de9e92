//! Conditions: keys and comparisons that do not go together.

use crate::catalogue::KeyType;
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::BaseOperator;
use crate::source::{Span, Spanned};
use crate::syntax::ast::{Comparator, Ident};

use super::shortened;

pub(in crate::check) fn key_never_carried(
    key: &str,
    actions: &[&str],
    span: Span,
    action: Option<Span>,
) -> Diagnostic {
    let message = format!("`{key}` is never in a request of {}", shortened(actions, 3));
    let finding = Diagnostic::error(Code::KeyNeverCarried, message, span, "always absent here")
        .with_help(format!(
            "`bailiwick catalogue show {}` lists the keys that it carries",
            actions.first().unwrap_or(&"")
        ));
    match action {
        Some(action) => finding.with_label(action, "does not carry the key"),
        None => finding,
    }
}

pub(in crate::check) fn key_needs_tag(key: &str, span: Span) -> Diagnostic {
    let prefix = key.split("${").next().unwrap_or(key);
    let message = format!("`{key}` needs a name after the slash");
    Diagnostic::error(Code::UnknownKey, message, span, "which one?")
        .with_help(format!("write `{prefix}team`"))
}

pub(in crate::check) fn phrase_needs_name(words: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownKey,
        format!("`{words}` needs a name after it"),
        span,
        "which one?",
    )
    .with_help(format!("write `{words} team == \"…\"`"))
}

pub(in crate::check) fn phrase_takes_no_name(words: &str, tail: &Ident) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownKey,
        format!("`{words}` takes no name after it"),
        tail.span,
        "unexpected",
    )
}

pub(in crate::check) fn comparison_missing(key: &str, ty: KeyType, span: Span) -> Diagnostic {
    let message = format!("`{key}` is compared with nothing");
    Diagnostic::error(
        Code::OperatorMismatch,
        message,
        span,
        format!("a key of type {ty} needs a comparison"),
    )
    .with_help("to ask only whether it is there, write `… present`")
}

pub(in crate::check) fn operator_mismatch(
    key: &str,
    ty: KeyType,
    operator: &Spanned<Comparator>,
) -> Diagnostic {
    let word = comparator(operator.value);
    let message = format!("`{word}` does not compare {ty} values");
    let allowed = match ty {
        KeyType::String => "`==`, `!=`, `in`, `not in`, `like`, `not like`",
        KeyType::Arn => "`==`, `!=`, `in`, `not in`, `like`, `not like` (without `ignoring case`)",
        KeyType::Bool => "`== true`, `== false`, or the key alone",
        KeyType::Numeric => "`==`, `!=`, `in`, `<`, `<=`, `>`, `>=`, `within`",
        KeyType::Date => "`after`, `before`, `<`, `<=`, `>`, `>=`, `==`",
        KeyType::IpAddress => "`in`, `not in`, `==`, `!=`",
        KeyType::Binary => "`==`, `in`",
    };
    Diagnostic::error(
        Code::OperatorMismatch,
        message,
        operator.span,
        format!("`{key}` is {ty}"),
    )
    .with_help(format!("such a key takes {allowed}, `present`, `absent`"))
}

pub(in crate::check) fn case_is_not_ignored(key: &str, ty: KeyType, span: Span) -> Diagnostic {
    let message = format!("`ignoring case` belongs to text, and `{key}` is {ty}");
    let finding = Diagnostic::error(Code::OperatorMismatch, message, span, "leave this out");
    match ty {
        KeyType::Arn => {
            finding.with_note("IAM compares ARNs with their case, whatever the operator")
        }
        _ => finding,
    }
}

pub(in crate::check) fn quantifier_missing(key: &str, span: Span) -> Diagnostic {
    let message = format!("`{key}` can have several values: say `any` or `every`");
    Diagnostic::error(
        Code::QuantifierMismatch,
        message,
        span,
        "some value, or every value?",
    )
    .with_note("IAM leaves a plain operator on such a key unspecified")
    .with_help("`every` is also true when there is no value; `any` is not")
}

pub(in crate::check) fn quantifier_on_single_value(key: &str, span: Span) -> Diagnostic {
    let message = format!("`{key}` has one value: `any` and `every` do not apply");
    Diagnostic::error(Code::QuantifierMismatch, message, span, "leave this out")
        .with_note("`every` would be true of a request that does not carry the key at all")
}

pub(in crate::check) fn quantifier_on_presence(span: Span) -> Diagnostic {
    let message = "`present` and `absent` speak of the key, not of its values";
    Diagnostic::error(Code::QuantifierMismatch, message, span, "leave this out")
}

pub(in crate::check) fn wildcard_without_like(
    key: &str,
    base: BaseOperator,
    span: Span,
) -> Diagnostic {
    let arn = matches!(base, BaseOperator::ArnEquals);
    let message = if arn {
        format!("`==` compares `{key}` with a pattern")
    } else {
        format!(
            "`*` and `?` are plain characters under `==` and `in`, so `{key}` hardly ever equals this"
        )
    };
    Diagnostic::error(Code::WildcardWithoutLike, message, span, "a pattern?").with_help(
        "for a pattern write `like`; for the characters themselves write `\\*` and `\\?`",
    )
}

pub(in crate::check) fn misshapen_value(
    key: &str,
    text: &str,
    shape: &str,
    span: Span,
) -> Diagnostic {
    let message = format!("`{key}` is never `{text}`");
    Diagnostic::error(
        Code::InvalidLiteral,
        message,
        span,
        format!("expected {shape}"),
    )
}

pub(in crate::check) fn claim_outside_trust(span: Span) -> Diagnostic {
    let message = "`claim` speaks of the identity provider that a `trust` line names";
    Diagnostic::error(
        Code::UnknownClaim,
        message,
        span,
        "no provider is trusted here",
    )
    .with_help("elsewhere write the whole key, `token.actions.githubusercontent.com:sub`")
}

pub(in crate::check) fn claim_of_several(span: Span) -> Diagnostic {
    let message = "the line trusts several providers, so a claim would be one of each";
    Diagnostic::error(Code::UnknownClaim, message, span, "whose claim?")
        .with_help("give each provider a `trust` line of its own")
}

pub(in crate::check) fn claim_missing(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is missing among the claims");
    Diagnostic::error(
        Code::UnknownClaim,
        message,
        span,
        "without it any of them is trusted",
    )
}

pub(in crate::check) fn claims_beside_subject(span: Span) -> Diagnostic {
    let message = "`subject` is the whole claim; the others would contradict it";
    Diagnostic::error(Code::UnknownClaim, message, span, "say either")
}

pub(in crate::check) fn several_references(span: Span) -> Diagnostic {
    let message = "a token is of one branch, tag, environment or pull request";
    Diagnostic::error(Code::UnknownClaim, message, span, "say one of them")
        .with_help("to trust several, write several `trust` lines")
}

pub(in crate::check) fn unit_without_id(name: &str, span: Span, declared: Span) -> Diagnostic {
    let message = format!("`{name}` has no id, and membership is told by the id");
    Diagnostic::error(Code::InvalidId, message, span, "needs the unit's id").with_label(
        declared,
        "write the id after the name: `\"ou-ab12-11111111\"`",
    )
}

fn comparator(value: Comparator) -> &'static str {
    match value {
        Comparator::Equal => "==",
        Comparator::NotEqual => "!=",
        Comparator::In => "in",
        Comparator::NotIn => "not in",
        Comparator::Like => "like",
        Comparator::NotLike => "not like",
        Comparator::Less => "<",
        Comparator::LessEqual => "<=",
        Comparator::Greater => ">",
        Comparator::GreaterEqual => ">=",
        Comparator::After => "after",
        Comparator::Before => "before",
        Comparator::Within => "within",
        Comparator::Present => "present",
        Comparator::Absent => "absent",
    }
}
