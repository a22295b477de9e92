//! What was written: the tree of one module, with the place of every node.
//!
//! Made by the parser, printed by `fmt`, read by `resolve`. Nothing is looked up here: a name is a name,
//! a phrase is its words. A part that could not be read is a `Bad` node, so that its neighbours still count.
//!
//! Lists are slices, which take no more room than they have members: most have one. What recovery from an error adds
//! lines to, and what is nearly always empty, are vectors.

use crate::source::{SourceId, Span, Spanned};

/// A name as written.
pub type Ident = Spanned<String>;

/// One file.
#[derive(Clone, Debug)]
pub struct Module {
    /// The file.
    pub source: SourceId,
    /// `//! …` lines at the top, without the marker.
    pub docs: Vec<String>,
    /// Items in the order of the file.
    pub items: Vec<Item>,
}

/// A top-level item with what stands before it.
#[derive(Clone, Debug)]
pub struct Item {
    /// `/// …` lines, without the marker.
    pub docs: Vec<String>,
    /// `waive … until … because …` lines before it.
    pub waivers: Vec<Waiver>,
    /// The item.
    pub kind: ItemKind,
    /// From the first word of the item (waivers and docs not included) to its end.
    pub span: Span,
}

/// The kinds of item.
#[derive(Clone, Debug)]
pub enum ItemKind {
    /// `use std.conditions.{mfa, tls}`
    Use(Use),
    /// `let settled = s3:bucket "production-data-bucket"`
    Let(Let),
    /// `condition strong_auth = mfa within 1h and source ip in office`
    Condition(ConditionDecl),
    /// `policy`, `boundary`, `role`, `group`, `user`, `permission_set`, `session_policy`, `scp`, `rcp`, `resource_policy`.
    Block(Block),
    /// `oidc GitHub github { audience "sts.amazonaws.com" }`, `saml Okta "Okta"`
    Provider(Provider),
    /// `org Acme "o-a1b2c3d4e5" { … }` or a stand-alone `account Lab "444444444444" { … }`.
    Node(Node),
    /// `prove X cannot …`
    Prove(Prove),
    /// `test "…" { … }`
    Test(TestDecl),
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// `waive wildcard-resource until 2026-12-31 because "list calls take no resource"`
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The code of the finding.
    pub code: Ident,
    /// The last day, `2026-12-31`, as written.
    pub until: Spanned<String>,
    /// The reason.
    pub because: Spanned<String>,
    /// All of it.
    pub span: Span,
}

/// `a.b.c`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// At least one segment.
    pub segments: Box<[Ident]>,
    /// From the first to the last.
    pub span: Span,
}

/// `use network.{office, vpn as tunnel}`, `use network.office`, `use network`.
#[derive(Clone, Debug)]
pub struct Use {
    /// The module, or with no list the module or the member: `resolve` tells.
    pub path: Path,
    /// `as name` after a path without a list.
    pub alias: Option<Ident>,
    /// The list in braces.
    pub members: Option<Vec<UseMember>>,
}

/// `office` or `office as hq`.
#[derive(Clone, Debug)]
pub struct UseMember {
    /// The name in the other module.
    pub name: Ident,
    /// The name here.
    pub alias: Option<Ident>,
}

/// `let NAME: TYPE = VALUE`
#[derive(Clone, Debug)]
pub struct Let {
    /// The name.
    pub name: Ident,
    /// The type, if written.
    pub ty: Option<TypeRef>,
    /// The value.
    pub value: Expr,
}

/// A type as written: `cidr`, `account`, `s3:bucket`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeRef {
    /// What it says.
    pub kind: TypeRefKind,
    /// Where.
    pub span: Span,
}

/// A builtin type or a resource type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TypeRefKind {
    /// `cidr`
    Name(String),
    /// `s3:bucket`
    Resource(ResourceTypeRef),
}

/// `s3:bucket`, `elasticloadbalancing:"loadbalancer/app/"`
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResourceTypeRef {
    /// `s3`
    pub service: Ident,
    /// `bucket`
    pub name: Ident,
    /// Both.
    pub span: Span,
}

/// `(bucket: s3:bucket, from: cidr = office)`
#[derive(Clone, Debug)]
pub struct Param {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: TypeRef,
    /// The value used when the argument is left out.
    pub default: Option<Expr>,
}

