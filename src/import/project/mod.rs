//! Whole accounts and organisations as projects: a file a role, managed policies once, the tree.
//!
//! In: accounts as plain meaning, and the organisation if it is known. Out: modules. What is the same in several
//! accounts, up to the account's own id and region, is one declaration that is deployed to all of them.

mod account;
mod entity;
mod merge;
mod tree;

pub use account::AccountSource;
pub use tree::OrganizationSource;

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::catalogue::Catalogue;

use super::model::{Block, Item, Module};
use super::name::{Names, ident_of, snake};
use super::provider::Trusted;
use super::write::Remark;
use entity::EntityKind;
use merge::{Merged, Merging};

/// The declaration of an entity: which kind, under which name, in which account.
type Key = (EntityKind, String, String);

/// Entities that must not share a declaration, since one account's is not the other's after all.
pub type Apart = BTreeSet<(String, String)>;

/// A project's modules.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The modules, the tree first.
    pub modules: Vec<Module>,
    /// What could not be said.
    pub remarks: Vec<Remark>,
}

/// Writes accounts, and the organisation around them, as modules. Entities of `apart` (word of their kind and name in
/// AWS) are declared for each account by itself.
pub fn project(
    accounts: &[AccountSource<'_>],
    organization: Option<&OrganizationSource<'_>>,
    apart: &Apart,
    catalogue: &Catalogue,
) -> Project {
    let mut out = Project::default();
    let mut names = Names::of_project();
    let mut trusted = Trusted::new(&mut names, "providers.");
    for source in accounts {
        let trusts = source.account.roles.values().map(|r| &r.trust);
        trusted.add(&source.account.id, &source.ambient.partition, trusts);
    }
    let Trusted {
        providers,
        declarations,
        ..
    } = trusted;
    let mut merging = Merging {
        accounts,
        providers: &providers,
        catalogue,
        apart,
        paths: IndexMap::new(),
        remarks: Vec::new(),
    };
    // Policies first, since the others refer to them; groups before their users.
    let order = [
        EntityKind::Policy,
        EntityKind::Group,
        EntityKind::User,
        EntityKind::Role,
    ];
    let mut declared: Vec<Merged> = Vec::new();
    for kind in order {
        declared.extend(merging.merge(kind));
    }
    let paths = std::mem::take(&mut merging.paths);
    out.remarks = std::mem::take(&mut merging.remarks);
    let guardrails = organization.map(tree::guardrails);
    let mut tree = Module {
        path: "org.bw".to_owned(),
        docs: vec!["The accounts, and what is deployed to each.".to_owned()],
        ..Module::default()
    };
    tree.items.push(Item::Text(tree::write(
        accounts,
        organization,
        guardrails.as_ref(),
        &paths,
    )));
    out.modules.push(tree);
    out.modules
        .extend(guardrails.map(|g| g.module).filter(|m| !m.items.is_empty()));
    out.modules
        .extend((!declarations.is_empty()).then(|| Module {
            path: "providers.bw".to_owned(),
            items: declarations,
            ..Module::default()
        }));
    out.modules.extend(modules(declared));
    out
}

/// A file for each role, one for all policies, groups, users.
fn modules(declared: Vec<Merged>) -> Vec<Module> {
    let mut modules: IndexMap<String, Module> = IndexMap::new();
    for merged in declared {
        let path = merged.path;
        let module = modules.entry(path.clone()).or_insert_with(|| Module {
            path,
            ..Module::default()
        });
        module.items.push(Item::Block(Box::new(merged.block)));
    }
    modules.into_values().collect()
}

/// Where a declaration of a kind stands: the file, and how others refer to it.
fn place(kind: EntityKind, ident: &str) -> (String, String) {
    match kind {
        EntityKind::Policy => ("policies.bw".to_owned(), format!("policies.{ident}")),
        EntityKind::Group => ("groups.bw".to_owned(), format!("groups.{ident}")),
        EntityKind::User => ("users.bw".to_owned(), format!("users.{ident}")),
        EntityKind::Role => {
            let file = file_of(ident);
            (format!("roles/{file}.bw"), format!("roles.{file}.{ident}"))
        }
    }
}

/// The file of a role; words of the language are no names of modules.
fn file_of(ident: &str) -> String {
    let mut names = super::name::Names::default();
    names.take(&snake(ident))
}

/// A name for a declaration.
fn ident(name: &str) -> String {
    ident_of(name)
}

/// Blocks by themselves are compared by what they would be written as.
fn same_text(one: &Block, other: &Block, catalogue: &Catalogue) -> bool {
    merge::text(one, catalogue) == merge::text(other, catalogue)
}
