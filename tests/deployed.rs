//! Exports of AWS and infrastructure tools, read: what comes out, and what is said of broken ones.
//!
//! The fixtures below `tests/deployed/` are made by hand in the shape that the tools print. What is read is drawn
//! shortly, a statement a line, and kept as a snapshot.

#![expect(
    clippy::disallowed_methods,
    reason = "a test harness reads its cases from the disk"
)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use bailiwick::catalogue::Catalogue;
use bailiwick::deployed::authorization::{self, AccountExport};
use bailiwick::deployed::{Infrastructure, cloudformation, organization, terraform};
use bailiwick::diagnostic::{Colour, Diagnostic, render};
use bailiwick::ir::{AttachedPolicy, Node, Policy, Statement};
use bailiwick::source::{SourceId, SourceMap};

/// The text of a fixture.
fn fixture(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deployed");
    fs::read_to_string(root.join(path)).unwrap()
}

/// Sources with these texts.
fn sources(files: &[(&str, String)]) -> (SourceMap, Vec<SourceId>) {
    let mut sources = SourceMap::default();
    let ids = files
        .iter()
        .map(|(path, text)| sources.add(*path, text.clone()))
        .collect();
    (sources, ids)
}

fn drawn(found: &[Diagnostic], sources: &SourceMap) -> String {
    let drawn = found.iter().map(|d| render(d, sources, Colour::Plain));
    drawn.collect()
}

/// A statement on a line.
fn line(statement: &Statement) -> String {
    let list = |negated: bool, items: &[String]| {
        let mark = if negated { "not " } else { "" };
        format!("{mark}[{}]", items.join(" "))
    };
    let mut text = format!("{:?}", statement.effect);
    if let Some(principal) = &statement.principal {
        let json = serde_json::to_string(&principal.principals).unwrap();
        let _ = write!(text, " {json}");
    }
    let action = &statement.action;
    let _ = write!(text, " {}", list(action.negated, &action.patterns));
    if let Some(resource) = &statement.resource {
        let _ = write!(text, " on {}", list(resource.negated, &resource.patterns));
    }
    if statement.condition != bailiwick::ir::Condition::True {
        text.push_str(" when …");
    }
    if let Some(sid) = &statement.sid {
        let _ = write!(text, " ({sid})");
    }
    text
}

fn policy(out: &mut String, what: &str, policy: &Policy) {
    let _ = writeln!(out, "    {what} {} `{}`", policy.kind.as_str(), policy.name);
    for statement in &policy.statements {
        let _ = writeln!(out, "      {}", line(statement));
    }
}

fn attached(out: &mut String, what: &str, list: &[AttachedPolicy]) {
    for one in list {
        let _ = writeln!(out, "    {what} {one:?}");
    }
}

fn account(export: &AccountExport) -> String {
    let account = &export.account;
    let mut out = format!("account {} in {}\n", account.id, account.partition);
    let own = account.roles.values().map(|r| (r, String::new()));
    let reserved = export.reserved.values();
    let reserved = reserved.map(|r| (&r.role, format!(", {:?}", r.by)));
    for (role, by) in own.chain(reserved) {
        let (path, name) = (&role.path, &role.name);
        let _ = writeln!(
            out,
            "  role {path}{name}, {:?}, {:?} s{by} {:?}",
            role.audience, role.max_session, role.tags
        );
        policy(&mut out, "trust", &role.trust);
        role.inline
            .iter()
            .for_each(|p| policy(&mut out, "inline", p));
        attached(&mut out, "attached", &role.attached);
        attached(&mut out, "boundary", role.boundary.as_slice());
    }
    for user in account.users.values() {
        let _ = writeln!(
            out,
            "  user {}{}, {:?}, {:?}",
            user.path, user.name, user.groups, user.tags
        );
        user.inline
            .iter()
            .for_each(|p| policy(&mut out, "inline", p));
        attached(&mut out, "attached", &user.attached);
        attached(&mut out, "boundary", user.boundary.as_slice());
    }
    for group in account.groups.values() {
        let _ = writeln!(out, "  group {}{}", group.path, group.name);
        group
            .inline
            .iter()
            .for_each(|p| policy(&mut out, "inline", p));
        attached(&mut out, "attached", &group.attached);
    }
    for managed in account.managed_policies.values() {
        let _ = writeln!(out, "  managed {:?}", managed.details);
        policy(&mut out, "is", managed);
    }
    for one in &export.inline {
        let _ = writeln!(out, "  of {} {}", one.owner_kind.as_str(), one.owner);
        policy(&mut out, "its own", &one.policy);
    }
    for managed in export.aws_policies.values() {
        policy(&mut out, "of AWS", managed);
    }
    for unread in &export.unread {
        let _ = writeln!(out, "  unread {} {}", unread.kind.as_str(), unread.name);
    }
    out
}

