//! One resource of a template: which of its properties are policies, and of whom.

use indexmap::IndexMap;

use super::Templates;
use super::holder::{HOLDERS, Holder};
use super::resolve::{Resolver, Unknown, unknown};
use crate::deployed::infrastructure::{
    Announced, AttachedTo, Attachment, BelongsTo, Declared, DeclaredKind, Infrastructure,
    Membership, PolicyRef, Who,
};
use crate::deployed::reader::Reader;
use crate::deployed::view::View;
use crate::iam::PolicyKind;
use crate::iam::json::Value;

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
    resolver: Resolver<'v>,
    reader: &'r mut Reader<'a>,
    out: &'r mut Infrastructure,
    /// Names of identities and managed policies, by logical id; none where AWS makes the name.
    names: IndexMap<&'v str, Option<String>>,
}

/// A resource: its id, its properties.
type Entry<'v> = (&'v str, View<'v>);

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

    fn say(&mut self, at: View<'_>, what: &str, why: Unknown) {
        Templates::unknown(self.reader, at.source, what, why);
    }

    /// A property that is text and known.
    fn text_of(&self, at: View<'_>, property: &str) -> Option<String> {
        let member = at.member(property)?;
        let text = self.resolver.text(member.node).ok();
        text.filter(|t| !t.is_empty())
    }

    fn name_of(&self, id: &str) -> String {
        let given = self.names.get(id).cloned().flatten();
        given.unwrap_or_else(|| id.to_owned())
    }

    /// What is said of an identity or managed policy beside its documents.
    fn details(&mut self, (id, at): Entry<'_>, kind: DeclaredKind) -> String {
        let name = self.name_of(id);
        let tags = at.member("Tags").into_iter().flat_map(View::items);
        let tags = tags.filter_map(|t| Some((self.text_of(t, "Key")?, self.text_of(t, "Value")?)));
        let tags = tags.collect();
        let session = self.text_of(at, "MaxSessionDuration");
        self.out.declared.push(Declared {
            address: id.to_owned(),
            kind,
            name: name.clone(),
            is_named: self.names.get(id).is_some_and(Option::is_some),
            arn: None,
            path: self.text_of(at, "Path").filter(|p| p != "/"),
            description: self.text_of(at, "Description"),
            max_session: session.and_then(|s| s.parse().ok()),
            tags,
            span: at.span(),
        });
        name
    }

    fn identity(&mut self, (id, at): Entry<'v>, holder: &Holder) {
        let name = self.details((id, at), holder.declared);
        let who = Who::Here(id.to_owned());
        if holder.declared == DeclaredKind::Role {
            let trust = BelongsTo::Trust(who.clone());
            let property = "AssumeRolePolicyDocument";
            self.document((id, at), property, (&name, PolicyKind::Trust), trust);
        }
        for (i, inline) in self.items(id, at, "Policies").into_iter().enumerate() {
            let own = self.text_of(inline, "PolicyName");
            let own = own.unwrap_or_else(|| format!("inline{i}"));
            let what = (own.as_str(), PolicyKind::InlinePolicy);
            let belongs_to = (holder.belongs_to)(who.clone());
            let entry = (id, inline);
            self.document(entry, "PolicyDocument", what, belongs_to);
        }
        for arn in self.items(id, at, "ManagedPolicyArns") {
            let to = (holder.attached_to)(who.clone());
            self.attach((id, arn), "ManagedPolicyArns", to);
        }
        let boundary: Option<fn(Who) -> AttachedTo> = match holder.declared {
            DeclaredKind::Role => Some(AttachedTo::RoleBoundary),
            DeclaredKind::User => Some(AttachedTo::UserBoundary),
            _ => None,
        };
        let property = "PermissionsBoundary";
        if let (Some(to), Some(arn)) = (boundary, at.member(property)) {
            self.attach((id, arn), property, to(who.clone()));
        }
        if holder.declared == DeclaredKind::User {
            for group in self.items(id, at, "Groups") {
                let span = group.span();
                if let Some(group) = self.holder((id, group), "Groups") {
                    let user = who.clone();
                    self.out.memberships.push(Membership { user, group, span });
                }
            }
        }
    }

    /// The items of a list, which may stand under `Fn::If` as a whole or each.
    fn items(&mut self, id: &str, at: View<'v>, property: &str) -> Vec<View<'v>> {
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

    /// The logical id, if the value is a `Ref` or `GetAtt` to an identity or policy of the template.
    fn declared(&self, at: View<'_>) -> Option<String> {
        let (name, value) = at.members().next()?;
        let id = match (name, &value.node.value) {
            ("Ref", Value::Text(id)) => id.as_str(),
            ("Fn::GetAtt", Value::Text(path)) => path.strip_suffix(".PolicyArn")?,
            ("Fn::GetAtt", Value::List(_)) => value.items().next()?.text()?,
            _ => return None,
        };
        self.names.contains_key(id).then(|| id.to_owned())
    }

    fn attach(&mut self, (id, at): Entry<'_>, property: &str, to: AttachedTo) {
        let policy = match self.declared(at) {
            Some(target) => PolicyRef::Here(target),
            None => match self.resolver.text(at.node) {
                Ok(arn) => PolicyRef::Arn(arn),
                Err(why) => {
                    return self.say(at, &format!("a policy of `{id}.{property}`"), why);
                }
            },
        };
        self.out.attachments.push(Attachment {
            address: id.to_owned(),
            to,
            policy,
            span: at.span(),
        });
    }

    /// An identity: of the template, or by name.
    fn holder(&mut self, (id, at): Entry<'_>, property: &str) -> Option<Who> {
        if let Some(id) = self.declared(at) {
            return Some(Who::Here(id));
        }
        match self.resolver.text(at.node) {
            Ok(name) => Some(Who::Named(name)),
            Err(why) => {
                self.say(at, &format!("`{id}` for one of its `{property}`"), why);
                None
            }
        }
    }

    /// Everyone whom a policy lists.
    fn holders(&mut self, (id, at): Entry<'v>) -> Vec<(&'static Holder, Who)> {
        let mut found = Vec::new();
        for holder in &HOLDERS {
            for item in self.items(id, at, holder.list) {
                let who = self.holder((id, item), holder.list);
                found.extend(who.map(|who| (holder, who)));
            }
        }
        found
    }

    fn managed_policy(&mut self, (id, at): Entry<'v>) {
        let name = self.details((id, at), DeclaredKind::Managed);
        let what = (name.as_str(), PolicyKind::ManagedPolicy);
        self.document((id, at), "PolicyDocument", what, BelongsTo::Managed);
        for (holder, who) in self.holders((id, at)) {
            self.out.attachments.push(Attachment {
                address: id.to_owned(),
                to: (holder.attached_to)(who),
                policy: PolicyRef::Here(id.to_owned()),
                span: at.span(),
            });
        }
    }

    /// `AWS::IAM::Policy` is put inline into each of its roles, users and groups.
    fn inline_of_many(&mut self, (id, at): Entry<'v>) {
        let name = self.text_of(at, "PolicyName");
        let name = name.unwrap_or_else(|| id.to_owned());
        let holders = self.holders((id, at));
        if holders.is_empty() {
            // Nobody is known to hold it; what it says is known all the same.
            let what = (name.as_str(), PolicyKind::ManagedPolicy);
            self.document((id, at), "PolicyDocument", what, BelongsTo::Managed);
        }
        for (holder, owner) in holders {
            let what = (name.as_str(), PolicyKind::InlinePolicy);
            let belongs_to = (holder.belongs_to)(owner);
            self.document((id, at), "PolicyDocument", what, belongs_to);
        }
    }

    fn inline_of_one(&mut self, (id, at): Entry<'v>, holder: &Holder) {
        let owner = at.member(holder.name);
        let Some(owner) = owner.and_then(|o| self.holder((id, o), holder.name)) else {
            return;
        };
        let name = self.text_of(at, "PolicyName");
        let name = name.unwrap_or_else(|| id.to_owned());
        let what = (name.as_str(), PolicyKind::InlinePolicy);
        let belongs_to = (holder.belongs_to)(owner);
        self.document((id, at), "PolicyDocument", what, belongs_to);
    }

    fn members_of_group(&mut self, (id, at): Entry<'v>) {
        let group = at.member("GroupName");
        let Some(group) = group.and_then(|g| self.holder((id, g), "GroupName")) else {
            return;
        };
        for user in self.items(id, at, "Users") {
            let span = user.span();
            if let Some(user) = self.holder((id, user), "Users") {
                let group = group.clone();
                self.out.memberships.push(Membership { user, group, span });
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

    fn document(
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
