//! A question of the command line, read as the language reads a claim: names, types and catalogue facts included.
//!
//! The question becomes a module of its own beside the project's, so that a misspelt action is told in the words that
//! `check` has for it. Names that a project declares in one place only need no `use` here.

mod names;
mod twice;

use std::collections::BTreeSet;

use crate::catalogue::Catalogue;
use crate::check::{self, Defaults};
use crate::diagnostic::{self, Diagnostic, Label, has_errors};
use crate::ir::PolicySet;
use crate::ir::promise::{Claim, Promises};
use crate::lower;
use crate::resolve::{Library, ModuleInput};
use crate::source::{Files, SourceId, SourceMap, Span};
use crate::syntax;

use super::{load, resolve_with_library};
use names::Names;
use twice::Twice;

/// The path that findings about the question's own words have.
pub const PATH: &str = "<question>";

/// The path of what the compiler reads in its stead; nobody is shown it.
const READ: &str = "<question, as it is read>";

/// Which question.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Form {
    /// `ROLE [in ACCOUNT] ACTION on RESOURCE [when …] [with …]`
    #[default]
    Can,
    /// `ACTION on RESOURCE [when …]`
    WhoCan,
    /// `ROLE [in ACCOUNT]`
    Access,
}

impl Form {
    /// The word that asks it.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Can => "can",
            Form::WhoCan => "who-can",
            Form::Access => "access",
        }
    }
}

/// What is asked, in words of the language.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Question {
    /// Which question it is.
    pub form: Form,
    /// Whom it is about; empty if about everybody.
    pub who: String,
    /// `s3:GetObject`; empty if it is about all actions.
    pub action: String,
    /// `reports/*`, `reports/2026/x.csv`, `arn:aws:s3:::reports/*`; empty if no resource is named.
    pub resource: String,
    /// A condition; empty if none is named.
    pub when: String,
    /// Keys of the request and their values.
    pub with: Vec<(String, String)>,
}

/// A question and the project that it is about, both read.
#[derive(Debug)]
pub struct Read {
    /// All texts, the question's among them.
    pub sources: SourceMap,
    /// What is wrong with either.
    pub diagnostics: Vec<Diagnostic>,
    /// What the project means and what is asked; `None` if something is wrong.
    pub meaning: Option<Meaning>,
    /// The project's own catalogue; `None` is the one inside the binary.
    pub own_catalogue: Option<Box<Catalogue>>,
}

/// What there is to answer.
#[derive(Debug)]
pub struct Meaning {
    /// The project.
    pub set: PolicySet,
    /// The claim that the question would be.
    pub claim: Claim,
    /// The keys that the request has.
    pub context: Vec<(String, Vec<String>)>,
    /// A name in AWS, or an ARN, where the project declares nobody of the name: whoever in the claim is called so.
    pub called: Option<String>,
}

impl Read {
    /// The catalogue that counts.
    pub fn catalogue(&self) -> &Catalogue {
        match &self.own_catalogue {
            Some(own) => own,
            None => Catalogue::embedded(),
        }
    }
}

/// Reads a project and a question about it.
pub fn read(files: &dyn Files, question: &Question) -> Read {
    let mut loaded = load(files);
    let mut found = std::mem::take(&mut loaded.diagnostics);
    let modules = std::mem::take(&mut loaded.modules);
    let resolved = resolve_with_library(modules, &mut loaded.sources, &mut found);
    let mut meaning = None;
    if !has_errors(&found) {
        let names = Names::of(&resolved);
        let defaults = Defaults {
            partition: loaded.config.partition.clone(),
            regions: loaded.config.regions.clone(),
        };
        let written = write(question, &names, &mut found, &mut loaded.sources);
        let (own, problems) = module(written.id, &loaded.sources);
        found.extend(problems);
        let mut modules = resolved.into_modules();
        modules.push(own);
        add_library(&mut modules, &mut loaded.sources);
        if !has_errors(&found) {
            let resolved = resolve_with_library(modules, &mut loaded.sources, &mut found);
            let (checked, problems) = check::check(&resolved, loaded.catalogue(), defaults);
            found.extend(problems);
            if let Some(checked) = checked.filter(|_| !has_errors(&found)) {
                let (set, problems) = lower::lower(&checked);
                found.extend(problems);
                let (promises, problems) = lower::promises(&checked);
                found.extend(problems);
                meaning = asked(set, promises, &written).filter(|_| !has_errors(&found));
            }
        }
        found = in_own_words(found, &written);
    }
    // Warnings about the project are for `check`; those about the question are an answer's.
    found.retain(|d| {
        let of_question = d.primary.as_ref().is_some_and(|l| {
            let source = loaded.sources.get(l.span.source);
            source.is_some_and(|s| s.path == PATH)
        });
        of_question || d.severity == diagnostic::Severity::Error
    });
    diagnostic::sort(&mut found);
    Read {
        sources: loaded.sources,
        diagnostics: found,
        meaning,
        own_catalogue: loaded.own_catalogue,
    }
}

