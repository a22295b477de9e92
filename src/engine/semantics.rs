//! Where sources about AWS disagree: one named setting each, a default, the alternatives, and why.
//!
//! Both evaluators follow the same [`Semantics`]; an answer that a setting changed says so. The numbers
//! (X1 …) are those of the table of disagreements in docs/engine.md.
//!
//! What is *not* a setting because the sources leave no real choice, fixed for both evaluators:
//!
//! * Key names fold by [`super::request::fold_key`]. `…IgnoreCase` folds ASCII and Latin-1 letters only.
//! * A key that is present with an empty list has no value: `Null` holds for it, `ForAllValues` holds,
//!   `ForAnyValue` and plain positive operators do not, plain negated ones do; it is not absent for `IfExists`.
//!   A single `""` is an ordinary value, except that a variable of that key has no value.
//! * An operator with `IfExists` holds when the key is absent, also under either qualifier.
//! * `ForAllValues:Null` always holds, `ForAnyValue:Null` never does.
//! * An empty list of policy values: no value matches, so positive operators fail and negated ones hold.
//! * A policy value that the operator cannot read (a number, date, address, Boolean, base64 or six-field ARN
//!   that is none) equals nothing and matches nothing; a request value that cannot be read likewise, so that
//!   every negated operator holds for it and every comparison fails.
//! * A date is a date and time with seconds and zone or less of it, down to `YYYY-MM`, or epoch seconds. Four
//!   digits alone could be a year or an instant in 1970: unreadable.
//! * `Arn…` operators split pattern and value at their first five colons, whatever X1 says, compare field by
//!   field with case, and `*` never leaves its field; variables are put in before the pattern is split.
//! * A pattern of `Resource` with a variable before its fifth colon is dead: it matches nothing.
//! * A request on the resource `*` (an action without resource types) is matched by the pattern `*` only.
//! * Variables of a key with several values have no value. A value in a list of policy values whose variable
//!   has none is dropped, and the rest decides (but see X2).
//! * A statement without a principal in a resource policy matches nobody.

use std::fmt;

/// One choice that a setting offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Its spelling after `NAME=`.
    pub value: &'static str,
    /// What it means, one line.
    pub meaning: &'static str,
}

/// A point on which sources about AWS disagree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Its spelling before `=VALUE`.
    pub name: &'static str,
    /// Its number in the table of disagreements.
    pub number: &'static str,
    /// The choices; the first is the default.
    pub choices: &'static [Choice],
    /// Why there is a choice and why the default is what it is.
    pub why: &'static str,
}

macro_rules! settings {
    ($(
        $field:ident: $kind:ident $number:literal $name:literal $why:literal {
            $default:ident $default_text:literal $default_meaning:literal
            $(, $other:ident $other_text:literal $other_meaning:literal)* $(,)?
        }
    )*) => {
        $(
            #[doc = $why]
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
            pub enum $kind {
                #[doc = $default_meaning]
                #[default]
                $default,
                $(#[doc = $other_meaning] $other),*
            }
        )*

        /// One reading of everything that sources about AWS leave open.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct Semantics {
            $(#[doc = concat!("`", $name, "` (", $number, ")")] pub $field: $kind),*
        }

        /// Every setting, in the order of the table of disagreements.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            name: $name,
            number: $number,
            choices: &[
                Choice { value: $default_text, meaning: $default_meaning },
                $(Choice { value: $other_text, meaning: $other_meaning }),*
            ],
            why: $why,
        }),*];

        impl Semantics {
            fn set_one(&mut self, name: &str, value: &str) -> Option<()> {
                match (name, value) {
                    $(
                        ($name, $default_text) => self.$field = $kind::$default,
                        $(($name, $other_text) => self.$field = $kind::$other,)*
                    )*
                    _ => return None,
                }
                Some(())
            }

            /// The spelling of the choice made for a setting; `None` if there is no such setting.
            pub fn chosen(&self, name: &str) -> Option<&'static str> {
                Some(match name {
                    $($name => match self.$field {
                        $kind::$default => $default_text,
                        $($kind::$other => $other_text),*
                    },)*
                    _ => return None,
                })
            }
        }
    };
}

