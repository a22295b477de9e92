//! What AWS's quotas say about documents, names, tags and attachments.

use super::artefact::Artefact;
use super::json::{self, Style};
use super::slots::Attachment;
use super::statements::place;
use super::{error, slots};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::iam::PolicyKind;
use crate::iam::document::{Document, Principals, Statement};
use crate::iam::name::is_guardrail_name;
use crate::iam::quotas::Quotas;
use crate::ir::{Account, Node, NodeKind, Organization, Origin, PolicySet};
use crate::source::{SourceMap, Span};

/// How many of the largest statements an error names.
const LARGEST: usize = 3;

/// Checks one document against its quota and alphabet.
pub(super) fn document(
    artefact: &Artefact,
    document: &Document,
    (quotas, sources): (&Quotas, &SourceMap),
) -> Vec<Diagnostic> {
    let mut found = too_many(artefact, document, quotas);
    let size = &artefact.size;
    if size.minified > size.limit {
        found.push(too_large(artefact, document, sources));
    } else if size.counted > size.limit {
        found.push(too_large_as_written(artefact));
    }
    found.extend(foreign_character(artefact, document));
    found
}

fn subject(artefact: &Artefact) -> String {
    artefact.attachment.subject(artefact.kind, &artefact.name)
}

fn too_large(artefact: &Artefact, document: &Document, sources: &SourceMap) -> Diagnostic {
    let size = &artefact.size;
    let message = format!(
        "{} has {} {}, the quota is {}",
        subject(artefact),
        size.minified,
        size.count.unit(),
        size.limit
    );
    let found = error(Code::OverQuota, message, place(&artefact.origin), "");
    let mut sizes: Vec<(usize, usize)> = document
        .statement
        .iter()
        .map(|s| json::write(s, Style::Minified).chars().count())
        .enumerate()
        .map(|(at, length)| (length, at))
        .collect();
    sizes.sort_by_key(|(length, at)| (std::cmp::Reverse(*length), *at));
    let largest = sizes.into_iter().take(LARGEST);
    let found = largest.fold(found, |found, (length, at)| {
        let source = artefact.sources.get(at);
        let sid = source.and_then(|s| s.sid.as_deref()).unwrap_or("(no Sid)");
        let span = source.and_then(|s| place(&s.origin));
        match (span, span.and_then(|s| locate(s, sources))) {
            (Some(span), Some(line)) => found
                .with_label(span, format!("`{sid}` takes {length}"))
                .with_note(format!(
                    "statement `{sid}` takes {length} characters ({line})"
                )),
            _ => found.with_note(format!("statement `{sid}` takes {length} characters")),
        }
    });
    found
        .with_note(format!("the quota is `{}`", size.quota))
        .with_help("split the policy, or say more with fewer patterns")
}

fn too_large_as_written(artefact: &Artefact) -> Diagnostic {
    let size = &artefact.size;
    let message = format!(
        "{} has {} characters with its white space, the quota is {}",
        subject(artefact),
        size.counted,
        size.limit
    );
    let mut found = error(Code::OverQuota, message, place(&artefact.origin), "");
    found.severity = Severity::Warning;
    found
        .with_note(format!("minified it has {}", size.minified))
        .with_help("build with `--minify` for deployment")
}

/// `path:line` of a span's start.
pub(super) fn locate(span: Span, sources: &SourceMap) -> Option<String> {
    let (path, position) = sources.locate(span)?;
    Some(format!("{path}:{}", position.line))
}

