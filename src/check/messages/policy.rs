//! Declarations, and what the kinds of policy cannot carry.

use std::ops::RangeInclusive;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::ast::{BlockKind, Ident, Node, NodeKind};

pub(in crate::check) fn property_not_allowed(
    word: &str,
    kind: BlockKind,
    span: Span,
) -> Diagnostic {
    let message = format!("`{word}` has no place in a `{}`", kind.keyword());
    Diagnostic::error(Code::NotAllowedHere, message, span, "not allowed here")
}

pub(in crate::check) fn property_twice(word: &str, span: Span, first: Span) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateProperty,
        format!("`{word}` is said twice"),
        span,
        "said again here",
    )
    .with_label(first, "first said here")
}

pub(in crate::check) fn session_out_of_range(
    kind: BlockKind,
    range: &RangeInclusive<u64>,
    span: Span,
) -> Diagnostic {
    let show = |s: u64| {
        if s.is_multiple_of(3_600) {
            format!("{}h", s / 3_600)
        } else {
            format!("{}m", s / 60)
        }
    };
    let message = format!(
        "a {} session lasts {} to {}",
        kind.keyword().replace('_', " "),
        show(*range.start()),
        show(*range.end())
    );
    Diagnostic::error(
        Code::InvalidSession,
        message,
        span,
        "outside what AWS accepts",
    )
}

pub(in crate::check) fn description_too_long(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidName,
        "a description has at most 1,000 characters",
        span,
        "too long",
    )
}

pub(in crate::check) fn malformed_path(path: &str, span: Span) -> Diagnostic {
    let message = format!("`{path}` is not a path");
    Diagnostic::error(
        Code::InvalidName,
        message,
        span,
        "a path begins and ends with `/` and has at most 512 characters",
    )
}

pub(in crate::check) fn malformed_name(
    name: &str,
    kind: BlockKind,
    limit: usize,
    span: Span,
) -> Diagnostic {
    let message = format!(
        "`{name}` cannot be the name of a {}",
        kind.keyword().replace('_', " ")
    );
    Diagnostic::error(
        Code::InvalidName,
        message,
        span,
        match kind {
            BlockKind::Scp | BlockKind::Rcp => format!("1 to {limit} characters"),
            _ => format!("1 to {limit} of letters, digits and `+=,.@_-`"),
        },
    )
}

pub(in crate::check) fn tag_twice(key: &Ident) -> Diagnostic {
    let message = format!(
        "tag `{}` is given twice; tag keys do not tell case apart",
        key.value
    );
    Diagnostic::error(
        Code::DuplicateProperty,
        message,
        key.span,
        "given again here",
    )
}

pub(in crate::check) fn malformed_tag_key(key: &Ident) -> Diagnostic {
    let message = format!("`{}` cannot be a tag key", key.value);
    Diagnostic::error(
        Code::InvalidName,
        message,
        key.span,
        "1 to 128 characters, not beginning with `aws:`",
    )
}

pub(in crate::check) fn too_many_tags(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::InvalidName,
        "an IAM resource has at most 50 tags",
        span,
        "too many",
    )
}

pub(in crate::check) fn role_without_trust(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::RoleWithoutTrust,
        format!("nobody can assume role `{name}`"),
        span,
        "it trusts nobody",
    )
    .with_help(
        "say who may: `trust account Tools when mfa`, `trust service \"lambda.amazonaws.com\"`",
    )
}

pub(in crate::check) fn resource_policy_without_resource(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        format!("resource policy `{name}` stands on no resource"),
        span,
        "on which?",
    )
    .with_help(format!("write `resource_policy {name} on s3:bucket \"…\"`"))
}

pub(in crate::check) fn policy_without_statements(
    name: &str,
    kind: BlockKind,
    span: Span,
) -> Diagnostic {
    let message = format!("{} `{name}` says nothing", kind.keyword().replace('_', " "));
    Diagnostic::error(Code::EmptyPolicy, message, span, "no statement in it")
        .with_note("IAM accepts no document without statements")
}

pub(in crate::check) fn provider_without_url(name: &Ident) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        format!("provider `{}` has no url", name.value),
        name.span,
        "of which issuer?",
    )
    .with_help("write `url \"oidc.eks.eu-west-1.amazonaws.com/id/…\"`")
}

pub(in crate::check) fn canonical_user_in_trust(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "canonical users are S3's",
        span,
        "cannot assume a role",
    )
}

pub(in crate::check) fn principal_missing(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "a statement of a resource policy says to whom",
        span,
        "to whom?",
    )
    .with_help("write `to role …`, `to account …`, `to service \"…\"` or `to anyone`")
}

