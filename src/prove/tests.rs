//! Proofs against single requests: what is proved impossible is denied in every test, and what a test finds allowed is
//! refuted; over identities, resources and conditions of two accounts.

use super::*;
use crate::driver;
use crate::source::Files;

struct One(String);

impl Files for One {
    fn list(&self) -> Vec<String> {
        vec!["org.bw".to_owned()]
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "org.bw" => Ok(self.0.clone().into_bytes()),
            _ => Err("no such file".to_owned()),
        }
    }

    fn contains(&self, path: &str) -> bool {
        path == "org.bw"
    }
}

const ESTATE: &str = r#"
let open = s3:bucket "open"
let shut = s3:bucket "shut"
let plain = s3:bucket "plain"
boundary Limit { allow s3:GetObject, s3:PutObject, sts:* on * }
scp Guard { deny s3:DeleteObject on * unless mfa }
rcp Inside { deny s3:PutObject on * unless tls }
role Bounded { trust account Prod
  boundary Limit
  allow s3:* on * when mfa }
role Idle { trust account Prod
  allow s3:ListAllMyBuckets on * }
role Away { trust account Data
  allow s3:GetObject, s3:DeleteObject on open/*, shut/* }
user Ann { allow s3:DeleteObject on plain/* }
resource_policy OpenPolicy on open {
  allow s3:GetObject on open/* to anyone when tls
  allow s3:DeleteObject on open/* to account Data
}
resource_policy ShutPolicy on shut {
  deny s3:* on shut/* to anyone unless principal arn == Bounded in Prod
}
org Acme "o-a1b2c3d4e5" {
  root "r-ab12"
  attach Guard, Inside
  account Prod "111111111111" { deploy Bounded, Idle, Ann, OpenPolicy, ShutPolicy }
  account Data "222222222222" { deploy Away }
}
"#;

fn report(text: String) -> Report {
    let build = driver::prove(&One(text), Wanted::All, "");
    let found = build.diagnostics;
    build.report.unwrap_or_else(|| panic!("{found:#?}"))
}

#[test]
fn what_is_proved_no_request_contradicts() {
    let mut text = ESTATE.to_owned();
    let mut names = Vec::new();
    for who in ["role Bounded", "role Idle", "role Away", "user Ann"] {
        let name = who.split(' ').next_back().unwrap_or_default();
        for action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] {
            for bucket in ["open", "shut", "plain"] {
                let of = format!("{name} cannot {action} on {bucket}/*");
                text += &format!("prove {of}\n");
                text += &format!("test \"{of}\" {{\n  given {who}\n");
                for keys in ["", "mfa = true", "tls = true", "mfa = true, tls = true"] {
                    let with = if keys.is_empty() { "" } else { " with " };
                    text += &format!("  cannot {action} on {bucket}/\"x\"{with}{keys}\n");
                }
                text += "}\n";
                names.push(of);
            }
        }
    }
    let report = report(text);
    let outcome = |kind: ItemKind, name: &str| {
        let mut items = report.items.iter();
        let item = items.find(|i| i.kind == kind && i.name.trim_start_matches("prove ") == name);
        item.map(|i| i.outcome)
    };
    let mut counts = [0, 0];
    for name in &names {
        let proof = outcome(ItemKind::Proof, name);
        assert_eq!(proof, outcome(ItemKind::Test, name), "{name}");
        counts[usize::from(proof == Some(Outcome::Passed))] += 1;
    }
    assert!(counts.iter().all(|n| *n > 8), "{counts:?}");
}

#[test]
fn what_is_refuted_says_which_statements_let_it_through() {
    let report = report(format!(
        "{ESTATE}prove every role cannot s3:GetObject on *\n"
    ));
    let [item] = report.items.as_slice() else {
        panic!("one proof");
    };
    let shown: Vec<(&str, usize)> = item
        .details
        .iter()
        .map(|d| (d.who.as_str(), d.responsible.len()))
        .collect();
    // Its own, the boundary and two levels of SCPs; the open bucket to Idle; both sides to Away.
    let expected = [
        ("`Bounded` in Prod", 4),
        ("`Idle` in Prod", 3),
        ("`Away` in Data", 4),
    ];
    assert_eq!(shown, expected);
    assert!(item.details.iter().all(|d| d.request.is_some()));
}

#[test]
fn a_filter_and_a_kind_choose() {
    let text = format!(
        "{ESTATE}prove Idle cannot s3:PutObject on *\nprove Ann cannot s3:GetObject on shut/*\n\
         test \"Idle\" {{\n  given role Idle\n  cannot s3:PutObject on plain/\"x\"\n}}\n"
    );
    let chosen = |wanted, filter| {
        let build = driver::prove(&One(text.clone()), wanted, filter);
        build.report.map_or(0, |r| r.items.len())
    };
    assert_eq!(chosen(Wanted::All, ""), 3);
    assert_eq!(chosen(Wanted::Proofs, ""), 2);
    assert_eq!(chosen(Wanted::Proofs, "Idle"), 1);
    assert_eq!(chosen(Wanted::Tests, "Idle"), 1);
    assert_eq!(chosen(Wanted::All, "nothing of the kind"), 0);
}

/// A deployer that edits roles only where its own boundary is on them, and may be kept from taking its own off.
fn deployer(denied: &str) -> String {
    format!(
        "boundary Leash {{\n  allow iam:PutRolePolicy, iam:DeleteRolePermissionsBoundary on *\n\
         when permissions boundary == Leash\n  {denied}\n}}\n\
         role Maker {{ trust account Prod\n  boundary Leash\n\
         allow iam:PutRolePolicy, iam:DeleteRolePermissionsBoundary on *\n\
         when permissions boundary == Leash }}\n\
         role Free {{ trust service \"ec2.amazonaws.com\" }}\n\
         account Prod \"111111111111\" {{ deploy Leash, Maker, Free }}\n\
         prove no path from Maker to an unbounded role\n"
    )
}

#[test]
fn a_boundary_that_can_be_taken_off_binds_nobody() {
    let outcome = |denied: &str| report(deployer(denied)).items[0].outcome;
    let kept = "deny iam:DeleteRolePermissionsBoundary";
    assert_eq!(outcome(kept), Outcome::Passed);
    // Taking off one's own is what is left: `Free` has no boundary, so that nothing can be done to it.
    assert_eq!(outcome("deny iam:CreateUser"), Outcome::Failed);
    let report = report(deployer("deny iam:CreateUser"));
    let hops = &report.items[0].details[0].hops;
    let own = |hop: &Hop| hop.requests.iter().all(|r| !r.resource.contains("Free"));
    assert!(!hops.is_empty() && hops.iter().all(own), "{hops:#?}");
}

#[test]
fn a_proof_that_nobody_can_decide_can_be_waived_and_one_that_fails_cannot() {
    let waive = |code: &str, claim: &str| {
        let text = format!(
            "{ESTATE}waive {code} until 2099-12-31 because \"looked at by hand\"\nprove {claim}\n"
        );
        let build = driver::check(&One(text));
        let codes = build.diagnostics.iter().map(|d| d.code);
        (codes.collect::<Vec<_>>(), build.waived.len())
    };
    use crate::diagnostic::Code;
    let undecided = "every user in Data cannot s3:GetObject on *";
    let (left, waived) = waive("proof-undecided", undecided);
    assert!(
        !left.contains(&Code::ProofUndecided) && waived == 1,
        "{left:?}"
    );
    let (left, waived) = waive("proof-failed", "Ann cannot s3:DeleteObject on plain/*");
    assert!(left.contains(&Code::ProofFailed) && waived == 0, "{left:?}");
}
