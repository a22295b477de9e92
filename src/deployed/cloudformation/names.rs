//! What names stand for: parameters, pseudo parameters, resources with their names and ARNs.

use super::resolve::{Resolver, Unknown, text_node, unknown};
use crate::deployed::view::View;
use crate::iam::json::{Extent, Node, Value};

/// Resource types whose name the template can give: type, property, and their ARNs behind the partition. `R` is the
/// region, `A` the account, `N` path and name.
const NAMED: [(&str, &str, &str); 13] = [
    ("AWS::IAM::Role", "RoleName", "iam::A:role/N"),
    ("AWS::IAM::User", "UserName", "iam::A:user/N"),
    ("AWS::IAM::Group", "GroupName", "iam::A:group/N"),
    (
        "AWS::IAM::ManagedPolicy",
        "ManagedPolicyName",
        "iam::A:policy/N",
    ),
    ("AWS::S3::Bucket", "BucketName", "s3:::N"),
    ("AWS::SQS::Queue", "QueueName", "sqs:R:A:N"),
    ("AWS::SNS::Topic", "TopicName", "sns:R:A:N"),
    ("AWS::DynamoDB::Table", "TableName", "dynamodb:R:A:table/N"),
    (
        "AWS::Lambda::Function",
        "FunctionName",
        "lambda:R:A:function:N",
    ),
    (
        "AWS::Logs::LogGroup",
        "LogGroupName",
        "logs:R:A:log-group:N:*",
    ),
    (
        "AWS::ECR::Repository",
        "RepositoryName",
        "ecr:R:A:repository/N",
    ),
    (
        "AWS::StepFunctions::StateMachine",
        "StateMachineName",
        "states:R:A:stateMachine:N",
    ),
    ("AWS::Kinesis::Stream", "Name", "kinesis:R:A:stream/N"),
];

/// Types of which `Ref` gives the ARN.
const REF_IS_ARN: [&str; 3] = [
    "AWS::SNS::Topic",
    "AWS::IAM::ManagedPolicy",
    "AWS::StepFunctions::StateMachine",
];

impl<'v> Resolver<'v> {
    /// What `Ref` gives.
    pub(super) fn reference(&self, at: Extent, id: &str, depth: usize) -> Result<Node, Unknown> {
        if id.starts_with("AWS::") {
            return self.pseudo(at, id).map(|text| text_node(at, text));
        }
        let parameters = self.template.member("Parameters");
        if let Some(parameter) = parameters.and_then(|p| p.member(id)) {
            return self.parameter(at, id, parameter);
        }
        let Some(resource) = self.resource(id) else {
            return unknown(at, format!("the template does not declare `{id}`"));
        };
        let kind = resource.text_of("Type").unwrap_or("");
        let text = match REF_IS_ARN.contains(&kind) {
            true => self.arn(at, id, depth),
            false => self.physical_name(at, id, depth),
        };
        text.map(|text| text_node(at, text))
    }