/// What some services count in the policies on their resources, beside the size.
fn too_many(artefact: &Artefact, document: &Document, quotas: &Quotas) -> Vec<Diagnostic> {
    let Attachment::Resource { resource_type, .. } = &artefact.attachment else {
        return Vec::new();
    };
    let statements = &document.statement;
    let principals = |s: &Statement| {
        let named = [&s.principal, &s.not_principal].into_iter().flatten();
        let count = |who: &Principals| match who {
            Principals::Everyone => 1,
            Principals::Named(list) => list.len(),
        };
        named.map(count).sum::<usize>()
    };
    let conditions = |s: &Statement| s.condition.values().map(|keys| keys.len()).sum::<usize>();
    let actions = |s: &Statement| {
        let lists = [&s.action, &s.not_action].into_iter().flatten();
        lists.map(|texts| texts.0.len()).sum::<usize>()
    };
    let most_actions = statements.iter().map(actions).max().unwrap_or_default();
    let counts = [
        ("statements", statements.len(), "statements"),
        (
            "principals",
            statements.iter().map(principals).sum(),
            "principals",
        ),
        (
            "conditions",
            statements.iter().map(conditions).sum(),
            "conditions",
        ),
        ("actions", most_actions, "actions in one statement"),
    ];
    let over = counts.into_iter().filter_map(|(name, count, what)| {
        let (name, quota) = quotas.of_resource_policy(resource_type, name)?;
        (count as u64 > quota.limit).then(|| {
            let (subject, limit) = (subject(artefact), quota.limit);
            let message = format!("{subject} has {count} {what}, the quota is {limit}");
            error(Code::OverQuota, message, place(&artefact.origin), "")
                .with_note(format!("the quota is `{name}`"))
        })
    });
    over.collect()
}

/// IAM stores TAB, LF, CR and U+0020 to U+00FF; Organizations and services with resource policies are not so strict.
fn foreign_character(artefact: &Artefact, document: &Document) -> Option<Diagnostic> {
    let strict = !matches!(
        artefact.kind,
        PolicyKind::ResourcePolicy | PolicyKind::Scp | PolicyKind::Rcp
    );
    let foreign = |c: &char| !matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
    let c = artefact.text.chars().filter(|_| strict).find(foreign)?;
    let message = format!(
        "{} holds `{c}`, which IAM does not store",
        subject(artefact)
    );
    let holds = |s: &Statement| json::write(s, Style::Minified).contains(c);
    let at = document.statement.iter().position(holds);
    let origin = at.and_then(|at| artefact.sources.get(at));
    let origin = origin.map_or(&artefact.origin, |source| &source.origin);
    let found = error(Code::InvalidCharacter, message, place(origin), "");
    Some(found.with_note(format!(
        "U+{:04X} is above U+00FF, the last character IAM takes",
        u32::from(c)
    )))
}

/// Checks names, paths, tags and numbers of attachments of a whole project.
pub(super) fn identities(set: &PolicySet, quotas: &Quotas) -> Vec<Diagnostic> {
    let mut check = Check {
        quotas,
        found: Vec::new(),
    };
    for organization in &set.organizations {
        check.node(&organization.root, 0);
        check.permission_sets(organization);
    }
    for account in slots::accounts(set) {
        check.account(account);
    }
    check.found
}

struct Check<'a> {
    quotas: &'a Quotas,
    found: Vec<Diagnostic>,
}

