//! The intrinsic functions of a template, as far as they can be told before it is deployed.
//!
//! `Ref`, `Sub`, `GetAtt`, `Join`, `Select`, `Split`, `FindInMap` and `If` are computed from parameters that are given
//! or have a default, from pseudo parameters, and from resources that the template names. A value that cannot be told is
//! named by [`Unknown`] and never guessed.

use std::cell::Cell;

use super::Settings;
use crate::deployed::view::View;
use crate::iam::json::{Extent, Member, Node, Value};

/// Values that lead to one another are followed so far.
pub(super) const DEPTH: usize = 64;
/// Values that are computed for one template; names may double one another.
const STEPS: usize = 1 << 20;
/// No text that a template makes is longer.
const LONGEST: usize = 1 << 18;

/// A value that nobody knows before deployment.
pub(super) struct Unknown {
    pub(super) at: Extent,
    /// Why it is not known, as a sentence.
    pub(super) why: String,
}

/// A value without functions; `None` is `AWS::NoValue`.
type Resolved = Result<Option<Node>, Unknown>;

/// A template with what it is deployed with.
pub(super) struct Resolver<'v> {
    pub(super) template: View<'v>,
    pub(super) settings: &'v Settings,
    steps: Cell<usize>,
}

pub(super) fn unknown<T>(at: Extent, why: impl Into<String>) -> Result<T, Unknown> {
    let why = why.into();
    Err(Unknown { at, why })
}

pub(super) fn text_node(at: Extent, text: String) -> Node {
    let value = Value::Text(text);
    Node { at, value }
}

