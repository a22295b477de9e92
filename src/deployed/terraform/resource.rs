//! One resource of a plan: which of its attributes are policies, and of what.

use indexmap::IndexMap;

use super::references::References;
use crate::deployed::infrastructure::{
    Announced, AttachedTo, BelongsTo, Declared, DeclaredKind, Infrastructure, PolicyRef, Who,
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
    /// Identities and policies, by address.
    pub(super) declared: IndexMap<&'v str, Named<'v>>,
}

/// What is said of an identity or policy that others refer to.
#[derive(Clone, Copy)]
pub(super) struct Named<'v> {
    /// The type of the resource.
    pub(super) kind: &'v str,
    /// The name in AWS, where it is known.
    pub(super) name: Option<&'v str>,
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

/// What is said of an identity or policy.
pub(super) fn named<'v>(entry: View<'v>) -> Option<Named<'v>> {
    let kinds = [
        "aws_iam_role",
        "aws_iam_user",
        "aws_iam_group",
        "aws_iam_policy",
        "aws_organizations_policy",
    ];
    let kind = entry.text_of("type").filter(|t| kinds.contains(t))?;
    let name = entry.member("values").and_then(|v| v.text_of("name"));
    Some(Named { kind, name })
}

impl<'v> Resource<'v, '_, '_> {
    pub(super) fn read(&mut self) {
        match self.kind {
            "aws_iam_role" => self.role(),
            "aws_iam_user" => {
                self.declare(DeclaredKind::User);
                self.boundary(AttachedTo::UserBoundary(self.itself()));
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
    pub(super) fn place(&self) -> Span {
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
            is_named: text("name").is_some(),
            arn: text("arn"),
            path: text("path").filter(|p| p != "/"),
            description: text("description"),
            max_session: self.values.number_of("max_session_duration"),
            tags: tags.collect(),
            span: self.place(),
        });
        name
    }

    /// The resource, as others refer to it.
    fn itself(&self) -> Who {
        Who::Here(self.address.to_owned())
    }

    pub(super) fn is_unknown(&self, attribute: &str) -> bool {
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

    pub(super) fn say_unknown(&mut self, attribute: &str) {
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
        let trust = BelongsTo::Trust(self.itself());
        self.document("assume_role_policy", PolicyKind::Trust, &name, trust);
        for inline in self.reader.objects(self.values, "inline_policy") {
            let own = inline.text_of("name").unwrap_or(&name).to_owned();
            if let Some(policy) = inline.member("policy").filter(|p| p.text() != Some("")) {
                let belongs_to = BelongsTo::Role(self.itself());
                self.take(policy, PolicyKind::InlinePolicy, &own, belongs_to);
            }
        }
        if self.has_unknown_inline() {
            self.say_unknown("inline_policy");
        }
        if let Some(arns) = self.values.member("managed_policy_arns") {
            for arn in arns.items().filter_map(View::text) {
                let policy = PolicyRef::Arn(arn.to_owned());
                self.attached(AttachedTo::Role(self.itself()), policy);
            }
        } else {
            self.say_unknown_set("managed_policy_arns");
        }
        self.boundary(AttachedTo::RoleBoundary(self.itself()));
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

    fn inline(&mut self, owner: &str, belongs_to: fn(Who) -> BelongsTo) {
        let name = self.name();
        if let Some(owner) = self.owner(owner) {
            let belongs_to = belongs_to(owner);
            self.document("policy", PolicyKind::InlinePolicy, &name, belongs_to);
        }
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
