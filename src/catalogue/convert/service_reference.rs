//! Reads AWS's own service reference, one JSON file for each service.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html>
//!
//! The reference does not say which resource types of an action are required, which keys belong to one of them only,
//! nor which actions depend on others. Where the base knows, and the reference does not contradict, that is kept; else
//! every type is taken as optional.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::super::model::{AccessLevel, Action, ActionResource, Key, ResourceType, Service};
use super::super::{ArnFormat, Catalogue, Presence, format};
use super::{ConvertError, Converted, Header, SourceFile, normal_key, split_arns};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceFile {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    actions: Vec<ActionEntry>,
    #[serde(default, deserialize_with = "nullable")]
    condition_keys: Vec<KeyEntry>,
    #[serde(default, deserialize_with = "nullable")]
    resources: Vec<ResourceEntry>,
    #[serde(default)]
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ActionEntry {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    action_condition_keys: Vec<String>,
    #[serde(default)]
    annotations: Option<Annotations>,
    #[serde(default, deserialize_with = "nullable")]
    resources: Vec<Named>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Annotations {
    #[serde(default)]
    properties: Option<Properties>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    #[serde(default)]
    is_list: bool,
    #[serde(default)]
    is_permission_management: bool,
    #[serde(default)]
    is_tagging_only: bool,
    #[serde(default)]
    is_write: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyEntry {
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    types: Vec<String>,
}

#[derive(Deserialize)]
struct ResourceEntry {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "ARNFormats", default, deserialize_with = "nullable")]
    arn_formats: Vec<String>,
    #[serde(rename = "ConditionKeys", default, deserialize_with = "nullable")]
    condition_keys: Vec<String>,
}

/// `null` is as good as nothing.
fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads the files; services that they do not describe stay as `base` has them.
pub(super) fn convert(
    files: &[SourceFile],
    base: &Catalogue,
) -> Result<Converted, Vec<ConvertError>> {
    let mut errors = Vec::new();
    let mut services: Vec<Service> = Vec::new();
    let mut version = String::new();
    for file in files {
        match read(file, base) {
            Ok(Some((service, its_version))) => {
                version = version.max(its_version);
                services.push(service);
            }
            Ok(None) => {}
            Err(message) => errors.push(ConvertError {
                path: file.path.clone(),
                message,
            }),
        }
    }
    if services.is_empty() && errors.is_empty() {
        errors.push(ConvertError {
            path: String::new(),
            message: "no file is of an iam-data package or of AWS's service reference".to_owned(),
        });
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let described: Vec<String> = services.iter().map(|s| s.prefix.clone()).collect();
    services.extend(
        base.services()
            .filter(|s| !described.contains(&s.prefix))
            .cloned(),
    );
    let header = Header {
        source: source(described.len(), services.len(), base),
        version,
        date: String::new(),
        rcp_services: base.rcp_services().to_vec(),
        ..Header::default()
    };
    Ok(Converted { header, services })
}

/// Names the reference, and the base if it has a part in the services.
fn source(described: usize, all: usize, base: &Catalogue) -> String {
    if described == all {
        return "AWS service reference".to_owned();
    }
    let base = base.provenance();
    format!(
        "AWS service reference for {described} of {all} services, {} {} for the rest",
        base.source, base.version
    )
}

/// Reads a file; `None` if it is the index of the reference or its list of global keys, which say nothing of a service.
fn read(file: &SourceFile, base: &Catalogue) -> Result<Option<(Service, String)>, String> {
    let value: Value = serde_json::from_slice(&file.bytes).map_err(|e| e.to_string())?;
    if value.is_array() || value.get("Actions").is_none() {
        return Ok(None);
    }
    let file: ServiceFile = serde_json::from_value(value).map_err(|e| e.to_string())?;
    let version = file.version.clone();
    let mut service = service(file, base)?;
    if let Some(known) = base.service(&service.prefix) {
        refine(&mut service, known);
    }
    Ok(Some((service, version)))
}

fn service(file: ServiceFile, base: &Catalogue) -> Result<Service, String> {
    let title = base
        .service_title(&file.name)
        .unwrap_or(&file.name)
        .to_owned();
    Ok(Service {
        title,
        prefix: file.name,
        actions: file.actions.into_iter().map(action).collect(),
        resource_types: file
            .resources
            .into_iter()
            .map(resource_type)
            .collect::<Result<Vec<_>, String>>()?,
        keys: file
            .condition_keys
            .into_iter()
            .map(key)
            .collect::<Result<Vec<_>, String>>()?,
    })
}

/// Adds what the base knows and the reference leaves out.
fn refine(service: &mut Service, known: &Service) {
    for action in &mut service.actions {
        let Some(known) = known.action(&action.name) else {
            continue;
        };
        action
            .dependent_actions
            .clone_from(&known.dependent_actions);
        let mut placed = Vec::new();
        for resource in &mut action.resources {
            if let Some(known) = known.resource(&resource.resource_type) {
                resource.required = known.required;
                resource
                    .dependent_actions
                    .clone_from(&known.dependent_actions);
                resource.keys = known.keys.clone();
                resource.keys.retain(|key| lists(&action.keys, key));
                placed.extend(resource.keys.iter().cloned());
            }
        }
        // A key that the base has for some of the types only is no key of every request.
        action.keys.retain(|key| {
            known.keys.contains(&normal_key(key)) || !placed.contains(&normal_key(key))
        });
    }
}

fn lists(keys: &[String], key: &str) -> bool {
    keys.iter().any(|k| normal_key(k) == key)
}

fn action(entry: ActionEntry) -> Action {
    let properties = entry
        .annotations
        .and_then(|a| a.properties)
        .unwrap_or_default();
    Action {
        name: entry.name,
        level: level(&properties),
        resources: entry.resources.into_iter().map(action_resource).collect(),
        keys: entry.action_condition_keys,
        dependent_actions: Vec::new(),
    }
}

fn action_resource(entry: Named) -> ActionResource {
    ActionResource {
        resource_type: entry.name,
        required: false,
        keys: Vec::new(),
        dependent_actions: Vec::new(),
    }
}

/// Several flags may be set; the more telling one counts. None of them means that the action reads.
fn level(properties: &Properties) -> AccessLevel {
    match properties {
        Properties {
            is_permission_management: true,
            ..
        } => AccessLevel::PermissionsManagement,
        Properties {
            is_tagging_only: true,
            ..
        } => AccessLevel::Tagging,
        Properties { is_write: true, .. } => AccessLevel::Write,
        Properties { is_list: true, .. } => AccessLevel::List,
        Properties { .. } => AccessLevel::Read,
    }
}

fn resource_type(entry: ResourceEntry) -> Result<ResourceType, String> {
    let arn_formats = entry
        .arn_formats
        .iter()
        .flat_map(|formats| split_arns(formats))
        .map(|text| ArnFormat::parse(text).ok_or_else(|| format!("`{text}` is no ARN")))
        .collect::<Result<Vec<_>, String>>()?;
    Ok(ResourceType {
        name: entry.name,
        arn_formats,
        keys: entry.condition_keys,
    })
}

fn key(entry: KeyEntry) -> Result<Key, String> {
    let word = entry.types.first().map_or("String", String::as_str);
    let (key_type, _) = format::key_type(word)?;
    // A key with both `String` and `ArrayOfString` can carry several values.
    let multi_valued = entry.types.iter().any(|t| t.starts_with("ArrayOf"));
    Ok(Key {
        name: entry.name,
        key_type,
        multi_valued,
        presence: Presence::WhereListed,
        meaning: String::new(),
    })
}
