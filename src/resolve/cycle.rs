//! Finds circles: of modules that import one another, and of values that are made of themselves.
//!
//! Strongly connected components, found without recursion (Tarjan 1972), since a chain of declarations may be as
//! long as a project. Each component gives one finding, with its shortest circle through the first member.

use super::declare::World;
use super::import::ModuleUse;
use super::message;
use super::model::{Binding, DefId};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use std::collections::{BTreeMap, VecDeque};

/// One declaration names another that it is made of.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: DefId,
    pub(super) to: DefId,
    pub(super) span: Span,
}

/// A step of a circle: which node, and where it names the next.
pub(super) struct Step {
    pub(super) name: String,
    pub(super) span: Span,
}

/// Reports modules that import one another.
pub(super) fn report_imports(
    world: &World<'_>,
    uses: &[ModuleUse],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let edges = uses.iter().map(|u| (u.from.index(), u.to.index(), u.span));
    let graph = Graph::new(world.modules.len(), edges.collect());
    for component in graph.circles() {
        let name = |at| u32::try_from(at).map(super::model::ModuleId);
        let step = |(from, span)| Step {
            name: name(from).map_or(String::new(), |id| world.module_name(id)),
            span,
        };
        let steps: Vec<Step> = graph.shortest(component).into_iter().map(step).collect();
        diagnostics.extend(message::import_cycle(&steps));
    }
}

/// Reports values made of themselves, takes the bindings inside circles away, and gives an order in which
/// each definition comes after those that it is made of.
pub(super) fn cut_definitions(
    world: &World<'_>,
    edges: &[Edge],
    bindings: &mut [(Span, Binding)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<DefId> {
    let list = edges.iter().map(|e| (e.from.index(), e.to.index(), e.span));
    let graph = Graph::new(world.definitions.len(), list.collect());
    for component in graph.circles() {
        let definition = |at: usize| world.definitions.get(at);
        let step = |(from, span)| Step {
            name: definition(from).map_or(String::new(), |d| d.name.value.clone()),
            span,
        };
        let steps: Vec<Step> = graph.shortest(component).into_iter().map(step).collect();
        let first = component.iter().min().and_then(|at| definition(*at));
        diagnostics.extend(first.and_then(|d| message::definition_cycle(d.kind, &steps)));
        for span in graph.inner_spans(component) {
            let at = bindings.binary_search_by_key(&span, |(span, _)| *span);
            if let Some((_, binding)) = at.ok().and_then(|at| bindings.get_mut(at)) {
                *binding = Binding::Unresolved;
            }
        }
    }
    let order = graph.components.iter().flatten();
    order
        .filter_map(|at| u32::try_from(*at).ok().map(DefId))
        .collect()
}

/// A directed graph over `0..n` whose edges carry the place that makes them.
struct Graph {
    /// For each node, what it leads to.
    next: Vec<Vec<(usize, Span)>>,
    /// The components, each after those that it leads to.
    components: Vec<Vec<usize>>,
    /// For each node, its component.
    home: Vec<usize>,
}

/// Marks a node that no component has taken yet.
const NOWHERE: usize = usize::MAX;

impl Graph {
    fn new(nodes: usize, edges: Vec<(usize, usize, Span)>) -> Graph {
        let mut next = vec![Vec::new(); nodes];
        for (from, to, span) in edges {
            if let (Some(out), true) = (next.get_mut(from), to < nodes) {
                out.push((to, span));
            }
        }
        let components = Search::over(&next);
        let mut home = vec![NOWHERE; nodes];
        for (number, component) in components.iter().enumerate() {
            for node in component {
                if let Some(home) = home.get_mut(*node) {
                    *home = number;
                }
            }
        }
        Graph {
            next,
            components,
            home,
        }
    }

    fn out(&self, node: usize) -> &[(usize, Span)] {
        self.next.get(node).map_or(&[], Vec::as_slice)
    }

    /// The components that go round.
    fn circles(&self) -> impl Iterator<Item = &[usize]> {
        let all = self.components.iter().map(Vec::as_slice);
        all.filter(|c| self.is_circle(c))
    }

    /// Whether a component goes round: more than one node, or one that leads to itself.
    fn is_circle(&self, component: &[usize]) -> bool {
        match component {
            [only] => self.out(*only).iter().any(|(to, _)| to == only),
            _ => true,
        }
    }

    fn same_component(&self, a: usize, b: usize) -> bool {
        self.home.get(a) == self.home.get(b)
    }

    /// The places of all edges that stay inside a component.
    fn inner_spans(&self, component: &[usize]) -> impl Iterator<Item = Span> {
        component.iter().flat_map(|from| {
            let inner = self.out(*from).iter();
            inner
                .filter(|(to, _)| self.same_component(*from, *to))
                .map(|(_, span)| *span)
        })
    }

    /// A shortest circle through the component's first node: each node with the place where it names the next.
    fn shortest(&self, component: &[usize]) -> Vec<(usize, Span)> {
        let Some(start) = component.iter().copied().min() else {
            return Vec::new();
        };
        let mut came: BTreeMap<usize, (usize, Span)> = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(node) = queue.pop_front() {
            for (to, span) in self.out(node) {
                if *to == start {
                    return trace(&came, start, (node, *span));
                }
                if self.same_component(node, *to) && !came.contains_key(to) {
                    came.insert(*to, (node, *span));
                    queue.push_back(*to);
                }
            }
        }
        Vec::new()
    }
}

/// Walks back from the last step of a circle to its start.
fn trace(
    came: &BTreeMap<usize, (usize, Span)>,
    start: usize,
    last: (usize, Span),
) -> Vec<(usize, Span)> {
    let mut steps = vec![last];
    let mut node = last.0;
    while node != start {
        let Some(step) = came.get(&node).copied() else {
            break;
        };
        steps.push(step);
        node = step.0;
    }
    steps.reverse();
    steps
}

/// Tarjan's search with its own stack.
struct Search<'g> {
    next: &'g [Vec<(usize, Span)>],
    /// When each node was met; `NOWHERE` before.
    met: Vec<usize>,
    /// The earliest node still open that each one reaches.
    low: Vec<usize>,
    open: Vec<bool>,
    stack: Vec<usize>,
    clock: usize,
    components: Vec<Vec<usize>>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "every table has one place for each node, and `Graph::new` keeps edges within them"
)]
impl<'g> Search<'g> {
    /// The components of a graph, each after those that it leads to.
    fn over(next: &'g [Vec<(usize, Span)>]) -> Vec<Vec<usize>> {
        let nodes = next.len();
        let mut search = Search {
            next,
            met: vec![NOWHERE; nodes],
            low: vec![0; nodes],
            open: vec![false; nodes],
            stack: Vec::new(),
            clock: 0,
            components: Vec::new(),
        };
        (0..nodes).for_each(|root| search.explore(root));
        search.components
    }

