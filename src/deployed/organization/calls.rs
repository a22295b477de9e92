//! What each call printed, put together.

use indexmap::{IndexMap, IndexSet};

use crate::deployed::form::Form;
use crate::deployed::message;
use crate::deployed::reader::{About, Reader};
use crate::deployed::view::View;
use crate::iam::arn::is_account_id;
use crate::iam::json::Node;
use crate::iam::{Arn, PolicyKind};
use crate::ir::Policy;
use crate::source::{SourceId, Span};

/// AWS's own policies: the one that an SCP-less node needs, and the one that cannot be detached.
pub(super) const FULL_ACCESS: &str = "p-FullAWSAccess";
const RCP_FULL_ACCESS: &str = "p-RCPFullAWSAccess";

/// What other calls of `aws organizations` print: nothing that these do not say.
const OTHERS: [&str; 9] = [
    "Children",
    "Parents",
    "Tags",
    "DelegatedAdministrators",
    "DelegatedServices",
    "EnabledServicePrincipals",
    "CreateAccountStatuses",
    "Handshakes",
    "EffectivePolicy",
];

/// A root, unit or account.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) parent: Option<String>,
    pub(super) span: Span,
}

/// All that the files say.
pub(super) struct Calls<'a> {
    pub(super) reader: Reader<'a>,
    /// `o-…`, with its management account and the partition.
    pub(super) organization: Option<(String, String, String)>,
    pub(super) root: Option<Found>,
    pub(super) units: IndexMap<String, Found>,
    pub(super) accounts: IndexMap<String, Found>,
    /// Documents of SCPs and RCPs by id.
    pub(super) policies: IndexMap<String, Policy>,
    /// Names and kinds of SCPs and RCPs that were listed.
    pub(super) listed: IndexMap<String, (String, Span)>,
    /// Which policies are attached to a node.
    pub(super) attached: IndexMap<String, IndexSet<String>>,
    /// Of which policies or nodes the attachments are known.
    pub(super) known: IndexSet<String>,
}

