//! A JSON value with the source it lies in, looked at leniently: AWS adds members whenever it likes.

use crate::iam::json::{Node, Value};
use crate::source::{SourceId, Span};

/// A value and its source.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) node: &'a Node,
    pub(super) source: SourceId,
}

impl<'a> View<'a> {
    pub(super) fn new(node: &'a Node, source: SourceId) -> Self {
        View { node, source }
    }

    pub(super) fn span(self) -> Span {
        let range = self.node.at.range();
        Span::new(self.source, range.start, range.end)
    }

    /// The value of a member; `null` is as good as none.
    pub(super) fn member(self, name: &str) -> Option<View<'a>> {
        let found = self.members().find(|(n, _)| *n == name);
        found.map(|(_, view)| view).filter(|v| !v.is_null())
    }

    pub(super) fn is_null(self) -> bool {
        self.node.value == Value::Null
    }

    pub(super) fn is_map(self) -> bool {
        matches!(self.node.value, Value::Map(_))
    }

    /// The members of an object; none of another value.
    pub(super) fn members(self) -> impl Iterator<Item = (&'a str, View<'a>)> {
        let members = match &self.node.value {
            Value::Map(members) => members.as_slice(),
            _ => &[],
        };
        let view = move |node| View::new(node, self.source);
        members
            .iter()
            .map(move |m| (m.name.as_str(), view(&m.node)))
    }

    /// The members of a list; none of another value.
    pub(super) fn items(self) -> impl Iterator<Item = View<'a>> {
        let items = match &self.node.value {
            Value::List(items) => items.as_slice(),
            _ => &[],
        };
        items.iter().map(move |node| View::new(node, self.source))
    }

    pub(super) fn text(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a member.
    pub(super) fn text_of(self, name: &str) -> Option<&'a str> {
        self.member(name).and_then(View::text)
    }

    /// Whether a member is `true`.
    pub(super) fn is_true(self, name: &str) -> bool {
        self.member(name)
            .is_some_and(|v| v.node.value == Value::Bool(true))
    }

    /// A member that is a whole number.
    pub(super) fn number_of(self, name: &str) -> Option<u32> {
        match self.member(name).map(|v| &v.node.value) {
            Some(Value::Number(digits)) => digits.parse().ok(),
            _ => None,
        }
    }
}
