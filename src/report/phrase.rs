//! Conditions, actions, resources and requests in the words of the language.
//!
//! `Bool aws:MultiFactorAuthPresent true` is `mfa`. What has no phrase keeps IAM's own names.

use std::fmt::Write;

use crate::engine::request::{Request, Values};
use crate::iam::condition::{Family, Qualifier};
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{BaseOperator, Operator};
use crate::ir::{Condition, Match, PrincipalMatch, Test};
use crate::types::{setting, words_of};

/// Lists are shown up to this many values.
const SHOWN: usize = 4;

/// Where a part stands, for parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Whole,
    Or,
    And,
    Not,
}

/// A condition; empty if it is always true.
pub fn condition(condition: &Condition) -> String {
    match condition {
        Condition::True => String::new(),
        other => part(other, Tightness::Whole),
    }
}

fn part(condition: &Condition, within: Tightness) -> String {
    match condition {
        Condition::True => "always".to_owned(),
        Condition::False => "never".to_owned(),
        Condition::Test(test) => tested(test, within),
        Condition::Not(inner) => negated(inner),
        Condition::All(parts) => joined(parts, " and ", Tightness::And, within),
        Condition::Any(parts) => joined(parts, " or ", Tightness::Or, within),
    }
}

fn joined(parts: &[Condition], word: &str, own: Tightness, within: Tightness) -> String {
    let parts: Vec<String> = parts.iter().map(|p| part(p, own)).collect();
    let text = parts.join(word);
    match within > own {
        true => format!("({text})"),
        false => text,
    }
}

/// The complement; of IAM's negated operators it is the plain comparison.
fn negated(inner: &Condition) -> String {
    let Condition::Test(test) = inner else {
        return format!("not {}", part(inner, Tightness::Not));
    };
    match test.complemented() {
        Some(plain) if plain.operator != test.operator => tested(&plain, Tightness::Not),
        _ if is_presence(test) => {
            let mut opposite = test.clone();
            let is_absent = test.values.iter().any(|v| v == "true");
            opposite.values = vec![(!is_absent).to_string()];
            tested(&opposite, Tightness::Not)
        }
        _ => format!("not {}", tested(test, Tightness::Not)),
    }
}

fn is_presence(test: &Test) -> bool {
    test.operator.base == BaseOperator::Null && test.values.len() == 1
}

fn tested(test: &Test, within: Tightness) -> String {
    if let Some(plain) = test.complemented() {
        return format!("not {}", tested(&plain, Tightness::Not));
    }
    let key = words_of(&test.key);
    if test.operator.if_exists {
        let plain = Test {
            operator: Operator {
                if_exists: false,
                ..test.operator
            },
            ..test.clone()
        };
        let text = format!("{key} absent or {}", tested(&plain, Tightness::Or));
        return match within > Tightness::Or {
            true => format!("({text})"),
            false => text,
        };
    }
    let key = match test.operator.qualifier {
        None => key,
        Some(Qualifier::ForAnyValue) => format!("any {key}"),
        Some(Qualifier::ForAllValues) => format!("every {key}"),
    };
    compared(test, &key)
}

fn compared(test: &Test, key: &str) -> String {
    use BaseOperator as B;
    let family = test.operator.base.family();
    let values = list(&test.values, |v| value(v, family));
    let is_one = test.values.len() == 1;
    let first = test.values.first().map_or("", String::as_str);
    let age = first.parse::<u64>().ok().filter(|_| is_one);
    match test.operator.base {
        B::Null if is_one => match first {
            "true" => format!("{key} absent"),
            _ => format!("{key} present"),
        },
        B::Bool if is_one && first == "true" => key.to_owned(),
        B::NumericLessThanEquals if test.key == "aws:MultiFactorAuthAge" && age.is_some() => {
            format!("mfa within {}", duration(age.unwrap_or_default()))
        }
        B::DateLessThan => format!("{key} before {values}"),
        B::DateGreaterThan => format!("{key} after {values}"),
        B::NumericLessThan => format!("{key} < {values}"),
        B::NumericLessThanEquals | B::DateLessThanEquals => format!("{key} <= {values}"),
        B::NumericGreaterThan => format!("{key} > {values}"),
        B::NumericGreaterThanEquals | B::DateGreaterThanEquals => format!("{key} >= {values}"),
        B::StringLike | B::ArnLike => format!("{key} like {values}"),
        B::IpAddress => format!("{key} in {values}"),
        B::StringEqualsIgnoreCase => format!("{} ignoring case", equal(key, &values, is_one)),
        _ => equal(key, &values, is_one),
    }
}

