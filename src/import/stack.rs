//! Infrastructure as code as blocks: what a Terraform plan or a CloudFormation template declares.
//!
//! In: what was read of it ([`Infrastructure`]). Out: one module of roles, policies, users, groups, guardrails and
//! resource policies, in which documents and attachments have found whom they belong to, and a finding for each that
//! has not.

use indexmap::IndexMap;

use super::model::{Ambient, Block, Fill, Item, Module, Reference};
use super::name::{Names, ident_of};
use super::standalone::standalone;
use crate::catalogue::Catalogue;
use crate::deployed::{
    AttachedTo, Attachment, BelongsTo, Declared, DeclaredKind, Infrastructure, NamedDocument,
    PolicyRef,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::{Arn, PolicyKind};
use crate::source::{SourceId, Span};
use crate::syntax::ast::BlockKind;

/// What the infrastructure declares as one module, and what could not be brought together.
pub fn stack(
    infrastructure: Infrastructure,
    ambient: &Ambient,
    names: &mut Names,
    catalogue: &Catalogue,
) -> (Module, Vec<Diagnostic>) {
    // ARNs name their region: the source is not deployed yet.
    let ambient = Ambient {
        regions: Vec::new(),
        ..ambient.clone()
    };
    let mut assembly = Assembly {
        ambient,
        catalogue,
        blocks: IndexMap::new(),
        addresses: IndexMap::new(),
        others: Vec::new(),
        findings: Vec::new(),
    };
    let Infrastructure {
        documents,
        attachments,
        declared,
        memberships,
    } = infrastructure;
    declared.into_iter().for_each(|d| assembly.declare(d));
    documents.into_iter().for_each(|d| assembly.document(d));
    for membership in &memberships {
        assembly.block(BlockKind::User, &membership.user);
        assembly.block(BlockKind::Group, &membership.group);
    }
    assembly.settle_trusts();
    let idents = assembly.name_all(names);
    for membership in memberships {
        if let Some(group) = idents.get(&(BlockKind::Group, membership.group)) {
            let group = group.clone();
            let user = assembly.block(BlockKind::User, &membership.user);
            if !user.groups.contains(&group) {
                user.groups.push(group);
            }
        }
    }
    for attachment in attachments {
        assembly.attach(attachment, &idents);
    }
    assembly.finish(names)
}

/// A block's keyword and its name in AWS.
type Key = (BlockKind, String);

struct Assembly<'a> {
    ambient: Ambient,
    catalogue: &'a Catalogue,
    blocks: IndexMap<Key, Block>,
    /// Names of managed policies by the file and the address that the tool has for them there.
    addresses: IndexMap<(SourceId, String), String>,
    /// Guardrails and resource policies, which stand by themselves.
    others: Vec<(NamedDocument, Option<String>)>,
    findings: Vec<Diagnostic>,
}

