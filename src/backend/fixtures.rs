//! A small organisation, for the tests of this module.

use indexmap::IndexMap;

use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{
    Account, Assignee, Assignment, AttachedPolicy, Audience, Condition, Group, Match, Node,
    NodeKind, Organization, Origin, PermissionSet, Policy, PolicySet, PrincipalMatch,
    ResourcePolicy, Role, Statement, Test, User,
};
use crate::source::{SourceId, SourceMap, Span};

/// A source of a hundred lines of ten bytes each, so that line `n` is easily found.
pub(super) fn sources() -> (SourceMap, SourceId) {
    let mut map = SourceMap::default();
    let id = map.add("payments/roles.bw", "123456789\n".repeat(100));
    (map, id)
}

/// The place of a line of [`sources`].
pub(super) fn line(n: usize) -> Origin {
    let (_, id) = sources();
    Origin::at(Span::new(id, (n - 1) * 10, (n - 1) * 10 + 9))
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|t| (*t).to_owned()).collect()
}

/// An Allow without principal; tests change what they are about.
pub(super) fn allow(at: usize, sid: &str, actions: &[&str], resources: &[&str]) -> Statement {
    Statement {
        sid: Some(sid.to_owned()),
        effect: Effect::Allow,
        principal: None,
        action: Match::any(texts(actions)),
        resource: Some(Match::any(texts(resources))),
        condition: Condition::True,
        origin: line(at),
    }
}

/// The same as a Deny.
pub(super) fn deny(at: usize, sid: &str, actions: &[&str]) -> Statement {
    Statement {
        effect: Effect::Deny,
        ..allow(at, sid, actions, &["*"])
    }
}

pub(super) fn policy(
    kind: PolicyKind,
    name: &str,
    at: usize,
    statements: Vec<Statement>,
) -> Policy {
    Policy {
        kind,
        name: name.to_owned(),
        statements,
        details: crate::ir::Details::default(),
        origin: line(at),
    }
}

/// A test on a key with one value.
pub(super) fn is(operator: &str, key: &str, value: &str) -> Condition {
    Condition::Test(Test {
        operator: operator.parse().unwrap(),
        key: key.to_owned(),
        multi_valued: false,
        values: vec![value.to_owned()],
        span: None,
    })
}

pub(super) fn mfa() -> Condition {
    is("Bool", "aws:MultiFactorAuthPresent", "true")
}

pub(super) fn aws_principal(value: &str) -> PrincipalMatch {
    PrincipalMatch {
        negated: false,
        principals: Principals::Named(vec![Principal {
            kind: PrincipalKind::Aws,
            value: value.to_owned(),
        }]),
    }
}

pub(super) fn trust(at: usize) -> Policy {
    let statement = Statement {
        principal: Some(aws_principal("arn:aws:iam::999999999999:root")),
        resource: None,
        condition: mfa(),
        ..allow(at, "Tools", &["sts:AssumeRole"], &[])
    };
    policy(PolicyKind::Trust, "SettlementReader", at, vec![statement])
}

pub(super) fn role(name: &str, at: usize) -> Role {
    Role {
        name: name.to_owned(),
        path: "/finance/".to_owned(),
        description: Some("Reads settled payments".to_owned()),
        max_session: Some(3600),
        audience: Audience::People,
        trust: trust(at + 1),
        inline: Some(policy(
            PolicyKind::InlinePolicy,
            "inline",
            at,
            read_bucket(at + 2),
        )),
        attached: vec![
            AttachedPolicy::Aws("SecurityAudit".to_owned()),
            AttachedPolicy::Customer("ReadSettled".to_owned()),
        ],
        boundary: Some(AttachedPolicy::Customer("DeveloperBoundary".to_owned())),
        tags: IndexMap::from([("team".to_owned(), "payments".to_owned())]),
        origin: line(at),
    }
}

