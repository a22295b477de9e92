//! Documents, names, quotas and the manifest of a small organisation, and what each mistake is told.

use super::fixtures::{
    account, allow, aws_principal, deny, is, line, mfa, node, policy, project, region_lock, role,
    sources,
};
use super::{Artefact, Options, Style, emit, lower, manifest};
use crate::diagnostic::{Diagnostic, Severity};
use crate::iam::document::Principals;
use crate::iam::quotas::Quotas;
use crate::iam::{Effect, PolicyKind};
use crate::ir::{
    Condition, Match, NodeKind, Organization, Policy, PolicySet, PrincipalMatch, Statement,
};

fn build(set: &PolicySet) -> (Vec<Artefact>, Vec<Diagnostic>) {
    let (map, _) = sources();
    emit(set, &Quotas::embedded(), &map, Options::default())
}

fn complaints(problems: &[Diagnostic]) -> String {
    let (map, _) = sources();
    let one = |p: &Diagnostic| {
        let place = p
            .primary
            .as_ref()
            .and_then(|l| super::limits::locate(l.span, &map));
        let place = place.unwrap_or_default();
        let mut text = format!(
            "{:?} {} at {place}: {}",
            p.severity,
            p.code.as_str(),
            p.message
        );
        for note in &p.notes {
            text.push_str("\n  note: ");
            text.push_str(note);
        }
        text
    };
    problems.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn alone(policy: Policy) -> PolicySet {
    let mut account = account("Prod", "111111111111");
    account.managed_policies.insert(policy.name.clone(), policy);
    PolicySet {
        organizations: Vec::new(),
        accounts: vec![account],
    }
}

#[test]
fn every_document_has_a_path_and_a_name() {
    let (artefacts, problems) = build(&project());
    assert_eq!(complaints(&problems), "");
    let lines = artefacts.iter().map(|a| {
        let kind = a.kind.as_str();
        format!(
            "{} | {kind} {} | {}",
            a.path,
            a.name,
            a.attachment.describe()
        )
    });
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn documents_read_well() {
    let (artefacts, _) = build(&project());
    let find = |path: &str| artefacts.iter().find(|a| a.path == path).unwrap();
    insta::assert_snapshot!(find("accounts/Prod/roles/SettlementReader/inline.json").text);
    insta::assert_snapshot!(find("accounts/Prod/roles/SettlementReader/trust.json").text);
    insta::assert_snapshot!(find("accounts/Prod/resources/SettledAccess.json").text);
    insta::assert_snapshot!(find("organizations/Acme/Workloads/rcps/TrustedIdentities.json").text);
    let (map, _) = sources();
    let minified = Options {
        style: Style::Minified,
        ..Options::default()
    };
    let (artefacts, _) = emit(&project(), &Quotas::embedded(), &map, minified);
    let find = |path: &str| artefacts.iter().find(|a| a.path == path).unwrap();
    insta::assert_snapshot!(find("organizations/Acme/scps/RegionLock.json").text);
}

#[test]
fn the_manifest_says_everything() {
    let set = project();
    let (map, _) = sources();
    let (artefacts, _) = build(&set);
    let meta = manifest::Meta {
        project: "acme".to_owned(),
        generator: "bailiwick 0.1.0".to_owned(),
        catalogue: "2026-11-20".to_owned(),
        quotas_as_of: "2026-11-23".to_owned(),
        style: Style::Readable,
        proved: manifest::Proved {
            engine: "0.1.0".to_owned(),
            fragment: "iam-1".to_owned(),
            world: "open".to_owned(),
        },
    };
    let manifest = manifest::build(&artefacts, &set, &map, meta);
    let text = manifest.render();
    assert_eq!(
        serde_json::from_str::<manifest::Manifest>(&text).unwrap(),
        manifest
    );
    insta::assert_snapshot!(text);
}

#[test]
fn the_same_bytes_every_time() {
    let texts = || build(&project()).0.into_iter().map(|a| (a.path, a.text));
    assert!(texts().eq(texts()));
    let style = Options {
        style: Style::Minified,
        ..Options::default()
    };
    let (map, _) = sources();
    let (minified, _) = emit(&project(), &Quotas::embedded(), &map, style);
    for artefact in minified {
        let document: serde_json::Value = serde_json::from_str(&artefact.text).unwrap();
        assert_eq!(artefact.text, document.to_string());
        assert_eq!(artefact.size.counted, artefact.size.minified);
        let statements = document["Statement"].as_array().unwrap();
        assert_eq!(artefact.sources.len(), statements.len());
    }
}

#[test]
fn statements_that_never_match_are_left_out() {
    let never = |effect| Statement {
        effect,
        condition: Condition::False,
        ..allow(5, "Never", &["s3:*"], &["*"])
    };
    let nothing = Statement {
        action: Match::any(Vec::new()),
        ..deny(6, "Nothing", &[])
    };
    let all_but_nothing = Statement {
        action: Match::except(Vec::new()),
        ..deny(7, "AllButNothing", &[])
    };
    let statements = vec![
        never(Effect::Allow),
        never(Effect::Deny),
        nothing,
        all_but_nothing,
    ];
    let mut problems = Vec::new();
    let (document, sources) = lower(
        &policy(PolicyKind::Scp, "X", 4, statements),
        64,
        &mut problems,
    );
    assert_eq!(problems, []);
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0].origin, line(7));
    assert_eq!(document.statement[0].action.as_ref().unwrap().0, ["*"]);
    assert_eq!(document.statement[0].not_action, None);
}

