//! Proofs against the documents that are written: an organisation is made at random, its claims are decided, and every
//! verdict is held against the reference evaluator over the built JSON, request by request. What is proved impossible
//! no request may do; what is proved possible every request may; what is refuted comes with a request that does it.

#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot read what it made itself has failed"
)]

mod project;

use bailiwick::engine::scenario;
use bailiwick::engine::semantics::Semantics;
use bailiwick::prove::{Item, Outcome, Record};
use project::Project;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const PROD: &str = "111111111111";
const DATA: &str = "222222222222";
const STRANGER: &str = "999999999999";
const ACTIONS: [&str; 3] = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
/// The first two have a policy in Prod, the third has none anywhere.
const BUCKETS: [&str; 3] = ["one", "two", "bare"];
const KEYS: [&str; 4] = ["x", "xy", "z", "deep/x"];

/// Who asks: the kind, the name, and the account.
const WHO: [(&str, &str, &str); 4] = [
    ("role", "Fenced", PROD),
    ("role", "Plain", PROD),
    ("user", "Ann", PROD),
    ("role", "Away", DATA),
];

/// A condition, as the language has it and as a person would compute it.
#[derive(Clone, Debug)]
enum Cond {
    Mfa,
    Tls,
    Office,
    Home,
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
}

/// The keys that conditions speak of; `None` is absent.
#[derive(Clone, Copy, Debug)]
struct Context {
    mfa: Option<bool>,
    tls: Option<bool>,
    ip: Option<&'static str>,
    region: Option<&'static str>,
}

impl Cond {
    fn text(&self) -> String {
        match self {
            Cond::Mfa => "mfa".to_owned(),
            Cond::Tls => "tls".to_owned(),
            Cond::Office => "source ip in [203.0.113.0/24]".to_owned(),
            Cond::Home => "region == \"eu-west-1\"".to_owned(),
            Cond::Not(c) => format!("not ({})", c.text()),
            Cond::And(a, b) => format!("({}) and ({})", a.text(), b.text()),
            Cond::Or(a, b) => format!("({}) or ({})", a.text(), b.text()),
        }
    }

    fn holds(&self, context: &Context) -> bool {
        match self {
            Cond::Mfa => context.mfa == Some(true),
            Cond::Tls => context.tls == Some(true),
            Cond::Office => context.ip.is_some_and(|ip| ip.starts_with("203.0.113.")),
            Cond::Home => context.region == Some("eu-west-1"),
            Cond::Not(c) => !c.holds(context),
            Cond::And(a, b) => a.holds(context) && b.holds(context),
            Cond::Or(a, b) => a.holds(context) || b.holds(context),
        }
    }
}

impl Context {
    fn keys(&self) -> Value {
        let mut keys = serde_json::Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            keys.insert(key.to_owned(), value.unwrap_or(Value::Null));
        };
        put("aws:MultiFactorAuthPresent", self.mfa.map(Value::from));
        put("aws:SecureTransport", self.tls.map(Value::from));
        put("aws:SourceIp", self.ip.map(Value::from));
        put("aws:RequestedRegion", self.region.map(Value::from));
        Value::Object(keys)
    }

    fn is_whole(&self) -> bool {
        self.mfa.is_some() && self.tls.is_some() && self.ip.is_some() && self.region.is_some()
    }
}

fn cond() -> impl Strategy<Value = Cond> {
    let leaf = select(vec![Cond::Mfa, Cond::Tls, Cond::Office, Cond::Home]);
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|c| Cond::Not(Box::new(c))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Cond::And(a.into(), b.into())),
            (inner.clone(), inner).prop_map(|(a, b)| Cond::Or(a.into(), b.into())),
        ]
    })
}

