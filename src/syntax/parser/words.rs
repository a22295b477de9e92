//! A coarse look at the text, for places where the grammar does not match: words, signs, line starts.

/// A piece of text between blanks and comments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Word<'i> {
    /// Byte offset in the file.
    pub(super) start: usize,
    /// The piece: a word, a text with its quotes, or one sign (`==`, `&&` and their kind count as one).
    pub(super) text: &'i str,
}

impl Word<'_> {
    /// One past its last byte.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The first offset from `at` on that is neither blank nor comment.
pub(super) fn skip_blanks(text: &str, at: usize) -> usize {
    let mut at = at;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with("//") {
            return at;
        }
        at += trimmed.find('\n').unwrap_or(trimmed.len());
    }
}

/// The piece at or after `at`; `None` at the end of the text.
pub(super) fn word_at(text: &str, at: usize) -> Option<Word<'_>> {
    let start = skip_blanks(text, at);
    let rest = text.get(start..).unwrap_or_default();
    let first = rest.chars().next()?;
    let length = match first {
        '"' => text_length(rest),
        c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        _ if SIGNS.iter().any(|sign| rest.starts_with(sign)) => 2,
        c => c.len_utf8(),
    };
    let text = rest.get(..length)?;
    Some(Word { start, text })
}

/// Signs of two characters.
const SIGNS: [&str; 9] = ["==", "!=", "<=", ">=", "&&", "||", "/*", "=>", "->"];

/// Whether a character belongs to a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A text with both quotes, or up to the end of the line.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (i, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'\n' => return i,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return i + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The pieces from `at` on.
pub(super) fn words(text: &str, at: usize) -> impl Iterator<Item = Word<'_>> {
    let mut at = at;
    std::iter::from_fn(move || {
        let word = word_at(text, at)?;
        at = word.end();
        Some(word)
    })
}

/// The last piece that starts at or after `from` and ends at or before `until`.
pub(super) fn word_before(text: &str, from: usize, until: usize) -> Option<Word<'_>> {
    words(text, from).take_while(|w| w.end() <= until).last()
}

/// The column of an offset in bytes, from 0.
pub(super) fn column(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    at - before.rfind('\n').map_or(0, |i| i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_words_texts_and_signs() {
        let text = "a == \"b\\\" c\" // d\n  &&é'";
        let pieces: Vec<_> = words(text, 0).map(|w| w.text).collect();
        assert_eq!(pieces, ["a", "==", "\"b\\\" c\"", "&&", "é", "'"]);
        assert_eq!(word_before(text, 0, 4).map(|w| w.text), Some("=="));
        assert_eq!(column("a\n  b", 4), 2);
    }
}
