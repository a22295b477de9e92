//! Identities and managed policies of a template: their own policies, what is attached to them, who is in which group.

use super::holder::{HOLDERS, Holder};
use super::resource::{Entry, Template};
use crate::deployed::infrastructure::{
    AttachedTo, Attachment, BelongsTo, Declared, DeclaredKind, Membership, PolicyRef, Who,
};
use crate::deployed::view::View;
use crate::iam::PolicyKind;
use crate::iam::json::Value;

impl<'v> Template<'v, '_, '_> {
    /// What is said of an identity or managed policy beside its documents.
    fn details(&mut self, (id, at): Entry<'_>, kind: DeclaredKind) -> String {
        let name = self.name_of(id);
        self.say_what_is_open((id, at), kind);
        let tags = at.member("Tags").into_iter().flat_map(View::items);
        let tags = tags.filter_map(|t| Some((self.text_of(t, "Key")?, self.text_of(t, "Value")?)));
        let tags = tags.collect();
        let session = self.text_of(at, "MaxSessionDuration");
        self.out.declared.push(Declared {
            address: id.to_owned(),
            kind,
            name: name.clone(),
            is_named: self.names.get(id).is_some_and(Option::is_some),
            arn: None,
            path: self.text_of(at, "Path").filter(|p| p != "/"),
            description: self.text_of(at, "Description"),
            max_session: session.and_then(|s| s.parse().ok()),
            tags,
            span: at.span(),
        });
        name
    }

    /// What is left out of an identity or managed policy because it is not known; its policies are read all the same.
    fn say_what_is_open(&mut self, (id, at): Entry<'_>, kind: DeclaredKind) {
        let holder = HOLDERS.iter().find(|h| h.declared == kind);
        let name = holder.map_or("ManagedPolicyName", |h| h.name);
        for property in [name, "Path", "Description", "MaxSessionDuration"] {
            let what = format!("the `{property}` of `{id}`");
            self.say_if_open(at.member(property), &what);
        }
        for tag in at.member("Tags").into_iter().flat_map(View::items) {
            let key = self.text_of(tag, "Key").unwrap_or_default();
            let what = format!("the tag `{key}` of `{id}`");
            self.say_if_open(tag.member("Value"), &what);
        }
    }

    pub(super) fn identity(&mut self, (id, at): Entry<'v>, holder: &Holder) {
        let name = self.details((id, at), holder.declared);
        let who = Who::Here(id.to_owned());
        if holder.declared == DeclaredKind::Role {
            let trust = BelongsTo::Trust(who.clone());
            let property = "AssumeRolePolicyDocument";
            self.document((id, at), property, (&name, PolicyKind::Trust), trust);
        }
        for (i, inline) in self.items(id, at, "Policies").into_iter().enumerate() {
            let own = self.text_of(inline, "PolicyName");
            let own = own.unwrap_or_else(|| format!("inline{i}"));
            let what = (own.as_str(), PolicyKind::InlinePolicy);
            let belongs_to = (holder.belongs_to)(who.clone());
            let entry = (id, inline);
            self.document(entry, "PolicyDocument", what, belongs_to);
        }
        for arn in self.items(id, at, "ManagedPolicyArns") {
            let to = (holder.attached_to)(who.clone());
            self.attach((id, arn), "ManagedPolicyArns", to);
        }
        let boundary: Option<fn(Who) -> AttachedTo> = match holder.declared {
            DeclaredKind::Role => Some(AttachedTo::RoleBoundary),
            DeclaredKind::User => Some(AttachedTo::UserBoundary),
            _ => None,
        };
        let property = "PermissionsBoundary";
        if let (Some(to), Some(arn)) = (boundary, at.member(property)) {
            self.attach((id, arn), property, to(who.clone()));
        }
        if holder.declared == DeclaredKind::User {
            for group in self.items(id, at, "Groups") {
                let span = group.span();
                if let Some(group) = self.holder((id, group), "Groups") {
                    let user = who.clone();
                    self.out.memberships.push(Membership { user, group, span });
                }
            }
        }
    }

