//! For a terminal: the answer first, then what decides it and where that is written.

use std::fmt::Write;

use indexmap::IndexMap;

use super::{kind, line, place};
use crate::engine::concrete::Layer;
use crate::engine::request::Values;
use crate::iam::Effect;
use crate::prove::Responsible;
use crate::prove::ask::{
    Access, Answer, Block, Holder, Need, Place, Row, Sector, Shown, Statement, Verdict, WhoCan,
};
use crate::report::phrase;
use crate::source::SourceMap;
use crate::types::words_of;

/// Texts that read the same but for the account, with the accounts; the texts are of the first.
struct Alike {
    text: String,
    accounts: Vec<String>,
}

/// Puts together what reads the same in several accounts.
fn grouped(all: impl Iterator<Item = (String, String, (String, String))>) -> Vec<(String, Alike)> {
    let mut groups: IndexMap<(String, String), Alike> = IndexMap::new();
    for (head, text, (name, id)) in all {
        let open = text.replace(&id, "<account>");
        let open = open.replace(&format!("in {name}"), "in <account>");
        let group = groups.entry((head, open)).or_insert(Alike {
            text,
            accounts: Vec::new(),
        });
        group.accounts.push(name);
    }
    groups.into_iter().map(|((head, _), g)| (head, g)).collect()
}

/// Whether somebody may do something.
pub fn can(answers: &[Answer], sources: &SourceMap) -> String {
    let each = answers.iter().map(|answer| {
        let head = format!(
            "{}: {} `{}`",
            answer.verdict.as_str(),
            kind(answer.kind),
            answer.name
        );
        (head, answer_text(answer, sources), answer.account.clone())
    });
    let mut out = String::new();
    for (head, alike) in grouped(each) {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = write!(
            out,
            "{head} in {}\n{}",
            alike.accounts.join(", "),
            alike.text
        );
    }
    out
}

fn answer_text(answer: &Answer, sources: &SourceMap) -> String {
    let mut out = String::new();
    if answer.sectors.is_empty() {
        out += "  there is no such request: it means no resource of that account, or keys that its requests never have\n";
    }
    for sector in &answer.sectors {
        let one = answer.sectors.len() == 1 && sector.place == Place::Own;
        if !one {
            let verdict = match answer.sectors.len() {
                1 => String::new(),
                _ => format!("{}, ", sector.verdict.as_str()),
            };
            let _ = writeln!(out, "  {verdict}{}", whose(&sector.place));
        }
        sector_text(&mut out, sector, &answer.name, sources);
    }
    out
}

fn whose(place: &Place) -> String {
    match place {
        Place::Own => "on resources of its account without a policy here".to_owned(),
        Place::Governed { name, account } => format!("on `{name}` of {account}"),
        Place::Other { account } => {
            format!("on a resource of {account}, on which no policy of the project is")
        }
        Place::Outside { account } => {
            format!("on a resource of {account}, outside the project, if its owner grants it")
        }
    }
}

fn sector_text(out: &mut String, sector: &Sector, name: &str, sources: &SourceMap) {
    if let Some(shown) = &sector.allowed {
        let word = match sector.verdict {
            Verdict::Yes => "allowed by",
            _ => "allowed",
        };
        if sector.verdict == Verdict::Yes {
            let _ = writeln!(out, "  {word}");
        } else {
            let known = match sector.in_catalogue {
                true => "",
                false => "   (no such request is in today's catalogue)",
            };
            let _ = writeln!(out, "  {word}  {}{known}", phrase::request(&shown.request));
        }
        for statement in &shown.statements {
            let _ = writeln!(out, "    {}", described(statement, sources));
        }
    }
    for need in &sector.needs {
        need_text(out, need, name, sources);
    }
    for block in &sector.blocks {
        block_text(out, block, name, sources);
    }
    for shown in &sector.denied {
        let _ = writeln!(out, "  denied   {}", phrase::request(&shown.request));
        because(out, shown, name, sources);
    }
    if !sector.unsettled.is_empty() {
        let _ = writeln!(out, "  not settled: {}", sector.unsettled);
    }
}

