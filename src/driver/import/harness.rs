//! Somewhere to deploy blocks that were imported without an account, so that they become documents.
//!
//! What stands for several accounts may have a name twice, and an account may not. So there are as many worlds as it
//! takes, each compiled by itself; what belongs together is in one.

use std::collections::{BTreeMap, BTreeSet};

use crate::import::{Block, Item, Module, Reference};
use crate::syntax::ast::BlockKind;

/// The path of the module that deploys.
pub(super) const PATH: &str = "bailiwick_import_harness.bw";

/// The account's id; ARNs of what is imported name theirs, so that it is seen nowhere.
pub(super) const ACCOUNT: &str = "000000000000";

/// A block's module and item.
type Place = (usize, usize);

/// In which world each block is.
#[derive(Default)]
pub(super) struct Worlds {
    of: BTreeMap<Place, usize>,
    count: usize,
}

impl Worlds {
    pub(super) fn of(modules: &[Module]) -> Worlds {
        let blocks = blocks(modules);
        let mut worlds = Worlds::default();
        let mut taken: Vec<BTreeSet<(&str, String)>> = Vec::new();
        for group in together(&blocks) {
            let names: Vec<(&str, String)> = group
                .iter()
                .filter_map(|place| blocks.get(place))
                .map(|block| name(block))
                .collect();
            let free = taken
                .iter()
                .position(|world| !names.iter().any(|name| world.contains(name)));
            let world = free.unwrap_or(taken.len());
            if world == taken.len() {
                taken.push(BTreeSet::new());
            }
            if let Some(world) = taken.get_mut(world) {
                world.extend(names);
            }
            worlds
                .of
                .extend(group.into_iter().map(|place| (place, world)));
        }
        worlds.count = taken.len();
        worlds
    }

    /// The world of a block; there is always one.
    pub(super) fn world(&self, place: Place) -> usize {
        self.of.get(&place).copied().unwrap_or(0)
    }

    /// A module for each world that deploys its blocks.
    pub(super) fn texts(&self, modules: &[Module], account: &str) -> Vec<String> {
        let world = |world: usize| text(modules, account, &|place| self.world(place) == world);
        (0..self.count).map(world).collect()
    }
}

fn blocks(modules: &[Module]) -> BTreeMap<Place, &Block> {
    let mut blocks = BTreeMap::new();
    for (at, module) in modules.iter().enumerate() {
        for (item, found) in module.items.iter().enumerate() {
            if let Item::Block(block) = found {
                blocks.insert((at, item), &**block);
            }
        }
    }
    blocks
}

/// What has to be told apart in an account; policies and boundaries share their names.
fn name(block: &Block) -> (&'static str, String) {
    let kind = match block.kind {
        BlockKind::Boundary => BlockKind::Policy,
        kind => kind,
    };
    (kind.keyword(), block.name.to_ascii_lowercase())
}

/// The blocks in groups: what one refers to is in its group.
fn together(blocks: &BTreeMap<Place, &Block>) -> Vec<Vec<Place>> {
    let by_ident: BTreeMap<(usize, &str), Place> = blocks
        .iter()
        .map(|(place, block)| ((place.0, block.ident.as_str()), *place))
        .collect();
    let mut group_of: BTreeMap<Place, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Place>> = Vec::new();
    for (place, block) in blocks {
        let attached = block.attached.iter().chain(&block.boundary);
        let declared = attached.filter_map(|reference| match reference {
            Reference::Declared(ident) => Some(ident.as_str()),
            Reference::Aws(_) => None,
        });
        let groups_of_user = block.groups.iter().map(String::as_str);
        let idents = declared.chain(groups_of_user);
        let mut members = vec![*place];
        members.extend(idents.filter_map(|ident| by_ident.get(&(place.0, ident)).copied()));
        let known: BTreeSet<usize> = members
            .iter()
            .filter_map(|place| group_of.get(place).copied())
            .collect();
        for group in known {
            if let Some(group) = groups.get_mut(group) {
                members.append(group);
            }
        }
        members.sort_unstable();
        members.dedup();
        for place in &members {
            group_of.insert(*place, groups.len());
        }
        groups.push(members);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Deploys the blocks of a world.
fn text(modules: &[Module], account: &str, is_here: &dyn Fn(Place) -> bool) -> String {
    let mut deploy = Vec::new();
    let mut attach = Vec::new();
    let mut assign = Vec::new();
    for (at, module) in modules.iter().enumerate() {
        let name = module.path.trim_end_matches(".bw").replace('/', ".");
        for (item, found) in module.items.iter().enumerate() {
            let Item::Block(block) = found else { continue };
            if !is_here((at, item)) {
                continue;
            }
            let path = format!("{name}.{}", block.ident);
            match block.kind {
                BlockKind::Scp | BlockKind::Rcp => attach.push(path),
                BlockKind::PermissionSet => assign.push(path),
                _ => deploy.push(path),
            }
        }
    }
    let mut out = "org BailiwickImport \"o-bailiwick00\" {\n".to_owned();
    for path in attach {
        out.push_str(&format!("  attach {path}\n"));
    }
    out.push_str(&format!(
        "  account BailiwickImportAccount \"{account}\" {{\n"
    ));
    for path in deploy {
        out.push_str(&format!("    deploy {path}\n"));
    }
    for path in assign {
        out.push_str(&format!("    assign {path} to \"everyone\"\n"));
    }
    out.push_str("  }\n}\n");
    out
}
