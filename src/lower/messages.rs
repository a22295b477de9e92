//! The sentences of `lower`: what can be said of a program only when it is deployed.

use crate::check::hir::Block;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

pub(super) fn too_much(span: Span) -> Diagnostic {
    let message = "this unfolds to more than 200,000 values";
    Diagnostic::error(Code::TooLarge, message, span, "while this was unfolded")
        .with_help("lists and conditions that take one another in several times grow very fast")
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    let message = "names refer to one another too deeply";
    Diagnostic::error(
        Code::NestingTooDeep,
        message,
        span,
        "more than 128 levels deep here",
    )
}

pub(super) fn account_unclear(span: Span) -> Diagnostic {
    let message =
        "the permission set is assigned in several accounts, so this ARN has no one account";
    Diagnostic::error(Code::AccountUnclear, message, span, "whose?")
        .with_help("name the account, or say that any is meant: `account: *`")
}

pub(super) fn other_partition(account: &str, there: &str, here: &str, span: Span) -> Diagnostic {
    let message = format!(
        "account `{account}` is in the partition `{there}`, and this policy is for `{here}`"
    );
    Diagnostic::error(
        Code::OtherPartition,
        message,
        span,
        "nothing reaches from one partition to another",
    )
    .with_help("name an account of the same partition, or deploy this to accounts of the other")
}

/// A pattern that came by a parameter; `check` has seen those that are written out.
pub(super) fn short_arn_pattern(text: &str, key: &str, span: Span) -> Diagnostic {
    let message = format!("`{text}` is no pattern of an ARN, and is compared with `{key}` here");
    Diagnostic::error(
        Code::InvalidLiteral,
        message,
        span,
        "ARNs are compared field by field, and this has fewer than six",
    )
    .with_help("write all six fields, `arn:aws:sns:*:*:*`, or `*` alone")
}

pub(super) fn not_deployed(
    block: &Block,
    account: &str,
    elsewhere: &[&str],
    span: Span,
) -> Diagnostic {
    let message = format!(
        "{} `{}` is not deployed to `{account}`",
        block.kind.keyword().replace('_', " "),
        block.name
    );
    let finding = Diagnostic::error(Code::NotDeployed, message, span, "has no ARN there")
        .with_label(block.span, "declared here");
    match elsewhere {
        [] => finding.with_help(format!("write `deploy {}` in an account", block.name)),
        [one] => finding.with_help(format!(
            "it is deployed to `{one}`: write `{} in {one}`",
            block.name
        )),
        [first, ..] => finding.with_help(format!(
            "it is deployed to other accounts: write `{} in {first}`",
            block.name
        )),
    }
}

pub(super) fn not_one_resource(count: usize, span: Span) -> Diagnostic {
    let message = format!("a resource policy stands on one resource, these are {count}");
    Diagnostic::error(Code::TypeMismatch, message, span, "expected one resource")
        .with_help("an account with several regions makes an ARN for each: give `region: \"…\"`")
}

pub(super) fn name_clash(
    entity: &str,
    name: &str,
    account: &str,
    span: Span,
    first: Span,
) -> Diagnostic {
    let message = format!(
        "account `{account}` would have two different {} named `{name}`",
        plural(entity)
    );
    Diagnostic::error(Code::NameClash, message, span, "deployed again here")
        .with_label(first, "first deployed here")
        .with_note("IAM does not tell names apart by case")
        .with_help("give one of them another name: `as \"…\"`")
}

pub(super) fn attached_twice(name: &str, node: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is attached to `{node}` twice");
    Diagnostic::error(Code::NameClash, message, span, "attached again here")
        .with_help("give one of them another name: `as \"…\"`")
}

pub(super) fn one_name_two_policies(name: &str, span: Span, first: Span) -> Diagnostic {
    let message = format!("`{name}` means two different policies in one organisation");
    Diagnostic::error(Code::NameClash, message, span, "with other arguments here")
        .with_label(first, "first attached here")
        .with_help("give one of them another name: `as \"…\"`")
}

pub(super) fn nothing_allowed(name: &str, span: Span) -> Diagnostic {
    let message = format!("nothing at all is allowed in `{name}`");
    Diagnostic::error(
        Code::NothingAllowed,
        message,
        span,
        "`FullAWSAccess` is detached and no SCP is attached",
    )
    .with_note("a request needs an `allow` at every level from the root to the account")
}

pub(super) fn assigned_differently(set: &str, span: Span, first: Span) -> Diagnostic {
    let message = format!("`{set}` is assigned with different arguments");
    Diagnostic::error(Code::NameClash, message, span, "with these here")
        .with_label(first, "first assigned here")
        .with_note("a permission set is one document, whatever accounts it is assigned in")
}

/// Several of a kind of entity, in words.
fn plural(entity: &str) -> String {
    let words = entity.replace('_', " ");
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{words}s"),
    }
}
