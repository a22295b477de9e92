//! Suggestions: what a wrong name is answered with.

use bailiwick::catalogue::{Catalogue, suggest};

#[test]
fn services() {
    for (wrong, right) in [
        ("S3s", Some("s3")),
        ("lamda", Some("lambda")),
        ("dynamo", Some("dynamodb")),
        ("dynamoDb2", Some("dynamodb")),
        ("eventbridge", Some("events")),
        ("cloudwatch-logs", Some("logs")),
        ("secretmanager", Some("secretsmanager")),
        ("elb", Some("elasticloadbalancing")),
        ("stepfunctions", Some("states")),
        ("zzzzzz", None),
        ("", None),
    ] {
        assert_eq!(
            suggest::service(Catalogue::embedded(), wrong).as_deref(),
            right,
            "{wrong}"
        );
    }
}

#[test]
fn actions() {
    for (service, wrong, right) in [
        ("s3", "GetObjects", Some("s3:GetObject")),
        ("s3", "GetObjct", Some("s3:GetObject")),
        ("s3", "ListBuckets", Some("s3:ListBucket")),
        ("s3", "PutBucketPolicies", Some("s3:PutBucketPolicy")),
        ("s3", "SendMessage", Some("sqs:SendMessage")),
        ("sts", "PassRole", Some("iam:PassRole")),
        ("lamda", "InvokeFunction", Some("lambda:InvokeFunction")),
        ("dynamo", "GetItems", Some("dynamodb:GetItem")),
        ("ec2", "StartInstance", Some("ec2:StartInstances")),
        ("s3", "FryEggs", None),
    ] {
        assert_eq!(
            suggest::action(Catalogue::embedded(), service, wrong).as_deref(),
            right,
            "{service}:{wrong}"
        );
    }
}

#[test]
fn resource_types() {
    for (service, wrong, right) in [
        ("s3", "buckets", Some("bucket")),
        ("s3", "objekt", Some("object")),
        ("dynamodb", "tabel", Some("table")),
        ("iam", "roles", Some("role")),
        ("s3", "spaceship", None),
        ("nope", "bucket", None),
    ] {
        assert_eq!(
            suggest::resource_type(Catalogue::embedded(), service, wrong).as_deref(),
            right,
            "{service}:{wrong}"
        );
    }
}

#[test]
fn keys() {
    for (wrong, right) in [
        ("aws:SourceIP4", Some("aws:SourceIp")),
        ("aws:PrincipalOrgId2", Some("aws:PrincipalOrgID")),
        (
            "aws:MultifactorAuthPresents",
            Some("aws:MultiFactorAuthPresent"),
        ),
        ("aws:PrincipleTag/team", Some("aws:PrincipalTag/team")),
        ("SourceIp", Some("aws:SourceIp")),
        ("s3:prefixes", Some("s3:prefix")),
        ("s3:SourceIp", Some("aws:SourceIp")),
        ("kms:ViaServices", Some("kms:ViaService")),
        ("iam:PassedToServices", Some("iam:PassedToService")),
        ("aws:Zzzzzzzzzz", None),
    ] {
        assert_eq!(
            suggest::key(Catalogue::embedded(), wrong).as_deref(),
            right,
            "{wrong}"
        );
    }
}

#[test]
fn managed_policies() {
    for (wrong, right) in [
        ("SecurityAudits", Some("SecurityAudit")),
        ("securityaudit", Some("SecurityAudit")),
        ("ReadonlyAcces", Some("ReadOnlyAccess")),
        ("AdminAccess", Some("AdministratorAccess")),
        ("NothingLikeIt", None),
    ] {
        assert_eq!(
            suggest::managed_policy(Catalogue::embedded(), wrong).as_deref(),
            right,
            "{wrong}"
        );
    }
}
