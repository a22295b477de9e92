//! The accounts of a project with everything that bears on the requests of their identities.

use std::borrow::Cow;
use std::sync::Arc;

use super::identity::{Identity, Maker};
use super::managed::{Managed, Shared, full_aws_access};
use crate::catalogue::Catalogue;
use crate::engine::Attached;
use crate::engine::question::Effective;
use crate::ir::{Account, Node, Organization, Policy, PolicySet, ResourcePolicy};

/// All accounts of a project, who is in them, and what limits them.
#[derive(Debug)]
pub struct Estate<'a> {
    accounts: Vec<AccountView<'a>>,
    identities: Vec<Identity<'a>>,
    resources: Vec<ResourceView<'a>>,
}

/// An account and what stands above it.
#[derive(Debug)]
pub struct AccountView<'a> {
    /// What is deployed to it.
    pub account: &'a Account,
    /// The organisation it is in.
    pub organization: Option<&'a Organization>,
    /// The nodes from the organisation's root to the account; empty outside an organisation.
    pub nodes: Vec<&'a Node>,
    /// What the SCPs of each level allow, root first; empty if none bind it.
    pub scps: Vec<Vec<Shared<'a>>>,
    /// The RCPs of each level, root first, without `RCPFullAWSAccess`; empty if none bind it.
    pub rcps: Vec<Vec<Shared<'a>>>,
}

/// A resource policy and whose resource it is on.
#[derive(Clone, Copy, Debug)]
pub struct ResourceView<'a> {
    /// The declaration's name.
    pub name: &'a str,
    /// The place of the owner among [`Estate::accounts`].
    pub account: usize,
    /// The policy and its resource.
    pub resource: &'a ResourcePolicy,
}

impl<'a> Estate<'a> {
    /// Looks at a project. AWS-managed policies are taken from the catalogue.
    pub fn new(set: &'a PolicySet, catalogue: &Catalogue) -> Self {
        let mut estate = Estate {
            accounts: Vec::new(),
            identities: Vec::new(),
            resources: Vec::new(),
        };
        let mut managed = Managed::new(catalogue);
        let full_access = Shared::Aws(Arc::new(full_aws_access()));
        for organization in &set.organizations {
            let mut nodes = Vec::new();
            estate.walk(organization, &organization.root, &mut nodes, &full_access);
        }
        for account in &set.accounts {
            estate.accounts.push(AccountView::outside(account));
        }
        estate.settle(&mut managed);
        estate
    }

    fn walk(
        &mut self,
        organization: &'a Organization,
        node: &'a Node,
        nodes: &mut Vec<&'a Node>,
        full_access: &Shared<'a>,
    ) {
        nodes.push(node);
        if let Some(account) = &node.account {
            let view = AccountView::inside(account, organization, nodes, full_access);
            self.accounts.push(view);
        }
        for child in &node.children {
            self.walk(organization, child, nodes, full_access);
        }
        nodes.pop();
    }

    fn settle(&mut self, managed: &mut Managed<'_>) {
        for (place, view) in self.accounts.iter().enumerate() {
            let account = view.account;
            let mut maker = Maker {
                account,
                place,
                managed,
            };
            let identities = &mut self.identities;
            identities.extend(account.roles.values().map(|role| maker.role(role)));
            identities.extend(account.users.values().map(|user| maker.user(user)));
            let sets = view
                .organization
                .into_iter()
                .flat_map(|o| &o.permission_sets);
            let assigned = sets.filter(|s| s.assignments.iter().any(|a| a.account == account.id));
            identities.extend(assigned.map(|set| maker.permission_set(set)));
            let policies = account.resource_policies.iter();
            self.resources
                .extend(policies.map(|(name, resource)| ResourceView {
                    name,
                    account: place,
                    resource,
                }));
        }
    }

    /// The accounts, in the order of the sources; those outside an organisation last.
    pub fn accounts(&self) -> &[AccountView<'a>] {
        &self.accounts
    }

    /// The account of a place that this estate gave out.
    pub fn account(&self, place: usize) -> Option<&AccountView<'a>> {
        self.accounts.get(place)
    }

    /// The place of an account by its id.
    pub fn account_by_id(&self, id: &str) -> Option<usize> {
        self.accounts.iter().position(|a| a.account.id == id)
    }

    /// Everybody who can make requests, account by account.
    pub fn identities(&self) -> &[Identity<'a>] {
        &self.identities
    }

    /// All resource policies.
    pub fn resources(&self) -> &[ResourceView<'a>] {
        &self.resources
    }

    /// What an identity may do in effect to resources of its own account that have no policy of their own: its policies
    /// within boundary, SCPs and RCPs.
    pub fn effective<'e>(&'e self, identity: &'e Identity<'a>) -> Effective<'e> {
        self.effective_toward(identity, None, identity.account)
    }

    /// What an identity may do in effect where a resource has a policy, in whichever account of the estate.
    pub fn effective_on<'e>(
        &'e self,
        identity: &'e Identity<'a>,
        resource: &'e ResourceView<'a>,
    ) -> Effective<'e> {
        self.effective_toward(identity, Some(&resource.resource.policy), resource.account)
    }

    /// What an identity may do in effect to resources of an account under a resource policy, such as a role's trust.
    pub fn effective_toward<'e>(
        &'e self,
        identity: &'e Identity<'a>,
        resource: Option<&'e Policy>,
        owner: usize,
    ) -> Effective<'e> {
        let own = self.accounts.get(identity.account);
        let owner = self.accounts.get(owner).or(own);
        let borrowed = |policy: &'e Shared<'a>| Cow::Borrowed(&**policy);
        let levels = |levels: &'e [Vec<Shared<'a>>]| -> Vec<Vec<Cow<'e, Policy>>> {
            levels
                .iter()
                .map(|l| l.iter().map(borrowed).collect())
                .collect()
        };
        Effective {
            principal: &identity.principal,
            attached: Attached {
                identity: identity.policies.iter().map(borrowed).collect(),
                boundary: identity.boundary.as_ref().map(borrowed),
                session: Vec::new(),
                resource: resource.map(Cow::Borrowed),
                endpoint: Vec::new(),
                scps: own.map(|a| levels(&a.scps)).unwrap_or_default(),
                rcps: owner.map(|a| levels(&a.rcps)).unwrap_or_default(),
                // The levels of a management account are left out above, whichever organisation it manages.
                management_account: None,
            },
            resource_account: owner.map(|a| a.account.id.as_str()),
        }
    }
}

impl<'a> AccountView<'a> {
    fn outside(account: &'a Account) -> Self {
        AccountView {
            account,
            organization: None,
            nodes: Vec::new(),
            scps: Vec::new(),
            rcps: Vec::new(),
        }
    }

    /// SCPs and RCPs do not bind the management account.
    fn inside(
        account: &'a Account,
        organization: &'a Organization,
        nodes: &[&'a Node],
        full_access: &Shared<'a>,
    ) -> Self {
        let bound = if account.management { &[] } else { nodes };
        let scps = bound.iter().map(|node| {
            let attached = node.full_aws_access.then(|| full_access.clone());
            let own = node.scps.iter().map(Shared::Project);
            attached.into_iter().chain(own).collect()
        });
        let rcps = bound
            .iter()
            .map(|node| node.rcps.iter().map(Shared::Project).collect());
        AccountView {
            account,
            organization: Some(organization),
            nodes: nodes.to_vec(),
            scps: scps.collect(),
            rcps: rcps.collect(),
        }
    }
}
