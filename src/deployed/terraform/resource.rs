//! One resource of a plan: which of its attributes are policies, and of what.

use indexmap::IndexMap;

use super::references::References;
use crate::deployed::infrastructure::{
    Announced, AttachedTo, Attachment, BelongsTo, Declared, DeclaredKind, Infrastructure,
    Membership, PolicyRef,
};
use crate::deployed::message;
use crate::deployed::reader::Reader;
use crate::deployed::view::View;
use crate::diagnostic::Severity;
use crate::iam::PolicyKind;
use crate::iam::json::Value;
use crate::source::Span;

/// What the plan says about all of its resources.
pub(super) struct Context<'v> {
    /// By address: what is known only after apply.
    pub(super) unknown: IndexMap<&'v str, View<'v>>,
    /// Which resource an attribute refers to.
    pub(super) references: References<'v>,
    /// The names of identities and policies, by address.
    pub(super) names: IndexMap<&'v str, &'v str>,
}

/// A resource and where what is found goes.
pub(super) struct Resource<'v, 'r, 'a> {
    pub(super) address: &'v str,
    pub(super) kind: &'v str,
    /// The last part of the address.
    pub(super) label: &'v str,
    pub(super) entry: View<'v>,
    pub(super) values: View<'v>,
    pub(super) context: &'r Context<'v>,
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) out: &'r mut Infrastructure,
}

/// A resource type with a policy on a resource.
struct OnResource {
    kind: &'static str,
    /// The resource's type in AWS.
    resource_type: &'static str,
    /// The attribute that names the resource.
    named_by: &'static str,
    /// Whether AWS writes a policy where nobody does.
    by_default: bool,
}

const fn on(
    kind: &'static str,
    resource_type: &'static str,
    named_by: &'static str,
    by_default: bool,
) -> OnResource {
    OnResource {
        kind,
        resource_type,
        named_by,
        by_default,
    }
}

const ON_RESOURCES: [OnResource; 11] = [
    on("aws_s3_bucket_policy", "s3:bucket", "bucket", false),
    on("aws_s3_bucket", "s3:bucket", "bucket", true),
    on("aws_kms_key", "kms:key", "arn", true),
    on("aws_kms_external_key", "kms:key", "arn", true),
    on("aws_kms_key_policy", "kms:key", "key_id", false),
    on("aws_sqs_queue", "sqs:queue", "arn", true),
    on("aws_sqs_queue_policy", "sqs:queue", "queue_url", false),
    on("aws_sns_topic", "sns:topic", "arn", true),
    on("aws_sns_topic_policy", "sns:topic", "arn", false),
    on(
        "aws_secretsmanager_secret",
        "secretsmanager:secret",
        "arn",
        true,
    ),
    on(
        "aws_secretsmanager_secret_policy",
        "secretsmanager:secret",
        "secret_arn",
        false,
    ),
];

/// The name in AWS of an identity or policy, or the label where AWS chooses.
pub(super) fn declared_name<'v>(entry: View<'v>) -> Option<&'v str> {
    let kinds = [
        "aws_iam_role",
        "aws_iam_user",
        "aws_iam_group",
        "aws_iam_policy",
        "aws_organizations_policy",
    ];
    entry.text_of("type").filter(|t| kinds.contains(t))?;
    let name = entry.member("values").and_then(|v| v.text_of("name"));
    name.or_else(|| entry.text_of("name"))
}

impl<'v> Resource<'v, '_, '_> {
    pub(super) fn read(&mut self) {
        match self.kind {
            "aws_iam_role" => self.role(),
            "aws_iam_user" => {
                let name = self.declare(DeclaredKind::User);
                self.boundary(AttachedTo::UserBoundary(name));
            }
            "aws_iam_group" => {
                self.declare(DeclaredKind::Group);
            }
            "aws_iam_policy" => {
                let name = self.declare(DeclaredKind::Managed);
                let kind = PolicyKind::ManagedPolicy;
                self.document("policy", kind, &name, BelongsTo::Managed);
            }
            "aws_iam_role_policy" => self.inline("role", BelongsTo::Role),
            "aws_iam_user_policy" => self.inline("user", BelongsTo::User),
            "aws_iam_group_policy" => self.inline("group", BelongsTo::Group),
            "aws_iam_role_policy_attachment" => self.attachment("role", AttachedTo::Role),
            "aws_iam_user_policy_attachment" => self.attachment("user", AttachedTo::User),
            "aws_iam_group_policy_attachment" => self.attachment("group", AttachedTo::Group),
            "aws_iam_policy_attachment" => self.attachment_to_many(),
            "aws_iam_user_group_membership" => self.groups_of_user(),
            "aws_iam_group_membership" => self.users_of_group(),
            "aws_organizations_policy" => self.organization(),
            "aws_organizations_policy_attachment" => {
                if let Some(target) = self.text("target_id") {
                    self.attach_one("policy_id", AttachedTo::Target(target));
                }
            }
            _ => self.on_resource(),
        }
    }

