//! How the cost of comparing two policies grows with what is in them: `cargo bench --bench growth`, one table.
//!
//! Each family is a policy of `n` of something, held against the same without one of them: one direction is a proof,
//! the other a refutation. The whole also denies something else, so that the proof has to be found: without that, what
//! both say in the same words is left out of the question beforehand (`engine::slice`). `n` doubles until a direction takes longer than [`PATIENCE`]. Names after `--` choose
//! families. Each family runs in a process of its own, so that its peak of memory is its own.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a benchmark over documents it makes itself; the kernel tells the peak of memory in a file"
)]

#[path = "support/document.rs"]
mod document;

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use bailiwick::catalogue::{Catalogue, Service};
use bailiwick::engine::question::{Asking, Finding, Reason, Subject, implies};
use bailiwick::iam::PolicyKind;
use bailiwick::ir::Policy;
use serde_json::{Value, json};

/// No further doubling after a direction that takes longer.
const PATIENCE: Duration = Duration::from_millis(120);

/// The sizes.
const SIZES: [usize; 10] = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/// A policy of so many things, without the one of this number.
type Make = fn(usize, Option<usize>) -> Value;

/// What grows, in the words of the table.
const FAMILIES: [(&str, Make); 12] = [
    ("statements", statements),
    ("denies", denies),
    ("actions", actions),
    ("resources", resources),
    ("globs", globs),
    ("question-marks", question_marks),
    ("values", values),
    ("addresses", addresses),
    ("keys", keys),
    ("keys-apart", keys_apart),
    ("variables", variables),
    ("clauses", clauses),
];

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = chosen.as_slice()
        && flag == "--family"
    {
        let found = FAMILIES.iter().find(|(family, _)| family == name);
        return found
            .into_iter()
            .for_each(|(family, make)| row(family, *make));
    }
    let heads: Vec<String> = SIZES.iter().map(|n| format!("{n:>8}")).collect();
    println!(
        "{:<15} direction {} exponent  memory",
        "n of",
        heads.concat()
    );
    let wanted = |name: &str| {
        let mut names = chosen.iter().filter(|c| !c.starts_with('-')).peekable();
        names.peek().is_none() || names.any(|c| c == name)
    };
    for (name, _) in FAMILIES.iter().filter(|(name, _)| wanted(name)) {
        let own = std::env::current_exe().unwrap();
        let mut child = Command::new(own);
        let status = child.args(["--family", name]).status().unwrap();
        assert!(status.success(), "{name}");
    }
}

/// Two lines of the table: the whole within itself without one, and back.
fn row(name: &str, make: Make) {
    let mut directions = [Vec::new(), Vec::new()];
    for n in SIZES {
        let read = |d: &Value| document::read(&d.to_string(), PolicyKind::ManagedPolicy);
        let (whole, less) = (read(&guarded(make(n, None))), read(&make(n, Some(n / 2))));
        let pairs = [(&whole, &less), (&less, &whole)];
        let measured: Vec<Measure> = pairs.iter().map(|(a, b)| measure(a, b)).collect();
        let slow = measured.iter().any(|m| m.time > PATIENCE);
        for (all, one) in directions.iter_mut().zip(measured) {
            all.push(one);
        }
        if slow {
            break;
        }
    }
    let peak = peak();
    for (direction, measured) in ["whole ⊆ less", "less ⊆ whole"].iter().zip(directions) {
        let cells: String = SIZES
            .iter()
            .enumerate()
            .map(|(i, _)| cell(measured.get(i)))
            .collect();
        let exponent = exponent(&measured);
        println!("{name:<15} {direction}{cells} {exponent:>8} {peak:>6}M");
    }
}

/// What one question took.
struct Measure {
    time: Duration,
    verdict: &'static str,
}

