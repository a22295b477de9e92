//! Ways that are open and ways that are closed, each beside its twin, and an account of the size of a real one.

use super::*;
use crate::access::Estate;
use crate::catalogue::Catalogue;
use crate::driver;
use crate::engine::question::Asking;
use crate::ir::PolicySet;
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

fn set(text: &str) -> PolicySet {
    let build = driver::build(&One(text.to_owned()), crate::backend::Style::Minified);
    build
        .meaning
        .unwrap_or_else(|| panic!("{:#?}", build.diagnostics))
}

/// The ways from one identity to another as `id id …`; `-` if there is none.
fn way(text: &str, from: &str, to: &str) -> String {
    let set = set(text);
    let estate = Estate::new(&set, Catalogue::embedded());
    let asking = Asking::new(Catalogue::embedded());
    let reach = Reach::new(&estate, &asking);
    let identity = |name: &str| {
        let mut all = estate.identities().iter();
        all.find(|i| i.name == name)
            .unwrap_or_else(|| panic!("no {name}"))
    };
    match reach.path(identity(from), identity(to)) {
        Path::None => "-".to_owned(),
        Path::Found(edges) => {
            let ids: Vec<&str> = edges.iter().map(|e| e.method.id).collect();
            ids.join(" ")
        }
        Path::Unknown(reason) => panic!("{reason}"),
    }
}

fn escalations(text: &str, from: &str) -> Vec<&'static str> {
    let set = set(text);
    let estate = Estate::new(&set, Catalogue::embedded());
    let asking = Asking::new(Catalogue::embedded());
    let reach = Reach::new(&estate, &asking);
    let identity = estate.identities().iter().find(|i| i.name == from);
    let edges = reach.escalations(identity.unwrap());
    edges.iter().map(|e| e.method.id).collect()
}

/// Two roles of one account: what the first may do, whom the second trusts, and what else there is.
fn two(first: &str, trust: &str, more: &str) -> String {
    format!(
        "role A {{\n  trust service \"ec2.amazonaws.com\"\n{first}\n}}\n\
         role B {{\n  trust {trust}\n  attach aws \"AdministratorAccess\"\n}}\n{more}\n\
         account Prod \"111111111111\" {{ deploy A, B }}\n"
    )
}

#[test]
fn the_table_holds_every_path_of_the_reference_once() {
    let ours = |m: &&Method| m.id.starts_with("create-") || m.id.starts_with("boundary-");
    let known = METHODS.iter().filter(|m| !ours(m));
    assert_eq!(known.clone().count(), 65);
    let ids: BTreeSet<&str> = METHODS.iter().map(|m| m.id).collect();
    assert_eq!(ids.len(), METHODS.len());
    let count = |category| known.clone().filter(|m| m.category == category).count();
    assert_eq!(count(Category::SelfEscalation), 8);
    assert_eq!(count(Category::PrincipalAccess), 14);
    // cloudformation-005 passes no role, whatever it is filed under.
    assert_eq!(count(Category::NewPassRole), 26);
    assert_eq!(count(Category::ExistingPassRole), 17);
    let catalogue = Catalogue::embedded();
    for (action, _) in METHODS.iter().flat_map(|m| m.requests) {
        assert!(catalogue.action(action).is_some(), "{action}");
    }
}

#[test]
fn assuming_needs_both_sides_or_a_trust_that_names_the_caller() {
    let by_account = |first: &str| way(&two(first, "account Prod", ""), "A", "B");
    assert_eq!(by_account("allow sts:AssumeRole on *"), "sts-001");
    assert_eq!(by_account("allow sts:AssumeRole on iam:role \"C\""), "-");
    assert_eq!(by_account("allow s3:GetObject on *"), "-");
    let named = way(
        &two("allow s3:GetObject on *", "role A in Prod", ""),
        "A",
        "B",
    );
    assert_eq!(named, "sts-001");
    let other = two("allow sts:AssumeRole on *", "account \"999999999999\"", "");
    assert_eq!(way(&other, "A", "B"), "-");
}