    /// Where findings about the resource as a whole point: at its address.
    fn place(&self) -> Span {
        self.entry
            .member("address")
            .map_or(self.entry.span(), View::span)
    }

    /// The name in AWS, or the label where AWS chooses.
    fn name(&self) -> String {
        let name = self.values.text_of("name");
        name.unwrap_or(self.label).to_owned()
    }

    fn declare(&mut self, kind: DeclaredKind) -> String {
        let name = self.name();
        let text = |attribute: &str| {
            let text = self.values.text_of(attribute).filter(|t| !t.is_empty());
            text.map(str::to_owned)
        };
        let tags = self.values.member("tags").into_iter();
        let tags = tags.flat_map(View::members);
        let tags = tags.filter_map(|(key, value)| Some((key.to_owned(), value.text()?.to_owned())));
        self.out.declared.push(Declared {
            address: self.address.to_owned(),
            kind,
            name: name.clone(),
            path: text("path").filter(|p| p != "/"),
            description: text("description"),
            max_session: self.values.number_of("max_session_duration"),
            tags: tags.collect(),
            span: self.place(),
        });
        name
    }

    fn is_unknown(&self, attribute: &str) -> bool {
        let unknown = self.context.unknown.get(self.address);
        unknown.is_some_and(|u| u.member(attribute).is_some_and(|v| !holds_nothing(v)))
    }

    /// A text that is needed; what is not known is named.
    fn text(&mut self, attribute: &str) -> Option<String> {
        match self.values.text_of(attribute) {
            Some(text) => Some(text.to_owned()),
            None => {
                self.say_unknown(attribute);
                None
            }
        }
    }

    fn say_unknown(&mut self, attribute: &str) {
        let found = message::after_apply(self.place(), self.address, attribute);
        self.reader.findings.push(found);
    }

    fn document(&mut self, attribute: &str, kind: PolicyKind, name: &str, belongs_to: BelongsTo) {
        match self.values.member(attribute) {
            // Providers write an empty text for no policy.
            Some(value) if value.text() == Some("") => {}
            Some(value) => self.take(value, kind, name, belongs_to),
            None => self.say_unknown(attribute),
        }
    }

    fn take(&mut self, at: View<'_>, kind: PolicyKind, name: &str, belongs_to: BelongsTo) {
        let what = Announced {
            address: self.address,
            name,
            kind,
            belongs_to,
        };
        self.out.take(self.reader, at, what);
    }

    fn role(&mut self) {
        let name = self.declare(DeclaredKind::Role);
        let trust = BelongsTo::Trust(name.clone());
        self.document("assume_role_policy", PolicyKind::Trust, &name, trust);
        for inline in self.reader.objects(self.values, "inline_policy") {
            let own = inline.text_of("name").unwrap_or(&name).to_owned();
            if let Some(policy) = inline.member("policy").filter(|p| p.text() != Some("")) {
                let belongs_to = BelongsTo::Role(name.clone());
                self.take(policy, PolicyKind::InlinePolicy, &own, belongs_to);
            }
        }
        if self.has_unknown_inline() {
            self.say_unknown("inline_policy");
        }
        if let Some(arns) = self.values.member("managed_policy_arns") {
            for arn in arns.items().filter_map(View::text) {
                let policy = PolicyRef::Arn(arn.to_owned());
                self.attached(AttachedTo::Role(name.clone()), policy);
            }
        } else {
            self.say_unknown_set("managed_policy_arns");
        }
        self.boundary(AttachedTo::RoleBoundary(name));
    }

    /// A boundary that nobody set is worth no word.
    fn boundary(&mut self, to: AttachedTo) {
        let attribute = "permissions_boundary";
        if self.values.member(attribute).is_some() || self.is_unknown(attribute) {
            self.attach_one(attribute, to);
        }
    }

    /// `inline_policy` and `managed_policy_arns` are unknown as a whole wherever nobody wrote them; only parts of what
    /// somebody wrote are worth a word.
    fn has_unknown_inline(&self) -> bool {
        let unknown = self.context.unknown.get(self.address);
        let inline = unknown.and_then(|u| u.member("inline_policy"));
        let mut parts = inline.into_iter().flat_map(View::items);
        parts.any(|p| p.is_true("policy"))
    }

    fn say_unknown_set(&mut self, attribute: &str) {
        let unknown = self.context.unknown.get(self.address);
        let set = unknown.and_then(|u| u.member(attribute));
        let mut items = set.into_iter().flat_map(View::items);
        if items.any(|i| i.node.value == Value::Bool(true)) {
            self.say_unknown(attribute);
        }
    }

