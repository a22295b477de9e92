//! The same statements in several places, up to a few ARNs and values, become one `policy` with parameters.
//!
//! In: what all modules say. Out: the same with `include` where a policy says it, and the policies. Statements have
//! one [`shape`] if they differ in holes only; runs of shapes that occur more than once are [`mine`]d; a [`plan`] says
//! which holes become parameters and what that saves. The plan that saves most is taken first.

mod mine;
mod name;
mod plan;
mod policy;
mod sequence;
mod shape;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::choice::Choices;
use super::model::Module;
use super::resource::Resource;
use super::statement::Said;
use crate::catalogue::Catalogue;
use mine::Start;
use plan::Plan;
use policy::Policies;
use sequence::Sequences;

/// The module of what several modules include; nothing else is called so.
pub(super) const APART: &str = "shared";

/// What leads to a name in it.
pub(super) const THERE: &str = "shared.";

/// What a block says: its trust policy, then its other documents.
pub(super) type Body = Vec<Vec<Said>>;

/// A policy that several places include.
#[derive(Debug)]
pub(super) struct Shared {
    /// The module of all that include it; none where they are in several.
    pub module: Option<usize>,
    pub ident: String,
    /// Names and types.
    pub parameters: Vec<(String, String)>,
    /// None where a declaration that is there anyway is included.
    pub body: Option<Vec<Said>>,
    /// The statements it stands for, whatever it is called.
    pub key: String,
    /// Whether it speaks of parts of a parameter, as in `table.index`.
    pub names_parts: bool,
}

/// `include ReadBucket(s3:bucket "a")`
#[derive(Clone, Debug)]
pub(super) struct Include {
    /// Which of the shared policies.
    pub shared: usize,
    /// How it is called from here.
    pub path: String,
    /// By name, where there are many.
    pub arguments: Vec<(Option<String>, Argument)>,
    /// How many documents of the block it stands for.
    pub documents: usize,
}

/// What a parameter is given.
#[derive(Clone, Debug)]
pub(super) enum Argument {
    Resource(Resource),
    Values(String),
}

/// Finds what pays to be shared, and puts `include`s in its place. What the choices bar is left alone.
pub(super) fn share(
    modules: &[Module],
    bodies: &mut [Vec<Body>],
    choices: &Choices,
    catalogue: &Catalogue,
) -> Vec<Shared> {
    let sequences = Sequences::of(modules, bodies);
    let chosen = choose(&sequences, choices);
    let mut policies = Policies::new(modules, bodies, &sequences, choices, catalogue);
    chosen.iter().for_each(|plan| policies.add(plan));
    let (shared, includes) = policies.finish();
    for (start, length, include) in includes.into_iter().rev() {
        replace(bodies, &sequences, start, length, include);
    }
    shared
}

/// The plans that save most, none in the way of another, in the order of the text.
fn choose(sequences: &Sequences, choices: &Choices) -> Vec<Plan> {
    let none = BTreeSet::new();
    let mut planned: Vec<Plan> = Vec::new();
    for run in mine::runs(&sequences.numbers()) {
        let starts = sequences.free(&run.starts, run.length, &none);
        planned.extend(plan::plans(run.length, &starts, sequences));
    }
    planned.sort_by(|a, b| {
        let order = |p: &Plan| (Reverse(p.saved), Reverse(p.length));
        (order(a), &a.starts).cmp(&(order(b), &b.starts))
    });
    let mut taken: BTreeSet<Start> = BTreeSet::new();
    let mut chosen: Vec<Plan> = Vec::new();
    for wanted in planned {
        let free = sequences.free(&wanted.starts, wanted.length, &taken);
        for plan in plan::plans(wanted.length, &free, sequences) {
            if choices.is_barred(&policy::key(sequences, &plan)) {
                continue;
            }
            for (at, from) in &plan.starts {
                taken.extend((*from..from + plan.length).map(|unit| (*at, unit)));
            }
            chosen.push(plan);
        }
    }
    chosen.sort_by_key(|plan| plan.starts.first().copied());
    chosen
}

/// Puts an `include` in the place of a run. Runs are replaced from behind, so that places stay what they were.
fn replace(
    bodies: &mut [Vec<Body>],
    sequences: &Sequences,
    start: Start,
    length: usize,
    include: Include,
) {
    let Some(sequence) = sequences.0.get(start.0) else {
        return;
    };
    let body = bodies.get_mut(sequence.module);
    let Some(body) = body.and_then(|b| b.get_mut(sequence.item)) else {
        return;
    };
    let run = sequences.run(start, length);
    for unit in run.iter().rev() {
        if let Some(document) = body.get_mut(unit.document)
            && unit.at < document.len()
        {
            document.remove(unit.at);
        }
    }
    let first = run.first().map(|unit| (unit.document, unit.at));
    if let Some((document, at)) = first
        && let Some(document) = body.get_mut(document)
        && at <= document.len()
    {
        document.insert(at, Said::Include(Box::new(include)));
    }
}