/// Reads exports; the accounts, then the findings.
fn authorization_of(files: &[(&str, String)]) -> String {
    let (sources, ids) = sources(files);
    let (accounts, found) = authorization::read(&ids, &sources, Catalogue::embedded());
    let accounts: String = accounts.iter().map(account).collect();
    format!("{accounts}\n{}", drawn(&found, &sources))
}

#[test]
fn an_account_is_read() {
    let text = fixture("authorization/acme-prod.json");
    insta::assert_snapshot!(authorization_of(&[("acme-prod.json", text)]));
}

#[test]
fn what_is_broken_is_named_and_the_rest_is_read() {
    let text = fixture("authorization/broken.json");
    insta::assert_snapshot!(authorization_of(&[("broken.json", text)]));
}

#[test]
fn encoded_documents_and_plain_ones_mean_the_same() {
    let role = |document: &str| {
        format!(
            r#"{{"RoleDetailList": [{{"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/R", "AssumeRolePolicyDocument": {document}}}],
            "UserDetailList": [], "GroupDetailList": [], "Policies": []}}"#
        )
    };
    let plain = r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;
    let encoded = plain.replace('"', "%22").replace(' ', "%20");
    let encoded = encoded.replace('{', "%7B").replace('}', "%7d");
    let escaped = serde_json::to_string(plain).unwrap();
    let all = [plain.to_owned(), format!("\"{encoded}\""), escaped];
    let read = all.map(|d| authorization_of(&[("a.json", role(&d))]));
    assert!(read[0].contains("ec2.amazonaws.com"), "{}", read[0]);
    assert_eq!(read[0], read[1]);
    assert_eq!(read[0], read[2]);
}

#[test]
fn pages_and_accounts_are_put_together() {
    let page = |account: &str, name: &str, truncated: bool| {
        format!(
            r#"{{"RoleDetailList": [{{"RoleName": "{name}", "Arn": "arn:aws:iam::{account}:role/{name}", "AssumeRolePolicyDocument":
            {{"Statement": {{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}}}}}], "IsTruncated": {truncated}}}"#
        )
    };
    let both = [
        ("1.json", page("111122223333", "A", true)),
        ("2.json", page("111122223333", "B", false)),
        ("3.json", page("444455556666", "A", true)),
        ("4.json", page("444455556666", "A", true)),
    ];
    insta::assert_snapshot!(authorization_of(&both));
}

#[test]
fn a_file_that_is_something_else_is_told_so() {
    let files = [
        (
            "policy.json",
            r#"{"Version": "2012-10-17", "Statement": []}"#,
        ),
        ("empty.json", ""),
        ("cut.json", "{\"RoleDetailList\": [{\"RoleName\": \"A"),
        ("list.json", "[1, 2]"),
        ("nothing.json", "[]"),
        (
            "twice.json",
            r#"{"RoleDetailList": [], "RoleDetailList": []}"#,
        ),
        (
            "types.json",
            r#"{"RoleDetailList": {}, "UserDetailList": [1], "GroupDetailList": [{}], "Policies": null}"#,
        ),
    ];
    let all = files.map(|(path, text)| authorization_of(&[(path, text.to_owned())]));
    insta::assert_snapshot!(all.join("--\n"));
}

