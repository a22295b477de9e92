//! What a checked project says: every name is a [`DefId`], every value has a type, every selector is expanded.
//!
//! Parameters and lets are still references, since their values depend on who includes a policy and on the account
//! it is deployed to; `lower` fills them in.

use indexmap::IndexMap;
use ipnet::IpNet;
use jiff::civil::Date;

use crate::catalogue::{AccessLevel, UsedFacts};
use crate::iam::{Effect, Operator, Pattern};
use crate::ir::Audience;
use crate::resolve::{DefId, Library};
use crate::source::{Span, Spanned};
use crate::syntax::ast::{BlockKind, Ident, NodeKind, Verdict};
use crate::types::{ResourceTypeName, Type};

/// An error-free project. Only `check` can make one.
#[derive(Debug)]
pub struct Checked {
    pub(super) lets: IndexMap<DefId, Value>,
    pub(super) conditions: IndexMap<DefId, Condition>,
    pub(super) blocks: IndexMap<DefId, Block>,
    pub(super) providers: IndexMap<DefId, Provider>,
    pub(super) nodes: IndexMap<DefId, Node>,
    pub(super) roots: Vec<DefId>,
    pub(super) proofs: Vec<Proof>,
    pub(super) tests: Vec<Test>,
    pub(super) waivers: Vec<Waiver>,
    pub(super) facts: UsedFacts,
    pub(super) defaults: Defaults,
}

/// `waive CODE until DATE because "…"` before an item or a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiver {
    /// The code of the findings.
    pub code: Ident,
    /// The last day.
    pub until: Date,
    /// The reason.
    pub reason: String,
    /// The waiver itself.
    pub span: Span,
    /// The item or line that it is about.
    pub target: Span,
}

/// What `bailiwick.toml` says for nodes that say nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defaults {
    /// `aws`, `aws-cn`, `aws-us-gov`
    pub partition: String,
    /// Regions that fill the region of ARNs; none means `*`.
    pub regions: Vec<String>,
}

impl Checked {
    /// The value of a `let`.
    pub fn let_value(&self, id: DefId) -> Option<&Value> {
        self.lets.get(&id)
    }

    /// The body of a `condition`.
    pub fn condition(&self, id: DefId) -> Option<&Condition> {
        self.conditions.get(&id)
    }

    /// A block.
    pub fn block(&self, id: DefId) -> Option<&Block> {
        self.blocks.get(&id)
    }

    /// Every block, in the order of the sources.
    pub fn blocks(&self) -> impl Iterator<Item = (DefId, &Block)> {
        self.blocks.iter().map(|(id, block)| (*id, block))
    }

    /// An identity provider.
    pub fn provider(&self, id: DefId) -> Option<&Provider> {
        self.providers.get(&id)
    }

    /// A node of an organisation.
    pub fn node(&self, id: DefId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// The organisations and the accounts outside any, in the order of the sources.
    pub fn roots(&self) -> &[DefId] {
        &self.roots
    }

    /// The proofs asked for.
    pub fn proofs(&self) -> &[Proof] {
        &self.proofs
    }

    /// The tests.
    pub fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// The waivers, wherever they stand.
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }

    /// The facts of the catalogue that the artefacts depend on.
    pub fn facts(&self) -> &UsedFacts {
        &self.facts
    }

    /// What `bailiwick.toml` says for nodes that say nothing.
    pub fn defaults(&self) -> &Defaults {
        &self.defaults
    }
}

/// A value that `lower` can compute once it knows the arguments and the account.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it was written.
    pub span: Span,
}

/// The kinds of value.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// What could not be read; a finding says so, so that nothing is lowered.
    Unknown,
    /// Text, with its wildcards and variables; the place decides whether they are meant.
    Text(Pattern),
    /// A decimal number as written.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// Seconds.
    Seconds(u64),
    /// An instant in its one form.
    Instant(String),
    /// An address block.
    Address(IpNet),
    /// Several values.
    List(Box<[Value]>),
    /// The parameter at that position.
    Parameter(usize),
    /// A `let`.
    Let(DefId),
    /// A declared account, unit or organisation: its id.
    Node(DefId),
    /// A resource from a format of the catalogue.
    Resource(Box<[ArnPart]>),
    /// A resource followed by more of its ARN.
    Append {
        /// The resource.
        base: Box<Value>,
        /// What follows, separator included.
        suffix: Pattern,
    },
    /// A declared role, user, group, policy or boundary: its ARN.
    Declared {
        /// The declaration.
        block: DefId,
        /// The account it is looked for in; else the one that is deployed to.
        place: Option<DefId>,
    },
    /// `*`
    Everything,
    /// Actions, expanded.
    Actions(Box<[String]>),
    /// A principal.
    Principal(Box<Principal>),
}

