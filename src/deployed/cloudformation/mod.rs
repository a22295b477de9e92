//! CloudFormation templates, in JSON or YAML.
//!
//! In: the files, and what they are deployed with. Out: the documents of their resources, by logical id. `Ref` of
//! parameters and pseudo parameters, `Sub` and `Join` are resolved; every other function, and whatever only deployment
//! tells, is named and never guessed.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

mod resolve;
mod yaml;

use indexmap::IndexMap;

use super::infrastructure::{Announced, BelongsTo, Infrastructure};
use super::message;
use super::reader::Reader;
use super::view::{View, looks_like};
use crate::catalogue::Catalogue;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::iam::PolicyKind;
use crate::iam::json::{MAX_BYTES, Node};
use crate::source::{SourceId, SourceMap, Span};
use resolve::{Resolver, Unknown};

/// What a template is deployed with; what is not given is not known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Values of parameters; they go before the defaults.
    pub parameters: IndexMap<String, String>,
    /// `AWS::AccountId`
    pub account: Option<String>,
    /// `AWS::Region`, which also tells the partition.
    pub region: Option<String>,
    /// `AWS::StackName`
    pub stack: Option<String>,
}

/// The property that holds an owner's name, and what a document of that owner is.
type Owner = (&'static str, fn(String) -> BelongsTo);

impl Settings {
    fn partition(&self) -> Option<String> {
        let region = self.region.as_deref()?;
        let partition = match region {
            cn if cn.starts_with("cn-") => "aws-cn",
            gov if gov.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        Some(partition.to_owned())
    }
}

/// Reads templates.
pub fn read(
    files: &[SourceId],
    sources: &SourceMap,
    catalogue: &Catalogue,
    settings: &Settings,
) -> (Infrastructure, Vec<Diagnostic>) {
    let mut templates = Templates {
        reader: Reader::new(sources, catalogue),
        out: Infrastructure::default(),
    };
    for file in files {
        if let Some(tree) = templates.tree(*file) {
            templates.file(&tree, *file, settings);
        }
    }
    let mut findings = templates.reader.findings;
    if templates.out.documents.is_empty() && !diagnostic::has_errors(&findings) {
        let help = "no resource of the template has a policy that Bailiwick knows; docs/deployed.md lists them";
        findings.push(message::nothing_found("policy", help));
    }
    diagnostic::sort(&mut findings);
    (templates.out, findings)
}

struct Templates<'a> {
    reader: Reader<'a>,
    out: Infrastructure,
}

/// Types with a policy on a resource: type, property, and the resource's type.
const ON_RESOURCES: [(&str, &str, &str); 5] = [
    ("AWS::S3::BucketPolicy", "PolicyDocument", "s3:bucket"),
    ("AWS::KMS::Key", "KeyPolicy", "kms:key"),
    ("AWS::SQS::QueuePolicy", "PolicyDocument", "sqs:queue"),
    ("AWS::SNS::TopicPolicy", "PolicyDocument", "sns:topic"),
    (
        "AWS::SecretsManager::ResourcePolicy",
        "ResourcePolicy",
        "secretsmanager:secret",
    ),
];

impl Templates<'_> {
    /// JSON where it begins as JSON, else YAML.
    fn tree(&mut self, file: SourceId) -> Option<Node> {
        let source = self.reader.sources.get(file)?;
        if source.text.trim_start().starts_with('{') {
            return self.reader.tree(file);
        }
        if source.text.len() > MAX_BYTES {
            let message = format!("the template has more than {MAX_BYTES} bytes");
            let span = self.reader.start(file);
            let found = Diagnostic::error(Code::InvalidExport, message, span, "");
            self.reader.findings.push(found);
            return None;
        }
        match yaml::parse(&source.text) {
            Ok(node) => Some(node),
            Err(fault) => {
                let found = message::fault(Code::InvalidExport, "", fault, file);
                self.reader.findings.push(found);
                None
            }
        }
    }

    fn file(&mut self, tree: &Node, file: SourceId, settings: &Settings) {
        let template = View::new(tree, file);
        let Some(resources) = template.member("Resources").filter(|r| r.is_map()) else {
            let found = message::other_file(
                self.reader.start(file),
                "a CloudFormation template",
                "expected an object with `Resources`".to_owned(),
                looks_like(template),
            );
            return self.reader.findings.push(found);
        };
        let resolver = Resolver { template, settings };
        for (id, resource) in resources.members() {
            let kind = resource.text_of("Type").unwrap_or("");
            if let Some(properties) = resource.member("Properties") {
                self.resource(&resolver, id, kind, properties);
            }
        }
    }

    fn resource(&mut self, resolver: &Resolver<'_>, id: &str, kind: &str, at: View<'_>) {
        let named = |property: &str| {
            let name = at.member(property);
            let name = name.and_then(|n| resolver.text(n.node).ok());
            name.unwrap_or_else(|| id.to_owned())
        };
        let document = at.member("PolicyDocument");
        let owner: Option<Owner> = match kind {
            "AWS::IAM::Role" => Some(("RoleName", BelongsTo::Role)),
            "AWS::IAM::User" => Some(("UserName", BelongsTo::User)),
            "AWS::IAM::Group" => Some(("GroupName", BelongsTo::Group)),
            _ => None,
        };
        if let Some((property, belongs_to)) = owner {
            let name = named(property);
            let trust = at.member("AssumeRolePolicyDocument");
            let of = BelongsTo::Trust(name.clone());
            self.document(resolver, trust, (id, &name, PolicyKind::Trust), of);
            for inline in self.reader.objects(at, "Policies") {
                let own = inline.member("PolicyName");
                let own = own.and_then(|n| resolver.text(n.node).ok());
                let own = own.unwrap_or_else(|| id.to_owned());
                let document = inline.member("PolicyDocument");
                let what = (id, own.as_str(), PolicyKind::InlinePolicy);
                self.document(resolver, document, what, belongs_to(name.clone()));
            }
            return;
        }
        let inline: Option<Owner> = match kind {
            "AWS::IAM::RolePolicy" => Some(("RoleName", BelongsTo::Role)),
            "AWS::IAM::UserPolicy" => Some(("UserName", BelongsTo::User)),
            "AWS::IAM::GroupPolicy" => Some(("GroupName", BelongsTo::Group)),
            _ => None,
        };
        if let Some((property, belongs_to)) = inline {
            let what = (id, &*named("PolicyName"), PolicyKind::InlinePolicy);
            return self.document(resolver, document, what, belongs_to(named(property)));
        }
        match kind {
            // `AWS::IAM::Policy` is put inline into each of its roles, users and groups.
            "AWS::IAM::Policy" => {
                let what = (id, &*named("PolicyName"), PolicyKind::InlinePolicy);
                self.document(resolver, document, what, BelongsTo::Managed);
            }
            "AWS::IAM::ManagedPolicy" => {
                let what = (id, &*named("ManagedPolicyName"), PolicyKind::ManagedPolicy);
                self.document(resolver, document, what, BelongsTo::Managed);
            }
            "AWS::Organizations::Policy" => {
                let kind = match at.text_of("Type") {
                    Some("RESOURCE_CONTROL_POLICY") => PolicyKind::Rcp,
                    Some("SERVICE_CONTROL_POLICY") => PolicyKind::Scp,
                    _ => return,
                };
                let content = at.member("Content");
                let what = (id, &*named("Name"), kind);
                self.document(resolver, content, what, BelongsTo::Organization);
            }
            _ => {
                let found = ON_RESOURCES.iter().find(|(k, ..)| *k == kind);
                if let Some((_, property, resource_type)) = found {
                    let belongs_to = BelongsTo::Resource {
                        resource_type,
                        resource: None,
                    };
                    let what = (id, id, PolicyKind::ResourcePolicy);
                    self.document(resolver, at.member(property), what, belongs_to);
                }
            }
        }
    }

    fn document(
        &mut self,
        resolver: &Resolver<'_>,
        at: Option<View<'_>>,
        (address, name, kind): (&str, &str, PolicyKind),
        belongs_to: BelongsTo,
    ) {
        let Some(at) = at else {
            return;
        };
        match resolver.resolve(at.node) {
            Ok(Some(node)) => {
                let what = Announced {
                    address,
                    name,
                    kind,
                    belongs_to,
                };
                let view = View::new(&node, at.source);
                self.out.take(&mut self.reader, view, what);
            }
            Ok(None) => {}
            Err(Unknown { at: place, what }) => {
                let range = place.range();
                let span = Span::new(at.source, range.start, range.end);
                let message =
                    format!("policy of `{address}`: {what} is known only when it is deployed");
                let found = Diagnostic::error(Code::UnresolvedValue, message, span, "");
                self.reader.findings.push(found);
            }
        }
    }
}
