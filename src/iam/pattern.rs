//! Patterns: text with `*`, `?` and policy variables, as it stands in `Resource` and in condition values.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
//!
//! Parsing and printing only: how a pattern matches is the engine's business, twice and independently.

use std::fmt;

/// A policy variable, `${key}` or `${key, 'default'}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Variable {
    /// The condition key, as written.
    pub key: String,
    /// The text used when the key is absent or empty.
    pub default: Option<String>,
}

/// A piece of a pattern.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// Characters that stand for themselves.
    Text(String),
    /// `*`: any characters, also none.
    Star,
    /// `?`: exactly one character.
    Question,
    /// `${…}`: the value of a key of the request.
    Variable(Variable),
}

/// Whether `*` and `?` are wildcards in a text (`StringLike`, `Resource`) or characters (`StringEquals`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wildcards {
    /// They are wildcards.
    Active,
    /// They are ordinary characters.
    Literal,
}

/// Whether `${…}` is a variable (`Version` 2012-10-17, text operators) or characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variables {
    /// They are variables and escapes.
    Active,
    /// They are ordinary characters.
    Literal,
}

/// A parsed pattern; adjacent texts are always joined and no text is empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Pattern {
    parts: Vec<Part>,
}

impl Pattern {
    /// Reads a pattern. Never fails: a `${` that is not closed, as IAM does, stands for itself.
    /// The escapes `${*}`, `${?}` and `${$}` become text.
    pub fn parse(text: &str, wildcards: Wildcards, variables: Variables) -> Pattern {
        let mut pattern = Pattern::default();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if variables == Variables::Active
                && let Some(body) = rest.strip_prefix("${")
                && let Some(end) = body.find('}')
                && let (Some(inside), Some(after)) = (body.get(..end), body.get(end + 1..))
            {
                pattern.push(variable_or_escape(inside));
                rest = after;
                continue;
            }
            let length = match next {
                '*' | '?' => 1,
                // As far as nothing can have a meaning; a `$` that begins no variable is a character like any other.
                _ => {
                    let first = next.len_utf8();
                    let after = rest.get(first..).unwrap_or("");
                    first + after.find(['*', '?', '$']).unwrap_or(after.len())
                }
            };
            let (run, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            pattern.push(match next {
                '*' if wildcards == Wildcards::Active => Part::Star,
                '?' if wildcards == Wildcards::Active => Part::Question,
                _ => Part::Text(run.to_owned()),
            });
            rest = after;
        }
        pattern
    }

    /// A pattern that stands for exactly this text.
    pub fn literal(text: &str) -> Pattern {
        Pattern::parse(text, Wildcards::Literal, Variables::Literal)
    }

    /// Adds a piece at the end, joining texts.
    pub fn push(&mut self, part: Part) {
        match (self.parts.last_mut(), part) {
            (_, Part::Text(text)) if text.is_empty() => {}
            (Some(Part::Text(last)), Part::Text(text)) => last.push_str(&text),
            (_, part) => self.parts.push(part),
        }
    }

    /// The pieces.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The text it stands for, if it is one text only.
    pub fn as_literal(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.parts.iter().filter_map(|p| match p {
            Part::Variable(v) => Some(v),
            _ => None,
        })
    }

    /// IAM's spelling under `Version` 2012-10-17: literal `*`, `?` and `${` are escaped where they have to be.
    pub fn to_iam(&self, wildcards: Wildcards) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => escape(text, wildcards, &mut out),
                Part::Star => out.push('*'),
                Part::Question => out.push('?'),
                Part::Variable(v) => out.push_str(&v.to_string()),
            }
        }
        out
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.default {
            Some(default) => write!(f, "${{{}, '{default}'}}", self.key),
            None => write!(f, "${{{}}}", self.key),
        }
    }
}

fn variable_or_escape(inside: &str) -> Part {
    match inside {
        "*" | "?" | "$" => Part::Text(inside.to_owned()),
        _ => Part::Variable(parse_variable(inside)),
    }
}

fn parse_variable(inside: &str) -> Variable {
    let quoted = inside.split_once(", ").and_then(|(key, rest)| {
        let default = rest.strip_prefix('\'')?.strip_suffix('\'')?;
        Some(Variable {
            key: key.to_owned(),
            default: Some(default.to_owned()),
        })
    });
    quoted.unwrap_or_else(|| Variable {
        key: inside.to_owned(),
        default: None,
    })
}

fn escape(text: &str, wildcards: Wildcards, out: &mut String) {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if wildcards == Wildcards::Active => out.push_str("${*}"),
            '?' if wildcards == Wildcards::Active => out.push_str("${?}"),
            '$' if chars.peek() == Some(&'{') => out.push_str("${$}"),
            _ => out.push(c),
        }
    }
}
