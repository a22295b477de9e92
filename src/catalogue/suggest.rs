//! The nearest right name, for messages about a wrong one.
//!
//! Every function answers `None` rather than something far-fetched: a misleading hint is worse than none.

use super::model::compare_names;
use super::{Catalogue, Service};

/// Names at least this alike are offered.
const ALIKE: f64 = 0.66;
/// Names this alike are taken for slips of the pen, before anything else is considered.
const SLIP: f64 = 0.85;

/// The candidate that a word was most likely meant to be; the first of equals in the order of the alphabet.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest_above(ALIKE, word, candidates)
}

fn nearest_above<'a>(
    threshold: f64,
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .map(|candidate| (likeness(word, candidate), candidate))
        .filter(|(score, _)| *score >= threshold)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| compare_names(y, x)))
        .map(|(_, candidate)| candidate)
}

/// From 0 to 1; case and a plural `s` do not count for much, nor does a word cut short.
fn likeness(word: &str, candidate: &str) -> f64 {
    if word.eq_ignore_ascii_case(candidate) {
        return 1.0;
    }
    let short = if abbreviates(word, candidate) {
        0.8
    } else {
        0.0
    };
    let (word, candidate) = (word.to_lowercase(), candidate.to_lowercase());
    if singular(&word) == singular(&candidate) {
        return 0.99;
    }
    let (shorter, longer) = (
        word.len().min(candidate.len()),
        word.len().max(candidate.len()),
    );
    if shorter * 2 < longer {
        return short;
    }
    let edits = strsim::normalized_damerau_levenshtein(&word, &candidate).max(short);
    // A word cut short, or with something hung on, is nearer than its edits say: `dynamo`, `GetObjectContents`.
    if shorter >= 4 && (word.starts_with(&candidate) || candidate.starts_with(&word)) {
        edits.max(0.7 + 0.2 * shorter as f64 / longer as f64)
    } else {
        edits
    }
}

/// Whether each word of a name in capitals begins the other's: `AdminAccess` and `AdministratorAccess`.
fn abbreviates(short: &str, long: &str) -> bool {
    let (short, long) = (camel_words(short), camel_words(long));
    short.len() > 1
        && short.len() == long.len()
        && short.iter().zip(&long).all(|(s, l)| l.starts_with(s))
}

fn camel_words(name: &str) -> Vec<&str> {
    let starts = name
        .char_indices()
        .filter(|(at, c)| *at > 0 && c.is_ascii_uppercase());
    let mut words = Vec::new();
    let mut from = 0;
    for at in starts.map(|(at, _)| at).chain([name.len()]) {
        words.extend(name.get(from..at));
        from = at;
    }
    words
}

fn singular(word: &str) -> &str {
    word.strip_suffix("ies")
        .or_else(|| word.strip_suffix('y'))
        .or_else(|| word.strip_suffix('s'))
        .unwrap_or(word)
}

/// The prefix of the service that a word was meant to be: by prefix, or by its title (`eventbridge` is `events`).
pub fn service(catalogue: &Catalogue, word: &str) -> Option<String> {
    nearest_above(SLIP, word, catalogue.service_names())
        .or_else(|| by_title(catalogue, word))
        .or_else(|| nearest(word, catalogue.service_names()))
        .map(str::to_owned)
}

fn by_title<'a>(catalogue: &'a Catalogue, word: &str) -> Option<&'a str> {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    let word = plain(word);
    if word.len() < 3 {
        return None;
    }
    let titled = |rule: &dyn Fn(&str) -> bool| {
        catalogue
            .service_names()
            .find(|prefix| catalogue.service_title(prefix).is_some_and(rule))
    };
    titled(&|title| plain(brandless(title)) == word)
        .or_else(|| titled(&|title| initials(title) == word))
        .or_else(|| titled(&|title| plain(brandless(title)).starts_with(&word)))
}

fn brandless(title: &str) -> &str {
    title
        .strip_prefix("Amazon ")
        .or_else(|| title.strip_prefix("AWS "))
        .unwrap_or(title)
}

