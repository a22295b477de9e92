//! Takes what an iam-data package says about actions and keys, in one deflated text.
//!
//! Each line is `a s3:GetObject`, a tab, and what the action does, or `k s3:prefix`, a tab, and what the key holds.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::packed::deflate;
use super::{ConvertError, SourceFile, normal_key};

#[derive(Deserialize)]
struct Described {
    #[serde(alias = "key")]
    name: String,
    #[serde(default)]
    description: String,
}

/// Packs the descriptions of a package, as `data/catalogue/descriptions.bin` holds them.
pub fn convert_descriptions(files: &[SourceFile]) -> Result<Vec<u8>, Vec<ConvertError>> {
    let mut lines = Vec::new();
    let mut errors = Vec::new();
    for file in files {
        match lines_of(file) {
            Ok(more) => lines.extend(more),
            Err(message) => errors.push(ConvertError {
                path: file.path.clone(),
                message,
            }),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    lines.sort_unstable();
    lines.dedup();
    Ok(deflate(lines.concat().as_bytes()))
}

fn lines_of(file: &SourceFile) -> Result<Vec<String>, String> {
    let Some((folder, prefix)) = file
        .path
        .strip_prefix("data/")
        .and_then(|path| path.strip_suffix(".json"))
        .and_then(|path| path.split_once('/'))
    else {
        return Ok(Vec::new());
    };
    let (kind, needless) = match folder {
        "actions" => ('a', "Grants permission to "),
        "conditionKeys" => ('k', "Filters access "),
        _ => return Ok(Vec::new()),
    };
    let entries: BTreeMap<String, Described> =
        serde_json::from_slice(&file.bytes).map_err(|e| e.to_string())?;
    let lines = entries.into_values().filter_map(|entry| {
        let name = match kind {
            'a' => format!("{prefix}:{}", entry.name),
            _ => normal_key(&entry.name),
        };
        let plain = entry
            .description
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let text = plain.strip_prefix(needless).unwrap_or(&plain);
        // The global keys have meanings of our own.
        let wanted = !text.is_empty() && !name.starts_with("aws:");
        wanted.then(|| format!("{kind} {name}\t{text}\n"))
    });
    Ok(lines.collect())
}
