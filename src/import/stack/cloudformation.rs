//! CloudFormation templates, JSON or YAML.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

use crate::catalogue::Catalogue;
use crate::diagnostic::Code;
use crate::iam::PolicyKind;
use crate::import::model::Ambient;
use crate::ir::Policy;
use crate::source::{SourceId, SourceMap};
use crate::syntax::ast::BlockKind;

use super::assembly::{Assembly, Managed};
use super::intrinsic::{Scope, type_of};
use super::{Reading, Stack, tags_of};

/// Templates are at most 1 MiB where AWS takes them; more is no template.
const MAX_BYTES: usize = 4 << 20;

/// Reads the template that was added to the sources.
pub fn cloudformation(
    source: SourceId,
    sources: &mut SourceMap,
    ambient: &Ambient,
    catalogue: &Catalogue,
) -> Stack {
    // ARNs name their region: the source is not deployed yet.
    let everywhere = Ambient {
        regions: Vec::new(),
        ..ambient.clone()
    };
    let found = sources.get(source);
    let (path, text) = found.map_or_else(Default::default, |s| (s.path.clone(), s.text.clone()));
    let mut reading = Reading {
        source,
        path,
        sources,
        catalogue,
        ambient,
        diagnostics: Vec::new(),
    };
    let template = parse(&text).unwrap_or_else(|why| {
        reading.invalid("this is no template", &why);
        Value::Null
    });
    let resources = template.get("Resources").and_then(Value::as_object);
    if resources.is_none() && reading.diagnostics.is_empty() {
        let message = "this is no CloudFormation template: there is no `Resources`".to_owned();
        let found = reading.finding(Code::InvalidExport, message);
        reading.diagnostics.push(found);
    }
    let scope = Scope {
        parameters: template.get("Parameters").and_then(Value::as_object),
        resources,
        ambient: reading.ambient,
    };
    let mut template = Template {
        reading,
        scope,
        assembly: Assembly::new(&everywhere),
    };
    // Identities and policies first: the others refer to them.
    let (first, rest): (Vec<_>, Vec<_>) =
        resources.into_iter().flatten().partition(|(_, resource)| {
            matches!(
                type_of(resource),
                "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" | "AWS::IAM::ManagedPolicy"
            )
        });
    for (id, resource) in &first {
        template.name(id, resource);
    }
    for (id, resource) in first.into_iter().chain(rest) {
        template.resource(id, resource);
    }
    let (module, lost) = template.assembly.finish(catalogue);
    let mut reading = template.reading;
    for message in lost {
        let found = reading.finding(Code::UnresolvedValue, message);
        reading.diagnostics.push(found);
    }
    Stack {
        module,
        diagnostics: reading.diagnostics,
    }
}

fn parse(text: &str) -> Result<Value, String> {
    if text.len() > MAX_BYTES {
        return Err("it is larger than any".to_owned());
    }
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|e| e.to_string());
    }
    let yaml: Yaml = serde_yaml_ng::from_str(text).map_err(|e| e.to_string())?;
    Ok(plain(yaml))
}

/// YAML's short forms, `!Sub "…"`, are objects: `{"Fn::Sub": "…"}`.
fn plain(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => Value::String(number.to_string()),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(list) => list.into_iter().map(plain).collect(),
        Yaml::Mapping(map) => {
            let named = map.into_iter().map(|(key, value)| {
                let key = match plain(key) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                (key, plain(value))
            });
            Value::Object(named.collect())
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = match tag.trim_start_matches('!') {
                word @ ("Ref" | "Condition") => word.to_owned(),
                word => format!("Fn::{word}"),
            };
            Value::Object(Map::from_iter([(name, plain(tagged.value))]))
        }
    }
}

struct Template<'a> {
    reading: Reading<'a>,
    scope: Scope<'a>,
    assembly: Assembly<'a>,
}