/// `elb` of `AWS Elastic Load Balancing V2`.
fn initials(title: &str) -> String {
    brandless(title)
        .split(' ')
        .filter(|word| !word.ends_with(|c: char| c.is_ascii_digit()))
        .filter_map(|word| word.chars().next())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// The full name, `s3:GetObject`, of the action that a name was meant to be, in this service or in the right one.
pub fn action(catalogue: &Catalogue, service_prefix: &str, name: &str) -> Option<String> {
    let Some(service) = catalogue.service(service_prefix) else {
        return action_of_unknown_service(catalogue, service_prefix, name);
    };
    let own = |threshold| {
        nearest_above(threshold, name, action_names(service))
            .map(|found| format!("{}:{found}", service.prefix))
    };
    own(SLIP)
        .or_else(|| action_elsewhere(catalogue, service_prefix, name))
        .or_else(|| own(ALIKE))
}

/// The service is wrong too: the action of the service that was meant, else the service that has such an action.
fn action_of_unknown_service(catalogue: &Catalogue, prefix: &str, name: &str) -> Option<String> {
    let meant = service(catalogue, prefix).and_then(|prefix| catalogue.service(&prefix));
    meant
        .and_then(|service| {
            nearest(name, action_names(service)).map(|found| format!("{}:{found}", service.prefix))
        })
        .or_else(|| action_elsewhere(catalogue, prefix, name))
}

fn action_names(service: &Service) -> impl Iterator<Item = &str> {
    service.actions.iter().map(|a| a.name.as_str())
}

/// An action of exactly this name in another service. Where several have it, services under resource control policies
/// come first (they are the ones that people use most), then those with the likest prefix.
fn action_elsewhere(catalogue: &Catalogue, prefix: &str, name: &str) -> Option<String> {
    catalogue
        .services_with_action(name)
        .max_by(|a, b| {
            let used = |service: &str| catalogue.rcp_supported(service);
            let alike = |service: &str| likeness(prefix, service);
            (used(a).cmp(&used(b)))
                .then_with(|| alike(a).total_cmp(&alike(b)))
                .then_with(|| b.cmp(a))
        })
        .and_then(|found| catalogue.action(&format!("{found}:{name}")))
        .map(|(service, action)| service.qualified(action))
}

/// The resource type of a service that a word was meant to be.
pub fn resource_type(catalogue: &Catalogue, service: &str, word: &str) -> Option<String> {
    let types = &catalogue.service(service)?.resource_types;
    nearest(word, types.iter().map(|t| t.name.as_str())).map(str::to_owned)
}

/// The AWS-managed policy that a name was meant to be.
pub fn managed_policy(catalogue: &Catalogue, name: &str) -> Option<String> {
    nearest(name, catalogue.managed_policy_names()).map(str::to_owned)
}

/// The condition key that a name was meant to be; what stands for a placeholder is kept.
pub fn key(catalogue: &Catalogue, name: &str) -> Option<String> {
    let (prefix, rest) = name.split_once(':').unwrap_or(("aws", name));
    let global: Vec<&str> = names(catalogue.global_keys()).collect();
    let meant = catalogue
        .service(prefix)
        .or_else(|| catalogue.service(&service(catalogue, prefix)?));
    let own: Vec<&str> = meant.map(|s| names(&s.keys).collect()).unwrap_or_default();
    let all = || global.iter().chain(&own).copied();
    let whole = format!("{prefix}:{rest}");
    if let Some((head, tail)) = whole.split_once('/') {
        let heads = all()
            .filter_map(|k| k.split_once("/${"))
            .map(|(head, _)| head);
        if let Some(found) = nearest(head, heads) {
            return Some(format!("{found}/{tail}"));
        }
    }
    nearest_above(SLIP, &whole, all())
        .or_else(|| {
            nearest(rest, all().filter_map(local)).and_then(|l| all().find(|k| local(k) == Some(l)))
        })
        .map(str::to_owned)
}

fn names(keys: &[super::Key]) -> impl Iterator<Item = &str> {
    keys.iter().map(|k| k.name.as_str())
}

/// The part after the prefix.
fn local(key: &str) -> Option<&str> {
    key.split_once(':').map(|(_, rest)| rest)
}
