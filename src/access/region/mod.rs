//! Regions as people read them: lists merged, the subject's own account left open, actions looked up.
//!
//! Questions and differences speak of regions; both make them shorter here.

pub mod condition;
pub mod glob;
pub mod plain;
pub mod reduce;

use crate::catalogue::{AccessLevel, Catalogue, Service};
use crate::engine::region::Region;
use crate::iam::document::Principals;
use crate::ir::{Condition, Match, PrincipalMatch};

/// What stands for the subject's own account where several accounts change alike.
pub const OWN_ACCOUNT: &str = "<account>";

/// The same region with shorter lists and a shorter condition.
pub fn simplify(region: &Region) -> Region {
    Region {
        principals: principals(&region.principals),
        actions: lists(&region.actions, Case::Folded),
        resources: lists(&region.resources, Case::Kept),
        condition: condition::simplify(&region.condition),
    }
}

/// How texts of a list are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Folded,
    Kept,
}

impl Case {
    fn of(self, text: &str) -> String {
        match self {
            Case::Folded => text.to_ascii_lowercase(),
            Case::Kept => text.to_owned(),
        }
    }
}

/// At most one list of what is meant and one of what is not, where that says the same.
fn lists(all: &[Match], case: Case) -> Vec<Match> {
    let mut plain: Vec<Vec<String>> = Vec::new();
    let mut except: Vec<String> = Vec::new();
    for list in all {
        match list.negated {
            true => except.extend(list.patterns.iter().cloned()),
            false => plain.push(list.patterns.clone()),
        }
    }
    let covers = |outer: &str, inner: &str| glob::covers(&case.of(outer), &case.of(inner));
    let apart = |one: &str, other: &str| glob::apart(&case.of(one), &case.of(other));
    let mut merged: Vec<Vec<String>> = Vec::new();
    for list in plain {
        let known = merged.iter_mut().find_map(|known| {
            let both = intersection(known, &list, &covers, &apart)?;
            *known = both;
            Some(())
        });
        if known.is_none() {
            merged.push(list);
        }
    }
    if merged.is_empty() {
        merged.push(vec!["*".to_owned()]);
    }
    for list in &mut merged {
        list.retain(|p| !except.iter().any(|e| covers(e, p)));
    }
    except.retain(|e| merged.iter().all(|l| l.iter().any(|p| !apart(e, p))));
    let except = widest(except, &covers);
    let plain = merged.into_iter().map(|l| Match::any(widest(l, &covers)));
    let except = (!except.is_empty()).then(|| Match::except(except));
    plain.chain(except).collect()
}

/// The patterns that no other one covers, in order.
fn widest(patterns: Vec<String>, covers: &dyn Fn(&str, &str) -> bool) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for pattern in patterns {
        if !kept.iter().any(|k| covers(k, &pattern)) {
            kept.retain(|k| !covers(&pattern, k));
            kept.push(pattern);
        }
    }
    kept
}

/// What is in both lists, if each pair is nested or apart.
fn intersection(
    one: &[String],
    other: &[String],
    covers: &dyn Fn(&str, &str) -> bool,
    apart: &dyn Fn(&str, &str) -> bool,
) -> Option<Vec<String>> {
    let mut both = Vec::new();
    for a in one {
        for b in other {
            if covers(a, b) {
                both.push(b.clone());
            } else if covers(b, a) {
                both.push(a.clone());
            } else if !apart(a, b) {
                return None;
            }
        }
    }
    both.dedup();
    Some(both)
}

/// `to everyone` beside somebody says nothing.
fn principals(all: &[PrincipalMatch]) -> Vec<PrincipalMatch> {
    let is_everyone = |p: &&PrincipalMatch| !p.negated && p.principals == Principals::Everyone;
    let mut kept: Vec<PrincipalMatch> = Vec::new();
    for one in all.iter().filter(|p| !is_everyone(p)) {
        if !kept.contains(one) {
            kept.push(one.clone());
        }
    }
    match kept.is_empty() {
        true => all.first().cloned().into_iter().collect(),
        false => kept,
    }
}