fn need_text(out: &mut String, need: &Need, name: &str, sources: &SourceMap) {
    let values = value(&need.values);
    let _ = writeln!(
        out,
        "  undetermined: {} (say {values}); without it",
        words_of(&need.key)
    );
    let without = need.statements.iter().map(|s| described(s, sources));
    let silent = need.silent.iter().map(|l| silent(*l, name));
    for because in without.chain(silent) {
        let _ = writeln!(out, "    {because}");
    }
}

fn because(out: &mut String, shown: &Shown, name: &str, sources: &SourceMap) {
    let statements = shown.statements.iter().map(|s| described(s, sources));
    let silent = shown.silent.iter().map(|l| silent(*l, name));
    for because in statements.chain(silent) {
        let _ = writeln!(out, "    {because}");
    }
}

fn silent(layer: Layer, name: &str) -> String {
    match layer {
        Layer::Identity => format!("no policy of `{name}` allows it"),
        other => format!("no {} allows it", place(other)),
    }
}

fn block_text(out: &mut String, block: &Block, name: &str, sources: &SourceMap) {
    let policies: Vec<String> = block.policies.iter().map(|p| format!("`{p}`")).collect();
    let policies = policies.join(", ");
    if block.denies.is_empty() {
        let _ = match block.layer {
            Layer::Identity => writeln!(out, "  no policy of `{name}` allows it"),
            layer => writeln!(out, "  the {} {policies} does not allow it", place(layer)),
        };
        return;
    }
    for deny in &block.denies {
        let _ = writeln!(out, "  {}", described(deny, sources));
    }
}

/// ``denied by `Region` of the SCP `Guard`, guardrails.bw:12, when …``
fn described(statement: &Statement, sources: &SourceMap) -> String {
    let verb = match statement.of.effect {
        Effect::Allow => "allows",
        Effect::Deny => "denies",
    };
    let when = phrase::condition(&statement.condition);
    let when = match when.as_str() {
        "" => String::new(),
        when => format!(" when {when}"),
    };
    let (name, place) = named(&statement.of, sources);
    format!("{name}{place} {verb}{when}")
}

/// A statement in words, and where it is written.
fn named(of: &Responsible, sources: &SourceMap) -> (String, String) {
    let name = match (&of.sid, of.policy.as_str()) {
        (Some(sid), "") => format!("`{sid}` of a {}", place(of.layer)),
        (None, "") => format!("a {}", place(of.layer)),
        (Some(sid), policy) => format!("`{sid}` of the {} `{policy}`", place(of.layer)),
        (None, policy) => format!("the {} `{policy}`", place(of.layer)),
    };
    let place = line(of, sources).map(|l| format!(" ({l})"));
    (name, place.unwrap_or_default())
}

fn value(values: &Values) -> String {
    match values {
        Values::One(value) => value.clone(),
        Values::Many(values) => format!("[{}]", values.join(", ")),
    }
}

/// Everybody who may do something.
pub fn who_can(found: &WhoCan, sources: &SourceMap) -> String {
    let mut out = String::new();
    let each = found.holders.iter().map(|holder| {
        let head = format!("{} `{}`", kind(holder.kind), holder.name);
        (head, holder_text(holder, sources), holder.account.clone())
    });
    for (head, alike) in grouped(each) {
        let _ = write!(out, "{head} in {}{}", alike.accounts.join(", "), alike.text);
    }
    for outsider in &found.outsiders {
        let _ = writeln!(out, "{}, not of the project", outsider.who);
        for of in &outsider.responsible {
            let (name, place) = named(of, sources);
            let _ = writeln!(out, "    {name}{place} allows");
        }
    }
    for reason in &found.unsettled {
        let _ = writeln!(out, "not settled: {reason}");
    }
    if found.holders.is_empty() && found.outsiders.is_empty() && found.unsettled.is_empty() {
        out += "nobody\n";
    }
    out
}

