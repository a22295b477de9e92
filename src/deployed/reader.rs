//! What all readers share: trees of files, required members, and IAM documents inside them.

use super::embedded::Embedded;
use super::form::Form;
use super::view::View;
use super::{MAX_BYTES, message};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::json::{self, Extent, Fault, Node, Value};
use crate::iam::{PolicyKind, reader};
use crate::ir::{self, Policy};
use crate::source::{SourceId, SourceMap, Span};

/// What a policy is and how messages call it.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    /// The kind of policy.
    pub(super) kind: PolicyKind,
    /// Its name in AWS.
    pub(super) name: &'a str,
    /// For messages: "the trust policy of role `Deployer`".
    pub(super) what: &'a str,
}

/// Reads and collects findings.
pub(super) struct Reader<'a> {
    pub(super) sources: &'a SourceMap,
    pub(super) catalogue: &'a Catalogue,
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sources: &'a SourceMap, catalogue: &'a Catalogue) -> Self {
        Reader {
            sources,
            catalogue,
            findings: Vec::new(),
        }
    }

    fn source_text(&self, source: SourceId) -> &'a str {
        self.sources.get(source).map_or("", |s| s.text.as_str())
    }

    /// The tree of a JSON file; `None`, with findings, if it is none. A name that stands twice is a finding beside it.
    pub(super) fn tree(&mut self, source: SourceId) -> Option<Node> {
        let text = self.source_text(source);
        if text.trim_start().is_empty() {
            let found = message::empty_file(self.start(source));
            self.findings.push(found);
            return None;
        }
        if !text.trim_start().starts_with(['{', '[']) && json::parse(text).0.is_none() {
            let found = message::no_json(self.start(source), Form::of_text(text));
            self.findings.push(found);
            return None;
        }
        let (node, faults) = json::parse_within(text, MAX_BYTES);
        for fault in faults {
            let is_cut_off = fault.at.range().start >= text.len();
            let mut found = message::fault(Code::InvalidExport, "", fault, source);
            if is_cut_off {
                found = found.with_help("the file is cut off: write it anew");
            }
            self.findings.push(found);
        }
        node
    }

    /// The text of a member that has to be there. `what` says of what: "a role".
    pub(super) fn text<'v>(&mut self, at: View<'v>, name: &str, what: &str) -> Option<&'v str> {
        let Some(member) = at.member(name) else {
            let found = message::missing_member(at.span(), what, name);
            self.findings.push(found);
            return None;
        };
        let text = member.text();
        if text.is_none() {
            self.wrong_type(member, name, "text");
        }
        text
    }

    /// The objects of a list that may be missing.
    pub(super) fn objects<'v>(&mut self, at: View<'v>, name: &str) -> Vec<View<'v>> {
        let Some(member) = at.member(name) else {
            return Vec::new();
        };
        if !matches!(member.node.value, Value::List(_)) {
            self.wrong_type(member, name, "a list");
        }
        let (objects, others): (Vec<_>, Vec<_>) = member.items().partition(|i| i.is_map());
        for other in others {
            self.wrong_type(other, name, "a list of objects");
        }
        objects
    }

    pub(super) fn wrong_type(&mut self, at: View<'_>, name: &str, expected: &str) {
        let found = at.node.value.described();
        let finding = message::wrong_type(at.span(), name, found, expected);
        self.findings.push(finding);
    }

    /// An IAM document: an object, or text that holds one, plain or URL-encoded. `None`, with findings, if it cannot
    /// be read.
    pub(super) fn policy(&mut self, at: View<'_>, about: About<'_>) -> Option<Policy> {
        let mut faults = Vec::new();
        let inner;
        let node = match &at.node.value {
            Value::Text(text) => {
                inner = self.embedded(text, at, &mut faults);
                inner.as_ref()
            }
            _ => Some(at.node),
        };
        let policy = node.and_then(|node| self.policy_of(node, at.source, about, &mut faults));
        let clean = faults.is_empty();
        let found = faults.into_iter();
        self.findings
            .extend(found.map(|f| message::fault(Code::InvalidDocument, about.what, f, at.source)));
        policy.filter(|_| clean)
    }

    fn policy_of(
        &self,
        node: &Node,
        source: SourceId,
        about: About<'_>,
        faults: &mut Vec<Fault>,
    ) -> Option<Policy> {
        let reading = reader::read_node(node, Some(about.kind), &json::Path::ROOT, faults)?;
        let provenance = ir::read::Provenance {
            kind: about.kind,
            name: about.name,
            source,
        };
        let multi = |key: &str| {
            self.catalogue
                .key(key)
                .is_some_and(|key| key.key.multi_valued)
        };
        Some(ir::read::policy(&reading, provenance, multi))
    }

    /// The tree of a document that stands as text, in places of the source. Faults of the syntax are told.
    fn embedded(&self, text: &str, at: View<'_>, faults: &mut Vec<Fault>) -> Option<Node> {
        let plain = Embedded::new(text, at.node.at, self.source_text(at.source));
        let is_object = |text: &str| text.trim_start().starts_with('{');
        let embedded = match is_object(&plain.text) {
            true => Some(plain),
            false => plain.percent_decoded().filter(|e| is_object(&e.text)),
        };
        let Some(embedded) = embedded else {
            faults.push(Fault {
                at: at.node.at,
                element: String::new(),
                message: "the text is neither JSON nor URL-encoded JSON".to_owned(),
                expected: "a policy document".to_owned(),
            });
            return None;
        };
        let (node, found) = embedded.parse();
        faults.extend(found);
        node
    }

    /// The start of a file, for findings about it as a whole.
    pub(super) fn start(&self, source: SourceId) -> Span {
        let at = Extent::default().range();
        Span::new(source, at.start, at.end)
    }

    /// How many findings are errors.
    pub(super) fn errors(&self) -> usize {
        let errors = self.findings.iter();
        errors
            .filter(|d| d.severity == crate::diagnostic::Severity::Error)
            .count()
    }
}
