//! What the ARNs of a resource type look like: `arn:${Partition}:s3:::${BucketName}/${ObjectName}`.
//!
//! A format can be filled with values, and asked whether an ARN, or an ARN pattern with `*`, `?` and policy variables,
//! can stand for a resource of the type. "Can" is generous on purpose: a pattern fits if some text it matches does.

use std::fmt;

use crate::iam::pattern::{Variables, Wildcards};
use crate::iam::{Arn, Part, Pattern};

use super::template::{self, Piece};

/// An ARN with placeholders, field by field.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ArnFormat {
    text: String,
    /// Whether a child type begins where a value would go on with `/`.
    slash_is_barred: bool,
}

/// A placeholder that no value was given for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unfilled(pub String);

impl ArnFormat {
    /// Reads a format; `None` unless it has the six fields of an ARN.
    pub fn parse(text: &str) -> Option<ArnFormat> {
        Arn::parse(text)?;
        Some(ArnFormat {
            text: text.to_owned(),
            slash_is_barred: false,
        })
    }

    /// The format as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The six fields, placeholders and all.
    pub fn fields(&self) -> Option<Arn> {
        Arn::parse(&self.text)
    }

    /// The names of all placeholders, in order: `Partition`, `BucketName`, `ObjectName`.
    pub fn placeholders(&self) -> Vec<String> {
        placeholders(&self.text)
    }

    /// The placeholders of the resource part only: what a resource has to be told apart by.
    pub fn resource_placeholders(&self) -> Vec<String> {
        self.fields()
            .map(|f| placeholders(&f.resource))
            .unwrap_or_default()
    }

    /// Writes the ARN, asking for the value of each placeholder. A `*` of the format itself stays.
    pub fn fill(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, Unfilled> {
        let mut out = String::new();
        for piece in template::pieces(&self.text) {
            match piece {
                Piece::Text(text) => out.push_str(&text),
                Piece::Placeholder(name) => match value(&name) {
                    Some(value) => out.push_str(&value),
                    None => return Err(Unfilled(name)),
                },
            }
        }
        Ok(out)
    }

    /// Whether an ARN or ARN pattern can stand for a resource of this format, field by field: `*`, `?` and variables
    /// of the pattern may stand for any text, placeholders for any text that is not empty. `*` alone fits everything;
    /// other text with fewer than six fields fits nothing.
    ///
    /// A placeholder that the format, or a child type, goes on after with `/` is one segment, so that
    /// `arn:aws:s3:::b/*` is an object and no bucket.
    pub fn fits(&self, arn: &str) -> bool {
        if arn == "*" {
            return true;
        }
        let (Some(own), Some(given)) = (self.fields(), Arn::parse(arn)) else {
            return false;
        };
        let last = if self.slash_is_barred {
            Last::IsSegment
        } else {
            Last::TakesSlash
        };
        let head = [
            (&own.partition, &given.partition),
            (&own.service, &given.service),
            (&own.region, &given.region),
            (&own.account, &given.account),
        ];
        head.iter()
            .all(|(format, field)| overlaps(&wants(format, Last::TakesSlash), field, format))
            && overlaps(&wants(&own.resource, last), &given.resource, &own.resource)
    }

    /// What this format adds to its parent's, separator included; `None` if it does not extend it.
    pub fn extends(&self, parent: &ArnFormat) -> Option<&str> {
        let rest = self.text.strip_prefix(parent.text.as_str())?;
        rest.starts_with(['/', ':']).then_some(rest)
    }

    /// Forbids the placeholders a `/`, since the ARNs of a child type go on with one. A `:` is not forbidden:
    /// `log-group:x:*` and `function:f:alias` are ARNs of log groups and functions too.
    pub(super) fn bar_slash(&mut self) {
        self.slash_is_barred = true;
    }
}

impl fmt::Display for ArnFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn placeholders(text: &str) -> Vec<String> {
    template::pieces(text)
        .into_iter()
        .filter_map(|p| match p {
            Piece::Placeholder(name) => Some(name),
            Piece::Text(_) => None,
        })
        .collect()
}

/// Whether the last placeholder of a resource part may have a `/` in it.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    TakesSlash,
    IsSegment,
}

