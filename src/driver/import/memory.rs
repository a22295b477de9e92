//! A project that is not on a disk.

use std::collections::BTreeMap;

use crate::source::Files;

/// Files by virtual path.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, String>,
}

impl Memory {
    /// Adds a file, or replaces it.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }
}

impl Files for Memory {
    fn list(&self) -> Vec<String> {
        let paths = self.files.keys();
        paths.filter(|p| p.ends_with(".bw")).cloned().collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.files.get(path).map(|t| t.clone().into_bytes());
        text.ok_or_else(|| "there is no such file".to_owned())
    }

    fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }
}
