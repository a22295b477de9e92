//! The output of `aws iam get-account-authorization-details`, of one account or several.
//!
//! In: the files, whole or in pages, documents as objects (the CLI) or URL-encoded (the API). Out: one
//! [`AccountExport`] an account, in the order in which they appear, and all findings.
//!
//! An identity of which a document cannot be read is left out and named in [`AccountExport::unread`]: without the
//! document it would mean something else.
//!
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>

mod identity;
mod managed;

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::form::Form;
use super::message;
use super::reader::Reader;
use super::view::View;
use crate::catalogue::Catalogue;
use crate::diagnostic::{self, Diagnostic};
use crate::iam::arn::is_account_id;
use crate::iam::json::{Node, Value};
use crate::iam::{Arn, PolicyKind};
use crate::ir::{Account, AttachedPolicy, Origin, Policy, Role};
use crate::source::{SourceId, SourceMap, Span};

/// The lists of an export.
const LISTS: [&str; 4] = [
    "UserDetailList",
    "GroupDetailList",
    "RoleDetailList",
    "Policies",
];
const EXPECTED: &str = "the output of `aws iam get-account-authorization-details`";

/// What an export says about one account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountExport {
    /// Users, groups, roles and customer managed policies. Its name is its id.
    pub account: Account,
    /// Roles that AWS makes and keeps, by name; they are not among the account's.
    pub reserved: IndexMap<String, Reserved>,
    /// The inline policies of identities that have more than one, each by itself. In the account they are one, whose
    /// statements are those of all, in order; that means the same.
    pub inline: Vec<InlinePolicy>,
    /// The documents of AWS-managed policies that the export holds, by name.
    pub aws_policies: IndexMap<String, Policy>,
    /// What is deployed and could not be read.
    pub unread: Vec<Unread>,
}

/// A role that AWS makes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reserved {
    /// The role.
    pub role: Role,
    /// Who makes it.
    pub by: ReservedBy,
}

/// Why a role is nobody's to declare.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ReservedBy {
    /// A service made it for itself: its path is `/aws-service-role/…`.
    ServiceLinked,
    /// IAM Identity Center made it for a permission set: its path is `/aws-reserved/sso.amazonaws.com/…`.
    IdentityCenter,
    /// Another of the paths below `/aws-reserved/`.
    Aws,
}

impl ReservedBy {
    /// Who makes the roles of a path, if AWS does.
    pub fn of_path(path: &str) -> Option<ReservedBy> {
        if path.starts_with("/aws-service-role/") {
            Some(ReservedBy::ServiceLinked)
        } else if path.starts_with("/aws-reserved/sso.amazonaws.com/") {
            Some(ReservedBy::IdentityCenter)
        } else if path.starts_with("/aws-reserved/") {
            Some(ReservedBy::Aws)
        } else {
            None
        }
    }
}

/// What a thing of an account is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EntityKind {
    /// A role.
    Role,
    /// A user.
    User,
    /// A group.
    Group,
    /// A customer managed policy.
    Policy,
}

impl EntityKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            EntityKind::Role => "role",
            EntityKind::User => "user",
            EntityKind::Group => "group",
            EntityKind::Policy => "policy",
        }
    }
}

/// One of several inline policies of an identity.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlinePolicy {
    /// Role, user or group.
    pub owner_kind: EntityKind,
    /// Whose it is.
    pub owner: String,
    /// The policy, under its own name.
    pub policy: Policy,
}

/// Something deployed that could not be read; a finding says why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unread {
    /// What it is.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// Reads exports.
pub fn read(
    files: &[SourceId],
    sources: &SourceMap,
    catalogue: &Catalogue,
) -> (Vec<AccountExport>, Vec<Diagnostic>) {
    let mut export = Export {
        reader: Reader::new(sources, catalogue),
        accounts: IndexMap::new(),
        last_pages: IndexMap::new(),
        counts: IndexMap::new(),
    };
    for file in files {
        if let Some(tree) = export.reader.tree(*file) {
            export.file(&tree, *file);
        }
    }
    export.finish(files)
}

