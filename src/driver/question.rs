//! A question of the command line, read as the language reads a claim: names, types and catalogue facts included.
//!
//! The question becomes a module of its own beside the project's, so that a misspelt action is told in the words that
//! `check` has for it. Names that a project declares in one place only need no `use` here.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::Catalogue;
use crate::check::{self, Defaults};
use crate::diagnostic::{self, Code, Diagnostic, has_errors, nearest};
use crate::ir::PolicySet;
use crate::ir::promise::{Claim, Promises};
use crate::lower;
use crate::resolve::{DefKind, Library, ModuleInput, Resolved};
use crate::source::{Files, SourceId, SourceMap, Span};
use crate::syntax;
use crate::syntax::ast::BlockKind;
use crate::types::PHRASES;

use super::{load, resolve_with_library};

/// The path that findings about the question's own words have.
pub const PATH: &str = "<question>";

/// What is asked, in words of the language.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Question {
    /// Whom it is about; empty if about everybody.
    pub who: String,
    /// `s3:GetObject`
    pub action: String,
    /// `reports/*`, `arn:aws:s3:::reports/*`; empty if no resource is named.
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
                meaning = asked(set, promises, written).filter(|_| !has_errors(&found));
            }
        }
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

fn asked(set: PolicySet, promises: Promises, written: Written) -> Option<Meaning> {
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
        called: written.called,
    })
}

/// What the project declares, by name.
#[derive(Default)]
struct Names {
    /// For each name the modules that declare it.
    all: BTreeMap<String, Vec<String>>,
    /// Names of roles, users, groups and permission sets.
    people: BTreeSet<String>,
    modules: BTreeSet<String>,
}

impl Names {
    fn of(resolved: &Resolved) -> Names {
        let mut names = Names::default();
        for module in resolved.modules() {
            names.modules.extend(module.name.first().cloned());
        }
        for definition in resolved.definitions() {
            // Organisations, units and accounts are known everywhere.
            let is_node = matches!(definition.kind, DefKind::Node(_));
            if is_node || resolved.library(definition.id) != Library::User {
                continue;
            }
            let Some(module) = resolved.module(definition.module) else {
                continue;
            };
            let name = &definition.name.value;
            let places = names.all.entry(name.clone()).or_default();
            places.push(module.name.join("."));
            let is_somebody = matches!(
                definition.kind,
                DefKind::Block(
                    BlockKind::Role | BlockKind::User | BlockKind::Group | BlockKind::PermissionSet
                )
            );
            if is_somebody {
                names.people.insert(name.clone());
            }
        }
        names
    }
}

/// Writes the question as a module: the claim on the first line, so that findings show it; then what it needs.
fn write(
    question: &Question,
    names: &Names,
    found: &mut Vec<Diagnostic>,
    sources: &mut SourceMap,
) -> Written {
    let (name, place) = match question.who.split_once(" in ") {
        Some((name, place)) => (name.trim(), Some(place.trim())),
        None => (question.who.trim(), None),
    };
    let is_declared = name.contains('.') && !name.contains(':') || names.people.contains(name);
    let subject = match (name, is_declared) {
        ("", _) => "only [every identity]".to_owned(),
        (_, true) => question.who.clone(),
        (_, false) => match place {
            Some(place) => format!("every identity in {place}"),
            None => "every identity".to_owned(),
        },
    };
    let resource = match question.resource.as_str() {
        "" => String::new(),
        arn if arn.starts_with("arn:") => format!(" on arn \"{arn}\""),
        other => format!(" on {other}"),
    };
    let when = match question.when.as_str() {
        "" => String::new(),
        when => format!(" when {when}"),
    };
    let mut text = format!("prove {subject} can {}{resource}{when}\n", question.action);
    if !question.with.is_empty() {
        let with = question.with.iter();
        let with: Vec<String> = with.map(|(k, v)| format!("{k} = {}", quoted(v))).collect();
        text += &format!(
            "test \"with\" {{ given service \"ec2.amazonaws.com\", {} can {}{resource} }}\n",
            with.join(", "),
            question.action
        );
    }
    let mut ambiguous = Vec::new();
    let who = if is_declared { name } else { "" };
    let on = match question.resource.starts_with("arn:") {
        true => "",
        false => question.resource.as_str(),
    };
    let spoken = [who, on, &question.when];
    let mut imported = BTreeSet::new();
    for word in spoken.iter().flat_map(|text| words(text)) {
        let is_phrase = PHRASES
            .iter()
            .any(|p| p.words.split(' ').any(|w| w == word));
        match names.all.get(word).map(Vec::as_slice) {
            Some([module]) if !is_phrase && imported.insert(word) => {
                text += &format!("use {module}.{{{word}}}\n");
            }
            Some([_, _, ..]) if !is_phrase => ambiguous.push(word),
            _ => {}
        }
    }
    let id = sources.add(PATH, text);
    let line = Span::new(id, 0, 0);
    for word in ambiguous {
        let places = names.all.get(word).map(Vec::as_slice).unwrap_or_default();
        let places: Vec<String> = places.iter().map(|m| format!("`{m}.{word}`")).collect();
        let message = format!("`{word}` is declared in {} modules", places.len());
        found.push(
            Diagnostic::error(Code::UnknownName, message, line, "")
                .with_help(format!("say which: {}", places.join(" or "))),
        );
    }
    let start = sources.get(id).and_then(|s| s.text.find(&resource));
    let start = start.unwrap_or_default() + " on ".len();
    found.extend(unknown_resource(&question.resource, names, id, start));
    Written {
        id,
        called: (!is_declared && !name.is_empty()).then(|| name.to_owned()),
    }
}

