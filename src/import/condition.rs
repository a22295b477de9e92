//! Tests as the language says them: `when` what has to hold, `unless` what must not.
//!
//! IAM's negated operators and `IfExists` hold when the key is absent, as `not` of the positive test does; so each is
//! the complement of a test of the language, and stands under `unless`.

use crate::catalogue::{Catalogue, KeyType};
use crate::iam::condition::Family;
use crate::iam::{Arn, BaseOperator, Effect, Qualifier};
use crate::ir::Test;

use super::key::{Subject, subject};
use super::literal::quote_text;
use super::phrase::{Compared, Phrase, Verb, verb_of};
use super::value::{list, literals, raw_literals};

/// A test, on the side of the guard where it belongs. It stands between `and`s and `or`s without parentheses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Clause {
    /// Has to hold.
    When(Phrase),
    /// Must not hold.
    Unless(Phrase),
}

/// The test in the words of the language, or as it is.
pub(super) fn write(test: &Test, effect: Effect, catalogue: &Catalogue) -> Clause {
    idiom(test, effect, catalogue).unwrap_or_else(|| raw(test))
}

/// `raw StringLikeIfExists("aws:x", ["a*"])`
pub(super) fn raw(test: &Test) -> Clause {
    let values = raw_literals(test.operator.base, &test.values);
    let key = quote_text(&test.key);
    when(format!("raw {}({key}, {})", test.operator, list(&values)))
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
        ("false", _) => Some(when(format!("{words} present"))),
        ("true", Effect::Allow) => Some(when(format!("{words} absent"))),
        ("true", Effect::Deny) => Some(unless(format!("{words} present"))),
        _ => None,
    }
}

fn single(test: &Test, subject: &Subject) -> Option<Clause> {
    let operator = test.operator;
    if let Some(clause) = any_value(test, subject) {
        return Some(clause);
    }
    if operator.base == BaseOperator::Bool {
        return yes_or_no(test, subject);
    }
    if operator.base.is_negated() {
        return Some(Clause::Unless(compare(
            test,
            operator.base.positive()?,
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
    let absent = format!(" or {} absent)", subject.words);
    Some(Clause::When(holds.between("(", &absent)))
}

/// A pattern that every text fits asks whether there is one.
fn any_value(test: &Test, subject: &Subject) -> Option<Clause> {
    let matches_all = test.values.iter().any(|v| v == "*");
    let is_text = subject.key_type == KeyType::String;
    if !matches_all || !is_text || test.operator.if_exists {
        return None;
    }
    let present = format!("{} present", subject.words);
    match test.operator.base {
        BaseOperator::StringLike => Some(when(present)),
        BaseOperator::StringNotLike => Some(unless(present)),
        _ => None,
    }
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
            ("true", false) => when(words.clone()),
            ("false", false) => when(no),
            ("true", true) => unless(no),
            ("false", true) => unless(words.clone()),
            _ => return None,
        },
    )
}

fn several(test: &Test, qualifier: Qualifier, subject: &Subject) -> Option<Clause> {
    let operator = test.operator;
    let negated = operator.base.is_negated();
    let base = if negated {
        operator.base.positive()?
    } else {
        operator.base
    };
    if base.family() == Family::Null || opposite(base).is_some() {
        return None;
    }
    let compared = compare(test, base, subject)?;
    let any = |compared: Phrase| compared.between("any ", "");
    let every = |compared: Phrase| compared.between("every ", "");
    match (qualifier, negated, operator.if_exists) {
        (Qualifier::ForAnyValue, false, false) => Some(Clause::When(any(compared))),
        (Qualifier::ForAnyValue, true, false) => Some(Clause::Unless(every(compared))),
        (Qualifier::ForAllValues, false, false) => Some(Clause::When(every(compared))),
        (Qualifier::ForAllValues, true, false) => Some(Clause::Unless(any(compared))),
        // An empty list of values is neither absent nor does it pass: only the operator itself says that.
        (_, _, true) => None,
    }
}

/// `source ip in [..]`, `principal tag team == "a"`
fn compare(test: &Test, base: BaseOperator, subject: &Subject) -> Option<Phrase> {
    let family = base.family();
    if family != subject.key_type.family() {
        return None;
    }
    let values = literals(test.operator.base, &test.key, &test.values)?;
    let wild = test.values.iter().any(|v| v.contains(['*', '?']));
    let plain = !wild && !test.values.iter().any(|v| v.contains("${"));
    let base = if plain {
        exact(base, &test.values)
    } else {
        base
    };
    let verb = verb_of(base, wild)?;
    if values.len() > 1 && opposite(base).is_some() {
        return None;
    }
    use BaseOperator as B;
    let (words, verb) = match base {
        B::NumericLessThanEquals if subject.words == "mfa age" => ("mfa", Verb::Word("within")),
        _ => (subject.words.as_str(), verb),
    };
    let after = match base {
        B::StringEqualsIgnoreCase => " ignoring case",
        _ => "",
    };
    Some(Phrase {
        before: words.to_owned(),
        compared: Some(Compared {
            verb,
            values,
            parameter: false,
            family,
        }),
        after: after.to_owned(),
    })
}

/// Without wildcards a pattern is the text itself.
fn exact(base: BaseOperator, values: &[String]) -> BaseOperator {
    match base {
        BaseOperator::StringLike => BaseOperator::StringEquals,
        BaseOperator::ArnLike if values.iter().all(|v| Arn::parse(v).is_some()) => {
            BaseOperator::ArnEquals
        }
        other => other,
    }
}

fn when(text: String) -> Clause {
    Clause::When(Phrase::bare(text))
}

fn unless(text: String) -> Clause {
    Clause::Unless(Phrase::bare(text))
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
