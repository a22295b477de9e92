//! Proofs, tests and findings as JUnit's XML, for the test pages of CI servers.
//!
//! A proof or test is a case; one that is not decided is an error, never a success. For `check` each other finding that
//! counts is a failed case of the suite `findings`.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::diagnostic::{Diagnostic, Record, Severity};
use crate::prove::{self, Detail, Item, ItemKind, Outcome};
use crate::source::SourceMap;

/// Writes what was decided, and the findings beside it.
pub fn junit(
    report: Option<&prove::Report>,
    findings: &[Diagnostic],
    sources: &SourceMap,
) -> String {
    let mut document = Report::new("bailiwick");
    let items = report.map(|r| r.items.as_slice()).unwrap_or_default();
    for (kind, name) in [(ItemKind::Proof, "proofs"), (ItemKind::Test, "tests")] {
        let of_kind: Vec<&Item> = items.iter().filter(|i| i.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let mut suite = TestSuite::new(name);
        suite.add_test_cases(of_kind.iter().map(|item| case(item, sources)));
        document.add_test_suite(suite);
    }
    let counting = findings.iter().filter(|d| d.severity > Severity::Note);
    let counting: Vec<&Diagnostic> = counting.collect();
    if !counting.is_empty() {
        let mut suite = TestSuite::new("findings");
        suite.add_test_cases(counting.iter().map(|d| finding(d, sources)));
        document.add_test_suite(suite);
    }
    // Nothing in it can be what XML does not have: the crate leaves such letters out.
    document.to_string().unwrap_or_default()
}

fn case(item: &Item, sources: &SourceMap) -> TestCase {
    let status = match item.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Failed => spoken(NonSuccessKind::Failure, &item.details, sources),
        Outcome::Undecided => spoken(NonSuccessKind::Error, &item.details, sources),
    };
    let mut case = TestCase::new(item.name.clone(), status);
    let place = item.origin.spans.first().and_then(|s| sources.locate(*s));
    if let Some((path, position)) = place {
        case.set_classname(path.trim_end_matches(".bw").replace('/', "."));
        case.extra.insert("file".into(), path.into());
        case.extra
            .insert("line".into(), position.line.to_string().into());
    }
    case
}

fn spoken(kind: NonSuccessKind, details: &[Detail], sources: &SourceMap) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    if let Some(first) = details.first() {
        status.set_message(first.message.clone());
    }
    let texts: Vec<String> = details.iter().map(|d| text(d, sources)).collect();
    status.set_description(texts.join("\n"));
    status
}

/// A detail with its request and the statements that decide, a line each.
fn text(detail: &Detail, sources: &SourceMap) -> String {
    let mut lines = vec![detail.message.clone()];
    if let Some(request) = &detail.request {
        let request = serde_json::to_string(request).unwrap_or_default();
        lines.push(format!("  the request: {request}"));
    }
    for responsible in &detail.responsible {
        let span = responsible.origin.spans.first();
        let place = span.and_then(|s| sources.locate(*s));
        let place = place.map(|(path, at)| format!(" ({path}:{})", at.line));
        lines.push(format!(
            "  {}{}",
            responsible.described(),
            place.unwrap_or_default()
        ));
    }
    for (at, hop) in detail.hops.iter().enumerate() {
        lines.push(format!("  {}. {}", at + 1, hop.message));
    }
    lines.join("\n")
}

fn finding(diagnostic: &Diagnostic, sources: &SourceMap) -> TestCase {
    let record = Record::new(diagnostic, sources);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(record.message.clone());
    status.set_type(record.code);
    let more = record.notes.iter().chain(&record.help);
    let more: Vec<&str> = more.map(String::as_str).collect();
    status.set_description(more.join("\n"));
    let name = match &record.place {
        Some(place) => format!("{} at {}:{}", record.code, place.path, place.start.line),
        None => record.code.to_owned(),
    };
    let mut case = TestCase::new(name, status);
    if let Some(place) = &record.place {
        case.set_classname(place.path.trim_end_matches(".bw").replace('/', "."));
        case.extra.insert("file".into(), place.path.as_str().into());
        case.extra
            .insert("line".into(), place.start.line.to_string().into());
    }
    case
}
