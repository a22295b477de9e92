//! Infrastructure as code as blocks: what a Terraform plan or a CloudFormation template declares.
//!
//! In: what was read of it ([`Infrastructure`]). Out: one module of roles, policies, users, groups, guardrails and
//! resource policies, in which documents and attachments have found whom they belong to, and a finding for each that
//! has not.

mod declared;
mod same;

use indexmap::{IndexMap, IndexSet};

use super::model::{Ambient, Block, Fill, Item, Module, Reference};
use super::name::Names;
use super::standalone::standalone;
use crate::catalogue::Catalogue;
use crate::deployed::{
    AttachedTo, Attachment, BelongsTo, Declared, DeclaredKind, Infrastructure, Membership,
    NamedDocument, PolicyRef, Who,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::iam::{Arn, PolicyKind};
use crate::source::{SourceId, SourceMap, Span};
use crate::syntax::ast::BlockKind;
use declared::{Ambiguous, Declarations, Key};
use same::is_same;

/// What the infrastructure declares as one module, and what could not be brought together.
pub fn stack(
    infrastructure: Infrastructure,
    ambient: &Ambient,
    sources: &SourceMap,
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
        declarations: Declarations::default(),
        named: IndexSet::new(),
        arns: IndexMap::new(),
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
    let memberships: Vec<(Key, Key)> = memberships
        .into_iter()
        .filter_map(|m| assembly.membership(m))
        .collect();
    assembly.settle_trusts();
    let named = std::mem::take(&mut assembly.named);
    declared::name(
        &mut assembly.blocks,
        &|key| named.contains(key),
        sources,
        names,
    );
    for (user, group) in memberships {
        let ident = assembly.blocks.get(&group).map(|b| b.ident.clone());
        if let (Some(ident), Some(user)) = (ident, assembly.blocks.get_mut(&user))
            && !user.groups.contains(&ident)
        {
            user.groups.push(ident);
        }
    }
    for attachment in attachments {
        assembly.attach(attachment);
    }
    assembly.finish(names)
}

struct Assembly<'a> {
    ambient: Ambient,
    catalogue: &'a Catalogue,
    blocks: IndexMap<Key, Block>,
    declarations: Declarations,
    /// The blocks whose names in AWS are known.
    named: IndexSet<Key>,
    /// Managed policies by their ARNs, where they are known.
    arns: IndexMap<String, Key>,
    /// Guardrails and resource policies, which stand by themselves.
    others: Vec<(NamedDocument, Option<String>)>,
    findings: Vec<Diagnostic>,
}

