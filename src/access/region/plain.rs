//! What a policy says without where it says it: the part that can matter.

use crate::ir::{Condition, Origin, Policy, Statement};

/// A statement without places and without its name.
pub fn statement(statement: &Statement) -> Statement {
    Statement {
        sid: None,
        condition: condition(&statement.condition),
        origin: Origin::default(),
        ..statement.clone()
    }
}

/// A condition without places.
pub fn condition(written: &Condition) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(condition).collect();
    match written {
        Condition::True => Condition::True,
        Condition::False => Condition::False,
        Condition::Test(test) => {
            let mut test = test.clone();
            test.span = None;
            Condition::Test(test)
        }
        Condition::Not(inner) => Condition::Not(Box::new(condition(inner))),
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
    }
}

/// Whether two lists of policies say the same in the same order, statement by statement. Enough to know that nothing
/// changes; if they do not, the engine has to say.
pub fn same(one: &[&Policy], other: &[&Policy]) -> bool {
    let statements = |policies: &[&Policy]| -> Vec<Statement> {
        let all = policies.iter().flat_map(|p| &p.statements);
        all.map(statement).collect()
    };
    statements(one) == statements(other)
}
