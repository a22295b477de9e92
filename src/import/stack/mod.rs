//! Infrastructure as code as blocks: Terraform plans and CloudFormation templates.
//!
//! In: the text of a plan or template. Out: one module of roles, policies, users, groups, guardrails and resource
//! policies, and a finding for each value that is only known after it is deployed. Such a value is never guessed: the
//! document that needs it is left out, and the finding names both.

mod assembly;
mod cloudformation;
mod intrinsic;
mod terraform;

use indexmap::IndexMap;
use serde_json::Value;

use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::json::Path;
use crate::iam::{PolicyKind, json, reader};
use crate::ir::{self, Policy};
use crate::source::{SourceId, SourceMap, Span};

use super::model::{Ambient, Module};

pub use cloudformation::cloudformation;
pub use terraform::terraform;

/// What a plan or template declares.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    /// All of it.
    pub module: Module,
    /// What is wrong with it, and what is not known yet.
    pub diagnostics: Vec<Diagnostic>,
}

/// What reading needs throughout.
struct Reading<'a> {
    source: SourceId,
    path: String,
    sources: &'a mut SourceMap,
    catalogue: &'a Catalogue,
    ambient: &'a Ambient,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// A value that is not known before it is deployed.
    fn unresolved(&mut self, what: &str, why: &str) {
        let message = format!("{what} is not imported: {why}");
        let help =
            "import it once it is deployed, with `--authorization-details`, or fill the value in";
        self.diagnostics
            .push(self.finding(Code::UnresolvedValue, message).with_help(help));
    }

    fn invalid(&mut self, what: &str, why: &str) {
        let message = format!("{what}: {why}");
        let found = self.finding(Code::InvalidDocument, message);
        self.diagnostics.push(found);
    }

    fn finding(&self, code: Code, message: String) -> Diagnostic {
        Diagnostic::error(code, message, Span::new(self.source, 0, 0), "")
    }

    /// A document that stands in a text of its own.
    fn document(&mut self, what: &str, text: &str, kind: PolicyKind, name: &str) -> Option<Policy> {
        let source = self.sources.add(format!("{}#{what}", self.path), text);
        let (node, mut faults) = json::parse(text);
        let reading = node
            .filter(|_| faults.is_empty())
            .and_then(|node| reader::read_node(&node, Some(kind), &Path::ROOT, &mut faults));
        for fault in faults {
            let span = Span::new(source, fault.at.start as usize, fault.at.end as usize);
            let element = match fault.element.as_str() {
                "" => String::new(),
                element => format!("{element}: "),
            };
            let message = format!("{what}: {element}{}", fault.message);
            let expected = format!("expected {}", fault.expected);
            self.diagnostics.push(Diagnostic::error(
                Code::InvalidDocument,
                message,
                span,
                expected,
            ));
        }
        let provenance = ir::read::Provenance { kind, name, source };
        let several = |key: &str| self.catalogue.key(key).is_some_and(|k| k.key.multi_valued);
        Some(ir::read::policy(&reading?, provenance, several))
    }
}

/// A member that is text and not empty.
fn text_of<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value
        .get(member)
        .and_then(Value::as_str)
        .filter(|t| !t.is_empty())
}

/// A member that is a list of texts.
fn texts_of<'v>(value: &'v Value, member: &str) -> Vec<&'v str> {
    let list = value.get(member).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Tags under the names that are given.
fn tags_of(pairs: impl Iterator<Item = (String, String)>) -> IndexMap<String, String> {
    pairs.filter(|(key, _)| !key.starts_with("aws:")).collect()
}
