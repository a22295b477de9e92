//! What `catalogue info` and `catalogue show` say, as plain data; [`text`] lays it out.

pub mod text;

use serde::Serialize;

use crate::iam::BaseOperator;

use super::{
    AccessLevel, Action, ActionResource, Catalogue, Key, KeyMatch, KeyOrigin, ManagedPolicy,
    Presence, Provenance, ResourceType, Service, suggest,
};

/// Where the catalogue comes from, and how much is in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Info {
    pub source: String,
    pub version: String,
    pub date: String,
    pub digest: String,
    pub services: usize,
    pub actions: usize,
    pub resource_types: usize,
    pub condition_keys: usize,
    pub global_keys: usize,
    pub rcp_services: usize,
    pub managed_policies: usize,
    pub managed_policies_source: String,
    pub managed_policies_version: String,
    pub managed_policies_date: String,
}

/// Counts everything; parses all services.
pub fn info(catalogue: &Catalogue) -> Info {
    let Provenance {
        source,
        version,
        date,
        digest,
    } = catalogue.provenance().clone();
    let policies = catalogue.managed_policies_provenance().clone();
    let count = |of: &dyn Fn(&Service) -> usize| catalogue.services().map(of).sum();
    Info {
        source,
        version,
        date,
        digest,
        services: catalogue.service_names().count(),
        actions: count(&|s| s.actions.len()),
        resource_types: count(&|s| s.resource_types.len()),
        condition_keys: count(&|s| s.keys.len()),
        global_keys: catalogue.global_keys().len(),
        rcp_services: catalogue.rcp_services().len(),
        managed_policies: catalogue.managed_policy_names().count(),
        managed_policies_source: policies.source,
        managed_policies_version: policies.version,
        managed_policies_date: policies.date,
    }
}

/// Something that a name stands for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Entry {
    /// `s3`
    Service(ServiceView),
    /// `s3:GetObject`
    Action(ActionView),
    /// `s3:object`
    ResourceType(TypeView),
    /// `aws:SourceIp`
    ConditionKey(KeyView),
    /// `SecurityAudit`
    ManagedPolicy(PolicyView),
}

/// A service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ServiceView {
    pub name: String,
    pub title: String,
    pub rcp_supported: bool,
    pub resource_types: Vec<ArnLine>,
    pub condition_keys: Vec<KeyLine>,
    pub actions: Vec<LevelLine>,
}

/// An action.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ActionView {
    pub name: String,
    pub level: &'static str,
    pub description: String,
    pub resource_types: Vec<ActionTypeLine>,
    pub condition_keys: Vec<KeyLine>,
    pub dependent_actions: Vec<String>,
}

/// A resource type as an action takes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ActionTypeLine {
    pub name: String,
    pub required: bool,
    pub arn_formats: Vec<String>,
    pub condition_keys: Vec<KeyLine>,
}

/// A resource type.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct TypeView {
    pub name: String,
    pub arn_formats: Vec<String>,
    pub children: Vec<String>,
    pub condition_keys: Vec<KeyLine>,
    pub actions: Vec<LevelLine>,
}

/// A condition key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct KeyView {
    pub name: String,
    pub template: Option<String>,
    #[serde(rename = "type")]
    pub key_type: &'static str,
    pub multi_valued: bool,
    pub meaning: String,
    pub present: &'static str,
    pub operators: Vec<&'static str>,
    pub carried_by: Vec<String>,
}

/// A policy that AWS manages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct PolicyView {
    pub name: String,
    pub arn: String,
    pub version: String,
    pub created: String,
    pub updated: String,
    pub document: serde_json::Value,
}

/// A resource type with its formats.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ArnLine {
    pub name: String,
    pub arn_formats: Vec<String>,
}

/// A key with its type, `ArrayOfString` and the like.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct KeyLine {
    pub name: String,
    #[serde(rename = "type")]
    pub key_type: String,
}

/// The actions of a level.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct LevelLine {
    pub level: &'static str,
    pub actions: Vec<String>,
}

/// Nothing has the name; perhaps this was meant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NotFound {
    pub name: String,
    pub suggestion: Option<String>,
}

/// Everything that a name stands for, whatever its case: an action, a resource type and a key may share one.
pub fn show(catalogue: &Catalogue, name: &str) -> Result<Vec<Entry>, NotFound> {
    let mut entries = Vec::new();
    if let Some((prefix, local)) = name.split_once(':') {
        if let Some(service) = catalogue.service(prefix) {
            let action = service.action(local);
            entries.extend(action.map(|a| Entry::Action(action_view(catalogue, service, a))));
            let resource_type = service.resource_type(local);
            entries.extend(resource_type.map(|t| Entry::ResourceType(type_view(service, t))));
        }
        let key = catalogue.key(name);
        entries.extend(key.map(|k| Entry::ConditionKey(key_view(catalogue, k))));
    } else {
        let service = catalogue.service(name);
        entries.extend(service.map(|s| Entry::Service(service_view(catalogue, s))));
        let policy = catalogue.managed_policy(name);
        entries.extend(policy.map(|p| Entry::ManagedPolicy(policy_view(p))));
    }
    if entries.is_empty() {
        return Err(NotFound {
            name: name.to_owned(),
            suggestion: suggestion(catalogue, name),
        });
    }
    Ok(entries)
}

