//! JSON as people write it in documents: what fits on a line stands on a line.

use serde_json::Value;

const WIDTH: usize = 100;

/// Writes a value; the text ends with a line feed.
pub(crate) fn write(value: &Value) -> String {
    let mut out = String::new();
    node(value, 0, 0, &mut out);
    out.push('\n');
    out
}

fn node(value: &Value, indent: usize, used: usize, out: &mut String) {
    let line = flat(value);
    let is_document = value.get("Version").is_some() || value.get("Effect").is_some();
    if !is_document && used + line.chars().count() <= WIDTH {
        out.push_str(&line);
        return;
    }
    match value {
        Value::Array(members) => {
            let write = |member: &Value, out: &mut String| {
                node(member, indent + 2, indent + 3, out);
            };
            lines(members, indent, ('[', ']'), out, |member, out| {
                write(member, out)
            });
        }
        Value::Object(entries) => {
            let entries: Vec<_> = entries.iter().collect();
            lines(&entries, indent, ('{', '}'), out, |(key, value), out| {
                let key = format!("{}: ", Value::from(key.as_str()));
                out.push_str(&key);
                node(value, indent + 2, indent + 3 + key.len(), out);
            });
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn lines<T>(
    members: &[T],
    indent: usize,
    (open, close): (char, char),
    out: &mut String,
    mut write: impl FnMut(&T, &mut String),
) {
    out.push(open);
    for (at, member) in members.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&" ".repeat(indent + 2));
        write(member, out);
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

fn flat(value: &Value) -> String {
    match value {
        Value::Array(members) => {
            let members: Vec<String> = members.iter().map(flat).collect();
            format!("[{}]", members.join(", "))
        }
        Value::Object(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), flat(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        scalar => scalar.to_string(),
    }
}