pub(in crate::check) fn principal_not_allowed(kind: BlockKind, span: Span) -> Diagnostic {
    let message = format!("a `{}` names no principal", kind.keyword());
    let why = match kind {
        BlockKind::Scp => "an SCP binds every identity of the accounts it is attached to",
        _ => "it speaks of whoever it is attached to",
    };
    Diagnostic::error(
        Code::NotAllowedHere,
        message,
        span,
        "`to …` is not allowed here",
    )
    .with_note(why)
}

pub(in crate::check) fn resource_in_trust(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "a trust policy names no resource",
        span,
        "`on …` is not allowed in a statement of a role that says `to` whom",
    )
    .with_help("it is about assuming this role; leave `on …` out")
}

pub(in crate::check) fn principal_in_rcp(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "an RCP speaks of everyone",
        span,
        "`to …` is not allowed here",
    )
    .with_help("narrow it by a condition: `unless principal in Acme`")
}

pub(in crate::check) fn allow_in_rcp(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "an RCP can only deny",
        span,
        "`allow` is not allowed here",
    )
    .with_note("AWS attaches `RCPFullAWSAccess` everywhere; RCPs take away from it")
}

pub(in crate::check) fn except_in_rcp(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "an RCP has no `NotAction`",
        span,
        "`everything` is not allowed here",
    )
    .with_help("name the services: `deny s3:*, sts:*`")
}

pub(in crate::check) fn everything_in_rcp(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "an RCP cannot deny a bare `*`",
        span,
        "name the services",
    )
}

pub(in crate::check) fn service_without_rcp(service: &str, span: Span) -> Diagnostic {
    let message = format!("RCPs do not apply to `{service}`");
    Diagnostic::error(
        Code::RcpUnsupportedService,
        message,
        span,
        "the statement would do nothing",
    )
    .with_help("an SCP binds the principals of your accounts whatever the service")
}

pub(in crate::check) fn allow_everyone_except(span: Span) -> Diagnostic {
    let message = "`allow … to everyone except` also allows anonymous callers";
    Diagnostic::warning(
        Code::AllowEveryoneExcept,
        message,
        span,
        "grants to the whole world but a few",
    )
    .with_help("allow those you mean, or deny with `everyone except`")
}

pub(in crate::check) fn except_anyone(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "`everyone except anyone` is nobody",
        span,
        "never matches",
    )
}

pub(in crate::check) fn except_nothing(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::EmptyList,
        "`except` is followed by nothing",
        span,
        "except what?",
    )
}

pub(in crate::check) fn through_include(
    finding: Diagnostic,
    statement: Span,
    include: Span,
) -> Diagnostic {
    let mut finding = finding;
    if let Some(primary) = finding.primary.take() {
        finding.primary = Some(crate::diagnostic::Label {
            span: include,
            message: "included here".to_owned(),
        });
        finding = finding.with_label(statement, primary.message);
    }
    finding
}

pub(in crate::check) fn aws_policy_on_node(name: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is an identity policy; nodes take SCPs and RCPs");
    Diagnostic::error(Code::WrongKind, message, span, "cannot be attached here")
}

pub(in crate::check) fn cannot_detach(name: &str, span: Span) -> Diagnostic {
    let finding = Diagnostic::error(
        Code::NotAllowedHere,
        format!("`{name}` cannot be detached"),
        span,
        "only `FullAWSAccess` can",
    );
    if name == "RCPFullAWSAccess" {
        return finding.with_note("AWS attaches it to every node for good");
    }
    finding.with_help("what is not attached in these sources is not attached")
}

pub(in crate::check) fn root_outside_org(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "`root` is the organisation's",
        span,
        "only directly inside `org`",
    )
}

pub(in crate::check) fn management_of_no_account(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::NotAllowedHere,
        "`management` belongs before an account",
        span,
        "not an account",
    )
}

pub(in crate::check) fn misplaced_node(child: &Node, parent: NodeKind) -> Diagnostic {
    let child_words = super::super::node_in_words(child.kind);
    let message = format!(
        "{child_words} cannot stand inside {}",
        super::super::node_in_words(parent)
    );
    Diagnostic::error(Code::NotAllowedHere, message, child.name.span, "misplaced")
}

pub(in crate::check) fn second_principal(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateProperty,
        "a test has one principal",
        span,
        "a second one",
    )
}

pub(in crate::check) fn test_without_principal(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::IncompleteTest,
        format!("test `{name}` does not say who asks"),
        span,
        "no `given`",
    )
    .with_help("begin it with `given role …`")
}

pub(in crate::check) fn test_without_expectation(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::IncompleteTest,
        format!("test `{name}` expects nothing"),
        span,
        "no `can` or `cannot`",
    )
}

pub(in crate::check) fn waiver_without_reason(span: Span) -> Diagnostic {
    Diagnostic::error(
        Code::WaiverWithoutReason,
        "a waiver needs a reason",
        span,
        "empty",
    )
}