/// The question as it was written for the compiler.
struct Written {
    id: SourceId,
    /// The question as it was asked.
    shown: SourceId,
    text: Twice,
    called: Option<String>,
}

fn module(id: SourceId, sources: &SourceMap) -> (ModuleInput, Vec<Diagnostic>) {
    let text = sources.get(id).map_or("", |s| s.text.as_str());
    let (ast, _, problems) = syntax::parse(id, text);
    let module = ModuleInput {
        name: vec!["question".to_owned(), "asked".to_owned()],
        library: Library::User,
        ast,
    };
    (module, problems)
}

/// The parts of the library that only the question mentions.
fn add_library(modules: &mut Vec<ModuleInput>, sources: &mut SourceMap) {
    let missing: Vec<ModuleInput> = super::library::mentioned(modules, sources)
        .into_iter()
        .filter(|m| !modules.iter().any(|known| known.name == m.name))
        .collect();
    modules.extend(missing);
}

fn asked(set: PolicySet, promises: Promises, written: &Written) -> Option<Meaning> {
    let is_own = |origin: &crate::ir::Origin| {
        let first = origin.spans.first();
        first.is_some_and(|s| s.source == written.id)
    };
    let claim = promises.claims.into_iter().find(|c| is_own(&c.origin))?;
    let trial = promises.tests.into_iter().find(|t| is_own(&t.origin));
    let line = trial.and_then(|t| t.expectations.into_iter().next());
    Some(Meaning {
        set,
        claim: claim.claim,
        context: line.map(|l| l.context).unwrap_or_default(),
        called: written.called.clone(),
    })
}

/// Writes the question as a module: the claim, then the test that holds its keys, then what they need.
fn write(
    question: &Question,
    names: &Names,
    found: &mut Vec<Diagnostic>,
    sources: &mut SourceMap,
) -> Written {
    let mut text = Twice::default();
    text.show(question.form.as_str());
    text.say("prove ");
    let (name, place) = match question.who.split_once(" in ") {
        Some((name, place)) => (name.trim(), Some(place.trim())),
        None => (question.who.trim(), None),
    };
    let is_declared = names.is_declared(name);
    // Where people see what can name a declaration.
    let mut spoken: Vec<(usize, &str)> = Vec::new();
    if name.is_empty() {
        text.say("only [every identity]");
    } else {
        text.show(" ");
        if is_declared {
            spoken.push((text.both(name), name));
        } else {
            text.say("every identity");
            text.show(name);
        }
        if let Some(place) = place {
            text.both(" in ");
            text.both(place);
        }
    }
    text.say(" can");
    let action = match question.action.as_str() {
        // A claim about any action will do: only whom it speaks of is wanted.
        "" => {
            text.say(" sts:GetCallerIdentity");
            0
        }
        action => text.both(&format!(" {action}")),
    };
    let mut resource = 0;
    if !question.resource.is_empty() {
        resource = text.both(" on ") + " on ".len();
        write_resource(&mut text, &question.resource, None);
        if !question.resource.starts_with("arn:") {
            spoken.push((resource, &question.resource));
        }
    }
    if !question.when.is_empty() {
        text.both(" when ");
        spoken.push((text.both(&question.when), &question.when));
    }
    text.say("\n");
    if !question.with.is_empty() {
        write_keys(&mut text, &question.with);
        text.say(" can");
        text.again(&format!(" {}", question.action), action);
        text.again(" on ", resource.saturating_sub(" on ".len()));
        write_resource(&mut text, &question.resource, Some(resource));
        text.say(" }\n");
    }
    let mut doubtful = Vec::new();
    let mut imported = BTreeSet::new();
    for (start, part) in spoken {
        for (at, word, modules) in names.mentioned(part) {
            match modules {
                [module] if imported.insert(word) => {
                    text.say(&format!("use {module}.{{{word}}}\n"));
                }
                [_, _, ..] => doubtful.push((start + at, word, modules)),
                _ => {}
            }
        }
    }
    let shown = sources.add(PATH, text.shown.as_str());
    for (at, word, modules) in doubtful {
        let at = Span::new(shown, at, at + word.len());
        found.push(names::ambiguous(word, modules, at));
    }
    let at = Span::new(shown, resource, resource + question.resource.len());
    found.extend(names.unknown_resource(&question.resource, at));
    Written {
        id: sources.add(READ, text.read.as_str()),
        shown,
        text,
        called: (!is_declared && !name.is_empty()).then(|| name.to_owned()),
    }
}

