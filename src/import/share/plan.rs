//! Which holes of a run become parameters, and whether that pays.

use indexmap::{IndexMap, IndexSet};

use super::mine::Start;
use super::sequence::Sequences;
use super::shape::Hole;

/// More parameters are no policy that one would want to call.
const PARAMETERS: usize = 4;
/// As many policies as may be made of the same statements.
const VARIANTS: usize = 2;
/// Characters that have to be saved: more than a line.
const WORTH: usize = 100;
/// What a name is thought to be long, and the words around a policy and an `include`.
const NAME: usize = 18;
const PARAMETER: usize = 9;
const POLICY: usize = 12;
const INCLUDE: usize = 9;

/// A policy that might be written.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub length: usize,
    pub starts: Vec<Start>,
    /// For each hole the parameter that fills it, if one does.
    pub columns: Vec<Option<usize>>,
    /// For each parameter the first hole that it fills.
    pub parameters: Vec<usize>,
    /// Characters saved.
    pub saved: usize,
}

/// The plans for a run that pay; no beginning is in two of them.
pub(super) fn plans(length: usize, starts: &[Start], sequences: &Sequences) -> Vec<Plan> {
    if starts.len() < 2 {
        return Vec::new();
    }
    let holes: Vec<Vec<&Hole>> = starts
        .iter()
        .map(|start| sequences.shapes(*start, length))
        .map(|run| run.into_iter().flat_map(|s| &s.holes).collect())
        .collect();
    let columns = columns(&holes);
    let whole = plan(length, starts, sequences, &columns);
    let Some(parts) = split(starts, &columns) else {
        return whole.into_iter().collect();
    };
    let parts: Vec<Plan> = parts
        .iter()
        .flat_map(|part| plans(length, part, sequences))
        .collect();
    // Many policies that differ in a value are the same said again.
    if parts.len() > VARIANTS {
        return whole.into_iter().collect();
    }
    let saved = |plans: &[Plan]| plans.iter().map(|p| p.saved).sum::<usize>();
    match whole {
        Some(whole) if whole.saved >= saved(&parts) => vec![whole],
        _ => parts,
    }
}

/// What stands in a hole at each beginning, with the class that all share.
type Column = (String, Vec<String>);

fn columns(holes: &[Vec<&Hole>]) -> Vec<Column> {
    let first = holes.first().into_iter().flatten().enumerate();
    first
        .map(|(at, hole)| {
            let texts = holes.iter().filter_map(|row| row.get(at));
            (hole.class(), texts.map(|hole| hole.text()).collect())
        })
        .collect()
}

fn is_constant((_, texts): &Column) -> bool {
    texts
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b))
}

/// The beginnings apart, by the hole with the fewest different fillings; `None` where that leaves each alone.
fn split(starts: &[Start], columns: &[Column]) -> Option<Vec<Vec<Start>>> {
    let varied = columns.iter().filter(|column| !is_constant(column));
    let different = |(_, texts): &&Column| texts.iter().collect::<IndexSet<_>>().len();
    let (_, texts) = varied.min_by_key(different)?;
    let mut parts: IndexMap<&String, Vec<Start>> = IndexMap::new();
    for (text, start) in texts.iter().zip(starts) {
        parts.entry(text).or_default().push(*start);
    }
    (parts.len() < starts.len()).then(|| parts.into_values().collect())
}

fn plan(
    length: usize,
    starts: &[Start],
    sequences: &Sequences,
    columns: &[Column],
) -> Option<Plan> {
    let mut known: IndexMap<&Column, usize> = IndexMap::new();
    let mut filled = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        filled.push((!is_constant(column)).then(|| {
            let entry = known.entry(column);
            let parameter = entry.index();
            entry.or_insert(at);
            parameter
        }));
    }
    if known.len() > PARAMETERS {
        return None;
    }
    let shapes = sequences.shapes(*starts.first()?, length);
    let rest: usize = shapes.iter().map(|s| s.rest.len()).sum();
    let before = rest * starts.len() + columns.iter().map(length_of).sum::<usize>();
    let parameters: Vec<&Column> = known.keys().copied().collect();
    let declared = starts.iter().any(|s| sequences.declares(*s, length));
    let includes = includes(starts.len(), &parameters);
    let after = match parameters.is_empty() && declared {
        true => before / starts.len() + (INCLUDE + NAME) * (starts.len() - 1),
        false => rest + policy(columns, &parameters) + includes,
    };
    let saved = before.checked_sub(after)?;
    // What is said in a line is better said than looked up in another.
    let short = match length {
        1 => includes * 2 <= before,
        _ => includes * 3 <= before * 2,
    };
    (saved >= WORTH && short).then(|| Plan {
        length,
        starts: starts.to_vec(),
        columns: filled,
        parameters: known.values().copied().collect(),
        saved,
    })
}

/// All that is said in a hole.
fn length_of((_, texts): &Column) -> usize {
    texts.iter().map(String::len).sum()
}

/// What a policy says beside the rest of its statements.
fn policy(columns: &[Column], parameters: &[&Column]) -> usize {
    let said = |column: &Column| match is_constant(column) {
        true => column.1.first().map_or(0, String::len),
        false => PARAMETER,
    };
    let declared = parameters.iter().map(|(class, _)| class.len() + PARAMETER);
    POLICY + NAME + declared.sum::<usize>() + columns.iter().map(said).sum::<usize>()
}

fn includes(count: usize, parameters: &[&Column]) -> usize {
    let arguments = parameters.iter().map(|column| length_of(column));
    (INCLUDE + NAME) * count + arguments.sum::<usize>()
}