    /// Whom an attribute names: outright, or by reference to an identity of the plan.
    fn owner(&mut self, attribute: &str) -> Option<String> {
        if let Some(name) = self.values.text_of(attribute) {
            return Some(name.to_owned());
        }
        let target = self.context.references.target(self.address, attribute);
        let found = target.and_then(|t| self.context.names.get(t.as_str()).copied());
        if found.is_none() {
            self.say_unknown(attribute);
        }
        found.map(str::to_owned)
    }

    fn inline(&mut self, owner: &str, belongs_to: fn(String) -> BelongsTo) {
        let name = self.name();
        if let Some(owner) = self.owner(owner) {
            let belongs_to = belongs_to(owner);
            self.document("policy", PolicyKind::InlinePolicy, &name, belongs_to);
        }
    }

    fn attachment(&mut self, holder: &str, to: fn(String) -> AttachedTo) {
        if let Some(holder) = self.owner(holder) {
            self.attach_one("policy_arn", to(holder));
        }
    }

    fn attachment_to_many(&mut self) {
        let Some(policy) = self.policy_ref("policy_arn") else {
            return;
        };
        for name in self.names_of("roles") {
            self.attached(AttachedTo::Role(name), policy.clone());
        }
        for name in self.names_of("users") {
            self.attached(AttachedTo::User(name), policy.clone());
        }
        for name in self.names_of("groups") {
            self.attached(AttachedTo::Group(name), policy.clone());
        }
    }

    /// A list of names that may be missing, and may not be unknown, not even in part.
    fn names_of(&mut self, list: &str) -> Vec<String> {
        if self.is_unknown(list) {
            self.say_unknown(list);
        }
        let names = self.values.member(list).into_iter().flat_map(View::items);
        names.filter_map(View::text).map(str::to_owned).collect()
    }

    fn groups_of_user(&mut self) {
        if let Some(user) = self.owner("user") {
            for group in self.names_of("groups") {
                let user = user.clone();
                self.out.memberships.push(Membership { user, group });
            }
        }
    }

    fn users_of_group(&mut self) {
        if let Some(group) = self.owner("group") {
            for user in self.names_of("users") {
                let group = group.clone();
                self.out.memberships.push(Membership { user, group });
            }
        }
    }

    /// The policy that an attribute names: by ARN, or by reference to a policy of the plan. What is neither is named.
    fn policy_ref(&mut self, attribute: &str) -> Option<PolicyRef> {
        match self.values.text_of(attribute) {
            Some("") => return None,
            Some(arn) => return Some(PolicyRef::Arn(arn.to_owned())),
            None => {}
        }
        let target = self.context.references.target(self.address, attribute);
        let known = |t: &String| self.context.names.contains_key(t.as_str());
        let found = target.filter(known).map(PolicyRef::Here);
        if found.is_none() {
            self.say_unknown(attribute);
        }
        found
    }

    fn attach_one(&mut self, attribute: &str, to: AttachedTo) {
        if let Some(policy) = self.policy_ref(attribute) {
            self.attached(to, policy);
        }
    }

    fn attached(&mut self, to: AttachedTo, policy: PolicyRef) {
        self.out.attachments.push(Attachment {
            address: self.address.to_owned(),
            to,
            policy,
            span: self.place(),
        });
    }

    fn organization(&mut self) {
        let name = self.name();
        let kind = match self.values.text_of("type") {
            None | Some("SERVICE_CONTROL_POLICY") => PolicyKind::Scp,
            Some("RESOURCE_CONTROL_POLICY") => PolicyKind::Rcp,
            // Tags, backups and the like say nothing about permissions.
            Some(_) => return,
        };
        self.document("content", kind, &name, BelongsTo::Organization);
    }

    fn on_resource(&mut self) {
        let Some(found) = ON_RESOURCES.iter().find(|on| on.kind == self.kind) else {
            return;
        };
        let attribute = "policy";
        // The provider also calls a policy unknown that nobody wrote and AWS fills in.
        if found.by_default && self.values.member(attribute).is_none() {
            if self.is_unknown(attribute) {
                let span = self.place();
                let mut found = message::after_apply(span, self.address, attribute);
                found.severity = Severity::Warning;
                self.reader.findings.push(found);
            }
            return;
        }
        let resource = self.values.text_of(found.named_by).map(str::to_owned);
        let belongs_to = BelongsTo::Resource {
            resource_type: found.resource_type,
            resource,
        };
        let kind = PolicyKind::ResourcePolicy;
        self.document(attribute, kind, self.label, belongs_to);
    }
}

/// An empty list or object of `after_unknown`: nothing in it is unknown.
fn holds_nothing(of: View<'_>) -> bool {
    match &of.node.value {
        Value::List(_) => of.items().all(holds_nothing),
        Value::Map(_) => of.members().all(|(_, v)| holds_nothing(v)),
        Value::Bool(unknown) => !unknown,
        _ => true,
    }
}
