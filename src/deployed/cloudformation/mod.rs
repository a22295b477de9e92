//! CloudFormation templates, in JSON or YAML.
//!
//! In: the files, and what they are deployed with. Out: the documents of their resources, by logical id, with whom they
//! belong to. Functions are computed where the template tells their values; whatever only deployment tells is named and
//! never guessed, and so is a resource that stands under a condition which is not decided.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

mod condition;
mod holder;
mod identity;
mod names;
mod resolve;
mod resource;
mod yaml;

use indexmap::IndexMap;

use super::form::Form;
use super::infrastructure::Infrastructure;
use super::message;
use super::reader::Reader;
use super::view::View;
use crate::catalogue::Catalogue;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::iam::json::{MAX_BYTES, Node};
use crate::source::{SourceId, SourceMap, Span};
use resolve::{Resolver, Unknown};
use resource::Template;

/// What a template is deployed with; what is not given is not known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Values of parameters; they go before the defaults.
    pub parameters: IndexMap<String, String>,
    /// `AWS::AccountId`
    pub account: Option<String>,
    /// `AWS::Region`, which also tells the partition.
    pub region: Option<String>,
    /// `AWS::Partition` where the region does not tell it
    pub partition: Option<String>,
    /// `AWS::StackName`
    pub stack: Option<String>,
}

impl Settings {
    fn partition(&self) -> Option<String> {
        let Some(region) = self.region.as_deref() else {
            return self.partition.clone();
        };
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
        findings.push(message::nothing_found(files, "policy", help));
    }
    diagnostic::sort(&mut findings);
    (templates.out, findings)
}

struct Templates<'a> {
    reader: Reader<'a>,
    out: Infrastructure,
}

impl Templates<'_> {
    /// JSON where it begins as JSON, else YAML.
    fn tree(&mut self, file: SourceId) -> Option<Node> {
        let source = self.reader.sources.get(file)?;
        if source.text.trim_start().starts_with('{') {
            return self.reader.tree(file);
        }
        if source.text.trim_start().is_empty() {
            let found = message::empty_file(self.reader.start(file));
            self.reader.findings.push(found);
            return None;
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
        let file = View::new(tree, file);
        // `aws cloudformation get-template` prints a template in JSON as an object.
        let printed = file.member("TemplateBody").filter(|t| t.is_map());
        let template = printed.unwrap_or(file);
        let Some(resources) = template.member("Resources").filter(|r| r.is_map()) else {
            let text = self.reader.sources.get(file.source);
            let text = text.map_or("", |s| s.text.as_str());
            let form = Form::of_node(tree).or_else(|| Form::of_text(text));
            let found = message::other_file(
                self.reader.start(file.source),
                "a CloudFormation template",
                "expected an object with `Resources`",
                form.filter(|form| *form != Form::Template),
            );
            return self.reader.findings.push(found);
        };
        self.what_is_not_read(template);
        let resolver = Resolver::new(template, settings);
        let mut reading = Template::new(resolver, &mut self.reader, &mut self.out);
        reading.declare(resources);
        for (id, resource) in resources.members() {
            reading.read(id, resource);
        }
    }

    /// Macros and loops make resources that are not in the file.
    fn what_is_not_read(&mut self, template: View<'_>) {
        let mut nested = Vec::new();
        let mut say = |at: View<'_>, what: String| {
            let help = "`aws cloudformation get-template --template-stage Processed` prints what it becomes";
            self.reader
                .findings
                .push(message::incomplete(at.span(), what, help));
        };
        if let Some(transform) = template.member("Transform") {
            say(
                transform,
                "what the template's `Transform` adds is not read".to_owned(),
            );
        }
        for (id, resource) in template
            .member("Resources")
            .into_iter()
            .flat_map(View::members)
        {
            if id.starts_with("Fn::") {
                say(resource, format!("`{id}` is not unrolled"));
            }
            if resource.text_of("Type") == Some("AWS::CloudFormation::Stack") {
                let message = format!("the nested stack `{id}` is not read");
                let help = "give its template with another `--cloudformation`";
                nested.push(message::incomplete(resource.span(), message, help));
            }
        }
        self.reader.findings.extend(nested);
    }

    fn unknown(reader: &mut Reader<'_>, source: SourceId, what: &str, unknown: Unknown) {
        let range = unknown.at.range();
        let span = Span::new(source, range.start, range.end);
        let found = message::before_deployment(span, what, &unknown.why);
        reader.findings.push(found);
    }
}
