//! What a predicate looks at: a phrase, a claim or a key of the catalogue.

use crate::catalogue::{Key, KeyType, suggest};
use crate::source::Span;
use crate::syntax::ast::{self, Comparator, Subject, SubjectKind};
use crate::types::{self, PhraseKey};

use crate::check::context::{Checker, ClaimSource};
use crate::check::messages;

/// A key as the catalogue knows it, or as `raw` and claims make it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::check) struct KeyInfo {
    pub name: String,
    pub key_type: KeyType,
    pub multi_valued: bool,
}

impl Checker<'_> {
    /// The key a subject stands for; an unknown one is reported.
    pub(in crate::check) fn subject(&mut self, subject: &Subject) -> Option<KeyInfo> {
        match &subject.kind {
            SubjectKind::Key(name) => {
                let name = self.unescaped(name, subject.span);
                self.key(&name, subject.span)
            }
            SubjectKind::Phrase { words, tail } => {
                let Some(phrase) = types::find_phrase(words) else {
                    self.report(messages::unknown_phrase(words, subject.span));
                    return None;
                };
                match (phrase.key, tail) {
                    (PhraseKey::Key(key), None) => self.key(key, subject.span),
                    (PhraseKey::Tagged(prefix), Some(tag)) => {
                        let tag = self.unescaped(&tag.value, tag.span);
                        self.key(&format!("{prefix}{tag}"), subject.span)
                    }
                    (PhraseKey::Claim, Some(claim)) => self.claim(claim, subject.span),
                    (PhraseKey::Tagged(_) | PhraseKey::Claim, None) => {
                        self.report(messages::phrase_needs_name(words, subject.span));
                        None
                    }
                    (PhraseKey::Key(_), Some(tail)) => {
                        self.report(messages::phrase_takes_no_name(words, tail));
                        None
                    }
                }
            }
        }
    }

    fn claim(&mut self, claim: &ast::Ident, span: Span) -> Option<KeyInfo> {
        let name = match &self.claim_source {
            ClaimSource::Oidc(host) => format!("{host}:{}", claim.value),
            ClaimSource::Saml => format!("SAML:{}", claim.value),
            ClaimSource::None | ClaimSource::Several => {
                let several = self.claim_source == ClaimSource::Several;
                self.report(if several {
                    messages::claim_of_several(span)
                } else {
                    messages::claim_outside_trust(span)
                });
                return None;
            }
        };
        // Claims of a provider that the catalogue does not know (an EKS cluster, a company's own) are text.
        let known = self.cx.catalogue.key(&name);
        let (key_type, multi_valued) = known.map_or((KeyType::String, claim.value == "amr"), |k| {
            (k.key.key_type, k.key.multi_valued)
        });
        Some(KeyInfo {
            name,
            key_type,
            multi_valued,
        })
    }

    /// A key by name; an unknown one is reported with the nearest, each time it is used.
    pub(in crate::check) fn key(&mut self, name: &str, span: Span) -> Option<KeyInfo> {
        if let Some(known) = self.keys.get(name) {
            return Some(known.clone());
        }
        let Some(found) = self.cx.catalogue.key(name) else {
            let near = suggest::key(self.cx.catalogue, name);
            let stem = name.trim_end_matches('/');
            self.report(match near {
                Some(template) if template.split("/${").next() == Some(stem) => {
                    messages::key_needs_tag(&template, span)
                }
                Some(template) if template == name => messages::key_needs_tag(name, span),
                near => messages::unknown_key(name, span, near),
            });
            return None;
        };
        if found.key.is_template() && found.canonical.contains("${") {
            self.report(messages::key_needs_tag(&found.canonical, span));
            return None;
        }
        self.facts.key(found.key);
        let info = info(found.key, found.canonical);
        self.keys.insert(name.to_owned(), info.clone());
        Some(info)
    }
}

fn info(key: &Key, canonical: String) -> KeyInfo {
    KeyInfo {
        name: canonical,
        key_type: key.key_type,
        multi_valued: key.multi_valued,
    }
}

/// What a predicate looks at: `mfa within 1h` speaks of the second factor's age.
pub(super) fn aged(predicate: &ast::Predicate) -> Subject {
    let within = predicate
        .comparison
        .as_ref()
        .is_some_and(|c| c.operator.value == Comparator::Within);
    match &predicate.subject.kind {
        SubjectKind::Phrase { words, tail: None } if within && words == "mfa" => Subject {
            kind: SubjectKind::Phrase {
                words: "mfa age".to_owned(),
                tail: None,
            },
            span: predicate.subject.span,
        },
        _ => predicate.subject.clone(),
    }
}
