//! YAML as the tree that JSON is read to: short tags become the functions they stand for, aliases are followed.
//!
//! Numbers stay text, as CloudFormation hands them on: an account id may begin with a zero.

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marked, Tag};

use crate::iam::json::{Extent, Fault, MAX_DEPTH, Member, Node, Value};

/// Aliases may not unfold to more values than this.
const MOST_NODES: usize = 200_000;

/// Reads a text of one document.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    let mut offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    offsets.push(text.len());
    let mut builder = Builder {
        offsets,
        open: Vec::new(),
        anchors: IndexMap::new(),
        nodes: 0,
        root: None,
    };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => {
                let at = builder.offset(error.marker().index());
                let at = Extent::new(at, at);
                return Err(match error.info() {
                    "recursion limit exceeded" => too_deep(at),
                    other => fault(at, other.to_owned(), "YAML"),
                });
            }
        }
    }
    let end = Extent::new(text.len(), text.len());
    let missing = || fault(end, "the text holds no value".to_owned(), "a template");
    builder.root.ok_or_else(missing)
}

fn fault(at: Extent, message: String, expected: &str) -> Fault {
    Fault {
        at,
        element: String::new(),
        message,
        expected: expected.to_owned(),
    }
}

fn too_deep(at: Extent) -> Fault {
    let message = "values are nested too deeply".to_owned();
    fault(at, message, &format!("at most {MAX_DEPTH} levels"))
}

/// A list or an object that is not closed yet.
struct Open {
    at: usize,
    anchor: usize,
    tag: Option<String>,
    is_map: bool,
    items: Vec<Node>,
}

struct Builder {
    offsets: Vec<usize>,
    open: Vec<Open>,
    anchors: IndexMap<usize, (Node, usize)>,
    nodes: usize,
    root: Option<Node>,
}

impl Builder {
    fn offset(&self, chars: usize) -> usize {
        let last = self.offsets.last().copied().unwrap_or(0);
        self.offsets.get(chars).copied().unwrap_or(last)
    }

    fn event(&mut self, event: Event<'_>, span: Marked) -> Result<(), Fault> {
        let (start, end) = (
            self.offset(span.start.index()),
            self.offset(span.end.index()),
        );
        let at = Extent::new(start, end);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = match text.as_ref() {
                    "true" | "True" | "TRUE" if plain => Value::Bool(true),
                    "false" | "False" | "FALSE" if plain => Value::Bool(false),
                    "" | "~" | "null" | "Null" | "NULL" if plain => Value::Null,
                    text => Value::Text(text.to_owned()),
                };
                let tag = tag.and_then(|t| function(&t));
                self.close(Node { at, value }, anchor, tag)
            }
            Event::SequenceStart(anchor, tag) => self.start(start, anchor, tag.as_deref(), false),
            Event::MappingStart(anchor, tag) => self.start(start, anchor, tag.as_deref(), true),
            Event::SequenceEnd | Event::MappingEnd => self.end(at),
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
                    let message = "an alias inside what it stands for".to_owned();
                    return Err(fault(at, message, "an anchor before it"));
                };
                self.nodes += size;
                self.close(node, 0, None)
            }
            Event::DocumentStart(_) if self.root.is_some() => {
                let message = "a second document".to_owned();
                Err(fault(at, message, "one template"))
            }
            _ => Ok(()),
        }
    }

    fn start(
        &mut self,
        at: usize,
        anchor: usize,
        tag: Option<&Tag>,
        is_map: bool,
    ) -> Result<(), Fault> {
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(Extent::new(at, at)));
        }
        self.open.push(Open {
            at,
            anchor,
            tag: tag.and_then(function),
            is_map,
            items: Vec::new(),
        });
        Ok(())
    }

    /// A block ends where the next thing begins; what it holds ends before.
    fn end(&mut self, end: Extent) -> Result<(), Fault> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let is_block = end.range().is_empty();
        let last = open.items.last().filter(|_| is_block);
        let end = last.map_or(end.range().end, |last| last.at.range().end);
        let end = end.max(open.at);
        let value = match open.is_map {
            true => Value::Map(members(open.items)?),
            false => Value::List(open.items),
        };
        let at = Extent::new(open.at, end);
        self.close(Node { at, value }, open.anchor, open.tag)
    }

    /// Puts a finished value into what holds it.
    fn close(&mut self, node: Node, anchor: usize, tag: Option<String>) -> Result<(), Fault> {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            let message = "aliases unfold to too many values".to_owned();
            let expected = format!("at most {MOST_NODES}");
            return Err(fault(node.at, message, &expected));
        }
        let at = node.at;
        let node = match tag {
            Some(name) => Node {
                at,
                value: Value::Map(vec![Member {
                    name,
                    name_at: at,
                    node,
                }]),
            },
            None => node,
        };
        if anchor > 0 {
            let (size, depth) = (size(&node), depth(&node));
            if depth + self.open.len() > MAX_DEPTH {
                let message = "values are nested too deeply".to_owned();
                return Err(fault(at, message, "fewer levels"));
            }
            self.anchors.insert(anchor, (node.clone(), size));
        }
        if self.open.len() + depth_of_alias(&node) > 2 * MAX_DEPTH {
            let message = "values are nested too deeply".to_owned();
            return Err(fault(at, message, "fewer levels"));
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

/// Only an alias brings depth that was not counted when it was opened.
fn depth_of_alias(node: &Node) -> usize {
    match node.value {
        Value::Map(_) | Value::List(_) => depth(node),
        _ => 0,
    }
}

fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(members) => members.iter().map(|m| size(&m.node)).sum(),
        _ => 0,
    }
}