#[test]
fn across_accounts_both_sides_have_to_agree() {
    let text = |allowed: &str| {
        format!(
            "role A {{ trust account Prod\n allow {allowed} }}\n\
             role B {{ trust account Prod\n attach aws \"AdministratorAccess\" }}\n\
             account Prod \"111111111111\" {{ deploy A }}\n\
             account Data \"222222222222\" {{ deploy B }}\n"
        )
    };
    assert_eq!(
        way(&text("sts:AssumeRole on B in Data"), "A", "B"),
        "sts-001"
    );
    assert_eq!(
        way(&text("sts:AssumeRole on iam:role \"B\""), "A", "B"),
        "-"
    );
    assert_eq!(way(&text("iam:* on *"), "A", "B"), "iam-005 sts-001");
}

#[test]
fn a_rewritten_trust_needs_no_allow_of_its_own() {
    let first = "allow iam:UpdateAssumeRolePolicy on iam:role \"B\"";
    let service = "service \"lambda.amazonaws.com\"";
    assert_eq!(way(&two(first, service, ""), "A", "B"), "iam-012");
    let elsewhere = "allow iam:UpdateAssumeRolePolicy on iam:role \"C\"";
    assert_eq!(way(&two(elsewhere, service, ""), "A", "B"), "-");
}

#[test]
fn a_role_is_passed_to_a_service_that_it_trusts() {
    let passing = |when: &str| {
        format!(
            "allow iam:PassRole on iam:role \"B\" {when}\n\
             allow lambda:CreateFunction, lambda:InvokeFunction on lambda:function \"*\""
        )
    };
    let lambda = "service \"lambda.amazonaws.com\"";
    let to = |service: &str| format!("when iam:PassedToService == \"{service}\"");
    assert_eq!(way(&two(&passing(""), lambda, ""), "A", "B"), "lambda-001");
    let right = passing(&to("lambda.amazonaws.com"));
    assert_eq!(way(&two(&right, lambda, ""), "A", "B"), "lambda-001");
    let wrong = passing(&to("ec2.amazonaws.com"));
    assert_eq!(way(&two(&wrong, lambda, ""), "A", "B"), "-");
    let untrusting = two(&passing(""), "service \"glue.amazonaws.com\"", "");
    assert_eq!(way(&untrusting, "A", "B"), "-");
}

#[test]
fn steering_what_runs_already_takes_no_pass_role() {
    let first = "allow ssm:SendCommand on *";
    assert_eq!(
        way(&two(first, "service \"ec2.amazonaws.com\"", ""), "A", "B"),
        "ssm-002"
    );
    assert_eq!(
        way(
            &two(first, "service \"lambda.amazonaws.com\"", ""),
            "A",
            "B"
        ),
        "-"
    );
}

#[test]
fn chains_are_found_and_boundaries_close_them() {
    let own = "allow iam:PutRolePolicy on iam:role \"A\"";
    let trust = "account Prod";
    assert_eq!(way(&two(own, trust, ""), "A", "B"), "iam-005 sts-001");
    let limit = "boundary Limit { allow iam:PutRolePolicy, s3:* on * }";
    let bounded = format!("boundary Limit\n{own}");
    assert_eq!(way(&two(&bounded, trust, limit), "A", "B"), "-");
}

#[test]
fn a_guardrail_closes_a_way() {
    let text = |scp: &str| {
        format!(
            "scp Guard {{ {scp} }}\n\
             role A {{ trust account Prod\n allow iam:AttachRolePolicy on * }}\n\
             org Acme \"o-a1b2c3d4e5\" {{\n  root \"r-ab12\"\n  attach Guard\n  \
             account Prod \"111111111111\" {{ deploy A }}\n}}\n"
        )
    };
    assert_eq!(
        escalations(&text("deny s3:DeleteBucket on *"), "A"),
        ["iam-009"]
    );
    let none: [&str; 0] = [];
    assert_eq!(
        escalations(&text("deny iam:AttachRolePolicy on *"), "A"),
        none
    );
    let by_policy = "deny iam:AttachRolePolicy on * unless iam:PolicyARN present";
    assert_eq!(
        escalations(&text(by_policy), "A"),
        ["iam-009"],
        "some policy can be attached"
    );
}