#[test]
fn an_account_of_nothing_is_an_error() {
    let empty =
        r#"{"RoleDetailList": [], "UserDetailList": [], "GroupDetailList": [], "Policies": []}"#;
    insta::assert_snapshot!(authorization_of(&[("empty.json", empty.to_owned())]));
}

fn node(out: &mut String, of: &Node, depth: usize) {
    let indent = "  ".repeat(depth);
    let id = of.id.as_deref().unwrap_or("-");
    let management = of.account.as_ref().is_some_and(|a| a.management);
    let _ = writeln!(
        out,
        "{indent}{:?} {} {id}, full access {}, management {management}",
        of.kind, of.name, of.full_aws_access
    );
    of.scps
        .iter()
        .chain(&of.rcps)
        .for_each(|p| policy(out, &indent, p));
    for child in &of.children {
        node(out, child, depth + 1);
    }
}

/// Reads the files of an organisation; the tree, then the findings.
fn organization_of(files: &[(&str, String)]) -> String {
    let (sources, ids) = sources(files);
    let (organization, found) = organization::read(&ids, &sources, Catalogue::embedded());
    let mut out = String::new();
    if let Some(organization) = organization {
        let _ = writeln!(out, "organisation {}", organization.id);
        node(&mut out, &organization.root, 0);
    }
    format!("{out}\n{}", drawn(&found, &sources))
}

/// The files of the organisation's folder without those of a name.
fn organization_without(left_out: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deployed/organization");
    let names = fs::read_dir(root).unwrap().map(|e| e.unwrap().file_name());
    let mut names: Vec<String> = names.map(|n| n.into_string().unwrap()).collect();
    names.sort();
    names.retain(|n| !left_out.iter().any(|l| n.starts_with(l)));
    let text = |name: &String| fixture(&format!("organization/{name}"));
    names.iter().map(|n| (n.clone(), text(n))).collect()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, String)> {
    let pairs = files.iter();
    pairs
        .map(|(name, text)| (name.as_str(), text.clone()))
        .collect()
}

#[test]
fn an_organisation_is_read() {
    let files = organization_without(&[]);
    insta::assert_snapshot!(organization_of(&borrowed(&files)));
}

#[test]
fn what_an_organisation_lacks_is_named() {
    let files = organization_without(&[
        "describe-organization",
        "describe-policy.p-leave",
        "list-targets-for-policy.p-Full",
        "list-targets-for-policy.p-peri",
        "list-accounts-for-parent.ou",
    ]);
    let mut files = borrowed(&files);
    files.push(("roles.json", r#"{"Roles": []}"#.to_owned()));
    files.push((
        "list-targets-for-policy.json",
        r#"{"Targets": []}"#.to_owned(),
    ));
    let broken = r#"{"Policy": {"PolicySummary": {"Id": "p-broken12", "Name": "Broken", "Type": "SERVICE_CONTROL_POLICY"},
        "Content": "{\"Statement\": [{\"Effect\": \"Denied\", \"Action\": \"*\", \"Resource\": \"*\"}]}"}}"#;
    files.push(("broken.json", broken.to_owned()));
    insta::assert_snapshot!(organization_of(&files));
}

