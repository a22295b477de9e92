//! One resource of a plan: which of its attributes are policies, and of what.

use crate::deployed::infrastructure::{
    Announced, AttachedTo, Attachment, BelongsTo, Infrastructure,
};
use crate::deployed::message;
use crate::deployed::reader::Reader;
use crate::deployed::view::View;
use crate::diagnostic::Severity;
use crate::iam::PolicyKind;
use crate::iam::json::Value;

/// A resource and where what is found goes.
pub(super) struct Resource<'v, 'r, 'a> {
    pub(super) address: &'v str,
    pub(super) kind: &'v str,
    /// The last part of the address.
    pub(super) label: &'v str,
    pub(super) entry: View<'v>,
    pub(super) values: View<'v>,
    pub(super) unknown: Option<View<'v>>,
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) out: &'r mut Infrastructure,
}

/// Resource types with a policy on a resource: type, attribute, resource type in AWS, what names the resource, and
/// whether AWS writes a policy where nobody does.
const ON_RESOURCES: [(&str, &str, &str, &str, bool); 11] = [
    (
        "aws_s3_bucket_policy",
        "policy",
        "s3:bucket",
        "bucket",
        false,
    ),
    ("aws_s3_bucket", "policy", "s3:bucket", "bucket", true),
    ("aws_kms_key", "policy", "kms:key", "arn", true),
    ("aws_kms_key_policy", "policy", "kms:key", "key_id", false),
    ("aws_sqs_queue", "policy", "sqs:queue", "arn", true),
    (
        "aws_sqs_queue_policy",
        "policy",
        "sqs:queue",
        "queue_url",
        false,
    ),
    ("aws_sns_topic", "policy", "sns:topic", "arn", true),
    ("aws_sns_topic_policy", "policy", "sns:topic", "arn", false),
    (
        "aws_secretsmanager_secret",
        "policy",
        "secretsmanager:secret",
        "arn",
        true,
    ),
    (
        "aws_secretsmanager_secret_policy",
        "policy",
        "secretsmanager:secret",
        "secret_arn",
        false,
    ),
    ("aws_kms_external_key", "policy", "kms:key", "arn", true),
];

impl<'v> Resource<'v, '_, '_> {
    pub(super) fn read(&mut self) {
        match self.kind {
            "aws_iam_role" => self.role(),
            "aws_iam_user" => {
                let name = self.name();
                self.attach_one("permissions_boundary", AttachedTo::UserBoundary(name));
            }
            "aws_iam_policy" => {
                let name = self.name();
                self.document(
                    "policy",
                    PolicyKind::ManagedPolicy,
                    &name,
                    BelongsTo::Managed,
                );
            }
            "aws_iam_role_policy" => self.inline("role", BelongsTo::Role),
            "aws_iam_user_policy" => self.inline("user", BelongsTo::User),
            "aws_iam_group_policy" => self.inline("group", BelongsTo::Group),
            "aws_iam_role_policy_attachment" => self.attachment("role", AttachedTo::Role),
            "aws_iam_user_policy_attachment" => self.attachment("user", AttachedTo::User),
            "aws_iam_group_policy_attachment" => self.attachment("group", AttachedTo::Group),
            "aws_iam_policy_attachment" => self.attachment_to_many(),
            "aws_organizations_policy" => self.organization(),
            "aws_organizations_policy_attachment" => {
                let target = self.text("target_id");
                if let Some(target) = target {
                    self.attach_one("policy_id", AttachedTo::Target(target));
                }
            }
            _ => self.on_resource(),
        }
    }

    /// The name in AWS, or the label where AWS chooses.
    fn name(&self) -> String {
        let name = self.values.text_of("name");
        name.unwrap_or(self.label).to_owned()
    }

