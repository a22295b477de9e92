//! How long documents take: 10,000 roles with 100,000 statements, and single hard conditions.
//!
//! `cargo bench --bench backend`

use bailiwick::backend::condition::{self, BUDGET};
use bailiwick::backend::{Options, Style, emit};
use bailiwick::iam::document::{Principal, PrincipalKind, Principals};
use bailiwick::iam::quotas::Quotas;
use bailiwick::iam::{Effect, PolicyKind};
use bailiwick::ir::{
    Account, Audience, Condition, Match, Origin, Policy, PolicySet, PrincipalMatch, Role,
    Statement, Test,
};
use bailiwick::source::SourceMap;
use indexmap::IndexMap;

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

fn is(operator: &str, key: &str, value: &str) -> Condition {
    let Ok(operator) = operator.parse() else {
        return Condition::False;
    };
    Condition::Test(Test {
        operator,
        key: key.to_owned(),
        multi_valued: false,
        values: vec![value.to_owned()],
        span: None,
    })
}

fn statement(n: usize) -> Statement {
    let mfa = is("Bool", "aws:MultiFactorAuthPresent", "true");
    let office = is("IpAddress", "aws:SourceIp", "203.0.113.0/24");
    let condition = match n % 4 {
        0 => Condition::True,
        1 => mfa,
        2 => Condition::All(vec![mfa, office]),
        _ => Condition::Not(Box::new(Condition::All(vec![mfa, office]))),
    };
    Statement {
        sid: Some(format!("Statement{n}")),
        effect: Effect::Allow,
        principal: None,
        action: Match::any(vec!["s3:GetObject".to_owned(), "s3:ListBucket".to_owned()]),
        resource: Some(Match::any(vec![format!("arn:aws:s3:::bucket-{n}/*")])),
        condition,
        origin: Origin::default(),
    }
}

fn policy(kind: PolicyKind, statements: Vec<Statement>) -> Policy {
    Policy {
        kind,
        name: "inline".to_owned(),
        statements,
        details: bailiwick::ir::Details::default(),
        origin: Origin::default(),
    }
}

fn role(name: String) -> Role {
    let tools = Principal {
        kind: PrincipalKind::Aws,
        value: "arn:aws:iam::999999999999:root".to_owned(),
    };
    let trust = Statement {
        principal: Some(PrincipalMatch {
            negated: false,
            principals: Principals::Named(vec![tools]),
        }),
        resource: None,
        ..statement(1)
    };
    Role {
        name,
        path: "/".to_owned(),
        description: None,
        max_session: None,
        audience: Audience::Workload,
        trust: policy(PolicyKind::Trust, vec![trust]),
        inline: Some(policy(
            PolicyKind::InlinePolicy,
            (0..9).map(statement).collect(),
        )),
        attached: Vec::new(),
        boundary: None,
        tags: IndexMap::new(),
        origin: Origin::default(),
    }
}

fn organisation() -> PolicySet {
    let account = |n: usize| Account {
        name: format!("Account{n}"),
        id: format!("{n:012}"),
        partition: "aws".to_owned(),
        management: false,
        managed_policies: IndexMap::new(),
        roles: (0..1000)
            .map(|r| format!("Role{r}"))
            .map(|name| (name.clone(), role(name)))
            .collect(),
        groups: IndexMap::new(),
        users: IndexMap::new(),
        resource_policies: IndexMap::new(),
        session_policies: IndexMap::new(),
        origin: Origin::default(),
    };
    PolicySet {
        organizations: Vec::new(),
        accounts: (0..10).map(account).collect(),
    }
}

#[divan::bench(args = [Style::Readable, Style::Minified], sample_count = 10)]
fn hundred_thousand_statements(bencher: divan::Bencher<'_, '_>, style: Style) {
    let (set, quotas, sources) = (organisation(), Quotas::embedded(), SourceMap::default());
    let options = Options {
        style,
        ..Options::default()
    };
    bencher.bench(|| emit(&set, &quotas, &sources, options));
}

/// `(a1 or b1) and … and (an or bn)` over different keys: 2ⁿ statements, refused when too many.
#[divan::bench(args = [3, 6, 60])]
fn cross(bencher: divan::Bencher<'_, '_>, pairs: usize) {
    let key = |name: char, i: usize| is("StringEquals", &format!("aws:{name}{i}"), "x");
    let pair = |i| Condition::Any(vec![key('a', i), key('b', i)]);
    let condition = Condition::All((0..pairs).map(pair).collect());
    bencher.bench(|| condition::lower(&condition, BUDGET, None));
}

/// A long list of alternatives over one key: one statement.
#[divan::bench]
fn two_thousand_alternatives(bencher: divan::Bencher<'_, '_>) {
    let key = |i: usize| {
        is(
            "StringEquals",
            "aws:PrincipalTag/team",
            &format!("team-{i}"),
        )
    };
    let condition = Condition::Any((0..2000).map(key).collect());
    bencher.bench(|| condition::lower(&condition, BUDGET, None));
}

#[divan::bench]
fn quotas_are_read() -> Quotas {
    Quotas::embedded()
}
