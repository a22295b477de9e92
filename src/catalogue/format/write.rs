//! Writes a catalogue as text, in one order whatever the order of its sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::super::model::{Action, ActionResource, Key, ResourceType, Service};
use super::{Header, MAGIC, escape};

/// Writes the whole text; `header` gives the provenance, its index, digest and foreign prefixes are computed here.
/// The services must be sorted by prefix.
pub(in super::super) fn write(header: &Header, services: &[Service]) -> String {
    let sections: Vec<String> = services.iter().map(section).collect();
    let body = sections.concat();
    let mut out = format!(
        "{MAGIC}\nsource {}\nversion {}\ndate {}\ndigest {}\nrcp-services {}\n",
        header.source,
        header.version,
        header.date,
        digest(&body),
        header.rcp_services.join(" "),
    );
    for (prefix, listed_by) in foreign(services) {
        let listed_by: Vec<&str> = listed_by.into_iter().collect();
        line(
            &mut out,
            format_args!("foreign {prefix} {}", listed_by.join(" ")),
        );
    }
    for (service, section) in services.iter().zip(&sections) {
        let (length, prefix, title) = (section.len(), &service.prefix, &service.title);
        line(&mut out, format_args!("service {length} {prefix} {title}"));
    }
    out.push('\n');
    out.push_str(&body);
    out
}

/// The digest of the sections, as it stands in the header.
pub(super) fn digest(body: &str) -> String {
    let mut out = String::new();
    for byte in Sha256::digest(body.as_bytes()) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Which services list keys of prefixes that are not their own.
fn foreign(services: &[Service]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut out: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for service in services {
        for key in &service.keys {
            if let Some((prefix, _)) = key.name.split_once(':')
                && prefix != "aws"
                && prefix != service.prefix
            {
                out.entry(prefix).or_default().insert(&service.prefix);
            }
        }
    }
    out
}

fn section(service: &Service) -> String {
    let mut out = format!("{}\ntypes\n", service.prefix);
    for resource_type in &service.resource_types {
        write_type(&mut out, resource_type);
    }
    out.push_str("keys\n");
    for key in &service.keys {
        write_key(&mut out, key);
    }
    out.push_str("actions\n");
    for action in &service.actions {
        write_action(&mut out, action);
    }
    out
}

fn write_type(out: &mut String, resource_type: &ResourceType) {
    let _ = write!(out, " {}", escape(&resource_type.name));
    for format in &resource_type.arn_formats {
        let _ = write!(out, " {}", escape(format.as_str()));
    }
    words(out, " |", &resource_type.keys);
    out.push('\n');
}

fn write_key(out: &mut String, key: &Key) {
    let array = if key.multi_valued { "ArrayOf" } else { "" };
    line(
        out,
        format_args!(" {} {array}{}", escape(&key.name), key.key_type),
    );
}

fn write_action(out: &mut String, action: &Action) {
    let _ = write!(out, " {} {}", escape(&action.name), action.level.selector());
    for resource in &action.resources {
        write_resource(out, resource);
    }
    words(out, " |", &action.keys);
    words(out, " >", &action.dependent_actions);
    out.push('\n');
}

fn write_resource(out: &mut String, resource: &ActionResource) {
    let _ = write!(out, " {}", escape(&resource.resource_type));
    bracketed(out, ['[', ']'], &resource.keys);
    bracketed(out, ['(', ')'], &resource.dependent_actions);
    if !resource.required {
        out.push('?');
    }
}

fn words(out: &mut String, sign: &str, words: &[String]) {
    if !words.is_empty() {
        out.push_str(sign);
    }
    for word in words {
        let _ = write!(out, " {}", escape(word));
    }
}

fn bracketed(out: &mut String, [open, close]: [char; 2], words: &[String]) {
    if !words.is_empty() {
        let escaped: Vec<_> = words.iter().map(|w| escape(w)).collect();
        let _ = write!(out, "{open}{}{close}", escaped.join(","));
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
    out.push('\n');
}