    fn resource(&self, id: &str) -> Option<View<'v>> {
        self.template.member("Resources")?.member(id)
    }

    fn pseudo(&self, at: Extent, id: &str) -> Result<String, Unknown> {
        let settings = self.settings;
        let (value, help) = match id {
            "AWS::AccountId" => (settings.account.clone(), "; `--account` gives it"),
            "AWS::Region" => (settings.region.clone(), "; `--region` gives it"),
            "AWS::Partition" => (settings.partition(), "; `--region` gives it"),
            "AWS::URLSuffix" => {
                let suffix = settings.partition().map(|p| match p.as_str() {
                    "aws-cn" => "amazonaws.com.cn".to_owned(),
                    _ => "amazonaws.com".to_owned(),
                });
                (suffix, "; `--region` gives it")
            }
            "AWS::StackName" => (settings.stack.clone(), ""),
            _ => (None, ""),
        };
        match value {
            Some(value) => Ok(value),
            None => unknown(at, format!("`{id}` is not known{help}")),
        }
    }

    /// A value that is given, or the default.
    fn parameter(&self, at: Extent, id: &str, parameter: View<'v>) -> Result<Node, Unknown> {
        let kind = parameter.text_of("Type").unwrap_or("String");
        if kind.starts_with("AWS::SSM::") {
            return unknown(
                at,
                format!("the parameter `{id}` is looked up at deployment"),
            );
        }
        let text = match self.settings.parameters.get(id) {
            Some(given) => given.clone(),
            None => match parameter.member("Default").map(|d| &d.node.value) {
                Some(Value::Text(text) | Value::Number(text)) => text.clone(),
                Some(Value::Bool(yes)) => yes.to_string(),
                _ => {
                    let why = format!(
                        "the parameter `{id}` has no default; `--parameter {id}=…` gives it"
                    );
                    return unknown(at, why);
                }
            },
        };
        if kind != "CommaDelimitedList" && !kind.starts_with("List<") {
            return Ok(text_node(at, text));
        }
        let items = text.split(',').map(|i| text_node(at, i.trim().to_owned()));
        let value = Value::List(items.collect());
        Ok(Node { at, value })
    }

    /// The name that the template gives a resource.
    fn physical_name(&self, at: Extent, id: &str, depth: usize) -> Result<String, Unknown> {
        let resource = self.resource(id);
        let kind = resource.and_then(|r| r.text_of("Type")).unwrap_or("");
        let Some((_, property, _)) = NAMED.iter().find(|(k, ..)| *k == kind) else {
            let why = format!("`{id}`, an `{kind}`, has its name after deployment only");
            return unknown(at, why);
        };
        let properties = resource.and_then(|r| r.member("Properties"));
        match properties.and_then(|p| p.member(property)) {
            Some(name) => self.text_at(name.node, depth + 1),
            None => {
                let why =
                    format!("`{id}` has no `{property}`: its name is known after deployment only");
                unknown(at, why)
            }
        }
    }

    /// `Fn::GetAtt`: a path, or a list of a name and an attribute.
    pub(super) fn attribute(&self, argument: &Node, depth: usize) -> Result<String, Unknown> {
        let at = argument.at;
        let path = match &argument.value {
            Value::Text(path) => path.clone(),
            Value::List(parts) => {
                let texts: Result<Vec<String>, Unknown> =
                    parts.iter().map(|p| self.text_at(p, depth)).collect();
                texts?.join(".")
            }
            _ => String::new(),
        };
        match path.split_once('.') {
            Some((id, "Arn" | "TopicArn" | "PolicyArn")) if self.resource(id).is_some() => {
                self.arn(at, id, depth)
            }
            Some(_) => unknown(at, format!("`{path}` is known after deployment only")),
            None => unknown(at, "a `Fn::GetAtt` that names no resource and attribute"),
        }
    }

    fn arn(&self, at: Extent, id: &str, depth: usize) -> Result<String, Unknown> {
        let resource = self.resource(id);
        let kind = resource.and_then(|r| r.text_of("Type")).unwrap_or("");
        let Some((_, _, form)) = NAMED.iter().find(|(k, ..)| *k == kind) else {
            let why = format!("the ARN of `{id}`, an `{kind}`, is known after deployment only");
            return unknown(at, why);
        };
        let name = self.physical_name(at, id, depth)?;
        let path = resource
            .and_then(|r| r.member("Properties"))
            .and_then(|p| p.member("Path"));
        let path = match path.filter(|_| form.starts_with("iam:")) {
            Some(path) => self.text_at(path.node, depth + 1)?,
            None => "/".to_owned(),
        };
        let mut out = format!("arn:{}:", self.pseudo(at, "AWS::Partition")?);
        for part in form.chars() {
            match part {
                'R' => out += &self.pseudo(at, "AWS::Region")?,
                'A' => out += &self.pseudo(at, "AWS::AccountId")?,
                'N' => {
                    out += path.trim_start_matches('/');
                    out += &name;
                }
                other => out.push(other),
            }
        }
        Ok(out)
    }
}