fn depth(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Map(members) => members.iter().map(|m| depth(&m.node)).max().unwrap_or(0),
        _ => 0,
    }
}

/// Names and values, in turn.
fn members(items: Vec<Node>) -> Result<Vec<Member>, Fault> {
    let mut members: Vec<Member> = Vec::new();
    let mut items = items.into_iter();
    while let (Some(name), Some(node)) = (items.next(), items.next()) {
        let text = match name.value {
            Value::Text(text) => text,
            Value::Bool(yes) => yes.to_string(),
            other => {
                let message = format!("{} for a name", other.described());
                return Err(fault(name.at, message, "text"));
            }
        };
        if members.iter().any(|m| m.name == text) {
            let message = format!("`{text}` stands twice in this object");
            return Err(fault(name.at, message, "each name once"));
        }
        members.push(Member {
            name: text,
            name_at: name.at,
            node,
        });
    }
    Ok(members)
}

/// `!Ref` and `!Condition` are their own names, every other short form is that of `Fn::…`.
fn function(tag: &Tag) -> Option<String> {
    if tag.handle != "!" {
        return None;
    }
    match tag.suffix.as_str() {
        "Ref" | "Condition" => Some(tag.suffix.clone()),
        other => Some(format!("Fn::{other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_tags_are_functions() {
        let node = parse("a: !Sub 'x${b}'\nc: [!Ref d, !GetAtt e.f]\ng: 012\n").unwrap();
        let Value::Map(members) = &node.value else {
            panic!("an object");
        };
        let Value::Map(sub) = &members[0].node.value else {
            panic!("a function");
        };
        assert_eq!(sub[0].name, "Fn::Sub");
        assert_eq!(members[2].node.value, Value::Text("012".to_owned()));
    }

    #[test]
    fn bombs_and_depths_are_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let inner = format!("*a{}, ", level - 1).repeat(10);
            bomb += &format!("a{level}: &a{level} [{inner}]\n");
        }
        let fault = parse(&bomb).unwrap_err();
        assert_eq!(fault.message, "aliases unfold to too many values");
        for deep in [
            "[".repeat(100_000),
            "- ".repeat(100_000),
            "{a: ".repeat(5_000),
        ] {
            assert!(parse(&deep).is_err());
        }
        assert!(parse("a: 1\na: 2\n").is_err());
        assert!(parse("&a [*a]").is_err());
        assert!(parse("").is_err());
    }
}
