//! Dimensions tied together by policy variables.
//!
//! Keys that are equal through a variable (`StringEquals k1 ${k2}`) become one class with all their tests. Each
//! class is tried with a value that nothing mentions and with the values that patterns can force; with the
//! variables fixed, the rest is decided exactly. *No* is answered only for one of these reasons: the tests of a
//! class contradict each other; a pattern contradicts its dimension even when its variables are free; or every
//! class has finitely many values and all of them were tried. Otherwise it is not settled.

mod capture;
mod class;
mod refute;
mod trial;

use super::atom::{Atom, KeyId, Link, Tables};
use super::budget::Budget;
use super::model::Node;
use super::theory::{self, Sign, Theory, Values};
use super::value::Stuck;

/// A value for each dimension that the literals mention; `None` if there is none.
pub(crate) fn solve(
    theory: &Theory,
    tables: &Tables,
    signs: &[Sign],
    budget: &mut Budget,
) -> Result<Option<Values>, Stuck> {
    let mut tied = Tied {
        theory,
        tables,
        signs,
        nodes: Vec::new(),
        helpful: Vec::new(),
        unsettled: None,
    };
    for (nodes, _) in theory::components(tables, signs) {
        tied.nodes.extend(nodes);
    }
    let Some(classes) = tied.classes(budget)? else {
        return Ok(None);
    };
    let helpful = tied.helpful_absences(&classes);
    if let Some(found) = tied.search(&classes, budget)? {
        return Ok(Some(found));
    }
    if !helpful.is_empty() {
        tied.helpful = helpful;
        if let Some(classes) = tied.classes(budget)?
            && let Some(found) = tied.search(&classes, budget)?
        {
            return Ok(Some(found));
        }
        tied.unsettled = Some("a policy variable under `ForAllValues`");
    }
    if tied.refuted_uniformly() || tied.refuted_when_free(&classes, budget)? {
        return Ok(None);
    }
    let complete = classes.iter().all(|c| c.complete || !c.required);
    match tied.unsettled {
        None if complete => Ok(None),
        Some(why) => Err(Stuck::Unsettled(why)),
        None => Err(Stuck::Unsettled("a mix of policy variables")),
    }
}

struct Tied<'a> {
    theory: &'a Theory,
    tables: &'a Tables,
    signs: &'a [Sign],
    nodes: Vec<Node>,
    /// Keys to be tried with a value although nothing requires one.
    helpful: Vec<KeyId>,
    unsettled: Option<&'static str>,
}

impl Tied<'_> {
    fn atoms(&self) -> impl Iterator<Item = (&Atom, bool)> {
        self.signs
            .iter()
            .filter_map(|(id, sign)| Some((self.tables.atom_of(*id)?, *sign)))
    }

    /// The links among the literals, with the node they constrain; `None` as node for lists.
    fn links(&self) -> Vec<(Node, &Link, bool)> {
        let mut out = Vec::new();
        for (atom, sign) in self.atoms() {
            let (node, ids, sign) = match atom {
                Atom::ResourceLink(link) => (Node::Resource, vec![*link], sign),
                Atom::Linked(key, link) => (Node::Key(*key), vec![*link], sign),
                Atom::Some {
                    key, links, inside, ..
                } => (Node::Key(*key), links.clone(), sign == *inside),
                _ => continue,
            };
            out.extend(
                ids.iter()
                    .filter_map(|id| Some((node, self.tables.link_of(*id)?, sign))),
            );
        }
        out
    }
}