/// One step of a format.
#[derive(Clone, Copy)]
enum Want {
    /// This character.
    Char(char),
    /// One more character of a placeholder; `Segment` if it cannot be a `/`.
    One(Reach),
    /// Any characters, also none.
    Any(Reach),
}

#[derive(Clone, Copy, PartialEq)]
enum Reach {
    Segment,
    All,
}

impl Reach {
    fn admits(self, c: char) -> bool {
        self == Reach::All || c != '/'
    }
}

/// One step of a pattern.
#[derive(Clone, Copy)]
enum Have {
    Char(char),
    One,
    Any,
}

/// Whether some text matches both the format and the pattern; both are small, so the plain table will do.
fn overlaps(wants: &[Want], pattern: &str, format: &str) -> bool {
    if format == pattern {
        return true;
    }
    let haves = haves(pattern);
    let width = haves.len() + 1;
    // reachable[w * width + h]: some text is matched by the first `w` wants and by the first `h` haves.
    let mut reachable = vec![false; (wants.len() + 1) * width];
    let mark = |table: &mut Vec<bool>, w: usize, h: usize| {
        if let Some(cell) = table.get_mut(w * width + h) {
            *cell = true;
        }
    };
    mark(&mut reachable, 0, 0);
    for w in 0..=wants.len() {
        for h in 0..=haves.len() {
            if reachable.get(w * width + h) == Some(&true) {
                for (dw, dh) in steps(wants.get(w), haves.get(h)) {
                    mark(&mut reachable, w + dw, h + dh);
                }
            }
        }
    }
    reachable.last() == Some(&true)
}

/// The moves from a cell: past an empty repetition, or one character on, staying in whatever repeats.
fn steps(want: Option<&Want>, have: Option<&Have>) -> Vec<(usize, usize)> {
    let mut moves = Vec::new();
    if matches!(want, Some(Want::Any(_))) {
        moves.push((1, 0));
    }
    if matches!(have, Some(Have::Any)) {
        moves.push((0, 1));
    }
    match (want, have) {
        (Some(Want::Char(a)), Some(Have::Char(b))) if a == b => moves.push((1, 1)),
        (Some(Want::Char(_) | Want::One(_)), Some(Have::One)) => moves.push((1, 1)),
        (Some(Want::Char(_) | Want::One(_)), Some(Have::Any)) => moves.push((1, 0)),
        (Some(Want::One(reach)), Some(Have::Char(c))) if reach.admits(*c) => moves.push((1, 1)),
        (Some(Want::Any(reach)), Some(Have::Char(c))) if reach.admits(*c) => moves.push((0, 1)),
        (Some(Want::Any(_)), Some(Have::One)) => moves.push((0, 1)),
        _ => {}
    }
    moves
}

fn wants(format: &str, last: Last) -> Vec<Want> {
    let mut wants = Vec::new();
    let pieces = template::pieces(format);
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => wants.extend(text.chars().map(|c| match c {
                '*' => Want::Any(Reach::All),
                c => Want::Char(c),
            })),
            Piece::Placeholder(_) => {
                let reach = match pieces.get(at + 1) {
                    Some(Piece::Text(next)) if next.starts_with('/') => Reach::Segment,
                    None if last == Last::IsSegment => Reach::Segment,
                    _ => Reach::All,
                };
                wants.extend([Want::One(reach), Want::Any(reach)]);
            }
        }
    }
    wants
}

fn haves(pattern: &str) -> Vec<Have> {
    let parsed = Pattern::parse(pattern, Wildcards::Active, Variables::Active);
    let mut haves = Vec::new();
    for part in parsed.parts() {
        match part {
            Part::Text(text) => haves.extend(text.chars().map(Have::Char)),
            Part::Question => haves.push(Have::One),
            Part::Star | Part::Variable(_) => haves.push(Have::Any),
        }
    }
    haves
}
