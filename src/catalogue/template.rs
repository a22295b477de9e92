//! Names with holes: templates such as `aws:PrincipalTag/${TagKey}` and globs such as `Get*`.

/// A piece of a template.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Piece {
    /// Text that stands for itself.
    Text(String),
    /// `${Name}`: any text that is not empty.
    Placeholder(String),
}

/// Splits a template at its placeholders. A `${` that is not closed is text.
pub fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Placeholder(name.to_owned()));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// Matches a name against a template without regard to case. Gives the canonical spelling: the template's own text,
/// with what the name has in place of each placeholder.
pub fn canonical(template: &str, name: &str) -> Option<String> {
    if !begin_alike(template.as_bytes(), name.as_bytes()) {
        return None;
    }
    if !template.contains('$') {
        return (template.len() == name.len()).then(|| template.to_owned());
    }
    let pieces = pieces(template);
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    let mut pending = false;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Placeholder(_) => pending = true,
            Piece::Text(text) => {
                let is_last = at + 1 == pieces.len();
                let start = locate(rest, text, pending, is_last)?;
                out.push_str(rest.get(..start)?);
                out.push_str(text);
                rest = rest.get(start + text.len()..)?;
                pending = false;
            }
        }
    }
    if pending == rest.is_empty() {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

/// Whether a name and a template agree up to the first placeholder: most that are tried do not fit, and are known not to
/// by their first letters.
fn begin_alike(template: &[u8], name: &[u8]) -> bool {
    let own = template.iter().take_while(|byte| **byte != b'$');
    let mut places = own.enumerate();
    places.all(|(at, byte)| name.get(at).is_some_and(|c| c.eq_ignore_ascii_case(byte)))
}

/// How many bytes of a template are its own text.
pub(super) fn own_text(template: &str) -> usize {
    let own = |piece: Piece| match piece {
        Piece::Text(text) => text.len(),
        Piece::Placeholder(_) => 0,
    };
    pieces(template).into_iter().map(own).sum()
}

/// Where a piece of text stands in what is left of a name.
fn locate(rest: &str, text: &str, after_hole: bool, is_last: bool) -> Option<usize> {
    let stands_at = |start: usize| {
        rest.get(start..start + text.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(text))
    };
    match (after_hole, is_last) {
        (false, _) => stands_at(0).then_some(0),
        (true, true) => rest
            .len()
            .checked_sub(text.len())
            .filter(|start| *start > 0 && stands_at(*start)),
        (true, false) => (1..rest.len()).find(|start| stands_at(*start)),
    }
}

/// Whether two mentions are the same key: equal without regard to case, or one fills the other's placeholders.
pub fn same_key(listed: &str, asked: &str) -> bool {
    canonical(listed, asked).is_some()
}

/// Whether a pattern with `*` and `?` matches a name, without regard to case. Linear but for the last `*`.
pub fn glob_matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match (pattern.get(p), name.get(n)) {
            (Some('*'), _) => {
                retry = Some((p, n));
                p += 1;
            }
            (Some(c), Some(d)) if *c == '?' || c.eq_ignore_ascii_case(d) => {
                p += 1;
                n += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    p = star + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern
        .get(p..)
        .is_some_and(|left| left.iter().all(|c| *c == '*'))
}
