//! Evaluation of values: lets, parameters, declared names and the ambient parts of ARNs are filled in.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use indexmap::IndexMap;

use crate::check::Checked;
use crate::check::hir::{ArnPart, Block, Value, ValueKind};
use crate::diagnostic::Diagnostic;
use crate::iam::Pattern;
use crate::iam::pattern::{Variables, Wildcards};
use crate::ir::Origin;
use crate::resolve::{DefId, Library};
use crate::source::Span;
use crate::syntax::ast::BlockKind;

use super::ground::Ground;
use super::messages;
use super::place::{AccountFill, Place, Plan};

/// Values that one document may be made of, after lets and lists are unfolded.
const BUDGET: usize = 200_000;

/// How deeply lets, conditions and policies may refer to one another.
pub(super) const MAX_DEPTH: usize = 128;

/// What evaluation of one document looks things up in.
pub(super) struct Scope<'a> {
    pub checked: &'a Checked,
    pub plans: &'a IndexMap<DefId, Plan<'a>>,
    pub place: &'a Place,
    pub diagnostics: RefCell<Vec<Diagnostic>>,
    /// What puts a declaration of the library to use.
    used_at: Option<Span>,
    steps: Cell<usize>,
}

/// The arguments in force, one list of values for every parameter.
pub(super) type Arguments = Vec<Vec<Ground>>;

impl<'a> Scope<'a> {
    pub(super) fn new(
        checked: &'a Checked,
        plans: &'a IndexMap<DefId, Plan<'a>>,
        place: &'a Place,
    ) -> Self {
        Scope {
            checked,
            plans,
            place,
            diagnostics: RefCell::default(),
            used_at: None,
            steps: Cell::new(0),
        }
    }

    /// The same for a declaration that a line of the project puts to use.
    pub(super) fn using(self, block: &Block, line: Span) -> Self {
        Scope {
            used_at: (block.library == Library::Std).then_some(line),
            ..self
        }
    }

    /// Where something of the declaration at hand comes from, innermost place first. Nobody who uses the library has
    /// written what stands there, so the line that puts it to use is part of it.
    pub(super) fn origin(&self, places: impl IntoIterator<Item = Span>) -> Origin {
        Origin {
            spans: places.into_iter().chain(self.used_at).collect(),
        }
    }

    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Counts work; false when the document's budget is spent, which is reported once.
    pub(super) fn step(&self, span: Span) -> bool {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps == BUDGET {
            self.report(messages::too_much(span));
        }
        steps < BUDGET
    }

    /// The arguments of a call, evaluated where it stands.
    pub(super) fn arguments(&self, values: &[Value], outer: &Arguments) -> Arguments {
        values.iter().map(|v| self.values(v, outer)).collect()
    }

    /// What a value stands for, lists unfolded.
    pub(super) fn values(&self, value: &Value, arguments: &Arguments) -> Vec<Ground> {
        let mut out = Vec::new();
        self.collect(value, arguments, 0, &mut out);
        out
    }

    fn collect(&self, value: &Value, arguments: &Arguments, depth: usize, out: &mut Vec<Ground>) {
        if depth > MAX_DEPTH {
            self.report(messages::too_deep(value.span));
            return;
        }
        if !self.step(value.span) {
            return;
        }
        match &value.kind {
            ValueKind::Unknown => {}
            ValueKind::Text(pattern) => out.push(Ground::Text(pattern.clone())),
            ValueKind::Number(text) => out.push(Ground::Number(text.clone())),
            ValueKind::Bool(value) => out.push(Ground::Bool(*value)),
            ValueKind::Seconds(seconds) => out.push(Ground::Seconds(*seconds)),
            ValueKind::Instant(text) => out.push(Ground::Instant(text.clone())),
            ValueKind::Address(net) => out.push(Ground::Address(*net)),
            ValueKind::List(members) => {
                members
                    .iter()
                    .for_each(|m| self.collect(m, arguments, depth + 1, out));
            }
            ValueKind::Parameter(index) => {
                out.extend(arguments.get(*index).cloned().unwrap_or_default())
            }
            ValueKind::Let(id) => {
                if let Some(value) = self.checked.let_value(*id) {
                    self.collect(value, &Arguments::new(), depth + 1, out);
                }
            }
            ValueKind::Node(id) => out.extend(
                self.checked
                    .node(*id)
                    .and_then(|n| n.id.clone())
                    .map(|found| Ground::Id {
                        id: found,
                        node: *id,
                    }),
            ),
            ValueKind::Resource(parts) => self.resource(parts, arguments, value.span, out),
            ValueKind::Append { base, suffix } => {
                let mut bases = Vec::new();
                self.collect(base, arguments, depth + 1, &mut bases);
                let suffix = suffix.to_iam(Wildcards::Active);
                out.extend(
                    bases
                        .iter()
                        .filter_map(Ground::as_resource)
                        .map(|arn| Ground::Arn(arn + &suffix)),
                );
            }
            ValueKind::Declared { block, place } => {
                out.extend(
                    self.declared_arns(*block, *place, value.span)
                        .into_iter()
                        .map(Ground::Arn),
                );
            }
            ValueKind::Everything => {
                out.push(Ground::Text(Pattern::parse(
                    "*",
                    Wildcards::Active,
                    Variables::Literal,
                )));
            }
            ValueKind::Actions(patterns) => {
                out.extend(patterns.iter().cloned().map(Ground::Action))
            }
            ValueKind::Principal(principal) => {
                out.extend(
                    self.principal(principal, arguments)
                        .into_iter()
                        .map(Ground::Principal),
                );
            }
        }
    }

