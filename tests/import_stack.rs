//! Terraform plans and CloudFormation templates become proved sources; what is not known yet is named.
//!
//! Each case of tests/import_stack has its source and its findings beside it; `BLESS=1 cargo test --test import_stack`
//! writes them anew.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and reads its cases from the disk"
)]

use std::path::Path;

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::{cloudformation, terraform};
use bailiwick::diagnostic::{self, Diagnostic};
use bailiwick::driver::import::{Deployment, import};
use bailiwick::import::{self, Ambient, Fill, Levels, Module, Names, Options, Style};
use bailiwick::source::SourceMap;

const ACCOUNT: &str = "111111111111";

#[derive(Clone, Copy)]
enum Tool {
    Terraform,
    CloudFormation,
}
use Tool::{CloudFormation, Terraform};

/// What a text declares, and the findings about it, in the order of the text.
fn read(name: &str, text: &str, tool: Tool) -> (Module, Vec<String>) {
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let files = [sources.add(name, text)];
    let settings = cloudformation::Settings {
        account: Some(ACCOUNT.to_owned()),
        partition: Some("aws".to_owned()),
        ..cloudformation::Settings::default()
    };
    let (read, mut found) = match tool {
        Terraform => terraform::read(&files, &sources, catalogue),
        CloudFormation => cloudformation::read(&files, &sources, catalogue, &settings),
    };
    let ambient = Ambient {
        account: Fill::Id(ACCOUNT.to_owned()),
        ..Ambient::unknown()
    };
    let (module, lost) = import::stack(read, &ambient, &sources, &mut Names::default(), catalogue);
    found.extend(lost);
    diagnostic::sort(&mut found);
    let messages = found.iter().map(|d| message(d, &sources)).collect();
    (module, messages)
}

fn message(found: &Diagnostic, sources: &SourceMap) -> String {
    let at = found.primary.as_ref().and_then(|l| sources.locate(l.span));
    let place = at.map_or_else(String::new, |(_, at)| {
        format!("{}:{}: ", at.line, at.column)
    });
    format!("{place}{}: {}", found.code.as_str(), found.message)
}

fn case(name: &str, tool: Tool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import_stack");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let (module, messages) = read(name, &text, tool);
    let options = Options {
        style: Style::Factored,
        levels: Levels::Spelt,
    };
    let deployment = Deployment::Standalone(Some(ACCOUNT.to_owned()));
    let imported = import(vec![module], &deployment, options, Catalogue::embedded());
    let (documents, equal) = imported.counts();
    assert_eq!(documents, equal, "{:?}", imported.proofs);
    let mut found = String::new();
    for message in messages {
        found += &format!("// {message}\n");
    }
    for (_, text) in &imported.files {
        found += &format!("\n{text}");
    }
    let golden = folder.join(name).with_extension("bw");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&golden, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(&golden).unwrap_or_default();
    assert!(wanted == found, "{name}: found\n{found}");
}

#[test]
fn a_terraform_plan() {
    case("plan.json", Terraform);
}

#[test]
fn a_cloudformation_template() {
    case("template.yaml", CloudFormation);
}

/// Providers of several accounts, modules, `count`, `for_each`: nothing becomes part of something else.
#[test]
fn resources_of_the_same_name() {
    case("same_names.json", Terraform);
}

