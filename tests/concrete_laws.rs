//! Laws of the concrete evaluator and of the reader, on generated input and on AWS's managed policies.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::concrete::{
    CompiledPolicy, Decision, allows_alone, evaluate, evaluate_once,
};
use bailiwick::engine::scenario::{self, is_multi_valued};
use bailiwick::engine::{Attached, Context, Principal, Request, Semantics, Values};
use bailiwick::iam::{Effect, PolicyKind, reader};
use bailiwick::ir::{self, Condition, Match, Origin, Policy, Statement};
use bailiwick::source::SourceMap;
use proptest::prelude::*;

fn read(text: &str) -> Policy {
    let reading = reader::read(text, Some(PolicyKind::ManagedPolicy)).unwrap();
    let provenance = ir::read::Provenance {
        kind: PolicyKind::ManagedPolicy,
        name: "p",
        source: SourceMap::default().add("p", ""),
    };
    ir::read::policy(&reading, provenance, is_multi_valued)
}

fn policy(statements: Vec<Statement>) -> Policy {
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: "p".to_owned(),
        statements,
        details: bailiwick::ir::Details::default(),
        origin: Origin::default(),
    }
}

fn statement(effect: Effect, action: Match, resource: Match) -> Statement {
    Statement {
        sid: None,
        effect,
        principal: None,
        action,
        resource: Some(resource),
        condition: Condition::True,
        origin: Origin::default(),
    }
}

fn request(action: &str, resource: &str) -> Request {
    Request {
        principal: Principal::parse("arn:aws:iam::111122223333:user/alice").unwrap(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        resource_account: Some("111122223333".to_owned()),
        context: Context::from_iter([("aws:SecureTransport", Values::One("true".to_owned()))]),
    }
}

fn decide(policies: &[Policy], request: &Request, semantics: &Semantics) -> Decision {
    let attached = Attached::of_identity(policies.to_vec());
    evaluate_once(&attached, request, semantics).decision
}

/// A resource pattern against an ARN, by the definition of each reading: wildcards in the first five fields
/// of the pattern may take a colon or not.
fn by_definition(pattern: &[char], text: &[char], colons: usize, reading: &str) -> bool {
    let Some((first, after)) = pattern.split_first() else {
        return text.is_empty();
    };
    let ends_field = after.first().is_none_or(|c| *c == ':');
    let crosses = colons >= 5
        || reading == "whole-string"
        || (reading == "documented" && *first == '*' && ends_field);
    let takes = |c: char| c != ':' || crosses;
    match (first, text.split_first()) {
        ('*', taken) => {
            by_definition(after, text, colons, reading)
                || taken.is_some_and(|(c, rest)| {
                    takes(*c) && by_definition(pattern, rest, colons, reading)
                })
        }
        ('?', Some((c, rest))) => takes(*c) && by_definition(after, rest, colons, reading),
        (own, Some((c, rest))) => {
            let colons = colons + usize::from(*own == ':');
            own == c && by_definition(after, rest, colons, reading)
        }
        (_, None) => false,
    }
}

fn any_statement() -> impl Strategy<Value = Statement> {
    let effect = prop_oneof![3 => Just(Effect::Allow), 1 => Just(Effect::Deny)];
    let patterns = |text: &'static str| proptest::collection::vec(text, 0..3);
    let action = (any::<bool>(), patterns("s:[ab*?]{1,2}"));
    let resource = (any::<bool>(), patterns("arn:[a*]:s:::[ab*?]{1,3}"));
    (effect, action, resource).prop_map(|(effect, action, resource)| {
        let matcher = |(negated, patterns)| Match { negated, patterns };
        statement(effect, matcher(action), matcher(resource))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn readings_of_resource_wildcards_follow_their_definitions(
        pattern in "arn(:[ab*?]{0,2}){1,6}",
        text in "arn(:[ab]{0,2}){1,7}",
    ) {
        let everything = Match::everything();
        let allow = policy(vec![statement(Effect::Allow, everything, Match::any(vec![pattern.clone()]))]);
        let chars: Vec<char> = pattern.chars().collect();
        let against: Vec<char> = text.chars().collect();
        for reading in ["documented", "segment", "whole-string"] {
            let setting = format!("resource-wildcards={reading}");
            let semantics = Semantics::parse([setting.as_str(), "short-arns=literal"]).unwrap();
            let compiled = CompiledPolicy::new(&allow, &semantics);
            let found = allows_alone(&compiled, &request("s:a", &text), &semantics);
            let expected = by_definition(&chars, &against, 0, reading);
            prop_assert_eq!(found, expected, "{} {} {}", reading, pattern, text);
        }
    }

    #[test]
    fn order_and_division_into_policies_mean_nothing(
        statements in proptest::collection::vec(any_statement(), 0..5),
        extra in any_statement(),
        action in "s:[ab]{1,2}",
        resource in "arn:aws:s:::[ab]{1,3}|\\*",
    ) {
        let semantics = Semantics::default();
        let request = request(&action, &resource);
        let whole = decide(&[policy(statements.clone())], &request, &semantics);
        let reversed = statements.iter().rev().cloned().collect();
        prop_assert_eq!(decide(&[policy(reversed)], &request, &semantics), whole);
        let divided: Vec<Policy> = statements.iter().map(|s| policy(vec![s.clone()])).collect();
        prop_assert_eq!(decide(&divided, &request, &semantics), whole);
        let extended = decide(&[policy(statements), policy(vec![extra.clone()])], &request, &semantics);
        match extra.effect {
            Effect::Allow => prop_assert!(whole != Decision::Allowed || extended == whole),
            Effect::Deny => prop_assert!(whole == Decision::Allowed || extended != Decision::Allowed),
        }
    }

    #[test]
    fn a_boundary_is_an_intersection(
        identity in proptest::collection::vec(any_statement(), 0..4),
        boundary in proptest::collection::vec(any_statement(), 0..4),
        action in "s:[ab]{1,2}",
        resource in "arn:aws:s:::[ab]{1,3}",
    ) {
        let semantics = Semantics::default();
        let request = request(&action, &resource);
        let (identity, boundary) = (policy(identity), policy(boundary));
        let alone = |p: &Policy| decide(std::slice::from_ref(p), &request, &semantics) == Decision::Allowed;
        let attached = Attached { boundary: Some(boundary.clone()), ..Attached::of_identity(vec![identity.clone()]) };
        let both = evaluate_once(&attached, &request, &semantics);
        prop_assert_eq!(both.is_allowed(), alone(&identity) && alone(&boundary));
        let level = Attached { scps: vec![vec![boundary.clone()]], ..Attached::of_identity(vec![identity]) };
        prop_assert_eq!(evaluate_once(&level, &request, &semantics).is_allowed(), both.is_allowed());
    }

    #[test]
    fn whatever_the_bytes_the_reader_ends_with_places(
        cut in 0_usize..400,
        insert in proptest::collection::vec(prop_oneof![
            any::<u8>(), proptest::sample::select(b"{}[]\",:\\u0null1e".to_vec())
        ], 0..6),
    ) {
        let text = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"S","Effect":"Allow","Principal":{"AWS":["*","111122223333"]},"Action":["s3:Get*"],"NotResource":"arn:aws:s3:::b/${aws:username, 'x'}/*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":["a",5,true]},"Null":{"a:b":"true"}}}]}"#;
        let mut bytes = text.as_bytes().to_vec();
        let at = cut.min(bytes.len());
        let end = (at + insert.len() / 2).min(bytes.len());
        bytes.splice(at..end, insert);
        for kind in [None, Some(PolicyKind::Rcp), Some(PolicyKind::Trust), Some(PolicyKind::Scp)] {
            if let Err(errors) = reader::read_bytes(&bytes, kind) {
                prop_assert!(!errors.is_empty());
                prop_assert!(errors.is_sorted_by_key(|e| (e.line, e.column)));
                for error in errors {
                    prop_assert!(error.fault.at.start <= error.fault.at.end);
                    prop_assert!(error.fault.at.start as usize <= bytes.len());
                }
            }
        }
        let mut scenario = br#"{"request":{"principal":"anonymous","action":"s3:GetObject","resource":"*"},"policies":{"resource":"#.to_vec();
        scenario.extend(bytes);
        scenario.extend(b"}}");
        let ended = scenario::run_bytes(&scenario, &Semantics::default());
        prop_assert!(ended.map_or_else(|f| !f.errors.is_empty(), |_| true));
    }
}

