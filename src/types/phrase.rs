//! The phrases of the language for condition keys: `source ip` is `aws:SourceIp`.

use crate::iam::address::parse_block;

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

/// The words of the language for a key: `source ip`, `principal tag team`; the key itself where it has none.
pub fn words_of(key: &str) -> String {
    let words = |phrase: &Phrase| match phrase.key {
        PhraseKey::Key(own) => own
            .eq_ignore_ascii_case(key)
            .then(|| phrase.words.to_owned()),
        PhraseKey::Tagged(prefix) => {
            let (head, tag) = key.split_at_checked(prefix.len())?;
            head.eq_ignore_ascii_case(prefix)
                .then(|| format!("{} {tag}", phrase.words))
        }
        PhraseKey::Claim => None,
    };
    let found = PHRASES.iter().find_map(words);
    found.unwrap_or_else(|| key.to_owned())
}

/// A key of a request with its values, as a test of the language gives them: `mfa age = 300s`, `region = "eu-west-1"`.
pub fn setting(key: &str, values: &[String], several: bool) -> String {
    let written: Vec<String> = values.iter().map(|value| written(key, value)).collect();
    let written = match several {
        true => format!("[{}]", written.join(", ")),
        false => written.join(", "),
    };
    format!("{} = {written}", words_of(key))
}

/// Booleans, numbers, addresses and instants stand for themselves; anything else is text.
fn written(key: &str, value: &str) -> String {
    let is_number = || !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
    let is_plain = || {
        matches!(value, "true" | "false")
            || parse_block(value).is_some()
            || (value.contains('T') && value.parse::<jiff::Timestamp>().is_ok())
    };
    if key.eq_ignore_ascii_case("aws:MultiFactorAuthAge") && is_number() {
        return format!("{value}s");
    }
    // Twelve digits are an account, which is text.
    match is_plain() || is_number() && value.len() < 12 {
        true => value.to_owned(),
        false => format!("{value:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_tests_have_them() {
        let one = |key: &str, value: &str| setting(key, &[value.to_owned()], false);
        assert_eq!(one("aws:multifactorauthpresent", "true"), "mfa = true");
        assert_eq!(one("aws:MultiFactorAuthAge", "300"), "mfa age = 300s");
        assert_eq!(
            one("aws:SourceIp", "203.0.113.7"),
            "source ip = 203.0.113.7"
        );
        assert_eq!(
            one("aws:RequestedRegion", "eu-west-1"),
            "region = \"eu-west-1\""
        );
        assert_eq!(
            one("aws:PrincipalTag/team", "a"),
            "principal tag team = \"a\""
        );
        assert_eq!(
            one("aws:SourceAccount", "111111111111"),
            "source account = \"111111111111\""
        );
        assert_eq!(one("s3:max-keys", "10"), "s3:max-keys = 10");
        assert_eq!(
            one("aws:CurrentTime", "2026-01-01T00:00:00Z"),
            "time = 2026-01-01T00:00:00Z"
        );
        let several = ["a".to_owned(), "b".to_owned()];
        assert_eq!(
            setting("aws:TagKeys", &several, true),
            "tag key = [\"a\", \"b\"]"
        );
    }
}
