//! The ways by which one identity becomes another, as data.
//!
//! The 65 paths of DataDog's pathfinding.cloud (<https://pathfinding.cloud>, snapshot of 17 December 2025, schema 1.6,
//! Apache-2.0), under its own ids, and those that follow from what a boundary is (`boundary-…`, `create-…`: AWS's page on
//! delegating with boundaries). What a path takes for granted of the state of an account, such as a function that exists,
//! is assumed and named: a finding by such a path is conditional.

/// What a path amounts to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Category {
    /// The caller widens its own permissions.
    SelfEscalation,
    /// The caller takes over another identity.
    PrincipalAccess,
    /// The caller hands a role to a service that it can steer.
    NewPassRole,
    /// The caller steers something that runs as a role already.
    ExistingPassRole,
}

/// On what a request of a path is made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum On {
    /// The caller's own role.
    OwnRole,
    /// The calling user.
    OwnUser,
    /// The caller's own role, with another boundary than it has.
    OwnRoleOtherwise,
    /// The calling user, with another boundary than it has.
    OwnUserOtherwise,
    /// A customer managed policy attached to the caller.
    OwnPolicy,
    /// A group that the caller is a member of.
    OwnGroup,
    /// Any group of the account.
    AnyGroup,
    /// The role that is taken over.
    Role,
    /// The user that is taken over.
    User,
    /// A customer managed policy attached to the role that is taken over.
    PolicyOfRole,
    /// The role that is handed to the service.
    Passed,
    /// A role that does not exist yet, without a boundary or with another than the caller's.
    NewRole,
    /// A user that does not exist yet, likewise.
    NewUser,
    /// Anything of the caller's choice.
    Anything,
}

/// What the caller has afterwards.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Gain {
    /// Itself, with any policy, within its boundary and SCPs.
    OwnAny,
    /// The identity that was aimed at.
    Target,
    /// The identity that was aimed at, with any policy, within that one's boundary and SCPs.
    TargetAny,
    /// A new identity of the account without a boundary, with any policy.
    New,
    /// Itself without its boundary, with any policy: as good as a new identity. Only for who has a boundary.
    Unbounded,
}

/// A way by which one identity becomes another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Method {
    /// Its id.
    pub id: &'static str,
    /// What it amounts to.
    pub category: Category,
    /// The requests, each with what it is made on.
    pub requests: &'static [(&'static str, On)],
    /// The services whose trust lets them run as the role, for those that need one.
    pub services: &'static [&'static str],
    /// What is had afterwards.
    pub gain: Gain,
    /// What is taken for granted of the account; empty if nothing is.
    pub assumes: &'static str,
}

const fn own(
    id: &'static str,
    requests: &'static [(&'static str, On)],
    assumes: &'static str,
) -> Method {
    Method {
        id,
        category: Category::SelfEscalation,
        requests,
        services: &[],
        gain: Gain::OwnAny,
        assumes,
    }
}

const fn access(
    id: &'static str,
    requests: &'static [(&'static str, On)],
    gain: Gain,
    assumes: &'static str,
) -> Method {
    Method {
        id,
        category: Category::PrincipalAccess,
        requests,
        services: &[],
        gain,
        assumes,
    }
}

const fn passing(
    id: &'static str,
    services: &'static [&'static str],
    requests: &'static [(&'static str, On)],
    assumes: &'static str,
) -> Method {
    Method {
        id,
        category: Category::NewPassRole,
        requests,
        services,
        gain: Gain::Target,
        assumes,
    }
}

const fn steering(
    id: &'static str,
    services: &'static [&'static str],
    requests: &'static [(&'static str, On)],
    assumes: &'static str,
) -> Method {
    Method {
        id,
        category: Category::ExistingPassRole,
        requests,
        services,
        gain: Gain::Target,
        assumes,
    }
}

use On::{
    AnyGroup, Anything, NewRole, NewUser, OwnGroup, OwnPolicy, OwnRole, OwnRoleOtherwise, OwnUser,
    OwnUserOtherwise, Passed, PolicyOfRole, Role, User,
};

