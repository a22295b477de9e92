//! The text of a catalogue in other hands: every mistake has a line, and no text whatever is a panic.
#![expect(
    clippy::indexing_slicing,
    reason = "indexes are within the text, or the test has to fail"
)]

use bailiwick::catalogue::ArnFormat;
use bailiwick::catalogue::Catalogue;
use bailiwick::catalogue::template::{canonical, glob_matches};
use proptest::prelude::*;

const SMALL: &str = "\
bailiwick catalogue 1
source test
version 1
date 2026-01-01
digest 0
rcp-services zoo
service 164 zoo Amazon Zoo

zoo
types
 animal arn:${Partition}:zoo:::animal/${Id} | zoo:Kind
keys
 zoo:Kind String
actions
 Feed write animal[zoo:Kind](zoo:Watch)? | zoo:Kind > zoo:Watch
 Watch read
";

/// The text with the length of its section put right; what is said of the digest remains.
fn measured(text: &str) -> String {
    match text.split_once("\n\n") {
        Some((header, body)) => {
            let length = format!("service {} zoo", body.len());
            format!("{}\n\n{body}", header.replace("service 164 zoo", &length))
        }
        None => text.to_owned(),
    }
}

fn errors(text: &str) -> Vec<String> {
    match Catalogue::from_text(measured(text)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn every_mistake_has_a_line() {
    for (piece, instead, said) in [
        (
            "bailiwick catalogue 1",
            "catalogue",
            "line 1: a catalogue begins with `bailiwick catalogue 1`",
        ),
        (
            "version 1",
            "colour 1",
            "line 3: `colour` is no entry of a header",
        ),
        ("\n\nzoo", "\nzoo", "line 1: no empty line ends the header"),
        (
            "service 164 zoo",
            "service x zoo",
            "line 7: the length of the section is no number",
        ),
        (
            "service 164 zoo",
            "service 9999999999999999999999 zoo",
            "line 7: the length of the section is no number",
        ),
        (
            "service 164 zoo",
            "service 18446744073709551615 zoo",
            "line 1: the sections of the index end at byte 18446744073709551615, the text at byte 302",
        ),
        (
            "service 164 zoo Amazon",
            "service 0 ape Ape\nservice 164 zoo Amazon",
            "line 10: the section of `ape` is not there",
        ),
        (
            "service 164 zoo Amazon",
            "service 164 zoo Amazon\nservice 0 ape Ape",
            "line 8: `ape` is not in the order of the alphabet",
        ),
        (
            "\nzoo\ntypes",
            "\nzo\ntypes",
            "line 9: the section of `zoo` should begin here",
        ),
        (
            "types\n",
            "kinds\n",
            "line 10: expected `types`, `keys`, `actions` or an indented entry",
        ),
        (
            " animal arn:${Partition}:zoo",
            " animal bucket:zoo",
            "line 11: `bucket:zoo:::animal/${Id}` is no ARN",
        ),
        (
            "Kind String",
            "Kind Colour",
            "line 13: `Colour` is no type of a condition key",
        ),
        (
            " zoo:Kind String",
            " zoo:Kind",
            "line 13: the key's type is missing",
        ),
        (
            "Feed write",
            "Feed wrote",
            "line 15: `wrote` is no access level",
        ),
        (
            "write animal[",
            "write plant[",
            "line 15: `plant` is no resource type of the service",
        ),
        (
            "[zoo:Kind]",
            "[zoo:Kind",
            "line 15: `[` is not closed by `]` in `animal[zoo:Kind`",
        ),
        (
            " Watch read",
            " Eat read",
            "line 16: `Eat` is not in the order of the alphabet",
        ),
        (
            " Watch read",
            " feed read",
            "line 16: `feed` is there already",
        ),
        (
            " Watch read",
            " Watch",
            "line 16: the access level is missing",
        ),
        (" Watch read", "  ", "line 16: a name is missing"),
        (
            "version 1",
            "version 2",
            "line 5: the digest is not that of the sections: the text was changed by hand",
        ),
    ] {
        assert!(SMALL.contains(piece), "{piece}");
        let errors = errors(&SMALL.replacen(piece, instead, 1));
        assert!(
            errors.iter().any(|e| e == said),
            "{instead}: {errors:#?}, not {said}"
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = SMALL.replace("String", "Colour").replace("read", "rede");
    assert_eq!(
        errors(&text),
        [
            "line 13: `Colour` is no type of a condition key",
            "line 16: `rede` is no access level"
        ]
    );
}

#[test]
fn a_text_cut_short_anywhere_is_refused() {
    for end in (0..SMALL.len()).filter(|at| SMALL.is_char_boundary(*at)) {
        assert!(Catalogue::from_text(SMALL[..end].to_owned()).is_err());
    }
}

/// All texts over a small alphabet up to a length.
fn texts(alphabet: &[char], length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..length {
        last = last
            .iter()
            .flat_map(|t| alphabet.iter().map(move |c| format!("{t}{c}")))
            .collect();
        all.extend(last.clone());
    }
    all
}

/// The plainest matcher there is.
fn matches(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['*', rest @ ..], _) => {
            matches(rest, text) || (!text.is_empty() && matches(pattern, &text[1..]))
        }
        ([p, pattern @ ..], [t, text @ ..]) => (*p == '?' || p == t) && matches(pattern, text),
        _ => false,
    }
}

proptest! {
    #[test]
    fn no_text_is_a_panic(noise in ".{0,40}", at in 0..SMALL.len(), cut in 0..40_usize) {
        let (at, end) = (at, (at + cut).min(SMALL.len()));
        let text = format!("{}{noise}{}", &SMALL[..at], &SMALL[end..]);
        let _ = errors(&text);
        let _ = Catalogue::from_text(text);
    }

    #[test]
    fn globs_match_as_the_plainest_matcher_says(pattern in "[ab*?]{0,7}", text in "[ab]{0,7}") {
        let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
        prop_assert_eq!(glob_matches(&pattern, &text), matches(&p, &t));
        prop_assert!(glob_matches(&pattern.to_uppercase(), &text) == glob_matches(&pattern, &text));
    }

    /// A pattern fits a format exactly if some text is matched by both.
    #[test]
    fn arn_patterns_fit_if_a_common_text_exists(format in "(a|b|/|\\$\\{X\\}|\\*){1,4}", pattern in "[ab/*?]{0,4}") {
        let own = ArnFormat::parse(&format!("arn:p:s:::{format}")).unwrap();
        let said = own.fits(&format!("arn:p:s:::{pattern}"));
        let p: Vec<char> = pattern.chars().collect();
        let common = texts(&['a', 'b', '/'], 7)
            .iter()
            .any(|t| matches(&p, &t.chars().collect::<Vec<_>>()) && stands_for(&format, t));
        // Longer texts than those tried could be common too, but not with so few pieces and no more letters.
        prop_assert_eq!(said, common, "{} and {}", format, pattern);
    }

    #[test]
    fn a_filled_template_is_found_again(tag in "[a-zA-Z:/.${}]{1,8}") {
        let name = format!("aws:PrincipalTag/{tag}");
        prop_assert_eq!(canonical("aws:PrincipalTag/${TagKey}", &name.to_uppercase()), Some(format!("aws:PrincipalTag/{}", tag.to_uppercase())));
        let around = format!("cb:x/{tag}.type");
        prop_assert_eq!(canonical("cb:x/${name}.type", &around), Some(around.clone()));
        prop_assert_eq!(canonical("cb:x/${name}.type", "cb:x/.type"), None);
    }
}

/// Whether a text is an instance of a format: placeholders stand for one character or more, and for no `/` where the
/// format goes on with one.
fn stands_for(format: &str, text: &str) -> bool {
    if let Some(rest) = format.strip_prefix("${X}") {
        return (1..=text.len()).any(|n| {
            let (value, tail) = text.split_at(n);
            !(rest.starts_with('/') && value.contains('/')) && stands_for(rest, tail)
        });
    }
    if let Some(rest) = format.strip_prefix('*') {
        return (0..=text.len()).any(|n| stands_for(rest, &text[n..]));
    }
    match (format.chars().next(), text.chars().next()) {
        (None, None) => true,
        (Some(f), Some(t)) => f == t && stands_for(&format[1..], &text[1..]),
        _ => false,
    }
}