impl Check<'_> {
    fn node(&mut self, node: &Node, depth: usize) {
        let name = &node.name;
        if node.kind == NodeKind::Unit {
            self.count(
                "organization.depth",
                name,
                (depth, "units on its path"),
                &node.origin,
            );
        }
        let scps = node.scps.len() + usize::from(node.full_aws_access);
        // `RCPFullAWSAccess` takes one place everywhere.
        let rcps = node.rcps.len() + 1;
        self.count("node.scps", name, (scps, "SCPs"), &node.origin);
        self.count("node.rcps", name, (rcps, "RCPs"), &node.origin);
        if scps == 0 {
            let message = format!("`{name}` has no SCP, but AWS requires one on every node");
            let found = error(Code::OverQuota, message, place(&node.origin), "");
            self.found
                .push(found.with_help("keep `FullAWSAccess` attached"));
        }
        for policy in node.scps.iter().chain(&node.rcps) {
            if !is_guardrail_name(&policy.name) {
                let message = format!("Organizations does not take the name `{}`", policy.name);
                let found = error(Code::InvalidName, message, place(&policy.origin), "");
                self.found.push(found.with_help("use 1 to 128 characters"));
            }
        }
        for child in &node.children {
            self.node(child, depth + 1);
        }
    }

    fn permission_sets(&mut self, organization: &Organization) {
        for set in &organization.permission_sets {
            self.name(
                "permission-set.name",
                &set.name,
                "IAM Identity Center",
                &set.origin,
            );
            self.attached("permission-set", &set.name, set.attached.len(), &set.origin);
            self.tags(&set.name, set.tags.len(), &set.origin);
        }
    }

    fn account(&mut self, account: &Account) {
        for (name, policy) in &account.managed_policies {
            self.name("policy.name", name, "IAM", &policy.origin);
        }
        for (name, role) in &account.roles {
            self.name("role.name", name, "IAM", &role.origin);
            self.path(&role.path, &role.origin);
            self.attached("role", name, role.attached.len(), &role.origin);
            self.tags(name, role.tags.len(), &role.origin);
        }
        for (name, group) in &account.groups {
            self.name("group.name", name, "IAM", &group.origin);
            self.path(&group.path, &group.origin);
            self.attached("group", name, group.attached.len(), &group.origin);
        }
        for (name, user) in &account.users {
            self.name("user.name", name, "IAM", &user.origin);
            self.path(&user.path, &user.origin);
            self.attached("user", name, user.attached.len(), &user.origin);
            self.tags(name, user.tags.len(), &user.origin);
            let groups = (user.groups.len(), "groups");
            self.count("user.groups", name, groups, &user.origin);
        }
        self.twins(
            "managed policies",
            account.managed_policies.iter().map(|(n, p)| (n, &p.origin)),
        );
        self.twins("roles", account.roles.iter().map(|(n, r)| (n, &r.origin)));
        self.twins("groups", account.groups.iter().map(|(n, g)| (n, &g.origin)));
        self.twins("users", account.users.iter().map(|(n, u)| (n, &u.origin)));
    }

    fn attached(&mut self, holder: &str, name: &str, number: usize, origin: &Origin) {
        let quota = format!("{holder}.attached-policies");
        self.count(&quota, name, (number, "managed policies"), origin);
    }

    fn tags(&mut self, name: &str, number: usize, origin: &Origin) {
        self.count("tags", name, (number, "tags"), origin);
    }

    fn count(&mut self, quota: &str, name: &str, (number, what): (usize, &str), origin: &Origin) {
        let limit = self.quotas.get(quota).map_or(u64::MAX, |q| q.limit);
        if number as u64 > limit {
            let message = format!("`{name}` has {number} {what}, the quota is {limit}");
            let found = error(Code::OverQuota, message, place(origin), "");
            self.found
                .push(found.with_note(format!("the quota is `{quota}`")));
        }
    }

    fn name(&mut self, quota: &str, name: &str, service: &str, origin: &Origin) {
        let limit = self.quotas.get(quota).map_or(u64::MAX, |q| q.limit);
        let length = name.chars().count() as u64;
        if length > limit {
            let message =
                format!("the name `{name}` has {length} characters, the limit is {limit}");
            self.found
                .push(error(Code::OverQuota, message, place(origin), ""));
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
        if name.is_empty() || !name.chars().all(allowed) {
            let message = format!("{service} does not take the name `{name}`");
            let found = error(Code::InvalidName, message, place(origin), "");
            self.found
                .push(found.with_help("use letters, digits and `+=,.@_-`"));
        }
    }

    fn path(&mut self, path: &str, origin: &Origin) {
        let limit = self.quotas.get("path").map_or(u64::MAX, |q| q.limit);
        let closed = path.starts_with('/') && path.ends_with('/');
        let printable = path.chars().all(|c| matches!(c, '!'..='~'));
        if !closed || !printable || path.len() as u64 > limit {
            let message = format!("IAM does not take the path `{path}`");
            let found = error(Code::InvalidName, message, place(origin), "");
            let help =
                format!("start and end it with `/`, without spaces, at most {limit} characters");
            self.found.push(found.with_help(help));
        }
    }

    /// IAM compares names without case.
    fn twins<'a>(&mut self, what: &str, names: impl Iterator<Item = (&'a String, &'a Origin)>) {
        let mut seen: std::collections::BTreeMap<String, &str> = std::collections::BTreeMap::new();
        for (name, origin) in names {
            if let Some(other) = seen.insert(name.to_ascii_lowercase(), name) {
                let message = format!("IAM cannot tell the {what} `{other}` and `{name}` apart");
                let found = error(Code::InvalidName, message, place(origin), "");
                self.found
                    .push(found.with_note("names are unique without regard to case"));
            }
        }
    }
}
