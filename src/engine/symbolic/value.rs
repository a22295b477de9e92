//! The values of one condition key: what each operator's values match, and whether tests agree on a value.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::address::Addresses;
use super::arn::{self, Crossing};
use super::base64::{decode_base64, encode_base64};
use super::budget::{Budget, Spent};
use super::glob::{Glob, is_fresh};
use super::instant;
use super::interval::{Decimal, Intervals};
use super::text::{self, Piece};

/// The set of texts that a test's values match.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Language {
    /// Texts, with or without case; also `Bool`.
    Text(Vec<Glob>),
    /// ARNs, as joined fields.
    Arn(Vec<Glob>),
    /// Numbers, however spelled.
    Number(Intervals),
    /// Instants, however spelled.
    Date(Intervals),
    /// Addresses, however spelled.
    Ip(Addresses),
    /// Base64 of these bytes.
    Binary(BTreeSet<Vec<u8>>),
}

/// What values a key can have.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Domain {
    /// Any text.
    Any,
    /// Well-formed numbers.
    Number,
    /// Well-formed instants.
    Date,
    /// `true` and `false`.
    Bool,
}

/// Why there is no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stuck {
    /// The budget is used up.
    Spent,
    /// The theory does not settle it; the reason, in words.
    Unsettled(&'static str),
}

impl From<Spent> for Stuck {
    fn from(_: Spent) -> Self {
        Stuck::Spent
    }
}

/// A value that satisfies all tests.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The value.
    pub(crate) text: String,
    /// The piece it was taken from; from an infinite one, more can be taken.
    pub(crate) piece: Option<Piece>,
}

impl Language {
    /// Whether a value is in it.
    pub(crate) fn contains(&self, value: &str) -> bool {
        match self {
            Language::Text(globs) => {
                let letters: Vec<char> = value.chars().collect();
                globs.iter().any(|g| g.matches(&letters))
            }
            Language::Arn(globs) => {
                arn::joined(value).is_some_and(|l| globs.iter().any(|g| g.matches(&l)))
            }
            Language::Number(set) => Decimal::parse(value).is_some_and(|n| set.contains(&n)),
            Language::Date(set) => instant::parse(value).is_some_and(|n| set.contains(&n)),
            Language::Ip(set) => value.parse().is_ok_and(|a: IpAddr| set.contains(a)),
            Language::Binary(set) => decode_base64(value).is_some_and(|b| set.contains(&b)),
        }
    }

    fn as_text(&self) -> Option<&[Glob]> {
        match self {
            Language::Text(globs) => Some(globs),
            _ => None,
        }
    }
}

impl Domain {
    /// Whether a value belongs to it.
    pub(crate) fn admits(self, value: &str) -> bool {
        match self {
            Domain::Any => true,
            Domain::Number => Decimal::parse(value).is_some(),
            Domain::Date => instant::parse(value).is_some(),
            Domain::Bool => value == "true" || value == "false",
        }
    }
}

/// Tests on one value: within all of the first, in none of the second.
#[derive(Clone, Default, Debug)]
pub(crate) struct Tests<'a> {
    pub(crate) within: Vec<&'a Language>,
    pub(crate) without: Vec<&'a Language>,
}