/// Two states, each of an account, with the same addresses and names.
#[test]
fn states_of_several_accounts() {
    let state = |account: &str| {
        format!(
            r#"{{"format_version": "1.0", "values": {{"root_module": {{"resources": [
            {{"address": "aws_iam_role.app", "mode": "managed", "type": "aws_iam_role", "name": "app", "values": {{
              "name": "app", "arn": "arn:aws:iam::{account}:role/app", "assume_role_policy":
              "{{\"Statement\": {{\"Effect\": \"Allow\", \"Principal\": {{\"Service\": \"ec2.amazonaws.com\"}}, \"Action\": \"sts:AssumeRole\"}}}}"}}}},
            {{"address": "aws_iam_policy.read", "mode": "managed", "type": "aws_iam_policy", "name": "read", "values": {{
              "name": "read", "arn": "arn:aws:iam::{account}:policy/read", "policy":
              "{{\"Statement\": {{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::{account}/*\"}}}}"}}}},
            {{"address": "aws_iam_role_policy_attachment.a", "mode": "managed", "type": "aws_iam_role_policy_attachment", "name": "a",
              "values": {{"role": "app", "policy_arn": "arn:aws:iam::{account}:policy/read"}}, "depends_on": ["aws_iam_role.app"]}}
            ]}}}}}}"#
        )
    };
    let mut sources = SourceMap::default();
    let files = [
        sources.add("states/prod.json", state("111111111111")),
        sources.add("states/test.json", state("222222222222")),
    ];
    let catalogue = Catalogue::embedded();
    let (read, found) = terraform::read(&files, &sources, catalogue);
    assert!(found.is_empty(), "{found:?}");
    let (module, lost) = import::stack(
        read,
        &Ambient::unknown(),
        &sources,
        &mut Names::default(),
        catalogue,
    );
    assert!(lost.is_empty(), "{lost:?}");
    let blocks = module.items.iter().filter_map(|item| match item {
        bailiwick::import::Item::Block(block) => Some(format!(
            "{} {} {:?}",
            block.ident, block.name, block.attached
        )),
        bailiwick::import::Item::Text(_) => None,
    });
    let blocks: Vec<String> = blocks.collect();
    let wanted = [
        "prod_app app [Declared(\"prod_read\")]",
        "prod_read read []",
        "test_app app [Declared(\"test_read\")]",
        "test_read read []",
    ];
    assert_eq!(blocks, wanted);
    let options = Options {
        style: Style::Factored,
        levels: Levels::Spelt,
    };
    let imported = import(
        vec![module],
        &Deployment::Standalone(None),
        options,
        catalogue,
    );
    assert_eq!(imported.counts(), (4, 4), "{:?}", imported.proofs);
}

#[test]
fn a_nested_stack_is_named() {
    let text = "Resources:\n  Roles: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: 'https://b.s3.amazonaws.com/t'}}\n";
    let found = read("t", text, CloudFormation).1.join("\n");
    assert!(
        found.contains("the nested stack `Roles` is not read"),
        "{found}"
    );
}

/// A state has inline policies twice: with the role, and as resources of their own.
#[test]
fn inline_policies_of_a_state_are_taken_once() {
    let policy = |action: &str| {
        let text = format!(
            r#"{{"Statement": {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}}}"#
        );
        format!("{text:?}")
    };
    let state = format!(
        r#"{{"format_version": "1.0", "values": {{"root_module": {{"resources": [
        {{"address": "aws_iam_role.app", "mode": "managed", "type": "aws_iam_role", "name": "app", "values": {{"name": "app",
          "assume_role_policy": {trust:?}, "inline_policy": [{{"name": "list", "policy": {list}}}, {{"name": "more", "policy": {more}}}]}}}},
        {{"address": "aws_iam_role_policy.list", "mode": "managed", "type": "aws_iam_role_policy", "name": "list",
          "values": {{"name": "list", "role": "app", "policy": {list}}}}}
        ]}}}}}}"#,
        trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#,
        list = policy("s3:ListAllMyBuckets"),
        more = policy("sqs:ListQueues"),
    );
    let (module, messages) = read("state.json", &state, Terraform);
    assert_eq!(messages, Vec::<String>::new());
    let bailiwick::import::Item::Block(block) = &module.items[0] else {
        unreachable!("a role was read")
    };
    let names = block.documents.iter().map(|d| d.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["list", "more"]);
}

