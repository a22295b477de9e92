//! Conditions: names are unfolded, values filled in. The shape stays a Boolean tree; the backend writes it in IAM's way.

use crate::check::hir::{self, ConditionKind, KeyTest, Member, Reading};
use crate::iam::arn::is_arn_pattern;
use crate::iam::condition::Family;
use crate::iam::{BaseOperator, Operator, Qualifier};
use crate::ir::{Condition, Test};
use crate::resolve::DefId;
use crate::source::Span;
use crate::syntax::ast::NodeKind;

use super::messages;
use super::scope::{Arguments, MAX_DEPTH, Scope};

impl Scope<'_> {
    /// A guard; none is always true.
    pub(super) fn guard(&self, guard: &hir::Guard, arguments: &Arguments) -> Condition {
        guard
            .as_ref()
            .map_or(Condition::True, |c| self.condition(c, arguments, 0))
    }

    fn condition(
        &self,
        condition: &hir::Condition,
        arguments: &Arguments,
        depth: usize,
    ) -> Condition {
        if depth > MAX_DEPTH {
            self.report(messages::too_deep(condition.span));
            return Condition::True;
        }
        if !self.step(condition.span) {
            return Condition::True;
        }
        match &condition.kind {
            ConditionKind::Constant(true) => Condition::True,
            ConditionKind::Constant(false) => Condition::False,
            ConditionKind::Not(inner) => self.condition(inner, arguments, depth + 1).negate(),
            ConditionKind::And(parts) => Condition::all(
                parts
                    .iter()
                    .map(|p| self.condition(p, arguments, depth + 1)),
            ),
            ConditionKind::Or(parts) => Condition::any(
                parts
                    .iter()
                    .map(|p| self.condition(p, arguments, depth + 1)),
            ),
            ConditionKind::Call {
                condition: id,
                arguments: given,
            } => {
                let inner = self.arguments(given, arguments);
                match self.checked.condition(*id) {
                    Some(body) => self.condition(body, &inner, depth + 1),
                    None => Condition::True,
                }
            }
            ConditionKind::Test(test) => self.test(test, arguments, condition.span),
            ConditionKind::Membership { who, node } => self.membership(*who, *node, condition.span),
        }
    }

    fn test(&self, test: &KeyTest, arguments: &Arguments, span: Span) -> Condition {
        let mut values: Vec<String> = Vec::new();
        for value in self.values(&test.values, arguments) {
            let text = value.under(test.operator.base);
            if test.reading == Reading::Pattern
                && test.operator.base.family() == Family::Arn
                && !is_arn_pattern(&text)
            {
                self.report(messages::short_arn_pattern(&text, &test.key, span));
            }
            if !values.contains(&text) {
                values.push(text);
            }
        }
        if values.is_empty() {
            return empty_test(test, span);
        }
        Condition::Test(Test {
            operator: test.operator,
            key: test.key.clone(),
            multi_valued: test.multi_valued,
            values,
            span: Some(span),
        })
    }

    fn membership(&self, who: Member, node: DefId, span: Span) -> Condition {
        let Some(found) = self.checked.node(node) else {
            return Condition::True;
        };
        let id = found.id.clone().unwrap_or_default();
        let (key, base, value) = match (found.kind, who) {
            (NodeKind::Org, Member::Principal) => {
                ("aws:PrincipalOrgID", BaseOperator::StringEquals, id)
            }
            (NodeKind::Org, Member::Resource) => {
                ("aws:ResourceOrgID", BaseOperator::StringEquals, id)
            }
            (NodeKind::Org, Member::Source) => ("aws:SourceOrgID", BaseOperator::StringEquals, id),
            (NodeKind::Account, Member::Principal) => {
                ("aws:PrincipalAccount", BaseOperator::StringEquals, id)
            }
            (NodeKind::Account, Member::Resource) => {
                ("aws:ResourceAccount", BaseOperator::StringEquals, id)
            }
            (NodeKind::Account, Member::Source) => {
                ("aws:SourceAccount", BaseOperator::StringEquals, id)
            }
            (NodeKind::Ou, Member::Principal) => (
                "aws:PrincipalOrgPaths",
                BaseOperator::StringLike,
                self.org_path(node),
            ),
            (NodeKind::Ou, Member::Resource) => (
                "aws:ResourceOrgPaths",
                BaseOperator::StringLike,
                self.org_path(node),
            ),
            (NodeKind::Ou, Member::Source) => (
                "aws:SourceOrgPaths",
                BaseOperator::StringLike,
                self.org_path(node),
            ),
        };
        let multi_valued = found.kind == NodeKind::Ou;
        let plain = Operator::plain(base);
        let operator = if multi_valued {
            plain.qualified(Qualifier::ForAnyValue)
        } else {
            plain
        };
        Condition::Test(Test {
            operator,
            key: key.to_owned(),
            multi_valued,
            values: vec![value],
            span: Some(span),
        })
    }

    /// `o-…/r-…/ou-…/ou-…/*`: the unit itself and everything below it. What has no id is left open; unit ids are
    /// unique, so the path says the same.
    fn org_path(&self, unit: DefId) -> String {
        let chain: Vec<&hir::Node> = std::iter::successors(Some(unit), |id| {
            self.checked.node(*id).and_then(|n| n.parent)
        })
        .filter_map(|id| self.checked.node(id))
        .collect();
        let organization = chain.last().and_then(|n| n.id.as_deref()).unwrap_or("*");
        let root = chain.last().and_then(|n| n.root.as_deref());
        let units: Vec<Option<&str>> = chain
            .iter()
            .rev()
            .skip(1)
            .map(|n| n.id.as_deref())
            .collect();
        match (root, units.iter().copied().collect::<Option<Vec<&str>>>()) {
            (Some(root), Some(units)) => format!("{organization}/{root}/{}/*", units.join("/")),
            _ => format!(
                "{organization}/*/{}/*",
                units.last().copied().flatten().unwrap_or("*")
            ),
        }
    }
}

/// What a test without values means: nothing equals a member of an empty list.
fn empty_test(test: &KeyTest, span: Span) -> Condition {
    let absent = || {
        Condition::Test(Test {
            operator: Operator::plain(BaseOperator::Null),
            key: test.key.clone(),
            multi_valued: test.multi_valued,
            values: vec!["true".to_owned()],
            span: Some(span),
        })
    };
    let negated = test.operator.base.is_negated();
    match (test.operator.qualifier, negated) {
        (Some(Qualifier::ForAllValues), false) => absent(),
        (Some(Qualifier::ForAnyValue), true) => absent().negate(),
        (_, true) => Condition::True,
        (_, false) if test.operator.if_exists => absent(),
        (_, false) => Condition::False,
    }
}
