//! Ways to more power that a gain opens: one step, decided on effective permission.
//!
//! A way is a few requests that together make an identity act as another, or lift its own limits. It is reported if
//! all of them are allowed now and not all were before, and only if the other may do something that the first may not.
//! Chains over several identities are not followed here.

use crate::access::{Identity, IdentityKind};
use crate::engine::question::{Finding, Subject, disjoint, implies};
use crate::engine::region::Region;
use crate::engine::witness::Witness;
use crate::iam::document::{Principal, PrincipalKind, Principals};
use crate::iam::{BaseOperator, Effect, Operator, PolicyKind};
use crate::ir::{Condition, Details, Match, Origin, Policy, PrincipalMatch, Statement, Test};

use super::compare::Outcome;
use super::group::Found;
use super::identity::{Standing, View};
use super::model::{Arrival, Direction, Part, Risk, Topic};
use crate::access::region;

/// Services that run code as a role that is passed to them, and the action that starts it.
const LAUNCHERS: [(&str, &str); 9] = [
    ("lambda.amazonaws.com", "lambda:CreateFunction"),
    ("ec2.amazonaws.com", "ec2:RunInstances"),
    ("glue.amazonaws.com", "glue:CreateJob"),
    ("cloudformation.amazonaws.com", "cloudformation:CreateStack"),
    ("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition"),
    (
        "sagemaker.amazonaws.com",
        "sagemaker:CreateNotebookInstance",
    ),
    ("codebuild.amazonaws.com", "codebuild:CreateProject"),
    ("states.amazonaws.com", "states:CreateStateMachine"),
    ("ssm.amazonaws.com", "ssm:StartAutomationExecution"),
];

