//! Boolean combinations of atoms, shared and simplified as they are built.
//!
//! Nobody builds nodes by hand: [`Formulas::and`] and [`Formulas::or`] flatten, sort, and propagate units, so
//! that most differences between two versions of one policy vanish before any search begins.

use crate::engine::hashed::{IndexMap, IndexSet};

/// A node of the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Formula(u32);

/// An atom, by its number in the question's table of atoms.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct AtomId(pub(crate) u32);

/// What a formula is. `Not` stands before atoms and conjunctions only.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Node {
    True,
    False,
    Atom(AtomId),
    Not(Formula),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// The store of formulas of one question.
#[derive(Debug)]
pub(crate) struct Formulas {
    nodes: IndexSet<Node>,
}

impl Formulas {
    /// Holds always.
    pub(crate) const TRUE: Formula = Formula(0);
    /// Holds never.
    pub(crate) const FALSE: Formula = Formula(1);

    /// A store with the two constants.
    pub(crate) fn new() -> Self {
        Formulas {
            nodes: IndexSet::from_iter([Node::True, Node::False]),
        }
    }

    fn intern(&mut self, node: Node) -> Formula {
        let (index, _) = self.nodes.insert_full(node);
        Formula(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// What a formula is.
    pub(crate) fn node(&self, formula: Formula) -> &Node {
        self.nodes
            .get_index(formula.0 as usize)
            .unwrap_or(&Node::False)
    }

    /// The formula of an atom.
    pub(crate) fn atom(&mut self, atom: AtomId) -> Formula {
        self.intern(Node::Atom(atom))
    }

    /// One of the two constants.
    pub(crate) fn constant(value: bool) -> Formula {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// The complement.
    pub(crate) fn not(&mut self, formula: Formula) -> Formula {
        match self.node(formula).clone() {
            Node::True => Self::FALSE,
            Node::False => Self::TRUE,
            Node::Not(inner) => inner,
            Node::Any(parts) => {
                let parts: Vec<Formula> = parts.into_iter().map(|p| self.not(p)).collect();
                self.and(parts)
            }
            Node::Atom(_) | Node::All(_) => self.intern(Node::Not(formula)),
        }
    }

    /// At least one of them.
    pub(crate) fn or(&mut self, parts: impl IntoIterator<Item = Formula>) -> Formula {
        let mut flat = IndexSet::default();
        for part in parts {
            match self.node(part) {
                Node::True => return Self::TRUE,
                Node::False => {}
                Node::Any(inner) => flat.extend(inner.iter().copied()),
                _ => {
                    flat.insert(part);
                }
            }
        }
        for part in &flat {
            let opposite = match self.node(*part) {
                Node::Not(inner) => Some(*inner),
                _ => None,
            };
            if opposite.is_some_and(|o| flat.contains(&o)) {
                return Self::TRUE;
            }
        }
        self.absorb(&mut flat);
        let mut flat: Vec<Formula> = flat.into_iter().collect();
        flat.sort_unstable();
        match flat.as_slice() {
            [] => Self::FALSE,
            [one] => *one,
            _ => self.intern(Node::Any(flat)),
        }
    }

    /// In a disjunction, a conjunction that holds another member says nothing new.
    fn absorb(&self, flat: &mut IndexSet<Formula>) {
        if flat.len() < 2 {
            return;
        }
        let redundant: Vec<Formula> = flat
            .iter()
            .copied()
            .filter(|f| match self.node(*f) {
                Node::All(parts) => {
                    parts.iter().any(|p| flat.contains(p))
                        || flat.iter().any(|g| match self.node(*g) {
                            Node::All(fewer) => {
                                fewer.len() < parts.len() && fewer.iter().all(|p| parts.contains(p))
                            }
                            _ => false,
                        })
                }
                _ => false,
            })
            .collect();
        flat.retain(|f| !redundant.contains(f));
    }

    /// All of them.
    pub(crate) fn and(&mut self, parts: impl IntoIterator<Item = Formula>) -> Formula {
        let mut known = IndexSet::default();
        let mut open: Vec<Formula> = Vec::new();
        let mut queue: Vec<Formula> = parts.into_iter().collect();
        loop {
            for part in queue.drain(..) {
                self.place(part, &mut known, &mut open);
            }
            if known.contains(&Self::FALSE) {
                return Self::FALSE;
            }
            let waiting = std::mem::take(&mut open);
            let mut changed = false;
            for part in &waiting {
                if matches!(self.node(*part), Node::Not(_)) {
                    known.insert(*part);
                }
            }
            for part in waiting {
                // A conjunct must not be used against itself.
                known.swap_remove(&part);
                let simpler = self.given(part, &known, 0);
                if matches!(self.node(part), Node::Not(_)) && simpler == part {
                    known.insert(part);
                }
                if simpler == part {
                    open.push(part);
                } else {
                    changed = true;
                    queue.push(simpler);
                }
            }
            if !changed {
                break;
            }
        }
        known.extend(open);
        let mut parts: Vec<Formula> = known.into_iter().collect();
        parts.sort_unstable();
        match parts.as_slice() {
            [] => Self::TRUE,
            [one] => *one,
            _ => self.intern(Node::All(parts)),
        }
    }

    /// Sorts a conjunct into literals (known) and the rest (open); `FALSE` is known when they contradict.
    fn place(&self, part: Formula, known: &mut IndexSet<Formula>, open: &mut Vec<Formula>) {
        match self.node(part) {
            Node::True => {}
            Node::False => {
                known.insert(Self::FALSE);
            }
            Node::All(inner) => {
                for part in inner {
                    self.place(*part, known, open);
                }
            }
            Node::Any(_) => {
                if !open.contains(&part) {
                    open.push(part);
                }
            }
            Node::Not(inner) if matches!(self.node(*inner), Node::All(_)) => {
                if !open.contains(&part) {
                    open.push(part);
                }
            }
            Node::Atom(_) | Node::Not(_) => {
                if self.refuted(part, known) {
                    known.insert(Self::FALSE);
                }
                known.insert(part);
            }
        }
    }

    fn refuted(&self, part: Formula, known: &IndexSet<Formula>) -> bool {
        match self.node(part) {
            Node::Not(inner) => known.contains(inner),
            _ => self
                .nodes
                .get_index_of(&Node::Not(part))
                .and_then(|i| u32::try_from(i).ok())
                .is_some_and(|i| known.contains(&Formula(i))),
        }
    }

    /// The formula, simplified by literals known to hold.
    fn given(&mut self, formula: Formula, known: &IndexSet<Formula>, depth: usize) -> Formula {
        if known.contains(&formula) {
            return Self::TRUE;
        }
        if self.refuted(formula, known) {
            return Self::FALSE;
        }
        if depth > 12 {
            return formula;
        }
        match self.node(formula).clone() {
            Node::Not(inner) => {
                let simpler = self.given(inner, known, depth + 1);
                if simpler == inner {
                    formula
                } else {
                    self.not(simpler)
                }
            }
            Node::All(parts) | Node::Any(parts) => {
                let simpler: Vec<Formula> = parts
                    .iter()
                    .map(|p| self.given(*p, known, depth + 1))
                    .collect();
                if simpler == parts {
                    return formula;
                }
                match self.node(formula) {
                    Node::All(_) => self.and(simpler),
                    _ => self.or(simpler),
                }
            }
            Node::True | Node::False | Node::Atom(_) => formula,
        }
    }

    /// The value of a formula when atoms have values.
    pub(crate) fn evaluate(
        &self,
        formula: Formula,
        memo: &mut IndexMap<Formula, bool>,
        atom: &mut impl FnMut(AtomId) -> bool,
    ) -> bool {
        if let Some(value) = memo.get(&formula) {
            return *value;
        }
        let value = match self.node(formula) {
            Node::True => true,
            Node::False => false,
            Node::Atom(id) => atom(*id),
            Node::Not(inner) => !self.evaluate(*inner, memo, atom),
            Node::All(parts) => parts.iter().all(|p| self.evaluate(*p, memo, atom)),
            Node::Any(parts) => parts.iter().any(|p| self.evaluate(*p, memo, atom)),
        };
        memo.insert(formula, value);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Tree {
        Leaf(u32),
        Not(Box<Tree>),
        And(Vec<Tree>),
        Or(Vec<Tree>),
    }

    fn tree() -> impl Strategy<Value = Tree> {
        (0_u32..5)
            .prop_map(Tree::Leaf)
            .prop_recursive(4, 24, 4, |inner| {
                prop_oneof![
                    inner.clone().prop_map(|t| Tree::Not(Box::new(t))),
                    proptest::collection::vec(inner.clone(), 0..4).prop_map(Tree::And),
                    proptest::collection::vec(inner, 0..4).prop_map(Tree::Or),
                ]
            })
    }

    fn build(store: &mut Formulas, tree: &Tree) -> Formula {
        match tree {
            Tree::Leaf(n) => store.atom(AtomId(*n)),
            Tree::Not(t) => {
                let inner = build(store, t);
                store.not(inner)
            }
            Tree::And(ts) => {
                let parts: Vec<_> = ts.iter().map(|t| build(store, t)).collect();
                store.and(parts)
            }
            Tree::Or(ts) => {
                let parts: Vec<_> = ts.iter().map(|t| build(store, t)).collect();
                store.or(parts)
            }
        }
    }

    fn truth(tree: &Tree, row: u32) -> bool {
        match tree {
            Tree::Leaf(n) => row >> n & 1 == 1,
            Tree::Not(t) => !truth(t, row),
            Tree::And(ts) => ts.iter().all(|t| truth(t, row)),
            Tree::Or(ts) => ts.iter().any(|t| truth(t, row)),
        }
    }

    proptest! {
        #[test]
        fn simplification_keeps_the_truth_table(tree in tree()) {
            let mut store = Formulas::new();
            let formula = build(&mut store, &tree);
            for row in 0..32 {
                let value = store.evaluate(formula, &mut IndexMap::default(), &mut |a| row >> a.0 & 1 == 1);
                prop_assert_eq!(value, truth(&tree, row));
            }
        }
    }

    #[test]
    fn a_difference_of_equals_vanishes() {
        let mut store = Formulas::new();
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| store.atom(AtomId(i)));
        let left = store.and([a, b]);
        let right = store.and([c, d]);
        let more = store.or([left, right]);
        let not_left = store.not(left);
        let not_right = store.not(right);
        assert_eq!(store.and([more, not_left, not_right]), Formulas::FALSE);
    }
}
