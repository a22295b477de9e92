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
use bailiwick::diagnostic::Diagnostic;
use bailiwick::driver::import::{Deployment, import};
use bailiwick::import::stack::{Stack, cloudformation, terraform};
use bailiwick::import::{Ambient, Fill, Levels, Options, Style};
use bailiwick::source::{SourceId, SourceMap};

const ACCOUNT: &str = "111111111111";

type Reader = fn(SourceId, &mut SourceMap, &Ambient, &Catalogue) -> Stack;

fn ambient() -> Ambient {
    Ambient {
        account: Fill::Id(ACCOUNT.to_owned()),
        ..Ambient::unknown()
    }
}

fn read(name: &str, text: &str, reader: Reader) -> Stack {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    reader(source, &mut sources, &ambient(), Catalogue::embedded())
}

fn messages(found: &[Diagnostic]) -> Vec<String> {
    let message = |d: &Diagnostic| format!("{}: {}", d.code.as_str(), d.message);
    found.iter().map(message).collect()
}

fn case(name: &str, reader: Reader) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import_stack");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let stack = read(name, &text, reader);
    let options = Options {
        style: Style::Factored,
        levels: Levels::Spelt,
    };
    let deployment = Deployment::Standalone(Some(ACCOUNT.to_owned()));
    let imported = import(
        vec![stack.module],
        &deployment,
        options,
        Catalogue::embedded(),
    );
    let (documents, equal) = imported.counts();
    assert_eq!(documents, equal, "{:?}", imported.proofs);
    let mut found = String::new();
    for message in messages(&stack.diagnostics) {
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
    case("plan.json", terraform);
}

#[test]
fn a_cloudformation_template() {
    case("template.yaml", cloudformation);
}

#[test]
fn json_and_yaml_say_the_same() {
    let yaml = "Resources:\n  R:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Sub \"b-${AWS::AccountId}\"\n      \
        PolicyDocument: {Version: 2012-10-17, Statement: {Effect: Deny, Principal: '*', Action: 's3:*', Resource: !Sub 'arn:aws:s3:::b-${AWS::AccountId}'}}\n";
    let json = r#"{"Resources": {"R": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Fn::Sub": "b-${AWS::AccountId}"},
        "PolicyDocument": {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": {"Fn::Sub": "arn:aws:s3:::b-${AWS::AccountId}"}}}}}}}"#;
    let texts = [yaml, json].map(|text| {
        let stack = read("t", text, cloudformation);
        assert_eq!(messages(&stack.diagnostics), Vec::<String>::new());
        format!(
            "{:?}",
            stack.module.items.iter().map(item).collect::<Vec<_>>()
        )
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
        ("", "there is no `planned_values`"),
        ("{}", "there is no `planned_values`"),
        ("{", "this is no JSON"),
    ] {
        let found = messages(&read("p", text, terraform).diagnostics).join("\n");
        let expected = if text.is_empty() {
            "this is no JSON"
        } else {
            said
        };
        assert!(found.contains(expected), "{text:?}: {found}");
    }
    for (text, said) in [
        ("a: 1", "there is no `Resources`"),
        ("[", "this is no template"),
        ("{\"Resources\": ", "this is no template"),
        ("", "there is no `Resources`"),
    ] {
        let found = messages(&read("t", text, cloudformation).diagnostics).join("\n");
        assert!(found.contains(said), "{text:?}: {found}");
    }
}

/// A parameter may lead to itself, a resource's name to its own ARN: no loop, a finding.
#[test]
fn circles_and_depths_end() {
    let circle = "Resources:\n  Q:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !GetAtt Q.Arn\n  P:\n    \
        Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: !Ref Q\n      PolicyDocument: !Ref Q\n";
    let found = messages(&read("t", circle, cloudformation).diagnostics).join("\n");
    assert!(found.contains("in a circle"), "{found}");
    let deep = format!("Resources: {}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(!read("t", &deep, cloudformation).diagnostics.is_empty());
    let deep = format!("{{\"values\": {}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(!read("t", &deep, terraform).diagnostics.is_empty());
}
