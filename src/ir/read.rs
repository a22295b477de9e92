//! From a document that was read to its meaning.
//!
//! In: a [`Reading`], the source it lies in, and the catalogue's word on which keys have several values.
//! Out: a [`Policy`] whose texts are in the spelling of `Version` 2012-10-17 whatever the document's version:
//! where the older version has no variables, `${` is escaped. Spellings of keys stay as they are.

use super::{Condition, Match, Origin, Policy, PrincipalMatch, Statement, Test};
use crate::iam::condition::Family;
use crate::iam::document::{self, Document, Principals, Texts, VERSION};
use crate::iam::json::Extent;
use crate::iam::pattern::{Pattern, Variables, Wildcards};
use crate::iam::reader::{Reading, StatementOrigins, TestOrigin};
use crate::iam::{BaseOperator, Operator, PolicyKind};
use crate::source::{SourceId, Span};

/// What a policy is called and where its document lies.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    /// Which rules of evaluation apply to it.
    pub kind: PolicyKind,
    /// Its name in AWS.
    pub name: &'a str,
    /// The source that the document was read from.
    pub source: SourceId,
}

/// Brings a document down to its meaning. `is_multi_valued` says whether requests can carry several values of a
/// condition key.
pub fn policy(
    reading: &Reading,
    provenance: Provenance<'_>,
    is_multi_valued: impl Fn(&str) -> bool,
) -> Policy {
    let Reading { document, origins } = reading;
    let lowering = Lowering {
        spelling: Spelling::of(document),
        source: provenance.source,
        is_multi_valued,
    };
    let statements = document.statement.iter().zip(&origins.statements);
    Policy {
        kind: provenance.kind,
        name: provenance.name.to_owned(),
        statements: statements.map(|(s, o)| lowering.statement(s, o)).collect(),
        details: super::Details::default(),
        origin: lowering.origin(origins.document),
    }
}

/// How the texts of a document become those of the current version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Spelling {
    Current,
    WithoutVariables,
}

impl Spelling {
    fn of(document: &Document) -> Spelling {
        if document.version == VERSION {
            Spelling::Current
        } else {
            Spelling::WithoutVariables
        }
    }

    fn translate(self, text: &str, wildcards: Wildcards) -> String {
        match self {
            Spelling::WithoutVariables if text.contains("${") => {
                Pattern::parse(text, wildcards, Variables::Literal).to_iam(wildcards)
            }
            _ => text.to_owned(),
        }
    }
}

/// Whether `*` and `?` are wildcards in the values of an operator.
fn wildcards_of(operator: Operator) -> Wildcards {
    match operator.base {
        BaseOperator::StringLike | BaseOperator::StringNotLike => Wildcards::Active,
        base if base.family() == Family::Arn => Wildcards::Active,
        _ => Wildcards::Literal,
    }
}

struct Lowering<F> {
    spelling: Spelling,
    source: SourceId,
    is_multi_valued: F,
}

impl<F: Fn(&str) -> bool> Lowering<F> {
    fn span(&self, at: Extent) -> Span {
        Span::new(self.source, at.start as usize, at.end as usize)
    }

    fn origin(&self, at: Extent) -> Origin {
        Origin::at(self.span(at))
    }

    fn statement(&self, written: &document::Statement, origins: &StatementOrigins) -> Statement {
        let action = one_of(&written.action, &written.not_action, Texts::clone);
        let resource = one_of(&written.resource, &written.not_resource, |texts| {
            let translate = |t: &String| self.spelling.translate(t, Wildcards::Active);
            Texts(texts.0.iter().map(translate).collect())
        });
        Statement {
            sid: written.sid.clone(),
            effect: written.effect,
            principal: one_of_principals(written),
            action: action.unwrap_or_else(|| Match::any(Vec::new())),
            resource,
            condition: self.condition(written, &origins.tests),
            origin: self.origin(origins.statement),
        }
    }

