//! Whom a resource of a plan speaks of: whose policy it is, what it attaches to whom.
//!
//! A name may be that of several: two providers, two accounts. So what the configuration refers to goes first, then
//! what a state says that the resource depends on, and the name last, by which whoever puts files together may find one
//! that is declared elsewhere.

use super::resource::{Named, Resource};
use crate::deployed::infrastructure::{AttachedTo, Attachment, Membership, PolicyRef, Who};
use crate::deployed::view::View;

impl Resource<'_, '_, '_> {
    /// Whom an attribute names: by reference to an identity of the plan, or outright.
    pub(super) fn owner(&mut self, attribute: &str) -> Option<Who> {
        let kind = match attribute {
            "user" => "aws_iam_user",
            "group" => "aws_iam_group",
            _ => "aws_iam_role",
        };
        let declared = &self.context.declared;
        let target = self.context.references.target(self.address, attribute);
        let target = target.filter(|t| declared.get(t.as_str()).is_some_and(|d| d.kind == kind));
        if let Some(target) = target {
            return Some(Who::Here(target));
        }
        let Some(name) = self.values.text_of(attribute) else {
            self.say_unknown(attribute);
            return None;
        };
        Some(self.of_name(kind, name))
    }

    /// The identity of this name that the resource can mean, if there is one only.
    fn of_name(&self, kind: &str, name: &str) -> Who {
        let declared = self.context.declared.iter();
        let fits = |d: &Named<'_>| d.kind == kind && d.name == Some(name);
        let all = declared.filter(|(_, d)| fits(d)).map(|(a, _)| *a);
        let all: Vec<&str> = all.collect();
        let depends: Vec<&str> = self
            .entry
            .member("depends_on")
            .into_iter()
            .flat_map(View::items)
            .filter_map(View::text)
            .collect();
        let here = &self.context.references;
        let provider = here.provider(self.address);
        let narrower: [&dyn Fn(&str) -> bool; 3] = [
            &|_| true,
            &|address| here.is_one_of(address, &depends),
            &|address| provider.is_some() && here.provider(address) == provider,
        ];
        let only = narrower.iter().find_map(|fits| {
            let mut left = all.iter().filter(|address| fits(address));
            match (left.next(), left.next()) {
                (Some(only), None) => Some((*only).to_owned()),
                _ => None,
            }
        });
        only.map_or_else(|| Who::Named(name.to_owned()), Who::Here)
    }

    pub(super) fn attachment(&mut self, holder: &str, to: fn(Who) -> AttachedTo) {
        if let Some(holder) = self.owner(holder) {
            self.attach_one("policy_arn", to(holder));
        }
    }

    pub(super) fn attachment_to_many(&mut self) {
        let Some(policy) = self.policy_ref("policy_arn") else {
            return;
        };
        self.attach_all("roles", "aws_iam_role", &policy, AttachedTo::Role);
        self.attach_all("users", "aws_iam_user", &policy, AttachedTo::User);
        self.attach_all("groups", "aws_iam_group", &policy, AttachedTo::Group);
    }

    fn attach_all(
        &mut self,
        list: &str,
        kind: &str,
        policy: &PolicyRef,
        to: fn(Who) -> AttachedTo,
    ) {
        for name in self.names_of(list) {
            let who = self.of_name(kind, &name);
            self.attached(to(who), policy.clone());
        }
    }

    /// A list of names that may be missing, and may not be unknown, not even in part.
    fn names_of(&mut self, list: &str) -> Vec<String> {
        if self.is_unknown(list) {
            self.say_unknown(list);
        }
        let names = self.values.member(list).into_iter().flat_map(View::items);
        names.filter_map(View::text).map(str::to_owned).collect()
    }

    pub(super) fn groups_of_user(&mut self) {
        if let Some(user) = self.owner("user") {
            for group in self.names_of("groups") {
                let group = self.of_name("aws_iam_group", &group);
                self.member(user.clone(), group);
            }
        }
    }

    pub(super) fn users_of_group(&mut self) {
        if let Some(group) = self.owner("group") {
            for user in self.names_of("users") {
                let user = self.of_name("aws_iam_user", &user);
                self.member(user, group.clone());
            }
        }
    }

    fn member(&mut self, user: Who, group: Who) {
        let span = self.place();
        self.out.memberships.push(Membership { user, group, span });
    }

    /// The policy that an attribute names: by reference to a policy of the plan, or by ARN. What is neither is named.
    fn policy_ref(&mut self, attribute: &str) -> Option<PolicyRef> {
        let target = self.context.references.target(self.address, attribute);
        let known = |t: &String| self.context.declared.contains_key(t.as_str());
        if let Some(target) = target.filter(known) {
            return Some(PolicyRef::Here(target));
        }
        match self.values.text_of(attribute) {
            Some("") => None,
            Some(arn) => Some(PolicyRef::Arn(arn.to_owned())),
            None => {
                self.say_unknown(attribute);
                None
            }
        }
    }

    pub(super) fn attach_one(&mut self, attribute: &str, to: AttachedTo) {
        if let Some(policy) = self.policy_ref(attribute) {
            self.attached(to, policy);
        }
    }

    pub(super) fn attached(&mut self, to: AttachedTo, policy: PolicyRef) {
        self.out.attachments.push(Attachment {
            address: self.address.to_owned(),
            to,
            policy,
            span: self.place(),
        });
    }
}
