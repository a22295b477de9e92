//! Reading the simple values of elements, and what is said of names that are unknown or missing.

use super::{Extent, Member, Node, Path, Reader, Value};
use crate::iam::document::Texts;
use crate::iam::json::unknown_name;

/// A list of texts and the place of each.
pub(super) type PlacedTexts = (Texts, Vec<Extent>);

impl Reader {
    /// Text, or a fault.
    pub(super) fn text(&mut self, node: &Node, path: &Path<'_>, expected: &str) -> Option<String> {
        if let Value::Text(text) = &node.value {
            return Some(text.clone());
        }
        self.wrong_type(node, path, expected);
        None
    }

    /// Text or a list of texts.
    pub(super) fn texts(&mut self, node: &Node, path: &Path<'_>) -> PlacedTexts {
        self.list_of(node, path, |reader, node, path| {
            reader.text(node, path, "text or a list of texts")
        })
    }

    /// One value or a list of values, each read by `one`.
    pub(super) fn list_of(
        &mut self,
        node: &Node,
        path: &Path<'_>,
        mut one: impl FnMut(&mut Self, &Node, &Path<'_>) -> Option<String>,
    ) -> PlacedTexts {
        let mut texts = Vec::new();
        let mut places = Vec::new();
        let mut take = |text: Option<String>, at: Extent| {
            if let Some(text) = text {
                texts.push(text);
                places.push(at);
            }
        };
        match &node.value {
            Value::List(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    take(one(self, node, &path.index(index)), node.at);
                }
            }
            _ => take(one(self, node, path), node.at),
        }
        (Texts(texts), places)
    }

    /// An element whose name is none, with the name that was probably meant.
    pub(super) fn unknown_element(&mut self, member: &Member, path: &Path<'_>, known: &[&str]) {
        let message = unknown_name("element", &member.name, known);
        let expected = format!("one of {}", known.join(", "));
        self.fault(member.name_at, path, message, expected);
    }

    /// An element that should be there.
    pub(super) fn missing(&mut self, node: &Node, path: &Path<'_>, name: &str, expected: &str) {
        let message = format!("`{name}` is missing");
        self.fault(node.at, path, message, expected);
    }
}
