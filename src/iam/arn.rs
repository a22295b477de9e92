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

/// Whether the text is an AWS account id.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