    /// The logical id, if the value is a `Ref` or `GetAtt` to an identity or policy of the template.
    fn declared(&self, at: View<'_>) -> Option<String> {
        let (name, value) = at.members().next()?;
        let id = match (name, &value.node.value) {
            ("Ref", Value::Text(id)) => id.as_str(),
            ("Fn::GetAtt", Value::Text(path)) => path.strip_suffix(".PolicyArn")?,
            ("Fn::GetAtt", Value::List(_)) => value.items().next()?.text()?,
            _ => return None,
        };
        self.names.contains_key(id).then(|| id.to_owned())
    }

    fn attach(&mut self, (id, at): Entry<'_>, property: &str, to: AttachedTo) {
        let policy = match self.declared(at) {
            Some(target) => PolicyRef::Here(target),
            None => match self.resolver.text(at.node) {
                Ok(arn) => PolicyRef::Arn(arn),
                Err(why) => {
                    return self.say(at, &format!("a policy of `{id}.{property}`"), why);
                }
            },
        };
        self.out.attachments.push(Attachment {
            address: id.to_owned(),
            to,
            policy,
            span: at.span(),
        });
    }

    /// An identity: of the template, or by name.
    fn holder(&mut self, (id, at): Entry<'_>, property: &str) -> Option<Who> {
        if let Some(id) = self.declared(at) {
            return Some(Who::Here(id));
        }
        match self.resolver.text(at.node) {
            Ok(name) => Some(Who::Named(name)),
            Err(why) => {
                self.say(at, &format!("`{id}` for one of its `{property}`"), why);
                None
            }
        }
    }

    /// Everyone whom a policy lists.
    fn holders(&mut self, (id, at): Entry<'v>) -> Vec<(&'static Holder, Who)> {
        let mut found = Vec::new();
        for holder in &HOLDERS {
            for item in self.items(id, at, holder.list) {
                let who = self.holder((id, item), holder.list);
                found.extend(who.map(|who| (holder, who)));
            }
        }
        found
    }

    pub(super) fn managed_policy(&mut self, (id, at): Entry<'v>) {
        let name = self.details((id, at), DeclaredKind::Managed);
        let what = (name.as_str(), PolicyKind::ManagedPolicy);
        self.document((id, at), "PolicyDocument", what, BelongsTo::Managed);
        for (holder, who) in self.holders((id, at)) {
            self.out.attachments.push(Attachment {
                address: id.to_owned(),
                to: (holder.attached_to)(who),
                policy: PolicyRef::Here(id.to_owned()),
                span: at.span(),
            });
        }
    }

    /// `AWS::IAM::Policy` is put inline into each of its roles, users and groups.
    pub(super) fn inline_of_many(&mut self, (id, at): Entry<'v>) {
        let name = self.text_of(at, "PolicyName");
        let name = name.unwrap_or_else(|| id.to_owned());
        let holders = self.holders((id, at));
        if holders.is_empty() {
            // Nobody is known to hold it; what it says is known all the same.
            let what = (name.as_str(), PolicyKind::ManagedPolicy);
            self.document((id, at), "PolicyDocument", what, BelongsTo::Managed);
        }
        for (holder, owner) in holders {
            let what = (name.as_str(), PolicyKind::InlinePolicy);
            let belongs_to = (holder.belongs_to)(owner);
            self.document((id, at), "PolicyDocument", what, belongs_to);
        }
    }

    pub(super) fn inline_of_one(&mut self, (id, at): Entry<'v>, holder: &Holder) {
        let owner = at.member(holder.name);
        let Some(owner) = owner.and_then(|o| self.holder((id, o), holder.name)) else {
            return;
        };
        let name = self.text_of(at, "PolicyName");
        let name = name.unwrap_or_else(|| id.to_owned());
        let what = (name.as_str(), PolicyKind::InlinePolicy);
        let belongs_to = (holder.belongs_to)(owner);
        self.document((id, at), "PolicyDocument", what, belongs_to);
    }

    pub(super) fn members_of_group(&mut self, (id, at): Entry<'v>) {
        let group = at.member("GroupName");
        let Some(group) = group.and_then(|g| self.holder((id, g), "GroupName")) else {
            return;
        };
        for user in self.items(id, at, "Users") {
            let span = user.span();
            if let Some(user) = self.holder((id, user), "Users") {
                let group = group.clone();
                self.out.memberships.push(Membership { user, group, span });
            }
        }
    }
}
