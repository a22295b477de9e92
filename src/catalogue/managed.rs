//! The AWS-managed policies: names in the plain, documents packed in blocks.
//!
//! The index, `managed_policies.txt`, has a line for each policy, `name path version created updated`, below the line
//! `block LENGTH` of the block that holds its document. The blocks stand one after the other in
//! `managed_policies.bin`, behind the list of words that all of them share. Both are written by the converter.

use std::ops::Range;
use std::sync::OnceLock;

use super::packed::Words;
use super::{FormatError, Provenance};

const INDEX: &str = include_str!("../../data/catalogue/managed_policies.txt");
const BLOCKS: &[u8] = include_bytes!("../../data/catalogue/managed_policies.bin");

/// The first line of the index.
pub(super) const MAGIC: &str = "bailiwick managed policies 1";

/// A policy that AWS manages, in its latest version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ManagedPolicy {
    /// `AWSLambdaBasicExecutionRole`
    pub name: String,
    /// `/service-role/`
    pub path: String,
    /// Its ARN in the partition `aws`.
    pub arn: String,
    /// `v42`
    pub version: String,
    /// The day it was made, `YYYY-MM-DD`.
    pub created: String,
    /// The day of this version.
    pub updated: String,
    /// The document, JSON without white space.
    pub document_json: String,
}

impl ManagedPolicy {
    /// Its ARN in a partition, such as `aws-cn`. Not every policy exists in every partition.
    pub fn arn_in(&self, partition: &str) -> String {
        arn_in(partition, &self.path, &self.name)
    }
}

fn arn_in(partition: &str, path: &str, name: &str) -> String {
    format!("arn:{partition}:iam::aws:policy{path}{name}")
}

/// A line of the index.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    name: &'static str,
    path: &'static str,
    version: &'static str,
    created: &'static str,
    updated: &'static str,
    block: usize,
    /// The place in the block.
    place: usize,
}

#[derive(Debug)]
struct Block {
    bytes: Range<usize>,
    documents: OnceLock<Vec<String>>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct ManagedPolicies {
    provenance: Provenance,
    /// Sorted by name.
    entries: Vec<Entry>,
    blocks: Vec<Block>,
    packed_words: Range<usize>,
    words: OnceLock<Option<Words>>,
}

impl ManagedPolicies {
    /// The policies inside the binary; the first call reads the index.
    pub(super) fn embedded() -> &'static ManagedPolicies {
        static EMBEDDED: OnceLock<ManagedPolicies> = OnceLock::new();
        // A test unpacks every policy of the embedded data; should it be broken all the same, there are none.
        EMBEDDED.get_or_init(|| read_index(INDEX).unwrap_or_else(|_| empty()))
    }

    pub(super) fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|e| e.name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    pub(super) fn arn(&self, name: &str) -> Option<String> {
        self.entry(name).map(|e| arn_in("aws", e.path, e.name))
    }

    pub(super) fn policy(&self, name: &str) -> Option<ManagedPolicy> {
        let entry = self.entry(name)?;
        Some(ManagedPolicy {
            name: entry.name.to_owned(),
            path: entry.path.to_owned(),
            arn: arn_in("aws", entry.path, entry.name),
            version: entry.version.to_owned(),
            created: entry.created.to_owned(),
            updated: entry.updated.to_owned(),
            document_json: self.document(entry)?.to_owned(),
        })
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|e| e.name.cmp(name)).ok()?;
        self.entries.get(at)
    }

    fn document(&self, entry: &Entry) -> Option<&str> {
        let block = self.blocks.get(entry.block)?;
        let documents = block
            .documents
            .get_or_init(|| self.unpack(block).unwrap_or_default());
        documents.get(entry.place).map(String::as_str)
    }

    fn unpack(&self, block: &Block) -> Option<Vec<String>> {
        let words = self
            .words
            .get_or_init(|| Words::unpack(BLOCKS.get(self.packed_words.clone())?).ok());
        let packed = BLOCKS.get(block.bytes.clone())?;
        words.as_ref()?.unpack_documents(packed).ok()
    }
}

fn empty() -> ManagedPolicies {
    ManagedPolicies {
        provenance: Provenance {
            source: String::new(),
            version: String::new(),
            date: String::new(),
            digest: String::new(),
        },
        entries: Vec::new(),
        blocks: Vec::new(),
        packed_words: 0..0,
        words: OnceLock::new(),
    }
}

fn read_index(text: &'static str) -> Result<ManagedPolicies, FormatError> {
    let mut policies = empty();
    let mut next_byte = 0;
    let mut place = 0;
    for (at, line) in text.lines().enumerate() {
        let error = |message: &str| FormatError {
            line: at + 1,
            message: message.to_owned(),
        };
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let length = || {
            rest.parse::<usize>()
                .map_err(|_| error("the length is no number"))
        };
        match word {
            _ if line == MAGIC && at == 0 => {}
            "source" => policies.provenance.source = rest.to_owned(),
            "version" => policies.provenance.version = rest.to_owned(),
            "date" => policies.provenance.date = rest.to_owned(),
            "digest" => policies.provenance.digest = rest.to_owned(),
            "words" => {
                policies.packed_words = next_byte..next_byte + length()?;
                next_byte = policies.packed_words.end;
            }
            "block" => {
                let bytes = next_byte..next_byte + length()?;
                (next_byte, place) = (bytes.end, 0);
                let documents = OnceLock::new();
                policies.blocks.push(Block { bytes, documents });
            }
            _ => {
                let block = policies
                    .blocks
                    .len()
                    .checked_sub(1)
                    .ok_or_else(|| error("no block yet"))?;
                let entry =
                    read_entry(line, block, place).ok_or_else(|| error("a field is missing"))?;
                policies.entries.push(entry);
                place += 1;
            }
        }
    }
    Ok(policies)
}

fn read_entry(line: &'static str, block: usize, place: usize) -> Option<Entry> {
    let mut fields = line.split(' ');
    Some(Entry {
        name: fields.next()?,
        path: fields.next()?,
        version: fields.next()?,
        created: fields.next()?,
        updated: fields.next()?,
        block,
        place,
    })
}
