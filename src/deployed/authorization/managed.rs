//! The managed policies of an export: customers' with their default version, AWS's for reference.

use super::{EntityKind, Export, Named};
use crate::deployed::message;
use crate::deployed::reader::About;
use crate::deployed::view::View;
use crate::iam::PolicyKind;
use crate::ir::Details;

impl Export<'_> {
    pub(super) fn managed_policy(&mut self, named: &Named<'_>) {
        let Some(document) = self.default_version(named) else {
            return self.unread(named, EntityKind::Policy);
        };
        let about = About {
            kind: PolicyKind::ManagedPolicy,
            name: named.name,
            what: &named.what,
        };
        let Some(mut policy) = self.reader.policy(document, about) else {
            return self.unread(named, EntityKind::Policy);
        };
        policy.details = Details {
            path: Some(named.path.to_owned()).filter(|path| path != "/"),
            description: named.at.text_of("Description").map(str::to_owned),
            tags: self.tags(named),
        };
        let policies = &mut self.account(named).account.managed_policies;
        if !policies.contains_key(named.name) {
            policies.insert(named.name.to_owned(), policy);
        } else if named.account != "aws" {
            // Each account's export lists those of AWS that it uses.
            self.listed_twice(named);
        }
    }

    /// The document that counts: the version that is marked, else the one that `DefaultVersionId` names.
    fn default_version<'v>(&mut self, named: &Named<'v>) -> Option<View<'v>> {
        let versions = self.reader.objects(named.at, "PolicyVersionList");
        let default = named.at.text_of("DefaultVersionId");
        let marked = versions.iter().find(|v| v.is_true("IsDefaultVersion"));
        let by_id = || {
            let id = default?;
            versions.iter().find(|v| v.text_of("VersionId") == Some(id))
        };
        let Some(version) = marked.or_else(by_id) else {
            let found = message::no_default_version(named.at.span(), &named.what);
            self.reader.findings.push(found);
            return None;
        };
        let document = version.member("Document");
        if document.is_none() {
            let what = format!("default version of {}", named.what);
            self.reader.text(*version, "Document", &what);
        }
        document
    }
}
