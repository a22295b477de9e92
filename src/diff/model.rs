//! A difference as plain data; nothing here is text for people.

use crate::catalogue::AccessLevel;
use crate::engine::region::Region;
use crate::engine::request::Request;

/// Everything that changes in meaning.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Diff {
    /// The changes, the riskiest first.
    pub changes: Vec<Change>,
    /// What could not be decided.
    pub undecided: Vec<Undecided>,
    /// How much was looked at.
    pub compared: Compared,
    /// Ids and names of the accounts of either side.
    pub accounts: Vec<(String, String)>,
}

/// How much was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Compared {
    /// Identities of either side, one for each account.
    pub identities: usize,
    /// Accounts of either side.
    pub accounts: usize,
    /// Documents that are attached to nobody.
    pub documents: usize,
}

/// Whether something can be done now that could not, or the other way round.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Direction {
    /// Newly allowed.
    Gain,
    /// No longer allowed.
    Loss,
}

/// What kind of thing changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Topic {
    /// Whom an identity can become, at last.
    Escalation,
    /// What identities can do.
    Permissions,
    /// Who can become an identity.
    Trust,
    /// Who can do what to a resource, by its own policy.
    Resource,
    /// What a document says that is attached to nobody.
    Document,
}

/// Where the change is, if not in an identity's own policies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Through {
    /// A permissions boundary that changes for everybody who has it, by name.
    Boundary(String),
    /// An identity gets, loses or exchanges its boundary.
    OtherBoundary,
    /// The SCPs of a node, by its path.
    Scp(String),
    /// The RCPs of a node, by its path.
    Rcp(String),
    /// An account that stands elsewhere in the organisation, by its name.
    Place(String),
}

/// Whether the subject is new or gone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Arrival {
    /// On both sides.
    Stays,
    /// Only on the new side.
    Added,
    /// Only on the old side.
    Removed,
}

/// What a subject is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SubjectKind {
    /// A role.
    Role,
    /// An IAM user.
    User,
    /// A permission set.
    PermissionSet,
    /// A group without members.
    Group,
    /// A resource with a policy, by its ARN.
    Resource,
    /// A managed policy that is attached to nobody.
    ManagedPolicy,
    /// A session policy.
    SessionPolicy,
    /// A document by itself, by its path.
    Document,
}

/// Whom a change is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its name.
    pub name: String,
    /// The accounts it is in, by name, in the order of the sources.
    pub accounts: Vec<String>,
}

/// How much a reviewer should mind; the order is the order of the report.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Risk {
    /// Reads names of things.
    List,
    /// Reads what things hold.
    Read,
    /// Changes tags.
    Tagging,
    /// Changes things.
    Write,
    /// Lets another account of the project in.
    CrossAccount,
    /// Grants or changes permissions.
    PermissionsManagement,
    /// Lets an account in that the sources do not declare.
    External,
    /// Lets anybody in.
    Public,
    /// Lets an identity become a more powerful one.
    Escalation,
}

impl Risk {
    /// The risk of an action's level.
    pub fn of_level(level: AccessLevel) -> Risk {
        match level {
            AccessLevel::List => Risk::List,
            AccessLevel::Read => Risk::Read,
            AccessLevel::Tagging => Risk::Tagging,
            AccessLevel::Write => Risk::Write,
            AccessLevel::PermissionsManagement => Risk::PermissionsManagement,
        }
    }

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Risk::List => "list",
            Risk::Read => "read",
            Risk::Tagging => "tagging",
            Risk::Write => "write",
            Risk::CrossAccount => "cross-account",
            Risk::PermissionsManagement => "permissions-management",
            Risk::External => "external",
            Risk::Public => "public",
            Risk::Escalation => "escalation",
        }
    }
}

/// One change: some subjects gain or lose the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Gained or lost.
    pub direction: Direction,
    /// What kind of thing.
    pub topic: Topic,
    /// Where, if not in the subjects' own policies.
    pub through: Option<Through>,
    /// Whether the subjects are new or gone.
    pub arrival: Arrival,
    /// Whom it is about; for a guardrail those whom it touches in effect.
    pub subjects: Vec<Subject>,
    /// What is gained or lost.
    pub parts: Vec<Part>,
    /// All that is risky about it, the worst first; never empty.
    pub risks: Vec<Risk>,
    /// For an escalation: the steps, and whom it leads to.
    pub path: Vec<String>,
    /// Which lines did it.
    pub lines: Vec<Line>,
}

impl Change {
    /// The worst of it.
    pub fn risk(&self) -> Risk {
        self.risks.first().copied().unwrap_or(Risk::List)
    }
}

/// A region of requests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The requests. In a change over several accounts the subject's own account is written `<account>`.
    pub region: Region,
    /// Actions of the catalogue in it with their levels, in order; empty if it matches none.
    pub actions: Vec<(String, AccessLevel)>,
    /// Whether a boundary, an SCP or an RCP takes away some of it, and which.
    pub limited_by: Vec<String>,
    /// A request of it, replayed.
    pub example: Request,
    /// Whether AWS knows such requests today.
    pub in_catalogue: bool,
}

/// Which side a line is on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LineSide {
    /// It is gone, or was otherwise.
    Old,
    /// It is new, or was otherwise.
    New,
    /// It stands on both; what it refers to has changed.
    Both,
}

/// A line of the sources.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Line {
    /// The file.
    pub path: String,
    /// From 1, on that side.
    pub line: usize,
    /// Which side.
    pub side: LineSide,
    /// What it says, without white space around it.
    pub text: String,
}

/// Something that may or may not have changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Undecided {
    /// What it is about.
    pub subject: Subject,
    /// What would be gained or lost, if it changed.
    pub direction: Direction,
    /// Why it is not decided.
    pub reason: String,
}
