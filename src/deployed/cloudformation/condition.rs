//! The conditions of a template, decided where their values are known.

use super::resolve::{Resolver, Unknown, unknown};
use crate::iam::json::{Extent, Node, Value};

impl Resolver<'_> {
    /// The condition that an `If`, a resource or a `Condition` names.
    pub(super) fn named_condition(&self, name: &Node, depth: usize) -> Result<bool, Unknown> {
        let Value::Text(name_text) = &name.value else {
            return unknown(name.at, "a condition without a name");
        };
        let conditions = self.template.member("Conditions");
        match conditions.and_then(|c| c.member(name_text)) {
            Some(found) => self.holds(found.node, depth + 1).map_err(|inner| Unknown {
                at: name.at,
                why: format!("the condition `{name_text}` is not decided: {}", inner.why),
            }),
            None => unknown(name.at, format!("there is no condition `{name_text}`")),
        }
    }

    fn holds(&self, node: &Node, depth: usize) -> Result<bool, Unknown> {
        let at: Extent = node.at;
        if depth > super::resolve::DEPTH {
            return unknown(at, "its conditions lead to one another in a circle");
        }
        let Value::Map(members) = &node.value else {
            return unknown(at, "a condition that is no function");
        };
        let [one] = members.as_slice() else {
            return unknown(at, "a condition that is no function");
        };
        let parts = match &one.node.value {
            Value::List(parts) => parts.as_slice(),
            _ => &[],
        };
        match (one.name.as_str(), parts) {
            ("Condition", _) => self.named_condition(&one.node, depth),
            ("Fn::Equals", [left, right]) => {
                Ok(self.text_at(left, depth)? == self.text_at(right, depth)?)
            }
            ("Fn::Not", [inner]) => Ok(!self.holds(inner, depth + 1)?),
            ("Fn::And", parts @ [_, ..]) => self.decided_by(parts, false, depth),
            ("Fn::Or", parts @ [_, ..]) => self.decided_by(parts, true, depth),
            (other, _) => unknown(at, format!("`{other}` in a condition")),
        }
    }

    /// One part with the deciding value decides, whatever the others are.
    fn decided_by(&self, parts: &[Node], deciding: bool, depth: usize) -> Result<bool, Unknown> {
        let mut open = None;
        for part in parts {
            match self.holds(part, depth + 1) {
                Ok(value) if value == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(why) => open = open.or(Some(why)),
            }
        }
        open.map_or(Ok(!deciding), Err)
    }
}
