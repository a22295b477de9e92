//! Entities of one name in several accounts: one declaration if they are written alike.

use indexmap::IndexMap;

use crate::catalogue::Catalogue;
use crate::import::choice::Choices;
use crate::import::model::{Block, Item, Levels, Module, Options, Style};
use crate::import::name::Names;
use crate::import::write::{Remark, write};

use super::account::AccountSource;
use super::entity::{Builder, EntityKind};
use super::{Apart, Key, ident, place, same_text};
use crate::import::provider::Providers;

/// A declaration and the file it stands in.
pub(super) struct Merged {
    pub path: String,
    pub block: Block,
}

/// Declarations under way.
pub(super) struct Merging<'m> {
    pub accounts: &'m [AccountSource<'m>],
    pub providers: &'m Providers,
    pub catalogue: &'m Catalogue,
    pub apart: &'m Apart,
    /// How an entity of an account is referred to.
    pub paths: IndexMap<Key, String>,
    pub remarks: Vec<Remark>,
}

impl Merging<'_> {
    /// The declarations of a kind, in the order in which the accounts have them.
    pub(super) fn merge(&mut self, kind: EntityKind) -> Vec<Merged> {
        let mut by_name: IndexMap<String, Vec<usize>> = IndexMap::new();
        for (i, source) in self.accounts.iter().enumerate() {
            for name in Builder::names(source, kind) {
                by_name.entry(name).or_default().push(i);
            }
        }
        let mut names = Names::of_project();
        let mut all = Vec::new();
        for (name, accounts) in by_name {
            all.extend(self.of_name(kind, &name, &accounts, &mut names));
        }
        all
    }

    fn of_name(
        &mut self,
        kind: EntityKind,
        name: &str,
        accounts: &[usize],
        names: &mut Names,
    ) -> Vec<Merged> {
        let apart = self
            .apart
            .contains(&(kind.word().to_owned(), name.to_owned()));
        let mut variants: Vec<(Block, Vec<usize>)> = Vec::new();
        for index in accounts {
            let Some(block) = self.block(kind, name, *index) else {
                continue;
            };
            let known = variants
                .iter_mut()
                .filter(|_| !apart)
                .find(|(other, _)| same_text(other, &block, self.catalogue));
            match known {
                Some((other, deployed)) => {
                    other.deployed.extend(block.deployed);
                    deployed.push(*index);
                }
                None => variants.push((block, vec![*index])),
            }
        }
        let declare = |(mut block, deployed): (Block, Vec<usize>)| {
            block.ident = names.take(&ident(name));
            let (path, reference) = place(kind, &block.ident);
            for source in deployed.iter().filter_map(|i| self.accounts.get(*i)) {
                let key = (kind, name.to_owned(), source.account.id.clone());
                self.paths.insert(key, reference.clone());
            }
            Merged { path, block }
        };
        variants.into_iter().map(declare).collect()
    }

    fn block(&mut self, kind: EntityKind, name: &str, index: usize) -> Option<Block> {
        let source = self.accounts.get(index)?;
        let paths = &self.paths;
        let refer = |kind: EntityKind, name: &str| {
            let key = (kind, name.to_owned(), source.account.id.clone());
            paths.get(&key).cloned()
        };
        let mut builder = Builder {
            source,
            catalogue: self.catalogue,
            refer: &refer,
            remarks: Vec::new(),
        };
        let mut block = builder.block(kind, name, &ident(name))?;
        block.providers = self.providers.clone();
        let remarks = builder.remarks;
        self.remarks.extend(remarks);
        Some(block)
    }
}

/// What a block is written as, its places set aside.
pub(super) fn text(block: &Block, catalogue: &Catalogue) -> String {
    let module = Module {
        items: vec![Item::Block(Box::new(block.clone()))],
        ..Module::default()
    };
    let options = Options {
        style: Style::Plain,
        levels: Levels::Spelt,
    };
    write(&[module], &Choices::default(), options, catalogue)
        .texts
        .concat()
}