/// Logical ids are those of their template.
#[test]
fn templates_with_the_same_logical_ids() {
    let template = |service: &str| {
        format!(
            "Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {{Statement: \
            {{Effect: Allow, Principal: {{Service: {service}}}, Action: 'sts:AssumeRole'}}}}\n"
        )
    };
    let mut sources = SourceMap::default();
    let files = [
        sources.add("network.yaml", template("ec2.amazonaws.com")),
        sources.add("jobs.yaml", template("batch.amazonaws.com")),
    ];
    let (catalogue, settings) = (Catalogue::embedded(), cloudformation::Settings::default());
    let (read, found) = cloudformation::read(&files, &sources, catalogue, &settings);
    assert!(found.is_empty(), "{found:?}");
    let mut names = Names::default();
    let (module, _) = import::stack(read, &Ambient::unknown(), &sources, &mut names, catalogue);
    let blocks = module.items.iter().filter_map(|item| match item {
        bailiwick::import::Item::Block(block) => Some(block.ident.as_str()),
        bailiwick::import::Item::Text(_) => None,
    });
    assert_eq!(blocks.collect::<Vec<_>>(), ["network_Role", "jobs_Role"]);
}

#[test]
fn every_type_that_a_plan_has() {
    case("types.json", Terraform);
}

#[test]
fn every_function_and_type_that_a_template_has() {
    case("functions.yaml", CloudFormation);
}

/// Names that double one another make no text of 2^60 bytes.
#[test]
fn what_doubles_itself_is_named() {
    let mut bomb =
        "Resources:\n  B0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: x}}\n".to_owned();
    for i in 1..60 {
        let name = format!("!Sub '${{B{}}}${{B{}}}'", i - 1, i - 1);
        bomb +=
            &format!("  B{i}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: {name}}}}}\n");
    }
    bomb += "  P: {Type: 'AWS::S3::BucketPolicy', Properties: {Bucket: b, PolicyDocument: {Statement: \
        {Effect: Deny, Principal: '*', Action: 's3:*', Resource: !Ref B59}}}}\n";
    let found = read("t", &bomb, CloudFormation).1.join("\n");
    assert!(
        found.contains("makes more than") || found.contains("too far"),
        "{found}"
    );
}

#[test]
fn json_and_yaml_say_the_same() {
    let yaml = "Resources:\n  R:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Sub \"b-${AWS::AccountId}\"\n      \
        PolicyDocument: {Version: 2012-10-17, Statement: {Effect: Deny, Principal: '*', Action: 's3:*', Resource: !Sub 'arn:aws:s3:::b-${AWS::AccountId}'}}\n";
    let json = r#"{"Resources": {"R": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Fn::Sub": "b-${AWS::AccountId}"},
        "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": {"Fn::Sub": "arn:aws:s3:::b-${AWS::AccountId}"}}}}}}}"#;
    let texts = [yaml, json].map(|text| {
        let (module, messages) = read("t", text, CloudFormation);
        assert_eq!(messages, Vec::<String>::new());
        format!("{:?}", module.items.iter().map(item).collect::<Vec<_>>())
    });
    assert_eq!(texts[0], texts[1]);
    assert!(
        texts[0].contains("arn:aws:s3:::b-111111111111"),
        "{}",
        texts[0]
    );
}

fn item(item: &bailiwick::import::Item) -> String {
    match item {
        bailiwick::import::Item::Block(block) => {
            let statements = block.documents.iter().flat_map(|d| &d.statements);
            let resources: Vec<_> = statements.map(|s| s.resource.clone()).collect();
            format!("{} {:?} {resources:?}", block.name, block.resource)
        }
        bailiwick::import::Item::Text(text) => text.clone(),
    }
}

#[test]
fn what_is_neither_says_what_was_expected() {
    for (text, said) in [
        ("", "the file is empty"),
        ("{}", "not the output of `terraform show -json`"),
        ("{", "1:2"),
    ] {
        let found = read("p", text, Terraform).1.join("\n");
        assert!(found.contains(said), "{text:?}: {found}");
    }
    for (text, said) in [
        ("a: 1", "not a CloudFormation template"),
        ("[", "1:2"),
        ("{\"Resources\": ", "1:"),
        ("# a comment", "holds no value"),
        ("", "the file is empty"),
    ] {
        let found = read("t", text, CloudFormation).1.join("\n");
        assert!(found.contains(said), "{text:?}: {found}");
    }
}

