//! An item as JSON, for programs.

use serde::Serialize;

use super::model::{Detail, Hop, Item, Responsible};
use crate::engine::concrete::Layer;
use crate::engine::request::Request;
use crate::iam::Effect;
use crate::ir::Origin;
use crate::source::{SourceMap, Span};

/// An item with its places as `file:line`.
#[derive(Serialize, Debug)]
pub struct Record<'a> {
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    outcome: &'static str,
    cases: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<DetailRecord<'a>>,
}

#[derive(Serialize, Debug)]
struct DetailRecord<'a> {
    message: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a Request>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statements: Vec<StatementRecord<'a>>,
    #[serde(skip_serializing_if = "<[Layer]>::is_empty")]
    denied_by: &'a [Layer],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<HopRecord<'a>>,
}

#[derive(Serialize, Debug)]
struct StatementRecord<'a> {
    layer: Layer,
    effect: Effect,
    policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

#[derive(Serialize, Debug)]
struct HopRecord<'a> {
    message: &'a str,
    requests: &'a [Request],
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

impl<'a> Record<'a> {
    /// Brings an item into the form that is written.
    pub fn new(item: &'a Item, sources: &SourceMap) -> Self {
        let details = item.details.iter();
        Record {
            kind: item.kind.as_str(),
            name: &item.name,
            place: place_of(&item.origin, sources),
            outcome: item.outcome.as_str(),
            cases: item.cases,
            details: details.map(|d| detail(d, sources)).collect(),
        }
    }
}

fn detail<'a>(detail: &'a Detail, sources: &SourceMap) -> DetailRecord<'a> {
    let statements = detail.responsible.iter();
    let hops = detail.hops.iter();
    DetailRecord {
        message: &detail.message,
        outcome: detail.outcome.as_str(),
        place: detail.at.and_then(|span| place(span, sources)),
        request: detail.request.as_ref(),
        statements: statements.map(|s| statement(s, sources)).collect(),
        denied_by: &detail.denied_by,
        path: hops.map(|h| hop(h, sources)).collect(),
    }
}

fn statement<'a>(statement: &'a Responsible, sources: &SourceMap) -> StatementRecord<'a> {
    StatementRecord {
        layer: statement.layer,
        effect: statement.effect,
        policy: &statement.policy,
        sid: statement.sid.as_deref(),
        place: place_of(&statement.origin, sources),
    }
}

fn hop<'a>(hop: &'a Hop, sources: &SourceMap) -> HopRecord<'a> {
    HopRecord {
        message: &hop.message,
        requests: &hop.requests,
        place: place_of(&hop.origin, sources),
    }
}

fn place_of(origin: &Origin, sources: &SourceMap) -> Option<String> {
    origin.spans.first().and_then(|span| place(*span, sources))
}

/// `payments/roles.bw:12`
fn place(span: Span, sources: &SourceMap) -> Option<String> {
    let (path, position) = sources.locate(span)?;
    Some(format!("{path}:{}", position.line))
}
