//! What a scenario ends in, as it is written.

use serde::Serialize;

use crate::engine::concrete::{Deciding, Decision, Evaluation, Layer};
use crate::iam::Effect;
use crate::iam::json::{ReadError, Value};

/// The result of a scenario.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Outcome {
    /// The scenario's own, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<serde_json::Value>,
    /// What becomes of the request.
    pub decision: Decision,
    /// Who denies it, or does not allow it.
    pub denied_by: Vec<Layer>,
    /// The statements that decided.
    pub statements: Vec<StatementRef>,
    /// Keys that were asked for and not given.
    pub missing_keys: Vec<String>,
    /// Settings that would have changed the decision; not written if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Alternative>,
}

/// A statement that decided, by its place in the scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StatementRef {
    /// Under which member of `policies` its document stands.
    pub layer: Layer,
    /// The level, for SCPs and RCPs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<usize>,
    /// The document's index there, from 0.
    pub document: usize,
    /// The statement's index in the document, from 0.
    pub statement: usize,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// The line of the scenario in which it begins.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A choice of a setting under which the decision is another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Alternative {
    /// The setting.
    pub setting: &'static str,
    /// The choice.
    pub value: &'static str,
    /// The decision under it.
    pub decision: Decision,
}

/// What is written in place of a result for a scenario that cannot be read.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Failure {
    /// The scenario's own, if it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<serde_json::Value>,
    /// What is wrong, in the order of the text; at least one.
    pub errors: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The element, `policies.scps[0][1].Statement[2].Action`; empty for the text as a whole.
    pub element: String,
    /// What is wrong.
    pub message: String,
    /// What was expected.
    pub expected: String,
}

impl Outcome {
    pub(super) fn new(
        id: Option<Value>,
        evaluation: Evaluation,
        depends_on: Vec<Alternative>,
        place: impl Fn(usize) -> (usize, usize),
    ) -> Outcome {
        let statements = evaluation.statements.into_iter();
        Outcome {
            id: id.map(id_as_json),
            decision: evaluation.decision,
            denied_by: evaluation.denied_by,
            statements: statements.map(|s| StatementRef::new(s, &place)).collect(),
            missing_keys: evaluation.missing_keys,
            depends_on,
        }
    }
}

impl StatementRef {
    fn new(deciding: Deciding, place: impl Fn(usize) -> (usize, usize)) -> StatementRef {
        let start = deciding.origin.spans.first().map_or(0, |s| s.range().start);
        let (line, column) = place(start);
        StatementRef {
            layer: deciding.layer,
            level: matches!(deciding.layer, Layer::Scp | Layer::Rcp).then_some(deciding.level),
            document: deciding.document,
            statement: deciding.statement,
            sid: deciding.sid,
            effect: deciding.effect,
            line,
            column,
        }
    }
}

impl Failure {
    /// `first_line` is the line of a larger file at which the text begins.
    pub(super) fn new(id: Option<Value>, errors: Vec<ReadError>, first_line: usize) -> Failure {
        let problem = |error: ReadError| Problem {
            line: error.line + first_line - 1,
            column: error.column,
            element: error.fault.element,
            message: error.fault.message,
            expected: error.fault.expected,
        };
        Failure {
            id: id.map(id_as_json),
            errors: errors.into_iter().map(problem).collect(),
        }
    }
}

/// Ids are text or numbers, and come back as they were written.
fn id_as_json(id: Value) -> serde_json::Value {
    match id {
        Value::Number(text) => serde_json::from_str(&text).unwrap_or(text.into()),
        Value::Text(text) => text.into(),
        _ => serde_json::Value::Null,
    }
}