/// One request of a way.
struct Step {
    action: &'static str,
    resource: String,
    /// A key that has to have a value.
    key: Option<(&'static str, String)>,
    says: String,
}

/// Requests that together lead to somebody.
struct Way {
    steps: Vec<Step>,
    leads_to: String,
}

/// Adds the ways that what an identity gains opens to it.
pub(super) fn find(view: &View<'_, '_>, outcome: &mut Outcome) {
    let is_gain = view.seen.direction == Direction::Gain;
    let gained: Vec<&str> = outcome
        .found
        .iter()
        .filter(|f| f.topic == Topic::Permissions)
        .flat_map(|f| f.part.actions.iter().map(|(name, _)| name.as_str()))
        .collect();
    if !is_gain || gained.is_empty() {
        return;
    }
    let opens = |way: &Way| way.steps.iter().any(|s| gained.contains(&s.action));
    let ways: Vec<Way> = ways(view).into_iter().filter(opens).collect();
    for way in ways {
        if let Some(found) = judge(view, &way) {
            outcome.found.push(found);
        }
    }
}

/// Every way out of an identity within its account.
fn ways(view: &View<'_, '_>) -> Vec<Way> {
    let own = view.person.new.map(Identity::arn).unwrap_or_default();
    let mut ways = lifting(&own);
    let neighbours = view.seen.estate.identities().iter();
    let here = view.person.new.map(|i| i.account);
    for other in neighbours.filter(|o| Some(o.account) == here && o.arn() != own) {
        let ways_there = match other.kind {
            IdentityKind::Role => to_role(other, view),
            IdentityKind::User => to_user(other),
            IdentityKind::PermissionSet => Vec::new(),
        };
        // Only somebody who may do what this identity may not is worth becoming.
        if !ways_there.is_empty() && is_stronger(view, other) {
            ways.extend(ways_there);
        }
    }
    ways
}

fn is_stronger(view: &View<'_, '_>, other: &Identity<'_>) -> bool {
    let other = Standing::of(view.seen.estate, other);
    !implies(&other.effective, &view.one.effective, &view.pair.asking).is_proved()
}

fn step(action: &'static str, resource: &str, says: String) -> Step {
    Step {
        action,
        resource: resource.to_owned(),
        key: None,
        says,
    }
}

/// An identity that writes its own policies.
fn lifting(own: &str) -> Vec<Way> {
    let administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
    let actions: [(&'static str, Option<&str>); 4] = match own.contains(":user/") {
        true => [
            ("iam:PutUserPolicy", None),
            ("iam:AttachUserPolicy", Some(administrator)),
            ("iam:DeleteUserPermissionsBoundary", None),
            ("iam:PutUserPermissionsBoundary", None),
        ],
        false => [
            ("iam:PutRolePolicy", None),
            ("iam:AttachRolePolicy", Some(administrator)),
            ("iam:DeleteRolePermissionsBoundary", None),
            ("iam:PutRolePermissionsBoundary", None),
        ],
    };
    actions
        .into_iter()
        .map(|(action, policy)| Way {
            steps: vec![Step {
                action,
                resource: own.to_owned(),
                key: policy.map(|p| ("iam:PolicyARN", p.to_owned())),
                says: format!("`{action}` on itself lifts its own limits"),
            }],
            leads_to: "itself with more permissions".to_owned(),
        })
        .collect()
}

/// Ways to act as a role of the same account.
fn to_role(role: &Identity<'_>, view: &View<'_, '_>) -> Vec<Way> {
    let (arn, name) = (role.arn(), role.name);
    let leads_to = format!("role `{name}`");
    let update = "iam:UpdateAssumeRolePolicy";
    let mut ways = vec![Way {
        steps: vec![step(
            update,
            &arn,
            format!("`{update}` on `{name}` lets it say who assumes that role"),
        )],
        leads_to: leads_to.clone(),
    }];
    for (service, launch) in LAUNCHERS {
        if !trusts(role, service, view) {
            continue;
        }
        let mut pass = step(
            "iam:PassRole",
            &arn,
            format!("`iam:PassRole` hands role `{name}` to `{service}`"),
        );
        pass.key = Some(("iam:PassedToService", service.to_owned()));
        let start = step(launch, "*", format!("`{launch}` runs code as that role"));
        ways.push(Way {
            steps: vec![pass, start],
            leads_to: leads_to.clone(),
        });
    }
    if trusts(role, "ec2.amazonaws.com", view) {
        let send = "ssm:SendCommand";
        let document = "arn:aws:ssm:*::document/AWS-RunShellScript";
        let machines = format!("arn:aws:ec2:*:{}:instance/*", view.one.account.1);
        ways.push(Way {
            steps: vec![
                step(
                    send,
                    document,
                    format!("`{send}` with `AWS-RunShellScript` runs any command"),
                ),
                step(
                    send,
                    &machines,
                    format!("on instances, which may have role `{name}`"),
                ),
            ],
            leads_to,
        });
    }
    ways
}

fn to_user(user: &Identity<'_>) -> Vec<Way> {
    let (arn, name) = (user.arn(), user.name);
    let actions = [
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:UpdateLoginProfile",
    ];
    actions
        .into_iter()
        .map(|action| Way {
            steps: vec![step(
                action,
                &arn,
                format!("`{action}` gives credentials of user `{name}`"),
            )],
            leads_to: format!("user `{name}`"),
        })
        .collect()
}

/// Whether a service may assume a role.
fn trusts(role: &Identity<'_>, service: &str, view: &View<'_, '_>) -> bool {
    let Some(trust) = role.trust else {
        return false;
    };
    let mut asks = allow("sts:AssumeRole", None, Condition::True);
    asks.kind = PolicyKind::Trust;
    for statement in &mut asks.statements {
        statement.principal = Some(PrincipalMatch {
            negated: false,
            principals: Principals::Named(vec![Principal {
                kind: PrincipalKind::Service,
                value: service.to_owned(),
            }]),
        });
    }
    let (trust, asks) = (Subject::document(trust), Subject::document(&asks));
    !disjoint(&trust, &asks, &view.pair.asking).is_proved()
}

fn allow(action: &str, resource: Option<&str>, condition: Condition) -> Policy {
    Policy {
        kind: PolicyKind::ManagedPolicy,
        name: String::new(),
        statements: vec![Statement {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            action: Match::any(vec![action.to_owned()]),
            resource: resource.map(|r| Match::any(vec![r.to_owned()])),
            condition,
            origin: Origin::default(),
        }],
        details: Details::default(),
        origin: Origin::default(),
    }
}

impl Step {
    fn scope(&self) -> Policy {
        let condition = match &self.key {
            None => Condition::True,
            Some((key, value)) => Condition::Test(Test {
                operator: Operator::plain(BaseOperator::StringEquals),
                key: (*key).to_owned(),
                multi_valued: false,
                values: vec![value.clone()],
                span: None,
            }),
        };
        allow(self.action, Some(&self.resource), condition)
    }

    fn allowed(&self, subject: &Subject<'_>, view: &View<'_, '_>) -> Option<Box<Witness>> {
        let scope = self.scope();
        match disjoint(subject, &Subject::document(&scope), &view.pair.asking) {
            Finding::Refuted(witness) => Some(witness),
            _ => None,
        }
    }
}

/// The way, if all of it is allowed now and some of it was not before.
fn judge(view: &View<'_, '_>, way: &Way) -> Option<Found> {
    let mut new = None;
    let mut path = Vec::new();
    for step in &way.steps {
        let witness = step.allowed(&view.one.effective, view)?;
        let before = view.other.as_ref();
        if before.is_none_or(|o| step.allowed(&o.effective, view).is_none()) {
            new.get_or_insert((step, witness));
        }
        path.push(step.says.clone());
    }
    let (step, witness) = new?;
    path.push(way.leads_to.clone());
    let gained = Region {
        principals: Vec::new(),
        actions: vec![Match::any(vec![step.action.to_owned()])],
        resources: vec![Match::any(vec![step.resource.clone()])],
        condition: Condition::True,
    };
    Some(Found {
        direction: Direction::Gain,
        topic: Topic::Escalation,
        through: None,
        arrival: Arrival::Stays,
        subject: Some(view.person.subject()),
        account: Some(view.one.account.clone()),
        lines: view.lines(&witness.request),
        part: Part {
            actions: region::actions(&gained, view.pair.asking.catalogue),
            region: gained,
            limited_by: Vec::new(),
            example: witness.request,
            in_catalogue: witness.in_catalogue,
        },
        risks: vec![Risk::Escalation],
        path,
    })
}