const PASS: (&str, On) = ("iam:PassRole", Passed);
const VERSIONS: &str = "the policy has fewer than five versions";
const KEYS: &str = "the user has fewer than two access keys";
const APP_RUNNER: &[&str] = &["tasks.apprunner.amazonaws.com", "apprunner.amazonaws.com"];
const AGENT_CORE: &[&str] = &["bedrock-agentcore.amazonaws.com"];
const CLOUD_FORMATION: &[&str] = &["cloudformation.amazonaws.com"];
const CODE_BUILD: &[&str] = &["codebuild.amazonaws.com"];
const DATA_PIPELINE: &[&str] = &[
    "datapipeline.amazonaws.com",
    "elasticmapreduce.amazonaws.com",
];
const EC2: &[&str] = &["ec2.amazonaws.com"];
const ECS: &[&str] = &["ecs-tasks.amazonaws.com"];
const GLUE: &[&str] = &["glue.amazonaws.com"];
const LAMBDA: &[&str] = &["lambda.amazonaws.com"];
const SAGE_MAKER: &[&str] = &["sagemaker.amazonaws.com"];

/// Every way, in the order in which they are tried.
pub const METHODS: &[Method] = &[
    own(
        "iam-001",
        &[("iam:CreatePolicyVersion", OwnPolicy)],
        VERSIONS,
    ),
    own("iam-005", &[("iam:PutRolePolicy", OwnRole)], ""),
    own("iam-007", &[("iam:PutUserPolicy", OwnUser)], ""),
    own("iam-008", &[("iam:AttachUserPolicy", OwnUser)], ""),
    own("iam-009", &[("iam:AttachRolePolicy", OwnRole)], ""),
    own("iam-010", &[("iam:AttachGroupPolicy", OwnGroup)], ""),
    own("iam-011", &[("iam:PutGroupPolicy", OwnGroup)], ""),
    own(
        "iam-013",
        &[("iam:AddUserToGroup", AnyGroup)],
        "a group with wider policies exists",
    ),
    access("sts-001", &[("sts:AssumeRole", Role)], Gain::Target, ""),
    access(
        "iam-012",
        &[("iam:UpdateAssumeRolePolicy", Role)],
        Gain::Target,
        "",
    ),
    access(
        "iam-002",
        &[("iam:CreateAccessKey", User)],
        Gain::Target,
        KEYS,
    ),
    access(
        "iam-003",
        &[("iam:CreateAccessKey", User), ("iam:DeleteAccessKey", User)],
        Gain::Target,
        "",
    ),
    access(
        "iam-004",
        &[("iam:CreateLoginProfile", User)],
        Gain::Target,
        "the user has no password",
    ),
    access(
        "iam-006",
        &[("iam:UpdateLoginProfile", User)],
        Gain::Target,
        "the user has a password",
    ),
    access(
        "iam-014",
        &[("iam:AttachRolePolicy", Role), ("sts:AssumeRole", Role)],
        Gain::TargetAny,
        "",
    ),
    access(
        "iam-015",
        &[
            ("iam:AttachUserPolicy", User),
            ("iam:CreateAccessKey", User),
        ],
        Gain::TargetAny,
        KEYS,
    ),
    access(
        "iam-016",
        &[
            ("iam:CreatePolicyVersion", PolicyOfRole),
            ("sts:AssumeRole", Role),
        ],
        Gain::TargetAny,
        VERSIONS,
    ),
    access(
        "iam-017",
        &[("iam:PutRolePolicy", Role), ("sts:AssumeRole", Role)],
        Gain::TargetAny,
        "",
    ),
    access(
        "iam-018",
        &[("iam:PutUserPolicy", User), ("iam:CreateAccessKey", User)],
        Gain::TargetAny,
        KEYS,
    ),
    access(
        "iam-019",
        &[
            ("iam:AttachRolePolicy", Role),
            ("iam:UpdateAssumeRolePolicy", Role),
        ],
        Gain::TargetAny,
        "",
    ),
    access(
        "iam-020",
        &[
            ("iam:CreatePolicyVersion", PolicyOfRole),
            ("iam:UpdateAssumeRolePolicy", Role),
        ],
        Gain::TargetAny,
        VERSIONS,
    ),
    access(
        "iam-021",
        &[
            ("iam:PutRolePolicy", Role),
            ("iam:UpdateAssumeRolePolicy", Role),
        ],
        Gain::TargetAny,
        "",
    ),
    access(
        "create-001",
        &[("iam:CreateRole", NewRole), ("iam:PutRolePolicy", NewRole)],
        Gain::New,
        "",
    ),
    access(
        "create-002",
        &[
            ("iam:CreateRole", NewRole),
            ("iam:AttachRolePolicy", NewRole),
        ],
        Gain::New,
        "",
    ),
    access(
        "create-003",
        &[
            ("iam:CreateUser", NewUser),
            ("iam:PutUserPolicy", NewUser),
            ("iam:CreateAccessKey", NewUser),
        ],
        Gain::New,
        "",
    ),
    access(
        "create-004",
        &[
            ("iam:CreateUser", NewUser),
            ("iam:AttachUserPolicy", NewUser),
            ("iam:CreateAccessKey", NewUser),
        ],
        Gain::New,
        "",
    ),
    access(
        "boundary-001",
        &[
            ("iam:DeleteRolePermissionsBoundary", OwnRole),
            ("iam:PutRolePolicy", OwnRole),
        ],
        Gain::Unbounded,
        "",
    ),
    access(
        "boundary-002",
        &[
            ("iam:DeleteRolePermissionsBoundary", OwnRole),
            ("iam:AttachRolePolicy", OwnRole),
        ],
        Gain::Unbounded,
        "",
    ),
    access(
        "boundary-003",
        &[
            ("iam:DeleteUserPermissionsBoundary", OwnUser),
            ("iam:PutUserPolicy", OwnUser),
        ],
        Gain::Unbounded,
        "",
    ),
    access(
        "boundary-004",
        &[
            ("iam:DeleteUserPermissionsBoundary", OwnUser),
            ("iam:AttachUserPolicy", OwnUser),
        ],
        Gain::Unbounded,
        "",
    ),
    access(
        "boundary-005",
        &[
            ("iam:PutRolePermissionsBoundary", OwnRoleOtherwise),
            ("iam:PutRolePolicy", OwnRole),
        ],
        Gain::Unbounded,
        "",
    ),
    access(
        "boundary-006",
        &[
            ("iam:PutRolePermissionsBoundary", OwnRoleOtherwise),
            ("iam:AttachRolePolicy", OwnRole),
        ],
        Gain::Unbounded,
        "",
    ),
    access(
        "boundary-007",
        &[
            ("iam:PutUserPermissionsBoundary", OwnUserOtherwise),
            ("iam:PutUserPolicy", OwnUser),
        ],
        Gain::Unbounded,
        "",
    ),
    access(
        "boundary-008",
        &[
            ("iam:PutUserPermissionsBoundary", OwnUserOtherwise),
            ("iam:AttachUserPolicy", OwnUser),
        ],
        Gain::Unbounded,
        "",
    ),
    passing(
        "apprunner-001",
        APP_RUNNER,
        &[PASS, ("apprunner:CreateService", Anything)],
        "",
    ),
    passing(
        "bedrock-001",
        AGENT_CORE,
        &[
            PASS,
            ("bedrock-agentcore:CreateCodeInterpreter", Anything),
            ("bedrock-agentcore:StartCodeInterpreterSession", Anything),
            ("bedrock-agentcore:InvokeCodeInterpreter", Anything),
        ],
        "",
    ),
    passing(
        "cloudformation-001",
        CLOUD_FORMATION,
        &[PASS, ("cloudformation:CreateStack", Anything)],
        "",
    ),
    passing(
        "cloudformation-003",
        CLOUD_FORMATION,
        &[
            PASS,
            ("cloudformation:CreateStackSet", Anything),
            ("cloudformation:CreateStackInstances", Anything),
        ],
        "an administration role of stack sets may assume the execution role",
    ),
    passing(
        "cloudformation-004",
        CLOUD_FORMATION,
        &[PASS, ("cloudformation:UpdateStackSet", Anything)],
        "a stack set with an instance exists",
    ),
    passing(
        "codebuild-001",
        CODE_BUILD,
        &[
            PASS,
            ("codebuild:CreateProject", Anything),
            ("codebuild:StartBuild", Anything),
        ],
        "",
    ),
    passing(
        "codebuild-004",
        CODE_BUILD,
        &[
            PASS,
            ("codebuild:CreateProject", Anything),
            ("codebuild:StartBuildBatch", Anything),
        ],
        "",
    ),
    passing(
        "datapipeline-001",
        DATA_PIPELINE,
        &[
            PASS,
            ("datapipeline:CreatePipeline", Anything),
            ("datapipeline:PutPipelineDefinition", Anything),
            ("datapipeline:ActivatePipeline", Anything),
        ],
        "",
    ),
    passing(
        "ec2-001",
        EC2,
        &[PASS, ("ec2:RunInstances", Anything)],
        "an instance profile has the role",
    ),
    passing(
        "ec2-003",
        EC2,
        &[PASS, ("ec2:RequestSpotInstances", Anything)],
        "an instance profile has the role",
    ),
    passing(
        "ecs-001",
        ECS,
        &[
            PASS,
            ("ecs:CreateCluster", Anything),
            ("ecs:RegisterTaskDefinition", Anything),
            ("ecs:CreateService", Anything),
        ],
        "",
    ),
    passing(
        "ecs-002",
        ECS,
        &[
            PASS,
            ("ecs:CreateCluster", Anything),
            ("ecs:RegisterTaskDefinition", Anything),
            ("ecs:RunTask", Anything),
        ],
        "",
    ),
    passing(
        "ecs-003",
        ECS,
        &[
            PASS,
            ("ecs:RegisterTaskDefinition", Anything),
            ("ecs:CreateService", Anything),
        ],
        "a cluster exists",
    ),
    passing(
        "ecs-004",
        ECS,
        &[
            PASS,
            ("ecs:RegisterTaskDefinition", Anything),
            ("ecs:RunTask", Anything),
        ],
        "a cluster exists",
    ),
    passing(
        "ecs-005",
        ECS,
        &[
            PASS,
            ("ecs:RegisterTaskDefinition", Anything),
            ("ecs:StartTask", Anything),
        ],
        "a cluster with an instance exists",
    ),
    passing(
        "glue-001",
        GLUE,
        &[PASS, ("glue:CreateDevEndpoint", Anything)],
        "",
    ),
    passing(
        "glue-003",
        GLUE,
        &[
            PASS,
            ("glue:CreateJob", Anything),
            ("glue:StartJobRun", Anything),
        ],
        "",
    ),
    passing(
        "glue-004",
        GLUE,
        &[
            PASS,
            ("glue:CreateJob", Anything),
            ("glue:CreateTrigger", Anything),
        ],
        "",
    ),
    passing(
        "glue-005",
        GLUE,
        &[
            PASS,
            ("glue:UpdateJob", Anything),
            ("glue:StartJobRun", Anything),
        ],
        "a job exists",
    ),
    passing(
        "glue-006",
        GLUE,
        &[
            PASS,
            ("glue:UpdateJob", Anything),
            ("glue:CreateTrigger", Anything),
        ],
        "a job exists",
    ),
    passing(
        "lambda-001",
        LAMBDA,
        &[
            PASS,
            ("lambda:CreateFunction", Anything),
            ("lambda:InvokeFunction", Anything),
        ],
        "",
    ),
    passing(
        "lambda-002",
        LAMBDA,
        &[
            PASS,
            ("lambda:CreateFunction", Anything),
            ("lambda:CreateEventSourceMapping", Anything),
        ],
        "a queue or stream exists",
    ),
    passing(
        "lambda-006",
        LAMBDA,
        &[
            PASS,
            ("lambda:CreateFunction", Anything),
            ("lambda:AddPermission", Anything),
        ],
        "",
    ),
    passing(
        "sagemaker-001",
        SAGE_MAKER,
        &[PASS, ("sagemaker:CreateNotebookInstance", Anything)],
        "",
    ),
    passing(
        "sagemaker-002",
        SAGE_MAKER,
        &[PASS, ("sagemaker:CreateTrainingJob", Anything)],
        "",
    ),
    passing(
        "sagemaker-003",
        SAGE_MAKER,
        &[PASS, ("sagemaker:CreateProcessingJob", Anything)],
        "",
    ),
    steering(
        "cloudformation-005",
        CLOUD_FORMATION,
        &[
            ("cloudformation:CreateChangeSet", Anything),
            ("cloudformation:ExecuteChangeSet", Anything),
        ],
        "a stack has the role",
    ),
    steering(
        "apprunner-002",
        APP_RUNNER,
        &[("apprunner:UpdateService", Anything)],
        "a service has the role",
    ),
    steering(
        "bedrock-002",
        AGENT_CORE,
        &[
            ("bedrock-agentcore:StartCodeInterpreterSession", Anything),
            ("bedrock-agentcore:InvokeCodeInterpreter", Anything),
        ],
        "a code interpreter has the role",
    ),
    steering(
        "cloudformation-002",
        CLOUD_FORMATION,
        &[("cloudformation:UpdateStack", Anything)],
        "a stack has the role",
    ),
    steering(
        "codebuild-002",
        CODE_BUILD,
        &[("codebuild:StartBuild", Anything)],
        "a project has the role",
    ),
    steering(
        "codebuild-003",
        CODE_BUILD,
        &[("codebuild:StartBuildBatch", Anything)],
        "a project has the role",
    ),
    steering(
        "ec2-002",
        EC2,
        &[
            ("ec2:ModifyInstanceAttribute", Anything),
            ("ec2:StopInstances", Anything),
            ("ec2:StartInstances", Anything),
        ],
        "an instance has the role",
    ),
    steering(
        "ec2-004",
        EC2,
        &[
            ("ec2:CreateLaunchTemplateVersion", Anything),
            ("ec2:ModifyLaunchTemplate", Anything),
        ],
        "a launch template names the role and is launched",
    ),
    steering(
        "ec2instanceconnect-003",
        EC2,
        &[
            ("ec2-instance-connect:SendSSHPublicKey", Anything),
            ("ec2:DescribeInstances", Anything),
        ],
        "an instance that can be reached has the role",
    ),
    steering(
        "glue-002",
        GLUE,
        &[("glue:UpdateDevEndpoint", Anything)],
        "a development endpoint has the role",
    ),
    steering(
        "lambda-003",
        LAMBDA,
        &[("lambda:UpdateFunctionCode", Anything)],
        "a function has the role and is invoked",
    ),
    steering(
        "lambda-004",
        LAMBDA,
        &[
            ("lambda:UpdateFunctionCode", Anything),
            ("lambda:InvokeFunction", Anything),
        ],
        "a function has the role",
    ),
    steering(
        "lambda-005",
        LAMBDA,
        &[
            ("lambda:UpdateFunctionCode", Anything),
            ("lambda:AddPermission", Anything),
        ],
        "a function has the role",
    ),
    steering(
        "sagemaker-004",
        SAGE_MAKER,
        &[("sagemaker:CreatePresignedNotebookInstanceUrl", Anything)],
        "a notebook has the role",
    ),
    steering(
        "sagemaker-005",
        SAGE_MAKER,
        &[
            ("sagemaker:CreateNotebookInstanceLifecycleConfig", Anything),
            ("sagemaker:StopNotebookInstance", Anything),
            ("sagemaker:UpdateNotebookInstance", Anything),
            ("sagemaker:StartNotebookInstance", Anything),
        ],
        "a notebook has the role",
    ),
    steering(
        "ssm-001",
        EC2,
        &[("ssm:StartSession", Anything)],
        "a managed instance has the role",
    ),
    steering(
        "ssm-002",
        EC2,
        &[("ssm:SendCommand", Anything)],
        "a managed instance has the role",
    ),
];
