//! One account: each declaration deployed to it becomes an identity or a policy with its documents.

use indexmap::IndexMap;

use crate::check::Checked;
use crate::check::hir::{Attachment, AttachmentTarget, Block};
use crate::diagnostic::Diagnostic;
use crate::iam::PolicyKind;
use crate::ir::{
    Account, AttachedPolicy, Details, Group, Origin, Policy, ResourcePolicy, Role, User,
};
use crate::resolve::DefId;
use crate::syntax::ast::BlockKind;

use super::messages;
use super::place::{Deployment, Plan};
use super::scope::{Arguments, Scope};
use super::statement::{Frame, frame_of, kind_of};
use super::trust;

/// Lowers an account; findings beside it.
pub(super) fn lower_account(
    checked: &Checked,
    plans: &IndexMap<DefId, Plan<'_>>,
    plan: &Plan<'_>,
) -> (Account, Vec<Diagnostic>) {
    let mut account = Account {
        name: plan.node.name.clone(),
        id: plan.node.id.clone().unwrap_or_default(),
        partition: plan.place.partition.clone(),
        management: plan.node.management,
        managed_policies: IndexMap::new(),
        roles: IndexMap::new(),
        groups: IndexMap::new(),
        users: IndexMap::new(),
        resource_policies: IndexMap::new(),
        session_policies: IndexMap::new(),
        origin: Origin::at(plan.node.span),
    };
    let mut findings = Vec::new();
    let mut taken = Taken::new();
    for deployment in &plan.deployments {
        let Some(block) = checked.block(deployment.block) else {
            continue;
        };
        // Each declaration has a budget of its own.
        let scope =
            Scope::new(checked, plans, &plan.place).using(block, deployment.attachment.span);
        let arguments = arguments_of(&scope, deployment.attachment);
        match take_name(&mut taken, deployment, block, &arguments, &account.name) {
            Ok(()) => deploy(&scope, &mut account, deployment, block, &arguments),
            Err(None) => {}
            Err(Some(clash)) => findings.push(*clash),
        }
        findings.append(&mut scope.diagnostics.borrow_mut());
    }
    for (group, name) in groups_that_come_along(checked, plan) {
        let scope = Scope::new(checked, plans, &plan.place);
        let lowered = lower_group(&scope, group, name, &Arguments::new());
        account.groups.entry(name.to_owned()).or_insert(lowered);
        findings.append(&mut scope.diagnostics.borrow_mut());
    }
    (account, findings)
}

fn deploy(
    scope: &Scope<'_>,
    account: &mut Account,
    deployment: &Deployment<'_>,
    block: &Block,
    arguments: &Arguments,
) {
    let name = deployment.name.clone();
    match block.kind {
        BlockKind::Role => drop(
            account
                .roles
                .insert(name.clone(), lower_role(scope, block, &name, arguments)),
        ),
        BlockKind::Group => drop(
            account
                .groups
                .insert(name.clone(), lower_group(scope, block, &name, arguments)),
        ),
        BlockKind::User => drop(
            account
                .users
                .insert(name.clone(), lower_user(scope, block, &name, arguments)),
        ),
        BlockKind::Policy | BlockKind::Boundary => {
            let policy = policy_of(scope, block, &name, arguments, &Frame::identity());
            account.managed_policies.insert(name, policy);
        }
        BlockKind::SessionPolicy => {
            let policy = policy_of(scope, block, &name, arguments, &Frame::identity());
            account.session_policies.insert(name, policy);
        }
        BlockKind::ResourcePolicy => {
            if let Some(lowered) = lower_resource_policy(scope, block, &name, arguments) {
                account.resource_policies.insert(name, lowered);
            }
        }
        BlockKind::PermissionSet | BlockKind::Scp | BlockKind::Rcp => {}
    }
}

/// Groups that users are members of without being deployed by themselves.
fn groups_that_come_along<'a>(
    checked: &'a Checked,
    plan: &'a Plan<'_>,
) -> Vec<(&'a Block, &'a str)> {
    let deployed = |id: &DefId| plan.deployments.iter().any(|d| d.block == *id);
    let named = plan.names.iter().filter(|(id, _)| !deployed(id));
    named
        .filter_map(|(id, names)| Some((checked.block(*id)?, names.first()?.as_str())))
        .filter(|(block, _)| block.kind == BlockKind::Group)
        .collect()
}

pub(super) fn arguments_of(scope: &Scope<'_>, attachment: &Attachment) -> Arguments {
    match &attachment.target {
        AttachmentTarget::Declared { arguments, .. } => {
            scope.arguments(arguments, &Arguments::new())
        }
        AttachmentTarget::Aws(_) => Arguments::new(),
    }
}

/// The policy that a block is.
pub(super) fn policy_of(
    scope: &Scope<'_>,
    block: &Block,
    name: &str,
    arguments: &Arguments,
    frame: &Frame,
) -> Policy {
    Policy {
        kind: kind_of(block.kind),
        name: name.to_owned(),
        statements: scope.statements(block, arguments, frame),
        details: details_of(scope, block, arguments),
        origin: scope.origin([block.span]),
    }
}

/// An identity's own path, description and tags are the identity's, not its inline policy's.
fn details_of(scope: &Scope<'_>, block: &Block, arguments: &Arguments) -> Details {
    match block.kind {
        BlockKind::Policy | BlockKind::Boundary | BlockKind::Scp | BlockKind::Rcp => Details {
            path: Some(block.path.clone()).filter(|path| path != "/"),
            description: block.description.clone(),
            tags: tags(scope, block, arguments),
        },
        _ => Details::default(),
    }
}

