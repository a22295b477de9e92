//! `bailiwick import --authorization-details … --out DIR`

use std::path::Path;
use std::time::Instant;

use super::super::disk;
use super::super::exit::{Exit, Failure};
use super::super::findings;
use super::super::given;
use super::super::session::Session;
use super::{Args, exit, options, report};
use crate::catalogue::Catalogue;
use crate::deployed::authorization::{self, AccountExport, ReservedBy};
use crate::deployed::organization;
use crate::diagnostic::Diagnostic;
use crate::driver::config;
use crate::driver::import::import_project;
use crate::import::project::{AccountSource, OrganizationSource};
use crate::import::{Names, ident_of};
use crate::ir::{Node, Organization};
use crate::source::SourceMap;

/// Reads accounts, writes a project, says how it went.
pub(super) fn run(args: &Args, session: &mut Session) -> Result<Exit, Failure> {
    let started = Instant::now();
    let catalogue = Catalogue::embedded();
    let mut sources = SourceMap::default();
    let Some(out) = &args.out else {
        return Err(Failure::Usage(
            "a project needs a folder: `--out DIR`".to_owned(),
        ));
    };
    disk::expect_empty(out)?;
    let mut found = Vec::new();
    let files = given::inside(&args.authorization_details, &mut found)?;
    let files = given::read(&files, &mut found)?;
    let files = given::add(files, &mut sources, &mut found);
    let folder = match &args.organization {
        Some(path) => given::read(&disk::files_below(path, "json")?, &mut found)?,
        None => Vec::new(),
    };
    let folder = given::add(folder, &mut sources, &mut found);
    let (exports, problems) = match files.is_empty() {
        true => Default::default(),
        false => authorization::read(&files, &sources, catalogue),
    };
    found.extend(problems);
    let tree = args.organization.as_ref().and_then(|_| {
        let (tree, problems) = organization::read(&folder, &sources, catalogue);
        found.extend(problems);
        tree
    });
    let mut names = Names::of_project();
    let accounts: Vec<AccountSource<'_>> = exports
        .iter()
        .map(|e| source_of(e, tree.as_ref(), &mut names))
        .collect();
    if accounts.is_empty() && tree.is_none() {
        findings::show(&found, &sources, session)?;
        return Ok(exit(&found));
    }
    let around = tree
        .as_ref()
        .map(|organization| OrganizationSource { organization });
    let project = import_project(&accounts, around.as_ref(), options(args), catalogue);
    write(out, &project.imported.files)?;
    tell_what_is_left_out(&exports, session)?;
    let count = findings::number(project.declarations, "declaration");
    let of = match (accounts.len(), &tree) {
        (0, Some(_)) => "the organisation".to_owned(),
        (number, _) => findings::number(number, "account"),
    };
    session.tell(&format!("wrote {count} of {of} to {}\n", disk::shown(out)))?;
    found.retain(|d: &Diagnostic| {
        d.primary.is_some() || d.severity == crate::diagnostic::Severity::Error
    });
    report(&project.imported, found, &sources, started, session)
}

fn source_of<'e>(
    export: &'e AccountExport,
    tree: Option<&Organization>,
    names: &mut Names,
) -> AccountSource<'e> {
    let id = &export.account.id;
    let name = tree.and_then(|t| name_of(&t.root, id)).map(ident_of);
    let ident = names.take(&name.unwrap_or_else(|| format!("Account{id}")));
    let inline = export.inline.iter();
    let inline = inline.map(|i| (i.owner_kind.as_str(), i.owner.as_str(), &i.policy));
    AccountSource::new(&export.account, ident, inline.collect())
}

/// What the organisation calls an account.
fn name_of<'n>(node: &'n Node, id: &str) -> Option<&'n str> {
    let own = node.account.as_ref().is_some_and(|a| a.id == id);
    match own {
        true => Some(&node.name),
        false => node.children.iter().find_map(|child| name_of(child, id)),
    }
}

fn write(out: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let name = out.file_name().map(|n| n.to_string_lossy().into_owned());
    let name = name.filter(|n| !n.contains(['"', '\\']) && !n.chars().any(char::is_control));
    let settings = format!(
        "[project]\nname = \"{}\"\nedition = \"{}\"\n",
        name.unwrap_or_else(|| "imported".to_owned()),
        config::EDITION
    );
    disk::write_new(&out.join(config::FILE), settings.as_bytes())?;
    for (path, text) in files {
        disk::write_new(&out.join(path), text.as_bytes())?;
    }
    Ok(())
}

/// Roles that AWS makes are nobody's to declare.
fn tell_what_is_left_out(exports: &[AccountExport], session: &mut Session) -> Result<(), Failure> {
    for export in exports {
        let count = |by: ReservedBy| export.reserved.values().filter(|r| r.by == by).count();
        let kinds = [
            (ReservedBy::ServiceLinked, "services made for themselves"),
            (
                ReservedBy::IdentityCenter,
                "IAM Identity Center made for permission sets",
            ),
            (ReservedBy::Aws, "AWS made"),
        ];
        for (by, who) in kinds.into_iter().filter(|(by, _)| count(*by) > 0) {
            let roles = findings::number(count(by), "role");
            let id = &export.account.id;
            session.tell(&format!("left out {roles} of account {id} that {who}\n"))?;
        }
    }
    Ok(())
}
