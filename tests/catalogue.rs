//! The embedded catalogue: what it holds, and that it is whole.

use bailiwick::catalogue::{AccessLevel, Catalogue, KeyOrigin, KeyType, Presence};

fn catalogue() -> &'static Catalogue {
    Catalogue::embedded()
}

#[test]
fn the_embedded_text_is_valid_to_the_last_line() {
    if let Err(errors) = Catalogue::from_text(catalogue().text().to_owned()) {
        panic!("{errors:#?}");
    }
}

#[test]
fn nothing_of_aws_was_lost_in_conversion() {
    let counts = catalogue()
        .services()
        .fold([0; 4], |[s, a, r, k], service| {
            [
                s + 1,
                a + service.actions.len(),
                r + service.resource_types.len(),
                k + service.keys.len(),
            ]
        });
    // Of 2,578 keys three are templates of tags that AWS lists in a second spelling.
    assert_eq!(counts, [456, 22_091, 2_334, 2_575]);
    assert_eq!(catalogue().global_keys().len(), 60);
    assert_eq!(catalogue().rcp_services().len(), 62);
    assert!(catalogue().rcp_supported("KMS") && !catalogue().rcp_supported("ec2"));
}

#[test]
fn a_service_is_found_whatever_its_case() {
    let s3 = catalogue().service("S3").unwrap();
    assert_eq!((s3.prefix.as_str(), s3.title.as_str()), ("s3", "Amazon S3"));
    assert!(catalogue().service("s4").is_none());
}

#[test]
fn actions_are_found_whatever_their_case() {
    let (service, action) = catalogue().action("s3:getobject").unwrap();
    assert_eq!(service.qualified(action), "s3:GetObject");
    assert_eq!(action.level, AccessLevel::Read);
    let types: Vec<_> = action
        .resources
        .iter()
        .map(|r| (r.resource_type.as_str(), r.required))
        .collect();
    assert_eq!(types, [("accesspointobject", false), ("object", false)]);
    assert!(catalogue().action("s3:GetObjects").is_none());
}

#[test]
fn every_resource_type_of_an_action_exists() {
    for service in catalogue().services() {
        for action in &service.actions {
            for resource in &action.resources {
                assert!(
                    service.resource_type(&resource.resource_type).is_some(),
                    "{} takes {}",
                    service.qualified(action),
                    resource.resource_type
                );
            }
        }
    }
}

#[test]
fn every_filled_format_fits_itself() {
    for service in catalogue().services() {
        for resource_type in &service.resource_types {
            assert!(
                !resource_type.arn_formats.is_empty(),
                "{}:{}",
                service.prefix,
                resource_type.name
            );
            for format in &resource_type.arn_formats {
                let arn = format
                    .fill(|name| Some(format!("x{}", name.len())))
                    .unwrap();
                assert!(resource_type.fits(&arn), "{format} does not fit {arn}");
                let pattern = format.fill(|_| Some("*".to_owned())).unwrap();
                assert!(
                    resource_type.fits(&pattern),
                    "{format} does not fit {pattern}"
                );
            }
        }
    }
}