    /// Every combination of the values of an ARN's parts, regions and lists included.
    fn resource(
        &self,
        parts: &[ArnPart],
        arguments: &Arguments,
        span: Span,
        out: &mut Vec<Ground>,
    ) {
        let mut arns = vec![String::new()];
        for part in parts {
            let choices: Vec<Cow<'_, str>> = match part {
                ArnPart::Text(text) => vec![text.into()],
                ArnPart::Partition => vec![(&self.place.partition).into()],
                ArnPart::Region if self.place.regions.is_empty() => vec!["*".into()],
                ArnPart::Region => self.place.regions.iter().map(Cow::from).collect(),
                ArnPart::Account => vec![self.account(span).into()],
                ArnPart::Value(value) => {
                    let values = self.values(value, arguments);
                    if parts.iter().any(|p| matches!(p, ArnPart::Partition)) {
                        self.expect_same_partition(&values, value.span);
                    }
                    values
                        .iter()
                        .map(|v| v.under(crate::iam::BaseOperator::StringLike).into())
                        .collect()
                }
            };
            if !self.step(span) {
                return;
            }
            // Nearly every part has one value.
            if let [only] = choices.as_slice() {
                arns.iter_mut().for_each(|arn| arn.push_str(only));
                continue;
            }
            let grown = arns
                .iter()
                .flat_map(|arn| choices.iter().map(move |c| format!("{arn}{c}")));
            arns = grown.take(BUDGET).collect();
        }
        out.extend(arns.into_iter().map(Ground::Arn));
    }

    fn account(&self, span: Span) -> String {
        match &self.place.account {
            AccountFill::Id(id) => id.clone(),
            AccountFill::Any => "*".to_owned(),
            AccountFill::Several => {
                self.report(messages::account_unclear(span));
                "*".to_owned()
            }
        }
    }

    /// Reports declared accounts of another partition, where they would be put into an ARN of this one.
    pub(super) fn expect_same_partition(&self, values: &[Ground], span: Span) {
        for value in values {
            if let Ground::Id { node, .. } = value {
                self.expect_in_partition(*node, span);
            }
        }
    }

    /// Reports an account of another partition: no ARN, credential or trust goes from one to the other.
    fn expect_in_partition(&self, account: DefId, span: Span) {
        let Some(plan) = self.plans.get(&account) else {
            return;
        };
        let (here, there) = (&self.place.partition, &plan.place.partition);
        if here != there {
            self.report(messages::other_partition(
                &plan.node.name,
                there,
                here,
                span,
            ));
        }
    }

    /// The ARNs under which a declaration is deployed to the place asked for, or to the one at hand.
    pub(super) fn declared_arns(
        &self,
        block: DefId,
        place: Option<DefId>,
        span: Span,
    ) -> Vec<String> {
        let Some(found) = self.checked.block(block) else {
            return Vec::new();
        };
        let kind = match found.kind {
            BlockKind::Role => "role",
            BlockKind::User => "user",
            BlockKind::Group => "group",
            _ => "policy",
        };
        let arn = |partition: &str, account: &str, name: &str| {
            format!("arn:{partition}:iam::{account}:{kind}{}{name}", found.path)
        };
        let Some(node) = place.or(self.place.node) else {
            // Wherever it is attached: any account's declaration of that name.
            return vec![arn(
                &self.place.partition,
                &self.account(span),
                &found.aws_name,
            )];
        };
        let Some(plan) = self.plans.get(&node) else {
            return Vec::new();
        };
        self.expect_in_partition(node, span);
        let account = plan.node.id.clone().unwrap_or_default();
        match plan.names.get(&block) {
            Some(names) => names
                .iter()
                .map(|name| arn(&plan.place.partition, &account, name))
                .collect(),
            None => {
                let elsewhere: Vec<&str> = self
                    .plans
                    .values()
                    .filter(|p| p.names.contains_key(&block))
                    .map(|p| p.node.name.as_str())
                    .collect();
                self.report(messages::not_deployed(
                    found,
                    &plan.node.name,
                    &elsewhere,
                    span,
                ));
                Vec::new()
            }
        }
    }
}