#[test]
fn a_policy_that_says_nothing_is_told() {
    let mut set = alone(policy(PolicyKind::ManagedPolicy, "Empty", 3, Vec::new()));
    let mut reader = role("Reader", 10);
    reader.attached.clear();
    reader.boundary = None;
    reader.inline = Some(policy(PolicyKind::InlinePolicy, "inline", 12, Vec::new()));
    set.accounts[0].roles.insert("Reader".to_owned(), reader);
    let (artefacts, problems) = build(&set);
    assert_eq!(artefacts.len(), 1, "only the trust policy is left");
    insta::assert_snapshot!(complaints(&problems));
}

#[test]
fn each_kind_carries_only_what_it_can() {
    let everyone = || {
        Some(PrincipalMatch {
            negated: false,
            principals: Principals::Everyone,
        })
    };
    let all_but = || {
        Some(PrincipalMatch {
            negated: true,
            ..aws_principal("111111111111")
        })
    };
    let with = |principal| Statement {
        principal,
        ..allow(3, "S", &["s3:GetObject"], &["*"])
    };
    let but = |s: Statement| Statement {
        action: Match::except(vec!["iam:*".to_owned()]),
        effect: Effect::Deny,
        ..s
    };
    let rows = [
        (PolicyKind::InlinePolicy, with(everyone())),
        (PolicyKind::Scp, with(everyone())),
        (PolicyKind::Trust, with(None)),
        (PolicyKind::Trust, with(all_but())),
        (PolicyKind::ResourcePolicy, with(None)),
        (PolicyKind::ResourcePolicy, with(all_but())),
        (PolicyKind::Rcp, with(everyone())),
        (
            PolicyKind::Rcp,
            but(with(Some(aws_principal("111111111111")))),
        ),
        (PolicyKind::Rcp, deny(3, "S", &["*"])),
    ];
    let mut problems = Vec::new();
    for (kind, statement) in rows {
        lower(&policy(kind, "X", 2, vec![statement]), 64, &mut problems);
    }
    insta::assert_snapshot!(complaints(&problems));
}

