//! Whether literals agree: per dimension by exact theories, across dimensions through policy variables.

mod dimension;

use std::collections::BTreeMap;

use dimension::Question;

use super::atom::{Atom, KeyId, LinkId, Tables};
use super::budget::{Budget, Spent};
use super::formula::AtomId;
use super::model::{Held, Model, Node};
use super::value::Stuck;
use crate::engine::hashed::IndexMap;

/// An atom and whether it has to hold.
pub(crate) type Sign = (AtomId, bool);

/// What a dimension holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Value {
    /// The resource.
    Resource(String),
    /// A key.
    Key(Held),
}

/// What the check of a set of literals found.
#[derive(Debug)]
pub(crate) enum Checked {
    /// A request that satisfies all of them.
    Consistent(Model),
    /// Literals that no request satisfies together.
    Conflict(Vec<Sign>),
    /// Literals of which it is not settled whether they agree.
    Unsettled(Vec<Sign>, &'static str),
    /// The budget is used up.
    Spent,
}

/// The values that variables are tried with; `None` for a key without a value.
pub(crate) type Environment = BTreeMap<KeyId, Option<String>>;

/// What several dimensions hold.
pub(crate) type Values = Vec<(Node, Value)>;

/// The theories, with what they have already found out.
#[derive(Debug)]
pub(crate) struct Theory {
    memo: IndexMap<(Node, Vec<Sign>), Result<Option<Value>, Stuck>>,
    tied: IndexMap<Vec<Sign>, Result<Option<Values>, Stuck>>,
    /// The resource of a request whose resource does not matter.
    pub(crate) any_resource: String,
    /// The account that resources belong to where nothing else is asked for.
    account: String,
}

impl Theory {
    /// Theories for questions about resources of an account.
    pub(crate) fn new(account: &str) -> Self {
        Theory {
            memo: IndexMap::default(),
            tied: IndexMap::default(),
            any_resource: String::new(),
            account: account.to_owned(),
        }
    }

    /// Checks literals; a conflict is as small as leaving out one literal at a time makes it.
    pub(crate) fn check(
        &mut self,
        tables: &Tables,
        signs: &[Sign],
        budget: &mut Budget,
    ) -> Checked {
        let mut model = Model {
            resource: self.any_resource.clone(),
            keys: BTreeMap::new(),
        };
        for (nodes, signs) in components(tables, signs) {
            match self.solve_group(tables, &nodes, &signs, budget) {
                Ok(Some(values)) => {
                    for (node, value) in values {
                        match (node, value) {
                            (_, Value::Resource(text)) => model.resource = text,
                            (Node::Key(key), Value::Key(held)) => {
                                model.keys.insert(key, held);
                            }
                            (Node::Resource, Value::Key(_)) => {}
                        }
                    }
                }
                Ok(None) => return self.minimise(tables, signs, budget),
                Err(Stuck::Unsettled(why)) => return Checked::Unsettled(signs, why),
                Err(Stuck::Spent) => return Checked::Spent,
            }
        }
        Checked::Consistent(model)
    }

    /// Leaves out literals that the conflict does not need: first many at a time, in the end one.
    fn minimise(&mut self, tables: &Tables, mut core: Vec<Sign>, budget: &mut Budget) -> Checked {
        let mut size = core.len().div_ceil(2);
        loop {
            let mut i = 0;
            while i < core.len() && core.len() > 1 {
                let end = (i + size).min(core.len());
                let mut fewer = core.clone();
                fewer.drain(i..end);
                match self.conflict_within(tables, &fewer, budget) {
                    Ok(Some(smaller)) => core = smaller,
                    Ok(None) => i = end,
                    Err(Spent) => return Checked::Spent,
                }
            }
            if size == 1 {
                return Checked::Conflict(core);
            }
            size = size.div_ceil(2);
        }
    }

