//! Is a formula true of some request? Boolean search, guided by a candidate request, refuted by theories.

use super::atom::Tables;
use super::budget::{self, Budget};
use super::formula::{AtomId, Formula, Formulas, Node};
use super::model::Model;
use super::sat::{Contradiction, Literal, Solver};
use super::theory::{Checked, Sign, Theory};
use crate::engine::hashed::IndexMap;

/// The answer to one question about one formula.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// This request makes it true.
    Holds(Model),
    /// No request makes it true.
    Impossible,
    /// Not settled, and why.
    Unknown(&'static str),
}

/// The reason given when the budget is used up.
pub(crate) const BUDGET: &str = "budget";

/// Looks for a request that makes a formula true.
pub(crate) fn solve(
    tables: &mut Tables,
    theory: &mut Theory,
    formula: Formula,
    budget: &mut Budget,
) -> Answer {
    match formula {
        Formulas::FALSE => Answer::Impossible,
        Formulas::TRUE => Answer::Holds(Model {
            resource: theory.any_resource.clone(),
            keys: std::collections::BTreeMap::new(),
        }),
        _ => {
            let mut search = Search::new();
            match search.encode(tables, formula) {
                Ok(()) => search.run(tables, theory, budget),
                Err(Contradiction) => Answer::Impossible,
            }
        }
    }
}

struct Search {
    solver: Solver,
    /// The variable of each formula that has one; atoms among them.
    variables: IndexMap<Formula, usize>,
    /// What each variable stands for.
    meaning: Vec<Formula>,
    atoms: IndexMap<usize, AtomId>,
    unsettled: Option<&'static str>,
}

impl Search {
    fn new() -> Self {
        Search {
            solver: Solver::default(),

            variables: IndexMap::default(),
            meaning: Vec::new(),
            atoms: IndexMap::default(),
            unsettled: None,
        }
    }

    /// Writes the formula as clauses; a variable stands for a part wherever the part occurs.
    fn encode(&mut self, tables: &mut Tables, formula: Formula) -> Result<(), Contradiction> {
        let mut queue: Vec<Formula> = Vec::new();
        match tables.formulas.node(formula).clone() {
            Node::All(parts) => {
                for part in parts {
                    let literal = self.literal(tables, part, &mut queue);
                    self.solver.add(vec![literal])?;
                }
            }
            _ => {
                let literal = self.literal(tables, formula, &mut queue);
                self.solver.add(vec![literal])?;
            }
        }
        while let Some(part) = queue.pop() {
            self.define(tables, part, &mut queue)?;
        }
        self.exclusions(tables)
    }

    /// The literal of a part; composite parts are queued to be defined, once.
    fn literal(&mut self, tables: &Tables, part: Formula, queue: &mut Vec<Formula>) -> Literal {
        if let Node::Not(inner) = tables.formulas.node(part)
            && matches!(tables.formulas.node(*inner), Node::Atom(_))
        {
            return self.literal(tables, *inner, queue).opposite();
        }
        if let Some(variable) = self.variables.get(&part) {
            return Literal::new(*variable, true);
        }
        let variable = self.solver.variable();
        self.variables.insert(part, variable);
        self.meaning.push(part);
        match tables.formulas.node(part) {
            Node::Atom(id) => {
                self.atoms.insert(variable, *id);
            }
            _ => queue.push(part),
        }
        Literal::new(variable, true)
    }

    /// The clauses by which a part's literal implies what the part says.
    fn define(
        &mut self,
        tables: &mut Tables,
        part: Formula,
        queue: &mut Vec<Formula>,
    ) -> Result<(), Contradiction> {
        let own = self.literal(tables, part, queue).opposite();
        match tables.formulas.node(part).clone() {
            Node::All(parts) => {
                for part in parts {
                    let literal = self.literal(tables, part, queue);
                    self.solver.add(vec![own, literal])?;
                }
                Ok(())
            }
            Node::Any(parts) => {
                let mut clause = vec![own];
                clause.extend(parts.iter().map(|p| self.literal(tables, *p, queue)));
                self.solver.add(clause)
            }
            Node::Not(inner) => {
                let Node::All(parts) = tables.formulas.node(inner).clone() else {
                    return Ok(());
                };
                let mut clause = vec![own];
                for part in parts {
                    let opposite = tables.formulas.not(part);
                    clause.push(self.literal(tables, opposite, queue));
                }
                self.solver.add(clause)
            }
            Node::False => self.solver.add(vec![own]),
            Node::True | Node::Atom(_) => Ok(()),
        }
    }

