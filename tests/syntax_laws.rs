//! Laws of parser and formatter, over texts made from the corpus and from nothing.

use bailiwick::diagnostic::Diagnostic;
use bailiwick::fmt::{self, FormatError};
use bailiwick::source::{SourceId, SourceMap};
use bailiwick::syntax;
use proptest::prelude::*;

const EVERYTHING: &str = include_str!("corpus/ok/syntax/everything.bw");

fn id() -> SourceId {
    SourceMap::default().add("a.bw", "")
}

fn problems(text: &str) -> Vec<Diagnostic> {
    syntax::parse(id(), text).2
}

/// The items of the corpus file that has every construct, one text each.
fn items() -> Vec<&'static str> {
    let (module, _, _) = syntax::parse(id(), EVERYTHING);
    let ends = module.items.iter().map(|item| item.span.end as usize);
    let mut start = 0;
    ends.map(|end| {
        EVERYTHING
            .get(std::mem::replace(&mut start, end)..end)
            .unwrap_or_default()
    })
    .collect()
}

/// Splits a text at its blanks, comments left out: what stands between may be set in any way.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    for line in text.lines() {
        let mut in_text = false;
        let mut start = 0;
        for (i, c) in line.char_indices() {
            let rest = line.get(i..).unwrap_or_default();
            match c {
                '"' => in_text = !in_text,
                '/' if !in_text && rest.starts_with("//") => {
                    break;
                }
                ' ' if !in_text => {
                    pieces.push(line.get(start..i).unwrap_or_default());
                    start = i + 1;
                }
                _ => {}
            }
            if !in_text && line.get(i + c.len_utf8()..).is_some_and(str::is_empty) {
                pieces.push(line.get(start..).unwrap_or_default());
            }
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Some items, and what to put between their pieces.
fn spaced(gaps: &'static [&'static str]) -> impl Strategy<Value = String> {
    let items = prop::sample::subsequence(items(), 1..6);
    (
        items,
        prop::collection::vec(prop::sample::select(gaps), 300),
    )
        .prop_map(|(items, gaps)| {
            let mut out = String::new();
            for (piece, gap) in pieces(&items.join("\n")).iter().zip(gaps.iter().cycle()) {
                out.push_str(piece);
                out.push_str(gap);
            }
            out.push('\n');
            out
        })
}

/// Formats; the self-check must never refuse, and the result must stay as it is.
fn formatted(text: &str) -> Result<Option<String>, TestCaseError> {
    match fmt::format(id(), text) {
        Ok(once) => {
            let twice = fmt::format(id(), &once);
            prop_assert_eq!(twice.as_ref(), Ok(&once), "twice, of {}", text);
            Ok(Some(once))
        }
        Err(FormatError::Unreadable(findings)) => {
            prop_assert!(!findings.is_empty());
            Ok(None)
        }
        Err(FormatError::Unfaithful(why)) => Err(TestCaseError::fail(format!("{why}, of\n{text}"))),
    }
}

/// Every place of every finding lies in the text, on the borders of characters.
fn places_are_sound(text: &str) -> Result<(), TestCaseError> {
    for finding in problems(text) {
        let labels = finding.primary.iter().chain(&finding.secondary);
        let fixes = finding.fix.iter().map(|f| f.span);
        for span in labels.map(|l| l.span).chain(fixes) {
            prop_assert!(
                text.get(span.range()).is_some(),
                "{:?} of {:?}",
                finding,
                text
            );
        }
    }
    Ok(())
}