impl Assembly<'_> {
    /// The block of an identity or policy; made when it is first spoken of.
    fn block(&mut self, kind: BlockKind, name: &str) -> &mut Block {
        let ambient = self.ambient.clone();
        self.blocks
            .entry((kind, name.to_owned()))
            .or_insert_with(|| Block::new(kind, String::new(), name.to_owned(), ambient))
    }

    fn declare(&mut self, declared: Declared) {
        let kind = match declared.kind {
            DeclaredKind::Role => BlockKind::Role,
            DeclaredKind::User => BlockKind::User,
            DeclaredKind::Group => BlockKind::Group,
            DeclaredKind::Managed => {
                let address = (declared.span.source, declared.address);
                self.addresses.insert(address, declared.name.clone());
                BlockKind::Policy
            }
        };
        let block = self.block(kind, &declared.name);
        block.path = declared.path;
        block.span = Some(declared.span);
        if matches!(kind, BlockKind::Role | BlockKind::Policy) {
            block.description = declared.description;
        }
        if kind == BlockKind::Role {
            let session = declared.max_session.map(u64::from);
            block.session = session.filter(|s| *s != 3_600);
        }
        if matches!(kind, BlockKind::Role | BlockKind::User) {
            let tags = declared.tags.into_iter();
            block.tags = tags.filter(|(key, _)| !key.starts_with("aws:")).collect();
        }
    }

    fn document(&mut self, document: NamedDocument) {
        let (kind, owner) = match &document.belongs_to {
            BelongsTo::Trust(role) => {
                let role = role.clone();
                self.block(BlockKind::Role, &role).trust = Some(document.policy);
                return;
            }
            BelongsTo::Managed => (BlockKind::Policy, document.name.clone()),
            BelongsTo::Role(name) => (BlockKind::Role, name.clone()),
            BelongsTo::User(name) => (BlockKind::User, name.clone()),
            BelongsTo::Group(name) => (BlockKind::Group, name.clone()),
            BelongsTo::Organization => return self.others.push((document, None)),
            BelongsTo::Resource {
                resource_type,
                resource,
            } => {
                let named = resource.as_deref();
                let arn = named.and_then(|r| arn_of(resource_type, r, &self.ambient.partition));
                return self.others.push((document, arn));
            }
        };
        self.block(kind, &owner).documents.push(document.policy);
    }

    /// A role of which nobody knows who may assume it cannot be declared; what it may do is known all the same.
    fn settle_trusts(&mut self) {
        for ((kind, name), block) in &mut self.blocks {
            if *kind != BlockKind::Role || block.trust.is_some() || block.documents.is_empty() {
                continue;
            }
            let message = format!(
                "role `{name}` has no trust policy here; its policies are declared as `policy`"
            );
            let origin = block.documents.first().map(|d| &d.origin.spans);
            let span = block
                .span
                .or_else(|| origin.and_then(|s| s.first().copied()));
            self.findings.push(lost(message, span));
            block.kind = BlockKind::Policy;
            block.path = None;
            block.session = None;
            block.tags.clear();
        }
        // Managed policies whose documents are lost, and roles of which nothing is left, were named by the reader.
        self.blocks.retain(|_, block| match block.kind {
            BlockKind::Role => block.trust.is_some(),
            BlockKind::Policy => !block.documents.is_empty(),
            _ => true,
        });
    }

    fn name_all(&mut self, names: &mut Names) -> IndexMap<Key, String> {
        let mut idents = IndexMap::new();
        for (key, block) in &mut self.blocks {
            block.ident = names.take(&ident_of(&block.name));
            idents.insert(key.clone(), block.ident.clone());
        }
        idents
    }

    fn attach(&mut self, attachment: Attachment, idents: &IndexMap<Key, String>) {
        let (kind, name) = match &attachment.to {
            AttachedTo::Role(name) | AttachedTo::RoleBoundary(name) => (BlockKind::Role, name),
            AttachedTo::User(name) | AttachedTo::UserBoundary(name) => (BlockKind::User, name),
            AttachedTo::Group(name) => (BlockKind::Group, name),
            // The sources of a stack have no tree to attach to.
            AttachedTo::Target(_) => return,
        };
        let shown = match &attachment.policy {
            PolicyRef::Arn(arn) => arn.clone(),
            PolicyRef::Here(address) => address.clone(),
        };
        let file = attachment.span.source;
        let found = self.reference(&attachment.policy, file, idents);
        let key = (kind, name.clone());
        // A user or group that stands elsewhere is declared here with what this stack gives it; a role needs its trust.
        if kind != BlockKind::Role && !self.blocks.contains_key(&key) {
            let message = format!(
                "`{shown}` is attached to {} `{name}`, which is not declared here; the attachment is left out",
                kind.keyword()
            );
            return self.findings.push(lost(message, Some(attachment.span)));
        }
        let block = self.blocks.get_mut(&key);
        let block = block.filter(|b| b.kind == kind);
        match (found, block) {
            (Some(found), Some(block)) => match &attachment.to {
                AttachedTo::RoleBoundary(_) | AttachedTo::UserBoundary(_) => {
                    block.boundary = Some(found);
                }
                _ if block.attached.contains(&found) => {}
                _ => block.attached.push(found),
            },
            (None, _) => {
                let message = format!(
                    "policy `{shown}` of `{name}` is not declared here; the attachment is left out"
                );
                self.findings.push(lost(message, Some(attachment.span)));
            }
            (_, None) => {
                let message = format!(
                    "`{shown}` is attached to role `{name}`, which is not declared here; the attachment is left out"
                );
                self.findings.push(lost(message, Some(attachment.span)));
            }
        }
    }

    fn reference(
        &self,
        policy: &PolicyRef,
        file: SourceId,
        idents: &IndexMap<Key, String>,
    ) -> Option<Reference> {
        let declared = |name: &str| {
            let found = idents.get(&(BlockKind::Policy, name.to_owned()));
            found.cloned().map(Reference::Declared)
        };
        let arn = match policy {
            PolicyRef::Here(address) => {
                return declared(self.addresses.get(&(file, address.clone()))?);
            }
            PolicyRef::Arn(arn) => Arn::parse(arn)?,
        };
        let name = arn.resource.strip_prefix("policy/")?.rsplit('/').next()?;
        if arn.account == "aws" {
            let known = self.catalogue.has_managed_policy(name);
            return known.then(|| Reference::Aws(name.to_owned()));
        }
        declared(name)
    }

    fn finish(self, names: &mut Names) -> (Module, Vec<Diagnostic>) {
        let mut module = Module {
            path: "imported.bw".to_owned(),
            ..Module::default()
        };
        let blocks = self.blocks.into_values();
        module
            .items
            .extend(blocks.map(|b| Item::Block(Box::new(b))));
        for (document, resource) in self.others {
            let ambient = match document.policy.kind {
                PolicyKind::Scp | PolicyKind::Rcp => Ambient {
                    account: Fill::Any,
                    ..self.ambient.clone()
                },
                _ => self.ambient.clone(),
            };
            let (policy, name) = (document.policy, document.name);
            let block = standalone(policy, &name, resource.as_deref(), ambient, names);
            module.items.push(Item::Block(Box::new(block)));
        }
        (module, self.findings)
    }
}

