//! What witnesses look like: requests that AWS could send, whatever corner of the alphabet refutes a claim.

#![expect(
    clippy::panic,
    reason = "a test that cannot read its own documents has failed"
)]

use bailiwick::catalogue::Catalogue;
use bailiwick::engine::Request;
use bailiwick::engine::question::{Asking, Subject, implies};
use bailiwick::iam::{PolicyKind, reader};
use bailiwick::ir::{self, Policy};
use bailiwick::source::SourceMap;

fn policy(action: &str, resource: &str, condition: &str) -> Policy {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}","Resource":"{resource}","Condition":{{{condition}}}}}}}"#
    );
    let kind = PolicyKind::ManagedPolicy;
    let reading = reader::read(&text, Some(kind)).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let provenance = ir::read::Provenance {
        kind,
        name: "test",
        source: SourceMap::default().add("test.json", ""),
    };
    let catalogue = Catalogue::embedded();
    ir::read::policy(&reading, provenance, |key| {
        catalogue.key(key).is_some_and(|k| k.key.multi_valued)
    })
}

/// A request of the catalogue's world that the left allows and the right does not.
#[track_caller]
fn witness(left: &Policy, right: &Policy) -> Request {
    let asking = Asking::new(Catalogue::embedded());
    let finding = implies(&Subject::document(left), &Subject::document(right), &asking);
    let witness = finding.witness().unwrap_or_else(|| panic!("{finding:?}"));
    assert!(witness.in_catalogue, "{witness:?}");
    witness.request.clone()
}

#[track_caller]
fn resource_of(action: &str, left: &str, right: &str) -> String {
    witness(&policy(action, left, ""), &policy(action, right, "")).resource
}

#[test]
fn another_partition_is_one_that_aws_has() {
    let found = resource_of(
        "cloudwatch:DescribeAlarms",
        "arn:*:cloudwatch:*:*:alarm:*",
        "arn:aws:cloudwatch:*:*:alarm:*",
    );
    assert_eq!(
        found,
        "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:example"
    );
}

#[test]
fn another_account_is_twelve_digits_and_another_region_has_a_name() {
    let action = "sqs:SendMessage";
    let found = resource_of(
        action,
        "arn:aws:sqs:*:*:jobs",
        "arn:aws:sqs:*:111122223333:jobs",
    );
    assert_eq!(found, "arn:aws:sqs:us-east-1:444455556666:jobs");
    let found = resource_of(
        action,
        "arn:aws:sqs:*:*:jobs",
        "arn:aws:sqs:eu-west-1:*:jobs",
    );
    assert_eq!(found, "arn:aws:sqs:us-east-1:444455556666:jobs");
}

#[test]
fn a_star_that_may_cross_colons_crosses_none_where_it_need_not() {
    let found = resource_of(
        "ec2:CreateTags",
        "arn:aws:ec2:*:*:subnet/*",
        "arn:aws:ec2:*:*:vpc/*",
    );
    assert_eq!(found, "arn:aws:ec2:eu-west-1:111122223333:subnet/example");
}

#[test]
fn fields_that_a_bucket_lacks_are_filled_where_an_access_point_has_them() {
    let left = policy("s3:GetBucketLocation", "*", "");
    let right = policy("s3:GetBucketLocation", "arn:aws:s3:::*", "");
    let found = witness(&left, &right);
    assert_eq!(
        found.resource,
        "arn:aws:s3:eu-west-1:111122223333:accesspoint/example"
    );
}

#[test]
fn what_aws_owns_has_no_account() {
    let action = "ssm:SendCommand";
    let found = resource_of(
        action,
        "arn:aws:ssm:*::document/AWS-RunShellScript",
        "arn:aws:ssm:*:111122223333:document/*",
    );
    assert_eq!(found, "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript");
}