impl Assembly<'_> {
    /// The block of an identity or policy; made when it is first spoken of.
    fn block(&mut self, kind: BlockKind, key: &Key, name: &str) -> &mut Block {
        let ambient = self.ambient.clone();
        self.blocks
            .entry(key.clone())
            .or_insert_with(|| Block::new(kind, String::new(), name.to_owned(), ambient))
    }

    fn declare(&mut self, declared: Declared) {
        let kind = match declared.kind {
            DeclaredKind::Role => BlockKind::Role,
            DeclaredKind::User => BlockKind::User,
            DeclaredKind::Group => BlockKind::Group,
            DeclaredKind::Managed => BlockKind::Policy,
        };
        let (file, address) = (declared.span.source, declared.address);
        self.declarations.add(kind, &declared.name, file, &address);
        let key = Key::Declared(file, address);
        if declared.is_named {
            self.named.insert(key.clone());
        }
        if let (BlockKind::Policy, Some(arn)) = (kind, declared.arn) {
            self.arns.insert(arn, key.clone());
        }
        let block = self.block(kind, &key, &declared.name);
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

    /// The block that somebody speaks of; several are a finding, and what speaks is left out.
    fn find(&mut self, kind: BlockKind, who: &Who, span: Span, what: &str) -> Option<Key> {
        match self.declarations.find(kind, who, span.source) {
            Ok(key) => {
                if let Who::Named(name) = who {
                    self.block(kind, &key, name);
                }
                Some(key)
            }
            Err(Ambiguous(addresses)) => {
                let name = match who {
                    Who::Named(name) | Who::Here(name) => name,
                };
                let of: Vec<String> = addresses.iter().map(|a| format!("`{a}`")).collect();
                let message = format!(
                    "`{name}` is the name of several {}s, {}; {what} is left out, since it may be of any",
                    kind.keyword(),
                    of.join(", ")
                );
                let found = Diagnostic::error(Code::UnresolvedValue, message, span, "");
                let help =
                    "import one account at a time, or refer to the resource instead of its name";
                self.findings.push(found.with_help(help));
                None
            }
        }
    }

    fn document(&mut self, document: NamedDocument) {
        let span = document.span;
        let (kind, who) = match &document.belongs_to {
            BelongsTo::Managed => (BlockKind::Policy, Who::Here(document.address.clone())),
            BelongsTo::Trust(who) | BelongsTo::Role(who) => (BlockKind::Role, who.clone()),
            BelongsTo::User(who) => (BlockKind::User, who.clone()),
            BelongsTo::Group(who) => (BlockKind::Group, who.clone()),
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
        let what = format!("the policy of `{}`", document.address);
        let Some(key) = self.find(kind, &who, span, &what) else {
            return;
        };
        let is_trust = matches!(document.belongs_to, BelongsTo::Trust(_));
        let block = self.block(kind, &key, &document.name);
        match is_trust {
            true => block.trust = Some(document.policy),
            false if block.documents.iter().any(|d| is_same(d, &document.policy)) => {}
            false => block.documents.push(document.policy),
        }
    }

    fn membership(&mut self, membership: Membership) -> Option<(Key, Key)> {
        let Membership { user, group, span } = membership;
        let what = "a membership";
        let user = self.find(BlockKind::User, &user, span, what)?;
        let group = self.find(BlockKind::Group, &group, span, what)?;
        Some((user, group))
    }

    /// A role of which nobody knows who may assume it cannot be declared; what it may do is known all the same.
    fn settle_trusts(&mut self) {
        for block in self.blocks.values_mut() {
            if block.kind != BlockKind::Role || block.trust.is_some() || block.documents.is_empty()
            {
                continue;
            }
            let name = &block.name;
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

    fn attach(&mut self, attachment: Attachment) {
        let (kind, who) = match &attachment.to {
            AttachedTo::Role(who) | AttachedTo::RoleBoundary(who) => (BlockKind::Role, who),
            AttachedTo::User(who) | AttachedTo::UserBoundary(who) => (BlockKind::User, who),
            AttachedTo::Group(who) => (BlockKind::Group, who),
            // The sources of a stack have no tree to attach to.
            AttachedTo::Target(_) => return,
        };
        let shown = match &attachment.policy {
            PolicyRef::Arn(arn) => arn.clone(),
            PolicyRef::Here(address) => address.clone(),
        };
        let span = attachment.span;
        let what = format!("the attachment of `{shown}`");
        let key = match self.declarations.find(kind, who, span.source) {
            Ok(key) => key,
            Err(_) => {
                self.find(kind, who, span, &what);
                return;
            }
        };
        let (Who::Here(name) | Who::Named(name)) = who;
        let Some(found) = self.reference(&attachment.policy, span.source) else {
            let name = self.blocks.get(&key).map_or(name, |b| &b.name);
            let message = format!(
                "policy `{shown}` of `{name}` is not declared here; the attachment is left out"
            );
            return self.findings.push(lost(message, Some(span)));
        };
        // A user or group that stands elsewhere is declared here with what this stack gives it; a role needs its trust.
        let block = self.blocks.get_mut(&key).filter(|b| b.kind == kind);
        let Some(block) = block else {
            let message = format!(
                "`{shown}` is attached to {} `{name}`, which is not declared here; the attachment is left out",
                kind.keyword()
            );
            return self.findings.push(lost(message, Some(span)));
        };
        match &attachment.to {
            AttachedTo::RoleBoundary(_) | AttachedTo::UserBoundary(_) => {
                block.boundary = Some(found);
            }
            _ if block.attached.contains(&found) => {}
            _ => block.attached.push(found),
        }
    }

    fn reference(&self, policy: &PolicyRef, file: SourceId) -> Option<Reference> {
        let declared = |key: &Key| {
            let block = self.blocks.get(key)?;
            Some(Reference::Declared(block.ident.clone()))
        };
        let text = match policy {
            PolicyRef::Here(address) => return declared(&Key::Declared(file, address.clone())),
            PolicyRef::Arn(text) => text,
        };
        if let Some(key) = self.arns.get(text) {
            return declared(key);
        }
        let arn = Arn::parse(text)?;
        let name = arn.resource.strip_prefix("policy/")?.rsplit('/').next()?;
        if arn.account == "aws" {
            let known = self.catalogue.has_managed_policy(name);
            return known.then(|| Reference::Aws(name.to_owned()));
        }
        let who = Who::Named(name.to_owned());
        let key = self.declarations.find(BlockKind::Policy, &who, file).ok()?;
        declared(&key)
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