#[test]
fn too_large_a_document_names_its_largest_statements() {
    let buckets = |n: usize| -> Vec<String> {
        (0..n)
            .map(|i| format!("arn:aws:s3:::bucket-{i:04}/*"))
            .collect()
    };
    let large = |at, sid: &str, n| Statement {
        resource: Some(Match::any(buckets(n))),
        ..allow(at, sid, &["s3:GetObject"], &[])
    };
    let statements = vec![
        large(4, "Few", 10),
        large(5, "Many", 150),
        large(6, "Some", 80),
        large(7, "One", 1),
    ];
    let (_, problems) = build(&alone(policy(
        PolicyKind::ManagedPolicy,
        "Big",
        3,
        statements,
    )));
    insta::assert_snapshot!(complaints(&problems));
    let places: Vec<_> = problems[0].secondary.iter().map(|l| l.span).collect();
    assert_eq!(places, [5, 6, 4].map(|n| line(n).spans[0]));
}

#[test]
fn white_space_counts_where_aws_counts_it() {
    let wide = |n: usize| {
        let actions: Vec<String> = (0..n).map(|i| format!("s3:Action{i:05}")).collect();
        let mut scp = region_lock("eu-west-1");
        scp.statements[0].action = Match::any(actions);
        let mut root = node(NodeKind::Root, "Root");
        root.scps = vec![scp];
        PolicySet {
            organizations: vec![Organization {
                id: "o-1".to_owned(),
                name: "Acme".to_owned(),
                root,
                permission_sets: Vec::new(),
            }],
            accounts: Vec::new(),
        }
    };
    let severities =
        |n| -> Vec<Severity> { build(&wide(n)).1.iter().map(|p| p.severity).collect() };
    assert_eq!(severities(300), []);
    assert_eq!(severities(500), [Severity::Warning]);
    assert_eq!(severities(700), [Severity::Error]);
}

#[test]
fn names_numbers_and_paths_are_checked() {
    let mut set = project();
    let unit = &mut set.organizations[0].root.children[0];
    unit.full_aws_access = false;
    unit.scps = (0..11)
        .map(|i| Policy {
            name: format!("Lock{i}"),
            ..region_lock("eu-west-1")
        })
        .collect();
    let prod = unit.children[0].account.as_mut().unwrap();
    let mut reader = role("Reader of things", 20);
    reader.path = "finance".to_owned();
    reader.attached = (0..11)
        .map(|i| crate::ir::AttachedPolicy::Aws(format!("P{i}")))
        .collect();
    prod.roles.insert("Reader of things".to_owned(), reader);
    let long = "x".repeat(65);
    prod.roles.insert(long.clone(), role(&long, 22));
    prod.roles
        .insert("settlementreader".to_owned(), role("settlementreader", 24));
    set.organizations[0].root.children[1].full_aws_access = false;
    set.organizations[0].root.children[1].scps.clear();
    insta::assert_snapshot!(complaints(&build(&set).1));
}

#[test]
fn characters_that_iam_does_not_store() {
    let statement = allow(4, "S", &["s3:GetObject"], &["arn:aws:s3:::b/zażółć/*"]);
    let problems = build(&alone(policy(
        PolicyKind::ManagedPolicy,
        "P",
        3,
        vec![statement],
    )))
    .1;
    insta::assert_snapshot!(complaints(&problems));
}

#[test]
fn several_statements_of_one_keep_their_origin() {
    let statement = Statement {
        condition: Condition::Any(vec![mfa(), is("Bool", "aws:SecureTransport", "true")]),
        ..allow(8, "Either", &["s3:*"], &["*"])
    };
    let other = allow(9, "Either2", &["s3:*"], &["*"]);
    let (_, sources) = lower(
        &policy(PolicyKind::ManagedPolicy, "P", 7, vec![statement, other]),
        64,
        &mut Vec::new(),
    );
    let sids: Vec<_> = sources
        .iter()
        .map(|s| (s.sid.clone().unwrap(), s.origin.clone()))
        .collect();
    let expected = [("Either", 8), ("Either3", 8), ("Either2", 9)];
    assert_eq!(sids, expected.map(|(sid, at)| (sid.to_owned(), line(at))));
}