fn context() -> impl Strategy<Value = Context> {
    let flag = || select(vec![None, Some(true), Some(false)]);
    (
        flag(),
        flag(),
        select(vec![None, Some("203.0.113.7"), Some("198.51.100.1")]),
        select(vec![None, Some("eu-west-1"), Some("us-east-1")]),
    )
        .prop_map(|(mfa, tls, ip, region)| Context {
            mfa,
            tls,
            ip,
            region,
        })
}

/// ` when …`, ` unless …` or nothing.
fn guard() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        2 => cond().prop_map(|c| format!(" when {}", c.text())),
        1 => cond().prop_map(|c| format!(" unless {}", c.text())),
    ]
}

fn actions() -> impl Strategy<Value = String> {
    prop_oneof![
        1 => Just("s3:*".to_owned()),
        3 => subsequence(ACTIONS.to_vec(), 1..=2).prop_map(|a| a.join(", ")),
    ]
}

/// Objects of one bucket.
fn objects(bucket: &'static str) -> impl Strategy<Value = String> {
    select(vec!["*", "\"x*\"", "\"x\"", "\"deep/*\""])
        .prop_map(move |key| format!("{bucket}/{key}"))
}

fn resources() -> impl Strategy<Value = String> {
    let some = subsequence(BUCKETS.to_vec(), 1..=2);
    let narrow = some.prop_flat_map(|of| of.into_iter().map(objects).collect::<Vec<_>>());
    prop_oneof![
        1 => Just("*".to_owned()),
        3 => narrow.prop_map(|all| all.join(", ")),
    ]
}

fn statement(effect: &'static str) -> impl Strategy<Value = String> {
    (actions(), resources(), guard())
        .prop_map(move |(a, r, g)| format!("  {effect} {a} on {r}{g}\n"))
}

/// A Deny that leaves something: nothing would be proved possible otherwise.
fn guarded_deny() -> impl Strategy<Value = String> {
    (select(ACTIONS.to_vec()), objects("one"), cond())
        .prop_map(|(a, r, c)| format!("  deny {a} on {r} when {}\n", c.text()))
}

/// One or two statements that allow, and perhaps one that denies.
fn body() -> impl Strategy<Value = String> {
    let denies = proptest::collection::vec(statement("deny"), 0..=1);
    (proptest::collection::vec(statement("allow"), 1..=2), denies)
        .prop_map(|(a, d)| a.concat() + &d.concat())
}

/// A resource policy on a bucket, or none of its statements but one that nobody meets.
fn bucket_policy(name: &'static str, bucket: &'static str) -> impl Strategy<Value = String> {
    let whom = select(vec![
        "anyone",
        "account Data",
        "account Prod",
        "role Away in Data",
        "role Fenced in Prod",
    ]);
    let effect = select(vec!["allow", "allow", "deny"]);
    let one = (effect, actions(), objects(bucket), whom, guard())
        .prop_map(|(e, a, o, w, g)| format!("  {e} {a} on {o} to {w}{g}\n"));
    let all = proptest::collection::vec(one, 1..=2);
    all.prop_map(move |s| format!("resource_policy {name} on {bucket} {{\n{}}}\n", s.concat()))
}

/// The sources of an organisation of two accounts.
fn organisation() -> impl Strategy<Value = String> {
    let guardrails = (
        guarded_deny(),
        guarded_deny(),
        (select(ACTIONS.to_vec()), objects("one"), guard()),
    );
    let bodies = (body(), body(), body(), body(), body());
    let policies = (bucket_policy("OnOne", "one"), bucket_policy("OnTwo", "two"));
    (bodies, guardrails, policies).prop_map(
        |((fence, fenced, plain, ann, away), (scp, inner, (a, o, g)), (one, two))| {
            let lets: String = BUCKETS
                .iter()
                .map(|b| format!("let {b} = s3:bucket \"{b}\"\n"))
                .collect();
            format!(
                "{lets}boundary Fence {{\n{fence}}}\n\
                 scp Guard {{\n{scp}}}\nscp Inner {{\n{inner}}}\n\
                 rcp Keep {{\n  deny {a} on {o}{g}\n}}\n\
                 role Fenced {{\n  trust account Prod\n  boundary Fence\n{fenced}}}\n\
                 role Plain {{\n  trust account Prod\n{plain}}}\n\
                 user Ann {{\n{ann}}}\n\
                 role Away {{\n  trust account Data\n{away}}}\n{one}{two}\
                 org Acme \"o-a1b2c3d4e5\" {{\n  root \"r-ab12\"\n  attach Guard, Keep\n\
                 ou Core \"ou-ab12-11111111\" {{\n  attach Inner\n\
                 account Prod \"{PROD}\" {{ deploy Fenced, Plain, Ann, OnOne, OnTwo }}\n  }}\n\
                 account Data \"{DATA}\" {{ deploy Away }}\n}}\n"
            )
        },
    )
}