    /// What holds of single keys whatever their values: an absent key matches nothing.
    fn exclusions(&mut self, tables: &Tables) -> Result<(), Contradiction> {
        use super::atom::Atom;
        let mut clauses = Vec::new();
        let variables: IndexMap<AtomId, usize> =
            self.atoms.iter().map(|(v, id)| (*id, *v)).collect();
        for (variable, id) in &self.atoms {
            let key = match tables.atom_of(*id) {
                Some(Atom::In(key, _) | Atom::Linked(key, _) | Atom::Some { key, .. }) => *key,
                _ => continue,
            };
            for missing in [Atom::Absent(key), Atom::Empty(key)] {
                let other = tables.find(&missing).and_then(|id| variables.get(&id));
                if let Some(other) = other {
                    clauses.push(vec![
                        Literal::new(*variable, false),
                        Literal::new(*other, false),
                    ]);
                }
            }
        }
        clauses.into_iter().try_for_each(|c| self.solver.add(c))
    }

    fn run(&mut self, tables: &Tables, theory: &mut Theory, budget: &mut Budget) -> Answer {
        loop {
            if budget.spend(4).is_err() {
                return Answer::Unknown(BUDGET);
            }
            if let Some(conflict) = self.solver.propagate() {
                if self.solver.learn(conflict).is_err() {
                    return self.exhausted();
                }
                continue;
            }
            let signs: Vec<Sign> = self
                .solver
                .trail()
                .iter()
                .filter_map(|l| Some((*self.atoms.get(&l.variable())?, l.value())))
                .collect();
            let core = match theory.check(tables, &signs, budget) {
                Checked::Consistent(model) => {
                    match self.next(tables, &model) {
                        Some(literal) => self.solver.decide(literal),
                        None => return Answer::Holds(model),
                    }
                    continue;
                }
                Checked::Conflict(core) => core,
                Checked::Unsettled(core, why) => {
                    self.unsettled = Some(why);
                    core
                }
                Checked::Spent => return Answer::Unknown(BUDGET),
            };
            let clause = self.refuting(&core);
            if self.solver.learn(clause).is_err() {
                return self.exhausted();
            }
        }
    }

    fn exhausted(&self) -> Answer {
        match self.unsettled {
            Some(why) => Answer::Unknown(why),
            None => Answer::Impossible,
        }
    }

    fn refuting(&self, core: &[Sign]) -> Vec<Literal> {
        let wanted: IndexMap<AtomId, bool> = core.iter().copied().collect();
        let literals = self.atoms.iter().filter_map(|(variable, id)| {
            let sign = wanted.get(id)?;
            Some(Literal::new(*variable, !sign))
        });
        literals.collect()
    }

    /// A literal to decide that mends a clause which the candidate makes false; `None` if it makes none false.
    fn next(&self, tables: &Tables, model: &Model) -> Option<Literal> {
        let mut memo = IndexMap::default();
        let mut truth = IndexMap::default();
        let mut atom = |id: AtomId| {
            *truth
                .entry(id)
                .or_insert_with(|| model.satisfies(tables, id))
        };
        let mut value = |literal: &Literal| match self.solver.value(*literal) {
            Some(value) => value,
            None => {
                let meaning = self.meaning.get(literal.variable()).copied();
                let meaning = meaning.unwrap_or(Formulas::FALSE);
                tables.formulas.evaluate(meaning, &mut memo, &mut atom) == literal.value()
            }
        };
        let mut best: Option<(u64, Literal)> = None;
        for clause in self.solver.clauses() {
            budget::read(clause.len());
            if clause.iter().any(&mut value) {
                continue;
            }
            let free = clause.iter().filter(|l| self.solver.value(**l).is_none());
            for literal in free {
                let activity = self.solver.activity(literal.variable());
                if best.is_none_or(|(a, _)| activity > a) {
                    best = Some((activity, *literal));
                }
            }
            if best.is_some() {
                break;
            }
        }
        best.map(|(_, literal)| literal)
    }
}
