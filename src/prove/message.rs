//! What failed, as findings: the claim under the caret, the statements that let it through beside it.

use super::model::{Detail, Hop, Item, ItemKind, Outcome, Report, Responsible, Vacuity};
use crate::diagnostic::{Code, Diagnostic};
use crate::engine::request::Request;
use crate::iam::Effect;
use crate::source::Span;

/// A finding for each proof that does not hold, is not decided or says nothing, and for each line of a test that fails.
pub fn diagnostics(report: &Report) -> Vec<Diagnostic> {
    let of = |item: &Item| match item.outcome {
        Outcome::Passed => of_nothing(item).into_iter().collect(),
        Outcome::Failed | Outcome::Undecided => of_item(item),
    };
    report.items.iter().flat_map(of).collect()
}

fn of_nothing(item: &Item) -> Option<Diagnostic> {
    let why = match item.vacuity? {
        Vacuity::Ever => {
            "nobody of whom it speaks can ever make a request that meets its condition"
        }
        Vacuity::Today => {
            "no request of these actions carries the keys of its condition as it asks"
        }
    };
    let span = item.origin.spans.first()?;
    let message = "this holds because it is about no request";
    let found = Diagnostic::warning(Code::VacuousProof, message, *span, "");
    Some(
        found
            .with_note(why)
            .with_help("mend the condition, or leave the proof out"),
    )
}

fn of_item(item: &Item) -> Vec<Diagnostic> {
    match item.kind {
        ItemKind::Proof => of_proof(item).into_iter().collect(),
        ItemKind::Test => item.details.iter().map(|d| of_line(item, d)).collect(),
    }
}

/// One finding, however many identities it speaks of: what refutes comes first.
fn of_proof(item: &Item) -> Option<Diagnostic> {
    let refutes = |d: &&Detail| d.outcome == Outcome::Failed;
    let first = item.details.iter().find(refutes).or(item.details.first())?;
    let message = match item.outcome {
        Outcome::Failed => format!("this does not hold: {}", first.message),
        _ => format!("this is not decided: {}", first.message),
    };
    let mut found = explained(
        code(item.kind, first),
        message,
        item.origin.spans.first(),
        first,
    );
    for other in item.details.iter().filter(|d| !std::ptr::eq(*d, first)) {
        found = found.with_note(in_short(other));
    }
    Some(found)
}

/// Another identity of the same kind of finding, and the statements of its own account for it.
fn in_short(detail: &Detail) -> String {
    let who = match detail.who.as_str() {
        "" => &detail.message,
        who => who,
    };
    let shown = detail.responsible.iter().filter(|r| !is_default(r));
    let shown: Vec<String> = shown.map(Responsible::described).collect();
    match shown.is_empty() {
        true => format!("also {who}"),
        false => format!("also {who}: {}", shown.join(", ")),
    }
}

/// What AWS attaches everywhere is no news.
fn is_default(responsible: &Responsible) -> bool {
    responsible.policy == "FullAWSAccess" && responsible.origin.spans.is_empty()
}

fn of_line(item: &Item, detail: &Detail) -> Diagnostic {
    let message = match detail.outcome {
        Outcome::Undecided => format!("test `{}` cannot tell: {}", item.name, detail.message),
        _ => format!("test `{}` fails: {}", item.name, detail.message),
    };
    let at = detail.at.or(item.origin.spans.first().copied());
    explained(code(item.kind, detail), message, at.as_ref(), detail)
}

fn code(kind: ItemKind, detail: &Detail) -> Code {
    match (kind, detail.outcome) {
        (ItemKind::Proof, Outcome::Undecided) => Code::ProofUndecided,
        (ItemKind::Proof, _) => Code::ProofFailed,
        (ItemKind::Test, _) => Code::TestFailed,
    }
}

fn explained(code: Code, message: String, at: Option<&Span>, detail: &Detail) -> Diagnostic {
    let mut found = match at {
        Some(span) => Diagnostic::error(code, message, *span, ""),
        None => Diagnostic::global(code, message),
    };
    for responsible in &detail.responsible {
        found = with_statement(found, responsible);
    }
    for (at, hop) in detail.hops.iter().enumerate() {
        found = with_hop(found, at + 1, hop);
    }
    if let Some(request) = &detail.request {
        found = found.with_note(format!("the request: {}", json(request)));
    }
    found
}

fn with_statement(found: Diagnostic, responsible: &Responsible) -> Diagnostic {
    let what = match responsible.effect {
        Effect::Allow => "allows it",
        Effect::Deny => "denies it",
    };
    match responsible.origin.spans.first() {
        Some(span) => found.with_label(*span, format!("{} {what}", responsible.described())),
        None if is_default(responsible) => found,
        None => found.with_note(format!("{} {what}", responsible.described())),
    }
}

fn with_hop(found: Diagnostic, number: usize, hop: &Hop) -> Diagnostic {
    let found = found.with_note(format!("{number}. {}", hop.message));
    match hop.origin.spans.first() {
        Some(span) => found.with_label(*span, format!("lets step {number} through")),
        None => found,
    }
}

/// The request as a scenario of `bailiwick simulate` has it.
fn json(request: &Request) -> String {
    serde_json::to_string(request).unwrap_or_default()
}
