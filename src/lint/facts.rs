//! What is known of AWS's requests and services beyond the catalogue, each with its source.

use super::ask::test;
use crate::iam::BaseOperator;
use crate::ir::Condition;

/// Ranges that never stand in `aws:SourceIp`: it holds the public address that the request came from, and is absent
/// from requests that come through a VPC endpoint.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip>
pub(super) const PRIVATE_RANGES: [&str; 9] = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// The address is not a private one.
pub(super) fn public_address() -> Condition {
    test(BaseOperator::IpAddress, "aws:SourceIp", &PRIVATE_RANGES).negate()
}

/// Services whose resources have policies that can grant by themselves, so that a Deny is of use although no identity
/// policy allows what it denies; `sts` for the trust of roles.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
const RESOURCE_POLICIES: [&str; 66] = [
    "acm-pca",
    "airflow",
    "apigateway",
    "aoss",
    "athena",
    "backup",
    "bedrock",
    "bedrock-agentcore",
    "cassandra",
    "cloudtrail",
    "cloudwatch",
    "codeartifact",
    "codebuild",
    "codedeploy",
    "cognito-identity",
    "cognito-idp",
    "dataexchange",
    "datazone",
    "dsql",
    "dynamodb",
    "ebs",
    "ec2",
    "ecr",
    "ecr-public",
    "elasticfilesystem",
    "entityresolution",
    "es",
    "events",
    "evs",
    "execute-api",
    "finspace",
    "fsx",
    "glacier",
    "glue",
    "imagebuilder",
    "iot",
    "ivs",
    "kafka",
    "kafka-cluster",
    "kinesis",
    "kms",
    "lambda",
    "lex",
    "logs",
    "mediastore",
    "network-firewall",
    "oam",
    "organizations",
    "outposts",
    "payment-cryptography",
    "ram",
    "redshift",
    "redshift-serverless",
    "refactor-spaces",
    "rolesanywhere",
    "route53resolver",
    "s3",
    "s3-object-lambda",
    "s3-outposts",
    "s3express",
    "s3tables",
    "s3vectors",
    "schemas",
    "secretsmanager",
    "ses",
    "servicediscovery",
];

/// As [`RESOURCE_POLICIES`]; the list is too long for one line of thought.
const MORE_RESOURCE_POLICIES: [&str; 13] = [
    "signer",
    "sns",
    "sqs",
    "ssm",
    "ssm-contacts",
    "ssm-incidents",
    "sts",
    "swf",
    "verifiedpermissions",
    "vpc-lattice",
    "vpc-lattice-svcs",
    "wafv2",
    "xray",
];

/// Whether a policy on a resource of the service can grant by itself.
pub(super) fn has_resource_policies(service: &str) -> bool {
    let all = RESOURCE_POLICIES.iter().chain(&MORE_RESOURCE_POLICIES);
    all.into_iter().any(|s| s.eq_ignore_ascii_case(service))
}

/// What programs of all kinds do all day: a Deny that takes all of it from them leaves nothing.
pub(super) const EVERYDAY_ACTIONS: [&str; 12] = [
    "dynamodb:GetItem",
    "ec2:DescribeInstances",
    "kms:Decrypt",
    "lambda:InvokeFunction",
    "logs:PutLogEvents",
    "s3:GetObject",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "sns:Publish",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
    "ssm:GetParameter",
];

/// Services that say for whom they work when they assume a role, by the first word of their principal.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html> and the pages of each service.
pub(super) const NAMES_ITS_SOURCE_IN_TRUST: [&str; 30] = [
    "amplify",
    "apigateway",
    "appflow",
    "backup-gateway",
    "batchoperations",
    "bedrock",
    "cloudtrail",
    "codebuild",
    "comprehend",
    "config",
    "databrew",
    "dms",
    "ecs-tasks",
    "events",
    "firehose",
    "glue",
    "iot",
    "kinesisanalytics",
    "lex",
    "logs",
    "pipes",
    "quicksight",
    "rekognition",
    "sagemaker",
    "scheduler",
    "ssm",
    "states",
    "textract",
    "transcribe",
    "vpc-flow-logs",
];

/// Services whose requests to other services' resources never say for whom they work.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>
pub(super) const NEVER_NAMES_ITS_SOURCE: [&str; 4] = ["ec2", "ecs", "eks", "lambda"];

/// Reads of data, as against reads of configuration. From the access levels AWS gives, by hand.
const READS_OF_DATA: [&str; 36] = [
    "athena:GetQueryResults",
    "cassandra:Select",
    "codecommit:GetFile",
    "codecommit:GitPull",
    "cognito-idp:ListUsers",
    "dynamodb:BatchGetItem",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:GetConsoleOutput",
    "ecr:BatchGetImage",
    "es:ESHttpGet",
    "kinesis:GetRecords",
    "kms:Decrypt",
    "lambda:GetFunction",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "rds-data:ExecuteStatement",
    "rds:DownloadDBLogFilePortion",
    "redshift-data:GetStatementResult",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "states:GetExecutionHistory",
    "timestream:Select",
];

/// Whether an action reads data.
pub(super) fn reads_data(action: &str) -> bool {
    READS_OF_DATA
        .iter()
        .any(|known| known.eq_ignore_ascii_case(action))
}

/// Actions whose answer is a credential, or that make one. Tokens that are of use only with further permissions, such as
/// `ecr:GetAuthorizationToken`, are not among them.
const CREDENTIALS: [&str; 20] = [
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    "connect:GetFederationToken",
    "ec2:GetPasswordData",
    "gamelift:GetInstanceAccess",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateLoginProfile",
    "lightsail:DownloadDefaultKeyPair",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "mediapackage:RotateIngestEndpointCredentials",
    "rds-db:connect",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sts:AssumeRole",
];

/// Whether the answer of an action is a credential.
pub(super) fn hands_out_credentials(action: &str) -> bool {
    CREDENTIALS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(action))
}

/// Whether an action looks and changes nothing, whatever level AWS gives it (`backup:ListIndexedRecoveryPointsForSearch`
/// is *permissions management* in the service reference of November 2026).
pub(super) fn only_looks(action: &str) -> bool {
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    ["List", "Get", "Describe"]
        .iter()
        .any(|verb| name.starts_with(verb))
}

/// Beginnings of keys, in lower case, that say who asks, from where, how and when, and nothing of what is asked for.
pub(super) const WHO_AND_WHERE: [&str; 17] = [
    "aws:multifactorauth",
    "aws:principal",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourceidentity",
    "aws:currenttime",
    "aws:epochtime",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "aws:viaawsservice",
    "aws:vpc",
    "aws:federatedprovider",
    "aws:referer",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_action_and_service_is_one_of_the_catalogue() {
        let catalogue = Catalogue::embedded();
        let lists: [&[&str]; 3] = [&EVERYDAY_ACTIONS, &READS_OF_DATA, &CREDENTIALS];
        for action in lists.into_iter().flatten() {
            let found = catalogue.action(action).map(|(s, a)| s.qualified(a));
            assert_eq!(found.as_deref(), Some(*action));
        }
        for service in RESOURCE_POLICIES.iter().chain(&MORE_RESOURCE_POLICIES) {
            assert!(catalogue.has_service(service), "{service}");
        }
    }
}