#[test]
fn a_new_role_has_to_be_as_bounded_as_its_maker() {
    let text = |when: &str| {
        format!(
            "boundary Limit {{ allow iam:*, s3:* on * }}\n\
             role A {{\n  trust account Prod\n  boundary Limit\n  \
             allow iam:CreateRole, iam:PutRolePolicy on iam:role \"app/*\" {when}\n}}\n\
             account Prod \"111111111111\" {{ deploy A, Limit }}\n"
        )
    };
    assert_eq!(escalations(&text(""), "A"), ["create-001"]);
    let none: [&str; 0] = [];
    assert_eq!(
        escalations(&text("when permissions boundary == Limit"), "A"),
        none
    );
}

#[test]
fn a_boundary_that_its_bearer_can_take_off_is_none() {
    let text = |allowed: &str| {
        format!(
            "boundary Limit {{ allow iam:*, s3:* on * }}\n\
             role A {{\n  trust account Prod\n  boundary Limit\n  allow {allowed} on iam:role \"A\"\n}}\n\
             account Prod \"111111111111\" {{ deploy A, Limit }}\n"
        )
    };
    let with = |allowed: &str| escalations(&text(allowed), "A");
    assert_eq!(with("iam:PutRolePolicy"), ["iam-005"]);
    let both = "iam:PutRolePolicy, iam:DeleteRolePermissionsBoundary";
    assert_eq!(with(both), ["iam-005", "boundary-001"]);
    let put = "iam:PutRolePolicy, iam:PutRolePermissionsBoundary";
    assert_eq!(with(put), ["iam-005", "boundary-005"]);
}

#[test]
fn users_and_groups() {
    let text = |allowed: &str| {
        format!(
            "group Team {{ allow {allowed} }}\n\
             user Ann {{ member_of Team }}\n\
             user Bob {{ attach aws \"AdministratorAccess\" }}\n\
             account Prod \"111111111111\" {{ deploy Ann, Bob }}\n"
        )
    };
    let ann = |allowed: &str| way(&text(allowed), "Ann", "Bob");
    assert_eq!(ann("iam:CreateAccessKey on iam:user \"Bob\""), "iam-002");
    assert_eq!(ann("iam:UpdateLoginProfile on iam:user \"Bob\""), "iam-006");
    assert_eq!(
        ann("iam:CreateAccessKey on iam:user \"${aws:username}\""),
        "-"
    );
    assert_eq!(
        escalations(&text("iam:PutGroupPolicy on iam:group \"Team\""), "Ann"),
        ["iam-011"]
    );
    assert_eq!(
        escalations(&text("iam:PutGroupPolicy on iam:group \"Other\""), "Ann"),
        [""; 0]
    );
}

#[test]
fn patterns_of_actions_match_as_in_iam() {
    for (pattern, name, expected) in [
        ("*", "iam:PassRole", true),
        ("iam:*", "iam:PassRole", true),
        ("iam:pass*", "iam:PassRole", true),
        ("iam:*role", "iam:PassRole", true),
        ("iam:*Role*", "iam:PassRole", true),
        ("iam:P?ssRole", "iam:PassRole", true),
        ("i*m:*s*e", "iam:PassRole", true),
        ("iam:PassRole", "iam:PassRole", true),
        ("iam:PassRol", "iam:PassRole", false),
        ("iam:PassRole?", "iam:PassRole", false),
        ("s3:*", "iam:PassRole", false),
        ("*RoleRole", "iam:PassRole", false),
        ("iam:PassRole*PassRole", "iam:PassRole", false),
    ] {
        assert_eq!(
            question::matches(pattern, name),
            expected,
            "{pattern} {name}"
        );
    }
}

#[test]
fn a_boundary_of_aws_is_known_by_its_arn() {
    let text = |when: &str| {
        format!(
            "role A {{\n  trust account Prod\n  boundary aws \"AdministratorAccess\"\n  \
             allow iam:CreateRole, iam:PutRolePolicy on iam:role \"app/*\" {when}\n}}\n\
             account Prod \"111111111111\" {{ deploy A }}\n"
        )
    };
    assert_eq!(escalations(&text(""), "A"), ["create-001"]);
    let bounded =
        |name: &str| format!("when permissions boundary == \"arn:aws:iam::aws:policy/{name}\"");
    let none: [&str; 0] = [];
    assert_eq!(
        escalations(&text(&bounded("AdministratorAccess")), "A"),
        none
    );
    assert_eq!(
        escalations(&text(&bounded("ReadOnlyAccess")), "A"),
        ["create-001"],
        "with another boundary than its maker's"
    );
}