/// `condition NAME(params) = COND`
#[derive(Clone, Debug)]
pub struct ConditionDecl {
    /// The name.
    pub name: Ident,
    /// Parameters, possibly none.
    pub params: Box<[Param]>,
    /// What it stands for.
    pub body: Cond,
}

/// What a block declares.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BlockKind {
    /// `policy`: statements to include, or a customer managed policy to attach.
    Policy,
    /// `boundary`: a managed policy used as permissions boundary.
    Boundary,
    /// `role`
    Role,
    /// `group`
    Group,
    /// `user`
    User,
    /// `permission_set`
    PermissionSet,
    /// `session_policy`
    SessionPolicy,
    /// `scp`
    Scp,
    /// `rcp`
    Rcp,
    /// `resource_policy NAME on RESOURCE`
    ResourcePolicy,
}

impl BlockKind {
    /// The keyword.
    pub fn keyword(self) -> &'static str {
        match self {
            BlockKind::Policy => "policy",
            BlockKind::Boundary => "boundary",
            BlockKind::Role => "role",
            BlockKind::Group => "group",
            BlockKind::User => "user",
            BlockKind::PermissionSet => "permission_set",
            BlockKind::SessionPolicy => "session_policy",
            BlockKind::Scp => "scp",
            BlockKind::Rcp => "rcp",
            BlockKind::ResourcePolicy => "resource_policy",
        }
    }
}

/// `role NAME(params) for people on RESOURCE { members }`
#[derive(Clone, Debug)]
pub struct Block {
    /// Which keyword.
    pub kind: BlockKind,
    /// The name.
    pub name: Ident,
    /// Parameters, possibly none.
    pub params: Box<[Param]>,
    /// `for people` or `for workload`, as written.
    pub audience: Option<Ident>,
    /// `on RESOURCE`, for a resource policy.
    pub resource: Option<Expr>,
    /// What stands between the braces.
    pub members: Vec<Member>,
}

/// A line of a block with what stands before it.
#[derive(Clone, Debug)]
pub struct Member {
    /// `/// …` lines.
    pub docs: Vec<String>,
    /// `waive …` lines before it.
    pub waivers: Vec<Waiver>,
    /// The member.
    pub kind: MemberKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of member.
#[derive(Clone, Debug)]
pub enum MemberKind {
    /// `allow s3:ListBucket on bucket when mfa`
    Statement(Box<Statement>),
    /// `include ReadBucket(settled) when strong_auth`
    Include(Box<Include>),
    /// `attach aws "SecurityAudit", ReadBucket(settled) as "ReadSettled"`
    Attach(Box<[Attachment]>),
    /// `trust account Tools when mfa`
    Trust(Box<Trust>),
    /// `boundary DeveloperBoundary` or `boundary aws "PowerUserAccess"`
    Boundary(Attachment),
    /// `session 1h`
    Session(Spanned<String>),
    /// `description "…"`, `name "…"`, `path "/…/"`
    Text(TextProperty, Spanned<String>),
    /// `tags { team: "payments", "cost centre": "42" }`
    Tags(Box<[Tag]>),
    /// `member_of Finance, Audit`
    MemberOf(Box<[Path]>),
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// The properties that are one text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TextProperty {
    /// `description "…"`
    Description,
    /// `name "…"`: the name in AWS, where it is not the declaration's.
    Name,
    /// `path "/…/"`
    Path,
}

/// `team: "payments"`
#[derive(Clone, Debug)]
pub struct Tag {
    /// The key.
    pub key: Ident,
    /// The value.
    pub value: Expr,
}

/// `Label: allow ACTIONS on RESOURCES to PRINCIPALS when C unless D`
#[derive(Clone, Debug)]
pub struct Statement {
    /// The label, an identifier or a string: becomes the Sid.
    pub label: Option<Ident>,
    /// `allow` or `deny`.
    pub effect: Spanned<Effect>,
    /// Which actions.
    pub actions: Actions,
    /// `on …`; absent means every resource that the place allows.
    pub resources: Option<Resources>,
    /// `to …`
    pub principals: Option<Principals>,
    /// `when …` and `unless …`.
    pub guard: Guard,
}

/// `allow` or `deny`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// `allow`
    Allow,
    /// `deny`
    Deny,
}