fn holder_text(holder: &Holder, sources: &SourceMap) -> String {
    let mut out = String::new();
    let keys: Vec<String> = holder.needs.iter().map(|n| words_of(&n.key)).collect();
    if !keys.is_empty() {
        let _ = write!(out, ", depending on {}", keys.join(", "));
    }
    if holder.outside {
        out += ", if the resource is outside the project and its owner grants it";
    }
    out.push('\n');
    let statements = holder.allowed.iter().flat_map(|s| &s.statements);
    for statement in statements.filter(|s| s.of.layer != Layer::Scp) {
        let _ = writeln!(out, "    {}", described(statement, sources));
    }
    if !holder.unsettled.is_empty() {
        let _ = writeln!(out, "    not settled: {}", holder.unsettled);
    }
    out
}

/// All that somebody may do.
pub fn access(all: &[Access], sources: &SourceMap) -> String {
    let each = all.iter().map(|one| {
        let head = format!("{} `{}`", kind(one.kind), one.name);
        (head, access_text(one, sources), one.account.clone())
    });
    let mut out = String::new();
    for (head, alike) in grouped(each) {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = write!(
            out,
            "{head} in {}\n{}",
            alike.accounts.join(", "),
            alike.text
        );
    }
    out
}

fn access_text(access: &Access, sources: &SourceMap) -> String {
    let mut out = String::new();
    if access.rows.is_empty() {
        out += "  nothing\n";
    }
    let mut service = None;
    for row in &access.rows {
        if service != Some(&row.service) {
            service = Some(&row.service);
            let name = match row.service.as_str() {
                "*" => "any service",
                name => name,
            };
            let _ = writeln!(out, "\n  {name}");
        }
        row_text(&mut out, row, sources);
    }
    if !access.limits.is_empty() {
        out += "\n  and of these a part is taken away by\n";
    }
    for (at, of) in access.limits.iter().enumerate() {
        let (name, place) = named(of, sources);
        let _ = writeln!(out, "    [{}] {name}{place}", at + 1);
    }
    if !access.idle.is_empty() {
        out += "\n  granted, and taken away altogether\n";
    }
    for of in &access.idle {
        let (name, place) = named(of, sources);
        let _ = writeln!(out, "    {name}{place}");
    }
    for reason in &access.unsettled {
        let _ = writeln!(out, "\n  not settled: {reason}");
    }
    out
}

fn row_text(out: &mut String, row: &Row, sources: &SourceMap) {
    let levels: Vec<&str> = row.levels.iter().map(|l| l.selector()).collect();
    let actions = actions_of(&row.region.actions);
    let place = line(&row.grant, sources);
    let place = place.unwrap_or_else(|| named(&row.grant, sources).0);
    let limits: Vec<String> = row.limits.iter().map(|l| (l + 1).to_string()).collect();
    let limits = match limits.is_empty() {
        true => String::new(),
        false => format!("   [{}]", limits.join(", ")),
    };
    let levels = match levels.len() {
        5 => "all levels".to_owned(),
        _ => levels.join(", "),
    };
    let resources = phrase::matches(&row.region.resources, "anything");
    let _ = writeln!(out, "    {levels:<12} {actions}");
    let _ = writeln!(out, "                 on {resources}");
    let when = phrase::condition(&row.region.condition);
    if !when.is_empty() {
        let _ = writeln!(out, "                 when {when}");
    }
    let _ = writeln!(out, "                 by {place}{limits}");
}

/// All of them: a table of access that hides some is none.
fn actions_of(lists: &[crate::ir::Match]) -> String {
    let everything = crate::ir::Match::everything();
    let plain = lists.iter().filter(|l| !l.negated && **l != everything);
    let plain: Vec<String> = plain.map(|l| l.patterns.join(", ")).collect();
    let except = lists.iter().filter(|l| l.negated);
    let except: Vec<String> = except.map(|l| l.patterns.join(", ")).collect();
    let mut text = match plain.is_empty() {
        true => "every action".to_owned(),
        false => plain.join(" and also "),
    };
    if !except.is_empty() {
        let _ = write!(text, " except {}", except.join(", "));
    }
    text
}