/// The least of several times, of long ones of five.
fn measure(left: &Policy, right: &Policy) -> Measure {
    let asking = Asking::new(Catalogue::embedded());
    let (left, right) = (Subject::document(left), Subject::document(right));
    let begin = Instant::now();
    let (mut best, mut tries) = (Duration::MAX, 0);
    loop {
        tries += 1;
        let start = Instant::now();
        let finding = implies(&left, &right, &asking);
        best = best.min(start.elapsed());
        if tries >= 5 && begin.elapsed() > Duration::from_millis(200) {
            let verdict = match finding {
                Finding::Proved => "",
                Finding::Refuted(_) => "!",
                Finding::Unknown(Reason::Budget) => "?",
                Finding::Unknown(_) => "-",
            };
            return Measure {
                time: best,
                verdict,
            };
        }
    }
}

/// A time of three digits with its verdict, as wide as a column.
fn cell(measure: Option<&Measure>) -> String {
    let Some(Measure { time, verdict }) = measure else {
        return " ".repeat(8);
    };
    let nanoseconds = time.as_nanos() as f64;
    let (value, unit) = match nanoseconds {
        n if n < 1e6 => (n / 1e3, "µ"),
        n if n < 1e9 => (n / 1e6, "m"),
        n => (n / 1e9, "s"),
    };
    let text = match value {
        v if v < 10.0 => format!("{v:.2}{unit}{verdict}"),
        v if v < 100.0 => format!("{v:.1}{unit}{verdict}"),
        v => format!("{v:.0}{unit}{verdict}"),
    };
    format!("{text:>8}")
}

/// `k` of the `n^k` that the time of the last three doublings follows.
fn exponent(measured: &[Measure]) -> String {
    let decided: Vec<f64> = measured
        .iter()
        .take_while(|m| m.verdict != "?")
        .map(|m| m.time.as_secs_f64())
        .collect();
    let last = decided.len().saturating_sub(4);
    match (decided.get(last), decided.last()) {
        (Some(first), Some(end)) if decided.len() > 3 => {
            format!("{:.1}", (end / first).log2() / 3.0)
        }
        _ => String::new(),
    }
}

/// The most memory that this process has had, in megabytes; 0 where the kernel does not tell.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    kilobytes.unwrap_or_default() / 1024
}

fn document(statements: Vec<Value>) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// The document with a denial of something that none of these allow.
fn guarded(mut document: Value) -> Value {
    let deny = json!({"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "*"});
    let statements = document["Statement"].as_array_mut().unwrap();
    statements.push(deny);
    document
}

/// The numbers below `n` but one.
fn numbers(n: usize, without: Option<usize>) -> impl Iterator<Item = usize> {
    (0..n).filter(move |i| Some(*i) != without)
}

fn allow(resource: Value, condition: Value) -> Value {
    json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource, "Condition": condition})
}

fn letter(i: usize) -> char {
    ['a', 'b', 'c', 'd', 'e'].get(i % 5).copied().unwrap()
}

/// A statement for each bucket, with a condition.
fn statements(n: usize, without: Option<usize>) -> Value {
    let one = |i| {
        allow(
            json!(format!("arn:aws:s3:::b{i}/*")),
            json!({"StringLike": {"aws:PrincipalTag/t": format!("t{i}*")}}),
        )
    };
    document(numbers(n, without).map(one).collect())
}

/// Allows and denies by turns, over overlapping globs, under conditions that overlap.
fn denies(n: usize, without: Option<usize>) -> Value {
    let one = |i: usize| {
        let resource = format!("arn:aws:s3:::{}*{}/*{i}", letter(i), letter(i / 5));
        let condition = match i % 3 {
            0 => json!({"StringLike": {"aws:PrincipalTag/t": format!("{}*", letter(i))}}),
            1 => json!({"StringNotLike": {"aws:PrincipalTag/t": format!("*{}", letter(i))}}),
            _ => json!({"Bool": {"aws:SecureTransport": "true"}}),
        };
        let mut statement = allow(json!(resource), condition);
        if i % 2 == 1 {
            statement["Effect"] = json!("Deny");
        }
        statement
    };
    document(numbers(n, without).map(one).collect())
}

