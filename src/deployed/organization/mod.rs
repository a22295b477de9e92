//! A folder with what the calls of `aws organizations` print, read as the organisation's tree with its SCPs and RCPs.
//!
//! A file is told by its content: the member `Roots`, `OrganizationalUnits`, `Accounts`, `Policies`, `Policy`, `Targets`
//! or `Organization` that the call prints. Of which parent, policy or target a list is, the calls do not print: it stands
//! in the file's name, between dots (`list-accounts-for-parent.ou-ab12-11111111.json`), or in a member `ParentId`,
//! `PolicyId` or `TargetId` added to the object. Other files are findings, and the rest is read.
//!
//! <https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html>

mod calls;
mod tree;

use super::message;
use super::reader::Reader;
use crate::catalogue::Catalogue;
use crate::diagnostic::{self, Diagnostic};
use crate::ir::Organization;
use crate::source::{SourceId, SourceMap};
use calls::Calls;

/// Reads the files of a folder; the organisation, if there is one in them, and all findings.
pub fn read(
    files: &[SourceId],
    sources: &SourceMap,
    catalogue: &Catalogue,
) -> (Option<Organization>, Vec<Diagnostic>) {
    let mut calls = Calls::new(Reader::new(sources, catalogue));
    for file in files {
        if let Some(tree) = calls.reader.tree(*file) {
            calls.file(&tree, *file);
        }
    }
    let organization = tree::build(&mut calls);
    let mut findings = calls.reader.findings;
    if organization.is_none() && !diagnostic::has_errors(&findings) {
        let help = "gather at least `aws organizations list-roots` and `describe-organization`";
        findings.push(message::nothing_found(files, "organisation", help));
    }
    diagnostic::sort(&mut findings);
    (organization, findings)
}