/// `when C unless D`: applies when C holds and D does not.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// `when …`
    pub when: Option<Box<Cond>>,
    /// `unless …`
    pub unless: Option<Box<Cond>>,
}

/// A list of actions, or everything except a list.
#[derive(Clone, Debug)]
pub struct Actions {
    /// `everything` or `*` (with `except`, the list says what is left out).
    pub everything: Option<Span>,
    /// The list; for `everything` what follows `except`.
    pub list: Box<[Action]>,
    /// All of it.
    pub span: Span,
}

/// One selector.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it says.
    pub kind: ActionKind,
    /// Where.
    pub span: Span,
}

/// The kinds of action selector.
#[derive(Clone, Debug)]
pub enum ActionKind {
    /// `s3:GetObject`, `s3:Get*`
    Pattern {
        /// `s3`
        service: Ident,
        /// `Get*`
        name: Ident,
    },
    /// `read`, or `read(s3)` for a whole service.
    Level {
        /// `read`, `list`, `write`, `tag`, `manage`
        level: Ident,
        /// The service in parentheses.
        service: Option<Ident>,
    },
    /// A `let` or parameter that holds actions.
    Name(Path),
    /// `raw "s3:get?bject"`
    Raw(Spanned<String>),
}

/// A list of resources, or every one except a list.
#[derive(Clone, Debug)]
pub struct Resources {
    /// `*` followed by `except`: the list says what is left out.
    pub except: Option<Span>,
    /// The list.
    pub list: Box<[Expr]>,
    /// All of it.
    pub span: Span,
}

/// `to role Reader, service "lambda.amazonaws.com"`, `to everyone except role Admin`
#[derive(Clone, Debug)]
pub struct Principals {
    /// `everyone except`: the list says who is left out.
    pub except: Option<Span>,
    /// The list.
    pub list: Box<[Principal]>,
    /// All of it.
    pub span: Span,
}

/// One principal.
#[derive(Clone, Debug)]
pub struct Principal {
    /// What it says.
    pub kind: PrincipalKind,
    /// Where.
    pub span: Span,
}

/// The kinds of principal.
#[derive(Clone, Debug)]
pub enum PrincipalKind {
    /// `anyone`
    Anyone,
    /// `account Tools`, `account "111111111111"`
    Account(Expr),
    /// `role Reader`, `role Reader in Prod`
    Role(Expr),
    /// `user BreakGlass`
    User(Expr),
    /// `service "lambda.amazonaws.com"`
    Service(Expr),
    /// `oidc GitHub(repository: "acme/app", branch: "main")`
    Oidc {
        /// The provider.
        provider: Path,
        /// Typed claims.
        claims: Box<[Arg]>,
    },
    /// `saml Okta`
    Saml(Path),
    /// `federated "cognito-identity.amazonaws.com"`
    Federated(Expr),
    /// `canonical_user "79a5…"`
    CanonicalUser(Spanned<String>),
    /// `arn "arn:aws:iam::111111111111:role/x"`: as written.
    Arn(Spanned<String>),
    /// A `let` or parameter that holds principals.
    Name(Path),
}

/// `include NAME(args) when C unless D`
#[derive(Clone, Debug)]
pub struct Include {
    /// The policy.
    pub target: Call,
    /// What narrows every statement of it.
    pub guard: Guard,
}

/// `NAME(args)`
#[derive(Clone, Debug)]
pub struct Call {
    /// What is called.
    pub path: Path,
    /// Arguments, possibly none.
    pub args: Box<[Arg]>,
    /// All of it.
    pub span: Span,
}

/// `settled` or `bucket: settled`
#[derive(Clone, Debug)]
pub struct Arg {
    /// The parameter's name, if written.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
    /// All of it.
    pub span: Span,
}

/// `aws "SecurityAudit"` or `ReadBucket(settled) as "ReadSettled"`
#[derive(Clone, Debug)]
pub struct Attachment {
    /// What is attached.
    pub target: AttachTarget,
    /// `as "…"`: the name in AWS.
    pub alias: Option<Spanned<String>>,
    /// All of it.
    pub span: Span,
}

