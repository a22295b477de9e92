//! Patterns against patterns, for making lists shorter. Sound: `covers` and `apart` are never said when untrue of the
//! plain reading of `*` and `?`; a pattern with variables is compared by its text.

/// Whether every text of `inner` is one of `outer`.
pub fn covers(outer: &str, inner: &str) -> bool {
    if outer == inner || outer == "*" {
        return true;
    }
    if outer.contains("${") || inner.contains("${") {
        return false;
    }
    matches(outer.as_bytes(), inner.as_bytes())
}

/// Matches a pattern against another taken as text: its `*` and `?` are letters that only wildcards match.
fn matches(outer: &[u8], inner: &[u8]) -> bool {
    let (mut o, mut i) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while i < inner.len() {
        let (pattern, letter) = (outer.get(o), inner.get(i));
        let fits = match (pattern, letter) {
            (Some(b'*'), _) => {
                back = Some((o, i));
                o += 1;
                continue;
            }
            (Some(b'?'), Some(b'*')) => false,
            (Some(b'?'), _) => true,
            (p, l) => p == l,
        };
        if fits {
            o += 1;
            i += 1;
        } else if let Some((star, at)) = back {
            back = Some((star, at + 1));
            o = star + 1;
            i = at + 1;
        } else {
            return false;
        }
    }
    outer.iter().skip(o).all(|c| *c == b'*')
}

/// Whether no text is of both, told by what they begin and end with.
pub fn apart(one: &str, other: &str) -> bool {
    let special = |c: char| matches!(c, '*' | '?' | '$');
    let head = |text: &str| text.split(special).next().unwrap_or("").to_owned();
    let is_plain = |text: &str| !text.contains(special);
    if is_plain(one) && is_plain(other) {
        return one != other;
    }
    let (a, b) = (head(one), head(other));
    let heads = !a.starts_with(&b) && !b.starts_with(&a);
    // A variable's closing brace belongs to it, so that what follows the last brace or wildcard is the tail.
    let end = |c: char| matches!(c, '*' | '?' | '}');
    let tail = |text: &str| text.rsplit(end).next().unwrap_or("").to_owned();
    let (a, b) = (tail(one), tail(other));
    heads || (!a.ends_with(&b) && !b.ends_with(&a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_narrower_ones() {
        for (outer, inner) in [
            ("*", "s3:Get*"),
            ("s3:*", "s3:Get*"),
            ("s3:?et*", "s3:Get*"),
            ("a/*", "a/b/*"),
            ("a*c", "abbc"),
        ] {
            assert!(covers(outer, inner), "{outer} {inner}");
        }
        for (outer, inner) in [("s3:Get*", "s3:*"), ("a?c", "a*c"), ("a/${x}", "a/b")] {
            assert!(!covers(outer, inner), "{outer} {inner}");
        }
    }

    #[test]
    fn patterns_apart_share_no_text() {
        assert!(apart("s3:Get*", "s3:Put*"));
        assert!(apart("*:role/a", "*:role/b"));
        assert!(apart("x", "y"));
        assert!(!apart("s3:*", "s3:Get*"));
        assert!(!apart("a${x}c", "abc"));
        assert!(!apart("*a", "b*"));
    }
}