/// Writes a resource, the first time or, if people see it already, there.
fn write_resource(text: &mut Twice, resource: &str, seen: Option<usize>) {
    let mut at = seen.unwrap_or(text.shown.len());
    let mut add = |text: &mut Twice, part: &str| {
        match seen {
            Some(_) => text.again(part, at),
            None => {
                text.both(part);
            }
        }
        at += part.len();
    };
    if resource.starts_with("arn:") {
        text.say("arn \"");
        add(text, resource);
        text.say("\"");
        return;
    }
    match plain_path(resource) {
        Some((name, path)) => {
            add(text, name);
            add(text, "/");
            text.say("\"");
            add(text, path);
            text.say("\"");
        }
        None => add(text, resource),
    }
}

/// Writes what a request has, as a test gives it.
fn write_keys(text: &mut Twice, keys: &[(String, String)]) {
    text.show(" with");
    text.say("test \"with\" { given service \"ec2.amazonaws.com\"");
    for (key, value) in keys {
        text.say(", ");
        text.show(" ");
        text.both(key);
        text.say(" = ");
        text.show("=");
        let quote = if is_literal(value) { "" } else { "\"" };
        text.say(quote);
        text.both(value);
        text.say(quote);
    }
}

/// Name and path of a resource whose path stands without the quotes that a shell has taken away:
/// `reports/2026/x.csv`.
fn plain_path(resource: &str) -> Option<(&str, &str)> {
    let (name, path) = resource.split_once('/')?;
    let is_name = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let is_plain =
        path != "*" && !path.contains(['"', '\\', ',']) && !path.contains(char::is_whitespace);
    (is_name && is_plain).then_some((name, path))
}

/// Whether a value is written as it stands: a word that is no literal of the language is a text.
fn is_literal(value: &str) -> bool {
    value.starts_with(['"', '['])
        || matches!(value, "true" | "false")
        || value.starts_with(|c: char| c.is_ascii_digit())
            && value.contains(|c: char| !c.is_ascii_digit() || value.len() < 12)
            && value
                .chars()
                .all(|c| c.is_ascii_hexdigit() || "smhd.:/-TZ+".contains(c))
        || value.parse::<std::net::Ipv6Addr>().is_ok()
}

/// Tells findings about what the compiler read in the words of the question, each once.
fn in_own_words(found: Vec<Diagnostic>, written: &Written) -> Vec<Diagnostic> {
    let own = |label: &mut Label| {
        if label.span.source == written.id {
            let place = written.text.place(label.span.range());
            label.span = Span::new(written.shown, place.start, place.end);
        }
    };
    let mut told: Vec<Diagnostic> = Vec::new();
    for mut finding in found {
        let is_ours = |label: &Label| label.span.source == written.id;
        if finding.primary.as_ref().is_some_and(is_ours) {
            // A fix would change what the compiler read, which is no file.
            finding.fix = None;
        }
        finding.primary.iter_mut().for_each(own);
        finding.secondary.iter_mut().for_each(own);
        // What stands in the claim and in the test is one word of the question.
        let is_told = |d: &Diagnostic| {
            d.code == finding.code && d.message == finding.message && d.primary == finding.primary
        };
        if !told.iter().any(is_told) {
            told.push(finding);
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_unless_they_are_literals() {
        for literal in [
            "true",
            "5m",
            "203.0.113.7",
            "203.0.113.0/24",
            "[\"a\"]",
            "17",
        ] {
            assert!(is_literal(literal), "{literal}");
        }
        for text in [
            "payments",
            "o-a1b2c3",
            "arn:aws:iam::1:role/x",
            "111111111111",
        ] {
            assert!(!is_literal(text), "{text}");
        }
    }

    #[test]
    fn a_plain_path_gets_the_quotes_back_that_a_shell_takes() {
        let of = |resource| plain_path(resource);
        assert_eq!(of("reports/2026/x.csv"), Some(("reports", "2026/x.csv")));
        assert_eq!(of("reports/2026/*"), Some(("reports", "2026/*")));
        for kept in ["reports/*", "reports/\"x\"", "reports/a, b", "jobs", "*"] {
            assert_eq!(of(kept), None, "{kept}");
        }
    }
}
