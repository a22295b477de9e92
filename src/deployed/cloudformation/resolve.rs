//! The intrinsic functions of a template, as far as they can be told before it is deployed.
//!
//! A value that cannot be told is named by [`Unknown`] and never guessed.

use super::Settings;
use crate::deployed::view::View;
use crate::iam::json::{Extent, Member, Node, Value};

/// A value that nobody knows before deployment.
pub(super) struct Unknown {
    pub(super) at: Extent,
    pub(super) what: String,
}

/// A value without functions; `None` is `AWS::NoValue`.
type Resolved = Result<Option<Node>, Unknown>;

/// A template with what it is deployed with.
pub(super) struct Resolver<'v> {
    pub(super) template: View<'v>,
    pub(super) settings: &'v Settings,
}

impl<'v> Resolver<'v> {
    /// The value without functions. Values are nested no deeper than the readers allow.
    pub(super) fn resolve(&self, node: &Node) -> Resolved {
        let at = node.at;
        let value = match &node.value {
            Value::List(items) => {
                let mut out = Vec::new();
                for item in items {
                    out.extend(self.resolve(item)?);
                }
                Value::List(out)
            }
            Value::Map(members) => match members.as_slice() {
                [one] if one.name == "Ref" || one.name.starts_with("Fn::") => {
                    return self.function(at, &one.name, &one.node);
                }
                _ => {
                    let mut out = Vec::new();
                    for member in members {
                        if let Some(node) = self.resolve(&member.node)? {
                            out.push(Member {
                                node,
                                ..member.clone()
                            });
                        }
                    }
                    Value::Map(out)
                }
            },
            other => other.clone(),
        };
        Ok(Some(Node { at, value }))
    }

    fn function(&self, at: Extent, name: &str, argument: &Node) -> Resolved {
        let unknown = |what: String| Unknown { at, what };
        let text = |text: String| {
            Ok(Some(Node {
                at,
                value: Value::Text(text),
            }))
        };
        match (name, &argument.value) {
            ("Ref", Value::Text(id)) if id == "AWS::NoValue" => Ok(None),
            ("Ref", Value::Text(id)) => match self.reference(id) {
                Some(value) => text(value),
                None => Err(unknown(format!("`{id}`"))),
            },
            ("Fn::Sub", Value::Text(pattern)) => self.substitute(at, pattern, &[]).and_then(text),
            ("Fn::Sub", Value::List(parts)) => match parts.as_slice() {
                [pattern, names] => {
                    let own = self.resolve(names)?.map(|n| n.value);
                    match (&pattern.value, own) {
                        (Value::Text(pattern), Some(Value::Map(own))) => {
                            self.substitute(at, pattern, &own).and_then(text)
                        }
                        _ => Err(unknown("`Fn::Sub`".to_owned())),
                    }
                }
                _ => Err(unknown("`Fn::Sub`".to_owned())),
            },
            ("Fn::Join", Value::List(parts)) => match parts.as_slice() {
                [between, list] => {
                    let between = self.text(between)?;
                    let list = self.resolve(list)?;
                    let Some(Value::List(items)) = list.map(|n| n.value) else {
                        return Err(unknown("`Fn::Join`".to_owned()));
                    };
                    let mut texts = Vec::new();
                    for item in &items {
                        texts.push(self.text(item)?);
                    }
                    text(texts.join(&between))
                }
                _ => Err(unknown("`Fn::Join`".to_owned())),
            },
            ("Fn::GetAtt", Value::Text(path)) => Err(unknown(format!("`{path}`"))),
            (other, _) => Err(unknown(format!("`{other}`"))),
        }
    }

    /// A value that has to be text.
    pub(super) fn text(&self, node: &Node) -> Result<String, Unknown> {
        match self.resolve(node)?.map(|n| n.value) {
            Some(Value::Text(text) | Value::Number(text)) => Ok(text),
            Some(Value::Bool(yes)) => Ok(yes.to_string()),
            _ => Err(Unknown {
                at: node.at,
                what: "a value that is no text".to_owned(),
            }),
        }
    }

    /// What `Ref` gives: a pseudo parameter, or a parameter's value. Of resources it is known only when they exist.
    fn reference(&self, id: &str) -> Option<String> {
        let settings = self.settings;
        match id {
            "AWS::AccountId" => return settings.account.clone(),
            "AWS::Region" => return settings.region.clone(),
            "AWS::Partition" => return settings.partition(),
            "AWS::StackName" => return settings.stack.clone(),
            _ => {}
        }
        if let Some(given) = settings.parameters.get(id) {
            return Some(given.clone());
        }
        let parameter = self.template.member("Parameters")?.member(id)?;
        let kind = parameter.text_of("Type").unwrap_or("String");
        // Lists and values that AWS looks up are not what the default says.
        if kind != "String" && kind != "Number" {
            return None;
        }
        match &parameter.member("Default")?.node.value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            Value::Bool(yes) => Some(yes.to_string()),
            _ => None,
        }
    }

    /// `${Name}` is replaced, `${!Name}` is the text `${Name}`.
    fn substitute(&self, at: Extent, pattern: &str, own: &[Member]) -> Result<String, Unknown> {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                out.push_str("${");
                rest = after;
                continue;
            };
            rest = behind;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let name = name.trim();
            let local = own.iter().find(|m| m.name == name).map(|m| &m.node);
            let value = match local {
                Some(node) => Some(self.text(node)?),
                None => self.reference(name),
            };
            let unknown = || Unknown {
                at,
                what: format!("`{name}`"),
            };
            out.push_str(&value.ok_or_else(unknown)?);
        }
        out.push_str(rest);
        Ok(out)
    }
}
