//! The documents of a file: one by itself, a list of them, or what a call of the AWS CLI prints around one.

use crate::catalogue::Catalogue;
use crate::deployed::Form;
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::document::Document;
use crate::iam::json::{self, Extent, Fault, Member, Node, Path, Value};
use crate::iam::{PolicyKind, reader};
use crate::ir::{self, Policy};
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax;

/// A document that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What the file calls it, if it does.
    pub name: Option<String>,
    /// What it means.
    pub policy: Policy,
}

/// The members of AWS's answers that hold a document, or lead to one.
const WRAPPERS: [&str; 8] = [
    "PolicyVersion",
    "Policy",
    "Role",
    "RolePolicy",
    "Document",
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Content",
];

/// The members of AWS's answers that name a document.
const NAMES: [&str; 3] = ["PolicyName", "RoleName", "Name"];

/// Reads every document of a file. What cannot be read is reported, and does not hide the others.
pub fn read(
    path: &str,
    bytes: &[u8],
    kind: Option<PolicyKind>,
    sources: &mut SourceMap,
    catalogue: &Catalogue,
) -> (Vec<Found>, Vec<Diagnostic>) {
    let text = match syntax::decode(bytes) {
        Ok(text) => text,
        Err(bad) => {
            let source = sources.add(path, bad.text.clone());
            return (Vec::new(), vec![bad.diagnostic(source)]);
        }
    };
    let source = sources.add(path, text.as_str());
    if let Some(found) = other_file(&text, source) {
        return (Vec::new(), vec![found]);
    }
    let mut reading = Reading {
        kind,
        sources,
        catalogue,
        found: Vec::new(),
        diagnostics: Vec::new(),
    };
    match text.trim_start().starts_with('%') {
        true => reading.embedded(source, &text, "decoded", None, kind),
        false => reading.text(source, &text, None, kind),
    }
    (reading.found, reading.diagnostics)
}

struct Reading<'a> {
    kind: Option<PolicyKind>,
    sources: &'a mut SourceMap,
    catalogue: &'a Catalogue,
    found: Vec<Found>,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn text(&mut self, source: SourceId, text: &str, name: Option<&str>, kind: Option<PolicyKind>) {
        let (node, faults) = json::parse(text);
        let broken = !faults.is_empty();
        self.report(source, faults);
        let Some(node) = node else { return };
        // What is behind an error of syntax is a guess of the reader's.
        if broken {
            return;
        }
        match &node.value {
            Value::List(list) => {
                for (i, member) in list.iter().enumerate() {
                    self.node(source, member, &Path::ROOT.index(i), name, kind);
                }
            }
            _ => self.node(source, &node, &Path::ROOT, name, kind),
        }
    }

    fn node(
        &mut self,
        source: SourceId,
        node: &Node,
        path: &Path<'_>,
        name: Option<&str>,
        kind: Option<PolicyKind>,
    ) {
        let members = match &node.value {
            Value::Map(members) => members,
            // A list of what the API gives.
            Value::Text(text) if text.trim_start().starts_with(['{', '%']) => {
                return self.embedded(source, text, &path.to_string(), name, kind);
            }
            _ => return self.expected(source, node, path),
        };
        if members.iter().any(|m| m.name == "Statement") {
            return self.document(source, node, path, name, kind);
        }
        let own = NAMES
            .iter()
            .find_map(|n| members.iter().find(|m| m.name == *n));
        let own = own.and_then(|m| match &m.node.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let inner: Vec<&Member> = members
            .iter()
            .filter(|m| WRAPPERS.contains(&m.name.as_str()))
            .collect();
        if inner.is_empty() {
            return self.expected(source, node, path);
        }
        for member in inner {
            let here = path.name(&member.name);
            let trust = member.name == "AssumeRolePolicyDocument" && self.kind.is_none();
            let kind = if trust { Some(PolicyKind::Trust) } else { kind };
            match &member.node.value {
                Value::Text(text) => {
                    self.embedded(source, text, &member.name, own.or(name), kind);
                }
                _ => self.node(source, &member.node, &here, own.or(name), kind),
            }
        }
    }

    /// A document that stands as text.
    fn embedded(
        &mut self,
        source: SourceId,
        text: &str,
        place: &str,
        name: Option<&str>,
        kind: Option<PolicyKind>,
    ) {
        let decoded = percent_decoded(text);
        let path = self.sources.get(source).map_or("", |s| s.path.as_str());
        let path = format!("{path}#{place}");
        let embedded = self.sources.add(path, decoded.as_str());
        self.text(embedded, &decoded, name, kind);
    }

    fn document(
        &mut self,
        source: SourceId,
        node: &Node,
        path: &Path<'_>,
        name: Option<&str>,
        kind: Option<PolicyKind>,
    ) {
        let mut faults = Vec::new();
        let mut reading = reader::read_node(node, kind, path, &mut faults);
        let kind = kind.or_else(|| reading.as_ref().map(|r| kind_of(&r.document)));
        // What a trust policy cannot have is known only when it is known to be one.
        if kind == Some(PolicyKind::Trust) && faults.is_empty() {
            reading = reader::read_node(node, kind, path, &mut faults);
        }
        let clean = faults.is_empty();
        self.report(source, faults);
        let Some(reading) = reading.filter(|_| clean) else {
            return;
        };
        let provenance = ir::read::Provenance {
            kind: kind.unwrap_or(PolicyKind::ManagedPolicy),
            name: name.unwrap_or_default(),
            source,
        };
        let several = |key: &str| self.catalogue.key(key).is_some_and(|k| k.key.multi_valued);
        self.found.push(Found {
            name: name.map(str::to_owned),
            policy: ir::read::policy(&reading, provenance, several),
        });
    }

    /// The place is where the value begins: a file may be one line.
    fn expected(&mut self, source: SourceId, node: &Node, path: &Path<'_>) {
        let start = node.at.range().start;
        let at = Extent::new(start, start);
        let fault = Fault::new(at, path, "here is no policy document", EXPECTED);
        let found = unreadable(&fault, Span::new(source, start, start));
        let found = match Form::of_node(node) {
            Some(form) => found
                .with_note(format!("this looks like {}", form.described()))
                .with_help(form.help()),
            None => found,
        };
        self.diagnostics.push(found);
    }

    fn report(&mut self, source: SourceId, faults: Vec<Fault>) {
        let end = self.sources.get(source).map_or(0, |s| s.text.len());
        for fault in faults {
            let is_cut_off = fault.at.range().start >= end;
            let span = Span::new(source, fault.at.start as usize, fault.at.end as usize);
            let found = unreadable(&fault, span);
            self.diagnostics.push(match is_cut_off {
                true => found.with_help("the file is cut off: write it anew"),
                false => found,
            });
        }
    }
}

