//! Condition operators: qualifier, base and `IfExists`, as IAM spells them.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::fmt;
use std::str::FromStr;

/// How an operator treats a key that can carry several values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Qualifier {
    /// `ForAnyValue:` some value passes; false when the key is absent.
    ForAnyValue,
    /// `ForAllValues:` every value passes; true when the key is absent.
    ForAllValues,
}

/// The family of values an operator compares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// Text.
    String,
    /// Exact decimals.
    Numeric,
    /// Instants.
    Date,
    /// `true` and `false`.
    Bool,
    /// Base64 bytes.
    Binary,
    /// Addresses in CIDR blocks.
    Ip,
    /// ARNs, field by field.
    Arn,
    /// Presence.
    Null,
}

macro_rules! operators {
    ($($name:ident $family:ident $negated:literal),* $(,)?) => {
        /// An operator without its qualifier and `IfExists`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[expect(missing_docs, reason = "the names are AWS's own")]
        pub enum BaseOperator { $($name),* }

        impl BaseOperator {
            /// Every operator, in the order of AWS's page.
            pub const ALL: &[BaseOperator] = &[$(BaseOperator::$name),*];

            /// AWS's spelling.
            pub fn as_str(self) -> &'static str {
                match self { $(BaseOperator::$name => stringify!($name)),* }
            }

            /// What it compares.
            pub fn family(self) -> Family {
                match self { $(BaseOperator::$name => Family::$family),* }
            }

            /// Whether it is one of the `Not…` operators, which hold when the key is absent.
            pub fn is_negated(self) -> bool {
                match self { $(BaseOperator::$name => $negated),* }
            }
        }
    };
}

operators! {
    StringEquals String false,
    StringNotEquals String true,
    StringEqualsIgnoreCase String false,
    StringNotEqualsIgnoreCase String true,
    StringLike String false,
    StringNotLike String true,
    NumericEquals Numeric false,
    NumericNotEquals Numeric true,
    NumericLessThan Numeric false,
    NumericLessThanEquals Numeric false,
    NumericGreaterThan Numeric false,
    NumericGreaterThanEquals Numeric false,
    DateEquals Date false,
    DateNotEquals Date true,
    DateLessThan Date false,
    DateLessThanEquals Date false,
    DateGreaterThan Date false,
    DateGreaterThanEquals Date false,
    Bool Bool false,
    BinaryEquals Binary false,
    IpAddress Ip false,
    NotIpAddress Ip true,
    ArnEquals Arn false,
    ArnNotEquals Arn true,
    ArnLike Arn false,
    ArnNotLike Arn true,
    Null Null false,
}

impl BaseOperator {
    /// The operator without its `Not`, if it has one.
    pub fn positive(self) -> Option<BaseOperator> {
        use BaseOperator as B;
        Some(match self {
            B::StringNotEquals => B::StringEquals,
            B::StringNotEqualsIgnoreCase => B::StringEqualsIgnoreCase,
            B::StringNotLike => B::StringLike,
            B::NumericNotEquals => B::NumericEquals,
            B::DateNotEquals => B::DateEquals,
            B::NotIpAddress => B::IpAddress,
            B::ArnNotEquals => B::ArnEquals,
            B::ArnNotLike => B::ArnLike,
            _ => return None,
        })
    }
}

/// An operator as it stands in a `Condition` block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Operator {
    /// `ForAnyValue:` or `ForAllValues:`.
    pub qualifier: Option<Qualifier>,
    /// The comparison.
    pub base: BaseOperator,
    /// Whether the test holds when the key is absent.
    pub if_exists: bool,
}

impl Operator {
    /// The plain form of a base operator.
    pub const fn plain(base: BaseOperator) -> Self {
        Operator {
            qualifier: None,
            base,
            if_exists: false,
        }
    }

    /// The same with `IfExists`.
    #[must_use]
    pub const fn if_exists(self) -> Self {
        Operator {
            if_exists: true,
            ..self
        }
    }

    /// The same under a qualifier.
    #[must_use]
    pub const fn qualified(self, qualifier: Qualifier) -> Self {
        Operator {
            qualifier: Some(qualifier),
            ..self
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.qualifier {
            Some(Qualifier::ForAnyValue) => f.write_str("ForAnyValue:")?,
            Some(Qualifier::ForAllValues) => f.write_str("ForAllValues:")?,
            None => {}
        }
        f.write_str(self.base.as_str())?;
        if self.if_exists {
            f.write_str("IfExists")
        } else {
            Ok(())
        }
    }
}

/// The text is no operator of IAM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownOperator;

impl FromStr for Operator {
    type Err = UnknownOperator;

    /// Reads an operator; case does not matter, as in IAM. `NullIfExists` does not exist.
    fn from_str(text: &str) -> Result<Self, UnknownOperator> {
        let lower = text.to_ascii_lowercase();
        let (qualifier, rest) = if let Some(rest) = lower.strip_prefix("foranyvalue:") {
            (Some(Qualifier::ForAnyValue), rest)
        } else if let Some(rest) = lower.strip_prefix("forallvalues:") {
            (Some(Qualifier::ForAllValues), rest)
        } else {
            (None, lower.as_str())
        };
        let (rest, if_exists) = match rest.strip_suffix("ifexists") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let base = BaseOperator::ALL
            .iter()
            .copied()
            .find(|b| b.as_str().eq_ignore_ascii_case(rest));
        match base {
            Some(BaseOperator::Null) if if_exists => Err(UnknownOperator),
            Some(base) => Ok(Operator {
                qualifier,
                base,
                if_exists,
            }),
            None => Err(UnknownOperator),
        }
    }
}
