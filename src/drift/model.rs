//! What a comparison finds, as plain data that is also the JSON.

use serde::Serialize;

use super::describe::Area;
use crate::engine::witness::Witness;
use crate::source::Span;

/// All that was found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// What differs, account by account, the tree last.
    pub items: Vec<Item>,
    /// How many things are the same on both sides, text included.
    pub equal: usize,
    /// How many accounts were compared.
    pub accounts: usize,
    /// Roles that AWS makes and keeps; nobody declares them.
    pub managed_by_aws: Vec<Aside>,
    /// What could not be compared at all.
    pub not_compared: Vec<NotCompared>,
}

impl Report {
    /// The items in a state.
    pub fn in_state(&self, state: State) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |i| i.state == state)
    }

    /// Whether anything differs in meaning.
    pub fn has_drift(&self) -> bool {
        let drift = [State::Missing, State::Extra, State::Changed];
        self.items.iter().any(|i| drift.contains(&i.state))
    }

    /// Whether anything is not settled.
    pub fn is_undecided(&self) -> bool {
        let undecided = |i: &Item| {
            i.state == State::Undecided || i.aspects.iter().any(|a| a.state == State::Undecided)
        };
        self.items.iter().any(undecided)
    }
}

/// How a thing stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Written otherwise, with the same meaning.
    Rewritten,
    /// Not settled.
    Undecided,
    /// It means something else.
    Changed,
    /// In the sources and not deployed.
    Missing,
    /// Deployed and not in the sources.
    Extra,
}

/// What a thing is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A whole account.
    Account,
    /// A role.
    Role,
    /// An IAM user.
    User,
    /// A group.
    Group,
    /// A customer managed policy.
    Policy,
    /// The root, a unit or an account of the organisation's tree.
    Node,
    /// A permission set.
    PermissionSet,
    /// A policy on a resource.
    ResourcePolicy,
}

impl Kind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Account => "account",
            Kind::Role => "role",
            Kind::User => "user",
            Kind::Group => "group",
            Kind::Policy => "policy",
            Kind::Node => "node",
            Kind::PermissionSet => "permission set",
            Kind::ResourcePolicy => "resource policy",
        }
    }
}

/// Something that differs.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// The account's id; empty for a node of the tree.
    pub account: String,
    /// The account's name in the sources, or the organisation's.
    pub account_name: String,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: State,
    /// What of it differs.
    pub aspects: Vec<Aspect>,
    /// Who has it: identities for a policy, members for a group, accounts for a node.
    pub held_by: Vec<String>,
    /// Where it is declared.
    #[serde(skip)]
    pub declared: Option<Span>,
    /// Where it stands in the export.
    #[serde(skip)]
    pub deployed: Option<Span>,
}

impl Item {
    /// An account that is exported and not in the sources.
    pub(super) fn extra_account(coverage: &Coverage) -> Item {
        Item {
            account: coverage.account.clone(),
            account_name: String::new(),
            kind: Kind::Account,
            name: coverage.account.clone(),
            state: State::Extra,
            aspects: Vec::new(),
            held_by: Vec::new(),
            declared: None,
            deployed: None,
        }
    }
}

/// What of a thing differs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What its policies allow and deny.
    Permissions,
    /// Which managed policies are attached.
    Attachments,
    /// What limits it.
    Boundary,
    /// Who may assume it.
    Trust,
    /// The groups it is in.
    Groups,
    /// The path, which is part of its ARN.
    Path,
    /// The longest session.
    MaxSession,
    /// Tags.
    Tags,
    /// Service control policies.
    Scps,
    /// Resource control policies.
    Rcps,
}

impl Part {
    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Permissions => "permissions",
            Part::Attachments => "attachments",
            Part::Boundary => "boundary",
            Part::Trust => "trust",
            Part::Groups => "groups",
            Part::Path => "path",
            Part::MaxSession => "longest session",
            Part::Tags => "tags",
            Part::Scps => "SCPs",
            Part::Rcps => "RCPs",
        }
    }
}

/// One difference of a thing.
#[derive(Clone, Debug, Serialize)]
pub struct Aspect {
    /// What differs.
    pub part: Part,
    /// How.
    pub state: State,
    /// What only the deployed side allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed_only: Option<Excess>,
    /// What only the sources allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources_only: Option<Excess>,
    /// What the sources say, where it is no document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<String>,
    /// What is deployed, where it is no document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployed: Option<String>,
    /// Why it is not settled, or what the difference is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Aspect {
    /// A part in a state, with nothing said yet.
    pub(super) fn new(part: Part, state: State) -> Aspect {
        Aspect {
            part,
            state,
            deployed_only: None,
            sources_only: None,
            sources: None,
            deployed: None,
            reason: None,
        }
    }

    /// Two words that differ.
    pub(super) fn words(part: Part, state: State, sources: String, deployed: String) -> Aspect {
        Aspect {
            sources: Some(sources),
            deployed: Some(deployed),
            ..Aspect::new(part, state)
        }
    }
}

/// What one side allows and the other does not.
#[derive(Clone, Debug, Serialize)]
pub struct Excess {
    /// The regions, which cover it exactly; empty where they could not be described.
    pub regions: Vec<Area>,
    /// Why there are no regions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regions_unknown: Option<String>,
    /// A request of it, replayed by the concrete evaluator.
    pub witness: Witness,
}

/// Which part of the deployed side was exported.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// The account's id.
    pub account: String,
    /// What could not be read there.
    pub unread: Vec<(Kind, String)>,
    /// Roles that AWS keeps.
    pub aside: Vec<Aside>,
}

/// A role that AWS makes.
#[derive(Clone, Debug, Serialize)]
pub struct Aside {
    /// The account's id.
    pub account: String,
    /// The role.
    pub role: String,
    /// Who makes it.
    pub by: String,
}

/// Something that could not be compared.
#[derive(Clone, Debug, Serialize)]
pub struct NotCompared {
    /// The account's id.
    pub account: String,
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Whether tags count.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tags {
    /// They are left out.
    #[default]
    Ignored,
    /// They are compared.
    Compared,
}
