//! The output of `terraform show -json`, of a plan or of a state.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>

use indexmap::IndexMap;
use serde_json::Value;

use crate::catalogue::Catalogue;
use crate::diagnostic::Code;
use crate::iam::PolicyKind;
use crate::import::model::Ambient;
use crate::source::{SourceId, SourceMap};
use crate::syntax::ast::BlockKind;

use super::assembly::{Assembly, Managed};
use super::{Reading, Stack, tags_of, text_of, texts_of};

/// Modules within modules that are followed.
const DEPTH: usize = 32;

/// Reads the plan that was added to the sources.
pub fn terraform(
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
    let plan: Value = match serde_json::from_str(&text) {
        Ok(plan) => plan,
        Err(error) => {
            reading.invalid("this is no JSON", &error.to_string());
            Value::Null
        }
    };
    let values = plan.get("planned_values").or(plan.get("values"));
    let root = values.and_then(|v| v.get("root_module"));
    if root.is_none() && reading.diagnostics.is_empty() {
        let message =
            "this is no output of `terraform show -json`: there is no `planned_values`".to_owned();
        let found = reading.finding(Code::InvalidExport, message);
        let help = "`terraform plan -out plan` and `terraform show -json plan` make it";
        reading.diagnostics.push(found.with_help(help));
    }
    let mut resources = Vec::new();
    collect(root, 0, &mut resources);
    let mut plan = Plan {
        assembly: Assembly::new(&everywhere),
        references: references(&plan),
        reading,
    };
    let order = |r: &&Value| !matches!(text_of(r, "type"), Some("aws_iam_role" | "aws_iam_policy"));
    resources.sort_by_key(order);
    for resource in resources {
        plan.resource(resource);
    }
    let (module, lost) = plan.assembly.finish(catalogue);
    let mut reading = plan.reading;
    for message in lost {
        let found = reading.finding(Code::UnresolvedValue, message);
        reading.diagnostics.push(found);
    }
    Stack {
        module,
        diagnostics: reading.diagnostics,
    }
}

fn collect<'v>(module: Option<&'v Value>, depth: usize, found: &mut Vec<&'v Value>) {
    let Some(module) = module.filter(|_| depth < DEPTH) else {
        return;
    };
    let list = |name: &str| {
        module
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
    };
    let managed = |r: &&Value| text_of(r, "mode") != Some("data");
    found.extend(list("resources").filter(managed));
    for child in list("child_modules") {
        collect(Some(child), depth + 1, found);
    }
}

/// Which resource an attribute of a resource of the root module refers to, where that is all that it says.
type References = IndexMap<(String, String), String>;

fn references(plan: &Value) -> References {
    let mut found = References::new();
    let root = plan.pointer("/configuration/root_module/resources");
    for resource in root.and_then(Value::as_array).into_iter().flatten() {
        let Some(address) = text_of(resource, "address") else {
            continue;
        };
        let expressions = resource.get("expressions").and_then(Value::as_object);
        for (attribute, expression) in expressions.into_iter().flatten() {
            // `["aws_iam_policy.read.arn", "aws_iam_policy.read"]`: one attribute of one resource.
            if let [whole, target] = texts_of(expression, "references").as_slice()
                && whole.starts_with(&format!("{target}."))
            {
                let key = (address.to_owned(), attribute.clone());
                found.insert(key, (*target).to_owned());
            }
        }
    }
    found
}

struct Plan<'a> {
    reading: Reading<'a>,
    assembly: Assembly<'a>,
    references: References,
}

