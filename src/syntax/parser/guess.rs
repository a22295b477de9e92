//! Wrong but guessable: spellings of other languages and slips of the pen, explained with the right spelling.

use super::grammar::Rule;
use super::recover::{ITEM_WORDS, Place};
use super::words::{self, Word};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// A place where the text does not match, with its surroundings.
pub(super) struct Scene<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    pub(super) place: Place,
    /// From here on words count as the line's.
    pub(super) from: usize,
    /// Where the region starts that could not be read.
    pub(super) start: usize,
    /// The furthest place reached.
    pub(super) at: usize,
    /// What would have been right there.
    pub(super) expected: &'a [Rule],
}

/// Words of other languages and the words of this one.
pub(super) const SYNONYMS: [(&str, &str); 20] = [
    ("import", "use"),
    ("from", "use"),
    ("const", "let"),
    ("var", "let"),
    ("val", "let"),
    ("def", "let"),
    ("permit", "allow"),
    ("grant", "allow"),
    ("forbid", "deny"),
    ("reject", "deny"),
    ("if", "when"),
    ("where", "when"),
    ("with", "when"),
    ("permissionset", "permission_set"),
    ("bucket_policy", "resource_policy"),
    ("service_control_policy", "scp"),
    ("resource_control_policy", "rcp"),
    ("organization", "org"),
    ("organisation", "org"),
    ("assert", "prove"),
];

/// Words that join or introduce parts of a line.
const JOINING: [&str; 12] = [
    "on", "to", "when", "unless", "except", "and", "or", "not", "in", "like", "with", "as",
];

/// The phrases of the language, for "did you mean".
pub(super) const PHRASES: [&str; 43] = [
    "mfa",
    "mfa age",
    "source ip",
    "source vpc",
    "source vpc arn",
    "source vpce",
    "source vpc ip",
    "source arn",
    "source account",
    "source org",
    "source org path",
    "source identity",
    "principal arn",
    "principal account",
    "principal org",
    "principal org path",
    "principal type",
    "principal service",
    "principal service name",
    "principal is aws service",
    "resource account",
    "resource org",
    "resource org path",
    "tag key",
    "region",
    "time",
    "token time",
    "tls",
    "via aws service",
    "called via",
    "first called via",
    "last called via",
    "passed to service",
    "user name",
    "user id",
    "user agent",
    "external id",
    "session name",
    "permissions boundary",
    "vpce account",
    "vpce org",
    "vpce org path",
    "principal tag",
];