/// What `attach` and `boundary` name.
#[derive(Clone, Debug)]
pub enum AttachTarget {
    /// An AWS-managed policy.
    Aws(Spanned<String>),
    /// A declaration.
    Declared(Call),
}

/// `trust PRINCIPALS with tag_session, source_identity when C unless D`
#[derive(Clone, Debug)]
pub struct Trust {
    /// Who may assume the role.
    pub principals: Box<[Principal]>,
    /// `with tag_session, source_identity`
    pub with: Vec<Ident>,
    /// Under which condition.
    pub guard: Guard,
}

/// `oidc NAME KIND { url "…" audience "…" }`, `saml NAME "provider"`
#[derive(Clone, Debug)]
pub struct Provider {
    /// Which keyword.
    pub kind: ProviderKind,
    /// The name.
    pub name: Ident,
}

/// The kinds of identity provider.
#[derive(Clone, Debug)]
pub enum ProviderKind {
    /// `saml Okta "okta-prod"`
    Saml {
        /// The provider's name in AWS.
        provider: Spanned<String>,
    },
    /// `oidc GitHub github { … }`
    Oidc {
        /// `github`, `eks` or `generic`.
        flavour: Ident,
        /// `url "token.actions.githubusercontent.com"`; GitHub has a default.
        url: Option<Spanned<String>>,
        /// `audience "sts.amazonaws.com"`; that is also the default.
        audience: Option<Spanned<String>>,
    },
}

/// What a node of the organisation is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NodeKind {
    /// `org`
    Org,
    /// `ou`
    Ou,
    /// `account`
    Account,
}

/// `org Acme "o-…" { … }`, `ou Workloads "ou-…" { … }`, `account Prod "111111111111" { … }`
#[derive(Clone, Debug)]
pub struct Node {
    /// Which keyword.
    pub kind: NodeKind,
    /// `management account …`
    pub management: Option<Span>,
    /// The name.
    pub name: Ident,
    /// The id in AWS; optional for an `ou`.
    pub id: Option<Spanned<String>>,
    /// What stands between the braces.
    pub members: Vec<NodeMember>,
}

/// A line of a node.
#[derive(Clone, Debug)]
pub struct NodeMember {
    /// `/// …` lines.
    pub docs: Vec<String>,
    /// `waive …` lines before it.
    pub waivers: Vec<Waiver>,
    /// The member.
    pub kind: NodeMemberKind,
    /// Its place.
    pub span: Span,
}

/// The kinds of node member.
#[derive(Clone, Debug)]
pub enum NodeMemberKind {
    /// `attach RequireMfa, std.guardrails.RegionLock(["eu-west-1"]) as "RegionLockEu"`
    Attach(Box<[Attachment]>),
    /// `detach aws "FullAWSAccess"`
    Detach(Spanned<String>),
    /// `deploy SettlementReader, Auditor(Tools) as "SecurityAuditor"`
    Deploy(Box<[Attachment]>),
    /// `assign Analyst to "finance-analysts", user "ada"`
    Assign {
        /// The permission set.
        set: Call,
        /// Who gets it.
        to: Vec<AssigneeRef>,
    },
    /// `root "r-ab12"`
    Root(Spanned<String>),
    /// `regions ["eu-west-1"]`
    Regions(Expr),
    /// `partition "aws-cn"`
    Partition(Spanned<String>),
    /// `ou …` or `account …`
    Child(Node),
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// `"finance-analysts"` or `user "ada"`
#[derive(Clone, Debug)]
pub struct AssigneeRef {
    /// Whether `user` stands before it.
    pub user: Option<Span>,
    /// The name.
    pub name: Spanned<String>,
}

/// A Boolean combination of predicates.
#[derive(Clone, Debug)]
pub struct Cond {
    /// What it says.
    pub kind: CondKind,
    /// Where.
    pub span: Span,
}

/// The kinds of condition.
#[derive(Clone, Debug)]
pub enum CondKind {
    /// `a or b or c`: two or more.
    Or(Box<[Cond]>),
    /// `a and b and c`: two or more.
    And(Box<[Cond]>),
    /// `not a`
    Not(Box<Cond>),
    /// `(a)`: kept so that printing gives the text back.
    Group(Box<Cond>),
    /// `strong_auth`, `network.from(office)`; one bare word may also be a phrase (`mfa`, `tls`).
    Call(Call),
    /// `any tag key in ["a"]`, `source ip in office`, `via aws service`
    Predicate(Box<Predicate>),
    /// `principal in Workloads`, `resource in Acme`
    Membership {
        /// `principal`, `resource` or `source`.
        who: Ident,
        /// Organisation, organisational unit or account.
        place: Path,
    },
    /// `raw StringLikeIfExists("aws:x", ["a*"])`
    Raw {
        /// The operator as written, `ForAllValues:StringLike`.
        operator: Ident,
        /// The key.
        key: Spanned<String>,
        /// The values.
        values: Expr,
    },
    /// `true` or `false`
    Constant(bool),
}

/// `any SUBJECT COMPARISON`
#[derive(Clone, Debug)]
pub struct Predicate {
    /// `any` or `every`.
    pub quantifier: Option<Spanned<Quantifier>>,
    /// What is looked at.
    pub subject: Subject,
    /// How; absent for a yes-or-no subject (`mfa`, `via aws service`).
    pub comparison: Option<Comparison>,
}

/// `any` or `every`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quantifier {
    /// Some value passes.
    Any,
    /// Every value passes, also when there is none.
    Every,
}

