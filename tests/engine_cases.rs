//! The mini-cases of evaluation, one trial each: tests/engine/*.txt, a file a group.
//!
//! A case is a line `case NUMBER title` and lines below it. `identity`, `boundary`, `session`, `resource` and
//! `endpoint` add a statement to the one document there; `scp LEVEL` and `rcp LEVEL` to the document of a level
//! (`LEVEL.N` to its Nth); `Action` and `Resource` are `*` where a statement leaves them out. `document LAYER` puts
//! a whole document in place. `management ACCOUNT` names the management account. `under NAME=VALUE …` sets the
//! semantics from there on. `ask [ACTION RESOURCE] [as PRINCIPAL] [owner ACCOUNT] [with CONTEXT] = DECISION
//! [by LAYER …] [missing KEY …]` asks, by default as user alice; `refused TEXT` says that the scenario cannot be
//! read and that an error holds the text.

#![expect(
    clippy::disallowed_methods,
    reason = "a test harness reads its cases from the disk"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "JSON values index to null, lists are filled up before"
)]

use std::fs;
use std::path::Path;

use bailiwick::engine::Semantics;
use bailiwick::engine::scenario::{self, Failure, Outcome};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Value, json};

const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const ACTION: &str = "svc:Do";
const RESOURCE: &str = "arn:aws:svc:us-east-1:111122223333:thing/t";

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine");
    let mut trials = Vec::new();
    let mut files: Vec<_> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let group = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        for case in text.split("\ncase ").skip(1) {
            let case = case.to_owned();
            let title = case.lines().next().unwrap_or_default();
            trials.push(Trial::test(format!("{group} {title}"), move || run(&case)));
        }
    }
    assert!(trials.len() >= 130, "the cases are there");
    libtest_mimic::run(&arguments, trials).exit();
}

fn run(case: &str) -> Result<(), Failed> {
    let mut policies = json!({});
    let mut whole = Vec::new();
    let mut semantics = Semantics::default();
    let mut asked = 0;
    for line in case.lines().skip(1).filter(|l| !l.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "identity" | "boundary" | "session" | "resource" | "endpoint" => {
                add(&mut policies, word, "0", rest)?;
            }
            "scp" | "rcp" => {
                let (level, rest) = rest.split_once(' ').ok_or("no level")?;
                add(&mut policies, &format!("{word}s"), level, rest)?;
            }
            "document" => whole.push(rest.to_owned()),
            "management" => policies["management_account"] = json!(rest),
            "under" => semantics = Semantics::parse(rest.split(' ')).map_err(|e| e.to_string())?,
            "ask" => {
                asked += 1;
                ask(rest, &policies, &whole, &semantics)?;
            }
            "refused" => {
                asked += 1;
                let request = json!({"principal": ALICE, "action": ACTION, "resource": RESOURCE});
                match simulate(&request, &policies, &whole, &semantics) {
                    Ok(outcome) => return Err(format!("not refused: {outcome:?}").into()),
                    Err(failure) => holds(&failure, rest)?,
                }
            }
            _ => return Err(format!("cannot read `{line}`").into()),
        }
    }
    if asked == 0 {
        return Err("the case asks nothing".into());
    }
    Ok(())
}

fn add(policies: &mut Value, member: &str, place: &str, statement: &str) -> Result<(), Failed> {
    let mut statement: Value = serde_json::from_str(statement).map_err(|e| e.to_string())?;
    let has = |name: &str| !statement[name].is_null();
    let defaults = [("Action", "NotAction"), ("Resource", "NotResource")];
    for (plain, negated) in defaults {
        let is_trust = statement["Action"]
            .as_str()
            .is_some_and(|a| a.starts_with("sts:AssumeRole"))
            && member == "resource";
        let given = has(plain) || has(negated) || (plain == "Resource" && is_trust);
        if !given {
            statement[plain] = json!("*");
            return add(policies, member, place, &statement.to_string());
        }
    }
    let (level, document) = place.split_once('.').unwrap_or((place, "0"));
    let level: usize = level.parse().map_err(|_| "no level")?;
    let document: usize = document.parse().map_err(|_| "no document")?;
    let slot = match member {
        "identity" | "session" | "endpoint" => element(&mut policies[member], 0),
        "scps" | "rcps" => element(element(&mut policies[member], level), document),
        _ => &mut policies[member],
    };
    if slot.is_null() {
        *slot = json!({"Version": "2012-10-17", "Statement": []});
    }
    let statements = slot["Statement"].as_array_mut().ok_or("no statements")?;
    statements.push(statement);
    Ok(())
}