    fn condition(&self, written: &document::Statement, origins: &[TestOrigin]) -> Condition {
        let entries = written
            .condition
            .iter()
            .flat_map(|(operator, keys)| keys.iter().map(move |(k, v)| (*operator, k, v)));
        let tests = entries
            .zip(origins)
            .map(|((operator, key, values), origin)| {
                Condition::Test(Test {
                    operator,
                    key: key.clone(),
                    multi_valued: (self.is_multi_valued)(key),
                    values: self.values(operator, values),
                    span: Some(self.span(origin.at)),
                })
            });
        Condition::all(tests)
    }

    fn values(&self, operator: Operator, values: &Texts) -> Vec<String> {
        let wildcards = wildcards_of(operator);
        let has_variables = matches!(operator.base.family(), Family::String | Family::Arn);
        let translate = |text: &String| match has_variables {
            true => self.spelling.translate(text, wildcards),
            false => text.clone(),
        };
        values.0.iter().map(translate).collect()
    }
}

fn one_of(
    plain: &Option<Texts>,
    negated: &Option<Texts>,
    translate: impl Fn(&Texts) -> Texts,
) -> Option<Match> {
    let plain = plain.as_ref().map(|t| Match::any(translate(t).0));
    plain.or_else(|| negated.as_ref().map(|t| Match::except(translate(t).0)))
}

fn one_of_principals(written: &document::Statement) -> Option<PrincipalMatch> {
    let matcher = |negated| {
        move |principals: &Principals| PrincipalMatch {
            negated,
            principals: principals.clone(),
        }
    };
    let plain = written.principal.as_ref().map(matcher(false));
    plain.or_else(|| written.not_principal.as_ref().map(matcher(true)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::reader;
    use crate::source::SourceMap;

    fn policy_of(text: &str) -> Policy {
        let source = SourceMap::default().add("p.json", text);
        let reading = reader::read(text, None).unwrap();
        let provenance = Provenance {
            kind: reader::detect_kind(&reading.document),
            name: "p",
            source,
        };
        policy(&reading, provenance, |key| key == "aws:TagKeys")
    }

    #[test]
    fn what_was_literal_in_2008_is_escaped() {
        let text = r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${a}/*",
            "Condition": {"StringLike": {"k": "${*}x*"}, "StringEquals": {"k": "$${a}"}, "Bool": {"k": true}}}}"#;
        let policy = policy_of(text);
        let statement = &policy.statements[0];
        let resource = statement.resource.as_ref().unwrap();
        assert_eq!(resource.patterns, ["arn:aws:s3:::b/${$}{a}/*"]);
        let Condition::All(tests) = &statement.condition else {
            panic!("three tests");
        };
        let values: Vec<&str> = tests
            .iter()
            .map(|t| match t {
                Condition::Test(t) => t.values[0].as_str(),
                _ => panic!("a test"),
            })
            .collect();
        assert_eq!(values, ["${$}{*}x*", "$${$}{a}", "true"]);
    }

    #[test]
    fn keeps_places_and_asks_the_catalogue() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Deny", "Principal": "*", "NotAction": ["a:b"],
            "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": ["${k}"]}}}]}"#;
        let policy = policy_of(text);
        assert_eq!(policy.kind, PolicyKind::Trust);
        let statement = &policy.statements[0];
        assert_eq!(statement.action, Match::except(vec!["a:b".to_owned()]));
        assert_eq!(statement.resource, None);
        let span = statement.origin.spans[0];
        assert!(text[span.range()].starts_with("{\"Sid\""));
        let Condition::Test(test) = &statement.condition else {
            panic!("one test");
        };
        assert!(test.multi_valued);
        assert_eq!(test.values, ["${k}"]);
        assert_eq!(
            &text[test.span.unwrap().range()],
            r#""aws:TagKeys": ["${k}"]"#
        );
    }
}
