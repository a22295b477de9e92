//! One resource of a template: which of its properties are policies, and of whom.

use indexmap::IndexMap;

use super::Templates;
use super::holder::HOLDERS;
use super::resolve::{Resolver, Unknown, unknown};
use crate::deployed::infrastructure::{Announced, BelongsTo, Infrastructure};
use crate::deployed::message;
use crate::deployed::reader::Reader;
use crate::deployed::view::View;
use crate::iam::PolicyKind;
use crate::iam::json::Value;
use crate::source::Span;

/// Types with a policy on a resource: type, property, the resource's type, and the property that names the resource.
const ON_RESOURCES: [(&str, &str, &str, &str); 5] = [
    (
        "AWS::S3::BucketPolicy",
        "PolicyDocument",
        "s3:bucket",
        "Bucket",
    ),
    ("AWS::KMS::Key", "KeyPolicy", "kms:key", ""),
    (
        "AWS::SQS::QueuePolicy",
        "PolicyDocument",
        "sqs:queue",
        "Queues",
    ),
    (
        "AWS::SNS::TopicPolicy",
        "PolicyDocument",
        "sns:topic",
        "Topics",
    ),
    (
        "AWS::SecretsManager::ResourcePolicy",
        "ResourcePolicy",
        "secretsmanager:secret",
        "SecretId",
    ),
];

/// A template that is being read.
pub(super) struct Template<'v, 'r, 'a> {
    pub(super) resolver: Resolver<'v>,
    reader: &'r mut Reader<'a>,
    pub(super) out: &'r mut Infrastructure,
    /// Names of identities and managed policies, by logical id; none where AWS makes the name.
    pub(super) names: IndexMap<&'v str, Option<String>>,
}

/// A resource: its id, its properties.
pub(super) type Entry<'v> = (&'v str, View<'v>);

impl<'v, 'r, 'a> Template<'v, 'r, 'a> {
    pub(super) fn new(
        resolver: Resolver<'v>,
        reader: &'r mut Reader<'a>,
        out: &'r mut Infrastructure,
    ) -> Self {
        Template {
            resolver,
            reader,
            out,
            names: IndexMap::new(),
        }
    }

    /// Gives identities and managed policies their names: others refer to them.
    pub(super) fn declare(&mut self, resources: View<'v>) {
        for (id, resource) in resources.members() {
            let property = match resource.text_of("Type").unwrap_or("") {
                "AWS::IAM::ManagedPolicy" => "ManagedPolicyName",
                kind => match HOLDERS.iter().find(|h| h.kind == kind) {
                    Some(holder) => holder.name,
                    None => continue,
                },
            };
            let given = resource
                .member("Properties")
                .and_then(|p| self.text_of(p, property));
            self.names.insert(id, given);
        }
    }

    pub(super) fn read(&mut self, id: &'v str, resource: View<'v>) {
        let kind = resource.text_of("Type").unwrap_or("");
        let Some(properties) = resource.member("Properties") else {
            return;
        };
        let has_policies = kind.starts_with("AWS::IAM::")
            || kind == "AWS::Organizations::Policy"
            || ON_RESOURCES.iter().any(|(k, ..)| *k == kind);
        if !has_policies {
            return;
        }
        if let Some(condition) = resource.member("Condition") {
            match self.resolver.named_condition(condition.node, 0) {
                Ok(true) => {}
                Ok(false) => return,
                Err(why) => return self.say(resource, &format!("`{id}`"), why),
            }
        }
        let entry = (id, properties);
        match kind {
            "AWS::IAM::Policy" => self.inline_of_many(entry),
            "AWS::IAM::ManagedPolicy" => self.managed_policy(entry),
            "AWS::IAM::UserToGroupAddition" => self.members_of_group(entry),
            "AWS::Organizations::Policy" => self.guardrail(entry),
            _ => {
                if let Some(holder) = HOLDERS.iter().find(|h| h.kind == kind) {
                    self.identity(entry, holder);
                } else if let Some(holder) = HOLDERS.iter().find(|h| h.inline == kind) {
                    self.inline_of_one(entry, holder);
                } else {
                    self.on_resource(entry, kind);
                }
            }
        }
    }

    pub(super) fn say(&mut self, at: View<'_>, what: &str, why: Unknown) {
        Templates::unknown(self.reader, at.source, what, why);
    }

    /// A warning, if a value is there and not known.
    pub(super) fn say_if_open(&mut self, at: Option<View<'_>>, what: &str) {
        let Some(at) = at else { return };
        if let Err(unknown) = self.resolver.resolve(at.node) {
            let range = unknown.at.range();
            let span = Span::new(at.source, range.start, range.end);
            let found = message::left_open(span, what, &unknown.why);
            self.reader.findings.push(found);
        }
    }