impl<'v> Resolver<'v> {
    pub(super) fn new(template: View<'v>, settings: &'v Settings) -> Resolver<'v> {
        Resolver {
            template,
            settings,
            steps: Cell::new(0),
        }
    }

    /// The value without functions.
    pub(super) fn resolve(&self, node: &Node) -> Resolved {
        self.at(node, 0)
    }

    /// A value that has to be text.
    pub(super) fn text(&self, node: &Node) -> Result<String, Unknown> {
        self.text_at(node, 0)
    }

    pub(super) fn text_at(&self, node: &Node, depth: usize) -> Result<String, Unknown> {
        match self.at(node, depth)?.map(|n| n.value) {
            Some(Value::Text(text) | Value::Number(text)) => Ok(text),
            Some(Value::Bool(yes)) => Ok(yes.to_string()),
            _ => unknown(node.at, "a list or an object stands where text should"),
        }
    }

    /// The items of a list, functions computed.
    pub(super) fn list_at(&self, node: &Node, depth: usize) -> Result<Vec<Node>, Unknown> {
        match self.at(node, depth)?.map(|n| n.value) {
            Some(Value::List(items)) => Ok(items),
            _ => unknown(node.at, "a function that wants a list has none"),
        }
    }

    /// Counts the work, so that values that double one another end.
    fn step(&self, at: Extent, depth: usize) -> Result<(), Unknown> {
        self.steps.set(self.steps.get() + 1);
        match depth > DEPTH || self.steps.get() > STEPS {
            true => unknown(at, "its values lead to one another in a circle, or too far"),
            false => Ok(()),
        }
    }

    pub(super) fn at(&self, node: &Node, depth: usize) -> Resolved {
        let at = node.at;
        self.step(at, depth)?;
        let value = match &node.value {
            Value::List(items) => {
                let mut out = Vec::new();
                for item in items {
                    out.extend(self.at(item, depth + 1)?);
                }
                Value::List(out)
            }
            Value::Map(members) => match members.as_slice() {
                [one] if is_function(&one.name) => {
                    return self.function(at, &one.name, &one.node, depth + 1);
                }
                _ => {
                    let mut out = Vec::new();
                    for member in members {
                        out.extend(self.member(member, depth + 1)?);
                    }
                    Value::Map(out)
                }
            },
            // Account ids without quotes are numbers in JSON; CloudFormation hands them on as text.
            Value::Number(digits) => Value::Text(digits.clone()),
            other => other.clone(),
        };
        Ok(Some(Node { at, value }))
    }

    fn member(&self, member: &Member, depth: usize) -> Result<Option<Member>, Unknown> {
        let node = self.at(&member.node, depth)?;
        Ok(node.map(|node| Member {
            name: member.name.clone(),
            name_at: member.name_at,
            node,
        }))
    }

    fn function(&self, at: Extent, name: &str, argument: &Node, depth: usize) -> Resolved {
        let parts = match &argument.value {
            Value::List(parts) => parts.as_slice(),
            _ => &[],
        };
        let text = |text: String| match text.len() > LONGEST {
            true => unknown(
                at,
                format!("`{name}` makes a text of more than {LONGEST} bytes"),
            ),
            false => Ok(Some(text_node(at, text))),
        };
        match (name, &argument.value, parts) {
            ("Ref", Value::Text(id), _) if id == "AWS::NoValue" => Ok(None),
            ("Ref", Value::Text(id), _) => self.reference(at, id, depth).map(Some),
            ("Fn::GetAtt", _, _) => self.attribute(argument, depth).and_then(text),
            ("Fn::Sub", Value::Text(pattern), _) => {
                self.substitute(at, pattern, &[], depth).and_then(text)
            }
            ("Fn::Sub", _, [pattern, own]) => match (&pattern.value, &own.value) {
                (Value::Text(pattern), Value::Map(own)) => {
                    self.substitute(at, pattern, own, depth).and_then(text)
                }
                _ => unknown(at, "a `Fn::Sub` without text"),
            },
            ("Fn::Join", _, [between, list]) => {
                let between = self.text_at(between, depth)?;
                let items = self.list_at(list, depth)?;
                let texts: Result<Vec<String>, Unknown> =
                    items.iter().map(|i| self.text_at(i, depth)).collect();
                text(texts?.join(&between))
            }
            ("Fn::Select", _, [index, list]) => {
                let index = self.text_at(index, depth)?.parse::<usize>().ok();
                let items = self.list_at(list, depth)?;
                match index.and_then(|i| items.into_iter().nth(i)) {
                    Some(item) => Ok(Some(item)),
                    None => unknown(at, "a `Fn::Select` of what is not there"),
                }
            }
            ("Fn::Split", _, [between, whole]) => {
                let between = self.text_at(between, depth)?;
                let whole = self.text_at(whole, depth)?;
                if between.is_empty() {
                    return unknown(at, "a `Fn::Split` at nothing");
                }
                let items = whole.split(&between).map(|p| text_node(at, p.to_owned()));
                let value = Value::List(items.collect());
                Ok(Some(Node { at, value }))
            }
            ("Fn::If", _, [condition, yes, no]) => {
                let chosen = match self.named_condition(condition, depth)? {
                    true => yes,
                    false => no,
                };
                self.at(chosen, depth)
            }
            ("Fn::FindInMap", _, [map, first, second, ..]) => {
                self.find_in_map(at, [map, first, second], depth).map(Some)
            }
            ("Fn::ImportValue", _, _) => {
                let what = self.text_at(argument, depth)?;
                unknown(at, format!("`{what}` is the export of another stack"))
            }
            ("Ref" | "Fn::Sub" | "Fn::Join" | "Fn::Select" | "Fn::Split" | "Fn::If", _, _) => {
                unknown(at, format!("`{name}` with other arguments than it takes"))
            }
            (other, _, _) => unknown(at, format!("`{other}` is computed at deployment only")),
        }
    }

    /// `[Map, Key, Key]` of `Mappings`.
    fn find_in_map(&self, at: Extent, path: [&Node; 3], depth: usize) -> Result<Node, Unknown> {
        let mut found = self.template.member("Mappings");
        let mut names = Vec::new();
        for part in path {
            let name = self.text_at(part, depth)?;
            found = found.and_then(|f| f.member(&name));
            names.push(name);
        }
        match found {
            Some(found) => Ok(found.node.clone()),
            None => unknown(at, format!("`Mappings` has no `{}`", names.join("."))),
        }
    }

    /// `${Name}` is replaced, `${!Name}` is the text `${Name}`.
    fn substitute(
        &self,
        at: Extent,
        pattern: &str,
        own: &[Member],
        depth: usize,
    ) -> Result<String, Unknown> {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                return unknown(at, "a `Fn::Sub` with a `${` that is not closed");
            };
            rest = behind;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let name = name.trim();
            let local = own.iter().find(|m| m.name == name).map(|m| &m.node);
            let value = match local {
                Some(node) => self.text_at(node, depth + 1)?,
                None if name.contains('.') => {
                    self.attribute(&text_node(at, name.to_owned()), depth + 1)?
                }
                None => {
                    let found = self.reference(at, name, depth + 1)?;
                    self.text_at(&found, depth + 1)?
                }
            };
            out.push_str(&value);
            if out.len() > LONGEST {
                return unknown(at, format!("`Fn::Sub` makes more than {LONGEST} bytes"));
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

pub(super) fn is_function(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::")
}
