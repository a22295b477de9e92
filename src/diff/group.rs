//! Joins what is the same change: one subject in several accounts, several subjects, one guardrail over many.

use indexmap::IndexMap;

use super::model::{
    Arrival, Change, Direction, Line, Part, Risk, Subject, SubjectKind, Through, Topic,
};
use super::risk;
use crate::access::region;

/// One region of one subject in one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) direction: Direction,
    pub(super) topic: Topic,
    pub(super) through: Option<Through>,
    pub(super) arrival: Arrival,
    /// `None` for a guardrail that touches nobody.
    pub(super) subject: Option<(SubjectKind, String)>,
    /// Name and id of its account.
    pub(super) account: Option<(String, String)>,
    pub(super) part: Part,
    /// Beyond the levels of its actions.
    pub(super) risks: Vec<Risk>,
    /// The steps of an escalation, whom it leads to last.
    pub(super) path: Vec<String>,
    pub(super) lines: Vec<Line>,
}

/// What has to agree for two findings to be parts of one change of one subject.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
struct Key {
    direction: Direction,
    topic: Topic,
    through: Option<Through>,
    arrival: Arrival,
}

/// What one subject gains or loses in one account.
struct Own {
    subject: Option<(SubjectKind, String)>,
    account: Option<(String, String)>,
    found: Vec<Found>,
}

/// The changes, the riskiest first.
pub(super) fn group(found: Vec<Found>) -> Vec<Change> {
    let mut by_key: IndexMap<Key, Vec<Own>> = IndexMap::new();
    for one in found {
        let key = Key {
            direction: one.direction,
            topic: one.topic,
            through: one.through.clone(),
            arrival: one.arrival,
        };
        let list = by_key.entry(key).or_default();
        let known = list
            .iter_mut()
            .find(|o| o.subject == one.subject && o.account == one.account)
            .filter(|_| one.topic != Topic::Escalation);
        match known {
            Some(own) => own.found.push(one),
            None => list.push(Own {
                subject: one.subject.clone(),
                account: one.account.clone(),
                found: vec![one],
            }),
        }
    }
    let mut changes: Vec<Change> = by_key
        .into_iter()
        .flat_map(|(key, own)| changes_of(&key, own))
        .collect();
    changes.sort_by(|a, b| {
        let by_risk = b.risks.cmp(&a.risks);
        let by_side = a.direction.cmp(&b.direction);
        by_side.then(by_risk).then_with(|| {
            (a.topic, &a.through, &a.subjects).cmp(&(b.topic, &b.through, &b.subjects))
        })
    });
    changes
}

/// A limit that many share is one change; otherwise those that gain or lose the same are.
fn changes_of(key: &Key, own: Vec<Own>) -> Vec<Change> {
    let is_shared = matches!(
        key.through,
        Some(Through::Boundary(_) | Through::Scp(_) | Through::Rcp(_) | Through::Place(_))
    );
    let mut alike: IndexMap<String, Vec<Own>> = IndexMap::new();
    for one in own {
        // What touches nobody of the project is no news about those whom the rest touches.
        let text = match (is_shared, &one.subject) {
            (true, Some(_)) => String::new(),
            (true, None) => "nobody".to_owned(),
            (false, _) => same_text(&one),
        };
        alike.entry(text).or_default().push(one);
    }
    alike.into_values().map(|all| change(key, all)).collect()
}

/// A text that is equal for those who gain or lose the same.
fn same_text(own: &Own) -> String {
    let mut parts: Vec<String> = own
        .found
        .iter()
        .map(|f| {
            let region = match &own.account {
                Some((_, id)) => region::open_account(&f.part.region, id),
                None => f.part.region.clone(),
            };
            format!("{region:?} {:?} {:?}", f.part.limited_by, f.path)
        })
        .collect();
    parts.sort();
    parts.join("\n")
}

fn change(key: &Key, all: Vec<Own>) -> Change {
    let mut accounts: Vec<&(String, String)> =
        all.iter().filter_map(|o| o.account.as_ref()).collect();
    accounts.dedup();
    let is_one_account = accounts.windows(2).all(|pair| pair.first() == pair.last());
    let subjects = subjects(&all);
    let mut parts: IndexMap<String, Part> = IndexMap::new();
    let (mut risks, mut lines) = (Vec::new(), Vec::new());
    let path = all
        .first()
        .and_then(|o| o.found.first())
        .map(|f| f.path.clone())
        .unwrap_or_default();
    for own in all {
        for found in own.found {
            risks.extend(found.risks);
            risks.extend(risk::of_levels(&found.part.actions));
            for line in found.lines {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            let mut part = found.part;
            if let (Some((_, id)), false) = (&own.account, is_one_account) {
                part.region = region::open_account(&part.region, id);
            }
            let text = format!("{:?}", part.region);
            parts.entry(text).or_insert(part);
        }
    }
    let mut parts: Vec<Part> = parts.into_values().collect();
    parts.sort_by_key(|part| std::cmp::Reverse(risk::of_levels(&part.actions)));
    let risks = risk::sorted(risks.into_iter());
    Change {
        direction: key.direction,
        topic: key.topic,
        through: key.through.clone(),
        arrival: key.arrival,
        subjects,
        parts,
        risks: match risks.is_empty() {
            true => vec![Risk::List],
            false => risks,
        },
        path,
        lines,
    }
}

/// Each subject once with its accounts, in the order of the sources.
fn subjects(all: &[Own]) -> Vec<Subject> {
    let mut by_name: IndexMap<(SubjectKind, String), Vec<String>> = IndexMap::new();
    for own in all {
        let Some(subject) = &own.subject else {
            continue;
        };
        let accounts = by_name.entry(subject.clone()).or_default();
        accounts.extend(own.account.iter().map(|(name, _)| name.clone()));
    }
    by_name
        .into_iter()
        .map(|((kind, name), accounts)| Subject {
            kind,
            name,
            accounts,
        })
        .collect()
}
