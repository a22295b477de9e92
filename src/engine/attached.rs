//! Which policies bear on a request, and in which role.
//!
//! Generic over what stands for a policy, so that both evaluators and their callers speak of the same places.

/// The policies that bear on a request. An empty list means that there is none of that kind, so that it does not
/// limit anything; a level of `scps` that is there but empty allows nothing, as in AWS.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attached<P> {
    /// The principal's own: inline, managed, and those of its groups.
    pub identity: Vec<P>,
    /// The principal's permissions boundary.
    pub boundary: Option<P>,
    /// The session's policies; together they limit the session.
    pub session: Vec<P>,
    /// The policy of the resource: bucket policy, key policy, a role's trust policy.
    pub resource: Option<P>,
    /// The policy of the VPC endpoint that the request goes through.
    pub endpoint: Vec<P>,
    /// SCPs by level, the organisation's root first, the principal's account last.
    pub scps: Vec<Vec<P>>,
    /// RCPs by level, the organisation's root first, the resource owner's account last. `RCPFullAWSAccess`, which
    /// cannot be detached, need not be among them.
    pub rcps: Vec<Vec<P>>,
    /// The organisation's management account, which SCPs and RCPs do not bind.
    pub management_account: Option<String>,
}

impl<P> Default for Attached<P> {
    fn default() -> Self {
        Attached {
            identity: Vec::new(),
            boundary: None,
            session: Vec::new(),
            resource: None,
            endpoint: Vec::new(),
            scps: Vec::new(),
            rcps: Vec::new(),
            management_account: None,
        }
    }
}

impl<P> Attached<P> {
    /// Only identity policies.
    pub fn of_identity(identity: Vec<P>) -> Self {
        Attached {
            identity,
            ..Attached::default()
        }
    }

    /// The same places with something else in them.
    pub fn map<'a, Q>(&'a self, mut f: impl FnMut(&'a P) -> Q) -> Attached<Q> {
        Attached {
            identity: self.identity.iter().map(&mut f).collect(),
            boundary: self.boundary.as_ref().map(&mut f),
            session: self.session.iter().map(&mut f).collect(),
            resource: self.resource.as_ref().map(&mut f),
            endpoint: self.endpoint.iter().map(&mut f).collect(),
            scps: map_levels(&self.scps, &mut f),
            rcps: map_levels(&self.rcps, &mut f),
            management_account: self.management_account.clone(),
        }
    }
}

fn map_levels<'a, P, Q>(levels: &'a [Vec<P>], f: &mut impl FnMut(&'a P) -> Q) -> Vec<Vec<Q>> {
    let mut level = |policies: &'a Vec<P>| policies.iter().map(&mut *f).collect();
    levels.iter().map(&mut level).collect()
}
