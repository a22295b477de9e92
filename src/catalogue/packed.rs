//! Many JSON documents that say the same words over and over, packed small and unpacked a few at a time.
//!
//! The documents are cut into words (strings, and the runs of signs between them). One list holds every word once,
//! sorted and with shared beginnings left out; a document is the numbers of its words. Deflate by itself looks back
//! 32 KiB only, far less than the distance at which managed policies repeat one another: this is a third smaller.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Ends a document; no word has this number.
const END: u16 = u16::MAX;

/// What cannot be packed or unpacked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PackError {
    /// More distinct words than numbers.
    TooManyWords,
    /// The bytes are not what was packed.
    Corrupt,
}

/// The list of words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Words {
    sorted: Vec<String>,
}

impl Words {
    /// The words of all documents, which must be JSON without white space between the signs.
    pub(super) fn of<'a>(documents: impl Iterator<Item = &'a str>) -> Result<Words, PackError> {
        let set: BTreeSet<&str> = documents.flat_map(split).collect();
        if set.len() >= usize::from(END) {
            return Err(PackError::TooManyWords);
        }
        Ok(Words {
            sorted: set.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Packs the list.
    pub(super) fn pack(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut previous: &[u8] = &[];
        for word in &self.sorted {
            let bytes = word.as_bytes();
            let shared = previous
                .iter()
                .zip(bytes)
                .take_while(|(a, b)| a == b)
                .count();
            let shared = u8::try_from(shared).unwrap_or(u8::MAX);
            out.push(shared);
            out.extend(bytes.iter().skip(usize::from(shared)));
            out.push(b'\n');
            previous = bytes;
        }
        deflate(&out)
    }

    /// Unpacks the list.
    pub(super) fn unpack(packed: &[u8]) -> Result<Words, PackError> {
        let bytes = inflate(packed)?;
        let mut sorted: Vec<String> = Vec::new();
        let mut previous: Vec<u8> = Vec::new();
        let mut rest = bytes.as_slice();
        while let Some((shared, tail)) = rest.split_first() {
            // The count of shared bytes may itself be 10, so the line's end is looked for after it.
            let end = tail
                .iter()
                .position(|b| *b == b'\n')
                .ok_or(PackError::Corrupt)?;
            previous.truncate(usize::from(*shared));
            previous.extend(tail.iter().take(end));
            sorted.push(String::from_utf8(previous.clone()).map_err(|_| PackError::Corrupt)?);
            rest = tail.get(end + 1..).unwrap_or(&[]);
        }
        Ok(Words { sorted })
    }

    /// Packs some documents together.
    pub(super) fn pack_documents(&self, documents: &[&str]) -> Result<Vec<u8>, PackError> {
        let mut out = Vec::new();
        for document in documents {
            for word in split(document).filter(|word| *word != ",") {
                out.extend(self.number(word)?.to_be_bytes());
            }
            out.extend(END.to_be_bytes());
        }
        Ok(deflate(&out))
    }

    /// Unpacks them again.
    pub(super) fn unpack_documents(&self, packed: &[u8]) -> Result<Vec<String>, PackError> {
        let bytes = inflate(packed)?;
        let mut documents = Vec::new();
        let mut document = String::new();
        for pair in bytes.chunks(2) {
            let number = u16::from_be_bytes(pair.try_into().map_err(|_| PackError::Corrupt)?);
            if number == END {
                documents.push(std::mem::take(&mut document));
                continue;
            }
            let word = self
                .sorted
                .get(usize::from(number))
                .ok_or(PackError::Corrupt)?;
            // A comma by itself stands between strings only, and nothing else does: it was left out.
            if word.starts_with('"') && document.ends_with('"') {
                document.push(',');
            }
            document.push_str(word);
        }
        Ok(documents)
    }

    fn number(&self, word: &str) -> Result<u16, PackError> {
        let at = self
            .sorted
            .binary_search_by(|w| w.as_str().cmp(word))
            .map_err(|_| PackError::Corrupt)?;
        u16::try_from(at).map_err(|_| PackError::TooManyWords)
    }
}

/// Cuts JSON into strings and what stands between them.
fn split(document: &str) -> impl Iterator<Item = &str> {
    let mut rest = document;
    std::iter::from_fn(move || {
        let end = if rest.starts_with('"') {
            end_of_string(rest)
        } else {
            rest.find('"').unwrap_or(rest.len())
        };
        let (word, tail) = rest.split_at_checked(end)?;
        rest = tail;
        (!word.is_empty()).then_some(word)
    })
}

fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Deflates as small as it goes.
pub(super) fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    // Writing to a vector does not fail; should it all the same, what comes out does not unpack.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Inflates.
pub(super) fn inflate(bytes: &[u8]) -> Result<Vec<u8>, PackError> {
    let mut out = Vec::new();
    DeflateDecoder::new(bytes)
        .read_to_end(&mut out)
        .map_err(|_| PackError::Corrupt)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// JSON without white space, as the converter hands it over.
    fn document() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(serde_json::Value::from),
            any::<i32>().prop_map(serde_json::Value::from),
            "[a-z\"\\\\\n:é,]{0,6}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::vec(("[a-z\"]{0,3}", inner), 0..4)
                    .prop_map(|fields| fields.into_iter().collect()),
            ]
        })
        .prop_map(|value| value.to_string())
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_again(documents in prop::collection::vec(document(), 0..6)) {
            let texts: Vec<&str> = documents.iter().map(String::as_str).collect();
            let words = Words::of(texts.iter().copied()).unwrap();
            let again = Words::unpack(&words.pack()).unwrap();
            prop_assert_eq!(&again, &words);
            let packed = words.pack_documents(&texts).unwrap();
            prop_assert_eq!(again.unpack_documents(&packed).unwrap(), documents);
        }

        #[test]
        fn other_bytes_are_refused_or_read_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let words = Words::of(["{\"a\":1}"].into_iter()).unwrap();
            let _ = Words::unpack(&bytes);
            let _ = Words::unpack(&deflate(&bytes));
            let _ = words.unpack_documents(&deflate(&bytes));
        }
    }
}