/// A parameter may lead to itself, a resource's name to its own ARN: no loop, a finding.
#[test]
fn circles_and_depths_end() {
    let circle = "Resources:\n  Q:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !GetAtt Q.Arn\n  P:\n    \
        Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Ref Q\n      PolicyDocument: !Ref Q\n";
    let found = read("t", circle, CloudFormation).1.join("\n");
    assert!(found.contains("in a circle"), "{found}");
    let deep = format!("Resources: {}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(!read("t", &deep, CloudFormation).1.is_empty());
    let deep = format!("{{\"values\": {}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(!read("t", &deep, Terraform).1.is_empty());
}

/// What a role is without its name is read all the same.
#[test]
fn what_is_not_known_of_a_role_is_named() {
    let text = "Parameters: {Stage: {Type: String}}
Resources:
  Jobs:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub jobs-${Stage}
      Path: !Ref Stage
      Description: !If [Never, a, b]
      Tags: [{Key: stage, Value: !Ref Stage}, {Key: team, Value: shop}]
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: ec2.amazonaws.com}
            Action: sts:AssumeRole
";
    let (module, found) = read("t", text, CloudFormation);
    assert_eq!(module.items.len(), 1, "{found:?}");
    let stage = "the parameter `Stage` has no default; `--parameter Stage=…` gives it";
    assert_eq!(
        found,
        [
            format!("6:17: unresolved-value: the `RoleName` of `Jobs` is left out: {stage}"),
            format!("7:13: unresolved-value: the `Path` of `Jobs` is left out: {stage}"),
            "8:25: unresolved-value: the `Description` of `Jobs` is left out: there is no condition `Never`".to_owned(),
            format!("9:34: unresolved-value: the tag `stage` of `Jobs` is left out: {stage}"),
        ]
    );
}

/// What `aws cloudformation get-template` prints of a template in JSON, and of one in YAML.
#[test]
fn a_printed_template_is_a_template() {
    let policy = r#"{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
    let resource = format!(
        r#"{{"Type": "AWS::IAM::ManagedPolicy", "Properties": {{"PolicyDocument": {policy}}}}}"#
    );
    let template = format!(r#"{{"Resources": {{"All": {resource}}}}}"#);
    let printed = format!(r#"{{"TemplateBody": {template}, "StagesAvailable": []}}"#);
    let (module, found) = read("t", &printed, CloudFormation);
    assert_eq!((module.items.len(), found), (1, Vec::new()));
    let found = read("t", r#"{"TemplateBody": "Resources: {}"}"#, CloudFormation).1;
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("not a CloudFormation template"),
        "{found:?}"
    );
}

/// A block ends with its last value, not where the next begins.
#[test]
fn a_block_of_yaml_ends_where_it_ends() {
    let text = "Resources:\n  A:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:
        Statement:
          - Effect: Allow
            Action: s3:GetObject
            Resource: !Sub
              - 'arn:aws:s3:::${B}'
              - {B: !ImportValue b}

  C:\n    Type: AWS::SNS::Topic\n";
    let mut sources = SourceMap::default();
    let files = [sources.add("t", text)];
    let settings = cloudformation::Settings::default();
    let catalogue = Catalogue::embedded();
    let (_, found) = cloudformation::read(&files, &sources, catalogue, &settings);
    let spans: Vec<&str> = found
        .iter()
        .filter_map(|d| d.primary.as_ref())
        .map(|l| &text[l.span.start as usize..l.span.end as usize])
        .collect();
    assert_eq!(spans.len(), 1, "{found:?}");
    assert!(
        spans[0].trim_end() == spans[0] && !spans[0].contains("C:"),
        "{spans:?}"
    );
}