    fn explore(&mut self, root: usize) {
        if self.met[root] != NOWHERE {
            return;
        }
        self.meet(root);
        let mut path = vec![(root, 0)];
        while let Some((node, edge)) = path.pop() {
            match self.next[node].get(edge) {
                Some((to, _)) => {
                    path.push((node, edge + 1));
                    if self.met[*to] == NOWHERE {
                        self.meet(*to);
                        path.push((*to, 0));
                    } else if self.open[*to] {
                        self.low[node] = self.low[node].min(self.met[*to]);
                    }
                }
                None => {
                    if let Some((parent, _)) = path.last() {
                        self.low[*parent] = self.low[*parent].min(self.low[node]);
                    }
                    self.close(node);
                }
            }
        }
    }

    fn meet(&mut self, node: usize) {
        self.met[node] = self.clock;
        self.low[node] = self.clock;
        self.clock += 1;
        self.open[node] = true;
        self.stack.push(node);
    }

    /// If nothing earlier is reached from `node`, what lies above it on the stack is a component.
    fn close(&mut self, node: usize) {
        if self.low[node] != self.met[node] {
            return;
        }
        let start = self.stack.iter().rposition(|n| *n == node).unwrap_or(0);
        let mut component = self.stack.split_off(start);
        component.iter().for_each(|n| self.open[*n] = false);
        component.sort_unstable();
        self.components.push(component);
    }
}
