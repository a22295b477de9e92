//! Names of statements, out of what was written: the label, else effect, service and first action.
//!
//! They stay the same while other statements come and go; the backend tells repeats apart by a number.

use crate::check::hir::{Selector, Statement};

use super::statement::effect_word;

/// The name of a statement.
pub(super) fn of_statement(statement: &Statement) -> String {
    if let Some(label) = &statement.label {
        return label.clone();
    }
    let effect = effect_word(statement.effect);
    let first = statement
        .actions
        .selectors
        .first()
        .map(|s| of_selector(&s.value));
    match (first, statement.actions.except) {
        (None, _) => format!("{effect}Everything"),
        (Some(first), true) => format!("{effect}EverythingExcept{first}"),
        (Some(first), false) => format!("{effect}{first}"),
    }
}

fn of_selector(selector: &Selector) -> String {
    match selector {
        Selector::Pattern(pattern) => of_pattern(pattern),
        Selector::Level { level, actions } => {
            let service = actions
                .first()
                .and_then(|a| a.split_once(':'))
                .map_or("", |(s, _)| s);
            format!("{}{}", pascal(level.selector()), pascal(service))
        }
        Selector::Let(_) | Selector::Parameter(_) => String::new(),
    }
}

fn of_pattern(pattern: &str) -> String {
    match pattern.split_once(':') {
        None => "Everything".to_owned(),
        Some((service, "*")) => pascal(service),
        Some((service, name)) => format!("{}{}", pascal(service), pascal(name)),
    }
}

/// `dynamodb` → `Dynamodb`, `access-analyzer` → `AccessAnalyzer`, `Get*` → `Get`: letters and digits only.
pub(super) fn pascal(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    words.map(capitalised).collect()
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|c| c.to_ascii_uppercase())
        .into_iter()
        .chain(chars)
        .collect()
}
