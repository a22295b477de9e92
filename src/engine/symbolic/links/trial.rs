//! Trying combinations of values for the variables; with these fixed, the rest is decided exactly.

use std::collections::BTreeMap;

use super::Tied;
use super::class::Class;
use crate::engine::symbolic::budget::Budget;
use crate::engine::symbolic::formula::AtomId;
use crate::engine::symbolic::model::{Held, Model, Node};
use crate::engine::symbolic::theory::{Environment, Value};
use crate::engine::symbolic::value::Stuck;

/// Combinations of values tried at most.
const TRIALS: usize = 512;

impl Tied<'_> {
    /// Tries the combinations of candidates.
    pub(super) fn search(
        &mut self,
        classes: &[Class],
        budget: &mut Budget,
    ) -> Result<Option<Vec<(Node, Value)>>, Stuck> {
        let choices: Vec<&Class> = classes.iter().filter(|c| c.required).collect();
        let mut picks = vec![0_usize; choices.len()];
        for _ in 0..TRIALS {
            budget.spend(8)?;
            let mut environment: Environment = BTreeMap::new();
            for class in classes.iter().filter(|c| !c.required) {
                environment.extend(class.keys.iter().map(|k| (*k, None)));
            }
            for (class, pick) in choices.iter().zip(&picks) {
                let Some(value) = class.candidates.get(*pick) else {
                    return Ok(None);
                };
                let value = Some(value.clone());
                environment.extend(class.keys.iter().map(|k| (*k, value.clone())));
            }
            if let Some(found) = self.complete(&environment, budget)? {
                return Ok(Some(found));
            }
            if !advance(&mut picks, &choices) {
                return Ok(None);
            }
        }
        self.unsettled = Some("too many values of policy variables to try");
        Ok(None)
    }

    /// Decides the remaining dimensions with the variables fixed, and checks every literal.
    fn complete(
        &mut self,
        environment: &Environment,
        budget: &mut Budget,
    ) -> Result<Option<Vec<(Node, Value)>>, Stuck> {
        let mut model = Model {
            resource: self.theory.any_resource.clone(),
            keys: BTreeMap::new(),
        };
        let mut values = Vec::new();
        for node in &self.nodes {
            let value = match node {
                Node::Key(key) if environment.contains_key(key) => {
                    let held = environment.get(key).cloned().flatten();
                    Value::Key(held.map_or(Held::Absent, Held::One))
                }
                _ => {
                    let found = self.theory.solve_with(
                        self.tables,
                        *node,
                        self.signs,
                        environment,
                        &[],
                        budget,
                    );
                    match found {
                        Ok(Some(value)) => value,
                        Ok(None) => return Ok(None),
                        Err(Stuck::Spent) => return Err(Stuck::Spent),
                        Err(Stuck::Unsettled(why)) => {
                            self.unsettled = Some(why);
                            return Ok(None);
                        }
                    }
                }
            };
            match (node, &value) {
                (_, Value::Resource(text)) => model.resource.clone_from(text),
                (Node::Key(key), Value::Key(held)) => {
                    model.keys.insert(*key, held.clone());
                }
                (Node::Resource, Value::Key(_)) => {}
            }
            values.push((*node, value));
        }
        let holds = |(id, sign): &(AtomId, bool)| model.satisfies(self.tables, *id) == *sign;
        Ok(self.signs.iter().all(holds).then_some(values))
    }
}

/// Counts through the combinations; `false` after the last.
fn advance(picks: &mut [usize], choices: &[&Class]) -> bool {
    for (pick, class) in picks.iter_mut().zip(choices) {
        *pick += 1;
        if *pick < class.candidates.len() {
            return true;
        }
        *pick = 0;
    }
    false
}