/// The inline policy of an identity, if it says anything by itself.
pub(super) fn inline_of(
    scope: &Scope<'_>,
    block: &Block,
    name: &str,
    arguments: &Arguments,
) -> Option<Policy> {
    (!block.body.is_empty()).then(|| policy_of(scope, block, name, arguments, &Frame::identity()))
}

/// What is attached to an identity, by name.
pub(super) fn attached(scope: &Scope<'_>, attachments: &[Attachment]) -> Vec<AttachedPolicy> {
    attachments
        .iter()
        .filter_map(|a| attached_one(scope, a))
        .collect()
}

pub(super) fn attached_one(scope: &Scope<'_>, attachment: &Attachment) -> Option<AttachedPolicy> {
    Some(match &attachment.target {
        AttachmentTarget::Aws(name) => AttachedPolicy::Aws(name.clone()),
        AttachmentTarget::Declared { block, .. } => {
            let own = scope.checked.block(*block)?.aws_name.clone();
            AttachedPolicy::Customer(attachment.alias.clone().unwrap_or(own))
        }
    })
}

pub(super) fn tags(
    scope: &Scope<'_>,
    block: &Block,
    arguments: &Arguments,
) -> IndexMap<String, String> {
    let value = |v| {
        scope
            .values(v, arguments)
            .first()
            .map(super::ground::Ground::as_text)
            .unwrap_or_default()
    };
    block
        .tags
        .iter()
        .map(|(key, v)| (key.clone(), value(v)))
        .collect()
}

fn lower_role(scope: &Scope<'_>, block: &Block, name: &str, arguments: &Arguments) -> Role {
    let mut trust = scope.trust(block, arguments);
    name.clone_into(&mut trust.name);
    Role {
        name: name.to_owned(),
        path: block.path.clone(),
        description: block.description.clone(),
        max_session: block.session.and_then(|s| u32::try_from(s).ok()),
        audience: trust::audience(block),
        trust,
        inline: inline_of(scope, block, name, arguments),
        attached: attached(scope, &block.attachments),
        boundary: block.boundary.as_ref().and_then(|b| attached_one(scope, b)),
        tags: tags(scope, block, arguments),
        origin: scope.origin([block.span]),
    }
}

fn lower_group(scope: &Scope<'_>, block: &Block, name: &str, arguments: &Arguments) -> Group {
    Group {
        name: name.to_owned(),
        path: block.path.clone(),
        inline: inline_of(scope, block, name, arguments),
        attached: attached(scope, &block.attachments),
        origin: scope.origin([block.span]),
    }
}

fn lower_user(scope: &Scope<'_>, block: &Block, name: &str, arguments: &Arguments) -> User {
    let group = |id: &DefId| scope.checked.block(*id).map(|g| g.aws_name.clone());
    User {
        name: name.to_owned(),
        path: block.path.clone(),
        groups: block.groups.iter().filter_map(group).collect(),
        inline: inline_of(scope, block, name, arguments),
        attached: attached(scope, &block.attachments),
        boundary: block.boundary.as_ref().and_then(|b| attached_one(scope, b)),
        tags: tags(scope, block, arguments),
        origin: scope.origin([block.span]),
    }
}

fn lower_resource_policy(
    scope: &Scope<'_>,
    block: &Block,
    name: &str,
    arguments: &Arguments,
) -> Option<ResourcePolicy> {
    let (value, ty) = block.resource.as_ref()?;
    let arns: Vec<String> = scope
        .values(value, arguments)
        .iter()
        .filter_map(|v| v.as_resource())
        .collect();
    let [arn] = arns.as_slice() else {
        scope.report(messages::not_one_resource(arns.len(), value.span));
        return None;
    };
    let frame = frame_of(&ty.service, &ty.name, arn);
    let mut policy = policy_of(scope, block, name, arguments, &frame);
    policy.kind = PolicyKind::ResourcePolicy;
    Some(ResourcePolicy {
        resource: arn.clone(),
        resource_type: ty.to_string(),
        policy,
    })
}

/// Names that are taken in an account, by kind of entity, without case: who has them, and with which arguments.
type Taken<'a> = IndexMap<(&'static str, String), (&'a Deployment<'a>, Arguments)>;

/// Takes a name for a deployment. The same declaration with the same arguments is there already (`Err(None)`); anything
/// else of that name would be the same entity of IAM, which does not tell case apart.
fn take_name<'a>(
    taken: &mut Taken<'a>,
    deployment: &'a Deployment<'a>,
    block: &Block,
    arguments: &Arguments,
    account: &str,
) -> Result<(), Option<Box<Diagnostic>>> {
    let entity = match block.kind {
        BlockKind::Policy | BlockKind::Boundary => "policy",
        other => other.keyword(),
    };
    let key = (entity, deployment.name.to_ascii_lowercase());
    let Some((first, with)) = taken.get(&key) else {
        taken.insert(key, (deployment, arguments.clone()));
        return Ok(());
    };
    if first.block == deployment.block && first.name == deployment.name && with == arguments {
        return Err(None);
    }
    let (here, there) = (deployment.attachment.span, first.attachment.span);
    let clash = messages::name_clash(entity, &deployment.name, account, here, there);
    Err(Some(Box::new(clash)))
}
