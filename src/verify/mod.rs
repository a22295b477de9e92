//! The last look before anything is written: each document's own bytes, read back, say what the source means.
//!
//! In: for every document of a build the text that is about to be written and the [`Policy`] it was made of. Out: an
//! error for each that is not *proved* to say the same of every request that can ever be. The code that wrote the
//! text is not asked; the strict reader and the engine are. Nothing is written or changed here.

mod claim;
mod meaning;
mod message;

use std::sync::Mutex;

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
///
/// A text is read once, however many accounts get the same one, and is let go as soon as they are judged.
pub fn verify(written: &[Written<'_>], catalogue: &Catalogue) -> Vec<Diagnostic> {
    let mut alike: IndexMap<_, Vec<usize>> = IndexMap::new();
    for (at, document) in written.iter().enumerate() {
        let text = (document.text, document.policy.kind);
        alike.entry(text).or_default().push(at);
    }
    let alike: Vec<_> = alike.into_iter().collect();
    let conditions = Conditions::new(catalogue);
    let mut refused: Vec<(usize, Diagnostic)> = alike
        .into_par_iter()
        .flat_map_iter(|((text, kind), places)| {
            let read = match text {
                Some(text) => read_back(text, kind, catalogue),
                // Nothing is written, which is right only if nothing is meant.
                None => Ok(claim::saying_nothing(kind)),
            };
            let said = read
                .as_ref()
                .map(|document| (document, Meaning::of(document)));
            let refuse = |at: usize| {
                let refusal = judge(written.get(at)?, &said, &conditions)?;
                Some((at, refusal))
            };
            places.into_iter().filter_map(refuse).collect::<Vec<_>>()
        })
        .collect();
    refused.sort_by_key(|(at, _)| *at);
    refused.into_iter().map(|(_, refusal)| refusal).collect()
}

/// What a text says, or why it cannot be read.
fn read_back(text: &str, kind: PolicyKind, catalogue: &Catalogue) -> Result<Policy, String> {
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
    Ok(ir::read::policy(&reading, provenance, multi))
}

/// The error, if the text does not provably say what the policy means: shapes first, the engine where they differ.
fn judge(
    written: &Written<'_>,
    said: &Result<(&Policy, Meaning<'_>), &String>,
    conditions: &Conditions<'_>,
) -> Option<Diagnostic> {
    let (document, meaning) = match said {
        Ok(said) => said,
        Err(faults) => return Some(message::unreadable(written, faults)),
    };
    let open = Meaning::of(written.policy).open_pairs(meaning);
    if open.is_some_and(|pairs| pairs.into_iter().all(|pair| conditions.are_equal(pair))) {
        return None;
    }
    let answer = claim::compare(written.policy, document, &conditions.asking);
    message::of(written, answer)
}

/// What the engine has said about pairs of conditions that are not written alike.
struct Conditions<'a> {
    asking: Asking<'a>,
    settled: Mutex<IndexMap<(Condition, Condition), bool>>,
}

impl<'a> Conditions<'a> {
    fn new(catalogue: &'a Catalogue) -> Self {
        Conditions {
            asking: Asking::new(catalogue),
            settled: Mutex::default(),
        }
    }

    /// Whether the engine proves them equal; a pair that has been asked is not asked again.
    fn are_equal(&self, pair: (Condition, Condition)) -> bool {
        let known = self.settled.lock().ok().and_then(|s| s.get(&pair).copied());
        known.unwrap_or_else(|| {
            let equal = claim::conditions_are_equal(&pair.0, &pair.1, &self.asking);
            if let Ok(mut settled) = self.settled.lock() {
                settled.insert(pair, equal);
            }
            equal
        })
    }
}
