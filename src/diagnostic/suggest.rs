//! "Did you mean": the nearest of a set of names, if one is near enough to be worth saying.
//!
//! In: what was written and what could have been meant. Out: at most one name. The order of the candidates
//! decides between equally near ones, so the answer is the same on every run.

/// Finds the candidate that `written` is most likely a slip of.
///
/// One edit in three letters is tolerated, and a name that differs only in case, `-` or `_` always counts.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = fold(written);
    let length = wanted.chars().count();
    let tolerance = (length / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        if folded.chars().count().abs_diff(length) > tolerance {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &folded);
        let limit = best.map_or(tolerance + 1, |(d, _)| d);
        // A two-letter name one edit away shares a single letter with what was written: no likeness.
        if distance < limit && distance < length.max(1) && candidate != written {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, name)| name)
}

/// What slips of spelling leave alone.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_slips_and_only_slips() {
        let names = ["strong_auth", "office", "tls", "mfa", "SettlementReader"];
        for (written, expected) in [
            ("strongauth", Some("strong_auth")),
            ("ofice", Some("office")),
            ("offcie", Some("office")),
            ("mfs", Some("mfa")),
            ("settlement_reader", Some("SettlementReader")),
            ("warehouse", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names), expected, "{written}");
        }
    }

    #[test]
    fn equal_distance_takes_the_first() {
        assert_eq!(nearest("cat", ["bat", "hat"]), Some("bat"));
        assert_eq!(nearest("cat", ["hat", "bat"]), Some("hat"));
    }
}