/// A claim: whether the word is `can`, who, the action, the bucket, and for which requests.
#[derive(Clone, Debug)]
struct Claim {
    can: bool,
    who: usize,
    action: &'static str,
    bucket: usize,
    when: Option<Cond>,
}

impl Claim {
    fn text(&self) -> String {
        let word = if self.can { "can" } else { "cannot" };
        let (_, name, _) = WHO[self.who];
        let when = self.when.iter().map(|c| format!(" when {}", c.text()));
        format!(
            "prove {name} {word} {} on {}/*{}\n",
            self.action,
            BUCKETS[self.bucket],
            when.collect::<String>()
        )
    }
}

fn claim() -> impl Strategy<Value = Claim> {
    (
        proptest::bool::weighted(0.3),
        0..WHO.len(),
        select(ACTIONS.to_vec()),
        0..BUCKETS.len(),
        proptest::option::of(cond()),
    )
        .prop_map(|(can, who, action, bucket, when)| Claim {
            can,
            who,
            action,
            bucket,
            when,
        })
}

/// The built documents, and where they bear.
struct Built(Value);

impl Built {
    /// Whether a request is allowed, with the policies that the manifest's folders say.
    fn allows(&self, request: Value) -> bool {
        let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
        let (_, name, account) = WHO
            .into_iter()
            .find(|(_, name, _)| text("principal").contains(name))
            .unwrap_or_else(|| panic!("somebody unknown asks: {request}"));
        let owner = text("resource_account");
        let resource = text("resource");
        let folder = if account == PROD { "Prod" } else { "Data" };
        let kind = if name == "Ann" { "users" } else { "roles" };
        let at = format!("accounts/{folder}/{kind}/{name}/inline.json");
        let mut policies = json!({
            "identity": [self.written(&at)],
            "scps": self.scps(account),
        });
        if name == "Fenced" {
            policies["boundary"] = self.written("accounts/Prod/boundaries/Fence.json");
        }
        if owner == PROD || owner == DATA {
            let mut root = vec![everything(true)];
            root.extend(self.0.get("organizations/Acme/rcps/Keep.json").cloned());
            policies["rcps"] = json!([root, [everything(true)]]);
        }
        if owner == PROD && resource.starts_with("arn:aws:s3:::one/") {
            self.put_on_resource(&mut policies, "accounts/Prod/resources/OnOne.json");
        } else if owner == PROD && resource.starts_with("arn:aws:s3:::two/") {
            self.put_on_resource(&mut policies, "accounts/Prod/resources/OnTwo.json");
        } else if owner != account {
            policies["resource"] = everything(true);
        }
        let scenario = json!({"request": request, "policies": policies}).to_string();
        let outcome = scenario::run(&scenario, &Semantics::default())
            .unwrap_or_else(|e| panic!("{scenario}: {e:?}"));
        let outcome = serde_json::to_value(outcome).unwrap_or_default();
        outcome["decision"] == "allowed"
    }

    /// A document; one that says nothing is not written.
    fn written(&self, path: &str) -> Value {
        self.0.get(path).cloned().unwrap_or_else(nothing)
    }

