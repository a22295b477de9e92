//! The sentences about documents that are not proved to say what their source says.

use super::Written;
use super::claim::{Difference, Verdict};
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::request::Request;

/// The finding about a document, if there is one.
pub(super) fn of(written: &Written<'_>, verdict: Verdict) -> Option<Diagnostic> {
    Some(match verdict {
        Verdict::Equal => return None,
        Verdict::Unequal(difference, witness) => {
            let what = match difference {
                Difference::AllowsMore => "allows a request that its source does not allow",
                Difference::AllowsLess => "does not allow a request that its source allows",
                Difference::DeniesMore => "denies a request that its source does not deny",
                Difference::DeniesLess => "does not deny a request that its source denies",
                Difference::NamesOthers => "names other principals than its source",
            };
            report(written, format!("`{}` {what}", written.path))
                .with_note(format!("the request: {}", sentence(&witness.request)))
        }
        Verdict::Unknown(reason) => report(
            written,
            format!(
                "`{}` could not be proved to say what its source says",
                written.path
            ),
        )
        .with_note(format!("why: {reason}")),
    })
}

/// A document that the strict reader does not take.
pub(super) fn unreadable(written: &Written<'_>, faults: &str) -> Diagnostic {
    let message = format!("`{}` would be no valid document", written.path);
    report(written, message).with_note(faults.replace('\n', " "))
}

fn report(written: &Written<'_>, message: String) -> Diagnostic {
    let found = match written.policy.origin.spans.first() {
        Some(span) => Diagnostic::error(Code::ArtefactNotProved, message, *span, ""),
        None => Diagnostic::global(Code::ArtefactNotProved, message),
    };
    found.with_help("nothing is written; this is an error of Bailiwick rather than of the source, please report it")
}

/// `alice asks for s3:GetObject on arn:… with aws:SourceIp = 203.0.113.7`
fn sentence(request: &Request) -> String {
    let mut text = format!(
        "{} asks for {} on {}",
        request.principal, request.action, request.resource
    );
    for (at, (key, values)) in request.context.iter().enumerate() {
        text += if at == 0 { " with " } else { ", " };
        text += &format!("{key} = {}", values.as_slice().join(" and "));
    }
    text
}