impl Tests<'_> {
    /// Whether a value passes all of them.
    pub(crate) fn pass(&self, value: &str) -> bool {
        self.within.iter().all(|l| l.contains(value))
            && !self.without.iter().any(|l| l.contains(value))
    }

    fn texts(&self) -> (Vec<&[Glob]>, Vec<&[Glob]>) {
        let within = self.within.iter().filter_map(|l| l.as_text()).collect();
        let without = self.without.iter().filter_map(|l| l.as_text()).collect();
        (within, without)
    }

    fn all(&self) -> impl Iterator<Item = &Language> {
        self.within.iter().chain(&self.without).copied()
    }

    /// A value of the domain that passes all tests, readable if one of the fillers fits; `None` if there is none.
    pub(crate) fn solve(
        &self,
        domain: Domain,
        fillers: &[&str],
        budget: &mut Budget,
    ) -> Result<Option<Member>, Stuck> {
        budget.spend(1)?;
        if domain == Domain::Bool {
            let found = ["true", "false"].into_iter().find(|v| self.pass(v));
            return Ok(found.map(plain));
        }
        let (within, without) = self.texts();
        let only_text = self.all().all(|l| l.as_text().is_some());
        if only_text && domain == Domain::Any {
            let piece = text::first(&within, &without, budget)?;
            return Ok(piece.map(|p| member(p, fillers)));
        }
        let pieces = text::all(&within, &without, budget)?;
        if pieces.is_empty() {
            return Ok(None);
        }
        self.solve_mixed(domain, pieces, fillers, budget)
    }

    fn solve_mixed(
        &self,
        domain: Domain,
        pieces: Vec<Piece>,
        fillers: &[&str],
        budget: &mut Budget,
    ) -> Result<Option<Member>, Stuck> {
        let finite = pieces.iter().all(|p| p.glob.as_literal().is_some());
        for piece in pieces {
            let candidate = member(piece, fillers);
            if domain.admits(&candidate.text) && self.pass(&candidate.text) {
                return Ok(Some(candidate));
            }
            if let Some(piece) = &candidate.piece {
                let text: String = piece.member.iter().collect();
                if domain.admits(&text) && self.pass(&text) {
                    return Ok(Some(plain(&text)));
                }
            }
        }
        if finite {
            return Ok(None);
        }
        if let Some(found) = self.solve_arn(domain, fillers, budget)? {
            return Ok(Some(found));
        }
        if self.within.iter().any(|l| matches!(l, Language::Arn(_))) {
            return Ok(None);
        }
        self.solve_typed(domain)
    }

    /// Values that are ARNs: text tests become rectangles too.
    fn solve_arn(
        &self,
        domain: Domain,
        fillers: &[&str],
        budget: &mut Budget,
    ) -> Result<Option<Member>, Stuck> {
        let listable = |l: &&Language| match l {
            Language::Text(globs) => globs
                .iter()
                .all(|g| arn::is_listable(&g.0, Crossing::Always)),
            _ => true,
        };
        let rectangles = |l: &Language| match l {
            Language::Arn(globs) => Some(globs.clone()),
            Language::Text(globs) => {
                let all = globs.iter();
                Some(
                    all.flat_map(|g| arn::rectangles(&g.0, Crossing::Always))
                        .collect(),
                )
            }
            _ => None,
        };
        let any_arn = self.all().any(|l| matches!(l, Language::Arn(_)));
        if any_arn && !self.all().all(|l| listable(&l)) {
            return Err(Stuck::Spent);
        }
        let within: Option<Vec<Vec<Glob>>> = self.within.iter().map(|l| rectangles(l)).collect();
        let (true, Some(mut within), Domain::Any) = (any_arn, within, domain) else {
            return Ok(None);
        };
        within.push(vec![arn::every_arn()]);
        let without: Vec<Vec<Glob>> = self.without.iter().filter_map(|l| rectangles(l)).collect();
        let within: Vec<&[Glob]> = within.iter().map(Vec::as_slice).collect();
        let without: Vec<&[Glob]> = without.iter().map(Vec::as_slice).collect();
        let Some(piece) = text::first(&within, &without, budget)? else {
            return Ok(None);
        };
        let readable = arn::spelled(&super::readable::fill_arn(
            &piece,
            fillers.first().copied().unwrap_or_default(),
            super::readable::ACCOUNT,
        ));
        let text = if self.pass(&readable) {
            readable
        } else {
            arn::spelled(&piece.member)
        };
        if self.pass(&text) {
            return Ok(Some(Member {
                text,
                piece: Some(piece),
            }));
        }
        Err(Stuck::Unsettled("an ARN test beside tests of another type"))
    }

    /// Values that are numbers, instants, addresses or base64.
    fn solve_typed(&self, domain: Domain) -> Result<Option<Member>, Stuck> {
        let mut candidates: Vec<String> = Vec::new();
        let mut open = false;
        let (numbers, any) = self.intervals(|l| match l {
            Language::Number(set) => Some(set),
            _ => None,
        });
        if any || domain == Domain::Number {
            open |= !numbers.is_empty();
            candidates.extend(numbers.samples().iter().map(Decimal::to_string));
        }
        let (dates, any) = self.intervals(|l| match l {
            Language::Date(set) => Some(set),
            _ => None,
        });
        if any || domain == Domain::Date {
            open |= !dates.is_empty();
            candidates.extend(dates.samples().iter().flat_map(instant::spell));
        }
        let (addresses, any) = self.addresses();
        if any {
            open |= !addresses.is_empty();
            candidates.extend(addresses.samples().iter().map(IpAddr::to_string));
        }
        let binary = self.all().any(|l| matches!(l, Language::Binary(_)));
        if binary {
            let (texts, more) = self.binaries();
            open |= more || !texts.is_empty();
            candidates.extend(texts);
        }
        let pass = |c: &&String| domain.admits(c) && self.pass(c);
        if let Some(found) = candidates.iter().find(pass) {
            return Ok(Some(plain(found)));
        }
        let open = open && !self.typed_apart();
        if open {
            return Err(Stuck::Unsettled(
                "tests of several types on one condition key",
            ));
        }
        Ok(None)
    }

    /// Whether two positive tests ask for types that no value has both of.
    fn typed_apart(&self) -> bool {
        let has = |f: fn(&&Language) -> bool| self.within.iter().any(f);
        let ip = has(|l| matches!(l, Language::Ip(_)));
        let number = has(|l| matches!(l, Language::Number(_) | Language::Date(_)));
        ip && number
    }

    fn intervals(&self, of: impl Fn(&Language) -> Option<&Intervals>) -> (Intervals, bool) {
        let within = self.within.iter().filter_map(|l| of(l));
        let set = within.fold(Intervals::everything(), |all, s| all.intersection(s));
        let without = self.without.iter().filter_map(|l| of(l));
        let set = without.fold(set, |all, s| all.intersection(&s.complement()));
        (set, self.all().any(|l| of(l).is_some()))
    }

    fn addresses(&self) -> (Addresses, bool) {
        let of = |l: &&Language| match l {
            Language::Ip(set) => Some(set.clone()),
            _ => None,
        };
        let within = self.within.iter().filter_map(of);
        let set = within.fold(Addresses::everything(), |all, s| all.intersection(&s));
        let without = self.without.iter().filter_map(of);
        let set = without.fold(set, |all, s| all.intersection(&s.complement()));
        (set, self.all().any(|l| matches!(l, Language::Ip(_))))
    }

    /// Spellings of the bytes that positive tests name, and whether others could pass.
    fn binaries(&self) -> (Vec<String>, bool) {
        let of = |l: &&Language| match l {
            Language::Binary(set) => Some(set.clone()),
            _ => None,
        };
        let mut sets = self.within.iter().filter_map(of);
        match sets.next() {
            Some(first) => {
                let all = sets.fold(first, |a, b| a.intersection(&b).cloned().collect());
                (all.iter().map(|b| encode_base64(b)).collect(), false)
            }
            None => (
                vec![encode_base64(b"example-1"), encode_base64(b"e2")],
                true,
            ),
        }
    }
}

fn plain(text: &(impl AsRef<str> + ?Sized)) -> Member {
    Member {
        text: text.as_ref().to_owned(),
        piece: None,
    }
}

fn member(piece: Piece, fillers: &[&str]) -> Member {
    Member {
        text: piece.readable(fillers).iter().collect(),
        piece: Some(piece),
    }
}

/// Whether a text holds a letter that stands for "anything else".
pub(crate) fn has_stand_in(text: &str) -> bool {
    text.chars().any(is_fresh)
}
