//! An estate of a small organisation, asked who is in it and what its identities may do.

use super::*;
use crate::catalogue::Catalogue;
use crate::driver;
use crate::engine::question::{Asking, Finding, Subject, disjoint};
use crate::iam::{Effect, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PolicySet, Statement};
use crate::source::Files;

struct One(&'static str);

impl Files for One {
    fn list(&self) -> Vec<String> {
        vec!["org.bw".to_owned()]
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match path {
            "org.bw" => Ok(self.0.as_bytes().to_vec()),
            _ => Err("no such file".to_owned()),
        }
    }

    fn contains(&self, path: &str) -> bool {
        path == "org.bw"
    }
}

const ACME: &str = r#"
boundary Limits { allow s3:* on * }
scp NoDelete { deny s3:DeleteBucket on * }
role Reader for people {
  trust account "222222222222"
  boundary Limits
  attach aws "SecurityAudit"
  allow s3:DeleteBucket, s3:CreateBucket, sqs:SendMessage on *
}
group Team { allow s3:ListAllMyBuckets on * }
user Ann { member_of Team }
permission_set Look { allow s3:CreateBucket on * }
org Acme "o-a1b2c3d4e5" {
  root "r-ab12"
  attach NoDelete
  ou Work {
    account Prod "111111111111" {
      deploy Reader, Ann
      assign Look to "everybody"
    }
  }
  management account Boss "999999999999" { deploy Reader }
}
"#;

fn set() -> PolicySet {
    let build = driver::check(&One(ACME));
    build
        .meaning
        .unwrap_or_else(|| panic!("{:#?}", build.diagnostics))
}

/// The requests of one action, on anything.
fn scope(action: &str) -> Policy {
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: String::new(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::any(vec![action.to_owned()]),
            resource: Some(Match::everything()),
            condition: Condition::True,
            origin: Origin::default(),
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}

fn can(estate: &Estate<'_>, account: &str, name: &str, action: &str) -> bool {
    let place = estate.account_by_id(account).unwrap();
    let mut identities = estate.identities().iter();
    let identity = identities
        .find(|i| i.account == place && i.name == name)
        .unwrap();
    let subject = Subject::Effective(Box::new(estate.effective(identity)));
    let scope = scope(action);
    let asking = Asking::new(Catalogue::embedded());
    match disjoint(&subject, &Subject::document(&scope), &asking) {
        Finding::Proved => false,
        Finding::Refuted(_) => true,
        Finding::Unknown(why) => panic!("{why}"),
    }
}

#[test]
fn everybody_is_found_once_in_each_account() {
    let set = set();
    let estate = Estate::new(&set, Catalogue::embedded());
    let found: Vec<(&str, &str, IdentityKind)> = estate
        .identities()
        .iter()
        .map(|i| {
            (
                estate.accounts()[i.account].account.name.as_str(),
                i.name,
                i.kind,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("Prod", "Reader", IdentityKind::Role),
            ("Prod", "Ann", IdentityKind::User),
            ("Prod", "Look", IdentityKind::PermissionSet),
            ("Boss", "Reader", IdentityKind::Role),
        ]
    );
    assert!(estate.identities().iter().all(|i| i.unknown.is_empty()));
}

#[test]
fn boundary_levels_and_groups_count() {
    let set = set();
    let estate = Estate::new(&set, Catalogue::embedded());
    let can = |account, name, action| can(&estate, account, name, action);
    assert!(can("111111111111", "Reader", "s3:CreateBucket"));
    assert!(
        can("111111111111", "Reader", "s3:GetBucketPolicy"),
        "SecurityAudit has it"
    );
    assert!(
        !can("111111111111", "Reader", "sqs:SendMessage"),
        "beyond the boundary"
    );
    assert!(
        !can("111111111111", "Reader", "s3:DeleteBucket"),
        "denied at the root"
    );
    assert!(
        can("999999999999", "Reader", "s3:DeleteBucket"),
        "no SCP binds the management account"
    );
    assert!(
        can("111111111111", "Ann", "s3:ListAllMyBuckets"),
        "through the group"
    );
    assert!(can("111111111111", "Look", "s3:CreateBucket"));
}