impl<'a> Calls<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Calls {
            reader,
            organization: None,
            root: None,
            units: IndexMap::new(),
            accounts: IndexMap::new(),
            policies: IndexMap::new(),
            listed: IndexMap::new(),
            attached: IndexMap::new(),
            known: IndexSet::new(),
        }
    }

    pub(super) fn file(&mut self, tree: &Node, source: SourceId) {
        let view = View::new(tree, source);
        let subject = self.subject(view, source);
        let lists = [
            "Roots",
            "OrganizationalUnits",
            "Accounts",
            "Policies",
            "Targets",
        ];
        let list = lists.into_iter().find(|l| view.member(l).is_some());
        match (list, view.member("Organization"), view.member("Policy")) {
            (_, Some(organization), _) => self.organization(organization),
            (_, _, Some(policy)) => self.policy(policy),
            (Some(list), ..) => {
                for entry in self.reader.objects(view, list) {
                    self.entry(list, entry, subject.as_deref());
                }
                self.note_known(view, list, subject);
            }
            _ if OTHERS.iter().any(|name| view.member(name).is_some()) => {}
            _ => {
                let expected = "expected an object with `Roots`, `OrganizationalUnits`, `Accounts`, `Policies`, `Policy`, \
                            `Targets` or `Organization`";
                let found = message::other_file(
                    self.reader.start(source),
                    "the output of a call of `aws organizations`",
                    expected,
                    Form::of_node(tree).filter(|form| *form != Form::Organization),
                );
                self.reader.findings.push(found);
            }
        }
    }

    /// The parent, policy or target that a list is of: in the object, or in the name of the file.
    fn subject(&self, view: View<'_>, source: SourceId) -> Option<String> {
        let members = ["ParentId", "PolicyId", "TargetId"];
        let own = members.into_iter().find_map(|m| view.text_of(m));
        if let Some(own) = own {
            return Some(own.to_owned());
        }
        let path = self.reader.sources.get(source).map(|s| s.path.as_str())?;
        let name = path.rsplit('/').next()?;
        let mut parts = name.split(['.', ' ', '=']);
        parts.rfind(|p| is_id(p)).map(str::to_owned)
    }

    fn note_known(&mut self, view: View<'_>, list: &str, subject: Option<String>) {
        let of_one = list == "Targets" || list == "OrganizationalUnits";
        match subject {
            Some(subject) if list == "Targets" || list == "Policies" => {
                self.known.insert(subject);
            }
            None if of_one => {
                let message = format!("nothing says whose `{list}` these are");
                let help = "name the file after it, as `list-targets-for-policy.p-12345678.json`";
                let found = message::incomplete(view.span(), message, help);
                self.reader.findings.push(found);
            }
            _ => {}
        }
    }

    fn entry(&mut self, list: &str, entry: View<'_>, subject: Option<&str>) {
        match list {
            "Roots" => {
                if let Some(root) = self.found(entry, "a root", None) {
                    self.organization_of_arn(entry);
                    self.root = Some(root);
                }
            }
            "OrganizationalUnits" => {
                if let Some(unit) = self.found(entry, "an organisational unit", subject) {
                    self.units.insert(unit.id.clone(), unit);
                }
            }
            "Accounts" => {
                if let Some(account) = self.found(entry, "an account", subject) {
                    self.organization_of_arn(entry);
                    self.account(account);
                }
            }
            "Policies" => self.listed_policy(entry, subject),
            _ => {
                let target = self.reader.text(entry, "TargetId", "a target");
                if let (Some(target), Some(policy)) = (target, subject) {
                    self.attach(target, policy);
                }
            }
        }
    }

    /// `list-accounts` knows no parents; whatever knows one wins.
    fn account(&mut self, account: Found) {
        let known = self.accounts.get(&account.id);
        if known.is_none_or(|k| k.parent.is_none()) {
            self.accounts.insert(account.id.clone(), account);
        }
    }

    fn found(&mut self, entry: View<'_>, what: &str, parent: Option<&str>) -> Option<Found> {
        let id = self.reader.text(entry, "Id", what)?;
        Some(Found {
            id: id.to_owned(),
            name: entry.text_of("Name").unwrap_or(id).to_owned(),
            parent: parent.map(str::to_owned),
            span: entry.span(),
        })
    }

    fn organization(&mut self, at: View<'_>) {
        let what = "the organisation";
        let id = self.reader.text(at, "Id", what);
        let management = at
            .text_of("MasterAccountId")
            .or_else(|| at.text_of("ManagementAccountId"));
        let arn = at.text_of("Arn").and_then(Arn::parse);
        let management = management
            .map(str::to_owned)
            .or(arn.as_ref().map(|a| a.account.clone()));
        if let (Some(id), Some(management)) = (id, management) {
            let partition = arn.map_or_else(|| "aws".to_owned(), |a| a.partition);
            self.organization = Some((id.to_owned(), management, partition));
        }
    }

    /// The ARN of a root or an account names the organisation and its management account.
    fn organization_of_arn(&mut self, at: View<'_>) {
        if self.organization.is_some() {
            return;
        }
        let arn = at.text_of("Arn").and_then(Arn::parse);
        let arn = arn.filter(|a| is_account_id(&a.account));
        if let Some(arn) = arn
            && let Some(id) = arn.resource.split('/').nth(1)
        {
            self.organization = Some((id.to_owned(), arn.account.clone(), arn.partition));
        }
    }

    fn attach(&mut self, target: &str, policy: &str) {
        let policies = self.attached.entry(target.to_owned()).or_default();
        policies.insert(policy.to_owned());
    }

    /// An entry of `list-policies` or, with a target, of `list-policies-for-target`.
    fn listed_policy(&mut self, entry: View<'_>, target: Option<&str>) {
        let Some(id) = self.reader.text(entry, "Id", "a policy") else {
            return;
        };
        if kind_of(entry.text_of("Type")).is_none() {
            return;
        }
        let name = entry.text_of("Name").unwrap_or(id).to_owned();
        self.listed.insert(id.to_owned(), (name, entry.span()));
        if let Some(target) = target {
            self.attach(target, id);
        }
    }

    fn policy(&mut self, at: View<'_>) {
        let Some(summary) = at.member("PolicySummary") else {
            let _: Option<&str> = self.reader.text(at, "PolicySummary", "the policy");
            return;
        };
        let id = self.reader.text(summary, "Id", "a policy");
        let name = self.reader.text(summary, "Name", "a policy");
        let (Some(id), Some(name)) = (id, name) else {
            return;
        };
        // Tag policies, backup policies and the like say nothing about permissions.
        let Some(kind) = kind_of(summary.text_of("Type")) else {
            return;
        };
        if id == FULL_ACCESS || id == RCP_FULL_ACCESS {
            return;
        }
        let what = format!(
            "{} `{name}`",
            if kind == PolicyKind::Scp {
                "SCP"
            } else {
                "RCP"
            }
        );
        let Some(content) = at.member("Content") else {
            let _: Option<&str> = self.reader.text(at, "Content", &what);
            return;
        };
        let about = About {
            kind,
            name,
            what: &what,
        };
        self.listed
            .insert(id.to_owned(), (name.to_owned(), at.span()));
        if let Some(mut policy) = self.reader.policy(content, about) {
            let description = summary.text_of("Description");
            policy.details.description = description.filter(|d| !d.is_empty()).map(str::to_owned);
            self.policies.insert(id.to_owned(), policy);
        }
    }
}

fn kind_of(of: Option<&str>) -> Option<PolicyKind> {
    match of {
        Some("SERVICE_CONTROL_POLICY") => Some(PolicyKind::Scp),
        Some("RESOURCE_CONTROL_POLICY") => Some(PolicyKind::Rcp),
        _ => None,
    }
}

/// Whether AWS is documented to hand such ids out: `r-…`, `ou-…`, `p-…`, or an account's.
fn is_id(text: &str) -> bool {
    let tail = |prefix: &str| {
        text.strip_prefix(prefix).is_some_and(|rest| {
            let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            rest.len() >= 4 && rest.bytes().all(allowed)
        })
    };
    is_account_id(text) || tail("r-") || tail("ou-") || tail("p-")
}