/// A piece of an ARN.
#[derive(Clone, Debug)]
pub enum ArnPart {
    /// Characters of the format.
    Text(String),
    /// The partition of the account.
    Partition,
    /// The regions of the account.
    Region,
    /// The account that is deployed to.
    Account,
    /// A value given in the source.
    Value(Value),
}

/// A Boolean combination of tests.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it says.
    pub kind: ConditionKind,
    /// Where it was written.
    pub span: Span,
}

/// The kinds of condition.
#[derive(Clone, Debug)]
pub enum ConditionKind {
    /// `true`, `false`
    Constant(bool),
    /// The exact complement.
    Not(Box<Condition>),
    /// All of them.
    And(Box<[Condition]>),
    /// Any of them.
    Or(Box<[Condition]>),
    /// A named condition with its arguments, one for every parameter.
    Call {
        /// The declaration.
        condition: DefId,
        /// Arguments in the order of the parameters.
        arguments: Vec<Value>,
    },
    /// A test of a key.
    Test(KeyTest),
    /// Whether who asks, what is asked for, or the source belongs to a node.
    Membership {
        /// Which of the three.
        who: Member,
        /// Organisation, unit or account.
        node: DefId,
    },
}

/// A test of a key against values.
#[derive(Clone, Debug)]
pub struct KeyTest {
    /// The operator.
    pub operator: Operator,
    /// The key in the catalogue's spelling.
    pub key: String,
    /// Whether requests can carry several values of it.
    pub multi_valued: bool,
    /// The values.
    pub values: Value,
    /// How text among the values is to be read.
    pub reading: Reading,
}

/// How text among the values of a test is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reading {
    /// `*` and `?` are characters: `==`, `in`.
    Exact,
    /// `*` and `?` are wildcards: `like`.
    Pattern,
    /// As written: `raw`.
    Raw,
}

/// Who is looked at in `principal in Workloads`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Member {
    /// The caller.
    Principal,
    /// The resource.
    Resource,
    /// The resource on whose behalf a service calls.
    Source,
}

/// `when C unless D`, as one condition.
pub type Guard = Option<Condition>;

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its label.
    pub label: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// Which actions.
    pub actions: Actions,
    /// Which resources; `None` where none is written.
    pub resources: Option<Resources>,
    /// Whom; `None` where none is written.
    pub principals: Option<Principals>,
    /// Under which condition.
    pub guard: Guard,
    /// Where it was written.
    pub span: Span,
}

/// Actions of a statement.
#[derive(Clone, Debug)]
pub struct Actions {
    /// Everything but the list (`everything` itself is an empty list here).
    pub except: bool,
    /// The selectors in the order of the source.
    pub selectors: Box<[Spanned<Selector>]>,
}

/// A selector.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Selector {
    /// One pattern, `s3:Get*`.
    Pattern(String),
    /// The expansion of an access level.
    Level {
        /// Which.
        level: AccessLevel,
        /// Its actions, sorted.
        actions: Box<[String]>,
    },
    /// A `let` of actions.
    Let(DefId),
    /// A parameter of type `action`.
    Parameter(usize),
}

/// Resources of a statement.
#[derive(Clone, Debug)]
pub struct Resources {
    /// Everything but the list.
    pub except: bool,
    /// The values.
    pub values: Box<[Value]>,
}

/// Principals of a statement.
#[derive(Clone, Debug)]
pub struct Principals {
    /// Everyone but the list.
    pub except: bool,
    /// The list.
    pub list: Box<[Principal]>,
}

/// One principal.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Who.
    pub kind: PrincipalKind,
    /// Where it was written.
    pub span: Span,
}