/// Two statements, the second of which needs two in IAM.
pub(super) fn read_bucket(at: usize) -> Vec<Statement> {
    let objects = allow(
        at,
        "ReadBucket",
        &["s3:GetObject", "s3:GetObjectVersion"],
        &["arn:aws:s3:::production-data-bucket/*"],
    );
    let list = Statement {
        condition: Condition::Any(vec![
            mfa(),
            is("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        ]),
        ..allow(
            at + 1,
            "ReadBucket",
            &["s3:ListBucket"],
            &["arn:aws:s3:::production-data-bucket"],
        )
    };
    vec![objects, list]
}

pub(super) fn account(name: &str, id: &str) -> Account {
    Account {
        name: name.to_owned(),
        id: id.to_owned(),
        partition: "aws".to_owned(),
        management: false,
        managed_policies: IndexMap::new(),
        roles: IndexMap::new(),
        groups: IndexMap::new(),
        users: IndexMap::new(),
        resource_policies: IndexMap::new(),
        session_policies: IndexMap::new(),
        origin: line(90),
    }
}

fn managed(account: &mut Account, kind: PolicyKind, name: &str, at: usize) {
    let everything = vec![allow(at, "Everything", &["s3:*"], &["*"])];
    account
        .managed_policies
        .insert(name.to_owned(), policy(kind, name, at, everything));
}

fn prod() -> Account {
    let mut prod = account("Prod", "111111111111");
    managed(&mut prod, PolicyKind::ManagedPolicy, "ReadSettled", 40);
    managed(&mut prod, PolicyKind::Boundary, "DeveloperBoundary", 42);
    prod.roles
        .insert("SettlementReader".to_owned(), role("SettlementReader", 10));
    prod.groups.insert(
        "Finance".to_owned(),
        Group {
            name: "Finance".to_owned(),
            path: "/".to_owned(),
            inline: None,
            attached: vec![AttachedPolicy::Customer("ReadSettled".to_owned())],
            origin: line(50),
        },
    );
    prod.users.insert(
        "BreakGlass".to_owned(),
        User {
            name: "BreakGlass".to_owned(),
            path: "/".to_owned(),
            groups: vec!["Finance".to_owned()],
            inline: None,
            attached: Vec::new(),
            boundary: None,
            tags: IndexMap::new(),
            origin: line(55),
        },
    );
    let bucket = Statement {
        principal: Some(PrincipalMatch {
            negated: false,
            principals: Principals::Everyone,
        }),
        effect: Effect::Deny,
        condition: Condition::Not(Box::new(is("Bool", "aws:SecureTransport", "true"))),
        ..allow(
            61,
            "tls_only",
            &["s3:*"],
            &["arn:aws:s3:::production-data-bucket"],
        )
    };
    prod.resource_policies.insert(
        "SettledAccess".to_owned(),
        ResourcePolicy {
            resource: "arn:aws:s3:::production-data-bucket".to_owned(),
            resource_type: "s3:bucket".to_owned(),
            policy: policy(
                PolicyKind::ResourcePolicy,
                "SettledAccess",
                60,
                vec![bucket],
            ),
        },
    );
    prod
}

pub(super) fn node(kind: NodeKind, name: &str) -> Node {
    Node {
        kind,
        name: name.to_owned(),
        id: None,
        scps: Vec::new(),
        full_aws_access: true,
        rcps: Vec::new(),
        children: Vec::new(),
        account: None,
        origin: line(80),
    }
}

/// `RegionLock` with a parameter: one name, several policies.
pub(super) fn region_lock(region: &str) -> Policy {
    let lock = Statement {
        action: Match::except(texts(&["iam:*", "sts:*"])),
        condition: Condition::Not(Box::new(is("StringEquals", "aws:RequestedRegion", region))),
        ..deny(71, "std.guardrails.RegionLock", &[])
    };
    policy(PolicyKind::Scp, "RegionLock", 70, vec![lock])
}

fn organization() -> Organization {
    let mut account_node = node(NodeKind::Account, "Prod");
    account_node.account = Some(prod());
    let mut workloads = node(NodeKind::Unit, "Workloads");
    workloads.id = Some("ou-ab12-11111111".to_owned());
    workloads.scps = vec![region_lock("eu-west-1")];
    let rcp = Statement {
        condition: is(
            "StringNotEqualsIfExists",
            "aws:PrincipalOrgID",
            "o-a1b2c3d4e5",
        ),
        ..deny(73, "Outside", &["s3:*"])
    };
    workloads.rcps = vec![policy(PolicyKind::Rcp, "TrustedIdentities", 72, vec![rcp])];
    workloads.children = vec![account_node];
    let mut sandbox = node(NodeKind::Unit, "Sandbox");
    sandbox.scps = vec![region_lock("us-east-1")];
    let mut root = node(NodeKind::Root, "Root");
    root.scps = vec![region_lock("eu-west-1")];
    root.children = vec![workloads, sandbox];
    Organization {
        id: "o-a1b2c3d4e5".to_owned(),
        name: "Acme".to_owned(),
        root,
        permission_sets: vec![PermissionSet {
            name: "Analyst".to_owned(),
            description: None,
            session: Some(14400),
            inline: Some(policy(
                PolicyKind::PermissionSet,
                "Analyst",
                65,
                read_bucket(66),
            )),
            attached: Vec::new(),
            boundary: None,
            assignments: vec![Assignment {
                account: "111111111111".to_owned(),
                assignee: Assignee::Group("finance-analysts".to_owned()),
                origin: line(68),
            }],
            tags: IndexMap::new(),
            origin: line(65),
        }],
    }
}

/// An organisation with an account of each kind of thing, and an account outside it.
pub(super) fn project() -> PolicySet {
    let mut lab = account("Lab", "444444444444");
    lab.session_policies.insert(
        "NightlyOnly".to_owned(),
        policy(
            PolicyKind::Session,
            "NightlyOnly",
            95,
            vec![allow(96, "Nightly", &["s3:GetObject"], &["*"])],
        ),
    );
    PolicySet {
        organizations: vec![organization()],
        accounts: vec![lab],
    }
}