const WORDS: &[&str] = &[
    "role",
    "policy",
    "A",
    "B",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "=",
    "==",
    "!=",
    "<",
    ".",
    "/",
    "*",
    "allow",
    "deny",
    "on",
    "to",
    "when",
    "unless",
    "and",
    "or",
    "not",
    "in",
    "mfa",
    "tls",
    "source ip",
    "principal tag",
    "x",
    "s3:GetObject",
    "aws:SourceIp",
    "\"t\"",
    "1h",
    "42",
    "203.0.113.0/24",
    "2001:db8::/32",
    "::",
    "everything",
    "except",
    "include",
    "attach",
    "aws",
    "as",
    "trust",
    "with",
    "session",
    "tags",
    "let",
    "use",
    "condition",
    "prove",
    "test",
    "given",
    "can",
    "cannot",
    "org",
    "ou",
    "account",
    "deploy",
    "assign",
    "raw",
    "arn",
    "any",
    "every",
    "present",
    "waive",
    "until",
    "because",
    "2026-01-01",
    "// c\n",
    "/// d\n",
    "\n",
    "\"",
    "é",
    "'",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn line_breaks_between_words_mean_nothing(text in spaced(&[" ", "\n", "\r\n", "\t "])) {
        let found = problems(&text);
        prop_assert!(found.is_empty(), "{:?} of {}", found, text);
        let flat: Vec<&str> = text.split_whitespace().collect();
        let canonical = formatted(&text)?;
        // Blanks inside texts would be lost by splitting; the file has texts with single ones only.
        prop_assert_eq!(canonical, formatted(&flat.join(" "))?);
    }

    #[test]
    fn no_comment_is_lost(text in spaced(&[" ", " ", "\n", "\n\n", " // c\n", "\n// own\n", "\n/// doc\n"])) {
        // A comment inside a phrase is refused; everything else is formatted.
        if let Some(once) = formatted(&text)? {
            let count = |t: &str| t.matches("//").count();
            prop_assert_eq!(count(&text), count(&once));
        }
    }

    #[test]
    fn soups_of_words_are_read_or_refused(words in prop::collection::vec(prop::sample::select(WORDS), 0..60)) {
        let text = words.join(" ");
        places_are_sound(&text)?;
        formatted(&text)?;
    }

    #[test]
    fn a_hole_in_a_text_is_survived(from in 0..EVERYTHING.len(), length in 0_usize..200) {
        let mut text = EVERYTHING.to_owned();
        let end = (from + length).min(text.len());
        prop_assume!(text.is_char_boundary(from) && text.is_char_boundary(end));
        text.replace_range(from..end, "");
        places_are_sound(&text)?;
        formatted(&text)?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        places_are_sound(&text)?;
        formatted(&text)?;
    }

    #[test]
    fn any_bytes_are_decoded_or_placed(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        match syntax::decode(&bytes) {
            Ok(text) => places_are_sound(&text)?,
            Err(bad) => {
                let span = bad.diagnostic(id()).primary.map(|l| l.span);
                prop_assert_eq!(span.map(|s| s.end as usize), Some(bad.text.len()));
            }
        }
    }
}

/// Each of these once took time in the square of its length, or could have.
#[test]
fn long_texts_end_soon() {
    let n = 100_000;
    let texts = [
        "(".repeat(n),
        "{\n".repeat(n),
        "not ".repeat(n),
        "\"".repeat(n),
        "\"\n".repeat(n),
        "\\".repeat(n),
        "}".repeat(n),
        "} ".repeat(n),
        "/".repeat(n),
        "/ ".repeat(n),
        "// c\n".repeat(n),
        "/// c\n".repeat(n),
        "role A{x}".repeat(n / 100),
        "role A{\n".repeat(n / 20),
        "let a = 1\n".repeat(n / 10),
        "let a = ".repeat(n / 10),
        format!("condition a = {}b", "a or ".repeat(n / 10)),
        format!("let a = b{}", "/*".repeat(n / 10)),
        format!("let a = [{}]", "1,".repeat(n / 10)),
        format!("let a = {}", "a.".repeat(n)),
        format!("role A {{\n{}}}", "x y z\n".repeat(n / 20)),
        format!("role A {{ {} }}", "x y z ".repeat(n / 10)),
        format!("role A {{\n{} x }}", "session 1h\n".repeat(n / 20)),
        format!("let a = 1{}", "2".repeat(n)),
        format!("let {} = 1", "a".repeat(n)),
    ];
    let started = std::time::Instant::now();
    for text in texts {
        let before = started.elapsed();
        let _ = fmt::format(id(), &text);
        let took = started.elapsed() - before;
        // Milliseconds in a release build; the square of the length would take minutes.
        let head: String = text.chars().take(20).collect();
        assert!(took.as_secs() < 20, "{head}… took {took:?}");
        println!("{took:?} {head}");
    }
}
