//! Changes to policies: some that must not matter, and some that may.

use bailiwick::iam::{BaseOperator, Effect};
use bailiwick::ir::{Condition, Match, Policy, Statement, Test};

/// A small generator, the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    pub(crate) fn pick<'t, T>(&mut self, table: &'t [T]) -> &'t T {
        &table[self.roll(table.len())]
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.roll(i + 1));
        }
    }
}

/// The same policy in other words: statements split by action or resource, merged where they differ in one list,
/// reordered; lists and values permuted.
pub(crate) fn rewritten(policy: &Policy, dice: &mut Dice) -> Policy {
    let mut out = policy.clone();
    out.statements = policy
        .statements
        .iter()
        .flat_map(|s| split(s, dice))
        .collect();
    dice.shuffle(&mut out.statements);
    out.statements = merged(out.statements);
    for statement in &mut out.statements {
        dice.shuffle(&mut statement.action.patterns);
        if let Some(resource) = &mut statement.resource {
            dice.shuffle(&mut resource.patterns);
        }
        statement.condition = permuted(&statement.condition, dice);
    }
    dice.shuffle(&mut out.statements);
    out
}

fn split(statement: &Statement, dice: &mut Dice) -> Vec<Statement> {
    let part = |list: &Match, dice: &mut Dice| -> Option<(Match, Match)> {
        if list.negated || list.patterns.len() < 2 {
            return None;
        }
        let (a, b) = list
            .patterns
            .split_at(1 + dice.roll(list.patterns.len() - 1));
        Some((Match::any(a.to_vec()), Match::any(b.to_vec())))
    };
    let with_resource = |resource: Match| Statement {
        resource: Some(resource),
        ..statement.clone()
    };
    let with_action = |action: Match| Statement {
        action,
        ..statement.clone()
    };
    let resources = statement.resource.as_ref().and_then(|r| part(r, dice));
    match (resources, part(&statement.action, dice)) {
        (Some((a, b)), _) if dice.roll(2) == 0 => vec![with_resource(a), with_resource(b)],
        (_, Some((a, b))) => vec![with_action(a), with_action(b)],
        _ => vec![statement.clone()],
    }
}

/// Joins the actions of statements that are equal otherwise.
fn merged(statements: Vec<Statement>) -> Vec<Statement> {
    let mut out: Vec<Statement> = Vec::new();
    for statement in statements {
        let fits = |other: &&mut Statement| {
            !other.action.negated
                && !statement.action.negated
                && other.effect == statement.effect
                && other.resource == statement.resource
                && other.condition == statement.condition
        };
        match out.iter_mut().find(fits) {
            Some(other) => other.action.patterns.extend(statement.action.patterns),
            None => out.push(statement),
        }
    }
    out
}

fn permuted(condition: &Condition, dice: &mut Dice) -> Condition {
    match condition {
        Condition::Test(test) => {
            let mut test = test.clone();
            dice.shuffle(&mut test.values);
            Condition::Test(test)
        }
        Condition::All(parts) => {
            let mut parts: Vec<_> = parts.iter().map(|p| permuted(p, dice)).collect();
            dice.shuffle(&mut parts);
            Condition::All(parts)
        }
        other => other.clone(),
    }
}

/// The policy with one thing changed; what, in words.
pub(crate) fn mutant(policy: &Policy, dice: &mut Dice) -> (Policy, &'static str) {
    let mut out = policy.clone();
    let index = dice.roll(out.statements.len());
    let statement = &mut out.statements[index];
    let conditional = statement.condition != Condition::True;
    let what = match dice.roll(if conditional { 8 } else { 5 }) {
        0 => {
            out.statements.remove(index);
            return (out, "a statement less");
        }
        1 => {
            shorten(&mut statement.action, dice);
            "an action less"
        }
        2 => {
            if let Some(resource) = &mut statement.resource {
                shorten(resource, dice);
            }
            "a resource less"
        }
        3 => {
            let at = dice.roll(statement.action.patterns.len());
            let pattern = &mut statement.action.patterns[at];
            match pattern.strip_suffix('*') {
                Some(short) if short.contains(':') => *pattern = short.to_owned(),
                _ => pattern.push('*'),
            }
            "a wildcard more or less"
        }
        4 => {
            statement.effect = match statement.effect {
                Effect::Allow => Effect::Deny,
                Effect::Deny => Effect::Allow,
            };
            "the effect turned round"
        }
        5 => {
            statement.condition = Condition::True;
            "the condition left out"
        }
        6 => {
            first_test(&mut statement.condition, &mut |test| {
                test.operator.if_exists = !test.operator.if_exists;
            });
            "IfExists added or dropped"
        }
        _ => {
            first_test(&mut statement.condition, &mut |test| {
                if test.operator.base == BaseOperator::StringEquals {
                    test.operator.base = BaseOperator::StringNotEquals;
                } else {
                    test.values.truncate(1);
                }
            });
            "an operator or value changed"
        }
    };
    (out, what)
}

fn shorten(list: &mut Match, dice: &mut Dice) {
    if list.patterns.len() > 1 {
        let at = dice.roll(list.patterns.len());
        list.patterns.remove(at);
    }
}

fn first_test(condition: &mut Condition, change: &mut dyn FnMut(&mut Test)) {
    match condition {
        Condition::Test(test) if test.operator.base != BaseOperator::Null => change(test),
        Condition::All(parts) | Condition::Any(parts) => {
            if let Some(first) = parts.first_mut() {
                first_test(first, change);
            }
        }
        Condition::Not(inner) => first_test(inner, change),
        _ => {}
    }
}
