//! Condition keys: when a request carries them, the table of global keys, and look-up by the spelling of a policy.

use std::str::FromStr;

use super::format::FormatError;
use super::model::Key;
use super::{format, template};

macro_rules! presences {
    ($($(#[doc = $doc:literal])* $name:ident $phrase:literal),* $(,)?) => {
        /// When a request carries a key.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Presence { $($(#[doc = $doc])* $name),* }

        impl Presence {
            /// Every case.
            pub const ALL: &[Presence] = &[$(Presence::$name),*];

            /// The name, as in the table.
            pub fn as_str(self) -> &'static str {
                match self { $(Presence::$name => stringify!($name)),* }
            }

            /// When that is, as the end of "present …".
            pub fn phrase(self) -> &'static str {
                match self { $(Presence::$name => $phrase),* }
            }
        }
    };
}

presences! {
    /// Every request, signed or not.
    Always "in every request",
    /// Not in anonymous requests.
    SignedRequests "in every signed request",
    /// The principal's account is a member (or the manager) of an organisation; not service principals.
    PrincipalInOrganization "when the principal's account is in an organisation",
    /// The principal or its session carries that tag.
    PrincipalTagged "when the principal or its session has the tag",
    /// Long-term or session credentials of an IAM user; never roles or root.
    IamUsers "when the principal is an IAM user",
    /// A service calls as itself, not through a role.
    ServicePrincipalCalls "when an AWS service calls with its service principal",
    /// Any credentials with a session token.
    TemporaryCredentials "with temporary credentials",
    /// Temporary credentials of users and of roles assumed by them; absent for access keys and federated sessions.
    MfaCapable "with temporary credentials that could have been got with MFA; never with access keys",
    /// Temporary credentials that were got with MFA.
    MfaAuthenticated "with temporary credentials that were got with MFA",
    /// Sessions of `sts:AssumeRoot`.
    RootSessions "in sessions of sts:AssumeRoot",
    /// Role sessions through SAML or OIDC.
    FederatedSessions "in role sessions of a SAML or OIDC provider",
    /// Sessions of a chat application.
    ChatSessions "in sessions of a chat application",
    /// Sessions that go back to AWS Sign-In.
    SignInSessions "in sessions that go back to AWS Sign-In",
    /// A source identity was set.
    SourceIdentitySet "in role sessions with a source identity",
    /// Credentials that an EC2 instance got for its role.
    Ec2RoleCredentials "with the role credentials of an EC2 instance",
    /// Credentials that a Glue job got for its role.
    GlueRoleCredentials "with the role credentials of a Glue job",
    /// Credentials that a Lambda function got for its role.
    LambdaRoleCredentials "with the role credentials of a Lambda function",
    /// Credentials that Systems Manager gave to a managed instance.
    SsmRoleCredentials "with the role credentials of a managed instance of Systems Manager",
    /// Identity-enhanced role sessions of IAM Identity Center.
    IdentityEnhancedSessions "in identity-enhanced role sessions of IAM Identity Center",
    /// Not through a VPC endpoint, and not for calls that a service makes.
    NotThroughVpcEndpoint "unless the request comes through a VPC endpoint or from a service",
    /// Through a VPC endpoint.
    ThroughVpcEndpoint "when the request comes through a VPC endpoint",
    /// Through the endpoint of a service that supports the key.
    ThroughSupportingVpcEndpoint "when the request comes through a VPC endpoint of a service that supports it",
    /// Almost all requests on a resource; AWS lists the exceptions.
    ResourceOwnerKnown "in nearly all requests on a resource; AWS documents exceptions",
    /// The owner's account is in an organisation.
    ResourceInOrganization "when the resource's account is in an organisation, with the same exceptions",
    /// The resource has the tag and the action supports it.
    Taggable "when the resource has the tag and the action supports tags",
    /// A service passes the request on with the caller's credentials.
    ForwardAccess "when a service passes the request on with the caller's credentials",
    /// Through an AWS managed MCP server.
    ThroughMcpServer "when the request comes through an AWS managed MCP server",
    /// Actions of MCP servers.
    McpServerActions "in requests to an AWS managed MCP server",
    /// The client sent the header.
    RefererGiven "when the client sends a referer",
    /// The request passes tags.
    TagsInRequest "when the request passes tags",
    /// A service principal calls on behalf of a resource.
    ServiceForResource "when an AWS service calls on behalf of a resource",
    /// The same, and the resource's account is in an organisation.
    ServiceForOrganizationResource "when an AWS service calls on behalf of a resource whose account is in an organisation",
    /// `AssumeRoleWithWebIdentity`, and the sessions that come of it.
    WebIdentity "when a role is assumed with a token of the provider",
    /// Requests of the actions and on the resource types that list the key.
    WhereListed "in requests of the actions that list it",
    /// AWS describes the key, and none of its lists has it: any request might carry it.
    Unlisted "in requests that AWS does not list: any could carry it",
}

