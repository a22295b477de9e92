//! The last look before anything is written: each document's own bytes, read back, say what the source means.
//!
//! In: for every document of a build the text that is about to be written and the [`Policy`] it was made of. Out: an
//! error for each that is not *proved* to say the same of every request that can ever be. The code that wrote the
//! text is not asked; the strict reader and the engine are. Nothing is written or changed here.

mod claim;
mod meaning;
mod message;

use indexmap::IndexMap;
use rayon::prelude::*;

use crate::catalogue::Catalogue;
use crate::diagnostic::Diagnostic;
use crate::engine::question::Asking;
use crate::iam::PolicyKind;
use crate::iam::reader::{self, Reading};
use crate::ir::read::Provenance;
use crate::ir::{self, Condition, Policy};
use crate::source::SourceMap;
use meaning::Meaning;

/// A document that is about to be written.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// Where it will lie, for messages.
    pub path: &'a str,
    /// Its bytes; `None` where no document is written because it would say nothing.
    pub text: Option<&'a str>,
    /// What the source means by it.
    pub policy: &'a Policy,
}

/// Proves every document equal to its policy; what could not be proved comes back as errors, in the same order.
pub fn verify(written: &[Written<'_>], catalogue: &Catalogue) -> Vec<Diagnostic> {
    let read = Documents::read(written, catalogue);
    let asking = Asking::new(catalogue);
    let compared: Vec<Compared<'_>> = written
        .par_iter()
        .with_min_len(16)
        .map(|w| compare(w, &read))
        .collect();
    let settled = settle(&compared, &asking);
    written
        .par_iter()
        .zip(&compared)
        .filter_map(|(w, c)| judge(w, c, &read, &settled, &asking))
        .collect()
}

/// Texts are read once, however many accounts get the same one.
struct Documents<'a>(IndexMap<(&'a str, PolicyKind), Read>);

/// A text with its meaning, or why it cannot be read.
type Read = Result<(Policy, Meaning), String>;

impl<'a> Documents<'a> {
    fn read(written: &[Written<'a>], catalogue: &Catalogue) -> Self {
        let mut texts: IndexMap<_, ()> = IndexMap::new();
        for document in written {
            if let Some(text) = document.text {
                texts.insert((text, document.policy.kind), ());
            }
        }
        let keys: Vec<_> = texts.into_keys().collect();
        let read = keys
            .into_par_iter()
            .map(|(text, kind)| ((text, kind), read_back(text, kind, catalogue)));
        Documents(read.collect())
    }

    fn of(&self, written: &Written<'a>) -> Option<&Read> {
        self.0.get(&(written.text?, written.policy.kind))
    }
}

fn read_back(text: &str, kind: PolicyKind, catalogue: &Catalogue) -> Read {
    let reading: Reading = reader::read(text, Some(kind)).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        faults.join("; ")
    })?;
    let provenance = Provenance {
        kind,
        name: "",
        source: SourceMap::default().add("", ""),
    };
    let multi = |key: &str| catalogue.key(key).is_some_and(|k| k.key.multi_valued);
    let policy = ir::read::policy(&reading, provenance, multi);
    let meaning = Meaning::of(&policy);
    Ok((policy, meaning))
}

/// What a comparison of shapes leaves open.
enum Compared<'r> {
    /// The text is no policy document.
    Unreadable(&'r str),
    /// The same statements, if each of these pairs of conditions is equal.
    Alike(Vec<(Condition, Condition)>),
    /// Other statements than the source's: only the whole documents can be compared.
    Different,
}

fn compare<'r>(written: &Written<'r>, read: &'r Documents<'r>) -> Compared<'r> {
    let nothing = Meaning::default();
    let document = match read.of(written) {
        Some(Err(faults)) => return Compared::Unreadable(faults),
        Some(Ok((_, document))) => document,
        // Nothing is written, which is right only if nothing is meant.
        None => &nothing,
    };
    match Meaning::of(written.policy).open_pairs(document) {
        Some(pairs) => Compared::Alike(pairs),
        None => Compared::Different,
    }
}

/// Whether the engine has proved pairs of conditions equal; each pair is asked once.
type Settled<'c> = IndexMap<&'c (Condition, Condition), bool>;

fn settle<'c>(compared: &'c [Compared<'_>], asking: &Asking<'_>) -> Settled<'c> {
    let mut open: IndexMap<&(Condition, Condition), ()> = IndexMap::new();
    for comparison in compared {
        if let Compared::Alike(pairs) = comparison {
            open.extend(pairs.iter().map(|pair| (pair, ())));
        }
    }
    let open: Vec<_> = open.into_keys().collect();
    let ask = |pair: &'c (Condition, Condition)| {
        (pair, claim::conditions_are_equal(&pair.0, &pair.1, asking))
    };
    open.into_par_iter().map(ask).collect()
}

fn judge(
    written: &Written<'_>,
    compared: &Compared<'_>,
    read: &Documents<'_>,
    settled: &Settled<'_>,
    asking: &Asking<'_>,
) -> Option<Diagnostic> {
    let is_settled = |pair| settled.get(pair) == Some(&true);
    match compared {
        Compared::Unreadable(faults) => return Some(message::unreadable(written, faults)),
        Compared::Alike(pairs) if pairs.iter().all(is_settled) => return None,
        Compared::Alike(_) | Compared::Different => {}
    }
    let nothing = claim::saying_nothing(written.policy.kind);
    let document = match read.of(written) {
        Some(Ok((document, _))) => document,
        _ => &nothing,
    };
    message::of(written, claim::compare(written.policy, document, asking))
}
