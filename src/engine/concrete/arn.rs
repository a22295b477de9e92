//! ARNs: `Resource` patterns under the reading that the semantics choose, and the `Arn…` operators.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>

use super::asked::{Asked, folds_field};
use super::text::{Outcome, Piece, fill, pieces};
use super::wildcard::{Glob, Reach, Token};
use crate::engine::semantics::{
    ResourceCase, ResourceWildcards, Semantics, ShortArns, TypeWildcards, VariableValues,
};
use crate::iam::PolicyKind;
use crate::iam::pattern::{Part, Pattern, Variables, Wildcards};

/// Colons before the last field of an ARN.
const HEAD_COLONS: usize = 5;

/// One pattern of `Resource` or `NotResource`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ResourcePattern {
    /// `*`: everything, and alone in matching requests that are on no resource.
    Everything,
    /// One that can match nothing.
    Nothing,
    /// Any of these.
    Globs(Vec<Glob>),
    /// One with variables in its last field.
    Template(Vec<Piece>, VariableValues),
}

impl ResourcePattern {
    pub(super) fn new(text: &str, kind: PolicyKind, semantics: &Semantics) -> ResourcePattern {
        if text == "*" {
            return ResourcePattern::Everything;
        }
        let written = Pattern::parse(text, Wildcards::Active, Variables::Active);
        if has_variable_in_head(&written) || has_dead_type(&written, semantics.type_wildcards) {
            return ResourcePattern::Nothing;
        }
        let confined = confine(&written, semantics);
        if written.variables().next().is_some() {
            return ResourcePattern::Template(confined, semantics.variable_values);
        }
        let completed = complete(&written, kind, semantics);
        let all = std::iter::once(confined).chain(completed.map(|p| confine(&p, semantics)));
        ResourcePattern::Globs(all.map(|pieces| Glob::new(tokens(pieces))).collect())
    }

    pub(super) fn compare<'a>(&'a self, asked: &Asked<'a>) -> Outcome {
        if asked.request.resource == "*" {
            return (*self == ResourcePattern::Everything).into();
        }
        match self {
            ResourcePattern::Everything => Outcome::Match,
            ResourcePattern::Nothing => Outcome::Differ,
            ResourcePattern::Globs(globs) => {
                globs.iter().any(|g| g.matches(&asked.resource)).into()
            }
            ResourcePattern::Template(pieces, values) => match fill(pieces, asked, *values) {
                Some(tokens) => Glob::new(tokens).matches(&asked.resource).into(),
                None => Outcome::Unresolved,
            },
        }
    }
}

fn tokens(pieces: Vec<Piece>) -> impl Iterator<Item = Token> {
    pieces.into_iter().filter_map(|piece| match piece {
        Piece::Token(token) => Some(token),
        Piece::Variable(..) => None,
    })
}

/// The number of colons that the pattern itself has.
fn colons(parts: &[Part]) -> usize {
    let of_part = |part: &Part| match part {
        Part::Text(text) => text.matches(':').count(),
        _ => 0,
    };
    parts.iter().map(of_part).sum()
}

/// Variables stand in the last field only.
fn has_variable_in_head(pattern: &Pattern) -> bool {
    let parts = pattern.parts();
    let first = parts.iter().position(|p| matches!(p, Part::Variable(_)));
    first.is_some_and(|at| colons(parts.get(..at).unwrap_or_default()) < HEAD_COLONS)
}

/// X6: whether a wildcard in the resource type makes the pattern match nothing.
fn has_dead_type(pattern: &Pattern, choice: TypeWildcards) -> bool {
    if choice == TypeWildcards::Glob {
        return false;
    }
    let text = pattern.to_iam(Wildcards::Active);
    let mut fields = text.splitn(HEAD_COLONS + 1, ':');
    let service = fields.nth(2).unwrap_or("");
    let resource = fields.nth(2).unwrap_or("");
    let Some(end) = resource.find(['/', ':']) else {
        return false;
    };
    let resource_type = resource.get(..end).unwrap_or("");
    service != "s3" && resource_type.contains(['*', '?'])
}

