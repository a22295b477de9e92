//! Tests in words, whose values can be told from the words around them.

use crate::iam::arn::is_account_id;
use crate::iam::condition::Family;
use crate::iam::{Arn, BaseOperator};
use crate::types::{is_org_id, is_region};

use super::value::list;

/// A test: `principal tag team == "a"`, `tls`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Phrase {
    /// `any tag key`, `tls`
    pub before: String,
    /// `== "a"`, or nothing.
    pub compared: Option<Compared>,
    /// ` ignoring case`, or nothing.
    pub after: String,
}

/// What a test compares with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Compared {
    pub verb: Verb,
    /// Literals, or the name of a parameter.
    pub values: Vec<String>,
    /// Whether the value is a parameter.
    pub parameter: bool,
    /// What the operator compares.
    pub family: Family,
}

/// The word between a key and its values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verb {
    /// `==` with one value, `in` with several.
    Equal,
    /// Any other.
    Word(&'static str),
}

/// What stands alone needs no parentheses around all of it.
pub(super) fn without_parentheses(text: &str) -> &str {
    let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    // With another inside, the first and the last need not belong together.
    inner.filter(|t| !t.contains(')')).unwrap_or(text)
}

impl Phrase {
    /// A test that compares with nothing.
    pub(super) fn bare(text: String) -> Phrase {
        Phrase {
            before: text,
            compared: None,
            after: String::new(),
        }
    }

    /// The test as it is written.
    pub(super) fn text(&self) -> String {
        match &self.compared {
            None => format!("{}{}", self.before, self.after),
            Some(compared) => format!(
                "{} {} {}{}",
                self.before,
                compared.verb(),
                list(&compared.values),
                self.after
            ),
        }
    }

    /// The test for presence that this one says too; none for `(x == "a" or x absent)`, and for `mfa within 1h`, which
    /// tests a key that has other words.
    pub(super) fn implied(&self) -> Option<String> {
        let compared = self.compared.as_ref()?;
        let is_other_key = compared.verb == Verb::Word("within");
        let is_implied = !is_other_key && !self.before.starts_with('(');
        is_implied.then(|| format!("{} present", self.before))
    }

    /// Whether it means something inside a policy with parameters only.
    pub(super) fn has_parameter(&self) -> bool {
        self.compared.as_ref().is_some_and(|c| c.parameter)
    }

    /// The test with words before and behind it.
    #[must_use]
    pub(super) fn between(self, before: &str, after: &str) -> Phrase {
        Phrase {
            before: format!("{before}{}", self.before),
            after: format!("{}{after}", self.after),
            ..self
        }
    }

    /// What a value of it is about: `team` of `principal tag team`, `prefix` of `s3:prefix`.
    pub(super) fn subject(&self) -> &str {
        let words = self.before.trim_start_matches('(');
        let words = words
            .trim_start_matches("any ")
            .trim_start_matches("every ");
        let tail = words.rsplit(['/', ':']).next().unwrap_or(words);
        ["principal tag ", "resource tag ", "request tag "]
            .iter()
            .find_map(|tagged| tail.strip_prefix(tagged))
            .unwrap_or(tail)
            .trim_matches('"')
    }
}

impl Compared {
    fn verb(&self) -> &'static str {
        match self.verb {
            Verb::Word(word) => word,
            Verb::Equal if self.values.len() == 1 => "==",
            Verb::Equal => "in",
        }
    }

    /// Whether the values are lengths of time.
    pub(super) fn is_duration(&self) -> bool {
        let is_unit = |c: char| c.is_ascii_alphabetic();
        self.family == Family::Numeric && self.values.iter().all(|v| v.ends_with(is_unit))
    }

    /// The type of a parameter that can stand for the values.
    pub(super) fn type_name(&self) -> &'static str {
        let texts = |fits: &dyn Fn(&str) -> bool| {
            let mut all = self.values.iter();
            all.all(|v| fits(v.trim_matches('"')))
        };
        match self.family {
            Family::Ip => "cidr",
            Family::Date => "instant",
            Family::Numeric if self.is_duration() => "duration",
            Family::Numeric => "number",
            Family::Bool | Family::Null => "bool",
            _ if texts(&is_region) => "region",
            _ if texts(&is_account_id) => "account",
            _ if texts(&is_org_id) => "org_id",
            _ if texts(&|v| Arn::parse(v).is_some()) => "arn",
            _ => "text",
        }
    }
}

/// The words of an operator that takes one value only, or patterns.
pub(super) fn verb_of(base: BaseOperator, wild: bool) -> Option<Verb> {
    use BaseOperator as B;
    Some(match base {
        B::StringEquals | B::StringEqualsIgnoreCase | B::NumericEquals | B::DateEquals => {
            Verb::Equal
        }
        B::ArnEquals if !wild => Verb::Equal,
        B::StringLike | B::ArnLike | B::ArnEquals => Verb::Word("like"),
        B::IpAddress => Verb::Word("in"),
        B::NumericLessThan => Verb::Word("<"),
        B::NumericLessThanEquals | B::DateLessThanEquals => Verb::Word("<="),
        B::NumericGreaterThanEquals | B::DateGreaterThanEquals => Verb::Word(">="),
        B::NumericGreaterThan => Verb::Word(">"),
        B::DateLessThan => Verb::Word("before"),
        B::DateGreaterThan => Verb::Word("after"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(before: &str, values: &[&str], family: Family) -> Phrase {
        Phrase {
            before: before.to_owned(),
            compared: Some(Compared {
                verb: Verb::Equal,
                values: values.iter().map(|v| (*v).to_owned()).collect(),
                parameter: false,
                family,
            }),
            after: String::new(),
        }
    }

    #[test]
    fn one_value_equals_and_several_are_in() {
        let one = phrase("region", &["\"eu-west-1\""], Family::String);
        assert_eq!(one.text(), "region == \"eu-west-1\"");
        let two = phrase("region", &["\"a\"", "\"b\""], Family::String).between("(", ")");
        assert_eq!(two.text(), "(region in [\"a\", \"b\"])");
    }

    #[test]
    fn parameters_have_the_type_of_the_values() {
        let types = |values: &[&str], family| {
            let phrase = phrase("x", values, family);
            phrase.compared.map_or("", |c| c.type_name())
        };
        assert_eq!(types(&["\"eu-west-1\""], Family::String), "region");
        assert_eq!(types(&["\"eu-west-1\"", "\"x\""], Family::String), "text");
        assert_eq!(types(&["\"111111111111\""], Family::String), "account");
        assert_eq!(types(&["1h", "30m"], Family::Numeric), "duration");
        assert_eq!(types(&["3"], Family::Numeric), "number");
        let role = "\"arn:aws:iam::*:role/x\"";
        assert_eq!(types(&[role], Family::Arn), "arn");
    }

    #[test]
    fn the_subject_names_a_parameter() {
        let subject = |before: &str| phrase(before, &[], Family::String).subject().to_owned();
        assert_eq!(subject("principal tag team"), "team");
        assert_eq!(subject("any tag key"), "tag key");
        assert_eq!(subject("s3:prefix"), "prefix");
        assert_eq!(subject("(aws:PrincipalTag/\"cost centre\""), "cost centre");
    }
}