impl FromStr for Presence {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Presence::ALL
            .iter()
            .copied()
            .find(|p| p.as_str() == word)
            .ok_or_else(|| format!("`{word}` is no case of presence"))
    }
}

/// Where a key comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyOrigin {
    /// A key of requests to any service.
    Global,
    /// Listed by this service.
    Service(String),
    /// A claim of a web identity provider that AWS does not list: `oidc.eks.eu-west-1.amazonaws.com/id/X:sub`.
    OidcClaim,
}

/// A key that was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyMatch<'a> {
    /// What the catalogue knows of it; its name may be a template.
    pub key: &'a Key,
    /// The canonical spelling, with the tag key or claim that was asked for.
    pub canonical: String,
    /// Where it comes from.
    pub origin: KeyOrigin,
}

/// Reads the table of global keys.
pub(super) fn read_global_keys(text: &str) -> Result<Vec<Key>, Vec<FormatError>> {
    let mut keys = Vec::new();
    let mut errors = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match read_row(line) {
            Ok(key) => keys.push(key),
            Err(message) => errors.push(FormatError {
                line: at + 1,
                message,
            }),
        }
    }
    if errors.is_empty() {
        Ok(keys)
    } else {
        Err(errors)
    }
}

fn read_row(line: &str) -> Result<Key, String> {
    let mut cells = line.split('|').map(str::trim);
    let mut cell = |what: &str| cells.next().ok_or_else(|| format!("{what} is missing"));
    let name = cell("the name")?.to_owned();
    let (key_type, multi_valued) = format::key_type(cell("the type")?)?;
    let presence = cell("when it is present")?.parse()?;
    let meaning = cell("what it holds")?.to_owned();
    Ok(Key {
        name,
        key_type,
        multi_valued,
        presence,
        meaning,
    })
}

/// The claims that the tokens of every OIDC provider have, whether AWS lists the provider or not.
pub(super) const COMMON_CLAIMS: &str = "\
${Provider}:aud | String | WebIdentity | the audience of the token
${Provider}:sub | String | WebIdentity | the subject of the token
${Provider}:amr | ArrayOfString | WebIdentity | how the subject authenticated
";

/// Any claim: of the providers that AWS does not list, whose tokens the catalogue knows nothing of.
pub(super) const ANY_CLAIM: &str =
    "${Provider}:${Claim} | String | WebIdentity | a claim of the token";

/// Finds the key of a list that a name means: its own name, else of several templates that it fills the one with the most
/// text of its own.
pub(super) fn find_key<'a>(keys: &'a [Key], name: &str) -> Option<(&'a Key, String)> {
    let is_named = |key: &&Key| key.name.eq_ignore_ascii_case(name) && !key.is_template();
    if let Some(key) = keys.iter().find(is_named) {
        return Some((key, key.name.clone()));
    }
    let filled = |key: &'a Key| Some((key, template::canonical(&key.name, name)?));
    let longer = |one: (&'a Key, String), other: (&'a Key, String)| {
        let own_text = |found: &(&Key, String)| template::own_text(&found.0.name);
        match own_text(&one) > own_text(&other) {
            true => one,
            false => other,
        }
    };
    keys.iter().filter_map(filled).reduce(longer)
}

/// Whether a global key is carried only where an action lists it: the keys about tags of the resource and the request.
pub(super) fn follows_listing(key: &Key) -> bool {
    matches!(key.presence, Presence::Taggable | Presence::TagsInRequest)
}
