//! The phrases of the language for condition keys: `source ip` is `aws:SourceIp`.

/// What a phrase stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhraseKey {
    /// A key.
    Key(&'static str),
    /// A key whose last part is a tag key that follows the phrase.
    Tagged(&'static str),
    /// A claim of the identity provider that is being trusted; its name follows the phrase.
    Claim,
}

/// A phrase and its key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phrase {
    /// The words, joined by one space.
    pub words: &'static str,
    /// What they stand for.
    pub key: PhraseKey,
}

const fn key(words: &'static str, key: &'static str) -> Phrase {
    Phrase {
        words,
        key: PhraseKey::Key(key),
    }
}

const fn tagged(words: &'static str, prefix: &'static str) -> Phrase {
    Phrase {
        words,
        key: PhraseKey::Tagged(prefix),
    }
}

/// Every phrase, in the order of the reference's table.
pub const PHRASES: &[Phrase] = &[
    key("mfa", "aws:MultiFactorAuthPresent"),
    key("mfa age", "aws:MultiFactorAuthAge"),
    key("source ip", "aws:SourceIp"),
    key("source vpc", "aws:SourceVpc"),
    key("source vpc arn", "aws:SourceVpcArn"),
    key("source vpce", "aws:SourceVpce"),
    key("source vpc ip", "aws:VpcSourceIp"),
    key("source arn", "aws:SourceArn"),
    key("source account", "aws:SourceAccount"),
    key("source org", "aws:SourceOrgID"),
    key("source org path", "aws:SourceOrgPaths"),
    key("source identity", "aws:SourceIdentity"),
    key("principal arn", "aws:PrincipalArn"),
    key("principal account", "aws:PrincipalAccount"),
    key("principal org", "aws:PrincipalOrgID"),
    key("principal org path", "aws:PrincipalOrgPaths"),
    key("principal type", "aws:PrincipalType"),
    tagged("principal tag", "aws:PrincipalTag/"),
    key("principal service", "aws:PrincipalServiceName"),
    key("principal service name", "aws:PrincipalServiceNamesList"),
    key("principal is aws service", "aws:PrincipalIsAWSService"),
    key("vpce account", "aws:VpceAccount"),
    key("vpce org", "aws:VpceOrgID"),
    key("vpce org path", "aws:VpceOrgPaths"),
    key("resource account", "aws:ResourceAccount"),
    key("resource org", "aws:ResourceOrgID"),
    key("resource org path", "aws:ResourceOrgPaths"),
    tagged("resource tag", "aws:ResourceTag/"),
    tagged("request tag", "aws:RequestTag/"),
    key("tag key", "aws:TagKeys"),
    key("region", "aws:RequestedRegion"),
    key("time", "aws:CurrentTime"),
    key("token time", "aws:TokenIssueTime"),
    key("tls", "aws:SecureTransport"),
    key("via aws service", "aws:ViaAWSService"),
    key("called via", "aws:CalledVia"),
    key("first called via", "aws:CalledViaFirst"),
    key("last called via", "aws:CalledViaLast"),
    key("passed to service", "iam:PassedToService"),
    key("user name", "aws:username"),
    key("user id", "aws:userid"),
    key("user agent", "aws:UserAgent"),
    key("external id", "sts:ExternalId"),
    key("session name", "sts:RoleSessionName"),
    key("permissions boundary", "iam:PermissionsBoundary"),
    Phrase {
        words: "claim",
        key: PhraseKey::Claim,
    },
];

/// The phrase of these words.
pub fn find_phrase(words: &str) -> Option<&'static Phrase> {
    PHRASES.iter().find(|p| p.words == words)
}