    /// Those of the literals that contradict one another, if some do.
    fn conflict_within(
        &mut self,
        tables: &Tables,
        signs: &[Sign],
        budget: &mut Budget,
    ) -> Result<Option<Vec<Sign>>, Spent> {
        for (nodes, signs) in components(tables, signs) {
            let found = self.solve_group(tables, &nodes, &signs, budget);
            match found.map(|v| v.is_none()) {
                Ok(true) => return Ok(Some(signs)),
                Err(Stuck::Spent) => return Err(Spent),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Values of dimensions that belong together.
    fn solve_group(
        &mut self,
        tables: &Tables,
        nodes: &[Node],
        signs: &[Sign],
        budget: &mut Budget,
    ) -> Result<Option<Values>, Stuck> {
        if let [node] = nodes {
            let found = self.solve_node(tables, *node, signs, budget)?;
            return Ok(found.map(|v| vec![(*node, v)]));
        }
        if let Some(found) = self.tied.get(signs) {
            return found.clone();
        }
        let found = super::links::solve(self, tables, signs, budget);
        if found != Err(Stuck::Spent) {
            self.tied.insert(signs.to_vec(), found.clone());
        }
        found
    }

    /// A value of one dimension that satisfies literals without variables.
    fn solve_node(
        &mut self,
        tables: &Tables,
        node: Node,
        signs: &[Sign],
        budget: &mut Budget,
    ) -> Result<Option<Value>, Stuck> {
        budget.spend(1 + signs.len() as u64 / 8)?;
        let key = (node, signs.to_vec());
        if let Some(found) = self.memo.get(&key) {
            return found.clone();
        }
        let found = self.solve_with(tables, node, signs, &Environment::new(), &[], budget);
        if found != Err(Stuck::Spent) {
            self.memo.insert(key, found.clone());
        }
        found
    }

    /// The same where variables have the values of an environment, and a single value is to be in further
    /// languages.
    pub(crate) fn solve_with(
        &self,
        tables: &Tables,
        node: Node,
        signs: &[Sign],
        environment: &Environment,
        fillers: &[&str],
        budget: &mut Budget,
    ) -> Result<Option<Value>, Stuck> {
        let question = Question {
            tables,
            signs,
            environment,
            fillers,
            account: &self.account,
        };
        match node {
            Node::Resource => question.resource(&self.any_resource, budget),
            Node::Key(key) if tables.is_multi(key) => question.list(key, budget),
            Node::Key(key) => question.single(key, budget),
        }
    }
}

/// Groups literals by dimension; dimensions that variables tie together form one group.
pub(crate) fn components(tables: &Tables, signs: &[Sign]) -> Vec<(Vec<Node>, Vec<Sign>)> {
    let mut groups: Vec<(Vec<Node>, Vec<Sign>)> = Vec::new();
    for sign in signs {
        let nodes = nodes_of(tables, sign.0);
        let touched = |group: &(Vec<Node>, Vec<Sign>)| group.0.iter().any(|n| nodes.contains(n));
        let Some(first) = groups.iter().position(touched) else {
            groups.push((nodes, vec![*sign]));
            continue;
        };
        // Nearly always one group, which already has the literal's dimensions.
        let mut others = Vec::new();
        let mut at = first + 1;
        while at < groups.len() {
            if groups.get(at).is_some_and(touched) {
                others.push(groups.remove(at));
            } else {
                at += 1;
            }
        }
        if let Some((own, signs)) = groups.get_mut(first) {
            signs.push(*sign);
            own.extend(nodes);
            for (more_nodes, more_signs) in others {
                own.extend(more_nodes);
                signs.extend(more_signs);
            }
            own.sort_unstable();
            own.dedup();
        }
    }
    for (_, signs) in &mut groups {
        signs.sort_unstable();
    }
    groups
}

fn nodes_of(tables: &Tables, id: AtomId) -> Vec<Node> {
    let keys = |link: LinkId| {
        let keys = tables.link_of(link).map(|l| l.keys().collect::<Vec<_>>());
        keys.unwrap_or_default().into_iter().map(Node::Key)
    };
    match tables.atom_of(id) {
        None => Vec::new(),
        Some(Atom::Resource(_)) => vec![Node::Resource],
        Some(Atom::ResourceLink(link)) => {
            std::iter::once(Node::Resource).chain(keys(*link)).collect()
        }
        Some(Atom::Absent(key) | Atom::Empty(key) | Atom::In(key, _)) => vec![Node::Key(*key)],
        Some(Atom::Linked(key, link)) => std::iter::once(Node::Key(*key))
            .chain(keys(*link))
            .collect(),
        Some(Atom::Some { key, links, .. }) => std::iter::once(Node::Key(*key))
            .chain(links.iter().flat_map(|l| keys(*l)))
            .collect(),
    }
}