settings! {
    resource_wildcards: ResourceWildcards "X1" "resource-wildcards"
    "Whether `*` in `Resource` may run past a colon of the first five fields of an ARN. AWS's page of 2025 lets a `*` that ends its field do so; the S3 guide, older pages and other simulators keep it inside. The default is AWS's newest text." {
        Documented "documented" "a `*` that is the last character of one of the first five fields of the pattern also matches colons; other wildcards there match none",
        Segment "segment" "wildcards in the first five fields match no colon",
        WholeString "whole-string" "the pattern is matched against the ARN as one text; all wildcards match colons",
    }
    unresolved_negated: UnresolvedNegated "X2" "unresolved-variable-in-negated-operator"
    "What a negated operator says of a value whose variable has no value. AWS documents that it holds, and its data-perimeter examples rely on that; another simulator lets the condition fail, which lets a deny fail open." {
        Holds "holds" "the value cannot match, so the negated operator holds as far as this value is concerned",
        Fails "fails" "a negated operator with an unresolved value fails when its key is present",
    }
    session_grant: SessionGrant "X3" "session-grant"
    "Whether a resource policy of the same account that grants to the session itself, or to everyone, suffices although a session policy is silent. AWS documents that it does; another simulator denies." {
        Suffices "suffices" "the grant is outside the limits of the session policy",
        NeedsSessionPolicy "needs-session-policy" "a session policy, where there is one, has to allow too",
    }
    multivalued_plain: MultivaluedPlain "X4" "plain-operator-on-multivalued"
    "What an operator without `ForAnyValue` or `ForAllValues` says of a key that carries several values. AWS requires the qualifier and leaves the result open; the default never holds once the key is present (`Null` excepted), negated operators included." {
        Never "never" "it does not hold when the key is present, negated or not",
        Any "any" "a positive operator holds if some value matches, a negated one if none does",
    }
    short_arns: ShortArns "X5" "short-arns"
    "What a pattern of `Resource` with fewer than six fields means. AWS's validator calls it an error; policies that predate it exist." {
        ByKind "by-kind" "missing fields are `*` in identity-shaped policies, in resource policies if the pattern has a `*`, in SCPs if it ends in one; never in RCPs",
        Literal "literal" "nothing is added: only wildcards that may cross colons (resource-wildcards) can make it match",
    }
    type_wildcards: TypeWildcards "X6" "resource-type-wildcards"
    "Whether wildcards work in the resource type, the text before the first `/` or `:` of an ARN's last field. AWS's page says no, yet a twentieth of the patterns in AWS's own managed policies have them there." {
        Glob "glob" "they are wildcards like others",
        Literal "literal" "a pattern with one there matches nothing, S3 excepted and unless the last field is `*` or has no type",
    }
    resource_case: ResourceCase "X7" "resource-case"
    "Which fields of `Resource` are compared without regard to case. AWS says little; service prefixes are lower case in every ARN, names are not." {
        Service "service" "the text between the second and the third colon, in pattern and ARN alike",
        Head "head" "the text before the fifth colon",
        Exact "exact" "none",
    }
    bool_variables: BoolVariables "X8" "variables-in-bool"
    "Whether a policy variable is a value of `Bool`. One page of AWS says yes, another no." {
        Text "text" "`${…}` is text, which is neither `true` nor `false`, and never matches",
        Substituted "substituted" "the value of the key is put in its place",
    }
    variable_values: VariableValues "X9" "wildcards-in-variable-values"
    "Whether `*` and `?` in the value of a variable are wildcards. Undocumented; as wildcards they would let whoever sets a tag widen a policy." {
        Literal "literal" "they are characters",
        Active "active" "they are wildcards where the operator has wildcards",
    }
    federated_user: FederatedUser "X10" "federated-user-without-session-policy"
    "What a session of sts:GetFederationToken without a session policy may do. AWS documents that it may do nothing but what resource policies grant to it by name; a newer text contradicts itself." {
        Denied "denied" "only what a resource policy grants to the session directly",
        LikeUser "like-user" "whatever the user's policies allow",
    }
    unresolved_not_resource: UnresolvedNotResource "X11" "unresolved-variable-in-not-resource"
    "What `NotResource` says when the variable of a pattern has no value. By AWS's wording the pattern matches no resource, hence excludes none; another simulator lets the statement match nothing." {
        ExcludesNothing "excludes-nothing" "the pattern is as if it were not there",
        Inert "inert" "the statement matches no resource",
    }
    not_principal: NotPrincipal "X12" "not-principal"
    "When `Deny` with `NotPrincipal` spares a caller. AWS documents that a session is spared only if its own ARN, its role and its account are all listed; another simulator takes any of them as listed." {
        EveryIdentity "every-identity" "all of the caller's identities have to be listed: session, role or user, and account",
        AnyIdentity "any-identity" "one of them suffices",
    }
}

