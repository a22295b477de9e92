//! Names and paths of IAM entities.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

/// Whether a text is a name of at most `limit` characters, out of letters, digits and `+=,.@_-`.
pub fn is_name(text: &str, limit: usize) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    (1..=limit).contains(&text.len()) && text.bytes().all(allowed)
}

/// Whether a text is a name of an SCP or RCP: any 1 to 128 characters, spaces too.
///
/// <https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html>, November 2026.
pub fn is_guardrail_name(text: &str) -> bool {
    (1..=128).contains(&text.chars().count())
}

/// Whether a text is a path: `/`, or text between slashes, at most 512 characters from U+0021 to U+007E.
pub fn is_path(text: &str) -> bool {
    let shape = text.starts_with('/') && text.ends_with('/') && !text.contains("//");
    shape && text.len() <= 512 && text.bytes().all(|b| (0x21..=0x7e).contains(&b))
}