/// X5: a pattern of fewer fields with the missing ones as `*`, where the kind of policy has that.
fn complete(pattern: &Pattern, kind: PolicyKind, semantics: &Semantics) -> Option<Pattern> {
    let parts = pattern.parts();
    let missing = HEAD_COLONS.checked_sub(colons(parts)).filter(|n| *n > 0)?;
    let has_star = parts.contains(&Part::Star);
    let completes = match kind {
        _ if semantics.short_arns == ShortArns::Literal => false,
        PolicyKind::ResourcePolicy => has_star,
        PolicyKind::Scp => parts.last() == Some(&Part::Star),
        PolicyKind::Rcp => false,
        _ => true,
    };
    let mut completed = pattern.clone();
    for _ in 0..missing {
        completed.push(Part::Text(":".to_owned()));
        completed.push(Part::Star);
    }
    completes.then_some(completed)
}

/// X1 and X7: how far each wildcard reaches, and which letters fold.
fn confine(pattern: &Pattern, semantics: &Semantics) -> Vec<Piece> {
    let pieces = pieces(pattern);
    let mut seen = 0;
    let mut confined = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.iter().enumerate() {
        let ends_field = matches!(
            pieces.get(index + 1),
            None | Some(Piece::Token(Token::Char(':')))
        );
        confined.push(match piece {
            Piece::Token(Token::Char(':')) => {
                seen += 1;
                piece.clone()
            }
            Piece::Token(token) => Piece::Token(confine_token(*token, seen, ends_field, semantics)),
            Piece::Variable(..) => piece.clone(),
        });
    }
    confined
}

fn confine_token(token: Token, colons: usize, ends_field: bool, semantics: &Semantics) -> Token {
    let in_head = colons < HEAD_COLONS;
    let reach = match semantics.resource_wildcards {
        _ if !in_head => Reach::Anything,
        ResourceWildcards::WholeString => Reach::Anything,
        ResourceWildcards::Documented if ends_field && matches!(token, Token::Run(_)) => {
            Reach::Anything
        }
        ResourceWildcards::Documented | ResourceWildcards::Segment => Reach::Field,
    };
    match token {
        Token::Char(c) => Token::Char(fold(c, semantics.resource_case, colons)),
        Token::One(_) => Token::One(reach),
        Token::Run(_) => Token::Run(reach),
    }
}

fn fold(c: char, case: ResourceCase, colons: usize) -> char {
    if folds_field(case, colons) {
        c.to_ascii_lowercase()
    } else {
        c
    }
}

/// A policy value of an `Arn…` operator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum ArnPattern {
    /// Without variables; `None` if it has fewer than six fields.
    Glob(Option<Glob>),
    /// With variables, which are put in before the pattern is split into fields.
    Template(Vec<Piece>),
}

impl ArnPattern {
    pub(super) fn new(text: &str) -> ArnPattern {
        let pattern = Pattern::parse(text, Wildcards::Active, Variables::Active);
        let pieces = pieces(&pattern);
        if pattern.variables().next().is_some() {
            return ArnPattern::Template(pieces);
        }
        ArnPattern::Glob(six_fields(tokens(pieces)))
    }

    pub(super) fn compare<'a>(
        &'a self,
        value: &str,
        asked: &Asked<'a>,
        values: VariableValues,
    ) -> Outcome {
        let is_arn = value.starts_with("arn:");
        let matches =
            |glob: &Option<Glob>| is_arn && glob.as_ref().is_some_and(|g| g.matches(value));
        match self {
            ArnPattern::Glob(glob) => matches(glob).into(),
            ArnPattern::Template(pieces) => match fill(pieces, asked, values) {
                Some(tokens) => matches(&six_fields(tokens)).into(),
                None => Outcome::Unresolved,
            },
        }
    }
}

/// Wildcards of the first five fields stay in their field, so that fields are compared one by one.
fn six_fields(tokens: impl IntoIterator<Item = Token>) -> Option<Glob> {
    let mut colons = 0;
    let mut confined = Vec::new();
    for token in tokens {
        confined.push(match token {
            Token::Run(_) if colons < HEAD_COLONS => Token::Run(Reach::Field),
            Token::One(_) if colons < HEAD_COLONS => Token::One(Reach::Field),
            other => other,
        });
        colons += usize::from(token == Token::Char(':'));
    }
    (colons >= HEAD_COLONS).then(|| Glob::new(confined))
}