#[test]
fn a_circle_of_units_ends() {
    let unit =
        |id: &str| format!(r#"{{"OrganizationalUnits": [{{"Id": "{id}", "Name": "{id}"}}]}}"#);
    let files = [
        ("list-roots.json", r#"{"Roots": [{"Id": "r-ab12", "Name": "Root", "Arn": "arn:aws:organizations::999999999999:root/o-x/r-ab12"}]}"#.to_owned()),
        ("u.r-ab12.json", unit("ou-ab12-11111111")),
        ("u.ou-ab12-11111111.json", unit("ou-ab12-22222222")),
        ("u.ou-ab12-22222222.json", unit("r-ab12")),
    ];
    let read = organization_of(&files);
    assert!(read.contains("Unit ou-ab12-22222222"), "{read}");
    assert_eq!(read.matches("Root Root").count(), 1, "{read}");
}

#[test]
fn an_empty_folder_is_an_error() {
    let read = organization_of(&[]);
    assert!(
        read.contains("error[no-documents]: there is no organisation to read"),
        "{read}"
    );
}

fn infrastructure(out: &Infrastructure) -> String {
    let mut text = String::new();
    for document in &out.documents {
        let _ = writeln!(text, "{}: {:?}", document.address, document.belongs_to);
        policy(&mut text, "is", &document.policy);
    }
    for attachment in &out.attachments {
        let (address, to, policy) = (&attachment.address, &attachment.to, &attachment.policy);
        let _ = writeln!(text, "{address}: {policy:?} to {to:?}");
    }
    for one in &out.declared {
        let (address, kind, name) = (&one.address, one.kind, &one.name);
        let details = (&one.path, &one.description, one.max_session, &one.tags);
        let _ = writeln!(text, "{address}: {kind:?} `{name}` {details:?}");
    }
    for one in &out.memberships {
        let _ = writeln!(text, "{:?} in {:?}", one.user, one.group);
    }
    text
}

/// Reads plans; the documents, then the findings.
fn terraform_of(files: &[(&str, String)]) -> String {
    let (sources, ids) = sources(files);
    let (out, found) = terraform::read(&ids, &sources, Catalogue::embedded());
    format!("{}\n{}", infrastructure(&out), drawn(&found, &sources))
}

#[test]
fn a_plan_is_read() {
    let text = fixture("terraform/plan.json");
    insta::assert_snapshot!(terraform_of(&[("plan.json", text)]));
}

#[test]
fn a_state_is_read_as_a_plan_is() {
    let plan = fixture("terraform/plan.json");
    let state = plan.replace("\"planned_values\"", "\"values\"");
    let both = [plan, state].map(|text| terraform_of(&[("a.json", text)]));
    assert_eq!(both[0], both[1]);
}

#[test]
fn what_is_no_plan_is_told_so() {
    let files = [
        (
            "policy.json",
            r#"{"Version": "2012-10-17", "Statement": []}"#,
        ),
        (
            "state.json",
            r#"{"version": 4, "terraform_version": "1.9.5", "resources": []}"#,
        ),
        ("cut.json", r#"{"planned_values": {"root_module": "#),
        ("empty.json", r#"{"planned_values": {"root_module": {}}}"#),
    ];
    let all = files.map(|(path, text)| terraform_of(&[(path, text.to_owned())]));
    insta::assert_snapshot!(all.join("--\n"));
}

/// Reads templates as deployed to one account; the documents, then the findings.
fn cloudformation_of(files: &[(&str, String)]) -> String {
    let (sources, ids) = sources(files);
    let settings = cloudformation::Settings {
        account: Some("111122223333".to_owned()),
        region: Some("cn-north-1".to_owned()),
        ..cloudformation::Settings::default()
    };
    let (out, found) = cloudformation::read(&ids, &sources, Catalogue::embedded(), &settings);
    format!("{}\n{}", infrastructure(&out), drawn(&found, &sources))
}

#[test]
fn a_template_is_read_and_what_is_not_known_is_named() {
    let text = fixture("cloudformation/stack.yaml");
    insta::assert_snapshot!(cloudformation_of(&[("stack.yaml", text)]));
}

#[test]
fn what_is_no_template_is_told_so() {
    let files = [
        (
            "policy.json",
            r#"{"Version": "2012-10-17", "Statement": []}"#,
        ),
        ("cut.yaml", "Resources:\n  A: [1, 2"),
        ("text.yaml", "hello"),
        ("twice.yaml", "Resources:\n  A: {}\n  A: {}\n"),
        ("empty.json", r#"{"Resources": {}}"#),
    ];
    let all = files.map(|(path, text)| cloudformation_of(&[(path, text.to_owned())]));
    insta::assert_snapshot!(all.join("--\n"));
}
