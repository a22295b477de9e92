//! The exact complement of one test.

use super::reading::{Reading, Rendered};
use crate::iam::BaseOperator;
use crate::iam::condition::Family;
use crate::ir::Test;

/// Why a test cannot be negated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Refusal {
    /// IAM has no operator that says it.
    NoOperator,
    /// The test itself has no specified meaning: a plain comparison on a key with several values.
    PlainOnMultiValued,
    /// `Null` under `ForAnyValue:` or `ForAllValues:`.
    QualifiedNull,
    /// A value that is no number, instant, address or Boolean.
    UnreadableValue(Family),
}

/// Writes what holds exactly when the test does not, absent keys included.
pub(super) fn negate(test: &Test) -> Result<Rendered, Refusal> {
    let reading = Reading::of(test).ok_or_else(|| why_unspecified(test))?;
    match reading.complement().render(test) {
        Rendered::Inexpressible => Err(Refusal::NoOperator),
        rendered => Ok(rendered),
    }
}

fn why_unspecified(test: &Test) -> Refusal {
    let operator = test.operator;
    match operator.qualifier {
        Some(_) if operator.base == BaseOperator::Null => Refusal::QualifiedNull,
        None if test.multi_valued && operator.base != BaseOperator::Null => {
            Refusal::PlainOnMultiValued
        }
        _ => Refusal::UnreadableValue(operator.base.family()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::condition::fixtures::test;

    fn negated(text: &str) -> String {
        match negate(&test(text)) {
            Ok(Rendered::Always) => "always".to_owned(),
            Ok(Rendered::Never) => "never".to_owned(),
            Ok(Rendered::One(t)) => show(&t),
            Ok(Rendered::PresentAnd(a, b)) => format!("{} & {}", show(&a), show(&b)),
            Ok(Rendered::Inexpressible) => "inexpressible".to_owned(),
            Err(refusal) => format!("{refusal:?}"),
        }
    }

    fn show(t: &Test) -> String {
        format!("{} {} {}", t.operator, t.key, t.values.join(","))
    }

    /// Every row of "Conditions are a Boolean algebra", read in both directions, and the rows it leaves out.
    #[test]
    fn the_table_of_negations() {
        let rows = [
            ("Bool k true", "BoolIfExists k false"),
            ("StringEquals k a,b", "StringNotEquals k a,b"),
            ("StringLike k a*", "StringNotLike k a*"),
            (
                "StringEqualsIgnoreCase k a",
                "StringNotEqualsIgnoreCase k a",
            ),
            ("IpAddress k 10.0.0.0/8", "NotIpAddress k 10.0.0.0/8"),
            ("ArnLike k arn:*", "ArnNotLike k arn:*"),
            ("ArnEquals k arn:*", "ArnNotEquals k arn:*"),
            ("NumericEquals k 5,6", "NumericNotEquals k 5,6"),
            (
                "NumericLessThan k 5",
                "NumericGreaterThanEqualsIfExists k 5",
            ),
            (
                "NumericGreaterThan k 5",
                "NumericLessThanEqualsIfExists k 5",
            ),
            (
                "DateLessThan k 2025-01-01",
                "DateGreaterThanEqualsIfExists k 2025-01-01",
            ),
            ("Null k false", "Null k true"),
            (
                "ForAnyValue:StringEquals m a",
                "ForAllValues:StringNotEquals m a",
            ),
            (
                "ForAllValues:StringEquals m a",
                "ForAnyValue:StringNotEquals m a",
            ),
            ("ForAnyValue:Bool m true", "ForAllValues:Bool m false"),
            (
                "ForAnyValue:NumericLessThan m 5",
                "ForAllValues:NumericGreaterThanEquals m 5",
            ),
            (
                "ForAnyValue:IpAddress m 10.0.0.0/8",
                "ForAllValues:NotIpAddress m 10.0.0.0/8",
            ),
        ];
        for (test, negation) in rows {
            assert_eq!(negated(test), negation);
            assert_eq!(negated(negation), test);
        }
    }

    #[test]
    fn negations_that_go_one_way() {
        let rows = [
            (
                "StringEqualsIfExists k a",
                "Null k false & StringNotEquals k a",
            ),
            ("StringNotEqualsIfExists k a", "StringEquals k a"),
            (
                "IpAddressIfExists k ::/0",
                "Null k false & NotIpAddress k ::/0",
            ),
            (
                "NumericLessThan k 3,5.0,4",
                "NumericGreaterThanEqualsIfExists k 5.0",
            ),
            (
                "NumericGreaterThan k 3,5,4",
                "NumericLessThanEqualsIfExists k 3",
            ),
            (
                "ForAnyValue:StringEqualsIfExists m a",
                "Null m false & ForAllValues:StringNotEquals m a",
            ),
            ("Bool k True", "BoolIfExists k false"),
            ("Bool k true,false", "Null k true"),
            ("Null k true,false", "never"),
            ("StringEquals k", "always"),
            ("StringNotEquals k", "never"),
            ("StringEqualsIfExists k", "Null k false"),
            ("ForAllValues:StringEquals m", "Null m false"),
            ("ForAnyValue:StringEquals m", "always"),
            ("StringLike k *", "Null k true"),
            ("BinaryEquals k QQ==", "NoOperator"),
            ("BinaryEqualsIfExists k QQ==", "NoOperator"),
            ("StringEquals m a", "PlainOnMultiValued"),
            ("ForAnyValue:Null m true", "QualifiedNull"),
            ("NumericLessThan k x", "UnreadableValue(Numeric)"),
            ("DateLessThan k 2025", "UnreadableValue(Date)"),
            ("Bool k yes", "UnreadableValue(Bool)"),
            ("NotIpAddress k here", "UnreadableValue(Ip)"),
        ];
        for (test, negation) in rows {
            assert_eq!(negated(test), negation, "not ({test})");
        }
    }
}