/// The kinds of principal.
#[derive(Clone, Debug)]
pub enum PrincipalKind {
    /// Everybody, with or without credentials.
    Anyone,
    /// An account.
    Account(Value),
    /// A declared role or user.
    Declared {
        /// The declaration.
        block: DefId,
        /// The account it is looked for in.
        place: Option<DefId>,
    },
    /// A service principal.
    Service(Value),
    /// An OIDC provider, with what its claims must be.
    Oidc {
        /// The provider.
        provider: DefId,
        /// What `sub` must be.
        claims: Claims,
    },
    /// A SAML provider.
    Saml(DefId),
    /// A federated principal as written.
    Federated(Value),
    /// S3's canonical user id.
    CanonicalUser(String),
    /// An ARN as written.
    Arn(String),
    /// A `let` of principals.
    Let(DefId),
    /// A parameter of type `principal`.
    Parameter(usize),
}

/// Typed claims of an OIDC trust.
#[derive(Clone, Debug)]
pub enum Claims {
    /// None: only the audience is demanded.
    None,
    /// `subject: "…"`
    Subject(Value),
    /// `repository: "acme/app"` and what of it.
    GitHub {
        /// `acme/app`
        repository: Value,
        /// Which part of it.
        reference: GitHubReference,
    },
    /// `namespace: "payments", service_account: "settler"`
    Eks {
        /// The namespace.
        namespace: Value,
        /// The service account.
        service_account: Value,
    },
}

/// Which runs of a repository are trusted.
#[derive(Clone, Debug)]
pub enum GitHubReference {
    /// All of them.
    Any,
    /// `branch: "main"`
    Branch(Value),
    /// `tag: "v*"`
    Tag(Value),
    /// `environment: "production"`
    Environment(Value),
    /// `pull_request: true`
    PullRequest,
}

/// A block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Which keyword.
    pub kind: BlockKind,
    /// Whose text it stands in.
    pub library: Library,
    /// The name of the declaration.
    pub name: String,
    /// The name in AWS.
    pub aws_name: String,
    /// `path`
    pub path: String,
    /// `description`
    pub description: Option<String>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// `for people`, `for workload`.
    pub audience: Option<Audience>,
    /// `session`, in seconds.
    pub session: Option<u64>,
    /// `on RESOURCE` of a resource policy, with its type.
    pub resource: Option<(Value, ResourceTypeName)>,
    /// Statements and includes, in order.
    pub body: Vec<BodyLine>,
    /// Who may assume the role.
    pub trusts: Vec<Trust>,
    /// Statements of a role that say `to` whom: they stand in its trust policy.
    pub trust_statements: Vec<Statement>,
    /// The boundary.
    pub boundary: Option<Attachment>,
    /// Attached policies.
    pub attachments: Vec<Attachment>,
    /// Tags.
    pub tags: Vec<(String, Value)>,
    /// Groups of a user.
    pub groups: Vec<DefId>,
    /// Where the name stands.
    pub span: Span,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The value used when none is given.
    pub default: Option<Value>,
}

/// A line of a body that makes statements.
#[derive(Clone, Debug)]
pub enum BodyLine {
    /// A statement.
    Statement(Statement),
    /// The statements of a policy.
    Include {
        /// The policy.
        policy: DefId,
        /// Arguments in the order of its parameters.
        arguments: Vec<Value>,
        /// What narrows each of its statements.
        guard: Guard,
        /// The `include` line.
        span: Span,
    },
}

/// A `trust` line.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Who.
    pub principals: Vec<Principal>,
    /// `sts:TagSession` too.
    pub tag_session: bool,
    /// `sts:SetSourceIdentity` too.
    pub source_identity: bool,
    /// Under which condition.
    pub guard: Guard,
    /// The line.
    pub span: Span,
}

/// Something attached, deployed, or used as a boundary.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// What.
    pub target: AttachmentTarget,
    /// `as "…"`
    pub alias: Option<String>,
    /// Where it was written.
    pub span: Span,
}

/// What is attached.
#[derive(Clone, Debug)]
pub enum AttachmentTarget {
    /// An AWS-managed policy, by its name.
    Aws(String),
    /// A declaration with its arguments, one for every parameter.
    Declared {
        /// The declaration.
        block: DefId,
        /// The arguments.
        arguments: Vec<Value>,
    },
}

/// An identity provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The name of the declaration.
    pub name: String,
    /// What it is.
    pub kind: ProviderKind,
}