/// A text that a pattern matches: wildcards and variables become a letter.
fn member(pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let variable = rest.strip_prefix("${").and_then(|r| r.split_once('}'));
        rest = match variable {
            Some((_, after)) => after,
            None => &rest[c.len_utf8()..],
        };
        match c {
            _ if variable.is_some() => out.push('v'),
            '*' | '?' => out.push('w'),
            c => out.push(c),
        }
    }
    out
}

#[test]
fn managed_policies_allow_what_they_name() {
    let semantics = Semantics::default();
    let catalogue = Catalogue::embedded();
    let (mut policies, mut asked) = (0, 0);
    for name in catalogue.managed_policy_names() {
        let policy = read(&catalogue.managed_policy(name).unwrap().document_json);
        let compiled = CompiledPolicy::new(&policy, &semantics);
        let attached = Attached::of_identity(vec![compiled]);
        policies += 1;
        let denies = policy.statements.iter().any(|s| s.effect == Effect::Deny);
        for statement in &policy.statements {
            let unconditional = statement.condition == Condition::True && !statement.action.negated;
            let resource = statement.resource.as_ref().filter(|r| !r.negated);
            let (true, Some(resource)) = (unconditional && !denies, resource) else {
                continue;
            };
            for action in statement.action.patterns.iter().step_by(29) {
                for pattern in resource.patterns.iter().step_by(5) {
                    if pattern.contains("${") {
                        continue;
                    }
                    let arn = if pattern == "*" {
                        "arn:aws:s3:::b"
                    } else {
                        pattern
                    };
                    let request = Request {
                        resource_account: Some("111122223333".to_owned()),
                        ..request(&member(action), &member(arn))
                    };
                    // Other partitions, keys and roles: no identity policy suffices.
                    let alone = arn.starts_with("arn:aws:")
                        && !arn.contains(":key/")
                        && !action.starts_with("sts:");
                    let evaluation = evaluate(&attached, &request, &semantics);
                    assert!(!alone || evaluation.is_allowed(), "{name} {request:?}");
                    let once = Attached::of_identity(vec![&policy]);
                    assert_eq!(
                        evaluate_once(&once, &request, &semantics),
                        evaluation,
                        "{name}"
                    );
                    asked += 1;
                }
            }
        }
    }
    assert!(
        policies > 1_500 && asked > 5_000,
        "{policies} policies, {asked} requests"
    );
}