impl Template<'_> {
    /// The name in AWS; where it is made at deployment, the logical id stands for it.
    fn name(&mut self, id: &str, resource: &Value) {
        let members = ["RoleName", "UserName", "GroupName", "ManagedPolicyName"];
        let properties = resource.get("Properties");
        let given = members
            .iter()
            .find_map(|m| properties.and_then(|p| p.get(*m)));
        let name = given.and_then(|g| self.scope.text(g).ok());
        let name = name.unwrap_or_else(|| id.to_owned());
        self.assembly.here.insert(id.to_owned(), name);
    }

    fn resource(&mut self, id: &str, resource: &Value) {
        let empty = Value::Null;
        let properties = resource.get("Properties").unwrap_or(&empty);
        match type_of(resource) {
            "AWS::IAM::Role" => self.identity(id, properties, BlockKind::Role),
            "AWS::IAM::User" => self.identity(id, properties, BlockKind::User),
            "AWS::IAM::Group" => self.identity(id, properties, BlockKind::Group),
            "AWS::IAM::ManagedPolicy" => self.managed_policy(id, properties),
            "AWS::IAM::Policy" => self.inline_policy(id, properties),
            "AWS::IAM::RolePolicy" => self.inline_of(id, properties, BlockKind::Role, "RoleName"),
            "AWS::IAM::UserPolicy" => self.inline_of(id, properties, BlockKind::User, "UserName"),
            "AWS::IAM::GroupPolicy" => {
                self.inline_of(id, properties, BlockKind::Group, "GroupName")
            }
            "AWS::Organizations::Policy" => self.guardrail(id, properties),
            "AWS::S3::BucketPolicy" => {
                let bucket = self
                    .text(properties, "Bucket")
                    .map(|b| format!("arn:aws:s3:::{b}"));
                self.resource_policy(id, properties, "PolicyDocument", bucket);
            }
            // A key without a policy of its own gets the standard one.
            "AWS::KMS::Key" if properties.get("KeyPolicy").is_some() => {
                self.resource_policy(id, properties, "KeyPolicy", None);
            }
            "AWS::SQS::QueuePolicy" | "AWS::SNS::TopicPolicy" => {
                self.resource_policy(id, properties, "PolicyDocument", None);
            }
            "AWS::SecretsManager::ResourcePolicy" => {
                self.resource_policy(id, properties, "ResourcePolicy", None);
            }
            _ => {}
        }
    }

    /// A property that is text and known.
    fn text(&self, properties: &Value, member: &str) -> Option<String> {
        self.scope.text(properties.get(member)?).ok()
    }

    fn document(
        &mut self,
        what: &str,
        value: Option<&Value>,
        kind: PolicyKind,
        name: &str,
    ) -> Option<Policy> {
        let Some(value) = value else {
            self.reading.invalid(&format!("`{what}`"), "there is none");
            return None;
        };
        match self.scope.resolve(value) {
            Ok(Value::String(text)) => self.reading.document(what, &text, kind, name),
            Ok(value) => {
                let text =
                    serde_json::to_string_pretty(&numbers_as_text(value)).unwrap_or_default();
                self.reading.document(what, &text, kind, name)
            }
            Err(why) => {
                self.reading.unresolved(&format!("`{what}`"), &why);
                None
            }
        }
    }

    fn identity(&mut self, id: &str, properties: &Value, kind: BlockKind) {
        let name = self
            .assembly
            .here
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned());
        let trust = match kind {
            BlockKind::Role => {
                let member = "AssumeRolePolicyDocument";
                let what = format!("{id}.{member}");
                self.document(&what, properties.get(member), PolicyKind::Trust, &name)
            }
            _ => None,
        };
        let mut documents = Vec::new();
        for (i, entry) in list(properties, "Policies").into_iter().enumerate() {
            let own = self
                .text(entry, "PolicyName")
                .unwrap_or_else(|| format!("inline{i}"));
            let what = format!("{id}.Policies[{i}]");
            let inline = PolicyKind::InlinePolicy;
            documents.extend(self.document(&what, entry.get("PolicyDocument"), inline, &own));
        }
        let tags: Vec<(String, String)> = list(properties, "Tags")
            .into_iter()
            .filter_map(|tag| Some((self.text(tag, "Key")?, self.text(tag, "Value")?)))
            .collect();
        let session = self.text(properties, "MaxSessionDuration");
        let path = self.text(properties, "Path").filter(|p| p != "/");
        let description = self.text(properties, "Description");
        let block = self.assembly.block(kind, &name);
        block.trust = trust;
        block.documents.extend(documents);
        block.path = path;
        if kind == BlockKind::Role {
            block.session = session.and_then(|s| s.parse().ok()).filter(|s| *s != 3_600);
            block.description = description.filter(|d| !d.is_empty());
        }
        if kind != BlockKind::Group {
            block.tags = tags_of(tags.into_iter());
        }
        for value in list(properties, "ManagedPolicyArns") {
            if let Some(managed) = self.managed(id, "ManagedPolicyArns", value) {
                self.assembly.attach(kind, &name, managed);
            }
        }
        if let (BlockKind::Role, Some(value)) = (kind, properties.get("PermissionsBoundary"))
            && let Some(managed) = self.managed(id, "PermissionsBoundary", value)
        {
            self.assembly.limit(&name, managed);
        }
        for group in list(properties, "Groups") {
            self.reading.unresolved(
                &format!("the membership of `{id}` in {group}"),
                "memberships of a template are not read",
            );
        }
    }

    /// A managed policy: one of the template, or an ARN.
    fn managed(&mut self, id: &str, member: &str, value: &Value) -> Option<Managed> {
        if let Some(target) = self.declared(value) {
            return Some(Managed::Here(target));
        }
        match self.scope.text(value) {
            Ok(arn) => Some(Managed::Arn(arn)),
            Err(why) => {
                self.reading
                    .unresolved(&format!("a policy of `{id}.{member}`"), &why);
                None
            }
        }
    }

    /// The logical id, if the value is a `Ref` to an identity or policy of the template.
    fn declared(&self, value: &Value) -> Option<String> {
        let target = value.get("Ref").and_then(Value::as_str)?;
        self.assembly
            .here
            .contains_key(target)
            .then(|| target.to_owned())
    }

    /// Whom a policy lists: identities of the template, or names.
    fn owners(&mut self, id: &str, properties: &Value) -> Vec<(BlockKind, String)> {
        let lists = [
            (BlockKind::Role, "Roles"),
            (BlockKind::User, "Users"),
            (BlockKind::Group, "Groups"),
        ];
        let mut owners = Vec::new();
        for (kind, member) in lists {
            for value in list(properties, member) {
                owners.extend(self.owner(id, member, value).map(|name| (kind, name)));
            }
        }
        owners
    }

    fn owner(&mut self, id: &str, member: &str, value: &Value) -> Option<String> {
        if let Some(name) = self
            .declared(value)
            .and_then(|t| self.assembly.here.get(&t))
        {
            return Some(name.clone());
        }
        match self.scope.text(value) {
            Ok(name) => Some(name),
            Err(why) => {
                self.reading
                    .unresolved(&format!("`{id}` for one of its `{member}`"), &why);
                None
            }
        }
    }

    fn managed_policy(&mut self, id: &str, properties: &Value) {
        let name = self
            .assembly
            .here
            .get(id)
            .cloned()
            .unwrap_or_else(|| id.to_owned());
        let what = format!("{id}.PolicyDocument");
        let kind = PolicyKind::ManagedPolicy;
        let Some(policy) = self.document(&what, properties.get("PolicyDocument"), kind, &name)
        else {
            return;
        };
        let path = self.text(properties, "Path").filter(|p| p != "/");
        let description = self.text(properties, "Description");
        let block = self.assembly.block(BlockKind::Policy, &name);
        block.path = path;
        block.description = description.filter(|d| !d.is_empty());
        block.documents.push(policy);
        for (kind, owner) in self.owners(id, properties) {
            let managed = Managed::Here(id.to_owned());
            self.assembly.attach(kind, &owner, managed);
        }
    }

    fn inline_policy(&mut self, id: &str, properties: &Value) {
        let name = self
            .text(properties, "PolicyName")
            .unwrap_or_else(|| id.to_owned());
        let what = format!("{id}.PolicyDocument");
        let kind = PolicyKind::InlinePolicy;
        let policy = self.document(&what, properties.get("PolicyDocument"), kind, &name);
        for (kind, owner) in self.owners(id, properties) {
            self.assembly
                .block(kind, &owner)
                .documents
                .extend(policy.clone());
        }
    }

    fn inline_of(&mut self, id: &str, properties: &Value, kind: BlockKind, member: &str) {
        let owner = properties
            .get(member)
            .and_then(|v| self.owner(id, member, v));
        let name = self
            .text(properties, "PolicyName")
            .unwrap_or_else(|| id.to_owned());
        let what = format!("{id}.PolicyDocument");
        let inline = PolicyKind::InlinePolicy;
        let policy = self.document(&what, properties.get("PolicyDocument"), inline, &name);
        if let Some(owner) = owner {
            self.assembly.block(kind, &owner).documents.extend(policy);
        }
    }

    fn guardrail(&mut self, id: &str, properties: &Value) {
        let kind = match self.text(properties, "Type").as_deref() {
            Some("RESOURCE_CONTROL_POLICY") => PolicyKind::Rcp,
            Some("SERVICE_CONTROL_POLICY") => PolicyKind::Scp,
            // Tag, backup and other policies are no IAM documents.
            _ => return,
        };
        let name = self
            .text(properties, "Name")
            .unwrap_or_else(|| id.to_owned());
        let what = format!("{id}.Content");
        if let Some(policy) = self.document(&what, properties.get("Content"), kind, &name) {
            self.assembly.other(policy, &name, None);
        }
    }

    fn resource_policy(&mut self, id: &str, properties: &Value, member: &str, arn: Option<String>) {
        let what = format!("{id}.{member}");
        let kind = PolicyKind::ResourcePolicy;
        if let Some(policy) = self.document(&what, properties.get(member), kind, id) {
            self.assembly.other(policy, id, arn);
        }
    }
}

fn list<'v>(properties: &'v Value, member: &str) -> Vec<&'v Value> {
    let list = properties.get(member).and_then(Value::as_array);
    list.into_iter().flatten().collect()
}

/// Account ids without quotes are numbers in JSON; CloudFormation hands them on as text.
fn numbers_as_text(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        Value::Array(list) => list.into_iter().map(numbers_as_text).collect(),
        Value::Object(map) => {
            let named = map
                .into_iter()
                .map(|(key, value)| (key, numbers_as_text(value)));
            Value::Object(named.collect())
        }
        plain => plain,
    }
}
