//! CloudFormation's functions, as far as a template by itself says what they give.
//!
//! `Ref`, `Fn::Sub`, `Fn::GetAtt`, `Fn::Join`, `Fn::Select` and `Fn::Split` are computed from parameters with defaults,
//! pseudo parameters and resources whose names the template gives. Everything else is named, never guessed.

use serde_json::{Map, Value};

use crate::import::model::{Ambient, Fill};

/// Values within values that are followed.
const DEPTH: usize = 64;

/// What a template knows.
pub(super) struct Scope<'a> {
    pub parameters: Option<&'a Map<String, Value>>,
    pub resources: Option<&'a Map<String, Value>>,
    pub ambient: &'a Ambient,
}

/// Why a value is not known.
type Unknown = String;

impl Scope<'_> {
    /// The value with every function computed.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value, Unknown> {
        self.at(value, 0)
    }

    /// A value that has to be text.
    pub(super) fn text(&self, value: &Value) -> Result<String, Unknown> {
        self.text_at(value, 0)
    }

    fn text_at(&self, value: &Value, depth: usize) -> Result<String, Unknown> {
        match self.at(value, depth)? {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(value) => Ok(value.to_string()),
            _ => Err("a list or an object stands where text should".to_owned()),
        }
    }

    fn at(&self, value: &Value, depth: usize) -> Result<Value, Unknown> {
        if depth > DEPTH {
            return Err("its values lead to one another in a circle".to_owned());
        }
        match value {
            Value::Array(list) => {
                let list: Result<Vec<Value>, Unknown> =
                    list.iter().map(|v| self.at(v, depth + 1)).collect();
                Ok(Value::Array(
                    list?.into_iter().filter(|v| !v.is_null()).collect(),
                ))
            }
            Value::Object(map) => {
                if let (1, Some((name, argument))) = (map.len(), map.iter().next())
                    && is_function(name)
                {
                    return self.call(name, argument, depth + 1);
                }
                let mut out = Map::new();
                for (key, value) in map {
                    let value = self.at(value, depth + 1)?;
                    if !value.is_null() {
                        out.insert(key.clone(), value);
                    }
                }
                Ok(Value::Object(out))
            }
            plain => Ok(plain.clone()),
        }
    }

    fn call(&self, name: &str, argument: &Value, depth: usize) -> Result<Value, Unknown> {
        match name {
            "Ref" => match argument.as_str() {
                Some("AWS::NoValue") => Ok(Value::Null),
                Some(target) => self.reference(target, depth),
                None => Err("a `Ref` without a name".to_owned()),
            },
            "Fn::GetAtt" => self.attribute(argument, depth).map(Value::String),
            "Fn::Sub" => self.substitute(argument, depth).map(Value::String),
            "Fn::Join" => self.join(argument, depth).map(Value::String),
            "Fn::Select" => self.select(argument, depth),
            "Fn::Split" => self.split(argument, depth),
            other => Err(format!("`{other}` is known after deployment only")),
        }
    }

    fn reference(&self, target: &str, depth: usize) -> Result<Value, Unknown> {
        let text = |text: &str| Ok(Value::String(text.to_owned()));
        let unknown = |help: &str| Err(format!("`Ref {target}` is not known{help}"));
        match target {
            "AWS::Partition" => return text(&self.ambient.partition),
            "AWS::URLSuffix" => return text("amazonaws.com"),
            "AWS::AccountId" => {
                return match &self.ambient.account {
                    Fill::Id(id) => text(id),
                    Fill::Any | Fill::Unknown => unknown("; `--account` gives it"),
                };
            }
            "AWS::Region" => {
                return match self.ambient.regions.as_slice() {
                    [region] => text(region),
                    _ => unknown("; `--region` gives it"),
                };
            }
            _ => {}
        }
        if let Some(parameter) = self.parameters.and_then(|p| p.get(target)) {
            let default = parameter.get("Default");
            let list = parameter
                .get("Type")
                .and_then(Value::as_str)
                .is_some_and(|t| t.contains("List"));
            return match default {
                Some(Value::String(items)) if list => Ok(items
                    .split(',')
                    .map(|i| Value::String(i.trim().to_owned()))
                    .collect()),
                Some(Value::Number(number)) => Ok(Value::String(number.to_string())),
                Some(default) => Ok(default.clone()),
                None => unknown(": the parameter has no default"),
            };
        }
        match self.resources.and_then(|r| r.get(target)) {
            Some(resource) => self.identity(target, resource, depth).map(Value::String),
            None => unknown(": the template does not declare it"),
        }
    }

    /// What `Ref` gives of a resource.
    fn identity(&self, target: &str, resource: &Value, depth: usize) -> Result<String, Unknown> {
        match type_of(resource) {
            "AWS::SNS::Topic" => self.arn(target, resource, depth),
            "AWS::IAM::ManagedPolicy" => self.arn(target, resource, depth),
            _ => self.physical_name(target, resource, depth),
        }
    }

    /// The name that the template gives a resource.
    fn physical_name(
        &self,
        target: &str,
        resource: &Value,
        depth: usize,
    ) -> Result<String, Unknown> {
        let property = match type_of(resource) {
            "AWS::IAM::Role" => "RoleName",
            "AWS::IAM::User" => "UserName",
            "AWS::IAM::Group" => "GroupName",
            "AWS::IAM::ManagedPolicy" => "ManagedPolicyName",
            "AWS::S3::Bucket" => "BucketName",
            "AWS::SQS::Queue" => "QueueName",
            "AWS::SNS::Topic" => "TopicName",
            "AWS::DynamoDB::Table" => "TableName",
            "AWS::Lambda::Function" => "FunctionName",
            other => {
                return Err(format!(
                    "`{target}`, a `{other}`, has its name after deployment only"
                ));
            }
        };
        match resource.get("Properties").and_then(|p| p.get(property)) {
            Some(name) => self.text_at(name, depth),
            None => Err(format!(
                "`{target}` has no `{property}`: its name is known after deployment only"
            )),
        }
    }

    fn attribute(&self, argument: &Value, depth: usize) -> Result<String, Unknown> {
        let pair = match argument {
            Value::String(text) => text
                .split_once('.')
                .map(|(a, b)| (a.to_owned(), b.to_owned())),
            Value::Array(list) => match list.as_slice() {
                [Value::String(a), Value::String(b)] => Some((a.clone(), b.clone())),
                _ => None,
            },
            _ => None,
        };
        let Some((target, attribute)) = pair else {
            return Err("a `Fn::GetAtt` that names no resource and attribute".to_owned());
        };
        let resource = self.resources.and_then(|r| r.get(&target));
        match (resource, attribute.as_str()) {
            (Some(resource), "Arn" | "TopicArn") => self.arn(&target, resource, depth),
            _ => Err(format!(
                "`{target}.{attribute}` is known after deployment only"
            )),
        }
    }

    fn arn(&self, target: &str, resource: &Value, depth: usize) -> Result<String, Unknown> {
        let name = self.physical_name(target, resource, depth)?;
        let pseudo = |name: &str| self.text_at(&serde_json::json!({ "Ref": name }), depth);
        let path = resource.get("Properties").and_then(|p| p.get("Path"));
        let path = path.map_or(Ok("/".to_owned()), |p| self.text_at(p, depth))?;
        let partition = &self.ambient.partition;
        let placed = |service: &str, kind: &str| -> Result<String, Unknown> {
            let (region, account) = (pseudo("AWS::Region")?, pseudo("AWS::AccountId")?);
            Ok(format!(
                "arn:{partition}:{service}:{region}:{account}:{kind}{name}"
            ))
        };
        let identity = |kind: &str| -> Result<String, Unknown> {
            Ok(format!(
                "arn:{partition}:iam::{}:{kind}{path}{name}",
                pseudo("AWS::AccountId")?
            ))
        };
        match type_of(resource) {
            "AWS::S3::Bucket" => Ok(format!("arn:{partition}:s3:::{name}")),
            "AWS::IAM::Role" => identity("role"),
            "AWS::IAM::User" => identity("user"),
            "AWS::IAM::Group" => identity("group"),
            "AWS::IAM::ManagedPolicy" => identity("policy"),
            "AWS::SQS::Queue" => placed("sqs", ""),
            "AWS::SNS::Topic" => placed("sns", ""),
            "AWS::DynamoDB::Table" => placed("dynamodb", "table/"),
            "AWS::Lambda::Function" => placed("lambda", "function:"),
            other => Err(format!(
                "the ARN of `{target}`, a `{other}`, is known after deployment only"
            )),
        }
    }

    /// `arn:aws:s3:::${Bucket}/*`; `${!x}` stays as `${x}`, a policy variable.
    fn substitute(&self, argument: &Value, depth: usize) -> Result<String, Unknown> {
        let (text, own) = match argument {
            Value::String(text) => (text.as_str(), None),
            Value::Array(list) => match list.as_slice() {
                [Value::String(text), Value::Object(own)] => (text.as_str(), Some(own)),
                _ => return Err("a `Fn::Sub` without text".to_owned()),
            },
            _ => return Err("a `Fn::Sub` without text".to_owned()),
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, tail)) = after.split_once('}') else {
                return Err("a `Fn::Sub` with a `${` that is not closed".to_owned());
            };
            rest = tail;
            if let Some(literal) = name.strip_prefix('!') {
                out.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let value = match own.and_then(|own| own.get(name)) {
                Some(value) => self.text_at(value, depth)?,
                None if name.contains('.') => {
                    self.attribute(&Value::String(name.to_owned()), depth)?
                }
                None => self.text_at(&serde_json::json!({ "Ref": name }), depth)?,
            };
            out.push_str(&value);
        }
        out.push_str(rest);
        Ok(out)
    }

    fn list(&self, value: Option<&Value>, depth: usize) -> Result<Vec<Value>, Unknown> {
        match value.map(|v| self.at(v, depth)).transpose()? {
            Some(Value::Array(list)) => Ok(list),
            _ => Err("a function that wants a list has none".to_owned()),
        }
    }

    fn join(&self, argument: &Value, depth: usize) -> Result<String, Unknown> {
        let between = argument.get(0).and_then(Value::as_str).unwrap_or_default();
        let list = self.list(argument.get(1), depth)?;
        let texts: Result<Vec<String>, Unknown> =
            list.iter().map(|v| self.text_at(v, depth)).collect();
        Ok(texts?.join(between))
    }

    fn select(&self, argument: &Value, depth: usize) -> Result<Value, Unknown> {
        let index = argument
            .get(0)
            .map(|v| self.text_at(v, depth))
            .transpose()?;
        let index = index.and_then(|i| i.parse::<usize>().ok());
        let list = self.list(argument.get(1), depth)?;
        let found = index.and_then(|i| list.get(i).cloned());
        found.ok_or_else(|| "a `Fn::Select` of what is not there".to_owned())
    }

    fn split(&self, argument: &Value, depth: usize) -> Result<Value, Unknown> {
        let at = argument
            .get(0)
            .and_then(Value::as_str)
            .filter(|s| !s.is_empty());
        match (at, argument.get(1)) {
            (Some(at), Some(text)) => {
                let text = self.text_at(text, depth)?;
                Ok(text
                    .split(at)
                    .map(|part| Value::String(part.to_owned()))
                    .collect())
            }
            _ => Err("a `Fn::Split` without its parts".to_owned()),
        }
    }
}

fn is_function(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::")
}

/// `AWS::IAM::Role`
pub(super) fn type_of(resource: &Value) -> &str {
    resource
        .get("Type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
