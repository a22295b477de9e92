//! What is to be written: modules of blocks, each with the documents it stands for.

use indexmap::IndexMap;

use crate::ir::Policy;
use crate::source::Span;
use crate::syntax::ast::BlockKind;

/// What a document's place fills in by itself, so that the source need not say it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ambient {
    /// `aws`, `aws-cn`, `aws-us-gov`
    pub partition: String,
    /// The account in ARNs that name none.
    pub account: Fill,
    /// The regions of the account; none is every region.
    pub regions: Vec<String>,
}

/// Which account an ARN gets that names none.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fill {
    /// This one.
    Id(String),
    /// `*`: guardrails.
    Any,
    /// Whichever the source is deployed to later: ARNs name theirs.
    Unknown,
}

impl Ambient {
    /// For a document by itself, of which nobody knows where it will be deployed.
    pub fn unknown() -> Ambient {
        Ambient {
            partition: "aws".to_owned(),
            account: Fill::Unknown,
            regions: Vec::new(),
        }
    }
}

/// A file of sources.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// `roles/reader.bw`
    pub path: String,
    /// `//! …` lines at its top.
    pub docs: Vec<String>,
    /// `use` lines.
    pub uses: Vec<String>,
    /// What is declared in it.
    pub items: Vec<Item>,
}

/// Something in a module.
#[derive(Clone, Debug)]
pub enum Item {
    /// A role, a policy, a guardrail, …
    Block(Box<Block>),
    /// Text that is in the language already: the organisation, providers.
    Text(String),
}

/// A declaration with its documents.
#[derive(Clone, Debug)]
pub struct Block {
    /// Which keyword.
    pub kind: BlockKind,
    /// The name in the source.
    pub ident: String,
    /// The name in AWS.
    pub name: String,
    /// `/// …` lines.
    pub docs: Vec<String>,
    /// The path in IAM, where it is not `/`.
    pub path: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Longest session in seconds.
    pub session: Option<u64>,
    /// Tags.
    pub tags: IndexMap<String, String>,
    /// The ARN of the resource that a resource policy stands on.
    pub resource: Option<String>,
    /// Who may assume a role.
    pub trust: Option<Policy>,
    /// The documents whose statements stand in the block: one, or the inline policies of an identity.
    pub documents: Vec<Policy>,
    /// The permissions boundary.
    pub boundary: Option<Reference>,
    /// Managed policies.
    pub attached: Vec<Reference>,
    /// The groups of a user, by their names in the source.
    pub groups: Vec<String>,
    /// What fills its ARNs.
    pub ambient: Ambient,
    /// OIDC and SAML providers declared in the project: ARN to name in the source.
    pub providers: IndexMap<String, ProviderName>,
    /// The accounts it is deployed to, each with the documents that were read there; empty where the block is
    /// documents by itself.
    pub deployed: Vec<Deployed>,
    /// Where it was read.
    pub span: Option<Span>,
}

/// What a block stands for in one account.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// The account's id.
    pub account: String,
    /// Who may assume the role there.
    pub trust: Option<Policy>,
    /// Its documents there.
    pub documents: Vec<Policy>,
}

/// A declared identity provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProviderName {
    /// The name in the source.
    pub ident: String,
    /// `github`, `eks`, `generic` or `saml`.
    pub flavour: &'static str,
    /// The audience of an OIDC provider.
    pub audience: String,
}

impl Block {
    /// A block that says nothing yet.
    pub fn new(kind: BlockKind, ident: String, name: String, ambient: Ambient) -> Block {
        Block {
            kind,
            ident,
            name,
            docs: Vec::new(),
            path: None,
            description: None,
            session: None,
            tags: IndexMap::new(),
            resource: None,
            trust: None,
            documents: Vec::new(),
            boundary: None,
            attached: Vec::new(),
            groups: Vec::new(),
            ambient,
            providers: IndexMap::new(),
            deployed: Vec::new(),
            span: None,
        }
    }
}

/// A managed policy that something has attached.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reference {
    /// AWS's, by name.
    Aws(String),
    /// A declaration, by its path in the sources.
    Declared(String),
}

/// Whether repetition is given a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Style {
    /// Every statement by itself.
    Plain,
    /// What is said twice is a `let` or a `condition`.
    Named,
    /// Statements that are the same in several places up to a few values are a `policy` with parameters, too.
    Factored,
}

/// How sources are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Options {
    /// Whether repetition is given a name.
    pub style: Style,
    /// Whether lists that are exactly an access level of the catalogue are written as it.
    pub levels: Levels,
}

/// Whether access levels are written; they follow the catalogue when it changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Levels {
    /// Each action by its name.
    Spelt,
    /// `read(s3)` where it is exactly the list.
    Named,
}