    fn is_unknown(&self, attribute: &str) -> bool {
        self.unknown.is_some_and(|u| {
            u.member(attribute)
                .is_some_and(|v| v.node.value != Value::Bool(false) && !holds_nothing(v))
        })
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
        if self.is_unknown(attribute) {
            let found = message::after_apply(self.entry.span(), self.address, attribute);
            self.reader.findings.push(found);
        }
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

    /// As [`Resource::say_unknown`], where no document is lost by it, or perhaps none.
    fn say_perhaps_unknown(&mut self, attribute: &str) {
        if self.is_unknown(attribute) {
            let mut found = message::after_apply(self.entry.span(), self.address, attribute);
            found.severity = Severity::Warning;
            self.reader.findings.push(found);
        }
    }

    fn role(&mut self) {
        let name = self.name();
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
            let found = message::after_apply(self.entry.span(), self.address, "inline_policy");
            self.reader.findings.push(found);
        }
        if let Some(arns) = self.values.member("managed_policy_arns") {
            for arn in arns.items().filter_map(View::text) {
                self.attached(AttachedTo::Role(name.clone()), arn);
            }
        } else {
            self.say_unknown_set("managed_policy_arns");
        }
        self.attach_one("permissions_boundary", AttachedTo::RoleBoundary(name));
    }

    /// `inline_policy` and `managed_policy_arns` are unknown as a whole wherever nobody wrote them; only parts of what
    /// somebody wrote are worth a word.
    fn has_unknown_inline(&self) -> bool {
        let inline = self.unknown.and_then(|u| u.member("inline_policy"));
        let mut parts = inline.into_iter().flat_map(View::items);
        parts.any(|p| p.is_true("policy"))
    }

    fn say_unknown_set(&mut self, attribute: &str) {
        let set = self.unknown.and_then(|u| u.member(attribute));
        let mut items = set.into_iter().flat_map(View::items);
        if items.any(|i| i.node.value == Value::Bool(true)) {
            self.say_unknown(attribute);
        }
    }

    fn inline(&mut self, owner: &str, belongs_to: fn(String) -> BelongsTo) {
        let name = self.name();
        if let Some(owner) = self.text(owner) {
            let belongs_to = belongs_to(owner);
            self.document("policy", PolicyKind::InlinePolicy, &name, belongs_to);
        }
    }

    fn attachment(&mut self, holder: &str, to: fn(String) -> AttachedTo) {
        if let Some(holder) = self.text(holder) {
            self.attach_one("policy_arn", to(holder));
        }
    }

    fn attachment_to_many(&mut self) {
        let Some(arn) = self.text("policy_arn") else {
            return;
        };
        self.attached_to_each("roles", AttachedTo::Role, &arn);
        self.attached_to_each("users", AttachedTo::User, &arn);
        self.attached_to_each("groups", AttachedTo::Group, &arn);
    }

    fn attached_to_each(&mut self, list: &str, to: impl Fn(String) -> AttachedTo, arn: &str) {
        let Some(names) = self.values.member(list) else {
            self.say_unknown(list);
            return;
        };
        for name in names.items().filter_map(View::text) {
            self.attached(to(name.to_owned()), arn);
        }
    }

    fn attach_one(&mut self, attribute: &str, to: AttachedTo) {
        match self.values.text_of(attribute) {
            Some("") => {}
            Some(policy) => self.attached(to, policy),
            // A policy made by the same plan has no ARN yet; its document is read all the same.
            None => self.say_perhaps_unknown(attribute),
        }
    }

    fn attached(&mut self, to: AttachedTo, policy: &str) {
        self.out.attachments.push(Attachment {
            address: self.address.to_owned(),
            to,
            policy: policy.to_owned(),
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
        let found = ON_RESOURCES.iter().find(|(kind, ..)| *kind == self.kind);
        let Some((_, attribute, resource_type, named_by, by_default)) = found else {
            return;
        };
        // The provider also calls a policy unknown that nobody wrote and AWS fills in.
        if *by_default && self.values.member(attribute).is_none() {
            return self.say_perhaps_unknown(attribute);
        }
        let resource = self.values.text_of(named_by).map(str::to_owned);
        let name = resource.clone().unwrap_or_else(|| self.label.to_owned());
        let belongs_to = BelongsTo::Resource {
            resource_type,
            resource,
        };
        self.document(attribute, PolicyKind::ResourcePolicy, &name, belongs_to);
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