/// Patterns of actions, each with a bucket of its own.
fn actions(n: usize, without: Option<usize>) -> Value {
    let services = Catalogue::embedded().services();
    let of = |s: &Service| s.actions.iter().map(|a| s.qualified(a)).collect::<Vec<_>>();
    let names: Vec<String> = services.flat_map(of).collect();
    let one = |i: usize| {
        let name = names.get(i * 3 % names.len()).unwrap();
        let mut statement = allow(json!(format!("arn:aws:s3:::b{}/*", i % 7)), json!({}));
        statement["Action"] = json!([name, format!("{}*", name.get(..name.len() - 2).unwrap())]);
        statement
    };
    document(numbers(n, without).map(one).collect())
}

/// Patterns of one statement that do not overlap.
fn resources(n: usize, without: Option<usize>) -> Value {
    let all: Vec<String> = numbers(n, without)
        .map(|i| format!("arn:aws:s3:::b{i}/*"))
        .collect();
    document(vec![allow(json!(all), json!({}))])
}

/// Patterns every two of which overlap.
fn globs(n: usize, without: Option<usize>) -> Value {
    let all: Vec<String> = numbers(n, without)
        .map(|i| format!("arn:aws:s3:::*b{i}c*"))
        .collect();
    document(vec![allow(json!(all), json!({}))])
}

/// Overlapping patterns with `?`, where no short cut decides.
fn question_marks(n: usize, without: Option<usize>) -> Value {
    let all: Vec<String> = numbers(n, without)
        .map(|i| format!("arn:aws:s3:::*b?{i}c*"))
        .collect();
    document(vec![allow(json!(all), json!({}))])
}

/// Values of one condition key that overlap.
fn values(n: usize, without: Option<usize>) -> Value {
    let all: Vec<String> = numbers(n, without).map(|i| format!("*v{i}w*")).collect();
    document(vec![allow(
        json!("*"),
        json!({"StringLike": {"aws:PrincipalTag/t": all}}),
    )])
}

/// Blocks of addresses of one condition key.
fn addresses(n: usize, without: Option<usize>) -> Value {
    let all: Vec<String> = numbers(n, without)
        .map(|i| format!("10.{}.{}.0/25", i / 256, i % 256))
        .collect();
    document(vec![allow(
        json!("*"),
        json!({"IpAddress": {"aws:SourceIp": all}}),
    )])
}

/// Keys of one condition that all have to hold.
fn keys(n: usize, without: Option<usize>) -> Value {
    let all: serde_json::Map<String, Value> = numbers(n, without)
        .map(|i| (format!("aws:PrincipalTag/t{i}"), json!("v*")))
        .collect();
    document(vec![allow(json!("*"), json!({"StringLike": all}))])
}

/// A statement for each key, any of which will do.
fn keys_apart(n: usize, without: Option<usize>) -> Value {
    let one = |i| {
        allow(
            json!("*"),
            json!({"StringLike": {format!("aws:PrincipalTag/t{i}"): "v*"}}),
        )
    };
    document(numbers(n, without).map(one).collect())
}

/// Patterns with a policy variable.
fn variables(n: usize, without: Option<usize>) -> Value {
    let all: Vec<String> = numbers(n, without)
        .map(|i| format!("arn:aws:s3:::b{i}/${{aws:username}}/*"))
        .collect();
    document(vec![allow(json!(all), json!({}))])
}

/// Denies under three conditions each, over as many keys as there are denies by four: a Boolean puzzle, near where such
/// puzzles are hardest.
fn clauses(n: usize, without: Option<usize>) -> Value {
    let keys = n / 4 + 3;
    let one = |i: usize| {
        // Numbers that look like chance and are the same everywhere.
        let mut state = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut condition = json!({});
        for _ in 0..3 {
            state = (state ^ (state >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let key = format!("aws:PrincipalTag/k{}", (state >> 33) as usize % keys);
            let operator = if state & 1 == 0 {
                "StringLike"
            } else {
                "StringNotLike"
            };
            condition[operator][key] = json!("v*");
        }
        let mut statement = allow(json!("*"), condition);
        statement["Effect"] = json!("Deny");
        statement
    };
    let mut all = vec![allow(json!("*"), json!({}))];
    all.extend(numbers(n, without).map(one));
    document(all)
}