fn equal(key: &str, values: &str, is_one: bool) -> String {
    let word = if is_one { "==" } else { "in" };
    format!("{key} {word} {values}")
}

fn value(text: &str, family: Family) -> String {
    match family {
        Family::String | Family::Arn | Family::Binary => format!("\"{text}\""),
        _ => text.to_owned(),
    }
}

/// One value as it is, several in brackets; of many the first few.
fn list(values: &[String], show: impl Fn(&str) -> String) -> String {
    match values {
        [one] => show(one),
        many => {
            let mut shown: Vec<String> = many.iter().take(SHOWN).map(|v| show(v)).collect();
            if many.len() > SHOWN {
                shown.push(format!("… {} more", many.len() - SHOWN));
            }
            format!("[{}]", shown.join(", "))
        }
    }
}

fn duration(seconds: u64) -> String {
    match seconds {
        s if s > 0 && s.is_multiple_of(86_400) => format!("{}d", s / 86_400),
        s if s > 0 && s.is_multiple_of(3_600) => format!("{}h", s / 3_600),
        s if s > 0 && s.is_multiple_of(60) => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

/// Lists that all have to match: `a, b except c`.
pub fn matches(lists: &[Match], everything: &str) -> String {
    let plain: Vec<&Match> = lists.iter().filter(|m| !m.negated).collect();
    let except = lists.iter().filter(|m| m.negated);
    let named = |list: &Match| match list.patterns.as_slice() {
        [all] if all == "*" => everything.to_owned(),
        patterns => quoted(patterns),
    };
    let mut text = match plain.is_empty() {
        true => everything.to_owned(),
        false => plain
            .into_iter()
            .map(named)
            .collect::<Vec<_>>()
            .join(" and also "),
    };
    let except: Vec<String> = except.flat_map(|m| m.patterns.clone()).collect();
    if !except.is_empty() {
        let _ = write!(text, " except {}", quoted(&except));
    }
    text
}

fn quoted(patterns: &[String]) -> String {
    let mut shown: Vec<String> = patterns
        .iter()
        .take(SHOWN)
        .map(|p| format!("`{p}`"))
        .collect();
    if patterns.len() > SHOWN {
        shown.push(format!("{} more", patterns.len() - SHOWN));
    }
    shown.join(", ")
}

/// Who: `account Tools`, `service lambda.amazonaws.com`, `anyone`.
pub fn principals(all: &[PrincipalMatch], name: &dyn Fn(&str) -> Option<String>) -> String {
    let one = |matched: &PrincipalMatch| {
        let who = match &matched.principals {
            Principals::Everyone => "anyone".to_owned(),
            Principals::Named(list) => {
                let mut words: Vec<String> = list
                    .iter()
                    .take(SHOWN)
                    .map(|p| principal(p, name))
                    .collect();
                if list.len() > SHOWN {
                    words.push(format!("{} more", list.len() - SHOWN));
                }
                words.join(", ")
            }
        };
        match matched.negated {
            true => format!("anyone except {who}"),
            false => who,
        }
    };
    let words: Vec<String> = all.iter().map(one).collect();
    words.join(" and also ")
}

fn principal(principal: &Principal, name: &dyn Fn(&str) -> Option<String>) -> String {
    let value = &principal.value;
    match principal.kind {
        PrincipalKind::Service => format!("service `{value}`"),
        PrincipalKind::Federated => format!("federated `{value}`"),
        PrincipalKind::CanonicalUser => format!("canonical user `{value}`"),
        PrincipalKind::Aws if value == "*" => "anyone".to_owned(),
        PrincipalKind::Aws => {
            let mut fields = value.split(':');
            let account = fields.nth(4).unwrap_or(value);
            let resource = fields.next().unwrap_or("root");
            let account = name(account).unwrap_or_else(|| format!("`{account}`"));
            match resource.split_once('/') {
                None => format!("account {account}"),
                Some((kind, rest)) => format!("{kind} `{rest}` in {account}"),
            }
        }
    }
}

/// A request in one line: action, resource, and the keys that do not follow from who asks.
pub fn request(request: &Request) -> String {
    let text = format!("{} on {}", request.action, request.resource);
    text + &keys(request)
}

/// A request to assume a role in one line: who asks, in place of the role.
pub fn assumption(request: &Request) -> String {
    let text = format!("{} by {}", request.action, request.principal);
    text + &keys(request)
}

/// ` with …`, or nothing.
fn keys(request: &Request) -> String {
    let implied = request.implied_keys();
    let follows = |name: &str| {
        let has_account = request.principal.account().is_some();
        implied
            .iter()
            .any(|(key, _)| key.eq_ignore_ascii_case(name))
            || (has_account && name.eq_ignore_ascii_case("aws:PrincipalOrgID"))
    };
    let keys: Vec<String> = request
        .context
        .iter()
        .filter(|(name, _)| !follows(name))
        .map(|(name, values)| setting(name, values.as_slice(), matches!(values, Values::Many(_))))
        .collect();
    match keys.is_empty() {
        true => String::new(),
        false => format!(" with {}", keys.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(operator: &str, key: &str, values: &[&str]) -> Condition {
        Condition::Test(Test {
            operator: operator.parse().unwrap(),
            key: key.to_owned(),
            multi_valued: false,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            span: None,
        })
    }

    #[test]
    fn conditions_read_as_the_language_writes_them() {
        let mfa = test("Bool", "aws:MultiFactorAuthPresent", &["true"]);
        let office = test("IpAddress", "aws:SourceIp", &["203.0.113.0/24"]);
        let table = [
            (mfa.clone(), "mfa"),
            (mfa.clone().negate(), "not mfa"),
            (
                test("NumericLessThanEquals", "aws:MultiFactorAuthAge", &["3600"]),
                "mfa within 1h",
            ),
            (
                test("StringNotEquals", "aws:RequestedRegion", &["a", "b"]),
                "not region in [\"a\", \"b\"]",
            ),
            (
                test("StringNotEquals", "aws:RequestedRegion", &["a"]).negate(),
                "region == \"a\"",
            ),
            (
                test("Null", "sts:ExternalId", &["true"]),
                "external id absent",
            ),
            (
                test("Null", "sts:ExternalId", &["true"]).negate(),
                "external id present",
            ),
            (
                test("BoolIfExists", "aws:MultiFactorAuthPresent", &["false"]),
                "mfa absent or mfa == false",
            ),
            (
                test("StringEquals", "aws:PrincipalTag/team", &["x"]),
                "principal tag team == \"x\"",
            ),
            (
                test("ForAnyValue:StringNotEquals", "aws:TagKeys", &["x"]),
                "not every tag key == \"x\"",
            ),
            (
                Condition::all([
                    office.clone(),
                    Condition::any([mfa.clone(), office.clone()]),
                ]),
                "source ip in 203.0.113.0/24 and (mfa or source ip in 203.0.113.0/24)",
            ),
            (
                Condition::Not(Box::new(Condition::all([mfa, office]))),
                "not (mfa and source ip in 203.0.113.0/24)",
            ),
        ];
        for (written, text) in table {
            assert_eq!(condition(&written), text);
        }
        let long: Vec<String> = (0..9).map(|n| n.to_string()).collect();
        assert_eq!(list(&long, str::to_owned), "[0, 1, 2, 3, … 5 more]");
    }
}
