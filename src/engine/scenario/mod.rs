//! Scenarios: a request and the policies that bear on it as one JSON text, and what becomes of it as another.
//!
//! The formats are those of docs/simulate.schema.json. Pure: text in, text or data out; `cli` does the rest.

mod outcome;
mod read;

pub use outcome::{Alternative, Failure, Outcome, Problem, StatementRef};
pub use read::{Scenario, is_multi_valued};

use rayon::prelude::*;

use super::concrete::{Evaluation, evaluate_once};
use super::semantics::{SETTINGS, Semantics};
use crate::iam::json::{self, ReadError};

/// Runs one scenario.
///
/// # Errors
/// Everything that is wrong with its text.
pub fn run(text: &str, semantics: &Semantics) -> Result<Outcome, Failure> {
    run_at_line(text, 1, semantics)
}

/// Runs one scenario out of bytes that may not be text.
///
/// # Errors
/// That they are not UTF-8, or everything that is wrong with the text.
pub fn run_bytes(bytes: &[u8], semantics: &Semantics) -> Result<Outcome, Failure> {
    run_bytes_at_line(bytes, 1, semantics)
}

/// Runs the scenarios of JSON Lines, in parallel; the results come in the order of the lines, blank ones left out.
/// `first_line` is the number of the first line, so that a caller can hand over a large file in parts.
pub fn run_lines(
    bytes: &[u8],
    first_line: usize,
    semantics: &Semantics,
) -> Vec<Result<Outcome, Failure>> {
    let lines: Vec<(usize, &[u8])> = bytes
        .split(|b| *b == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .collect();
    lines
        .into_par_iter()
        .map(|(index, line)| run_bytes_at_line(line, first_line + index, semantics))
        .collect()
}

fn run_bytes_at_line(bytes: &[u8], line: usize, semantics: &Semantics) -> Result<Outcome, Failure> {
    match json::decode(bytes) {
        Ok(text) => run_at_line(text, line, semantics),
        Err(error) => Err(Failure::new(None, vec![error], line)),
    }
}

fn run_at_line(text: &str, line: usize, semantics: &Semantics) -> Result<Outcome, Failure> {
    let scenario = Scenario::read(text)
        .map_err(|(id, errors): (_, Vec<ReadError>)| Failure::new(id, errors, line))?;
    let evaluation = scenario.evaluate(semantics);
    let alternatives = scenario.alternatives(&evaluation, semantics);
    let place = |offset| {
        let position = json::position(text, offset);
        (position.0 + line - 1, position.1)
    };
    Ok(Outcome::new(scenario.id, evaluation, alternatives, place))
}

impl Scenario {
    /// Evaluates the request.
    pub fn evaluate(&self, semantics: &Semantics) -> Evaluation {
        evaluate_once(&self.attached, &self.request, semantics)
    }

    /// The other choices of settings under which the decision would be another.
    fn alternatives(&self, evaluation: &Evaluation, semantics: &Semantics) -> Vec<Alternative> {
        let mut found = Vec::new();
        for setting in SETTINGS {
            let chosen = semantics.chosen(setting.name);
            for choice in setting.choices.iter().filter(|c| Some(c.value) != chosen) {
                let mut other = *semantics;
                if other
                    .set(&format!("{}={}", setting.name, choice.value))
                    .is_err()
                {
                    continue;
                }
                let decision = self.evaluate(&other).decision;
                if decision != evaluation.decision {
                    found.push(Alternative {
                        setting: setting.name,
                        value: choice.value,
                        decision,
                    });
                }
            }
        }
        found
    }
}
