//! The strict reader: IAM JSON to [`Document`], with the place of every part and every fault.
//!
//! In: text and the kind of policy it should be, if that is known. Out: the document and its [`Origins`], or all
//! that is wrong, each fault with line, column, element and what was expected. Strict where silence would change
//! a meaning: names that stand twice, condition keys that differ in case only, JSON types, unknown elements and
//! operators, elements that the kind does not have. Not judged here: whether actions, keys and values exist, and what
//! changes no meaning, such as the spelling of a `Sid`.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

mod condition;
mod element;
mod origins;
mod principal;
mod rules;
mod statement;

pub use origins::{ElementOrigin, Origins, StatementOrigins, TestOrigin};

use super::PolicyKind;
use super::document::{Document, Statement};
use super::json::{self, Extent, Fault, MAX_FAULTS, Member, Node, Path, ReadError, Value};
use rules::Rules;

/// The versions of the policy language that IAM knows; the first is what a document without `Version` has.
pub const VERSIONS: [&str; 2] = ["2008-10-17", super::document::VERSION];

/// A document that was read without a fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    /// What it says; its version is `2008-10-17` if it names none.
    pub document: Document,
    /// Where it says it.
    pub origins: Origins,
}

/// Reads a document of a kind, or of any kind.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn read(text: &str, kind: Option<PolicyKind>) -> Result<Reading, Vec<ReadError>> {
    let (node, mut faults) = json::parse(text);
    let reading = node.and_then(|node| read_node(&node, kind, &Path::ROOT, &mut faults));
    match reading {
        Some(reading) if faults.is_empty() => Ok(reading),
        _ => Err(json::locate(text, faults)),
    }
}

/// Reads a document from bytes of unknown encoding.
///
/// # Errors
/// That they are not UTF-8, or everything that [`read`] finds.
pub fn read_bytes(bytes: &[u8], kind: Option<PolicyKind>) -> Result<Reading, Vec<ReadError>> {
    match json::decode(bytes) {
        Ok(text) => read(text, kind),
        Err(error) => Err(vec![error]),
    }
}

/// Reads a document that is part of a larger text, already parsed. A document without a fault is returned;
/// otherwise there is at least one fault more.
pub fn read_node(
    node: &Node,
    kind: Option<PolicyKind>,
    path: &Path<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Reading> {
    let mut reader = Reader {
        rules: Rules::of(kind),
        faults: Vec::new(),
    };
    let reading = reader.document(node, path);
    let clean = reader.faults.is_empty();
    let room = MAX_FAULTS.saturating_sub(faults.len());
    faults.extend(reader.faults.into_iter().take(room.max(1)));
    reading.filter(|_| clean)
}

/// Finds out what kind of policy a document is, from the elements that it has: a trust policy names principals and
/// no resource, a resource policy names both, and everything else is written like an identity policy.
pub fn detect_kind(document: &Document) -> PolicyKind {
    let names_principal = |s: &Statement| s.principal.is_some() || s.not_principal.is_some();
    let names_resource = |s: &Statement| s.resource.is_some() || s.not_resource.is_some();
    if !document.statement.iter().any(names_principal) {
        PolicyKind::ManagedPolicy
    } else if document.statement.iter().any(names_resource) {
        PolicyKind::ResourcePolicy
    } else {
        PolicyKind::Trust
    }
}

/// Collects faults while the parts of one document are read.
struct Reader {
    rules: Rules,
    faults: Vec<Fault>,
}

/// The elements of a document.
const DOCUMENT_ELEMENTS: [&str; 3] = ["Version", "Id", "Statement"];

impl Reader {
    fn fault(
        &mut self,
        at: Extent,
        path: &Path<'_>,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault::new(at, path, message, expected));
        }
    }

    fn wrong_type(&mut self, node: &Node, path: &Path<'_>, expected: &str) {
        let message = format!("found {}", node.value.described());
        self.fault(node.at, path, message, expected);
    }

    fn document(&mut self, node: &Node, path: &Path<'_>) -> Option<Reading> {
        let Value::Map(members) = &node.value else {
            self.wrong_type(node, path, "a policy document, which is an object");
            return None;
        };
        let mut version = None;
        let mut id = None;
        let mut statement = None;
        for member in members {
            let here = path.name(&member.name);
            match member.name.as_str() {
                "Version" => version = self.version(&member.node, &here),
                "Id" => id = self.text(&member.node, &here, "text"),
                "Statement" => statement = Some(self.statements(&member.node, &here)),
                _ => self.unknown_element(member, path, &DOCUMENT_ELEMENTS),
            }
        }
        if statement.is_none() {
            self.missing(node, path, "Statement", "a statement or a list of them");
        }
        let (statement, all_read) = statement?;
        let (statement, statements) = statement.into_iter().unzip();
        let (version, version_at) = version.unzip();
        let document = Document {
            version: version.unwrap_or_else(|| VERSIONS[0].to_owned()),
            id,
            statement,
        };
        if all_read {
            self.whole_document(&document, node, path);
        }
        Some(Reading {
            document,
            origins: Origins {
                document: node.at,
                version: version_at,
                statements,
            },
        })
    }

    fn version(&mut self, node: &Node, path: &Path<'_>) -> Option<(String, Extent)> {
        let expected = format!("`{}` or `{}`", VERSIONS[1], VERSIONS[0]);
        match &node.value {
            Value::Text(text) if VERSIONS.contains(&text.as_str()) => {
                return Some((text.clone(), node.at));
            }
            Value::Text(text) => {
                let message = format!("`{text}` is no version of the policy language");
                self.fault(node.at, path, message, expected);
            }
            _ => self.wrong_type(node, path, &expected),
        }
        None
    }

    /// The statements, and whether all could be read.
    fn statements(&mut self, node: &Node, path: &Path<'_>) -> (Vec<PlacedStatement>, bool) {
        let nodes = match &node.value {
            Value::List(nodes) => nodes.as_slice(),
            Value::Map(_) => {
                let statement = self.statement(node, path);
                let all_read = statement.is_some();
                return (statement.into_iter().collect(), all_read);
            }
            _ => {
                self.wrong_type(node, path, "a statement or a list of statements");
                return (Vec::new(), false);
            }
        };
        let read: Vec<PlacedStatement> = nodes
            .iter()
            .enumerate()
            .filter_map(|(i, node)| self.statement(node, &path.index(i)))
            .collect();
        let all_read = read.len() == nodes.len();
        (read, all_read)
    }
}

/// A statement and the places of its parts.
type PlacedStatement = (Statement, StatementOrigins);
