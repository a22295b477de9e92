//! For programs: described by docs/questions.schema.json.

use serde::Serialize;
use serde_json::{Value, json};

use super::{kind, line};
use crate::engine::request::Values;
use crate::prove::Responsible;
use crate::prove::ask::{
    Access, Answer, Block, Holder, Need, Place, Row, Sector, Shown, Statement, WhoCan,
};
use crate::report::phrase;
use crate::source::SourceMap;

/// Whether somebody may do something.
pub fn can_json(answers: &[Answer], verdict: &str, sources: &SourceMap) -> impl Serialize + use<> {
    let answers: Vec<Value> = answers.iter().map(|a| answer(a, sources)).collect();
    json!({ "answer": verdict, "identities": answers })
}

fn answer(answer: &Answer, sources: &SourceMap) -> Value {
    let sectors: Vec<Value> = answer.sectors.iter().map(|s| sector(s, sources)).collect();
    json!({
        "kind": kind(answer.kind),
        "name": answer.name,
        "account": account(&answer.account),
        "answer": answer.verdict.as_str(),
        "places": sectors,
    })
}

fn account((name, id): &(String, String)) -> Value {
    json!({ "name": name, "id": id })
}

fn sector(sector: &Sector, sources: &SourceMap) -> Value {
    let denied: Vec<Value> = sector.denied.iter().map(|s| shown(s, sources)).collect();
    let needs: Vec<Value> = sector.needs.iter().map(|n| need(n, sources)).collect();
    let blocks: Vec<Value> = sector.blocks.iter().map(|b| block(b, sources)).collect();
    json!({
        "resources": whose(&sector.place),
        "answer": sector.verdict.as_str(),
        "unsettled": text(&sector.unsettled),
        "allowed": sector.allowed.as_ref().map(|s| shown(s, sources)),
        "undetermined": needs,
        "denied": denied,
        "blocked_by": blocks,
    })
}

/// `null` for nothing.
fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn whose(place: &Place) -> Value {
    match place {
        Place::Own => json!({ "of": "own" }),
        Place::Governed { name, account } => {
            json!({ "of": "declared", "name": name, "account": account })
        }
        Place::Other { account } => json!({ "of": "other", "account": account }),
        Place::Outside { account } => json!({ "of": "outside", "account": account }),
    }
}

fn shown(shown: &Shown, sources: &SourceMap) -> Value {
    json!({
        "request": shown.request,
        "statements": statements(&shown.statements, sources),
        "silent": shown.silent,
    })
}

fn need(need: &Need, sources: &SourceMap) -> Value {
    let values = match &need.values {
        Values::One(value) => vec![value.clone()],
        Values::Many(values) => values.clone(),
    };
    json!({
        "key": need.key,
        "example": values,
        "without": statements(&need.statements, sources),
        "silent": need.silent,
    })
}

fn block(block: &Block, sources: &SourceMap) -> Value {
    json!({
        "layer": block.layer,
        "policies": block.policies,
        "denies": statements(&block.denies, sources),
    })
}

fn statements(all: &[Statement], sources: &SourceMap) -> Vec<Value> {
    let one = |s: &Statement| {
        let mut value = responsible(&s.of, sources);
        if let Some(object) = value.as_object_mut() {
            object.insert("when".to_owned(), phrase::condition(&s.condition).into());
        }
        value
    };
    all.iter().map(one).collect()
}

fn responsible(of: &Responsible, sources: &SourceMap) -> Value {
    json!({
        "layer": of.layer,
        "effect": of.effect,
        "policy": of.policy,
        "sid": of.sid,
        "place": line(of, sources),
    })
}

/// Everybody who may do something.
pub fn who_can_json(found: &WhoCan, sources: &SourceMap) -> impl Serialize + use<> {
    let holders: Vec<Value> = found.holders.iter().map(|h| holder(h, sources)).collect();
    let outsiders = found.outsiders.iter().map(|o| {
        let statements = o.responsible.iter();
        let statements: Vec<Value> = statements.map(|s| responsible(s, sources)).collect();
        json!({ "who": o.who, "request": o.request, "statements": statements })
    });
    let outsiders: Vec<Value> = outsiders.collect();
    json!({
        "identities": holders,
        "outsiders": outsiders,
        "asked": found.asked,
        "unsettled": found.unsettled,
    })
}

fn holder(holder: &Holder, sources: &SourceMap) -> Value {
    let needs: Vec<Value> = holder.needs.iter().map(|n| need(n, sources)).collect();
    json!({
        "kind": kind(holder.kind),
        "name": holder.name,
        "account": account(&holder.account),
        "allowed": holder.allowed.as_ref().map(|s| shown(s, sources)),
        "undetermined": needs,
        "outside": holder.outside,
        "unsettled": text(&holder.unsettled),
    })
}

/// All that somebody may do.
pub fn access_json(all: &[Access], sources: &SourceMap) -> impl Serialize + use<> {
    let all: Vec<Value> = all.iter().map(|a| one_access(a, sources)).collect();
    json!({ "identities": all })
}

fn one_access(access: &Access, sources: &SourceMap) -> Value {
    let of = |all: &[Responsible]| -> Vec<Value> {
        all.iter().map(|r| responsible(r, sources)).collect()
    };
    let rows: Vec<Value> = access.rows.iter().map(|r| row(r, sources)).collect();
    json!({
        "kind": kind(access.kind),
        "name": access.name,
        "account": account(&access.account),
        "access": rows,
        "limits": of(&access.limits),
        "idle": of(&access.idle),
        "unsettled": access.unsettled,
    })
}

fn row(row: &Row, sources: &SourceMap) -> Value {
    let list = |lists: &[crate::ir::Match]| -> Vec<Value> {
        let lists = lists.iter();
        let one = |m: &crate::ir::Match| json!({ "except": m.negated, "patterns": m.patterns });
        lists.map(one).collect()
    };
    let levels: Vec<&str> = row.levels.iter().map(|l| l.selector()).collect();
    json!({
        "service": row.service,
        "levels": levels,
        "actions": list(&row.region.actions),
        "resources": list(&row.region.resources),
        "when": phrase::condition(&row.region.condition),
        "grant": responsible(&row.grant, sources),
        "limits": row.limits,
    })
}
