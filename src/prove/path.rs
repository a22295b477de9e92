//! `no path from A to B`, or to whoever no boundary binds: over assume-role chains and the ways of privilege escalation.

use rayon::prelude::*;

use super::explain;
use super::model::{Detail, Hop};
use super::view::Ground;
use crate::access::reach::{Edge, Node, Path};
use crate::ir::promise::Who;

/// Looks for a way from one of the first to one of the second; what is one already is no way.
pub(super) fn none(from: &[Who], to: &[Who], ground: &Ground<'_, '_>) -> (usize, Vec<Detail>) {
    let pairs = from.iter().flat_map(|f| to.iter().map(move |t| (f, t)));
    let pairs: Vec<(&Who, &Who)> = pairs.filter(|(f, t)| f != t).collect();
    let found = pairs.par_iter().filter_map(|(f, t)| between(f, t, ground));
    let found: Vec<Detail> = found.collect();
    (pairs.len(), found)
}

/// Looks for a way from somebody to one that no boundary binds and that has any policy.
pub(super) fn bounded(from: &[Who], ground: &Ground<'_, '_>) -> (usize, Vec<Detail>) {
    let found = from.par_iter().filter_map(|who| {
        let Some(identity) = ground.identity(who) else {
            return Some(missing(who));
        };
        let name = ground.name_of(identity);
        let found = ground.reach.path_to_unbounded(identity);
        shown(found, &name, "an unbounded role", ground)
    });
    let found: Vec<Detail> = found.collect();
    (from.len(), found)
}

fn between(from: &Who, to: &Who, ground: &Ground<'_, '_>) -> Option<Detail> {
    let (one, other) = match (ground.identity(from), ground.identity(to)) {
        (Some(one), Some(other)) => (one, other),
        (None, _) => return Some(missing(from)),
        (_, None) => return Some(missing(to)),
    };
    let found = ground.reach.path(one, other);
    shown(found, &ground.name_of(one), &ground.name_of(other), ground)
}

fn shown(found: Path, from: &str, to: &str, ground: &Ground<'_, '_>) -> Option<Detail> {
    match found {
        Path::None => None,
        Path::Unknown(reason) => Some(Detail::undecided(format!(
            "whether {from} can become {to} is not settled: {reason}"
        ))),
        Path::Found(edges) => Some(Detail {
            who: from.to_owned(),
            hops: edges.iter().map(|e| hop(e, ground)).collect(),
            ..Detail::failed(format!("{from} can become {to}"))
        }),
    }
}

fn missing(who: &Who) -> Detail {
    Detail::undecided(format!(
        "there is no `{}` in account {}",
        who.name, who.account
    ))
}

/// `A in Prod becomes B in Prod (iam-012): iam:UpdateAssumeRolePolicy on …`
fn hop(edge: &Edge, ground: &Ground<'_, '_>) -> Hop {
    let asked: Vec<String> = edge.requests.iter().map(explain::asked).collect();
    let name = |node: Node| ground.reach.name_of(node);
    let assumes = match edge.method.assumes {
        "" => String::new(),
        what => format!(", if {what}"),
    };
    Hop {
        message: format!(
            "{} becomes {} ({}{assumes}): {}",
            name(edge.from),
            name(edge.to),
            edge.method.id,
            asked.join(", then ")
        ),
        requests: edge.requests.clone(),
        origin: edge.origin.clone(),
    }
}