/// A resource that begins with a name which nobody declares: the resolver sees the question's own names only and
/// could not say what was meant.
fn unknown_resource(
    resource: &str,
    names: &Names,
    id: SourceId,
    start: usize,
) -> Option<Diagnostic> {
    let length = resource
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(resource.len());
    let (name, rest) = resource.split_at_checked(length)?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name != "arn";
    let is_known = names.all.contains_key(name)
        || rest.starts_with(':')
        || rest.starts_with('.') && (names.modules.contains(name) || name == "std");
    if !is_name || is_known {
        return None;
    }
    let message = format!("nothing called `{name}` is declared in the project");
    let at = Span::new(id, start, start + name.len());
    let found = Diagnostic::error(Code::UnknownName, message, at, "");
    let near = nearest(name, names.all.keys().map(String::as_str));
    Some(match near {
        Some(near) => found.with_help(format!("did you mean `{near}`?")),
        None => found.with_help("name a declaration of the project, or write an ARN"),
    })
}

/// A value as the language writes it: a word that is no other literal is a text.
fn quoted(value: &str) -> String {
    let is_literal = value.starts_with(['"', '['])
        || matches!(value, "true" | "false")
        || value.starts_with(|c: char| c.is_ascii_digit())
            && value.contains(|c: char| !c.is_ascii_digit() || value.len() < 12)
            && value
                .chars()
                .all(|c| c.is_ascii_hexdigit() || "smhd.:/-TZ+".contains(c))
        || value.parse::<std::net::Ipv6Addr>().is_ok();
    match is_literal {
        true => value.to_owned(),
        false => format!("\"{value}\""),
    }
}

/// The words of a text that can be names: not in quotes, not behind a dot or a colon, not before a colon.
fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut quoted = false;
    let mut before = ' ';
    let mut start: Option<(usize, char)> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let is_letter = c.is_ascii_alphanumeric() || c == '_';
        if !quoted && is_letter {
            start = start.or(Some((at, before)));
        } else if let Some((from, ahead)) = start.take() {
            let word = text.get(from..at).unwrap_or_default();
            let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            if is_name && !matches!(ahead, '.' | ':') && c != ':' {
                found.push(word);
            }
        }
        quoted ^= c == '"';
        before = c;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_what_can_be_a_name() {
        assert_eq!(words("settled/\"a b\""), ["settled"]);
        assert_eq!(words("s3:bucket \"x\"/*"), Vec::<&str>::new());
        assert_eq!(
            words("source ip in network.office"),
            ["source", "ip", "in", "network"]
        );
        assert_eq!(words("iam:role(account: \"*\", name: x)"), ["x"]);
    }

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
            assert_eq!(quoted(literal), literal);
        }
        for text in [
            "payments",
            "o-a1b2c3",
            "arn:aws:iam::1:role/x",
            "111111111111",
        ] {
            assert_eq!(quoted(text), format!("\"{text}\""));
        }
    }
}
