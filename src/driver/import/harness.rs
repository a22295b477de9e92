//! Somewhere to deploy blocks that were imported without an account, so that they become documents.

use crate::import::{Item, Module};
use crate::syntax::ast::BlockKind;

/// The path of the module that deploys.
pub(super) const PATH: &str = "bailiwick_import_harness.bw";

/// The account's id; ARNs of what is imported name theirs, so that it is seen nowhere.
pub(super) const ACCOUNT: &str = "000000000000";

/// Deploys every block of the modules.
pub(super) fn text(modules: &[Module], account: &str) -> String {
    let mut deploy = Vec::new();
    let mut attach = Vec::new();
    let mut assign = Vec::new();
    for module in modules {
        let name = module.path.trim_end_matches(".bw").replace('/', ".");
        for item in &module.items {
            let Item::Block(block) = item else { continue };
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
