//! Which block something speaks of, and what blocks are called.
//!
//! The name in AWS tells blocks apart within an account only: a plan may have several providers, and several files may
//! be of several accounts. So a block is known by where it is declared, and by its name only where that is of one.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::deployed::Who;
use crate::import::model::Block;
use crate::import::name::{Names, ident_of};
use crate::source::{SourceId, SourceMap};
use crate::syntax::ast::BlockKind;

/// What a block is known by.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Key {
    /// The file and the address in it.
    Declared(SourceId, String),
    /// Declared elsewhere: what it is, and its name.
    Elsewhere(BlockKind, String),
}

/// Several blocks that something may speak of: their addresses.
pub(super) struct Ambiguous(pub Vec<String>);

/// The blocks that are declared, by kind and name.
#[derive(Default)]
pub(super) struct Declarations {
    by_name: IndexMap<(BlockKind, String), Vec<(SourceId, String)>>,
}

impl Declarations {
    pub(super) fn add(&mut self, kind: BlockKind, name: &str, file: SourceId, address: &str) {
        let all = self.by_name.entry((kind, name.to_owned())).or_default();
        all.push((file, address.to_owned()));
    }

    /// The block that somebody in a file speaks of.
    pub(super) fn find(
        &self,
        kind: BlockKind,
        who: &Who,
        file: SourceId,
    ) -> Result<Key, Ambiguous> {
        let name = match who {
            Who::Here(address) => return Ok(Key::Declared(file, address.clone())),
            Who::Named(name) => name,
        };
        let all = self.by_name.get(&(kind, name.clone()));
        let all = all.map_or(&[][..], Vec::as_slice);
        let here: Vec<_> = all.iter().filter(|(f, _)| *f == file).collect();
        match (here.as_slice(), all) {
            ([(file, address)], _) | ([], [(file, address)]) => {
                Ok(Key::Declared(*file, address.clone()))
            }
            ([], []) => Ok(Key::Elsewhere(kind, name.clone())),
            _ => Err(Ambiguous(all.iter().map(|(_, a)| a.clone()).collect())),
        }
    }
}

/// Names every block: after its name in AWS, or after its address where several have that.
pub(super) fn name(
    blocks: &mut IndexMap<Key, Block>,
    is_named: &dyn Fn(&Key) -> bool,
    sources: &SourceMap,
    names: &mut Names,
) {
    let mut wanted: Vec<String> = blocks.values().map(|b| ident_of(&b.name)).collect();
    let longer: [&dyn Fn(&Key) -> String; 2] = [&words_of, &|key| {
        format!("{}_{}", file_of(key, sources), words_of(key))
    }];
    for longer in longer {
        for at in repeated(&wanted) {
            if let (Some((key, _)), Some(wanted)) = (blocks.get_index(at), wanted.get_mut(at))
                && matches!(key, Key::Declared(..))
            {
                *wanted = ident_of(&longer(key));
            }
        }
    }
    for ((key, block), wanted) in blocks.iter_mut().zip(wanted) {
        let own = ident_of(&block.name) == wanted;
        block.ident = names.take(&wanted);
        // A name that AWS chooses is nobody's to write; the label stood for it as long as one block had it.
        if !own && !is_named(key) {
            block.name.clone_from(&block.ident);
        }
    }
}

/// The places of what occurs more than once, case aside.
fn repeated(wanted: &[String]) -> Vec<usize> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, ident) in wanted.iter().enumerate() {
        places
            .entry(ident.to_ascii_lowercase())
            .or_default()
            .push(at);
    }
    places
        .into_values()
        .filter(|p| p.len() > 1)
        .flatten()
        .collect()
}

/// `module.network["eu"].aws_iam_role.flow[0]` → `network eu flow 0`
fn words_of(key: &Key) -> String {
    let Key::Declared(_, address) = key else {
        return String::new();
    };
    let parts = address
        .split(['.', '[', ']', '"'])
        .filter(|p| !p.is_empty());
    let words = parts.filter(|part| *part != "module" && !part.starts_with("aws_"));
    words.collect::<Vec<_>>().join(" ")
}

/// `plans/prod.json` → `prod`
fn file_of(key: &Key, sources: &SourceMap) -> String {
    let Key::Declared(file, _) = key else {
        return String::new();
    };
    let path = sources.get(*file).map_or("", |s| s.path.as_str());
    let name = path.rsplit('/').next().unwrap_or("");
    name.split('.').next().unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_words() {
        let mut sources = SourceMap::default();
        let file = sources.add("plans/prod.json", "");
        let key = |address: &str| Key::Declared(file, address.to_owned());
        let address = r#"module.network["eu"].module.flow[1].aws_iam_role.this[0]"#;
        assert_eq!(words_of(&key(address)), "network eu flow 1 this 0");
        assert_eq!(words_of(&key("DeployRole")), "DeployRole");
        assert_eq!(file_of(&key(""), &sources), "prod");
    }
}
