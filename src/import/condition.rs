//! Tests as the language says them: `when` what has to hold, `unless` what must not.
//!
//! IAM's negated operators and `IfExists` hold when the key is absent, as `not` of the positive test does; so each is
//! the complement of a test of the language, and stands under `unless`.

use crate::catalogue::{Catalogue, KeyType};
use crate::iam::condition::Family;
use crate::iam::{BaseOperator, Effect, Qualifier};
use crate::ir::Test;

use super::key::{Subject, subject};
use super::literal::quote_text;
use super::value::{list, literals, raw_literals};

/// A test, on the side of the guard where it belongs. It stands between `and`s and `or`s without parentheses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Clause {
    /// Has to hold.
    When(String),
    /// Must not hold.
    Unless(String),
}

/// The test in the words of the language, or as it is.
pub(super) fn write(test: &Test, effect: Effect, catalogue: &Catalogue) -> Clause {
    idiom(test, effect, catalogue).unwrap_or_else(|| raw(test))
}

/// `raw StringLikeIfExists("aws:x", ["a*"])`
pub(super) fn raw(test: &Test) -> Clause {
    let values = raw_literals(test.operator.base, &test.values);
    let key = quote_text(&test.key);
    Clause::When(format!("raw {}({key}, {})", test.operator, list(&values)))
}

fn idiom(test: &Test, effect: Effect, catalogue: &Catalogue) -> Option<Clause> {
    let subject = subject(&test.key, catalogue)?;
    if test.values.is_empty() {
        return None;
    }
    match test.operator.qualifier {
        None if test.operator.base == BaseOperator::Null => presence(test, &subject, effect),
        None if subject.multi_valued => None,
        None => single(test, &subject),
        Some(_) if !subject.multi_valued => None,
        Some(qualifier) => several(test, qualifier, &subject),
    }
}

fn presence(test: &Test, subject: &Subject, effect: Effect) -> Option<Clause> {
    let words = &subject.words;
    let [value] = test.values.as_slice() else {
        return None;
    };
    match (value.to_ascii_lowercase().as_str(), effect) {
        ("false", _) => Some(Clause::When(format!("{words} present"))),
        ("true", Effect::Allow) => Some(Clause::When(format!("{words} absent"))),
        ("true", Effect::Deny) => Some(Clause::Unless(format!("{words} present"))),
        _ => None,
    }
}

fn single(test: &Test, subject: &Subject) -> Option<Clause> {
    let operator = test.operator;
    if operator.base == BaseOperator::Bool {
        return yes_or_no(test, subject);
    }
    if operator.base.is_negated() {
        return Some(Clause::Unless(compare(
            test,
            positive(operator.base)?,
            subject,
        )?));
    }
    if !operator.if_exists {
        return Some(Clause::When(compare(test, operator.base, subject)?));
    }
    if let Some(opposite) = opposite(operator.base) {
        return Some(Clause::Unless(compare(test, opposite, subject)?));
    }
    let holds = compare(test, operator.base, subject)?;
    Some(Clause::When(format!(
        "({holds} or {} absent)",
        subject.words
    )))
}

fn yes_or_no(test: &Test, subject: &Subject) -> Option<Clause> {
    let [value] = test.values.as_slice() else {
        return None;
    };
    if subject.key_type != KeyType::Bool {
        return None;
    }
    let words = &subject.words;
    let no = format!("{words} == false");
    Some(
        match (value.to_ascii_lowercase().as_str(), test.operator.if_exists) {
            ("true", false) => Clause::When(words.clone()),
            ("false", false) => Clause::When(no),
            ("true", true) => Clause::Unless(no),
            ("false", true) => Clause::Unless(words.clone()),
            _ => return None,
        },
    )
}

fn several(test: &Test, qualifier: Qualifier, subject: &Subject) -> Option<Clause> {
    let operator = test.operator;
    let negated = operator.base.is_negated();
    let base = if negated {
        positive(operator.base)?
    } else {
        operator.base
    };
    if base.family() == Family::Null || opposite(base).is_some() {
        return None;
    }
    let compared = compare(test, base, subject)?;
    match (qualifier, negated, operator.if_exists) {
        (Qualifier::ForAnyValue, false, false) => Some(Clause::When(format!("any {compared}"))),
        (Qualifier::ForAnyValue, true, false) => Some(Clause::Unless(format!("every {compared}"))),
        (Qualifier::ForAllValues, false, false) => Some(Clause::When(format!("every {compared}"))),
        (Qualifier::ForAllValues, true, false) => Some(Clause::Unless(format!("any {compared}"))),
        // An empty list of values is neither absent nor does it pass: only the operator itself says that.
        (_, _, true) => None,
    }
}

/// `source ip in [..]`, `principal tag team == "a"`
fn compare(test: &Test, base: BaseOperator, subject: &Subject) -> Option<String> {
    if base.family() != subject.key_type.family() {
        return None;
    }
    let values = literals(test.operator.base, &test.key, &test.values)?;
    let wild = test.values.iter().any(|v| v.contains(['*', '?']));
    let Subject { words, .. } = subject;
    let many = values.len() > 1;
    let values = list(&values);
    let equal = if many { "in" } else { "==" };
    use BaseOperator as B;
    Some(match base {
        B::StringEquals | B::NumericEquals | B::DateEquals => format!("{words} {equal} {values}"),
        B::StringEqualsIgnoreCase => format!("{words} {equal} {values} ignoring case"),
        B::ArnEquals if !wild => format!("{words} {equal} {values}"),
        B::StringLike | B::ArnLike | B::ArnEquals => format!("{words} like {values}"),
        B::IpAddress => format!("{words} in {values}"),
        _ if many => return None,
        B::NumericLessThanEquals if words == "mfa age" => format!("mfa within {values}"),
        B::NumericLessThan => format!("{words} < {values}"),
        B::NumericLessThanEquals | B::DateLessThanEquals => format!("{words} <= {values}"),
        B::NumericGreaterThanEquals | B::DateGreaterThanEquals => format!("{words} >= {values}"),
        B::NumericGreaterThan => format!("{words} > {values}"),
        B::DateLessThan => format!("{words} before {values}"),
        B::DateGreaterThan => format!("{words} after {values}"),
        _ => return None,
    })
}

/// The operator without its `Not`.
fn positive(base: BaseOperator) -> Option<BaseOperator> {
    use BaseOperator as B;
    Some(match base {
        B::StringNotEquals => B::StringEquals,
        B::StringNotEqualsIgnoreCase => B::StringEqualsIgnoreCase,
        B::StringNotLike => B::StringLike,
        B::NumericNotEquals => B::NumericEquals,
        B::DateNotEquals => B::DateEquals,
        B::NotIpAddress => B::IpAddress,
        B::ArnNotEquals => B::ArnEquals,
        B::ArnNotLike => B::ArnLike,
        _ => return None,
    })
}

/// The order that holds exactly when this one does not.
fn opposite(base: BaseOperator) -> Option<BaseOperator> {
    use BaseOperator as B;
    Some(match base {
        B::NumericLessThan => B::NumericGreaterThanEquals,
        B::NumericLessThanEquals => B::NumericGreaterThan,
        B::NumericGreaterThan => B::NumericLessThanEquals,
        B::NumericGreaterThanEquals => B::NumericLessThan,
        B::DateLessThan => B::DateGreaterThanEquals,
        B::DateLessThanEquals => B::DateGreaterThan,
        B::DateGreaterThan => B::DateLessThanEquals,
        B::DateGreaterThanEquals => B::DateLessThan,
        _ => return None,
    })
}