#[test]
fn keys_are_found_with_what_fills_their_placeholders() {
    for (asked, canonical, name, multi_valued) in [
        ("AWS:sourceip", "aws:SourceIp", "aws:SourceIp", false),
        (
            "aws:principaltag/Team",
            "aws:PrincipalTag/Team",
            "aws:PrincipalTag/${TagKey}",
            false,
        ),
        ("aws:tagkeys", "aws:TagKeys", "aws:TagKeys", true),
        (
            "s3:existingobjecttag/a",
            "s3:ExistingObjectTag/a",
            "s3:ExistingObjectTag/${key}",
            false,
        ),
        (
            "kms:EncryptionContext:app",
            "kms:EncryptionContext:app",
            "kms:EncryptionContext:${EncryptionContextKey}",
            false,
        ),
        (
            "ssm:ResourceTag/env",
            "ssm:resourceTag/env",
            "ssm:resourceTag/${TagKey}",
            false,
        ),
        (
            "secretsmanager:ResourceTag/aws:secretsmanager:owningService",
            "secretsmanager:ResourceTag/aws:secretsmanager:owningService",
            "secretsmanager:ResourceTag/${TagKey}",
            false,
        ),
        (
            "token.actions.githubusercontent.com:sub",
            "token.actions.githubusercontent.com:sub",
            "${Provider}:sub",
            false,
        ),
        (
            "token.actions.githubusercontent.com:Repository",
            "token.actions.githubusercontent.com:repository",
            "token.actions.githubusercontent.com:repository",
            false,
        ),
        (
            "login.example.com:groups",
            "login.example.com:groups",
            "${Provider}:${Claim}",
            false,
        ),
        ("saml:aud", "saml:aud", "saml:aud", false),
        (
            "oidc.eks.eu-west-1.amazonaws.com/id/X:sub",
            "oidc.eks.eu-west-1.amazonaws.com/id/X:sub",
            "${Provider}:sub",
            false,
        ),
        (
            "login.example.com:amr",
            "login.example.com:amr",
            "${Provider}:amr",
            true,
        ),
        (
            "dynamodb:LeadingKeys",
            "dynamodb:LeadingKeys",
            "dynamodb:LeadingKeys",
            true,
        ),
        (
            "codebuild:secondarySources/x.auth.type",
            "codebuild:secondarySources/x.auth.type",
            "codebuild:secondarySources/${sourceIdentifier}.auth.type",
            false,
        ),
    ] {
        let found = catalogue()
            .key(asked)
            .unwrap_or_else(|| panic!("{asked} is not found"));
        assert_eq!(
            (
                found.canonical.as_str(),
                found.key.name.as_str(),
                found.key.multi_valued
            ),
            (canonical, name, multi_valued)
        );
    }
    for unknown in [
        "aws:PrincipalTag/",
        "aws:Foo",
        "s3:nope",
        "noprefix",
        "",
        ":",
        "saml:nope",
        "token.actions.githubusercontent.com:repo",
    ] {
        assert!(catalogue().key(unknown).is_none(), "{unknown} is found");
    }
}

#[test]
fn keys_say_their_type_and_when_they_are_present() {
    let key = |name: &str| catalogue().key(name).unwrap();
    assert_eq!(
        key("aws:MultiFactorAuthPresent").key.presence,
        Presence::MfaCapable
    );
    assert_eq!(key("aws:SourceArn").key.key_type, KeyType::Arn);
    assert_eq!(
        key("s3:max-keys").origin,
        KeyOrigin::Service("s3".to_owned())
    );
    assert_eq!(key("s3:max-keys").key.key_type, KeyType::Numeric);
}

#[test]
fn only_listed_actions_carry_the_keys_of_a_service() {
    for (action, resource_type, key, carried) in [
        ("s3:ListBucket", None, "s3:prefix", true),
        ("s3:GetObject", None, "s3:prefix", false),
        (
            "s3:GetObject",
            Some("object"),
            "s3:ExistingObjectTag/x",
            true,
        ),
        ("s3:PutObject", Some("object"), "aws:SourceIp", true),
        ("iam:PassRole", Some("role"), "iam:PassedToService", true),
        ("iam:GetRole", Some("role"), "iam:PassedToService", false),
        (
            "ec2:RunInstances",
            Some("instance"),
            "ec2:InstanceType",
            true,
        ),
        ("ec2:RunInstances", Some("image"), "ec2:InstanceType", false),
        (
            "ec2:RunInstances",
            Some("instance"),
            "aws:RequestTag/team",
            true,
        ),
        (
            "ec2:TerminateInstances",
            Some("instance"),
            "aws:RequestTag/team",
            false,
        ),
        ("ec2:DescribeInstances", None, "aws:TagKeys", false),
        (
            "sts:AssumeRoleWithWebIdentity",
            None,
            "token.actions.githubusercontent.com:sub",
            true,
        ),
        // Newer than the catalogue, for all that is known.
        ("s3:GetObject", None, "aws:NoSuchKey", true),
        // Described for the service, and listed by none of its actions or types.
        (
            "sagemaker:CreateApp",
            Some("app"),
            "sagemaker:DomainId",
            true,
        ),
        ("s3:GetObject", Some("object"), "codebuild:projectArn", true),
    ] {
        let (service, found) = catalogue().action(action).unwrap();
        assert_eq!(
            catalogue().carries_key(service, found, resource_type, key),
            carried,
            "{action} {resource_type:?} {key}"
        );
    }
}

#[test]
fn levels_expand_to_the_actions_on_a_type() {
    let s3 = catalogue().service("s3").unwrap();
    let names = |level, of: &str| -> Vec<String> {
        s3.actions_at(level, of)
            .into_iter()
            .map(|a| a.name.clone())
            .collect()
    };
    let read = names(AccessLevel::Read, "object");
    assert!(
        read.contains(&"GetObject".to_owned()) && !read.contains(&"GetBucketPolicy".to_owned())
    );
    assert!(
        names(AccessLevel::PermissionsManagement, "bucket").contains(&"PutBucketPolicy".to_owned())
    );
    assert!(
        s3.actions_matching("get*")
            .all(|a| a.name.starts_with("Get"))
    );
    assert!(s3.actions_matching("get*").count() > 50);
}

