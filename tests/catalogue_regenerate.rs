//! Writes `data/catalogue/` anew from unpacked npm packages. Ignored unless asked for; see data/catalogue/PROVENANCE.md.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "this is the tool that reads the packages and writes the data"
)]

use std::path::{Path, PathBuf};

use bailiwick::catalogue::Catalogue;
use bailiwick::catalogue::convert::{
    SourceFile, convert, convert_descriptions, convert_managed_policies,
};

#[test]
#[ignore = "needs the unpacked package: IAM_DATA=… cargo test --test catalogue_regenerate -- --ignored"]
fn services() {
    let root =
        PathBuf::from(std::env::var("IAM_DATA").expect("IAM_DATA names the unpacked package"));
    let files = files_below(&root, &root);
    let descriptions = convert_descriptions(&files).expect("the descriptions convert");
    let text = convert(&files, Catalogue::embedded()).expect("the package converts");
    std::fs::write("data/catalogue/descriptions.bin", descriptions).unwrap();
    std::fs::write("data/catalogue/services.txt", text).unwrap();
}

#[test]
#[ignore = "needs the unpacked package: MANAGED_POLICIES=… cargo test --test catalogue_regenerate -- --ignored"]
fn managed_policies() {
    let root = PathBuf::from(
        std::env::var("MANAGED_POLICIES").expect("MANAGED_POLICIES names the unpacked package"),
    );
    let packed =
        convert_managed_policies(&files_below(&root, &root)).expect("the package converts");
    std::fs::write("data/catalogue/managed_policies.txt", packed.index).unwrap();
    std::fs::write("data/catalogue/managed_policies.bin", packed.blocks).unwrap();
}

fn files_below(root: &Path, folder: &Path) -> Vec<SourceFile> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(root, &path));
        } else if path.extension().is_some_and(|e| e == "json") {
            let below = path.strip_prefix(root).unwrap();
            files.push(SourceFile {
                path: below.to_string_lossy().replace('\\', "/"),
                bytes: std::fs::read(&path).unwrap(),
            });
        }
    }
    files
}
