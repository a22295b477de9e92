//! Proofs about a generated project, and an account in which people can become more than they are.

use std::fmt::Write as _;

use crate::support::Size;

/// Twenty proofs for each role of a project, in a module beside the team's.
pub(crate) fn proofs(size: Size) -> Vec<(String, String)> {
    let module = |m: usize| {
        let roles: Vec<String> = (0..size.roles).map(|r| format!("Role{m}x{r}")).collect();
        let mut out = format!("use team{m}.roles.{{{}}}\n\n", roles.join(", "));
        for role in &roles {
            for service in FORBIDDEN {
                let _ = writeln!(out, "prove {role} cannot {service} on *");
            }
        }
        (format!("team{m}/proofs.bw"), out)
    };
    (0..size.modules).map(module).collect()
}

/// What no role of the organisation may do.
const FORBIDDEN: [&str; 20] = [
    "iam:CreateUser",
    "iam:CreateAccessKey",
    "iam:PassRole",
    "iam:*",
    "kms:ScheduleKeyDeletion",
    "kms:*",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
    "s3:PutObject",
    "s3:Delete*",
    "dynamodb:DeleteTable",
    "dynamodb:PutItem",
    "sqs:DeleteQueue",
    "sqs:SetQueueAttributes",
    "lambda:*",
    "ec2:RunInstances",
    "organizations:*",
    "secretsmanager:GetSecretValue",
    "sts:AssumeRole",
    "cloudtrail:StopLogging",
];

/// An account of 44 users, 78 roles and 84 policies: administrators, people who edit identities, programs, deployers.
pub(crate) fn account() -> String {
    let mut out = String::new();
    let mut deployed = Vec::new();
    for n in 0..84 {
        let grants = match n % 6 {
            0 => "allow s3:GetObject, s3:ListBucket on *".to_owned(),
            1 => format!("allow iam:PutRolePolicy, iam:AttachRolePolicy on iam:role \"Role{n}*\""),
            2 => "allow lambda:*, iam:PassRole on * when mfa".to_owned(),
            3 => format!("allow sts:AssumeRole on iam:role \"Role{}\"", n % 78),
            4 => "allow iam:CreateAccessKey on iam:user \"${aws:username}\"".to_owned(),
            _ => "allow dynamodb:*, sqs:* on *".to_owned(),
        };
        let _ = writeln!(out, "policy Grants{n} {{ {grants} }}");
        deployed.push(format!("Grants{n}"));
    }
    for n in 0..78 {
        let trust = match n % 3 {
            0 => "service \"lambda.amazonaws.com\"".to_owned(),
            1 => "service \"ec2.amazonaws.com\"".to_owned(),
            _ => "account Prod".to_owned(),
        };
        let more = match n % 26 {
            0 => "attach aws \"AdministratorAccess\"".to_owned(),
            _ => format!("attach Grants{}, Grants{}", n % 84, (n * 5 + 1) % 84),
        };
        let _ = writeln!(out, "role Role{n} {{\n  trust {trust}\n  {more}\n}}");
        deployed.push(format!("Role{n}"));
    }
    for n in 0..44 {
        let _ = writeln!(
            out,
            "user User{n} {{ attach Grants{}, Grants{} }}",
            n * 2 % 84,
            (n * 7 + 3) % 84
        );
        deployed.push(format!("User{n}"));
    }
    let deployed = deployed.join(", ");
    let _ = writeln!(out, "account Prod \"111111111111\" {{ deploy {deployed} }}");
    out
}
