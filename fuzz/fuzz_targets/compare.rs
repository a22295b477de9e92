//! Whatever two documents say, comparing them ends, without a panic, the evaluators agree, and what is proved is not
//! contradicted by requests made of what the documents mention.

#![no_main]

#[path = "../../tests/managed/change.rs"]
#[allow(dead_code, reason = "only its dice are needed")]
mod change;
#[path = "../../tests/managed/sample.rs"]
mod sample;

use bailiwick::catalogue::{Catalogue, KeyType};
use bailiwick::engine::compare::{Relation, compare};
use bailiwick::engine::concrete::{self, CompiledPolicy};
use bailiwick::engine::question::{Asking, Subject};
use bailiwick::engine::{Request, Semantics};
use bailiwick::iam::reader;
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fn read(text: &str) -> Option<Policy> {
    let reading = reader::read(text, None).ok()?;
    let mut sources = SourceMap::default();
    let provenance = ir::read::Provenance {
        kind: reader::detect_kind(&reading.document),
        name: "fuzzed",
        source: sources.add("fuzzed.json", text),
    };
    let catalogue = Catalogue::embedded();
    Some(ir::read::policy(&reading, provenance, |key| {
        catalogue.key(key).is_some_and(|k| k.key.multi_valued)
    }))
}

/// Whether a request is one of the domain that proofs are about: keys with a type hold values of it.
fn in_domain(request: &Request) -> bool {
    let catalogue = Catalogue::embedded();
    let typed = |key: &str| {
        catalogue.key(key).is_some_and(|k| {
            matches!(
                k.key.key_type,
                KeyType::Numeric | KeyType::Date | KeyType::Bool
            )
        })
    };
    let name = request
        .action
        .split_once(':')
        .is_some_and(|(service, name)| {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            !service.is_empty() && !name.is_empty() && format!("{service}{name}").chars().all(plain)
        });
    let arn = request.resource == "*"
        || request.resource.starts_with("arn:") && request.resource.matches(':').count() >= 5;
    name && arn && !request.context.iter().any(|(key, _)| typed(key))
}

/// No request of a few dozen is allowed by one of these and not by the other where a proof says otherwise.
fn uncontradicted(left: &Policy, right: &Policy, relation: Relation) {
    let semantics = Semantics::default();
    let [one, two] = [left, right].map(|policy| CompiledPolicy::new(policy, &semantics));
    let mentioned = sample::Mentioned::by(&[left, right]);
    let mut dice = change::Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..48 {
        let request = mentioned.request(&mut dice);
        if !in_domain(&request) {
            continue;
        }
        let allowed =
            [&one, &two].map(|policy| concrete::allows_alone(policy, &request, &semantics));
        let claims = match allowed {
            [true, false] => [Relation::Narrower, Relation::Incomparable],
            [false, true] => [Relation::Wider, Relation::Incomparable],
            _ => continue,
        };
        assert!(claims.contains(&relation), "{relation}, but {request:?}");
    }
}

// Two documents, one a line.
fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let (Some(left), Some(right)) = (lines.next().and_then(read), lines.next().and_then(read))
    else {
        return;
    };
    let asking = Asking {
        steps: 50_000,
        ..Asking::new(Catalogue::embedded())
    };
    let found = compare(
        &Subject::document(&left),
        &Subject::document(&right),
        &asking,
    );
    let reason = found.reason.unwrap_or_default();
    assert!(!reason.starts_with("internal error"), "{reason}");
    if found.relation != Relation::Unknown {
        uncontradicted(&left, &right, found.relation);
    }
});