impl Plan<'_> {
    fn resource(&mut self, resource: &Value) {
        let (Some(address), Some(ty)) = (text_of(resource, "address"), text_of(resource, "type"))
        else {
            return;
        };
        let empty = Value::Null;
        let values = resource.get("values").unwrap_or(&empty);
        match ty {
            "aws_iam_role" => self.role(resource, address, values),
            "aws_iam_policy" => self.policy(resource, address, values),
            "aws_iam_role_policy" => self.inline(BlockKind::Role, "role", address, values),
            "aws_iam_user_policy" => self.inline(BlockKind::User, "user", address, values),
            "aws_iam_group_policy" => self.inline(BlockKind::Group, "group", address, values),
            "aws_iam_role_policy_attachment" => {
                self.attachment(BlockKind::Role, "role", address, values)
            }
            "aws_iam_user_policy_attachment" => {
                self.attachment(BlockKind::User, "user", address, values)
            }
            "aws_iam_group_policy_attachment" => {
                self.attachment(BlockKind::Group, "group", address, values)
            }
            "aws_iam_policy_attachment" => self.attachments(address, values),
            "aws_organizations_policy" => self.guardrail(resource, address, values),
            "aws_s3_bucket_policy" => {
                let bucket = text_of(values, "bucket").map(|b| format!("arn:aws:s3:::{b}"));
                self.resource_policy(resource, address, values, bucket);
            }
            "aws_sns_topic_policy" | "aws_secretsmanager_secret_policy" => {
                let arn = text_of(values, "arn").or(text_of(values, "secret_arn"));
                let arn = arn.map(str::to_owned);
                self.resource_policy(resource, address, values, arn);
            }
            // A key without a policy of its own gets the standard one.
            "aws_kms_key" if values.get("policy").is_some() => {
                self.resource_policy(resource, address, values, None);
            }
            "aws_sqs_queue_policy" => self.resource_policy(resource, address, values, None),
            _ => {}
        }
    }

    /// The name in AWS; where AWS or a prefix makes it, the resource's own.
    fn name(&self, resource: &Value, values: &Value) -> String {
        let name = text_of(values, "name").or(text_of(resource, "name"));
        name.unwrap_or("unnamed").to_owned()
    }

    /// The document of an attribute, or a finding that says why there is none.
    fn document(
        &mut self,
        address: &str,
        values: &Value,
        attribute: &str,
        kind: PolicyKind,
        name: &str,
    ) -> Option<crate::ir::Policy> {
        let what = format!("{address}.{attribute}");
        match text_of(values, attribute) {
            Some(text) => self.reading.document(&what, text, kind, name),
            None => {
                self.reading
                    .unresolved(&format!("`{what}`"), "it is known after apply only");
                None
            }
        }
    }

    fn role(&mut self, resource: &Value, address: &str, values: &Value) {
        let name = self.name(resource, values);
        self.assembly.here.insert(address.to_owned(), name.clone());
        let trust = self.document(
            address,
            values,
            "assume_role_policy",
            PolicyKind::Trust,
            &name,
        );
        let inline = values.get("inline_policy").and_then(Value::as_array);
        let mut documents = Vec::new();
        for entry in inline.into_iter().flatten() {
            let own = text_of(entry, "name").unwrap_or("inline").to_owned();
            if entry.get("policy").is_some() {
                documents.extend(self.document(
                    address,
                    entry,
                    "policy",
                    PolicyKind::InlinePolicy,
                    &own,
                ));
            }
        }
        let tags = values.get("tags").and_then(Value::as_object);
        let tags = tags.into_iter().flatten();
        let tags = tags.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())));
        let block = self.assembly.block(BlockKind::Role, &name);
        block.trust = trust;
        block.documents.extend(documents);
        block.path = text_of(values, "path")
            .filter(|p| *p != "/")
            .map(str::to_owned);
        block.description = text_of(values, "description").map(str::to_owned);
        let session = values.get("max_session_duration").and_then(Value::as_u64);
        block.session = session.filter(|s| *s != 3_600);
        block.tags = tags_of(tags);
        if let Some(arn) = text_of(values, "permissions_boundary") {
            self.assembly.limit(&name, Managed::Arn(arn.to_owned()));
        } else if let Some(target) = self.refers(address, "permissions_boundary") {
            self.assembly.limit(&name, Managed::Here(target));
        }
        for arn in texts_of(values, "managed_policy_arns") {
            let managed = Managed::Arn(arn.to_owned());
            self.assembly.attach(BlockKind::Role, &name, managed);
        }
    }

    fn refers(&self, address: &str, attribute: &str) -> Option<String> {
        let key = (address.to_owned(), attribute.to_owned());
        self.references.get(&key).cloned()
    }

    fn policy(&mut self, resource: &Value, address: &str, values: &Value) {
        let name = self.name(resource, values);
        let kind = PolicyKind::ManagedPolicy;
        let Some(policy) = self.document(address, values, "policy", kind, &name) else {
            return;
        };
        self.assembly.here.insert(address.to_owned(), name.clone());
        let block = self.assembly.block(BlockKind::Policy, &name);
        block.path = text_of(values, "path")
            .filter(|p| *p != "/")
            .map(str::to_owned);
        block.description = text_of(values, "description").map(str::to_owned);
        block.documents.push(policy);
    }

    /// Whom an attribute names: outright, or by reference to a role of the plan.
    fn owner(&mut self, attribute: &str, address: &str, values: &Value) -> Option<String> {
        if let Some(name) = text_of(values, attribute) {
            return Some(name.to_owned());
        }
        let target = self.refers(address, attribute);
        let found = target.and_then(|t| self.assembly.here.get(&t).cloned());
        if found.is_none() {
            let what = format!("`{address}`");
            let why = format!("its `{attribute}` is known after apply only");
            self.reading.unresolved(&what, &why);
        }
        found
    }

    fn inline(&mut self, kind: BlockKind, attribute: &str, address: &str, values: &Value) {
        let Some(owner) = self.owner(attribute, address, values) else {
            return;
        };
        let name = text_of(values, "name").unwrap_or("inline").to_owned();
        let inline = PolicyKind::InlinePolicy;
        if let Some(policy) = self.document(address, values, "policy", inline, &name) {
            self.assembly.block(kind, &owner).documents.push(policy);
        }
    }

    fn attachment(&mut self, kind: BlockKind, attribute: &str, address: &str, values: &Value) {
        let Some(owner) = self.owner(attribute, address, values) else {
            return;
        };
        if let Some(managed) = self.managed(address, values) {
            self.assembly.attach(kind, &owner, managed);
        }
    }

    fn attachments(&mut self, address: &str, values: &Value) {
        let Some(managed) = self.managed(address, values) else {
            return;
        };
        let lists = [
            (BlockKind::Role, "roles"),
            (BlockKind::User, "users"),
            (BlockKind::Group, "groups"),
        ];
        for (kind, list) in lists {
            for owner in texts_of(values, list) {
                self.assembly.attach(kind, owner, managed.clone());
            }
        }
    }

    fn managed(&mut self, address: &str, values: &Value) -> Option<Managed> {
        if let Some(arn) = text_of(values, "policy_arn") {
            return Some(Managed::Arn(arn.to_owned()));
        }
        let target = self.refers(address, "policy_arn");
        if target.is_none() {
            let what = format!("`{address}`");
            self.reading
                .unresolved(&what, "its `policy_arn` is known after apply only");
        }
        target.map(Managed::Here)
    }

    fn guardrail(&mut self, resource: &Value, address: &str, values: &Value) {
        let kind = match text_of(values, "type") {
            Some("RESOURCE_CONTROL_POLICY") => PolicyKind::Rcp,
            None | Some("SERVICE_CONTROL_POLICY") => PolicyKind::Scp,
            // Tag, backup and other policies are no IAM documents.
            Some(_) => return,
        };
        let name = self.name(resource, values);
        if let Some(policy) = self.document(address, values, "content", kind, &name) {
            self.assembly.other(policy, &name, None);
        }
    }

    fn resource_policy(
        &mut self,
        resource: &Value,
        address: &str,
        values: &Value,
        arn: Option<String>,
    ) {
        let name = text_of(resource, "name").unwrap_or("resource").to_owned();
        let kind = PolicyKind::ResourcePolicy;
        if let Some(policy) = self.document(address, values, "policy", kind, &name) {
            self.assembly.other(policy, &name, arn);
        }
    }
}