/// The accounts that were found so far.
struct Export<'a> {
    reader: Reader<'a>,
    accounts: IndexMap<String, AccountExport>,
    /// Of each account whose pages say so: whether its last page was there, and a place.
    last_pages: IndexMap<String, (bool, Span)>,
    /// How many of a kind each account has.
    counts: IndexMap<(String, EntityKind), usize>,
}

/// An identity's or policy's account, name and place.
struct Named<'v> {
    at: View<'v>,
    account: String,
    partition: String,
    name: &'v str,
    path: &'v str,
    /// For messages: "role `Deployer`".
    what: String,
}

impl Export<'_> {
    /// One file: a page, or a list of pages.
    fn file(&mut self, tree: &Node, source: SourceId) {
        let view = View::new(tree, source);
        let pages: Vec<View<'_>> = match &tree.value {
            Value::List(_) => view.items().collect(),
            _ => vec![view],
        };
        if pages.is_empty() || !pages.iter().all(|p| is_page(*p)) {
            let lists = LISTS.map(|l| format!("`{l}`")).join(", ");
            let expected = format!("expected an object with {lists}");
            let found = message::other_file(
                self.reader.start(source),
                EXPECTED,
                &expected,
                Form::of_node(tree).filter(|form| *form != Form::Account),
            );
            return self.reader.findings.push(found);
        }
        for page in pages {
            self.page(page);
        }
    }

    fn page(&mut self, page: View<'_>) {
        let mut seen = Vec::new();
        for (list, kind) in LISTS.into_iter().zip(KINDS) {
            if page.member(list).is_none() && page.member("IsTruncated").is_none() {
                let message = format!("there is no `{list}`");
                let help = "export without `--filter`: what is not there counts as not deployed";
                let found = message::incomplete(page.span(), message, help);
                self.reader.findings.push(found);
            }
            for entity in self.reader.objects(page, list) {
                seen.extend(self.entity(entity, kind));
            }
        }
        let truncated = page.is_true("IsTruncated");
        for account in seen {
            let entry = self
                .last_pages
                .entry(account)
                .or_insert((false, page.span()));
            entry.0 |= !truncated;
        }
    }

    /// Reads one entry of a list; its account, if that can be told.
    fn entity(&mut self, at: View<'_>, kind: EntityKind) -> Option<String> {
        let member = match kind {
            EntityKind::Role => "RoleName",
            EntityKind::User => "UserName",
            EntityKind::Group => "GroupName",
            EntityKind::Policy => "PolicyName",
        };
        let article = format!("a {}", kind.as_str());
        let name = self.reader.text(at, member, &article)?;
        let what = format!("{} `{name}`", kind.as_str());
        let text = self.reader.text(at, "Arn", &what)?;
        let arn = Arn::parse(text).filter(|a| is_account_id(&a.account) || a.account == "aws");
        let Some(arn) = arn else {
            let span = at.member("Arn").unwrap_or(at).span();
            self.reader.findings.push(message::no_account(span, text));
            return None;
        };
        let path = at.text_of("Path").unwrap_or("/");
        // Roles that AWS makes do not count.
        let counts = ReservedBy::of_path(path).is_none();
        if counts && !self.is_possible(&arn.account, kind, at) {
            return Some(arn.account);
        }
        let named = Named {
            at,
            account: arn.account,
            partition: arn.partition,
            name,
            path,
            what,
        };
        match kind {
            EntityKind::Role => self.role(&named),
            EntityKind::User => self.user(&named),
            EntityKind::Group => self.group(&named),
            EntityKind::Policy => self.managed_policy(&named),
        }
        is_account_id(&named.account).then_some(named.account)
    }

    /// Whether an account can have one more of a kind. What AWS would not let be is no export; it is told once, and
    /// nothing of the account is given.
    fn is_possible(&mut self, account: &str, kind: EntityKind, at: View<'_>) -> bool {
        let count = self.counts.entry((account.to_owned(), kind)).or_insert(0);
        *count += 1;
        let most = most(kind);
        if *count == most + 1 && account != "aws" {
            let found = message::too_many(at.span(), account, kind.as_str(), most);
            self.reader.findings.push(found);
        }
        *count <= most || account == "aws"
    }

    fn account(&mut self, named: &Named<'_>) -> &mut AccountExport {
        let entry = self.accounts.entry(named.account.clone());
        entry.or_insert_with(|| AccountExport {
            account: Account {
                name: named.account.clone(),
                id: named.account.clone(),
                partition: named.partition.clone(),
                management: false,
                managed_policies: IndexMap::new(),
                roles: IndexMap::new(),
                groups: IndexMap::new(),
                users: IndexMap::new(),
                resource_policies: IndexMap::new(),
                session_policies: IndexMap::new(),
                origin: Origin::at(named.at.span()),
            },
            reserved: IndexMap::new(),
            inline: Vec::new(),
            aws_policies: IndexMap::new(),
            unread: Vec::new(),
        })
    }

    fn unread(&mut self, named: &Named<'_>, kind: EntityKind) {
        let unread = Unread {
            kind,
            name: named.name.to_owned(),
            span: named.at.span(),
        };
        self.account(named).unread.push(unread);
    }

    fn listed_twice(&mut self, named: &Named<'_>) {
        let found = message::listed_twice(named.at.span(), &named.what);
        self.reader.findings.push(found);
    }

    fn finish(mut self, files: &[SourceId]) -> (Vec<AccountExport>, Vec<Diagnostic>) {
        for (account, (complete, span)) in &self.last_pages {
            if !complete {
                let message = format!("the export of account `{account}` ends in the middle");
                let help = "give the pages up to the one with `\"IsTruncated\": false`, or let `aws` paginate";
                let found = message::incomplete(*span, message, help);
                self.reader.findings.push(found);
            }
        }
        for ((account, kind), count) in &self.counts {
            if *count > most(*kind) && account != "aws" {
                self.accounts.shift_remove(account);
            }
        }
        let aws = self.accounts.shift_remove("aws");
        let aws_policies = aws.map(|a| a.account.managed_policies).unwrap_or_default();
        let mut accounts: Vec<AccountExport> = self.accounts.into_values().collect();
        for export in &mut accounts {
            mark_boundaries(&mut export.account);
            export.aws_policies = aws_policies.clone();
        }
        let mut findings = self.reader.findings;
        if accounts.is_empty() && !diagnostic::has_errors(&findings) {
            let help = "the export has no user, group, role or customer managed policy";
            findings.push(message::nothing_found(files, "account", help));
        }
        diagnostic::sort(&mut findings);
        (accounts, findings)
    }
}