fn suggestion(catalogue: &Catalogue, name: &str) -> Option<String> {
    let Some((prefix, local)) = name.split_once(':') else {
        let policy = suggest::managed_policy(catalogue, name);
        return match policy {
            Some(found) if found.eq_ignore_ascii_case(name) => Some(found),
            other => suggest::service(catalogue, name).or(other),
        };
    };
    // Actions are written with a capital, types and most keys without.
    if local.starts_with(|c: char| c.is_ascii_uppercase()) && !prefix.eq_ignore_ascii_case("aws") {
        return suggest::action(catalogue, prefix, local).or_else(|| suggest::key(catalogue, name));
    }
    suggest::resource_type(catalogue, prefix, local)
        .map(|found| format!("{prefix}:{found}"))
        .or_else(|| suggest::key(catalogue, name))
        .or_else(|| suggest::action(catalogue, prefix, local))
}

fn service_view(catalogue: &Catalogue, service: &Service) -> ServiceView {
    let types = service.resource_types.iter().map(|t| ArnLine {
        name: t.name.clone(),
        arn_formats: formats(t),
    });
    ServiceView {
        name: service.prefix.clone(),
        title: service.title.clone(),
        rcp_supported: catalogue.rcp_supported(&service.prefix),
        resource_types: types.collect(),
        condition_keys: service.keys.iter().map(key_line).collect(),
        actions: by_level(|level| service.actions_of_level(level)),
    }
}

fn action_view(catalogue: &Catalogue, service: &Service, action: &Action) -> ActionView {
    let name = service.qualified(action);
    let types = action.resources.iter();
    ActionView {
        level: action.level.as_str(),
        description: catalogue.describe_action(&name).unwrap_or("").to_owned(),
        resource_types: types.map(|r| action_type_line(service, r)).collect(),
        condition_keys: key_lines(service, &action.keys),
        dependent_actions: action.dependent_actions.clone(),
        name,
    }
}

fn action_type_line(service: &Service, resource: &ActionResource) -> ActionTypeLine {
    let resource_type = service.resource_type(&resource.resource_type);
    ActionTypeLine {
        name: resource.resource_type.clone(),
        required: resource.required,
        arn_formats: resource_type.map(formats).unwrap_or_default(),
        condition_keys: key_lines(service, &resource.keys),
    }
}

fn type_view(service: &Service, resource_type: &ResourceType) -> TypeView {
    let qualified = |name: &str| format!("{}:{name}", service.prefix);
    TypeView {
        name: qualified(&resource_type.name),
        arn_formats: formats(resource_type),
        children: service
            .children(resource_type)
            .map(|t| qualified(&t.name))
            .collect(),
        condition_keys: key_lines(service, &resource_type.keys),
        actions: by_level(|level| service.actions_at(level, &resource_type.name)),
    }
}

fn key_view(catalogue: &Catalogue, found: KeyMatch<'_>) -> KeyView {
    let KeyMatch {
        key,
        canonical,
        origin,
    } = found;
    let described = || catalogue.describe_key(&key.name).unwrap_or("").to_owned();
    let carried_by = match &origin {
        KeyOrigin::Service(prefix) if key.presence == Presence::WhereListed => {
            carriers(catalogue, prefix, &canonical)
        }
        _ => Vec::new(),
    };
    KeyView {
        template: (key.name != canonical).then(|| key.name.clone()),
        name: canonical,
        key_type: key.key_type.as_str(),
        multi_valued: key.multi_valued,
        meaning: if key.meaning.is_empty() {
            described()
        } else {
            key.meaning.clone()
        },
        present: key.presence.phrase(),
        operators: operators(key),
        carried_by,
    }
}

/// The actions of a service that carry a key.
fn carriers(catalogue: &Catalogue, prefix: &str, key: &str) -> Vec<String> {
    let Some(service) = catalogue.service(prefix) else {
        return Vec::new();
    };
    let carries = |a: &&Action| catalogue.carries_key(service, a, None, key);
    let carriers = service.actions.iter().filter(carries);
    carriers.map(|a| service.qualified(a)).collect()
}

fn operators(key: &Key) -> Vec<&'static str> {
    BaseOperator::ALL
        .iter()
        .filter(|op| **op != BaseOperator::Null && key.accepts(op.family()))
        .map(|op| op.as_str())
        .collect()
}

fn policy_view(policy: ManagedPolicy) -> PolicyView {
    let ManagedPolicy {
        name,
        arn,
        version,
        created,
        updated,
        document_json,
        ..
    } = policy;
    PolicyView {
        name,
        arn,
        version,
        created,
        updated,
        document: serde_json::from_str(&document_json).unwrap_or_default(),
    }
}

fn formats(resource_type: &ResourceType) -> Vec<String> {
    resource_type
        .arn_formats
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn key_line(key: &Key) -> KeyLine {
    let array = if key.multi_valued { "ArrayOf" } else { "" };
    KeyLine {
        name: key.name.clone(),
        key_type: format!("{array}{}", key.key_type),
    }
}

fn key_lines(service: &Service, names: &[String]) -> Vec<KeyLine> {
    names
        .iter()
        .map(|name| match service.keys.iter().find(|k| k.name == *name) {
            Some(key) => key_line(key),
            None => KeyLine {
                name: name.clone(),
                key_type: String::new(),
            },
        })
        .collect()
}

fn by_level<'a>(actions: impl Fn(AccessLevel) -> Vec<&'a Action>) -> Vec<LevelLine> {
    AccessLevel::ALL
        .into_iter()
        .map(|level| LevelLine {
            level: level.as_str(),
            actions: actions(level).into_iter().map(|a| a.name.clone()).collect(),
        })
        .filter(|line| !line.actions.is_empty())
        .collect()
}
