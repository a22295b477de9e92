//! The output of `terraform show -json`: a plan, or a state.
//!
//! In: the files. Out: the documents of the resources that there will be, child modules and `count`/`for_each` instances
//! included, by address. What is known only after apply is named and never guessed.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>

mod owner;
mod references;
mod resource;

use indexmap::IndexMap;

use super::form::Form;
use super::infrastructure::Infrastructure;
use super::message;
use super::reader::Reader;
use super::view::View;
use crate::catalogue::Catalogue;
use crate::diagnostic::{self, Diagnostic};
use crate::iam::json::Node;
use crate::source::{SourceId, SourceMap};
use references::References;
use resource::{Context, Named, Resource, named};

const EXPECTED: &str = "the output of `terraform show -json`";

/// Reads plans and states.
pub fn read(
    files: &[SourceId],
    sources: &SourceMap,
    catalogue: &Catalogue,
) -> (Infrastructure, Vec<Diagnostic>) {
    let mut reader = Reader::new(sources, catalogue);
    let mut out = Infrastructure::default();
    for file in files {
        if let Some(tree) = reader.tree(*file) {
            read_file(&tree, *file, &mut reader, &mut out);
        }
    }
    let mut findings = reader.findings;
    if out.documents.is_empty() && !diagnostic::has_errors(&findings) {
        let help = "no resource of the plan has a policy that Bailiwick knows; docs/deployed.md lists them";
        findings.push(message::nothing_found(files, "policy", help));
    }
    diagnostic::sort(&mut findings);
    (out, findings)
}

fn read_file(tree: &Node, file: SourceId, reader: &mut Reader<'_>, out: &mut Infrastructure) {
    let view = View::new(tree, file);
    let planned = view
        .member("planned_values")
        .or_else(|| view.member("values"));
    let Some(root) = planned.and_then(|v| v.member("root_module")) else {
        let expected = "run `terraform show -json plan.out > plan.json`; the files that Terraform itself writes have another form";
        let other = |form: &Form| !matches!(form, Form::Plan | Form::ShownState);
        let found = message::other_file(
            reader.start(file),
            EXPECTED,
            expected,
            Form::of_node(tree).filter(other),
        );
        return reader.findings.push(found);
    };
    let mut found = IndexMap::new();
    declared(root, &mut found);
    let context = Context {
        unknown: unknown_by_address(view),
        references: References::of(view),
        declared: found,
    };
    module(root, &context, reader, out);
}

/// Of each resource that changes: what of it is known only after apply.
fn unknown_by_address<'v>(view: View<'v>) -> IndexMap<&'v str, View<'v>> {
    let changes = view.member("resource_changes").into_iter();
    let unknown = changes.flat_map(View::items).filter_map(|change| {
        let after = change.member("change")?.member("after_unknown")?;
        Some((change.text_of("address")?, after))
    });
    unknown.collect()
}

/// All identities and policies, by address: others refer to them. Modules are nested no deeper than the JSON reader
/// allows.
fn declared<'v>(at: View<'v>, found: &mut IndexMap<&'v str, Named<'v>>) {
    for entry in at.member("resources").into_iter().flat_map(View::items) {
        if let (Some(address), Some(named)) = (entry.text_of("address"), named(entry)) {
            found.insert(address, named);
        }
    }
    for child in at.member("child_modules").into_iter().flat_map(View::items) {
        declared(child, found);
    }
}

fn module(at: View<'_>, context: &Context<'_>, reader: &mut Reader<'_>, out: &mut Infrastructure) {
    for entry in reader.objects(at, "resources") {
        let address = entry.text_of("address").unwrap_or("?");
        let (Some(kind), Some(values)) = (entry.text_of("type"), entry.member("values")) else {
            continue;
        };
        if entry.text_of("mode") == Some("data") {
            continue;
        }
        let mut resource = Resource {
            address,
            kind,
            label: entry.text_of("name").unwrap_or(address),
            entry,
            values,
            context,
            reader: &mut *reader,
            out: &mut *out,
        };
        resource.read();
    }
    for child in reader.objects(at, "child_modules") {
        module(child, context, reader, out);
    }
}
