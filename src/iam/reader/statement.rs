//! Reading a statement: its elements, and which of them go together.

use super::condition::PlacedCondition;
use super::element::PlacedTexts;
use super::origins::{ElementOrigin, StatementOrigins};
use super::principal::PlacedPrincipals;
use super::{Extent, Member, Node, Path, Reader, Value};
use crate::iam::Effect;
use crate::iam::document::Statement;

/// The elements of a statement, in AWS's order.
pub(super) const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// What has been read of a statement so far.
#[derive(Default)]
struct Parts {
    sid: Option<String>,
    effect: Option<Effect>,
    principal: Option<PlacedPrincipals>,
    not_principal: Option<PlacedPrincipals>,
    action: Option<PlacedTexts>,
    not_action: Option<PlacedTexts>,
    resource: Option<PlacedTexts>,
    not_resource: Option<PlacedTexts>,
    condition: PlacedCondition,
    elements: Vec<ElementOrigin>,
}

impl Reader {
    pub(super) fn statement(
        &mut self,
        node: &Node,
        path: &Path<'_>,
    ) -> Option<(Statement, StatementOrigins)> {
        let Value::Map(members) = &node.value else {
            self.wrong_type(node, path, "a statement, which is an object");
            return None;
        };
        let mut parts = Parts::default();
        for member in members {
            self.element(member, path, &mut parts);
        }
        self.elements_together(node, members, path);
        let effect = parts.effect?;
        let texts = |placed: Option<PlacedTexts>| placed.map(|(texts, _)| texts);
        let principals = |placed: Option<PlacedPrincipals>| placed.map(|(who, _)| who);
        let (condition, tests) = parts.condition;
        let statement = Statement {
            sid: parts.sid,
            effect,
            principal: principals(parts.principal),
            not_principal: principals(parts.not_principal),
            action: texts(parts.action),
            not_action: texts(parts.not_action),
            resource: texts(parts.resource),
            not_resource: texts(parts.not_resource),
            condition,
        };
        let origins = StatementOrigins {
            statement: node.at,
            elements: parts.elements,
            tests,
        };
        Some((statement, origins))
    }

    fn element(&mut self, member: &Member, path: &Path<'_>, parts: &mut Parts) {
        let Some(element) = ELEMENTS.into_iter().find(|e| *e == member.name) else {
            return self.unknown_element(member, path, &ELEMENTS);
        };
        let (node, path) = (&member.node, &path.name(element));
        let mut values = vec![node.at];
        let mut keep = |places: &[Extent]| values = places.to_vec();
        match element {
            "Sid" => parts.sid = self.text(node, path, "text"),
            "Effect" => parts.effect = self.effect(node, path),
            "Principal" | "NotPrincipal" => {
                let read = self.principals(node, path);
                keep(&read.1);
                match element {
                    "Principal" => parts.principal = Some(read),
                    _ => parts.not_principal = Some(read),
                }
            }
            "Condition" => parts.condition = self.condition(node, path),
            _ => {
                let read = self.texts(node, path);
                keep(&read.1);
                match element {
                    "Action" => parts.action = Some(self.actions(read, path)),
                    "NotAction" => parts.not_action = Some(self.actions(read, path)),
                    "Resource" => parts.resource = Some(self.resources(read, path)),
                    _ => parts.not_resource = Some(self.resources(read, path)),
                }
            }
        }
        parts.elements.push(ElementOrigin {
            element,
            at: Extent {
                start: member.name_at.start,
                end: node.at.end,
            },
            values,
        });
    }

    fn effect(&mut self, node: &Node, path: &Path<'_>) -> Option<Effect> {
        let expected = "`Allow` or `Deny`";
        match self.text(node, path, expected)?.as_str() {
            "Allow" => return Some(Effect::Allow),
            "Deny" => return Some(Effect::Deny),
            other => self.fault(node.at, path, format!("`{other}` is no effect"), expected),
        }
        None
    }

    /// Actions are `service:Name`. Texts that can never be an action, such as a list in one text, are left
    /// alone: IAM stores them and they match nothing.
    fn actions(&mut self, (texts, places): PlacedTexts, path: &Path<'_>) -> PlacedTexts {
        for (text, at) in texts.0.iter().zip(&places) {
            if text.contains("${") {
                let message = format!("`{text}` holds a variable");
                self.fault(*at, path, message, "actions without variables");
            } else if !text.contains([':', '*', '?']) {
                let message = format!("`{text}` names no service");
                self.fault(*at, path, message, "`*` or an action like `s3:GetObject`");
            }
        }
        (texts, places)
    }

    /// Resources are `*` or patterns of ARNs; API Gateway takes a short form of its own.
    fn resources(&mut self, (texts, places): PlacedTexts, path: &Path<'_>) -> PlacedTexts {
        for (text, at) in texts.0.iter().zip(&places) {
            let literal = text.split(['*', '?', '$']).next().unwrap_or("");
            let is_pattern_of_arn = literal.starts_with("arn:")
                || ("arn:".starts_with(literal) && literal.len() < text.len());
            if !is_pattern_of_arn && !literal.starts_with("execute-api:/") {
                let message = format!("`{text}` is no pattern of resources");
                self.fault(*at, path, message, "`*` or an ARN");
            }
        }
        (texts, places)
    }
}