    /// A property that is text and known.
    pub(super) fn text_of(&self, at: View<'_>, property: &str) -> Option<String> {
        let member = at.member(property)?;
        let text = self.resolver.text(member.node).ok();
        text.filter(|t| !t.is_empty())
    }

    pub(super) fn name_of(&self, id: &str) -> String {
        let given = self.names.get(id).cloned().flatten();
        given.unwrap_or_else(|| id.to_owned())
    }

    /// The items of a list, which may stand under `Fn::If` as a whole or each.
    pub(super) fn items(&mut self, id: &str, at: View<'v>, property: &str) -> Vec<View<'v>> {
        let Some(list) = at.member(property) else {
            return Vec::new();
        };
        match self.chosen(list) {
            Ok(Some(list)) if matches!(list.node.value, Value::List(_)) => {
                let mut out = Vec::new();
                for item in list.items() {
                    match self.chosen(item) {
                        Ok(item) => out.extend(item),
                        Err(why) => self.say(item, &format!("a part of `{id}.{property}`"), why),
                    }
                }
                out
            }
            Ok(None) => Vec::new(),
            Ok(Some(other)) => {
                let why = "it is no list that the template writes out".to_owned();
                let at = other.node.at;
                self.say(other, &format!("`{id}.{property}`"), Unknown { at, why });
                Vec::new()
            }
            Err(why) => {
                self.say(list, &format!("`{id}.{property}`"), why);
                Vec::new()
            }
        }
    }

    /// The value with the `Fn::If`s around it decided; what is inside stays as it is written, references too.
    fn chosen(&self, at: View<'v>) -> Result<Option<View<'v>>, Unknown> {
        let mut at = at;
        loop {
            let Value::Map(members) = &at.node.value else {
                return Ok(Some(at));
            };
            let [one] = members.as_slice() else {
                return Ok(Some(at));
            };
            match (one.name.as_str(), &one.node.value) {
                ("Ref", Value::Text(id)) if id == "AWS::NoValue" => return Ok(None),
                ("Fn::If", Value::List(parts)) => {
                    let [condition, yes, no] = parts.as_slice() else {
                        return unknown(at.node.at, "`Fn::If` with other arguments than it takes");
                    };
                    let chosen = match self.resolver.named_condition(condition, 0)? {
                        true => yes,
                        false => no,
                    };
                    at = View::new(chosen, at.source);
                }
                _ => return Ok(Some(at)),
            }
        }
    }

    fn guardrail(&mut self, (id, at): Entry<'v>) {
        let kind = match self.text_of(at, "Type").as_deref() {
            Some("RESOURCE_CONTROL_POLICY") => PolicyKind::Rcp,
            Some("SERVICE_CONTROL_POLICY") => PolicyKind::Scp,
            // Tags, backups and the like say nothing about permissions.
            _ => return,
        };
        let name = self.text_of(at, "Name");
        let name = name.unwrap_or_else(|| id.to_owned());
        self.document((id, at), "Content", (&name, kind), BelongsTo::Organization);
    }

    fn on_resource(&mut self, (id, at): Entry<'v>, kind: &str) {
        let Some((_, property, resource_type, named_by)) =
            ON_RESOURCES.iter().find(|(k, ..)| *k == kind)
        else {
            return;
        };
        // A key without a policy of its own gets the standard one.
        if kind == "AWS::KMS::Key" && at.member(property).is_none() {
            return;
        }
        let named = at.member(named_by);
        let first = named.and_then(|n| n.items().next()).or(named);
        let resource = first.and_then(|n| self.resolver.text(n.node).ok());
        let belongs_to = BelongsTo::Resource {
            resource_type,
            resource,
        };
        let what = (id, PolicyKind::ResourcePolicy);
        self.document((id, at), property, what, belongs_to);
    }

    pub(super) fn document(
        &mut self,
        (id, at): Entry<'_>,
        property: &str,
        (name, kind): (&str, PolicyKind),
        belongs_to: BelongsTo,
    ) {
        let title = match kind {
            PolicyKind::InlinePolicy if name != id => format!("policy `{name}` of `{id}`"),
            PolicyKind::Trust => format!("the trust policy of `{id}`"),
            _ => format!("the policy of `{id}`"),
        };
        let Some(document) = at.member(property) else {
            let why = format!("it has no `{property}`");
            let at_node = at.node.at;
            return self.say(at, &title, Unknown { at: at_node, why });
        };
        match self.resolver.resolve(document.node) {
            Ok(Some(node)) => {
                let what = Announced {
                    address: id,
                    name,
                    kind,
                    belongs_to,
                };
                let view = View::new(&node, document.source);
                self.out.take(self.reader, view, what);
            }
            Ok(None) => {}
            Err(why) => self.say(document, &title, why),
        }
    }
}