/// More of a kind than this no account has, with every quota raised as far as it can be.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>, November 2026.
fn most(kind: EntityKind) -> usize {
    match kind {
        EntityKind::User => 5_000,
        EntityKind::Role | EntityKind::Group | EntityKind::Policy => 10_000,
    }
}

const KINDS: [EntityKind; 4] = [
    EntityKind::User,
    EntityKind::Group,
    EntityKind::Role,
    EntityKind::Policy,
];

/// `list-policies` prints `Policies` too, but no documents.
fn is_page(view: View<'_>) -> bool {
    let [identities @ .., policies] = LISTS;
    let listed = view.member(policies);
    let with_documents = listed.is_some_and(|list| {
        let mut items = list.items().peekable();
        items.peek().is_none() || items.any(|p| p.member("PolicyVersionList").is_some())
    });
    with_documents || identities.iter().any(|l| view.member(l).is_some())
}

/// A policy that limits somebody and grants to nobody is a boundary.
fn mark_boundaries(account: &mut Account) {
    let roles = account.roles.values();
    let users = account.users.values();
    let limits = roles.clone().map(|r| &r.boundary);
    let limits: BTreeSet<AttachedPolicy> = limits
        .chain(users.clone().map(|u| &u.boundary))
        .flatten()
        .cloned()
        .collect();
    let grants = roles.flat_map(|r| &r.attached);
    let grants = grants.chain(users.flat_map(|u| &u.attached));
    let groups = account.groups.values().flat_map(|g| &g.attached);
    let grants: BTreeSet<AttachedPolicy> = grants.chain(groups).cloned().collect();
    for policy in account.managed_policies.values_mut() {
        let own = AttachedPolicy::Customer(policy.name.clone());
        if limits.contains(&own) && !grants.contains(&own) {
            policy.kind = PolicyKind::Boundary;
        }
    }
}
