//! The sentences of `check`, one constructor a finding.

mod condition;
mod name;
mod policy;
mod resource;
mod value;

pub(super) use condition::*;
pub(super) use name::*;
pub(super) use policy::*;
pub(super) use resource::*;
pub(super) use value::*;

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Adds `did you mean` with a change that makes it so.
fn suggest(diagnostic: Diagnostic, near: Option<String>, span: Span) -> Diagnostic {
    match near {
        Some(near) => {
            let word = near.trim_matches('"');
            diagnostic
                .with_help(format!("did you mean `{word}`?"))
                .with_fix(span, near)
        }
        None => diagnostic,
    }
}

/// `a`, `b` and `c`, each in backticks.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>, conjunction: &str) -> String {
    let quoted: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
    }
}

/// At most so many names of a list, then how many more.
fn shortened(names: &[&str], most: usize) -> String {
    let shown = listed(names.iter().take(most).copied(), "and");
    if names.len() <= most {
        return shown;
    }
    let first: Vec<String> = names.iter().take(most).map(|n| format!("`{n}`")).collect();
    format!("{} and {} more", first.join(", "), names.len() - most)
}