/// The kinds of provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ProviderKind {
    /// SAML: the provider's name in AWS.
    Saml(String),
    /// OIDC: host and path of the issuer, and the audience.
    Oidc {
        /// `token.actions.githubusercontent.com`
        url: String,
        /// `sts.amazonaws.com`
        audience: String,
        /// Which claims it has.
        flavour: OidcFlavour,
    },
}

/// Which claims an OIDC provider's tokens carry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OidcFlavour {
    /// GitHub Actions.
    GitHub,
    /// A cluster of EKS.
    Eks,
    /// Any other.
    Generic,
}

/// An organisation, a unit or an account.
#[derive(Clone, Debug)]
pub struct Node {
    /// Which.
    pub kind: NodeKind,
    /// Whether it is the management account.
    pub management: bool,
    /// Its name.
    pub name: String,
    /// Its id in AWS; empty for a unit without one.
    pub id: Option<String>,
    /// `root "r-…"` of an organisation.
    pub root: Option<String>,
    /// The enclosing node.
    pub parent: Option<DefId>,
    /// Units and accounts inside, in order.
    pub children: Vec<DefId>,
    /// SCPs and RCPs attached.
    pub attachments: Vec<Attachment>,
    /// Whether `FullAWSAccess` is detached.
    pub full_access_detached: bool,
    /// What is deployed to every account below.
    pub deployments: Vec<Attachment>,
    /// Permission sets assigned in every account below.
    pub assignments: Vec<Assignment>,
    /// Regions, if said.
    pub regions: Option<Vec<String>>,
    /// The partition, if said.
    pub partition: Option<String>,
    /// Where the name stands.
    pub span: Span,
}

/// An `assign` line.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The permission set.
    pub set: DefId,
    /// Its arguments.
    pub arguments: Vec<Value>,
    /// Who gets it.
    pub to: Vec<crate::ir::Assignee>,
    /// The line.
    pub span: Span,
}

/// A `prove` item.
#[derive(Clone, Debug)]
pub struct Proof {
    /// What is claimed.
    pub claim: Claim,
    /// The item.
    pub span: Span,
}

/// What is claimed.
#[derive(Clone, Debug)]
pub enum Claim {
    /// `X cannot …`, `X can …`
    Access {
        /// Who.
        subject: Subject,
        /// Which verdict.
        verdict: Verdict,
        /// What.
        access: Access,
    },
    /// `X within B`
    Within {
        /// Who.
        subject: Subject,
        /// The boundary or policy.
        limit: DefId,
        /// Its arguments.
        arguments: Vec<Value>,
    },
    /// `only [A] can …`
    Only {
        /// Who may.
        subjects: Vec<Subject>,
        /// What.
        access: Access,
    },
    /// `no path from A to an unbounded role`
    Bounded {
        /// From whom.
        from: Subject,
    },
    /// `no path from A to B`
    NoPath {
        /// From whom.
        from: Subject,
        /// To whom.
        to: Subject,
    },
}

/// Whom a claim speaks of.
#[derive(Clone, Debug)]
pub enum Subject {
    /// One declaration.
    One {
        /// The declaration.
        block: DefId,
        /// Where it is deployed; everywhere if not said.
        place: Option<DefId>,
    },
    /// All of a kind.
    Every {
        /// The kinds.
        kinds: Vec<BlockKind>,
        /// Where; everywhere if not said.
        place: Option<DefId>,
        /// But these.
        except: Vec<DefId>,
    },
}

/// Actions on resources under a condition.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which actions.
    pub actions: Actions,
    /// On which resources; every one if not said.
    pub resources: Option<Resources>,
    /// Under which condition.
    pub guard: Guard,
}

/// A `test` item.
#[derive(Clone, Debug)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// Who asks.
    pub principal: Option<Principal>,
    /// The request's context.
    pub context: Vec<Setting>,
    /// What is expected.
    pub expectations: Vec<Expectation>,
    /// The item.
    pub span: Span,
}

/// A `can` or `cannot` line.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Which.
    pub verdict: Verdict,
    /// Which actions.
    pub actions: Actions,
    /// On which resources.
    pub resources: Option<Resources>,
    /// What differs from `given`.
    pub with: Vec<Setting>,
    /// The line.
    pub span: Span,
}

/// A key of a test's request and its value.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The key.
    pub key: String,
    /// Its values.
    pub value: Value,
}