#[test]
fn arn_patterns_fit_the_types_they_can_stand_for() {
    for (arn, service, types) in [
        ("arn:aws:s3:::bucket", "s3", vec!["bucket"]),
        ("arn:aws:s3:::bucket/*", "s3", vec!["object"]),
        ("arn:aws:s3:::bucket*", "s3", vec!["bucket", "object"]),
        ("arn:aws:s3:::${aws:username}/x", "s3", vec!["object"]),
        ("arn:aws:dynamodb:*:*:table/t", "dynamodb", vec!["table"]),
        (
            "arn:aws:dynamodb:eu-west-1:111111111111:table/t/index/*",
            "dynamodb",
            vec!["index"],
        ),
        (
            "arn:aws:iam::111111111111:role/path/name",
            "iam",
            vec!["role"],
        ),
        ("arn:aws:iam:::role/name", "iam", vec![]),
        ("arn:aws:sqs:eu-west-1:111111111111:q", "sqs", vec!["queue"]),
        ("arn:aws:sqs:eu-west-1", "sqs", vec![]),
        ("arn:aws:sns:eu-west-1:111111111111:t?", "sqs", vec![]),
    ] {
        let service = catalogue().service(service).unwrap();
        let found: Vec<_> = service.types_of_arn(arn).map(|t| t.name.as_str()).collect();
        assert_eq!(found, types, "{arn}");
    }
}

#[test]
fn objects_are_children_of_buckets() {
    let children = |service: &str, of: &str| -> Vec<String> {
        let service = catalogue().service(service).unwrap();
        let parent = service.resource_type(of).unwrap();
        service.children(parent).map(|t| t.name.clone()).collect()
    };
    assert_eq!(children("s3", "bucket"), ["object"]);
    assert_eq!(
        children("dynamodb", "table"),
        ["backup", "export", "import", "index", "stream"]
    );
    assert!(children("iam", "role").is_empty());
}

#[test]
fn every_managed_policy_unpacks_to_a_document() {
    let names: Vec<&str> = catalogue().managed_policy_names().collect();
    assert_eq!(names.len(), 1_594);
    assert!(names.is_sorted());
    for name in names {
        let policy = catalogue().managed_policy(name).unwrap();
        let document: serde_json::Value = serde_json::from_str(&policy.document_json).unwrap();
        assert!(
            document["Statement"].is_array() || document["Statement"].is_object(),
            "{name}"
        );
        assert_eq!(document.to_string(), policy.document_json, "{name}");
        assert!(policy.arn.ends_with(&format!("{}{name}", policy.path)));
    }
}

#[test]
fn a_managed_policy_is_what_aws_says() {
    let policy = catalogue().managed_policy("AdministratorAccess").unwrap();
    assert_eq!(policy.arn, "arn:aws:iam::aws:policy/AdministratorAccess");
    assert_eq!(
        policy.arn_in("aws-cn"),
        "arn:aws-cn:iam::aws:policy/AdministratorAccess"
    );
    assert_eq!(
        (policy.version.as_str(), policy.created.as_str()),
        ("v1", "2015-02-06")
    );
    assert_eq!(
        policy.document_json,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    );
    let lambda = catalogue()
        .managed_policy_arn("AWSLambdaBasicExecutionRole")
        .unwrap();
    assert_eq!(
        lambda,
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    );
    assert!(catalogue().managed_policy("administratoraccess").is_none());
}

#[test]
fn every_key_of_every_service_is_found_by_what_policies_write() {
    for service in catalogue().services() {
        for key in &service.keys {
            let mut written = key.name.clone();
            while let (Some(from), Some(to)) = (written.find("${"), written.find('}')) {
                written.replace_range(from..=to, "x1");
            }
            let found = catalogue()
                .key(&written)
                .unwrap_or_else(|| panic!("{written} of {} is not found", service.prefix));
            // AWS spells a few keys with other capitals on another page.
            assert!(found.canonical.eq_ignore_ascii_case(&written), "{written}");
            let same =
                (found.key.key_type, found.key.multi_valued) == (key.key_type, key.multi_valued);
            // Amazon Q's pages give the user a list of ids; the page on global keys gives one.
            let known = written == "identitystore:UserId";
            assert!(
                same || known,
                "{written} has one type in {} and another elsewhere",
                service.prefix
            );
        }
    }
}
