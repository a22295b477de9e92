//! The words of a question, apart: who, which action, on what, when, with which keys.

use super::super::exit::Failure;
use crate::driver::question::{Form, Question};

/// Takes a question apart.
pub(super) fn read(arguments: &[String], form: Form) -> Result<Question, Failure> {
    let text = arguments.join(" ");
    let mut words = apart(&text).into_iter().peekable();
    let mut question = Question {
        form,
        ..Question::default()
    };
    if form != Form::WhoCan {
        question.who = words.next().unwrap_or_default().to_owned();
        if words.next_if_eq(&"in").is_some() {
            let Some(place) = words.next() else {
                return Err(usage("`in` needs the name of an account"));
            };
            question.who += &format!(" in {place}");
        }
    }
    if form == Form::Access {
        return match words.next() {
            None => Ok(question),
            Some(word) => Err(usage(&format!("`{word}` does not belong here"))),
        };
    }
    let mut part = Part::Action;
    // Whether nothing stands behind the last small word yet.
    let mut is_open = false;
    let (mut action, mut resource, mut when, mut with) = (vec![], vec![], vec![], vec![]);
    for word in words {
        let next = match (word, part) {
            ("on", Part::Action) => Part::Resource,
            ("when", Part::Action | Part::Resource) => Part::When,
            ("with", Part::Action | Part::Resource | Part::When) if form == Form::Can => Part::With,
            _ => {
                is_open = false;
                match part {
                    Part::Action => action.push(word),
                    Part::Resource => resource.push(word),
                    Part::When => when.push(word),
                    Part::With => with.push(word),
                }
                continue;
            }
        };
        part = next;
        is_open = true;
    }
    if is_open {
        let missing = match part {
            Part::Action | Part::Resource => "`on` needs a resource; `on '*'` is any",
            Part::When => "`when` needs a condition",
            Part::With => "`with` needs a `key=value`",
        };
        return Err(usage(missing));
    }
    question.action = action.join(" ");
    question.resource = resource.join(" ");
    question.when = when.join(" ");
    question.with = keys(&with.join(" "))?;
    if question.action.is_empty() {
        return Err(usage(match form {
            Form::Can => "write `can ROLE ACTION on RESOURCE`",
            _ => "write `who-can ACTION on RESOURCE`",
        }));
    }
    if question.resource.is_empty() {
        return Err(usage("say on what: `on RESOURCE`, or `on '*'`"));
    }
    Ok(question)
}

#[derive(Clone, Copy)]
enum Part {
    Action,
    Resource,
    When,
    With,
}

fn usage(sentence: &str) -> Failure {
    Failure::Usage(sentence.to_owned())
}

/// The words of a text; what is in quotes, brackets or parentheses stays together.
fn apart(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut depth, mut quoted) = (None, 0_usize, false);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match c {
            '"' => quoted = !quoted,
            '[' | '(' if !quoted => depth += 1,
            ']' | ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_end = at == text.len();
        if c.is_whitespace() && (is_end || depth == 0 && !quoted) {
            if let Some(start) = start.take() {
                words.extend(text.get(start..at));
            }
        } else {
            start = start.or(Some(at));
        }
    }
    words
}

/// `mfa=true source ip=203.0.113.7, aws:PrincipalTag/team=payments`: a key may have several words.
fn keys(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let Some((key, after)) = rest.split_once('=') else {
            return Err(usage(&format!("`{rest}` has no value; write `key=value`")));
        };
        let after = after.trim_start();
        let value = apart(after).first().copied().unwrap_or_default();
        let length = match value.starts_with(['"', '[']) {
            true => value.len(),
            false => value.find(',').unwrap_or(value.len()),
        };
        let (value, after) = after.split_at_checked(length).unwrap_or((after, ""));
        let (key, value) = (key.trim(), value.trim_end_matches(','));
        if key.is_empty() || value.is_empty() {
            return Err(usage(&format!("`{rest}` is no `key=value`")));
        }
        found.push((key.to_owned(), value.to_owned()));
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &str, form: Form) -> Question {
        read(&[words.to_owned()], form).unwrap()
    }

    #[test]
    fn a_question_falls_apart_at_its_small_words() {
        let question = of(
            "Reader in Prod s3:GetObject, s3:PutObject on s3:bucket \"on it\"/* when mfa and tls",
            Form::Can,
        );
        assert_eq!(question.who, "Reader in Prod");
        assert_eq!(question.action, "s3:GetObject, s3:PutObject");
        assert_eq!(question.resource, "s3:bucket \"on it\"/*");
        assert_eq!(question.when, "mfa and tls");
    }

    #[test]
    fn keys_may_have_several_words() {
        let question = of(
            "Reader s3:GetObject on * with mfa=true source ip=203.0.113.7, aws:TagKeys=[\"a\", \"b\"] mfa age = 5m",
            Form::Can,
        );
        let keys: Vec<(&str, &str)> = question
            .with
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(
            keys,
            [
                ("mfa", "true"),
                ("source ip", "203.0.113.7"),
                ("aws:TagKeys", "[\"a\", \"b\"]"),
                ("mfa age", "5m"),
            ]
        );
    }

    #[test]
    fn what_is_missing_is_said() {
        for (text, form) in [
            ("Reader", Form::Can),
            ("Reader s3:GetObject", Form::Can),
            ("Reader s3:GetObject on", Form::Can),
            ("Reader s3:GetObject on * when", Form::Can),
            ("Reader s3:GetObject on * with", Form::Can),
            ("Reader s3:GetObject on * with mfa", Form::Can),
            ("s3:GetObject on", Form::WhoCan),
            ("Reader s3:GetObject", Form::Access),
        ] {
            assert!(
                matches!(read(&[text.to_owned()], form), Err(Failure::Usage(_))),
                "{text}"
            );
        }
    }
}