/// A text that is no `NAME=VALUE` of a setting.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingError {
    /// There is no `=`.
    NotAnAssignment(String),
    /// There is no setting of that name; the nearest one, if any is near.
    UnknownName(String, Option<&'static str>),
    /// The setting has no such value.
    UnknownValue(&'static Setting, String),
}

impl Semantics {
    /// Applies one `NAME=VALUE`.
    ///
    /// # Errors
    /// If the text is none, or names no setting, or a value that the setting does not have.
    pub fn set(&mut self, assignment: &str) -> Result<(), SettingError> {
        let (name, value) = assignment
            .split_once('=')
            .ok_or_else(|| SettingError::NotAnAssignment(assignment.to_owned()))?;
        let (name, value) = (name.trim(), value.trim());
        let Some(setting) = SETTINGS.iter().find(|s| s.name == name) else {
            return Err(SettingError::UnknownName(name.to_owned(), nearest(name)));
        };
        self.set_one(name, value)
            .ok_or_else(|| SettingError::UnknownValue(setting, value.to_owned()))
    }

    /// The semantics that a list of `NAME=VALUE` describes, later ones winning.
    ///
    /// # Errors
    /// The first text that [`Semantics::set`] refuses.
    pub fn parse<'a>(
        assignments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Semantics, SettingError> {
        let mut semantics = Semantics::default();
        for assignment in assignments {
            semantics.set(assignment)?;
        }
        Ok(semantics)
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    let distance = |s: &Setting| strsim::damerau_levenshtein(name, s.name);
    let best = SETTINGS.iter().min_by_key(|s| distance(s))?;
    (distance(best) <= best.name.len() / 3).then_some(best.name)
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingError::NotAnAssignment(text) => {
                write!(f, "`{text}` is no setting: write NAME=VALUE")
            }
            SettingError::UnknownName(name, Some(near)) => {
                write!(f, "there is no setting `{name}`, did you mean `{near}`?")
            }
            SettingError::UnknownName(name, None) => write!(
                f,
                "there is no setting `{name}`; `bailiwick semantics` lists them"
            ),
            SettingError::UnknownValue(setting, value) => {
                let values: Vec<_> = setting.choices.iter().map(|c| c.value).collect();
                write!(
                    f,
                    "`{value}` is no value of `{}`: it takes {}",
                    setting.name,
                    values.join(", ")
                )
            }
        }
    }
}

impl std::error::Error for SettingError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_can_be_made_and_is_told_back() {
        for setting in SETTINGS {
            let first = setting.choices.first().map(|c| c.value);
            assert_eq!(Semantics::default().chosen(setting.name), first);
            for choice in setting.choices {
                let text = format!("{}={}", setting.name, choice.value);
                let semantics = Semantics::parse([text.as_str()]).unwrap();
                assert_eq!(semantics.chosen(setting.name), Some(choice.value));
                assert_eq!(
                    semantics == Semantics::default(),
                    Some(choice.value) == first,
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn refuses_what_is_no_setting_and_says_what_would_be() {
        let says = |text: &str| Semantics::parse([text]).unwrap_err().to_string();
        assert_eq!(
            says("resource-wildcard=segment"),
            "there is no setting `resource-wildcard`, did you mean `resource-wildcards`?"
        );
        assert_eq!(
            says("resource-wildcards=all"),
            "`all` is no value of `resource-wildcards`: it takes documented, segment, whole-string"
        );
        assert_eq!(says("segment"), "`segment` is no setting: write NAME=VALUE");
        assert_eq!(
            says("x=y"),
            "there is no setting `x`; `bailiwick semantics` lists them"
        );
    }
}
