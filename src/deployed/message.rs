//! The sentences about exports.

use super::form::Form;
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::json::Fault;
use crate::source::{SourceId, Span};

/// A document, or the export itself, is broken at a place.
pub(super) fn fault(code: Code, what: &str, fault: Fault, source: SourceId) -> Diagnostic {
    let range = fault.at.range();
    let span = Span::new(source, range.start, range.end);
    let mut message = String::new();
    for part in [what, fault.element.as_str()] {
        if !part.is_empty() {
            message.push_str(part);
            message.push_str(": ");
        }
    }
    message.push_str(&fault.message);
    let label = format!("expected {}", fault.expected);
    Diagnostic::error(code, message, span, label)
}

/// A file is something else than what was asked for.
pub(super) fn other_file(
    span: Span,
    asked: &str,
    expected: &str,
    found: Option<Form>,
) -> Diagnostic {
    let message = format!("the file is not {asked}");
    let diagnostic = |label: String| Diagnostic::error(Code::InvalidExport, &message, span, label);
    match found {
        Some(form) => {
            diagnostic(format!("this looks like {}", form.described())).with_help(form.help())
        }
        None => diagnostic(String::new()).with_help(expected),
    }
}

/// A file that should be JSON is another text.
pub(super) fn no_json(span: Span, found: Option<Form>) -> Diagnostic {
    let message = "the file is not JSON";
    let label = match found {
        Some(form) => format!("this looks like {}", form.described()),
        None => "expected `{` or `[`".to_owned(),
    };
    let help = found.map_or("what should have written it may have failed", Form::help);
    Diagnostic::error(Code::InvalidExport, message, span, label).with_help(help)
}

/// A file holds nothing.
pub(super) fn empty_file(span: Span) -> Diagnostic {
    let found = Diagnostic::error(Code::InvalidExport, "the file is empty", span, "");
    found.with_help("what should have written it may have failed")
}

/// A member that has to be there is not.
pub(super) fn missing_member(span: Span, what: &str, name: &str) -> Diagnostic {
    let message = format!("{what} has no `{name}`");
    Diagnostic::error(Code::InvalidExport, message, span, "")
}

/// A value has another type than AWS gives it.
pub(super) fn wrong_type(span: Span, name: &str, found: &str, expected: &str) -> Diagnostic {
    let message = format!("`{name}` is {found}");
    Diagnostic::error(
        Code::InvalidExport,
        message,
        span,
        format!("expected {expected}"),
    )
}

/// An ARN from which the account cannot be told.
pub(super) fn no_account(span: Span, arn: &str) -> Diagnostic {
    let message = format!("`{arn}` names no account");
    let help = "expected an ARN like `arn:aws:iam::111122223333:role/Name`";
    Diagnostic::error(Code::InvalidExport, message, span, "").with_help(help)
}

/// Something that belongs to the export was not given.
pub(super) fn incomplete(span: Span, message: String, help: &str) -> Diagnostic {
    Diagnostic::warning(Code::IncompleteExport, message, span, "").with_help(help)
}

/// An account has more of a kind than AWS lets it.
pub(super) fn too_many(span: Span, account: &str, kind: &str, most: usize) -> Diagnostic {
    let kinds = match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{kind}s"),
    };
    let message = format!(
        "account `{account}` has more than {most} {kinds}, more than AWS lets an account have; it is not read"
    );
    let help = "this is no export of one account; give each account's own";
    Diagnostic::error(Code::InvalidExport, message, span, "").with_help(help)
}

/// The same thing is there twice.
pub(super) fn listed_twice(span: Span, what: &str) -> Diagnostic {
    let message = format!("{what} is listed twice; the first is taken");
    Diagnostic::warning(Code::InvalidExport, message, span, "")
}

/// Nothing of what was asked for is there at all.
pub(super) fn nothing_found(files: &[SourceId], what: &str, help: &str) -> Diagnostic {
    let message = format!("there is no {what} to read");
    let found = match files.first() {
        Some(file) => Diagnostic::error(Code::NoDocuments, message, Span::new(*file, 0, 0), ""),
        None => Diagnostic::global(Code::NoDocuments, message),
    };
    found.with_help(help)
}

/// A policy is attached by something that is no ARN of a policy.
pub(super) fn no_policy_arn(span: Span, arn: &str) -> Diagnostic {
    let message = format!("`{arn}` is no ARN of a managed policy");
    let help = "expected an ARN like `arn:aws:iam::111122223333:policy/Name`";
    Diagnostic::error(Code::InvalidExport, message, span, "").with_help(help)
}

/// A managed policy of which no version is the default.
pub(super) fn no_default_version(span: Span, what: &str) -> Diagnostic {
    let message = format!("{what} has no default version");
    let help = "one entry of `PolicyVersionList` has `\"IsDefaultVersion\": true`";
    Diagnostic::error(Code::InvalidExport, message, span, "").with_help(help)
}

/// A value of a plan that nobody knows before apply.
pub(super) fn after_apply(span: Span, address: &str, attribute: &str) -> Diagnostic {
    let message = format!("`{address}`: `{attribute}` is known after apply");
    let help = "apply, and show the state instead: `terraform show -json > state.json`";
    Diagnostic::error(Code::UnresolvedValue, message, span, "").with_help(help)
}

/// A value of a template that the template by itself does not tell.
pub(super) fn before_deployment(span: Span, what: &str, why: &str) -> Diagnostic {
    let message = format!("{what} is left out: {why}");
    let help = "read it once it is deployed, with `--authorization-details`, or fill the value in";
    Diagnostic::error(Code::UnresolvedValue, message, span, "").with_help(help)
}

/// A value of a template that is not known, and without which the rest can be read.
pub(super) fn left_open(span: Span, what: &str, why: &str) -> Diagnostic {
    let message = format!("{what} is left out: {why}");
    let help = "add it to what is written, or give the value";
    Diagnostic::warning(Code::UnresolvedValue, message, span, "").with_help(help)
}