fn lost(message: String, span: Option<Span>) -> Diagnostic {
    let code = Code::UnresolvedValue;
    let found = match span {
        Some(span) => Diagnostic::error(code, message, span, ""),
        None => Diagnostic::global(code, message),
    };
    found.with_help("import what declares it together with this, or add it to the source")
}

/// The ARN of a resource that a tool names by its name, its URL or its ARN.
fn arn_of(resource_type: &str, named: &str, partition: &str) -> Option<String> {
    if named.starts_with("arn:") {
        return Some(named.to_owned());
    }
    match resource_type {
        "s3:bucket" => Some(format!("arn:{partition}:s3:::{named}")),
        // `https://sqs.eu-west-1.amazonaws.com/111122223333/jobs`
        "sqs:queue" => {
            let (host, rest) = named.strip_prefix("https://sqs.")?.split_once('/')?;
            let (region, _) = host.split_once('.')?;
            let (account, name) = rest.split_once('/')?;
            Some(format!("arn:{partition}:sqs:{region}:{account}:{name}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::arn_of;

    #[test]
    fn resources_are_known_by_name_url_and_arn() {
        let queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs";
        let arn = arn_of("sqs:queue", queue, "aws").unwrap();
        assert_eq!(arn, "arn:aws:sqs:eu-west-1:111122223333:jobs");
        assert_eq!(
            arn_of("s3:bucket", "b", "aws-cn").unwrap(),
            "arn:aws-cn:s3:::b"
        );
        assert_eq!(arn_of("kms:key", "1234", "aws"), None);
        assert_eq!(arn_of("kms:key", "arn:x", "aws").unwrap(), "arn:x");
    }
}
