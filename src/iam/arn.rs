//! Amazon Resource Names, split into their six fields.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::fmt;

/// The six fields of an ARN or of an ARN pattern; the last may hold further colons.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Arn {
    /// `aws`, `aws-cn`, `aws-us-gov`, or a pattern.
    pub partition: String,
    /// Service prefix.
    pub service: String,
    /// Region, often empty.
    pub region: String,
    /// Twelve digits, `aws`, or empty.
    pub account: String,
    /// Everything after the fifth colon.
    pub resource: String,
}

impl Arn {
    /// Splits at the first five colons. `None` unless the text starts with `arn:` and has all six fields.
    pub fn parse(text: &str) -> Option<Arn> {
        let mut fields = text.splitn(6, ':');
        if fields.next()? != "arn" {
            return None;
        }
        let mut next = || fields.next().map(str::to_owned);
        Some(Arn {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Arn {
            partition,
            service,
            region,
            account,
            resource,
        } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// Whether a pattern can match an ARN under `ArnLike`, which compares the six fields one by one: five colons, or `*`.
///
/// What a policy variable in the first five fields will hold is not known, so that such a pattern passes.
///
/// ```
/// use bailiwick::iam::arn::is_arn_pattern;
/// assert!(is_arn_pattern("arn:aws:sns:*:*:*") && is_arn_pattern("*"));
/// assert!(!is_arn_pattern("arn:aws:sns:*"));
/// ```
pub fn is_arn_pattern(text: &str) -> bool {
    if text == "*" {
        return true;
    }
    let head = text.split("${").next().unwrap_or("");
    let names_arn = matches!(head.split(':').next(), Some(first) if first == "arn" || first.contains(['*', '?']));
    let whole = names_arn && head.matches(':').count() >= 5;
    whole || (head.len() < text.len() && head.matches(':').count() < 5)
}

/// Whether the text is an AWS account id.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