/// The kind that a document's elements point to. Without a resource it is a trust policy, if it speaks of STS; a
/// repository's policy names no resource either.
fn kind_of(document: &Document) -> PolicyKind {
    let actions = document
        .statement
        .iter()
        .flat_map(|s| &s.action)
        .flat_map(|texts| &texts.0);
    let elsewhere = |action: &String| {
        let service = action.split(':').next().unwrap_or("");
        !service.eq_ignore_ascii_case("sts") && service != "*"
    };
    match reader::detect_kind(document) {
        PolicyKind::Trust if actions.into_iter().any(elsewhere) => PolicyKind::ResourcePolicy,
        kind => kind,
    }
}

fn unreadable(fault: &Fault, span: Span) -> Diagnostic {
    let element = match fault.element.as_str() {
        "" => String::new(),
        element => format!("{element}: "),
    };
    let message = format!("{element}{}", fault.message);
    let expected = format!("expected {}", fault.expected);
    Diagnostic::error(Code::InvalidDocument, message, span, expected)
}

const EXPECTED: &str =
    "an object with `Statement`, a list of such, or what the AWS CLI prints of one policy or role";

/// An empty file, or text that is no JSON, with what it may be instead.
fn other_file(text: &str, source: SourceId) -> Option<Diagnostic> {
    let start = text.trim_start();
    let found = |message: &str, label: String| {
        Diagnostic::error(
            Code::InvalidDocument,
            message,
            Span::new(source, 0, 0),
            label,
        )
    };
    if start.is_empty() {
        let empty = found("the file is empty", String::new());
        return Some(empty.with_help(format!("expected {EXPECTED}")));
    }
    if start.starts_with(['{', '[', '%']) || json::parse(text).0.is_some() {
        return None;
    }
    let form = Form::of_text(text);
    let label = form.map_or_else(
        || "expected `{` or `[`".to_owned(),
        |form| format!("this looks like {}", form.described()),
    );
    let expected = format!("expected {EXPECTED}");
    let help = form.map_or(expected, |form| form.help().to_owned());
    Some(found("the file is not JSON", label).with_help(help))
}

/// Documents in some answers are encoded as in URLs; JSON itself never starts with `%`.
pub fn percent_decoded(text: &str) -> String {
    if !text.trim_start().starts_with('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = match code {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (Vec<(Option<String>, PolicyKind)>, usize) {
        let mut sources = SourceMap::default();
        let catalogue = Catalogue::embedded();
        let (found, bad) = read("f.json", text.as_bytes(), None, &mut sources, catalogue);
        let found = found.into_iter().map(|f| (f.name, f.policy.kind));
        (found.collect(), bad.len())
    }

    const STATEMENT: &str =
        r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;

    #[test]
    fn a_document_a_list_and_what_the_cli_prints() {
        assert_eq!(names(STATEMENT).0, [(None, PolicyKind::ManagedPolicy)]);
        assert_eq!(names(&format!("[{STATEMENT}, {STATEMENT}]")).0.len(), 2);
        let inline =
            format!(r#"{{"RoleName": "r", "PolicyName": "p", "PolicyDocument": {STATEMENT}}}"#);
        assert_eq!(
            names(&inline).0,
            [(Some("p".to_owned()), PolicyKind::ManagedPolicy)]
        );
        let bucket = format!(r#"{{"Policy": {STATEMENT:?}}}"#);
        assert_eq!(names(&bucket).0.len(), 1);
    }

    #[test]
    fn a_bad_document_does_not_hide_the_others() {
        let bad = r#"{"Statement": {"Effect": "allow", "Action": "s3:*", "Resource": "*"}}"#;
        let (found, count) = names(&format!("[{bad}, {STATEMENT}, 3]"));
        assert_eq!((found.len(), count), (1, 2));
    }

    #[test]
    fn url_encoding_is_undone() {
        assert_eq!(percent_decoded("%7B%22a%22%3A+1%7D"), r#"{"a": 1}"#);
        assert_eq!(percent_decoded("{\"a\": \"%7B\"}"), "{\"a\": \"%7B\"}");
    }
}