    fn put_on_resource(&self, policies: &mut Value, path: &str) {
        if let Some(policy) = self.0.get(path) {
            policies["resource"] = policy.clone();
        }
    }

    fn scps(&self, account: &str) -> Value {
        let of = |path: &str| vec![everything(false), self.written(path)];
        let root = of("organizations/Acme/scps/Guard.json");
        match account {
            PROD => json!([
                root,
                of("organizations/Acme/Core/scps/Inner.json"),
                [everything(false)]
            ]),
            _ => json!([root, [everything(false)]]),
        }
    }
}

/// AWS's own policy that allows all; with a principal where the kind has one.
fn everything(to_anyone: bool) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    if to_anyone {
        statement["Principal"] = json!("*");
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// What an identity may whose statements can never match: no document is written for it.
fn nothing() -> Value {
    let statement = json!({"Effect": "Deny", "Action": "none:None", "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// The requests that a claim speaks of, in one context: for each key of the bucket, in each place where it may be.
fn requests(claim: &Claim, context: &Context) -> Vec<Value> {
    let (kind, name, account) = WHO[claim.who];
    let principal = match kind {
        "user" => format!("arn:aws:iam::{account}:user/{name}"),
        _ => format!("arn:aws:iam::{account}:role/{name}"),
    };
    let owners = match BUCKETS[claim.bucket] {
        "bare" => vec![account, STRANGER],
        _ => vec![PROD],
    };
    let mut all = Vec::new();
    for owner in owners {
        for key in KEYS {
            all.push(json!({
                "principal": principal,
                "action": claim.action,
                "resource": format!("arn:aws:s3:::{}/{key}", BUCKETS[claim.bucket]),
                "resource_account": owner,
                "context": context.keys(),
            }));
        }
    }
    all
}

/// Holds one verdict against single requests.
fn weigh(claim: &Claim, item: &Item, shown: &Value, built: &Built, contexts: &[Context]) {
    let spoken_of = |c: &&Context| claim.when.as_ref().is_none_or(|w| w.holds(c));
    let mut asked = contexts.iter().filter(spoken_of);
    match (item.outcome, claim.can) {
        (Outcome::Passed, false) => asked.for_each(|context| {
            for request in requests(claim, context) {
                assert!(!built.allows(request.clone()), "{}{request}", claim.text());
            }
        }),
        (Outcome::Passed, true) => asked.by_ref().filter(|c| c.is_whole()).for_each(|context| {
            for request in requests(claim, context) {
                assert!(built.allows(request.clone()), "{}{request}", claim.text());
            }
        }),
        (Outcome::Failed, can) => {
            let details = shown["details"].as_array().map_or(&[][..], Vec::as_slice);
            assert!(!details.is_empty(), "{}without a reason", claim.text());
            for detail in details {
                let request = detail["request"].clone();
                assert_eq!(built.allows(request), !can, "{}{detail}", claim.text());
            }
        }
        (Outcome::Undecided, _) => panic!("{}{:?}", claim.text(), item.details),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_request_to_the_built_documents_contradicts_a_verdict(
        sources in organisation(),
        claims in proptest::collection::vec(claim(), 12),
        contexts in proptest::collection::vec(context(), 12),
    ) {
        let built = Project::from_text(&sources).build();
        prop_assume!(built.output.is_some());
        let documents = Built(project::artefacts(&built));
        let text = sources + &claims.iter().map(Claim::text).collect::<String>();
        let proved = Project::from_text(&text).prove();
        let report = proved.report.as_ref();
        let report = report.unwrap_or_else(|| panic!("{text}\n{}", project::findings(&proved)));
        assert_eq!(report.items.len(), claims.len(), "{text}");
        for (claim, item) in claims.iter().zip(&report.items) {
            let shown = serde_json::to_value(Record::new(item, &proved.sources));
            weigh(claim, item, &shown.unwrap_or_default(), &documents, &contexts);
        }
    }
}