/// A key or a phrase that stands for one.
#[derive(Clone, Debug)]
pub struct Subject {
    /// What it says.
    pub kind: SubjectKind,
    /// Where.
    pub span: Span,
}

/// A key or a phrase.
#[derive(Clone, Debug)]
pub enum SubjectKind {
    /// `aws:SourceIp`, `aws:PrincipalTag/"cost centre"`, `kms:EncryptionContext:dept`: the whole key.
    Key(String),
    /// `source ip`, `principal tag team`: the words joined by one space, and the tag or claim name after them.
    Phrase {
        /// `principal tag`
        words: String,
        /// `team`
        tail: Option<Ident>,
    },
}

/// `in office`
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The operator.
    pub operator: Spanned<Comparator>,
    /// What it is compared with; absent for `present` and `absent`.
    pub value: Option<Expr>,
    /// `ignoring case`
    pub ignoring_case: Option<Span>,
}

/// The comparison operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Comparator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `like`
    Like,
    /// `not like`
    NotLike,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `after`
    After,
    /// `before`
    Before,
    /// `within` (an age)
    Within,
    /// `present`
    Present,
    /// `absent`
    Absent,
}

/// A value.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// The kinds of value.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `"home/${aws:username}/*"`: the text between the quotes with its escapes still in it.
    Text(String),
    /// `42`, `3.5`
    Number(String),
    /// `1h`, `1h30m`, `7d`
    Duration(String),
    /// `2025-01-01T00:00:00Z`, `2025-01-01`
    Instant(String),
    /// `203.0.113.0/24`, `203.0.113.7`, `2001:db8::/32`
    Address(String),
    /// `true`, `false`
    Bool(bool),
    /// `[a, b]`
    List(Box<[Expr]>),
    /// `settled`, `network.office`, `settled.object`, `Reader in Prod`
    Name {
        /// The name; a last segment may name a child type of a resource.
        path: Path,
        /// `in Prod`
        place: Option<Path>,
    },
    /// `s3:bucket "name"`, `dynamodb:table(region: "eu-west-1", name: "ledger")`
    Resource {
        /// The type.
        ty: ResourceTypeRef,
        /// The arguments: one without a name for the short form.
        args: Box<[Arg]>,
        /// Whether the short form without parentheses was used.
        short: ShortForm,
    },
    /// `settled/"2025/01.csv"`, `settled/*`
    Join {
        /// The resource.
        base: Box<Expr>,
        /// What follows the slash: text between quotes, or `*`.
        suffix: Spanned<String>,
        /// How the suffix was written.
        form: SuffixForm,
    },
    /// `arn "arn:aws:s3:::x"`: an ARN as written, checked.
    Arn(Spanned<String>),
    /// `raw "…"`: a resource string as written, not checked.
    Raw(Spanned<String>),
    /// `*`
    Everything,
    /// An action in a list of actions: `s3:GetObject`, `read(s3)`.
    Action(Box<Action>),
    /// A principal in a list of principals: `role Reader`.
    Principal(Box<Principal>),
}