fn element(list: &mut Value, index: usize) -> &mut Value {
    if !list.is_array() {
        *list = json!([]);
    }
    if let Some(list) = list.as_array_mut() {
        while list.len() <= index {
            list.push(Value::Null);
        }
    }
    &mut list[index]
}

/// Puts the scenario together as text, so that whole documents stay as they were written, duplicates included.
fn simulate(
    request: &Value,
    policies: &Value,
    whole: &[String],
    semantics: &Semantics,
) -> Result<Outcome, Failure> {
    let mut members: Vec<String> = policies
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("\"{name}\": {value}"))
        .collect();
    for document in whole {
        let (layer, text) = document.split_once(' ').unwrap_or_default();
        members.push(format!("\"{layer}\": {text}"));
    }
    let policies = members.join(", ");
    let text = format!("{{\"request\": {request}, \"policies\": {{{policies}}}}}");
    scenario::run(&text, semantics)
}

fn ask(
    line: &str,
    policies: &Value,
    whole: &[String],
    semantics: &Semantics,
) -> Result<(), Failed> {
    let (question, expected) = line.rsplit_once("= ").ok_or("no `=`")?;
    let request = request_of(question.trim())?;
    let outcome = simulate(&request, policies, whole, semantics)
        .map_err(|failure| format!("{line}\nrefused: {failure:?}"))?;
    let found = serde_json::to_value(&outcome).map_err(|e| e.to_string())?;
    let mut words = expected.split(' ');
    let mut good = found["decision"] == json!(words.next().unwrap_or_default());
    let mut list = "";
    let mut by = Vec::new();
    for word in words {
        match word {
            "by" | "missing" => list = word,
            _ if list == "by" => by.push(json!(word)),
            _ => good &= outcome.missing_keys.iter().any(|key| key == word),
        }
    }
    good &= by.is_empty() || found["denied_by"] == json!(by);
    match good {
        true => Ok(()),
        false => Err(format!("asked {line}\nfound {found}").into()),
    }
}

fn request_of(question: &str) -> Result<Value, Failed> {
    let (question, context) = match question.split_once("with ") {
        Some((question, context)) => (question, context),
        None => (question, "{}"),
    };
    let context: Value = serde_json::from_str(context).map_err(|e| e.to_string())?;
    let mut request = json!({"principal": ALICE, "context": context});
    let mut words = question.split_whitespace();
    while let Some(word) = words.next() {
        let mut next = || words.next().ok_or("a word is missing");
        match word {
            "owner" => request["resource_account"] = json!(next()?),
            "as" => {
                request["principal"] = match next()? {
                    kind @ ("service" | "federated") => json!({kind: next()?}),
                    arn => json!(arn),
                }
            }
            action => {
                request["action"] = json!(action);
                request["resource"] = json!(next()?);
            }
        }
    }
    if request["action"].is_null() {
        request["action"] = json!(ACTION);
        request["resource"] = json!(RESOURCE);
    }
    Ok(request)
}

fn holds(failure: &Failure, text: &str) -> Result<(), Failed> {
    let lines: Vec<String> = failure
        .errors
        .iter()
        .map(|e| format!("{}: {}", e.element, e.message))
        .collect();
    match lines.iter().any(|line| line.contains(text)) {
        true => Ok(()),
        false => Err(format!("expected `{text}` among {lines:#?}").into()),
    }
}
