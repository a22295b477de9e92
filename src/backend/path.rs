//! Where a document is written: readable paths that every file system takes.
//!
//! A component keeps letters, digits and `+=,.@_-`; any other byte becomes `%` and two hexadecimal digits, as
//! do a first or last dot and the first letter of names that Windows reserves (`CON`, `nul.json`).

use std::fmt::Write;

/// Joins components into a path with `/`.
pub(super) fn join<'a>(components: impl IntoIterator<Item = &'a str>) -> String {
    let mut path = String::new();
    for component in components {
        if !path.is_empty() {
            path.push('/');
        }
        push_component(&mut path, component);
    }
    path
}

/// Two paths that a file system without case cannot tell apart have the same key.
pub(super) fn collision_key(path: &str) -> String {
    path.to_ascii_lowercase()
}

fn push_component(path: &mut String, name: &str) {
    let last = name.len().saturating_sub(1);
    let reserved = is_reserved(name);
    for (at, byte) in name.bytes().enumerate() {
        let dot_at_an_end = byte == b'.' && (at == 0 || at == last);
        let plain = byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
        if plain && !dot_at_an_end && !(reserved && at == 0) {
            path.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    if name.is_empty() {
        path.push('%');
    }
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let numbered = |prefix: &str| {
        let head = stem.get(..3).unwrap_or_default();
        let tail = stem.get(3..).unwrap_or_default();
        head.eq_ignore_ascii_case(prefix)
            && tail.len() == 1
            && tail.bytes().all(|b| b.is_ascii_digit())
    };
    let whole = ["con", "prn", "aux", "nul"];
    whole.iter().any(|w| stem.eq_ignore_ascii_case(w)) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_safe_everywhere() {
        let rows = [
            (vec!["accounts", "Prod", "x.json"], "accounts/Prod/x.json"),
            (vec!["a/b", "c\\d"], "a%2Fb/c%5Cd"),
            (vec!["..", "."], "%2E%2E/%2E"),
            (
                vec!["CON", "nul.json", "Com1", "com10"],
                "%43ON/%6Eul.json/%43om1/com10",
            ),
            (vec!["", "x."], "%/x%2E"),
            (vec!["a b", "é", "%41"], "a%20b/%C3%A9/%2541"),
        ];
        for (components, path) in rows {
            assert_eq!(join(components), path);
        }
    }
}