/// Whether a resource was written `s3:bucket "x"` or `s3:bucket("x")`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ShortForm {
    /// `s3:bucket "x"`
    Short,
    /// `s3:bucket("x")`
    Parenthesised,
}

/// How the part after a slash was written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SuffixForm {
    /// `/"2025/*"`
    Text,
    /// `/*`
    Star,
}

/// `prove CLAIM`
#[derive(Clone, Debug)]
pub struct Prove {
    /// What is claimed.
    pub claim: Claim,
}

/// What a `prove` claims.
#[derive(Clone, Debug)]
pub enum Claim {
    /// `X cannot ACTIONS on R when C unless D`, `X can …`
    Access {
        /// Who.
        subject: ProveSubject,
        /// `can` or `cannot`.
        verdict: Spanned<Verdict>,
        /// What.
        access: Access,
    },
    /// `X within Boundary`
    Within {
        /// Who.
        subject: ProveSubject,
        /// The boundary or policy.
        limit: Call,
    },
    /// `only [A, B] can ACTIONS on R`
    Only {
        /// Who may.
        subjects: Box<[ProveSubject]>,
        /// What.
        access: Access,
    },
    /// `no path from A to an unbounded role`
    Bounded {
        /// From whom.
        from: ProveSubject,
    },
    /// `no path from A to B`
    NoPath {
        /// From whom.
        from: ProveSubject,
        /// To whom.
        to: ProveSubject,
    },
}

/// `can` or `cannot`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// `can`
    Can,
    /// `cannot`
    Cannot,
}

/// `ACTIONS on RESOURCES when C unless D`, or in a test `with key = value`.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which actions.
    pub actions: Actions,
    /// On which resources.
    pub resources: Option<Resources>,
    /// Under which condition.
    pub guard: Guard,
}

/// Whom a `prove` speaks of.
#[derive(Clone, Debug)]
pub struct ProveSubject {
    /// What it says.
    pub kind: ProveSubjectKind,
    /// Where.
    pub span: Span,
}

/// One identity or all of a kind.
#[derive(Clone, Debug)]
pub enum ProveSubjectKind {
    /// `SettlementReader`, `SettlementReader in Prod`
    One {
        /// The declaration.
        path: Path,
        /// The account or unit.
        place: Option<Path>,
    },
    /// `every role in Workloads except [BreakGlass]`
    Every {
        /// `role`, `user`, `group`, `permission_set`, `identity`
        what: Ident,
        /// The account or unit.
        place: Option<Path>,
        /// Who is left out.
        except: Box<[Path]>,
    },
}

/// `test "NAME" { given …  can …  cannot … }`
#[derive(Clone, Debug)]
pub struct TestDecl {
    /// The name.
    pub name: Spanned<String>,
    /// Lines in order.
    pub lines: Vec<TestLine>,
}

/// A line of a test.
#[derive(Clone, Debug)]
pub struct TestLine {
    /// What it says.
    pub kind: TestLineKind,
    /// Where.
    pub span: Span,
}

/// The kinds of test line.
#[derive(Clone, Debug)]
pub enum TestLineKind {
    /// `given role X in Prod, mfa = true, source ip = 203.0.113.7`
    Given {
        /// Who asks, if this line says so.
        principal: Option<Principal>,
        /// The request's context.
        context: Vec<Setting>,
    },
    /// `can s3:GetObject on settled/"x" with source ip = 203.0.113.8`
    Expect {
        /// `can` or `cannot`.
        verdict: Spanned<Verdict>,
        /// Which actions.
        actions: Actions,
        /// On which resources.
        resources: Option<Resources>,
        /// What differs from `given`.
        with: Vec<Setting>,
    },
    /// Could not be read; the diagnostic has been made.
    Bad,
}

/// `mfa age = 5m`
#[derive(Clone, Debug)]
pub struct Setting {
    /// The key or phrase.
    pub subject: Subject,
    /// Its value, or a list of values.
    pub value: Expr,
    /// All of it.
    pub span: Span,
}
