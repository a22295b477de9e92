//! Reading a `Condition`: operators, keys, values.

use super::origins::TestOrigin;
use super::{Extent, Member, Node, Path, Reader, Value};
use crate::iam::document::{ConditionBlock, Texts};
use crate::iam::json::nearest;
use crate::iam::{BaseOperator, Operator};

/// A condition and the places of its entries.
pub(super) type PlacedCondition = (ConditionBlock, Vec<TestOrigin>);

impl Reader {
    pub(super) fn condition(&mut self, node: &Node, path: &Path<'_>) -> PlacedCondition {
        let mut block = ConditionBlock::new();
        let mut tests = Vec::new();
        let Value::Map(members) = &node.value else {
            self.wrong_type(node, path, "an object of operators");
            return (block, tests);
        };
        for member in members {
            let here = path.name(&member.name);
            let Some(operator) = self.operator(member, &here) else {
                continue;
            };
            if block.contains_key(&operator) {
                // The same spelling twice is the parser's finding.
                let other_spelling = members.iter().filter(|m| m.name == member.name).count() == 1;
                if other_spelling {
                    let message = format!("`{operator}` stands here under two spellings");
                    self.fault(member.name_at, &here, message, "each operator once");
                }
                continue;
            }
            let keys = block.entry(operator).or_default();
            for (key, texts, test) in self.tests(member, &here) {
                keys.insert(key, texts);
                tests.push(test);
            }
        }
        (block, tests)
    }

    fn operator(&mut self, member: &Member, path: &Path<'_>) -> Option<Operator> {
        if let Ok(operator) = member.name.parse() {
            return Some(operator);
        }
        let hint = match nearest_operator(&member.name) {
            Some(near) => format!(" (did you mean `{near}`?)"),
            None => String::new(),
        };
        let message = format!("unknown operator{hint}");
        self.fault(member.name_at, path, message, "an operator of IAM");
        None
    }

    fn tests(&mut self, member: &Member, path: &Path<'_>) -> Vec<(String, Texts, TestOrigin)> {
        let Value::Map(keys) = &member.node.value else {
            self.wrong_type(&member.node, path, "an object of condition keys");
            return Vec::new();
        };
        self.keys_that_differ_in_case(keys, path);
        let mut tests = Vec::with_capacity(keys.len());
        for key in keys {
            let here = path.key(&key.name);
            if key.name.is_empty() {
                let message = "an empty name of a condition key";
                self.fault(key.name_at, &here, message, "a key like `aws:SourceIp`");
            }
            let (texts, values) = self.list_of(&key.node, &here, Reader::scalar);
            let at = Extent {
                start: key.name_at.start,
                end: key.node.at.end,
            };
            let operator = member.name_at;
            tests.push((
                key.name.clone(),
                texts,
                TestOrigin {
                    operator,
                    at,
                    values,
                },
            ));
        }
        tests
    }

    /// Condition values may be Booleans and numbers; they mean their text.
    fn scalar(&mut self, node: &Node, path: &Path<'_>) -> Option<String> {
        match &node.value {
            Value::Text(text) | Value::Number(text) => return Some(text.clone()),
            Value::Bool(value) => return Some(value.to_string()),
            _ => self.wrong_type(node, path, "text, a number, a Boolean, or a list of these"),
        }
        None
    }

    fn keys_that_differ_in_case(&mut self, keys: &[Member], path: &Path<'_>) {
        let mut folded: Vec<(String, &Member)> =
            keys.iter().map(|k| (k.name.to_lowercase(), k)).collect();
        folded.sort_by(|a, b| (&a.0, a.1.name_at).cmp(&(&b.0, b.1.name_at)));
        for pair in folded.windows(2) {
            if let [(first_folded, first), (second_folded, second)] = pair
                && first_folded == second_folded
                && first.name != second.name
            {
                let message = format!("the same key as `{}` under another spelling", first.name);
                self.fault(
                    second.name_at,
                    &path.key(&second.name),
                    message,
                    "each key once",
                );
            }
        }
    }
}

/// The operator that was probably meant, with the qualifier and `IfExists` of what was written.
fn nearest_operator(text: &str) -> Option<String> {
    let (qualifier, rest) = match text.split_once(':') {
        Some((qualifier, rest)) => (
            Some(nearest(qualifier, ["ForAnyValue", "ForAllValues"])?),
            rest,
        ),
        None => (None, text),
    };
    let (rest, suffix) = match rest.strip_suffix("IfExists") {
        Some(rest) => (rest, "IfExists"),
        None => (rest, ""),
    };
    let base = nearest(rest, BaseOperator::ALL.iter().map(|b| b.as_str()))?;
    let qualifier = qualifier.map(|q| format!("{q}:")).unwrap_or_default();
    let near = format!("{qualifier}{base}{suffix}");
    near.parse::<Operator>().is_ok().then_some(near)
}