impl<'a> Scene<'a> {
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }

    pub(super) fn span_of(&self, word: Word<'_>) -> Span {
        self.span(word.start, word.end())
    }

    /// The word that does not fit.
    pub(super) fn word(&self) -> Option<Word<'a>> {
        words::word_at(self.text, self.at)
    }

    /// The word before it.
    pub(super) fn before(&self) -> Option<Word<'a>> {
        words::word_before(self.text, self.from, self.at)
    }

    /// Whether a line ends between two words.
    pub(super) fn is_on_next_line(&self, before: Word<'_>, found: Option<Word<'_>>) -> bool {
        let end = found.map_or(self.text.len(), |w| w.start);
        let between = self.text.get(before.end()..end).unwrap_or_default();
        self.at > self.start && (between.contains('\n') || found.is_none())
    }

    fn expects(&self, rules: &[Rule]) -> bool {
        rules.iter().any(|rule| self.expected.contains(rule))
    }

    fn error(
        &self,
        message: impl Into<String>,
        span: Span,
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(Code::SyntaxError, message, span, label)
    }

    /// An error whose mending is to write something else in the same place.
    fn instead(&self, message: impl Into<String>, span: Span, text: &str) -> Diagnostic {
        let help = match text.trim() {
            "" => "leave it out".to_owned(),
            text => format!("write `{text}`"),
        };
        self.error(message, span, "")
            .with_help(help)
            .with_fix(span, text)
    }

    /// The explanation, if the slip is a known one.
    pub(super) fn guess(&self) -> Option<Diagnostic> {
        let found = self.word()?;
        self.json(found)
            .or_else(|| self.sign(found))
            .or_else(|| self.quotes(found))
            .or_else(|| self.colon_after_effect())
            .or_else(|| self.comma(found))
            .or_else(|| self.comparison_of_a_name(found))
            .or_else(|| self.membership(found))
            .or_else(|| self.closing(found))
            .or_else(|| self.statement_word(found))
            .or_else(|| self.misspelt(found))
            .or_else(|| self.word_as_name(found))
    }

    fn json(&self, found: Word<'_>) -> Option<Diagnostic> {
        let opens = found.text == "{" && found.start == self.start && self.place == Place::File;
        let next = words::word_at(self.text, found.end())?;
        (opens && (next.text.starts_with('"') || next.text == "}")).then(|| {
            self.error("this is JSON", self.span_of(found), "expected a declaration")
                .with_help("an IAM document `{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", …}` is written `policy Name { allow s3:GetObject on … }`")
        })
    }

    /// Signs of other languages.
    fn sign(&self, found: Word<'_>) -> Option<Diagnostic> {
        let span = self.span_of(found);
        let fix = |message: &str, text: &str| Some(self.instead(message, span, text));
        match found.text {
            "=" if self.expects(&[Rule::comparison, Rule::comparator]) => {
                fix("values are compared with `==`", "==")
            }
            "==" if self.expects(&[Rule::equals]) => fix("a value is given with `=`", "="),
            "&&" | "&" => fix("conditions are joined with `and`", "and"),
            "||" | "|" => fix("conditions are joined with `or`", "or"),
            "!" => fix("a condition is negated with `not`", "not "),
            ";" => fix("lines need no `;`", ""),
            "#" | "/*" => Some(
                self.error("a comment starts with `//`", span, "")
                    .with_help("write `//` before each line of the comment"),
            ),
            "->" | "=>" if self.expects(&[Rule::equals]) => fix("a value is given with `=`", "="),
            _ => None,
        }
    }

    fn quotes(&self, found: Word<'_>) -> Option<Diagnostic> {
        let close = match found.text {
            "'" => '\'',
            "`" => '`',
            "“" | "”" => '”',
            "‘" | "’" => '’',
            _ => return None,
        };
        let message = "text stands in double quotes";
        let rest = self.text.get(found.end()..)?;
        let line = rest.split('\n').next()?;
        match line.split_once(close) {
            Some((inner, _)) if !inner.contains('"') => {
                let end = found.end() + inner.len() + close.len_utf8();
                let span = self.span(found.start, end);
                Some(self.instead(message, span, &format!("\"{inner}\"")))
            }
            _ => Some(self.error(message, self.span_of(found), "")),
        }
    }

    /// `allow: s3:GetObject` reads like a label without an effect.
    fn colon_after_effect(&self) -> Option<Diagnostic> {
        let mut line = words::words(self.text, self.start);
        let (first, colon) = (line.next()?, line.next()?);
        let effect = matches!(first.text, "allow" | "deny") && colon.text == ":";
        effect.then(|| {
            let message = format!("no colon stands after `{}`", first.text);
            self.instead(message, self.span_of(colon), "")
        })
    }

    /// A comma after the last element of a list without brackets, or before the first.
    fn comma(&self, found: Word<'_>) -> Option<Diagnostic> {
        if found.text == "," {
            let before = self.before()?;
            let opens = matches!(before.text, "(" | "[" | "{" | ",");
            return opens
                .then(|| self.instead("there is a comma too many", self.span_of(found), ""));
        }
        let before = self.before()?;
        if self.place.words().contains(&before.text) {
            let comma = words::word_before(self.text, self.from, before.start);
            let comma = comma.filter(|w| w.text == ",")?;
            return Some(self.instead(
                "lines are not separated by commas",
                self.span_of(comma),
                "",
            ));
        }
        if before.text != "," || self.at == self.start {
            return None;
        }
        let ends = self.place.words().contains(&found.text)
            || JOINING.contains(&found.text)
            || matches!(found.text, "}" | ")");
        ends.then(|| {
            let message = "a list without brackets does not end in a comma";
            self.instead(message, self.span_of(before), "")
        })
    }

    /// `mfa_age < 5m`, `sourceip in office`: only keys and phrases are compared.
    fn comparison_of_a_name(&self, found: Word<'_>) -> Option<Diagnostic> {
        let signs = [
            "==", "!=", "<", "<=", ">", ">=", "in", "like", "within", "after", "before", "present",
            "absent", "=",
        ];
        let conditional = self.expects(&[
            Rule::kw_and,
            Rule::kw_or,
            Rule::args,
            Rule::equals,
            Rule::open_paren,
        ]);
        if !signs.contains(&found.text) || !conditional {
            return None;
        }
        let name = self
            .before()
            .filter(|w| w.text.starts_with(words::is_word))?;
        let span = self.span_of(name);
        let message = format!("`{}` is neither a key nor a phrase", name.text);
        let spaced = name.text.replace('_', " ").to_ascii_lowercase();
        let near = PHRASES
            .iter()
            .map(|phrase| (strsim::damerau_levenshtein(phrase, &spaced), *phrase))
            .min()
            .filter(|(distance, _)| *distance <= 2);
        let problem = self.error(message, span, "only what a request carries is compared");
        Some(match near {
            Some((_, phrase)) => problem
                .with_help(format!("did you mean `{phrase}`?"))
                .with_fix(span, phrase),
            None => problem.with_help(
                "write a key like `aws:SourceIp`, or a phrase like `source ip`, `mfa age`, `principal tag team`",
            ),
        })
    }

    /// `principal not in X`
    fn membership(&self, found: Word<'_>) -> Option<Diagnostic> {
        let who = self.before()?;
        let next = words::word_at(self.text, found.end())?;
        let known = matches!(who.text, "principal" | "resource" | "source");
        (known && found.text == "not" && next.text == "in").then(|| {
            let span = self.span(who.start, next.end());
            let text = format!("not {} in", who.text);
            self.instead("a membership is negated as a whole", span, &text)
        })
    }

    fn closing(&self, found: Word<'_>) -> Option<Diagnostic> {
        let stray = matches!(found.text, "}" | ")" | "]") && found.start == self.start;
        stray.then(|| {
            let message = format!("this `{}` closes nothing", found.text);
            self.error(message, self.span_of(found), "")
        })
    }

    /// `statement { … }`
    fn statement_word(&self, found: Word<'_>) -> Option<Diagnostic> {
        let wordy = found.text.eq_ignore_ascii_case("statement") && found.start == self.start;
        (wordy && self.place == Place::Block).then(|| {
            self.error("a statement is one line", self.span_of(found), "")
                .with_help("write `allow ACTIONS on RESOURCES when CONDITION`, or `deny …`")
        })
    }

    /// A word of another language, in another case, or with a slip.
    fn misspelt(&self, found: Word<'_>) -> Option<Diagnostic> {
        if !found.text.starts_with(words::is_word) {
            return None;
        }
        let lower = found.text.to_lowercase();
        let starts = found.start == self.start;
        let lines: &[&str] = if starts { self.place.words() } else { &[] };
        let joining: Vec<&str> = JOINING
            .iter()
            .copied()
            .filter(|w| self.may_join(w))
            .collect();
        let mut known = lines.iter().copied().chain(joining.iter().copied());
        let span = self.span_of(found);
        if let Some(word) = known.clone().find(|w| *w == lower && *w != found.text) {
            let message = format!("`{}` is written `{word}`", found.text);
            return Some(self.instead(message, span, word));
        }
        let synonym = SYNONYMS
            .iter()
            .find(|(other, word)| *other == lower && known.clone().any(|w| w == *word));
        if let Some((_, word)) = synonym {
            let message = format!("here the word is `{word}`, not `{}`", found.text);
            return Some(self.instead(message, span, word));
        }
        let near = known.find(|w| w.len() > 3 && strsim::damerau_levenshtein(w, &lower) == 1)?;
        let message = format!("there is no word `{}` here", found.text);
        let problem = self.error(message, span, "");
        Some(
            problem
                .with_help(format!("did you mean `{near}`?"))
                .with_fix(span, near),
        )
    }

    /// Whether a joining word is expected here.
    fn may_join(&self, word: &str) -> bool {
        let rules: &[Rule] = match word {
            "on" => &[Rule::on_clause, Rule::kw_on, Rule::block_on],
            "to" => &[Rule::to_clause, Rule::kw_to],
            "when" => &[Rule::when_clause, Rule::kw_when],
            "unless" => &[Rule::unless_clause, Rule::kw_unless],
            "except" => &[Rule::kw_except, Rule::every_except],
            "and" => &[Rule::kw_and],
            "or" => &[Rule::kw_or],
            "not" => &[Rule::kw_not, Rule::unary, Rule::cond],
            "in" => &[Rule::kw_in, Rule::comparison, Rule::comparator],
            "like" => &[Rule::comparison, Rule::comparator],
            "with" => &[Rule::trust_with, Rule::test_with, Rule::kw_with],
            "as" => &[Rule::kw_as],
            _ => &[],
        };
        self.expects(rules)
    }

    /// `let when = 1`
    fn word_as_name(&self, found: Word<'_>) -> Option<Diagnostic> {
        let named = self.expects(&[
            Rule::ident,
            Rule::name_in,
            Rule::path,
            Rule::expr,
            Rule::call,
        ]);
        let joins = JOINING.contains(&found.text) || matches!(found.text, "allow" | "deny");
        let same_line = self
            .before()
            .is_some_and(|b| !self.is_on_next_line(b, Some(found)));
        let starts = ITEM_WORDS.contains(&found.text);
        (named && joins && same_line && !starts).then(|| {
            let message = format!("`{}` is a word of the language", found.text);
            self.error(message, self.span_of(found), "no value can have this name")
        })
    }
}
