//! The services whose resources resource control policies protect.
//!
//! <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services>,
//! as of October 2026. AWS adds to the list several times a year.

const SERVICES: &[&str] = &[
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// The prefixes of those services, in lower case, sorted.
pub fn rcp_services() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().copied()
}

/// Whether RCPs bear on the actions of a service, given by its prefix in lower case.
pub fn is_rcp_service(prefix: &str) -> bool {
    SERVICES.binary_search(&prefix).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_holds_the_first_five() {
        assert!(rcp_services().is_sorted());
        for service in ["s3", "sts", "kms", "sqs", "secretsmanager"] {
            assert!(is_rcp_service(service), "{service}");
        }
        assert!(!is_rcp_service("ec2"));
    }
}