/// The region with an account's id left open, so that the same change in several accounts reads the same.
pub fn open_account(region: &Region, id: &str) -> Region {
    let text = |t: &String| t.replace(id, OWN_ACCOUNT);
    let list = |m: &Match| Match {
        negated: m.negated,
        patterns: m.patterns.iter().map(text).collect(),
    };
    Region {
        principals: region
            .principals
            .iter()
            .map(|p| open_principals(p, id))
            .collect(),
        actions: region.actions.clone(),
        resources: region.resources.iter().map(list).collect(),
        condition: open_condition(&region.condition, id),
    }
}

fn open_principals(matched: &PrincipalMatch, id: &str) -> PrincipalMatch {
    let mut matched = matched.clone();
    if let Principals::Named(named) = &mut matched.principals {
        for principal in named {
            principal.value = principal.value.replace(id, OWN_ACCOUNT);
        }
    }
    matched
}

fn open_condition(condition: &Condition, id: &str) -> Condition {
    let all = |parts: &[Condition]| parts.iter().map(|p| open_condition(p, id)).collect();
    match condition {
        Condition::True => Condition::True,
        Condition::False => Condition::False,
        Condition::Test(test) => {
            let mut test = test.clone();
            for value in &mut test.values {
                *value = value.replace(id, OWN_ACCOUNT);
            }
            Condition::Test(test)
        }
        Condition::Not(inner) => Condition::Not(Box::new(open_condition(inner, id))),
        Condition::All(parts) => Condition::All(all(parts)),
        Condition::Any(parts) => Condition::Any(all(parts)),
    }
}

/// The actions of today's catalogue that lie in a region and act on its resources.
pub fn actions(region: &Region, catalogue: &Catalogue) -> Vec<(String, AccessLevel)> {
    let (mut fitting, mut named) = (Vec::new(), Vec::new());
    for prefix in services(region, catalogue) {
        let Some(service) = catalogue.service(&prefix) else {
            continue;
        };
        for action in &service.actions {
            let name = service.qualified(action);
            if !matches_all(&region.actions, &name) {
                continue;
            }
            if acts_on(service, action, region) {
                fitting.push((name.clone(), action.level));
            }
            named.push((name, action.level));
        }
    }
    // ARNs of AWS's own resources have forms that the reference does not list.
    match fitting.is_empty() {
        true => named,
        false => fitting,
    }
}

/// The services that the lists can speak of; reading the others of the catalogue would take time.
fn services(region: &Region, catalogue: &Catalogue) -> Vec<String> {
    let plain = region.actions.iter().filter(|m| !m.negated);
    let shortest = plain.min_by_key(|m| m.patterns.len());
    let prefix = |pattern: &String| {
        let (prefix, _) = pattern.split_once(':')?;
        (!prefix.contains(['*', '?'])).then(|| prefix.to_ascii_lowercase())
    };
    let named: Option<Vec<String>> =
        shortest.and_then(|list| list.patterns.iter().map(prefix).collect());
    let mut services =
        named.unwrap_or_else(|| catalogue.service_names().map(str::to_owned).collect());
    services.sort_unstable();
    services.dedup();
    services
}

fn matches_all(lists: &[Match], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    lists.iter().all(|list| {
        let mut patterns = list.patterns.iter();
        patterns.any(|p| glob::covers(&p.to_ascii_lowercase(), &name)) != list.negated
    })
}

/// Whether an action takes some resource that the lists of the region can stand for.
fn acts_on(service: &Service, action: &crate::catalogue::Action, region: &Region) -> bool {
    let mut plain = region.resources.iter().filter(|m| !m.negated);
    plain.all(|list| {
        list.patterns.iter().any(|pattern| {
            let types = action.resources.iter();
            let mut types = types.filter_map(|r| service.resource_type(&r.resource_type));
            pattern == "*" || types.any(|t| t.fits(pattern))
        })
    })
}
